"""The visible files of a run, from the finished parts: tables, summary, figures, dossier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leucel.core import InputError, Problem, Source
from leucel.programme.plain import json_text, parquet_bytes, plain
from leucel.programme.reader import Programme
from leucel.programme.result import PartResult


def dossier_files(
    programme: Programme,
    results: Mapping[str, PartResult],
    summary: Mapping[str, Any],
    manifest: Mapping[str, Any],
    *,
    pdf: bool = False,
) -> dict[str, bytes]:
    """Contents of the visible files of a run, by their path in the run folder.

    Parameters
    ----------
    programme : the programme.
    results : of every part, as they stand on the disk.
    summary : contents of `summary.json`.
    manifest : what the run was made from, without the hashes of its files.
    pdf : also `dossier.pdf`, which needs the extra `pdf`.
    """
    from leucel.report import DossierInput, build_dossier

    tables = {name: table for result in results.values() for name, table in result.tables.items()}
    rendered = build_dossier(
        DossierInput(
            summary=summary,
            tables=tables,
            programme=plain(programme.file),
            sources=collected_sources(programme, results),
            assumptions=tuple(row for result in results.values() for row in result.assumptions),
            unknowns=tuple(f"{entry.what}. {entry.effect}" for entry in programme.file.unknowns),
            manifest=manifest,
        ),
        pdf=pdf,
    )
    return {
        **{f"tables/{name}.parquet": parquet_bytes(table) for name, table in tables.items()},
        **{f"figures/{name}.svg": svg.encode() for name, svg in rendered.figures.items()},
        **{
            f"documents/{path}": text.encode()
            for result in results.values()
            for path, text in result.documents.items()
        },
        "dossier.html": rendered.html.encode(),
        **({"dossier.pdf": rendered.pdf} if rendered.pdf is not None else {}),
        "summary.json": json_text(summary).encode(),
    }


def collected_sources(programme: Programme, results: Mapping[str, PartResult]) -> dict[str, Source]:
    """The bibliography of a run: of every part, and of the programme file over them."""
    sources: dict[str, Source] = {}
    for result in results.values():
        sources |= result.sources
    return sources | programme.file.bibliography()


def construct_svg(programme: Programme) -> str:
    """The linear map of the programme's receptor as an SVG file.

    Raises
    ------
    InputError
        When the receptor has nothing to draw.
    """
    import numpy as np

    from leucel.product import describe_product
    from leucel.programme.parts.product import programme_construct, programme_dose
    from leucel.report import DossierInput, build_dossier

    # The drawing needs no patients; one of any weight keeps the table of doses from being empty.
    product = describe_product(
        programme_construct(programme), programme_dose(programme), np.array([70.0])
    )
    figures = build_dossier(
        DossierInput(summary={"product": plain(product.to_summary())}, tables=product.to_frames())
    ).figures
    if "construct" not in figures:
        raise InputError(Problem(what="the receptor has no part to draw"))
    return figures["construct"]
