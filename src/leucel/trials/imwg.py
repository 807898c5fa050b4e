"""Where response is decided: serum M-protein criteria of the International Myeloma Working Group.

The criteria, as far as serum M-protein and the share of marrow plasma cells can tell:

=====  ==========================================================================================
CR     M-protein not detectable, and less than 5% plasma cells in the marrow
VGPR   M-protein at least 90% below baseline
PR     M-protein at least 50% below baseline
SD     none of the others
PD     M-protein at least 25% above its lowest value, and at least 5 g/L above it (10 g/L where the
       lowest value is 50 g/L or more)
=====  ==========================================================================================

A response holds when the next assessment shows it too, progression likewise. Stringent complete
response needs the free light chain ratio and clonal cells in the marrow: it is not told apart here
and counts as CR. Minimal response (25 to 49%) counts as SD. Urine, free light chains, plasmacytomas
and bone lesions are not simulated. Negative immunofixation is replaced by an M-protein below a
limit of detection in g/L.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leucel.core import InputError, Problem

_NOT_YET = np.inf


class Response(IntEnum):
    """Response categories; a greater number is a deeper response."""

    NE = 0
    PD = 1
    SD = 2
    PR = 3
    VGPR = 4
    CR = 5

    @property
    def meaning(self) -> str:
        """The category in words."""
        return _MEANINGS[self]


_MEANINGS = {
    Response.NE: "not evaluable",
    Response.PD: "progressive disease",
    Response.SD: "stable disease",
    Response.PR: "partial response",
    Response.VGPR: "very good partial response",
    Response.CR: "complete response or better",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImwgRules:
    """Limits of the criteria.

    Attributes
    ----------
    complete_below : M-protein that counts as not detectable lies below this [g/L].
    marrow_below : share of plasma cells in the marrow that CR needs to lie below.
    partial, very_good : reductions from baseline, 0 to 1.
    rise : relative rise from the lowest value that progression needs.
    rise_absolute : absolute rise that progression needs [g/L].
    high_value, rise_absolute_high : where the lowest value is `high_value` or more, the absolute
        rise has to be `rise_absolute_high` [g/L].

    References
    ----------
    Kumar S et al. Lancet Oncol 2016;17:e328-e346, doi:10.1016/S1470-2045(16)30206-6. Readable table
    of the same criteria: Curr Oncol 2023;30:2322, Table 1, doi:10.3390/curroncol30020179.
    """

    complete_below: float
    marrow_below: float = 0.05
    partial: float = 0.50
    very_good: float = 0.90
    rise: float = 0.25
    rise_absolute: float = 5.0
    high_value: float = 50.0
    rise_absolute_high: float = 10.0

    def __post_init__(self) -> None:
        if not self.complete_below > 0.0:
            raise InputError(
                Problem(
                    what="the limit below which M-protein counts as not detectable is out of range",
                    received=repr(self.complete_below),
                    allowed="a number above 0 in g/L",
                )
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImwgCourse:
    """Response of N patients at T assessments; all days since infusion.

    Attributes
    ----------
    days : (T,) assessments.
    status : (N, T) confirmed `Response` at each assessment; NE where the assessment is missing, PD
        from progression on.
    best : (N,) best confirmed response before progression.
    response_day : (N,) first assessment of a confirmed PR or better; infinity when there is none.
    complete_day : (N,) the same for CR.
    best_day : (N,) first assessment of the best response; infinity without response.
    progression_day : (N,) first assessment of confirmed progression; infinity when there is none.
    last_day : (N,) last assessment with a value; 0 when there is none.
    """

    days: NDArray[np.float64]
    status: NDArray[np.int8]
    best: NDArray[np.int8]
    response_day: NDArray[np.float64]
    complete_day: NDArray[np.float64]
    best_day: NDArray[np.float64]
    progression_day: NDArray[np.float64]
    last_day: NDArray[np.float64]

    @property
    def responder(self) -> NDArray[np.bool_]:
        """(N,) true for a confirmed PR or better."""
        return self.best >= Response.PR

    @property
    def evaluable(self) -> NDArray[np.bool_]:
        """(N,) true when at least one assessment has a value."""
        return self.best != Response.NE


def imwg_response(
    days: ArrayLike,
    m_protein: ArrayLike,
    baseline: ArrayLike,
    *,
    rules: ImwgRules,
    marrow_share: ArrayLike | None = None,
) -> ImwgCourse:
    """Decide the response of each patient at each assessment.

    Parameters
    ----------
    days : (T,) days of the assessments, increasing, after infusion.
    m_protein : (N, T) serum M-protein [g/L]; NaN for a missed assessment.
    baseline : (N,) serum M-protein before infusion [g/L], above 0.
    rules : limits of the criteria.
    marrow_share : (N, T) share of plasma cells in the marrow; CR is not withheld for it when it is
        not given or NaN.

    Raises
    ------
    InputError
        For shapes that do not fit, days that do not increase, a baseline that is not above 0, a
        negative or infinite M-protein.

    Notes
    -----
    The lowest value is taken over the baseline and all earlier assessments. A missed assessment is
    skipped: the next one that took place confirms or refutes. The last assessment confirms its
    predecessor and stays unconfirmed itself. Responses after progression do not count.

    Examples
    --------
    >>> course = imwg_response(
    ...     [28, 56, 84, 112, 140], [[9.0, 1.0, 0.0, 6.0, 8.0]], [20.0],
    ...     rules=ImwgRules(complete_below=0.1))
    >>> Response(int(course.best[0])).name, float(course.progression_day[0])
    ('VGPR', 112.0)
    """
    grid, values, start, marrow = _checked(days, m_protein, baseline, marrow_share)
    subjects, visits = values.shape
    seen = ~np.isnan(values)
    depth = _depth(values, start, marrow, rules)
    lowest = np.minimum(start[:, None], _lowest_before(values))
    rises = _rises(values, lowest, rules)
    following = _next_seen(seen)
    rows = np.arange(subjects)

    status = np.full((subjects, visits), Response.NE, dtype=np.int8)
    progression = np.full(subjects, _NOT_YET)
    for visit in range(visits):
        there = seen[:, visit]
        has_next = there & (following[:, visit] < visits)
        nxt = np.minimum(following[:, visit], visits - 1)
        rises_again = has_next & _exceeds(values[rows, nxt], lowest[:, visit], rules)
        progressing = there & rises[:, visit] & rises_again & np.isinf(progression)
        progression[progressing] = grid[visit]
        # A confirming assessment shows at least this depth and no progression of its own.
        confirmed = np.where(
            has_next & ~rises[:, visit] & ~rises[rows, nxt],
            np.minimum(depth[:, visit], depth[rows, nxt]),
            Response.SD,
        )
        now = np.where(progression <= grid[visit], Response.PD, confirmed)
        status[:, visit] = np.where(there, now, Response.NE)
    return _course(grid, status, progression, seen)


def _depth(
    values: NDArray[np.float64],
    baseline: NDArray[np.float64],
    marrow: NDArray[np.float64] | None,
    rules: ImwgRules,
) -> NDArray[np.int8]:
    """Depth of response at each assessment by itself, (N, T); at least SD."""
    relative = values / baseline[:, None]
    # A reduction of exactly 50% (90%) is a PR (VGPR); 1 - 0.9 is not exact in binary.
    partial = relative <= (1.0 - rules.partial) * (1.0 + 1e-12)
    very_good = relative <= (1.0 - rules.very_good) * (1.0 + 1e-12)
    complete = values < rules.complete_below
    if marrow is not None:
        complete = complete & ~(marrow >= rules.marrow_below)
    # From a baseline near the limit of detection an undetectable value is also a PR by reduction.
    depth = np.full(values.shape, Response.SD, dtype=np.int8)
    depth[partial] = Response.PR
    depth[very_good] = Response.VGPR
    depth[complete & partial] = Response.CR
    return depth


def _lowest_before(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lowest value of the earlier assessments, (N, T); infinity where there is none."""
    filled = np.where(np.isnan(values), np.inf, values)
    lowest = np.minimum.accumulate(filled, axis=1)
    return np.concatenate([np.full((len(values), 1), np.inf), lowest[:, :-1]], axis=1)


