"""Rates that know their scale: a crude rate never meets an age-standardized one unnoticed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum

from leucel.core import Evidence, InputError, Problem, ScaleError

# Published rates are rounded; a value further than this from numerator / denominator is a slip.
_ROUNDING = 0.06


class Measure(Enum):
    """What is counted."""

    INCIDENCE = "incidence"
    LIMITED_PREVALENCE = "limited_prevalence"
    COMPLETE_PREVALENCE = "complete_prevalence"
    MORTALITY = "mortality"

    @property
    def is_prevalence(self) -> bool:
        """True for people alive with the disease, false for events in a period."""
        return self in (Measure.LIMITED_PREVALENCE, Measure.COMPLETE_PREVALENCE)


@dataclass(frozen=True, slots=True)
class Crude:
    """Counted people divided by the people who live there."""

    @property
    def label(self) -> str:
        """The scale in words."""
        return "crude"


@dataclass(frozen=True, slots=True)
class AgeStandardized:
    """What the rate would be if the population had the age mix of `standard`.

    `standard` names a column of `standard_names()`, for example "segi_doll_world".
    """

    standard: str = "segi_doll_world"

    @property
    def label(self) -> str:
        """The scale in words."""
        return f"age-standardized ({self.standard})"


Scale = Crude | AgeStandardized


def scale_from_text(text: str) -> Scale:
    """Scale written as "crude" or "age_standardized:STANDARD".

    Examples
    --------
    >>> scale_from_text("age_standardized:segi_doll_world")
    AgeStandardized(standard='segi_doll_world')
    """
    head, _, standard = text.strip().replace("-", "_").partition(":")
    if head == "crude" and not standard:
        return Crude()
    if head == "age_standardized":
        return AgeStandardized(standard or "segi_doll_world")
    raise InputError(
        Problem(
            what="unknown scale of a rate",
            received=repr(text),
            allowed='"crude" or "age_standardized:STANDARD"',
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A rate or proportion with all that is needed to compare it honestly.

    Attributes
    ----------
    measure : incidence, N-year prevalence, complete prevalence or mortality.
    scale : `Crude()` or `AgeStandardized(standard)`.
    value : events (a year) or people per `per` people; at least 0.
    per : size of the reference group, for example 100,000 or 10,000.
    window_years : N of an N-year prevalence, else None.
    numerator, denominator : counts behind a crude rate, where known.
    area : ISO code or block.
    population : source and revision of the denominator ("WPP 2019").
    codes : disease codes counted ("C90", "C88").
    sex, ages, year : who and when, as text.
    low, high : 95% limits, where known.
    evidence : where the value comes from.
    lower_bound : True when the count may leave people out (window of a registry not stated).

    Raises
    ------
    InputError : negative or non-finite values, a window that does not fit the measure, limits that
        do not hold the value, a value far from numerator / denominator.

    Examples
    --------
    >>> quoted = Rate(measure=Measure.INCIDENCE, scale=AgeStandardized(), value=1.8, area="WLD")
    >>> alive = Rate(measure=Measure.LIMITED_PREVALENCE, window_years=5, scale=Crude(), value=6.8)
    >>> alive / quoted
    Traceback (most recent call last):
    leucel.core.errors.ScaleError: ...
    """

    measure: Measure
    scale: Scale
    value: float
    per: float = 100_000.0
    window_years: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    area: str = ""
    population: str = ""
    codes: tuple[str, ...] = ()
    sex: str = "both"
    ages: str = "all"
    year: str = ""
    low: float | None = None
    high: float | None = None
    evidence: Evidence | None = None
    lower_bound: bool = False

    def __post_init__(self) -> None:
        problems = tuple(_faults(self))
        if problems:
            raise InputError(problems)

    @property
    def label(self) -> str:
        """The rate in words, scale included."""
        window = f"{self.window_years:g}-year prevalence" if self.window_years else None
        what = window or self.measure.value.replace("_", " ")
        where = f" of {self.area}" if self.area else ""
        when = f" {self.year}" if self.year else ""
        return f"{self.value:g} per {self.per:,.0f} ({what}{where}{when}, {self.scale.label})"

    @property
    def fraction(self) -> float:
        """The rate per person."""
        return self.value / self.per

    def rescaled(self, per: float) -> Rate:
        """The same rate per another number of people.

        Examples
        --------
        >>> Rate(measure=Measure.INCIDENCE, scale=Crude(), value=6.8).rescaled(10_000).value
        0.68
        """
        factor = per / self.per
        return replace(
            self,
            per=per,
            value=round(self.value * factor, 15),
            low=None if self.low is None else self.low * factor,
            high=None if self.high is None else self.high * factor,
        )

    def __add__(self, other: Rate) -> Rate:
        return self._combined(other, +1.0, "added")

    def __sub__(self, other: Rate) -> Rate:
        return self._combined(other, -1.0, "subtracted")

    def __truediv__(self, other: Rate) -> float:
        """Ratio; prevalence over incidence is a duration in years."""
        require_same_scale(self, other, action="divided")
        if other.value == 0.0:
            raise InputError(Problem(what="division by a rate of zero", received=other.label))
        return self.fraction / other.fraction

    def __lt__(self, other: Rate) -> bool:
        return self._ordered(other) < 0.0

    def __le__(self, other: Rate) -> bool:
        return self._ordered(other) <= 0.0

    def __gt__(self, other: Rate) -> bool:
        return self._ordered(other) > 0.0

    def __ge__(self, other: Rate) -> bool:
        return self._ordered(other) >= 0.0

    def _ordered(self, other: Rate) -> float:
        require_same_scale(self, other, action="compared")
        _require_same(self, other, ("measure", "window_years"), action="compared")
        return self.fraction - other.fraction

    def _combined(self, other: Rate, sign: float, action: str) -> Rate:
        require_same_scale(self, other, action=action)
        # Only rates over one and the same denominator add up; rates of two groups do not.
        same = ("measure", "window_years", "area", "year", "sex", "ages", "population")
        _require_same(self, other, same, action=action)
        second = other.rescaled(self.per)
        counts = self.numerator is not None and other.numerator is not None
        return replace(
            self,
            value=self.value + sign * second.value,
            numerator=(self.numerator or 0.0) + sign * (other.numerator or 0.0) if counts else None,
            codes=tuple(dict.fromkeys(self.codes + other.codes)) if sign > 0 else self.codes,
            low=None,
            high=None,
            evidence=None,
        )


