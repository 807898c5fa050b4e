"""Confidence limits of a count of events (Poisson)."""

from __future__ import annotations

import math

from scipy.special import gammaincinv, ndtri

from leucel.stats.interval import Interval, demand_count, tail_of


def poisson_exact(count: float, *, level: float = 0.95) -> Interval:
    """Exact limits of the expected count, given that `count` events were seen.

    Divide the limits by the person-years for a rate. With no event the lower limit is 0 and the
    upper one keeps the two-sided tail (3.689 at 95%, not the one-sided 2.996).

    References
    ----------
    Garwood 1936, doi:10.2307/2333958.

    Examples
    --------
    >>> limits = poisson_exact(295)
    >>> round(limits.low, 4), round(limits.high, 4)
    (262.2934, 330.6574)
    """
    demand_count(count, name="events")
    tail = tail_of(level)
    low = 0.0 if count == 0 else float(gammaincinv(count, tail))
    high = float(gammaincinv(count + 1.0, 1.0 - tail))
    return Interval(estimate=count, low=low, high=high, level=level, method="exact Poisson")


def poisson_byar(count: float, *, level: float = 0.95) -> Interval:
    """Byar's approximation to the exact Poisson limits; closed form, good from about 5 events.

    References
    ----------
    Breslow and Day 1987, Statistical Methods in Cancer Research II, IARC, eq. 2.13.

    Examples
    --------
    >>> limits = poisson_byar(10)
    >>> round(limits.low, 4), round(limits.high, 4)
    (4.7874, 18.3915)
    """
    demand_count(count, name="events")
    z = -float(ndtri(tail_of(level)))
    low = 0.0 if count == 0 else _byar(count, -z)
    return Interval(estimate=count, low=low, high=_byar(count + 1.0, z), level=level, method="Byar")


def _byar(count: float, z: float) -> float:
    root = 1.0 - 1.0 / (9.0 * count) + z / (3.0 * math.sqrt(count))
    return count * max(root, 0.0) ** 3
