"""Syntax trees back to text, in one form with as few parentheses as the grammar allows."""

from __future__ import annotations

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
)

_OR, _AND, _NOT, _RELATION, _SUM, _PRODUCT, _MINUS, _POWER, _ATOM = range(1, 10)
_BINDING = {"or": _OR, "and": _AND, "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "^": _POWER}


def text_from_tree(tree: Node) -> str:
    """The canonical text of an equation; reading it again gives an equal tree.

    Examples
    --------
    >>> from leucel.model import parse_expression, text_from_tree
    >>> text_from_tree(parse_expression("((k*x))/(1.0+(x**2))"))
    'k*x/(1 + x^2)'
    """
    return _print(tree)[0]


def number_text(value: float) -> str:
    """The shortest text that reads back as the same number."""
    if value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    return repr(value)


def _print(tree: Node) -> tuple[str, int]:
    """Text of a node and how tightly it binds."""
    match tree:
        case Number(value=value, unit=unit):
            text = number_text(value)
            return (text if unit is None else f"{text} [{unit}]"), _ATOM
        case Name(name=name):
            return name, _ATOM
        case Negate(operand=operand):
            return f"-{_inside(operand, _MINUS)}", _MINUS
        case Not(operand=operand):
            return f"not {_inside(operand, _NOT)}", _NOT
        case Binary(operator="^", left=left, right=right):
            # Left of a power only atoms go bare: -x^2 and (-x)^2 differ, powers bind to the right.
            return f"{_inside(left, _ATOM)}^{_inside(right, _MINUS)}", _POWER
        case Binary(operator=operator, left=left, right=right):
            binding = _BINDING[operator]
            glue = f" {operator} " if binding == _SUM else operator
            return f"{_inside(left, binding)}{glue}{_inside(right, binding + 1)}", binding
        case Compare(relation=relation, left=left, right=right):
            return f"{_inside(left, _SUM)} {relation} {_inside(right, _SUM)}", _RELATION
        case Connect(connective=connective, left=left, right=right):
            binding = _BINDING[connective]
            return f"{_inside(left, binding)} {connective} {_inside(right, binding + 1)}", binding
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(_print(a)[0] for a in arguments)})", _ATOM


def _inside(tree: Node, least: int) -> str:
    text, binding = _print(tree)
    return text if binding >= least else f"({text})"
