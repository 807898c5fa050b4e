"""Unit checks find what does not fit, and say how to mend it."""

from __future__ import annotations

import pytest

from leucel.core import parse_unit
from leucel.model import ModelSpec, Output, Parameter, State, check_units
from leucel.model.units import describe_unit


def problems(text: str, unit: str = "1") -> list[str]:
    spec = ModelSpec(
        name="m",
        parameters=(
            Parameter(name="k", value=1.0, unit="1/day"),
            Parameter(name="n", value=2.0, unit="1"),
            Parameter(name="mass", value=1.0, unit="g"),
            Parameter(name="dust", value=1.0, unit="mg"),
            Parameter(name="cells", value=1.0, unit="cells"),
            Parameter(name="area", value=1.0, unit="m2"),
        ),
        outputs=(Output(name="y", text=text, unit=unit),),
    )
    return [str(problem) for problem in check_units(spec)]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("k*t", "1"),
        ("exp(-k*t)", "1"),
        ("mass + dust*1e-3 [g/mg]", "g"),
        ("mass - 0", "g"),
        ("if(cells > 0, mass, 0)", "g"),
        ("max(mass, 2 [g])", "g"),
        ("sqrt(area)", "m"),
        ("area^0.5", "m"),
        ("area^(1/2)*mass^-1", "m/g"),
        ("(cells/3 [cell])^n", "1"),
        ("k*86400 [s/day]/24", "s/day^2"),
        ("0*mass", "cells"),
        ("abs(-mass)", "g"),
        ("logistic(n)*mass", "g"),
        ("erf(n)*mass + lgamma(n)*mass + expm1(k*t)*mass*log1p(n)", "g"),
        ("piecewise(k*t < 1, mass, n > 2, 1 [g], mass)", "g"),
    ],
)
def test_consistent_equations_pass(text: str, unit: str) -> None:
    assert problems(text, unit) == []


@pytest.mark.parametrize(
    ("text", "unit", "fragment"),
    [
        ("mass + cells", "g", "different units are added"),
        ("mass - dust", "g", "multiply by 0.001"),
        ("mass", "mg", "multiply by 1000"),
        ("k", "1", "not the declared one"),
        ("exp(t)", "1", "argument of exp"),
        ("log(mass)", "1", "argument of log"),
        ("lgamma(mass)", "1", "argument of lgamma"),
        ("erf(t)", "1", "argument of erf"),
        ("n^mass", "1", "the exponent is no pure number"),
        ("cells^n", "cells", "no literal number"),
        ("if(t > k, 1, 2)", "1", "different units are compared"),
        ("if(n > 1, mass, cells)", "g", "given as alternatives"),
        ("min(mass, cells)", "g", "given to min"),
        ("1 + t", "1", "different units are added"),
    ],
)
def test_faults_are_found(text: str, unit: str, fragment: str) -> None:
    assert any(fragment in problem for problem in problems(text, unit))


def test_every_fault_is_reported_with_its_place() -> None:
    found = problems("exp(t) + log(mass) + (mass + cells)/mass", "day")
    assert len(found) == 4
    assert found[0].startswith("1:5 (output y)")


def test_equations_of_states_are_per_time(predator: ModelSpec) -> None:
    assert check_units(predator) == ()
    wrong = ModelSpec(
        name="m",
        states=(State(name="x", unit="cells", initial="1"),),
        odes={"x": "x"},
        outputs=(Output(name="x", text="x", unit="cells"),),
    )
    keys = [problem.where.key for problem in check_units(wrong) if problem.where]
    assert keys == ["x(0)", "d/dt x"]


def test_units_are_described_in_base_dimensions() -> None:
    assert describe_unit(parse_unit("1/day")) == "1/day"
    assert describe_unit(parse_unit("cells/L")) == "1000 cell/m^3"
    assert describe_unit(parse_unit("kg")) == "kg"
