"""Public lists of orphan designations: the FDA download and the pages of the EU register."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from leucel.core import InputError, Place, Problem, storage_errors

# Starts of the column names; one of them carries a long starred note after its name.
FDA_COLUMNS = {
    "product": "Generic Name",
    "trade_name": "Trade Name",
    "designated": "Date Designated",
    "condition": "Orphan Designation",
    "status": "Orphan Designation Status",
    "approval_status": "FDA Orphan Approval Status",
    "indication": "Approved Labeled Indication",
    "approved": "Marketing Approval Date",
    "exclusive_until": "Exclusivity End Date",
    "sponsor": "Sponsor Company",
    "country": "Country",
}
# The Orphan Drug Act is of 1983: a two-digit year from 83 on belongs to the last century.
_FIRST_YEAR = 83
_EU_MARK = "var dataSet"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignationRecord:
    """One designation of a public list.

    Attributes
    ----------
    register : "FDA" or "EU".
    number : number in the EU register, "" for the FDA.
    product, trade_name, sponsor : names as written.
    condition : what is designated.
    designated, approved, exclusive_until : days, None where not given.
    status : as written.
    """

    register: str
    product: str
    condition: str
    number: str = ""
    trade_name: str = ""
    sponsor: str = ""
    designated: date | None = None
    approved: date | None = None
    exclusive_until: date | None = None
    status: str = ""


def read_fda_list(path: Path) -> tuple[DesignationRecord, ...]:
    """Read the CSV download of the FDA list of orphan designations and approvals.

    Dates are written mm/dd/yyyy or mm/dd/yy; a last row with a single cell is a footnote.

    Raises
    ------
    StorageError : the file cannot be read.
    InputError : missing columns, or dates that are not readable, with their lines.
    """
    with storage_errors(path, "read"):
        text = path.read_text("utf-8-sig")
    reader = csv.reader(text.splitlines())
    header = [cell.strip() for cell in next(reader, [])]
    place = {key: _column(header, name) for key, name in FDA_COLUMNS.items()}
    missing = [FDA_COLUMNS[key] for key, index in place.items() if index is None]
    if missing:
        raise InputError(
            [
                Problem(
                    what=f"the list has no column {name!r}",
                    where=Place(file=str(path), line=1),
                    received=", ".join(header) or "an empty file",
                )
                for name in missing
            ]
        )
    problems: list[Problem] = []
    found: list[DesignationRecord] = []
    for cells in reader:
        if len([cell for cell in cells if cell.strip()]) < 2:
            continue
        row = {
            key: cells[index].strip() if index is not None and index < len(cells) else ""
            for key, index in place.items()
        }
        where = Place(file=str(path), line=reader.line_num)
        days = {
            key: _american_date(row[key], where, FDA_COLUMNS[key], problems)
            for key in ("designated", "approved", "exclusive_until")
        }
        found.append(
            DesignationRecord(
                register="FDA",
                product=row["product"],
                trade_name=row["trade_name"],
                condition=row["condition"],
                sponsor=row["sponsor"],
                status=row["status"],
                designated=days["designated"],
                approved=days["approved"],
                exclusive_until=days["exclusive_until"],
            )
        )
    if problems:
        raise InputError(problems)
    return tuple(found)


def read_eu_register(path: Path) -> tuple[DesignationRecord, ...]:
    """Read a saved page of the Union Register of orphan medicines (rows of its `dataSet`).

    The rows are read as JSON and never executed.

    Raises
    ------
    StorageError : the file cannot be read.
    InputError : no rows, or rows that are no JSON objects with a number.
    """
    with storage_errors(path, "read"):
        text = path.read_text("utf-8-sig")
    start = text.find("[", text.find(_EU_MARK)) if _EU_MARK in text else -1
    where = Place(file=str(path))
    if start < 0:
        raise InputError(
            Problem(
                what="the page holds no rows of the register",
                where=where,
                allowed=f"a saved page with {_EU_MARK} = [...]",
            )
        )
    try:
        rows, _ = json.JSONDecoder().raw_decode(text, start)
    except json.JSONDecodeError as error:
        line = text.count("\n", 0, error.pos) + 1
        raise InputError(
            Problem(
                what="the rows of the register are no JSON",
                where=Place(file=str(path), line=line),
                received=error.msg,
            )
        ) from error
    problems: list[Problem] = []
    found: list[DesignationRecord] = []
    for index, row in enumerate(rows, start=1):
        number = _shown(row.get("eu_num")) if isinstance(row, dict) else ""
        if not number:
            problems.append(
                Problem(what=f"row {index} has no number", where=where, received=str(row)[:80])
            )
            continue
        found.append(
            DesignationRecord(
                register="EU",
                number=number,
                product=_shown(row.get("name")) or _shown(row.get("inn")),
                condition=_shown(row.get("indication")),
                sponsor=_shown(row.get("company")),
            )
        )
    if problems:
        raise InputError(problems)
    return tuple(found)


def find_designations(
    records: tuple[DesignationRecord, ...], *words: str
) -> tuple[DesignationRecord, ...]:
    """Records whose condition holds every word; case does not matter.

    Examples
    --------
    >>> record = DesignationRecord(register="EU", product="x", condition="Multiple myeloma")
    >>> len(find_designations((record,), "myeloma"))
    1
    """
    return tuple(
        record
        for record in records
        if all(word.lower() in record.condition.lower() for word in words)
    )


def _column(header: list[str], name: str) -> int | None:
    """Position of a column: its exact name, or the name followed by a starred note."""
    if name in header:
        return header.index(name)
    starred = [index for index, cell in enumerate(header) if cell.startswith(f"{name}*")]
    return starred[0] if starred else None


def _american_date(text: str, where: Place, column: str, problems: list[Problem]) -> date | None:
    if not text or text.upper() in ("N/A", "TBD"):
        return None
    try:
        month, day, year = (int(part) for part in text.split("/"))
        if year < 100:
            year += 1900 if year >= _FIRST_YEAR else 2000
        return date(year, month, day)
    except ValueError:
        problems.append(
            Problem(
                what=f"{column} is no date",
                where=where,
                received=repr(text),
                allowed="mm/dd/yyyy or mm/dd/yy",
            )
        )
        return None


def _shown(cell: Any) -> str:
    """Text of a cell: a string, a number, or an object with a `display`."""
    if isinstance(cell, Mapping):
        cell = cell.get("display")
    return "" if cell is None else str(cell).strip()
