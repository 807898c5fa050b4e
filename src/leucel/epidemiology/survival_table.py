"""Published survival of myeloma, as points that a curve can be fitted to."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from leucel.epidemiology.curves import exponential_from_point
from leucel.epidemiology.prevalence import SurvivalPoints
from leucel.epidemiology.survival import SurvivalBasis, WeibullSurvival
from leucel.epidemiology.tables import read_rows, survival_source

_FIRST_AGE = {"age 15-49": 0.0, "age 50-69": 50.0, "age 70+": 70.0}


@cache
def published_survival() -> tuple[SurvivalPoints, ...]:
    """Series of the survival table with at least two points, men and women apart.

    Examples
    --------
    >>> points = next(p for p in published_survival() if "England 2013-2017, men" in p.name)
    >>> points.shares
    (0.831, 0.526, 0.288)
    """
    series: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for row in read_rows("mm_survival.csv"):
        key = (row["population"], row["period"], row["group"])
        series.setdefault(key, []).append(dict(row))
    return tuple(
        SurvivalPoints(
            years=tuple(float(row["t_years"]) for row in rows),
            shares=tuple(_share(row["value_pct"]) for row in rows),
            low=tuple(_share(row["lo95_pct"] or row["value_pct"]) for row in rows),
            high=tuple(_share(row["hi95_pct"] or row["value_pct"]) for row in rows),
            basis=_basis(rows[0]["measure"]),
            name=f"{population} {period}, {group}",
            source=survival_source(rows[0]),
        )
        for (population, period, group), rows in series.items()
        if len(rows) > 1
    )


def _share(percent: str) -> float:
    return round(float(percent) / 100, 6)


def _basis(measure: str) -> SurvivalBasis:
    if measure.startswith("net"):
        return SurvivalBasis.NET
    return SurvivalBasis.RELATIVE if measure.startswith("relative") else SurvivalBasis.OBSERVED


@cache
def survival_by_age() -> tuple[tuple[float, WeibullSurvival], ...]:
    """Curves of broad ages from 5-year net survival: registries of Girona and Granada, 2010-16.

    One point fixes an exponential curve. Net survival leaves out other deaths, so prevalence from
    these curves is an upper bound unless they are put into `ObservedSurvival`. Use them with
    `curves_for_groups`; patients under 50 stand for all younger ages.

    Examples
    --------
    >>> [(first, round(float(curve.survival(5)), 3)) for first, curve in survival_by_age()]
    [(0.0, 0.785), (50.0, 0.585), (70.0, 0.263)]
    """
    found: list[tuple[float, WeibullSurvival]] = []
    for row in read_rows("mm_survival.csv"):
        if row["population"].startswith("Spain") and row["period"] == "2010-2016":
            ages = _FIRST_AGE.get(row["group"])
            if ages is not None:
                curve = exponential_from_point(float(row["t_years"]), _share(row["value_pct"]))
                name = f"{row['population']} {row['period']}, {row['group']}"
                basis = _basis(row["measure"])
                source = survival_source(row)
                found.append((ages, replace(curve, basis=basis, name=name, source=source)))
    return tuple(sorted(found, key=lambda item: item[0]))
