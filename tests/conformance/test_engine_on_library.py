"""What every model of the library has to keep on the fast backend, whatever its numbers are.

The courses themselves are compared with the reference in `tests/reference/test_conformance.py`;
here are the properties of the engine: bits that do not depend on threads, neighbors, lanes or
chunks, methods that agree, states that stay positive, units, and derivatives.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from leucel.compile import CompiledModel, compile_model, sensitivity_name
from leucel.core import RandomStream
from leucel.library import catalog, get_model, with_resistant_clone
from leucel.model import ModelSpec, check_units
from leucel.solve import Doses, SolveOptions, Trajectories, simulate, simulate_chunks

TIMES = np.unique(np.concatenate([np.linspace(0.0, 30.0, 16), np.linspace(30.0, 180.0, 6)]))
# A whole block of eight lanes, a part of another, and a subject alone.
SUBJECTS = 19
CHUNK = 5
RTOL = 1e-8
# A tolerance of 1e-12 takes some patients 100,000 steps.
MOST_STEPS = 5_000_000
# Expansion by many orders of magnitude multiplies the errors of steps; see the comparison with the
# reference. Below a billionth of its peak an output has passed through less than a cell.
AMPLIFICATION = 1000.0
SMALL = 1e-9
# What a method may undershoot zero by, in units of the tolerance and of the largest value.
UNDERSHOOT = 10.0
# Central differences of the fourth order with this relative step: truncation below 1e-8 also where
# predator and prey swing by many orders of magnitude.
WIDTH = 2e-4
# In units of the largest derivative over time; a state that swings by ten orders of magnitude
# leaves a part of the tolerance in both: 4e-5 at the peak of one model, 1e-6 in most.
CLOSE = 1e-4
NEGLIGIBLE = 1e-3
# A derivative jumps where an equation switches, on whole days in some models.
BETWEEN = TIMES[1:] - 0.137


def specs() -> dict[str, ModelSpec]:
    found = {card.id: get_model(card.id)[0] for card in catalog()}
    found["singh_2021_with_resistant_clone"] = with_resistant_clone(
        found["singh_2021_idecabtagene"]
    )
    return found


SPECS = specs()


@pytest.fixture(scope="module", params=sorted(SPECS))
def model(request: pytest.FixtureRequest) -> CompiledModel:
    return compile_model(SPECS[request.param])


def draws(spec: ModelSpec, subjects: int = SUBJECTS) -> dict[str, NDArray[np.float64]]:
    """Parameters of each subject: half the published spread, or five percent where none is."""
    stream = RandomStream(31)
    varies = any(p.omega for p in spec.parameters)
    found: dict[str, NDArray[np.float64]] = {}
    for p in spec.parameters:
        spread = min(0.5 * (p.omega or 0.0), 1.0) if varies else 0.05
        if spread > 0.0 and p.value != 0.0:
            values = p.value * np.exp(spread * stream.normal(p.name, subjects=subjects))
            found[p.name] = np.clip(values, p.low, p.high)
    return found


def doses_of(spec: ModelSpec) -> Doses | None:
    return None if spec.dose_state is None else Doses.bolus(1.5e8)


def run(
    model: CompiledModel, parameters: dict[str, Any], *, subjects: int = SUBJECTS, **options: Any
) -> Trajectories:
    return simulate(
        model,
        parameters=parameters,
        times=TIMES,
        doses=doses_of(model.spec),
        subjects=subjects,
        outputs=list(model.output_names),
        options=SolveOptions(**{"rtol": RTOL, **options}),
    )


def test_units_are_consistent(model: CompiledModel) -> None:
    assert check_units(model.spec) == ()


def test_bits_do_not_depend_on_threads_neighbors_or_chunks(model: CompiledModel) -> None:
    parameters = draws(model.spec)
    one = run(model, parameters, threads=1)
    two = run(model, parameters, threads=2)
    assert np.array_equal(one.values, two.values, equal_nan=True)
    assert np.array_equal(one.status, two.status)

    order = np.random.default_rng(5).permutation(SUBJECTS)
    mixed = run(model, {name: values[order] for name, values in parameters.items()})
    assert np.array_equal(one.values[order], mixed.values, equal_nan=True)

    alone = run(model, {name: values[7:8] for name, values in parameters.items()}, subjects=1)
    assert np.array_equal(one.values[7], alone.values[0], equal_nan=True)

    parts = simulate_chunks(
        model,
        subjects=SUBJECTS,
        parameters=parameters,
        times=TIMES,
        doses=doses_of(model.spec),
        outputs=list(model.output_names),
        options=SolveOptions(rtol=RTOL),
        chunk=CHUNK,
    )
    streamed = np.concatenate([part.values for _, part in parts])
    assert np.array_equal(one.values, streamed, equal_nan=True)


def test_an_output_does_not_depend_on_the_other_times(model: CompiledModel) -> None:
    parameters = draws(model.spec, 3)
    many = run(model, parameters, subjects=3)
    few = simulate(
        model,
        parameters=parameters,
        times=TIMES[[0, 5, -1]],
        doses=doses_of(model.spec),
        subjects=3,
        outputs=list(model.output_names),
        options=SolveOptions(rtol=RTOL),
    )
    assert np.array_equal(many.values[:, :, [0, 5, -1]], few.values, equal_nan=True)


def test_methods_agree(model: CompiledModel) -> None:
    parameters = draws(model.spec)
    stiff = run(model, parameters, method="rosenbrock").require_ok()
    chosen = run(model, parameters, method="auto").require_ok()
    scale = np.abs(stiff.values).max(axis=2, keepdims=True)
    allowed = AMPLIFICATION * RTOL * np.abs(stiff.values) + SMALL * scale
    close = np.abs(chosen.values - stiff.values) <= 2.0 * allowed
    assert close.all()


def test_states_that_are_amounts_stay_positive(model: CompiledModel) -> None:
    if not model.spec.states:
        pytest.skip("a closed form has no states")
    names = [s.name for s in model.spec.states]
    found = run(model, draws(model.spec), rtol=1e-6).require_ok()
    tight = run(model, draws(model.spec), rtol=1e-11, max_steps=MOST_STEPS).require_ok()
    for name in names:
        exact = tight.output(name)
        if exact.min() >= 0.0:
            assert found.output(name).min() >= -UNDERSHOOT * 1e-6 * exact.max()


@pytest.mark.slow
def test_derivatives_are_slopes(model: CompiledModel) -> None:
    spec = model.spec
    varied = [p for p in spec.parameters if p.omega and p.scale == "log"]
    chosen = (varied or [p for p in spec.parameters if p.value > 0.0])[:2]
    names = [p.name for p in chosen]
    outputs = [o.name for o in spec.outputs]
    wanted = [sensitivity_name(o, n) for o in outputs for n in names]
    options = SolveOptions(rtol=1e-12, max_steps=MOST_STEPS)
    doses = doses_of(spec)
    exact = simulate(
        model.with_sensitivities(names), times=BETWEEN, doses=doses, outputs=wanted, options=options
    ).require_ok()
    shifts = WIDTH * np.array([-2.0, -1.0, 1.0, 2.0])
    weights = np.array([1.0, -8.0, 8.0, -1.0]) / 12.0
    for parameter in chosen:
        moved = parameter.value * (1.0 + shifts)
        found = simulate(
            model, parameters={parameter.name: moved}, times=BETWEEN, doses=doses, options=options
        ).require_ok()
        for name in outputs:
            slope = weights @ found.output(name) / (WIDTH * parameter.value)
            got = exact.output(sensitivity_name(name, parameter.name))[0]
            floor = NEGLIGIBLE * np.abs(found.output(name)).max() / parameter.value
            scale = max(float(np.abs(slope).max()), floor)
            assert np.abs(got - slope).max() <= CLOSE * scale, (parameter.name, name)
