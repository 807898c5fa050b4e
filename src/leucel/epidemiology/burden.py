"""The population stage: incidence, prevalence and eligible patients of each jurisdiction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from leucel.core import (
    SILENT,
    Assumption,
    Evidence,
    InputError,
    Mark,
    Problem,
    Progress,
    RandomStream,
)
from leucel.epidemiology.areas import get_area
from leucel.epidemiology.burden_options import BurdenOptions
from leucel.epidemiology.burden_rows import (
    ROW_KEYS,
    figure_row,
    funnel_rows,
    gap_row,
    incidence_rows,
    prevalence_row,
    ratio_row,
    registry_row,
)
from leucel.epidemiology.cases import (
    COUNTRY_SPREAD,
    FIGURE,
    INCIDENCE_TREND,
    OWN_RATE,
    REGISTRATION_SPREAD,
    SHAPE_SPREAD,
    TABLE,
    TRANSFER,
    CaseEstimate,
)
from leucel.epidemiology.country_table import CountryTable
from leucel.epidemiology.funnel import Funnel, follow_funnel
from leucel.epidemiology.incidence import estimate_incidence
from leucel.epidemiology.own_data import (
    OwnData,
    ratio_for_window,
    ratio_from_survival,
    registry_rates,
    registry_ratio,
)
from leucel.epidemiology.populations import REVISIONS
from leucel.epidemiology.prevalence import (
    PrevalenceEstimate,
    SurvivalPoints,
    prevalence_from_ratio,
    prevalence_from_survival,
)
from leucel.epidemiology.rates import Rate
from leucel.epidemiology.ratios import PrevalenceRatio
from leucel.epidemiology.standardization import StandardizedRatio

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaBurden:
    """What is estimated for one jurisdiction; the first estimate is the one to use.

    Attributes
    ----------
    area, name : code and name.
    incidence : estimates of new cases a year, the best source first; empty when nothing is known.
    five_year, complete : prevalence, one for each incidence estimate.
    funnels : patient funnel, one for each incidence estimate.
    limited : further N-year prevalences of the first estimate of the cases.
    survival_ratio : complete prevalence over incidence by the user's survival of the area, None
        without one; it replaces the bracket of published ratios.
    registry : rates of the user's table by age, crude first, then by standard population.
    registry_ratio : the same cases over those that the SEER-18 rates by age expect.
    figures : published prevalence of the area, shown beside the estimates.
    gap : why there is no estimate, or "".
    """

    area: str
    name: str
    incidence: tuple[CaseEstimate, ...]
    five_year: tuple[PrevalenceEstimate, ...]
    complete: tuple[PrevalenceEstimate, ...]
    funnels: tuple[Funnel, ...]
    figures: tuple[Rate, ...] = ()
    gap: str = ""
    limited: tuple[PrevalenceEstimate, ...] = ()
    survival_ratio: PrevalenceRatio | None = None
    registry: tuple[Rate, ...] = ()
    registry_ratio: StandardizedRatio | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the prevalence must know: net survival, extrapolated tails."""
        every = (*self.five_year, *self.limited, *self.complete)
        return tuple(dict.fromkeys(item.warning for item in every if item.warning))


