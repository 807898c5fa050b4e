"""Prevalence on another day: trends of incidence and survival carried through the curve."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from leucel.core import Evidence, InputError, Kind, Mark, Problem, RandomStream
from leucel.epidemiology.cases import CaseEstimate
from leucel.epidemiology.growth import YearlyGrowth, years_between
from leucel.epidemiology.prevalence import (
    DEFAULT_DRAWS,
    PrevalenceEstimate,
    draw_triangular,
    estimate_from_durations,
)
from leucel.epidemiology.ratios import PrevalenceRatio

# Cohorts of up to 80 years ago, in steps of a fifth of a year: closed forms come out to 1e-3.
_LONGEST = 80.0
_STEP = 0.2

INCIDENCE_GROWTH = YearlyGrowth(
    low=0.005,
    point=0.019,
    high=0.026,
    evidence=(
        Evidence(
            value=0.005,
            unit="fraction a year",
            source="cancer_research_uk_trend",
            mark=Mark.DERIVED,
            kind=Kind.DERIVED,
            note="projected for the United Kingdom: rates up by 11% from 2014 to 2035",
        ),
        Evidence(
            value=0.019,
            unit="fraction a year",
            low=0.017,
            high=0.022,
            source="luo_2024",
            mark=Mark.SECONDARY,
            note="standardized rates of Australia, 2006-2018",
        ),
        Evidence(
            value=0.022,
            unit="fraction a year",
            source="saadeh_2025",
            mark=Mark.SECONDARY,
            note="modelled standardized rates of Saudi Arabia, 1990-2019 (2.19% a year)",
        ),
        Evidence(
            value=0.026,
            unit="fraction a year",
            source="luo_2024",
            mark=Mark.DERIVED,
            kind=Kind.DERIVED,
            note="cases of Australia with growth and ageing: 2,120 in 2018, 4,012 in 2043",
        ),
    ),
)
"""Growth of yearly cases, 0.5 to 2.6% a year."""

HAZARD_GROWTH = YearlyGrowth(
    low=-0.053,
    point=-0.032,
    high=0.0,
    evidence=(
        Evidence(
            value=-0.053,
            unit="fraction a year",
            source="survival_cancer_research_uk_2013_2017",
            mark=Mark.DERIVED,
            kind=Kind.DERIVED,
            note="men in England: 5-year survival 37.1% (2005-09) to 52.6% (2013-17)",
        ),
        Evidence(
            value=-0.035,
            unit="fraction a year",
            source="chang_chan_2021",
            mark=Mark.DERIVED,
            kind=Kind.DERIVED,
            note="Girona and Granada: 27.4% (1994-2001) to 47.4% (2010-16)",
        ),
        Evidence(
            value=-0.032,
            unit="fraction a year",
            source="survival_biologyinsights_com_citing_2015_2021",
            mark=Mark.DERIVED,
            kind=Kind.DERIVED,
            note="USA: 53.7% (2009-15) to 60% (2015-21)",
        ),
        Evidence(
            value=0.0,
            unit="fraction a year",
            mark=Mark.OWN_VALUE,
            kind=Kind.ASSUMED,
            note="upper end: survival improves no further",
        ),
    ),
)
"""Change of the hazard of death from one year of diagnosis to the next, -5.3 to 0% a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrevalenceTrends:
    """Trends behind a projection.

    Attributes
    ----------
    incidence : growth of the yearly cases.
    hazard : growth of the hazard of death by year of diagnosis (negative: survival improves).
    shape : Weibull shape of survival; its scale follows from the ratio.
    """

    incidence: YearlyGrowth = INCIDENCE_GROWTH
    hazard: YearlyGrowth = HAZARD_GROWTH
    shape: float = 1.0


def hazard_growth(first: float, second: float, years: float) -> float:
    """Yearly growth of the hazard that turns one N-year survival into a later one.

    Examples
    --------
    >>> round(hazard_growth(0.371, 0.526, 8), 3)
    -0.053
    """
    if not (0 < first < 1 and 0 < second < 1 and years > 0):
        raise InputError(
            Problem(
                what="a trend of survival needs two shares between 0 and 1 and a time between",
                received=f"{first:g}, {second:g}, {years:g} years",
            )
        )
    return float((math.log(second) / math.log(first)) ** (1.0 / years) - 1.0)


def prevalence_years(
    scale: float,
    *,
    shape: float = 1.0,
    incidence: ArrayLike = 0.0,
    hazard: ArrayLike = 0.0,
    at: float = 0.0,
    window_years: float = math.inf,
) -> NDArray[np.float64]:
    """Prevalence at time `at` over the yearly cases of time 0, in years.

    Integral over u from 0 to the window of (1 + g)^(at - u) S(u)^((1 + h)^(at - u)), where S is
    the Weibull survival of patients diagnosed at time 0.

    Parameters
    ----------
    scale, shape : of the survival of patients diagnosed at time 0, years.
    incidence, hazard : (R,) or scalar yearly growth g of the cases and h of the hazard.
    at : years from time 0.
    window_years : N of an N-year prevalence; infinite for complete prevalence (80 years).

    Examples
    --------
    >>> round(float(prevalence_years(5.0)), 2)
    5.0
    """
    reach = min(window_years, _LONGEST)
    steps = max(1, math.ceil(reach / _STEP))
    ago = (np.arange(steps) + 0.5) * reach / steps
    g = np.asarray(incidence, dtype=np.float64)[..., None]
    h = np.asarray(hazard, dtype=np.float64)[..., None]
    when = at - ago
    dead = (ago / scale) ** shape * (1.0 + h) ** when
    return np.sum((1.0 + g) ** when * np.exp(-dead), axis=-1) * (reach / steps)


