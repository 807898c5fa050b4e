"""The visible files of a run, from the finished parts: tables, summary, figures, dossier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leucel.core import Source
from leucel.programme.plain import json_text, parquet_bytes, plain
from leucel.programme.reader import Programme
from leucel.programme.result import PartResult
from leucel.report import DossierInput, render_dossier


def dossier_files(
    programme: Programme,
    results: Mapping[str, PartResult],
    summary: Mapping[str, Any],
    manifest: Mapping[str, Any],
) -> dict[str, bytes]:
    """Contents of the visible files of a run, by their path in the run folder.

    Parameters
    ----------
    programme : the programme.
    results : of every part, as they stand on the disk.
    summary : contents of `summary.json`.
    manifest : what the run was made from, without the hashes of its files.
    """
    tables = {name: table for result in results.values() for name, table in result.tables.items()}
    rendered = render_dossier(
        DossierInput(
            summary=summary,
            tables=tables,
            programme=plain(programme.file),
            sources=collected_sources(programme, results),
            assumptions=tuple(row for result in results.values() for row in result.assumptions),
            unknowns=tuple(f"{entry.what}. {entry.effect}" for entry in programme.file.unknowns),
            manifest=manifest,
        )
    )
    return {
        **{f"tables/{name}.parquet": parquet_bytes(table) for name, table in tables.items()},
        **{f"figures/{name}.svg": svg.encode() for name, svg in rendered.figures.items()},
        "dossier.html": rendered.html.encode(),
        "summary.json": json_text(summary).encode(),
    }


def collected_sources(programme: Programme, results: Mapping[str, PartResult]) -> dict[str, Source]:
    """The bibliography of a run: of every part, and of the programme file over them."""
    sources: dict[str, Source] = {}
    for result in results.values():
        sources |= result.sources
    return sources | programme.file.bibliography()
