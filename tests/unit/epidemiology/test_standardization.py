"""Direct and indirect standardization."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.core import InputError
from leucel.epidemiology import (
    AGE_GROUPS,
    AgeStandardized,
    Crude,
    age_counts,
    get_population,
    seer_rates,
    standard_names,
    standard_weights,
    standardize_crude,
    standardize_directly,
    standardize_indirectly,
)


@pytest.mark.parametrize("name", standard_names())
def test_weights_sum_to_one(name: str) -> None:
    weights = standard_weights(name)
    assert weights.shape == (len(AGE_GROUPS),)
    assert weights.sum() == pytest.approx(1.0, abs=1e-15)
    with pytest.raises(ValueError, match="read-only"):
        weights[0] = 1.0


def test_the_rounded_who_weights_are_renormalized() -> None:
    # Published weights sum to 100,035.
    assert standard_weights("who_2000_2025")[0] == pytest.approx(8860 / 100_035)


def test_an_unknown_standard_names_its_neighbors() -> None:
    with pytest.raises(InputError, match="segi_doll_world"):
        standard_weights("segi_doll_word")


def test_equal_rates_at_all_ages_stay_the_same_under_every_standard() -> None:
    people = get_population("SA").persons
    counts = age_counts(people * 2e-5, people)
    for name in standard_names():
        rate = standardize_directly(counts, name)
        assert rate.value == pytest.approx(2.0)
        assert rate.scale == AgeStandardized(name)
    assert standardize_crude(counts).value == pytest.approx(2.0)
    assert standardize_crude(counts).scale == Crude()


def test_the_population_itself_as_standard_gives_the_crude_rate() -> None:
    people = get_population("JP").persons
    counts = age_counts(people * seer_rates(), people)
    own = standardize_directly(counts, people, standard_name="own ages")
    assert own.value == pytest.approx(standardize_crude(counts).value)


def test_finer_groups_are_collapsed_to_the_standard() -> None:
    fine_groups = [*AGE_GROUPS[:-1], "85-89", "90+"]
    cases = np.arange(19, dtype=float)
    time = np.full(19, 1e6)
    coarse = standardize_directly(age_counts(cases, time, groups=fine_groups), "european_2013")
    by_hand = age_counts([*cases[:17], 17 + 18], [*time[:17], 2e6])
    assert coarse == standardize_directly(by_hand, "european_2013")


def test_groups_across_a_border_of_the_standard_are_refused() -> None:
    counts = age_counts([1, 2], [1e5, 1e5], groups=["0-7", "8+"])
    with pytest.raises(InputError, match="does not fit"):
        standardize_directly(counts, "segi_doll_world")


def test_bad_counts_are_refused_at_once() -> None:
    with pytest.raises(InputError) as caught:
        age_counts([1, -2], [1e5, -1e5, 1e5], groups=["0-4", "5-9"])
    text = str(caught.value)
    assert "do not match" in text
    assert "cases out of range" in text
    assert "person-years out of range" in text


def test_own_weights_need_a_name() -> None:
    with pytest.raises(InputError, match="name"):
        standardize_directly(age_counts([1, 2], [10, 10], groups=["a", "b"]), [1, 1])


def test_the_kinds_of_limits_differ_and_hold_the_value() -> None:
    counts = age_counts([1, 4, 6], [1000, 2000, 500], groups=["a", "b", "c"])
    rates = [
        standardize_directly(counts, [5, 4, 1], standard_name="own", limits=limits)
        for limits in ("fay_feuer", "tiwari", "dobson_byar")
    ]
    assert len({rate.high for rate in rates}) == 3
    assert all(rate.low is not None and rate.low < rate.value for rate in rates)
    # Tiwari's upper limit lies below that of Fay and Feuer when one weight dominates.
    assert (rates[1].high or 0) < (rates[0].high or 0)


def test_the_standardized_ratio_of_expected_cases_is_one() -> None:
    people = get_population("SA").persons
    expected = float(people @ seer_rates())
    result = standardize_indirectly(expected, people, seer_rates())
    assert result.ratio == pytest.approx(1.0)
    assert result.low < 1.0 < result.high


def test_nothing_expected_is_refused() -> None:
    with pytest.raises(InputError, match="expect no case"):
        standardize_indirectly(3, [10, 10], [0, 0])


def test_overlapping_and_missing_ages_are_refused() -> None:
    with pytest.raises(InputError, match="0-49 and 40-64"):
        age_counts([1, 2, 3], [100, 100, 100], groups=["0-49", "40-64", "65+"])
    rest = AGE_GROUPS[:-1]
    counts = age_counts([1] * 17, [100] * 17, groups=rest)
    with pytest.raises(InputError, match=r"nobody in 85\+"):
        standardize_directly(counts, "segi_doll_world")


def test_sex_and_ages_travel_with_the_rate() -> None:
    counts = age_counts([1] * 18, [1000] * 18)
    direct = standardize_directly(counts, "segi_doll_world", sex="men", ages="15+")
    crude = standardize_crude(counts, sex="men", ages="15+")
    assert (direct.sex, direct.ages) == (crude.sex, crude.ages) == ("men", "15+")
