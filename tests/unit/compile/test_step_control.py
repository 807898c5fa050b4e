"""Where steps begin and end, over plain numbers."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.compile.arithmetic import NumpyArithmetic
from leucel.compile.step_control import (
    FASTEST_START,
    FIRST_STEP,
    SMALLEST_START,
    first_step,
    smallest_step,
    time_blur,
)

AR = NumpyArithmetic()
# A few operations on doubles.
ROUNDING = 1e-14


def first(states: list[float], slopes: list[float], logged: tuple[int, ...] = ()) -> float:
    with np.errstate(all="ignore"):
        pairs = {"states": np.array(states), "slopes": np.array(slopes)}
        return float(first_step(AR, **pairs, span=100.0, logged=logged))


def test_the_quickest_state_gives_the_first_step() -> None:
    floor = 100.0 * FASTEST_START
    assert first([10.0, 4.0], [-1.0, 8.0]) == pytest.approx(FIRST_STEP * (0.5 + floor), ROUNDING)
    # A state at rest and one that leaves zero: the one says nothing, the other all it may.
    assert first([3.0], [0.0]) == FIRST_STEP * 100.0
    assert first([0.0, 1.0], [1.0, 0.1]) == pytest.approx(FIRST_STEP * floor, ROUNDING)
    # Nothing at rest.
    assert first([0.0], [0.0]) == FIRST_STEP * 100.0


def test_a_logarithm_has_the_size_of_one() -> None:
    floor = 100.0 * FASTEST_START
    assert first([-700.0], [2.0], (0,)) == pytest.approx(FIRST_STEP * (0.5 + floor), ROUNDING)


def test_the_smallest_step_moves_the_time() -> None:
    for time in (1e-3, 1.0, 365.0):
        step = float(smallest_step(AR, time=time, span=365.0))
        assert time + step > time
        assert step < 1e-14 * time
    assert float(smallest_step(AR, time=0.0, span=365.0)) == SMALLEST_START * 365.0


def test_the_resolution_of_time_is_counted_in_steps() -> None:
    blur = float(time_blur(AR, end=8.0, span=100.0, inverse=4.0))
    assert blur == pytest.approx(4.0 * 8.0 * 64 * np.finfo(float).eps, ROUNDING)
    # At the start a share of the span takes the place of the time.
    assert float(time_blur(AR, end=0.0, span=100.0, inverse=1.0)) > 0.0