def _exceeds(
    values: NDArray[np.float64], lowest: NDArray[np.float64], rules: ImwgRules
) -> NDArray[np.bool_]:
    absolute = np.where(lowest >= rules.high_value, rules.rise_absolute_high, rules.rise_absolute)
    return (values >= (1.0 + rules.rise) * lowest) & (values - lowest >= absolute)


def _rises(
    values: NDArray[np.float64], lowest: NDArray[np.float64], rules: ImwgRules
) -> NDArray[np.bool_]:
    return _exceeds(np.where(np.isnan(values), -np.inf, values), lowest, rules)


def _next_seen(seen: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Position of the next assessment that took place, (N, T); T where there is none."""
    subjects, visits = seen.shape
    following = np.full((subjects, visits), visits, dtype=np.intp)
    nearest = np.full(subjects, visits, dtype=np.intp)
    for visit in range(visits - 1, -1, -1):
        following[:, visit] = nearest
        nearest = np.where(seen[:, visit], visit, nearest)
    return following


def _course(
    grid: NDArray[np.float64],
    status: NDArray[np.int8],
    progression: NDArray[np.float64],
    seen: NDArray[np.bool_],
) -> ImwgCourse:
    best = status.max(axis=1, initial=Response.NE).astype(np.int8)

    def first(reached: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.where(reached.any(axis=1), grid[np.argmax(reached, axis=1)], _NOT_YET)

    deepest = (status == best[:, None]) & (best[:, None] >= Response.PR)
    last = np.where(seen, grid[None, :], 0.0).max(axis=1, initial=0.0)
    course = ImwgCourse(
        days=grid,
        status=status,
        best=best,
        response_day=first(status >= Response.PR),
        complete_day=first(status >= Response.CR),
        best_day=first(deepest),
        progression_day=progression,
        last_day=last,
    )
    for name in ("days", "status", "best", "response_day", "complete_day", "best_day"):
        getattr(course, name).flags.writeable = False
    return course


def _checked(
    days: ArrayLike, m_protein: ArrayLike, baseline: ArrayLike, marrow_share: ArrayLike | None
) -> tuple[
    NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64] | None
]:
    grid = np.array(days, dtype=np.float64)
    values = np.array(m_protein, dtype=np.float64)
    start = np.array(baseline, dtype=np.float64)
    marrow = None if marrow_share is None else np.array(marrow_share, dtype=np.float64)
    problems: list[Problem] = []
    if grid.ndim != 1 or grid.size == 0 or values.shape != (start.size, grid.size):
        problems.append(
            Problem(
                what="assessments, values and baselines do not fit together",
                received=f"{grid.size} days, values {values.shape}, {start.size} baselines",
                allowed="at least one day, values (N, T), baselines (N,)",
            )
        )
    elif marrow is not None and marrow.shape != values.shape:
        problems.append(
            Problem(
                what="the shares of plasma cells do not fit the assessments",
                received=f"{marrow.shape}",
                allowed=f"{values.shape}",
            )
        )
    if not bool(np.all(np.diff(grid) > 0.0)) or not bool(np.all(grid > 0.0)):
        problems.append(
            Problem(what="days of assessments must increase", allowed="days after infusion")
        )
    if not bool(np.all(np.isfinite(start) & (start > 0.0))):
        problems.append(
            Problem(
                what="a baseline M-protein is missing or not above 0",
                fix="leave out patients without measurable M-protein: their response needs free"
                " light chains, which are not simulated",
            )
        )
    if bool(np.any((values < 0.0) | np.isinf(values))):
        problems.append(Problem(what="an M-protein is negative or infinite"))
    if problems:
        raise InputError(problems)
    return grid, values, start, marrow
