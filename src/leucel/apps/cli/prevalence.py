"""`leucel prevalence`: new cases, people alive, patients of the indication, by jurisdiction."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leucel.apps.cli.options import JsonOption, ProgrammeArgument, SeedOption, parse_day
from leucel.apps.cli.output import guarded, print_json, print_table, screen, with_limits
from leucel.apps.cli.pairs import (
    AgesOption,
    BasisOption,
    PercentOption,
    PopulationOption,
    PopulationYearOption,
    SurvivalOption,
    own_tables,
)
from leucel.apps.cli.pictures import PlotOption, check_plot, write_figure
from leucel.apps.cli.places import JurisdictionOption, TableOption, burden_of, seed_of

if TYPE_CHECKING:
    from datetime import date

    from leucel.epidemiology import BurdenOptions, DiseaseBurden
    from leucel.programme import Programme


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command(
        epilog="Example: leucel prevalence eque-cel -j SA -j AE\n\n"
        "leucel prevalence eque-cel -j SA --ages SA=registry.csv --survival SA=survival.csv "
        "--window 3 --window 10 --standard who_2000_2025"
    )(guarded(prevalence))


def prevalence(
    programme: ProgrammeArgument,
    jurisdictions: JurisdictionOption = None,
    table: TableOption = None,
    ages: AgesOption = None,
    population: PopulationOption = None,
    population_year: PopulationYearOption = 2022,
    survival: SurvivalOption = None,
    basis: BasisOption = "observed",
    percent: PercentOption = False,
    window: Annotated[
        list[float] | None,
        typer.Option(
            "--window",
            metavar="YEARS",
            help="N of a further N-year prevalence; may be repeated. 5 years and complete always.",
            show_default=False,
        ),
    ] = None,
    standard: Annotated[
        list[str] | None,
        typer.Option(
            "--standard",
            help="Standard population for age-standardized rates of --ages: segi_doll_world, "
            "who_2000_2025, european_1976, european_2013; may be repeated.",
            show_default=False,
        ),
    ] = None,
    limits: Annotated[
        str,
        typer.Option(
            "--limits", help="Limits of standardized rates: fay_feuer, tiwari or dobson_byar."
        ),
    ] = "fay_feuer",
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
    plot: PlotOption = None,
    seed: SeedOption = None,
    json: JsonOption = False,
) -> None:
    """Estimate new cases, prevalence and patients of the indication.

    With --plot, complete prevalence of the first jurisdiction over the years, and its threshold.
    """
    check_plot(plot)
    day = parse_day(at, option="--at")
    own = own_tables(ages, population, survival, year=population_year, basis=basis, percent=percent)
    found, burden = burden_of(
        programme,
        jurisdictions,
        table,
        seed,
        own=own,
        change=lambda options: _changed(options, window, standard, limits),
    )
    rows: list[dict[str, Any]] = burden.rows()
    if day is not None:
        rows += _carried_rows(burden, day, seed_of(found, seed))
    if report is not None:
        days = (day, parse_day(approval, option="--approval"))
        _write_report(found, burden, jurisdictions, report, days, seed_of(found, seed))
    if plot is not None:
        _plot(found, burden, plot, day, seed_of(found, seed))
    warnings = {entry.area: list(entry.warnings) for entry in burden.areas if entry.warnings}
    if json:
        assumed = [each.to_dict() for each in burden.assumptions]
        print_json({"epidemiology": rows, "assumptions": assumed, "warnings": warnings})
        return
    print_table(
        (
            {
                **row,
                "measure": row["measure"].replace("_", " "),
                "value": with_limits(row["value"], row["low"], row["high"]),
                "unit": f"{_short_unit(row['unit'])} {_short_scale(row['scale'])}".strip(),
                # The bracket and the spread stand in the JSON and in the note of each row.
                "method": row["method"].split(" (")[0].split(", ")[0],
            }
            for row in rows
        ),
        {
            "jurisdiction": "where",
            "measure": "measure",
            "value": "value (range)",
            "unit": "unit and scale",
            "method": "method",
            "mark": "mark",
        },
    )
    for code, texts in warnings.items():
        for part in dict.fromkeys("; ".join(texts).split("; ")):
            screen().print(f"[yellow]{code}[/yellow] {part}")


def _short_scale(scale: str) -> str:
    """A scale in the width of a cell; a count has none."""
    text = scale.replace("age-standardized (", "ASR ").removesuffix(")").replace("_", " ")
    text = text.removesuffix(" doll world").split(", white")[0]
    return "" if text == "count" else text.replace("indirectly standardized (", "SIR ")


def _short_unit(unit: str) -> str:
    for long, short in (("per 100,000", "/100k"), ("per 10,000", "/10k"), (" a year", "/y")):
        unit = unit.replace(long, short)
    return unit


def _changed(
    options: BurdenOptions,
    windows: list[float] | None,
    standards: list[str] | None,
    limits: str,
) -> BurdenOptions:
    from leucel.core import InputError, Problem, unknown_name
    from leucel.epidemiology import LIMIT_METHODS

    problems: list[Problem] = []
    if limits not in LIMIT_METHODS:
        problems.append(unknown_name(limits, LIMIT_METHODS, noun="method for limits"))
    try:
        options = replace(
            options,
            windows=tuple(windows) if windows else options.windows,
            standards=tuple(standards) if standards else options.standards,
            limits=limits,  # pyright: ignore[reportArgumentType]
        )
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    return options


def _plot(
    programme: Programme, burden: DiseaseBurden, path: Path, day: date | None, seed: int
) -> None:
    from datetime import date

    from leucel.core import RandomStream
    from leucel.programme import prevalence_courses, programme_designation

    codes = tuple(entry.area for entry in burden.areas)
    result = programme_designation(programme, burden, as_of=day or date.today(), areas=codes)
    tables = prevalence_courses(result, burden, rng=RandomStream(seed))
    write_figure("prevalence-course", path, {}, tables, lead=codes[0])


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
