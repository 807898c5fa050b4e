"""Mass balance, positivity and steady states of whole families of models, on both methods."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from leucel.compile import CompiledModel, compile_model
from leucel.model import ModelSpec, Output, Parameter, State
from leucel.solve import Doses, SolveOptions, simulate

RTOL = 1e-7
TIMES = np.linspace(0.0, 20.0, 21)
METHODS = ("auto", "rosenbrock", "explicit")
# Linear invariants are kept by every Runge-Kutta and Rosenbrock method; rounding is lost.
ROUNDING = 1e-9
# A relative tolerance leaves a state far below the others a share of them.
UNDERSHOOT = 10.0
rates = st.floats(min_value=1e-2, max_value=20.0)


@cache
def ring(states: int) -> CompiledModel:
    """Pools that pass on what they hold, the last one by a saturable step to the first."""
    names = [f"x{i}" for i in range(states)]
    flows = [f"k{i}*{name}" for i, name in enumerate(names[:-1])]
    flows.append(f"k{states - 1}*{names[-1]}/(1 + {names[-1]})")
    return compile_model(
        ModelSpec(
            name=f"ring_{states}",
            parameters=tuple(Parameter(name=f"k{i}", value=1.0) for i in range(states)),
            states=tuple(State(name=name) for name in names),
            odes={name: f"{flows[i - 1]} - {flows[i]}" for i, name in enumerate(names)},
            outputs=(Output(name="total", text=" + ".join(names)),),
            dose_state="x0",
        )
    )


@settings(max_examples=40, deadline=None)
@given(
    values=st.lists(rates, min_size=2, max_size=6),
    amount=st.floats(min_value=1e-3, max_value=1e9),
    method=st.sampled_from(METHODS),
)
def test_a_ring_keeps_what_it_is_given(values: list[float], amount: float, method: str) -> None:
    model = ring(len(values))
    result = simulate(
        model,
        parameters={f"k{i}": v for i, v in enumerate(values)},
        times=TIMES,
        doses=Doses.bolus(amount) + Doses.infusion(amount, rate=amount / 2.0, time=5.0),
        outputs=list(model.output_names),
        options=SolveOptions(rtol=RTOL, method=method),
    ).require_ok()
    given_by_then = amount * (1.0 + np.clip((TIMES - 5.0) / 2.0, 0.0, 1.0))
    np.testing.assert_allclose(result.output("total")[0], given_by_then, rtol=ROUNDING)
    assert result.values.min() >= -UNDERSHOOT * RTOL * 2.0 * amount


@cache
def turnover() -> CompiledModel:
    return compile_model(
        ModelSpec(
            name="turnover",
            parameters=tuple(Parameter(name=n, value=1.0) for n in ("k_in", "k_out", "start")),
            states=(State(name="x", initial="start"),),
            odes={"x": "k_in - k_out*x"},
            outputs=(Output(name="level", text="x"),),
        )
    )


@settings(max_examples=40, deadline=None)
@given(k_in=rates, k_out=rates, share=st.floats(0.0, 10.0), method=st.sampled_from(METHODS))
def test_a_turnover_goes_to_its_steady_state(
    k_in: float, k_out: float, share: float, method: str
) -> None:
    level = k_in / k_out
    result = simulate(
        turnover(),
        parameters={"k_in": k_in, "k_out": k_out, "start": share * level},
        times=TIMES,
        outputs=["level"],
        options=SolveOptions(rtol=RTOL, method=method),
    ).require_ok()
    exact = level * (1.0 + (share - 1.0) * np.exp(-k_out * TIMES))
    np.testing.assert_allclose(
        result.output("level")[0], exact, rtol=100 * RTOL, atol=1e-14 * level
    )


@cache
def predator() -> CompiledModel:
    return compile_model(
        ModelSpec(
            name="hunt",
            parameters=tuple(Parameter(name=n, value=1.0) for n in ("a", "b", "c", "d")),
            states=(State(name="prey", initial="2"), State(name="hunter", initial="1")),
            odes={"prey": "a*prey - b*prey*hunter", "hunter": "c*prey*hunter - d*hunter"},
            outputs=(Output(name="kept", text="c*prey - d*log(prey) + b*hunter - a*log(hunter)"),),
        )
    )


@settings(max_examples=30, deadline=None)
@given(
    a=st.floats(0.2, 2.0),
    b=st.floats(0.2, 2.0),
    c=st.floats(0.2, 2.0),
    d=st.floats(0.2, 2.0),
    method=st.sampled_from(METHODS),
)
def test_hunters_and_prey_keep_their_invariant(
    a: float, b: float, c: float, d: float, method: str
) -> None:
    model = predator()
    result = simulate(
        model,
        parameters={"a": a, "b": b, "c": c, "d": d},
        times=TIMES,
        outputs=list(model.output_names),
        options=SolveOptions(rtol=RTOL, method=method),
    ).require_ok()
    kept = result.output("kept")[0]
    scale = np.abs(kept[0]) + a + b + c + d
    assert np.abs(kept - kept[0]).max() <= 1e-4 * scale
    assert result.output("prey").min() > 0.0
    assert result.output("hunter").min() > 0.0
