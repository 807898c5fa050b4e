"""`leucel construct`: the receptor of a programme, or a protein, drawn and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from leucel.apps.cli.options import JsonOption, ProgrammeArgument
from leucel.apps.cli.output import guarded, print_json, print_table, screen

_PROTEIN_ENDINGS = {".fasta", ".fa", ".faa"}


def register(app: typer.Typer) -> None:
    """Add the group of this file."""
    group = typer.Typer(help="Draw and check a receptor.", no_args_is_help=True)
    group.command(epilog="Example: leucel construct check eque-cel")(guarded(check))
    group.command(epilog="Example: leucel construct draw eque-cel --out receptor.svg")(
        guarded(draw)
    )
    app.add_typer(group, name="construct")


def check(
    what: Annotated[
        str,
        typer.Argument(metavar="WHAT", help="A programme, or a protein file (.fasta)."),
    ],
    json: JsonOption = False,
) -> None:
    """Check the receptor of a programme, or take a protein apart into reference domains."""
    if Path(what).suffix.casefold() in _PROTEIN_ENDINGS:
        from leucel.product import segment
        from leucel.programme import read_residues

        path = Path(what)
        data: dict[str, Any] = segment(read_residues(path), name=path.name).to_dict()
        rows, findings = data["segments"], data["findings"]
        heads = {
            "start": "from",
            "end": "to",
            "kind": "what it is",
            "name": "reference",
            "role": "role",
            "note": "note",
        }
    else:
        from leucel.product import check_construct, linear_map
        from leucel.programme import programme_construct, read_programme

        construct = programme_construct(read_programme(what))
        rows = [part.to_dict() for part in linear_map(construct)]
        findings = [finding.to_dict() for finding in check_construct(construct)]
        data = {"name": construct.name, "parts": rows, "findings": findings}
        heads = {
            "role": "role",
            "name": "part",
            "length": "residues",
            "reference": "reference",
            "mark": "mark",
        }
    if json:
        print_json(data)
        return
    print_table(rows, heads)
    print_table(
        findings, {"check": "check", "verdict": "verdict", "part": "part", "message": "finding"}
    )


def draw(
    programme: ProgrammeArgument,
    out: Annotated[
        Path | None, typer.Option("--out", help="SVG file; ID-construct.svg when not given.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Draw the receptor of a programme as an SVG file."""
    from leucel.core import write_atomic
    from leucel.programme import construct_svg, read_programme

    found = read_programme(programme)
    path = out or Path(f"{found.file.programme.id}-construct.svg")
    write_atomic(path, construct_svg(found))
    if json:
        print_json({"file": str(path)})
    else:
        screen().print(f"wrote [bold]{path}[/bold]")
