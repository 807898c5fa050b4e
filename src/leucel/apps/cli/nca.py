"""`leucel nca`: parameters of a study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leucel.apps.cli.options import JsonOption
from leucel.apps.cli.output import guarded, print_json, print_table, screen, shown, write_frame


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(epilog="Example: leucel nca study.csv --lloq 50 --out parameters.csv")(guarded(nca))


def nca(
    study: Annotated[
        Path, typer.Argument(metavar="STUDY", help="CSV with the columns id, time and value.")
    ],
    lloq: Annotated[
        float | None, typer.Option("--lloq", help="Limit of quantification, copies/ug.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the rows here (.parquet or .csv).")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Non-compartmental parameters of a study: peak, areas, half-life, persistence."""
    from leucel.data import read_profiles
    from leucel.nca import nca as analyze

    results = analyze(read_profiles(study, lloq=lloq), lloq=lloq)
    if out is not None:
        write_frame(results.to_frame(), out)
    if json:
        print_json(list(results.rows()))
        return
    print_table(
        results.to_summary()["parameters"],
        {
            "parameter": "parameter",
            "unit": "unit",
            "n": "n",
            "median": "median",
            "q05": "5%",
            "q95": "95%",
            "geometric_mean": "geometric mean",
            "geometric_cv_percent": "geometric CV%",
        },
        title=f"{len(results.subjects)} subjects, limit {shown(lloq)}",
    )
    if out is not None:
        screen().print(f"wrote [bold]{out}[/bold]")
