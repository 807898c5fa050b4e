"""Profiles: order, faults with their rows, simulated courses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leucel.core import InputError
from leucel.data import check_columns, profiles_from_arrays, profiles_from_matrix


def test_rows_are_put_in_order_and_subjects_keep_theirs() -> None:
    found = profiles_from_arrays(
        ["b", "a", "b", "a"], [7, 3, 0, 0], [4.0, 3.0, 2.0, 1.0], [False, False, True, False]
    )
    assert found.subjects == ("b", "a")
    assert found.time.tolist() == [0, 7, 0, 3]
    assert found.value.tolist() == [2.0, 4.0, 1.0, 3.0]
    assert found.below_lloq.tolist() == [True, False, False, False]
    assert found.counts.tolist() == [2, 2]


@given(st.permutations(range(12)))
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    subject = np.repeat(["x", "y", "z"], 4)[order]
    time, value = np.tile(np.arange(4.0), 3)[order], np.arange(12.0)[order]
    found = profiles_from_arrays(list(subject), time, value)
    values = {
        name: found.value[found.index == position].tolist()
        for position, name in enumerate(found.subjects)
    }
    assert values == {"x": [0, 1, 2, 3], "y": [4, 5, 6, 7], "z": [8, 9, 10, 11]}


def test_numbers_and_texts_name_the_same_subject() -> None:
    assert profiles_from_arrays([1, "1"], [0, 1], [1, 1]).subjects == ("1",)


def test_profiles_cannot_be_changed_by_accident() -> None:
    found = profiles_from_arrays(["a"], [0.0], [1.0])
    with pytest.raises(ValueError, match="read-only"):
        found.value[0] = 5.0


def test_the_table_uses_registered_columns() -> None:
    frame = profiles_from_arrays(["a"], [0.0], [1.0], value_unit="ng/mL").to_frame()
    check_columns(frame)
    assert frame.iloc[0].tolist() == ["a", 0.0, 1.0, "ng/mL", False]


def test_every_fault_is_named_with_its_row() -> None:
    with pytest.raises(InputError) as caught:
        profiles_from_arrays(
            ["a", "a", "a", "a", "b"],
            [0, math.nan, 3, 3, 1],
            [1.0, 1.0, -2.0, 5.0, math.nan],
            [False] * 5,
        )
    told = [str(problem) for problem in caught.value.problems]
    assert [each.split(":")[0] for each in told] == ["row 1", "row 2", "row 4", "row 3"]
    assert "two values at one time" in told[-1]
    assert "first seen at row 2" in told[-1]


def test_a_value_below_the_limit_may_be_unknown() -> None:
    assert profiles_from_arrays(["a"], [0.0], [math.nan], [True]).below_lloq.all()


@pytest.mark.parametrize("rows", [([], [], []), (["a"], [0, 1], [1, 1]), (["a"], [0], [])])
def test_columns_that_do_not_fit_are_refused(rows: tuple) -> None:
    with pytest.raises(InputError, match="do not fit together"):
        profiles_from_arrays(*rows)


def test_simulated_courses_become_rows_and_failed_parts_are_left_out() -> None:
    found = profiles_from_matrix(
        [0.0, 1.0, 2.0], [[1.0, 60.0, math.nan], [70.0, 40.0, 80.0]], lloq=50.0
    )
    assert found.subjects == ("0", "1")
    assert found.counts.tolist() == [2, 3]
    assert found.value.tolist() == [50.0, 60.0, 70.0, 50.0, 80.0]
    assert found.below_lloq.tolist() == [True, False, False, True, False]


def test_the_two_makers_agree() -> None:
    times, values = np.array([0.0, 2.0, 5.0]), np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    matrix = profiles_from_matrix(times, values, subjects=["a", "b"])
    rows = profiles_from_arrays(["a"] * 3 + ["b"] * 3, np.tile(times, 2), values.ravel())
    for name in ("subjects", "index", "time", "value", "below_lloq"):
        np.testing.assert_array_equal(getattr(matrix, name), getattr(rows, name))


@pytest.mark.parametrize(
    ("times", "values", "subjects", "words"),
    [
        ([0, 1], [[1.0]], None, "do not fit"),
        ([1, 0], [[1.0, 2.0]], None, "do not fit"),
        ([0, 1], [[1.0, 2.0]], ["a", "b"], "do not fit"),
        ([0, 1], [[1.0, 2.0], [1.0, 2.0]], ["a", "a"], "do not fit"),
        ([0, 1], [[math.nan, math.nan]], None, "no value"),
        ([0, 1], [[1.0, -2.0]], None, "negative or infinite"),
        ([0, 1], [[1.0, math.inf]], None, "negative or infinite"),
    ],
)
def test_broken_courses_are_refused(times, values, subjects, words: str) -> None:
    with pytest.raises(InputError, match=words):
        profiles_from_matrix(times, values, subjects=subjects)
