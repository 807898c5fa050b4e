"""Reducers give the numbers of whole trajectories, whatever the chunks and the threads."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from leucel.compile import CompiledModel, compile_model
from leucel.core import InputError
from leucel.data import profiles_from_matrix
from leucel.model import Event, ModelSpec, Output, Parameter, State
from leucel.nca import NcaReducer, nca
from leucel.solve import (
    EventTimes,
    Extremes,
    FirstPassage,
    Quantiles,
    Reducer,
    ShareBeyond,
    SolveOptions,
    Statuses,
    Trajectories,
    reduce_chunks,
    simulate,
)

SUBJECTS = 203
TIMES = np.array([0.0, 1.0, 2.0, 4.0, 7.0, 10.0, 14.0, 21.0, 28.0, 45.0, 60.0])
LLOQ = 50.0
# Peak memory that a million patients may take, and the measured 0.42 GB.
MEMORY_LIMIT_MB = 2000
MILLION = """
import resource, numpy as np
from leucel.compile import compile_model
from leucel.core import RandomStream
from leucel.library import get_model
from leucel.model import individual_values, random_effects
from leucel.nca import NcaReducer
from leucel.solve import Extremes, FirstPassage, Quantiles, ShareBeyond, reduce_chunks
spec, _ = get_model("stein_2019_tisagenlecleucel")
stream = RandomStream(7)
def draw(first, last):
    etas = {n: w * stream.normal(f"eta_{n}", subjects=last - first, first=first)
            for n, w in random_effects(spec).items()}
    return individual_values(spec, etas)
name = spec.outputs[0].name
nca = NcaReducer(name, lloq=50.0)
others = [Quantiles(name), ShareBeyond(name, "above", 50.0), Extremes(name, "above"),
          FirstPassage(name, "below", 50.0, after=28.0)]
reduce_chunks(compile_model(spec), [nca, *others], subjects=1_000_000, parameters=draw,
              times=np.array([0, 1, 3, 7, 10, 14, 21, 28, 60, 90, 180, 365.0]))
