"""Sensitivities to what doses depend on: moments, amounts, rates, steady states, switches."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.compile import CompiledModel, compile_model, sensitivity_name
from leucel.core import InputError
from leucel.model import Event, ModelSpec, Output, Parameter, State
from leucel.solve import Dose, Doses, SolveOptions, simulate

TIMES = np.linspace(0.31, 30.0, 41)
OPTIONS = SolveOptions(rtol=1e-12)
# What is asked for, in units of the largest value over time: differences of the fourth order with
# a relative step of 1e-4 are good to 1e-8 here, rounding of the integration among it.
CLOSE = 1e-6
# A derivative of a closed form by a complex step has no error but rounding; what is left is the
# integration at 1e-12, added up over some hundred steps.
EXACT = 1e-9
WIDTH = 1e-4
DOSE_VALUES = {
    "lag": 0.7,
    "amount": 40.0,
    "share": 0.8,
    "rate": 11.0,
    "length": 3.3,
    "given": 4.1,
    "every": 6.23,
}


def oral_spec(*, events: bool = False) -> ModelSpec:
    """Absorption and saturable elimination; on demand an event that a dose sets off and one not."""
    values = {"ka": 0.9, "k": 0.4, "high": 20.0, **DOSE_VALUES}
    return ModelSpec(
        name="oral",
        parameters=tuple(Parameter(name=n, value=v, omega=0.2) for n, v in values.items()),
        states=(State(name="depot", initial="0.3*ka"), State(name="x", initial="2")),
        odes={"depot": "-ka*depot", "x": "ka*depot - k*x/(1 + 0.05*x)"},
        events=(
            Event(name="drop", when="high - x", set={"x": "0.5*x*k + 1"}),
            Event(name="full", when="35 - depot", set={"depot": "0.9*depot"}),
        )
        if events
        else (),
        outputs=(Output(name="out", text="x + 0.1*depot"),),
        dose_state="depot",
    )


def error_of(
    model: CompiledModel, names: list[str], doses: Doses, outputs: tuple[str, ...] = ("out",)
) -> float:
    """Largest difference between sensitivities and differences of the fourth order."""
    wanted = [sensitivity_name(o, n) for o in outputs for n in names]
    found = simulate(
        model.with_sensitivities(names), times=TIMES, doses=doses, outputs=wanted, options=OPTIONS
    ).require_ok()
    worst = 0.0
    for name in names:
        parameter = model.spec.parameter(name.removeprefix("eta_"))
        shifts = WIDTH * np.array([-2.0, -1.0, 1.0, 2.0])
        step = WIDTH
        if name.startswith("eta_"):
            values = parameter.value * np.exp(shifts)
        else:
            step *= parameter.value
            values = parameter.value * (1.0 + shifts)
        moved = simulate(
            model,
            parameters={parameter.name: values},
            times=TIMES,
            doses=doses,
            outputs=outputs,
            options=OPTIONS,
        ).require_ok()
        for output in outputs:
            a, b, c, d = moved.output(output)
            expected = (a - 8.0 * b + 8.0 * c - d) / (12.0 * step)
            error = np.abs(found.output(sensitivity_name(output, name))[0] - expected)
            scale = max(np.abs(expected).max(), 1e-3 * np.abs(moved.output(output)).max())
            worst = max(worst, float(error.max() / scale))
    return worst


SCHEDULES: dict[str, tuple[Doses, list[str]]] = {
    "bolus": (
        Doses.bolus("amount", time="given", lag="lag", bioavailability="share"),
        ["amount", "given", "lag", "share", "ka", "k"],
    ),
    "repeated": (
        Doses.bolus(40.0, lag="lag", additional=3, interval="every"),
        ["lag", "every", "k"],
    ),
    "rate": (
        Doses.infusion("amount", rate="rate", lag="lag", bioavailability="share", state="x"),
        ["amount", "rate", "lag", "share", "k"],
    ),
    "duration": (
        Doses.infusion(
            "amount", duration="length", time="given", additional=2, interval="every", state="x"
        ),
        ["amount", "length", "given", "every", "ka"],
    ),
    "overlapping infusions": (
        Doses.infusion("amount", rate=4.0, additional=4, interval="every", state="x"),
        ["amount", "every", "k"],
    ),
    "reset": (
        Doses.bolus(40.0) + Doses.infusion(60.0, rate="rate") + Doses.reset("given"),
        ["given", "rate", "ka", "k"],
    ),
    "reset with a dose": (
        Doses.bolus(40.0)
        + Doses.reset("given")
        + Doses.bolus("amount", time="given")
        + Doses.infusion(9.0, duration=1.0, time="given"),
        ["given", "amount", "k"],
    ),
    "both kinds at one moment": (
        Doses.bolus("amount", lag="lag")
        + Doses.infusion(30.0, rate="rate", lag="lag")
        + Doses.bolus(3.0, lag="lag", state="x"),
        ["lag", "rate", "amount", "k"],
    ),
    "steady bolus": (
        Doses.bolus("amount", time="given", interval="every", additional=2, steady_state="replace"),
        ["amount", "given", "every", "ka", "k"],
    ),
    "steady bolus with a lag": (
        Doses.bolus(20.0, lag="lag", interval="every", additional=1, steady_state="replace"),
        ["lag", "every", "k"],
    ),
    "steady infusion": (
        Doses.infusion(
            "amount",
            duration="length",
            lag="lag",
            time="given",
            interval="every",
            steady_state="replace",
            state="x",
        ),
        ["amount", "length", "lag", "given", "every", "k"],
    ),
    "steady infusion longer than its interval": (
        Doses.infusion(
            "amount", rate=3.0, interval="every", steady_state="replace", state="x", additional=1
        ),
        ["amount", "every", "k"],
    ),
    "infusion without end": (
        Doses.infusion(0.0, rate="length", time="given", steady_state="replace", state="x"),
        ["length", "given", "k"],
    ),
    "switch": (
        Doses.bolus("amount") + Doses.switch("k", "share", time="given"),
        ["given", "share", "k", "amount"],
    ),
    "switch with events around": (
        Doses.bolus(90.0, time="given", lag="lag")
        + Doses.switch("high", 18.0, time="every")
        + Doses.switch("ka", 0.2, time=9.0),
        ["given", "lag", "every", "high", "ka"],
    ),
}


WITH_EVENTS = ("bolus", "repeated", "duration", "reset with a dose", "steady bolus", "switch")


@pytest.mark.parametrize(
    ("name", "events"), [*((n, False) for n in SCHEDULES), *((n, True) for n in WITH_EVENTS)]
)
def test_schedules(name: str, events: bool) -> None:
    doses, names = SCHEDULES[name]
    model = compile_model(oral_spec(events=events))
    assert error_of(model, [*names, f"eta_{names[0]}"], doses, ("out", "x")) < CLOSE


@pytest.mark.parametrize("name", ["bolus", "duration", "steady infusion", "switch"])
def test_the_reference_backend_agrees(name: str) -> None:
    doses, names = SCHEDULES[name]
    outputs = [sensitivity_name("out", n) for n in names]
    found = [
        simulate(
            compile_model(
                oral_spec(events="steady" not in name), backend=backend
            ).with_sensitivities(names),
            times=TIMES,
            doses=doses,
            outputs=outputs,
            options=OPTIONS,
        ).require_ok()
        for backend in ("cpu", "reference")
    ]
    scale = np.abs(found[0].values).max(axis=2, keepdims=True)
    np.testing.assert_allclose(found[0].values / scale, found[1].values / scale, atol=CLOSE)


def two_compartments() -> ModelSpec:
    values = {"cl": 1.1, "v": 20.0, "q": 2.0, "v2": 35.0, "lag": 0.4, "f": 0.7, "length": 2.5}
    return ModelSpec(
        name="two",
        parameters=tuple(Parameter(name=n, value=v) for n, v in values.items()),
        states=(State(name="a"), State(name="b")),
        odes={"a": "-(cl + q)/v*a + q/v2*b", "b": "q/v*a - q/v2*b"},
        outputs=(Output(name="c", text="a/v"),),
        dose_state="a",
    )


def closed_form(times: np.ndarray, p: dict[str, complex], *, infused: bool) -> np.ndarray:
    """Concentration after 100 units, at once or over a length, of a two-compartment model."""
    k, k12, k21 = p["cl"] / p["v"], p["q"] / p["v"], p["q"] / p["v2"]
    total = k + k12 + k21
    root = np.sqrt(total**2 - 4.0 * k * k21)
    fast, slow = (total + root) / 2.0, (total - root) / 2.0
    after = times - p["lag"]
    given = np.real(after) >= 0.0
    amount = 100.0 * p["f"]
    result = np.zeros(len(times), dtype=complex)
    for rate, other in ((fast, slow), (slow, fast)):
        weight = (rate - k21) / (rate - other) / p["v"] * amount
        if infused:
            running = np.where(np.real(after) < np.real(p["length"]), after, p["length"])
            part = weight / p["length"] / rate * (1.0 - np.exp(-rate * running))
            result += part * np.exp(-rate * (after - running))
        else:
            result += weight * np.exp(-rate * after)
    return np.where(given, result, 0.0)


@pytest.mark.parametrize("infused", [False, True])
def test_closed_forms_of_two_compartments(infused: bool) -> None:
    spec = two_compartments()
    names = [p.name for p in spec.parameters if infused or p.name != "length"]
    more = {"duration": "length"} if infused else {}
    doses = Doses(records=(Dose(amount=100.0, lag="lag", bioavailability="f", **more),))
    wanted = [sensitivity_name("c", n) for n in names]
    found = simulate(
        compile_model(spec).with_sensitivities(names),
        times=TIMES,
        doses=doses,
        outputs=wanted,
        options=OPTIONS,
    ).require_ok()
    typical = {p.name: complex(p.value) for p in spec.parameters}
    for name in names:
        moved = typical | {name: typical[name] + 1e-30j}
        expected = closed_form(TIMES, moved, infused=infused).imag / 1e-30
        got = found.output(sensitivity_name("c", name))[0]
        np.testing.assert_allclose(got, expected, atol=EXACT * np.abs(expected).max())


def test_random_effects_on_both_scales() -> None:
    spec = ModelSpec(
        name="effects",
        parameters=(
            Parameter(name="k", value=0.2, unit="1/day", omega=0.5),
            Parameter(name="f", value=0.3, omega=0.4, scale="logit", low=0.0, high=0.8),
            Parameter(name="fixed", value=2.0),
        ),
        states=(State(name="x", unit="cells", initial="100 [cells]*fixed"),),
        odes={"x": "-k*x"},
        outputs=(Output(name="out", text="f*x", unit="cells"),),
    )
    model = compile_model(spec).with_sensitivities(["eta_k", "eta_f", "k"])
    k, f = np.array([0.1, 0.2]), np.array([0.3, 0.5])
    result = simulate(model, parameters={"k": k, "f": f}, times=[2.0], options=OPTIONS)
    out = 200.0 * f * np.exp(-2.0 * k)
    for name, expected in (
        ("eta_k", -2.0 * k * out),
        ("k", -2.0 * out),
        ("eta_f", out * (0.8 - f) / 0.8),
    ):
        got = simulate(
            model,
            parameters={"k": k, "f": f},
            times=[2.0],
            outputs=[sensitivity_name("out", name)],
            options=OPTIONS,
        ).values[:, 0, 0]
        np.testing.assert_allclose(got, expected, rtol=EXACT)
    assert result.subjects == 2
    with pytest.raises(InputError, match="unknown parameter or random effect 'eta_fixed'"):
        compile_model(spec).with_sensitivities(["eta_fixed"])


@pytest.mark.parametrize("text", ["if(t < t_max, 1, -0.4)", "if(x > high, -0.3, 1)*share"])
def test_conditions_need_no_event(text: str) -> None:
    spec = ModelSpec(
        name="kink",
        parameters=(
            Parameter(name="t_max", value=7.3),
            Parameter(name="high", value=20.0),
            Parameter(name="share", value=0.6),
        ),
        states=(State(name="x", initial="3"), State(name="y", initial="1")),
        odes={"x": f"0.3*x*({text}) - 0.01*x*y", "y": "0.02*x - 0.1*y"},
        outputs=(Output(name="out", text="x + y"),),
    )
    names = ["t_max", "high", "share"]
    if "high" in text:
        # There the course slides along the condition, which has no derivative once it is there.
        spec = ModelSpec(
            name="kink",
            parameters=spec.parameters,
            states=spec.states,
            odes={"x": "0.3*x*if(x > high, 0.2, 1)*share - 0.01*x*y", "y": "0.02*x - 0.1*y"},
            outputs=spec.outputs,
        )
        names = ["high", "share"]
    assert error_of(compile_model(spec), names, Doses()) < CLOSE


@pytest.mark.parametrize("text", ["min(x, high)", "max(x, high)", "abs(x - high)"])
def test_steps_do_not_cross_kinks(text: str) -> None:
    """Step control sees little of a kink, and sensitivities nothing: the step has to end there."""
    spec = ModelSpec(
        name="kink",
        parameters=(Parameter(name="high", value=9.0), Parameter(name="k", value=0.35)),
        states=(State(name="x", initial="3"),),
        odes={"x": f"k*{text} - 0.02*t*x + 0.1"},
        outputs=(Output(name="out", text="x"),),
    )
    model = compile_model(spec).with_sensitivities(["high", "k"])
    outputs = [sensitivity_name("out", n) for n in ("high", "k")]
    rough, fine = (
        simulate(model, times=TIMES, outputs=outputs, options=SolveOptions(rtol=rtol)).values
        for rtol in (1e-7, 1e-12)
    )
    scale = np.abs(fine).max(axis=2, keepdims=True)
    # Twenty times the tolerance: the error of sensitivities is not controlled, only carried.
    np.testing.assert_allclose(rough / scale, fine / scale, atol=2e-6)


def test_doses_that_meet_and_move_apart_are_refused() -> None:
    model = compile_model(oral_spec()).with_sensitivities(["lag", "given"])
    doses = Doses.bolus(1.0, time=1.0, lag="lag") + Doses.bolus(1.0, time="given")
    with pytest.raises(InputError, match="meet at one moment"):
        simulate(model, parameters={"given": 1.7}, times=TIMES, doses=doses)
    simulate(model, parameters={"given": 1.8}, times=TIMES, doses=doses).require_ok()
    # A parameter that no derivative is asked for may do what it wants.
    other = compile_model(oral_spec()).with_sensitivities(["k"])
    simulate(other, parameters={"given": 1.7}, times=TIMES, doses=doses).require_ok()


def test_numbers_of_subjects_may_differ() -> None:
    """Every subject has its own moments; one is as if it were alone."""
    model = compile_model(oral_spec(events=True)).with_sensitivities(["lag", "amount"])
    doses = Doses.bolus("amount", lag="lag", time=np.array([0.0, 3.0, 9.0]))
    lag = np.array([0.0, 1.1, 5.0])
    outputs = [sensitivity_name("out", n) for n in ("lag", "amount")]
    whole = simulate(model, parameters={"lag": lag}, times=TIMES, doses=doses, outputs=outputs)
    for n, (own, time) in enumerate(zip(lag, (0.0, 3.0, 9.0), strict=True)):
        alone = simulate(
            model,
            parameters={"lag": own},
            times=TIMES,
            doses=Doses.bolus("amount", lag="lag", time=time),
            outputs=outputs,
        )
        assert np.array_equal(alone.values[0], whole.values[n])
