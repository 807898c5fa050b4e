"""The population part: new cases, prevalence and patients of the indication, by jurisdiction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leucel.core import InputError, Problem, Progress, RandomStream
from leucel.programme.plain import plain
from leucel.programme.result import PartResult
from leucel.programme.run import PartInput
from leucel.programme.tables import country_table, own_data

if TYPE_CHECKING:
    import pandas as pd

    from leucel.epidemiology import (
        BurdenOptions,
        CaseEstimate,
        CountryTable,
        DiseaseBurden,
        OwnData,
        PrevalenceRatio,
        Rate,
    )
    from leucel.programme.reader import Programme
    from leucel.programme.schema import QuotedRateSection
    from leucel.programme.values import Quantity

_MEASURES = {
    "incidence": ("incidence", None),
    "prevalence_5y": ("limited_prevalence", 5.0),
    "prevalence_complete": ("complete_prevalence", None),
    "mortality": ("mortality", None),
}


def population_part(given: PartInput) -> PartResult:
    """Estimate the burden of the disease in the programme's jurisdictions."""
    from leucel.epidemiology import sources

    burden = programme_burden(given.programme, seed=given.arguments.seed, progress=given.progress)
    summary = burden.to_summary()
    return PartResult(
        summary={"epidemiology": summary["epidemiology"]},
        tables=_tables(burden),
        assumptions=tuple(plain(summary["assumptions"])),
        sources=sources(),
    )


def _tables(burden: DiseaseBurden) -> dict[str, pd.DataFrame]:
    """The tables of the population room, with a short funnel of one row a step for readers."""
    import pandas as pd

    frames = burden.to_frames()
    rows: list[dict[str, Any]] = []
    for entry in burden.areas:
        if not entry.funnels:
            continue
        funnel = entry.funnels[0]
        for step in dict.fromkeys(each.step for each in funnel.steps):
            flows = funnel.flows(step)
            rows.append(
                {
                    "jurisdiction": entry.area,
                    "step": step,
                    "value": flows[burden.options.funnel.central],
                    "low": min(flows.values()),
                    "high": max(flows.values()),
                    "unit": "patients a year",
                }
            )
    frames["funnel_scenarios"] = frames.pop("funnel")
    frames["funnel"] = pd.DataFrame(rows)
    return frames


def programme_burden(
    programme: Programme,
    *,
    seed: int,
    progress: Progress,
    areas: tuple[str, ...] | None = None,
    table: CountryTable | None = None,
    own: OwnData | None = None,
    options: BurdenOptions | None = None,
) -> DiseaseBurden:
    """Incidence, prevalence and funnel of the jurisdictions of a programme.

    Parameters
    ----------
    programme : the programme.
    seed : of the Monte-Carlo intervals.
    areas : in place of the programme's jurisdictions.
    table : a country table of the user, in place of that of the programme.
    own : tables of the user, in place of those of the programme, area by area.
    options : in place of those of the programme.
    """
    from leucel.epidemiology import estimate_burden

    codes = areas or tuple(entry.code for entry in programme.file.jurisdictions)
    progress.start("incidence and prevalence", len(codes))
    burden = estimate_burden(
        codes,
        world_asr=_world_rate(programme),
        figures=_figures(programme),
        table=table or country_table(programme),
        own_data=joined_data(own_data(programme), own),
        rng=RandomStream(seed),
        options=options or burden_options(programme),
        progress=progress,
    )
    progress.finish()
    return burden


def programme_incidence(
    programme: Programme,
    areas: tuple[str, ...],
    *,
    table: CountryTable | None = None,
    own: OwnData | None = None,
) -> dict[str, tuple[CaseEstimate, ...]]:
    """Estimates of the new cases by area, the best first; empty where nothing is known.

    Raises
    ------
    InputError
        With every area that is not known.
    """
    from leucel.epidemiology import estimate_incidence, get_area

    problems: list[Problem] = []
    codes: list[str] = []
    for name in areas:
        try:
            codes.append(get_area(name).code)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    mine = joined_data(own_data(programme), own)
    return {
        code: estimate_incidence(
            code,
            world_asr=_world_rate(programme),
            figures=_figures(programme),
            table=table or country_table(programme),
            own_data=mine,
        )
        for code in dict.fromkeys(codes)
    }


