"""The grammar: what it reads, what it refuses, and where it says the fault is."""

from __future__ import annotations

import pytest

from leucel.core import ModelError
from leucel.model import evaluate, parse_expression


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2*3", 7.0),
        ("2^3^2", 512.0),
        ("2**-1", 0.5),
        ("-2^2", -4.0),
        ("(-2)^2", 4.0),
        ("8/4/2", 1.0),
        ("8 - 4 - 2", 2.0),
        ("--3", 3.0),
        ("+3", 3.0),
        (".5 + 1.e1", 10.5),
        ("1e-3*1E3", 1.0),
        ("86400 [s/day]/2", 43200.0),
        ("min(3, 1, 2) + max(1, 4)", 5.0),
        ("exp(0) + log(1) + sqrt(9) + abs(-2) + tanh(0)", 6.0),
        ("logistic(0)", 0.5),
        ("expm1(0) + log1p(0) + erf(0) + lgamma(2)", 0.0),
        ("if(1 < 2, 10, 20)", 10.0),
        ("if(not 1 < 2, 10, 20)", 20.0),
        ("if(1 < 2 and (3 <= 2 or 2 >= 2), 1, 0)", 1.0),
        ("piecewise(1 > 2, 1, 2 > 1, 2, 3)", 2.0),
        ("piecewise(1 > 2, 1, 2 > 3, 2, 3)", 3.0),
        ("1 +\n  2", 3.0),
    ],
)
def test_it_reads_what_people_write(text: str, value: float) -> None:
    assert evaluate(text, {}) == value


@pytest.mark.parametrize(
    ("text", "line", "column", "fragment"),
    [
        ("", 1, 1, "missing at the end"),
        ("1 +", 1, 4, "missing at the end"),
        ("(a", 1, 1, "never closed"),
        ("a)", 1, 2, "not expected"),
        ("a b", 1, 3, "an operator is missing"),
        ("2 a", 1, 3, "an operator is missing"),
        ("exp a", 1, 1, "needs arguments"),
        ("sin(a)", 1, 1, "unknown function"),
        ("epx(a)", 1, 1, "did you mean 'exp'"),
        ("a == 1", 1, 3, "no comparison"),
        ("1e999", 1, 1, "too large"),
        ("if(a, 1, 2)", 1, 4, "a number stands where a condition is needed"),
        ("1 + (a < 2)", 1, 8, "a condition stands where a number is needed"),
        ("a < b < c", 1, 3, "a condition stands where a number is needed"),
        ("min(a)", 1, 1, "got 1 arguments"),
        ("exp()", 1, 1, "got 0 arguments"),
        ("piecewise(a < 1, 1, a < 2, 2)", 1, 1, "got 4 arguments"),
        ("3 [furlong]", 1, 3, "unknown unit"),
        ("a [day]", 1, 3, "not expected"),
        ("[day]", 1, 1, "behind no number"),
        ("a ? 2", 1, 3, "has no meaning"),
        ("__import__('os')", 1, 12, "has no meaning"),
        ("\n\n  a +* 2", 3, 6, "missing before '*'"),
        ("(" * 200 + "a" + ")" * 200, 1, 101, "too deeply"),
    ],
)
def test_it_says_where_and_what_is_wrong(text: str, line: int, column: int, fragment: str) -> None:
    with pytest.raises(ModelError) as caught:
        parse_expression(text, key="d/dt x")
    (problem,) = caught.value.problems
    assert problem.where is not None
    assert (problem.where.line, problem.where.column) == (line, column)
    assert problem.where.key == "d/dt x"
    assert fragment in str(problem)


def test_layout_does_not_matter() -> None:
    assert parse_expression("k*( x+1 )") == parse_expression(" k * (x + 1)\n")
    assert parse_expression("k*x + 1") != parse_expression("k*(x + 1)")
