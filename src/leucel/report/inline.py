"""The inline elements of the dossier's texts, read into runs that any writer can set.

The sections write their cells and sentences as safe markup with a closed set of elements. A page
shows that markup as it is; every other writer reads it here. An element that is not known raises,
so that nothing is lost in silence when a new one appears.
"""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from typing import Any

from markupsafe import Markup

Run = str | dict[str, Any]
"""A piece of text, or a mapping with `k` (what it is), `c` (the runs inside) and what `k` needs."""

_PLAIN = {"b": "bold", "strong": "bold", "code": "code", "sup": "super"}
_SPANS = {"note": "note", "soft": "soft", "value": "value"}
_TAGS = ("mark", "use", "verdict", "status")
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
# Beyond these a font has no shape for a character, or the character is not meant to be seen.
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def read_inline(text: Any) -> list[Run]:
    """The runs of a plain text or of a text with inline elements.

    Raises
    ------
    ValueError
        When the markup holds an element that no writer knows.

    Examples
    --------
    >>> read_inline("5 < 6 & #x *y*")
    ['5 < 6 & #x *y*']
    >>> read_inline(Markup('96.0%<sup class="ref"><a href="#manifest">run</a></sup>'))
    ['96.0%', {'k': 'super', 'c': [{'k': 'to', 'to': 'manifest', 'c': ['run']}]}]
    """
    if not isinstance(text, Markup):
        plain = printable(str(text))
        return [plain] if plain else []
    reader = _Reader()
    reader.feed(str(text))
    reader.close()
    if len(reader.open) != 1:
        raise ValueError(f"an inline element is not closed in {str(text)[:80]!r}")
    return reader.open[0][1]


def plain_text(runs: list[Run]) -> str:
    """The letters of runs, as a reader sees them; notes and breaks begin after a space."""
    parts: list[str] = []
    for run in runs:
        if isinstance(run, str):
            parts.append(run)
        else:
            head = " " if run["k"] in {"note", "break"} else ""
            parts.append(head + plain_text(run.get("c", [])))
    return "".join(parts)


def printable(text: str) -> str:
    """A text in which every character has a shape in the fonts of the PDF.

    Spaces are joined as a page joins them; a character without a shape is written as its number.

    Examples
    --------
    >>> printable("a\\n b"), printable("驯鹿"), printable("ψ ≥ 3.2 × 10⁻⁶ µg")
    ('a b', '[U+9A6F][U+9E7F]', 'ψ ≥ 3.2 × 10⁻⁶ µg')
    """
    text = _SPACE.sub(" ", text)
    if text.isascii() and text.isprintable():
        return text
    known = _shapes()
    return "".join(
        letter if ord(letter) in known and not _UNSEEN.match(letter) else f"[U+{ord(letter):04X}]"
        for letter in text
    )


@cache
def _shapes() -> frozenset[int]:
    """Characters of DejaVu Sans, the widest of the fonts that a PDF is set with."""
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(font_folder() / "DejaVuSans.ttf")).get_charmap())


def font_folder() -> Any:
    """The fonts that come with matplotlib."""
    from pathlib import Path

    import matplotlib as mpl

    return Path(mpl.get_data_path()) / "fonts" / "ttf"


class _Reader(HTMLParser):
    """Builds runs from markup; `open` holds the elements that are not yet closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, list[Run]]] = [("", [])]
        self._firm = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        run = _element(tag, given)
        self.open[-1][1].append(run)
        if tag != "br":
            self.open.append((tag, run["c"]))
            self._firm += run["k"] == "value"

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) < 2 or self.open[-1][0] != tag:
            raise ValueError(f"an inline element {tag!r} ends that did not begin")
        self.open.pop()
        last = self.open[-1][1][-1]
        if isinstance(last, dict) and last["k"] == "value":
            self._firm -= 1

    def handle_data(self, data: str) -> None:
        text = printable(data)
        # A number stays on one line with its unit; a long one may still break.
        if self._firm and len(text) <= 28:
            text = text.replace(" ", "\u00a0")
        # A long row of references may go on in the next line.
        if self.open[-1][0] == "sup":
            text = text.replace(",", ",\u200b")
        if text:
            self.open[-1][1].append(text)


def _element(tag: str, given: dict[str, str]) -> dict[str, Any]:
    kind = given.get("class", "").split(" ")
    if tag in _PLAIN:
        return {"k": _PLAIN[tag], "c": []}
    if tag == "br":
        return {"k": "break"}
    if tag == "a":
        href = given.get("href", "")
        if href.startswith("#"):
            return {"k": "to", "to": href[1:], "c": []}
        if href.lower().startswith(("https://", "http://")):
            return {"k": "url", "url": href, "c": []}
        return {"k": "text", "c": []}
    if tag in {"span", "abbr"}:
        if kind[0] in _SPANS:
            return {"k": _SPANS[kind[0]], "c": []}
        if kind[0] in _TAGS:
            return {"k": "tag", "tone": kind[-1], "c": []}
    raise ValueError(f"no writer knows the inline element {tag!r} of class {' '.join(kind)!r}")
