"""Order conditions, order of convergence, dense output and stability of the explicit pair."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from leucel.compile import explicit
from leucel.compile.arithmetic import NumpyArithmetic
from leucel.compile.stepper import interpolate

NUMBERS = NumpyArithmetic()
# The coefficients are printed with 16 digits, and weights of 30 cancel.
ROUNDING = 1e-13
# Slopes between two step sizes scatter around the order.
SLOPE = 0.35
END, START = 2.0, (0.5, 0.1)

Tree = tuple["Tree", ...]


def trees(order: int) -> set[Tree]:
    """Rooted trees with a number of nodes, as sorted tuples of their branches."""
    if order == 1:
        return {()}
    return {tuple(sorted(branches)) for branches in _forests(order - 1, order - 1)}


def _forests(nodes: int, largest: int) -> Iterator[list[Tree]]:
    if nodes == 0:
        yield []
        return
    for size in range(min(nodes, largest), 0, -1):
        for tree in trees(size):
            for rest in _forests(nodes - size, size):
                yield [tree, *rest]


def nodes_of(tree: Tree) -> int:
    return 1 + sum(nodes_of(branch) for branch in tree)


def density(tree: Tree) -> int:
    return nodes_of(tree) * math.prod(density(branch) for branch in tree)


def stage_weights(matrix: np.ndarray, tree: Tree) -> np.ndarray:
    """The elementary weights of the stages (Butcher)."""
    product = np.ones(len(matrix))
    for branch in tree:
        product = product * (matrix @ stage_weights(matrix, branch))
    return product


def matrix() -> np.ndarray:
    a = np.zeros((explicit.STAGES, explicit.STAGES))
    for i, row in enumerate(explicit.A):
        a[i, : len(row)] = row
    return a


SOLUTION = np.array([*explicit.A[-1], 0.0])


def test_there_are_as_many_trees_as_butcher_counted() -> None:
    assert [len(trees(order)) for order in range(1, 6)] == [1, 1, 2, 4, 9]


@pytest.mark.parametrize(
    ("weights", "order"),
    [(SOLUTION, 5), (SOLUTION - np.array(explicit.ERROR), 4)],
    ids=["solution", "embedded"],
)
def test_order_conditions(weights: np.ndarray, order: int) -> None:
    a = matrix()
    for nodes in range(1, order + 1):
        for tree in trees(nodes):
            assert weights @ stage_weights(a, tree) == pytest.approx(
                1.0 / density(tree), abs=ROUNDING
            ), tree


@pytest.mark.parametrize("fraction", [0.1, 0.37, 0.5, 0.8, 1.0])
def test_order_conditions_of_the_dense_output(fraction: float) -> None:
    a = matrix()
    powers = fraction ** np.arange(1, 5)
    weights = np.array(explicit.POWERS) @ powers
    for nodes in range(1, 5):
        for tree in trees(nodes):
            expected = fraction**nodes / density(tree)
            assert weights @ stage_weights(a, tree) == pytest.approx(expected, abs=ROUNDING), tree


def test_time_nodes_are_the_sums_of_the_rows() -> None:
    np.testing.assert_allclose(matrix().sum(axis=1), explicit.TIME_NODES, atol=ROUNDING)


def rhs(t: float, y: list[float]) -> list[float]:
    return [-2.0 * (y[0] - math.cos(t)), y[0] * y[1] * (1.0 - y[1])]


def integrate(count: int) -> tuple[np.ndarray, np.ndarray, float]:
    """State at the end, and the dense output within the middle step with its time."""
    time, y, h = 0.0, list(START), END / count
    inside, at = np.zeros(2), 0.0
    slope = rhs(time, y)
    for n in range(count):
        step = explicit.take_step(
            NUMBERS, rhs, time=time, states=y, step=h, slope=slope, timed=True
        )
        if n == count // 2:
            rows = explicit.dense_coefficients(NUMBERS, step.stages, h)
            inside = np.array(
                [
                    interpolate(NUMBERS, 0.37, y[i], step.states[i], [row[i] for row in rows])
                    for i in range(2)
                ]
            )
            at = time + 0.37 * h
        y, slope, time = list(step.states), list(step.stages[-1]), time + h
    return np.array(y), inside, at


def test_the_order_is_five_and_that_of_the_dense_output_at_least_four() -> None:
    exact = solve_ivp(
        rhs, (0.0, END), START, rtol=1e-13, atol=1e-15, method="DOP853", dense_output=True
    ).sol
    errors, inside_errors = [], []
    for count in (32, 64, 128):
        end, inside, at = integrate(count)
        errors.append(np.abs(end - exact(END)).max())
        inside_errors.append(np.abs(inside - exact(at)).max())
    slopes = -np.diff(np.log2(errors))
    assert np.all(slopes > 5.0 - SLOPE), slopes
    assert np.all(-np.diff(np.log2(inside_errors)) > 4.0 - SLOPE)


@pytest.mark.parametrize("size", [0.1, 1.0, 2.0])
def test_the_last_two_stages_know_how_stiff_a_decay_is(size: float) -> None:
    step = explicit.take_step(
        NUMBERS,
        lambda _, y: [-size * y[0]],
        time=0.0,
        states=[1.0],
        step=1.0,
        slope=[-size],
        timed=False,
    )
    bend = step.stages[-1][0] - step.stages[-2][0]
    part = step.states[0] - step.last_argument[0]
    assert abs(bend / part) == pytest.approx(size)
