"""Prevalence by age at diagnosis: cases of each age group under the survival of that group."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leucel.core import InputError, Problem
from leucel.epidemiology.curves import SurvivalCurve
from leucel.epidemiology.populations import get_population
from leucel.epidemiology.tables import AGE_GROUPS, seer_rates


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AgePrevalence:
    """People alive by age group at diagnosis, at constant incidence.

    Attributes
    ----------
    groups : (A,) age groups at diagnosis.
    cases : (A,) cases a year.
    limited, complete : (A,) people diagnosed in the last N years, and all people.
    window_years : the N.
    """

    groups: tuple[str, ...]
    cases: NDArray[np.float64]
    limited: NDArray[np.float64]
    complete: NDArray[np.float64]
    window_years: float

    @property
    def completeness(self) -> NDArray[np.float64]:
        """Completeness index R_N (A,) of each age group; 1 where there are no people."""
        whole = np.where(self.complete > 0, self.complete, 1.0)
        return np.where(self.complete > 0, self.limited / whole, 1.0)

    @property
    def total_completeness(self) -> float:
        """Completeness index of all ages: sum of N-year over sum of complete prevalence."""
        whole = float(self.complete.sum())
        return float(self.limited.sum()) / whole if whole else 1.0


def prevalence_by_age(
    cases: ArrayLike,
    curves: Sequence[SurvivalCurve],
    *,
    groups: Sequence[str] = AGE_GROUPS,
    window_years: float = 5.0,
) -> AgePrevalence:
    """Cases of each age group times the area under the survival curve of the group.

    Parameters
    ----------
    cases : (A,) cases a year by age at diagnosis.
    curves : one curve for each group (the same object may stand for several).
    groups : names of the groups.

    Raises
    ------
    InputError : the numbers of cases, curves and groups differ, or cases are negative.

    Examples
    --------
    >>> from leucel.epidemiology import WeibullSurvival
    >>> young, old = WeibullSurvival(scale=10.0), WeibullSurvival(scale=2.0)
    >>> found = prevalence_by_age([10, 90], [young, old], groups=("0-64", "65+"))
    >>> found.complete.round().tolist(), found.completeness.round(2).tolist()
    ([100.0, 180.0], [0.39, 0.92])
    """
    counts = np.atleast_1d(np.asarray(cases, dtype=np.float64))
    problems: list[Problem] = []
    if not len(counts) == len(curves) == len(groups):
        problems.append(
            Problem(
                what="the age groups do not match",
                received=f"{len(counts)} case counts, {len(curves)} curves, {len(groups)} groups",
                allowed="one of each for every age group",
            )
        )
    if not (np.all(np.isfinite(counts)) and np.all(counts >= 0)):
        problems.append(Problem(what="cases must be numbers from 0", received=str(counts.tolist())))
    if not 0 < window_years < math.inf:
        problems.append(Problem(what="the window must be positive", received=f"{window_years:g}"))
    if problems:
        raise InputError(problems)
    limited = np.array([float(curve.area(window_years)) for curve in curves])
    complete = np.array([float(curve.area(math.inf)) for curve in curves])
    return AgePrevalence(
        groups=tuple(groups),
        cases=counts,
        limited=counts * limited,
        complete=counts * complete,
        window_years=window_years,
    )


def cases_by_age(area: str, cases: float) -> NDArray[np.float64]:
    """Yearly cases (18,) over `AGE_GROUPS`, spread by the SEER age curve and the area's ages.

    Examples
    --------
    >>> spread = cases_by_age("SA", 300)
    >>> round(float(spread.sum())), bool(spread[13:].sum() > spread[:8].sum())
    (300, True)
    """
    if not (math.isfinite(cases) and cases >= 0):
        raise InputError(Problem(what="cases must be a number from 0", received=f"{cases:g}"))
    weights = get_population(area).persons * seer_rates()
    return cases * weights / weights.sum()


def curves_for_groups(
    broad: Sequence[tuple[float, SurvivalCurve]], *, groups: Sequence[str] = AGE_GROUPS
) -> tuple[SurvivalCurve, ...]:
    """One curve for each age group from curves of broad ages.

    Parameters
    ----------
    broad : (first age, curve) with rising first ages, the first at 0.
    groups : labels such as "45-49" or "85+"; a group takes the curve of its first age.

    Examples
    --------
    >>> from leucel.epidemiology import WeibullSurvival
    >>> young, old = WeibullSurvival(scale=10.0), WeibullSurvival(scale=2.0)
    >>> curves = curves_for_groups([(0, young), (65, old)])
    >>> [curve.scale for curve in curves[12:14]]
    [10.0, 2.0]
    """
    starts = [start for start, _ in broad]
    if not starts or starts[0] != 0 or sorted(set(starts)) != starts:
        raise InputError(
            Problem(
                what="broad ages must rise and begin at 0",
                received=", ".join(f"{start:g}" for start in starts),
            )
        )
    first_ages = [float(group.split("-")[0].rstrip("+")) for group in groups]
    return tuple(
        next(curve for start, curve in reversed(broad) if start <= age) for age in first_ages
    )
