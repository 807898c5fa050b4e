"""Edits return new models and leave the old one alone."""

from __future__ import annotations

import math

import pytest

from leucel.core import InputError, ModelError
from leucel.model import (
    Event,
    Expression,
    ModelSpec,
    Output,
    Parameter,
    State,
    check_units,
    symbolic_system,
    with_event,
    with_expression,
    with_initial,
    with_integral,
    with_name,
    with_ode,
    with_omegas,
    with_output,
    with_parameter,
    with_state,
    with_values,
    without_event,
)


def test_values_change_and_lose_their_evidence(predator: ModelSpec) -> None:
    edited = with_values(predator, {"k_kill": 0.05, "k_growth": 0.1})
    assert edited.parameter("k_kill").value == 0.05
    assert edited.parameter("k_kill").evidence is None
    assert edited.parameter("k_growth") is predator.parameter("k_growth")
    assert predator.parameter("k_kill").evidence is not None


def test_every_wrong_value_is_reported(predator: ModelSpec) -> None:
    with pytest.raises(InputError) as caught:
        with_values(predator, {"k_kil": 1.0, "nothing": 2.0})
    assert len(caught.value.problems) == 2
    with pytest.raises(InputError, match="no finite number"):
        with_values(predator, {"k_kill": math.nan})
    with pytest.raises(ModelError, match="outside its range"):
        with_values(predator, {"share": 1.5})


def test_parts_are_added_or_replaced(predator: ModelSpec) -> None:
    model = with_parameter(predator, Parameter(name="k_loss", value=0.2, unit="1/day"))
    model = with_state(
        model, State(name="debris", unit="cells", initial="1 [cell]"), ode="loss - k_loss*debris"
    )
    model = with_output(model, Output(name="debris", text="debris", unit="cells"))
    model = with_event(model, Event(name="extinct", when="tumor - 2 [cell]", set={"tumor": "0"}))
    model = with_expression(model, Expression(name="rate", text="k_kill*car", unit="1/day"))
    model = with_ode(model, {"car": "0"})
    model = with_initial(model, {"car": "7 [cell]"})
    model = with_omegas(model, {"k_kill": None, "k_loss": 0.2})
    model = with_name(model, "richer")
    assert check_units(model) == ()
    assert [s.name for s in model.states] == ["car", "tumor", "debris"]
    assert [e.name for e in model.events] == ["extinct", "turn"]
    assert model.parameter("k_kill").omega is None
    assert model.ode("car") == "0"
    assert model.description == predator.description
    assert without_event(model, "turn").events[0].when == "tumor - 2 [cell]"


def test_edits_that_break_a_model_are_refused(predator: ModelSpec) -> None:
    with pytest.raises(ModelError, match="unknown symbol"):
        with_ode(predator, {"car": "nothing*car"})
    with pytest.raises(InputError, match="unknown state"):
        with_ode(predator, {"cars": "0"})
    with pytest.raises(InputError, match="unknown event"):
        without_event(predator, "extinction")


def test_an_integral_becomes_a_state(predator: ModelSpec) -> None:
    model = with_integral(predator, "car")
    assert model.states[-1].unit == "cells*day"
    assert check_units(model) == ()
    system = symbolic_system(model)
    assert system.rhs[-1] == system.states[0]
    assert system.output_names[-1] == "auc_car"
    with pytest.raises(InputError, match="unknown output"):
        with_integral(predator, "cart")
