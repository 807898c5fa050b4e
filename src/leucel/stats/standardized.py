"""Directly standardized rates and their confidence limits.

A rate standardized to the weights of another population is a weighted sum of Poisson counts,
y = sum(w*x) with w = standard / (population * sum(standard)) and variance v = sum(w**2 * x).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

from leucel.core import InputError, Problem
from leucel.stats.counts import poisson_byar
from leucel.stats.interval import Interval, tail_of


@dataclass(frozen=True, slots=True)
class _WeightedSum:
    cases: NDArray[np.float64]
    weights: NDArray[np.float64]

    @property
    def rate(self) -> float:
        return float(np.dot(self.weights, self.cases))

    @property
    def variance(self) -> float:
        return float(np.dot(self.weights**2, self.cases))


def fay_feuer(
    cases: ArrayLike,
    population: ArrayLike,
    standard: ArrayLike,
    *,
    per: float = 1e5,
    level: float = 0.95,
) -> Interval:
    """Directly standardized rate with gamma limits; never below its level, so conservative.

    Parameters
    ----------
    cases : (A,) events in each age group.
    population : (A,) person-years in each age group, above 0.
    standard : (A,) weights of the standard population; any scale.
    per : size of the population that the rate is given for.
    level : confidence level.

    Raises
    ------
    InputError
        When lengths differ or a number is negative or NaN.

    References
    ----------
    Fay and Feuer 1997, doi:10.1002/(SICI)1097-0258(19970415)16:7<791::AID-SIM500>3.0.CO;2-#.

    Examples
    --------
    >>> rate = fay_feuer([5, 20], [1000, 1500], [60, 40], per=1000)
    >>> round(rate.estimate, 3), round(rate.low, 3), round(rate.high, 3)
    (8.333, 5.194, 13.007)
    """
    total = _weighted_sum(cases, population, standard)
    widest = float(np.max(total.weights))
    return _gamma_interval(total, widest, widest**2, per, level, "Fay-Feuer")


def tiwari(
    cases: ArrayLike,
    population: ArrayLike,
    standard: ArrayLike,
    *,
    per: float = 1e5,
    level: float = 0.95,
) -> Interval:
    """Directly standardized rate with the modified gamma limits that SEER*Stat offers.

    The upper limit adds one event spread over the age groups instead of one in the group with the
    largest weight: shorter than Fay-Feuer. Arguments as in `fay_feuer`.

    References
    ----------
    Tiwari, Clegg and Zou 2006, doi:10.1177/0962280206070621.

    Examples
    --------
    >>> rate = tiwari([5, 20], [1000, 1500], [60, 40], per=1000)
    >>> round(rate.low, 3), round(rate.high, 3)
    (5.194, 12.757)
    """
    total = _weighted_sum(cases, population, standard)
    mean = float(np.mean(total.weights))
    mean_square = float(np.mean(total.weights**2))
    return _gamma_interval(total, mean, mean_square, per, level, "Tiwari")


def dobson_byar(
    cases: ArrayLike,
    population: ArrayLike,
    standard: ArrayLike,
    *,
    per: float = 1e5,
    level: float = 0.95,
) -> Interval:
    """Directly standardized rate with the limits of its total count, moved and scaled.

    Byar's limits of the total number of events are scaled by the SD of the standardized rate over
    that of the count; a lower limit below zero, which few events and uneven weights can give, is
    zero. Arguments as in `fay_feuer`.

    References
    ----------
    Dobson, Kuulasmaa, Eberle and Scherer 1991, doi:10.1002/sim.4780100317.

    Examples
    --------
    >>> rate = dobson_byar([5, 20], [1000, 1500], [60, 40], per=1000)
    >>> round(rate.low, 3), round(rate.high, 3)
    (5.165, 12.608)
    """
    total = _weighted_sum(cases, population, standard)
    events = float(np.sum(total.cases))
    if events == 0.0:
        raise InputError(
            Problem(
                what="Dobson's limits need at least one event",
                received="no event in any age group",
                fix="use the Fay-Feuer limits",
            )
        )
    limits = poisson_byar(events, level=level)
    scale = float(np.sqrt(total.variance / events))
    return Interval(
        estimate=per * total.rate,
        low=per * max(0.0, total.rate + scale * (limits.low - events)),
        high=per * (total.rate + scale * (limits.high - events)),
        level=level,
        method="Dobson-Byar",
    )


def _weighted_sum(cases: ArrayLike, population: ArrayLike, standard: ArrayLike) -> _WeightedSum:
    columns = {
        "cases": np.asarray(cases, dtype=np.float64),
        "population": np.asarray(population, dtype=np.float64),
        "standard": np.asarray(standard, dtype=np.float64),
    }
    problems = [
        Problem(
            what=f"{name} must be numbers, one for each age group, none negative",
            received=f"{values.size} values",
        )
        for name, values in columns.items()
        if values.ndim != 1
        or values.size == 0
        or not bool(np.all(values >= 0))
        or not bool(np.all(np.isfinite(values)))
    ]
    lengths = {name: values.size for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        problems.append(
            Problem(
                what="the age groups do not fit together",
                received=", ".join(f"{size} {name}" for name, size in lengths.items()),
                allowed="the same number of each",
            )
        )
    if not problems and bool(np.any(columns["population"] == 0.0)):
        problems.append(
            Problem(
                what="an age group has no population",
                fix="merge it with its neighbour, in cases and standard too",
            )
        )
    if not problems and float(np.sum(columns["standard"])) == 0.0:
        problems.append(Problem(what="the standard population is empty"))
    if problems:
        raise InputError(problems)
    standard_sum = float(np.sum(columns["standard"]))
    weights = columns["standard"] / (columns["population"] * standard_sum)
    return _WeightedSum(columns["cases"], weights)


def _gamma_interval(
    total: _WeightedSum, added: float, added_square: float, per: float, level: float, method: str
) -> Interval:
    tail = tail_of(level)
    rate, variance = total.rate, total.variance
    low = 0.0
    if rate > 0.0:
        low = variance / rate * float(gammaincinv(rate**2 / variance, tail))
    upper_rate, upper_variance = rate + added, variance + added_square
    high = (
        upper_variance / upper_rate * float(gammaincinv(upper_rate**2 / upper_variance, 1.0 - tail))
    )
    return Interval(estimate=per * rate, low=per * low, high=per * high, level=level, method=method)
