"""Units: parsed, compared and converted to the canonical system of the house.

Canonical units are day, cell, copy, mg, mL and pg/mL for cytokines; here every unit is a scale
times powers of base dimensions (time, length, mass, amount of substance, cells, copies, ...).
Counted things (cells, copies, complexes, patients) are dimensions of their own, so that cells are
never added to copies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from leucel.core.errors import Problem, UnitError, near_misses

_PREFIXES = {"k": 1e3, "d": 1e-1, "c": 1e-2, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12}
_PREFIXED = {
    "g": (1e-3, "mass"),
    "L": (1e-3, "length:3"),
    "M": (1e3, "amount/length:3"),
    "mol": (1.0, "amount"),
    "m": (1.0, "length"),
}
_PLAIN = {
    "day": (1.0, "time"),
    "d": (1.0, "time"),
    "h": (1 / 24, "time"),
    "hour": (1 / 24, "time"),
    "min": (1 / 1440, "time"),
    "s": (1 / 86400, "time"),
    "week": (7.0, "time"),
    "month": (30.4375, "time"),
    "year": (365.25, "time"),
    "cell": (1.0, "cell"),
    "cells": (1.0, "cell"),
    "copy": (1.0, "copy"),
    "copies": (1.0, "copy"),
    "complex": (1.0, "complex"),
    "complexes": (1.0, "complex"),
    "molecule": (1.0, "molecule"),
    "molecules": (1.0, "molecule"),
    "patient": (1.0, "patient"),
    "patients": (1.0, "patient"),
    "person": (1.0, "person"),
    "persons": (1.0, "person"),
    "IU": (1.0, "activity"),
    "percent": (0.01, ""),
    "%": (0.01, ""),
    "fraction": (1.0, ""),
    "1": (1.0, ""),
    "": (1.0, ""),
}
_ROUNDING = 8 * 2.0**-52  # a handful of factors, each with half a unit in the last place
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<name>[A-Za-z%]+)(?:\^?(?P<power>-?\d+))?
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<op>[*/·])
      | (?P<open>\()
      | (?P<close>\))
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A scale and the powers of its base dimensions."""

    scale: float
    dimensions: tuple[tuple[str, Fraction], ...] = ()

    def __mul__(self, other: Unit) -> Unit:
        return Unit(_snap(self.scale * other.scale), _combine(self.dimensions, other.dimensions, 1))

    def __truediv__(self, other: Unit) -> Unit:
        return Unit(
            _snap(self.scale / other.scale), _combine(self.dimensions, other.dimensions, -1)
        )

    def __pow__(self, power: int | Fraction) -> Unit:
        exponent = Fraction(power)
        return Unit(
            _snap(self.scale ** float(exponent)),
            tuple((name, p * exponent) for name, p in self.dimensions if exponent != 0),
        )

    @property
    def dimensionless(self) -> bool:
        """True for a pure number."""
        return not self.dimensions

    def same_dimensions(self, other: Unit) -> bool:
        """True when values in the two units may be added after conversion."""
        return self.dimensions == other.dimensions


Dimensions = tuple[tuple[str, Fraction], ...]


def _snap(scale: float) -> float:
    """The short decimal next to `scale`, if rounding alone can have parted them.

    Prefixes are powers of ten that floats cannot hold: without this ng/mL and ug/L would differ.
    """
    short = float(f"{scale:.12g}")
    return short if abs(short - scale) <= _ROUNDING * abs(scale) else scale


def _combine(left: Dimensions, right: Dimensions, sign: int) -> Dimensions:
    powers: dict[str, Fraction] = dict(left)
    for name, power in right:
        powers[name] = powers.get(name, Fraction(0)) + sign * power
    return tuple(sorted((name, power) for name, power in powers.items() if power != 0))


def _dimensions(text: str) -> Dimensions:
    if not text:
        return ()
    above, _, below = text.partition("/")
    powers: list[tuple[str, Fraction]] = []
    for part, sign in ((above, 1), (below, -1)):
        if part:
            name, _, power = part.partition(":")
            powers.append((name, Fraction(sign * int(power or 1))))
    return tuple(sorted(powers))


def _named(name: str, text: str) -> Unit:
    name = {"µ": "u"}.get(name[:1], name[:1]) + name[1:]
    if name in _PLAIN:
        scale, dimensions = _PLAIN[name]
        return Unit(scale, _dimensions(dimensions))
    if name in _PREFIXED:
        scale, dimensions = _PREFIXED[name]
        return Unit(scale, _dimensions(dimensions))
    if name[:1] in _PREFIXES and name[1:] in _PREFIXED:
        scale, dimensions = _PREFIXED[name[1:]]
        return Unit(_PREFIXES[name[0]] * scale, _dimensions(dimensions))
    known = (*_PLAIN, *_PREFIXED, *(p + u for p in _PREFIXES for u in _PREFIXED))
    near = near_misses(name, known)
    raise UnitError(
        Problem(
            what=f"unknown unit {name!r}",
            received=repr(text),
            allowed="day, h, cell, copy, mg, mL, L, ng/mL, 1/day, ...",
            fix=f"did you mean {' or '.join(near)}?" if near else None,
        )
    )


def parse_unit(text: str) -> Unit:
    """Read a unit such as ``"1/day"``, ``"copies/ug"``, ``"pg/cell/day"`` or ``"mL/(ng*day)"``.

    Raises
    ------
    UnitError
        When a name is unknown or the text is no unit.

    Examples
    --------
    >>> parse_unit("mg/mL") == parse_unit("g/L")
    True
    """
    source = text.replace("µ", "u").replace("μ", "u").strip()
    stack: list[tuple[Unit, str]] = []
    unit, operator, position = Unit(1.0), "*", 0
    expects_unit = True
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            raise UnitError(Problem(what="cannot read this unit", received=repr(text)))
        position = match.end()
        if match["open"]:
            stack.append((unit, operator))
            unit, operator, expects_unit = Unit(1.0), "*", True
            continue
        if match["close"]:
            if expects_unit:
                raise UnitError(Problem(what="this unit lacks a part", received=repr(text)))
            if not stack:
                raise UnitError(Problem(what="a ')' too many in this unit", received=repr(text)))
            inner = unit
            unit, operator = stack.pop()
            unit = unit * inner if operator == "*" else unit / inner
            operator, expects_unit = "*", False
            continue
        if match["op"]:
            if expects_unit:
                raise UnitError(
                    Problem(
                        what="this unit lacks a part before an operator",
                        received=repr(text),
                        fix="write 1/day for a rate and day^2 for a power",
                    )
                )
            operator, expects_unit = ("/" if match["op"] == "/" else "*"), True
            continue
        if match["number"]:
            factor = Unit(float(match["number"]))
        else:
            factor = _named(match["name"], text) ** int(match["power"] or 1)
        unit = unit * factor if operator == "*" else unit / factor
        operator, expects_unit = "*", False
    if stack or (expects_unit and source):
        raise UnitError(Problem(what="this unit ends too early", received=repr(text)))
    return unit


def conversion_factor(source: str, target: str) -> float:
    """Factor that turns a value in unit `source` into one in unit `target`.

    Raises
    ------
    UnitError
        When the two have different dimensions.

    Examples
    --------
    >>> conversion_factor("1/h", "1/day")
    24.0
    """
    left, right = parse_unit(source), parse_unit(target)
    if not left.same_dimensions(right):
        raise UnitError(
            Problem(what=f"{source!r} cannot be converted to {target!r}: different dimensions")
        )
    return _snap(left.scale / right.scale)
