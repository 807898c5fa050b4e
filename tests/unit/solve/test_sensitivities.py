"""Sensitivities against closed forms and differences, through doses, events, chains and kinks."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.compile import CompiledModel, compile_model, sensitivity_name
from leucel.core import InputError
from leucel.model import Event, ModelSpec, Output, Parameter, State
from leucel.solve import Dose, Doses, SolveOptions, simulate

TIMES = np.linspace(0.3, 20.0, 37)
OPTIONS = SolveOptions(rtol=1e-12)
# What is asked for, in units of the largest value over time.
CLOSE = 1e-6
# Steps of the differences, relative; their own error is below 1e-7.
WIDTH = 1e-3


def busy_spec() -> ModelSpec:
    """A kink in time, an event of a state that a chain follows, nonlinear equations."""
    values = {"k": 0.3, "low": 20.0, "x_0": 100.0, "t_max": 7.3}
    return ModelSpec(
        name="busy",
        parameters=tuple(Parameter(name=n, value=v) for n, v in values.items()),
        states=(State(name="x", initial="x_0"), State(name="y"), State(name="z", initial="1")),
        odes={
            "x": "if(t < t_max, -k, 0.5*k)*x/(1 + 0.001*x)",
            "y": "k*x - 0.1*y^2/(5 + y)",
            "z": "0",
        },
        events=(
            Event(name="low", when="x - low", set={"x": "x + 3*low", "y": "y + x*k", "z": "0"}),
            Event(name="peak", when="t_max - t", set={}),
            Event(name="chain", when="z - 0.5", set={"y": "0.5*y*k", "z": "1"}),
        ),
        outputs=(Output(name="out", text="log(1 + x) + y"),),
        dose_state="x",
    )


def largest_error(
    model: CompiledModel, parameters: list[str], doses: Doses | None, outputs: list[str]
) -> float:
    """Largest difference between sensitivities and differences of the fourth order."""
    augmented = model.with_sensitivities(parameters)
    names = [sensitivity_name(o, p) for o in outputs for p in parameters]
    found = simulate(augmented, times=TIMES, doses=doses, outputs=names, options=OPTIONS)
    found.require_ok()
    worst = 0.0
    for parameter in parameters:
        value = model.spec.parameter(parameter).value
        step = WIDTH * value
        moved = simulate(
            model,
            parameters={parameter: value + step * np.array([-2.0, -1.0, 1.0, 2.0])},
            times=TIMES,
            doses=doses,
            outputs=outputs,
            options=OPTIONS,
        )
        for output in outputs:
            a, b, c, d = moved.output(output)
            expected = (a - 8.0 * b + 8.0 * c - d) / (12.0 * step)
            error = np.abs(found.output(sensitivity_name(output, parameter))[0] - expected)
            scale = max(np.abs(expected).max(), np.abs(moved.output(output)).max() / value)
            worst = max(worst, float(error.max() / scale))
    return worst


@pytest.mark.parametrize("backend", ["cpu", "reference"])
def test_sensitivities_pass_events_chains_kinks_and_doses(backend: str) -> None:
    model = compile_model(busy_spec(), backend=backend)
    times = simulate(model, times=TIMES, doses=Doses.bolus(30.0, time=2.2)).event_times
    assert all(np.isfinite(time).all() for time in times.values())
    doses = Doses.bolus(30.0, time=2.2) + Doses.reset(15.0)
    error = largest_error(model, ["k", "low", "x_0", "t_max"], doses, ["out", "x", "y"])
    assert error < CLOSE


@pytest.mark.parametrize("backend", ["cpu", "reference"])
def test_a_lag_moves_the_dose(backend: str) -> None:
    spec = ModelSpec(
        name="lagged",
        parameters=(
            Parameter(name="k", value=0.2),
            Parameter(name="lag", value=2.5),
            Parameter(name="share", value=0.7),
        ),
        states=(State(name="x"),),
        odes={"x": "-k*x"},
        events=(Event(name="dose", when="lag - t", set={"x": "x + 100*share"}),),
        outputs=(Output(name="out", text="x"),),
    )
    model = compile_model(spec, backend=backend).with_sensitivities(["k", "lag", "share"])
    names = [sensitivity_name("x", p) for p in ("k", "lag", "share")]
    result = simulate(model, times=TIMES, outputs=names, options=OPTIONS).require_ok()
    after = TIMES - 2.5
    x = np.where(after >= 0.0, 70.0 * np.exp(-0.2 * np.maximum(after, 0.0)), 0.0)
    for name, expected in zip(names, (-after * x, 0.2 * x, x / 0.7), strict=True):
        np.testing.assert_allclose(result.output(name)[0], expected, rtol=CLOSE, atol=1e-6)
    assert result.unit(names[0]) == "(1)/(1)"


def test_sensitivities_pass_infusions_and_steady_states() -> None:
    spec = ModelSpec(
        name="center",
        parameters=(Parameter(name="k", value=0.3), Parameter(name="ka", value=1.2)),
        states=(State(name="depot"), State(name="x")),
        odes={"depot": "-ka*depot", "x": "ka*depot - k*x/(1 + 0.01*x)"},
        outputs=(Output(name="out", text="x"),),
        dose_state="depot",
    )
    steady = Dose(amount=20.0, interval=6.0, additional=2, steady_state="replace")
    for doses in (
        Doses.infusion(30.0, rate=10.0, time=1.0, state="x"),
        Doses(records=(steady,)),
    ):
        assert largest_error(compile_model(spec), ["k", "ka"], doses, ["out"]) < CLOSE


def test_closed_forms_have_sensitivities(closed_form: CompiledModel) -> None:
    model = closed_form.with_sensitivities(["c_max", "alpha"])
    name = sensitivity_name("level", "alpha")
    result = simulate(model, times=TIMES, outputs=[name, sensitivity_name("level", "c_max")])
    after = TIMES - 10.0
    level = np.exp(np.where(after <= 0.0, after, -0.1 * after))
    expected = np.where(after <= 0.0, 0.0, -after * 1000.0 * level)
    np.testing.assert_allclose(result.output(name)[0], expected, rtol=1e-12)
    np.testing.assert_allclose(
        result.output(sensitivity_name("level", "c_max"))[0], level, rtol=1e-12
    )


def test_the_states_take_the_same_course_with_sensitivities(decay: CompiledModel) -> None:
    model = decay.with_sensitivities(["k", "x_0"])
    options = SolveOptions(method="rosenbrock")
    plain, more = (
        simulate(m, times=TIMES, outputs=["cells"], options=options) for m in (decay, model)
    )
    assert plain.steps.tolist() == more.steps.tolist()
    np.testing.assert_allclose(more.values, plain.values, rtol=1e-12)


def test_names_of_sensitivities_are_checked(decay: CompiledModel) -> None:
    model = decay.with_sensitivities(["k"])
    for names, said in ((["kk"], "unknown parameter"), (["k", "k"], "more than once")):
        with pytest.raises(InputError, match=said):
            decay.with_sensitivities(names)
    with pytest.raises(InputError, match="more than once"):
        model.with_sensitivities(["k"])
