"""Judging a Jacobian."""

from __future__ import annotations

import math

import numpy as np
import pytest

from leucel.estimate.identifiability import assess


def test_independent_columns_are_identified() -> None:
    judged = assess(np.diag([2.0, 1.0]), ("a", "b"))
    assert judged.identified
    assert judged.rank == 2
    assert judged.condition == pytest.approx(2.0)
    assert judged.singular_values == pytest.approx((2.0, 1.0))


def test_the_limit_decides() -> None:
    jacobian = np.diag([1.0, 1e-2])
    assert assess(jacobian, ("a", "b"), limit=1e3).identified
    assert assess(jacobian, ("a", "b"), limit=10.0).loose == (("b",),)


def test_nothing_moves_the_targets() -> None:
    judged = assess(np.zeros((3, 2)), ("a", "b"))
    assert judged.rank == 0
    assert judged.condition == math.inf
    assert len(judged.loose) == 2


def test_fewer_rows_than_columns_leave_directions_loose() -> None:
    judged = assess(np.array([[1.0, 0.0, 0.0]]), ("a", "b", "c"))
    assert judged.rank == 1
    assert {name for group in judged.loose for name in group} == {"b", "c"}
    assert len(judged.singular_values) == 3
