"""What a dossier consists of, before it becomes a page or a paper.

Texts are either plain or written with the inline elements of `leucel.report.inline`; each writer
(HTML, PDF) knows every kind of block and every inline element, so that no sentence, caption or
table is written twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leucel.report.answers import Answer
from leucel.report.bibliography import Entry
from leucel.report.canvas import Figure, Missing
from leucel.report.cards import Card
from leucel.report.tables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph; `notice` marks the one that must not be overlooked."""

    text: Any
    notice: bool = False
    kind: str = "paragraph"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading inside a section, of level 3 or 4; a page shows its number, paper its own."""

    text: str
    level: int = 3
    number: int = 0
    kind: str = "heading"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableBlock:
    """A table; `data` marks one of numbers, which scrolls sideways where the page is narrow."""

    table: Table
    data: bool = False
    kind: str = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureBlock:
    """A figure with its caption and references, or the reason why there is none."""

    figure: Figure | Missing
    caption: Any = ""
    kind: str = "figure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """Something a reader expects here, and why it is not there."""

    title: str
    reason: str
    kind: str = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Names with what is said of them; `exact` for hashes and versions."""

    rows: tuple[tuple[str, Any], ...]
    exact: bool = False
    kind: str = "facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A list; `close` sets short lines close together."""

    items: tuple[Any, ...]
    close: bool = False
    kind: str = "lines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """Tags with their meaning."""

    rows: tuple[tuple[Any, str], ...]
    kind: str = "legend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """Blocks that a page folds away and a paper puts into its appendix.

    Attributes
    ----------
    title : what is inside.
    blocks : the blocks.
    kept : where all of it is when a page is printed folded; empty when the title says enough.
    anchor : name of the place; empty for none.
    style : class of the fold in a page.
    """

    title: str
    blocks: tuple[Any, ...]
    kept: Any = ""
    anchor: str = ""
    style: str = "fold"
    kind: str = "fold"


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """Entries of the bibliography, with the marks under which the dossier uses each, by its id."""

    entries: tuple[Entry, ...]
    tags: Mapping[str, Any]
    kind: str = "references"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers of the first page."""

    answers: tuple[Answer, ...]
    kind: str = "answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """The key numbers of the first page."""

    cards: tuple[Card, ...]
    kind: str = "cards"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section.

    Attributes
    ----------
    id : its place in the document and in the navigation.
    short : its name in the navigation.
    title : its heading.
    blocks : what stands in it.
    page : True when it begins a page in print.
    """

    id: str
    short: str
    title: str
    blocks: tuple[Any, ...]
    page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A whole dossier, written but not yet set.

    Attributes
    ----------
    name : the product.
    indication, condition, sponsor, lead, as_of, identity : what the head of the dossier says; texts
        that may be empty.
    version : of leucel.
    sections : in reading order.
    figures : every drawn figure by name.
    """

    name: str
    indication: str
    condition: str
    sponsor: str
    lead: str
    as_of: str
    identity: str
    version: str
    sections: tuple[Section, ...]
    figures: Mapping[str, Figure]
