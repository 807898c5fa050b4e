"""`leucel prevalence`, `designate` and `routes`: the population and the rules, by jurisdiction."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leucel.apps.cli.options import AsOfOption, JsonOption, ProgrammeArgument, SeedOption, parse_day
from leucel.apps.cli.output import guarded, print_json, print_table, screen, shown, with_limits

if TYPE_CHECKING:
    from leucel.epidemiology import DiseaseBurden
    from leucel.programme import Programme

JurisdictionOption = Annotated[
    list[str] | None,
    typer.Option(
        "--jurisdiction",
        "-j",
        help="Code such as SA or EU; may be repeated. Those of the programme when not given.",
        show_default=False,
    ),
]
TableOption = Annotated[
    Path | None,
    typer.Option(
        "--table", help="Your own country table (CSV: iso3, new_cases, ...).", show_default=False
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(epilog="Example: leucel prevalence eque-cel -j SA -j AE")(guarded(prevalence))
    app.command(epilog="Example: leucel designate eque-cel -j SA --as-of 2025-05-09")(
        guarded(designate)
    )
    app.command(epilog="Example: leucel routes eque-cel -j SA --from 2025-05-09")(guarded(routes))


def prevalence(
    programme: ProgrammeArgument,
    jurisdictions: JurisdictionOption = None,
    table: TableOption = None,
    seed: SeedOption = None,
    json: JsonOption = False,
) -> None:
    """Estimate new cases, prevalence and patients of the indication."""
    burden = _burden(programme, jurisdictions, table, seed)[1]
    rows: list[dict[str, Any]] = burden.rows()
    if json:
        print_json({"epidemiology": rows, "assumptions": burden.assumptions})
        return
    print_table(
        ({**row, "value": with_limits(row["value"], row["low"], row["high"])} for row in rows),
        {
            "jurisdiction": "where",
            "measure": "measure",
            "value": "value (range)",
            "unit": "unit",
            "method": "method",
            "mark": "mark",
        },
    )


def designate(
    programme: ProgrammeArgument,
    as_of: AsOfOption = None,
    jurisdictions: JurisdictionOption = None,
    table: TableOption = None,
    seed: SeedOption = None,
    json: JsonOption = False,
) -> None:
    """Test the orphan thresholds, with the margin to them."""
    from datetime import date

    from leucel.programme import programme_designation

    day = parse_day(as_of) or date.today()
    found, burden = _burden(programme, jurisdictions, table, seed)
    result = programme_designation(
        found, burden, as_of=day, areas=tuple(jurisdictions) if jurisdictions else None
    )
    summary = result.to_summary()
    if json:
        print_json(summary)
        return
    rows = [
        {
            **row,
            "threshold": f"{shown(row['threshold'])} {row['unit']}",
            "prevalence": with_limits(row["prevalence"], row["low"], row["high"]),
            "reason": summary["designation_reasons"][row["jurisdiction"]],
        }
        for row in summary["designation"]
    ]
    print_table(
        rows,
        {
            "jurisdiction": "where",
            "rule_id": "rule",
            "threshold": "threshold",
            "prevalence": "prevalence (range)",
            "margin_years": "lost at",
            "verdict": "verdict",
        },
        title=f"{summary['condition']}, rules of {day.isoformat()}",
    )
    for row in rows:
        screen().print(f"[bold]{row['jurisdiction']}[/bold] {row['reason']}")


def routes(
    programme: ProgrammeArgument,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help="Day of filing; today when not given."),
    ] = None,
    jurisdictions: JurisdictionOption = None,
    json: JsonOption = False,
) -> None:
    """Plan the ways to a license and when each would end."""
    from datetime import date

    from leucel.programme import programme_routes, read_programme

    day = parse_day(start, option="--from") or date.today()
    plan = programme_routes(
        read_programme(programme),
        start=day,
        areas=tuple(jurisdictions) if jurisdictions else None,
    )
    summary: dict[str, Any] = plan.to_summary()
    if json:
        print_json(summary)
        return
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
            "with_designation": "orphan",
        },
        title=f"filed on {day.isoformat()}",
    )
    for row in summary["routes"]:
        if row["with_designation"] or row["status"] != "open":
            screen().print(f"[bold]{row['jurisdiction']} {row['route']}[/bold] {row['reason']}")
    screen().print("[dim]The regulator's time; the clock stands while the sponsor answers.[/dim]")


def _burden(
    programme: str, jurisdictions: list[str] | None, table: Path | None, seed: int | None
) -> tuple[Programme, DiseaseBurden]:
    from leucel.core import SILENT
    from leucel.epidemiology import read_country_table
    from leucel.programme import programme_burden, read_programme

    found = read_programme(programme)
    burden = programme_burden(
        found,
        seed=found.file.trial.seed if seed is None else seed,
        progress=SILENT,
        areas=tuple(jurisdictions) if jurisdictions else None,
        table=read_country_table(table) if table else None,
    )
    return found, burden
