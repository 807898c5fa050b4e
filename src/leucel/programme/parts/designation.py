"""The designation part: threshold tests, routes and dates of the programme's jurisdictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from leucel.core import SILENT, Mark
from leucel.programme.parts.population import programme_burden
from leucel.programme.plain import plain
from leucel.programme.result import PartResult
from leucel.programme.run import PartInput

if TYPE_CHECKING:
    from leucel.epidemiology import DiseaseBurden
    from leucel.programme.reader import Programme
    from leucel.regulatory import DesignationResult, MilestoneRegister, RoutePlan


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
    return PartResult(
        summary=summary,
        tables={**result.to_frames(), **plan.to_frames()},
        assumptions=assumptions,
        sources={**result.sources(), **plan.sources()},
    )


def programme_designation(
    programme: Programme,
    burden: DiseaseBurden,
    *,
    as_of: date,
    areas: tuple[str, ...] | None = None,
) -> DesignationResult:
    """Threshold tests of the jurisdictions of a programme."""
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
    )


def programme_routes(
    programme: Programme, *, start: date, areas: tuple[str, ...] | None = None
) -> RoutePlan:
    """Routes to a license in the jurisdictions of a programme, for a filing on `start`."""
    from leucel.regulatory import ProductFacts, plan_routes

    return plan_routes(
        areas or tuple(entry.code for entry in programme.file.jurisdictions),
        product=ProductFacts(name=programme.file.product.inn.value),
        register=milestone_register(programme),
        start=start,
    )


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
