"""Populations by age and their revisions; see data/README.md for the terms of the UN tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from leucel.core import MissingEvidenceError, Problem
from leucel.epidemiology.areas import AREAS, get_area
from leucel.epidemiology.tables import AGE_GROUPS, read_only, read_rows

REVISIONS = ("WPP 2019", "WPP 2024")
YEAR = 2022


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Population:
    """People of an area by age.

    Attributes
    ----------
    area : ISO code or block.
    year : calendar year (mid-year).
    revision : source and revision of the table.
    persons : (18,) people in each of `AGE_GROUPS`.
    """

    area: str
    year: int
    revision: str
    persons: NDArray[np.float64]

    @property
    def total(self) -> float:
        """All ages together."""
        return float(self.persons.sum())


@cache
def get_population(area: str, *, total: float | None = None) -> Population:
    """Population of mid-2022 by age (WPP 2019, the only revision with an age table here).

    Parameters
    ----------
    area : ISO code, block or name; a block such as GCC is the sum of its members.
    total : people of all ages; when given, the age table is scaled to it (own figure, or another
        revision whose ages are not known).

    Raises
    ------
    MissingEvidenceError : the area is known, but no age table is.

    Examples
    --------
    >>> round(get_population("SA").total)
    35787888
    """
    found = get_area(area)
    if found.members:
        persons = np.sum([get_population(code).persons for code in found.members], axis=0)
    else:
        persons = _age_table().get(found.iso3)
        if persons is None:
            raise MissingEvidenceError(
                Problem(
                    what=f"no population by age is known here for {found.name}",
                    allowed=", ".join(areas_with_population()),
                    fix="give a count of cases and a population of your own",
                )
            )
    if total is not None:
        persons = persons * (total / persons.sum())
    return Population(
        area=found.code,
        year=YEAR,
        revision=REVISIONS[0] if total is None else "own total, ages of WPP 2019",
        persons=read_only(np.array(persons)),
    )


def population_totals(area: str) -> dict[str, float]:
    """Total population of 2022 by revision, people; empty when no table holds the area.

    Examples
    --------
    >>> {revision: round(people / 1e6, 2) for revision, people in population_totals("SA").items()}
    {'WPP 2019': 35.79, 'WPP 2024': 32.18}
    """
    found = get_area(area)
    if found.members:
        parts = [population_totals(code) for code in found.members]
        return {
            revision: sum(part[revision] for part in parts)
            for revision in REVISIONS
            if all(revision in part for part in parts)
        }
    totals: dict[str, float] = {}
    table = _age_table().get(found.iso3)
    if table is not None:
        totals[REVISIONS[0]] = float(table.sum())
    newer = _newer_totals().get(found.iso3)
    if newer is not None:
        totals[REVISIONS[1]] = newer
    return totals


def areas_with_population() -> tuple[str, ...]:
    """Codes of the areas that have a population by age."""
    tables = _age_table()
    return tuple(area.code for area in AREAS if area.iso3 in tables or area.members)


@cache
def _age_table() -> dict[str, NDArray[np.float64]]:
    by_area: dict[str, NDArray[np.float64]] = {}
    position = {group: index for index, group in enumerate(AGE_GROUPS)}
    for row in read_rows("population_wpp2019_mid2022.csv"):
        persons = by_area.setdefault(row["iso3"], np.zeros(len(AGE_GROUPS)))
        # Ages above 85 come in finer groups than the standards know; they go to the open group.
        persons[position.get(row["age_group"], len(AGE_GROUPS) - 1)] += (
            float(row["pop_mid2022_thousands"]) * 1e3
        )
    return {code: read_only(persons) for code, persons in by_area.items()}


@cache
def _newer_totals() -> dict[str, float]:
    return {
        row["iso3"]: float(row["wpp2024_mid2022_thousands"]) * 1e3
        for row in read_rows("population_totals_2022.csv")
    }