@dataclass(frozen=True, slots=True, kw_only=True)
class DiseaseBurden:
    """Result of the population stage.

    Attributes
    ----------
    areas : one entry for each jurisdiction, in the order asked for.
    quoted : world figures that the programme quotes, each on its own scale.
    options : how it was estimated.
    assumptions : numbers without outside authority.
    """

    areas: tuple[AreaBurden, ...]
    quoted: tuple[Rate, ...]
    options: BurdenOptions
    assumptions: tuple[Assumption, ...]

    def find(self, area: str) -> AreaBurden | None:
        """Entry of a jurisdiction, or None."""
        code = get_area(area).code
        return next((entry for entry in self.areas if entry.area == code), None)

    def rows(self) -> list[dict[str, Any]]:
        """Rows of the population table (see the data contract), the preferred estimate first."""
        rows = [figure_row(rate) for rate in self.quoted]
        for entry in self.areas:
            if entry.gap:
                rows.append(gap_row(entry.area, entry.gap))
            for index, estimate in enumerate(entry.incidence):
                rows += incidence_rows(estimate, preferred=index == 0)
                rows.append(prevalence_row("prevalence_5y", entry.five_year[index]))
                rows += [
                    prevalence_row(f"prevalence_{item.window_years:g}y", item)
                    for item in (entry.limited if index == 0 else ())
                ]
                rows.append(prevalence_row("prevalence_complete", entry.complete[index]))
                rows += funnel_rows(entry.funnels[index], central=self.options.funnel.central)
            rows += [registry_row(rate) for rate in entry.registry]
            if entry.registry_ratio is not None:
                rows.append(ratio_row(entry.area, entry.registry_ratio, entry.registry))
            rows += [figure_row(rate) for rate in entry.figures]
        return rows

    def to_summary(self) -> dict[str, Any]:
        """JSON-ready summary: `epidemiology` rows and `assumptions`."""
        return {
            "epidemiology": self.rows(),
            "assumptions": [each.to_dict() for each in self.assumptions],
        }

    def to_frames(self) -> dict[str, pd.DataFrame]:
        """Tables `epidemiology` (the rows) and `funnel` (every step of every scenario)."""
        import pandas as pd

        steps = [
            {
                "jurisdiction": step.area,
                "method": funnel.incidence.method,
                "scenario": step.scenario,
                "step": step.step,
                "patients_a_year": step.flow,
                "basis": step.note,
            }
            for entry in self.areas
            for funnel in entry.funnels
            for step in funnel.steps
        ]
        names: Any = list(ROW_KEYS)
        step_names: Any = list(_STEP_KEYS)
        table = pd.DataFrame(self.rows(), columns=names)
        table["sources"] = table["sources"].map(";".join)
        return {"epidemiology": table, "funnel": pd.DataFrame(steps, columns=step_names)}


_STEP_KEYS = ("jurisdiction", "method", "scenario", "step", "patients_a_year", "basis")


def estimate_burden(
    areas: Sequence[str],
    *,
    world_asr: Rate | None,
    figures: Sequence[Rate] = (),
    table: CountryTable | None = None,
    own_data: OwnData | None = None,
    rng: RandomStream,
    options: BurdenOptions | None = None,
    progress: Progress = SILENT,
) -> DiseaseBurden:
    """Estimate incidence, prevalence and eligible patients of each jurisdiction.

    Parameters
    ----------
    areas : codes or names of the jurisdictions.
    world_asr : age-standardized incidence of the world, for the age-structure transfer; None when
        every area has a figure of its own.
    figures : published rates (`published_figures()`, and those that a programme quotes).
    table : country table given by the user; replaces the estimates of the areas it holds.
    own_data : tables by age, populations and survival of the user, by area.
    rng : random stream of the run.

    Returns
    -------
    DiseaseBurden; an area about which nothing is known stays in it with its `gap`.

    Raises
    ------
    InputError : unknown areas (all of them), a world rate that is crude.

    Examples
    --------
    >>> from leucel.epidemiology import AgeStandardized, Measure
    >>> world = Rate(measure=Measure.INCIDENCE, scale=AgeStandardized(), value=1.8, area="WLD")
    >>> burden = estimate_burden(["SA", "HK"], world_asr=world, rng=RandomStream(1),
    ...                          options=BurdenOptions(draws=200))
    >>> round(burden.areas[0].incidence[0].cases), burden.areas[1].incidence
    (498, ())
    """
    options = options or BurdenOptions()
    codes = _known_codes(areas)
    entries: list[AreaBurden] = []
    for code in codes:
        entries.append(_estimate_area(code, world_asr, figures, table, own_data, rng, options))
        progress.advance()
    world = [world_asr] if world_asr is not None else []
    world += [rate for rate in figures if rate.area == "WLD"]
    # The same figure may be quoted by the programme and ship with the software: shown once.
    quoted = {(rate.measure, rate.scale, rate.value, rate.year): rate for rate in reversed(world)}
    return DiseaseBurden(
        areas=tuple(entries),
        quoted=tuple(reversed(quoted.values())),
        options=options,
        assumptions=_assumptions(entries, options),
    )


