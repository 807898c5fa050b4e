"""Checking any file that people write: programme, model, study, protein."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from leucel.core import InputError, Place, Problem, storage_errors
from leucel.programme.faults import dotted
from leucel.programme.parts.cohort import require_runnable
from leucel.programme.positions import Path as KeyPath
from leucel.programme.positions import map_positions
from leucel.programme.reader import read_programme, shipped_programmes

PLACEHOLDER = "REPLACE"


def check_file(which: str | Path) -> dict[str, Any]:
    """Check a file by what its ending says it is.

    Parameters
    ----------
    which : `.toml` (programme), `.model` or `.txt` (model), `.csv` (study) or `.fasta` (protein),
        or the name of a shipped programme.

    Returns
    -------
    `what` it is and `gaps`, the entries of a template that still wait for their author.

    Raises
    ------
    InputError
        With every problem of the file.
    StorageError
        When it cannot be read.
    """
    path = Path(which)
    if str(which) in shipped_programmes() and not path.exists():
        require_runnable(read_programme(str(which)))
        return {"what": "programme", "gaps": []}
    ending = path.suffix.casefold()
    if ending == ".toml":
        programme = read_programme(path)
        require_runnable(programme)
        return {"what": "programme", "gaps": _gaps(path, programme.data)}
    if ending in {".model", ".txt"}:
        from leucel.model import model_file_problems

        problems = model_file_problems(path)
        if problems:
            raise InputError(problems)
        return {"what": "model", "gaps": []}
    if ending in {".csv", ".tsv"}:
        from leucel.data import read_profiles

        read_profiles(path)
        return {"what": "study", "gaps": []}
    if ending in {".fasta", ".fa", ".faa"}:
        from leucel.product import read_protein

        read_protein(read_residues(path), name=path.name)
        return {"what": "protein", "gaps": []}
    with storage_errors(path, "read"):
        path.stat()
    raise InputError(
        Problem(
            what="the ending of the file does not say what it is",
            where=Place(file=str(path)),
            received=path.suffix or "no ending",
            allowed=".toml (programme), .model (model), .csv (study), .fasta (protein)",
        )
    )


def read_residues(path: Path) -> str:
    """The residues of a FASTA file with one sequence."""
    with storage_errors(path, "read"):
        lines = path.read_text("utf-8", errors="replace").splitlines()
    if sum(line.startswith(">") for line in lines) > 1:
        raise InputError(
            Problem(what="the file holds more than one sequence", where=Place(file=str(path)))
        )
    return "".join(line.strip() for line in lines if not line.startswith(">"))


def _gaps(path: Path, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    with storage_errors(path, "read"):
        positions = map_positions(path.read_text("utf-8").replace("\r\n", "\n"))
    found: list[dict[str, Any]] = []

    def look(node: Any, at: KeyPath) -> None:
        if isinstance(node, Mapping):
            for name, item in cast(Mapping[str, Any], node).items():
                look(item, (*at, name))
        elif isinstance(node, list):
            for index, item in enumerate(cast(list[Any], node)):
                look(item, (*at, index))
        elif isinstance(node, str) and PLACEHOLDER in node:
            spot = positions.of_value(at)
            found.append({"line": spot[0] if spot else None, "key": dotted(at)})

    look(data, ())
    return found
