"""The stiff problems that solvers are measured by, against their published reference solutions."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from leucel.compile import CompiledModel, compile_model
from leucel.compile.backends.reference import ReferenceKernel
from leucel.core import Status
from leucel.model import Expression, ModelSpec, Output, Parameter, State
from leucel.solve import SolveOptions, simulate

PROBLEMS: dict[str, Any] = json.loads(
    Path(__file__).with_name("stiff_problems.json").read_text(encoding="utf-8")
)["problems"]
TOLERANCES = (1e-4, 1e-6, 1e-8, 1e-10)
# Global error in units of the tolerance: these problems amplify local errors by 10 to 100, and by
# more at the loosest tolerance, where the steps are too long for the error estimate to be sharp.
AMPLIFICATION = {1e-4: 1000.0, 1e-6: 300.0, 1e-8: 300.0, 1e-10: 1000.0}
# At Robertson's steps of 1e10 seconds the elimination loses 1 / h beside rates of 1e4: to a
# Rosenbrock method that is an error of 1e-8, to an iteration such as Radau's it is none.
# The others are limited by their reference values.
FLOOR = {"robertson": 3e-8, "van_der_pol_1e6": 2e-7, "e5": 1e-9}
USUAL_FLOOR = 1e-11
# What is smaller at the end is nothing: a of E5 is 1e-290, and d is 0.
NOTHING = 1e-30
# Robertson's second species is 1e-13 at the end and E5 ends at 1e-22; nothing smaller matters.
ATOL = 1e-32
# LSODA and Radau control the error of steps, not of the end, and less sharply.
REFERENCE_AMPLIFICATION = 1e4
REFERENCE_FLOOR = 1e-7


def spec_of(name: str) -> ModelSpec:
    item = PROBLEMS[name]
    parts = item.get("expressions", {})
    return ModelSpec(
        name=name,
        parameters=tuple(Parameter(name=n, value=v) for n, v in item["parameters"].items()),
        expressions=tuple(Expression(name=n, text=text) for n, text in parts.items()),
        states=tuple(State(name=n, initial=v) for n, v in item["states"].items()),
        odes=item["odes"],
        outputs=tuple(Output(name=f"out_{n}", text=n) for n in item["states"]),
    )


@pytest.fixture(scope="module", params=sorted(PROBLEMS))
def problem(request: pytest.FixtureRequest) -> CompiledModel:
    return compile_model(spec_of(request.param))


def run(model: CompiledModel, **options: Any) -> tuple[NDArray[np.float64], int]:
    """States at the end, and the steps tried."""
    end = PROBLEMS[model.spec.name]["end"]
    solve = SolveOptions(**{"atol": ATOL, "max_steps": 1_000_000, **options})
    result = simulate(model, times=[0.0, end], options=solve).require_ok()
    return result.values[0, :, -1], int(result.steps[0])


def error_of(name: str, values: NDArray[np.float64]) -> float:
    exact = np.array(PROBLEMS[name]["values"])
    matters = np.abs(exact) > NOTHING
    assert np.all(np.abs(values[~matters]) < NOTHING)
    return float(np.abs(values[matters] / exact[matters] - 1.0).max())


def allowed(name: str, rtol: float) -> float:
    return max(AMPLIFICATION[rtol] * rtol, FLOOR.get(name, USUAL_FLOOR))


@pytest.mark.parametrize("rtol", TOLERANCES)
@pytest.mark.parametrize("method", ["rosenbrock", "auto"])
def test_end_values(problem: CompiledModel, method: str, rtol: float) -> None:
    name = problem.spec.name
    values, _ = run(problem, rtol=rtol, method=method)
    assert error_of(name, values) < allowed(name, rtol)


def test_tighter_tolerances_cost_steps_and_gain_digits(problem: CompiledModel) -> None:
    runs = [run(problem, rtol=rtol, method="rosenbrock") for rtol in TOLERANCES[:3]]
    errors = [error_of(problem.spec.name, values) for values, _ in runs]
    steps = [count for _, count in runs]
    assert errors[0] > errors[2]
    assert steps == sorted(steps)
    # Order five: two digits more cost 100**(1/5) = 2.5 times the steps, a little more at worst.
    assert steps[2] < 15 * steps[0]


def test_an_explicit_method_says_that_it_cannot(problem: CompiledModel) -> None:
    name = problem.spec.name
    options = SolveOptions(atol=ATOL, max_steps=2000, method="explicit")
    result = simulate(problem, times=[0.0, PROBLEMS[name]["end"]], options=options)
    # Pollution and HIRES are short enough that a few thousand steps might do.
    if result.status[0] == Status.OK:
        assert error_of(name, result.values[0, :, -1]) < allowed(name, 1e-6)
    else:
        assert result.failed.tolist() == [True]
        assert np.isnan(result.values[0, :, -1]).all()


@pytest.mark.parametrize("rtol", [1e-4, 1e-6, 1e-8])
def test_the_reference_backend_agrees(problem: CompiledModel, rtol: float) -> None:
    name = problem.spec.name
    if name == "van_der_pol_1e6":
        pytest.skip("SciPy's LSODA needs minutes where the time moves by 1e-16 of itself")
    model = compile_model(problem.spec, backend="reference")
    values, _ = run(model, rtol=rtol)
    floor = max(REFERENCE_AMPLIFICATION * rtol, REFERENCE_FLOOR)
    assert error_of(name, values) < floor


@pytest.mark.slow
def test_end_values_are_those_of_another_method(problem: CompiledModel) -> None:
    name = problem.spec.name
    kernel = ReferenceKernel(problem.system, method="Radau")
    values, _ = run(replace(problem, backend="reference", kernel=kernel), rtol=1e-12)
    # Radau of SciPy loses van der Pol's second jump to rounding of the time.
    assert error_of(name, values) < (1e-5 if name == "van_der_pol_1e6" else 1e-9)
