"""How fast prevalence has grown, to carry a published figure to another day."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date

from leucel.core import Evidence, InputError, Kind, Mark, Problem

_YEAR = re.compile(r"\d{4}")
_DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True, kw_only=True)
class YearlyGrowth:
    """Growth of a prevalence, fraction a year, with the bracket that sources allow.

    Attributes
    ----------
    low, point, high : above -1; 0.03 is 3% a year.
    evidence : one entry for each of the figures behind it.

    Examples
    --------
    >>> growth = YearlyGrowth(low=0.0, point=0.02, high=0.05)
    >>> [round(growth.factor(rate, 10), 2) for rate in (growth.low, growth.point, growth.high)]
    [1.0, 1.22, 1.63]
    """

    low: float
    point: float
    high: float
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        if not -1 < self.low <= self.point <= self.high < math.inf:
            raise InputError(
                Problem(
                    what="the bracket of a yearly growth is out of order",
                    received=f"{self.low:g} - {self.point:g} - {self.high:g}",
                    allowed="-1 < low <= point <= high",
                )
            )

    @staticmethod
    def factor(rate: float, years: float) -> float:
        """What a value is multiplied with after `years` at a yearly rate."""
        return (1.0 + rate) ** years


def yearly_growth(first: float, second: float, years: float) -> float:
    """Constant yearly growth between two values.

    Examples
    --------
    >>> round(yearly_growth(1.2, 3.6, 16), 4)
    0.0711
    """
    if not (first > 0 and second > 0 and years > 0):
        raise InputError(
            Problem(
                what="a growth needs two values above 0 and a time between them",
                received=f"{first:g}, {second:g}, {years:g} years",
            )
        )
    return (second / first) ** (1.0 / years) - 1.0


def middle_of(year: str) -> float:
    """Middle of a year or of a period, as a decimal year.

    Examples
    --------
    >>> middle_of("2020"), middle_of("2012-2016")
    (2020.5, 2014.5)
    """
    years = [int(text) for text in _YEAR.findall(year)]
    if not years:
        raise InputError(
            Problem(what="no year in the date of a figure", received=repr(year), allowed="YYYY")
        )
    return (min(years) + max(years)) / 2.0 + 0.5


def years_between(year: str, day: date) -> float:
    """Years from the middle of a year or period to a day; negative when the day lies before."""
    start = date(day.year, 1, 1)
    return day.year + (day - start).days / _DAYS_A_YEAR - middle_of(year)


PREVALENCE_GROWTH = YearlyGrowth(
    low=0.0,
    point=yearly_growth(3.6, 4.0, 4),
    high=yearly_growth(1.2, 3.6, 16),
    evidence=(
        Evidence(
            value=0.0,
            unit="fraction a year",
            mark=Mark.OWN_VALUE,
            kind=Kind.ASSUMED,
            note="lower end: the published figure unchanged; no source shows a fall",
        ),
        Evidence(
            value=0.027,
            unit="fraction a year",
            source="ema_eu_3_20_2252",
            mark=Mark.DERIVED,
            kind=Kind.DERIVED,
            note="accepted by the COMP: 3.6 per 10,000 about 2016, 4 in 2020",
        ),
        Evidence(
            value=0.036,
            unit="fraction a year",
            source="webmd_myeloma",
            mark=Mark.DERIVED,
            kind=Kind.DERIVED,
            note="people living with myeloma in the USA: 128,969 in 2020, 138,415 in 2022",
        ),
        Evidence(
            value=0.039,
            unit="fraction a year",
            source="luo_2024",
            mark=Mark.DERIVED,
            kind=Kind.DERIVED,
            note="30-year prevalence of Australia: 10,288 in 2018, 27,093 projected for 2043",
        ),
        Evidence(
            value=0.071,
            unit="fraction a year",
            source="polsinelli_2017",
            mark=Mark.DERIVED,
            kind=Kind.DERIVED,
            note="accepted by the COMP: 1.2 per 10,000 about 2000, 3.6 about 2016",
        ),
    ),
)
"""Growth of accepted and registered prevalence of myeloma, 0 to 7.1% a year."""
