"""Laws of prevalence and of working days."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leucel.epidemiology import (
    AgeStandardized,
    Measure,
    Rate,
    WeibullSurvival,
    added_by_therapy,
    age_counts,
    get_population,
    incidence_from_asr,
    limited_prevalence,
    prevalence_years,
    seer_rates,
    standardize_directly,
)
from leucel.regulatory import SponsorTime, add_working_days, count_working_days, working_calendar

scales = st.floats(0.2, 50.0)
shapes = st.floats(0.3, 3.0)
yearly = st.lists(st.floats(0.0, 1e5), min_size=1, max_size=40)
# Sums of up to 40 products in double precision.
ROUNDING = 1e-9
CALENDAR = working_calendar("SA", years=range(2020, 2040))
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(scales, scales, shapes, yearly)
def test_better_survival_means_more_people_alive(
    first: float, second: float, shape: float, cases: list[float]
) -> None:
    worse, better = sorted((first, second))
    low = limited_prevalence(cases, WeibullSurvival(scale=worse, shape=shape))
    high = limited_prevalence(cases, WeibullSurvival(scale=better, shape=shape))
    assert low <= high * (1 + ROUNDING) + ROUNDING


@given(scales, shapes, yearly, st.floats(0.0, 1e4))
def test_more_cases_mean_more_people_alive(
    scale: float, shape: float, cases: list[float], more: float
) -> None:
    curve = WeibullSurvival(scale=scale, shape=shape)
    raised = [count + more for count in cases]
    assert limited_prevalence(cases, curve) <= limited_prevalence(raised, curve) + ROUNDING


@given(scales, shapes, st.floats(0.1, 100.0))
def test_a_window_never_holds_more_than_everybody(scale: float, shape: float, years: float) -> None:
    curve = WeibullSurvival(scale=scale, shape=shape)
    assert float(curve.area(years)) <= curve.mean * (1 + ROUNDING)
    assert float(curve.area(years)) <= years * (1 + ROUNDING)
    assert 0 < curve.completeness(years) <= 1 + ROUNDING


@given(scales, shapes, yearly, yearly)
def test_prevalence_adds_up_over_groups(
    scale: float, shape: float, first: list[float], second: list[float]
) -> None:
    size = min(len(first), len(second))
    one, two = np.array(first[:size]), np.array(second[:size])
    curve = WeibullSurvival(scale=scale, shape=shape)
    parts = limited_prevalence(one, curve) + limited_prevalence(two, curve)
    assert limited_prevalence(one + two, curve) == pytest.approx(parts, rel=ROUNDING)


@given(st.floats(0.1, 20.0), st.sampled_from(["SA", "JP", "US", "EU", "GCC"]))
def test_the_transfer_gives_back_the_rate_it_was_given(asr: float, code: str) -> None:
    """Cases spread by the curve, standardized again, are the rate that went in."""
    rate = Rate(measure=Measure.INCIDENCE, scale=AgeStandardized(), value=asr, area=code)
    cases = incidence_from_asr(code, rate).cases
    people, curve = get_population(code).persons, seer_rates()
    by_age = people * curve * (cases / float(people @ curve))
    back = standardize_directly(age_counts(by_age, people), "segi_doll_world")
    assert back.value == pytest.approx(asr, rel=ROUNDING)


@given(days, st.integers(0, 800), st.integers(0, 800))
def test_working_days_add_up(start: date, first: int, second: int) -> None:
    middle = add_working_days(CALENDAR, start, first)
    assert add_working_days(CALENDAR, middle, second) == add_working_days(
        CALENDAR, start, first + second
    )
    assert count_working_days(CALENDAR, start, middle) == first


@given(days, st.integers(1, 800))
def test_a_clock_ends_on_a_working_day_and_later_filing_never_ends_sooner(
    start: date, count: int
) -> None:
    end = add_working_days(CALENDAR, start, count)
    assert CALENDAR.is_working_day(end)
    assert add_working_days(CALENDAR, start + timedelta(days=1), count) >= end


growths = st.floats(-0.05, 0.08)


@given(scales, shapes, growths, growths, st.floats(0.0, 30.0))
def test_a_longer_window_holds_more_people(
    scale: float, shape: float, cases: float, hazard: float, at: float
) -> None:
    windows = [
        float(
            prevalence_years(
                scale, shape=shape, incidence=cases, hazard=hazard, at=at, window_years=years
            )
        )
        for years in (1.0, 5.0, 20.0, float("inf"))
    ]
    # The step of the rule differs between windows.
    assert all(a <= b * 1.01 for a, b in itertools.pairwise(windows))
    assert windows[0] <= max((1 + cases) ** at, (1 + cases) ** (at - 1)) * (1 + ROUNDING)


@given(scales, shapes, growths, growths, st.floats(0.0, 20.0))
def test_no_window_is_lost_between_two_days(
    scale: float, shape: float, cases: float, hazard: float, at: float
) -> None:
    """Growth of the cases alone moves prevalence by exactly that growth."""
    now, then = (
        float(prevalence_years(scale, shape=shape, incidence=cases, at=day)) for day in (0.0, at)
    )
    assert then == pytest.approx(now * (1 + cases) ** at, rel=1e-9)


@given(
    st.floats(1.0, 1e4),
    st.floats(0.5, 10.0),
    st.floats(1.0, 4.0),
    st.floats(0.0, 30.0),
    st.floats(0.0, 5.0),
)
def test_a_therapy_keeps_no_more_people_alive_than_it_treats(
    treated: float, mean: float, better: float, years: float, ramp: float
) -> None:
    gain = added_by_therapy(
        treated,
        without=WeibullSurvival(scale=mean),
        with_therapy=WeibullSurvival(scale=mean * better),
        years_since_launch=years,
        ramp_years=ramp,
    )
    assert 0 <= gain.persons <= gain.treated * (1 + ROUNDING) + ROUNDING
    assert gain.persons <= treated * mean * (better - 1) * (1 + 1e-3) + ROUNDING


@given(st.floats(0, 500), st.floats(0, 500), st.floats(0, 1), st.floats(0, 1))
def test_quantiles_of_the_sponsor_rise(low: float, width: float, p: float, q: float) -> None:
    time = SponsorTime(low=low, mode=low + width / 3, high=low + width)
    first, second = sorted((p, q))
    assert time.quantile(first) <= time.quantile(second) + ROUNDING
    assert low - ROUNDING <= time.quantile(p) <= low + width + ROUNDING
