"""A value with its two limits."""

from __future__ import annotations

import math
from dataclasses import dataclass

from leucel.core import InputError, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate with its confidence limits.

    Attributes
    ----------
    estimate : the point estimate.
    low, high : limits; -inf or inf where the data set no limit.
    level : two-sided confidence level, for example 0.95.
    method : name of the method.
    """

    estimate: float
    low: float
    high: float
    level: float
    method: str

    def scaled(self, factor: float) -> Interval:
        """The same interval in another unit (`factor` 100 turns a fraction into percent)."""
        return Interval(
            estimate=self.estimate * factor,
            low=self.low * factor,
            high=self.high * factor,
            level=self.level,
            method=self.method,
        )

    def overlaps(self, other: Interval) -> bool:
        """True when the two intervals have a number in common."""
        return self.low <= other.high and other.low <= self.high


def tail_of(level: float) -> float:
    """Probability beyond each limit of a two-sided interval; a bad level raises `InputError`."""
    if not (math.isfinite(level) and 0.0 < level < 1.0):
        raise InputError(
            Problem(
                what="the confidence level is out of range",
                allowed="above 0 and below 1, for example 0.95",
                received=repr(level),
            )
        )
    return 0.5 * (1.0 - level)


def demand_count(value: float, *, name: str, most: float = math.inf) -> None:
    """Raise `InputError` unless `value` is a number from 0 to `most`."""
    if not (math.isfinite(value) and 0 <= value <= most):
        upper = "" if math.isinf(most) else f" and at most {most:g}"
        raise InputError(
            Problem(
                what=f"the number of {name} is out of range",
                allowed=f"a number from 0 up{upper}",
                received=repr(value),
            )
        )
