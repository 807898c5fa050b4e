"""Properties that hold for any parameters: linearity, mass balance, positivity, agreement."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leucel.compile import CompiledModel, compile_model
from leucel.model import ModelSpec, Output, Parameter, State
from leucel.solve import Doses, SolveOptions, simulate

RTOL = 1e-7
GLOBAL = 200.0
TIMES = np.linspace(0.0, 30.0, 16)
rates = st.floats(min_value=1e-3, max_value=50.0)
amounts = st.floats(min_value=1.0, max_value=1e9)


@pytest.fixture(scope="module")
def cycle() -> CompiledModel:
    """Three pools that exchange everything and lose nothing, with saturable return."""
    return compile_model(cycle_spec())


@pytest.fixture(scope="module")
def cycle_by_scipy() -> CompiledModel:
    return compile_model(cycle_spec(), backend="reference")


def cycle_spec() -> ModelSpec:
    return ModelSpec(
        name="cycle",
        parameters=tuple(Parameter(name=n, value=1.0) for n in ("k_ab", "k_bc", "v_ca", "km")),
        states=(State(name="a"), State(name="b"), State(name="c")),
        odes={
            "a": "-k_ab*a + v_ca*c/(km + c)",
            "b": "k_ab*a - k_bc*b",
            "c": "k_bc*b - v_ca*c/(km + c)",
        },
        outputs=(Output(name="total", text="a + b + c"),),
        dose_state="a",
    )


@settings(max_examples=25, deadline=None)
@given(k_ab=rates, k_bc=rates, v_ca=amounts, km=amounts, dose=amounts)
def test_mass_is_kept_and_stays_positive(
    cycle: CompiledModel, k_ab: float, k_bc: float, v_ca: float, km: float, dose: float
) -> None:
    result = simulate(
        cycle,
        parameters={"k_ab": k_ab, "k_bc": k_bc, "v_ca": v_ca, "km": km},
        times=TIMES,
        doses=Doses.bolus(dose) + Doses.bolus(dose, time=7.0),
        outputs=["total", "a", "b", "c"],
        options=SolveOptions(rtol=RTOL),
    ).require_ok()
    expected = dose * np.where(TIMES < 7.0, 1.0, 2.0)
    # Linear invariants are kept by the method itself: only rounding is lost.
    np.testing.assert_allclose(result.output("total")[0], expected, rtol=1e-9)
    assert result.values.min() >= -RTOL * dose


@settings(max_examples=10, deadline=None)
@given(k_ab=rates, k_bc=rates, v_ca=amounts, km=amounts, dose=amounts)
def test_kernel_agrees_with_scipy(
    cycle: CompiledModel,
    cycle_by_scipy: CompiledModel,
    k_ab: float,
    k_bc: float,
    v_ca: float,
    km: float,
    dose: float,
) -> None:
    values = [
        simulate(
            model,
            parameters={"k_ab": k_ab, "k_bc": k_bc, "v_ca": v_ca, "km": km},
            times=TIMES,
            doses=Doses.bolus(dose),
            outputs=["a", "b", "c"],
            options=SolveOptions(rtol=RTOL, atol=RTOL * 1e-3),
        )
        .require_ok()
        .values
        for model in (cycle, cycle_by_scipy)
    ]
    np.testing.assert_allclose(values[0], values[1], rtol=GLOBAL * RTOL, atol=RTOL * dose)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(min_value=0, max_value=2**31), count=st.integers(1, 40))
def test_permuting_subjects_permutes_results(cycle: CompiledModel, seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    k_ab, order = rng.uniform(0.01, 10.0, count), rng.permutation(count)
    doses = rng.uniform(1.0, 100.0, count)
    one, two = (
        simulate(cycle, parameters={"k_ab": k}, times=TIMES, doses=Doses.bolus(d))
        for k, d in ((k_ab, doses), (k_ab[order], doses[order]))
    )
    assert np.array_equal(one.values[order], two.values)
