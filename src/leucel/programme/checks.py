"""Checks of what a programme file means: sources, marks, scales, dates, names.

They work on the plain data, so that they also run when the schema has found faults and all
problems reach the author together.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from leucel.core import InputError, Mark, Place, Problem, unknown_name
from leucel.programme.design import DISTRIBUTION_KEYS
from leucel.programme.faults import dotted
from leucel.programme.positions import Path, Positions

_LISTS_WITH_IDS = ("sources", "milestones", "quoted_epidemiology")
_DATES = ("date", "dossier_date", "designated", "approved")


def check_meaning(
    data: Mapping[str, Any], *, file: str, positions: Positions
) -> tuple[list[Problem], list[Problem]]:
    """Problems of meaning, and apart from them those of mixed scales.

    Parameters
    ----------
    data : the file as plain data.
    file : its name, for the places.
    positions : where its keys and values stand.
    """
    check = _Checker(data, file, positions)
    return check.everything(), check.scales()


class _Checker:
    def __init__(self, data: Mapping[str, Any], file: str, positions: Positions) -> None:
        self.data = data
        self.file = file
        self.positions = positions

    def everything(self) -> list[Problem]:
        """All problems but those of scale."""
        return [
            *self.sources(),
            *self.marks(),
            *self.numbers(),
            *self.duplicates(),
            *self.dates(),
            *self.dose(),
            *self.intervals(),
            *self.distributions(),
            *self.names(),
        ]

    def place(self, path: Path, *, key: bool = False) -> Place:
        spot = self.positions.of_key(path) if key else self.positions.of_value(path)
        line, column = spot if spot else (None, None)
        return Place(file=self.file, line=line, column=column, key=dotted(path))

    def sources(self) -> Iterator[Problem]:
        """Every source that is named is listed, and every sourced value names one."""
        known = sorted({str(entry.get("id")) for entry in self.tables("sources")})
        for path, value in _walk(self.data):
            if path[-1] != "source" or not isinstance(value, str) or not value:
                continue
            if value not in known:
                yield unknown_name(value, known, noun="source", where=self.place(path))

    def marks(self) -> Iterator[Problem]:
        """Nothing unverified is a default; a number without a source says that it is our own."""
        for path, value in _walk(self.data):
            if path[-1] != "mark" or not isinstance(value, str):
                continue
            table = self.at(path[:-1])
            if value == Mark.UNVERIFIED.value:
                yield Problem(
                    what=f"{dotted(path[:-1])} is marked unverified and cannot be used",
                    where=self.place(path),
                    allowed=", ".join(mark.value for mark in Mark if mark.usable),
                    fix="give a value with a source, or list it under [[unknowns]]",
                )
            elif value != Mark.OWN_VALUE.value and not table.get("source"):
                yield Problem(
                    what=f"{dotted(path[:-1])} is marked {value!r} but names no source",
                    where=self.place(path),
                    fix="add source = ..., or mark it 'own value'",
                )

    def numbers(self) -> Iterator[Problem]:
        """No NaN and no infinity anywhere."""
        for path, value in _walk(self.data):
            if isinstance(value, float) and not math.isfinite(value):
                name = path[-1] if isinstance(path[-1], str) else dotted(path)
                yield Problem(
                    what=f"{name} is not a finite number",
                    where=self.place(path),
                    received=str(value),
                    allowed="a finite number",
                )

    def duplicates(self) -> Iterator[Problem]:
        """An id, a code or a name stands once in its list."""
        lists: list[tuple[tuple[str, ...], str]] = [((name,), "id") for name in _LISTS_WITH_IDS]
        lists += [
            (("jurisdictions",), "code"),
            (("indication", "criteria"), "id"),
            (("patients", "covariates"), "name"),
            (("kinetics", "parameters"), "name"),
            (("response", "parameters"), "name"),
        ]
        for path, key in lists:
            first: dict[Any, Path] = {}
            for index, entry in enumerate(self.tables(*path)):
                value = entry.get(key)
                here = (*path, index, key)
                if isinstance(value, str) and value in first:
                    line = (self.positions.of_value(first[value]) or (0, 0))[0]
                    yield Problem(
                        what=f"{key} {value!r} stands twice in [[{'.'.join(path)}]]",
                        where=self.place(here),
                        fix=f"the first is in line {line}; each needs its own",
                    )
                elif isinstance(value, str):
                    first[value] = here

    def dates(self) -> Iterator[Problem]:
        """Dates exist in the calendar."""
        for path, value in _walk(self.data):
            if path[-1] in _DATES and isinstance(value, str) and not _is_date(value):
                yield Problem(
                    what=f"{path[-1]} is no date",
                    where=self.place(path),
                    received=repr(value),
                    allowed="YYYY, YYYY-MM or YYYY-MM-DD",
                )

    def dose(self) -> Iterator[Problem]:
        """A dose is positive, and in the unit of its rule."""
        dose = self.at(("dose",))
        wanted = {"per_kg": "cells/kg", "flat": "cells"}
        for name in ("amount", "cap", "low", "high"):
            given = dose.get(name)
            path: Path = ("dose", name)
            value: Any = given
            unit: Any = None
            if isinstance(given, Mapping):
                table = cast(Mapping[str, Any], given)
                value, unit = table.get("value"), table.get("unit")
                path = (*path, "value")
            if isinstance(value, int | float) and not isinstance(value, bool) and not value > 0:
                yield Problem(
                    what=f"the dose ({name}) is not positive",
                    where=self.place(path),
                    received=str(value),
                    allowed="a number above 0",
                )
            rule = "flat" if name == "cap" else dose.get("rule")
            if unit is not None and rule in wanted and unit != wanted[rule]:
                yield Problem(
                    what=f"the dose ({name}) is in the wrong unit for this rule",
                    where=self.place(("dose", name, "unit")),
                    received=repr(unit),
                    allowed=repr(wanted[rule]),
                )

    def intervals(self) -> Iterator[Problem]:
        """Limits stand around their value."""
        for path, value in _walk(self.data, tables=True):
            if not isinstance(value, Mapping):
                continue
            table = cast(Mapping[str, Any], value)
            low, middle, high = (_number(table.get(name)) for name in ("low", "value", "high"))
            if middle is None:
                continue
            wrong = (low is not None and low > middle) or (high is not None and high < middle)
            if wrong and "distribution" not in table:
                yield Problem(
                    what=f"{dotted(path)}: the value is outside its own limits",
                    where=self.place((*path, "value")),
                    received=f"{low} to {high} around {middle}",
                )

    def distributions(self) -> Iterator[Problem]:
        """A distribution has the numbers that it needs, and no others."""
        from leucel.stats import distribution_from_dict

        for index, entry in enumerate(self.tables("patients", "covariates")):
            path: Path = ("patients", "covariates", index)
            try:
                distribution_from_dict(distribution_data(entry))
            except InputError as error:
                for problem in error.problems:
                    key = problem.where.key if problem.where else None
                    where = self.place((*path, key)) if key else self.place(path)
                    yield replace(problem, where=where)

    def names(self) -> Iterator[Problem]:
        """Jurisdictions, covariates and domains are among those that leucel or the file knows."""
        from leucel.epidemiology import AREAS

        codes = [area.code for area in AREAS]
        for index, entry in enumerate(self.tables("jurisdictions")):
            code = entry.get("code")
            if isinstance(code, str) and code not in codes:
                where = self.place(("jurisdictions", index, "code"))
                yield unknown_name(code, codes, noun="jurisdiction", where=where)
        known = [str(entry.get("name")) for entry in self.tables("patients", "covariates")]
        for index, entry in enumerate(self.tables("indication", "criteria")):
            field = entry.get("field")
            if known and isinstance(field, str) and field not in known:
                where = self.place(("indication", "criteria", index, "field"))
                yield unknown_name(field, known, noun="covariate", where=where)
        for index, entry in enumerate(self.tables("published")):
            group = entry.get("subgroup")
            if known and isinstance(group, Mapping):
                name = cast(Mapping[str, Any], group).get("covariate")
                if isinstance(name, str) and name not in known:
                    where = self.place(("published", index, "subgroup", "covariate"))
                    yield unknown_name(name, known, noun="covariate", where=where)
        yield from self.domains()
        yield from self.models()

    def domains(self) -> Iterator[Problem]:
        """The parts of the receptor are reference domains in roles that exist."""
        from leucel.product import Binder, build_construct

        parts = self.tables("product", "parts")
        if not parts or not all(isinstance(part.get("role"), str) for part in parts):
            return
        places = [self.place(("product", "parts", index)) for index in range(len(parts))]
        try:
            build_construct(
                name="the receptor",
                binder=Binder(name="binder", format="other"),
                parts=[(str(part["role"]), part.get("domain")) for part in parts],
                places=places,
            )
        except InputError as error:
            yield from error.problems

    def models(self) -> Iterator[Problem]:
        """Models are in the library, and have the parameters that the file sets."""
        from leucel.library import catalog, get_model, with_resistant_clone

        models = [card.id for card in catalog()]
        for section in ("kinetics", "response"):
            table = self.at((section,))
            model = table.get("model")
            if not isinstance(model, str):
                continue
            if model not in models:
                where = self.place((section, "model"))
                yield unknown_name(model, models, noun="model", where=where)
                continue
            spec, _ = get_model(model)
            names = [parameter.name for parameter in spec.parameters]
            if section == "response":
                try:
                    spec = with_resistant_clone(spec)
                except InputError as error:
                    where = self.place((section, "model"))
                    yield from (replace(problem, where=where) for problem in error.problems)
                    continue
                names = [*(parameter.name for parameter in spec.parameters), "cap_tumor"]
            for index, entry in enumerate(self.tables(section, "parameters")):
                name = entry.get("name")
                if isinstance(name, str) and name not in names:
                    where = self.place((section, "parameters", index, "name"))
                    yield unknown_name(name, names, noun=f"parameter of {model}", where=where)

    def scales(self) -> list[Problem]:
        """Only a crude prevalence may be tested against a legal threshold."""
        found: list[Problem] = []
        for index, entry in enumerate(self.tables("quoted_epidemiology")):
            path: Path = ("quoted_epidemiology", index)
            adjusted = entry.get("scale") == "age-standardized"
            if entry.get("use") == "threshold test" and adjusted:
                found.append(
                    Problem(
                        what="an age-standardized rate cannot be tested against a legal threshold: "
                        "a threshold counts people, and a standardized rate does not",
                        where=self.place((*path, "use")),
                        received=f"{entry.get('value')} per {entry.get('per', 100_000)} "
                        f"({entry.get('scale')})",
                        allowed="a crude prevalence",
                        fix="set use = 'context', or give the crude prevalence",
                    )
                )
            elif entry.get("use") == "threshold test" and entry.get("measure") == "incidence":
                found.append(
                    Problem(
                        what="an incidence cannot be tested against a threshold of prevalence",
                        where=self.place((*path, "use")),
                        received=str(entry.get("measure")),
                        allowed="prevalence_5y, prevalence_complete",
                    )
                )
            if adjusted and not entry.get("standard"):
                found.append(
                    Problem(
                        what="an age-standardized rate names no standard population",
                        where=self.place(path),
                        fix="add standard = 'segi_doll_world' or the standard that was used",
                    )
                )
        return found

    def tables(self, *path: str) -> list[Mapping[str, Any]]:
        """The tables of a list, empty when there is no such list."""
        node: Any = self.data
        for name in path:
            node = cast(Any, node).get(name) if isinstance(node, Mapping) else None
        if not isinstance(node, Sequence) or isinstance(node, str):
            return []
        entries = cast(Sequence[Any], node)
        return [
            cast(Mapping[str, Any], entry) if isinstance(entry, Mapping) else {}
            for entry in entries
        ]

    def at(self, path: Path) -> Mapping[str, Any]:
        """The table at a path, empty when there is none."""
        node: Any = self.data
        for step in path:
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                return {}
        return cast(Mapping[str, Any], node) if isinstance(node, Mapping) else {}


def distribution_data(covariate: Mapping[str, Any]) -> dict[str, Any]:
    """The distribution of a covariate in the form that the stats room reads."""
    data: dict[str, Any] = {
        key: covariate[key] for key in DISTRIBUTION_KEYS if covariate.get(key) is not None
    }
    # Only a summary by a range needs the number of subjects; elsewhere it is provenance.
    by_range = {"median", "low", "high"} <= set(data)
    if by_range and covariate.get("n") is not None:
        data["n"] = covariate["n"]
    return {"distribution": covariate.get("distribution"), **data}


def _walk(node: Any, path: Path = (), *, tables: bool = False) -> Iterator[tuple[Path, Any]]:
    """Every leaf with its path; with `tables`, every table instead."""
    if isinstance(node, Mapping):
        if tables and path:
            yield path, node
        for name, item in cast(Mapping[str, Any], node).items():
            yield from _walk(item, (*path, name), tables=tables)
    elif isinstance(node, list):
        for index, item in enumerate(cast(list[Any], node)):
            yield from _walk(item, (*path, index), tables=tables)
    elif not tables:
        yield path, node


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _is_date(text: str) -> bool:
    parts = text.split("-")
    if not all(part.isdigit() for part in parts) or len(parts) > 3:
        return False
    year, month, day = (*map(int, parts), 1, 1)[:3]
    if not (1900 <= year <= 2200 and 1 <= month <= 12):
        return False
    return 1 <= day <= calendar.monthrange(year, month)[1]
