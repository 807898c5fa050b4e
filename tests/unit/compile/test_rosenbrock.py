"""Order of the stepper and of its dense output, over plain numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from leucel.compile.arithmetic import NumpyArithmetic
from leucel.compile.elimination import plan_elimination
from leucel.compile.rosenbrock import dense_coefficients, take_step
from leucel.compile.stepper import interpolate

NUMBERS = NumpyArithmetic()
# Slopes between two step sizes scatter around the order.
SLOPE = 0.35
END, START = 2.0, (0.5, 0.1)


def rhs(t: float, y: np.ndarray) -> list[float]:
    return [-2.0 * (y[0] - np.cos(t)), y[0] * y[1] * (1.0 - y[1])]


def integrate(count: int) -> tuple[np.ndarray, np.ndarray, float]:
    """State at the end, and the dense output within the middle step with its time."""
    plan = plan_elimination(2, [(0, 0), (1, 0), (1, 1)])
    time, y, h = 0.0, list(START), END / count
    inside, at = np.zeros(2), 0.0
    for n in range(count):
        jacobian = {(0, 0): -2.0, (1, 0): y[1] * (1.0 - y[1]), (1, 1): y[0] * (1.0 - 2.0 * y[1])}
        step = take_step(
            NUMBERS,
            plan,
            rhs,
            time=time,
            states=y,
            step=h,
            slope=rhs(time, np.array(y)),
            jacobian=jacobian,
            time_derivative=[-2.0 * np.sin(time), 0.0],
        )
        if n == count // 2:
            rows = dense_coefficients(NUMBERS, step.stages)
            inside = np.array(
                [
                    interpolate(NUMBERS, 0.37, y[i], step.states[i], [row[i] for row in rows])
                    for i in range(2)
                ]
            )
            at = time + 0.37 * h
        y, time = list(step.states), time + h
    return np.array(y), inside, at


@pytest.fixture(scope="module")
def exact() -> object:
    solution = solve_ivp(
        rhs, (0.0, END), START, rtol=1e-13, atol=1e-15, method="DOP853", dense_output=True
    )
    return solution.sol


def test_order_is_five_and_dense_order_at_least_four(exact: object) -> None:
    errors, inside_errors = [], []
    for count in (8, 16, 32):
        end, inside, at = integrate(count)
        errors.append(np.abs(end - exact(END)).max())
        inside_errors.append(np.abs(inside - exact(at)).max())
    slopes = -np.diff(np.log2(errors))
    assert np.all(np.abs(slopes - 5.0) < SLOPE), slopes
    assert np.all(-np.diff(np.log2(inside_errors)) > 4.0 - SLOPE)


@pytest.mark.parametrize("z", [1e3, 1e9])
def test_a_stiff_decay_is_damped_at_any_step(z: float) -> None:
    step = take_step(
        NUMBERS,
        plan_elimination(1, [(0, 0)]),
        lambda _, y: [-z * y[0]],
        time=0.0,
        states=[1.0],
        step=1.0,
        slope=[-z],
        jacobian={(0, 0): -z},
        time_derivative=None,
    )
    # L-stable: what is left vanishes as the decay becomes faster.
    assert abs(step.states[0]) < 100.0 / z
