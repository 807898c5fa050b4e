"""Derivatives of programs against SymPy, and at the kinks."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy

from leucel.compile.arithmetic import NumpyArithmetic
from leucel.compile.differentiation import Derivatives
from leucel.compile.lowering import lower
from leucel.compile.program import Builder, Op, evaluate
from leucel.core import ModelError
from leucel.model import ModelSpec, Output, Parameter, State, symbolic_system

NUMBERS = NumpyArithmetic()
# Two orders of the same operations, all of moderate size.
ROUNDING = 1e-12

ODES = {
    "x": "k*x*y/(m + x) - x^2.5 + exp(-k*t)*y",
    "y": "tanh(x - y) + log(1 + x*y) - sqrt(y)/(1 + x^3) + min(x, 2*y) - max(0, y - 1)",
    "z": "(x/m)^g + if(x > y, x*z, y/z) - abs(z) + erf(x - z)*lgamma(y + m) + expm1(x)*log1p(z)",
}


@pytest.fixture(scope="module")
def spec() -> ModelSpec:
    return ModelSpec(
        name="all_functions",
        parameters=(
            Parameter(name="k", value=1.3),
            Parameter(name="m", value=0.7),
            Parameter(name="g", value=0.215),
        ),
        states=tuple(State(name=name, initial="1") for name in "xyz"),
        odes=ODES,
        outputs=(Output(name="sum", text="x + y + z"),),
    )


def test_jacobian_equals_that_of_sympy(spec: ModelSpec) -> None:
    symbolic = symbolic_system(spec)
    system = lower(symbolic)
    rng = np.random.default_rng(3)
    for _ in range(5):
        states, parameters = rng.uniform(0.2, 2.0, 3), rng.uniform(0.2, 2.0, 3)
        values = dict(
            zip(
                (symbolic.time, *symbolic.states, *symbolic.parameters),
                (0.4, *states, *parameters),
                strict=True,
            )
        )
        wanted = [*system.rhs, *system.time_derivative, *system.jacobian.values()]
        got = evaluate(
            system.program, NUMBERS, wanted, time=0.4, states=states, parameters=parameters
        )
        exact = [
            *symbolic.rhs,
            *symbolic.time_derivative,
            *(symbolic.jacobian.get(at, sympy.Integer(0)) for at in system.jacobian),
        ]
        expected = [float(e.subs(values)) for e in exact]
        np.testing.assert_allclose(got, expected, rtol=ROUNDING)
        assert set(symbolic.jacobian) <= set(system.jacobian)


def test_log_gamma_has_two_derivatives_and_no_third() -> None:
    b = Builder()
    x = b.state(0)
    numbers = [b.function(Op.LGAMMA, x)]
    for _ in range(2):
        numbers.append(Derivatives(b, x).of(numbers[-1]))
    for at in (0.3, 1.5, 20.0, -2.4):
        got = evaluate(b.program(), NUMBERS, numbers, states=[at])
        exact = [mpmath.re(mpmath.loggamma(at)), mpmath.psi(0, at), mpmath.psi(1, at)]
        np.testing.assert_allclose(got, [float(e) for e in exact], rtol=ROUNDING)
    with pytest.raises(ModelError, match="third derivative"):
        Derivatives(b, x).of(numbers[-1])


def test_a_power_of_zero_has_derivative_zero_or_one() -> None:
    b = Builder()
    x, g = b.state(0), b.parameter(0)
    slope = Derivatives(b, x).of(b.power(x, g))
    program = b.program()
    with np.errstate(all="ignore"):
        for exponent, expected in ((0.2, 0.0), (1.0, 1.0), (1.7, 0.0)):
            got = evaluate(program, NUMBERS, [slope], states=[0.0], parameters=[exponent])
            assert got == [expected]


def test_one_sided_derivatives_follow_the_branch_taken() -> None:
    b = Builder()
    x = b.state(0)
    two = b.constant(2.0)
    numbers = [
        b.function(Op.MINIMUM, x, two),
        b.function(Op.MAXIMUM, x, two),
        b.function(Op.ABSOLUTE, x),
    ]
    slopes = [Derivatives(b, x).of(n) for n in numbers]
    program = b.program()
    assert evaluate(program, NUMBERS, slopes, states=[1.0]) == [1.0, 0.0, 1.0]
    assert evaluate(program, NUMBERS, slopes, states=[3.0]) == [0.0, 1.0, 1.0]
    assert evaluate(program, NUMBERS, slopes, states=[-3.0]) == [1.0, 0.0, -1.0]


def test_a_square_root_has_derivative_zero_at_zero() -> None:
    b = Builder()
    x = b.state(0)
    slope = Derivatives(b, x).of(b.power(x, b.constant(1.5)))
    with np.errstate(all="ignore"):
        at = [
            float(evaluate(b.program(), NumpyArithmetic(), [slope], states=[np.float64(v)])[0])
            for v in (0.0, 4.0)
        ]
    assert at == [0.0, 3.0]
