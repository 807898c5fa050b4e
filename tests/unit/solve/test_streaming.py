"""Chunks give the numbers of the whole, and quantiles are kept within their accuracy."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from leucel.compile import CompiledModel
from leucel.core import InputError
from leucel.solve import Doses, StreamedQuantiles, simulate, simulate_chunks

SUBJECTS = 101
TIMES = np.linspace(0.0, 30.0, 7)
# Most that a million patients may take; the measured peak is 0.4 GB.
MEMORY_LIMIT_MB = 2000
MILLION = """
import resource, numpy as np
from leucel.compile import compile_model
from leucel.model import ModelSpec, Output, Parameter, State
from leucel.solve import StreamedQuantiles, simulate_chunks
spec = ModelSpec(name="decay", parameters=(Parameter(name="k", value=0.1),),
    states=(State(name="x", initial="100"),), odes={"x": "-k*x"},
    outputs=(Output(name="out", text="x"),))
def draw(first, last):
    return {"k": 0.1 * np.exp(0.3 * np.random.default_rng(first).normal(size=last - first))}
found = StreamedQuantiles()
for _, part in simulate_chunks(compile_model(spec), subjects=1_000_000, parameters=draw,
                               times=np.arange(366.0)):
    found.add(part.output("out"))
assert (found.counted == 1_000_000).all()
median = found.quantile(0.5)
assert np.allclose(median[:100], 100.0 * np.exp(-0.1 * np.arange(100.0)), rtol=2e-2)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0)
"""


def test_chunks_are_parts_of_the_whole(decay: CompiledModel) -> None:
    k = np.linspace(0.05, 2.0, SUBJECTS)
    doses = Doses.bolus(np.linspace(0.0, 9.0, SUBJECTS), time=3.0) + Doses.infusion(
        5.0, duration=np.linspace(1.0, 4.0, SUBJECTS)
    )
    whole = simulate(decay, parameters={"k": k}, times=TIMES, doses=doses)
    for first, part in simulate_chunks(
        decay, subjects=SUBJECTS, parameters={"k": k}, times=TIMES, doses=doses, chunk=17
    ):
        rows = slice(first, first + part.subjects)
        assert np.array_equal(part.values, whole.values[rows])
        assert np.array_equal(part.event_times["gone"], whole.event_times["gone"][rows])


def test_parameters_may_be_drawn_as_they_are_needed(decay: CompiledModel) -> None:
    asked: list[tuple[int, int]] = []

    def draw(first: int, last: int) -> dict[str, np.ndarray]:
        asked.append((first, last))
        return {"k": np.arange(first, last) / 100.0}

    parts = [
        p for _, p in simulate_chunks(decay, subjects=10, parameters=draw, times=TIMES, chunk=4)
    ]
    assert asked == [(0, 4), (4, 8), (8, 10)]
    whole = simulate(decay, parameters={"k": np.arange(10) / 100.0}, times=TIMES)
    assert np.array_equal(np.concatenate([p.values for p in parts]), whole.values)


def test_quantiles_are_within_their_accuracy() -> None:
    values = np.exp(np.random.default_rng(3).normal(0.0, 3.0, size=(5000, 4)))
    values[:700, 1] = 0.0
    values[:50, 2] = np.nan
    found = StreamedQuantiles(accuracy=1e-3)
    for part in np.array_split(values, 7):
        found.add(part)
    assert found.counted.tolist() == [5000, 5000, 4950, 5000]
    for share in (0.0, 0.05, 0.1, 0.5, 0.95, 1.0):
        for column, got in zip(values.T, found.quantile(share), strict=True):
            exact = np.quantile(column[~np.isnan(column)], share, method="inverted_cdf")
            assert got == pytest.approx(exact, rel=1.01e-3)


def test_quantiles_know_their_limits() -> None:
    found = StreamedQuantiles()
    assert found.quantile(0.5).size == 0
    assert found.counted.size == 0
    found.add([[np.inf, np.nan, 1e-20]])
    assert found.quantile(0.5)[0] == np.inf
    assert np.isnan(found.quantile(0.5)[1])
    assert found.quantile(0.5)[2] == 0.0


@pytest.mark.parametrize("wrong", [{"subjects": 0}, {"subjects": 5, "chunk": 0}])
def test_numbers_of_subjects_are_checked(decay: CompiledModel, wrong: dict[str, int]) -> None:
    with pytest.raises(InputError, match="out of range"):
        next(simulate_chunks(decay, times=TIMES, **wrong))


def test_lengths_of_arrays_are_checked(decay: CompiledModel) -> None:
    chunks = simulate_chunks(decay, subjects=5, parameters={"k": np.ones(4)}, times=TIMES)
    with pytest.raises(InputError, match="number of subjects"):
        next(chunks)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="memory is asked of Unix")
def test_a_million_patients_fit_in_two_gigabytes() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MILLION], check=True, capture_output=True, text=True
    )
    assert float(done.stdout) < MEMORY_LIMIT_MB
