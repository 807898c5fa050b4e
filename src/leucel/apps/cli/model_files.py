"""Models as files: SBML in and out, Antimony, model files, pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from leucel.apps.cli.output import print_json, screen

if TYPE_CHECKING:
    from leucel.library import ModelCard
    from leucel.model import ModelSpec


def import_sbml(file: Path, out: Path | None, *, json: bool) -> None:
    """Read an SBML file, tell what was assumed, and write or print the model."""
    from leucel.library import from_sbml
    from leucel.model import check_units, to_text

    found = from_sbml(file)
    written = to_text(found.spec)
    if out is not None:
        write_text(out, written)
    loose = check_units(found.spec)
    if json:
        print_json(
            {
                "model": found.spec.name,
                "states": len(found.spec.states),
                "parameters": len(found.spec.parameters),
                "events": len(found.spec.events),
                "time_unit": found.spec.time_unit,
                "renamed": [{"id": old, "name": new} for old, new in found.renamed],
                "notes": [str(note) for note in found.notes],
                "unit_faults": len(loose),
                "file": str(out) if out else None,
                "text": None if out else written,
            }
        )
        return
    if out is None:
        typer.echo(written, nl=False)
    console = screen(error=out is None)
    spec = found.spec
    console.print(
        f"[bold]{spec.name}[/bold]: {len(spec.states)} states, {len(spec.parameters)} parameters, "
        f"{len(spec.events)} events, time in {spec.time_unit}"
    )
    for old, new in found.renamed:
        console.print(f"[dim]renamed:[/dim] {old} is called {new}")
    for note in found.notes:
        console.print(f"[dim]note:[/dim] {note}", markup=True)
    if loose:
        console.print(
            f"[dim]units:[/dim] {len(loose)} equations do not fit the units of their symbols; "
            "leucel validate tells which"
        )
    if out is not None:
        console.print(f"wrote [bold]{out}[/bold]")


def as_text(spec: ModelSpec, *, antimony: bool) -> str:
    """A model as a model file or in Antimony."""
    from leucel.library import to_antimony
    from leucel.model import to_text

    return to_antimony(spec) if antimony else to_text(spec)


def write_files(card: ModelCard, spec: ModelSpec, sbml: Path | None, plot: Path | None) -> None:
    """Write the SBML and the picture of a model, where they are wanted."""
    from leucel.core import InputError, Problem
    from leucel.library import to_sbml
    from leucel.report import courses_file, model_courses

    if plot is not None and plot.suffix.casefold() != ".svg":
        raise InputError(
            Problem(
                what="the ending of --plot does not say what to draw",
                received=plot.name,
                allowed=".svg",
            )
        )
    if sbml is not None:
        write_text(sbml, to_sbml(spec))
    if plot is not None:
        write_text(plot, courses_file(model_courses(card.id), card.title))


def write_text(path: Path, text: str) -> None:
    """Write a file at once or not at all."""
    from leucel.core import write_atomic

    write_atomic(path, text)
