"""New cases a year in a country: from a count, a crude rate, or the ages of its people."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from leucel.core import InputError, Mark, MissingEvidenceError, Problem, ScaleError
from leucel.epidemiology.areas import get_area
from leucel.epidemiology.cases import (
    COUNTRY_SPREAD,
    FIGURE,
    INCIDENCE_TREND,
    OWN_RATE,
    REGISTRATION_SPREAD,
    SHAPE_SPREAD,
    TABLE,
    TRANSFER,
    Z95,
    CaseEstimate,
)
from leucel.epidemiology.country_table import CountryTable
from leucel.epidemiology.growth import middle_of
from leucel.epidemiology.own_data import OwnData, incidence_from_ages
from leucel.epidemiology.populations import (
    REVISIONS,
    YEAR,
    Population,
    get_population,
    population_totals,
)
from leucel.epidemiology.rates import (
    AgeStandardized,
    Crude,
    Measure,
    Rate,
    crude_rate,
    require_crude,
)
from leucel.epidemiology.tables import SEER_SOURCE, WPP_2019, seer_rates, standard_weights
from leucel.stats import poisson_exact


def incidence_from_asr(
    area: str, asr: Rate, *, spread: float | None = None, population: Population | None = None
) -> CaseEstimate:
    """Cases from an age-standardized rate, the SEER age curve and the ages of the area.

    cases = sum over ages of people(age) * curve(age) * k, where k makes the curve reproduce `asr`
    when it is standardized to the population that `asr` is standardized to. With the world rate
    the result is "what the area would have at world-average age-specific risk".

    Parameters
    ----------
    area : code or name of the area.
    asr : age-standardized incidence of the area itself, or of the world.
    spread : factor that holds 95% of the truth, either way; by default `COUNTRY_SPREAD` for the
        rate of another area and `SHAPE_SPREAD` for the area's own.
    population : own population by age (`read_population`); WPP 2019 when not given.

    Raises
    ------
    ScaleError : `asr` is crude.
    MissingEvidenceError : the ages of the area are not known.

    Examples
    --------
    >>> asr = Rate(measure=Measure.INCIDENCE, scale=AgeStandardized(), value=1.8, area="WLD")
    >>> estimate = incidence_from_asr("SA", asr)
    >>> round(estimate.cases), round(estimate.low), round(estimate.high)
    (498, 166, 1494)
    """
    if not isinstance(asr.scale, AgeStandardized):
        raise ScaleError(
            Problem(
                what=f"{asr.label} is crude; an age-standardized rate is needed here",
                fix="use incidence_from_crude",
            )
        )
    _require_incidence(asr)
    people = get_population(area) if population is None else population
    if people.area != get_area(area).code:
        raise InputError(
            Problem(
                what=f"the population is that of {people.area}, not of {get_area(area).code}",
                received=people.revision,
            )
        )
    curve = seer_rates()
    k = asr.fraction / float(standard_weights(asr.scale.standard) @ curve)
    own = asr.area != "" and get_area(asr.area).code == people.area
    default = SHAPE_SPREAD if own else COUNTRY_SPREAD
    factor = _checked_spread(default.number if spread is None else spread)
    cases = float(people.persons @ curve) * k
    level = "the area's own rate" if own else "world-average age-specific risk"
    log_sd = math.log(factor) / Z95
    return CaseEstimate(
        area=people.area,
        year=str(people.year),
        cases=cases,
        low=cases / factor,
        high=cases * factor,
        covers=f"a factor of {factor:g} either way around {level}; not chance",
        method=OWN_RATE if own else TRANSFER,
        population=people.total,
        population_source=people.revision,
        log_low=log_sd,
        log_high=log_sd,
        follows_population=True,
        mark=Mark.DERIVED,
        sources=_ids(asr, SEER_SOURCE, WPP_2019),
        note=f"leucel estimate at {level}: {asr.label} spread over the ages of the area with the "
        "SEER-18 age curve; not a GLOBOCAN figure",
    )


def incidence_from_crude(area: str, rate: Rate, *, population: float | None = None) -> CaseEstimate:
    """Cases from a crude incidence rate of the area.

    The limits are those of the rate; without any, the chance of the yearly count together with
    `REGISTRATION_SPREAD`. The upper limit of a figure from before 2022 grows by `INCIDENCE_TREND`.

    Raises
    ------
    ScaleError : the rate is age-standardized.
    """
    require_crude(rate, purpose="multiplied with a population")
    _require_incidence(rate)
    people, source = _denominator(area, population)
    cases = rate.fraction * people
    if rate.low is not None and rate.high is not None and rate.low > 0:
        log_low = math.log(rate.value / rate.low) / Z95
        log_high = math.log(rate.high / rate.value) / Z95
        low, high, count = rate.low / rate.per * people, rate.high / rate.per * people, None
        covers = "the interval of the published rate"
    else:
        count = rate.numerator if rate.numerator is not None else cases
        low, high, log_low = _counted_limits(cases, count)
        log_high = log_low
        covers = "chance of the yearly count and 10% for registration"
    age = _years_old(rate)
    if age > 0 and cases > 0:
        rise = age * math.log1p(INCIDENCE_TREND.number)
        high = cases * math.exp(math.hypot(math.log(high / cases), rise))
        log_high = math.hypot(log_high, rise / Z95)
        covers += f"; above also a rise of {INCIDENCE_TREND.number:.1%} a year since {rate.year}"
    return CaseEstimate(
        area=get_area(area).code,
        year=rate.year or str(YEAR),
        cases=cases,
        low=low,
        high=high,
        covers=covers,
        method=FIGURE,
        population=people,
        population_source=source,
        count=count,
        log_low=log_low,
        log_high=log_high,
        follows_population=True,
        mark=rate.evidence.mark if rate.evidence else Mark.DERIVED,
        sources=_ids(rate, WPP_2019, *((INCIDENCE_TREND.source,) if age > 0 else ())),
        note=f"{rate.label} times the population",
    )


def incidence_from_count(
    area: str,
    count: float,
    *,
    year: str = str(YEAR),
    population: float | None = None,
    population_source: str = "",
    mark: Mark = Mark.SECONDARY,
    sources: tuple[str, ...] = (),
    method: str = FIGURE,
    spread: float | None = None,
    note: str = "",
) -> CaseEstimate:
    """Cases from a registered or published count.

    Parameters
    ----------
    count : new cases in the year.
    population : people of the area; by default the WPP 2019 total of mid-2022.
    spread : 95% factor for what the count does not show; 1 leaves chance alone.

    Examples
    --------
    >>> estimate = incidence_from_count("SA", 300, spread=1)
    >>> round(estimate.low, 2), round(estimate.high, 2), round(estimate.crude.value, 2)
    (267.01, 335.94, 0.84)
    """
    found = get_area(area)
    people, source = _denominator(area, population)
    # Checked here, because a count of no cases has no ratio to build limits on.
    crude_rate(count, people, measure=Measure.INCIDENCE)
    low, high, log_sd = _counted_limits(count, count, spread=spread)
    return CaseEstimate(
        area=found.code,
        year=year,
        cases=count,
        low=low,
        high=high,
        covers="chance of the count" + (" and 10% for registration" if spread is None else ""),
        method=method,
        population=people,
        population_source=population_source or source,
        count=count,
        log_low=log_sd,
        log_high=log_sd,
        mark=mark,
        sources=sources,
        note=note,
    )


def estimate_incidence(
    area: str,
    *,
    world_asr: Rate | None = None,
    figures: Sequence[Rate] = (),
    table: CountryTable | None = None,
    own_data: OwnData | None = None,
) -> tuple[CaseEstimate, ...]:
    """Every estimate of the new cases of an area that the input allows, the best one first.

    Order: the user's table by age; the user's country table; published incidence of the area
    (crude, then age-standardized); the age-structure transfer of the world rate.

    Parameters
    ----------
    world_asr : age-standardized incidence of the world.
    figures : published rates, of which those of this area are used.
    table : country table given by the user (`read_country_table`).
    own_data : tables by age and populations of the user.

    Returns
    -------
    Empty when nothing is known about the area.
    """
    found = get_area(area)
    mine = own_data or OwnData()
    people = mine.populations.get(found.code)
    estimates: list[CaseEstimate] = []
    ages = mine.ages.get(found.code)
    if ages is not None:
        estimates.append(incidence_from_ages(found.code, ages, population=people))
    row = table.find(found.code) if table else None
    if table and row:
        totals = population_totals(found.code)
        estimates.append(
            incidence_from_count(
                found.code,
                row.cases,
                year=table.year,
                population=people.total if people else row.population or totals.get(REVISIONS[0]),
                population_source=_named(people, table.name if row.population else REVISIONS[0]),
                sources=(table.source,),
                method=TABLE,
                note=f"count of the country table {table.name}, given by the user",
            )
        )
    own = [
        rate
        for rate in figures
        if rate.measure is Measure.INCIDENCE and get_area(rate.area).code == found.code
    ]
    usable = [rate for rate in own if rate.evidence is None or rate.evidence.mark.usable]
    if people is not None or population_totals(found.code):
        crude = [
            incidence_from_crude(found.code, rate, population=people.total if people else None)
            for rate in usable
            if isinstance(rate.scale, Crude)
        ]
        estimates += [
            replace(item, population_source=_named(people, item.population_source))
            for item in crude
        ]
        estimates += [
            incidence_from_asr(found.code, rate, population=people)
            for rate in usable
            if isinstance(rate.scale, AgeStandardized) and found.code != "WLD"
        ]
        if world_asr is not None:
            estimates.append(incidence_from_asr(found.code, world_asr, population=people))
    return tuple(estimates)


def _named(people: Population | None, otherwise: str) -> str:
    return people.revision if people else otherwise


def _years_old(rate: Rate) -> float:
    """Years from the middle of the figure's year or period to the middle of 2022."""
    return max(0.0, YEAR + 0.5 - middle_of(rate.year)) if rate.year else 0.0


