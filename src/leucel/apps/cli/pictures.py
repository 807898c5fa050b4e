"""Figures of the dossier that a command writes on its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leucel.apps.cli.output import screen

if TYPE_CHECKING:
    import pandas as pd

PlotOption = Annotated[
    Path | None,
    typer.Option("--plot", metavar="FILE.svg", help="Write the figure.", show_default=False),
]


def check_plot(path: Path | None) -> None:
    """Refuse a file that is no SVG before any work is done.

    Raises
    ------
    InputError
        When the ending is not `.svg`.
    """
    from leucel.core import InputError, Problem

    if path is not None and path.suffix.casefold() != ".svg":
        raise InputError(
            Problem(what="a figure is written as SVG", received=path.name, allowed="FILE.svg")
        )


def write_figure(
    name: str,
    path: Path,
    summary: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame] | None = None,
    *,
    lead: str = "",
) -> None:
    """Draw one figure of the dossier from a part of a run's summary and write it.

    Raises
    ------
    InputError
        When there is nothing to draw, with the reason.
    """
    from leucel.core import write_atomic
    from leucel.programme import plain
    from leucel.report import DossierInput, figure_svg

    data = DossierInput(summary=plain(summary), tables=tables or {})
    write_atomic(path, figure_svg(data, name, lead=lead))
    screen(error=True).print(f"wrote [bold]{path}[/bold]")
