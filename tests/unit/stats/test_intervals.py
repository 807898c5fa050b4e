"""Confidence limits: known values, symmetry, order, coverage, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, gamma, poisson

from leucel.core import InputError
from leucel.stats import (
    Interval,
    clopper_pearson,
    dobson_byar,
    fay_feuer,
    poisson_byar,
    poisson_exact,
    quantile_interval,
    tiwari,
    wilson,
)

# Inverse beta and gamma functions are good to about 1e-12; tails are compared as probabilities.
TAIL = 1e-9


@given(st.integers(1, 300), st.data())
def test_exact_limits_of_a_share_put_the_tail_where_it_belongs(n: int, data) -> None:
    x = data.draw(st.integers(0, n))
    limits = clopper_pearson(x, n)
    assert limits.low <= x / n <= limits.high
    if x > 0:
        assert binom.sf(x - 1, n, limits.low) == pytest.approx(0.025, abs=TAIL)
    if x < n:
        assert binom.cdf(x, n, limits.high) == pytest.approx(0.025, abs=TAIL)


@given(st.integers(1, 300), st.data())
def test_limits_of_a_share_mirror_those_of_its_complement(n: int, data) -> None:
    x = data.draw(st.integers(0, n))
    for method in (clopper_pearson, wilson):
        one, other = method(x, n), method(n - x, n)
        assert one.low == pytest.approx(1.0 - other.high, abs=1e-12)
        assert 0.0 <= one.low <= one.estimate <= one.high <= 1.0


def test_score_limits_solve_their_equation() -> None:
    """At each limit p, (x/n - p)^2 = z^2 p(1-p)/n."""
    for x, n in ((1, 103), (9, 12), (97, 101)):
        for p in (wilson(x, n).low, wilson(x, n).high):
            z_squared = (x / n - p) ** 2 / (p * (1 - p) / n)
            assert math.sqrt(z_squared) == pytest.approx(1.959963984540054, rel=1e-9)


def test_no_and_all_successes() -> None:
    assert clopper_pearson(0, 18).low == 0.0
    assert clopper_pearson(18, 18).high == 1.0
    assert wilson(0, 18).low == 0.0
    assert wilson(18, 18).high == 1.0
    # The rule of three: 3/n is close to the one-sided 95% limit, which is the two-sided 90% one.
    assert clopper_pearson(0, 1000, level=0.9).high == pytest.approx(0.003, rel=0.01)


@given(st.integers(0, 2000))
def test_exact_limits_of_a_count_put_the_tail_where_it_belongs(x: int) -> None:
    limits = poisson_exact(x)
    assert poisson.cdf(x, limits.high) == pytest.approx(0.025, abs=TAIL)
    if x > 0:
        assert poisson.sf(x - 1, limits.low) == pytest.approx(0.025, abs=TAIL)
    else:
        assert limits.low == 0.0
        assert limits.high == pytest.approx(-math.log(0.025), rel=1e-12)


@given(st.integers(5, 5000))
def test_byar_stays_near_the_exact_limits(x: int) -> None:
    exact, byar = poisson_exact(x), poisson_byar(x)
    # Breslow and Day: the approximation is good even for small counts.
    assert byar.low == pytest.approx(exact.low, rel=0.01)
    assert byar.high == pytest.approx(exact.high, rel=0.01)


@given(st.integers(1, 400), st.sampled_from([1.0, 1e5]))
def test_a_standard_like_the_population_gives_the_exact_limits(x: int, per: float) -> None:
    """Proportional weights make the standardized rate a scaled count (Fay and Feuer, section 2)."""
    population = np.array([1000.0, 3000.0, 6000.0])
    cases = np.array([0.0, x // 2, x - x // 2])
    exact = poisson_exact(x).scaled(per / population.sum())
    for method in (fay_feuer, tiwari):
        rate = method(cases, population, 7.0 * population, per=per)
        assert rate.estimate == pytest.approx(exact.estimate, rel=1e-12)
        assert rate.low == pytest.approx(exact.low, rel=1e-9)
        assert rate.high == pytest.approx(exact.high, rel=1e-9)
    byar = poisson_byar(x).scaled(per / population.sum())
    assert dobson_byar(cases, population, population, per=per).high == pytest.approx(
        byar.high, rel=1e-9
    )


@given(st.lists(st.integers(0, 60), min_size=3, max_size=8), st.data())
def test_gamma_limits_are_ordered_and_ignore_the_order_of_groups(cases: list[int], data) -> None:
    groups = len(cases)
    sizes = st.lists(st.integers(500, 50_000), min_size=groups, max_size=groups)
    population, standard = np.array(data.draw(sizes)), np.array(data.draw(sizes))
    wide, narrow = fay_feuer(cases, population, standard), tiwari(cases, population, standard)
    assert wide.low == narrow.low <= wide.estimate <= narrow.high <= wide.high * (1 + 1e-12)
    back = fay_feuer(cases[::-1], population[::-1], standard[::-1])
    assert back.high == pytest.approx(wide.high, rel=1e-12)


def test_tiwari_adds_one_event_spread_over_the_groups() -> None:
    """The authors' wording: each count plus 1/J, then the gamma distribution of those moments."""
    cases, population = np.array([0, 8, 63, 112]), np.array([327.0, 30666.0, 123419.0, 149919.0])
    standard = np.array([319933.0, 931318.0, 786511.0, 488235.0])
    weights = standard / population / standard.sum()
    spread = cases + 1 / cases.size
    rate, variance = weights @ spread, weights**2 @ spread
    expected = gamma.ppf(0.975, rate**2 / variance, scale=variance / rate)
    found = tiwari(cases, population, standard, per=1.0)
    assert found.high == pytest.approx(expected, rel=1e-9)
    assert found.high < fay_feuer(cases, population, standard, per=1.0).high