def _world_rate(programme: Programme) -> Rate | None:
    """The age-standardized incidence of the world that the programme quotes."""
    from leucel.epidemiology import Measure

    return next(
        (
            rate
            for rate in quoted_rates(programme)
            if rate.area == "WLD"
            and rate.measure is Measure.INCIDENCE
            and rate.scale.label != "crude"
        ),
        None,
    )


def _figures(programme: Programme) -> tuple[Rate, ...]:
    from leucel.epidemiology import published_figures

    return _each_once((*quoted_rates(programme), *_own_figures(programme), *published_figures()))


def burden_options(programme: Programme) -> BurdenOptions:
    """Options of the population part from the section [epidemiology]."""
    from leucel.epidemiology import BurdenOptions, FunnelOptions

    section = programme.file.epidemiology
    given: dict[str, Any] = {}
    for name in ("eligible_share", "treated_share", "class_exposure", "median_survival_months"):
        quantity = getattr(section, name)
        if quantity is not None:
            given[name] = quantity.evidence()
    if section.attrition is not None:
        given["central"] = section.attrition
    options: dict[str, Any] = {
        "funnel": FunnelOptions(**given),
        "windows": section.windows,
        "standards": section.standards,
    }
    if section.complete_ratio is not None:
        options["complete"] = _ratio(section.complete_ratio, None)
    if section.five_year_ratio is not None:
        options["five_year"] = _ratio(section.five_year_ratio, 5.0)
    if section.draws is not None:
        options["draws"] = section.draws
    return BurdenOptions(**options)


def _ratio(quantity: Quantity, window: float | None) -> PrevalenceRatio:
    from leucel.epidemiology import PrevalenceRatio

    return PrevalenceRatio(
        window_years=window,
        point=quantity.value,
        low=quantity.value if quantity.low is None else quantity.low,
        high=quantity.value if quantity.high is None else quantity.high,
        evidence=(quantity.evidence(),),
    )


def joined_data(first: OwnData, second: OwnData | None) -> OwnData:
    """Tables of both; where both hold an area, those of `second`."""
    from leucel.epidemiology import OwnData

    if second is None:
        return first
    return OwnData(
        ages={**first.ages, **second.ages},
        populations={**first.populations, **second.populations},
        survival={**first.survival, **second.survival},
    )


def quoted_rates(programme: Programme) -> tuple[Rate, ...]:
    """The rates that the programme quotes, on their own scales."""
    return tuple(_rate(entry) for entry in programme.file.quoted_epidemiology)


def _rate(entry: QuotedRateSection) -> Rate:
    from leucel.epidemiology import rate_from_record

    measure, window = _MEASURES[entry.measure]
    scale = "crude" if entry.scale == "crude" else f"age_standardized:{entry.standard}"
    return rate_from_record(
        {
            "area": entry.region,
            "year": entry.year,
            "measure": measure,
            "window_years": window,
            "scale": scale,
            "value": entry.value,
            "per": entry.per,
            "mark": entry.mark,
            "source_id": entry.source,
            "note": entry.note,
        }
    )


def _each_once(rates: tuple[Rate, ...]) -> tuple[Rate, ...]:
    """Figures that the programme quotes stand before the shipped ones that say the same."""
    kept: dict[tuple[object, ...], Rate] = {}
    for rate in rates:
        key = (rate.area, rate.year, rate.measure, rate.scale, rate.value, rate.per)
        kept.setdefault(key, rate)
    return tuple(kept.values())


def _own_figures(programme: Programme) -> tuple[Rate, ...]:
    from leucel.epidemiology import rate_from_record

    found: list[Rate] = []
    for entry in programme.file.epidemiology.figures:
        measure, window = _MEASURES[entry.measure]
        found.append(
            rate_from_record(
                {
                    "area": entry.area,
                    "year": entry.year,
                    "measure": measure,
                    "window_years": window,
                    "scale": "crude",
                    "value": entry.value,
                    "low": entry.low,
                    "high": entry.high,
                    "per": entry.per,
                    "mark": entry.mark,
                    "source_id": entry.source,
                    "note": entry.note,
                }
            )
        )
    return tuple(found)
