"""Every model of the library runs on each fast backend as on the reference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

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
# Some models swing down to 1e-10 of their peak and back, where the absolute tolerance of the
# reference decides what it says. A second run at a hundredth of both tolerances shows where it
# doubts itself; ten times that difference is allowed there.
FINER = 0.01
DOUBT = 10.0
# Until four weeks, the time that the models were made for, it must not doubt itself beyond this.
SURE_DAYS = 28.0
SURE = 1e-5
SUBJECTS = 5
TIMES = np.unique(np.concatenate([np.linspace(0.0, 60.0, 61), np.linspace(60.0, 360.0, 11)]))
# With 21 states of minutes to weeks the reference needs minutes for five patients and a year; the
# activation by a dose is over, and the model at rest, within six weeks.
SHORT = {"hosseini_2020_mosunetuzumab": (2, 42.0)}


def specs() -> dict[str, ModelSpec]:
    found = {card.id: get_model(card.id)[0] for card in catalog()}
    found["singh_2021_with_resistant_clone"] = with_resistant_clone(
        found["singh_2021_idecabtagene"]
    )
    return found


SPECS = specs()


def run(model: CompiledModel, options: SolveOptions) -> Trajectories:
    stream = RandomStream(20)
    subjects, last = SHORT.get(model.spec.name, (SUBJECTS, TIMES[-1]))
    # Half the published spread: the tails of these models pass through 1e-100 cells, where no
    # solver is an oracle for another.
    parameters = {
        p.name: p.value * np.exp(0.5 * p.omega * stream.normal(p.name, subjects=subjects))
        for p in model.spec.parameters
        if p.omega and p.scale == "log"
    }
    dose = Doses.bolus(150e6) if model.spec.dose_state else None
    times = TIMES[last >= TIMES]
    return simulate(
        model, parameters=parameters, times=times, doses=dose, subjects=subjects, options=options
    ).require_ok()


@dataclass(frozen=True)
class Oracle:
    """The reference, and how far it differs from itself at finer tolerances."""

    course: Trajectories
    doubt: NDArray[np.float64]


@pytest.fixture(scope="module", params=sorted(SPECS))
def both(request: pytest.FixtureRequest) -> tuple[CompiledModel, Oracle]:
    spec = SPECS[request.param]
    exact = EXACT if spec.dose_state else EXACT_FROM_ZERO
    finer = SolveOptions(rtol=FINER * exact.rtol, atol=FINER * exact.atol)
    reference = compile_model(spec, backend="reference")
    course, again = run(reference, finer), run(reference, exact)
    return compile_model(spec), Oracle(course, np.abs(course.values - again.values))


def test_the_reference_is_sure_of_the_first_weeks(both: tuple[CompiledModel, Oracle]) -> None:
    _, oracle = both
    scale = np.abs(oracle.course.values).max(axis=2)
    early = oracle.course.times <= SURE_DAYS
    assert np.all(oracle.doubt[:, :, early].max(axis=2) <= SURE * scale)


@pytest.mark.parametrize(
    ("backend", "rtol"), [("cpu", 1e-4), ("cpu", 1e-6), ("cpu", 1e-8), ("cuda", 1e-6)]
)
def test_the_kernel_meets_the_reference(
    both: tuple[CompiledModel, Oracle], backend: str, rtol: float
) -> None:
    model, oracle = both
    if backend == "cuda":
        # The code of the GPU on this processor; on a GPU it has the same bits.
        model = compile_model(model.spec, backend="cuda", device="host")
    exact = oracle.course
    got = run(model, SolveOptions(rtol=rtol))
    scale = np.abs(exact.values).max(axis=2, keepdims=True)
    allowed = AMPLIFICATION * rtol * np.abs(exact.values) + 1e-9 * scale + DOUBT * oracle.doubt
    assert np.all(np.abs(got.values - exact.values) <= allowed)
    for name, times in exact.event_times.items():
        happened = np.isfinite(times)
        assert np.array_equal(happened, np.isfinite(got.event_times[name]))
        np.testing.assert_allclose(
            got.event_times[name][happened], times[happened], rtol=AMPLIFICATION * rtol
        )
