"""The range of a prevalence in the unit of a threshold, on the day of the test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from leucel.epidemiology import (
    INCIDENCE_GROWTH,
    CaseEstimate,
    PrevalenceRatio,
    population_totals,
    years_between,
)
from leucel.regulatory.thresholds import Threshold

# Older figures are raised to this year when the cases are estimated.
_CASES_OF = "2022"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Prevalence in the unit of a threshold: value and range."""

    point: float
    low: float
    high: float


def bracket_text(ratio: PrevalenceRatio, as_of: date | None) -> str:
    """What the range of an estimate covers, in words."""
    text = f"prevalence {ratio.low:g} to {ratio.high:g} times the yearly incidence"
    if as_of is not None and carried_years(as_of, _CASES_OF) > 0:
        text += f", cases up to {INCIDENCE_GROWTH.high:.1%} a year more until {as_of.isoformat()}"
    return f" ({text})"


def carried_years(as_of: date, year: str) -> float:
    """Years from the cases of an estimate to the day of the test, 0 or more."""
    known = max(year, _CASES_OF) if year.isdigit() else _CASES_OF
    return max(0.0, years_between(known, as_of))


def estimated_span(
    estimate: CaseEstimate,
    ratio: PrevalenceRatio,
    threshold: Threshold,
    *,
    as_of: date | None = None,
) -> Span:
    """Cases times the ratio: every lower end together, every upper end together.

    Parameters
    ----------
    estimate : cases a year with their limits.
    ratio : prevalence over incidence with its bracket.
    threshold : gives the unit: persons, or a share of every known revision of the population.
    as_of : day of the test; until then the upper end of the cases grows by the highest growth of
        `INCIDENCE_GROWTH`. The value and the lower end stay those of the year of the cases.
    """
    totals = list(population_totals(estimate.area).values())
    shifts = [total / totals[0] for total in totals] or [1.0]
    people = estimate.population
    if threshold.per is not None:
        # Cases that were computed from the population keep their share when it is revised.
        scale = threshold.per / people
        moves = [1.0] if estimate.follows_population else [1.0 / shift for shift in shifts]
    else:
        scale = 1.0
        moves = shifts if estimate.follows_population else [1.0]
    years = 0.0 if as_of is None else carried_years(as_of, estimate.year)
    grown = INCIDENCE_GROWTH.factor(INCIDENCE_GROWTH.high, years)
    return Span(
        point=estimate.cases * ratio.point * scale,
        low=estimate.low * ratio.low * scale * min(moves),
        high=estimate.high * ratio.high * scale * max(moves) * grown,
    )
