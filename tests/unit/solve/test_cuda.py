"""What users ask of a simulation, on the threads of a GPU (run on this processor)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from leucel.compile import CompiledModel, Method, compile_model, sensitivity_name
from leucel.model import Event, ModelSpec, Output, Parameter, State
from leucel.solve import Doses, SolveOptions, simulate, simulate_chunks

TIMES = np.linspace(0.0, 60.0, 121)
# Two ways to round one method, over some hundred steps at a relative tolerance of 1e-9.
AGREEMENT = 1e-6
TIGHT = SolveOptions(rtol=1e-9)
SUBJECTS = 23


def spec(*, logged: bool = False) -> ModelSpec:
    """CAR-T cells against a tumor, with a fast tissue that makes some subjects stiff."""
    return ModelSpec(
        name="predator",
        parameters=(
            Parameter(name="k_growth", value=0.3, unit="1/day"),
            Parameter(name="k_kill", value=2e-6, unit="1/cell/day"),
            Parameter(name="k_loss", value=0.2, unit="1/day"),
            Parameter(name="k_tissue", value=1.0, unit="1/day"),
        ),
        states=(
            State(name="tumor", unit="cells", initial="1e6 [cells]", logged=logged),
            State(name="cart", unit="cells", initial="1e5 [cells]"),
            State(name="tissue", unit="cells"),
        ),
        odes={
            "tumor": "k_growth*tumor*(1 - tumor/1e9 [cells]) - k_kill*cart*tumor",
            "cart": "k_kill*0.5*cart*tumor - k_loss*cart",
            "tissue": "k_tissue*(cart - tissue)",
        },
        outputs=(
            Output(name="burden", text="tumor", unit="cells"),
            Output(name="tissue", text="tissue", unit="cells"),
        ),
        events=(Event(name="low", when="tumor - 1e5 [cells]", set={"cart": "0.5*cart"}),),
        dose_state="cart",
    )


@pytest.fixture(scope="module")
def threads() -> CompiledModel:
    return compile_model(spec(), backend="cuda", device="host")


@pytest.fixture(scope="module")
def lanes() -> CompiledModel:
    return compile_model(spec())


REGIMENS = {
    "bolus with lag": Doses.bolus(3e5, time=12.0, lag=0.25),
    "infusions": Doses.infusion(1e5, time=5.0, duration=3.0, interval=10.0, additional=3),
    "bolus then reset": Doses.bolus(1e6, time=3.0) + Doses.reset(time=20.0),
    "a switch of a parameter": Doses.switch("k_loss", 0.05, time=4.0),
}


@pytest.mark.parametrize("regimen", REGIMENS)
def test_doses_and_events(threads: CompiledModel, lanes: CompiledModel, regimen: str) -> None:
    given: dict[str, Any] = {
        "parameters": {"k_growth": np.linspace(0.1, 0.4, SUBJECTS)},
        "times": TIMES,
        "doses": REGIMENS[regimen],
        "options": TIGHT,
    }
    a, b = (simulate(model, **given).require_ok() for model in (threads, lanes))
    np.testing.assert_allclose(a.values, b.values, rtol=AGREEMENT)
    np.testing.assert_allclose(a.event_times["low"], b.event_times["low"], rtol=AGREEMENT)
    assert np.isfinite(a.event_times["low"]).any()


def test_stiff_subjects_change_the_method(threads: CompiledModel, lanes: CompiledModel) -> None:
    given: dict[str, Any] = {
        "parameters": {"k_tissue": np.array([1.0, 1e4, 2.0, 3e3])},
        "times": TIMES,
    }
    for method in ("auto", "rosenbrock", "explicit"):
        options = SolveOptions(rtol=1e-6, method=method, max_steps=2_000_000)
        a, b = (
            simulate(model, options=options, **given).require_ok() for model in (threads, lanes)
        )
        assert a.methods.tolist() == b.methods.tolist()
        np.testing.assert_allclose(a.values, b.values, rtol=1e-4)
        if method == "auto":
            kinds = [int(Method.EXPLICIT), int(Method.ROSENBROCK)]
            assert a.methods.tolist() == kinds * 2


def test_sensitivities_and_logarithms(threads: CompiledModel, lanes: CompiledModel) -> None:
    logged = compile_model(spec(logged=True), backend="cuda", device="host")
    name = sensitivity_name("burden", "k_kill")
    a, b, c = (
        simulate(
            model.with_sensitivities(["k_kill"]),
            times=TIMES,
            doses=Doses.bolus(3e5, time=12.0),
            outputs=["burden", name],
            options=TIGHT,
        ).require_ok()
        for model in (threads, lanes, logged)
    )
    largest = np.abs(b.values).max(axis=2, keepdims=True)
    assert np.max(np.abs(a.values - b.values) / largest) < AGREEMENT
    assert np.max(np.abs(c.values - b.values) / largest) < AGREEMENT


def test_chunks_are_parts_of_the_whole(threads: CompiledModel) -> None:
    growth = np.linspace(0.1, 0.4, SUBJECTS)
    whole = simulate(threads, parameters={"k_growth": growth}, times=TIMES)
    parts = simulate_chunks(
        threads, parameters={"k_growth": growth}, times=TIMES, subjects=SUBJECTS, chunk=5
    )
    values = np.concatenate([part.values for _, part in parts])
    assert values.tobytes() == whole.values.tobytes()
