"""What the commands on population and rules share: jurisdictions, tables, the population."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from leucel.epidemiology import BurdenOptions, DiseaseBurden, OwnData
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
        "--table",
        help="Your own country table (CSV: iso3, new_cases, ...).",
        show_default=False,
        rich_help_panel="Your own tables",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands on population, rules, routes and access."""
    from leucel.apps.cli import access, designate, prevalence, routes

    for group in (prevalence, designate, routes, access):
        group.register(app)


def seed_of(programme: Programme, given: int | None) -> int:
    """The seed asked for, else that of the programme."""
    return programme.file.trial.seed if given is None else given


def burden_of(
    programme: str,
    jurisdictions: list[str] | None,
    table: Path | None,
    seed: int | None,
    *,
    own: OwnData | None = None,
    change: Callable[[BurdenOptions], BurdenOptions] | None = None,
) -> tuple[Programme, DiseaseBurden]:
    """A programme with the population of its jurisdictions, or of those asked for."""
    from leucel.core import SILENT
    from leucel.epidemiology import read_country_table
    from leucel.programme import burden_options, programme_burden, read_programme

    found = read_programme(programme)
    burden = programme_burden(
        found,
        seed=seed_of(found, seed),
        progress=SILENT,
        areas=tuple(jurisdictions) if jurisdictions else None,
        table=read_country_table(table) if table else None,
        own=own,
        options=change(burden_options(found)) if change else None,
    )
    return found, burden
