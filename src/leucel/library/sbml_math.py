"""Formulas between SBML and the grammar of models: trees of libSBML on one side, ours on the other.

What SBML can say and the grammar cannot (equality of reals, rounding, angles) raises
`Foreign` with what to do; nothing is dropped silently.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from leucel.core import InputError, ModelError, Problem
from leucel.model import (
    Binary,
    Call,
    Compare,
    Connect,
    Name,
    Negate,
    Node,
    Not,
    Number,
    parse_expression,
)

TIME = "time()"
"""Time in formulas that were read; no id of SBML looks like it."""

_AVOGADRO = 6.02214179e23  # as the SBML specification writes it
_TRUE = Compare(relation="<", left=Number(value=0.0), right=Number(value=1.0))
_FALSE = Compare(relation="<", left=Number(value=1.0), right=Number(value=0.0))
_WRITTEN = {
    "exp": "AST_FUNCTION_EXP",
    "log": "AST_FUNCTION_LN",
    "sqrt": "AST_FUNCTION_ROOT",
    "abs": "AST_FUNCTION_ABS",
    "tanh": "AST_FUNCTION_TANH",
    "delay": "AST_FUNCTION_DELAY",
    "min": "AST_FUNCTION_MIN",
    "max": "AST_FUNCTION_MAX",
}
_OPERATORS = {
    "+": "AST_PLUS",
    "-": "AST_MINUS",
    "*": "AST_TIMES",
    "/": "AST_DIVIDE",
    "^": "AST_POWER",
}
_RELATIONS = {
    "<": "AST_RELATIONAL_LT",
    "<=": "AST_RELATIONAL_LEQ",
    ">": "AST_RELATIONAL_GT",
    ">=": "AST_RELATIONAL_GEQ",
}
_ADVICE = {
    "AST_RELATIONAL_EQ": ("equality of two numbers", "ask for an order, such as a >= b"),
    "AST_RELATIONAL_NEQ": ("inequality of two numbers", "ask for an order, such as a > b"),
    "AST_FUNCTION_RATE_OF": ("rateOf", "write the rate itself in its place"),
    "AST_FUNCTION_FLOOR": ("floor", "use piecewise, or an event at each step"),
    "AST_FUNCTION_CEILING": ("ceiling", "use piecewise, or an event at each step"),
    "AST_FUNCTION_QUOTIENT": ("quotient", "use piecewise, or an event at each step"),
    "AST_FUNCTION_REM": ("rem", "use piecewise, or an event at each step"),
    "AST_FUNCTION_FACTORIAL": ("factorial", "write the number"),
}


def load_libsbml() -> Any:
    """libSBML, which is an extra; raises `InputError` when it is not installed."""
    try:
        return importlib.import_module("libsbml")
    except ImportError:
        raise InputError(
            Problem(
                what="libSBML is not installed", fix="pip install 'leucel[sbml]' (python-libsbml)"
            )
        ) from None


class Foreign(Exception):
    """A formula says something that the grammar has no word for."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


def number(value: float, unit: str | None = None) -> Node:
    """A literal; a negative one as the negative of a literal, as the grammar writes it."""
    plain = Number(value=abs(value), unit=unit)
    return Negate(operand=plain) if value < 0 else plain


def combined(operator: Any, parts: list[Node]) -> Node:
    """Parts joined from the left by one operator."""
    found = parts[0]
    for part in parts[1:]:
        found = Binary(operator=operator, left=found, right=part)
    return found


def substituted(tree: Node, values: Callable[[str], Node | None]) -> Node:
    """The tree with some of its symbols replaced; None leaves a symbol as it is."""
    match tree:
        case Number():
            return tree
        case Name(name=name):
            return values(name) or tree
        case Negate(operand=operand):
            return Negate(operand=substituted(operand, values))
        case Not(operand=operand):
            return Not(operand=substituted(operand, values))
        case Binary(operator=o, left=a, right=b):
            return Binary(operator=o, left=substituted(a, values), right=substituted(b, values))
        case Compare(relation=r, left=a, right=b):
            return Compare(relation=r, left=substituted(a, values), right=substituted(b, values))
        case Connect(connective=c, left=a, right=b):
            return Connect(connective=c, left=substituted(a, values), right=substituted(b, values))
        case Call(function=f, arguments=arguments):
            return Call(function=f, arguments=tuple(substituted(a, values) for a in arguments))


