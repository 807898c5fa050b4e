"""Parameters that switch in time: comedication, arms, covariates; and switches in equations."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.compile import compile_model, sensitivity_name
from leucel.core import InputError
from leucel.model import Event, ModelSpec, Output, Parameter, State
from leucel.solve import Doses, SolveOptions, Switch, simulate

TIMES = np.linspace(0.0, 20.0, 41)
OPTIONS = SolveOptions(rtol=1e-10)
# Integration at 1e-10.
CLOSE = 1e-8
TOCILIZUMAB = np.array([np.inf, 3.0, 7.25])
STEROID = np.array([5.0, np.inf, 9.5])


def growth_spec(text: str = "k_growth*effect*x", **more: float) -> ModelSpec:
    values = {"k_growth": 0.4, "effect": 1.0, **more}
    return ModelSpec(
        name="growth",
        parameters=tuple(Parameter(name=n, value=v) for n, v in values.items()),
        states=(State(name="x", initial="10"),),
        odes={"x": text},
        outputs=(Output(name="x", text="x"), Output(name="rate", text="k_growth*effect")),
    )


def grown(factors: np.ndarray) -> np.ndarray:
    """The integral of the growth for factors from given times on, (N, T)."""
    exponent = np.zeros((3, len(TIMES)))
    for time in TIMES[None, :]:
        both = np.minimum(TOCILIZUMAB, STEROID)
        later = np.maximum(TOCILIZUMAB, STEROID)
        toci_first = TOCILIZUMAB <= STEROID
        middle = np.where(toci_first, factors[0], factors[1])[:, None]
        a = np.minimum(time, both[:, None])
        b = np.clip(time, both[:, None], later[:, None]) - both[:, None]
        c = np.where(time > later[:, None], time - later[:, None], 0.0)
        last = np.where(toci_first, factors[1], factors[0])[:, None]
        exponent = 0.4 * (a + middle * np.where(np.isfinite(b), b, 0.0) + last * c)
    return 10.0 * np.exp(exponent)


@pytest.mark.parametrize("backend", ["cpu", "reference"])
def test_comedication_at_times_of_each_patient(backend: str) -> None:
    model = compile_model(growth_spec(), backend=backend)
    doses = Doses.switch("effect", 0.3, time=TOCILIZUMAB) + Doses.switch(
        "effect", -0.5, time=STEROID
    )
    result = simulate(model, times=TIMES, doses=doses, options=OPTIONS)
    expected = grown(np.array([0.3, -0.5]))
    np.testing.assert_allclose(result.output("x"), expected, rtol=CLOSE)
    # Outputs see the new value at the moment of the switch.
    assert result.output("rate")[1, np.searchsorted(TIMES, 3.0)] == pytest.approx(0.12)
    assert result.output("rate")[0, 0] == 0.4


def test_switches_in_equations_say_the_same() -> None:
    text = "k_growth*effect*if(t >= t_toci, 0.3, 1)*x"
    spec = growth_spec(text, t_toci=1e9)
    model = compile_model(spec)
    times = np.where(np.isfinite(TOCILIZUMAB), TOCILIZUMAB, 1e9)
    got = simulate(model, parameters={"t_toci": times}, times=TIMES, options=OPTIONS)
    record = simulate(
        compile_model(growth_spec()),
        times=TIMES,
        doses=Doses.switch("effect", 0.3, time=TOCILIZUMAB),
        options=OPTIONS,
    )
    np.testing.assert_allclose(got.output("x"), record.output("x"), rtol=CLOSE)


def test_a_switch_may_wait_for_the_peak() -> None:
    """An event at the maximum, found by the slope, switches from expansion to decline."""
    spec = ModelSpec(
        name="peak",
        parameters=(Parameter(name="k", value=0.5), Parameter(name="t_max", value=8.0)),
        states=(State(name="x", initial="1"), State(name="phase", initial="1")),
        odes={"x": "k*phase*x", "phase": "0"},
        events=(Event(name="t_max", when="t_max - t", set={"phase": "-0.2"}),),
        outputs=(Output(name="x", text="x"),),
    )
    t_max = np.array([4.0, 8.0, 12.5])
    result = simulate(
        compile_model(spec), parameters={"t_max": t_max}, times=TIMES, options=OPTIONS
    )
    late = np.maximum(TIMES - t_max[:, None], 0.0)
    expected = np.exp(0.5 * (np.minimum(TIMES, t_max[:, None]) - 0.2 * late))
    np.testing.assert_allclose(result.output("x"), expected, rtol=CLOSE)
    np.testing.assert_allclose(result.event_times["t_max"], t_max, rtol=1e-12)


@pytest.mark.parametrize("backend", ["cpu", "reference"])
def test_closed_forms_switch_too(backend: str) -> None:
    spec = ModelSpec(
        name="closed",
        parameters=(Parameter(name="a", value=2.0), Parameter(name="b", value=1.0)),
        outputs=(Output(name="y", text="a*t + b"), Output(name="z", text="b")),
    )
    model = compile_model(spec, backend=backend)
    doses = (
        Doses.switch("b", 5.0, time=TOCILIZUMAB)
        + Doses.switch("a", "b", time=STEROID)
        + Doses.switch("b", 7.0, time=STEROID)
    )
    result = simulate(model, times=TIMES, doses=doses)
    for n in range(3):
        a = np.where(STEROID[n] <= TIMES, 1.0, 2.0)
        b = np.full(len(TIMES), 1.0)
        for time, value in sorted(((TOCILIZUMAB[n], 5.0), (STEROID[n], 7.0))):
            b = np.where(time <= TIMES, value, b)
        np.testing.assert_allclose(result.output("y")[n], a * TIMES + b, rtol=1e-15)
        np.testing.assert_allclose(result.output("z")[n], b, rtol=1e-15)
    assert not result.failed.any()


def test_a_closed_form_that_remembers_has_the_switch_in_its_formula() -> None:
    """Growth that a comedication changes: the formula, and the equation with a record."""
    formula = "10*exp(k_growth*(min(t, t_toci) + effect*max(t - t_toci, 0)))"
    closed = ModelSpec(
        name="closed",
        parameters=(
            Parameter(name="k_growth", value=0.4),
            Parameter(name="effect", value=1.2),
            Parameter(name="t_toci", value=3.0),
        ),
        outputs=(Output(name="x", text=formula),),
    )
    model = compile_model(closed).with_sensitivities(["t_toci", "effect"])
    slope = sensitivity_name("x", "t_toci")
    found = simulate(model, parameters={"t_toci": [3.0, 7.25]}, times=TIMES, outputs=["x", slope])
    doses = Doses.switch("effect", 1.2, time="t_toci")
    twin = compile_model(growth_spec(t_toci=3.0)).with_sensitivities(["t_toci"])
    same = simulate(
        twin,
        parameters={"t_toci": [3.0, 7.25]},
        times=TIMES,
        doses=doses,
        outputs=["x", slope],
        options=OPTIONS,
    )
    np.testing.assert_allclose(found.output("x"), same.output("x"), rtol=CLOSE)
    # At the moment itself a formula gives the slope from one side, the equation that after it.
    away = ~np.isin(TIMES, (3.0, 7.25))
    got, expected = found.output(slope)[:, away], same.output(slope)[:, away]
    np.testing.assert_allclose(got, expected, rtol=CLOSE, atol=1e-6)


def test_sensitivities_of_closed_forms_that_switch() -> None:
    spec = ModelSpec(
        name="closed",
        parameters=(Parameter(name="a", value=2.0), Parameter(name="b", value=1.0)),
        outputs=(Output(name="y", text="a^2*b"),),
    )
    name = sensitivity_name("y", "a")
    doses = Doses.switch("b", 3.0, time=5.0)
    model = compile_model(spec).with_sensitivities(["a"])
    found = simulate(model, times=[0.0, 5.0], outputs=[name], doses=doses)
    assert found.output(name).tolist() == [[4.0, 12.0]]
    with pytest.raises(InputError, match="with respect to what switches"):
        simulate(compile_model(spec).with_sensitivities(["b"]), times=[0.0], doses=doses)


def test_switches_that_make_no_sense_are_refused() -> None:
    model = compile_model(growth_spec())
    with pytest.raises(InputError, match="did you mean 'effect'"):
        simulate(model, times=TIMES, doses=Doses.switch("efect", 1.0, time=1.0))
    with pytest.raises(InputError, match="before the start"):
        simulate(model, times=TIMES, doses=Doses.switch("effect", 1.0, time=-1.0))
    with pytest.raises(InputError, match="unknown parameter 'nothing'"):
        simulate(model, times=TIMES, doses=Doses.switch("effect", "nothing", time=1.0))
    for wrong in ({"value": np.inf, "time": 1.0}, {"value": 1.0, "time": np.nan}):
        with pytest.raises(InputError, match="switch of 'effect' cannot be used"):
            Switch(parameter="effect", **wrong)
