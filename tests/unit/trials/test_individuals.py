"""Parameters of patients: medians, shared effects, no variation, limits of the model."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.core import Evidence, InputError, Mark, RandomStream
from leucel.model import ModelSpec, Output, Parameter
from leucel.trials import DesignParameter
from leucel.trials.individuals import individual_parameters, typical_values

SPEC = ModelSpec(
    name="line",
    parameters=(
        Parameter(name="slope", value=2.0, unit="1/day", omega=0.5),
        Parameter(name="share", value=0.1, omega=0.2, low=0.0, high=1.0),
        Parameter(name="fixed", value=3.0),
    ),
    outputs=(Output(name="y", text="slope*t*share*fixed/1 [day]*1 [day]"),),
)
INDEX = np.arange(400)
RNG = RandomStream(5)


def given(name: str, value: float, omega: float | None = None, effect: str = "") -> DesignParameter:
    evidence = Evidence(value=value, source="x", mark=Mark.SEEN)
    return DesignParameter(name=name, evidence=evidence, omega=omega, effect=effect)


def test_the_model_stands_where_the_design_says_nothing() -> None:
    found = individual_parameters(SPEC, (), RNG, INDEX)
    assert set(found) == {"slope", "share"}
    # The median of 400 log-normal draws has an SD of 1.25*0.5/20 = 3% on the log scale.
    assert abs(np.log(np.median(found["slope"]) / 2.0)) < 4 * 0.031


def test_the_design_changes_median_and_spread_alone() -> None:
    base = individual_parameters(SPEC, (), RNG, INDEX)["slope"]
    doubled = individual_parameters(SPEC, (given("slope", 4.0),), RNG, INDEX)["slope"]
    assert np.allclose(doubled, 2.0 * base, rtol=1e-14)
    wider = individual_parameters(SPEC, (given("slope", 2.0, 1.0),), RNG, INDEX)["slope"]
    assert np.allclose(np.log(wider / 2.0), 2.0 * np.log(base / 2.0), rtol=1e-12, atol=1e-12)
    constant = individual_parameters(SPEC, (given("slope", 2.0, 0.0),), RNG, INDEX)["slope"]
    assert (constant == 2.0).all()


def test_parameters_with_one_effect_share_the_draw() -> None:
    design = (given("slope", 2.0, 0.5, "growth"), given("fixed", 3.0, 0.5, "growth"))
    found = individual_parameters(SPEC, design, RNG, INDEX)
    assert np.allclose(found["slope"] / 2.0, found["fixed"] / 3.0, rtol=1e-14)


def test_a_draw_beyond_the_range_of_the_model_ends_at_it() -> None:
    found = individual_parameters(SPEC, (given("share", 0.5, 3.0),), RNG, INDEX)["share"]
    assert found.max() == 1.0
    assert (found > 0.0).all()


def test_an_unknown_parameter_is_named() -> None:
    with pytest.raises(InputError, match="did you mean 'slope'"):
        individual_parameters(SPEC, (given("slop", 1.0),), RNG, INDEX)


def test_typical_values() -> None:
    assert typical_values(SPEC, (given("slope", 9.0),)) == {
        "slope": 9.0,
        "share": 0.1,
        "fixed": 3.0,
    }
