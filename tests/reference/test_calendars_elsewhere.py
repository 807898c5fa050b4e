"""Working days of ten years beside an independent library of calendars."""

from __future__ import annotations

import warnings
from datetime import date, timedelta

import pytest

from leucel.regulatory import add_working_days, count_working_days, working_calendar

registry = pytest.importorskip("workalendar.registry").registry

YEARS = range(2016, 2026)
# Days that the two libraries see differently in ten years (3,653 days): one-off closures, days in
# lieu, and holidays of a region that one of them takes for national. Counted in 2026: 5, 15, 34,
# 21, 14, 7, 13, 12 and 18 days.
MOST = {
    "US": 8,
    "JP": 20,
    "KR": 40,
    "GB": 25,
    "AU": 20,
    "SG": 12,
    "CA": 18,
    "BR": 18,
    "MX": 25,
}
# A clock of 405 working days crosses at most seven of them, a weekend between.
LATE = timedelta(days=14)


@pytest.mark.parametrize("code", MOST)
def test_working_days_of_ten_years(code: str) -> None:
    mine, other = working_calendar(code, years=range(2016, 2029)), registry.get(code)()
    first = date(YEARS[0], 1, 1)
    days = [first + timedelta(days=step) for step in range((date(2026, 1, 1) - first).days)]
    with warnings.catch_warnings():
        # The other library warns of lunar holidays that it computes.
        warnings.simplefilter("ignore")
        differ = [day for day in days if mine.is_working_day(day) != other.is_working_day(day)]
    assert len(days) == 3653
    assert len(differ) <= MOST[code], differ


@pytest.mark.parametrize("code", MOST)
def test_clocks_of_ten_years(code: str) -> None:
    """Ends of 60, 150, 243 and 405 working days, filed on 40 days of the decade."""
    mine, other = working_calendar(code, years=range(2016, 2029)), registry.get(code)()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for step in range(40):
            start = date(2016, 1, 4) + timedelta(days=73 * step)
            for count in (60, 150, 243, 405):
                end = add_working_days(mine, start, count)
                assert abs(end - other.add_working_days(start, count)) <= LATE, (start, count)
                assert count_working_days(mine, start, end) == count
