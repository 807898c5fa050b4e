"""Distributions in files: every form is read, every fault is named with its place."""

from __future__ import annotations

import math
from typing import Any

import pytest

from leucel.core import InputError, Place
from leucel.stats import (
    Categorical,
    LogNormal,
    ShiftedGeometric,
    distribution_from_dict,
    distribution_kinds,
    lognormal_from_mean_sd,
    truncated_normal_from_median_range,
)

EXAMPLES: list[dict[str, Any]] = [
    {"distribution": "constant", "value": 1},
    {"distribution": "uniform", "low": 0, "high": 2.5},
    {"distribution": "normal", "mean": 58, "sd": 6.0},
    {"distribution": "truncated_normal", "center": 58, "sd": 6, "low": 39, "high": 70},
    {"distribution": "truncated_normal", "median": 58, "low": 39, "high": 70, "n": 103},
    {"distribution": "lognormal", "median": 300, "sigma": 0.8},
    {"distribution": "lognormal", "mean": 48_692, "sd": 27_174},
    {"distribution": "lognormal", "median": 300, "cv": 0.5},
    {"distribution": "lognormal", "median": 7, "lower": 5, "upper": 8},
    {"distribution": "lognormal", "median": 100, "low": 27.9, "high": 938.9, "n": 65},
    {"distribution": "bernoulli", "probability": 0.534},
    {"distribution": "categorical", "probabilities": {"I": 0.25, "II": 0.75}},
    {"distribution": "shifted_geometric", "minimum": 3, "probability": 0.4},
    {"distribution": "shifted_geometric", "minimum": 3, "probability": 0.4, "maximum": 23},
    {"distribution": "shifted_geometric", "minimum": 3, "median": 4, "maximum": 23},
]


@pytest.mark.parametrize("data", EXAMPLES, ids=lambda d: "-".join(map(str, d)))
def test_what_is_read_can_be_written_and_read_again(data: dict[str, Any]) -> None:
    first = distribution_from_dict(data)
    again = distribution_from_dict(first.to_dict())
    assert again == first
    assert first.to_dict()["distribution"] == data["distribution"]


def test_the_examples_cover_every_form() -> None:
    seen = {(d["distribution"], frozenset(d) - {"distribution", "maximum"}) for d in EXAMPLES}
    offered = {(kind, frozenset(f)) for kind, forms in distribution_kinds().items() for f in forms}
    assert seen == offered


def test_summaries_in_files_are_those_of_the_functions() -> None:
    assert distribution_from_dict(EXAMPLES[6]) == lognormal_from_mean_sd(48_692, 27_174)
    assert distribution_from_dict(EXAMPLES[4]) == truncated_normal_from_median_range(
        58, 39, 70, 103
    )
    assert distribution_from_dict(EXAMPLES[5]) == LogNormal(median=300.0, sigma=0.8)
    assert isinstance(distribution_from_dict(EXAMPLES[-1]), ShiftedGeometric)
    assert distribution_from_dict(EXAMPLES[11]) == Categorical(
        probabilities=(("I", 0.25), ("II", 0.75))
    )


def problems_of(data: dict[str, Any], where: Place | None = None) -> list[str]:
    with pytest.raises(InputError) as caught:
        distribution_from_dict(data, where=where)
    return [str(problem) for problem in caught.value.problems]


def test_an_unknown_kind_gets_its_near_miss() -> None:
    (told,) = problems_of({"distribution": "log_normal", "median": 1, "sigma": 1})
    assert "unknown distribution 'log_normal'" in told
    assert "did you mean 'lognormal'" in told
    (told,) = problems_of({"median": 1})
    assert "kind of distribution is not given" in told


def test_all_faults_of_the_keys_come_at_once_with_their_place() -> None:
    where = Place(file="p.toml", line=12, key="patients.age")
    told = problems_of({"distribution": "lognormal", "medain": 5, "sigma": "wide"}, where)
    assert len(told) == 3
    assert any("'medain'" in each and "did you mean 'median'" in each for each in told)
    assert any("'median' is missing" in each and "mean, sd" in each for each in told)
    assert any("patients.age.sigma" in each and "'wide'" in each for each in told)
    assert all(each.startswith("p.toml:12") for each in told)


def test_keys_of_two_forms_do_not_mix() -> None:
    told = problems_of({"distribution": "lognormal", "median": 5, "sigma": 1, "sd": 2})
    assert told == [
        "sd: 'sd' does not go with the other keys of this lognormal distribution; "
        "allowed: median, sigma | mean, sd | median, cv | median, low, high, n | "
        "median, lower, upper"
    ]


def test_a_value_out_of_range_keeps_its_place() -> None:
    where = Place(file="p.toml", line=3, key="trial.tumor")
    (told,) = problems_of({"distribution": "lognormal", "median": -5, "sigma": 1}, where)
    assert told.startswith("p.toml:3 (trial.tumor.median)")
    assert "-5" in told


@pytest.mark.parametrize(
    "bad",
    [
        {"distribution": "shifted_geometric", "minimum": 3.5, "probability": 0.4},
        {"distribution": "bernoulli", "probability": True},
        {"distribution": "bernoulli", "probability": math.nan},
        {"distribution": "categorical", "probabilities": [0.5, 0.5]},
        {"distribution": "categorical", "probabilities": {"a": "half", "b": 0.5}},
        {"distribution": "truncated_normal", "median": 58, "low": 39, "high": 70, "n": 10.5},
    ],
)
def test_values_of_the_wrong_kind_are_refused(bad: dict[str, Any]) -> None:
    assert problems_of(bad)
