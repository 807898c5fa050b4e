"""Units between SBML and the house: definitions of base units on one side, texts on the other."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from leucel.core import UnitError, parse_unit

_DAY = 86400.0
_BASES = {
    "time": ("SECOND", _DAY),
    "length": ("METRE", 1.0),
    "mass": ("KILOGRAM", 1.0),
    "amount": ("MOLE", 1.0),
}
_READ = {
    "dimensionless": "1",
    "second": "s",
    "metre": "m",
    "meter": "m",
    "litre": "L",
    "liter": "L",
    "gram": "g",
    "kilogram": "kg",
    "mole": "mol",
    "item": "1",
    "radian": "1",
    "avogadro": "1",
}
_PREFIXES = {-12: "p", -9: "n", -6: "u", -3: "m", -2: "c", -1: "d", 0: "", 3: "k"}
_TIMES = {1.0: "s", 60.0: "min", 3600.0: "h", _DAY: "day", 7 * _DAY: "week"}
_ROUNDING = 1e-12


def define_unit(libsbml: Any, model: Any, text: str, id_: str) -> None:
    """Add the definition of a unit of the house to an SBML model."""
    unit = parse_unit(text)
    made = model.createUnitDefinition()
    made.setId(id_)
    made.setName(text)
    for name, power in unit.dimensions:
        # SBML has one unit for all that is counted; the name tells what it is.
        kind, factor = _BASES.get(name, ("ITEM", 1.0))
        _add(libsbml, made, kind, float(power), factor)
    _add(libsbml, made, "DIMENSIONLESS", 1.0, unit.scale)


def _add(libsbml: Any, made: Any, kind: str, exponent: float, multiplier: float) -> None:
    part = made.createUnit()
    part.setKind(getattr(libsbml, f"UNIT_KIND_{kind}"))
    part.setExponent(exponent)
    part.setScale(0)
    part.setMultiplier(multiplier)


def unit_text(libsbml: Any, model: Any, id_: str) -> str | None:
    """A unit of SBML as a text of the house; None where the house has no such unit.

    Parameters
    ----------
    id_ : a unit definition of the model, or a base unit; "" gives "1".
    """
    if not id_:
        return "1"
    definition = model.getUnitDefinition(id_)
    if definition is None:
        return _READ.get(id_)
    parts: list[str] = []
    factor = 1.0
    for unit in definition.getListOfUnits():
        kind = libsbml.UnitKind_toString(unit.getKind())
        if kind not in _READ:
            return None
        power = Fraction(float(unit.getExponentAsDouble())).limit_denominator(100)
        if power.denominator != 1:
            return None
        name, rest = _named(kind, float(unit.getMultiplier()), int(unit.getScale()))
        factor *= rest ** int(power)
        if name != "1" and power:
            parts.append(name if power == 1 else f"{name}^{int(power)}")
    if abs(factor - 1.0) > _ROUNDING:
        parts.insert(0, f"{factor:.12g}" if factor >= 1e-4 else f"{factor:.12e}")
    text = _fraction(parts)
    return _same_by_name(definition.getName(), text) or text


def _same_by_name(name: str, text: str) -> str | None:
    """The name of a definition where it is a text of the house for the same unit.

    Only the name can tell cells from copies: SBML counts items.
    """
    try:
        named, found = parse_unit(name), parse_unit(text)
    except UnitError:
        return None
    physical = tuple((base, power) for base, power in named.dimensions if base in _BASES)
    same = physical == found.dimensions and abs(named.scale / found.scale - 1.0) < _ROUNDING
    return name if name and same else None


def _named(kind: str, multiplier: float, scale: int) -> tuple[str, float]:
    """Name of one part with its prefix, and the factor that is left."""
    name = _READ[kind]
    whole = multiplier * 10.0**scale
    if name == "1":
        return name, whole
    if name == "s":
        for seconds, unit in _TIMES.items():
            if abs(whole / seconds - 1.0) < _ROUNDING:
                return unit, 1.0
        return name, whole
    if name == "kg":
        name, whole = "g", whole * 1e3
    for power, prefix in _PREFIXES.items():
        if abs(whole / 10.0**power - 1.0) < _ROUNDING:
            return prefix + name, 1.0
    return name, whole


def _fraction(parts: list[str]) -> str:
    """Parts with negative powers below a stroke, as people write them."""
    above = [p for p in parts if "^-" not in p]
    below = [
        p.replace("^-1", "", 1) if p.endswith("^-1") else p.replace("^-", "^", 1)
        for p in parts
        if "^-" in p
    ]
    if not below:
        return "*".join(above)
    tail = below[0] if len(below) == 1 else f"({'*'.join(below)})"
    return f"{'*'.join(above) or '1'}/{tail}"


def unit_ratio(above: str, below: str) -> str:
    """One unit over another, with brackets only where they are needed."""
    if below == "1":
        return above
    return f"{above}/({below})" if any(c in below for c in "*/") else f"{above}/{below}"
