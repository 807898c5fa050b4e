"""Scales on which parameters are searched, so that every step stays inside the bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from leucel.core import InputError, Place, Problem, unknown_name

ScaleName = Literal["plain", "log", "logit", "logit_log"]
_NEEDS: dict[ScaleName, str] = {
    "plain": "no bound",
    "log": "a lower bound alone",
    "logit": "two bounds",
    "logit_log": "two bounds above 0",
}
_DECADES = 10.0  # bounds further apart than this factor are searched by their logarithms
_EDGE = 36.0  # exp(-36) is below the spacing of floats near 1: beyond it the bound itself comes out


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchParameter:
    """A parameter of the search with its bounds and its scale.

    Attributes
    ----------
    name : name of the parameter.
    start : first value, inside the bounds.
    low, high : bounds; -inf and inf for none.
    scale : "plain" (no bounds), "log" of the distance to the lower bound, "logit" between two
        bounds, "logit_log" between two positive bounds by their logarithms.
    """

    name: str
    start: float
    low: float
    high: float
    scale: ScaleName

    def to_search(self, value: float) -> float:
        """The value on the scale of the search."""
        if self.scale == "plain":
            return value
        if self.scale == "log":
            return math.log(value - self.low)
        if self.scale == "logit":
            return math.log((value - self.low) / (self.high - value))
        return math.log(math.log(value / self.low) / math.log(self.high / value))

    def from_search(self, x: float) -> float:
        """The value that belongs to a number on the scale of the search."""
        if self.scale == "plain":
            return x
        if self.scale == "log":
            # A float overflows beyond exp(709); no parameter is meant to go there.
            return self.low + math.exp(min(x, 700.0))
        share = 1.0 / (1.0 + math.exp(-max(min(x, _EDGE), -_EDGE)))
        if self.scale == "logit":
            return self.low + share * (self.high - self.low)
        return self.low * math.exp(share * math.log(self.high / self.low))


def search_parameters(
    start: Mapping[str, float],
    bounds: Mapping[str, tuple[float, float]],
    scales: Mapping[str, ScaleName],
) -> tuple[SearchParameter, ...]:
    """Put start, bounds and scales together; a scale that is not given follows from the bounds.

    Raises
    ------
    InputError
        With every problem: no parameter, unknown names, a start that is not between its bounds, a
        scale that does not fit the bounds.
    """
    problems = [
        unknown_name(name, tuple(start), noun="parameter to estimate")
        for name in dict.fromkeys((*bounds, *scales))
        if name not in start
    ]
    if not start:
        problems.append(Problem(what="there is no parameter to estimate"))
    found: list[SearchParameter] = []
    for name, value in start.items():
        low, high = bounds.get(name, (-math.inf, math.inf))
        scale = scales.get(name) or _scale_of(low, high)
        fault = _fault(value, low, high, scale)
        if fault is not None:
            problems.append(
                Problem(
                    what=f"{name!r} {fault}",
                    where=Place(key=name),
                    received=f"start {value:g}, bounds {low:g} to {high:g}, scale {scale}",
                )
            )
        found.append(SearchParameter(name=name, start=value, low=low, high=high, scale=scale))
    if problems:
        raise InputError(problems)
    return tuple(found)


def _scale_of(low: float, high: float) -> ScaleName:
    if not math.isfinite(low):
        return "plain"
    if not math.isfinite(high):
        return "log"
    return "logit_log" if low > 0.0 and high / low >= _DECADES else "logit"


def _fault(value: float, low: float, high: float, scale: ScaleName) -> str | None:
    if scale not in _NEEDS:
        return f"has an unknown scale; allowed: {', '.join(_NEEDS)}"
    if not (math.isfinite(value) and low < value < high):
        return "does not start between its bounds"
    two = math.isfinite(low) and math.isfinite(high)
    fits = {
        "plain": low == -math.inf and high == math.inf,
        "log": math.isfinite(low) and high == math.inf,
        "logit": two,
        "logit_log": two and low > 0.0,
    }[scale]
    return None if fits else f"needs {_NEEDS[scale]} for this scale"