def test_dobson_moves_and_scales_the_limits_of_the_count() -> None:
    cases, population, standard = [10, 40], [5000.0, 2000.0], [1.0, 3.0]
    # Weights 0.25/5000 and 0.75/2000; 50 events with Byar's limits 37.11 and 65.92.
    rate = 10 * 0.25 / 5000 + 40 * 0.75 / 2000
    sd = math.sqrt(10 * (0.25 / 5000) ** 2 + 40 * (0.75 / 2000) ** 2)
    found = dobson_byar(cases, population, standard, per=1.0)
    assert found.estimate == pytest.approx(rate, rel=1e-12)
    # The limits of the count are rounded to two decimals here.
    assert found.low == pytest.approx(rate + sd / math.sqrt(50) * (37.11 - 50), rel=1e-4)
    assert found.high == pytest.approx(rate + sd / math.sqrt(50) * (65.92 - 50), rel=1e-4)


def test_no_case_at_all() -> None:
    nothing = fay_feuer([0, 0], [1000, 1000], [1, 1], per=1.0)
    assert (nothing.estimate, nothing.low) == (0.0, 0.0)
    assert nothing.high == pytest.approx(-math.log(0.025) / 2000, rel=1e-12)
    with pytest.raises(InputError, match="at least one event"):
        dobson_byar([0, 0], [1000, 1000], [1, 1])


def test_broken_age_groups_are_all_named() -> None:
    with pytest.raises(InputError) as caught:
        fay_feuer([1, -2], [1000, math.nan], [1, 1, 1])
    assert len(caught.value.problems) == 3
    with pytest.raises(InputError, match="no population"):
        fay_feuer([1, 2], [1000, 0], [1, 1])
    with pytest.raises(InputError, match="standard population is empty"):
        fay_feuer([1, 2], [1000, 10], [0, 0])
    with pytest.raises(InputError, match="cases"):
        fay_feuer([], [], [])


@pytest.mark.parametrize("n", [1, 5, 6, 12, 101])
@pytest.mark.parametrize("probability", [0.25, 0.5, 0.9])
def test_order_statistics_cover_and_no_closer_pair_does(n: int, probability: float) -> None:
    sample = np.arange(1.0, n + 1.0)
    limits = quantile_interval(sample, probability)
    below = 0 if limits.low == -math.inf else int(limits.low)
    above = n + 1 if limits.high == math.inf else int(limits.high)
    # The true quantile lies above the r-th value when fewer than... P(B >= r), B ~ Bin(n, p).
    miss_low = binom.cdf(below - 1, n, probability) if below else 0.0
    miss_high = binom.sf(above - 1, n, probability) if above <= n else 0.0
    assert miss_low <= 0.025
    assert miss_high <= 0.025
    assert binom.cdf(below, n, probability) > 0.025
    assert binom.sf(above - 2, n, probability) > 0.025


def test_a_median_of_times_that_are_not_reached() -> None:
    limits = quantile_interval([100.0, 200.0, *[math.inf] * 8])
    assert limits.estimate == math.inf
    assert limits.high == math.inf
    assert limits.low == 200.0


def test_coverage_of_the_median_limits() -> None:
    """Of 2,000 samples of 25 skewed values the limits must hold the median in 95% or more."""
    rng = np.random.default_rng(3)
    samples = np.exp(rng.standard_normal((2000, 25)))
    found = [quantile_interval(sample) for sample in samples]
    covered = np.mean([each.low <= 1.0 <= each.high for each in found])
    # The exact coverage for n = 25 is 95.67%; four standard errors of 2,000 trials are 1.8%.
    assert covered == pytest.approx(0.9567, abs=0.018)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, math.nan, -0.5])
def test_a_level_that_is_none_is_refused(level: float) -> None:
    for call in (
        lambda: clopper_pearson(1, 2, level=level),
        lambda: poisson_exact(1, level=level),
        lambda: fay_feuer([1], [1], [1], level=level),
        lambda: quantile_interval([1.0], level=level),
    ):
        with pytest.raises(InputError, match="confidence level"):
            call()


@pytest.mark.parametrize(("x", "n"), [(5, 4), (-1, 4), (math.nan, 4), (0, 0), (1, math.inf)])
def test_counts_that_are_none_are_refused(x: float, n: float) -> None:
    for method in (clopper_pearson, wilson):
        with pytest.raises(InputError):
            method(x, n)
    with pytest.raises(InputError):
        poisson_exact(-1)
    with pytest.raises(InputError):
        quantile_interval([1.0, math.nan])
    with pytest.raises(InputError):
        quantile_interval([])
    with pytest.raises(InputError):
        quantile_interval([1.0], 1.0)


def test_intervals_scale_and_overlap() -> None:
    share = Interval(estimate=0.5, low=0.4, high=0.6, level=0.95, method="m")
    percent = share.scaled(100.0)
    assert (percent.estimate, percent.low, percent.high) == (50.0, 40.0, 60.0)
    other = Interval(estimate=0.7, low=0.6, high=0.8, level=0.95, method="m")
    assert share.overlaps(other)
    assert other.overlaps(share)
    assert not share.overlaps(other.scaled(2.0))
