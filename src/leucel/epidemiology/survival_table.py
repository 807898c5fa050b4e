"""Published survival of myeloma, as points that a curve can be fitted to."""

from __future__ import annotations

from functools import cache

from leucel.epidemiology.prevalence import SurvivalPoints
from leucel.epidemiology.survival import SurvivalBasis
from leucel.epidemiology.tables import read_rows, survival_source


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
