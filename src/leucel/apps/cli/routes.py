"""`leucel routes`: the ways to a license, their dates, and the order of filings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leucel.apps.cli.options import JsonOption, ProgrammeArgument, parse_day
from leucel.apps.cli.output import guarded, print_json, print_table, screen, shown
from leucel.apps.cli.pairs import OverrideOption, code_pairs, own_rules, whole_number
from leucel.apps.cli.pictures import PlotOption, check_plot, write_figure

if TYPE_CHECKING:
    from datetime import date

    from leucel.programme import Programme
    from leucel.regulatory import FilingPlan, RouteOptions


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command(
        epilog="Example: leucel routes eque-cel -j SA --from 2025-05-09 --plot routes.svg\n\n"
        "leucel routes eque-cel -j SA -j KW -j GCC --order --review-days KW=120 --gcc envelopes"
    )(guarded(routes))


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
    gap: Annotated[
        int | None,
        typer.Option("--gap", help="Days between two filings, with --order.", show_default=False),
    ] = None,
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
    override: OverrideOption = None,
    plot: PlotOption = None,
    fhir: Annotated[
        Path | None,
        typer.Option(
            "--fhir",
            help="Write the milestones as a FHIR R5 bundle.",
            show_default=False,
            rich_help_panel="Documents",
        ),
    ] = None,
    check_fhir: Annotated[
        bool,
        typer.Option(
            "--check-fhir",
            help="Hold the bundle to the R5 classes of fhir.resources (extra: fhir).",
            rich_help_panel="Documents",
        ),
    ] = False,
    gcc: Annotated[
        Path | None,
        typer.Option(
            "--gcc",
            metavar="FOLDER",
            help="Write gc-regional.xml of each filing in the Gulf (GCC Module 1), in the fastest "
            "order.",
            show_default=False,
            rich_help_panel="Documents",
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Plan the ways to a license and when each would end.

    With --plot, the routes of one jurisdiction; with --order, the order of filings.
    """
    from datetime import date

    from leucel.programme import (
        milestone_bundle,
        programme_filings,
        programme_routes,
        read_programme,
        route_options,
    )
    from leucel.regulatory import plan_effects

    check_plot(plot)
    day = parse_day(start, option="--from") or date.today()
    rules = own_rules(override)
    found = read_programme(programme)
    codes = tuple(jurisdictions or [entry.code for entry in found.file.jurisdictions])
    options = _options(answers, holidays, route_options(found))
    plan = programme_routes(found, start=day, areas=codes, options=options, rules=rules)
    summary: dict[str, Any] = plan.to_summary()
    summary["effects"] = [effect.to_row() for effect in plan_effects(plan)]
    summary["overrides"] = [
        f"{rule.id}: {rule.statement} ({rule.legal_source}) instead of {rule.overrides}"
        for rule in plan.book.overridden
    ]
    filings: FilingPlan | None = None
    if order or gcc is not None:
        days = {c: whole_number(count) for c, count in code_pairs(review_days, "--review-days")}
        filings = programme_filings(
            found,
            start=day,
            targets=tuple(jurisdictions) if jurisdictions else None,
            gap_days=gap,
            doubtful=doubtful or None,
            days=days,
            options=options,
            rules=rules,
        )
        summary["filings"] = filings.to_rows()
        summary["filings_finish"] = filings.finish.isoformat() if filings.finish else None
        summary["filings_without_clock"] = list(filings.without_clock)
    if plot is not None:
        write_figure("plan" if order else "routes", plot, summary, lead=plan.routes[0].jurisdiction)
    if fhir is not None:
        _write_bundle(milestone_bundle(found), fhir, check=check_fhir)
    if gcc is not None and filings is not None:
        _write_envelopes(found, filings, gcc)
    if json:
        print_json(summary)
        return
    _print_plan(summary, day)
    if filings is not None:
        _print_order(filings)


def _print_plan(summary: dict[str, Any], day: date) -> None:
    print_table(
        (
            {
                **row,
                "clock": f"{shown(row['clock'])} {row['clock_unit']}"
                if row["clock"] is not None
                else "not known",
            }
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
            saved = f"saves {row['days_saved']} days that are on record"
            if row["days_saved"] == 0:
                saved = "no effect on a clock is on record; what it saves is unknown"
            screen().print(f"[dim]{row['jurisdiction']} {row['privilege']}:[/dim] {saved}")
    for text in summary["overrides"]:
        screen().print(f"[yellow]given by you:[/yellow] {text}")
    if any(row["finish"] and not row["finish_high"] for row in summary["routes"]):
        screen().print(
            "[dim]Late end not known: how long you answer while the clock stands is yours to give "
            "(--answers).[/dim]"
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
            f"no open route with a clock on record: {', '.join(filings.without_clock)}; give "
            "--review-days CODE=DAYS"
        )


def _options(answers: str | None, holidays: list[str] | None, given: RouteOptions) -> RouteOptions:
    """The programme's options with those of the command over them."""
    from leucel.core import InputError, Problem
    from leucel.regulatory import RouteOptions, SponsorTime, read_holidays, working_calendar

    sponsor = given.sponsor
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
        low, mode, high = (float(whole_number(part)) for part in parts)
        sponsor = SponsorTime(low=low, mode=mode, high=high)
    calendars = dict(given.calendars)
    for code, path in code_pairs(holidays, "--holidays"):
        days = read_holidays(Path(path))
        years = sorted({day.year for day in days})
        if not years:
            raise InputError(Problem(what="the list of holidays is empty", received=path))
        calendars[code] = working_calendar(
            code, years=range(years[0], years[-1] + 1), holidays=days
        )
    return RouteOptions(sponsor=sponsor, calendars=calendars)


def _write_bundle(text: str, path: Path, *, check: bool) -> None:
    import json

    from leucel.core import write_atomic
    from leucel.regulatory import validate_bundle

    if check:
        validate_bundle(json.loads(text))
    write_atomic(path, text)
    screen(error=True).print(f"wrote [bold]{path}[/bold]")


def _write_envelopes(programme: Programme, filings: FilingPlan, folder: Path) -> None:
    from leucel.core import InputError, Problem, write_atomic
    from leucel.programme import envelope_files

    files = envelope_files(programme, filings)
    if not files:
        raise InputError(
            Problem(
                what="the plan holds no filing in the Gulf, so there is no envelope to write",
                fix="ask for SA, GCC or another Gulf state with -j",
            )
        )
    for name, text in files.items():
        write_atomic(folder / name, text)
        screen(error=True).print(f"wrote [bold]{folder / name}[/bold]")
