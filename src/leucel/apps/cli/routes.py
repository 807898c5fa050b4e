"""`leucel routes`: the ways to a license, their dates, and the order of filings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leucel.apps.cli.options import JsonOption, ProgrammeArgument, parse_day
from leucel.apps.cli.output import guarded, print_json, print_table, screen, shown

if TYPE_CHECKING:
    from datetime import date

    from leucel.programme import Programme
    from leucel.regulatory import FilingPlan, RouteOptions


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command(epilog="Example: leucel routes eque-cel -j SA --from 2025-05-09")(guarded(routes))


def routes(
    programme: ProgrammeArgument,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help="Day of filing; today when not given."),
    ] = None,
    jurisdictions: Annotated[
        list[str] | None,
        typer.Option(
            "--jurisdiction",
            "-j",
            help="Code such as SA or GCC; may be repeated. Those of the programme when not given.",
            show_default=False,
        ),
    ] = None,
    answers: Annotated[
        str | None,
        typer.Option(
            "--answers",
            metavar="LOW,MODE,HIGH",
            help="Days that you take for answers while the clock stands.",
            show_default=False,
        ),
    ] = None,
    holidays: Annotated[
        list[str] | None,
        typer.Option(
            "--holidays",
            metavar="CODE=FILE",
            help="Your own days off of a jurisdiction, one YYYY-MM-DD a line; may be repeated.",
            show_default=False,
        ),
    ] = None,
    order: Annotated[
        bool,
        typer.Option("--order", help="Search the fastest order of filings (7 places at most)."),
    ] = False,
    gap: Annotated[int, typer.Option("--gap", help="Days between two filings, with --order.")] = 0,
    review_days: Annotated[
        list[str] | None,
        typer.Option(
            "--review-days",
            metavar="CODE=DAYS",
            help="Calendar days of a review without a clock on record, with --order.",
            show_default=False,
        ),
    ] = None,
    doubtful: Annotated[
        bool, typer.Option("--doubtful", help="Use doubtful routes too, with --order.")
    ] = False,
    fhir: Annotated[
        Path | None,
        typer.Option(
            "--fhir", help="Write the milestones as a FHIR R5 bundle.", show_default=False
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Plan the ways to a license and when each would end."""
    from datetime import date

    from leucel.programme import milestone_register, read_programme
    from leucel.regulatory import ProductFacts, find_filing_order, plan_effects, plan_routes

    day = parse_day(start, option="--from") or date.today()
    found = read_programme(programme)
    codes = tuple(jurisdictions or [entry.code for entry in found.file.jurisdictions])
    product = ProductFacts(name=found.file.product.inn.value)
    register = milestone_register(found)
    options = _options(answers, holidays)
    plan = plan_routes(codes, product=product, register=register, start=day, options=options)
    summary: dict[str, Any] = plan.to_summary()
    summary["effects"] = [effect.to_row() for effect in plan_effects(plan)]
    filings: FilingPlan | None = None
    if order:
        filings = find_filing_order(
            codes,
            product=product,
            register=register,
            start=day,
            gap_days=gap,
            allow_doubtful=doubtful,
            days={code: _whole(count) for code, count in _pairs(review_days, "--review-days")},
            options=options,
        )
        summary["filings"] = filings.to_rows()
        summary["filings_finish"] = filings.finish
        summary["filings_without_clock"] = list(filings.without_clock)
    if fhir is not None:
        _write_bundle(found, fhir)
    if json:
        print_json(summary)
        return
    _print_plan(summary, day)
    if filings is not None:
        _print_order(filings)


def _print_plan(summary: dict[str, Any], day: date) -> None:
    print_table(
        (
            {**row, "clock": f"{shown(row['clock'])} {row['clock_unit']}"}
            for row in summary["routes"]
        ),
        {
            "jurisdiction": "where",
            "route": "route",
            "status": "status",
            "clock": "clock",
            "finish": "ends about",
            "finish_high": "late end",
            "with_designation": "orphan",
        },
        title=f"filed on {day.isoformat()}",
    )
    for row in summary["routes"]:
        if row["with_designation"] or row["status"] != "open":
            screen().print(f"[bold]{row['jurisdiction']} {row['route']}[/bold] {row['reason']}")
    for row in summary["effects"]:
        if row["days_saved"] is not None:
            screen().print(
                f"[dim]{row['jurisdiction']} {row['privilege']}:[/dim] saves "
                f"{row['days_saved']} days that are on record"
            )
    screen().print("[dim]The regulator's time; the clock stands while the sponsor answers.[/dim]")


def _print_order(filings: FilingPlan) -> None:
    print_table(
        ({**row, "waited_for": ", ".join(row["waited_for"])} for row in filings.to_rows()),
        {
            "jurisdiction": "where",
            "route": "route",
            "filed": "file on",
            "approved": "ends about",
            "waited_for": "waits for",
            "status": "status",
        },
        title="fastest order of filings",
    )
    if filings.days_saved:
        screen().print(f"waiting for approvals elsewhere saves {filings.days_saved} days")
    if filings.without_clock:
        screen().print(
            f"no clock on record: {', '.join(filings.without_clock)}; give --review-days CODE=DAYS"
        )


def _options(answers: str | None, holidays: list[str] | None) -> RouteOptions:
    from leucel.core import InputError, Problem
    from leucel.regulatory import RouteOptions, SponsorTime, read_holidays, working_calendar

    sponsor = None
    if answers is not None:
        parts = answers.split(",")
        if len(parts) != 3:
            raise InputError(
                Problem(
                    what="--answers needs three numbers",
                    received=answers,
                    allowed="LOW,MODE,HIGH, for example 20,60,120",
                )
            )
        low, mode, high = (float(_whole(part)) for part in parts)
        sponsor = SponsorTime(low=low, mode=mode, high=high)
    calendars = {}
    for code, path in _pairs(holidays, "--holidays"):
        days = read_holidays(Path(path))
        years = sorted({day.year for day in days})
        if not years:
            raise InputError(Problem(what="the list of holidays is empty", received=path))
        calendars[code] = working_calendar(
            code, years=range(years[0], years[-1] + 1), holidays=days
        )
    return RouteOptions(sponsor=sponsor, calendars=calendars)


def _pairs(texts: list[str] | None, option: str) -> list[tuple[str, str]]:
    from leucel.core import InputError, Problem
    from leucel.epidemiology import get_area

    found: list[tuple[str, str]] = []
    for text in texts or []:
        code, sign, value = text.partition("=")
        if not (sign and value):
            raise InputError(
                Problem(what=f"{option} is not readable", received=text, allowed="CODE=VALUE")
            )
        found.append((get_area(code).code, value))
    return found


def _whole(text: str) -> int:
    from leucel.core import InputError, Problem

    try:
        return int(text)
    except ValueError:
        raise InputError(
            Problem(what="a number of days is no whole number", received=repr(text))
        ) from None


def _write_bundle(programme: Programme, path: Path) -> None:
    from leucel.core import write_atomic
    from leucel.programme import json_text, milestone_register
    from leucel.regulatory import MYELOMA_CODES, export_bundle

    condition = programme.file.indication.condition.value
    bundle = export_bundle(
        milestone_register(programme),
        product=programme.file.product.inn.value,
        condition=condition,
        # Codes of another condition are not on record here.
        codes=MYELOMA_CODES if "myeloma" in condition else None,
    )
    write_atomic(path, json_text(bundle))
    screen(error=True).print(f"wrote [bold]{path}[/bold]")
