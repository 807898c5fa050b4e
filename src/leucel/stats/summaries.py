"""Distributions from what papers print: a mean and an SD, a median and a range, a minimum.

A printed summary never fixes a distribution. Each function states what it assumes beyond the
summary, so that the assumption can be listed where the numbers are used.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from scipy.special import ndtri

from leucel.core import InputError, Problem
from leucel.stats.continuous import LogNormal, TruncatedNormal
from leucel.stats.discrete import ShiftedGeometric
from leucel.stats.distribution import demand, finite

_Z_QUARTILE = float(ndtri(0.75))


def lognormal_from_mean_sd(mean: float, sd: float) -> LogNormal:
    """Log-normal distribution with the arithmetic `mean` and `sd` that a paper prints.

    Assumes that the quantity is log-normal in the population; the two moments then fix it.

    Examples
    --------
    >>> lognormal_from_mean_sd(48_692, 27_174).describe()
    'log-normal, median 42518.8, sigma 0.520707'
    """
    demand(
        "lognormal",
        {
            "mean": (finite(mean) and mean > 0, "a number above 0", mean),
            "sd": (finite(sd) and sd >= 0, "a number from 0 up", sd),
        },
    )
    variance = math.log1p((sd / mean) ** 2)
    return LogNormal(median=mean * math.exp(-0.5 * variance), sigma=math.sqrt(variance))


def lognormal_from_median_cv(median: float, cv: float) -> LogNormal:
    """Log-normal distribution from a median (or geometric mean) and a coefficient of variation.

    `cv` is a fraction, SD over arithmetic mean; a geometric CV is the same number for a log-normal
    quantity: sigma = sqrt(log(1 + cv**2)).

    Examples
    --------
    >>> round(lognormal_from_median_cv(100.0, 0.5).sigma, 4)
    0.4724
    """
    demand("lognormal", {"cv": (finite(cv) and cv >= 0, "a number from 0 up", cv)})
    return LogNormal(median=median, sigma=math.sqrt(math.log1p(cv**2)))


def lognormal_from_median_quartiles(median: float, lower: float, upper: float) -> LogNormal:
    """Log-normal distribution from a median and the two quartiles.

    Assumes that the quantity is log-normal; the median is kept and sigma is the log distance of
    the quartiles over that of a standard normal distribution (1.349).

    Examples
    --------
    >>> lognormal_from_median_quartiles(7.0, 5.0, 8.0).describe()
    'log-normal, median 7, sigma 0.348414'
    """
    _demand_order("lognormal", median, lower, upper)
    demand("lognormal", {"lower": (lower > 0, "a number above 0", lower)})
    return LogNormal(median=median, sigma=math.log(upper / lower) / (2.0 * _Z_QUARTILE))


def lognormal_from_median_range(median: float, low: float, high: float, n: int) -> LogNormal:
    """Log-normal distribution from a median and the range seen in `n` subjects.

    Assumes that the quantity is log-normal and that log(`high`/`low`) is the expected range of `n`
    draws (Wan et al. 2014, doi:10.1186/1471-2288-14-135, eq. 9, on the log scale). A range rests on
    two subjects: sigma is rough.

    Examples
    --------
    >>> round(lognormal_from_median_range(100.0, 27.9, 938.9, 65).sigma, 2)
    0.75
    """
    _demand_order("lognormal", median, low, high)
    demand("lognormal", {"low": (low > 0, "a number above 0", low)})
    return LogNormal(median=median, sigma=math.log(high / low) / _expected_range(n))


def truncated_normal_from_median_range(
    median: float, low: float, high: float, n: int
) -> TruncatedNormal:
    """Truncated normal distribution from a median and the range seen in `n` subjects.

    Assumes that the quantity is normal before the cut, that the range is the expected range of `n`
    draws (Wan et al. 2014, doi:10.1186/1471-2288-14-135, eq. 9), and that nobody lies outside the
    range that was seen. The center is chosen so that the median after the cut is `median`.

    Examples
    --------
    >>> age = truncated_normal_from_median_range(58.0, 39.0, 70.0, n=103)
    >>> round(age.median, 6), round(age.sd, 2)
    (58.0, 6.18)
    """
    _demand_order("truncated_normal", median, low, high)
    sd = (high - low) / _expected_range(n)

    def shift(center: float) -> float:
        return TruncatedNormal(center=center, sd=sd, low=low, high=high).median - median

    # Each step moves the bracket by one SD; a median at a limit would need a center at infinity.
    left = right = median
    while shift(left) > 0 and left > low - 8 * sd:
        left -= sd
    while shift(right) < 0 and right < high + 8 * sd:
        right += sd
    if shift(left) > 0 or shift(right) < 0:
        raise InputError(
            Problem(
                what="the median is too close to a limit for a truncated normal distribution",
                received=f"median {median:g}, range {low:g} to {high:g}",
                fix="use a log-normal distribution, or give the distribution itself",
            )
        )
    center = median if left == right else _root(shift, left, right, 1e-12 * sd)
    return TruncatedNormal(center=center, sd=sd, low=low, high=high)


def shifted_geometric_from_median(
    minimum: int, median: float, maximum: int | None = None
) -> ShiftedGeometric:
    """Shifted geometric distribution from a minimum and a median, cut at `maximum`.

    Assumes a constant chance to stop at each step above `minimum`. A median of whole numbers leaves
    an interval of that chance; its middle is taken (minimum 3, median 4: 0.293 to 0.5, so 0.396).

    Examples
    --------
    >>> lines = shifted_geometric_from_median(3, 4)
    >>> round(lines.probability, 3), lines.median
    (0.396, 4.0)
    """
    demand(
        "shifted_geometric",
        {
            "median": (
                finite(median) and float(2 * median).is_integer() and median >= minimum,
                "a whole or half number, not below minimum",
                median,
            ),
            "maximum": (
                maximum is None or maximum > median,
                "a whole number above median",
                maximum,
            ),
        },
    )
    whole = math.floor(median)
    # The median is `whole` while F(whole - 1) <= 1/2 <= F(whole); a half one needs F(whole) = 1/2.
    least = _probability_with_half_at(whole - minimum, minimum, maximum)
    if median > whole:
        return ShiftedGeometric(minimum=minimum, probability=least, maximum=maximum)
    most = _probability_with_half_at(whole - minimum - 1, minimum, maximum)
    return ShiftedGeometric(minimum=minimum, probability=0.5 * (least + most), maximum=maximum)


def _probability_with_half_at(step: int, minimum: int, maximum: int | None) -> float:
    """Chance with which half of the distribution lies at or below `minimum` + `step`."""
    if step < 0:
        return 1.0
    if maximum is None:
        return -math.expm1(math.log(0.5) / (step + 1))
    cells = maximum - minimum + 1

    def excess(p: float) -> float:
        log_q = math.log1p(-p)
        return math.expm1((step + 1) * log_q) / math.expm1(cells * log_q) - 0.5

    tiny = 1e-12
    if excess(tiny) >= 0.0:
        raise InputError(
            Problem(
                what="this median is too far up for a geometric distribution with this maximum",
                received=f"minimum {minimum}, maximum {maximum}",
                allowed="a median below the middle of minimum and maximum",
            )
        )
    return _root(excess, tiny, 1.0 - tiny, 1e-14)


def _root(function: Callable[[float], float], low: float, high: float, tolerance: float) -> float:
    # Imported here: SciPy's optimizers are slow to load and few callers need them.
    from scipy.optimize import brentq

    root: Any = brentq(function, low, high, xtol=tolerance)
    return float(root)


def _expected_range(n: int) -> float:
    """Expected range of `n` standard normal draws, by Blom's approximation."""
    demand("range of a", {"n": (n >= 2, "at least 2 subjects", n)})
    return 2.0 * float(ndtri((n - 0.375) / (n + 0.25)))


def _demand_order(kind: str, median: float, low: float, high: float) -> None:
    demand(
        kind,
        {
            "low": (finite(low) and low < high, "a number below high", low),
            "high": (finite(high), "a finite number", high),
            "median": (low < median < high, "a number between low and high", median),
        },
    )
