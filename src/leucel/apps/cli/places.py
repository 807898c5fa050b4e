"""`leucel prevalence` and `designate`: the population and the rules, by jurisdiction."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leucel.apps.cli.options import AsOfOption, JsonOption, ProgrammeArgument, SeedOption, parse_day
from leucel.apps.cli.output import guarded, print_json, print_table, screen, shown, with_limits

if TYPE_CHECKING:
    from datetime import date

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
    from leucel.apps.cli import access, routes

    app.command(epilog="Example: leucel prevalence eque-cel -j SA -j AE")(guarded(prevalence))
    app.command(epilog="Example: leucel designate eque-cel -j SA --as-of 2025-05-09")(
        guarded(designate)
    )
    routes.register(app)
    access.register(app)


def prevalence(
    programme: ProgrammeArgument,
    jurisdictions: JurisdictionOption = None,
    table: TableOption = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="DATE", help="Carry complete prevalence to this day as well."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            help="Write the prevalence report of one jurisdiction (Markdown); --at is the day of "
            "the application.",
        ),
    ] = None,
    approval: Annotated[
        str | None,
        typer.Option(
            "--approval",
            metavar="DATE",
            help="Expected approval, for --report; the application when not given.",
            show_default=False,
        ),
    ] = None,
    seed: SeedOption = None,
    json: JsonOption = False,
) -> None:
    """Estimate new cases, prevalence and patients of the indication."""
    found, burden = burden_of(programme, jurisdictions, table, seed)
    day = parse_day(at, option="--at")
    rows: list[dict[str, Any]] = burden.rows()
    if day is not None:
        rows += _carried_rows(burden, day, seed_of(found, seed))
    if report is not None:
        days = (day, parse_day(approval, option="--approval"))
        _write_report(found, burden, jurisdictions, report, days, seed_of(found, seed))
    if json:
        assumed = [each.to_dict() for each in burden.assumptions]
        print_json({"epidemiology": rows, "assumptions": assumed})
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
    compare_with: Annotated[
        str | None,
        typer.Option(
            "--compare-with",
            metavar="DATE",
            help="Name the rules that differ on this other day.",
            show_default=False,
        ),
    ] = None,
    seed: SeedOption = None,
    json: JsonOption = False,
) -> None:
    """Test the orphan thresholds, with the margin to them."""
    from datetime import date

    from leucel.programme import programme_designation
    from leucel.regulatory import load_rules, rule_changes

    day = parse_day(as_of) or date.today()
    found, burden = burden_of(programme, jurisdictions, table, seed)
    result = programme_designation(
        found, burden, as_of=day, areas=tuple(jurisdictions) if jurisdictions else None
    )
    summary = result.to_summary()
    other = parse_day(compare_with, option="--compare-with")
    if other is not None:
        codes = {test.jurisdiction for test in result.principal}
        summary["rule_changes"] = [
            str(change)
            for change in rule_changes(load_rules(), day, other)
            if change.rule.jurisdiction in codes
        ]
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
    _print_rules(summary, other)


def _print_rules(summary: dict[str, Any], other: date | None) -> None:
    """What else the rules say: contradictions, changes, rules ahead, tests without evidence."""
    pairs = [f"{first} and {second}" for first, second in summary["contested"]]
    open_tests = [
        row["slot"] for row in summary["qualifying_tests"] if row["status"] != "evidence given"
    ]
    lists = (
        ("contradict each other", pairs),
        ("changed in the 24 months before", summary["recent_changes"]),
        (f"differ on {other}", summary["rule_changes"]),
        ("ahead", summary["rules_ahead"]),
        ("overrides", summary["overrides"]),
        ("tests beyond prevalence without usable evidence", [", ".join(open_tests)]),
    )
    for title, lines in lists:
        for line in (text for text in lines if text):
            screen().print(f"[dim]{title}:[/dim] {line}")


def _carried_rows(burden: DiseaseBurden, day: date, seed: int) -> list[dict[str, Any]]:
    from leucel.core import RandomStream
    from leucel.epidemiology import project_prevalence

    rows: list[dict[str, Any]] = []
    for entry in burden.areas:
        if not entry.incidence:
            continue
        item = project_prevalence(
            entry.incidence[0], burden.options.complete, RandomStream(seed), at=day
        )
        rows.append(
            {
                "jurisdiction": entry.area,
                "year": item.year,
                "measure": "prevalence_complete",
                "value": item.persons,
                "low": item.low,
                "high": item.high,
                "unit": "persons",
                "scale": "count",
                "method": item.method,
                "population_source": entry.incidence[0].population_source,
                "mark": "derived",
                "sources": list(item.sources),
                "note": f"carried to {day.isoformat()}; {item.warning}",
            }
        )
    return rows


def _write_report(
    programme: Programme,
    burden: DiseaseBurden,
    jurisdictions: list[str] | None,
    path: Path,
    days: tuple[date | None, date | None],
    seed: int,
) -> None:
    from datetime import date

    from leucel.core import InputError, Problem, RandomStream, write_atomic
    from leucel.epidemiology import sources
    from leucel.programme import programme_designation
    from leucel.regulatory import prevalence_report

    if not jurisdictions or len(jurisdictions) != 1:
        raise InputError(
            Problem(
                what="a prevalence report is written for one jurisdiction",
                received=", ".join(jurisdictions or []) or "none",
                fix="name it with -j",
            )
        )
    application = days[0] or date.today()
    result = programme_designation(programme, burden, as_of=application, areas=tuple(jurisdictions))
    found = prevalence_report(
        jurisdictions[0],
        burden,
        result,
        application=application,
        approval=days[1] or application,
        rng=RandomStream(seed),
    )
    write_atomic(path, found.to_markdown({**sources(), **result.sources()}))
    screen(error=True).print(f"wrote [bold]{path}[/bold]")


def seed_of(programme: Programme, given: int | None) -> int:
    """The seed asked for, else that of the programme."""
    return programme.file.trial.seed if given is None else given


def burden_of(
    programme: str, jurisdictions: list[str] | None, table: Path | None, seed: int | None
) -> tuple[Programme, DiseaseBurden]:
    """A programme with the population of its jurisdictions, or of those asked for."""
    from leucel.core import SILENT
    from leucel.epidemiology import read_country_table
    from leucel.programme import programme_burden, read_programme

    found = read_programme(programme)
    burden = programme_burden(
        found,
        seed=seed_of(found, seed),
        progress=SILENT,
        areas=tuple(jurisdictions) if jurisdictions else None,
        table=read_country_table(table) if table else None,
    )
    return found, burden
