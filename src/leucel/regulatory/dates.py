"""Dates that are known to the day, the month or the year."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from leucel.core import InputError, Problem

_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date with its precision.

    Attributes
    ----------
    year : four digits.
    month, day : None where not known; no day without a month.

    Examples
    --------
    >>> approval = PartialDate.parse("2023-06")
    >>> approval.precision, approval.earliest.isoformat(), approval.latest.isoformat()
    ('month', '2023-06-01', '2023-06-30')
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise InputError(Problem(what="a day without a month", received=f"{self.year}"))
        try:
            date(self.year, self.month or 1, self.day or 1)
        except ValueError as error:
            received = f"{self.year}-{self.month}-{self.day}"
            raise InputError(
                Problem(what="there is no such date", received=received, fix=str(error))
            ) from error

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Date written as YYYY, YYYY-MM or YYYY-MM-DD."""
        match = _FORM.fullmatch(text.strip())
        if match is None:
            raise InputError(
                Problem(
                    what="a date is not readable",
                    received=repr(text),
                    allowed="YYYY, YYYY-MM or YYYY-MM-DD",
                )
            )
        year, month, day = match.groups()
        return cls(int(year), int(month) if month else None, int(day) if day else None)

    @property
    def precision(self) -> str:
        """ "day", "month" or "year"."""
        return "year" if self.month is None else "month" if self.day is None else "day"

    @property
    def earliest(self) -> date:
        """First day that the date may mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """Last day that the date may mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later, or the last day of a shorter month.

    Examples
    --------
    >>> add_months(date(2025, 1, 31), 1).isoformat()
    '2025-02-28'
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_days(day: date, days: float) -> date:
    """The day `days` calendar days later."""
    return day + timedelta(days=round(days))
