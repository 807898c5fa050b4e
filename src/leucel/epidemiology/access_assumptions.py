"""What an access forecast takes for granted: every number with its range and its source."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from datetime import date

from leucel.core import Evidence, InputError, Kind, Mark, Problem
from leucel.epidemiology.cases import CaseEstimate
from leucel.epidemiology.funnel import MEDIAN_SURVIVAL, TREATED_SHARE
from leucel.epidemiology.projection import INCIDENCE_GROWTH


def _assumed(value: float, low: float, high: float, unit: str, note: str) -> Evidence:
    return Evidence(
        value=value,
        unit=unit,
        low=low,
        high=high,
        mark=Mark.OWN_VALUE,
        kind=Kind.ASSUMED,
        note=note,
    )


_CASE_GROWTH = Evidence(
    value=INCIDENCE_GROWTH.point,
    unit="fraction a year",
    low=INCIDENCE_GROWTH.low,
    high=INCIDENCE_GROWTH.high,
    source="luo_2024",
    mark=Mark.SECONDARY,
    note="growth of cases elsewhere; see the trends of the projection",
)
_REACH_LINE_4 = Evidence(
    value=0.182,
    unit="fraction",
    low=0.115,
    high=0.63,
    source="alberta_2022",
    mark=Mark.SECONDARY,
    note="Alberta; range from West China (reached so far) to Canadian transplant patients "
    "(attrition given progression)",
)
_CLASS_EXPOSURE = _assumed(
    1.0, 0.7, 1.0, "fraction", "no population figure is known; 1 is the upper bound"
)
_ELIGIBLE_SHARE = _assumed(0.5, 0.2, 0.8, "fraction", "no population figure is available")
_REACHED_SHARE = _assumed(0.3, 0.1, 0.6, "fraction", "depends on referral, centers and payment")
_RAMP_YEARS = _assumed(3.0, 1.0, 5.0, "year", "no Gulf experience is published")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessAssumptions:
    """Every number of the forecast: value and range (`low`, `high`; the value when missing).

    Attributes
    ----------
    case_growth : growth of the yearly cases, fraction a year.
    treated_share : diagnosed patients who start a first line.
    reach_line_4 : treated patients who reach a fourth line.
    class_exposure : those of them with the drug classes of the indication.
    eligible_share : those of them who are fit for the therapy.
    reached_share : eligible patients who get the therapy before they die, once access is complete.
    ramp_years : time from approval to complete access.
    median_survival_months : median survival of eligible patients without the therapy.
    slots_a_year : manufacturing slots for all areas together; None for no limit.
    gain_years : mean life-years gained by a treated patient within the horizon of the virtual
        trial; None when no trial was run.
    """

    case_growth: Evidence = _CASE_GROWTH
    treated_share: Evidence = TREATED_SHARE
    reach_line_4: Evidence = _REACH_LINE_4
    class_exposure: Evidence = _CLASS_EXPOSURE
    eligible_share: Evidence = _ELIGIBLE_SHARE
    reached_share: Evidence = _REACHED_SHARE
    ramp_years: Evidence = _RAMP_YEARS
    median_survival_months: Evidence = MEDIAN_SURVIVAL
    slots_a_year: Evidence | None = None
    gain_years: Evidence | None = None

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        for name, item in self.items().items():
            low, value, high = range_of(item)
            top = 1.0 if item.unit == "fraction" else math.inf
            if not 0 <= low <= value <= high <= top:
                problems.append(
                    Problem(
                        what=f"the range of {name} is out of order",
                        received=f"{low:g} - {value:g} - {high:g} {item.unit}",
                        allowed="0 <= low <= value <= high" + (" <= 1" if top == 1.0 else ""),
                    )
                )
        if not problems and range_of(self.median_survival_months)[0] <= 0:
            problems.append(Problem(what="the median survival must be positive", received="0"))
        if problems:
            raise InputError(problems)

    def items(self) -> dict[str, Evidence]:
        """The assumptions that are given, by name."""
        every = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: item for name, item in every.items() if item is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessArea:
    """One country of the forecast.

    Attributes
    ----------
    cases : its new cases a year.
    approval, earlier : day of approval by the usual and by the earlier way.
    """

    cases: CaseEstimate
    approval: date
    earlier: date

    def __post_init__(self) -> None:
        if self.earlier > self.approval:
            raise InputError(
                Problem(
                    what=f"the earlier approval of {self.cases.area} is the later one",
                    received=f"{self.earlier.isoformat()} after {self.approval.isoformat()}",
                )
            )


def range_of(item: Evidence) -> tuple[float, float, float]:
    """Low, value and high of an assumption; the value stands for a missing limit."""
    low = item.number if item.low is None else item.low
    high = item.number if item.high is None else item.high
    return low, item.number, high