def margin(tree: Node) -> Node:
    """A number that is below 0 where a condition holds; raises `Foreign` for no such condition."""
    match tree:
        case Compare(relation="<" | "<=", left=a, right=b):
            return a if b == Number(value=0.0) else Binary(operator="-", left=a, right=b)
        case Compare(left=a, right=b):
            return b if a == Number(value=0.0) else Binary(operator="-", left=b, right=a)
        case Connect(connective=c, left=a, right=b):
            # Both fall below 0 when the larger one does; one of them when the smaller one does.
            chosen = "max" if c == "and" else "min"
            return Call(function=chosen, arguments=(margin(a), margin(b)))
        case Not(operand=operand):
            return Negate(operand=margin(operand))
        case _:
            raise Foreign("a trigger that is no comparison", "compare two numbers in the trigger")


def sbml_tree(libsbml: Any, text: str, time: str, unit_id: Callable[[str], str]) -> Any:
    """An equation of a model as a tree of libSBML.

    Parameters
    ----------
    time : symbol of time.
    unit_id : id of the definition of a unit, for literals with a unit.
    """
    return _written(libsbml, parse_expression(text), time, unit_id)


def _written(libsbml: Any, tree: Node, time: str, unit_id: Callable[[str], str]) -> Any:
    def node(kind: str, *children: Node) -> Any:
        made = libsbml.ASTNode(getattr(libsbml, kind))
        for child in children:
            made.addChild(_written(libsbml, child, time, unit_id))
        return made

    match tree:
        case Number(value=value, unit=unit):
            made = libsbml.ASTNode()
            if value.is_integer() and abs(value) < 2**31:
                made.setValue(int(value))
            else:
                made.setValue(value)
            if unit is not None:
                made.setUnits(unit_id(unit))
            return made
        case Name(name=name):
            made = libsbml.ASTNode(libsbml.AST_NAME_TIME if name == time else libsbml.AST_NAME)
            made.setName("time" if name == time else name)
            return made
        case Negate(operand=operand):
            return node("AST_MINUS", operand)
        case Not(operand=operand):
            return node("AST_LOGICAL_NOT", operand)
        case Binary(operator=operator, left=left, right=right):
            return node(_OPERATORS[operator], left, right)
        case Compare(relation=relation, left=left, right=right):
            return node(_RELATIONS[relation], left, right)
        case Connect(connective=connective, left=left, right=right):
            return node(f"AST_LOGICAL_{connective.upper()}", left, right)
        case Call(function="if" | "piecewise", arguments=arguments):
            # SBML writes the value before its condition.
            turned = [arguments[i ^ 1] for i in range(len(arguments) - 1)]
            return node("AST_FUNCTION_PIECEWISE", *turned, arguments[-1])
        case Call(function="logistic", arguments=(argument,)):
            one, two = Number(value=1.0), Number(value=2.0)
            half = Binary(operator="/", left=argument, right=two)
            wave = Call(function="tanh", arguments=(half,))
            total = Binary(operator="+", left=one, right=wave)
            return node("AST_DIVIDE", total, two)
        case Call(function="sqrt", arguments=(argument,)):
            return node("AST_FUNCTION_ROOT", Number(value=2.0), argument)
        case Call(function=function, arguments=arguments):
            if function not in _WRITTEN:
                raise ModelError(
                    Problem(
                        what=f"SBML has no function {function}",
                        allowed=", ".join(sorted({*_WRITTEN, "if", "piecewise", "logistic"})),
                        fix="write it by these",
                    )
                )
            made = node(_WRITTEN[function], *arguments)
            if function == "delay":
                made.setName(function)
            return made


