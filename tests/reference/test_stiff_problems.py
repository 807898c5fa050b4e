"""The stiff problems that solvers are measured by, against their published reference solutions."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from leucel.compile import CompiledModel, compile_model
from leucel.compile.backends.reference import ReferenceKernel
from leucel.model import ModelSpec, Output, Parameter, State
from leucel.solve import SolveOptions, simulate

PROBLEMS = json.loads(Path(__file__).with_name("stiff_problems.json").read_text())["problems"]
# Global error in units of the tolerance: these problems amplify local errors by 10 to 100, and by
# more at the loosest tolerance, where the steps are too long for the error estimate to be sharp.
AMPLIFICATION = {1e-4: 1000.0, 1e-6: 300.0, 1e-8: 300.0, 1e-10: 1000.0}
# Robertson's second species is 1e-13 at the end; nothing smaller matters in any problem.
ATOL = 1e-20


@pytest.fixture(scope="module", params=sorted(PROBLEMS))
def problem(request: pytest.FixtureRequest) -> tuple[dict[str, object], CompiledModel]:
    item = PROBLEMS[request.param]
    spec = ModelSpec(
        name=request.param,
        parameters=tuple(Parameter(name=n, value=v) for n, v in item["parameters"].items()),
        states=tuple(State(name=n, initial=v) for n, v in item["states"].items()),
        odes=item["odes"],
        outputs=tuple(Output(name=f"out_{n}", text=n) for n in item["states"]),
    )
    return item, compile_model(spec)


@pytest.mark.parametrize("rtol", sorted(AMPLIFICATION, reverse=True))
def test_end_values(problem: tuple[dict[str, object], CompiledModel], rtol: float) -> None:
    item, model = problem
    options = SolveOptions(rtol=rtol, atol=ATOL)
    result = simulate(model, times=[0.0, item["end"]], options=options).require_ok()
    allowed = max(AMPLIFICATION[rtol] * rtol, 1e-8)
    np.testing.assert_allclose(result.values[0, :, -1], item["values"], rtol=allowed)


def test_tighter_tolerances_cost_steps_and_gain_digits(
    problem: tuple[dict[str, object], CompiledModel],
) -> None:
    item, model = problem
    errors, steps = [], []
    for rtol in (1e-4, 1e-6, 1e-8):
        options = SolveOptions(rtol=rtol, atol=ATOL)
        result = simulate(model, times=[0.0, item["end"]], options=options)
        errors.append(np.abs(result.values[0, :, -1] / item["values"] - 1.0).max())
        steps.append(int(result.steps[0]))
    assert errors[0] > errors[2]
    assert steps == sorted(steps)
    # Order five: two digits more cost 100**(1/5) = 2.5 times the steps, a little more at worst.
    assert steps[2] < 12 * steps[0]


@pytest.mark.slow
def test_end_values_are_those_of_another_method(
    problem: tuple[dict[str, object], CompiledModel],
) -> None:
    item, model = problem
    by_scipy = ReferenceKernel(model.system, method="Radau")
    other = replace(model, backend="reference", kernel=by_scipy)
    options = SolveOptions(rtol=1e-12, atol=1e-24, max_steps=1_000_000)
    result = simulate(other, times=[0.0, item["end"]], options=options).require_ok()
    np.testing.assert_allclose(result.values[0, :, -1], item["values"], rtol=1e-9)
