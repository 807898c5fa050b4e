"""How a simulated result stands to a published one."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import ndtr, ndtri

from leucel.core import InputError, Problem
from leucel.stats.interval import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A simulated value beside the published one.

    Attributes
    ----------
    difference : simulated minus published, in the unit of the two.
    ratio : simulated over published; NaN when the published value is 0.
    intervals_overlap : whether the two intervals share a number; None when one has no limits.
    published_inside : whether the published value lies in the simulated interval; None as above.
    z : difference over its standard error; None when no standard error can be stated.
    sentence : the comparison in words, the same for everybody.
    """

    difference: float
    ratio: float
    intervals_overlap: bool | None
    published_inside: bool | None
    z: float | None
    sentence: str


def compare_rates(simulated: Interval, published: Interval, *, n_published: int) -> Agreement:
    """Compare a simulated share of patients with a published one (both as fractions).

    The standard error of the published share is that of `n_published` patients drawn from the
    simulated population, so z asks: would such a trial be a surprise if the simulation were right?
    The simulated share counts as known; its own interval covers its Monte-Carlo error.

    Examples
    --------
    >>> from leucel.stats import clopper_pearson
    >>> told = compare_rates(clopper_pearson(930, 1000), clopper_pearson(97, 101), n_published=101)
    >>> round(told.difference, 3), round(told.z, 2), told.intervals_overlap
    (-0.03, -1.2, True)
    """
    share = simulated.estimate
    if not (0.0 <= share <= 1.0 and 0.0 <= published.estimate <= 1.0 and n_published >= 1):
        raise InputError(
            Problem(
                what="rates to be compared must be fractions of at least one patient",
                allowed="fractions from 0 to 1",
                received=f"{share}, {published.estimate}, n = {n_published}",
                fix="divide percentages by 100",
            )
        )
    error = math.sqrt(share * (1.0 - share) / n_published)
    difference = share - published.estimate
    return _agreement(simulated, published, difference / error if error > 0.0 else None)


def compare_values(
    simulated: Interval, published: Interval, *, log_scale: bool = False
) -> Agreement:
    """Compare a simulated value (median, mean, survival rate) with a published one.

    z takes the standard errors that the two intervals imply if they are normal, on the log scale
    when `log_scale` is set; without limits on either side there is no z.

    Examples
    --------
    >>> here = Interval(estimate=15.0, low=14.0, high=16.0, level=0.95, method="order statistics")
    >>> there = Interval(estimate=16.0, low=-math.inf, high=math.inf, level=0.95, method="none")
    >>> compare_values(here, there).sentence
    'simulated 15, published 16; the published value has no limits'
    """
    if log_scale and not (simulated.low > 0.0 and published.low > 0.0):
        raise InputError(
            Problem(
                what="a comparison on the log scale needs values above 0",
                received=f"lower limits {simulated.low:g} and {published.low:g}",
            )
        )
    errors = [_standard_error(each, log_scale) for each in (simulated, published)]
    z = None
    if all(error is not None for error in errors):
        spread = math.hypot(*(error or 0.0 for error in errors))
        here, there = simulated.estimate, published.estimate
        gap = math.log(here / there) if log_scale else here - there
        z = gap / spread if spread > 0.0 else None
    return _agreement(simulated, published, z)


def two_sided_p(z: float) -> float:
    """Probability of a standard normal number at least as far from 0 as `z`.

    Examples
    --------
    >>> round(two_sided_p(1.96), 3)
    0.05
    """
    return float(2.0 * ndtr(-abs(z)))


def _has_limits(interval: Interval) -> bool:
    return math.isfinite(interval.low) and math.isfinite(interval.high)


def _standard_error(interval: Interval, log_scale: bool) -> float | None:
    if not _has_limits(interval):
        return None
    width = 2.0 * float(ndtri(0.5 + 0.5 * interval.level))
    if log_scale:
        return math.log(interval.high / interval.low) / width
    return (interval.high - interval.low) / width


def _agreement(simulated: Interval, published: Interval, z: float | None) -> Agreement:
    here, there = simulated.estimate, published.estimate
    comparable = _has_limits(simulated) and _has_limits(published)
    overlap = simulated.overlaps(published) if comparable else None
    inside = simulated.low <= there <= simulated.high if _has_limits(simulated) else None
    told = f"simulated {here:.4g}, published {there:.4g}"
    if not _has_limits(published):
        told += "; the published value has no limits"
    elif overlap is None:
        told += "; the simulated value has no limits"
    else:
        told += "; the intervals overlap" if overlap else "; the intervals do not overlap"
    if z is not None:
        told += f"; {abs(z):.1f} standard errors {'above' if z > 0 else 'below'}"
    return Agreement(
        difference=here - there,
        ratio=here / there if there != 0.0 else math.nan,
        intervals_overlap=overlap,
        published_inside=inside,
        z=z,
        sentence=told,
    )
