"""Event tables as pharmacometric programs know them: doses and samples, one record a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from leucel.core import InputError, Place, Problem, near_misses
from leucel.data.event_cells import Cells, read_cells
from leucel.data.event_checks import (
    DOSE,
    MISSING,
    OBSERVATION,
    RESET_AND_DOSE,
    WHOLE,
    check_present,
    check_values,
    index_of_subjects,
)

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Names by which programs know a column, compared without regard to case.
EVENT_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "#id", "subject", "usubjid"),
    "time": ("time",),
    "evid": ("evid",),
    "amount": ("amt", "amount"),
    "rate": ("rate",),
    "duration": ("dur", "duration", "tinf"),
    "compartment": ("cmt", "compartment"),
    "additional": ("addl",),
    "interval": ("ii",),
    "steady_state": ("ss",),
    "missing": ("mdv",),
    "value": ("dv",),
    "lag": ("lag", "alag"),
    "bioavailability": ("f", "bioavailability"),
}
_DEFAULTS: Final = {"time": np.nan, "lag": np.nan, "bioavailability": np.nan, "value": np.nan}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventTable:
    """Records of N subjects, K rows in the order of the file.

    Attributes
    ----------
    subjects : ids, (N,), in the order of their first row.
    index : position of the row's subject in `subjects`, (K,).
    time : of the record, (K,).
    evid : 0 sample, 1 dose, 2 other, 3 reset, 4 reset and dose, (K,).
    amount, rate, duration, interval : of doses, (K,); a rate of -1 or -2 stands for a rate or a
        duration that the model has as a parameter.
    compartment : number (from 1) or name of the state, (K,); "" for the model's own dose state.
    additional, steady_state : whole numbers, (K,); steady state 0 no, 1 replaces, 2 adds.
    lag, bioavailability : (K,); not a number where the table says nothing.
    missing : true where the measured value is missing, (K,).
    value : the measured value, (K,); not a number where there is none.
    covariates : further columns of numbers by name, (K,) each, gaps filled with the value before
        (or, at the start of a subject, after) them.
    ignored : names of further columns that are no numbers.
    """

    subjects: tuple[str, ...]
    index: Ints
    time: Floats
    evid: Ints
    amount: Floats
    rate: Floats
    duration: Floats
    compartment: tuple[str, ...]
    additional: Ints
    interval: Floats
    steady_state: Ints
    lag: Floats
    bioavailability: Floats
    missing: NDArray[np.bool_]
    value: Floats
    covariates: Mapping[str, Floats]
    ignored: tuple[str, ...]
    cells: Cells

    @property
    def is_dose(self) -> NDArray[np.bool_]:
        """True for rows that give something, (K,)."""
        return (self.evid == DOSE) | (self.evid == RESET_AND_DOSE)

    def place(self, row: int) -> Place:
        """Where a row stands in its file."""
        return self.cells.place(row)

    def sampling_times(self) -> tuple[Floats, ...]:
        """Times of the samples of each subject, ascending, each once."""
        sampled = self.evid == OBSERVATION
        return tuple(
            np.unique(self.time[sampled & (self.index == n)]) for n in range(len(self.subjects))
        )


def read_events(
    source: Path | str | pd.DataFrame, *, columns: Mapping[str, str] | None = None
) -> EventTable:
    """Read an event table from CSV, Parquet or a data frame.

    Columns are found by the names that NONMEM and the programs after it use: ID, TIME, EVID, AMT,
    RATE, DUR, CMT, ADDL, II, SS, MDV, DV, and LAG and F for a lag and a bioavailability that stand
    in the table. Only ID and TIME have to be there. Without EVID a row with an amount is a dose.

    Parameters
    ----------
    source : a path, ending in .parquet for Parquet, else CSV with a header; or a data frame.
    columns : name of the column by what it holds (keys as in `EVENT_COLUMNS`), where it has
        another name.

    Raises
    ------
    InputError
        With every problem of the table, each with line and column.
    StorageError
        When the file cannot be read.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"ID": [1, 1], "TIME": [0, 7], "EVID": [1, 0], "AMT": [450e6, 0]}
    >>> table = read_events(pd.DataFrame(rows))
    >>> table.subjects, table.amount[table.is_dose].tolist(), table.sampling_times()[0].tolist()
    (('1',), [450000000.0], [7.0])
    """
    cells = read_cells(source)
    places, others = _find_columns(cells, columns or {})
    if not cells.rows:
        raise InputError(Problem(what="the event table has no row", where=Place(file=cells.file)))
    problems: list[Problem] = []
    texts = {role: [row[place] for row in cells.rows] for role, place in places.items()}
    numbers: dict[str, Floats] = {}
    for role in EVENT_COLUMNS:
        if role in ("id", "compartment"):
            continue
        default = _DEFAULTS.get(role, 0.0)
        if role not in texts:
            numbers[role] = np.full(len(cells.rows), default)
            continue
        numbers[role] = _numbers(texts[role], role, default, cells, places[role], problems)
    check_present(texts, cells, places, problems)
    if "evid" not in places:
        numbers["evid"] = (numbers["amount"] > 0.0).astype(np.float64)
    compartment = tuple(
        "" if text.casefold() in (*MISSING, "0") else text
        for text in texts.get("compartment", [""] * len(cells.rows))
    )
    check_values(numbers, cells, places, problems)
    subjects, index = index_of_subjects(texts["id"], numbers, cells, places, problems)
    covariates, ignored = _covariates(cells, others, index)
    if problems:
        order = {line: k for k, line in enumerate(cells.lines or range(len(cells.rows)))}
        raise InputError(sorted(problems, key=lambda p: order.get(_line(p), 0)))
    whole = {role: numbers[role].astype(np.int64) for role in WHOLE}
    table: dict[str, Any] = {role: _read_only(values) for role, values in numbers.items()}
    table |= {role: _read_only(values) for role, values in whole.items()}
    table["missing"] = _read_only(whole["missing"] == 1)
    return EventTable(
        subjects=subjects,
        index=_read_only(index),
        compartment=compartment,
        covariates=covariates,
        ignored=ignored,
        cells=cells,
        **table,
    )


def _line(problem: Problem) -> int:
    return (problem.where.line or 0) if problem.where else 0


def _find_columns(cells: Cells, named: Mapping[str, str]) -> tuple[dict[str, int], dict[str, int]]:
    folded = [name.casefold() for name in cells.header]
    where = Place(file=cells.file, line=1 if cells.lines is not None else None)
    problems = [
        Problem(
            what=f"event tables have no {role!r} column",
            received=f"{role}={name}",
            allowed=", ".join(EVENT_COLUMNS),
        )
        for role, name in named.items()
        if role not in EVENT_COLUMNS
    ]
    problems += [
        Problem(what=f"the column {name!r} stands twice in the header", where=where)
        for place, name in enumerate(cells.header)
        if folded.index(name.casefold()) != place
    ]
    found: dict[str, int] = {}
    for role, usual in EVENT_COLUMNS.items():
        names = (named[role].casefold(),) if role in named else usual
        places = [folded.index(name) for name in names if name in folded]
        if places:
            found[role] = places[0]
        elif role in named or role in ("id", "time"):
            name = named.get(role, role.upper())
            near = near_misses(name, cells.header)
            problems.append(
                Problem(
                    what=f"the event table has no column {name!r}",
                    where=where,
                    received=", ".join(cells.header) or "an empty header",
                    fix=f"is it {near[0]!r}?" if near else None,
                )
            )
    if problems:
        raise InputError(problems)
    used = set(found.values())
    others = {name: k for k, name in enumerate(cells.header) if k not in used and name}
    return found, others


def _numbers(
    texts: list[str], role: str, default: float, cells: Cells, place: int, problems: list[Problem]
) -> Floats:
    values = np.full(len(texts), default)
    for row, text in enumerate(texts):
        if text.casefold() in MISSING:
            continue
        try:
            values[row] = float(text)
        except ValueError:
            values[row] = np.nan
        good = bool(np.isfinite(values[row]))
        if good and role in WHOLE and values[row] != int(values[row]):
            good = False
        if not good:
            # Nothing else shall be said of this cell: comparisons with it are false.
            values[row] = np.nan
            kind = "whole number" if role in WHOLE else "finite number"
            clock = role == "time" and ":" in text
            problems.append(
                Problem(
                    what=f"this is no {kind}",
                    where=cells.place(row, place),
                    received=repr(text),
                    fix="give the time as a number, not as a clock" if clock else None,
                )
            )
    return values


def _covariates(
    cells: Cells, others: Mapping[str, int], index: Ints
) -> tuple[dict[str, Floats], tuple[str, ...]]:
    found: dict[str, Floats] = {}
    ignored: list[str] = []
    for name, place in others.items():
        values = np.full(len(cells.rows), np.nan)
        try:
            for row, cells_of_row in enumerate(cells.rows):
                if cells_of_row[place].casefold() not in MISSING:
                    values[row] = float(cells_of_row[place])
        except ValueError:
            ignored.append(name)
            continue
        found[name] = _read_only(_carried(values, index))
    return found, tuple(ignored)


def _carried(values: Floats, index: Ints) -> Floats:
    """Gaps filled within each subject: forward, then backward at its start."""
    filled = values.copy()
    for rows in (range(1, len(values)), range(len(values) - 2, -1, -1)):
        step = 1 if rows.step > 0 else -1
        for row in rows:
            if np.isnan(filled[row]) and index[row] == index[row - step]:
                filled[row] = filled[row - step]
    return filled


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array
