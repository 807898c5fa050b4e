"""Survival curves: a textbook example, edges, landmarks, follow-up."""

from __future__ import annotations

import math

import numpy as np
import pytest

from leucel.core import InputError
from leucel.stats import follow_up, kaplan_meier

# Freireich 1963, 6-mercaptopurine arm, as in Kalbfleisch and Prentice 2002, table 1.1.
MERCAPTOPURINE_TIME = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
MERCAPTOPURINE_EVENT = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
# Four printed digits.
PRINTED = 5e-5


def test_the_textbook_curve() -> None:
    curve = kaplan_meier(MERCAPTOPURINE_TIME, MERCAPTOPURINE_EVENT)
    printed = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
    for time, survival in printed.items():
        assert curve.at(time)[0] == pytest.approx(survival, abs=PRINTED)
    assert curve.median == 23.0
    assert curve.number_at_risk([0, 6, 10, 16, 22, 36]).tolist() == [21, 21, 15, 11, 7, 0]


def test_limits_are_the_log_log_ones_of_greenwood() -> None:
    curve = kaplan_meier(MERCAPTOPURINE_TIME, MERCAPTOPURINE_EVENT)
    # By hand at 10 weeks: events and numbers at risk up to there.
    survival = (18 / 21) * (16 / 17) * (14 / 15)
    variance = 3 / (21 * 18) + 1 / (17 * 16) + 1 / (15 * 14)
    half = 1.959963984540054 * math.sqrt(variance) / abs(math.log(survival))
    low = survival ** math.exp(half)
    high = survival ** math.exp(-half)
    assert curve.at(10) == pytest.approx((survival, low, high), rel=1e-10)


def test_before_the_first_event_survival_is_certain() -> None:
    curve = kaplan_meier([5.0, 3.0, 8.0], [True, False, True])
    assert curve.times[0] == 0.0
    assert curve.at(0.0) == (1.0, 1.0, 1.0)
    assert curve.at(4.9) == (1.0, 1.0, 1.0)
    assert curve.at(5.0)[0] == 0.5
    assert curve.median == 5.0


def test_events_go_before_censorings_at_the_same_time() -> None:
    curve = kaplan_meier([5, 5], [1, 0])
    assert curve.at(5)[0] == 0.5
    assert curve.number_at_risk([5]).tolist() == [2]


def test_beyond_the_last_observation_nothing_is_known() -> None:
    curve = kaplan_meier([2, 4, 6], [1, 0, 0])
    assert curve.last_time == 6.0
    assert not math.isnan(curve.at(6)[0])
    assert all(math.isnan(value) for value in curve.at(6.1))


def test_when_everybody_has_had_the_event_survival_stays_at_zero() -> None:
    curve = kaplan_meier([2, 4], [1, 1])
    survival, low, high = curve.at(100.0)
    assert survival == 0.0
    assert math.isnan(low)
    assert math.isnan(high)


def test_nobody_with_an_event() -> None:
    curve = kaplan_meier([3, 9], [0, 0])
    assert curve.at(9) == (1.0, 1.0, 1.0)
    assert curve.median == math.inf
    assert curve.median_low == math.inf


@pytest.mark.parametrize("n", [12, 24, 38, 44, 54])
def test_one_half_is_reached_in_spite_of_rounding(n: int) -> None:
    """The product 23/24 * 22/23 * ... * 12/13 ends above one half by one rounding."""
    curve = kaplan_meier(np.arange(1, n + 1), np.arange(1, n + 1) < n)
    assert curve.median == n / 2


def test_limits_of_the_median_enclose_it() -> None:
    curve = kaplan_meier(MERCAPTOPURINE_TIME, MERCAPTOPURINE_EVENT)
    assert curve.median_low <= curve.median <= curve.median_high
    # The lower limit first falls to one half at 13 weeks; the upper one never does.
    assert curve.at(10)[1] > 0.5 >= curve.at(13)[1]
    assert curve.median_low == 13.0
    assert curve.at(35)[2] > 0.5
    assert curve.median_high == math.inf


def test_a_higher_level_is_wider() -> None:
    narrow = kaplan_meier(MERCAPTOPURINE_TIME, MERCAPTOPURINE_EVENT, level=0.8)
    wide = kaplan_meier(MERCAPTOPURINE_TIME, MERCAPTOPURINE_EVENT, level=0.99)
    assert wide.at(13)[1] < narrow.at(13)[1] < narrow.at(13)[2] < wide.at(13)[2]
    assert wide.level == 0.99


def test_follow_up_turns_events_and_censorings_around() -> None:
    time, event = [3, 12, 13, 15, 20], [1, 0, 0, 0, 0]
    turned = kaplan_meier(time, [not each for each in event])
    np.testing.assert_array_equal(follow_up(time, event).survival, turned.survival)


def test_curves_of_one_distribution_cover_it() -> None:
    """Of 400 cohorts the 95% limits at one time must hold the true survival in about 95%."""
    rng = np.random.default_rng(12)
    covered = 0
    for _ in range(400):
        event, censoring = rng.exponential(10.0, 100), rng.uniform(0.0, 30.0, 100)
        curve = kaplan_meier(np.minimum(event, censoring), event <= censoring)
        _, low, high = curve.at(8.0)
        covered += low <= math.exp(-0.8) <= high
    # Four standard errors of 400 trials are 4.4%.
    assert covered / 400 == pytest.approx(0.95, abs=0.044)


def test_numpy_warnings_stay_as_they_were() -> None:
    before = np.geterr()
    kaplan_meier([1, 2], [1, 1])
    assert np.geterr() == before


@pytest.mark.parametrize(
    ("time", "event", "words"),
    [
        ([], [], "at least one subject"),
        ([1, 2], [1], "do not fit together"),
        ([1, -2], [1, 1], "negative, infinite or missing"),
        ([1, math.inf], [1, 0], "negative, infinite or missing"),
        ([1, math.nan], [1, 0], "negative, infinite or missing"),
        ([1, 2], [1, 2], "true or false"),
    ],
)
def test_broken_observations_are_refused(time: list, event: list, words: str) -> None:
    with pytest.raises(InputError, match=words):
        kaplan_meier(time, event)


def test_a_time_before_the_start_is_refused() -> None:
    with pytest.raises(InputError, match="before the start"):
        kaplan_meier([1], [1]).at(-1.0)
