"""Printed equations read back as themselves, and all readings of one text agree."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leucel.core import ModelError
from leucel.model import evaluate, parse_expression, text_from_tree
from leucel.model.symbolic import sympy_from_tree
from leucel.model.tree import Binary, Call, Compare, Connect, Name, Negate, Node, Not, Number

ONE_ARGUMENT = (
    *("exp", "expm1", "log", "log1p", "sqrt", "abs", "tanh", "erf", "lgamma", "logistic"),
)
VALUES = {"x": 0.7, "y": 1.9, "k_loss": 0.03}
# Both readings round each operation to double precision; chains of some dozen operations differ by
# a few of these errors, amplified where near-equal numbers are subtracted.
AGREEMENT = 1e-9


@st.composite
def conditions(draw: st.DrawFn, depth: int) -> Node:
    kind = draw(st.sampled_from(["compare", "not", "connect"])) if depth > 0 else "compare"
    if kind == "not":
        return Not(operand=draw(conditions(depth - 1)))
    if kind == "connect":
        connective = draw(st.sampled_from(["and", "or"]))
        left, right = draw(conditions(depth - 1)), draw(conditions(depth - 1))
        return Connect(connective=connective, left=left, right=right)
    relation = draw(st.sampled_from(["<", "<=", ">", ">="]))
    return Compare(relation=relation, left=draw(trees(depth - 1)), right=draw(trees(depth - 1)))


@st.composite
def trees(draw: st.DrawFn, depth: int = 4) -> Node:
    kinds = ["number", "name"] + (["negate", "binary", "call", "if"] if depth > 0 else [])
    kind = draw(st.sampled_from(kinds))
    if kind == "number":
        unit = draw(st.sampled_from([None, "1/day"]))
        return Number(value=draw(st.floats(0.0, 1e6, allow_nan=False)), unit=unit)
    if kind == "name":
        return Name(name=draw(st.sampled_from(sorted(VALUES))))

    def term() -> Node:
        return draw(trees(depth - 1))

    if kind == "negate":
        return Negate(operand=term())
    if kind == "binary":
        operator = draw(st.sampled_from(["+", "-", "*", "/", "^"]))
        return Binary(operator=operator, left=term(), right=term())
    if kind == "if":
        return Call(function="if", arguments=(draw(conditions(depth - 1)), term(), term()))
    function = draw(st.sampled_from([*ONE_ARGUMENT, "min"]))
    arguments = (term(), term()) if function == "min" else (term(),)
    return Call(function=function, arguments=arguments)


@given(trees())
@settings(max_examples=300, deadline=None, derandomize=True)
def test_a_printed_equation_reads_back_as_itself(tree: Node) -> None:
    assert parse_expression(text_from_tree(tree)) == tree


@given(trees())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_sympy_and_the_direct_reading_agree(tree: Node) -> None:
    import sympy

    try:
        direct = evaluate(text_from_tree(tree), VALUES)
    except ModelError:
        return
    if not 1e-6 < abs(direct) < 1e6:
        return
    symbols: dict[str, Any] = {name: sympy.Symbol(name, real=True) for name in VALUES}
    symbolic = sympy_from_tree(tree, symbols).subs({symbols[n]: v for n, v in VALUES.items()})
    number = complex(symbolic.evalf())
    assert number.imag == pytest.approx(0.0, abs=AGREEMENT)
    assert number.real == pytest.approx(direct, rel=AGREEMENT)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("((a*b))/(c)", "a*b/c"),
        ("a/(b*c)", "a/(b*c)"),
        ("a - (b - c)", "a - (b - c)"),
        ("(a + b)^(c)", "(a + b)^c"),
        ("(a^b)^c", "(a^b)^c"),
        ("-(a + b)", "-(a + b)"),
        ("a**-b", "a^-b"),
        ("2.50*a", "2.5*a"),
        ("if( a<b , 1.0, 2)", "if(a < b, 1, 2)"),
    ],
)
def test_only_needed_parentheses_are_printed(text: str, printed: str) -> None:
    assert text_from_tree(parse_expression(text)) == printed


def test_numbers_print_exactly() -> None:
    for value in (0.1, 1e-12, 6.023e23, 1e16, 12345678.0, math.pi):
        assert evaluate(text_from_tree(Number(value=value)), {}) == value
