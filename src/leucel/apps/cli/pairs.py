"""Options of the form CODE=VALUE, and the tables that they name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from leucel.epidemiology import OwnData
    from leucel.regulatory import Rule

AgesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--ages",
        metavar="CODE=FILE",
        help="Your own cases and person-years by age (registry CSV or SEER*Stat export); may be "
        "repeated.",
        show_default=False,
        rich_help_panel="Your own tables",
    ),
]
PopulationOption = Annotated[
    list[str] | None,
    typer.Option(
        "--population",
        metavar="CODE=FILE",
        help="Your own population by age (World Population Prospects CSV); may be repeated.",
        show_default=False,
        rich_help_panel="Your own tables",
    ),
]
PopulationYearOption = Annotated[
    int,
    typer.Option(
        "--population-year",
        help="Year of --population that is read.",
        rich_help_panel="Your own tables",
    ),
]
SurvivalOption = Annotated[
    list[str] | None,
    typer.Option(
        "--survival",
        metavar="CODE=FILE",
        help="Your own survival after diagnosis (CSV: years, survival, low, high); it replaces the "
        "prevalence-to-incidence ratios. May be repeated.",
        show_default=False,
        rich_help_panel="Your own tables",
    ),
]
BasisOption = Annotated[
    str,
    typer.Option(
        "--basis",
        help="What --survival measures: observed, net or relative.",
        rich_help_panel="Your own tables",
    ),
]
PercentOption = Annotated[
    bool,
    typer.Option(
        "--percent", help="--survival is written in percent.", rich_help_panel="Your own tables"
    ),
]
OverrideOption = Annotated[
    Path | None,
    typer.Option(
        "--override",
        metavar="FILE",
        help="Your own rules (CSV with the columns of the rule table); they replace those with the "
        "same id and are printed.",
        show_default=False,
    ),
]


def code_pairs(texts: list[str] | None, option: str) -> list[tuple[str, str]]:
    """Pairs of a jurisdiction's code and a value, of texts such as SA=file.csv.

    Raises
    ------
    InputError
        With every text that is not readable or names an unknown jurisdiction.
    """
    from leucel.core import InputError, Problem
    from leucel.epidemiology import get_area

    found: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for text in texts or []:
        code, sign, value = text.partition("=")
        if not (sign and value):
            problems.append(
                Problem(what=f"{option} is not readable", received=text, allowed="CODE=VALUE")
            )
            continue
        try:
            found.append((get_area(code).code, value))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def whole_number(text: str) -> int:
    """A number of days.

    Raises
    ------
    InputError
        When the text is no whole number.
    """
    from leucel.core import InputError, Problem

    try:
        return int(text)
    except ValueError:
        raise InputError(
            Problem(what="a number of days is no whole number", received=repr(text))
        ) from None


def own_tables(
    ages: list[str] | None,
    population: list[str] | None,
    survival: list[str] | None,
    *,
    year: int,
    basis: str,
    percent: bool,
) -> OwnData | None:
    """The tables that the options name, None when they name none.

    Raises
    ------
    InputError
        With the problems of the options, then of every file, with their lines.
    """
    from leucel.core import InputError, Problem, StorageError, unknown_name
    from leucel.epidemiology import (
        OwnData,
        SurvivalBasis,
        read_age_table,
        read_population,
        read_survival,
    )

    if not (ages or population or survival):
        return None
    names = [item.value for item in SurvivalBasis]
    if basis not in names:
        raise InputError(unknown_name(basis, names, noun="basis of survival"))
    problems: list[Problem] = []
    found: dict[str, dict[str, object]] = {"ages": {}, "populations": {}, "survival": {}}
    readers = (
        ("ages", ages, "--ages", lambda path, code: read_age_table(path)),
        (
            "populations",
            population,
            "--population",
            lambda path, code: read_population(path, code, year=year),
        ),
        (
            "survival",
            survival,
            "--survival",
            lambda path, code: read_survival(path, basis=SurvivalBasis(basis), percent=percent),
        ),
    )
    for key, texts, option, read in readers:
        for code, name in code_pairs(texts, option):
            try:
                found[key][code] = read(Path(name), code)
            except InputError as error:
                problems += error.problems
            except StorageError as error:
                problems.append(Problem(what=str(error)))
    if problems:
        raise InputError(problems)
    return OwnData(**found)  # pyright: ignore[reportArgumentType]


def own_rules(path: Path | None) -> tuple[Rule, ...]:
    """The rules of a CSV file with the columns of the rule table.

    Raises
    ------
    StorageError
        When the file cannot be read.
    InputError
        With every row that is no rule, with its line.
    """
    import csv

    from leucel.core import InputError, Place, Problem, storage_errors, unknown_name
    from leucel.regulatory import RULE_COLUMNS, rule_from_record

    if path is None:
        return ()
    with storage_errors(path, "read"):
        text = path.read_text("utf-8-sig")
    reader = csv.DictReader(text.splitlines())
    head = Place(file=str(path), line=1)
    seen = [name for name in reader.fieldnames or () if name]
    problems: list[Problem] = [
        unknown_name(name, RULE_COLUMNS, noun="column of a rule", where=head)
        for name in seen
        if name not in RULE_COLUMNS
    ]
    problems += [
        Problem(what=f"the rules have no column {name!r}", where=head)
        for name in ("rule_id", "kind", "value", "unit", "legal_source", "mark")
        if name not in seen
    ]
    if problems:
        raise InputError(problems)
    found: list[Rule] = []
    for record in reader:
        where = Place(file=str(path), line=reader.line_num)
        cells = {str(key): value or "" for key, value in record.items() if key is not None}
        try:
            found.append(rule_from_record(cells, place=where))
        except InputError as error:
            problems += error.problems
    if not found and not problems:
        problems.append(Problem(what="the file holds no rule", where=Place(file=str(path))))
    if problems:
        raise InputError(problems)
    return tuple(found)
