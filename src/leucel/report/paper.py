"""The dossier on paper: its blocks as plain data, and the typesetter that makes a PDF of them.

Every text reaches the typesetter as data and is never read as markup, so no sign in a programme
file can change the document. Nothing depends on the clock or on fonts of the machine: lettering is
set with the fonts that come with the typesetter and with matplotlib.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from importlib import resources
from typing import Any

from leucel.report.blocks import Fold, Outline
from leucel.report.canvas import Missing, print_svg
from leucel.report.inline import Run, font_folder, plain_text, printable, read_inline
from leucel.report.numbers import format_date, parse_date
from leucel.report.tables import Table
from leucel.report.typesetter import require_typesetter
from leucel.report.widths import LINE, column_widths, soften, soften_crowded

# PDF/A-2a and PDF/UA-1: structure tags, alternative texts, embedded fonts, a language and a title
# are then required and checked by the typesetter.
ARCHIVAL = ("a-2a",)
ACCESSIBLE = ("ua-1",)
# A row with more letters may break over two pages.
_WHOLE_ROW = 1200
# A table that needs less of the line than this share is not stretched to the margins.
_NATURAL = 0.62


def set_paper(outline: Outline) -> bytes:
    """The dossier as a PDF.

    Raises
    ------
    MissingExtraError
        When the typesetter is not installed.
    """
    typst = require_typesetter()
    source = resources.files("leucel.report").joinpath("templates", "dossier.typ").read_bytes()
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[font_folder()]
    )
    data = paper_data(outline)
    return typst.compile(
        source,
        format="pdf",
        font_paths=fonts,
        sys_inputs={"dossier": json.dumps(data, ensure_ascii=False)},
        # An archival document has a date; one without a day of its own is accessible only.
        pdf_standards=[*(ARCHIVAL if data["date"] else ()), *ACCESSIBLE],
        timestamp=0,
    )


def paper_data(outline: Outline) -> dict[str, Any]:
    """Everything that stands in the PDF, as JSON-ready data."""
    appendix = _Appendix()
    sections = [
        {
            "id": section.id,
            "title": printable(section.title),
            "short": printable(section.short),
            "blocks": _blocks(section.blocks, appendix),
        }
        for section in outline.sections
    ]
    indication = outline.indication[:1].upper() + outline.indication[1:]
    made_with = f"leucel {outline.version}".strip()
    about = [
        ("Condition", outline.condition),
        ("Sponsor", outline.sponsor),
        ("Lead jurisdiction", outline.lead),
        ("Rules as of", format_date(outline.as_of) if outline.as_of else ""),
        ("Identity", outline.identity),
        ("Made with", made_with),
    ]
    parsed = parse_date(outline.as_of)
    day = parsed[0] if parsed else None
    return {
        "name": printable(outline.name),
        "title": printable(f"{outline.name}: evidence dossier"),
        "indication": printable(indication),
        "about": [[label, printable(value)] for label, value in about if value],
        "date": [day.year, day.month, day.day] if day else None,
        "edition": printable(
            ", ".join(
                part
                for part in (
                    made_with,
                    f"identity {outline.identity}",
                    f"rules as of {format_date(outline.as_of)}" if outline.as_of else "",
                )
                if part
            )
        ),
        "sections": sections,
        "appendices": appendix.sections(),
    }


class _Appendix:
    """Collects what a paper sets behind its sections."""

    def __init__(self) -> None:
        self._folds: list[dict[str, Any]] = []
        self._data: list[dict[str, Any]] = []

    def fold(self, block: Fold) -> dict[str, Any]:
        """Put a fold aside and leave a pointer to it."""
        name = f"appendix-{len(self._folds) + 1}"
        title = printable(block.title)
        entry: dict[str, Any] = {"id": name, "title": title, "blocks": []}
        self._folds.append(entry)
        entry["blocks"] = _raised(_blocks(block.blocks, self))
        return {"kind": "pointer", "title": title, "to": name}

    def data(self, figure: Any) -> str:
        """Put the numbers behind a figure aside and name their place."""
        name = f"data-{figure.name}"
        table = {**_table(figure.data, name), "caption": printable(figure.title)}
        table["behind"] = f"figure-{figure.name}"
        if figure.table:
            table["whole"] = printable(f"tables/{figure.table}.parquet")
        self._data.append(table)
        return name

    def sections(self) -> list[dict[str, Any]]:
        """The appendices in the order in which the text points to them."""
        if not self._data:
            return self._folds
        last = {"id": "data", "title": "Numbers behind the figures", "blocks": self._data}
        return [*self._folds, last]


def _raised(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same blocks with their highest headings next below that of the appendix."""
    levels = [block["level"] for block in blocks if block["kind"] == "heading"]
    by = min(levels, default=3) - 3
    return [
        {**block, "level": block["level"] - by} if block["kind"] == "heading" else block
        for block in blocks
    ]


