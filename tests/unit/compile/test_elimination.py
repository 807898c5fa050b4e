"""Sparse elimination against dense linear algebra."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.compile.arithmetic import NumpyArithmetic
from leucel.compile.elimination import factorize, plan_elimination, solve_factored

NUMBERS = NumpyArithmetic()


@pytest.mark.parametrize("size", [1, 3, 8, 30])
def test_solutions_equal_those_of_numpy(size: int) -> None:
    rng = np.random.default_rng(size)
    pattern = [(i, j) for i in range(size) for j in range(size) if rng.random() < 0.3]
    jacobian = {at: rng.normal() for at in pattern}
    dense = np.zeros((size, size))
    for at, value in jacobian.items():
        dense[at] = value
    diagonal = 3.0 * size
    rhs = rng.normal(size=size)
    factors = factorize(NUMBERS, plan_elimination(size, pattern), diagonal, jacobian)
    got = solve_factored(NUMBERS, factors, list(rhs))
    expected = np.linalg.solve(diagonal * np.eye(size) - dense, rhs)
    # The matrix is diagonally dominant: no more than rounding is lost.
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-15)


def test_an_arrow_is_eliminated_without_filling_in() -> None:
    size = 6
    arrow = [(0, j) for j in range(size)] + [(i, 0) for i in range(size)]
    plan = plan_elimination(size, arrow)
    assert set(plan.order[-2:]) >= {0}
    assert sum(len(b) for b in plan.below) == size - 1


def test_states_that_nothing_reads_cost_no_column() -> None:
    plan = plan_elimination(3, [(0, 1), (2, 1), (1, 1)])
    assert sum(len(b) * len(r) for b, r in zip(plan.below, plan.right, strict=True)) == 0
