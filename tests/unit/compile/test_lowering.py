"""Lowering of expressions: values, names, and what cannot be lowered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import sympy

from leucel.compile.arithmetic import NumpyArithmetic
from leucel.compile.lowering import LoweredSystem, lower
from leucel.compile.program import Op, evaluate
from leucel.core import ModelError

T, X, Y, K = sympy.symbols("t x y k", real=True)
NUMBERS = NumpyArithmetic()


@dataclass(frozen=True)
class Symbols:
    """The least that lowering asks for."""

    rhs: tuple[sympy.Expr, ...]
    outputs: tuple[sympy.Expr, ...] = ()
    output_names: tuple[str, ...] = ()
    time: sympy.Symbol = T
    states: tuple[sympy.Symbol, ...] = (X, Y)
    parameters: tuple[sympy.Symbol, ...] = (K,)
    initial: tuple[sympy.Expr, ...] = (sympy.Integer(1), K)
    events: tuple[object, ...] = ()
    dose_state: int | None = None
    logged: tuple[int, ...] = ()
    delays: tuple[object, ...] = ()


def value_of(system: LoweredSystem, number: int, x: float, y: float, k: float, t: float) -> float:
    with np.errstate(all="ignore"):
        return float(
            evaluate(system.program, NUMBERS, [number], time=t, states=[x, y], parameters=[k])[0]
        )


@pytest.mark.parametrize(
    "expression",
    [
        X * Y - K * X + 3,
        (X - Y) / (K + X) ** 2,
        -X / Y,
        sympy.exp(-K * T) * sympy.sqrt(X) + sympy.log(Y),
        X**K + X ** sympy.Rational(-1, 3),
        sympy.Piecewise((X, X > Y), (Y * 2, sympy.And(X <= Y, T < 1)), (K, True)),
        sympy.Max(X, Y, K) - sympy.Min(X, Y) + sympy.Abs(X - 2 * Y),
        sympy.tanh(X / 3) * sympy.pi,
        sympy.Piecewise((1, sympy.Not(sympy.Or(X < Y, sympy.Ne(K, K)))), (2, True)) * X,
    ],
)
def test_values_equal_those_of_sympy(expression: sympy.Expr) -> None:
    system = lower(Symbols(rhs=(expression, X)))
    rng = np.random.default_rng(1)
    for x, y, k, t in rng.uniform(0.1, 3.0, (6, 4)):
        expected = float(expression.subs({X: x, Y: y, K: k, T: t}))
        assert value_of(system, system.rhs[0], x, y, k, t) == pytest.approx(expected, rel=1e-13)


def test_states_can_be_asked_for_unless_an_output_has_their_name() -> None:
    system = lower(Symbols(rhs=(X, Y), outputs=(2 * X,), output_names=("x",)))
    assert system.output_names == ("x", "y")


def test_time_makes_a_system_that_is_not_autonomous() -> None:
    assert lower(Symbols(rhs=(K * X, Y))).autonomous
    system = lower(Symbols(rhs=(T * X, Y)))
    assert not system.autonomous
    assert value_of(system, system.time_derivative[0], 2.0, 1.0, 1.0, 0.0) == 2.0


def test_what_depends_on_parameters_is_combined_first() -> None:
    system = lower(Symbols(rhs=(X * K * Y * 2 / (K + 1), X)))
    assert len(system.program.border_of_constants(system.rhs)) == 1


def test_equal_contents_have_equal_hashes() -> None:
    one, two = (lower(Symbols(rhs=(K * X, Y))) for _ in range(2))
    assert one.content_hash == two.content_hash
    assert one.content_hash != lower(Symbols(rhs=(K * X, Y + 1))).content_hash


def test_a_condition_without_branch_is_not_a_number() -> None:
    system = lower(Symbols(rhs=(sympy.Piecewise((X, X > 1)), Y)))
    assert np.isnan(value_of(system, system.rhs[0], 0.5, 1.0, 1.0, 0.0))
    assert value_of(system, system.rhs[0], 2.0, 1.0, 1.0, 0.0) == 2.0


@pytest.mark.parametrize("expression", [sympy.gamma(X), sympy.Symbol("who", real=True) * X])
def test_what_cannot_be_lowered_is_said(expression: sympy.Expr) -> None:
    with pytest.raises(ModelError):
        lower(Symbols(rhs=(expression, Y)))


def test_integer_powers_need_no_call() -> None:
    system = lower(Symbols(rhs=(X**3 / Y**2, X)))
    assert not system.program.uses(Op.POWER, [*system.rhs, *system.jacobian.values()])
