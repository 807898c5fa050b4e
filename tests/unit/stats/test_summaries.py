"""Distributions from published summaries: the summary comes out again."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from leucel.core import InputError
from leucel.stats import (
    lognormal_from_mean_sd,
    lognormal_from_median_cv,
    lognormal_from_median_quartiles,
    lognormal_from_median_range,
    shifted_geometric_from_median,
    truncated_normal_from_median_range,
)


@pytest.mark.parametrize(
    ("mean", "sd", "sigma", "median"),
    [
        # Cilta-cel in CARTITUDE-1 (J&J Medical Connect 2025); readings as in the evidence tables.
        (48_692, 27_174, 0.52, 42_500),
        (504_496, 385_380, 0.68, 401_000),
        (23.5, 24.2, 0.85, 16),
    ],
)
def test_log_normal_readings_of_published_moments(
    mean: float, sd: float, sigma: float, median: float
) -> None:
    found = lognormal_from_mean_sd(mean, sd)
    assert found.mean == pytest.approx(mean, rel=1e-12)
    assert found.mean * found.cv == pytest.approx(sd, rel=1e-12)
    # Half a unit of the last printed digit; the medians are printed to three digits or two.
    assert found.sigma == pytest.approx(sigma, abs=0.005)
    assert found.median == pytest.approx(median, rel=0.03)


def test_log_normal_from_the_other_summaries() -> None:
    assert lognormal_from_median_cv(100.0, 0.5).cv == pytest.approx(0.5, rel=1e-12)
    quartiles = lognormal_from_median_quartiles(10.0, 5.0, 20.0)
    assert quartiles.quantile([0.25, 0.5, 0.75]) == pytest.approx([5.0, 10.0, 20.0], rel=1e-12)


def test_a_range_gives_back_the_sigma_it_was_made_with() -> None:
    """The mean log range of many samples of n, turned into sigma, is the sigma drawn from."""
    rng = np.random.default_rng(7)
    n, sigma = 65, 0.8
    logs = sigma * rng.standard_normal((4000, n))
    log_range = np.mean(logs.max(axis=1) - logs.min(axis=1))
    found = lognormal_from_median_range(1.0, math.exp(-log_range / 2), math.exp(log_range / 2), n)
    # Blom's approximation is within 1%; the mean range of 4,000 samples within 0.5%.
    assert found.sigma == pytest.approx(sigma, rel=0.015)


def test_age_of_the_registration_cohort() -> None:
    """FUMANBA-1: median 58 years, range 39 to 70, n = 103 (ASH 2022)."""
    age = truncated_normal_from_median_range(58.0, 39.0, 70.0, n=103)
    assert age.median == pytest.approx(58.0, abs=1e-9)
    assert (age.low, age.high) == (39.0, 70.0)
    draws = age.quantile((np.arange(103) + 0.5) / 103)
    assert draws.min() > 39.0
    assert draws.max() < 70.0


@given(st.floats(0.1, 0.9), st.integers(5, 500))
def test_the_median_comes_out_wherever_it_lies_in_the_range(share: float, n: int) -> None:
    low, high = 20.0, 90.0
    median = low + share * (high - low)
    # A median far from the middle of a small range has no truncated normal of that width.
    assume(abs(share - 0.5) < 0.3)
    found = truncated_normal_from_median_range(median, low, high, n)
    assert found.median == pytest.approx(median, abs=1e-8)


def test_a_median_at_the_edge_is_refused() -> None:
    with pytest.raises(InputError, match="too close to a limit"):
        truncated_normal_from_median_range(12.71, 8.73, 329.77, n=97)
    with pytest.raises(InputError, match="between low and high"):
        truncated_normal_from_median_range(8.0, 9.0, 20.0, n=97)
    with pytest.raises(InputError, match="at least 2 subjects"):
        truncated_normal_from_median_range(15.0, 9.0, 20.0, n=1)


def test_prior_lines_of_the_registration_cohort() -> None:
    """FUMANBA-1: median 4, range 3 to 23 (ASH 2022); 4 is the median with room on both sides."""
    lines = shifted_geometric_from_median(3, 4, 23)
    assert lines.median == 4.0
    assert lines.quantile(0.0) == 3.0
    assert lines.quantile(1.0) <= 23.0
    share_3 = np.mean(lines.quantile((np.arange(10_000) + 0.5) / 10_000) == 3.0)
    share_4 = np.mean(lines.quantile((np.arange(10_000) + 0.5) / 10_000) <= 4.0)
    assert share_3 < 0.5 < share_4


@given(st.integers(0, 5), st.integers(0, 8), st.booleans(), st.booleans())
def test_the_median_of_whole_numbers_comes_out(
    minimum: int, steps: int, half: bool, capped: bool
) -> None:
    median = minimum + steps + (0.5 if half else 0.0)
    maximum = minimum + 60 if capped else None
    found = shifted_geometric_from_median(minimum, median, maximum)
    if half:
        # Half of the subjects at or below the lower number: both neighbours are medians.
        assert found.quantile(0.5 - 1e-6) == math.floor(median)
        assert found.quantile(0.5 + 1e-6) == math.ceil(median)
    else:
        assert found.median == median


def test_impossible_medians_of_whole_numbers_are_refused() -> None:
    with pytest.raises(InputError, match="not below minimum"):
        shifted_geometric_from_median(3, 2)
    with pytest.raises(InputError, match="whole or half number"):
        shifted_geometric_from_median(3, 4.2)
    with pytest.raises(InputError, match="too far up"):
        shifted_geometric_from_median(3, 9, 10)
    with pytest.raises(InputError, match="above median"):
        shifted_geometric_from_median(3, 4, 4)
