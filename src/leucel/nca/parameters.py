"""The register of parameters and of the reasons why one is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

UnitKind = Literal["value", "time", "rate", "area", "percent", "count", "number"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NcaParameter:
    """One parameter of the analysis.

    Attributes
    ----------
    name : its name in tables.
    unit_kind : how its unit follows from those of the profiles.
    meaning : one sentence.
    needs : parameters that have to exist for this one.
    """

    name: str
    unit_kind: UnitKind
    meaning: str
    needs: tuple[str, ...] = ()

    def unit(self, *, time: str, value: str) -> str:
        """Its unit for profiles in these units."""
        return {
            "value": value,
            "time": time,
            "rate": f"1/{time}",
            "area": f"{time}*{value}",
            "percent": "percent",
            "count": "",
            "number": "",
        }[self.unit_kind]


PARAMETERS: tuple[NcaParameter, ...] = (
    NcaParameter(name="cmax", unit_kind="value", meaning="highest measurable value"),
    NcaParameter(name="tmax", unit_kind="time", meaning="first time of the highest value"),
    NcaParameter(name="clast", unit_kind="value", meaning="last measurable value"),
    NcaParameter(name="tlast", unit_kind="time", meaning="time of the last measurable value"),
    NcaParameter(
        name="auc_last", unit_kind="area", meaning="area from time 0 to the last measurable value"
    ),
    NcaParameter(
        name="auc_inf",
        unit_kind="area",
        meaning="area extrapolated to infinity from the observed last value",
        needs=("auc_last", "clast", "lambda_z"),
    ),
    NcaParameter(
        name="auc_extrapolated",
        unit_kind="percent",
        meaning="share of auc_inf that is extrapolated",
        needs=("auc_inf",),
    ),
    NcaParameter(
        name="lambda_z", unit_kind="rate", meaning="terminal rate of decline", needs=("tmax",)
    ),
    NcaParameter(name="lambda_z_points", unit_kind="count", meaning="points of the terminal fit"),
    NcaParameter(
        name="lambda_z_r2_adjusted", unit_kind="number", meaning="adjusted R2 of the terminal fit"
    ),
    NcaParameter(
        name="half_life", unit_kind="time", meaning="terminal half-life", needs=("lambda_z",)
    ),
    NcaParameter(
        name="doubling_time",
        unit_kind="time",
        meaning="doubling time between the lowest value before the peak and the peak",
        needs=("tmax",),
    ),
    NcaParameter(
        name="persistence",
        unit_kind="time",
        meaning="last time with a value above the limit of quantification",
        needs=("tlast",),
    ),
)


def partial_area(start: float, end: float) -> NcaParameter:
    """The parameter for the area between two times.

    Examples
    --------
    >>> partial_area(0, 28).name
    'auc_0_28'
    """
    return NcaParameter(
        name=f"auc_{start:g}_{end:g}",
        unit_kind="area",
        meaning=f"area from time {start:g} to {end:g}",
    )


def registered(partial: Iterable[tuple[float, float]]) -> tuple[NcaParameter, ...]:
    """The register with the partial areas asked for, each after the whole areas."""
    areas = tuple(partial_area(start, end) for start, end in partial)
    place = [parameter.name for parameter in PARAMETERS].index("auc_last")
    return (*PARAMETERS[:place], *areas, *PARAMETERS[place:])


class Reason(IntEnum):
    """Why a value is missing, or how it has to be read."""

    NONE = 0
    NO_MEASURABLE_VALUE = 1
    NO_START_VALUE = 2
    FEW_TERMINAL_POINTS = 3
    NO_DECLINE = 4
    NO_TERMINAL_RATE = 5
    ENDS_TOO_EARLY = 6
    PEAK_COMES_FIRST = 7
    FEW_EXPANSION_POINTS = 8
    NO_INCREASE = 9
    EXTRAPOLATED = 10
    STILL_MEASURABLE = 11

    @property
    def sentence(self) -> str:
        """The reason in words; empty for a plain value."""
        return _SENTENCES[self]


_SENTENCES = {
    Reason.NONE: "",
    Reason.NO_MEASURABLE_VALUE: "no value above the limit of quantification",
    Reason.NO_START_VALUE: "no value at time 0, and the rules assume none",
    Reason.FEW_TERMINAL_POINTS: "too few measurable values after the peak for a terminal rate",
    Reason.NO_DECLINE: "the values after the peak do not decline",
    Reason.NO_TERMINAL_RATE: "the terminal rate is missing",
    Reason.ENDS_TOO_EARLY: "the last measurable value comes before the end of this area",
    Reason.PEAK_COMES_FIRST: "the first measurable value is the highest",
    Reason.FEW_EXPANSION_POINTS: "too few measurable values before the peak for a doubling time",
    Reason.NO_INCREASE: "the values before the peak do not rise",
    Reason.EXTRAPOLATED: "extrapolated from the last measurable value with the terminal rate",
    Reason.STILL_MEASURABLE: "at least this long: still above the limit at the last sample",
}
