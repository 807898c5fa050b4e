"""Working days: national working weeks, public holidays, and clocks that count them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from leucel.core import Assumption, InputError, Mark, Place, Problem, storage_errors, unknown_name
from leucel.epidemiology import get_area

_FRIDAY, _SATURDAY, _SUNDAY = 4, 5, 6
_WEEKEND_FRIDAY = (_FRIDAY, _SATURDAY)
_WEEKEND_SUNDAY = (_SATURDAY, _SUNDAY)
# Days off by jurisdiction; no source text stands behind the Gulf weeks, so they are shown as
# assumptions and can be replaced.
WEEKENDS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("SA", "KW", "QA", "OM", "BH"), _WEEKEND_FRIDAY),
    "AE": _WEEKEND_SUNDAY,
}
_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Holiday tables are read for one more year than a clock of this many working days a year needs.
_WORKING_DAYS_A_YEAR = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalendar:
    """Which days count as working days.

    Attributes
    ----------
    code : jurisdiction.
    weekend : days off in the week, 0 is Monday.
    holidays : days off beside the weekend.
    workdays : weekend days that are worked (make-up days).
    first, last : days that the holiday table covers.
    basis : where the holidays come from.
    """

    code: str
    weekend: tuple[int, ...]
    holidays: frozenset[date]
    workdays: frozenset[date]
    first: date
    last: date
    basis: str

    def is_working_day(self, day: date) -> bool:
        """True when `day` is worked."""
        if day in self.workdays:
            return True
        return day.weekday() not in self.weekend and day not in self.holidays

    @property
    def week(self) -> str:
        """The working week in words, for example "Sunday to Thursday"."""
        worked = [day for day in range(7) if day not in self.weekend]
        begin = next(day for day in worked if (day - 1) % 7 in self.weekend)
        return f"{_DAY_NAMES[begin]} to {_DAY_NAMES[(begin + len(worked) - 1) % 7]}"

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """What this calendar takes for granted."""
        return (
            Assumption(
                what=f"working week of {self.code}",
                value=self.week,
                unit="",
                why="no official text is on record for the working week; replace it with `weekend`",
                source="",
                mark=Mark.OWN_VALUE,
            ),
            Assumption(
                what=f"public holidays of {self.code}",
                value=len(self.holidays),
                unit=f"days off from {self.first.year} to {self.last.year}",
                why=f"{self.basis}; Islamic holidays follow the moon and are announced late: give "
                "your own list to replace or add to it",
                source="",
                mark=Mark.OWN_VALUE,
            ),
        )


def working_calendar(
    jurisdiction: str,
    *,
    years: Iterable[int],
    weekend: Collection[int] | None = None,
    holidays: Collection[date] | None = None,
    extra_holidays: Collection[date] = (),
) -> WorkingCalendar:
    """Working days of a jurisdiction.

    Parameters
    ----------
    jurisdiction : code or name of a country.
    years : calendar years to cover.
    weekend : days off in the week (0 is Monday); by default Friday and Saturday for Saudi Arabia,
        Kuwait, Qatar, Oman and Bahrain, Saturday and Sunday elsewhere.
    holidays : own list, used instead of the `holidays` package.
    extra_holidays : days off added to either.

    Raises
    ------
    InputError : no years, a weekend that leaves no working day, a country without a holiday table.

    Examples
    --------
    >>> calendar = working_calendar("SA", years=[2025])
    >>> calendar.week, calendar.is_working_day(date(2025, 9, 23))
    ('Sunday to Thursday', False)
    """
    code = get_area(jurisdiction).code
    covered = sorted(set(years))
    off = tuple(sorted(set(WEEKENDS.get(code, _WEEKEND_SUNDAY) if weekend is None else weekend)))
    problems: list[Problem] = []
    if not covered:
        problems.append(Problem(what="a working calendar needs at least one year"))
    if not set(off) < set(range(7)):
        problems.append(
            Problem(
                what="the weekend is no part of a week",
                received=str(off),
                allowed="numbers from 0 (Monday) to 6 (Sunday), not all seven",
            )
        )
    if problems:
        raise InputError(problems)
    if holidays is None:
        found, worked = _package_holidays(code, tuple(covered))
        basis = "holidays package, estimated where they follow the moon"
    else:
        found, worked = frozenset(holidays), frozenset[date]()
        basis = "list given by the user"
    return WorkingCalendar(
        code=code,
        weekend=off,
        holidays=found | frozenset(extra_holidays),
        # Make-up days belong to the official week; an own weekend replaces them too.
        workdays=worked if weekend is None else frozenset(),
        first=date(covered[0], 1, 1),
        last=date(covered[-1], 12, 31),
        basis=basis,
    )


def read_holidays(path: Path) -> frozenset[date]:
    """Days off from a text file of the user: one YYYY-MM-DD a line, notes after a "#".

    Raises
    ------
    StorageError : the file cannot be read.
    InputError : lines that are no dates, all of them with their numbers.
    """
    with storage_errors(path, "read"):
        lines = path.read_text("utf-8-sig").splitlines()
    found: set[date] = set()
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=1):
        text = line.split("#")[0].strip()
        if not text:
            continue
        try:
            found.add(date.fromisoformat(text))
        except ValueError:
            problems.append(
                Problem(
                    what="a holiday is no date",
                    where=Place(file=str(path), line=number),
                    received=repr(text),
                    allowed="YYYY-MM-DD",
                )
            )
    if problems:
        raise InputError(problems)
    return frozenset(found)


def calendar_for_clock(jurisdiction: str, start: date, working_days: float) -> WorkingCalendar:
    """Calendar that surely covers a clock of so many working days."""
    return working_calendar(
        jurisdiction,
        years=range(start.year, start.year + int(working_days // _WORKING_DAYS_A_YEAR) + 2),
    )


def add_working_days(calendar: WorkingCalendar, start: date, count: int) -> date:
    """Day on which a clock of `count` working days runs out.

    The day of submission is day 0; the next working day is day 1.

    Raises
    ------
    InputError : a negative count, or a clock that leaves the years of the calendar.

    Examples
    --------
    >>> calendar = working_calendar("SA", years=[2025], holidays=[])
    >>> add_working_days(calendar, date(2025, 5, 8), 1).isoformat()  # a Thursday, then Sunday
    '2025-05-11'
    """
    if count < 0:
        raise InputError(
            Problem(what="a clock counts forward", received=str(count), allowed="0 or more days")
        )
    day = start
    remaining = count
    while remaining > 0:
        day += timedelta(days=1)
        if not calendar.first <= day <= calendar.last:
            raise InputError(
                Problem(
                    what="the clock leaves the years of the holiday table",
                    received=f"{count} working days from {start.isoformat()}",
                    allowed=f"{calendar.first.isoformat()} to {calendar.last.isoformat()}",
                    fix="build the calendar with more years",
                )
            )
        remaining -= calendar.is_working_day(day)
    return day


def count_working_days(calendar: WorkingCalendar, start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; the inverse of `add_working_days`.

    Raises
    ------
    InputError : an end before the start, or days outside the years of the calendar.
    """
    days = (end - start).days
    if days < 0:
        raise InputError(
            Problem(
                what="working days are counted forward",
                received=f"{start.isoformat()} to {end.isoformat()}",
                allowed="an end on or after the start",
            )
        )
    if days and not (calendar.first <= start + timedelta(days=1) and end <= calendar.last):
        raise InputError(
            Problem(
                what="the days leave the years of the holiday table",
                received=f"{start.isoformat()} to {end.isoformat()}",
                allowed=f"{calendar.first.isoformat()} to {calendar.last.isoformat()}",
                fix="build the calendar with more years",
            )
        )
    return sum(calendar.is_working_day(start + timedelta(days=step + 1)) for step in range(days))


@cache
def _package_holidays(code: str, years: tuple[int, ...]) -> tuple[frozenset[date], frozenset[date]]:
    import holidays as package

    supported = package.list_supported_countries()
    if code not in supported:
        raise InputError(
            [
                unknown_name(code, sorted(supported), noun="country with a holiday table"),
                Problem(what="give your own list of holidays", received=code),
            ]
        )
    table = package.country_holidays(code, years=years)
    # Make-up days are known year by year; the table lists them after its years were filled.
    return frozenset(table.keys()), frozenset(table.weekend_workdays)