def _blocks(blocks: Iterable[Any], appendix: _Appendix) -> list[dict[str, Any]]:
    return [found for block in blocks for found in _block(block, appendix)]


def _block(block: Any, appendix: _Appendix) -> list[dict[str, Any]]:
    kind = block.kind
    if kind == "fold":
        # How to read the marks has to be known from the start.
        if block.anchor:
            heading = {"kind": "heading", "level": 3, "text": printable(block.title)}
            return [heading, *_blocks(block.blocks, appendix)]
        return [appendix.fold(block)]
    return [{"kind": kind, **_content(block, appendix)}]


def _content(block: Any, appendix: _Appendix) -> dict[str, Any]:
    match block.kind:
        case "paragraph":
            return {"text": _runs(block.text), "notice": block.notice}
        case "heading":
            return {"text": printable(block.text), "level": block.level}
        case "table":
            return _table(block.table)
        case "figure":
            return _figure(block, appendix)
        case "absent":
            return {"title": printable(block.title), "reason": printable(block.reason)}
        case "facts":
            return {
                "rows": [[_runs(label), _runs(fact)] for label, fact in block.rows],
                "exact": block.exact,
            }
        case "lines":
            return {"items": [_runs(item) for item in block.items], "close": block.close}
        case "legend":
            return {"rows": [[_runs(tag), _runs(meaning)] for tag, meaning in block.rows]}
        case "references":
            return {
                "entries": [
                    {
                        "number": entry.number,
                        "to": entry.anchor,
                        "citation": soften(printable(entry.source.citation)),
                        "known": entry.known,
                        "link": entry.link or "",
                        "shown": soften(printable(entry.link or "")),
                        "marks": _runs(block.tags.get(entry.source.id, "")),
                    }
                    for entry in block.entries
                ]
            }
        case "answers":
            return {
                "answers": [
                    {
                        "question": printable(answer.question),
                        "head": _runs(answer.head),
                        "body": _runs(answer.body),
                        "tone": answer.tone,
                        "to": answer.link,
                    }
                    for answer in block.answers
                ]
            }
        case "cards":
            return _cards(block.cards)
        case other:
            raise ValueError(f"the paper does not know the block {other!r}")


def _figure(block: Any, appendix: _Appendix) -> dict[str, Any]:
    figure = block.figure
    if isinstance(figure, Missing):
        return {
            "kind": "absent",
            "title": printable(figure.title),
            "reason": printable(f"{figure.reason} The figure is left out."),
        }
    svg, ratio = print_svg(figure)
    return {
        "name": figure.name,
        "title": printable(figure.title),
        "caption": _runs(block.caption),
        "alt": printable(figure.alt),
        "svg": svg,
        "ratio": ratio,
        "data": appendix.data(figure) if figure.data else "",
    }


def _cards(cards: Iterable[Any]) -> dict[str, Any]:
    rows = [
        [
            _runs(card.name),
            _runs(f"{card.value} {card.unit}".strip()),
            _runs(card.limits or "–"),
            _runs(card.beside),
            _runs(card.tag),
        ]
        for card in cards
    ]
    heads = ("What", "Value", "95% limits", "Held against", "Mark or use")
    return _laid(rows, heads, (False, True, True, False, False), "Key numbers") | {"kind": "table"}


def _table(table: Table, name: str = "") -> dict[str, Any]:
    rows = [[_runs(cell) for cell in row] for row in table.rows]
    laid = _laid(
        rows,
        [column.head for column in table.columns],
        [column.numeric for column in table.columns],
        table.caption,
    )
    return {**laid, "kind": "table", "note": printable(table.note), "name": name}


def _laid(
    rows: list[list[list[Run]]], heads: Iterable[str], numeric: Iterable[bool], caption: str
) -> dict[str, Any]:
    written = [printable(head) for head in heads]
    texts = [[plain_text(cell) for cell in row] for row in rows]
    widths, upright = column_widths([written, *texts])
    if not upright:
        written = [soften_crowded(head, len(written)) for head in written]
        rows = [
            [_each(cell, lambda text: soften_crowded(text, len(written))) for cell in row]
            for row in rows
        ]
        widths = (1.0,) * len(written)
    return {
        "caption": printable(caption),
        "heads": written,
        "numeric": list(numeric),
        "widths": [round(width, 2) for width in widths],
        "natural": sum(widths) < _NATURAL * LINE,
        "wide": not upright,
        "rows": [
            {"cells": row, "whole": sum(len(text) for text in row_texts) < _WHOLE_ROW}
            for row, row_texts in zip(rows, texts, strict=True)
        ],
        "note": "",
        "name": "",
    }


def _runs(text: Any) -> list[Run]:
    return _each(read_inline(text), soften)


def _each(runs: list[Run], change: Callable[[str], str]) -> list[Run]:
    """The same runs with every text changed."""
    return [
        change(run)
        if isinstance(run, str)
        else {**run, "c": _each(run["c"], change)}
        if "c" in run
        else run
        for run in runs
    ]
