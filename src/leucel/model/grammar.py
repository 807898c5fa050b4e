"""The grammar of equations: a Pratt parser from text to a syntax tree.

::

    condition   a < b, <=, >, >=;  and, or, not;  parentheses
    term        + - * / and ^ (or **), right-associative, binding more tightly than a leading minus
    number      2, 0.5, 1e-12, each with a unit in brackets if wanted: 86400 [s/day]
    function    exp expm1 log log1p sqrt abs tanh erf lgamma logistic min max
    delay       delay(state, lag): the state a fixed time ago, its initial value before the start
    choice      if(condition, value, otherwise)
                piecewise(condition, value, condition, value, ..., otherwise)

Nothing is ever evaluated as a program: a text either is a sentence of this grammar or an error with
its line and column.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from leucel.core import ModelError, Place, Problem, UnitError, near_misses, parse_unit
from leucel.model.tree import (
    ARITY,
    Binary,
    Call,
    Compare,
    Connect,
    Connective,
    Name,
    Negate,
    Node,
    Not,
    Number,
    Operator,
    Position,
    Relation,
    is_condition,
)

RESERVED = frozenset({*ARITY, "and", "or", "not"})
"""Words of the grammar, which no symbol can be called."""

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<unit>\[[^\[\]]*\])
      | (?P<op>\*\*|<=|>=|==|!=|[-+*/^<>(),])
    """,
    re.VERBOSE,
)
_OR, _AND, _NOT, _RELATION, _SUM, _PRODUCT, _MINUS, _POWER = range(1, 9)
_BINDING = {
    "or": _OR,
    "and": _AND,
    "<": _RELATION,
    "<=": _RELATION,
    ">": _RELATION,
    ">=": _RELATION,
    "+": _SUM,
    "-": _SUM,
    "*": _PRODUCT,
    "/": _PRODUCT,
    "^": _POWER,
}
# Far above what a person writes, far below Python's own recursion limit.
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: Position


def parse_expression(text: str, *, key: str = "equation") -> Node:
    """Read one equation.

    Parameters
    ----------
    text : the right-hand side, on one or more lines.
    key : what the equation is called in error messages ("d/dt tumor").

    Raises
    ------
    ModelError
        With line and column, when the text is no sentence of the grammar.

    Examples
    --------
    >>> parse_expression("k*(1 - x)") == parse_expression("k * ( 1-x )")
    True
    """
    return _parsed(text, key)


@lru_cache(maxsize=8192)
def _parsed(text: str, key: str) -> Node:
    return _Parser(text, key).whole()


