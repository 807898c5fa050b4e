"""Profiles as one padded array, with the rules for values below the limit applied."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leucel.core import InputError, Problem
from leucel.data import Profiles
from leucel.nca.rules import BelowLimit, NcaRules


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curves:
    """Points of N subjects, padded to K columns; columns from `count` on hold no point.

    Attributes
    ----------
    time, value : (N, K); padding repeats the last point, so that it adds no area.
    measurable : (N, K) true for a value above the limit, false for padding.
    present : (N, K) false for padding.
    has_start : (N,) true when there is a point at time 0.
    still_measurable : (N,) true when the last sample taken was above the limit.
    """

    time: NDArray[np.float64]
    value: NDArray[np.float64]
    measurable: NDArray[np.bool_]
    present: NDArray[np.bool_]
    has_start: NDArray[np.bool_]
    still_measurable: NDArray[np.bool_]

    @property
    def any_measurable(self) -> NDArray[np.bool_]:
        """(N,) true when at least one value lies above the limit."""
        return np.any(self.measurable, axis=1, keepdims=True)[:, 0]

    def first_where(self, mask: NDArray[np.bool_]) -> NDArray[np.intp]:
        """(N,) first column in which `mask` is true (0 where it never is)."""
        return np.argmax(mask, axis=1)

    def last_where(self, mask: NDArray[np.bool_]) -> NDArray[np.intp]:
        """(N,) last column in which `mask` is true (the last column where it never is)."""
        return mask.shape[1] - 1 - np.argmax(mask[:, ::-1], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    index: NDArray[np.int64]
    time: NDArray[np.float64]
    value: NDArray[np.float64]
    measurable: NDArray[np.bool_]

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> _Rows:
        return _Rows(self.index[rows], self.time[rows], self.value[rows], self.measurable[rows])

    def with_zero_at_start(self, subjects: NDArray[np.intp]) -> _Rows:
        nothing = np.zeros(subjects.size)
        return _Rows(
            np.concatenate([self.index, subjects]),
            np.concatenate([self.time, nothing]),
            np.concatenate([self.value, nothing]),
            np.concatenate([self.measurable, np.zeros(subjects.size, dtype=np.bool_)]),
        )


def build_curves(profiles: Profiles, lloq: float | None, rules: NcaRules) -> Curves:
    """Apply the rules and pad. Samples taken before time 0 are left out."""
    n = len(profiles.subjects)
    after_dose = profiles.time >= 0.0
    index, time = profiles.index[after_dose], profiles.time[after_dose]
    value = profiles.value[after_dose]
    measurable = ~profiles.below_lloq[after_dose] & (value > 0.0)
    if lloq is not None:
        measurable &= value >= lloq
    below = ~measurable
    rows = np.arange(index.size)
    first, last = np.full(n, index.size), np.full(n, -1)
    np.minimum.at(first, index[measurable], rows[measurable])
    np.maximum.at(last, index[measurable], rows[measurable])
    regions: tuple[tuple[NDArray[np.bool_], BelowLimit], ...] = (
        (below & (rows < first[index]), rules.below_before),
        (below & (rows > first[index]) & (rows < last[index]), rules.below_between),
        (below & (rows > last[index]), rules.below_after),
    )
    kept, used = measurable.copy(), np.where(measurable, value, 0.0)
    for region, rule in regions:
        if rule != "drop":
            kept |= region
        if rule == "half":
            _demand_limit(lloq, region)
            used[region] = 0.5 * (lloq or 0.0)
    final_row = np.full(n, -1)
    np.maximum.at(final_row, index, rows)
    still = (final_row >= 0) & (final_row == last)
    starts = np.zeros(n, dtype=np.bool_)
    starts[index[kept & (time == 0.0)]] = True
    points = _Rows(index, time, used, measurable).take(kept)
    if rules.start == "zero":
        points = points.with_zero_at_start(np.flatnonzero(~starts))
        starts[:] = True
    return _padded(n, points, starts, still)


def _demand_limit(lloq: float | None, region: NDArray[np.bool_]) -> None:
    if lloq is None and bool(region.any()):
        raise InputError(
            Problem(
                what="values below the limit cannot count as half the limit",
                received="no limit of quantification",
                fix="give lloq, or the rule zero or drop",
            )
        )


def _padded(n: int, points: _Rows, starts: NDArray[np.bool_], still: NDArray[np.bool_]) -> Curves:
    points = points.take(np.lexsort((points.time, points.index)))
    counts = np.bincount(points.index, minlength=n)
    begins = np.concatenate([[0], np.cumsum(counts)[:-1]])
    width = max(int(counts.max(initial=0)), 1)
    columns = np.arange(width)[None, :]
    present = columns < counts[:, None]
    time = value = np.zeros((n, width))
    measurable = np.zeros((n, width), dtype=np.bool_)
    if points.index.size:
        last_point = np.maximum(counts - 1, 0)[:, None]
        rows = np.minimum(begins[:, None] + np.minimum(columns, last_point), points.index.size - 1)
        time, value = points.time[rows], points.value[rows]
        measurable = points.measurable[rows] & present
    return Curves(
        time=time,
        value=value,
        measurable=measurable,
        present=present,
        has_start=starts,
        still_measurable=still,
    )
