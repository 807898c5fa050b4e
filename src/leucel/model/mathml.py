"""Equations of a model as MathML, which browsers typeset without a font or a script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

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

_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
}  # fmt: skip
_RELATIONS = {"<": "&lt;", "<=": "≤", ">": "&gt;", ">=": "≥"}
_SUM, _PRODUCT, _MINUS, _POWER, _ATOM = range(1, 6)
# Two letters or more of one word stand upright, as names of quantities do.
_WORD = re.compile(r"[A-Za-z]{2,}")


def to_mathml(spec: ModelSpec) -> dict[str, tuple[str, ...]]:
    """The equations of a model, each one `math` element, by group.

    Returns
    -------
    Groups that are not empty, in order: ``expressions``, ``rates``, ``initial values``,
    ``events``, ``outputs``.

    Examples
    --------
    >>> from leucel.model import ModelSpec, Output, Parameter, to_mathml
    >>> output = Output(name="y", text="2*t")
    >>> print(*to_mathml(ModelSpec(name="line", outputs=(output,)))["outputs"])
    <math displaystyle="true"><mrow><mi>y</mi><mo>=</mo><mrow><mn>2</mn>...</mrow></math>
    """
    time = symbol_mathml(spec.time)
    groups = {
        "expressions": [(symbol_mathml(e.name), e.text) for e in spec.expressions],
        "rates": [
            (
                f"<mfrac><mrow><mi>d</mi>{symbol_mathml(name)}</mrow>"
                f"<mrow><mi>d</mi>{time}</mrow></mfrac>",
                text,
            )
            for name, text in spec.equations
        ],
        "initial values": [
            (f"{symbol_mathml(s.name)}<mo>(</mo><mn>0</mn><mo>)</mo>", s.initial)
            for s in spec.states
        ],
        "outputs": [(symbol_mathml(o.name), o.text) for o in spec.outputs],
    }
    found = {
        group: tuple(_equation(left, text) for left, text in rows)
        for group, rows in groups.items()
        if rows
    }
    if spec.events:
        outputs = found.pop("outputs", ())
        found["events"] = tuple(_event(e.when, e.assignments) for e in spec.events)
        found["outputs"] = outputs
    return found


def symbol_mathml(name: str) -> str:
    """A symbol as MathML: the first part stands, the others become a subscript."""
    head, *rest = name.split("_")
    base = _identifier(_GREEK.get(head, head))
    under = " ".join(filter(None, rest))
    return f"<msub>{base}<mtext>{under}</mtext></msub>" if under else base


def _identifier(word: str) -> str:
    upright = ' mathvariant="normal"' if _WORD.fullmatch(word) is None and len(word) > 1 else ""
    return f"<mi{upright}>{word}</mi>"


def _equation(left: str, text: str) -> str:
    right = _math(parse_expression(text))[0]
    return f'<math displaystyle="true"><mrow>{left}<mo>=</mo>{right}</mrow></math>'


def _event(when: str, assignments: tuple[tuple[str, str], ...]) -> str:
    parts = [
        "<mtext>when&#160;</mtext>",
        _math(parse_expression(when))[0],
        "<mo>&lt;</mo><mn>0</mn><mtext>:&#160;&#160;</mtext>",
    ]
    done = [
        f"{symbol_mathml(name)}<mo>←</mo>{_math(parse_expression(text))[0]}"
        for name, text in assignments
    ]
    parts.append("<mo>,</mo>".join(done) or "<mtext>restart</mtext>")
    return f'<math displaystyle="true"><mrow>{"".join(parts)}</mrow></math>'


def _number(value: float) -> tuple[str, int]:
    text = number_text(value)
    if "e" not in text and len(text) <= 7:
        return f"<mn>{text}</mn>", _ATOM
    mantissa, exponent = f"{value:e}".split("e") if "e" not in text else text.split("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    power = f"<msup><mn>10</mn><mn>{int(exponent)}</mn></msup>".replace("-", "−")
    if mantissa == "1":
        return power, _POWER
    return f"<mrow><mn>{mantissa}</mn><mo>·</mo>{power}</mrow>", _PRODUCT


def _math(tree: Node) -> tuple[str, int]:
    """MathML of a node and how tightly it binds."""
    match tree:
        case Number(value=value):
            return _number(value)
        case Name(name=name):
            return symbol_mathml(name), _ATOM
        case Negate(operand=operand):
            return f"<mrow><mo>−</mo>{_inside(operand, _PRODUCT)}</mrow>", _PRODUCT
        case Not(operand=operand):
            return f"<mrow><mo>¬</mo>{_inside(operand, _ATOM)}</mrow>", _ATOM
        case Binary(operator="/", left=left, right=right):
            return f"<mfrac>{_row(left)}{_row(right)}</mfrac>", _MINUS
        case Binary(operator="^", left=left, right=right):
            return f"<msup>{_inside(left, _ATOM)}{_row(right)}</msup>", _POWER
        case Binary(operator="*", left=left, right=right):
            # Names are words here: side by side they would read as one.
            sides = (_inside(left, _PRODUCT), _inside(right, _MINUS))
            return f"<mrow>{sides[0]}<mo>·</mo>{sides[1]}</mrow>", _PRODUCT
        case Binary(operator=operator, left=left, right=right):
            second = _inside(right, _PRODUCT)
            if second.startswith("<mrow><mo>−"):
                second = _bracketed(second)
            sign = "−" if operator == "-" else "+"
            return f"<mrow>{_math(left)[0]}<mo>{sign}</mo>{second}</mrow>", _SUM
        case Compare(relation=relation, left=left, right=right):
            sides = (_math(left)[0], _math(right)[0])
            return f"<mrow>{sides[0]}<mo>{_RELATIONS[relation]}</mo>{sides[1]}</mrow>", _ATOM
        case Connect(connective=connective, left=left, right=right):
            join = "∧" if connective == "and" else "∨"
            first, second = _bracketed(_math(left)[0]), _bracketed(_math(right)[0])
            return f"<mrow>{first}<mo>{join}</mo>{second}</mrow>", _ATOM
        case Call():
            return _call(tree), _ATOM


def _row(tree: Node) -> str:
    text = _math(tree)[0]
    return text if text.startswith(("<mrow>", "<mi", "<mn>", "<msub>", "<mfrac>")) else (
        f"<mrow>{text}</mrow>"
    )  # fmt: skip


def _bracketed(text: str) -> str:
    return f"<mrow><mo>(</mo>{text}<mo>)</mo></mrow>"


def _inside(tree: Node, least: int) -> str:
    text, binding = _math(tree)
    return text if binding >= least else _bracketed(text)


def _call(call: Call) -> str:
    if call.function in ("if", "piecewise"):
        pairs, otherwise = branches(call)
        rows = [
            f"<mtr><mtd>{_math(value)[0]}</mtd>"
            f"<mtd><mtext>if&#160;</mtext>{_math(when)[0]}</mtd></mtr>"
            for when, value in pairs
        ]
        rows.append(
            f"<mtr><mtd>{_math(otherwise)[0]}</mtd><mtd><mtext>otherwise</mtext></mtd></mtr>"
        )
        return f'<mtable class="cases" columnalign="left left">{"".join(rows)}</mtable>'
    inner = "<mo>,</mo>".join(_math(argument)[0] for argument in call.arguments)
    match call.function:
        case "sqrt":
            return f"<msqrt>{inner}</msqrt>"
        case "abs":
            return f"<mrow><mo>|</mo>{inner}<mo>|</mo></mrow>"
        case "exp":
            return f"<msup><mi>e</mi><mrow>{inner}</mrow></msup>"
        case function:
            name = escape({"log": "ln"}.get(function, function))
            return f"<mrow><mi>{name}</mi><mo>⁡</mo>{_bracketed(inner)}</mrow>"