def _known_codes(areas: Sequence[str]) -> list[str]:
    problems: list[Problem] = []
    codes: list[str] = []
    for name in areas:
        try:
            codes.append(get_area(name).code)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return list(dict.fromkeys(codes))


def _estimate_area(
    code: str,
    world_asr: Rate | None,
    figures: Sequence[Rate],
    table: CountryTable | None,
    own_data: OwnData | None,
    rng: RandomStream,
    options: BurdenOptions,
) -> AreaBurden:
    own = own_data or OwnData()
    incidence = estimate_incidence(
        code, world_asr=world_asr, figures=figures, table=table, own_data=own
    )
    name = get_area(code).name
    points, ages = own.survival.get(code), own.ages.get(code)
    alive = partial(_alive, points=points, rng=rng, draws=options.draws)
    return AreaBurden(
        area=code,
        name=name,
        incidence=incidence,
        five_year=tuple(alive(item, options.five_year) for item in incidence),
        complete=tuple(alive(item, options.complete) for item in incidence),
        limited=tuple(
            alive(item, ratio_for_window(years))
            for item in incidence[:1]
            for years in options.windows
            if years != options.five_year.window_years
        ),
        survival_ratio=ratio_from_survival(points) if points else None,
        registry=registry_rates(code, ages, options.standards, limits=options.limits)
        if ages
        else (),
        registry_ratio=registry_ratio(ages) if ages else None,
        funnels=tuple(follow_funnel(item, options.funnel) for item in incidence),
        figures=tuple(
            rate
            for rate in figures
            if rate.area == code and rate.measure.is_prevalence and code != "WLD"
        ),
        gap=""
        if incidence
        else f"no cases and no population by age are known here for {name}: give a count or a "
        "crude rate together with the population",
    )


def _alive(
    incidence: CaseEstimate,
    ratio: PrevalenceRatio,
    *,
    points: SurvivalPoints | None,
    rng: RandomStream,
    draws: int,
) -> PrevalenceEstimate:
    """Prevalence by the user's survival where there is one, else by the ratio."""
    if points is None:
        return prevalence_from_ratio(incidence, ratio, rng, draws=draws)
    window = ratio.window_years or math.inf
    return prevalence_from_survival(incidence, points, rng, window_years=window, draws=draws)


def _assumptions(entries: Sequence[AreaBurden], options: BurdenOptions) -> tuple[Assumption, ...]:
    methods = {item.method for entry in entries for item in entry.incidence}
    found: list[Assumption] = []
    if TRANSFER in methods:
        found.append(_assumption("national risk around the world average", COUNTRY_SPREAD))
    if OWN_RATE in methods:
        found.append(_assumption("transfer of the SEER age curve", SHAPE_SPREAD))
    if methods & {TABLE, FIGURE}:
        found.append(_assumption("uncertainty of a count beyond chance", REGISTRATION_SPREAD))
    if FIGURE in methods:
        found.append(_assumption("rise of incidence since an older figure", INCIDENCE_TREND))
    found += [
        _assumption("upper end of the prevalence-to-incidence ratio", item)
        for item in options.complete.evidence
        if item.mark is Mark.OWN_VALUE
    ]
    found.append(
        _assumption("drug classes among patients past three lines", options.funnel.class_exposure)
    )
    if options.funnel.eligible_share is None:
        found.append(
            Assumption(
                what="share of late-line patients fit for CAR-T",
                value=None,
                unit="fraction",
                why="no population figure is available; flows and stocks are shown before this "
                "step until a share is given",
                source="",
                mark=Mark.OWN_VALUE,
            )
        )
    found.append(
        Assumption(
            what="population revision",
            value=" or ".join(REVISIONS),
            unit="",
            why="two UN revisions, equally likely in every interval where both are known",
            source="",
            mark=Mark.OWN_VALUE,
        )
    )
    return tuple(found)


def _assumption(what: str, evidence: Evidence) -> Assumption:
    return Assumption(
        what=what,
        value=evidence.value,
        unit=evidence.unit,
        why=evidence.note,
        source=evidence.source,
        mark=evidence.mark,
    )
