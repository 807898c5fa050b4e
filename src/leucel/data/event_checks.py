"""Checks of event tables: each fault with its row and column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from leucel.core import Problem
from leucel.data.event_cells import Cells

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OBSERVATION, DOSE, OTHER, RESET, RESET_AND_DOSE = range(5)
MODELED_RATE, MODELED_DURATION = -1.0, -2.0
MISSING: Final = frozenset({"", ".", "na", "nan", "null", "none"})
WHOLE: Final = ("evid", "additional", "steady_state", "missing")


def check_present(
    texts: Mapping[str, list[str]],
    cells: Cells,
    places: Mapping[str, int],
    problems: list[Problem],
) -> None:
    """Every row has a subject and a time."""
    for role, noun in (("id", "subject"), ("time", "time")):
        for row, text in enumerate(texts[role]):
            if text.casefold() in MISSING:
                problems.append(
                    Problem(what=f"the row has no {noun}", where=cells.place(row, places[role]))
                )


def check_values(
    numbers: Mapping[str, Floats],
    cells: Cells,
    places: Mapping[str, int],
    problems: list[Problem],
) -> None:
    """What a cell may hold, alone and beside the others of its row."""
    evid, amount, rate = numbers["evid"], numbers["amount"], numbers["rate"]
    duration, interval = numbers["duration"], numbers["interval"]
    additional, steady = numbers["additional"], numbers["steady_state"]
    gives = (evid == DOSE) | (evid == RESET_AND_DOSE)
    modeled = (rate == MODELED_RATE) | (rate == MODELED_DURATION)
    endless = (steady > 0) & (amount == 0.0) & (rate > 0.0)
    with np.errstate(invalid="ignore"):
        checks: tuple[tuple[str, NDArray[np.bool_], str, str | None], ...] = (
            ("time", numbers["time"] < 0.0, "a record lies before the start", "0 or later"),
            ("evid", (evid < 0) | (evid > 4), "this kind of record is not known", "0, 1, 2, 3, 4"),
            ("missing", (numbers["missing"] < 0) | (numbers["missing"] > 1), "MDV", "0 or 1"),
            ("amount", amount < 0.0, "the amount is negative", "0 or more"),
            (
                "amount",
                gives & (amount == 0.0) & ~endless & ~modeled,
                "a dose has no amount",
                "an amount above 0, or SS=1 with a rate for an infusion without end",
            ),
            (
                "amount",
                (evid == OBSERVATION) & (amount > 0.0),
                "a sample carries an amount",
                "EVID 1 for a dose",
            ),
            ("rate", (rate < 0.0) & ~modeled, "the rate is negative", "0 or more; -1; -2"),
            ("duration", duration < 0.0, "the duration is negative", "0 or more"),
            (
                "duration",
                gives & (duration > 0.0) & (rate != 0.0) & (rate != MODELED_DURATION),
                "a dose has both a rate and a duration",
                "one of them",
            ),
            ("additional", additional < 0, "the number of further doses is negative", "0 or more"),
            ("interval", interval < 0.0, "the interval is negative", "0 or more"),
            (
                "interval",
                gives & (interval == 0.0) & ((additional > 0) | ((steady > 0) & ~endless)),
                "a dose is repeated without an interval",
                "II above 0 where there is ADDL or SS",
            ),
            (
                "steady_state",
                (steady < 0) | (steady > 2),
                "this kind of steady state is not known",
                "0, 1 or 2",
            ),
            ("lag", numbers["lag"] < 0.0, "the lag is negative", "0 or more"),
            ("bioavailability", numbers["bioavailability"] < 0.0, "F is negative", "0 or more"),
        )
    for role, wrong, what, allowed in checks:
        for row in np.flatnonzero(wrong):
            place = places.get(role)
            received = f"{numbers[role][row]:g}" if place is not None else None
            problems.append(
                Problem(
                    what=what
                    if what != "MDV"
                    else "the mark of a missing value is neither 0 nor 1",
                    where=cells.place(int(row), place),
                    received=received,
                    allowed=allowed,
                )
            )


def index_of_subjects(
    ids: list[str],
    numbers: Mapping[str, Floats],
    cells: Cells,
    places: Mapping[str, int],
    problems: list[Problem],
) -> tuple[tuple[str, ...], Ints]:
    """Subjects in the order of their first row, and the position of each row's own."""
    position: dict[str, int] = {}
    index = np.empty(len(ids), dtype=np.int64)
    time, evid = numbers["time"], numbers["evid"]
    for row, name in enumerate(ids):
        again = name in position
        index[row] = position.setdefault(name, len(position))
        if row and again and ids[row - 1] != name:
            problems.append(
                Problem(
                    what=f"rows of subject {name!r} stand apart",
                    where=cells.place(row, places["id"]),
                    fix="sort the table by subject and time",
                )
            )
        elif row and again and time[row] < time[row - 1]:
            late = evid[row] in (RESET, RESET_AND_DOSE)
            problems.append(
                Problem(
                    what="the records of a subject are not sorted by time",
                    where=cells.place(row, places["time"]),
                    received=f"{time[row]:g} after {time[row - 1]:g}",
                    fix="a reset does not set the clock back: go on counting" if late else None,
                    allowed="ascending times",
                )
            )
    return tuple(position), index
