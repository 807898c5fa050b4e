"""SymPy systems: values, sparse Jacobians, and nothing but plain functions."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from leucel.core import ModelError
from leucel.model import ModelSpec, Output, Parameter, State, symbolic_system

PLAIN = (
    sympy.Add,
    sympy.Mul,
    sympy.Pow,
    sympy.exp,
    sympy.log,
    sympy.Min,
    sympy.Max,
    sympy.Piecewise,
    sympy.tanh,
    sympy.Abs,
    sympy.core.relational.Relational,
    sympy.logic.boolalg.BooleanFunction,
    sympy.functions.elementary.piecewise.ExprCondPair,
)
# Central differences with a relative step of 1e-6 are good to about 1e-9 of the largest term.
DIFFERENCES = 1e-6


def one_state(ode: str) -> ModelSpec:
    return ModelSpec(
        name="m",
        parameters=(Parameter(name="k", value=0.5),),
        states=(State(name="x"),),
        odes={"x": ode},
        outputs=(Output(name="x", text="x"),),
    )


def test_the_system_of_a_model(predator: ModelSpec) -> None:
    system = symbolic_system(predator)
    car, tumor = system.states
    k_kill, share, k_growth, tumor_0 = system.parameters
    assert [p.name for p in system.parameters] == [p.name for p in predator.parameters]
    assert system.initial == (share * tumor_0, tumor_0)
    assert system.rhs[1] == k_growth * tumor - k_kill * sympy.Max(car, 0) * tumor
    assert system.output_names == ("tumor_relative", "car")
    assert system.outputs == (tumor / tumor_0, car)
    assert system.dose_state == 0
    assert system.time_derivative == (0, 0)
    extinct, turn = system.events
    assert extinct.assignments == {1: 0, 0: car / 2}
    assert turn.assignments == {}
    assert turn.when == 10 - system.time


def test_only_entries_that_are_not_zero_are_kept(predator: ModelSpec) -> None:
    assert sorted(symbolic_system(predator).jacobian) == [(0, 0), (1, 0), (1, 1)]


def test_the_jacobian_is_the_derivative(predator: ModelSpec) -> None:
    system = symbolic_system(predator)
    arguments = (system.time, *system.states, *system.parameters)
    rhs = sympy.lambdify(arguments, system.rhs)
    at = np.array([3.0, 40.0, 60.0, *predator.typical_values().values()])
    for (i, j), entry in system.jacobian.items():
        step = at[1 + j] * 1e-6
        up, down = at.copy(), at.copy()
        up[1 + j] += step
        down[1 + j] -= step
        expected = (rhs(*up)[i] - rhs(*down)[i]) / (2 * step)
        assert sympy.lambdify(arguments, entry)(*at) == pytest.approx(expected, rel=DIFFERENCES)


@pytest.mark.parametrize(
    ("ode", "at", "slope"),
    [
        ("max(x, 2)", 3.0, 1.0),
        ("max(x, 2)", 1.0, 0.0),
        ("min(x, 2)", 1.0, 1.0),
        ("abs(x)", -1.0, -1.0),
        ("abs(x)", 0.0, 0.0),
        ("max(x, 0)", 0.0, 0.0),
        ("logistic(x)", 0.0, 0.25),
        ("if(x > 0, x^k, 0)", 4.0, 0.25),
        ("if(x > 0, x^k, 0)", -1.0, 0.0),
        ("piecewise(x < 1, x, x < 2, 2*x, 3*x)", 1.5, 2.0),
    ],
)
def test_switches_have_one_sided_derivatives(ode: str, at: float, slope: float) -> None:
    system = symbolic_system(one_state(ode))
    (x,), (k,) = system.states, system.parameters
    entry = system.jacobian[0, 0]
    assert float(entry.subs({x: at, k: 0.5})) == pytest.approx(slope)
    for node in sympy.preorder_traversal(entry):
        assert node.is_Atom or isinstance(node, PLAIN), node


@pytest.mark.parametrize("ode", ["1/0", "log(0)", "sqrt(-1)", "x/(1 - 1)", "log(0 - 2)*x"])
def test_what_has_no_real_value_is_refused(ode: str) -> None:
    with pytest.raises(ModelError, match="no real, finite value"):
        symbolic_system(one_state(ode))


def test_closed_forms_have_no_states() -> None:
    system = symbolic_system(
        ModelSpec(
            name="line",
            parameters=(Parameter(name="k", value=1.0, unit="1/day"),),
            outputs=(Output(name="y", text="k*t"),),
        )
    )
    assert system.states == system.rhs == ()
    assert system.jacobian == {}
    assert system.outputs[0].free_symbols == {system.time, *system.parameters}


def test_literals_keep_all_their_digits() -> None:
    system = symbolic_system(one_state("6.023e23*x*0.1"))
    assert float(system.jacobian[0, 0]) == 6.023e23 * 0.1