def scale_for_ratio(ratio: PrevalenceRatio, trends: PrevalenceTrends) -> float:
    """Weibull scale with which the trends give the ratio at time 0, years.

    Examples
    --------
    >>> from leucel.epidemiology import COMPLETE_RATIO
    >>> still = YearlyGrowth(low=0.0, point=0.0, high=0.0)
    >>> flat = PrevalenceTrends(incidence=still, hazard=still)
    >>> round(scale_for_ratio(COMPLETE_RATIO, flat), 2)
    4.9
    """
    window = ratio.window_years or math.inf

    def excess(log_scale: float) -> float:
        years = prevalence_years(
            math.exp(log_scale),
            shape=trends.shape,
            incidence=trends.incidence.point,
            hazard=trends.hazard.point,
            window_years=window,
        )
        return float(years) - ratio.point

    try:
        return math.exp(cast(float, brentq(excess, math.log(0.05), math.log(500.0), xtol=1e-10)))
    except ValueError as error:
        raise InputError(
            Problem(
                what="no survival curve gives this ratio with these trends",
                received=f"{ratio.point:g} years",
                fix="check the ratio and its window",
            )
        ) from error


def project_prevalence(
    incidence: CaseEstimate,
    ratio: PrevalenceRatio,
    rng: RandomStream,
    *,
    at: date,
    trends: PrevalenceTrends | None = None,
    population: float | None = None,
    draws: int = DEFAULT_DRAWS,
) -> PrevalenceEstimate:
    """Prevalence on a day: the estimate of today's cases and ratio, carried by the trends.

    Drawn together: the cases, the ratio, the growth of cases and of the hazard (triangular over
    their brackets) and the revision of the population.

    Parameters
    ----------
    at : day of the application or of the approval.
    population : people on that day; the population of the incidence when not given, which the
        warning then says.

    Raises
    ------
    InputError : a day more than 40 years from the year of the incidence.

    Examples
    --------
    >>> from leucel.core import RandomStream
    >>> from leucel.epidemiology import COMPLETE_RATIO, incidence_from_count
    >>> later = project_prevalence(incidence_from_count("SA", 300), COMPLETE_RATIO, RandomStream(1),
    ...                            at=date(2030, 7, 2), draws=400)
    >>> later.year, 1470 < later.persons < 2300
    ('2030', True)
    """
    trends = trends or PrevalenceTrends()
    years = years_between(incidence.year, at)
    if abs(years) > 40:
        raise InputError(
            Problem(
                what="the day is too far from the year of the cases",
                received=f"{at.isoformat()}, cases of {incidence.year}",
                allowed="within 40 years",
            )
        )
    window = "" if ratio.window_years is None else f"/{ratio.window_years:g}"
    purpose = f"epidemiology/projection/{incidence.area}{window}"
    ratios, g, h = (
        draw_triangular(
            rng.uniform(f"{purpose}/{name}", subjects=draws), item.low, item.point, item.high
        )
        for name, item in (
            ("ratio", ratio),
            ("incidence", trends.incidence),
            ("hazard", trends.hazard),
        )
    )
    scale = scale_for_ratio(ratio, trends)
    growth = _growth(scale, ratio, trends, years, g, h)
    point = _growth(scale, ratio, trends, years, trends.incidence.point, trends.hazard.point)
    found = estimate_from_durations(
        incidence,
        ratio.point * float(point),
        ratios * growth,
        rng,
        measure=ratio.measure,
        window_years=ratio.window_years,
        method=f"{incidence.method} x {ratio.point:g} years ({ratio.low:g} to {ratio.high:g}), "
        f"carried from {incidence.year} to {at.isoformat()}: cases "
        f"{_percent(trends.incidence)} a year, hazard of death {_percent(trends.hazard)} a year",
        warning="" if population else f"share of the population of {incidence.population_source}",
        sources=tuple(
            item.source
            for item in (*ratio.evidence, *trends.incidence.evidence, *trends.hazard.evidence)
            if item.source
        ),
    )
    share = incidence.population / population if population else 1.0
    return replace(
        found,
        year=str(at.year),
        per_10000=found.per_10000 * share,
        per_10000_low=found.per_10000_low * share,
        per_10000_high=found.per_10000_high * share,
    )


def _growth(
    scale: float,
    ratio: PrevalenceRatio,
    trends: PrevalenceTrends,
    years: float,
    incidence: ArrayLike,
    hazard: ArrayLike,
) -> NDArray[np.float64]:
    """Prevalence after `years` over the prevalence of time 0, under the same trends."""
    then, now = (
        prevalence_years(
            scale,
            shape=trends.shape,
            incidence=incidence,
            hazard=hazard,
            at=moment,
            window_years=ratio.window_years or math.inf,
        )
        for moment in (years, 0.0)
    )
    return then / now


def _percent(growth: YearlyGrowth) -> str:
    return f"{growth.point:+.1%} ({growth.low:+.1%} to {growth.high:+.1%})"
