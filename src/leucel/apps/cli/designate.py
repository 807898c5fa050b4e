"""`leucel designate`: the orphan thresholds, with the margin to them and what else is asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leucel.apps.cli.options import AsOfOption, JsonOption, ProgrammeArgument, SeedOption, parse_day
from leucel.apps.cli.output import guarded, print_json, print_table, screen, shown, with_limits
from leucel.apps.cli.pairs import (
    AgesOption,
    BasisOption,
    OverrideOption,
    PercentOption,
    PopulationOption,
    PopulationYearOption,
    SurvivalOption,
    own_rules,
    own_tables,
)
from leucel.apps.cli.pictures import PlotOption, check_plot, write_figure
from leucel.apps.cli.places import JurisdictionOption, TableOption, burden_of

if TYPE_CHECKING:
    from datetime import date

    from leucel.programme import Programme
    from leucel.regulatory import DesignationRecord


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command(
        epilog="Example: leucel designate eque-cel -j SA --as-of 2025-05-09\n\n"
        "leucel designate eque-cel -j SA --override my_rules.csv --plot margins.svg\n\n"
        "leucel designate eque-cel -j US --check-list fda_orphan_list.csv"
    )(guarded(designate))


def designate(
    programme: ProgrammeArgument,
    as_of: AsOfOption = None,
    jurisdictions: JurisdictionOption = None,
    table: TableOption = None,
    ages: AgesOption = None,
    population: PopulationOption = None,
    population_year: PopulationYearOption = 2022,
    survival: SurvivalOption = None,
    basis: BasisOption = "observed",
    percent: PercentOption = False,
    compare_with: Annotated[
        str | None,
        typer.Option(
            "--compare-with",
            metavar="DATE",
            help="Name the rules that differ on this other day.",
            show_default=False,
        ),
    ] = None,
    override: OverrideOption = None,
    check_list: Annotated[
        Path | None,
        typer.Option(
            "--check-list",
            metavar="FILE",
            help="List of designations to look the condition up in: the FDA download, a page of "
            "the Union Register, the table of the EMA (JSON or CSV), or any CSV with --columns.",
            show_default=False,
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="FIELD=COLUMN,...",
            help="Columns of --check-list: product, condition, number, sponsor, designated, ...",
            show_default=False,
        ),
    ] = None,
    words: Annotated[
        str | None,
        typer.Option(
            "--words",
            help="Words that a condition of --check-list must hold; those of the condition when "
            "not given.",
            show_default=False,
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", help="Write the summary by jurisdiction (Markdown)."),
    ] = None,
    plot: PlotOption = None,
    seed: SeedOption = None,
    json: JsonOption = False,
) -> None:
    """Test the orphan thresholds, with the margin to them.

    With --plot, prevalence as a share of each threshold.
    """
    from datetime import date

    from leucel.core import write_atomic
    from leucel.epidemiology import sources
    from leucel.programme import programme_designation
    from leucel.regulatory import designation_markdown

    check_plot(plot)
    day = parse_day(as_of) or date.today()
    other = parse_day(compare_with, option="--compare-with")
    rules = own_rules(override)
    own = own_tables(ages, population, survival, year=population_year, basis=basis, percent=percent)
    found, burden = burden_of(programme, jurisdictions, table, seed, own=own)
    listed = _listed(found, check_list, columns, words) if check_list else None
    result = programme_designation(
        found,
        burden,
        as_of=day,
        areas=tuple(jurisdictions) if jurisdictions else None,
        rules=rules,
        compare_with=other,
    )
    summary = result.to_summary()
    if listed is not None:
        summary["listed"] = [_record_row(record) for record in listed]
    if report is not None:
        known = {**sources(), **result.sources(), **found.file.bibliography()}
        write_atomic(report, designation_markdown(result, known))
        screen(error=True).print(f"wrote [bold]{report}[/bold]")
    if plot is not None:
        write_figure("threshold", plot, summary)
    if json:
        print_json(summary)
        return
    _print(summary, day, other)


def _print(summary: dict[str, Any], day: date, other: date | None) -> None:
    rows = [
        {
            **row,
            "threshold": f"{shown(row['threshold'])} {row['unit']}",
            "prevalence": with_limits(row["prevalence"], row["low"], row["high"]),
            "margin": f"{row['margin_years']:.1f} y" if row["margin_years"] else None,
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
            "margin": "lost at",
            "verdict": "verdict",
        },
        title=f"{summary['condition']}, rules of {day.isoformat()}",
    )
    for row in rows:
        screen().print(f"[bold]{row['jurisdiction']}[/bold] {row['reason']}")
    _print_rules(summary, other)
    if "listed" in summary:
        _print_listed(summary["listed"])


def _print_rules(summary: dict[str, Any], other: date | None) -> None:
    """What else the rules say: overrides, contradictions, changes, tests without evidence."""
    lists = (
        ("given by you", summary["overrides"]),
        ("contradict each other, both kept", summary["contradictions"]),
        ("changed in the 24 months before", summary["recent_changes"]),
        (f"differ on {other}", summary["rule_changes"]),
        ("ahead", summary["rules_ahead"]),
    )
    for title, lines in lists:
        if lines:
            screen().print(f"\n[bold]{title}[/bold]")
        for line in lines:
            screen().print(f"  {line}")
    by_status: dict[str, list[str]] = {}
    for row in summary["qualifying_tests"]:
        by_status.setdefault(row["status"], []).append(row["slot"])
    if by_status:
        screen().print("\n[bold]tests beyond prevalence[/bold]")
    for status, slots in by_status.items():
        screen().print(f"  {status}: {', '.join(slots)}")


def _listed(
    programme: Programme, path: Path, columns: str | None, words: str | None
) -> tuple[DesignationRecord, ...]:
    from leucel.core import InputError, Problem
    from leucel.regulatory import find_designations, read_designations

    mapping: dict[str, str] = {}
    for part in (columns or "").split(","):
        name, sign, column = part.partition("=")
        if part and not (sign and column):
            raise InputError(
                Problem(what="--columns is not readable", received=part, allowed="FIELD=COLUMN,...")
            )
        if part:
            mapping[name.strip()] = column.strip()
    records = read_designations(path, columns=mapping or None)
    wanted = words or programme.file.indication.condition.value
    # Registers write "plasma cell myeloma" as well: the last word is what they share.
    return find_designations(records, *(words.split() if words else wanted.split()[-1:]))


def _record_row(record: DesignationRecord) -> dict[str, Any]:
    return {
        "register": record.register,
        "number": record.number,
        "product": record.product or record.trade_name,
        "condition": record.condition,
        "sponsor": record.sponsor,
        "designated": record.designated.isoformat() if record.designated else None,
        "approved": record.approved.isoformat() if record.approved else None,
        "status": record.status,
    }


def _print_listed(rows: list[dict[str, Any]]) -> None:
    if not rows:
        screen().print("\nno designation of the condition in the list")
        return
    print_table(
        rows,
        {
            "register": "list",
            "number": "number",
            "product": "product",
            "condition": "condition",
            "designated": "designated",
            "status": "status",
        },
        title=f"{len(rows)} designations of the condition in the list",
    )
