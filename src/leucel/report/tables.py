"""Tables for readers: cells that are already written, and their HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leucel.report.inputs import number
from leucel.report.numbers import format_count, format_number

MAX_ROWS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table: its head and whether it holds numbers (set flush right)."""

    head: str
    numeric: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as it is shown; cells are text or markup that is already safe.

    Attributes
    ----------
    columns : heads.
    rows : cells, as many as there are columns.
    caption : one sentence, read before the table.
    note : what was left out, empty when all rows are there.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    caption: str = ""
    note: str = ""


def make_table(
    rows: Iterable[Mapping[str, Any]],
    columns: Mapping[str, str | tuple[str, Callable[[Any], Any]]],
    *,
    caption: str = "",
    max_rows: int = MAX_ROWS,
) -> Table:
    """A table of some keys of some rows.

    Parameters
    ----------
    rows : the rows, as mappings.
    columns : key of the row -> head, or (head, how to write the value).
    caption : read before the table.
    max_rows : beyond this many, evenly spaced rows stand for all of them, and the note says so.
    """
    found = list(rows)
    shown = thin(found, max_rows)
    heads: list[Column] = []
    writers: list[Callable[[Any], Any]] = []
    for key, form in columns.items():
        head, writer = (form, None) if isinstance(form, str) else form
        numeric = any(number(row.get(key)) is not None for row in shown)
        heads.append(Column(head=head, numeric=numeric))
        writers.append(writer or (_write_number if numeric else _write_text))
    cells = tuple(
        tuple(write(row.get(key)) for key, write in zip(columns, writers, strict=True))
        for row in shown
    )
    note = ""
    if len(shown) < len(found):
        note = f"{len(shown)} of {format_count(len(found))} rows, evenly spaced."
    return Table(columns=tuple(heads), rows=cells, caption=caption, note=note)


def thin(rows: Sequence[Any], most: int) -> list[Any]:
    """At most `most` rows, evenly spaced, first and last kept.

    Examples
    --------
    >>> thin(range(9), 3)
    [0, 4, 8]
    """
    if len(rows) <= most:
        return list(rows)
    last = len(rows) - 1
    return [rows[round(position * last / (most - 1))] for position in range(most)]


def _write_number(value: Any) -> str:
    # A text is written already: a year has no thousands, and "31,300" is no missing number.
    if isinstance(value, str):
        return _write_text(value)
    return "–" if number(value) is None else format_number(value)


def _write_text(value: Any) -> str:
    return "–" if value is None or value == "" else str(value)
