"""Units of equations: every sum, argument and definition is checked before anything is computed.

Units are compared with their scale, not only their dimensions: pg and g in one sum is a fault,
because kernels see plain numbers. A conversion is written as a literal with a unit, such as
``1e-12 [g/pg]``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from leucel.core import Place, Problem, Unit, parse_unit
from leucel.model.equations import Equation, equations_of
from leucel.model.printing import text_from_tree
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
)

if TYPE_CHECKING:
    from leucel.model.spec import ModelSpec

_PURE = Unit(1.0)
# Scales are products of a few decimal factors; what differs by more than rounding is another unit.
_SCALE_TOLERANCE = 1e-9


def check_units(spec: ModelSpec) -> tuple[Problem, ...]:
    """All unit faults of a model; empty when every equation is consistent.

    Examples
    --------
    >>> from leucel.model import ModelSpec, Output, Parameter, check_units
    >>> k = Parameter(name="k", value=1.0, unit="1/day")
    >>> output = Output(name="y", text="exp(k)")
    >>> print(*check_units(ModelSpec(name="flawed", parameters=(k,), outputs=(output,))))
    1:5 (output y): the argument of exp is no pure number; received k in 1/day
    """
    table = {
        spec.time: spec.time_unit,
        **{p.name: p.unit for p in spec.parameters},
        **{s.name: s.unit for s in spec.states},
        **{e.name: e.unit for e in spec.expressions},
    }
    units = {name: parse_unit(unit) for name, unit in table.items()}
    checker = _Checker(units, table, parse_unit(spec.time_unit))
    for equation in equations_of(spec):
        checker.check(equation, spec.time_unit)
    return tuple(checker.problems)


class _Checker:
    def __init__(self, units: Mapping[str, Unit], texts: Mapping[str, str], time: Unit) -> None:
        self._units = units
        self._time = time
        self._texts = texts
        self._key = ""
        self.problems: list[Problem] = []

    def check(self, equation: Equation, time_unit: str) -> None:
        self._key = equation.key
        tree = equation.parse()
        found = self._unit(tree)
        if equation.kind == "event":
            return
        declared, text = parse_unit(equation.unit), equation.unit
        if equation.kind == "ode":
            declared, text = declared / parse_unit(time_unit), f"{equation.unit} per {time_unit}"
        if found is not None and not _same(found, declared):
            self._report(
                "the unit of the equation is not the declared one",
                tree,
                received=describe_unit(found),
                allowed=text,
                fix=_conversion(found, declared),
            )

    def _report(
        self,
        what: str,
        node: Node,
        *,
        received: str | None = None,
        allowed: str | None = None,
        fix: str | None = None,
    ) -> None:
        where = Place(line=node.at[0], column=node.at[1], key=self._key)
        self.problems.append(
            Problem(what=what, where=where, received=received, allowed=allowed, fix=fix)
        )

    def _unit(self, node: Node) -> Unit | None:
        """Unit of a node; None fits every unit: a literal 0, or a part already reported."""
        match node:
            case Number(value=value, unit=unit):
                if unit is not None:
                    return parse_unit(unit)
                return None if value == 0 else _PURE
            case Name(name=name):
                return self._units[name]
            case Negate(operand=operand) | Not(operand=operand):
                return self._unit(operand)
            case Connect(left=left, right=right):
                self._unit(left)
                self._unit(right)
                return _PURE
            case Compare(left=left, right=right):
                self._alike((left, right), "compared")
                return _PURE
            case Binary(operator="+" | "-" as operator, left=left, right=right):
                return self._alike((left, right), "added" if operator == "+" else "subtracted")
            case Binary(operator="^"):
                return self._power(node)
            case Binary(operator=operator, left=left, right=right):
                above, below = self._unit(left), self._unit(right)
                if above is None or below is None:
                    return None
                return above * below if operator == "*" else above / below
            case Call():
                return self._call(node)

    def _call(self, node: Call) -> Unit | None:
        match node.function:
            case "abs":
                return self._unit(node.arguments[0])
            case "sqrt":
                inner = self._unit(node.arguments[0])
                return None if inner is None else inner ** Fraction(1, 2)
            case "delay":
                self._alike_time(node.arguments[1])
                return self._unit(node.arguments[0])
            case "min" | "max":
                return self._alike(node.arguments, f"given to {node.function}")
            case "if" | "piecewise":
                pairs, otherwise = branches(node)
                for condition, _ in pairs:
                    self._unit(condition)
                values = (*(value for _, value in pairs), otherwise)
                return self._alike(values, "given as alternatives")
            case function:
                self._pure(node.arguments[0], f"the argument of {function}")
                return _PURE

    def _alike(self, nodes: tuple[Node, ...], verb: str) -> Unit | None:
        first: tuple[Node, Unit] | None = None
        for node in nodes:
            unit = self._unit(node)
            if unit is None:
                continue
            if first is None:
                first = (node, unit)
            elif not _same(first[1], unit):
                self._report(
                    f"values of different units are {verb}",
                    node,
                    received=f"{self._named(first[0], first[1])} and {self._named(node, unit)}",
                    fix=_conversion(unit, first[1]),
                )
        return None if first is None else first[1]

    def _alike_time(self, node: Node) -> None:
        unit = self._unit(node)
        if unit is not None and not _same(unit, self._time):
            self._report(
                "a delay has not the unit of time",
                node,
                received=self._named(node, unit),
                fix=_conversion(unit, self._time),
            )

    def _pure(self, node: Node, what: str) -> None:
        unit = self._unit(node)
        if unit is not None and not _same(unit, _PURE):
            self._report(f"{what} is no pure number", node, received=self._named(node, unit))

    def _power(self, node: Binary) -> Unit | None:
        self._pure(node.right, "the exponent")
        base = self._unit(node.left)
        if base is None or _same(base, _PURE):
            return base
        exponent = _literal(node.right)
        if exponent is None:
            self._report(
                "a quantity with a unit is raised to a power that is no literal number",
                node.left,
                received=self._named(node.left, base),
                fix="divide it by a reference value first",
            )
            return None
        return base**exponent

    def _named(self, node: Node, unit: Unit) -> str:
        known = self._texts[node.name] if isinstance(node, Name) else describe_unit(unit)
        return f"{text_from_tree(node)} in {known}"


def _literal(node: Node) -> Fraction | None:
    match node:
        case Number(value=value):
            return Fraction(value).limit_denominator(1000)
        case Negate(operand=operand):
            inner = _literal(operand)
            return None if inner is None else -inner
        case Binary(operator="/", left=Number(value=above), right=Number(value=below)):
            return Fraction(above).limit_denominator(1000) / Fraction(below).limit_denominator(1000)
        case _:
            return None


def _same(left: Unit, right: Unit) -> bool:
    return left.same_dimensions(right) and math.isclose(
        left.scale, right.scale, rel_tol=_SCALE_TOLERANCE
    )


def _conversion(found: Unit, wanted: Unit) -> str | None:
    if not found.same_dimensions(wanted):
        return None
    return f"multiply by {found.scale / wanted.scale:.6g} to convert"


def describe_unit(unit: Unit) -> str:
    """A unit in words, in the base dimensions of the house (day, m, kg, mol, cell, ...).

    Examples
    --------
    >>> from leucel.core import parse_unit
    >>> describe_unit(parse_unit("cells/L"))
    '1000 cell/m^3'
    """
    bases = {"time": "day", "length": "m", "mass": "kg", "amount": "mol", "activity": "IU"}
    above, below = [], []
    for name, power in unit.dimensions:
        base = bases.get(name, name)
        size = abs(power)
        text = base if size == 1 else f"{base}^{size}"
        (above if power > 0 else below).append(text)
    scale = "" if math.isclose(unit.scale, 1.0, rel_tol=_SCALE_TOLERANCE) else f"{unit.scale:.6g} "
    head = "*".join(above) or "1"
    tail = "" if not below else f"/{below[0]}" if len(below) == 1 else f"/({'*'.join(below)})"
    return f"{scale}{head}{tail}"
