"""Equations of a model as LaTeX, in the form in which they were written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from leucel.model.grammar import parse_expression
from leucel.model.printing import number_text
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

_GREEK = re.compile(
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|phi|chi"
    "|psi|omega"
)
_RELATIONS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge"}
_SUM, _PRODUCT, _MINUS, _POWER, _ATOM = range(1, 6)


def to_latex(spec: ModelSpec) -> str:
    """The model as one LaTeX ``align*``: expressions, equations, initial values, outputs.

    Examples
    --------
    >>> from leucel.model import ModelSpec, Output, Parameter, to_latex
    >>> k = Parameter(name="k_loss", value=1.0, unit="1/day")
    >>> output = Output(name="y", text="exp(-k_loss*t)")
    >>> print(to_latex(ModelSpec(name="fall", parameters=(k,), outputs=(output,))))
    \\begin{align*}
    \\mathrm{y}(t) &= \\exp\\left(-k_{\\mathrm{loss}} \\, t\\right)
    \\end{align*}
    """
    time = symbol_latex(spec.time)
    lines = [f"{symbol_latex(e.name)} &= {equation_latex(e.text)}" for e in spec.expressions]
    for state in spec.states:
        symbol = symbol_latex(state.name)
        lines.append(
            rf"\frac{{\mathrm{{d}} {symbol}}}{{\mathrm{{d}} {time}}} &= "
            + equation_latex(spec.ode(state.name))
        )
    for state in spec.states:
        symbol = symbol_latex(state.name)
        note = rf" \qquad \text{{(solved as }} \log {symbol} \text{{)}}" if state.logged else ""
        lines.append(f"{symbol}(0) &= {equation_latex(state.initial)}{note}")
    lines += [
        rf"\mathrm{{{_words(o.name)}}}({time}) &= {equation_latex(o.text)}" for o in spec.outputs
    ]
    return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"


def equation_latex(text: str) -> str:
    """One right-hand side as LaTeX."""
    return _latex(parse_expression(text))[0]


def symbol_latex(name: str) -> str:
    """A symbol as LaTeX: the first part stands, the others become an upright subscript."""
    head, *rest = name.split("_")
    if _GREEK.fullmatch(head):
        base = f"\\{head}"
    else:
        base = head if len(head) == 1 else rf"\mathrm{{{head}}}"
    return base if not rest else f"{base}_{{\\mathrm{{{','.join(filter(None, rest))}}}}}"


def _words(name: str) -> str:
    return name.replace("_", r"\ ")


def _number(value: float) -> str:
    text = number_text(value)
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \cdot {power}"


def _latex(tree: Node) -> tuple[str, int]:
    """LaTeX of a node and how tightly it binds."""
    match tree:
        case Number(value=value):
            text = _number(value)
            return text, _PRODUCT if r"\cdot" in text else _ATOM
        case Name(name=name):
            return symbol_latex(name), _ATOM
        case Negate(operand=operand):
            return f"-{_inside(operand, _PRODUCT)}", _PRODUCT
        case Not(operand=operand):
            return rf"\neg {_inside(operand, _ATOM)}", _ATOM
        case Binary(operator="/", left=left, right=right):
            return rf"\frac{{{_latex(left)[0]}}}{{{_latex(right)[0]}}}", _PRODUCT
        case Binary(operator="^", left=left, right=right):
            return f"{_inside(left, _ATOM)}^{{{_latex(right)[0]}}}", _POWER
        case Binary(operator="*", left=left, right=right):
            return rf"{_inside(left, _PRODUCT)} \, {_inside(right, _MINUS)}", _PRODUCT
        case Binary(operator=operator, left=left, right=right):
            return f"{_latex(left)[0]} {operator} {_summand(right)}", _SUM
        case Compare(relation=relation, left=left, right=right):
            return f"{_latex(left)[0]} {_RELATIONS[relation]} {_latex(right)[0]}", _ATOM
        case Connect(connective=connective, left=left, right=right):
            join = r"\wedge" if connective == "and" else r"\vee"
            return rf"({_latex(left)[0]}) {join} ({_latex(right)[0]})", _ATOM
        case Call():
            return _call(tree), _ATOM


def _summand(tree: Node) -> str:
    """A term behind a plus or a minus."""
    text = _inside(tree, _PRODUCT)
    return rf"\left({text}\right)" if text.startswith("-") else text


def _inside(tree: Node, least: int) -> str:
    text, binding = _latex(tree)
    return text if binding >= least else rf"\left({text}\right)"


def _call(call: Call) -> str:
    if call.function in ("if", "piecewise"):
        pairs, otherwise = branches(call)
        rows = [rf"{_latex(value)[0]} & {_latex(when)[0]}" for when, value in pairs]
        rows.append(rf"{_latex(otherwise)[0]} & \text{{otherwise}}")
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"
    if call.function == "delay":
        what, lag = call.arguments
        return rf"{_latex(what)[0]}\left(t - {_inside(lag, _PRODUCT)}\right)"
    inner = ", ".join(_latex(argument)[0] for argument in call.arguments)
    match call.function:
        case "sqrt":
            return rf"\sqrt{{{inner}}}"
        case "abs":
            return rf"\left|{inner}\right|"
        case "logistic" | "erf":
            return rf"\operatorname{{{call.function}}}\left({inner}\right)"
        case "lgamma":
            return rf"\log\left|\Gamma\left({inner}\right)\right|"
        case "expm1":
            return rf"\left(\exp\left({inner}\right) - 1\right)"
        case "log1p":
            return rf"\log\left(1 + {_summand(call.arguments[0])}\right)"
        case function:
            return rf"\{function}\left({inner}\right)"