def _counted_limits(
    cases: float, count: float, *, spread: float | None = None
) -> tuple[float, float, float]:
    """Limits of counted cases: Poisson and the other spread add in quadrature on the log scale."""
    factor = _checked_spread(REGISTRATION_SPREAD.number if spread is None else spread)
    other = math.log(factor)
    limits = poisson_exact(count)
    if count == 0:
        return 0.0, limits.high * factor, other / Z95
    below = math.hypot(math.log(count / limits.low), other)
    above = math.hypot(math.log(limits.high / count), other)
    return cases * math.exp(-below), cases * math.exp(above), other / Z95


def _checked_spread(factor: float) -> float:
    if not (math.isfinite(factor) and factor >= 1):
        raise InputError(
            Problem(what="a spread is a factor from 1", received=f"{factor:g}", allowed="1 or more")
        )
    return factor


def _denominator(area: str, population: float | None) -> tuple[float, str]:
    if population is not None:
        return population, "given by the user"
    totals = population_totals(area)
    if not totals:
        raise MissingEvidenceError(
            Problem(
                what=f"the population of {get_area(area).name} is not known here",
                fix="give the population together with the count or rate",
            )
        )
    return totals[REVISIONS[0]], f"{REVISIONS[0]}, mid-{YEAR}"


def _require_incidence(rate: Rate) -> None:
    if rate.measure is not Measure.INCIDENCE:
        raise InputError(
            Problem(
                what=f"{rate.label} is no incidence",
                allowed="a rate of new cases a year",
            )
        )


def _ids(rate: Rate, *others: str) -> tuple[str, ...]:
    own = (rate.evidence.source,) if rate.evidence and rate.evidence.source else ()
    return tuple(dict.fromkeys(own + others))