assert len(nca.results().value("cmax")) == 1_000_000
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0)
"""


@pytest.fixture(scope="module")
def model() -> CompiledModel:
    """Expansion and decline; a few subjects grow without bound and fail."""
    return compile_model(
        ModelSpec(
            name="expansion",
            parameters=(
                Parameter(name="k_up", value=0.9),
                Parameter(name="k_down", value=0.1),
                Parameter(name="t_max", value=8.0),
            ),
            states=(State(name="x", initial="5"),),
            odes={"x": "if(t < t_max, k_up, -k_down)*x"},
            events=(
                Event(name="peak", when="t_max - t"),
                Event(name="gone", when="x - 20", set={}),
            ),
            outputs=(
                Output(name="transgene", text="x", unit="copies/ug"),
                Output(name="relative", text="x/5"),
            ),
        )
    )


@pytest.fixture(scope="module")
def parameters() -> dict[str, np.ndarray]:
    grid = np.linspace(0.0, 1.0, SUBJECTS)
    t_max = 4.0 + 8.0 * grid
    t_max[::29] = 1e6
    return {"k_up": 0.3 + grid**2, "k_down": 0.02 + 0.3 * grid[::-1], "t_max": t_max}


OPTIONS = SolveOptions(state_limit=1e9)


def new_reducers() -> list[Reducer]:
    return [
        Quantiles("transgene"),
        ShareBeyond("transgene", "above", LLOQ),
        FirstPassage("relative", "below", 2.0, after=10.0),
        FirstPassage("transgene", "above", 3.0, relative_to_start=True, between="line"),
        FirstPassage("transgene", "below", LLOQ, after=7.0, between="log"),
        Extremes("transgene", "above"),
        Extremes("transgene", "below"),
        EventTimes("gone"),
        Statuses(),
        NcaReducer("transgene", lloq=LLOQ),
    ]


def contents(reducers: list[Reducer]) -> list[np.ndarray]:
    quantiles, share, first, second, third, high, low, gone, statuses, kinetics = reducers
    found = kinetics.results()
    return [
        *(quantiles.quantile(q) for q in (0.05, 0.5, 0.95)),
        share.share,
        share.known,
        *(r.times for r in (first, second, third)),
        np.array([r.share for r in (first, second, third)]),
        *(r.values for r in (high, low)),
        *(r.times for r in (high, low)),
        gone.times,
        np.array(list(statuses.counts.items())),
        *(found.value(p.name) for p in found.parameters),
        *(found.reason_codes(p.name) for p in found.parameters),
    ]


def reduced(
    model: CompiledModel, parameters: dict[str, np.ndarray], chunk: int, threads: int
) -> list[np.ndarray]:
    reducers = new_reducers()
    reduce_chunks(
        model,
        reducers,
        subjects=SUBJECTS,
        parameters=parameters,
        times=TIMES,
        options=SolveOptions(state_limit=1e9, threads=threads),
        chunk=chunk,
    )
    return contents(reducers)


@pytest.mark.parametrize(("chunk", "threads"), [(1, 1), (17, 2), (64, 1), (1000, 2)])
def test_chunks_and_threads_change_nothing(
    model: CompiledModel, parameters: dict[str, np.ndarray], chunk: int, threads: int
) -> None:
    whole = reduced(model, parameters, SUBJECTS, 1)
    for one, other in zip(whole, reduced(model, parameters, chunk, threads), strict=True):
        assert np.array_equal(one, other, equal_nan=True)


@pytest.fixture(scope="module")
def whole(model: CompiledModel, parameters: dict[str, np.ndarray]) -> Trajectories:
    return simulate(model, parameters=parameters, times=TIMES, options=OPTIONS)


def test_the_numbers_are_those_of_whole_trajectories(
    model: CompiledModel, parameters: dict[str, np.ndarray], whole: Trajectories
) -> None:
    found = reduced(model, parameters, 31, 1)
    transgene, failed = whole.output("transgene"), whole.failed
    assert 5 < failed.sum() < 20
    for got, share in zip(found[:3], (0.05, 0.5, 0.95), strict=True):
        exact = np.nanquantile(transgene, share, axis=0, method="inverted_cdf")
        np.testing.assert_allclose(got, exact, rtol=5.1e-3)
    known = ~np.isnan(transgene)
    assert np.array_equal(found[3], (transgene >= LLOQ).sum(axis=0) / known.sum(axis=0))
    for n in range(SUBJECTS):
        late = [t for t, v in zip(TIMES, transgene[n], strict=True) if t >= 10.0 and v <= 10.0]
        if late:
            assert found[5][n] == late[0]
        else:
            assert np.isnan(found[5][n]) if failed[n] else np.isinf(found[5][n])
    well = np.flatnonzero(~failed)
    assert np.array_equal(found[9][well], transgene[well].max(axis=1))
    assert np.array_equal(found[11][well], TIMES[transgene[well].argmax(axis=1)])
    assert np.isnan(found[9][failed]).all()
    assert np.array_equal(found[13][well], whole.event_times["gone"][well])
    assert dict(found[14].tolist()) == {int(s): n for s, n in whole.count_by_status().items()}
    kinetics = nca(profiles_from_matrix(TIMES, transgene[well], lloq=LLOQ), lloq=LLOQ)
    for k, parameter in enumerate(kinetics.parameters):
        expected = kinetics.value(parameter.name)
        assert np.array_equal(found[15 + k][well], expected, equal_nan=True), parameter.name


def test_moments_between_outputs(model: CompiledModel) -> None:
    """On an exponential the line of logarithms is exact."""
    line = FirstPassage("transgene", "above", 20.0, between="log")
    start = FirstPassage("transgene", "above", 1.0)
    never = FirstPassage("transgene", "above", 1e8)
    parameters = {"k_up": 0.5, "t_max": 30.0}
    times = np.linspace(0.0, 28.0, 8)
    reduce_chunks(model, [line, start, never], subjects=1, parameters=parameters, times=times)
    assert line.times[0] == pytest.approx(np.log(4.0) / 0.5, rel=1e-5)
    assert (start.times[0], never.times[0]) == (0.0, np.inf)
    assert (line.share, never.share) == (1.0, 0.0)


def test_what_makes_no_sense_is_refused(model: CompiledModel) -> None:
    with pytest.raises(InputError, match="no reducer"):
        reduce_chunks(model, [], subjects=1, times=TIMES)
    with pytest.raises(InputError, match="did you mean 'transgene'"):
        reduce_chunks(model, [Quantiles("transgne")], subjects=1, times=TIMES)
    with pytest.raises(InputError, match="did you mean 'gone'"):
        reduce_chunks(model, [EventTimes("gon")], subjects=1, times=TIMES)
    with pytest.raises(InputError, match="unknown side"):
        ShareBeyond("transgene", "over", 1.0)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="way between outputs"):
        FirstPassage("transgene", "above", 1.0, between="spline")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="limit of quantification"):
        NcaReducer("transgene", lloq=-1.0)
    with pytest.raises(InputError, match="no subject"):
        NcaReducer("transgene").results()
    assert FirstPassage("transgene", "above", 1.0).times.size == 0
    assert Statuses().counts == {}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="memory is asked of Unix")
def test_a_million_patients_with_several_reducers_fit_in_two_gigabytes() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MILLION], check=True, capture_output=True, text=True
    )
    assert float(done.stdout) < MEMORY_LIMIT_MB
