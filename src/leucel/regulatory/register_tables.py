"""Further lists of designations: the table of the EMA, and any table by its columns."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, cast

from leucel.core import InputError, Place, Problem, storage_errors, unknown_name
from leucel.regulatory.registers import (
    FDA_COLUMNS,
    DesignationRecord,
    read_eu_register,
    read_fda_list,
)

EMA_KEYS = {
    "product": "active_substance",
    "trade_name": "medicine_name",
    "condition": "intended_use",
    "number": "eu_designation_number",
    "status": "status",
}
"""Keys of the JSON report; the spreadsheet has the same words as column heads."""
_EMA_DATES = ("date_of_designation_or_refusal", "date_of_designation_refusal")
TABLE_FIELDS = (
    "product",
    "condition",
    "number",
    "trade_name",
    "sponsor",
    "designated",
    "approved",
    "exclusive_until",
    "status",
)
_DAY = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})")
_EU_MARK = "var dataSet"


def read_designations(
    path: Path, *, columns: Mapping[str, str] | None = None, register: str = ""
) -> tuple[DesignationRecord, ...]:
    """Read a list of designations by what it looks like.

    Known forms: the CSV download of the FDA, a saved page of the Union Register, the table of the
    EMA (JSON report, or its spreadsheet saved as CSV). Any other table, such as a national list of
    Japan, is read with `columns`.

    Parameters
    ----------
    columns : names of the columns by field (`TABLE_FIELDS`); `product` and `condition` are needed.
    register : name of the list, with `columns`.

    Raises
    ------
    StorageError : the file cannot be read.
    InputError : a form that is not known, and no columns; faults of the file with their lines.
    """
    if columns:
        return read_designation_table(path, columns=columns, register=register or path.stem)
    with storage_errors(path, "read"):
        text = path.read_text("utf-8-sig", errors="replace")
    if path.suffix.casefold() == ".json":
        return read_ema_table(path)
    if _EU_MARK in text:
        return read_eu_register(path)
    heads = {head for line in text.splitlines()[:30] for head in _cells(line)}
    if FDA_COLUMNS["product"] in heads:
        return read_fda_list(path)
    if EMA_KEYS["number"] in {_key(head) for head in heads}:
        return read_ema_table(path)
    raise InputError(
        Problem(
            what="the list of designations has a form that is not known",
            where=Place(file=str(path)),
            allowed="the FDA download (CSV), a page of the Union Register, the table of the EMA "
            "(JSON or CSV)",
            fix="name its columns, for example product=Name,condition=Indication",
        )
    )


def read_ema_table(path: Path) -> tuple[DesignationRecord, ...]:
    """Read the EMA table of orphan designations: its JSON report, or the spreadsheet as CSV.

    Lines above the column heads are skipped; days are written dd/mm/yyyy or yyyy-mm-dd.

    Raises
    ------
    StorageError : the file cannot be read.
    InputError : no rows, missing columns, or dates that are not readable, with their rows.
    """
    with storage_errors(path, "read"):
        text = path.read_text("utf-8-sig")
    rows = list(_json_rows(text, path) if path.suffix.casefold() == ".json" else _csv_rows(text))
    where = Place(file=str(path))
    if not rows:
        raise InputError(
            Problem(
                what="the file holds no rows of the EMA table",
                where=where,
                allowed=f"columns {', '.join(EMA_KEYS.values())}",
            )
        )
    missing = [key for key in EMA_KEYS.values() if key not in rows[0][1]]
    problems = [Problem(what=f"the table has no column {key!r}", where=where) for key in missing]
    if problems:
        raise InputError(problems)
    found: list[DesignationRecord] = []
    for line, row in rows:
        day = next((row[key] for key in _EMA_DATES if row.get(key)), "")
        cells: dict[str, Any] = {field: row.get(key, "") for field, key in EMA_KEYS.items()}
        designated = _day(day, Place(file=str(path), line=line), "the day", problems)
        found.append(DesignationRecord(register="EMA", designated=designated, **cells))
    if problems:
        raise InputError(problems)
    return tuple(found)


def read_designation_table(
    path: Path, *, columns: Mapping[str, str], register: str
) -> tuple[DesignationRecord, ...]:
    """Read any CSV list of designations by the names of its columns.

    Raises
    ------
    StorageError : the file cannot be read.
    InputError : unknown fields, missing columns, unreadable days, with their lines.
    """
    problems = [
        unknown_name(name, TABLE_FIELDS, noun="field of a designation")
        for name in columns
        if name not in TABLE_FIELDS
    ]
    problems += [
        Problem(what=f"no column is named for {name}", fix=f"give {name}=COLUMN")
        for name in ("product", "condition")
        if name not in columns
    ]
    with storage_errors(path, "read"):
        text = path.read_text("utf-8-sig")
    reader = csv.DictReader(text.splitlines())
    heads = [head.strip() for head in reader.fieldnames or ()]
    problems += [
        unknown_name(column, heads, noun="column", where=Place(file=str(path), line=1))
        for column in columns.values()
        if column not in heads
    ]
    if problems:
        raise InputError(problems)
    found: list[DesignationRecord] = []
    for row in reader:
        where = Place(file=str(path), line=reader.line_num)
        cells: dict[str, Any] = {
            field: (row.get(column) or "").strip() for field, column in columns.items()
        }
        for name in ("designated", "approved", "exclusive_until"):
            if name in cells:
                cells[name] = _day(cells[name], where, columns[name], problems)
        found.append(DesignationRecord(register=register, **cells))
    if problems:
        raise InputError(problems)
    return tuple(found)


def _cells(line: str) -> list[str]:
    sign = ";" if line.count(";") > line.count(",") else ","
    return [cell.strip() for cell in next(csv.reader([line], delimiter=sign), [])]


def _key(head: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", head.strip().lower()).strip("_")


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    heads: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = _cells(line)
        if not heads:
            keys = [_key(cell) for cell in cells]
            heads = keys if EMA_KEYS["number"] in keys else []
        elif any(cells):
            yield number, dict(zip(heads, cells, strict=False))


def _json_rows(text: str, path: Path) -> Iterator[tuple[int | None, dict[str, str]]]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            Problem(
                what="the file is no JSON",
                where=Place(file=str(path), line=error.lineno),
                received=error.msg,
            )
        ) from error
    rows = cast(Any, data.get("data") if isinstance(data, dict) else data)
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            items = cast(Mapping[str, Any], row).items()
            yield None, {_key(key): "" if cell is None else str(cell) for key, cell in items}


def _day(text: str, where: Place, column: str, problems: list[Problem]) -> date | None:
    """A day as yyyy-mm-dd or dd/mm/yyyy; None for none."""
    if not text:
        return None
    match = _DAY.match(text)
    parts = [int(part) for part in match.groups()] if match else []
    try:
        if parts and parts[0] > 31:
            return date(parts[0], parts[1], parts[2])
        return date(parts[2], parts[1], parts[0])
    except (IndexError, ValueError):
        problems.append(
            Problem(
                what=f"{column} is no date",
                where=where,
                received=repr(text),
                allowed="yyyy-mm-dd or dd/mm/yyyy",
            )
        )
        return None
