"""The designation part: threshold tests, routes and dates of the programme's jurisdictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from leucel.core import SILENT, Mark, RandomStream
from leucel.programme.parts.population import programme_burden
from leucel.programme.parts.reports import designation_documents, prevalence_courses
from leucel.programme.parts.rules import programme_rules, slot_evidence
from leucel.programme.plain import plain
from leucel.programme.result import PartResult
from leucel.programme.run import PartInput
from leucel.programme.tables import own_holidays

if TYPE_CHECKING:
    from leucel.core import Evidence
    from leucel.epidemiology import DiseaseBurden
    from leucel.programme.reader import Programme
    from leucel.regulatory import (
        DesignationResult,
        MilestoneRegister,
        RouteOptions,
        RoutePlan,
        Rule,
    )


def designation_part(given: PartInput) -> PartResult:
    """Test the thresholds and plan the routes as of the day of the run."""
    from leucel.regulatory import MilestoneKind

    burden = programme_burden(given.programme, seed=given.arguments.seed, progress=SILENT)
    day = given.arguments.as_of
    result = programme_designation(given.programme, burden, as_of=day)
    plan = programme_routes(given.programme, start=day)
    tested, planned = result.to_summary(), plan.to_summary()
    assumptions = (*plain(tested.pop("assumptions")), *plain(planned.pop("assumptions")))
    summary = {**tested, **planned}
    summary["milestones"] = milestone_rows(given.programme)
    lead = given.programme.file.jurisdictions[0].code
    held = milestone_register(given.programme).find(
        MilestoneKind.ORPHAN_DESIGNATION, by=day, jurisdiction=lead
    )
    summary["next_steps"] = next_steps(summary["routes"], lead, designated=bool(held))
    documents = designation_documents(
        given.programme, burden, result, plan, rng=RandomStream(given.arguments.seed)
    )
    summary["documents"] = documents.listed
    summary["prevalence_report"] = documents.lead
    courses = prevalence_courses(result, burden, rng=RandomStream(given.arguments.seed))
    return PartResult(
        summary=summary,
        tables={**result.to_frames(), **plan.to_frames(), **courses},
        assumptions=assumptions,
        sources={**result.sources(), **plan.sources()},
        documents=documents.texts,
    )


def programme_designation(
    programme: Programme,
    burden: DiseaseBurden,
    *,
    as_of: date,
    areas: tuple[str, ...] | None = None,
    rules: tuple[Rule, ...] = (),
    evidence: Mapping[str, tuple[Evidence, ...]] | None = None,
    compare_with: date | None = None,
) -> DesignationResult:
    """Threshold tests of the jurisdictions of a programme.

    Parameters
    ----------
    programme : the programme, with its overrides and evidence.
    burden : its population, with these jurisdictions.
    as_of : day whose rules are used.
    areas : in place of the programme's jurisdictions.
    rules : further rules in place of those with the same ids.
    evidence : further evidence for the tests beyond prevalence, by slot.
    compare_with : another day; the rules that differ are listed.
    """
    from leucel.programme.parts.population import quoted_rates
    from leucel.regulatory import designate

    tested = [
        rate
        for rate, entry in zip(
            quoted_rates(programme), programme.file.quoted_epidemiology, strict=True
        )
        if entry.use == "threshold test"
    ]
    return designate(
        areas or tuple(entry.code for entry in programme.file.jurisdictions),
        burden,
        as_of=as_of,
        condition=programme.file.indication.condition.value,
        figures=tested,
        ratio=burden.options.complete,
        book=programme_rules(programme, rules),
        evidence={**slot_evidence(programme), **(evidence or {})},
        compare_with=compare_with,
    )


def programme_routes(
    programme: Programme,
    *,
    start: date,
    areas: tuple[str, ...] | None = None,
    options: RouteOptions | None = None,
    rules: tuple[Rule, ...] = (),
) -> RoutePlan:
    """Routes to a license in the jurisdictions of a programme, for a filing on `start`.

    Parameters
    ----------
    areas : in place of the programme's jurisdictions.
    options : in place of those of the programme (`route_options`).
    rules : further rules in place of those with the same ids.
    """
    from leucel.regulatory import ProductFacts, plan_routes

    return plan_routes(
        areas or tuple(entry.code for entry in programme.file.jurisdictions),
        product=ProductFacts(name=programme.file.product.inn.value),
        register=milestone_register(programme),
        start=start,
        book=programme_rules(programme, rules),
        options=options or route_options(programme),
    )


def route_options(programme: Programme) -> RouteOptions:
    """Answers and days off that the section [regulation] gives."""
    from leucel.regulatory import RouteOptions, SponsorTime, working_calendar

    given = programme.file.regulation.answers
    sponsor = None
    if given is not None:
        low = given.value if given.low is None else given.low
        high = given.value if given.high is None else given.high
        sponsor = SponsorTime(low=low, mode=given.value, high=high, source=given.source)
    calendars = {}
    for code, days in own_holidays(programme).items():
        years = sorted({day.year for day in days})
        calendars[code] = working_calendar(
            code, years=range(years[0], years[-1] + 1), holidays=days
        )
    return RouteOptions(sponsor=sponsor, calendars=calendars)


def milestone_register(programme: Programme) -> MilestoneRegister:
    """The milestones of a programme, as the route planner reads them."""
    from leucel.regulatory import Milestone, MilestoneKind, MilestoneRegister, PartialDate

    return MilestoneRegister(
        milestones=tuple(
            Milestone(
                kind=MilestoneKind(entry.kind),
                jurisdiction=entry.jurisdiction,
                when=PartialDate.parse(entry.date),
                authority=entry.authority,
                title=entry.text,
                source=entry.source,
                mark=Mark(entry.mark),
                note=entry.note,
            )
            for entry in programme.file.milestones
        )
    )


def milestone_rows(programme: Programme) -> list[dict[str, Any]]:
    """Milestones in order of time, each with the other dates that somebody gives for it."""
    rows = [
        {
            "id": entry.id,
            "date": entry.date,
            "precision": entry.precision,
            "jurisdiction": entry.jurisdiction,
            "kind": entry.kind,
            "authority": entry.authority,
            "title": entry.text,
            "source": entry.source,
            "mark": entry.mark,
            "note": entry.note,
            "conflicts": plain(entry.conflicts),
        }
        for entry in programme.file.milestones
    ]
    return sorted(rows, key=lambda row: str(row["date"]))


def next_steps(routes: Sequence[Mapping[str, Any]], lead: str, *, designated: bool) -> list[str]:
    """Open ways to a license in the lead jurisdiction, the soonest end first, in sentences."""
    rows = [
        row
        for row in routes
        if row["jurisdiction"] == lead
        and row["status"] == "open"
        and row["finish"] is not None
        and bool(row["with_designation"]) == designated
    ]
    return [
        f"{lead}: {row['route']}{' with the orphan designation' if designated else ''}, filed "
        f"{row['start']}: review ends about {row['finish']} ({row['clock']:g} "
        f"{row['clock_unit']}, without clock stops)"
        for row in sorted(rows, key=lambda row: str(row["finish"]))
        if row["clock"]
    ]
