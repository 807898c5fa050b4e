"""Programs: sharing, folding, powers, and what is computed once a subject."""

from __future__ import annotations

import math

import numpy as np
import pytest

from leucel.compile.arithmetic import NumpyArithmetic
from leucel.compile.program import Builder, Op, evaluate

NUMBERS = NumpyArithmetic()


def run(builder: Builder, number: int, **leaves: list[float]) -> float:
    with np.errstate(all="ignore"):
        return float(evaluate(builder.program(), NUMBERS, [number], **leaves)[0])


def test_equal_operations_are_one_instruction() -> None:
    b = Builder()
    x, y = b.state(0), b.state(1)
    assert b.add(x, y) == b.add(y, x)
    assert b.multiply(x, y) == b.multiply(y, x)
    assert b.subtract(x, y) != b.subtract(y, x)


def test_constants_and_identities_fold() -> None:
    b = Builder()
    x, zero, one = b.state(0), b.constant(0.0), b.constant(1.0)
    assert b.add(x, zero) == x
    assert b.multiply(x, one) == x
    assert b.multiply(x, zero) == zero
    assert b.subtract(x, x) == zero
    assert b.negate(b.negate(x)) == x
    assert b.add(x, b.negate(x)) == zero
    assert b.value(b.multiply(b.constant(3.0), b.constant(4.0))) == 12.0
    assert b.value(b.function(Op.EXP, b.constant(1000.0))) == math.inf


@pytest.mark.parametrize("exponent", [-3.0, -0.5, 0.5, 1.0, 1.5, 2.0, 7.0, 16.0, 17.0, 0.3])
def test_powers_have_the_right_value(exponent: float) -> None:
    b = Builder()
    number = b.power(b.state(0), b.constant(exponent))
    value = run(b, number, states=[1.7])
    # A product of up to 16 factors loses a few units in the last place.
    assert value == pytest.approx(1.7**exponent, rel=1e-14)


def test_small_whole_powers_are_products() -> None:
    b = Builder()
    number = b.power(b.state(0), b.constant(5.0))
    assert not b.program().uses(Op.POWER, [number])


def test_the_border_holds_what_depends_on_parameters_only() -> None:
    b = Builder()
    x, k, m = b.state(0), b.parameter(0), b.parameter(1)
    rate = b.divide(k, m)
    scaled, shifted = b.multiply(rate, x), b.add(x, k)
    assert b.program().border_of_constants([scaled]) == (rate,)
    assert b.program().border_of_constants([shifted]) == (k,)


def test_known_values_are_not_computed_again() -> None:
    b = Builder()
    root = b.function(Op.SQRT, b.parameter(0))
    number = b.add(root, b.state(0))
    result = evaluate(b.program(), NUMBERS, [number], states=[1.0], known={root: 5.0})
    assert result == [6.0]


def test_arrays_run_as_numbers_do() -> None:
    b = Builder()
    x = b.state(0)
    number = b.select(b.function(Op.LESS, x, b.constant(0.0)), b.negate(x), b.function(Op.EXP, x))
    values = np.array([-2.0, 0.0, 1.0])
    (result,) = evaluate(b.program(), NUMBERS, [number], states=[values])
    np.testing.assert_array_equal(result, [2.0, 1.0, math.e])
