"""Distributions: inversion, moments, limits, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leucel.core import InputError
from leucel.stats import (
    Bernoulli,
    Categorical,
    Constant,
    Distribution,
    LogNormal,
    Normal,
    ShiftedGeometric,
    TruncatedNormal,
    Uniform,
)

ALL: list[Distribution] = [
    Constant(value=70.0),
    Uniform(low=-2.0, high=4.0),
    Normal(mean=58.0, sd=6.0),
    TruncatedNormal(center=58.0, sd=6.0, low=39.0, high=70.0),
    TruncatedNormal(center=10.0, sd=1.0, low=14.0, high=20.0),
    TruncatedNormal(center=10.0, sd=1.0, low=-math.inf, high=8.0),
    LogNormal(median=300.0, sigma=0.8),
    Bernoulli(probability=0.534),
    ShiftedGeometric(minimum=3, probability=0.4),
    ShiftedGeometric(minimum=3, probability=0.4, maximum=23),
    ShiftedGeometric(minimum=1, probability=1.0),
]
# Midpoints of 200,000 equal shares: the error of the mean falls with the tails, not with 1/sqrt(n).
MIDPOINTS = (np.arange(200_000) + 0.5) / 200_000
MEAN_TOLERANCE = 2e-4


@pytest.mark.parametrize("distribution", ALL, ids=lambda d: d.describe())
def test_the_mean_and_the_median_are_those_of_the_draws(distribution: Distribution) -> None:
    draws = distribution.quantile(MIDPOINTS)
    assert draws.mean() == pytest.approx(distribution.mean, rel=MEAN_TOLERANCE)
    assert distribution.median == distribution.quantile(0.5)


@pytest.mark.parametrize("distribution", ALL, ids=lambda d: d.describe())
def test_draws_rise_with_u_and_keep_its_shape(distribution: Distribution) -> None:
    u = np.linspace(0.0, 1.0, 1001)[1:-1]
    draws = distribution.quantile(u)
    assert np.all(np.diff(draws) >= 0.0)
    assert np.all(np.isfinite(draws))
    assert distribution.quantile(u.reshape(9, 111)).shape == (9, 111)
    assert distribution.quantile(0.3).shape == ()


@pytest.mark.parametrize("distribution", ALL, ids=lambda d: d.describe())
@pytest.mark.parametrize("u", [-0.1, 1.1, math.nan])
def test_a_number_that_is_no_probability_is_refused(distribution: Distribution, u: float) -> None:
    with pytest.raises(InputError, match="no probability"):
        distribution.quantile([0.5, u])


def test_truncation_is_that_of_the_conditional_distribution() -> None:
    """Against rejection: quantiles of what a normal distribution leaves inside the limits."""
    cut = TruncatedNormal(center=58.0, sd=6.0, low=50.0, high=60.0)
    whole = Normal(mean=58.0, sd=6.0).quantile(MIDPOINTS)
    inside = whole[(whole >= 50.0) & (whole <= 60.0)]
    for share in (0.01, 0.3, 0.9):
        # The grid has 200,000 points over 6 SD: neighbours near the center lie 1e-4 apart.
        assert cut.quantile(share) == pytest.approx(np.quantile(inside, share), abs=1e-3)


@pytest.mark.parametrize("shift", [5.0, 8.0, 20.0, 35.0])
def test_far_tails_keep_their_digits(shift: float) -> None:
    """Deep in the upper tail both probabilities round to 1; those of the mirror image do not."""
    upper = TruncatedNormal(center=0.0, sd=1.0, low=shift, high=shift + 1.0)
    lower = TruncatedNormal(center=0.0, sd=1.0, low=-shift - 1.0, high=-shift)
    u = np.linspace(0.01, 0.99, 25)
    np.testing.assert_allclose(upper.quantile(u), -lower.quantile(1.0 - u), rtol=1e-12)
    assert np.all(np.diff(upper.quantile(u)) > 0.0)
    assert upper.mean == pytest.approx(-lower.mean, rel=1e-9)
    assert shift < upper.mean < shift + 1.0


@given(st.floats(0.001, 0.999), st.integers(0, 6), st.integers(0, 40))
def test_the_geometric_quantile_inverts_its_cumulative_probability(
    probability: float, minimum: int, width: int
) -> None:
    maximum = minimum + width
    distribution = ShiftedGeometric(minimum=minimum, probability=probability, maximum=maximum)
    weights = (1.0 - probability) ** np.arange(width + 1)
    cumulative = np.cumsum(weights) / weights.sum()
    u = np.linspace(0.001, 0.999, 37)
    # Steps closer than this to u may fall either way by rounding.
    clear = np.min(np.abs(u[:, None] - cumulative[None, :]), axis=1) > 1e-6
    expected = minimum + np.searchsorted(cumulative, u, side="left")
    np.testing.assert_array_equal(distribution.quantile(u)[clear], expected[clear])


def test_a_probability_on_a_step_belongs_to_the_lower_value() -> None:
    half = ShiftedGeometric(minimum=3, probability=0.5)
    assert half.quantile([0.0, 0.5, 0.75, 0.7500001, 0.875]).tolist() == [3, 3, 4, 5, 5]
    assert half.median == 3.0


def test_yes_and_no_have_their_shares() -> None:
    assert Bernoulli(probability=0.117).quantile(MIDPOINTS).mean() == pytest.approx(0.117, abs=1e-5)
    assert Bernoulli(probability=0.0).quantile([0.0, 0.5, 1.0]).tolist() == [0, 0, 0]
    assert Bernoulli(probability=1.0).quantile([1e-9, 0.5, 1.0]).tolist() == [1, 1, 1]


def test_groups_have_their_shares_and_names() -> None:
    groups = Categorical(probabilities=(("I", 0.2), ("none", 0.0), ("II", 0.5), ("III", 0.3)))
    codes = groups.quantile(MIDPOINTS)
    assert np.bincount(codes.astype(int), minlength=4) / codes.size == pytest.approx(
        [0.2, 0.0, 0.5, 0.3], abs=1e-5
    )
    assert groups.label([0.0, 0.2, 0.21, 1.0]) == ("I", "I", "II", "III")
    for statistic in ("mean", "median"):
        with pytest.raises(InputError, match=f"no {statistic}"):
            getattr(groups, statistic)


def test_log_normal_moments() -> None:
    distribution = LogNormal(median=10.0, sigma=0.5)
    draws = distribution.quantile(MIDPOINTS)
    assert draws.std() / draws.mean() == pytest.approx(distribution.cv, rel=1e-3)
    assert LogNormal(median=10.0, sigma=0.0).quantile([0.0, 1.0]).tolist() == [10.0, 10.0]
    assert Normal(mean=1.0, sd=0.0).quantile([0.0, 1.0]).tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("make", "names"),
    [
        (lambda: Constant(value=math.nan), {"value"}),
        (lambda: Uniform(low=2.0, high=1.0), {"high"}),
        (lambda: Normal(mean=math.inf, sd=-1.0), {"mean", "sd"}),
        (lambda: TruncatedNormal(center=0.0, sd=0.0, low=2.0, high=1.0), {"sd", "high"}),
        (lambda: LogNormal(median=0.0, sigma=-1.0), {"median", "sigma"}),
        (lambda: Bernoulli(probability=1.2), {"probability"}),
        (lambda: Bernoulli(probability=math.nan), {"probability"}),
        (lambda: Categorical(probabilities=()), {"probabilities"}),
        (lambda: Categorical(probabilities=(("a", 0.5), ("a", 0.5))), {"probabilities"}),
        (lambda: Categorical(probabilities=(("a", 0.5), ("b", 0.4))), {"probabilities"}),
        (lambda: ShiftedGeometric(minimum=3, probability=0.0), {"probability"}),
        (lambda: ShiftedGeometric(minimum=3, probability=0.5, maximum=2), {"maximum"}),
    ],
)
def test_impossible_arguments_are_all_named(make, names: set[str]) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert {p.where.key for p in caught.value.problems if p.where} == names


def test_limits_that_hold_nothing_are_refused() -> None:
    with pytest.raises(InputError, match="too far out"):
        TruncatedNormal(center=0.0, sd=1.0, low=60.0, high=70.0)
