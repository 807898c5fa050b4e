"""The syntax tree of an equation: what was written, where, and nothing evaluated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Position = tuple[int, int]
"""Line and column of a node in its text, both counted from 1."""

Operator = Literal["+", "-", "*", "/", "^"]
Relation = Literal["<", "<=", ">", ">="]
Connective = Literal["and", "or"]

ARITY: dict[str, tuple[int, int | None]] = {
    "exp": (1, 1),
    "expm1": (1, 1),
    "log": (1, 1),
    "log1p": (1, 1),
    "sqrt": (1, 1),
    "abs": (1, 1),
    "tanh": (1, 1),
    "erf": (1, 1),
    "lgamma": (1, 1),
    "logistic": (1, 1),
    "delay": (2, 2),
    "min": (2, None),
    "max": (2, None),
    "if": (3, 3),
    "piecewise": (3, None),
}
"""Functions of the grammar with the least and the greatest number of arguments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A literal, with the unit in brackets behind it (`86400 [s/day]`), if one was given.

    Positions do not take part in comparisons, so equal equations in different places are equal.
    """

    value: float
    unit: str | None = None
    at: Position = field(default=(1, 1), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A symbol: time, state, parameter or expression."""

    name: str
    at: Position = field(default=(1, 1), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Negate:
    """Minus in front of a term."""

    operand: Node
    at: Position = field(default=(1, 1), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary:
    """Two terms and an arithmetic operator."""

    operator: Operator
    left: Node
    right: Node
    at: Position = field(default=(1, 1), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function of the grammar with its arguments; `if` and `piecewise` are functions too."""

    function: str
    arguments: tuple[Node, ...]
    at: Position = field(default=(1, 1), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """A condition between two terms."""

    relation: Relation
    left: Node
    right: Node
    at: Position = field(default=(1, 1), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """Two conditions joined by `and` or `or`."""

    connective: Connective
    left: Node
    right: Node
    at: Position = field(default=(1, 1), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """A condition turned round."""

    operand: Node
    at: Position = field(default=(1, 1), compare=False)


Node = Number | Name | Negate | Binary | Call | Compare | Connect | Not


def is_condition(node: Node) -> bool:
    """True when the node is true or false rather than a number."""
    return isinstance(node, Compare | Connect | Not)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node, in the order they were written."""
    match node:
        case Number() | Name():
            return ()
        case Negate(operand=operand) | Not(operand=operand):
            return (operand,)
        case Binary(left=left, right=right) | Compare(left=left, right=right):
            return (left, right)
        case Connect(left=left, right=right):
            return (left, right)
        case Call(arguments=arguments):
            return arguments


def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes below it, in the order they were written."""
    yield node
    for child in children(node):
        yield from walk(child)


def names_in(node: Node) -> tuple[Name, ...]:
    """Every place where a symbol is used."""
    return tuple(found for found in walk(node) if isinstance(found, Name))


def branches(call: Call) -> tuple[tuple[tuple[Node, Node], ...], Node]:
    """Split `if` or `piecewise` into (condition, value) pairs and the value otherwise."""
    arguments = call.arguments
    pairs = tuple((arguments[i], arguments[i + 1]) for i in range(0, len(arguments) - 1, 2))
    return pairs, arguments[-1]
