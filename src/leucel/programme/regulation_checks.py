"""Checks of the sections on regulation, access and attached tables: names, slots, ranges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from leucel.core import InputError, Place, Problem, unknown_name
from leucel.programme.faults import dotted
from leucel.programme.positions import Path, Positions

_SHARES = ("treated_share", "reach_line_4", "class_exposure", "eligible_share", "reached_share")
_MOST_TARGETS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """A programme file as plain data, and where its keys and values stand."""

    data: Mapping[str, Any]
    file: str
    positions: Positions

    def at(self, *path: str | int) -> Place:
        """Place of a value."""
        spot = self.positions.of_value(path)
        line, column = spot if spot else (None, None)
        return Place(file=self.file, line=line, column=column, key=dotted(path))

    def find(self, *path: str | int) -> Any:
        """The value at a path, None when there is none."""
        node: Any = self.data
        for step in path:
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                return None
        return node

    def tables(self, *path: str) -> list[Mapping[str, Any]]:
        """The tables of a list, empty when there is no such list."""
        node = self.find(*path)
        if not isinstance(node, Sequence) or isinstance(node, str):
            return []
        entries = cast(Sequence[Any], node)
        return [cast(Mapping[str, Any], item) for item in entries if isinstance(item, Mapping)]


def check_regulation(places: Places) -> list[Problem]:
    """Problems of meaning in [regulation], [access] and the tables of [epidemiology]."""
    return [
        *_areas(places),
        *_slots(places),
        *_overrides(places),
        *_ranges(places),
        *_days(places),
        *_attrition(places),
    ]


def _areas(places: Places) -> Iterator[Problem]:
    from leucel.epidemiology import AREAS

    codes = [area.code for area in AREAS]
    paths: list[Path] = [
        *((*path, index) for path in _LISTS for index, _ in enumerate(places.find(*path) or ())),
        *(
            (*path, index, key)
            for path, key in _TABLES
            for index, _ in enumerate(places.tables(*path))
        ),
    ]
    for path in paths:
        code = places.find(*path)
        if isinstance(code, str) and code not in codes:
            yield unknown_name(code, codes, noun="jurisdiction", where=places.at(*path))
    holidays = places.find("regulation", "holidays")
    for code in holidays if isinstance(holidays, Mapping) else ():
        if code not in codes:
            where = places.at("regulation", "holidays", code)
            yield unknown_name(code, codes, noun="jurisdiction", where=where)
    targets = places.find("regulation", "targets")
    if isinstance(targets, list) and not 1 <= len(cast(list[Any], targets)) <= _MOST_TARGETS:
        yield Problem(
            what="the number of targets is out of range",
            where=places.at("regulation", "targets"),
            received=str(len(cast(list[Any], targets))),
            allowed=f"1 to {_MOST_TARGETS}",
        )


_LISTS: tuple[tuple[str, ...], ...] = (("regulation", "targets"), ("access", "areas"))
_TABLES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("regulation", "reviews"), "jurisdiction"),
    (("access", "approvals"), "area"),
    (("epidemiology", "age_tables"), "area"),
    (("epidemiology", "populations"), "area"),
    (("epidemiology", "survival"), "area"),
    (("epidemiology", "figures"), "area"),
)


def _slots(places: Places) -> Iterator[Problem]:
    entries = places.tables("regulation", "evidence")
    if not entries:
        return
    from leucel.regulatory import load_rules, slot_names

    known = slot_names(load_rules())
    for index, entry in enumerate(entries):
        slot = entry.get("slot")
        if isinstance(slot, str) and slot not in known:
            where = places.at("regulation", "evidence", index, "slot")
            yield unknown_name(slot, known, noun="slot of evidence", where=where)


def _overrides(places: Places) -> Iterator[Problem]:
    entries = places.tables("regulation", "overrides")
    if not entries:
        return
    from leucel.epidemiology import AREAS
    from leucel.regulatory import PartialDate, load_rules

    ids = [rule.id for rule in load_rules().rules]
    codes = [area.code for area in AREAS]
    for index, entry in enumerate(entries):
        path = ("regulation", "overrides", index)
        rule = entry.get("rule")
        if not isinstance(rule, str):
            continue
        where = places.at(*path, "rule")
        if rule.split("-")[0] not in codes:
            yield unknown_name(rule.split("-")[0], codes, noun="jurisdiction", where=where)
        elif rule not in ids and not entry.get("new"):
            problem = unknown_name(rule, ids, noun="rule", where=where)
            fix = f"{problem.fix}; or say new = true" if problem.fix else "say new = true"
            yield Problem(what=problem.what, where=where, received=problem.received, fix=fix)
        effective = entry.get("effective_date")
        if isinstance(effective, str) and effective:
            try:
                PartialDate.parse(effective)
            except InputError:
                yield Problem(
                    what="effective_date is no date",
                    where=places.at(*path, "effective_date"),
                    received=repr(effective),
                    allowed="YYYY, YYYY-MM or YYYY-MM-DD",
                )


def _ranges(places: Places) -> Iterator[Problem]:
    shares: list[Path] = [("access", name) for name in _SHARES]
    shares += [("epidemiology", name) for name in ("class_exposure", "treated_share")]
    shares += [("epidemiology", "eligible_share")]
    for path in shares:
        for number, where in _numbers(places, path):
            if not 0 <= number <= 1:
                yield Problem(
                    what=f"{path[-1]} is no share",
                    where=places.at(*where),
                    received=f"{number:g}",
                    allowed="0 to 1",
                )
    positive: list[Path] = [("access", name) for name in ("ramp_years", "gain_years")]
    positive += [("access", "slots_a_year"), ("regulation", "answers")]
    for path in positive:
        for number, where in _numbers(places, path):
            if not number >= 0:
                yield Problem(
                    what=f"{path[-1]} is negative",
                    where=places.at(*where),
                    received=f"{number:g}",
                    allowed="0 or more",
                )
    above: list[Path] = [("access", "median_survival_months")]
    names = ("median_survival_months", "complete_ratio", "five_year_ratio")
    above += [("epidemiology", name) for name in names]
    for path in above:
        for number, where in _numbers(places, path):
            if not number > 0:
                yield Problem(
                    what=f"{path[-1]} is not positive",
                    where=places.at(*where),
                    received=f"{number:g}",
                    allowed="above 0",
                )


def _numbers(places: Places, path: Path) -> Iterator[tuple[float, Path]]:
    """Value and limits of a quantity, however it is written."""
    given = places.find(*path)
    parts: list[tuple[Any, Path]] = [(given, path)]
    if isinstance(given, Mapping):
        table = cast(Mapping[str, Any], given)
        parts = [(table.get(key), (*path, key)) for key in ("value", "low", "high")]
    for number, where in parts:
        if isinstance(number, int | float) and not isinstance(number, bool):
            yield float(number), where


def _days(places: Places) -> Iterator[Problem]:
    paths: list[Path] = [("regulation", "filing"), ("access", "horizon")]
    for index, _ in enumerate(places.tables("access", "approvals")):
        paths += [("access", "approvals", index, key) for key in ("earlier", "ordinary")]
    found: dict[Path, date] = {}
    for path in paths:
        text = places.find(*path)
        if not isinstance(text, str):
            continue
        try:
            found[path] = date.fromisoformat(text)
        except ValueError:
            yield Problem(
                what=f"{path[-1]} is no day of the calendar",
                where=places.at(*path),
                received=repr(text),
                allowed="YYYY-MM-DD",
            )
    for path, day in found.items():
        ordinary = found.get((*path[:-1], "ordinary"))
        if path[-1] == "earlier" and ordinary is not None and day > ordinary:
            yield Problem(
                what="the earlier approval is the later one",
                where=places.at(*path),
                received=f"{day.isoformat()} after {ordinary.isoformat()}",
            )


def _attrition(places: Places) -> Iterator[Problem]:
    study = places.find("epidemiology", "attrition")
    if not isinstance(study, str):
        return
    from leucel.epidemiology import attrition_scenarios

    known = [scenario.id for scenario in attrition_scenarios()]
    if study not in known:
        where = places.at("epidemiology", "attrition")
        yield unknown_name(study, known, noun="study of attrition", where=where)
