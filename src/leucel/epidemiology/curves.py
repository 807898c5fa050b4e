"""Survival curves beside the Weibull: life tables, cured fractions, deaths from other causes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from leucel.core import InputError, Problem
from leucel.epidemiology.survival import SurvivalBasis, WeibullSurvival

_STEPS_A_YEAR = 200


class SurvivalCurve(Protocol):
    """Anything that gives the share alive after diagnosis and the area below it."""

    @property
    def basis(self) -> SurvivalBasis:
        """Observed, net or relative survival."""
        ...

    def survival(self, years: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """Share alive `years` after diagnosis."""
        ...

    def area(self, years: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """Person-years lived per case in the first `years` years."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeTableSurvival:
    """Straight lines between the points of a life table; it starts at 1 and ends where it ends.

    Attributes
    ----------
    years : times after diagnosis, above 0 and rising.
    shares : shares alive, falling, within [0, 1].
    basis : observed, net or relative survival.

    Raises
    ------
    InputError : lengths that differ, times or shares out of order, or an area beyond the table
        while people are still alive at its end.

    Examples
    --------
    >>> table = LifeTableSurvival(years=(1.0, 2.0, 4.0), shares=(0.8, 0.6, 0.0))
    >>> round(float(table.area(2)), 2), round(float(table.area(math.inf)), 2)
    (1.6, 2.2)
    """

    years: tuple[float, ...]
    shares: tuple[float, ...]
    basis: SurvivalBasis = SurvivalBasis.OBSERVED
    name: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        times, shares = np.asarray(self.years), np.asarray(self.shares)
        good = times.size == shares.size and times.size > 0
        good = good and bool(np.all(np.diff(np.r_[0.0, times]) > 0))
        good = good and bool(np.all(np.diff(np.r_[1.0, shares]) <= 0) and np.all(shares >= 0))
        if not good:
            raise InputError(
                Problem(
                    what="a life table needs rising times above 0 and one falling share for each",
                    received=f"{list(self.years)} and {list(self.shares)}",
                )
            )

    def survival(self, years: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """Share alive `years` after diagnosis, up to the end of the table."""
        times = np.asarray(years, dtype=np.float64)
        self._inside(times)
        return np.interp(times, np.r_[0.0, self.years], np.r_[1.0, self.shares])

    def area(self, years: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """Person-years lived per case in the first `years` years."""
        times = np.asarray(years, dtype=np.float64)
        self._inside(times)
        ends, shares = np.r_[0.0, self.years], np.r_[1.0, self.shares]
        whole = np.r_[0.0, np.cumsum(np.diff(ends) * (shares[1:] + shares[:-1]) / 2)]
        capped = np.minimum(times, ends[-1])
        index = np.clip(np.searchsorted(ends, capped, side="right") - 1, 0, ends.size - 2)
        rest = capped - ends[index]
        here = np.interp(capped, ends, shares)
        return np.asarray(whole[index] + rest * (shares[index] + here) / 2)

    def _inside(self, times: NDArray[np.float64]) -> None:
        if self.shares[-1] > 0 and np.any(times > self.years[-1]):
            raise InputError(
                Problem(
                    what="the life table ends while people are alive",
                    received=f"{np.max(times):g} years",
                    allowed=f"up to {self.years[-1]:g} years",
                    fix="fit a parametric curve (fit_weibull) for the tail",
                )
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class CureSurvival:
    """S(u) = cured + (1 - cured) S_uncured(u): a share who never die of the disease.

    The area without end is not finite: combine with `ObservedSurvival` for complete prevalence.

    Examples
    --------
    >>> curve = CureSurvival(cured=0.1, uncured=WeibullSurvival(scale=5.0))
    >>> round(float(curve.survival(50)), 3), round(float(curve.area(10)), 3)
    (0.1, 4.891)
    """

    cured: float
    uncured: WeibullSurvival

    def __post_init__(self) -> None:
        if not 0 <= self.cured < 1:
            raise InputError(
                Problem(
                    what="a cured share is a fraction",
                    received=f"{self.cured:g}",
                    allowed="0 or more, below 1",
                )
            )

    @property
    def basis(self) -> SurvivalBasis:
        """Basis of the uncured curve."""
        return self.uncured.basis

    def survival(self, years: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """Share alive `years` after diagnosis."""
        return self.cured + (1.0 - self.cured) * self.uncured.survival(years)

    def area(self, years: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """Person-years lived per case in the first `years` years."""
        times = np.asarray(years, dtype=np.float64)
        if self.cured > 0 and np.any(~np.isfinite(times)):
            raise InputError(
                Problem(
                    what="a cured share lives without end in this curve",
                    fix="use an N-year prevalence, or add deaths from other causes "
                    "(ObservedSurvival)",
                )
            )
        return self.cured * times + (1.0 - self.cured) * self.uncured.area(times)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedSurvival:
    """Net survival times survival from other causes: what prevalence has to count.

    Attributes
    ----------
    net : curve of net or relative survival.
    hazards : yearly hazard of death from other causes in the 1st, 2nd, ... year after diagnosis;
        the last one holds for all later years, and must be above 0.

    Examples
    --------
    >>> net = WeibullSurvival(scale=10.0, basis=SurvivalBasis.NET)
    >>> curve = ObservedSurvival(net=net, hazards=(0.1,))
    >>> round(float(net.area(math.inf)), 2), round(float(curve.area(math.inf)), 2)
    (10.0, 5.0)
    """

    net: SurvivalCurve
    hazards: tuple[float, ...]

    def __post_init__(self) -> None:
        good = bool(self.hazards) and all(math.isfinite(h) and h >= 0 for h in self.hazards)
        if not (good and self.hazards[-1] > 0):
            raise InputError(
                Problem(
                    what="hazards of death from other causes are numbers from 0, the last above 0",
                    received=str(list(self.hazards)),
                )
            )

    @property
    def basis(self) -> SurvivalBasis:
        """Observed survival, by construction."""
        return SurvivalBasis.OBSERVED

    def survival(self, years: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """Share alive `years` after diagnosis."""
        times = np.asarray(years, dtype=np.float64)
        ends = np.arange(len(self.hazards) + 1, dtype=np.float64)
        cumulative = np.r_[0.0, np.cumsum(self.hazards)]
        beyond = np.maximum(times - ends[-1], 0.0) * self.hazards[-1]
        return self.net.survival(times) * np.exp(-np.interp(times, ends, cumulative) - beyond)

    def area(self, years: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """Person-years lived per case, by the trapezoidal rule on 200 points a year."""
        times = np.atleast_1d(np.asarray(years, dtype=np.float64))
        # After 40 times the mean life at the last hazard nobody is left (e^-40).
        longest = len(self.hazards) + 40.0 / self.hazards[-1]
        reach = float(np.minimum(times.max(), longest))
        grid = np.linspace(0.0, reach, max(2, math.ceil(reach * _STEPS_A_YEAR)) + 1)
        alive = self.survival(grid)
        area = np.r_[0.0, np.cumsum(np.diff(grid) * (alive[1:] + alive[:-1]) / 2)]
        found = np.interp(np.minimum(times, reach), grid, area)
        return found.reshape(np.shape(years))


def exponential_from_point(years: float, share: float) -> WeibullSurvival:
    """Exponential survival through one published point.

    Examples
    --------
    >>> round(float(exponential_from_point(5.0, 0.585).area(math.inf)), 2)
    9.33
    """
    if not (years > 0 and 0 < share < 1):
        raise InputError(
            Problem(
                what="a survival point needs a time above 0 and a share between 0 and 1",
                received=f"{share:g} at {years:g} years",
            )
        )
    return WeibullSurvival(scale=-years / math.log(share))
