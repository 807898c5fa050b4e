"""Delays against closed forms, against the reference, and against each other."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from leucel.compile import Method, compile_model
from leucel.core import InputError, ModelError, Status
from leucel.model import (
    Event,
    ModelSpec,
    Output,
    Parameter,
    State,
    check_units,
    read_model,
    symbolic_system,
    to_latex,
    to_text,
)
from leucel.solve import Doses, SolveOptions, simulate

TIMES = np.linspace(0.0, 6.0, 121)
# Errors of some ten steps of a tolerance that is relative to values around one.
STEPS_AT_TOLERANCE = 30.0


def fall(tau: str = "tau") -> ModelSpec:
    """y' = -y(t - tau), y = 1 before the start."""
    return ModelSpec(
        name="fall",
        parameters=(
            Parameter(name="tau", value=1.0, unit="day"),
            Parameter(name="k", value=1.0, unit="1/day"),
        ),
        states=(State(name="y", initial="1"),),
        odes={"y": f"-k*delay(y, {tau})"},
        outputs=(Output(name="value", text="y"),),
        dose_state="y",
    )


def fallen(t: float) -> float:
    """Sum of (-1)^n (t - (n - 1))^n / n! while t is beyond n - 1 (Bellman and Cooke 1963)."""
    last = math.floor(t) + 1
    return sum((-1) ** n * (t - (n - 1)) ** n / math.factorial(n) for n in range(last + 1))


@pytest.mark.parametrize("backend", ["cpu", "reference"])
@pytest.mark.parametrize("rtol", [1e-5, 1e-8])
def test_the_pieces_of_the_linear_equation_are_polynomials(backend: str, rtol: float) -> None:
    model = compile_model(fall(), backend=backend)  # type: ignore[arg-type]
    result = simulate(model, times=TIMES, options=SolveOptions(rtol=rtol, atol=rtol))
    expected = [fallen(t) for t in TIMES]
    found = result.require_ok().output("value")[0]
    np.testing.assert_allclose(found, expected, atol=STEPS_AT_TOLERANCE * rtol)


def test_steps_end_where_derivatives_jump() -> None:
    """Within four delays the solution is of degree five at most, so that few steps do."""
    model = compile_model(fall())
    result = simulate(model, times=[4.0], options=SolveOptions(rtol=1e-9, atol=1e-9))
    assert result.steps[0] < 30
    assert result.output("value")[0, 0] == pytest.approx(fallen(4.0), abs=1e-11)


@pytest.mark.parametrize("inside", [False, True])
def test_delays_keep_the_order_of_the_method(inside: bool) -> None:
    """Fixed steps of half the length divide the error of order 5 (4 inside) by 32 (16)."""
    model = compile_model(fall())
    at = 8.37 if inside else 9.0
    errors: list[float] = []
    for length in (0.25, 0.125):
        options = SolveOptions(rtol=0.1, atol=10.0, max_step=length)
        value = simulate(model, times=[at, 12.0], options=options).output("value")[0, 0]
        errors.append(abs(value - fallen(at)))
    assert math.log2(errors[0] / errors[1]) > 3.5


def test_each_subject_has_its_own_delay() -> None:
    taus = np.array([0.5, 1.0, 2.0, 1.0] * 5)
    model = compile_model(fall())
    options = SolveOptions(rtol=1e-9, atol=1e-9)
    result = simulate(model, parameters={"tau": taus}, times=TIMES, options=options).require_ok()
    for row, tau in enumerate(taus):
        # Time in units of tau turns the rate k into k tau.
        scaled = simulate(
            model, parameters={"k": tau}, times=TIMES[6.0 / tau >= TIMES], options=options
        ).output("value")[0]
        at = TIMES[6.0 / tau >= TIMES] * tau
        inside = at <= 6.0
        np.testing.assert_allclose(
            np.interp(at[inside], TIMES, result.output("value")[row]), scaled[inside], atol=2e-3
        )
    np.testing.assert_array_equal(result.values[1], result.values[3])


def hutchinson(*, logged: bool = False) -> ModelSpec:
    """Hutchinson's equation with two delays beside it, an event and doses."""
    return ModelSpec(
        name="hutchinson",
        parameters=(
            Parameter(name="r", value=1.8, unit="1/day"),
            Parameter(name="tau", value=1.0, unit="day"),
            Parameter(name="lag", value=0.37, unit="day"),
        ),
        states=(
            State(name="n", initial="0.1", logged=logged),
            State(name="z", initial="2", logged=logged),
        ),
        odes={
            "n": "r*n*(1 - delay(n, tau))",
            "z": "r*(delay(n, tau + lag) - 0.3*delay(z, lag)*z)",
        },
        events=(Event(name="low", when="n - 0.3", set={"z": "z + 1"}),),
        outputs=(Output(name="cells", text="n"), Output(name="follower", text="z")),
        dose_state="n",
    )


