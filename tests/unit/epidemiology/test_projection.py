"""Trends, curves, ages and the gain of a therapy."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from leucel.core import InputError, RandomStream
from leucel.epidemiology import (
    COMPLETE_RATIO,
    FIVE_YEAR_RATIO,
    HAZARD_GROWTH,
    INCIDENCE_GROWTH,
    CureSurvival,
    LifeTableSurvival,
    ObservedSurvival,
    PrevalenceTrends,
    WeibullSurvival,
    YearlyGrowth,
    added_by_therapy,
    cases_by_age,
    curves_for_groups,
    hazard_growth,
    incidence_from_count,
    limited_prevalence,
    margin_used,
    middle_of,
    prevalence_by_age,
    prevalence_from_ratio,
    prevalence_years,
    project_prevalence,
    scale_for_ratio,
    sources,
    survival_by_age,
    yearly_growth,
    years_between,
)

SAUDI = incidence_from_count("SA", 295)
STILL = YearlyGrowth(low=0.0, point=0.0, high=0.0)
RNG = RandomStream(7)
# The midpoint rule on steps of a fifth of a year.
RULE = 1e-3


def test_growing_cases_under_exponential_survival() -> None:
    """Closed form: the integral of e^{-(k + ln(1+g)) u} is 1 / (k + ln(1+g))."""
    found = prevalence_years(5.0, incidence=[0.0, 0.03, -0.02])
    expected = [1 / (0.2 + math.log1p(g)) for g in (0.0, 0.03, -0.02)]
    assert found == pytest.approx(expected, rel=RULE)
    later = prevalence_years(5.0, incidence=0.03, at=10.0)
    assert float(later) == pytest.approx(expected[1] * 1.03**10, rel=RULE)


def test_better_survival_and_more_cases_raise_prevalence() -> None:
    base = prevalence_years(5.0, at=20.0)
    assert prevalence_years(5.0, at=20.0, hazard=-0.03) > base
    # Patients diagnosed before time 0 lived shorter.
    assert prevalence_years(5.0, at=0.0, hazard=-0.03) < base
    assert prevalence_years(5.0, at=20.0, incidence=0.02) > base
    assert prevalence_years(5.0, at=20.0, window_years=5.0) < base


def test_the_curve_reproduces_the_ratio_of_today() -> None:
    for ratio in (COMPLETE_RATIO, FIVE_YEAR_RATIO):
        trends = PrevalenceTrends()
        years = prevalence_years(
            scale_for_ratio(ratio, trends),
            incidence=trends.incidence.point,
            hazard=trends.hazard.point,
            window_years=ratio.window_years or math.inf,
        )
        assert float(years) == pytest.approx(ratio.point, rel=1e-6)
    impossible = replace(FIVE_YEAR_RATIO, low=5.0, point=5.5, high=6.0)
    with pytest.raises(InputError, match="no survival curve"):
        scale_for_ratio(impossible, PrevalenceTrends())


def test_a_projection_to_the_day_of_the_cases_changes_nothing() -> None:
    now = prevalence_from_ratio(SAUDI, COMPLETE_RATIO, RNG)
    same = project_prevalence(SAUDI, COMPLETE_RATIO, RNG, at=date(2022, 7, 2))
    assert same.persons == pytest.approx(now.persons, rel=2e-3)
    assert (same.low, same.high) == pytest.approx((now.low, now.high), rel=0.02)


def test_a_projection_grows_and_widens() -> None:
    days = [date(2022, 7, 2), date(2026, 7, 2), date(2031, 7, 2)]
    found = [project_prevalence(SAUDI, COMPLETE_RATIO, RNG, at=day) for day in days]
    points = [item.persons for item in found]
    widths = [item.high / item.low for item in found]
    assert points == sorted(points)
    assert widths == sorted(widths)
    assert all(item.low < item.persons < item.high for item in found)
    assert set(found[0].sources) <= set(sources())
    assert "population of" in found[0].warning


def test_a_population_of_the_day_changes_the_share_alone() -> None:
    day = date(2030, 1, 1)
    plain = project_prevalence(SAUDI, COMPLETE_RATIO, RNG, at=day)
    doubled = project_prevalence(
        SAUDI, COMPLETE_RATIO, RNG, at=day, population=2 * SAUDI.population
    )
    assert doubled.persons == plain.persons
    assert doubled.per_10000_high == pytest.approx(plain.per_10000_high / 2)
    assert doubled.warning == ""
    with pytest.raises(InputError, match="too far"):
        project_prevalence(SAUDI, COMPLETE_RATIO, RNG, at=date(2090, 1, 1))


def test_trends_of_published_pairs() -> None:
    assert HAZARD_GROWTH.low == pytest.approx(hazard_growth(0.371, 0.526, 8), abs=5e-4)
    assert HAZARD_GROWTH.point == pytest.approx(hazard_growth(0.537, 0.60, 6), abs=5e-4)
    assert INCIDENCE_GROWTH.high == pytest.approx(yearly_growth(2120, 4012, 25), abs=5e-4)
    assert INCIDENCE_GROWTH.low == pytest.approx(yearly_growth(1.0, 1.11, 21), abs=5e-4)
    for bad in ((1.2, 0.5, 3.0), (0.5, 0.6, 0.0)):
        with pytest.raises(InputError):
            hazard_growth(*bad)
    with pytest.raises(InputError):
        yearly_growth(0.0, 1.0, 1.0)
    with pytest.raises(InputError, match="out of order"):
        YearlyGrowth(low=0.1, point=0.0, high=0.2)


def test_years_of_figures() -> None:
    assert middle_of("2009-2011") == 2010.5
    assert years_between("2020", date(2025, 7, 2)) == pytest.approx(5.0, abs=0.01)
    with pytest.raises(InputError, match="no year"):
        middle_of("recently")


def test_a_life_table_is_exact_between_its_points() -> None:
    table = LifeTableSurvival(years=(1.0, 3.0, 6.0), shares=(0.9, 0.5, 0.2))
    assert float(table.survival(2.0)) == pytest.approx(0.7)
    assert table.area(np.array([0.0, 1.0, 2.0, 6.0])) == pytest.approx([0, 0.95, 1.75, 3.4])
    assert limited_prevalence([100, 100], table) == pytest.approx(175)
    with pytest.raises(InputError, match="while people are alive"):
        table.area(math.inf)
    with pytest.raises(InputError, match="falling"):
        LifeTableSurvival(years=(1.0, 2.0), shares=(0.5, 0.6))


def test_a_cured_share_needs_other_causes_of_death() -> None:
    curve = CureSurvival(cured=0.2, uncured=WeibullSurvival(scale=4.0))
    with pytest.raises(InputError, match="without end"):
        curve.area(math.inf)
    observed = ObservedSurvival(net=curve, hazards=(0.05,))
    # 0.2 / 0.05 years of the cured, 0.8 / (0.25 + 0.05) of the others.
    assert float(observed.area(math.inf)) == pytest.approx(0.2 / 0.05 + 0.8 / 0.30, rel=1e-4)
    assert observed.basis.warning == ""
    with pytest.raises(InputError):
        CureSurvival(cured=1.0, uncured=WeibullSurvival(scale=4.0))
    with pytest.raises(InputError):
        ObservedSurvival(net=curve, hazards=(0.05, 0.0))


def test_hazards_of_other_causes_by_year() -> None:
    observed = ObservedSurvival(net=WeibullSurvival(scale=1e9), hazards=(0.1, 0.3))
    assert float(observed.survival(1.0)) == pytest.approx(math.exp(-0.1))
    assert float(observed.survival(3.0)) == pytest.approx(math.exp(-0.1 - 0.3 - 0.3))


def test_prevalence_by_age_adds_up() -> None:
    cases = cases_by_age("SA", 295)
    curves = curves_for_groups(survival_by_age())
    found = prevalence_by_age(cases, curves)
    assert found.cases.sum() == pytest.approx(295)
    assert np.all(found.limited <= found.complete)
    assert np.all((found.completeness > 0) & (found.completeness <= 1))
    # Old patients die soon: a window of five years holds more of them.
    assert found.completeness[-1] > found.total_completeness > found.completeness[0]
    with pytest.raises(InputError, match="do not match"):
        prevalence_by_age([1.0, 2.0], curves)
    with pytest.raises(InputError, match="from 0"):
        prevalence_by_age(-cases, curves)
    with pytest.raises(InputError, match="begin at 0"):
        curves_for_groups([(10, curves[0])])


def test_the_curves_by_age_say_where_they_come_from() -> None:
    for _, curve in survival_by_age():
        assert curve.source in sources()
        assert "upper bound" in curve.basis.warning


def test_the_gain_of_a_therapy_in_the_long_run_and_at_launch() -> None:
    short, long = WeibullSurvival(scale=1.5), WeibullSurvival(scale=4.0)
    gains = [
        added_by_therapy(100, without=short, with_therapy=long, years_since_launch=years)
        for years in (0.0, 2.0, 10.0, 80.0)
    ]
    assert gains[0].persons == 0
    assert [gain.persons for gain in gains] == sorted(gain.persons for gain in gains)
    assert gains[-1].persons == pytest.approx(100 * (4.0 - 1.5), rel=RULE)
    ramped = added_by_therapy(
        100, without=short, with_therapy=long, years_since_launch=10, ramp_years=4
    )
    assert ramped.treated == pytest.approx(800, rel=RULE)
    assert ramped.persons < gains[2].persons
    with pytest.raises(InputError, match="falls below"):
        added_by_therapy(100, without=long, with_therapy=short, years_since_launch=1)
    with pytest.raises(InputError, match="from 0"):
        added_by_therapy(-1, without=short, with_therapy=long, years_since_launch=1)
    with pytest.raises(InputError, match="not below"):
        margin_used(5.0, 1.0, 5.0)