class _Parser:
    def __init__(self, text: str, key: str) -> None:
        self._key = key
        self._tokens = self._split(text)
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._term(0)
        token = self._peek()
        if token.kind != "end":
            raise self._error(
                f"{token.text!r} is not expected here",
                token.at,
                fix="an operator is missing before it" if token.kind != "op" else None,
            )
        return node

    def _split(self, text: str) -> list[_Token]:
        tokens: list[_Token] = []
        position, line, start = 0, 1, 0
        while position < len(text):
            match = _TOKEN.match(text, position)
            at = (line, position - start + 1)
            if match is None:
                raise self._error(f"the character {text[position]!r} has no meaning here", at)
            position = match.end()
            kind = cast("str", match.lastgroup)
            if kind == "space":
                breaks = match.group().count("\n")
                if breaks:
                    line += breaks
                    start = match.start() + match.group().rindex("\n") + 1
                continue
            word = match.group()
            if kind == "op" and word in ("==", "!="):
                raise self._error(
                    f"{word!r} is no comparison of the grammar",
                    at,
                    allowed="< <= > >=",
                    fix="two real numbers are almost never equal; ask for an order instead",
                )
            if kind == "name" and word in ("and", "or", "not"):
                kind = "op"
            tokens.append(_Token(kind, "^" if word == "**" else word, at))
        tokens.append(_Token("end", "end of the equation", (line, position - start + 1)))
        return tokens

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        if token.kind != "end":
            self._next += 1
        return token

    def _error(
        self, what: str, at: Position, *, allowed: str | None = None, fix: str | None = None
    ) -> ModelError:
        where = Place(line=at[0], column=at[1], key=self._key)
        return ModelError(Problem(what=what, where=where, allowed=allowed, fix=fix))

    def _need_number(self, node: Node) -> Node:
        if is_condition(node):
            raise self._error(
                "a condition stands where a number is needed",
                node.at,
                fix="write if(condition, value, otherwise)",
            )
        return node

    def _need_condition(self, node: Node) -> Node:
        if not is_condition(node):
            raise self._error(
                "a number stands where a condition is needed", node.at, allowed="a < b, a > b, ..."
            )
        return node

    def _term(self, least: int) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._error(
                "the equation is nested too deeply",
                self._peek().at,
                fix="name its parts as expressions",
            )
        left = self._prefix()
        while True:
            token = self._peek()
            binding = _BINDING.get(token.text, 0) if token.kind == "op" else 0
            if binding <= least:
                break
            self._take()
            left = self._infix(left, token, binding)
        self._depth -= 1
        return left

    def _infix(self, left: Node, token: _Token, binding: int) -> Node:
        # A power binds to the right (2^3^2 = 2^9), everything else to the left.
        right = self._term(binding - 1 if token.text == "^" else binding)
        if binding in (_OR, _AND):
            return Connect(
                connective=cast("Connective", token.text),
                left=self._need_condition(left),
                right=self._need_condition(right),
                at=token.at,
            )
        left, right = self._need_number(left), self._need_number(right)
        if binding == _RELATION:
            return Compare(
                relation=cast("Relation", token.text), left=left, right=right, at=token.at
            )
        return Binary(operator=cast("Operator", token.text), left=left, right=right, at=token.at)

    def _prefix(self) -> Node:
        token = self._take()
        match token.kind, token.text:
            case "number", _:
                return self._number(token)
            case "name", name:
                if self._peek().text == "(" and self._peek().kind == "op":
                    return self._call(token)
                if name in RESERVED:
                    raise self._error(f"{name!r} is a function and needs arguments", token.at)
                return Name(name=name, at=token.at)
            case "op", "(":
                inner = self._term(0)
                self._close(token)
                return inner
            case "op", "-":
                return Negate(operand=self._need_number(self._term(_MINUS)), at=token.at)
            case "op", "+":
                return self._need_number(self._term(_MINUS))
            case "op", "not":
                return Not(operand=self._need_condition(self._term(_NOT)), at=token.at)
            case "unit", text:
                raise self._error(f"the unit {text} stands behind no number", token.at)
            case _:
                pass
        place = "at the end" if token.kind == "end" else f"before {token.text!r}"
        raise self._error(f"a value is missing {place}", token.at)

    def _number(self, token: _Token) -> Node:
        value = float(token.text)
        if not math.isfinite(value):
            raise self._error(
                f"the number {token.text} is too large", token.at, allowed="below 1.8e308"
            )
        unit = None
        if self._peek().kind == "unit":
            bracket = self._take()
            unit = bracket.text[1:-1].strip()
            try:
                parse_unit(unit)
            except UnitError as error:
                first = error.problems[0]
                raise self._error(first.what, bracket.at, fix=first.fix) from error
        return Number(value=value, unit=unit, at=token.at)

    def _call(self, token: _Token) -> Node:
        function = token.text
        opening = self._take()
        if function not in ARITY:
            near = near_misses(function, ARITY)
            raise self._error(
                f"unknown function {function!r}",
                token.at,
                allowed=", ".join(ARITY),
                fix=f"did you mean {near[0]!r}?" if near else "a product needs a *",
            )
        arguments: list[Node] = []
        if self._peek().text == ")":
            self._take()
        else:
            while True:
                arguments.append(self._term(0))
                if self._peek().kind == "op" and self._peek().text == ",":
                    self._take()
                    continue
                self._close(opening)
                break
        return self._checked_call(function, tuple(arguments), token)

    def _checked_call(self, function: str, arguments: tuple[Node, ...], token: _Token) -> Call:
        least, most = ARITY[function]
        count = len(arguments)
        wrong = count < least or (most is not None and count > most)
        if wrong or (function == "piecewise" and count % 2 == 0):
            if function == "piecewise":
                allowed = "condition, value, ..., otherwise"
            else:
                allowed = str(least) if most == least else f"{least} or more"
            raise self._error(f"{function} got {count} arguments", token.at, allowed=allowed)
        chooses = function in ("if", "piecewise")
        for index, argument in enumerate(arguments):
            if chooses and index % 2 == 0 and index < count - 1:
                self._need_condition(argument)
            else:
                self._need_number(argument)
        return Call(function=function, arguments=arguments, at=token.at)

    def _close(self, opening: _Token) -> None:
        token = self._take()
        if token.kind != "op" or token.text != ")":
            raise self._error("this '(' is never closed", opening.at)