@dataclass(slots=True, kw_only=True)
class FormulaReader:
    """Reads formulas of one SBML model.

    Attributes
    ----------
    functions : function definitions by id: parameters and body.
    unit_of : text of a unit of the file; None where the house has no such unit.
    """

    libsbml: Any
    functions: Mapping[str, tuple[tuple[str, ...], Any]]
    unit_of: Callable[[str], str | None]
    _names: dict[int, str] = field(default_factory=dict[int, str])

    def __post_init__(self) -> None:
        for name in dir(self.libsbml):
            if name.startswith("AST_"):
                self._names[getattr(self.libsbml, name)] = name

    def tree(self, node: Any, bound: Mapping[str, Node] | None = None) -> Node:
        """A formula as a tree of the grammar, in ids of SBML; functions of the model are put in."""
        kind = self._names.get(node.getType(), "")
        parts = [
            self.tree(node.getChild(i), bound)
            for i in range(node.getNumChildren())
            if kind not in ("AST_FUNCTION", "AST_LAMBDA")
        ]
        if node.isNumber():
            return self._literal(node, kind)
        match kind:
            case "AST_NAME":
                return (bound or {}).get(node.getName(), Name(name=node.getName()))
            case "AST_NAME_TIME":
                return Name(name=TIME)
            case "AST_NAME_AVOGADRO":
                return Number(value=_AVOGADRO)
            case "AST_CONSTANT_PI":
                return Number(value=math.pi)
            case "AST_CONSTANT_E":
                return Number(value=math.e)
            case "AST_CONSTANT_TRUE":
                return _TRUE
            case "AST_CONSTANT_FALSE":
                return _FALSE
            case "AST_FUNCTION":
                return self._call(node, bound)
            case _:
                return self._operation(kind, parts)

    def _literal(self, node: Any, kind: str) -> Node:
        if kind == "AST_RATIONAL":
            above, below = number(float(node.getNumerator())), number(float(node.getDenominator()))
            return Binary(operator="/", left=above, right=below)
        value = float(node.getValue())
        if not math.isfinite(value):
            raise Foreign(f"the number {value!r}", "write a finite number")
        unit = self.unit_of(node.getUnits()) if node.getUnits() else None
        return number(value, unit)

    def _call(self, node: Any, bound: Mapping[str, Node] | None) -> Node:
        name = node.getName()
        if name not in self.functions:
            raise Foreign(
                f"the unknown function {name!r}", "define it in listOfFunctionDefinitions"
            )
        given = [self.tree(node.getChild(i), bound) for i in range(node.getNumChildren())]
        wanted, body = self.functions[name]
        if len(given) != len(wanted):
            raise Foreign(
                f"{name!r} with {len(given)} arguments", f"it takes {len(wanted)} of them"
            )
        return self.tree(body, dict(zip(wanted, given, strict=True)))

    def _operation(self, kind: str, parts: list[Node]) -> Node:
        match kind, parts:
            case "AST_PLUS" | "AST_TIMES", []:
                return Number(value=0.0 if kind == "AST_PLUS" else 1.0)
            case "AST_PLUS", _:
                return combined("+", parts)
            case "AST_TIMES", _:
                return combined("*", parts)
            case "AST_MINUS", [a]:
                return Negate(operand=a)
            case "AST_MINUS", [a, b]:
                return Binary(operator="-", left=a, right=b)
            case "AST_DIVIDE", [a, b]:
                return Binary(operator="/", left=a, right=b)
            case "AST_POWER" | "AST_FUNCTION_POWER", [a, b]:
                return Binary(operator="^", left=a, right=b)
            case "AST_FUNCTION_ROOT", [a] | [Number(value=2.0), a]:
                return Call(function="sqrt", arguments=(a,))
            case "AST_FUNCTION_ROOT", [degree, a]:
                inverse = Binary(operator="/", left=Number(value=1.0), right=degree)
                return Binary(operator="^", left=a, right=inverse)
            case "AST_FUNCTION_EXP" | "AST_FUNCTION_ABS" | "AST_FUNCTION_TANH", [a]:
                return Call(function=kind.rsplit("_", 1)[1].lower(), arguments=(a,))
            case "AST_FUNCTION_LN", [a]:
                return _log(a)
            case "AST_FUNCTION_LOG", [a]:
                return Binary(operator="/", left=_log(a), right=_log(Number(value=10.0)))
            case "AST_FUNCTION_LOG", [base, a]:
                return Binary(operator="/", left=_log(a), right=_log(base))
            case "AST_FUNCTION_SINH", [a]:
                return _half("-", a)
            case "AST_FUNCTION_COSH", [a]:
                return _half("+", a)
            case "AST_FUNCTION_MIN" | "AST_FUNCTION_MAX", [a]:
                return a
            case "AST_FUNCTION_MIN" | "AST_FUNCTION_MAX", [_, _, *_]:
                return Call(function=kind.rsplit("_", 1)[1].lower(), arguments=tuple(parts))
            case "AST_FUNCTION_DELAY", [a, lag]:
                return Call(function="delay", arguments=(a, lag))
            case "AST_FUNCTION_PIECEWISE", [_, _, *_]:
                return _piecewise(parts)
            case _:
                return self._condition(kind, parts)

    def _condition(self, kind: str, parts: list[Node]) -> Node:
        relation = {v: k for k, v in _RELATIONS.items()}.get(kind)
        if relation is not None and len(parts) >= 2:
            pairs: list[Node] = [
                Compare(relation=relation, left=a, right=b)  # type: ignore[arg-type]
                for a, b in pairwise(parts)
            ]
            return _connected("and", pairs)
        match kind, parts:
            case "AST_LOGICAL_AND" | "AST_LOGICAL_OR", []:
                return _TRUE if kind == "AST_LOGICAL_AND" else _FALSE
            case "AST_LOGICAL_AND", _:
                return _connected("and", parts)
            case "AST_LOGICAL_OR", _:
                return _connected("or", parts)
            case "AST_LOGICAL_NOT", [a]:
                return Not(operand=a)
            case "AST_LOGICAL_IMPLIES", [a, b]:
                return _connected("or", [Not(operand=a), b])
            case "AST_LOGICAL_XOR", [a, b]:
                one = _connected("and", [a, Not(operand=b)])
                return _connected("or", [one, _connected("and", [Not(operand=a), b])])
            case _:
                what, fix = _ADVICE.get(
                    kind, (kind.removeprefix("AST_").lower().replace("_", " "), "")
                )
                raise Foreign(
                    what, fix or "use + - * / ^, exp, ln, sqrt, abs, tanh, min, max, piecewise"
                )


def _connected(connective: Any, parts: list[Node]) -> Node:
    found = parts[0]
    for part in parts[1:]:
        found = Connect(connective=connective, left=found, right=part)
    return found


def _log(a: Node) -> Node:
    return Call(function="log", arguments=(a,))


def _half(operator: Any, a: Node) -> Node:
    up = Call(function="exp", arguments=(a,))
    down = Call(function="exp", arguments=(Negate(operand=a),))
    total = Binary(operator=operator, left=up, right=down)
    return Binary(operator="/", left=total, right=Number(value=2.0))


def _piecewise(parts: list[Node]) -> Node:
    if len(parts) % 2 == 0:
        # Without an otherwise the value is undefined elsewhere; the last one is taken.
        raise Foreign("piecewise without otherwise", "give the value of all other cases")
    turned = [parts[i ^ 1] for i in range(len(parts) - 1)]
    function = "if" if len(parts) == 3 else "piecewise"
    return Call(function=function, arguments=(*turned, parts[-1]))
