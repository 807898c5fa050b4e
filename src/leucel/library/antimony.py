"""Antimony of ODE models: the short text that Tellurium, and people, read."""

from __future__ import annotations

import math

from leucel.core import InputError, Problem
from leucel.model import (
    Binary,
    Call,
    Compare,
    Connect,
    ModelSpec,
    Name,
    Negate,
    Node,
    Not,
    Number,
    parse_expression,
    text_from_tree,
)

_OUTPUT = "output_"
_FUNCTIONS = {"log": "ln", "logistic": "logistic_"}
# Words of Antimony and of the formulas of SBML, which no symbol can be called there.
_TAKEN = frozenset(
    (
        "after",
        "annotation",
        "assignment",
        "at",
        "avogadro",
        "compartment",
        "const",
        "degree",
        "delay",
        "delete",
        "delimiter",
        "deltat",
        "dependency",
        "dna",
        "end",
        "event",
        "exponentiale",
        "extentconversionfactor",
        "false",
        "fluxes",
        "formula",
        "fromtrigger",
        "function",
        "gene",
        "has",
        "import",
        "in",
        "infinity",
        "inf",
        "is",
        "model",
        "module",
        "modular",
        "maximize",
        "minimize",
        "nan",
        "notanumber",
        "operator",
        "parameter",
        "persistent",
        "pi",
        "priority",
        "rateof",
        "reaction",
        "sbo",
        "substanceonly",
        "species",
        "t0",
        "time",
        "timeconversionfactor",
        "true",
        "unit",
        "units",
        "var",
        "volume",
        # functions and distributions
        "normal",
        "uniform",
        "bernoulli",
        "binomial",
        "cauchy",
        "chisquare",
        "exponential",
        "gamma",
        "laplace",
        "lognormal",
        "poisson",
        "rayleigh",
        "sin",
        "cos",
        "tan",
        "sec",
        "csc",
        "cot",
        "sinh",
        "cosh",
        "coth",
        "asin",
        "acos",
        "atan",
        "ln",
        "log10",
        "pow",
        "power",
        "root",
        "sqr",
        "floor",
        "ceil",
        "ceiling",
        "factorial",
        "quotient",
        "rem",
        "implies",
        "xor",
        "eq",
        "neq",
        "geq",
        "leq",
        "gt",
        "lt",
    )
)  # fmt: skip


def to_antimony(spec: ModelSpec) -> str:
    """A model of differential equations in Antimony.

    Units, meanings and the state that a dose enters stand in comments. Symbols that are words of
    Antimony get an underscore.

    Raises
    ------
    InputError
        When the model is a closed form without states.

    Examples
    --------
    >>> from leucel.library import get_model, to_antimony
    >>> text = to_antimony(get_model("chaudhury_2020_lotka_volterra")[0])
    >>> [line.strip() for line in text.splitlines() if "'" in line][0].partition("'")[0]
    'car'
    """
    if not spec.states:
        raise InputError(
            Problem(
                what=f"{spec.name} is a closed form and has no differential equations to export",
                fix="export the model of differential equations, where the library has one",
            )
        )
    return _Writer(spec).text()


class _Writer:
    __slots__ = ("_names", "_spec")

    def __init__(self, spec: ModelSpec) -> None:
        self._spec = spec
        symbols = [x.name for x in (*spec.parameters, *spec.expressions, *spec.states)]
        self._names = {n: f"{n}_" if n.lower() in _TAKEN else n for n in symbols}
        self._names[spec.time] = "time"

    def text(self) -> str:
        spec = self._spec
        parts: list[tuple[str, list[str]]] = [
            (f"parameters, time in {_plain(spec.time_unit)}", [
                f"const {self._names[p.name]} = {_number(p.value)};{_told(p.unit, p.meaning)}"
                for p in spec.parameters
            ]),
            ("expressions", [
                f"var {self._names[e.name]} := {self._formula(e.text)};{_told(e.unit, e.meaning)}"
                for e in spec.expressions
            ]),
            ("initial values", [
                f"var {self._names[s.name]} = {self._formula(s.initial)};"
                f"{_told(s.unit, s.meaning)}"
                for s in spec.states
            ]),
            ("rates", [
                f"{self._names[s.name]}' = {self._formula(spec.ode(s.name))};" for s in spec.states
            ]),
            ("events", [
                f"event_{event.name}: at ({self._formula(event.when)} < 0), t0 = true"
                + (": " + ", ".join(
                    f"{self._names[n]} = {self._formula(value)}" for n, value in event.assignments
                ) if event.assignments else "")
                + ";"
                for event in spec.events
                if event.assignments
            ]),
            ("outputs", [
                f"var {self._output(o.name)} := {self._formula(o.text)};{_told(o.unit, o.meaning)}"
                for o in spec.outputs
            ]),
        ]  # fmt: skip
        lines: list[str] = []
        if spec.description:
            lines.append(f"// {_plain(spec.description)}")
        if spec.dose_state is not None:
            lines.append(f"// A dose enters {self._names[spec.dose_state]}.")
        if any("logistic_" in line for _, found in parts for line in found):
            lines += ["function logistic_(x)", "  (1 + tanh(x/2))/2;", "end"]
        lines.append(f"model {spec.name}")
        for title, found in parts:
            if found:
                lines += ["", f"  // {title}", *(f"  {line}" for line in found)]
        return "\n".join([*lines, "end", ""])

    def _output(self, name: str) -> str:
        return f"{_OUTPUT}{name}" if name in self._names or name.lower() in _TAKEN else name

    def _formula(self, text: str) -> str:
        # Only conditions hold these words, and no symbol holds a space.
        shown = text_from_tree(self._turned(parse_expression(text)))
        return shown.replace(" and ", " && ").replace(" or ", " || ").replace("not ", "!")

    def _turned(self, tree: Node) -> Node:
        """The tree in names and functions of Antimony, without units."""
        match tree:
            case Number(value=value):
                return Number(value=value)
            case Name(name=name):
                return Name(name=self._names[name])
            case Negate(operand=operand):
                return Negate(operand=self._turned(operand))
            case Not(operand=operand):
                return Not(operand=self._turned(operand))
            case Binary(operator=o, left=left, right=right):
                return Binary(operator=o, left=self._turned(left), right=self._turned(right))
            case Compare(relation=r, left=left, right=right):
                return Compare(relation=r, left=self._turned(left), right=self._turned(right))
            case Connect(connective=c, left=left, right=right):
                return Connect(connective=c, left=self._turned(left), right=self._turned(right))
            case Call(function="if" | "piecewise", arguments=arguments):
                # Antimony writes the value before its condition.
                turned = [arguments[i ^ 1] for i in range(len(arguments) - 1)]
                parts = tuple(self._turned(a) for a in (*turned, arguments[-1]))
                return Call(function="piecewise", arguments=parts)
            case Call(function=function, arguments=arguments):
                parts = tuple(self._turned(a) for a in arguments)
                return Call(function=_FUNCTIONS.get(function, function), arguments=parts)


def _number(value: float) -> str:
    whole = value.is_integer() and abs(value) < 1e15 and math.isfinite(value)
    return str(int(value)) if whole else repr(value)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _told(unit: str, meaning: str) -> str:
    return f"  // [{unit}] {_plain(meaning)}".rstrip()
