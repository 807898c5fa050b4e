"""Confidence limits of a quantile of a sample, without assuming a distribution."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr

from leucel.core import InputError, Problem
from leucel.stats.interval import Interval, tail_of


def quantile_interval(
    sample: ArrayLike, probability: float = 0.5, *, level: float = 0.95
) -> Interval:
    """Sample quantile with limits that are order statistics of the sample.

    The number of values below the true quantile is binomial, whatever the distribution; the limits
    are the closest pair of values whose coverage is at least `level` with each tail at most half of
    the rest. A sample too small for a limit gives -inf or inf.

    Parameters
    ----------
    sample : (N,) values, none NaN; infinite values stand for "later than any".
    probability : which quantile, above 0 and below 1; 0.5 is the median.
    level : confidence level.

    References
    ----------
    Hahn and Meeker 1991, Statistical Intervals, section 5.2.

    Examples
    --------
    >>> limits = quantile_interval([9, 11, 12, 13, 14, 14, 15, 17, 20, 25])
    >>> limits.estimate, limits.low, limits.high
    (14.0, 11.0, 20.0)
    """
    values = np.sort(np.asarray(sample, dtype=np.float64).ravel())
    tail = tail_of(level)
    n = values.size
    if n == 0 or bool(np.any(np.isnan(values))):
        raise InputError(
            Problem(
                what="a quantile needs a sample without gaps",
                received="no value" if n == 0 else f"{int(np.isnan(values).sum())} NaN",
            )
        )
    if not 0.0 < probability < 1.0:
        raise InputError(
            Problem(
                what="the probability of a quantile is out of range",
                allowed="above 0 and below 1",
                received=repr(probability),
            )
        )
    # P(fewer than r values lie below the quantile) = P(Binomial(n, probability) <= r - 1).
    below = bdtr(np.arange(n, dtype=np.float64), n, probability)
    lower = int(np.searchsorted(below, tail, side="right"))
    upper = int(np.searchsorted(below, 1.0 - tail, side="left"))
    return Interval(
        estimate=_sample_quantile(values, probability),
        low=float(values[lower - 1]) if lower >= 1 else -math.inf,
        high=float(values[upper]) if upper < n else math.inf,
        level=level,
        method="order statistics",
    )


def _sample_quantile(ordered: np.ndarray, probability: float) -> float:
    """Linear interpolation between order statistics, safe where values are infinite."""
    position = probability * (ordered.size - 1)
    left = math.floor(position)
    share = position - left
    if share == 0.0:
        return float(ordered[left])
    first, second = float(ordered[left]), float(ordered[left + 1])
    return first if first == second else (1.0 - share) * first + share * second
