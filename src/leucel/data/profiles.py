"""Measured or simulated courses of one quantity in many subjects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leucel.core import InputError, Place, Problem

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profiles:
    """Values over time of N subjects, K rows in all, ordered by subject and time.

    Attributes
    ----------
    subjects : (N,) ids, in the order of their first row.
    index : (K,) position of the row's subject in `subjects`.
    time : (K,) time since the dose, in `time_unit`.
    value : (K,) value in `value_unit`; where `below_lloq` is true it is the limit, or NaN when the
        limit is not known.
    below_lloq : (K,) true where the value lies below the limit of quantification.
    """

    subjects: tuple[str, ...]
    index: NDArray[np.int64]
    time: NDArray[np.float64]
    value: NDArray[np.float64]
    below_lloq: NDArray[np.bool_]
    time_unit: str = "day"
    value_unit: str = "copies/ug"

    @property
    def counts(self) -> NDArray[np.int64]:
        """(N,) rows of each subject."""
        return np.bincount(self.index, minlength=len(self.subjects))

    def to_frame(self) -> pd.DataFrame:
        """The rows as a table with the columns id, time, value, unit, below_lloq."""
        import pandas as pd

        names = np.asarray(self.subjects, dtype=object)
        return pd.DataFrame(
            {
                "id": names[self.index],
                "time": self.time,
                "value": self.value,
                "unit": self.value_unit,
                "below_lloq": self.below_lloq,
            }
        )


def profiles_from_arrays(
    subject: Sequence[object] | NDArray[np.generic],
    time: ArrayLike,
    value: ArrayLike,
    below_lloq: ArrayLike | None = None,
    *,
    time_unit: str = "day",
    value_unit: str = "copies/ug",
    lines: Sequence[int] | None = None,
    file: str | None = None,
) -> Profiles:
    """Build profiles from rows in any order.

    Parameters
    ----------
    subject : (K,) ids; numbers and texts are both read as texts.
    time : (K,) time since the dose; negative before it.
    value : (K,) values from 0 up; NaN only where `below_lloq` is true.
    below_lloq : (K,) true where the value lies below the limit of quantification.
    time_unit, value_unit : units of the two.
    lines, file : where the rows come from, for errors.

    Raises
    ------
    InputError
        With every problem: unequal lengths, no rows, missing, negative or infinite numbers, two
        rows of one subject at one time.

    Examples
    --------
    >>> rows = profiles_from_arrays(["a", "b", "a"], [7, 0, 0], [100.0, 5.0, 3.0])
    >>> rows.subjects, rows.time.tolist()
    (('a', 'b'), [0.0, 7.0, 0.0])
    """
    ids = [str(each) for each in subject]
    times = np.asarray(time, dtype=np.float64).ravel()
    values = np.asarray(value, dtype=np.float64).ravel()
    below = (
        np.zeros(values.size, dtype=np.bool_)
        if below_lloq is None
        else np.asarray(below_lloq, dtype=np.bool_).ravel()
    )
    if len({len(ids), times.size, values.size, below.size}) != 1 or not ids:
        raise InputError(
            Problem(
                what="the columns of the profiles do not fit together",
                received=(
                    f"{len(ids)} subjects, {times.size} times, {values.size} values, "
                    f"{below.size} marks below the limit"
                ),
                allowed="at least one row, the same number of each",
            )
        )

    def place(row: int) -> Place:
        return Place(file=file, line=lines[row]) if lines is not None else Place(key=f"row {row}")

    problems = [
        Problem(what="the time is missing or infinite", where=place(int(row)))
        for row in np.flatnonzero(~np.isfinite(times))
    ]
    bad_value = np.where(
        below, np.isinf(values) | (values < 0), ~np.isfinite(values) | (values < 0)
    )
    problems.extend(
        Problem(
            what="the value is negative, infinite or missing",
            where=place(int(row)),
            received=repr(float(values[row])),
            fix="mark a value below the limit of quantification as such",
        )
        for row in np.flatnonzero(bad_value)
    )
    position = {name: number for number, name in enumerate(dict.fromkeys(ids))}
    index = np.asarray([position[name] for name in ids], dtype=np.int64)
    order = np.lexsort((times, index))
    same = (np.diff(index[order]) == 0) & (np.diff(times[order]) == 0)
    problems.extend(
        Problem(
            what=f"subject {ids[int(order[row])]!r} has two values at one time",
            where=place(int(order[row + 1])),
            received=f"time {times[order[row]]:g}, first seen at {place(int(order[row]))}",
            fix="keep one of them, or their mean",
        )
        for row in np.flatnonzero(same)
    )
    if problems:
        raise InputError(problems)
    return Profiles(
        subjects=tuple(position),
        index=_read_only(index[order]),
        time=_read_only(times[order]),
        value=_read_only(values[order]),
        below_lloq=_read_only(below[order]),
        time_unit=time_unit,
        value_unit=value_unit,
    )


def profiles_from_matrix(
    times: ArrayLike,
    values: ArrayLike,
    *,
    lloq: float | None = None,
    subjects: Sequence[object] | None = None,
    time_unit: str = "day",
    value_unit: str = "copies/ug",
) -> Profiles:
    """Build profiles from simulated courses on common times.

    Parameters
    ----------
    times : (T,) increasing times.
    values : (N, T) values; a NaN (a simulation that failed) drops the row.
    lloq : limit of quantification; values below it are marked.
    subjects : (N,) ids; positions from 0 when not given.

    Raises
    ------
    InputError
        When shapes do not fit, times do not increase, or no value is left.

    Examples
    --------
    >>> profiles_from_matrix([0, 1], [[1.0, 90.0]], lloq=50.0).below_lloq.tolist()
    [True, False]
    """
    grid = np.asarray(times, dtype=np.float64)
    table = np.asarray(values, dtype=np.float64)
    names = [str(each) for each in (range(len(table)) if subjects is None else subjects)]
    fits = table.ndim == 2 and grid.ndim == 1 and table.shape == (len(names), grid.size)
    if not fits or len(set(names)) != len(names) or not bool(np.all(np.diff(grid) > 0)):
        raise InputError(
            Problem(
                what="the simulated courses do not fit their times or subjects",
                received=f"values {table.shape}, {grid.size} times, {len(names)} subjects",
                allowed="values (N, T), T increasing times, N different subjects",
            )
        )
    known = ~np.isnan(table)
    if not known.any():
        raise InputError(Problem(what="there is no value in these courses", received="only NaN"))
    if bool(np.any(table[known] < 0)) or not bool(np.all(np.isfinite(table[known]))):
        raise InputError(Problem(what="a simulated course has a negative or infinite value"))
    kept = table[known]
    below = np.zeros(kept.size, dtype=np.bool_) if lloq is None else kept < lloq
    return Profiles(
        subjects=tuple(names),
        index=_read_only(np.nonzero(known)[0].astype(np.int64)),
        time=_read_only(np.broadcast_to(grid, table.shape)[known]),
        value=_read_only(kept if lloq is None else np.where(below, lloq, kept)),
        below_lloq=_read_only(below),
        time_unit=time_unit,
        value_unit=value_unit,
    )


def _read_only(array: NDArray) -> NDArray:  # pyright: ignore[reportMissingTypeArgument]
    array = np.ascontiguousarray(array)
    array.flags.writeable = False
    return array
