"""Tables of the user in place of what ships: cases by age, populations, survival, by area."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from leucel.core import Evidence, InputError, Kind, Mark, Problem
from leucel.epidemiology.areas import get_area
from leucel.epidemiology.cases import REGISTRATION_SPREAD, Z95, CaseEstimate
from leucel.epidemiology.populations import Population, get_population
from leucel.epidemiology.prevalence import SurvivalPoints
from leucel.epidemiology.rates import Rate
from leucel.epidemiology.ratios import PrevalenceRatio
from leucel.epidemiology.standardization import (
    Limits,
    StandardizedRatio,
    standardize_crude,
    standardize_directly,
    standardize_indirectly,
)
from leucel.epidemiology.survival import exponential_from_ratio, fit_weibull
from leucel.epidemiology.tables import seer_rates
from leucel.epidemiology.user_tables import AgeTable

REGISTRY = "registry by age"
# World: 539,000 people alive within 5 years over 187,868 cases a year.
_WORLD_FIVE = 2.869


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnData:
    """What the user brings along, by code of the area.

    Attributes
    ----------
    ages : cases and person-years by age.
    populations : people by age; they replace the shipped ones.
    survival : survival after diagnosis; it replaces the prevalence-to-incidence ratios.
    """

    ages: Mapping[str, AgeTable] = field(default_factory=dict[str, AgeTable])
    populations: Mapping[str, Population] = field(default_factory=dict[str, Population])
    survival: Mapping[str, SurvivalPoints] = field(default_factory=dict[str, SurvivalPoints])


def incidence_from_ages(
    area: str, table: AgeTable, *, population: Population | None = None, year: str = ""
) -> CaseEstimate:
    """Cases a year from rates by age of a registry and the ages of the area.

    The rate is standardized directly to the area's own population; its limits are those of Fay and
    Feuer together with `REGISTRATION_SPREAD`. Cases of unknown age are spread like the others.

    Parameters
    ----------
    table : cases and person-years by age (`read_age_table`).
    population : people by age; the shipped table of the area when not given.

    Raises
    ------
    MissingEvidenceError : no population by age is known for the area and none is given.

    Examples
    --------
    >>> from leucel.epidemiology import age_counts
    >>> people = get_population("SA").persons
    >>> table = AgeTable(counts=age_counts(people * 1e-5, people), unknown=0.0, name="registry.csv")
    >>> round(incidence_from_ages("SA", table).cases)
    358
    """
    people = population if population is not None else get_population(area)
    counts = table.counts
    rate = standardize_directly(
        counts, people.persons, standard_name=f"population of {people.area}", per=1.0
    )
    known = float(counts.cases.sum())
    lift = (known + table.unknown) / known if known else 1.0
    cases = rate.value * people.total * lift
    log_sd = math.log(REGISTRATION_SPREAD.number) / Z95
    low, high = rate.low or 0.0, rate.high or 0.0
    below = math.hypot(math.log(rate.value / low), log_sd * Z95) if low > 0 else math.inf
    above = math.hypot(math.log(high / rate.value), log_sd * Z95) if rate.value else 0.0
    unknown = f"; {table.unknown:g} cases of unknown age spread like the others"
    return CaseEstimate(
        area=get_area(area).code,
        year=year or str(people.year),
        cases=cases,
        low=cases * math.exp(-below),
        high=cases * math.exp(above) if cases else high * people.total,
        covers="chance of the counts by age (Fay-Feuer) and 10% for registration",
        method=REGISTRY,
        population=people.total,
        population_source=people.revision,
        count=known + table.unknown,
        log_low=log_sd,
        log_high=log_sd,
        follows_population=True,
        mark=Mark.SECONDARY,
        sources=(table.source,),
        note=f"rates by age of {table.name} (user) over the ages of {people.revision}"
        + (unknown if table.unknown else ""),
    )


def registry_rates(
    area: str, table: AgeTable, standards: Sequence[str], *, limits: Limits = "fay_feuer"
) -> tuple[Rate, ...]:
    """Crude rate of an age table, then its age-standardized rates, each on its own scale."""
    code = get_area(area).code
    evidence = Evidence(
        value=float(table.counts.cases.sum()),
        unit="cases",
        source=table.source,
        mark=Mark.SECONDARY,
        note=f"table {table.name} of the user",
    )
    crude = standardize_crude(table.counts, area=code, population=table.name, evidence=evidence)
    return (
        crude,
        *(
            standardize_directly(
                table.counts,
                standard,
                limits=limits,
                area=code,
                population=table.name,
                evidence=evidence,
            )
            for standard in standards
        ),
    )


def registry_ratio(table: AgeTable) -> StandardizedRatio:
    """Observed cases over those that the SEER-18 rates by age expect (SIR)."""
    counts = table.counts
    return standardize_indirectly(float(counts.cases.sum()), counts.person_years, seer_rates())


def ratio_from_survival(
    points: SurvivalPoints, *, window_years: float = math.inf
) -> PrevalenceRatio:
    """Prevalence over incidence as the area under survival with its limits, years.

    Raises
    ------
    InputError : the points fit no curve.

    Examples
    --------
    >>> points = SurvivalPoints(years=(5.0, 10.0), shares=(0.6, 0.34), low=(0.6, 0.34),
    ...                         high=(0.6, 0.34))
    >>> ratio = ratio_from_survival(points, window_years=5)
    >>> round(ratio.point, 3)
    3.954
    """
    low, point, high = (float(points.curve(score).area(window_years)) for score in (-Z95, 0.0, Z95))
    return PrevalenceRatio(
        window_years=window_years if math.isfinite(window_years) else None,
        point=point,
        low=min(low, point),
        high=max(high, point),
        evidence=(
            Evidence(
                value=point,
                unit="year",
                source=points.source,
                mark=Mark.DERIVED,
                kind=Kind.DERIVED,
                note=f"area under {points.name or 'a survival table'} ({points.basis.value})",
            ),
        ),
    )


def ratio_for_window(window_years: float) -> PrevalenceRatio:
    """N-year prevalence over incidence where no survival of the area is known, years.

    Value and lower end: the exponential that gives the world's 2.869 years in a 5-year window;
    upper end: the Weibull through the relative survival of the United States (60% at 5 years, 34%
    at 10). At 5 years this is `FIVE_YEAR_RATIO`.

    Examples
    --------
    >>> [round(ratio_for_window(years).point, 3) for years in (1, 3, 10)]
    [0.886, 2.118, 3.702]
    """
    if not (math.isfinite(window_years) and window_years > 0):
        raise InputError(
            Problem(
                what="the window of a prevalence is a number of years above 0",
                received=f"{window_years:g}",
            )
        )
    world = float(exponential_from_ratio(_WORLD_FIVE, window_years=5).area(window_years))
    upper = float(fit_weibull([5, 10], [0.60, 0.34]).area(window_years))
    sources = ("mafra_2025", "survival_biologyinsights_com_citing_2015_2021")
    notes = ("exponential with 2.869 years in 5", "60% at 5 years, 34% at 10, relative survival")
    return PrevalenceRatio(
        window_years=window_years,
        point=world,
        low=world,
        high=max(world, upper),
        evidence=tuple(
            Evidence(
                value=value,
                unit="year",
                source=source,
                mark=Mark.COMPUTED,
                kind=Kind.DERIVED,
                note=note,
            )
            for value, source, note in zip((world, upper), sources, notes, strict=True)
        ),
    )
