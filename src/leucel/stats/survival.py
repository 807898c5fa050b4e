"""Kaplan-Meier: survival with limits, median, landmarks, numbers at risk, follow-up."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leucel.core import InputError, Problem
from leucel.stats.interval import tail_of

_ROUNDING = 1e-12  # a survival of one half is reached through products of fractions


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurvivalCurve:
    """A survival estimate as a step function; row k holds from `times[k]` to `times[k + 1]`.

    Attributes
    ----------
    times : (K,) 0 and every time with an event or a censoring, in the unit of the input.
    survival : (K,) share without an event.
    low, high : (K,) pointwise log-log Greenwood limits; NaN where survival is 0.
    at_risk : (K,) subjects under observation just before each time.
    events : (K,) events at each time.
    level : confidence level of the limits.
    """

    times: NDArray[np.float64]
    survival: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    events: NDArray[np.int64]
    level: float

    @property
    def last_time(self) -> float:
        """Longest observation; beyond it nothing is known unless survival has reached 0."""
        return float(self.times[-1])

    def at(self, time: float) -> tuple[float, float, float]:
        """Survival at `time` with its limits.

        Returns
        -------
        (survival, low, high); all NaN when `time` lies beyond the last observation (not estimable).
        Where survival is 0 the limits are NaN.
        """
        if not time >= 0.0:
            raise InputError(
                Problem(
                    what="survival is asked for a time before the start",
                    allowed="a time from 0 up",
                    received=repr(time),
                )
            )
        if time > self.last_time and self.survival[-1] > 0.0:
            return (math.nan, math.nan, math.nan)
        row = int(np.searchsorted(self.times, time, side="right")) - 1
        return (float(self.survival[row]), float(self.low[row]), float(self.high[row]))

    def number_at_risk(self, times: ArrayLike) -> NDArray[np.int64]:
        """Subjects under observation just before each of `times`, for a table under a plot."""
        rows = np.searchsorted(self.times, np.asarray(times, dtype=np.float64), side="left")
        padded = np.append(self.at_risk, 0)
        return padded[np.minimum(rows, self.at_risk.size)]

    def first_time_at(self, share: float) -> float:
        """First time at which survival is `share` or less; inf when it is not reached."""
        return _first_below(self.times, self.survival, share)

    @property
    def median(self) -> float:
        """First time at which survival is one half or less; inf when not reached."""
        return self.first_time_at(0.5)

    @property
    def median_low(self) -> float:
        """Lower limit of the median (Brookmeyer-Crowley); inf when not reached."""
        return _first_below(self.times, self.low, 0.5)

    @property
    def median_high(self) -> float:
        """Upper limit of the median; inf when the upper limit of survival stays above one half."""
        return _first_below(self.times, self.high, 0.5)


def kaplan_meier(time: ArrayLike, event: ArrayLike, *, level: float = 0.95) -> SurvivalCurve:
    """Estimate survival from observed times.

    Parameters
    ----------
    time : (N,) time of the event or of the end of observation, from 0 up, none infinite.
    event : (N,) true where the event was seen, false where observation ended before it.
    level : confidence level of the pointwise limits.

    Raises
    ------
    InputError
        For no subjects, unequal lengths, or times that are negative, infinite or NaN.

    References
    ----------
    Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452; log-log limits: Kalbfleisch and
    Prentice 2002, section 1.4; median: Brookmeyer and Crowley 1982, doi:10.2307/2530286.

    Examples
    --------
    >>> curve = kaplan_meier([6, 6, 6, 7, 10], [1, 1, 0, 1, 0])
    >>> curve.median, round(curve.at(6)[0], 3)
    (7.0, 0.6)
    """
    times = np.asarray(time, dtype=np.float64).ravel()
    happened = np.asarray(event).ravel()
    tail = tail_of(level)
    _demand_observations(times, happened)
    # Imported here: scipy.stats takes longer to load than the rest of this package.
    from scipy.stats import CensoredData, ecdf

    seen = happened.astype(bool)
    data = CensoredData(uncensored=times[seen], right=times[~seen])
    function = ecdf(data).sf
    # SciPy warns that the limits are undefined before the first event and at 0; both are set below.
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        limits = function.confidence_interval(1.0 - 2.0 * tail, method="log-log")
    grid = np.unique(np.append(times, 0.0))
    row = np.searchsorted(function.quantiles, grid, side="right") - 1
    before = row < 0  # nothing was observed yet: survival is 1 and certain

    def on_grid(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(before, 1.0, values[np.maximum(row, 0)])

    survival = on_grid(function.probabilities)
    # Until the first event Greenwood's variance is 0: survival is 1 without doubt.
    certain = survival == 1.0
    unknown = survival <= 0.0
    low = np.where(certain, 1.0, on_grid(limits.low.probabilities))
    high = np.where(certain, 1.0, on_grid(limits.high.probabilities))
    return SurvivalCurve(
        times=grid,
        survival=survival,
        low=np.where(unknown, np.nan, low),
        high=np.where(unknown, np.nan, high),
        at_risk=times.size - np.searchsorted(np.sort(times), grid, side="left"),
        events=np.bincount(np.searchsorted(grid, times[seen]), minlength=grid.size),
        level=level,
    )


def follow_up(time: ArrayLike, event: ArrayLike, *, level: float = 0.95) -> SurvivalCurve:
    """Distribution of follow-up by the reverse Kaplan-Meier method; its median is reported.

    Arguments as in `kaplan_meier`; an event ends follow-up as a censoring would end survival.

    References
    ----------
    Schemper and Smith 1996, doi:10.1016/0197-2456(96)00075-X.

    Examples
    --------
    >>> follow_up([3, 12, 13, 15, 20], [1, 0, 0, 0, 0]).median
    13.0
    """
    return kaplan_meier(time, ~np.asarray(event).astype(bool), level=level)


def _demand_observations(times: NDArray[np.float64], happened: NDArray[np.generic]) -> None:
    problems: list[Problem] = []
    if times.size == 0:
        problems.append(Problem(what="survival needs at least one subject", received="none"))
    if times.size != happened.size:
        problems.append(
            Problem(
                what="times and events do not fit together",
                received=f"{times.size} times, {happened.size} events",
            )
        )
    if not bool(np.all(np.isfinite(times) & (times >= 0.0))):
        problems.append(
            Problem(
                what="a time of observation is negative, infinite or missing",
                fix="give the end of observation for subjects without an event",
            )
        )
    if happened.dtype != np.bool_ and not bool(np.all(np.isin(happened, (0, 1)))):
        problems.append(Problem(what="events must be true or false", allowed="true, false, 0, 1"))
    if problems:
        raise InputError(problems)


def _first_below(times: NDArray[np.float64], curve: NDArray[np.float64], share: float) -> float:
    reached = np.flatnonzero(curve <= share + _ROUNDING)
    return float(times[reached[0]]) if reached.size else math.inf
