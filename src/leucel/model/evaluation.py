"""The value of an equation for given numbers: the grammar read directly, without SymPy."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from leucel.core import InputError, ModelError, Problem, unknown_name
from leucel.model.grammar import parse_expression
from leucel.model.tree import (
    Binary,
    Call,
    Compare,
    Connect,
    Name,
    Negate,
    Node,
    Not,
    Number,
    branches,
    names_in,
)

_FUNCTIONS: dict[str, Callable[..., float]] = {
    "exp": math.exp,
    "expm1": math.expm1,
    "log": math.log,
    "log1p": math.log1p,
    "sqrt": math.sqrt,
    "abs": math.fabs,
    "tanh": math.tanh,
    "erf": math.erf,
    "lgamma": math.lgamma,
    "logistic": lambda x: (1.0 + math.tanh(x / 2.0)) / 2.0,
    "min": lambda *numbers: min(numbers),
    "max": lambda *numbers: max(numbers),
}


def evaluate(text: str, values: Mapping[str, float]) -> float:
    """The number that an equation gives.

    Raises
    ------
    ModelError
        When the text is no equation, or has no finite real value for these numbers.
    InputError
        When a symbol has no value.

    Examples
    --------
    >>> evaluate("log(2)/k", {"k": 0.16})
    4.332169878499658
    """
    tree = parse_expression(text)
    missing = sorted({found.name for found in names_in(tree)} - values.keys())
    if missing:
        raise InputError([unknown_name(name, list(values), noun="symbol") for name in missing])
    try:
        value = _value(tree, values)
    except (ArithmeticError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        raise ModelError(Problem(what="the equation has no finite value", received=text))
    return value


def _value(tree: Node, values: Mapping[str, float]) -> float:
    match tree:
        case Number(value=value):
            return value
        case Name(name=name):
            return float(values[name])
        case Negate(operand=operand):
            return -_value(operand, values)
        case Binary(operator=operator, left=left, right=right):
            return _arithmetic(operator, _value(left, values), _value(right, values))
        case Call(function="if" | "piecewise"):
            pairs, otherwise = branches(tree)
            chosen = next((v for when, v in pairs if _holds(when, values)), otherwise)
            return _value(chosen, values)
        case Call(function=function, arguments=arguments):
            return _FUNCTIONS[function](*(_value(a, values) for a in arguments))
        case _:
            return float(_holds(tree, values))


def _arithmetic(operator: str, left: float, right: float) -> float:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
        case _:
            return math.pow(left, right)


def _holds(tree: Node, values: Mapping[str, float]) -> bool:
    match tree:
        case Not(operand=operand):
            return not _holds(operand, values)
        case Connect(connective="and", left=left, right=right):
            return _holds(left, values) and _holds(right, values)
        case Connect(left=left, right=right):
            return _holds(left, values) or _holds(right, values)
        case Compare(relation=relation, left=left, right=right):
            first, second = _value(left, values), _value(right, values)
            match relation:
                case "<":
                    return first < second
                case "<=":
                    return first <= second
                case ">":
                    return first > second
                case ">=":
                    return first >= second
        case _:
            return bool(_value(tree, values))
