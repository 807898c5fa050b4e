"""Cells of an event table with their places: from CSV, Parquet or a data frame."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, final

from leucel.core import InputError, Place, Problem, storage_errors

if TYPE_CHECKING:
    import pandas as pd


@final
@dataclass(frozen=True, slots=True)
class Cells:
    """Texts of a table, one list for each row, with where they stand.

    Attributes
    ----------
    file : name of the file; None for a data frame.
    lines : line of each row in a text file; None elsewhere, where rows count from 0.
    raw : the text of each line, to find the column of a cell in it.
    """

    file: str | None
    header: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int] | None = None
    raw: list[str] | None = None
    delimiter: str = ","

    def place(self, row: int, column: int | None = None) -> Place:
        """Where a cell, or a row, stands."""
        name = self.header[column] if column is not None else None
        if self.lines is None:
            spot = f"row {row}" if name is None else f"row {row}, column {name}"
            return Place(file=self.file, key=spot)
        at = None if column is None else self._character(row, column)
        return Place(file=self.file, line=self.lines[row], column=at, key=name)

    def _character(self, row: int, column: int) -> int | None:
        assert self.raw is not None
        text = self.raw[row]
        parts = text.split(self.delimiter)
        if '"' in text or len(parts) != len(self.header):
            return None
        before = parts[:column]
        own = parts[column]
        return sum(len(part) + 1 for part in before) + len(own) - len(own.lstrip()) + 1


def read_cells(source: Path | str | pd.DataFrame) -> Cells:
    """The cells of a CSV file (separators , ; tab), a Parquet file or a data frame.

    Raises
    ------
    InputError
        When the file is no table, or its rows have different lengths.
    StorageError
        When the file cannot be read.
    """
    if not isinstance(source, str | Path):
        return _cells_of_frame(source, None)
    path = Path(source)
    if path.suffix.casefold() == ".parquet":
        from leucel.data.tables import read_table

        return _cells_of_frame(read_table(path), str(path))
    with storage_errors(path, "read"):
        raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            Problem(
                what="this is no text file in UTF-8",
                where=Place(file=str(path)),
                received=f"byte {raw[error.start]:#04x} at position {error.start}",
                fix="save it as CSV in UTF-8",
            )
        ) from error
    return _cells_of_text(text, str(path))


def _cells_of_frame(frame: pd.DataFrame, file: str | None) -> Cells:
    names = tuple(str(name) for name in frame.columns)
    columns: list[list[str]] = []
    for position in range(len(names)):
        column = frame.iloc[:, position]
        texts = [_text(value) for value in column.tolist()]
        columns.append(texts)
    return Cells(file, names, [list(row) for row in zip(*columns, strict=True)])


def _text(value: object) -> str:
    if value is None or value != value:
        return ""
    # A whole number that a gap in its column has made a float is a whole number still.
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _cells_of_text(text: str, file: str) -> Cells:
    lines = text.splitlines()
    first = lines[0] if lines else ""
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = tuple(name.strip() for name in next(reader, []))
    rows: list[list[str]] = []
    places: list[int] = []
    problems: list[Problem] = []
    begin = 2
    for cells in reader:
        if any(cell.strip() for cell in cells):
            if len(cells) != len(header):
                problems.append(_uneven(cells, header, Place(file=file, line=begin)))
            rows.append([cell.strip() for cell in cells])
            places.append(begin)
        begin = reader.line_num + 1
    if problems:
        raise InputError(problems)
    raw = [lines[line - 1] for line in places]
    return Cells(file, header, rows, places, raw, delimiter)


def _uneven(cells: Sequence[str], header: Sequence[str], where: Place) -> Problem:
    return Problem(
        what="the row does not have as many cells as the header",
        where=where,
        received=f"{len(cells)} cells",
        allowed=f"{len(header)} cells",
    )
