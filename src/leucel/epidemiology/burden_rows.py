"""Rows of the population table, one form for estimates and published figures."""

from __future__ import annotations

import math
from typing import Any

from leucel.core import Mark
from leucel.epidemiology.cases import CaseEstimate
from leucel.epidemiology.funnel import Funnel
from leucel.epidemiology.prevalence import PrevalenceEstimate
from leucel.epidemiology.rates import AgeStandardized, Measure, Rate
from leucel.epidemiology.standardization import StandardizedRatio
from leucel.epidemiology.tables import SEER_SOURCE

ROW_KEYS = (
    "jurisdiction",
    "year",
    "measure",
    "value",
    "low",
    "high",
    "unit",
    "scale",
    "method",
    "population_source",
    "mark",
    "sources",
    "note",
)


def _row(**cells: Any) -> dict[str, Any]:
    row = {key: cells.get(key) for key in ROW_KEYS}
    for key in ("value", "low", "high"):
        number = row[key]
        if number is not None and not math.isfinite(number):
            row[key] = None
    row["sources"] = list(row["sources"] or ())
    row["note"] = row["note"] or ""
    return row


def figure_row(rate: Rate) -> dict[str, Any]:
    """Row of a published figure, on its own scale and in its own unit."""
    evidence = rate.evidence
    measure = rate.measure.value
    if rate.measure is Measure.INCIDENCE:
        measure = "incidence_asr" if isinstance(rate.scale, AgeStandardized) else "incidence_crude"
    elif rate.measure is Measure.LIMITED_PREVALENCE:
        measure = f"prevalence_{rate.window_years:g}y"
    elif rate.measure is Measure.COMPLETE_PREVALENCE:
        measure = "prevalence_complete"
    return _row(
        jurisdiction=rate.area,
        year=rate.year,
        measure=measure,
        value=rate.value,
        low=rate.low,
        high=rate.high,
        unit=f"per {rate.per:,.0f}",
        scale=rate.scale.label,
        method="published figure",
        population_source=rate.population,
        mark=evidence.mark.value if evidence else Mark.SECONDARY.value,
        sources=(evidence.source,) if evidence and evidence.source else (),
        note=evidence.note if evidence else "",
    )


def registry_row(rate: Rate) -> dict[str, Any]:
    """Row of a rate that a table by age of the user gives."""
    return {**figure_row(rate), "method": "table by age of the user"}


def ratio_row(area: str, ratio: StandardizedRatio, rates: tuple[Rate, ...]) -> dict[str, Any]:
    """Row of a standardized incidence ratio."""
    source = next((rate.evidence.source for rate in rates if rate.evidence), "")
    return _row(
        jurisdiction=area,
        measure="incidence_sir",
        value=ratio.ratio,
        low=ratio.low,
        high=ratio.high,
        unit="observed over expected",
        scale="indirectly standardized (SEER-18, white, 2000-2016)",
        method="table by age of the user",
        mark=Mark.DERIVED.value,
        sources=(source, SEER_SOURCE) if source else (SEER_SOURCE,),
        note=f"{ratio.observed:g} cases observed, {ratio.expected:.1f} expected; exact limits",
    )


def gap_row(area: str, gap: str) -> dict[str, Any]:
    """Row of an area about which nothing is known; it says why."""
    return _row(
        jurisdiction=area,
        measure="incidence_cases",
        unit="persons a year",
        scale="count",
        method="none",
        mark=Mark.OWN_VALUE.value,
        note=gap,
    )


def incidence_rows(estimate: CaseEstimate, *, preferred: bool) -> list[dict[str, Any]]:
    """Rows of an incidence estimate: cases a year and the crude rate."""
    note = estimate.note if preferred else f"shown for comparison; {estimate.note}"
    shared = {
        "jurisdiction": estimate.area,
        "year": estimate.year,
        "method": estimate.method,
        "population_source": estimate.population_source,
        "mark": estimate.mark.value,
        "sources": estimate.sources,
        "note": f"{note}; limits: {estimate.covers}",
    }
    crude = estimate.crude
    return [
        _row(
            measure="incidence_cases",
            value=estimate.cases,
            low=estimate.low,
            high=estimate.high,
            unit="persons a year",
            scale="count",
            **shared,
        ),
        _row(
            measure="incidence_crude",
            value=crude.value,
            low=crude.low,
            high=crude.high,
            unit="per 100,000 a year",
            scale="crude",
            **shared,
        ),
    ]


def prevalence_row(measure: str, estimate: PrevalenceEstimate) -> dict[str, Any]:
    """Row of a prevalence estimate in people; the share of the population is in its note."""
    share = (
        f"{estimate.per_10000:.2f} per 10,000 "
        f"({estimate.per_10000_low:.2f} to {estimate.per_10000_high:.2f})"
    )
    parts = [share, estimate.warning, f"cases: {estimate.incidence.covers}"]
    return _row(
        jurisdiction=estimate.area,
        year=estimate.year,
        measure=measure,
        value=estimate.persons,
        low=estimate.low,
        high=estimate.high,
        unit="persons",
        scale="count",
        method=estimate.method,
        population_source=estimate.incidence.population_source,
        mark=Mark.DERIVED.value,
        sources=estimate.sources,
        note="; ".join(part for part in parts if part),
    )


def funnel_rows(funnel: Funnel, *, central: str) -> list[dict[str, Any]]:
    """Rows of the patients past three lines: flow a year and stock."""
    method = f"{funnel.incidence.method}, attrition of {central} (range: all studies)"
    covers = funnel.incidence.covers
    cells = (
        ("eligible_flow", funnel.flow, funnel.flow_low, funnel.flow_high, "patients a year"),
        ("eligible_stock", funnel.stock, funnel.stock_low, funnel.stock_high, "patients"),
    )
    return [
        _row(
            jurisdiction=funnel.area,
            year=funnel.incidence.year,
            measure=measure,
            value=value,
            low=low,
            high=high,
            unit=unit,
            scale="count",
            method=method,
            population_source=funnel.incidence.population_source,
            mark=Mark.DERIVED.value,
            sources=funnel.sources,
            note=f"{funnel.note}; range: all studies at the limits of the cases ({covers})",
        )
        for measure, value, low, high, unit in cells
    ]
