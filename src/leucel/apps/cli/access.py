"""`leucel access`: the patients reached, with the ordinary and with the earlier approval."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leucel.apps.cli.options import (
    JsonOption,
    ProgrammeArgument,
    SeedOption,
    parse_day,
    usable_threads,
)
from leucel.apps.cli.output import guarded, print_json, print_table, screen, shown, with_limits
from leucel.apps.cli.pairs import (
    AgesOption,
    PopulationOption,
    PopulationYearOption,
    own_tables,
)
from leucel.apps.cli.pictures import PlotOption, check_plot, write_figure
from leucel.apps.cli.places import JurisdictionOption, TableOption, seed_of

if TYPE_CHECKING:
    from datetime import date

    from leucel.core import Evidence
    from leucel.epidemiology import AccessAssumptions
    from leucel.programme import Programme


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command(
        epilog="Example: leucel access eque-cel --horizon 2032-01-01 --plot tornado.svg\n\n"
        "leucel access eque-cel --trial --assume reached_share=0.4,0.2,0.6 "
        "--approval KW=2027-06-01,2028-03-01"
    )(guarded(access))


def access(
    programme: ProgrammeArgument,
    horizon: Annotated[
        str | None,
        typer.Option(
            "--horizon",
            metavar="DATE",
            help="Last day that is counted; seven years after filing when not given.",
            show_default=False,
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help="Day of filing; today when not given."),
    ] = None,
    jurisdictions: JurisdictionOption = None,
    approval: Annotated[
        list[str] | None,
        typer.Option(
            "--approval",
            metavar="CODE=EARLIER,ORDINARY",
            help="Your own days of approval of a jurisdiction; may be repeated.",
            show_default=False,
        ),
    ] = None,
    assume: Annotated[
        list[str] | None,
        typer.Option(
            "--assume",
            metavar="NAME=VALUE,LOW,HIGH",
            help="An assumption of the forecast with its range, for example "
            "reached_share=0.4,0.2,0.6; may be repeated.",
            show_default=False,
        ),
    ] = None,
    slots: Annotated[
        float | None,
        typer.Option("--slots", help="Manufacturing slots a year.", show_default=False),
    ] = None,
    gain: Annotated[
        float | None,
        typer.Option("--gain", help="Life-years gained by a treated patient.", show_default=False),
    ] = None,
    trial: Annotated[
        bool,
        typer.Option(
            "--trial",
            help="Run the virtual trial for the life-years gained at least.",
        ),
    ] = False,
    table: TableOption = None,
    ages: AgesOption = None,
    population: PopulationOption = None,
    population_year: PopulationYearOption = 2022,
    plot: PlotOption = None,
    seed: SeedOption = None,
    json: JsonOption = False,
) -> None:
    """Forecast the patients reached, with the ordinary and with the earlier approval.

    The earlier approval is the soonest open route of each jurisdiction, the ordinary one the latest
    of its open routes. Gulf states without a clock on record take the day of the central Gulf
    registration and three months of national steps for both. With --plot, the tornado.
    """
    from datetime import date

    from leucel.core import InputError, Problem, RandomStream
    from leucel.epidemiology import read_country_table
    from leucel.programme import access_assumptions, programme_access, read_programme

    check_plot(plot)
    day = parse_day(start, option="--from") or date.today()
    last = parse_day(horizon, option="--horizon")
    own = own_tables(ages, population, None, year=population_year, basis="observed", percent=False)
    found = read_programme(programme)
    extra = _assumed(assume, access_assumptions(found))
    extra |= _own_numbers(slots, gain)
    years = _trial_years(found, seed_of(found, seed)) if trial and gain is None else None
    forecast, areas = programme_access(
        found,
        start=day,
        rng=RandomStream(seed_of(found, seed)),
        gain=years,
        areas=jurisdictions,
        horizon=last,
        approvals=_given_days(approval),
        extra=extra,
        table=read_country_table(table) if table else None,
        own=own,
    )
    left_out = [row["area"] for row in areas if row["left_out"]]
    if forecast is None:
        raise InputError(
            Problem(
                what="no jurisdiction has both cases and a day of approval",
                received=", ".join(f"{row['area']}: {row['left_out']}" for row in areas),
                fix="give --approval CODE=EARLIER,ORDINARY",
            )
        )
    summary: dict[str, Any] = {**forecast.to_summary(), "areas": areas, "without_clock": left_out}
    if plot is not None:
        write_figure("tornado", plot, {"access": summary})
    if json:
        print_json(summary)
        return
    _print(summary, day)


def _print(summary: dict[str, Any], day: date) -> None:
    days = {row["area"]: row for row in summary["areas"]}
    columns = ("usual", "earlier", "more", "life_years")
    print_table(
        (
            {
                "area": row["area"],
                **{
                    key: with_limits(row[key]["value"], row[key]["low"], row[key]["high"])
                    if row[key]
                    else None
                    for key in columns
                },
            }
            for row in summary["access"]
        ),
        {
            "area": "where",
            "usual": "ordinary",
            "earlier": "earlier",
            "more": "more patients",
            "life_years": "life-years more",
        },
        title=f"patients reached until {summary['horizon']}, filed on {day.isoformat()}",
    )
    for code, row in days.items():
        if row["left_out"]:
            screen().print(f"[yellow]{code}[/yellow] left out: {row['left_out']}")
        else:
            when = row["earlier"]
            if row["earlier"] != row["ordinary"]:
                when = f"{row['earlier']} instead of {row['ordinary']}"
            screen().print(f"[dim]{code}:[/dim] {when} ({row['basis']})")
    print_table(
        (
            {
                **bar,
                "range": f"{shown(bar['low'])}-{shown(bar['high'])} {bar['unit']}",
                "more": f"{shown(bar['more_at_low'])}-{shown(bar['more_at_high'])}",
            }
            for bar in summary["tornado"]
        ),
        {"parameter": "assumption", "range": "range", "more": "more patients"},
        title="what moves the gain",
    )
    gain = next((row for row in summary["assumptions"] if row["what"] == "gain_years"), None)
    screen().print(
        f"[dim]life-years: {with_limits(gain['value'], gain['low'], gain['high'])} a treated "
        f"patient; {gain['why']}[/dim]"
        if gain
        else "[dim]life-years: give --gain, or --trial for those of the virtual trial[/dim]"
    )


def _assumed(texts: list[str] | None, known: AccessAssumptions) -> dict[str, Evidence]:
    """Assumptions of the command line, in the units of those they replace."""
    from leucel.core import Evidence, InputError, Mark, Problem, unknown_name

    names = [item.name for item in fields(known)]
    found: dict[str, Evidence] = {}
    problems: list[Problem] = []
    for text in texts or []:
        name, sign, numbers = text.partition("=")
        try:
            values = [float(part) for part in numbers.split(",")]
        except ValueError:
            values = []
        if name not in names:
            problems.append(unknown_name(name, names, noun="assumption of the forecast"))
        elif not sign or len(values) not in (1, 3):
            problems.append(
                Problem(
                    what="--assume is not readable",
                    received=text,
                    allowed="NAME=VALUE or NAME=VALUE,LOW,HIGH",
                )
            )
        else:
            old = known.items().get(name)
            low, high = values[1:] if len(values) == 3 else (None, None)
            found[name] = Evidence(
                value=values[0],
                unit=old.unit if old else _UNITS.get(name, ""),
                low=low,
                high=high,
                mark=Mark.OWN_VALUE,
                note="given on the command line",
            )
    if problems:
        raise InputError(problems)
    return found


_UNITS = {"slots_a_year": "patients a year", "gain_years": "year"}


def _own_numbers(slots: float | None, gain: float | None) -> dict[str, Evidence]:
    from leucel.core import Evidence, Mark

    given = {"slots_a_year": slots, "gain_years": gain}
    return {
        name: Evidence(
            value=value,
            unit=_UNITS[name],
            mark=Mark.OWN_VALUE,
            note="given on the command line",
        )
        for name, value in given.items()
        if value is not None
    }


def _trial_years(programme: Programme, seed: int) -> Evidence | None:
    """Life-years by the virtual trial of the programme."""
    from leucel.core import SILENT
    from leucel.programme import (
        access_assumptions,
        gain_from_trial,
        programme_trial,
        require_runnable,
        response_tables,
    )

    require_runnable(programme)
    section = programme.file.trial
    result, _ = programme_trial(
        programme,
        patients=section.patients,
        months=section.months,
        seed=seed,
        threads=usable_threads(None),
        progress=SILENT,
    )
    tables = response_tables(result)
    return gain_from_trial(tables.get("km_pfs"), access_assumptions(programme))


def _given_days(texts: list[str] | None) -> dict[str, tuple[date, date]]:
    from leucel.core import InputError, Problem
    from leucel.epidemiology import get_area

    found: dict[str, tuple[date, date]] = {}
    for text in texts or []:
        code, _, both = text.partition("=")
        days = [parse_day(part, option="--approval") for part in both.split(",") if part]
        if len(days) != 2 or days[0] is None or days[1] is None:
            raise InputError(
                Problem(
                    what="--approval is not readable",
                    received=text,
                    allowed="CODE=EARLIER,ORDINARY, for example KW=2026-06-01,2027-03-01",
                )
            )
        found[get_area(code).code] = (days[0], days[1])
    return found
