"""The population part: new cases, prevalence and patients of the indication, by jurisdiction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leucel.core import Progress, RandomStream
from leucel.programme.plain import plain
from leucel.programme.result import PartResult
from leucel.programme.run import PartInput

if TYPE_CHECKING:
    import pandas as pd

    from leucel.epidemiology import BurdenOptions, CountryTable, DiseaseBurden, Rate
    from leucel.programme.reader import Programme
    from leucel.programme.schema import QuotedRateSection

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
) -> DiseaseBurden:
    """Incidence, prevalence and funnel of the jurisdictions of a programme.

    Parameters
    ----------
    programme : the programme.
    seed : of the Monte-Carlo intervals.
    areas : in place of the programme's jurisdictions.
    table : a country table of the user.
    """
    from leucel.epidemiology import Measure, estimate_burden, published_figures

    quoted = quoted_rates(programme)
    world_asr = next(
        (
            rate
            for rate in quoted
            if rate.area == "WLD"
            and rate.measure is Measure.INCIDENCE
            and rate.scale.label != "crude"
        ),
        None,
    )
    codes = areas or tuple(entry.code for entry in programme.file.jurisdictions)
    progress.start("incidence and prevalence", len(codes))
    burden = estimate_burden(
        codes,
        world_asr=world_asr,
        figures=_each_once((*quoted, *_own_figures(programme), *published_figures())),
        table=table,
        rng=RandomStream(seed),
        options=burden_options(programme),
        progress=progress,
    )
    progress.finish()
    return burden


def burden_options(programme: Programme) -> BurdenOptions:
    """Options of the population part from the section [epidemiology]."""
    from leucel.epidemiology import BurdenOptions, FunnelOptions

    section = programme.file.epidemiology
    given: dict[str, Any] = {}
    if section.eligible_share is not None:
        given["eligible_share"] = section.eligible_share.evidence()
    if section.treated_share is not None:
        given["treated_share"] = section.treated_share.evidence()
    if section.attrition is not None:
        given["central"] = section.attrition
    options: dict[str, Any] = {"funnel": FunnelOptions(**given)}
    if section.draws is not None:
        options["draws"] = section.draws
    return BurdenOptions(**options)


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