def require_same_scale(first: Rate, second: Rate, *, action: str) -> None:
    """Raise `ScaleError` unless both rates are on one scale; `action` is a past participle."""
    if first.scale == second.scale:
        return
    raise ScaleError(
        Problem(
            what=f"{first.label} and {second.label} are on different scales and cannot be {action}",
            allowed="two crude rates, or two rates standardized to the same population",
            fix=_EXPLANATION,
        )
    )


def require_crude(rate: Rate, *, purpose: str) -> Rate:
    """Return `rate` when it is crude, else raise `ScaleError`.

    Parameters
    ----------
    rate : the rate to be used.
    purpose : what it would be used for, for example "tested against a legal threshold".
    """
    if isinstance(rate.scale, Crude):
        return rate
    raise ScaleError(
        Problem(
            what=f"{rate.label} cannot be {purpose}",
            allowed="a crude rate or a number of people",
            fix=_EXPLANATION,
        )
    )


def crude_rate(
    numerator: float,
    denominator: float,
    *,
    measure: Measure,
    per: float = 100_000.0,
    window_years: float | None = None,
    area: str = "",
    population: str = "",
    codes: tuple[str, ...] = (),
    sex: str = "both",
    ages: str = "all",
    year: str = "",
    evidence: Evidence | None = None,
) -> Rate:
    """Crude rate of a count with its exact Poisson 95% limits.

    Parameters
    ----------
    numerator : counted events or people, at least 0.
    denominator : people (or person-years), above 0.

    Examples
    --------
    >>> rate = crude_rate(192, 15 * 2_977_319, measure=Measure.INCIDENCE)
    >>> round(rate.value, 2), round(rate.low, 2), round(rate.high, 2)
    (0.43, 0.37, 0.5)
    """
    from leucel.stats import poisson_exact

    problems: list[Problem] = []
    if not (math.isfinite(numerator) and numerator >= 0):
        problems.append(_negative("the numerator of a rate", numerator, "a number from 0"))
    if not (math.isfinite(denominator) and denominator > 0):
        problems.append(_negative("the denominator of a rate", denominator, "a number above 0"))
    if problems:
        raise InputError(problems)
    limits = poisson_exact(numerator)
    factor = per / denominator
    return Rate(
        measure=measure,
        scale=Crude(),
        value=numerator * factor,
        per=per,
        window_years=window_years,
        numerator=numerator,
        denominator=denominator,
        area=area,
        population=population,
        codes=codes,
        sex=sex,
        ages=ages,
        year=year,
        low=limits.low * factor,
        high=limits.high * factor,
        evidence=evidence,
    )


