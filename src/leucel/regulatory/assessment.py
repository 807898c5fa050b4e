"""The designation stage: one principal threshold test for each jurisdiction, as of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from leucel.core import Assumption, Evidence, InputError, Problem, Source
from leucel.epidemiology import (
    COMPLETE_RATIO,
    TRANSFER,
    DiseaseBurden,
    PrevalenceRatio,
    Rate,
    get_area,
    require_crude,
)
from leucel.regulatory.assumed import tested_assumptions
from leucel.regulatory.checklist import QualifyingTest, qualifying_tests
from leucel.regulatory.dates import add_months
from leucel.regulatory.designation import (
    ThresholdTest,
    judge_jurisdiction,
    judge_rate,
    number_is_enough,
    operator_text,
    remarked,
)
from leucel.regulatory.published import choose_figure, judge_published
from leucel.regulatory.rules import (
    Rule,
    RuleBook,
    RuleChange,
    RuleKind,
    RuleStatus,
    load_rules,
    rule_changes,
    rule_sources,
    sources,
)

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignationResult:
    """Result of the designation stage.

    Attributes
    ----------
    condition : what is counted (the condition, never the line of therapy).
    as_of : day of the test.
    principal : the test to look at first, one for each jurisdiction.
    limbs : every other threshold of these jurisdictions (alternatives, contesting rows).
    estimates : leucel's own estimate against the principal threshold, where a published prevalence
        of the jurisdiction itself was tested first.
    precedents : published prevalence figures against the principal threshold.
    contested : pairs of rule ids that contradict each other.
    changes : rules that begin or cease to apply between `as_of` and the day compared with.
    recent : rules that began or ceased to apply in the 24 months before `as_of`.
    pending : rules of these jurisdictions that begin after `as_of`, provisional ones included.
    book : the rules in force, overrides included.
    checklist : qualifying tests beyond prevalence, with their evidence.
    """

    condition: str
    as_of: date
    principal: tuple[ThresholdTest, ...]
    limbs: tuple[ThresholdTest, ...]
    precedents: tuple[ThresholdTest, ...]
    contested: tuple[tuple[str, str], ...]
    changes: tuple[RuleChange, ...]
    pending: tuple[Rule, ...]
    book: RuleBook
    assumptions: tuple[Assumption, ...] = ()
    estimates: tuple[ThresholdTest, ...] = ()
    recent: tuple[RuleChange, ...] = ()
    checklist: tuple[QualifyingTest, ...] = ()

    def find(self, jurisdiction: str) -> ThresholdTest | None:
        """Principal test of a jurisdiction, or None."""
        code = get_area(jurisdiction).code
        return next((test for test in self.principal if test.jurisdiction == code), None)

    def rows(self) -> list[dict[str, Any]]:
        """Designation rows of the data contract, one for each jurisdiction."""
        return [designation_row(test) for test in self.principal]

    def to_summary(self) -> dict[str, Any]:
        """JSON-ready summary."""
        return {
            "condition": self.condition,
            "as_of": self.as_of.isoformat(),
            "designation": self.rows(),
            "designation_reasons": {test.jurisdiction: test.reason for test in self.principal},
            "other_thresholds": [
                {**designation_row(test), "reason": test.reason} for test in self.limbs
            ],
            "own_estimates": [
                {**designation_row(test), "reason": test.reason} for test in self.estimates
            ],
            "precedents": [
                {**designation_row(test), "reason": test.reason} for test in self.precedents
            ],
            "qualifying_tests": [test.to_row() for test in self.checklist],
            "contested": [list(pair) for pair in self.contested],
            "recent_changes": [str(change) for change in self.recent],
            "rule_changes": [str(change) for change in self.changes],
            "contradictions": [
                f"{first.id} ({first.statement}) and {second.id} ({second.statement})"
                for first, second in (map(self.book.get, pair) for pair in self.contested)
            ],
            "rules_ahead": [ahead_text(rule) for rule in self.pending],
            "overrides": [
                f"{rule.id}: {rule.statement} ({rule.legal_source}) instead of {rule.overrides}"
                for rule in self.book.overridden
            ],
            "assumptions": [each.to_dict() for each in self.assumptions],
        }

    def to_frames(self) -> dict[str, pd.DataFrame]:
        """Tables `designation` (every test with its reason and standing) and `rules`."""
        import pandas as pd

        tests = [
            {
                **designation_row(test),
                "marks": "; ".join(test.marks),
                "sources": ";".join(test.sources),
                "name": test.name,
                "standing": standing,
                "reason": test.reason,
            }
            for standing, group in (
                ("principal", self.principal),
                ("other threshold", self.limbs),
                ("own estimate", self.estimates),
                ("precedent", self.precedents),
            )
            for test in group
        ]
        codes = {test.jurisdiction for test in self.principal} | {"GCC"}
        rules = [
            {
                "rule_id": rule.id,
                "jurisdiction": rule.jurisdiction,
                "name": rule.name,
                "agency": rule.agency,
                "kind": rule.kind.value,
                "value": rule.value,
                "unit": rule.unit,
                "basis": rule.basis,
                "legal_source": rule.legal_source,
                "url": rule.url,
                "marks": "; ".join(rule.markings(self.as_of)),
                "effective": rule.effective,
                "note": rule.note,
            }
            for rule in self.book.rules
            if rule.jurisdiction in codes
        ]
        test_columns: Any = [*_KEYS, "name", "standing", "reason"]
        return {
            "designation": pd.DataFrame(tests, columns=test_columns),
            "rules": pd.DataFrame(rules),
        }

    def sources(self) -> dict[str, Source]:
        """Sources of the rules in force and of those that contest them later."""
        return {**sources(), **rule_sources(self.book)}


def ahead_text(rule: Rule) -> str:
    """A rule that begins later, in a sentence."""
    told = [rule.effective] if rule.effective != str(rule.start) else []
    shown = ", ".join((["provisional"] if rule.provisional else []) + told)
    return f"{rule.id} from {rule.start}{f' ({shown})' if shown else ''}: {rule.told}"


RECENT_MONTHS = 24
"""Rules that changed within so many months before the day are listed."""

_KEYS = (
    "jurisdiction",
    "rule_id",
    "threshold",
    "unit",
    "operator",
    "prevalence",
    "low",
    "high",
    "verdict",
    "margin_years",
    "marks",
    "sources",
)


def designation_row(test: ThresholdTest) -> dict[str, Any]:
    """Designation row of the data contract: exactly its keys."""
    threshold = test.threshold
    return {
        "jurisdiction": test.jurisdiction,
        "rule_id": test.rule.id if test.rule else None,
        "threshold": threshold.limit if threshold else None,
        "unit": threshold.unit if threshold else "none",
        "operator": operator_text(threshold),
        "prevalence": test.prevalence,
        "low": test.low,
        "high": test.high,
        "verdict": test.verdict.value,
        "margin_years": test.margin_years,
        "marks": list(test.marks),
        "sources": list(test.sources),
    }


def designate(
    jurisdictions: Sequence[str],
    burden: DiseaseBurden,
    *,
    as_of: date,
    book: RuleBook | None = None,
    condition: str = "multiple myeloma",
    figures: Sequence[Rate] = (),
    ratio: PrevalenceRatio = COMPLETE_RATIO,
    compare_with: date | None = None,
    evidence: Mapping[str, Sequence[Evidence]] | None = None,
) -> DesignationResult:
    """Test the orphan threshold of each jurisdiction for the condition.

    A published prevalence of the jurisdiction itself is tested first and leucel's estimate is shown
    beside it; without one the estimate is tested.

    Parameters
    ----------
    jurisdictions : codes or names.
    burden : result of `leucel.epidemiology.estimate_burden` for the same jurisdictions.
    as_of : day whose rules are used.
    book : rules (`load_rules()`, with overrides of the user); the shipped ones by default.
    condition : name of what is counted.
    figures : crude prevalence to be shown against the threshold; figures of `burden` are added.
    ratio : prevalence over incidence with its bracket, years; the user's survival of an area, where
        `burden` holds one, replaces it there.
    compare_with : another day; rules that differ between both are listed.
    evidence : evidence for the tests beyond prevalence, by slot (`slot_names`).

    Raises
    ------
    InputError : an unknown jurisdiction; a day before every dated rule.
    ScaleError : a figure is age-standardized.
    """
    book = book or load_rules()
    for rate in figures:
        require_crude(rate, purpose="tested against a legal threshold")
    current = book.as_of(as_of)
    principal: list[ThresholdTest] = []
    limbs: list[ThresholdTest] = []
    precedents: list[ThresholdTest] = []
    estimates: list[ThresholdTest] = []
    for code in _codes(jurisdictions):
        entry = burden.find(code)
        estimate = entry.incidence[0] if entry and entry.incidence else None
        years = (entry.survival_ratio if entry else None) or ratio
        tests = judge_jurisdiction(code, estimate, current, ratio=years, as_of=as_of)
        limbs += tests[1:]
        published = [*(entry.figures if entry else ()), *figures]
        chosen = choose_figure(code, published, as_of=as_of)
        first_test = tests[0]
        if chosen is not None and number_is_enough(first_test):
            # The estimate's own remark is not repeated inside the reason of the figure.
            first_test = remarked(
                judge_published(
                    first_test,
                    chosen,
                    as_of=as_of,
                    ratio=years,
                    own_incidence=estimate is not None and estimate.method != TRANSFER,
                )
            )
            estimates.append(tests[0])
        if entry is not None and entry.warnings:
            warned = dict.fromkeys("; ".join(entry.warnings).split("; "))
            first_test = replace(first_test, marks=(*first_test.marks, *warned))
        principal.append(_contested_later(_not_yet(first_test, book, as_of), book, as_of))
        precedents += _precedents(tests[0], published, as_of)
    codes = {test.jurisdiction for test in principal}
    return DesignationResult(
        condition=condition,
        as_of=as_of,
        principal=tuple(principal),
        limbs=tuple(limbs),
        precedents=tuple(precedents),
        contested=tuple(
            (rule.id, other)
            for rule in current.rules
            if rule.jurisdiction in codes
            for other in rule.conflicts_with
            if rule.id < other
        ),
        changes=_changes(book, as_of, compare_with, codes),
        recent=_changes(book, add_months(as_of, -RECENT_MONTHS), as_of, codes),
        estimates=tuple(estimates),
        checklist=qualifying_tests(
            [test.jurisdiction for test in principal], current, as_of=as_of, evidence=evidence
        ),
        pending=tuple(
            rule
            for rule in book.rules
            if rule.jurisdiction in codes and rule.status_on(as_of) is RuleStatus.NOT_YET
        ),
        book=current,
        assumptions=tested_assumptions(ratio, principal, carried=bool(estimates)),
    )


def _codes(jurisdictions: Sequence[str]) -> list[str]:
    problems: list[Problem] = []
    codes: list[str] = []
    for name in jurisdictions:
        try:
            codes.append(get_area(name).code)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return list(dict.fromkeys(codes))


def _not_yet(test: ThresholdTest, book: RuleBook, as_of: date) -> ThresholdTest:
    """A jurisdiction without a threshold on the day says which one begins later."""
    if test.rule is not None:
        return test
    later = [
        f"{rule.id} begins {rule.effective}"
        for rule in book.of(test.jurisdiction, RuleKind.THRESHOLD)
        if rule.status_on(as_of) is RuleStatus.NOT_YET
    ]
    if not later:
        return test
    return replace(
        test,
        reason=f"no orphan threshold applies on {as_of.isoformat()}: {', '.join(later)}",
    )


def _contested_later(test: ThresholdTest, book: RuleBook, as_of: date) -> ThresholdTest:
    """A contradiction published after the day of the test is shown as well, with its date."""
    whole = book.find(test.rule.id) if test.rule else None
    if whole is None:
        return test
    partners = (book.get(other) for other in whole.conflicts_with)
    later = [rule for rule in partners if rule.status_on(as_of) is RuleStatus.NOT_YET]
    marks = tuple(f"contested from {rule.effective} by {rule.id}" for rule in later)
    ids = tuple(rule.source_id for rule in later)
    return replace(test, marks=test.marks + marks, sources=test.sources + ids)


def _precedents(test: ThresholdTest, figures: Sequence[Rate], as_of: date) -> list[ThresholdTest]:
    if test.rule is None or test.threshold is None or not test.threshold.is_number:
        return []
    if test.rule.jurisdiction != test.jurisdiction:
        return []
    own = [
        rate for rate in figures if rate.area == test.jurisdiction and rate.measure.is_prevalence
    ]
    return [judge_rate(test.rule, rate, as_of=as_of) for rate in dict.fromkeys(own)]


def _changes(
    book: RuleBook, as_of: date, other: date | None, codes: set[str]
) -> tuple[RuleChange, ...]:
    if other is None:
        return ()
    return tuple(
        change for change in rule_changes(book, as_of, other) if change.rule.jurisdiction in codes
    )
