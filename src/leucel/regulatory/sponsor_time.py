"""Time that the sponsor takes for answers while the clock of the regulator stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from leucel.core import InputError, Problem
from leucel.regulatory.calendars import WorkingCalendar
from leucel.regulatory.clocks import Clock, ClockUnit

LATE = 0.9
"""Quantile of the sponsor's time that sets the late end of a route."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SponsorTime:
    """Days for all answers together, triangular.

    Attributes
    ----------
    low, mode, high : days; working days for clocks in working days, else calendar days.
    source : where it comes from; "" for an assumption of the user.

    Examples
    --------
    >>> time = SponsorTime(low=20, mode=60, high=120)
    >>> [round(time.quantile(p)) for p in (0.0, 0.5, 0.9, 1.0)]
    [20, 65, 96, 120]
    """

    low: float
    mode: float
    high: float
    source: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.mode <= self.high <= 1000:
            raise InputError(
                Problem(
                    what="the sponsor's time for answers is out of order",
                    received=f"{self.low:g} - {self.mode:g} - {self.high:g} days",
                    allowed="0 <= low <= mode <= high <= 1000",
                )
            )

    def quantile(self, p: float) -> float:
        """Days that are not exceeded with probability p."""
        if not 0 <= p <= 1:
            raise InputError(Problem(what="a probability lies within 0 and 1", received=f"{p:g}"))
        width = self.high - self.low
        if width == 0:
            return self.mode
        split = (self.mode - self.low) / width
        if p < split:
            return self.low + math.sqrt(p * width * (self.mode - self.low))
        return self.high - math.sqrt((1 - p) * width * (self.high - self.mode))


def finish_quantiles(
    finish: date,
    sponsor: SponsorTime,
    *,
    calendar: WorkingCalendar | None,
    probabilities: Sequence[float] = (0.1, 0.5, 0.9),
) -> tuple[date, ...]:
    """Days by which a review ends with the given probabilities.

    Each day that the clock stands moves the end by one day of the same kind, whenever it stands, so
    the sponsor's time is added at the end.

    Parameters
    ----------
    finish : end of the review without any stop.
    sponsor : the sponsor's time.
    calendar : working days of the jurisdiction; None for clocks in calendar days.

    Examples
    --------
    >>> time = SponsorTime(low=10, mode=10, high=10)
    >>> finish_quantiles(date(2026, 1, 1), time, calendar=None)[0].isoformat()
    '2026-01-11'
    """
    unit = ClockUnit.CALENDAR_DAYS if calendar is None else ClockUnit.WORKING_DAYS
    return tuple(
        Clock(count=sponsor.quantile(p), unit=unit).finish(finish, calendar) for p in probabilities
    )
