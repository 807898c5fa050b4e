"""The `leucel` command and its groups."""

from __future__ import annotations

from typing import Annotated

import typer

from leucel import __version__
from leucel.apps.cli import (
    assay,
    construct,
    doctor,
    inputs,
    manufacture,
    models,
    nca,
    places,
    run,
    screen,
    simulate,
    trial,
    vector,
)

_HELP = """Quantitative development of CAR-T cell products: construct, cells, patients, population,
designation.

For research and planning only; nothing here is advice for treating a patient.
"""

app = typer.Typer(
    name="leucel",
    help=_HELP,
    epilog="Start with: leucel run eque-cel",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

for _group in (
    run,
    inputs,
    trial,
    places,
    models,
    simulate,
    nca,
    construct,
    manufacture,
    vector,
    assay,
    screen,
    doctor,
):
    _group.register(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"leucel {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Print the version and stop."
        ),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line with the arguments of the process."""
    app(prog_name="leucel")
