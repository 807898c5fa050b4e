"""Review clocks: how many working or calendar days or months, and when they run out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import Enum

from leucel.core import InputError, Problem
from leucel.regulatory.calendars import WorkingCalendar, add_working_days
from leucel.regulatory.dates import add_days, add_months
from leucel.regulatory.rules import Rule, RuleKind

_LEAD = re.compile(r"after the (\d+)-day filing date")
_RANGE = re.compile(r"(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?")


class ClockUnit(Enum):
    """What a clock counts."""

    WORKING_DAYS = "working days"
    CALENDAR_DAYS = "calendar days"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A target or limit of time.

    Attributes
    ----------
    count : number of units; the lower end when a range was observed.
    unit : what is counted.
    high : upper end of an observed range, else None.
    lead_days : calendar days before the count begins (filing date).
    """

    count: float
    unit: ClockUnit
    high: float | None = None
    lead_days: int = 0

    def finish(self, start: date, calendar: WorkingCalendar | None) -> date:
        """Day on which the clock runs out, without any stop.

        Parameters
        ----------
        start : day of submission (day 0).
        calendar : working days of the jurisdiction; needed for clocks in working days.
        """
        begin = add_days(start, self.lead_days)
        if self.unit is ClockUnit.WORKING_DAYS:
            if calendar is None:
                raise InputError(Problem(what="a clock in working days needs a calendar"))
            return add_working_days(calendar, begin, round(self.count))
        if self.unit is ClockUnit.CALENDAR_DAYS:
            return add_days(begin, self.count)
        months = self.count * (12 if self.unit is ClockUnit.YEARS else 1)
        return add_months(begin, round(months))


def read_clock(rule: Rule) -> Clock | None:
    """Clock of a rule; None for an unverified or empty one, which is never turned into a date.

    Raises
    ------
    InputError : the rule is no clock, or its unit is not known.

    Examples
    --------
    >>> from leucel.regulatory import load_rules
    >>> clock = read_clock(load_rules().get("SA-PRI-CLK-01"))
    >>> clock.count, clock.unit.value
    (243.0, 'working days')
    """
    if rule.kind is not RuleKind.CLOCK:
        raise InputError(Problem(what=f"the rule {rule.id} is no clock", received=rule.kind.value))
    match = _RANGE.fullmatch(rule.value)
    if not rule.usable or match is None:
        return None
    lead = _LEAD.search(rule.unit)
    return Clock(
        count=float(match[1]),
        unit=_unit(rule),
        high=float(match[2]) if match[2] else None,
        lead_days=int(lead[1]) if lead else 0,
    )


def _unit(rule: Rule) -> ClockUnit:
    unit = rule.unit.lower()
    for name in ClockUnit:
        if unit.startswith(name.value):
            return name
    # "40 days" without a word on weekends is read as calendar days.
    if unit.startswith("days"):
        return ClockUnit.CALENDAR_DAYS
    raise InputError(
        Problem(
            what=f"the clock {rule.id} has an unknown unit",
            received=repr(rule.unit),
            allowed=", ".join(name.value for name in ClockUnit),
        )
    )
