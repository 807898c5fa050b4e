"""`leucel construct`: a receptor designed, checked and drawn, from a programme or a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leucel.apps.cli.options import JsonOption
from leucel.apps.cli.output import guarded, print_json, print_table, screen
from leucel.apps.cli.pictures import check_plot

if TYPE_CHECKING:
    from leucel.product import Construct, ConstructInput

_FOUND_PROBLEMS = 1
_VIEWS = {"map": "construct", "membrane": "membrane"}

WhatArgument = Annotated[
    str,
    typer.Argument(metavar="WHAT", help="A programme or a construct file (.toml, .fasta, .gb)."),
]


def register(app: typer.Typer) -> None:
    """Add the group of this file."""
    group = typer.Typer(help="Design, check and draw a receptor.", no_args_is_help=True)
    group.command(epilog="Example: leucel construct design my_car.toml --out my_car.gb")(
        guarded(design)
    )
    group.command(epilog="Example: leucel construct check my_car.gb")(guarded(check))
    group.command(epilog="Example: leucel construct draw eque-cel --out receptor.svg")(
        guarded(draw)
    )
    app.add_typer(group, name="construct")


def design(
    file: Annotated[Path, typer.Argument(help="Construct file (.toml, or a protein as .fasta).")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="File to write: .gb, .nt (SBOL), .fasta or .faa."),
    ] = None,
    species: Annotated[
        str, typer.Option("--species", help="Codon table.", show_default=True)
    ] = "h_sapiens",
    seed: Annotated[int, typer.Option("--seed", help="Seed of the codon search.")] = 1,
    json: JsonOption = False,
) -> None:
    """Assemble a receptor and design its coding sequence under constraints."""
    from leucel.core import InputError, Problem, write_atomic
    from leucel.product import (
        annotate,
        design_coding_sequence,
        find_coding_sequence,
        segment,
        to_fasta,
        to_genbank,
        to_sbol,
    )

    given = _read(file)
    path = out or file.with_suffix(".gb")
    ending = path.suffix.casefold()
    if ending not in {".gb", ".gbk", ".fasta", ".fa", ".fna", ".faa", ".nt"}:
        raise InputError(
            Problem(
                what="the ending of the output does not say what to write",
                received=ending or "no ending",
                allowed=".gb or .nt (annotated DNA), .fasta (DNA), .faa (protein)",
            )
        )
    data: dict[str, Any] = {"name": given.name, "file": str(path), "residues": len(given.protein)}
    if ending == ".faa":
        text = to_fasta(given.name, given.protein)
    else:
        made = design_coding_sequence(given.protein, species=species, seed=seed)
        data.update(made.to_dict())
        coding = find_coding_sequence(made.dna, name=given.name)
        record = annotate(given.name, coding, segment(given.protein).segments)
        if ending == ".nt":
            text = to_sbol(record)
        elif ending in {".gb", ".gbk"}:
            text = to_genbank(record)
        else:
            text = to_fasta(given.name, made.dna)
    write_atomic(path, text)
    if json:
        print_json(data)
        return
    screen().print(f"wrote [bold]{path}[/bold]: {len(given.protein):,} residues")
    if "checks" in data:
        screen().print(
            f"{data['nucleotides']:,} nucleotides, GC {data['gc']:.1%}, codon adaptation "
            f"{data['codon_adaptation']:.2f} ({species})"
        )
        print_table(data["checks"], {"check": "check", "verdict": "verdict", "message": "finding"})


def check(
    what: WhatArgument,
    humanness: Annotated[
        bool,
        typer.Option("--humanness", help="Also OASis humanness (loads 5.7 million peptides)."),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Check a receptor; ends with 1 when a problem is found."""
    if _is_construct_file(what):
        from leucel.product import inspect_construct

        data: dict[str, Any] = inspect_construct(_read(Path(what)), humanness=humanness).to_dict()
        rows, findings = data["segments"], data["findings"]
        heads = {
            "start": "from",
            "end": "to",
            "kind": "what it is",
            "name": "reference, role",
            "note": "note",
        }
    else:
        from leucel.product import check_construct, linear_map

        construct = _programme_construct(what)
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
    else:
        if "note" in heads:
            rows = [_below(row, "name", "role") for row in rows]
        print_table(rows, heads)
        print_table(
            [_below(row, "check", "part") for row in findings],
            {"check": "check, part", "verdict": "verdict", "message": "finding"},
        )
        if "receptor" in data:
            _show_numbers(data)
    if any(finding["verdict"] == "problem" for finding in findings):
        raise typer.Exit(_FOUND_PROBLEMS)


