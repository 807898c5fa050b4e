"""Study data from a CSV file: one row for each measurement, problems with their line numbers."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from leucel.core import InputError, Place, Problem, near_misses, storage_errors
from leucel.data.profiles import Profiles, profiles_from_arrays

_MISSING = frozenset({"", ".", "na", "nan", "null", "none"})
_BELOW = frozenset({"blq", "bql", "bloq", "<lloq", "below", "bdl"})
_LIMIT = re.compile(r"^<\s*(?P<limit>[\d.][\d.eE+-]*)$")
_TRUE = frozenset({"1", "true", "yes", "t", "y"})
_FALSE = frozenset({"0", "false", "no", "f", "n", "", "."})


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyColumns:
    """Names of the columns of a study file, compared without regard to case.

    Attributes
    ----------
    subject, time, value : the columns that must be there.
    below_lloq : column with 1 for a value below the limit; used when the file has it.
    """

    subject: str = "id"
    time: str = "time"
    value: str = "value"
    below_lloq: str = "below_lloq"


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    subject: str
    time: float
    value: float
    below: bool


def read_profiles(
    path: Path,
    *,
    columns: StudyColumns | None = None,
    lloq: float | None = None,
    time_unit: str = "day",
    value_unit: str = "copies/ug",
) -> Profiles:
    """Read profiles from a CSV file with a header line.

    A value may be a number, ``<50`` or ``BLQ`` (below the limit), or missing (empty, ``.`` or
    ``NA``); rows with a missing value are left out. Separators ``,`` ``;`` and tab are recognized.

    Parameters
    ----------
    path : the file, UTF-8 with or without byte-order mark.
    columns : names of its columns.
    lloq : limit of quantification; smaller values are marked as below it, and it stands for the
        limit of rows that say ``BLQ``.
    time_unit, value_unit : units of the file.

    Raises
    ------
    InputError
        With every problem of the file and its line.
    StorageError
        When the file cannot be read.
    """
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
    return _profiles_from_text(
        text, str(path), columns or StudyColumns(), lloq, time_unit, value_unit
    )


def _profiles_from_text(
    text: str,
    file: str,
    columns: StudyColumns,
    lloq: float | None,
    time_unit: str,
    value_unit: str,
) -> Profiles:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = next(reader, [])
    places = _find_columns([name.strip() for name in header], columns, file)
    problems: list[Problem] = []
    rows: list[_Row] = []
    for line, cells in _numbered(reader):
        row = _read_row(line, cells, len(header), places, lloq, file, problems)
        if row is not None:
            rows.append(row)
    if problems:
        raise InputError(problems)
    if not rows:
        raise InputError(
            Problem(what="the file has no measurement", where=Place(file=file), received=f"{first}")
        )
    return profiles_from_arrays(
        [row.subject for row in rows],
        [row.time for row in rows],
        [row.value for row in rows],
        [row.below for row in rows],
        time_unit=time_unit,
        value_unit=value_unit,
        lines=[row.line for row in rows],
        file=file,
    )


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line they begin on (a quoted cell may hold line ends)."""
    line = 2
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1  # type: ignore[attr-defined]  # a csv.reader counts lines


def _find_columns(header: Sequence[str], columns: StudyColumns, file: str) -> dict[str, int]:
    folded = [name.casefold() for name in header]
    places: dict[str, int] = {}
    problems: list[Problem] = []
    for role in ("subject", "time", "value", "below_lloq"):
        name = getattr(columns, role)
        count = folded.count(name.casefold())
        if count == 1:
            places[role] = folded.index(name.casefold())
        elif count > 1:
            problems.append(
                Problem(
                    what=f"the column {name!r} stands {count} times in the header",
                    where=Place(file=file, line=1),
                )
            )
        elif role != "below_lloq" or name != StudyColumns().below_lloq:
            near = near_misses(name, header)
            problems.append(
                Problem(
                    what=f"the file has no column {name!r} (the {role})",
                    where=Place(file=file, line=1),
                    received=", ".join(header) or "an empty header",
                    fix=f"is it {near[0]!r}?" if near else f"name the column of the {role}",
                )
            )
    if problems:
        raise InputError(problems)
    return places


def _read_row(
    line: int,
    cells: Sequence[str],
    width: int,
    places: dict[str, int],
    lloq: float | None,
    file: str,
    problems: list[Problem],
) -> _Row | None:
    here = Place(file=file, line=line)
    if len(cells) != width:
        problems.append(
            Problem(
                what="the row does not have as many cells as the header",
                where=here,
                received=f"{len(cells)} cells",
                allowed=f"{width} cells",
            )
        )
        return None
    cell = {role: cells[place].strip() for role, place in places.items()}
    before = len(problems)
    if cell["subject"] == "":
        problems.append(Problem(what="the row has no subject", where=here))
    time = _number(cell["time"])
    if time is None or not math.isfinite(time):
        problems.append(
            Problem(what="the time is no finite number", where=here, received=repr(cell["time"]))
        )
    flagged = _flag(cell.get("below_lloq", ""), here, problems)
    if cell["value"].casefold() in _MISSING and not flagged:
        return None
    value, below = _measurement(cell["value"], lloq, flagged)
    if value is None:
        problems.append(
            Problem(
                what="the value is no number",
                where=here,
                received=repr(cell["value"]),
                allowed="a number, <limit, BLQ, or nothing",
            )
        )
    elif value < 0 or math.isinf(value):
        problems.append(
            Problem(
                what="the value is negative or infinite",
                where=here,
                received=repr(cell["value"]),
                fix="mark a value below the limit of quantification as BLQ",
            )
        )
    if len(problems) > before or time is None or value is None:
        return None
    return _Row(line, cell["subject"], time, value, below)


def _measurement(text: str, lloq: float | None, flagged: bool) -> tuple[float | None, bool]:
    """The number in a cell and whether it lies below the limit."""
    unknown = float("nan") if lloq is None else lloq
    folded = text.casefold().replace(" ", "")
    if folded in _BELOW or (flagged and folded in _MISSING):
        return unknown, True
    match = _LIMIT.match(text)
    if match:
        return _number(match["limit"]), True
    value = _number(text)
    if value is None or flagged:
        return value, flagged
    if lloq is not None and 0 <= value < lloq:
        return lloq, True
    return value, False


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _flag(text: str, here: Place, problems: list[Problem]) -> bool:
    folded = text.casefold()
    if folded not in _TRUE and folded not in _FALSE:
        problems.append(
            Problem(
                what="the mark for values below the limit is neither true nor false",
                where=here,
                received=repr(text),
                allowed="1, 0, true, false",
            )
        )
    return folded in _TRUE
