"""People alive with the disease."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from leucel.core import InputError, RandomStream
from leucel.epidemiology import (
    COMPLETE_RATIO,
    FIVE_YEAR_RATIO,
    PrevalenceRatio,
    SurvivalBasis,
    WeibullSurvival,
    exponential_from_ratio,
    fit_weibull,
    incidence_from_count,
    limited_prevalence,
    prevalence_from_ratio,
    prevalence_from_survival,
    published_survival,
)

SAUDI = incidence_from_count("SA", 295)


def test_areas_agree_with_numerical_integration() -> None:
    curve = WeibullSurvival(scale=7.0, shape=0.8)
    summed, error = quad(lambda years: float(curve.survival(years)), 0, 10)
    assert float(curve.area(10)) == pytest.approx(summed, abs=10 * error)
    assert float(curve.area(math.inf)) == pytest.approx(curve.mean)
    assert curve.completeness(math.inf) == pytest.approx(1.0)


def test_two_points_are_met_exactly() -> None:
    curve = fit_weibull([5, 10], [0.60, 0.34])
    assert curve.survival(np.array([5.0, 10.0])) == pytest.approx([0.60, 0.34], abs=1e-12)


@pytest.mark.parametrize(
    ("years", "shares"),
    [
        ([5], [0.5]),
        ([5, 1], [0.5, 0.8]),
        ([1, 5], [0.5, 0.8]),
        ([1, 5], [1.0, 0.5]),
        ([0, 5], [0.9, 0.5]),
    ],
)
def test_impossible_survival_is_refused(years: list[float], shares: list[float]) -> None:
    with pytest.raises(InputError):
        fit_weibull(years, shares)


@pytest.mark.parametrize("ratio", [0.0, 5.0, 7.0])
def test_a_ratio_outside_its_window_is_refused(ratio: float) -> None:
    with pytest.raises(InputError, match="window"):
        exponential_from_ratio(ratio, window_years=5)


def test_rising_incidence_weighs_recent_years_more() -> None:
    curve = WeibullSurvival(scale=8.0)
    falling_back = limited_prevalence([110, 105, 100, 95, 90], curve)
    assert falling_back > limited_prevalence([100] * 5, curve)
    with pytest.raises(InputError):
        limited_prevalence([100, -1], curve)


def test_the_same_seed_gives_the_same_limits() -> None:
    first, second = (
        prevalence_from_ratio(SAUDI, COMPLETE_RATIO, RandomStream(5)) for _ in range(2)
    )
    assert first == second
    other = prevalence_from_ratio(SAUDI, COMPLETE_RATIO, RandomStream(6))
    # 4,000 draws fix tail quantiles to about 2%.
    assert other.low == pytest.approx(first.low, rel=0.02)


def test_monte_carlo_limits_are_wider_than_the_chance_of_the_count() -> None:
    estimate = prevalence_from_ratio(SAUDI, COMPLETE_RATIO, RandomStream(5))
    poisson_only = incidence_from_count("SA", 295, spread=1)
    assert estimate.low < poisson_only.low * COMPLETE_RATIO.point
    assert estimate.high > poisson_only.high * COMPLETE_RATIO.point
    assert estimate.low < estimate.persons < estimate.high
    assert estimate.rate.low is not None
    assert estimate.rate.low <= estimate.per_10000


def test_a_lower_population_revision_raises_the_share_of_a_count() -> None:
    """Saudi Arabia lost 10% in the newer revision: the limits of the share lean upwards."""
    fixed = PrevalenceRatio(window_years=None, point=4.9, low=4.9, high=4.9)
    estimate = prevalence_from_ratio(SAUDI, fixed, RandomStream(5))
    stretch = estimate.per_10000_high / estimate.per_10000
    assert stretch > 1.05 * estimate.high / estimate.persons


def test_net_survival_carries_its_warning() -> None:
    points = next(item for item in published_survival() if "2010-2011, all adults" in item.name)
    assert points.basis is SurvivalBasis.NET
    complete = prevalence_from_survival(SAUDI, points, RandomStream(2), draws=500)
    assert "upper bound" in complete.warning
    assert "extrapolated" in complete.warning
    limited = prevalence_from_survival(SAUDI, points, RandomStream(2), window_years=5, draws=500)
    assert "extrapolated" not in limited.warning
    assert limited.persons < complete.persons
    assert SurvivalBasis.OBSERVED.warning == ""


def test_a_bracket_out_of_order_is_refused() -> None:
    with pytest.raises(InputError, match="order"):
        PrevalenceRatio(window_years=None, point=4.0, low=4.3, high=6.0)
    assert FIVE_YEAR_RATIO.low <= FIVE_YEAR_RATIO.point <= FIVE_YEAR_RATIO.high
