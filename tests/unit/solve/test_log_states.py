"""States that are solved as logarithms speak in their own scale, and stay above zero."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leucel.compile import Method, compile_model
from leucel.core import InputError, Status
from leucel.model import (
    Event,
    ModelSpec,
    Output,
    Parameter,
    State,
    read_model,
    symbolic_system,
    to_latex,
    to_text,
)
from leucel.solve import Doses, SolveOptions, simulate

TIMES = np.linspace(0.0, 60.0, 121)
# Relative error left by a relative tolerance of 1e-9 a step over some hundred steps.
AGREEMENT = 1e-6
TIGHT = SolveOptions(rtol=1e-9)


def predator(*, logged: bool) -> ModelSpec:
    """CAR-T cells against a tumor that is killed below one cell and comes back."""
    return ModelSpec(
        name="predator",
        parameters=(
            Parameter(name="k_growth", value=0.3, unit="1/day"),
            Parameter(name="k_kill", value=2e-6, unit="1/cell/day"),
            Parameter(name="k_loss", value=0.2, unit="1/day"),
            Parameter(name="k_seed", value=0.0, unit="cells/day"),
            Parameter(name="k_stem", value=0.02, unit="1/day"),
        ),
        states=(
            State(name="tumor", unit="cells", initial="1e6 [cells]", logged=logged),
            State(name="cart", unit="cells", initial="1e5 [cells]"),
        ),
        odes={
            "tumor": "k_growth*tumor*(1 - tumor/1e9 [cells]) - k_kill*cart*tumor + k_seed",
            "cart": "k_kill*0.5*cart*tumor - k_loss*cart",
        },
        outputs=(Output(name="burden", text="tumor + 0*cart", unit="cells"),),
        events=(Event(name="low", when="tumor - 100 [cells]"),),
        dose_state="tumor",
    )


def cells(spec: ModelSpec, **more: object) -> np.ndarray:
    result = simulate(
        compile_model(spec),
        times=TIMES,
        outputs=["tumor", "cart", "burden"],
        options=TIGHT,
        **more,  # type: ignore[arg-type]
    )
    return result.require_ok().values


def test_a_logged_state_gives_what_the_plain_one_gives() -> None:
    doses = Doses.bolus(3e5, time=12.0)
    plain, logged = (cells(predator(logged=k), doses=doses) for k in (False, True))
    np.testing.assert_allclose(logged, plain, rtol=AGREEMENT)
    reference = simulate(
        compile_model(predator(logged=True), backend="reference"),
        times=TIMES,
        doses=doses,
        outputs=["tumor", "cart", "burden"],
        options=TIGHT,
    )
    np.testing.assert_allclose(logged, reference.values, rtol=1e-5)


@pytest.mark.parametrize("method", ["explicit", "rosenbrock"])
def test_both_methods_do(method: str) -> None:
    options = replace(TIGHT, method=method)  # type: ignore[arg-type]
    model = compile_model(predator(logged=True))
    found = simulate(model, times=TIMES, outputs=["tumor"], options=options).require_ok()
    np.testing.assert_allclose(
        found.output("tumor")[0], cells(predator(logged=False))[0, 0], rtol=AGREEMENT
    )


def test_infusions_resets_and_sources_enter_in_the_scale_of_the_state() -> None:
    doses = Doses.infusion(1e5, time=5.0, duration=3.0)
    plain, logged = (
        cells(predator(logged=k), doses=doses, parameters={"k_seed": 50.0}) for k in (False, True)
    )
    np.testing.assert_allclose(logged, plain, rtol=AGREEMENT)


def test_events_see_and_set_the_state_itself() -> None:
    def halved(spec: ModelSpec) -> ModelSpec:
        cut = Event(name="cut", when="2e6 [cells] - tumor", set={"tumor": "tumor/1000"})
        return replace(spec, events=(*spec.events, cut))

    plain, logged = (cells(halved(predator(logged=k))) for k in (False, True))
    np.testing.assert_allclose(logged, plain, rtol=AGREEMENT)


def test_an_extinct_state_is_zero_and_stays_there() -> None:
    gone = Event(name="gone", when="tumor - 1e4 [cells]", set={"tumor": "0 [cells]"})
    spec = replace(predator(logged=True), events=(gone,))
    model = compile_model(spec)
    result = simulate(model, parameters={"k_kill": 1e-5}, times=TIMES, outputs=["tumor"])
    moment = result.require_ok().event_times["gone"][0]
    assert 0.0 < moment < 60.0
    assert np.all(result.output("tumor")[0, moment <= TIMES] == 0.0)
    # A dose brings it back.
    again = simulate(
        model,
        parameters={"k_kill": 1e-5},
        times=[0.0, 30.0],
        doses=Doses.bolus(5e5, time=30.0),
        outputs=["tumor"],
    )
    assert again.require_ok().output("tumor")[0, -1] == pytest.approx(5e5)


def test_sensitivities_are_those_of_the_state() -> None:
    names = [f"d tumor / d {p}" for p in ("k_growth", "k_kill")]
    found = [
        simulate(
            compile_model(predator(logged=k)).with_sensitivities(["k_growth", "k_kill"]),
            times=TIMES[:60],
            doses=Doses.bolus(3e5, time=12.0),
            outputs=names,
            options=SolveOptions(rtol=1e-10),
        )
        .require_ok()
        .values
        for k in (False, True)
    ]
    size = np.abs(found[0]).max(axis=2, keepdims=True)
    np.testing.assert_allclose(found[1] / size, found[0] / size, atol=AGREEMENT)


@settings(max_examples=25, deadline=None)
@given(
    kill=st.floats(1e-8, 1e-3),
    growth=st.floats(1e-3, 2.0),
    rtol=st.sampled_from([1e-2, 1e-4, 1e-6]),
)
def test_a_logged_state_is_never_negative(kill: float, growth: float, rtol: float) -> None:
    model = compile_model(predator(logged=True))
    result = simulate(
        model,
        parameters={"k_kill": kill, "k_growth": growth},
        times=TIMES,
        outputs=["tumor"],
        options=SolveOptions(rtol=rtol),
    )
    values = result.output("tumor")
    assert np.all(values[np.isfinite(values)] >= 0.0)
    assert result.status[0] == int(Status.OK)
    assert result.methods[0] in (Method.EXPLICIT, Method.ROSENBROCK)


@pytest.mark.parametrize("initial", ["0 [cells]", "-1 [cells]"])
def test_a_start_at_zero_is_refused_with_one_problem(initial: str) -> None:
    spec = predator(logged=True)
    states = (replace(spec.states[0], initial=initial), spec.states[1])
    model = compile_model(replace(spec, states=states))
    for doses in (None, Doses.bolus(1e6)):
        with pytest.raises(InputError, match="does not start above zero") as caught:
            simulate(model, times=TIMES, doses=doses)
        assert len(caught.value.problems) == 1
        assert "leave out log" in str(caught.value)


def test_the_text_of_a_model_says_which_states_are_logged() -> None:
    spec = predator(logged=True)
    text = to_text(spec)
    assert "log tumor [cells] = 1e6 [cells]" in text
    assert read_model(text) == spec
    assert spec.content_hash != predator(logged=False).content_hash
    assert r"\text{(solved as } \log \mathrm{tumor} \text{)}" in to_latex(spec)
    assert symbolic_system(spec).logged == (0,)
