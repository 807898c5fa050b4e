"""Every model of the library runs on the fast backend as on the reference."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.compile import CompiledModel, compile_model
from leucel.core import RandomStream
from leucel.library import catalog, get_model, with_resistant_clone
from leucel.model import ModelSpec
from leucel.solve import Doses, SolveOptions, Trajectories, simulate

# The reference at 1e-10 is taken as exact. Expansion by five to ten orders of magnitude multiplies
# the errors of single steps; 300 is what the worst of 200 draws needed, rounded up.
AMPLIFICATION = 1000.0
# LSODA weighs errors by the states before a step: from a state that is zero it cannot start at a
# tiny absolute tolerance, and tumors of the dosed models need one.
EXACT = SolveOptions(rtol=1e-10, atol=1e-30)
EXACT_FROM_ZERO = SolveOptions(rtol=1e-10, atol=1e-8)
SUBJECTS = 5
TIMES = np.unique(np.concatenate([np.linspace(0.0, 60.0, 61), np.linspace(60.0, 720.0, 23)]))


def specs() -> dict[str, ModelSpec]:
    found = {card.id: get_model(card.id)[0] for card in catalog()}
    found["singh_2021_with_resistant_clone"] = with_resistant_clone(
        found["singh_2021_idecabtagene"]
    )
    return found


SPECS = specs()


def run(model: CompiledModel, options: SolveOptions) -> Trajectories:
    stream = RandomStream(20)
    # Half the published spread: the tails of these models pass through 1e-100 cells, where no
    # solver is an oracle for another.
    parameters = {
        p.name: p.value * np.exp(0.5 * p.omega * stream.normal(p.name, subjects=SUBJECTS))
        for p in model.spec.parameters
        if p.omega and p.scale == "log"
    }
    dose = Doses.bolus(150e6) if model.spec.dose_state else None
    return simulate(
        model, parameters=parameters, times=TIMES, doses=dose, subjects=SUBJECTS, options=options
    ).require_ok()


@pytest.fixture(scope="module", params=sorted(SPECS))
def both(request: pytest.FixtureRequest) -> tuple[CompiledModel, Trajectories]:
    spec = SPECS[request.param]
    exact = EXACT if spec.dose_state else EXACT_FROM_ZERO
    return compile_model(spec), run(compile_model(spec, backend="reference"), exact)


@pytest.mark.parametrize("rtol", [1e-4, 1e-6, 1e-8])
def test_the_kernel_meets_the_reference(
    both: tuple[CompiledModel, Trajectories], rtol: float
) -> None:
    model, exact = both
    got = run(model, SolveOptions(rtol=rtol))
    scale = np.abs(exact.values).max(axis=2, keepdims=True)
    allowed = AMPLIFICATION * rtol * np.abs(exact.values) + 1e-9 * scale
    assert np.all(np.abs(got.values - exact.values) <= allowed)
    for name, times in exact.event_times.items():
        happened = np.isfinite(times)
        assert np.array_equal(happened, np.isfinite(got.event_times[name]))
        np.testing.assert_allclose(
            got.event_times[name][happened], times[happened], rtol=AMPLIFICATION * rtol
        )
