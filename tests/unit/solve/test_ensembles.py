"""Ensembles: the same bits for any neighbors and threads, failures that touch nobody else."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.compile import CompiledModel, compile_model
from leucel.core import Progress, Status
from leucel.model import Event, ModelSpec, Output, Parameter, State
from leucel.solve import Doses, SolveOptions, Trajectories, simulate

SUBJECTS = 203
TIMES = np.linspace(0.0, 60.0, 61)


@pytest.fixture(scope="module")
def draws() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(11)
    return {
        "k": 0.1 * np.exp(rng.normal(size=SUBJECTS)),
        "threshold": 10.0 ** rng.uniform(-3.0, 1.9, SUBJECTS),
    }


def run(
    model: CompiledModel, draws: dict[str, np.ndarray], rows: object, threads: int = 1
) -> Trajectories:
    amount = np.linspace(1.0, 50.0, SUBJECTS)[rows]
    return simulate(
        model,
        parameters={name: column[rows] for name, column in draws.items()},
        times=TIMES,
        doses=Doses.bolus(amount, time=12.5),
        options=SolveOptions(threads=threads),
    )


def test_bits_do_not_depend_on_threads(decay: CompiledModel, draws: dict[str, np.ndarray]) -> None:
    one = run(decay, draws, slice(None), 1)
    for threads in (2, 3, 7):
        many = run(decay, draws, slice(None), threads)
        assert np.array_equal(one.values, many.values)
        assert np.array_equal(one.event_times["gone"], many.event_times["gone"])
        assert np.array_equal(one.steps, many.steps)


def test_bits_do_not_depend_on_lane_or_neighbors(
    decay: CompiledModel, draws: dict[str, np.ndarray]
) -> None:
    together = run(decay, draws, slice(None))
    order = np.random.default_rng(2).permutation(SUBJECTS)
    mixed = run(decay, draws, order)
    assert np.array_equal(together.values[order], mixed.values)
    for subject in (0, 1, 7, 100, SUBJECTS - 1):
        alone = run(decay, draws, slice(subject, subject + 1))
        assert np.array_equal(alone.values[0], together.values[subject])
        assert alone.event_times["gone"][0] == together.event_times["gone"][subject]


def test_bits_of_an_output_do_not_depend_on_the_other_times(decay: CompiledModel) -> None:
    fine = simulate(decay, times=TIMES)
    coarse = simulate(decay, times=TIMES[::6])
    assert np.array_equal(fine.values[..., ::6], coarse.values)


def test_growth_without_bound_is_survived_and_reported(growth: CompiledModel) -> None:
    k = np.array([0.1, 10.0, 0.2, 50.0, 0.1])
    result = simulate(growth, parameters={"k": k}, times=TIMES, options=SolveOptions(threads=1))
    assert result.status.tolist() == [0, 0, 0, int(Status.NON_FINITE), 0]
    kept = np.isfinite(result.output("x"))
    expected = np.exp(np.where(kept, k[:, None] * TIMES, 0.0))
    # exp(50 t) leaves the doubles after 14 days, exp(10 t) after 71; what was written stays.
    np.testing.assert_allclose(result.output("x")[kept], expected[kept], rtol=1e-3)
    assert kept[[0, 1, 2, 4]].all()
    assert kept[3].sum() == 15


def test_what_follows_a_failure_is_not_a_number(growth: CompiledModel) -> None:
    # x' = x^2 has a pole at 1 / (k x_0) = 10.
    result = simulate(
        growth, parameters={"p": np.array([2.0, 1.0])}, times=TIMES, options=SolveOptions(threads=1)
    )
    assert result.failed.tolist() == [True, False]
    x = result.output("x")[0]
    assert np.isfinite(x[TIMES < 10.0]).all()
    assert np.isnan(x[TIMES > 10.0]).all()
    assert np.isnan(result.output("other")[0][TIMES > 10.0]).all()
    np.testing.assert_allclose(result.output("other")[1], np.exp(-TIMES), rtol=1e-4)


def test_a_derivative_that_is_no_number_fails_at_the_start(growth: CompiledModel) -> None:
    result = simulate(growth, parameters={"x_0": np.array([-1.0, 1.0]), "p": 0.5}, times=TIMES)
    assert result.status.tolist() == [int(Status.NON_FINITE), 0]
    assert np.isnan(result.values[0, :, 1:]).all()


def test_limits_have_their_own_status(growth: CompiledModel) -> None:
    limited = simulate(
        growth,
        parameters={"k": np.array([0.01, 1.0])},
        times=TIMES,
        options=SolveOptions(state_limit=100.0),
    )
    assert limited.status.tolist() == [0, int(Status.LEFT_DOMAIN)]
    assert np.isfinite(limited.output("x")[1][np.log(100.0) > TIMES]).all()
    few = simulate(growth, times=TIMES, options=SolveOptions(max_steps=3))
    assert few.status.tolist() == [int(Status.MAX_STEPS)]
    assert few.steps.tolist() == [3]


def test_a_longest_step_is_kept(decay: CompiledModel) -> None:
    result = simulate(decay, times=[0.0, 40.0], options=SolveOptions(max_step=0.1))
    assert result.steps[0] >= 400


def test_progress_counts_all_subjects(decay: CompiledModel) -> None:
    class Counter:
        def __init__(self) -> None:
            self.total, self.done, self.ended = 0, 0, False

        def start(self, name: str, total: int) -> None:
            assert "decay" in name
            self.total = total

        def advance(self, units: int = 1) -> None:
            self.done += units

        def finish(self) -> None:
            self.ended = True

    counter = Counter()
    progress: Progress = counter
    simulate(decay, times=TIMES, subjects=1000, progress=progress)
    assert (counter.total, counter.done, counter.ended) == (1000, 1000, True)


def test_the_processor_keeps_its_subnormal_numbers(decay: CompiledModel) -> None:
    simulate(decay, times=TIMES, options=SolveOptions(threads=1))
    assert np.float64(1e-310) * np.float64(0.5) > 0.0


def test_equal_models_share_a_kernel(decay: CompiledModel) -> None:
    renamed = ModelSpec(
        name="another_name",
        parameters=decay.spec.parameters,
        states=decay.spec.states,
        odes=decay.spec.odes,
        events=decay.spec.events,
        outputs=decay.spec.outputs,
        dose_state=decay.spec.dose_state,
    )
    assert compile_model(renamed).kernel is decay.kernel


def test_of_two_events_in_a_step_the_first_comes_first() -> None:
    spec = ModelSpec(
        name="two_events",
        parameters=(Parameter(name="k", value=1.0),),
        states=(State(name="x", initial="2"), State(name="y", initial="1.5")),
        odes={"x": "-k", "y": "-k"},
        events=(
            Event(name="x_below", when="x - 1", set={"x": "x + 10"}),
            Event(name="y_below", when="y - 1", set={"y": "x + 0.3"}),
        ),
        outputs=(Output(name="x", text="x"), Output(name="y", text="y")),
    )
    for backend in ("cpu", "reference"):
        result = simulate(compile_model(spec, backend=backend), times=[0.0, 0.7, 1.5])
        assert result.event_times["y_below"][0] == pytest.approx(0.5, abs=1e-9)
        assert result.event_times["x_below"][0] == pytest.approx(1.0, abs=1e-9)
        np.testing.assert_allclose(
            result.values[0], [[2.0, 1.3, 10.5], [1.5, 1.6, 10.8]], rtol=1e-9
        )


@pytest.mark.parametrize("backend", ["cpu", "reference"])
@pytest.mark.parametrize("moment", [1.0, 0.1 + 0.2, 7.77])
def test_a_kink_is_met_once(backend: str, moment: float) -> None:
    spec = ModelSpec(
        name="kink",
        parameters=(Parameter(name="t_max", value=moment),),
        states=(State(name="x", initial="1"),),
        odes={"x": "if(t < t_max, x, -x)"},
        events=(Event(name="peak", when="t_max - t", set={}),),
        outputs=(Output(name="x", text="x"),),
    )
    times = np.linspace(0.0, 10.0, 41)
    options = SolveOptions(rtol=1e-8)
    result = simulate(compile_model(spec, backend=backend), times=times, options=options)
    np.testing.assert_allclose(result.event_times["peak"], [moment], rtol=1e-12)
    expected = np.exp(np.where(times < moment, times, 2.0 * moment - times))
    np.testing.assert_allclose(result.output("x")[0], expected, rtol=1e-5)
    assert result.steps[0] < 500


def test_a_switch_can_wake_a_state_from_zero() -> None:
    spec = ModelSpec(
        name="switch",
        parameters=(Parameter(name="t_on", value=3.3), Parameter(name="k", value=2.0)),
        states=(State(name="x"),),
        odes={"x": "if(t < t_on, 0, k)"},
        outputs=(Output(name="x", text="x"),),
    )
    times = np.linspace(0.0, 10.0, 21)
    result = simulate(compile_model(spec), times=times).require_ok()
    # Nothing tells the solver of the switch: it is met by turning steps down.
    np.testing.assert_allclose(result.output("x")[0], 2.0 * np.maximum(times - 3.3, 0.0), rtol=1e-6)


@pytest.mark.parametrize("power", [0.3, 1.4])
def test_a_state_may_leave_zero_as_a_power_of_time(power: float) -> None:
    spec = ModelSpec(
        name="power",
        parameters=(Parameter(name="n", value=power),),
        states=(State(name="x"),),
        odes={"x": "(n + 1)*t^n"},
        outputs=(Output(name="x", text="x"),),
    )
    times = np.linspace(0.0, 10.0, 21)
    result = simulate(compile_model(spec), times=times).require_ok()
    np.testing.assert_allclose(result.output("x")[0], times ** (power + 1.0), rtol=1e-4)
