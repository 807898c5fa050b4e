"""Equations in LaTeX."""

from __future__ import annotations

import pytest

from leucel.model import ModelSpec, to_latex
from leucel.model.latex import equation_latex, symbol_latex


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("a + b*c", r"a + b \, c"),
        ("(a + b)*c", r"\left(a + b\right) \, c"),
        ("a - (b - c)", r"a - \left(b - c\right)"),
        ("a/(b + c)", r"\frac{a}{b + c}"),
        ("(a/b)^n", r"\left(\frac{a}{b}\right)^{n}"),
        ("-a*b", r"-a \, b"),
        ("a*(-b)", r"a \, \left(-b\right)"),
        ("a + (-b)", r"a + \left(-b\right)"),
        ("1e-12 [g/pg]*a", r"10^{-12} \, a"),
        ("2.5e-3*a", r"0.0025 \, a"),
        ("6.02e23*a", r"6.02 \cdot 10^{23} \, a"),
        ("sqrt(a)", r"\sqrt{a}"),
        ("abs(a)", r"\left|a\right|"),
        ("erf(a)", r"\operatorname{erf}\left(a\right)"),
        ("lgamma(a + 1)", r"\log\left|\Gamma\left(a + 1\right)\right|"),
        ("expm1(-a)*b", r"\left(\exp\left(-a\right) - 1\right) \, b"),
        ("log1p(-a)", r"\log\left(1 + \left(-a\right)\right)"),
        ("log1p(a)", r"\log\left(1 + a\right)"),
        ("max(a, 0)", r"\max\left(a, 0\right)"),
        ("if(a >= 0, a, -a)", r"\begin{cases} a & a \ge 0 \\ -a & \text{otherwise} \end{cases}"),
    ],
)
def test_equations_are_typeset(text: str, latex: str) -> None:
    assert equation_latex(text) == latex


def test_symbols_are_typeset() -> None:
    assert symbol_latex("k_kill_max") == r"k_{\mathrm{kill,max}}"
    assert symbol_latex("omega_k") == r"\omega_{\mathrm{k}}"
    assert symbol_latex("tumor") == r"\mathrm{tumor}"
    assert symbol_latex("x") == "x"


def test_a_model_is_one_environment(predator: ModelSpec) -> None:
    latex = to_latex(predator)
    assert latex.startswith("\\begin{align*}\n")
    assert latex.endswith("\n\\end{align*}")
    assert latex.count("&=") == 3 + 2 + 2 + 2
    assert latex.count("{") == latex.count("}")
