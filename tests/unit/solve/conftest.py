"""Small models that the tests of solving share."""

from __future__ import annotations

from typing import Any

import pytest

from leucel.compile import CompiledModel, compile_model
from leucel.model import Event, ModelSpec, Output, Parameter, State


def decay_spec() -> ModelSpec:
    """One state that decays; its event clears it at a threshold."""
    return ModelSpec(
        name="decay",
        parameters=(
            Parameter(name="k", value=0.1, unit="1/day", low=0.0),
            Parameter(name="threshold", value=1.0, unit="cells"),
            Parameter(name="x_0", value=100.0, unit="cells"),
        ),
        states=(State(name="x", unit="cells", initial="x_0"),),
        odes={"x": "-k*x"},
        events=(Event(name="gone", when="x - threshold", set={"x": "0"}),),
        outputs=(Output(name="cells", text="x", unit="cells"),),
        dose_state="x",
    )


def chain_spec() -> ModelSpec:
    """Blood and marrow, linear, with a right-hand side that depends on time."""
    return ModelSpec(
        name="two_compartments",
        parameters=(
            Parameter(name="k_in", value=1.7, unit="1/day"),
            Parameter(name="k_out", value=0.2, unit="1/day"),
            Parameter(name="k_loss", value=20.0, unit="1/day"),
            Parameter(name="drive", value=0.0, unit="cells/day"),
        ),
        states=(State(name="blood", unit="cells"), State(name="marrow", unit="cells")),
        odes={
            "blood": "drive*exp(-t) - (k_in + k_loss)*blood + k_out*marrow",
            "marrow": "k_in*blood - k_out*marrow",
        },
        outputs=(
            Output(name="total", text="blood + marrow", unit="cells"),
            Output(name="blood", text="blood", unit="cells"),
        ),
        dose_state="blood",
    )


def growth_spec() -> ModelSpec:
    """x' = k x^p: grows without bound for p = 1, in finite time for p > 1."""
    return ModelSpec(
        name="growth",
        parameters=(
            Parameter(name="k", value=0.1),
            Parameter(name="p", value=1.0),
            Parameter(name="x_0", value=1.0),
        ),
        states=(State(name="x", initial="x_0"), State(name="other", initial="1")),
        odes={"x": "k*x^p", "other": "-other"},
        outputs=(Output(name="x", text="x"), Output(name="other", text="other")),
    )


def closed_form_spec() -> ModelSpec:
    """Rise and fall in closed form."""
    return ModelSpec(
        name="rise_and_fall",
        parameters=(
            Parameter(name="c_max", value=1000.0),
            Parameter(name="t_max", value=10.0),
            Parameter(name="alpha", value=0.1),
        ),
        outputs=(
            Output(
                name="level",
                text="if(t <= t_max, c_max*exp(t - t_max), c_max*exp(-alpha*(t - t_max)))",
                unit="copies/ug",
            ),
            Output(name="log_level", text="log(c_max) - alpha*t"),
        ),
    )


def on_backend(spec: ModelSpec, backend: Any) -> CompiledModel:
    """A model on a backend; that for GPUs runs on this processor."""
    device = "host" if backend == "cuda" else None
    return compile_model(spec, backend=backend, device=device)


@pytest.fixture(scope="session")
def decay() -> CompiledModel:
    return compile_model(decay_spec())


@pytest.fixture(scope="session")
def chain() -> CompiledModel:
    return compile_model(chain_spec())


@pytest.fixture(scope="session")
def growth() -> CompiledModel:
    return compile_model(growth_spec())


@pytest.fixture(scope="session")
def closed_form() -> CompiledModel:
    return compile_model(closed_form_spec())


@pytest.fixture(scope="session", params=["cpu", "cuda", "reference"])
def any_decay(request: pytest.FixtureRequest) -> CompiledModel:
    """The decay on each backend."""
    return on_backend(decay_spec(), request.param)


@pytest.fixture(scope="session", params=["cpu", "cuda", "reference"])
def any_chain(request: pytest.FixtureRequest) -> CompiledModel:
    """The two compartments on each backend."""
    return on_backend(chain_spec(), request.param)


@pytest.fixture(scope="session", params=["cpu", "cuda", "reference"])
def any_closed_form(request: pytest.FixtureRequest) -> CompiledModel:
    """The closed form on each backend."""
    return on_backend(closed_form_spec(), request.param)
