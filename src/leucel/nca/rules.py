"""The rules of an analysis: every choice that two programs can make differently."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from leucel.core import InputError, Place, Problem

Trapezoid = Literal["linear", "linear_up_log_down"]
BelowLimit = Literal["zero", "half", "drop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NcaRules:
    """Choices of a non-compartmental analysis.

    Attributes
    ----------
    trapezoid : "linear", or "linear_up_log_down" (logarithmic where the curve falls).
    below_before : values below the limit before the first measurable one: count as zero, as half
        the limit, or are left out.
    below_between : the same between two measurable values.
    below_after : the same after the last measurable value ("half" is not offered there: an area
        that never ends would follow).
    start : value at time 0 when no sample was taken then: zero (as after extravascular dosing), or
        missing (no area is given).
    lambda_z_points : smallest number of points of the terminal fit, at least 3.
    lambda_z_tolerance : a fit with more points wins when its adjusted R2 is this close to the best.
    expansion_points : smallest number of points of the expansion fit, at least 2.
    beyond_last : areas that end after the last measurable value: "extrapolate" with the terminal
        rate, or "missing".
    """

    trapezoid: Trapezoid = "linear_up_log_down"
    below_before: BelowLimit = "zero"
    below_between: BelowLimit = "drop"
    below_after: Literal["zero", "drop"] = "drop"
    start: Literal["zero", "missing"] = "zero"
    lambda_z_points: int = 3
    lambda_z_tolerance: float = 1e-4
    expansion_points: int = 3
    beyond_last: Literal["extrapolate", "missing"] = "extrapolate"

    def __post_init__(self) -> None:
        allowed = {
            "trapezoid": ("linear", "linear_up_log_down"),
            "below_before": ("zero", "half", "drop"),
            "below_between": ("zero", "half", "drop"),
            "below_after": ("zero", "drop"),
            "start": ("zero", "missing"),
            "beyond_last": ("extrapolate", "missing"),
        }
        problems = [
            Problem(
                what=f"the rule {name!r} is unknown",
                where=Place(key=name),
                allowed=", ".join(choices),
                received=repr(getattr(self, name)),
            )
            for name, choices in allowed.items()
            if getattr(self, name) not in choices
        ]
        numbers = {
            "lambda_z_points": (self.lambda_z_points >= 3, "3 or more"),
            "expansion_points": (self.expansion_points >= 2, "2 or more"),
            "lambda_z_tolerance": (
                math.isfinite(self.lambda_z_tolerance) and self.lambda_z_tolerance >= 0,
                "a number from 0 up",
            ),
        }
        problems.extend(
            Problem(
                what=f"the rule {name!r} is out of range",
                where=Place(key=name),
                allowed=words,
                received=repr(getattr(self, name)),
            )
            for name, (holds, words) in numbers.items()
            if not holds
        )
        if problems:
            raise InputError(problems)

    def describe(self) -> str:
        """The choices in one sentence, for the table notes of a report."""
        trapezoid = {
            "linear": "linear trapezoids",
            "linear_up_log_down": "trapezoids linear up, logarithmic down",
        }[self.trapezoid]
        below = ", ".join(
            f"{place} {rule}"
            for place, rule in (
                ("before the first measurable value", self.below_before),
                ("between", self.below_between),
                ("after the last", self.below_after),
            )
        )
        beyond = {
            "extrapolate": "areas beyond the last measurable value by the terminal rate",
            "missing": "no area beyond the last measurable value",
        }[self.beyond_last]
        return (
            f"{trapezoid}; values below the limit: {below}; terminal rate by the largest adjusted "
            f"R2 of the last {self.lambda_z_points} or more points after the peak; {beyond}"
        )
