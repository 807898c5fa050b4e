"""Tables of measurements as people have them: CSV in long form, one row for each reading."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leucel.core import InputError, Place, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: its line, its texts and its numbers by column; an empty cell is absent."""

    line: int
    texts: Mapping[str, str]
    numbers: Mapping[str, float]


def read_rows(
    text: str,
    *,
    texts: Sequence[str] = (),
    numbers: Sequence[str] = (),
    optional_texts: Sequence[str] = (),
    optional_numbers: Sequence[str] = (),
    file: str | None = None,
) -> tuple[Row, ...]:
    """Rows of a table parted by commas, semicolons or tabs; further columns are ignored.

    Parameters
    ----------
    texts, numbers : columns that must be there, with a value in each row.
    optional_texts, optional_numbers : columns that may be missing or empty.

    Raises
    ------
    InputError
        For missing columns, empty cells and cells that are no finite number, all at once with
        their lines.

    Examples
    --------
    >>> rows = read_rows("product,ratio\\nA,0.5\\n", texts=["product"], numbers=["ratio"])
    >>> rows[0].texts["product"], rows[0].numbers["ratio"]
    ('A', 0.5)
    """
    lines = text.removeprefix("\ufeff").splitlines()
    head = lines[0] if lines else ""
    # A table saved in a country that writes 0,5 is parted by semicolons.
    part = next((c for c in (";", "\t") if c in head and "," not in head), ",")
    reader = csv.DictReader(lines, delimiter=part, skipinitialspace=True)
    heads = [str(name).strip() for name in reader.fieldnames or ()]
    missing = [name for name in (*texts, *numbers) if name not in heads]
    if missing:
        raise InputError(
            Problem(
                what=f"the table lacks the columns {', '.join(missing)}",
                where=Place(file=file, line=1),
                received=", ".join(heads) or "nothing",
                allowed=", ".join((*texts, *numbers)),
            )
        )
    found: list[Row] = []
    problems: list[Problem] = []
    for cells in reader:
        line = reader.line_num
        given = {str(key).strip(): (value or "").strip() for key, value in cells.items() if key}
        if not any(given.values()):
            continue
        values: dict[str, float] = {}
        for name in (*numbers, *optional_numbers):
            cell = given.get(name, "")
            if not cell and name in optional_numbers:
                continue
            try:
                value = float(cell.replace(",", ".") if part == ";" else cell)
            except ValueError:
                value = math.nan
            if math.isfinite(value):
                values[name] = value
                continue
            problems.append(
                Problem(
                    what=f"the {name} is no number",
                    where=Place(file=file, line=line, key=name),
                    received=repr(cell),
                    allowed="a finite number with a decimal point",
                )
            )
        words = {
            name: given[name] for name in (*texts, *optional_texts) if given.get(name, "") != ""
        }
        problems.extend(
            Problem(what=f"the {name} is empty", where=Place(file=file, line=line, key=name))
            for name in texts
            if name not in words
        )
        found.append(Row(line=line, texts=words, numbers=values))
    if not found and not problems:
        problems.append(
            Problem(what="the table has no rows", where=Place(file=file, line=len(lines) or 1))
        )
    if problems:
        raise InputError(problems)
    return tuple(found)
