"""Lines of therapy: who is lost after each line, kept apart from how long each line lasts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from leucel.core import Evidence, InputError, Kind, Mark, Problem
from leucel.epidemiology.funnel import TREATED_SHARE
from leucel.epidemiology.tables import read_rows

MONTHS_A_LINE = Evidence(
    value=9.3,
    unit="month",
    source="kumar_2017",
    mark=Mark.DERIVED,
    kind=Kind.DERIVED,
    note="median of 3.1 years from diagnosis over a median of 4 prior lines; the split between "
    "lines is not known, each is given the same time",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of therapy.

    Attributes
    ----------
    number : 1 for the first line.
    months : mean time from its start to the start of the next one, above 0.
    lost : share of the patients whose disease progressed who get no further line.
    """

    number: int
    months: float
    lost: float

    def __post_init__(self) -> None:
        if not (self.months > 0 and 0 <= self.lost <= 1):
            raise InputError(
                Problem(
                    what=f"time or attrition of line {self.number} is out of range",
                    received=f"{self.months:g} months, {self.lost:g} lost",
                    allowed="above 0 months, 0 to 1 lost",
                )
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFlow:
    """Patients at one line in a steady state.

    Attributes
    ----------
    number : the line.
    starting : patients who start it in a year.
    on_line : patients between its start and the start of the next line (stock).
    years_from_diagnosis : mean time from diagnosis to its start.
    share : of the patients who started line 1.
    """

    number: int
    starting: float
    on_line: float
    years_from_diagnosis: float
    share: float


@cache
def registry_lines(*, transplant: bool, months: float = MONTHS_A_LINE.number) -> tuple[Line, ...]:
    """Three lines with the attrition given progression of the Canadian registry.

    Parameters
    ----------
    transplant : patients with or without a transplant in the first line.
    months : mean time on each line.

    Examples
    --------
    >>> [line.lost for line in registry_lines(transplant=True)]
    [0.07, 0.12, 0.23]
    """
    name = "cmrg_transplant" if transplant else "cmrg_no_transplant"
    row = next(row for row in read_rows("line_attrition.csv") if row["id"] == name)
    return tuple(
        Line(number=n, months=months, lost=float(row[f"lost_after_{n}"]) / 100) for n in (1, 2, 3)
    )


def follow_lines(
    cases: float,
    lines: Sequence[Line],
    *,
    treated_share: float = TREATED_SHARE.number,
    growth: float = 0.0,
) -> tuple[LineFlow, ...]:
    """Flow into each line and stock on it, the line after the last one included.

    Patients who start line k today were diagnosed the time of the lines before ago, when there
    were fewer cases: attrition sets the share, time on line sets stock and delay.

    Parameters
    ----------
    cases : new cases a year, today.
    lines : lines in order, from the first.
    treated_share : share of the diagnosed who start line 1.
    growth : yearly growth of the cases.

    Returns
    -------
    One entry for each line and a last one with no stock: the patients who start the next line.

    Raises
    ------
    InputError : lines out of order, shares out of range, negative cases.

    Examples
    --------
    >>> flows = follow_lines(300, registry_lines(transplant=True))
    >>> [round(flow.starting) for flow in flows], round(flows[-1].share, 2)
    ([285, 265, 233, 180], 0.63)
    """
    problems: list[Problem] = []
    if [line.number for line in lines] != list(range(1, len(lines) + 1)) or not lines:
        problems.append(
            Problem(
                what="lines of therapy are numbered from 1 without gaps",
                received=", ".join(str(line.number) for line in lines) or "none",
            )
        )
    if not (math.isfinite(cases) and cases >= 0 and 0 <= treated_share <= 1 and growth > -1):
        problems.append(
            Problem(
                what="cases, treated share or growth are out of range",
                received=f"{cases:g}, {treated_share:g}, {growth:g}",
                allowed="from 0, 0 to 1, above -1",
            )
        )
    if problems:
        raise InputError(problems)
    found: list[LineFlow] = []
    share, years = 1.0, 0.0
    for line in lines:
        starting = cases * treated_share * share * (1.0 + growth) ** -years
        found.append(
            LineFlow(
                number=line.number,
                starting=starting,
                on_line=starting * line.months / 12.0,
                years_from_diagnosis=years,
                share=share,
            )
        )
        share *= 1.0 - line.lost
        years += line.months / 12.0
    found.append(
        LineFlow(
            number=len(lines) + 1,
            starting=cases * treated_share * share * (1.0 + growth) ** -years,
            on_line=0.0,
            years_from_diagnosis=years,
            share=share,
        )
    )
    return tuple(found)
