"""Working days against an independent count and against hand-made weeks."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import numpy as np
import pytest

from leucel.core import InputError, Mark
from leucel.regulatory import add_working_days, count_working_days, working_calendar

COUNTRIES = ("SA", "AE", "US", "JP", "CN", "KR", "GB", "AU", "CH", "HK", "SG")


def test_the_saudi_week_runs_from_sunday_to_thursday() -> None:
    calendar = working_calendar("SA", years=[2025], holidays=[])
    assert calendar.week == "Sunday to Thursday"
    thursday = date(2025, 5, 8)
    assert add_working_days(calendar, thursday, 1) == date(2025, 5, 11)
    assert add_working_days(calendar, thursday, 5) == date(2025, 5, 15)
    assert add_working_days(calendar, thursday, 0) == thursday


def test_a_filing_on_a_day_off_counts_from_the_next_working_day() -> None:
    calendar = working_calendar("SA", years=[2025], holidays=[])
    friday = date(2025, 5, 9)
    assert add_working_days(calendar, friday, 1) == date(2025, 5, 11)


def test_days_off_are_skipped() -> None:
    off = [date(2025, 5, 12), date(2025, 5, 13)]
    calendar = working_calendar("US", years=[2025], holidays=off)
    assert add_working_days(calendar, date(2025, 5, 9), 1) == date(2025, 5, 14)
    more = working_calendar("US", years=[2025], holidays=off, extra_holidays=[date(2025, 5, 14)])
    assert add_working_days(more, date(2025, 5, 9), 1) == date(2025, 5, 15)


@pytest.mark.parametrize("code", COUNTRIES)
def test_ten_years_agree_with_the_count_of_another_library(code: str) -> None:
    """The working day of each step agrees with that of the package's own arithmetic."""
    years = range(2019, 2030)
    weekend = holidays.country_holidays(code).weekend if code != "HK" else {5, 6}
    calendar = working_calendar(code, years=years, weekend=weekend)
    other = np.busdaycalendar(
        weekmask=[int(day not in weekend) for day in range(7)],
        holidays=list(holidays.country_holidays(code, years=years)),
    )
    start = date(2019, 3, 5)
    for count in (1, 5, 30, 60, 243, 405, 2000):
        end = add_working_days(calendar, start, count)
        expected = np.busday_offset(start, count, roll="backward", busdaycal=other)
        assert end == expected.astype(date)
        assert count_working_days(calendar, start, end) == count


def test_make_up_days_in_china_are_worked() -> None:
    calendar = working_calendar("CN", years=[2025])
    sunday = date(2025, 1, 26)
    assert sunday.weekday() == 6
    assert calendar.is_working_day(sunday)
    assert holidays.country_holidays("CN", years=2025).is_working_day(sunday)


def test_the_package_and_the_calendar_agree_on_every_day_of_china() -> None:
    calendar = working_calendar("CN", years=[2024, 2025])
    table = holidays.country_holidays("CN", years=[2024, 2025])
    day = date(2024, 1, 1)
    while day.year < 2026:
        assert calendar.is_working_day(day) == table.is_working_day(day), day
        day += timedelta(days=1)


def test_weeks_and_holidays_are_shown_as_assumptions() -> None:
    week, days_off = working_calendar("SA", years=[2025]).assumptions
    assert (week.value, week.mark) == ("Sunday to Thursday", Mark.OWN_VALUE)
    assert "own list" in days_off.why


def test_bad_calendars_are_refused() -> None:
    with pytest.raises(InputError, match="weekend"):
        working_calendar("SA", years=[2025], weekend=range(7))
    with pytest.raises(InputError, match="at least one year"):
        working_calendar("SA", years=[])
    with pytest.raises(InputError, match="holiday table"):
        working_calendar("EU", years=[2025])


def test_a_clock_stays_within_the_years_of_its_calendar() -> None:
    calendar = working_calendar("SA", years=[2025])
    with pytest.raises(InputError, match="leaves the years"):
        add_working_days(calendar, date(2025, 5, 9), 405)
    with pytest.raises(InputError, match="forward"):
        add_working_days(calendar, date(2025, 5, 9), -1)


def test_counting_stays_within_the_calendar() -> None:
    calendar = working_calendar("SA", years=[2025])
    assert count_working_days(calendar, date(2024, 12, 31), date(2025, 1, 1)) == 1
    with pytest.raises(InputError, match="counted forward"):
        count_working_days(calendar, date(2025, 5, 9), date(2025, 5, 8))
    # Without its holidays 2026 would only look like a year of plain weeks.
    with pytest.raises(InputError, match="leave the years"):
        count_working_days(calendar, date(2025, 5, 9), date(2026, 1, 4))
