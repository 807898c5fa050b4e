"""Trajectories against closed forms, on both backends: decay, doses, events, time dependence."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.linalg import expm

from leucel.compile import CompiledModel
from leucel.core import Status
from leucel.solve import Doses, SolveOptions, simulate

# Global error after tens of steps, each within rtol.
LOOSE, TIGHT = 1e-6, 1e-9
GLOBAL = 100.0
OPTIONS = SolveOptions(rtol=TIGHT, threads=1)


def test_decay_follows_the_exponential(any_decay: CompiledModel) -> None:
    times = np.linspace(0.0, 40.0, 81)
    k = np.array([0.05, 0.1, 0.11])
    result = simulate(any_decay, parameters={"k": k}, times=times, options=OPTIONS)
    expected = 100.0 * np.exp(-k[:, None] * times)
    np.testing.assert_allclose(result.output("cells"), expected, rtol=GLOBAL * TIGHT)
    assert result.unit("cells") == "cells"
    assert not result.failed.any()


@pytest.mark.parametrize("rtol", [1e-4, 1e-6, 1e-8, 1e-10])
def test_error_follows_the_tolerance(chain: CompiledModel, rtol: float) -> None:
    times = np.linspace(0.0, 20.0, 41)
    result = simulate(chain, times=times, doses=Doses.bolus(1e8), options=SolveOptions(rtol=rtol))
    matrix = np.array([[-21.7, 0.2], [1.7, -0.2]])
    expected = np.array([expm(matrix * t) @ [1e8, 0.0] for t in times])
    np.testing.assert_allclose(result.output("blood")[0], expected[:, 0], rtol=GLOBAL * rtol)
    np.testing.assert_allclose(result.output("total")[0], expected.sum(axis=1), rtol=GLOBAL * rtol)


def test_a_right_hand_side_may_depend_on_time(any_chain: CompiledModel) -> None:
    times = np.linspace(0.0, 8.0, 17)
    result = simulate(
        any_chain, parameters={"drive": 5.0}, times=times, outputs=["blood"], options=OPTIONS
    )
    matrix = np.array([[-21.7, 0.2], [1.7, -0.2]])
    # x' = A x + b exp(-t) has the particular solution -(A + I)^-1 b exp(-t).
    particular = -np.linalg.solve(matrix + np.eye(2), [5.0, 0.0])
    expected = [particular * math.exp(-t) - expm(matrix * t) @ particular for t in times]
    np.testing.assert_allclose(
        result.output("blood")[0], np.array(expected)[:, 0], rtol=GLOBAL * TIGHT, atol=1e-12
    )


def test_doses_enter_at_their_times(any_decay: CompiledModel) -> None:
    times = np.array([0.0, 4.0, 5.0, 6.0, 10.0])
    doses = Doses.bolus(np.array([10.0, 0.0])) + Doses.bolus(50.0, time=np.array([5.0, 7.0]))
    result = simulate(any_decay, times=times, doses=doses, options=OPTIONS)
    start, second = np.array([[110.0], [100.0]]), np.array([[5.0], [7.0]])
    expected = start * np.exp(-0.1 * times)
    expected += np.where(times >= second, 50.0 * np.exp(-0.1 * (times - second)), 0.0)
    np.testing.assert_allclose(result.output("cells"), expected, rtol=GLOBAL * TIGHT)


def test_a_dose_at_the_last_time_is_seen_and_later_ones_are_not(any_decay: CompiledModel) -> None:
    doses = Doses.bolus(7.0, time=3.0) + Doses.bolus(1e6, time=3.5)
    result = simulate(any_decay, times=[0.0, 3.0], doses=doses, options=OPTIONS)
    expected = 100.0 * math.exp(-0.3) + 7.0
    assert result.output("cells")[0, -1] == pytest.approx(expected, rel=GLOBAL * TIGHT)


def test_a_dose_may_enter_another_state(chain: CompiledModel) -> None:
    result = simulate(
        chain, times=[0.0], doses=Doses.bolus(3.0, state="marrow"), outputs=["marrow"]
    )
    assert result.output("marrow")[0, 0] == 3.0


def test_events_are_located_and_applied(any_decay: CompiledModel) -> None:
    threshold = np.array([50.0, 1.0, 1e-3])
    times = np.linspace(0.0, 60.0, 61)
    result = simulate(any_decay, parameters={"threshold": threshold}, times=times, options=OPTIONS)
    expected = np.log(100.0 / threshold) / 0.1
    expected[2] = np.inf
    np.testing.assert_allclose(result.event_times["gone"], expected, rtol=GLOBAL * TIGHT)
    cells = result.output("cells")
    for row, time in zip(cells, expected, strict=True):
        assert np.all(row[times >= time] == 0.0)
        assert np.all(row[times < time] > 0.0)


def test_an_event_that_holds_at_the_start_fires_at_once(any_decay: CompiledModel) -> None:
    result = simulate(any_decay, parameters={"threshold": 100.0}, times=[0.0, 1.0])
    assert result.event_times["gone"].tolist() == [0.0]
    assert result.output("cells").tolist() == [[0.0, 0.0]]


def test_an_event_can_fire_again_and_keeps_its_first_time(any_decay: CompiledModel) -> None:
    result = simulate(
        any_decay,
        parameters={"k": 1.0},
        times=np.linspace(0.0, 20.0, 21),
        doses=Doses.bolus(100.0, time=10.0),
        options=OPTIONS,
    )
    np.testing.assert_allclose(result.event_times["gone"], [math.log(100.0)], rtol=1e-7)
    cells = result.output("cells")[0]
    assert cells[9] == 0.0
    assert cells[10] == pytest.approx(100.0, rel=TIGHT)
    assert cells[15] == 0.0


def test_only_time_zero_may_be_asked_for(any_decay: CompiledModel) -> None:
    result = simulate(any_decay, times=[0.0], doses=Doses.bolus(1.0), subjects=3)
    assert result.output("cells").tolist() == [[101.0]] * 3


def test_times_may_repeat_and_start_late(any_decay: CompiledModel) -> None:
    result = simulate(any_decay, times=[2.0, 2.0, 3.0], options=OPTIONS)
    expected = 100.0 * np.exp(-0.1 * np.array([2.0, 2.0, 3.0]))
    np.testing.assert_allclose(result.output("cells")[0], expected, rtol=GLOBAL * TIGHT)


def test_closed_forms_go_through_the_same_call(any_closed_form: CompiledModel) -> None:
    rng = np.random.default_rng(5)
    c_max, t_max = rng.uniform(10.0, 1e5, 37), rng.uniform(5.0, 20.0, 37)
    times = np.array([0.0, 1.0, 7.0, 10.0, 30.0, 365.0])
    result = simulate(any_closed_form, parameters={"c_max": c_max, "t_max": t_max}, times=times)
    after = times - t_max[:, None]
    expected = c_max[:, None] * np.exp(np.where(after <= 0.0, after, -0.1 * after))
    np.testing.assert_allclose(result.output("level"), expected, rtol=1e-13)
    assert result.names == ("level", "log_level")


def test_a_closed_form_without_value_has_a_status(any_closed_form: CompiledModel) -> None:
    c_max = np.array([1.0, -1.0, 2.0] + [1.0] * 8)
    result = simulate(any_closed_form, parameters={"c_max": c_max}, times=[0.0, 1.0])
    assert result.status.tolist() == [0, int(Status.NON_FINITE)] + [0] * 9
    assert not np.isnan(result.values[0]).any()


def test_long_steps_hit_all_outputs_of_a_fine_grid(decay: CompiledModel) -> None:
    times = np.linspace(0.0, 30.0, 1001)
    result = simulate(decay, times=times, options=SolveOptions(rtol=1e-6))
    np.testing.assert_allclose(
        result.output("cells")[0], 100.0 * np.exp(-0.1 * times), rtol=GLOBAL * LOOSE
    )
    assert result.steps[0] < 100
