"""Options that several commands share, so that they read the same everywhere."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

ProgrammeArgument = Annotated[
    str,
    typer.Argument(
        metavar="PROGRAMME", help="A shipped name (eque-cel, cilta-cel) or a programme file."
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print only JSON on stdout.", rich_help_panel="Output")
]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress bars.", rich_help_panel="Output")
]
PatientsOption = Annotated[
    int | None,
    typer.Option(
        "--patients", help="Virtual patients, in place of the file's.", show_default=False
    ),
]
MonthsOption = Annotated[
    int | None,
    typer.Option(
        "--months", help="Months of follow-up, in place of the file's.", show_default=False
    ),
]
SeedOption = Annotated[
    int | None,
    typer.Option("--seed", help="Seed, in place of the file's.", show_default=False),
]
ThreadsOption = Annotated[
    int | None,
    typer.Option(
        "--threads",
        help="Threads; the numbers do not depend on them. All cores when not given.",
        show_default=False,
    ),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="Rules and calendars of this day (YYYY-MM-DD); today when not given.",
        show_default=False,
    ),
]
OutFolder = Annotated[
    Path | None,
    typer.Option("--out", help="Run folder; runs/ID when not given.", show_default=False),
]


def parse_day(text: str | None, *, option: str = "--as-of") -> date | None:
    """A date from the command line.

    Raises
    ------
    InputError
        When the text is no date.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        from leucel.core import InputError, Problem

        raise InputError(
            Problem(what=f"{option} is no date", received=repr(text), allowed="a day as YYYY-MM-DD")
        ) from None


def usable_threads(given: int | None) -> int:
    """The number asked for, else the cores that this process may use."""
    import os

    if given is not None:
        return given
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
