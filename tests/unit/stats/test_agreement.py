"""Simulated beside published."""

from __future__ import annotations

import math

import numpy as np
import pytest

from leucel.core import InputError
from leucel.stats import Interval, clopper_pearson, compare_rates, compare_values, two_sided_p


def interval(estimate: float, low: float = -math.inf, high: float = math.inf) -> Interval:
    return Interval(estimate=estimate, low=low, high=high, level=0.95, method="test")


def test_rates_that_agree_and_rates_that_do_not() -> None:
    published = clopper_pearson(97, 101)
    near = compare_rates(clopper_pearson(940, 1000), published, n_published=101)
    assert near.intervals_overlap
    assert near.difference == pytest.approx(0.94 - 97 / 101)
    far = compare_rates(clopper_pearson(700, 1000), published, n_published=101)
    assert not far.intervals_overlap
    assert far.published_inside is False
    assert far.z is not None
    assert far.z == pytest.approx((0.7 - 97 / 101) / math.sqrt(0.7 * 0.3 / 101))
    assert "do not overlap" in far.sentence
    assert "below" in far.sentence


def test_z_of_trials_drawn_from_the_simulation_is_standard() -> None:
    """Trials of 101 patients from the simulated population have mean 0 and variance 1 in z."""
    rng = np.random.default_rng(4)
    simulated = interval(0.8, 0.77, 0.83)
    z = [
        compare_rates(simulated, interval(x / 101, 0.0, 1.0), n_published=101).z
        for x in rng.binomial(101, 0.8, 3000)
    ]
    # Four standard errors of 3,000 draws.
    assert np.mean(z) == pytest.approx(0.0, abs=0.073)
    assert np.std(z) == pytest.approx(1.0, abs=0.052)


def test_a_certain_simulation_has_no_z() -> None:
    told = compare_rates(clopper_pearson(50, 50), clopper_pearson(48, 50), n_published=50)
    assert told.z is None


def test_percentages_are_refused() -> None:
    with pytest.raises(InputError, match="divide percentages by 100"):
        compare_rates(interval(96.0), interval(94.0), n_published=101)
    with pytest.raises(InputError, match="at least one patient"):
        compare_rates(interval(0.9), interval(0.9), n_published=0)


def test_values_with_limits_have_a_z() -> None:
    told = compare_values(interval(15.0, 14.0, 16.0), interval(18.0, 16.5, 19.5))
    assert told.z == pytest.approx(-3.0 / (math.hypot(1.0, 1.5) / 1.959963984540054))
    assert told.intervals_overlap is False
    logs = compare_values(interval(20.0, 10.0, 40.0), interval(40.0, 20.0, 80.0), log_scale=True)
    assert logs.z == pytest.approx(-1.959963984540054 / math.sqrt(2))
    assert logs.ratio == 0.5


def test_without_limits_there_is_no_verdict() -> None:
    told = compare_values(interval(15.0, 14.0, 16.0), interval(16.0))
    assert (told.intervals_overlap, told.z) == (None, None)
    assert told.published_inside is True
    other = compare_values(interval(15.0), interval(16.0, 15.0, 17.0))
    assert other.published_inside is None
    assert "simulated value has no limits" in other.sentence
    assert math.isnan(compare_values(interval(1.0), interval(0.0)).ratio)


def test_logs_need_positive_limits() -> None:
    with pytest.raises(InputError, match="log scale"):
        compare_values(interval(1.0, 0.0, 2.0), interval(1.0, 0.5, 2.0), log_scale=True)


def test_p_of_z() -> None:
    assert two_sided_p(0.0) == 1.0
    assert two_sided_p(-1.959963984540054) == pytest.approx(0.05)
