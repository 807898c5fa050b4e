"""A model that uses every function of the grammar: both backends, and sensitivities."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.compile import CompiledModel, compile_model
from leucel.compile.sensitivity import sensitivity_name
from leucel.model import ModelSpec, Output, Parameter, State
from leucel.solve import SolveOptions, simulate

TIMES = np.linspace(0.0, 12.0, 25)
OPTIONS = SolveOptions(rtol=1e-10, atol=1e-12)
# Two methods at 1e-10, and the growth of their errors over twelve days.
AGREEMENT = 2e-8
# Central differences with a step of 1e-5 of runs that are good to 1e-10.
DIFFERENCES = 1e-6
STEP = 1e-5

SPEC = ModelSpec(
    name="every_function",
    parameters=(Parameter(name="k", value=0.3), Parameter(name="n", value=2.5)),
    states=(State(name="x", initial="1"), State(name="y", initial="2")),
    odes={
        "x": "-k*expm1(x) + k*erf(y) + 0.1*tanh(x - y)",
        "y": "k*log1p(x) - k*lgamma(y + n) + 0.01*exp(-k*t) + 0.1*abs(x)^1.3",
    },
    outputs=(
        Output(name="mix", text="lgamma(n*x + 1) + erf(y) + expm1(-x) + log1p(y) + sqrt(x)"),
        Output(name="shape", text="logistic(x) + log(y + 1) + min(x, y)*max(n, x)"),
    ),
)


@pytest.fixture(scope="module")
def models() -> dict[str, CompiledModel]:
    made = {backend: compile_model(SPEC, backend=backend) for backend in ("cpu", "reference")}
    return {name: model.with_sensitivities(["k", "n"]) for name, model in made.items()}


def test_both_backends_agree(models: dict[str, CompiledModel]) -> None:
    fast, slow = (simulate(m, times=TIMES, options=OPTIONS).require_ok() for m in models.values())
    np.testing.assert_allclose(fast.values, slow.values, rtol=AGREEMENT, atol=AGREEMENT)


@pytest.mark.parametrize(("name", "value"), [("k", 0.3), ("n", 2.5)])
def test_sensitivities_are_slopes(
    models: dict[str, CompiledModel], name: str, value: float
) -> None:
    model = models["cpu"]
    exact = simulate(model, times=TIMES, outputs=model.output_names, options=OPTIONS).require_ok()
    moved = value * (1.0 + STEP * np.array([1.0, -1.0]))
    both = simulate(
        model,
        parameters={name: moved},
        times=TIMES,
        outputs=model.output_names,
        options=OPTIONS,
    ).require_ok()
    for output in ("mix", "shape", "x", "y"):
        up, down = both.output(output)
        np.testing.assert_allclose(
            exact.output(sensitivity_name(output, name))[0],
            (up - down) / (2.0 * STEP * value),
            rtol=DIFFERENCES,
            atol=DIFFERENCES,
        )