def _below(row: Mapping[str, Any], upper: str, lower: str) -> dict[str, Any]:
    """A row with one cell under another: the words beside them get the room."""
    return {**row, upper: f"{row[upper]}\n  {row[lower]}" if row.get(lower) else row[upper]}


def draw(
    what: WhatArgument,
    out: Annotated[
        Path | None, typer.Option("--out", help="SVG file; NAME-VIEW.svg when not given.")
    ] = None,
    view: Annotated[str, typer.Option("--view", help="map or membrane.")] = "map",
    json: JsonOption = False,
) -> None:
    """Draw a receptor as an SVG file: part by part on a line, or across the membrane."""
    from leucel.core import InputError, unknown_name, write_atomic

    check_plot(out)
    if view not in _VIEWS:
        raise InputError(unknown_name(view, tuple(_VIEWS), noun="view"))
    if _is_construct_file(what):
        from leucel.product import receptor_from_segments, segment

        given = _read(Path(what))
        construct = given.construct or receptor_from_segments(
            segment(given.protein), name=given.name
        )
        stem = Path(what).stem
    else:
        construct, stem = _programme_construct(what), Path(what).stem
    path = out or Path(f"{stem}-{'construct' if view == 'map' else view}.svg")
    write_atomic(path, _figure(construct, _VIEWS[view]))
    if json:
        print_json({"file": str(path)})
    else:
        screen().print(f"wrote [bold]{path}[/bold]")


def _is_construct_file(what: str) -> bool:
    """Programme files are TOML too: theirs has a table `programme`."""
    from leucel.product import ENDINGS

    path = Path(what)
    form = ENDINGS.get(path.suffix.casefold())
    if form != "toml":
        return form is not None
    return path.is_file() and "[programme]" not in path.read_text("utf-8", errors="replace")


def _read(path: Path) -> ConstructInput:
    from leucel.core import InputError, Problem, storage_errors
    from leucel.product import ENDINGS, read_construct

    form = ENDINGS.get(path.suffix.casefold())
    if form is None:
        raise InputError(
            Problem(
                what="the ending of the file does not say what it is",
                received=path.suffix or "no ending",
                allowed=", ".join(ENDINGS),
            )
        )
    with storage_errors(path, "read"):
        text = path.read_text("utf-8", errors="replace")
    kind = {".faa": "protein", ".fna": "dna"}.get(path.suffix.casefold(), "auto")
    return read_construct(text, form=form, kind=kind, name=path.stem, file=str(path))


def _programme_construct(what: str) -> Construct:
    from leucel.programme import programme_construct, read_programme

    return programme_construct(read_programme(what))


def _figure(construct: Construct, figure: str) -> str:
    import numpy as np

    from leucel.core import InputError, Problem
    from leucel.product import DoseRule, describe_product
    from leucel.programme import plain
    from leucel.report import DossierInput, build_dossier

    # The drawing needs no patients; one keeps the table of doses from being empty.
    product = describe_product(construct, DoseRule(flat=1.0), np.array([70.0]))
    figures = build_dossier(
        DossierInput(summary={"product": plain(product.to_summary())}, tables=product.to_frames())
    ).figures
    if figure not in figures:
        raise InputError(Problem(what="the receptor has no part to draw"))
    return figures[figure]


def _show_numbers(data: dict[str, Any]) -> None:
    words = {
        "residues": "residues",
        "kda": "mass [kDa]",
        "isoelectric_point": "isoelectric point",
        "charge": "charge at pH 7.4",
        "gravy": "GRAVY (a proxy)",
        "instability": "instability (a proxy)",
        "peak_hydropathy": "peak hydropathy of 9 residues (a proxy)",
    }
    binder = data["binder"] or {}
    print_table(
        [
            {"what": text, "receptor": data["receptor"][key], "binder": binder.get(key)}
            for key, text in words.items()
        ],
        {"what": "number", "receptor": "mature receptor", "binder": "binder"},
    )
    print_table(data["not_computed"], {"what": "not computed", "why": "why"})
