"""Survival after diagnosis: a Weibull curve through published points, and its areas."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, least_squares
from scipy.special import gamma, gammainc

from leucel.core import InputError, Problem


class SurvivalBasis(Enum):
    """What a survival figure measures."""

    OBSERVED = "observed"
    NET = "net"
    RELATIVE = "relative"

    @property
    def warning(self) -> str:
        """Why the figure over-counts people alive; empty for observed survival."""
        if self is SurvivalBasis.OBSERVED:
            return ""
        return (
            f"{self.value} survival leaves out deaths from other causes: prevalence computed from "
            "it counts people who are no longer alive and is an upper bound"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WeibullSurvival:
    """S(u) = exp(-(u / scale)^shape), u in years after diagnosis.

    Attributes
    ----------
    scale : years, above 0.
    shape : above 0; 1 is the exponential.
    basis : observed, net or relative survival.
    name : whose survival it is.
    source : source id.

    Examples
    --------
    >>> curve = WeibullSurvival(scale=8.003, shape=0.827)
    >>> round(float(curve.area(5)), 2), round(float(curve.completeness(5)), 2)
    (3.51, 0.4)
    """

    scale: float
    shape: float = 1.0
    basis: SurvivalBasis = SurvivalBasis.OBSERVED
    name: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if not (0 < self.scale < math.inf and 0 < self.shape < math.inf):
            raise InputError(
                Problem(
                    what="scale and shape of a survival curve must be positive",
                    received=f"scale {self.scale:g}, shape {self.shape:g}",
                )
            )

    def survival(self, years: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """Share alive `years` after diagnosis."""
        return np.exp(-((np.asarray(years, dtype=np.float64) / self.scale) ** self.shape))

    def area(self, years: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """Person-years lived per case in the first `years` years; `inf` gives the mean survival.

        At constant incidence I, the `years`-year prevalence is I times this area.
        """
        reach = (np.asarray(years, dtype=np.float64) / self.scale) ** self.shape
        return np.asarray(self.mean * gammainc(1.0 / self.shape, reach))

    @property
    def mean(self) -> float:
        """Mean survival in years."""
        return float(self.scale * gamma(1.0 + 1.0 / self.shape))

    def completeness(self, years: float) -> float:
        """Completeness index R: `years`-year over complete prevalence at constant incidence."""
        return float(self.area(years)) / self.mean


def fit_weibull(
    years: Sequence[float],
    survival: Sequence[float],
    *,
    basis: SurvivalBasis = SurvivalBasis.OBSERVED,
    name: str = "",
    source: str = "",
) -> WeibullSurvival:
    """Weibull curve through published survival points, by unweighted least squares on S.

    Parameters
    ----------
    years : times after diagnosis, above 0 and rising; at least two.
    survival : shares alive, strictly between 0 and 1 and falling.

    Raises
    ------
    InputError : too few points, times that do not rise, shares outside (0, 1) or rising.

    Notes
    -----
    Two or three points fix the first ten years and not the tail: areas beyond the last point are
    extrapolation.

    Examples
    --------
    >>> curve = fit_weibull([1, 5, 10], [0.826, 0.522, 0.291])
    >>> round(curve.scale, 3), round(curve.shape, 3)
    (8.003, 0.827)
    """
    times = np.asarray(years, dtype=np.float64)
    shares = np.asarray(survival, dtype=np.float64)
    _check_points(times, shares)
    # Straight line of log(-log S) in log t: exact for two points, a good start for more.
    shape, level = np.polyfit(np.log(times), np.log(-np.log(shares)), 1)
    start = np.array([-level / shape, math.log(shape)])
    if times.size > 2:

        def residual(theta: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.exp(-((times / math.exp(theta[0])) ** math.exp(theta[1]))) - shares

        start = least_squares(residual, start, xtol=1e-12, ftol=1e-12, gtol=1e-12).x
    return WeibullSurvival(
        scale=float(math.exp(start[0])),
        shape=float(math.exp(start[1])),
        basis=basis,
        name=name,
        source=source,
    )


def exponential_from_ratio(ratio_years: float, *, window_years: float) -> WeibullSurvival:
    """Exponential survival whose area over the window equals a prevalence-to-incidence ratio.

    Parameters
    ----------
    ratio_years : N-year prevalence over yearly incidence, between 0 and the window.
    window_years : the window N, years.

    Examples
    --------
    >>> curve = exponential_from_ratio(2.869, window_years=5)
    >>> round(1 / curve.scale, 4), round(float(curve.survival(5)), 2)
    (0.2474, 0.29)
    """
    if not 0 < ratio_years < window_years:
        raise InputError(
            Problem(
                what="a prevalence-to-incidence ratio lies between 0 and its window",
                received=f"{ratio_years:g} years in a window of {window_years:g}",
            )
        )

    def excess(log_hazard: float) -> float:
        hazard = math.exp(log_hazard)
        return -math.expm1(-hazard * window_years) / hazard - ratio_years

    log_hazard = cast(float, brentq(excess, -30.0, 30.0, xtol=1e-13))
    return WeibullSurvival(scale=math.exp(-log_hazard))


def _check_points(times: NDArray[np.float64], shares: NDArray[np.float64]) -> None:
    problems: list[Problem] = []
    if times.size != shares.size or times.size < 2:
        problems.append(
            Problem(
                what="a survival curve needs at least two points, one share for each time",
                received=f"{times.size} times and {shares.size} shares",
            )
        )
    else:
        if not (np.all(times > 0) and np.all(np.diff(times) > 0)):
            problems.append(
                Problem(
                    what="survival times must be above 0 and rise", received=str(times.tolist())
                )
            )
        inside = np.all((shares > 0) & (shares < 1))
        if not (inside and np.all(np.diff(shares) < 0)):
            problems.append(
                Problem(
                    what="survival shares must fall and lie strictly between 0 and 1",
                    received=str(shares.tolist()),
                )
            )
    if problems:
        raise InputError(problems)