_EXPLANATION = (
    "an age-standardized rate is what a population would show if it had the age mix of a standard "
    "population: it allows fair comparison between countries, but it counts no living people and "
    "cannot meet a crude rate or a legal threshold; use the crude rate (cases divided by the "
    "population of the same year), or turn the age-standardized rate into cases with the ages of "
    "the country (estimate_incidence)"
)


def _negative(what: str, received: float, allowed: str) -> Problem:
    return Problem(what=f"{what} is out of range", received=f"{received:g}", allowed=allowed)


def _require_same(first: Rate, second: Rate, fields: tuple[str, ...], *, action: str) -> None:
    different = [f for f in fields if getattr(first, f) != getattr(second, f)]
    if different:
        raise InputError(
            Problem(
                what=f"{first.label} and {second.label} cannot be {action}: "
                f"they differ in {', '.join(different)}",
                allowed="rates that agree in " + ", ".join(fields),
            )
        )


def _faults(rate: Rate) -> list[Problem]:
    faults: list[Problem] = []
    if not (math.isfinite(rate.value) and rate.value >= 0):
        faults.append(_negative("the value of a rate", rate.value, "a number from 0"))
    if not (math.isfinite(rate.per) and rate.per > 0):
        faults.append(_negative("the reference group of a rate", rate.per, "a number above 0"))
    if (rate.measure is Measure.LIMITED_PREVALENCE) != (rate.window_years is not None):
        faults.append(
            Problem(
                what="an N-year prevalence, and only that, carries its window in years",
                received=f"{rate.measure.value} with window {rate.window_years}",
            )
        )
    elif rate.window_years is not None and not rate.window_years > 0:
        faults.append(_negative("the window of a prevalence", rate.window_years, "above 0 years"))
    if (rate.low is not None and rate.low > rate.value) or (
        rate.high is not None and rate.high < rate.value
    ):
        faults.append(
            Problem(
                what="the limits of a rate do not hold its value",
                received=f"{rate.low} to {rate.high} around {rate.value:g}",
            )
        )
    if faults or not isinstance(rate.scale, Crude):
        return faults
    if rate.numerator is not None and rate.denominator:
        counted = rate.numerator / rate.denominator * rate.per
        if abs(counted - rate.value) > _ROUNDING * max(counted, rate.value):
            faults.append(
                Problem(
                    what="the value of a crude rate does not agree with its counts",
                    received=f"{rate.value:g} against {counted:.4g} per {rate.per:,.0f}",
                    fix="check whether the value is age-standardized",
                )
            )
    return faults
