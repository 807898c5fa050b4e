"""Rules of the jurisdictions: one immutable object for each row of data/rules.csv.

The Saudi threshold is `SA-ODD-THR-01`, the first row of that file;
`load_rules().get("SA-ODD-THR-01")` shows it with its source, its mark and the row that contests it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from functools import cache
from importlib import resources

from leucel.core import InputError, Mark, Place, Problem, Source, unknown_name
from leucel.regulatory.dates import PartialDate, add_months

COLUMNS = (
    "jurisdiction",
    "agency",
    "rule_id",
    "kind",
    "value",
    "unit",
    "basis",
    "legal_source",
    "source_url",
    "mark",
    "effective_date",
    "note",
)
_CONFLICT = re.compile(r"conflict partner of ([A-Z0-9-]+)")
_EXPECTED = re.compile(r"expected end (\d{4})(?: \+ (\d+) months)?")
_FISCAL = re.compile(r"FY(\d{4})")


class RuleKind(Enum):
    """What a rule says."""

    THRESHOLD = "threshold"
    CRITERION = "criterion"
    INCENTIVE = "incentive"
    CLOCK = "clock"
    ROUTE = "route"


class RuleStatus(Enum):
    """Whether a rule applies on a day."""

    IN_FORCE = "in force"
    UNDATED = "in force, start not dated"
    UNCERTAIN = "its partial date spans the day"
    NOT_YET = "not yet in force"
    REPEALED = "repealed"

    @property
    def applies(self) -> bool:
        """True when the rule is to be used on the day."""
        return self in (RuleStatus.IN_FORCE, RuleStatus.UNDATED, RuleStatus.UNCERTAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One fact about what a jurisdiction asks or grants.

    Attributes
    ----------
    id : stable identifier; its prefix is the jurisdiction code.
    jurisdiction, name, agency : code, name and authority.
    kind : threshold, criterion, incentive, clock or route.
    value, unit : the fact as text; `unit` says how to read `value`.
    basis : who or what is counted, or the wording in short.
    legal_source, url : where it stands.
    mark : official, secondary or unverified.
    effective : date of effect as written in the table; `start` and `end` are read from it.
    provisional : announced, not adopted.
    conflicts_with : ids of rows that contradict this one.
    overrides : value that a rule of the user replaces; "" for a rule of the table.
    """

    id: str
    jurisdiction: str
    name: str
    agency: str
    kind: RuleKind
    value: str
    unit: str
    basis: str = ""
    legal_source: str = ""
    url: str = ""
    mark: Mark = Mark.UNVERIFIED
    effective: str = ""
    note: str = ""
    start: PartialDate | None = None
    end: PartialDate | None = None
    provisional: bool = False
    conflicts_with: tuple[str, ...] = ()
    overrides: str = ""

    @property
    def usable(self) -> bool:
        """False for an unverified row, which is shown and never applied."""
        return self.mark.usable

    @property
    def statement(self) -> str:
        """What the rule says: its value with its unit, in words where there is no unit."""
        value = self.value or "no value on record"
        if self.value == "none" and self.basis:
            value = f"none, {self.basis}"
        return value if self.unit in ("", "text") else f"{value} {self.unit}"

    @property
    def told(self) -> str:
        """The statement, and for a number what it counts."""
        counted = self.unit not in ("", "text") and self.basis
        return f"{self.statement}, {self.basis}" if counted else self.statement

    @property
    def source_id(self) -> str:
        """Id of the source in the bibliography."""
        return f"rule_{self.id.lower().replace('-', '_')}"

    def status_on(self, day: date) -> RuleStatus:
        """Whether the rule applies on `day`."""
        if self.end is not None and day >= self.end.earliest:
            return RuleStatus.REPEALED
        if self.start is None:
            return RuleStatus.UNDATED
        if day < self.start.earliest:
            return RuleStatus.NOT_YET
        return RuleStatus.UNCERTAIN if day < self.start.latest else RuleStatus.IN_FORCE

    def markings(self, day: date | None = None) -> tuple[str, ...]:
        """Mark of the rule and everything that weakens it, for reports."""
        found = [self.mark.value]
        if "weak source" in self.note:
            found.append("weak source")
        if self.provisional:
            found.append("provisional")
        if self.overrides:
            found.append(f"given by the user instead of {self.overrides}")
        found += [f"contested by {other}" for other in self.conflicts_with]
        if day is not None and self.status_on(day) is RuleStatus.UNCERTAIN:
            found.append(f"in force since {self.effective} (no day known)")
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """Rules, and the overrides that the user added.

    Attributes
    ----------
    rules : every rule, in the order of the table.
    """

    rules: tuple[Rule, ...]

    def get(self, rule_id: str) -> Rule:
        """Rule of an id; raises `InputError` with near misses when there is none."""
        found = self.find(rule_id)
        if found is None:
            ids = [rule.id for rule in self.rules]
            raise InputError(unknown_name(rule_id, ids, noun="rule"))
        return found

    def find(self, rule_id: str) -> Rule | None:
        """Rule of an id, or None."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def of(self, jurisdiction: str, kind: RuleKind | None = None) -> tuple[Rule, ...]:
        """Rules of a jurisdiction, of one kind when given."""
        return tuple(
            rule
            for rule in self.rules
            if rule.jurisdiction == jurisdiction and (kind is None or rule.kind is kind)
        )

    def as_of(self, day: date) -> RuleBook:
        """The rules that apply on a day.

        Raises
        ------
        InputError : a day before every dated rule, on which nothing is known to apply.

        Examples
        --------
        >>> book = load_rules()
        >>> before, after = (book.as_of(date(year, 12, 1)) for year in (2024, 2025))
        >>> before.find("SA-ODD-THR-02") is None, after.find("SA-ODD-THR-02") is None
        (True, False)
        """
        first = min((rule.start.earliest for rule in self.rules if rule.start), default=day)
        if day < first:
            what, allowed = "the day lies before any dated rule", f"from {first.isoformat()}"
            raise InputError(Problem(what=what, received=day.isoformat(), allowed=allowed))
        kept = tuple(rule for rule in self.rules if rule.status_on(day).applies)
        ids = {rule.id for rule in kept}
        return RuleBook(
            rules=tuple(
                replace(
                    rule,
                    conflicts_with=tuple(other for other in rule.conflicts_with if other in ids),
                )
                for rule in kept
            )
        )

    @property
    def jurisdictions(self) -> tuple[str, ...]:
        """Codes of the jurisdictions in the book."""
        return tuple(dict.fromkeys(rule.jurisdiction for rule in self.rules))

    @property
    def overridden(self) -> tuple[Rule, ...]:
        """Rules that the user gave."""
        return tuple(rule for rule in self.rules if rule.overrides)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """A rule that begins or ceases to apply between two days."""

    rule: Rule
    change: str

    def __str__(self) -> str:
        return f"{self.rule.id} {self.change} ({self.rule.effective}): {self.rule.told}"


@cache
def load_rules() -> RuleBook:
    """The shipped rules.

    Examples
    --------
    >>> rule = load_rules().get("SA-ODD-THR-01")
    >>> rule.value, rule.unit, rule.mark.value, rule.conflicts_with
    ('5', 'per 10000', 'secondary', ('SA-ODD-THR-02',))
    """
    text = resources.files("leucel.regulatory").joinpath("data", "rules.csv").read_text("utf-8")
    return _paired([rule_from_record(row) for row in csv.DictReader(text.splitlines())])


def rule_from_record(record: Mapping[str, str], *, place: Place | None = None) -> Rule:
    """Rule of a record with the columns of data/rules.csv.

    Raises
    ------
    InputError : unknown columns, kind or mark; no id; a date that is not readable.
    """
    problems = [
        unknown_name(key, COLUMNS, noun="column", where=place)
        for key in record
        if key not in COLUMNS
    ]
    kinds = [kind.value for kind in RuleKind]
    marks = [mark.value for mark in Mark]
    kind, mark = record.get("kind", ""), record.get("mark", "")
    if kind not in kinds:
        problems.append(unknown_name(kind, kinds, noun="kind of rule", where=place))
    if mark not in marks:
        problems.append(unknown_name(mark, marks, noun="mark", where=place))
    rule_id = record.get("rule_id", "").strip()
    if not rule_id or "-" not in rule_id:
        problems.append(
            Problem(
                what="a rule needs an id that begins with its jurisdiction",
                where=place,
                received=repr(rule_id),
                allowed="for example SA-ODD-THR-01",
            )
        )
    if problems:
        raise InputError(problems)
    note = record.get("note", "")
    effective = record.get("effective_date", "").strip()
    start, end = _read_dates(effective)
    return Rule(
        id=rule_id,
        jurisdiction=rule_id.split("-")[0],
        name=record.get("jurisdiction", ""),
        agency=record.get("agency", ""),
        kind=RuleKind(kind),
        value=record.get("value", "").strip(),
        unit=record.get("unit", "").strip(),
        basis=record.get("basis", ""),
        legal_source=record.get("legal_source", ""),
        url=record.get("source_url", ""),
        mark=Mark(mark),
        effective=effective,
        note=note,
        start=start,
        end=end,
        provisional=note.startswith("provisional") or "expected" in effective,
        conflicts_with=tuple(_CONFLICT.findall(note)),
    )


def with_overrides(book: RuleBook, rules: Sequence[Rule]) -> RuleBook:
    """The book with rules of the user in place of those with the same id; the result says so.

    Raises
    ------
    InputError : a rule without a source or with an unverified mark.
    """
    problems = [
        Problem(
            what=f"the rule {rule.id} of the user has no usable source",
            received=f"source {rule.legal_source!r}, mark {rule.mark.value}",
            fix="give legal_source (and source_url) and a mark other than unverified",
        )
        for rule in rules
        if not (rule.usable and rule.legal_source)
    ]
    if problems:
        raise InputError(problems)
    mine = {rule.id: rule for rule in rules}
    merged: list[Rule] = []
    for old in book.rules:
        new = mine.pop(old.id, None)
        merged.append(old if new is None else replace(new, overrides=old.statement))
    merged += [replace(rule, overrides="no rule") for rule in mine.values()]
    return _paired(merged)


def rule_changes(book: RuleBook, first: date, second: date) -> tuple[RuleChange, ...]:
    """Rules that begin or cease to apply from one day to another.

    Examples
    --------
    >>> changes = rule_changes(load_rules(), date(2025, 5, 9), date(2026, 11, 1))
    >>> "SA-ODD-THR-02" in [change.rule.id for change in changes]
    True
    """
    book.as_of(min(first, second))  # refuses a day before every dated rule
    found: list[RuleChange] = []
    for rule in book.rules:
        before, after = rule.status_on(first).applies, rule.status_on(second).applies
        if before != after:
            change = "begins to apply" if after else "ceases to apply"
            found.append(RuleChange(rule=rule, change=change))
    return tuple(found)


def rule_sources(book: RuleBook) -> dict[str, Source]:
    """Sources of the rules by id."""
    return {
        rule.source_id: Source(
            id=rule.source_id,
            citation=f"{rule.name}, {rule.legal_source or rule.basis} ({rule.id})",
            url=rule.url or None,
            kind="rule",
        )
        for rule in book.rules
    }


def sources() -> dict[str, Source]:
    """Sources of the shipped rules by id."""
    return rule_sources(load_rules())


def _paired(rules: Sequence[Rule]) -> RuleBook:
    """A conflict is named in one row of the table; here both rows know of it."""
    pairs = {(rule.id, other) for rule in rules for other in rule.conflicts_with}
    pairs |= {(second, first) for first, second in pairs}
    return RuleBook(
        rules=tuple(
            replace(
                rule,
                conflicts_with=tuple(sorted(second for first, second in pairs if first == rule.id)),
            )
            for rule in rules
        )
    )


def _read_dates(text: str) -> tuple[PartialDate | None, PartialDate | None]:
    if not text:
        return None, None
    if text.startswith("repealed "):
        return None, PartialDate.parse(text.removeprefix("repealed "))
    expected = _EXPECTED.fullmatch(text)
    if expected:
        begin = add_months(date(int(expected[1]), 12, 1), int(expected[2] or 0))
        return PartialDate(begin.year, begin.month), None
    fiscal = _FISCAL.fullmatch(text)
    if fiscal:
        # The fiscal year of the United States begins on 1 October of the year before.
        year = int(fiscal[1])
        return PartialDate(year - 1, 10, 1), PartialDate(year, 10, 1)
    return PartialDate.parse(text), None
