"""Definitions check themselves and know their content."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import replace

import pytest

from leucel.core import InputError, ModelError
from leucel.model import (
    Event,
    Expression,
    ModelSpec,
    Output,
    Parameter,
    Residual,
    State,
    with_name,
    with_values,
)

OUTPUT = (Output(name="y", text="1"),)


def faults(**parts: object) -> str:
    """Messages of a definition that must be refused."""
    with pytest.raises(ModelError) as caught:
        ModelSpec(**({"name": "m", "outputs": OUTPUT} | parts))  # type: ignore[arg-type]
    return str(caught.value)


def test_a_sound_model_is_frozen_and_hashable(predator: ModelSpec) -> None:
    assert not predator.closed_form
    assert len({predator, replace(predator)}) == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        predator.name = "other"  # type: ignore[misc]


def test_all_faults_come_at_once() -> None:
    message = faults(
        name="two words",
        parameters=(
            Parameter(name="k", value=math.nan),
            Parameter(name="k", value=2.0, low=3.0),
            Parameter(name="if", value=1.0, unit="furlong"),
            Parameter(name="lambda", value=1.0),
        ),
        states=(State(name="x", initial="x"), State(name="z")),
        odes={"x": "k*q", "w": "1"},
        outputs=(Output(name="y", text="1 +"), Output(name="y", text="x < 1")),
        events=(Event(name="e", when="x", set={"v": "0"}),),
        dose_state="u",
        residuals=(Residual(output="nothing", kind="additive", sigma=-1.0),),
    )
    for fragment in (
        "'two words' cannot be the name",
        "no finite number",
        "the symbol 'k' is defined twice",
        "outside its range",
        "'if' is a reserved word",
        "'lambda' is a reserved word",
        "unknown unit 'furlong'",
        "the state 'z' has no equation",
        "unknown state 'w'",
        "unknown state 'v'",
        "unknown state 'u'",
        "unknown symbol 'q'",
        "an initial value cannot depend on 'x'",
        "the output 'y' is defined twice",
        "missing at the end",
        "a condition stands where a number is needed",
        "unknown output 'nothing'",
        "sigma is no standard deviation",
    ):
        assert fragment in message, fragment


def test_circular_expressions_are_found() -> None:
    message = faults(
        expressions=(
            Expression(name="a", text="b + 1"),
            Expression(name="b", text="2*a"),
            Expression(name="c", text="3"),
        )
    )
    assert "need themselves: a, b" in message


def test_initial_values_may_use_expressions_of_parameters_only(predator: ModelSpec) -> None:
    assert predator.states[0].initial == "seed"
    message = faults(
        expressions=(Expression(name="late", text="2*t"),),
        states=(State(name="x", initial="late"),),
        odes={"x": "0"},
    )
    assert "cannot depend on 'late'" in message


@pytest.mark.parametrize(
    "parameter",
    [
        Parameter(name="k", value=1.0, omega=-0.1),
        Parameter(name="k", value=1.0, omega=math.inf),
        Parameter(name="k", value=0.0, omega=0.1),
        Parameter(name="k", value=0.5, omega=0.1, scale="logit"),
        Parameter(name="k", value=1.0, omega=0.1, scale="logit", low=0.0, high=1.0),
        Parameter(name="k", value=1.0, scale="normal"),  # type: ignore[arg-type]
        Parameter(name="k", value=1.0, low=math.nan),
    ],
)
def test_impossible_parameters_are_refused(parameter: Parameter) -> None:
    assert "parameter k" in faults(parameters=(parameter,))


def test_a_model_needs_an_output() -> None:
    assert "no output" in faults(outputs=())


def test_content_is_what_is_computed(predator: ModelSpec) -> None:
    content = predator.content_hash
    assert with_name(predator, "other", "said otherwise").content_hash == content
    bare = replace(
        predator,
        parameters=tuple(replace(p, evidence=None, meaning="") for p in predator.parameters),
        odes={**dict(predator.equations), "tumor": "(k_growth * tumor) - loss"},
    )
    assert bare.content_hash == content
    assert with_values(predator, {"k_kill": 0.03}).content_hash != content
    assert replace(predator, dose_state=None).content_hash != content
    assert replace(predator, events=()).content_hash != content
    changed = {**dict(predator.equations), "tumor": "k_growth*tumor"}
    assert replace(predator, odes=changed).content_hash != content


def test_unknown_names_come_with_near_misses(predator: ModelSpec) -> None:
    with pytest.raises(InputError, match="did you mean 'k_kill'"):
        predator.parameter("kkill")
    with pytest.raises(InputError, match="unknown state"):
        predator.ode("nothing")
