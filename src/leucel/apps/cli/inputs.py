"""`leucel validate`, `new` and `schema`: the files that people write."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from leucel.apps.cli.options import JsonOption
from leucel.apps.cli.output import guarded, print_json, screen


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(epilog="Example: leucel validate my_product.toml")(guarded(validate))
    app.command(epilog="Example: leucel new my-product")(guarded(new))
    app.command(epilog="Example: leucel schema --out programme.schema.json")(guarded(schema))


def validate(
    file: Annotated[
        str,
        typer.Argument(
            help="A programme (.toml), model, study (.csv) or protein (.fasta) file, or a shipped "
            "programme."
        ),
    ],
    json: JsonOption = False,
) -> None:
    """Check a file; every problem is reported at once, with line and column."""
    from leucel.core import InputError
    from leucel.programme import check_file

    try:
        report = check_file(file)
    except InputError as error:
        if json:
            print_json({"file": file, "valid": False, "problems": list(error.problems)})
        raise
    if json:
        print_json({"file": file, "valid": True, **report})
        return
    console = screen()
    console.print(f"[green]✓[/green] {file} is a valid {report['what']} file")
    gaps = report["gaps"]
    if gaps:
        console.print(f"{len(gaps)} {'entry waits' if len(gaps) == 1 else 'entries wait'} for you:")
    for gap in gaps:
        console.print(f"  line {gap['line']}: {gap['key']}")


def new(
    name: Annotated[str, typer.Argument(help="Short name of the programme, for example my-cel.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; NAME.toml when not given.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Write a commented programme file to start from."""
    from leucel.programme import write_template

    path = out or Path(f"{name}.toml")
    write_template(name, path)
    if json:
        print_json({"file": str(path)})
        return
    console = screen()
    console.print(f"wrote [bold]{path}[/bold]: it is valid as it stands; replace what says REPLACE")
    console.print(f"then: leucel validate {path}")


def schema(
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; stdout when not given.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Print the JSON schema of programme files, for editors."""
    from leucel.core import write_atomic
    from leucel.programme import json_text, programme_schema

    found: dict[str, Any] = programme_schema()
    if out is None:
        print_json(found)
        return
    write_atomic(out, json_text(found))
    if json:
        print_json({"file": str(out)})
    else:
        screen().print(f"wrote [bold]{out}[/bold]")
