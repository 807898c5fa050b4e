"""How wide the columns of a table on paper are, from the letters in its cells."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

# Letters of table text that one line of an A4 page between its margins holds.
LINE = 116
# A longer word may be broken, so that it asks for no more room.
LONGEST_WORD = 22
_ROOM = 2.5
# Heads are bold, and their words are not broken.
_BOLD = 1.15
# What a line in a cell that is not the tallest of its row counts beside one that is.
_OTHER = 0.03
_WORDS = re.compile("[ \n\u200b]+")
_SIGN = re.compile(r"(?<=[/_.,;:|?&=\-])(?=[^\s])")


def column_widths(rows: Sequence[Sequence[str]]) -> tuple[tuple[float, ...], bool]:
    """Widths of the columns in letters, and whether they fit on a page standing upright.

    Every column holds its longest word; each further letter goes where it makes the table lower.

    Parameters
    ----------
    rows : the written cells, heads first; every row has as many.

    Examples
    --------
    >>> column_widths([["What", "n"], ["a sentence of seven words or so", "12"]])
    ((33.5, 4.5), True)
    """
    letters = np.array([[len(cell) + _ROOM for cell in row] for row in rows], dtype=float)
    widths = np.array(
        [
            max(_longest(head) * _BOLD, *map(_longest, column), 0) + _ROOM
            for head, *column in zip(*rows, strict=True)
        ]
    )
    asked = letters.max(axis=0)
    if asked.sum() <= LINE:
        return tuple(asked.tolist()), True
    if widths.sum() > LINE:
        return tuple(widths.tolist()), False
    for _ in range(int(LINE - widths.sum())):
        lines = np.maximum(letters / widths, 1.0)
        gains: list[float] = []
        for column in range(len(widths)):
            trial = lines.copy()
            trial[:, column] = np.maximum(letters[:, column] / (widths[column] + 1.0), 1.0)
            gains.append(float(_height(lines) - _height(trial)))
        widths[int(np.argmax(gains))] += 1.0
    return tuple(widths.tolist()), True


def soften(text: str, *, longest: int = LONGEST_WORD) -> str:
    """A text in which words longer than `longest` may break, after their signs or at that length.

    Examples
    --------
    >>> soften("short"), soften("documents/gcc_module_1/sa.xml").count("\\u200b")
    ('short', 5)
    """
    if len(text) <= longest:
        return text
    return " ".join(
        word if len(word) <= longest or "\u00a0" in word else _break(word, longest)
        for word in text.split(" ")
    )


def soften_crowded(text: str, columns: int) -> str:
    """A text for a table of so many columns that no word may be longer than its share of a line."""
    return soften(text.replace("\u00a0", " "), longest=max(3, int(LINE / columns) - 3))


def _height(lines: np.ndarray) -> float:
    return float(lines.max(axis=1).sum() + _OTHER * lines.sum())


def _break(word: str, longest: int) -> str:
    return "\u200b".join(
        part[start : start + longest]
        for part in _SIGN.split(word.replace("\u200b", ""))
        for start in range(0, len(part), longest)
    )


def _longest(cell: str) -> int:
    return max((len(word) for word in _WORDS.split(cell)), default=0)
