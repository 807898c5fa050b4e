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
    AgeTable,
    Measure,
    Rate,
    WeibullSurvival,
    added_by_therapy,
    age_counts,
    get_population,
    incidence_from_ages,
    incidence_from_asr,
    limited_prevalence,
    prevalence_by_age,
    prevalence_years,
    ratio_for_window,
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


@given(
    st.lists(st.tuples(st.floats(0.0, 1e4), scales, shapes), min_size=2, max_size=18),
    st.floats(0.5, 40.0),
)
def test_prevalence_adds_up_over_ages(
    groups: list[tuple[float, float, float]], window: float
) -> None:
    """The whole is the sum of its age groups; a window never exceeds everybody in any of them."""
    cases = [count for count, _, _ in groups]
    curves = [WeibullSurvival(scale=scale, shape=shape) for _, scale, shape in groups]
    names = [f"group {index}" for index in range(len(groups))]
    whole = prevalence_by_age(cases, curves, groups=names, window_years=window)
    parts = [
        prevalence_by_age([count], [curve], groups=[name], window_years=window)
        for count, curve, name in zip(cases, curves, names, strict=True)
    ]
    limited = sum(float(part.limited.sum()) for part in parts)
    assert float(whole.limited.sum()) == pytest.approx(limited, rel=ROUNDING, abs=1e-12)
    assert np.all(whole.limited <= whole.complete * (1 + ROUNDING) + 1e-12)
    assert 0 <= whole.total_completeness <= 1 + ROUNDING
    more = prevalence_by_age(
        [count + 1.0 for count in cases], curves, groups=names, window_years=window
    )
    assert np.all(more.limited >= whole.limited)


@given(st.floats(0.1, 60.0), st.floats(0.1, 60.0))
def test_a_longer_window_never_holds_fewer_people(first: float, second: float) -> None:
    short, long = sorted((first, second))
    one, two = ratio_for_window(short), ratio_for_window(long)
    assert one.point <= two.point * (1 + ROUNDING)
    assert one.high <= two.high * (1 + ROUNDING)
    assert one.high <= short * (1 + ROUNDING)


@given(
    st.lists(st.integers(0, 500), min_size=18, max_size=18).filter(lambda cases: sum(cases) > 0),
    st.lists(st.integers(0, 500), min_size=18, max_size=18).filter(lambda cases: sum(cases) > 0),
)
def test_cases_of_two_registries_of_one_population_add_up(
    first: list[int], second: list[int]
) -> None:
    people = get_population("SA").persons

    def cases(counts: list[int]) -> float:
        table = AgeTable(counts=age_counts(counts, people), unknown=0.0, name="registry")
        return incidence_from_ages("SA", table).cases

    both = [a + b for a, b in zip(first, second, strict=True)]
    assert cases(both) == pytest.approx(cases(first) + cases(second), rel=ROUNDING)


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