@pytest.mark.parametrize("logged", [False, True])
def test_doses_events_and_several_delays_agree_with_the_reference(logged: bool) -> None:
    times = np.linspace(0.0, 15.0, 151)
    doses = Doses.bolus(0.5, time=7.3)
    found, oracle = (
        simulate(
            compile_model(hutchinson(logged=logged), backend=backend),  # type: ignore[arg-type]
            times=times,
            doses=doses,
            options=SolveOptions(rtol=rtol),
        ).require_ok()
        for backend, rtol in (("cpu", 1e-8), ("reference", 1e-10))
    )
    np.testing.assert_allclose(found.values, oracle.values, rtol=2e-5)
    assert found.count_by_method() == {Method.EXPLICIT: 1}


def test_hutchinson_turns_into_its_limit_cycle() -> None:
    """For r tau below 1/e the rest is reached without overshoot, beyond pi/2 it is left."""
    model = compile_model(hutchinson())
    result = simulate(
        model,
        parameters={"r": np.array([0.3, 1.7])},
        times=np.linspace(0.0, 200.0, 2001),
        outputs=["n"],
    ).require_ok()
    calm, swinging = result.output("n")
    assert np.all(np.diff(calm) > -1e-6)
    assert calm[-1] == pytest.approx(1.0, abs=1e-5)
    assert np.ptp(swinging[-200:]) > 1.0


def test_the_same_bits_for_any_threads_and_neighbors() -> None:
    model = compile_model(hutchinson())
    rates = np.linspace(0.2, 2.5, 37)
    times = np.linspace(0.0, 20.0, 101)

    def run(values: np.ndarray, threads: int) -> np.ndarray:
        return simulate(
            model, parameters={"r": values}, times=times, options=SolveOptions(threads=threads)
        ).values

    together = run(rates, 1)
    np.testing.assert_array_equal(run(rates[::-1], 3)[::-1], together)
    np.testing.assert_array_equal(run(rates[17:18], 1)[0], together[17])


def test_infusions_reach_the_delayed_state() -> None:
    spec = fall()
    doses = Doses.infusion(2.0, time=0.5, duration=1.5)
    found, oracle = (
        simulate(
            compile_model(spec, backend=backend),  # type: ignore[arg-type]
            times=TIMES,
            doses=doses,
            options=SolveOptions(rtol=1e-9, atol=1e-9),
        ).require_ok()
        for backend in ("cpu", "reference")
    )
    np.testing.assert_allclose(found.values, oracle.values, atol=1e-6)


def test_a_history_that_does_not_fit_ends_the_subject() -> None:
    model = compile_model(fall())
    result = simulate(
        model,
        parameters={"tau": 50.0},
        times=[0.0, 200.0],
        options=SolveOptions(max_step=0.01, max_steps=10**6),
    )
    assert result.status[0] == int(Status.MAX_STEPS)


def test_text_latex_units_and_symbols_know_delays() -> None:
    spec = fall()
    assert read_model(to_text(spec)) == spec
    assert r"y\left(t - \tau\right)" in to_latex(spec)
    assert check_units(spec) == ()
    (delay,) = symbolic_system(spec).delays
    assert (delay.state, str(delay.lag)) == (0, "tau")
    (problem,) = check_units(fall("k"))
    assert "unit of time" in problem.what


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"odes": {"y": "-k*delay(k, tau)"}}, "only a state can be delayed"),
        ({"odes": {"y": "-k*delay(y, tau*y)"}}, "a delay is not fixed"),
        ({"odes": {"y": "-k*delay(y, t)"}}, "a delay is not fixed"),
        ({"outputs": (Output(name="o", text="delay(y, tau)"),)}, "kind output"),
        ({"odes": {"y": "-k*delay(y)"}}, "delay got 1 arguments"),
    ],
)
def test_what_a_delay_cannot_be_is_said(change: dict[str, object], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        replace(fall(), **change)  # type: ignore[arg-type]


def test_what_is_not_there_is_refused() -> None:
    model = compile_model(fall())
    with pytest.raises(InputError, match="not above zero"):
        simulate(model, parameters={"tau": [1.0, 0.0]}, times=TIMES)
    with pytest.raises(InputError, match="knows no delays"):
        simulate(model, times=TIMES, options=SolveOptions(method="rosenbrock"))
    with pytest.raises(InputError, match="sensitivities"):
        model.with_sensitivities(["k"])
