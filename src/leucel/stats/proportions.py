"""Confidence limits of a share: successes among n subjects."""

from __future__ import annotations

import math

from scipy.special import betaincinv, ndtri

from leucel.core import InputError, Problem
from leucel.stats.interval import Interval, demand_count, tail_of


def clopper_pearson(successes: float, n: float, *, level: float = 0.95) -> Interval:
    """Exact (conservative) limits of a share, from the tails of the binomial distribution.

    Parameters
    ----------
    successes : subjects with the outcome, from 0 to `n`.
    n : subjects, at least 1.
    level : confidence level.

    Returns
    -------
    Interval of fractions from 0 to 1.

    References
    ----------
    Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404.

    Examples
    --------
    >>> orr = clopper_pearson(97, 101)
    >>> round(100 * orr.low, 1), round(100 * orr.high, 1)
    (90.2, 98.9)
    """
    tail = _checked(successes, n, level)
    failures = n - successes
    low = 0.0 if successes == 0 else float(betaincinv(successes, failures + 1.0, tail))
    high = 1.0 if failures == 0 else float(betaincinv(successes + 1.0, failures, 1.0 - tail))
    return Interval(
        estimate=successes / n, low=low, high=high, level=level, method="Clopper-Pearson"
    )


def wilson(successes: float, n: float, *, level: float = 0.95) -> Interval:
    """Score limits of a share; narrower than the exact ones, right on average.

    Arguments and result as in `clopper_pearson`.

    References
    ----------
    Wilson 1927, doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> share = wilson(1, 103)
    >>> round(100 * share.low, 2), round(100 * share.high, 2)
    (0.17, 5.3)
    """
    z = -float(ndtri(_checked(successes, n, level)))
    share = successes / n
    scale = 1.0 + z * z / n
    middle = (share + 0.5 * z * z / n) / scale
    half = z * math.sqrt(share * (1.0 - share) / n + 0.25 * z * z / n**2) / scale
    # At the ends one limit is the end itself; rounding would leave it a hair inside or outside.
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == n else min(1.0, middle + half)
    return Interval(estimate=share, low=low, high=high, level=level, method="Wilson")


def _checked(successes: float, n: float, level: float) -> float:
    if not (math.isfinite(n) and n >= 1):
        raise InputError(
            Problem(what="a share needs subjects", allowed="n of 1 or more", received=repr(n))
        )
    demand_count(successes, name="successes", most=n)
    return tail_of(level)
