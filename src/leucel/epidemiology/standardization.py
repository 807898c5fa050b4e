"""Crude, directly and indirectly standardized rates from counts by age."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leucel.core import Evidence, InputError, Problem
from leucel.epidemiology.rates import AgeStandardized, Measure, Rate, crude_rate
from leucel.epidemiology.tables import AGE_GROUPS, standard_weights
from leucel.stats import dobson_byar, fay_feuer, poisson_exact, tiwari

Limits = Literal["fay_feuer", "dobson_byar", "tiwari"]
LIMIT_METHODS: tuple[Limits, ...] = ("fay_feuer", "tiwari", "dobson_byar")
"""Names of the methods for limits of a directly standardized rate."""
_LABEL = re.compile(r"\d+(?:-\d+|\+)?")
_METHODS = {"fay_feuer": fay_feuer, "dobson_byar": dobson_byar, "tiwari": tiwari}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AgeCounts:
    """Events and person-years by age.

    Attributes
    ----------
    cases : (A,) events, none negative.
    person_years : (A,) person-years, all above 0.
    groups : (A,) labels such as "0-4"; "85+" is the open one.

    Raises
    ------
    InputError : lengths that differ, groups that overlap, negative or non-finite numbers; all
        problems at once.
    """

    cases: NDArray[np.float64]
    person_years: NDArray[np.float64]
    groups: tuple[str, ...] = AGE_GROUPS

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        sizes = {
            "cases": self.cases.shape,
            "person_years": self.person_years.shape,
            "age groups": (len(self.groups),),
        }
        if len(set(sizes.values())) != 1:
            problems.append(
                Problem(
                    what="the age groups do not match",
                    received=", ".join(f"{shape[0]} {name}" for name, shape in sizes.items()),
                    allowed="one case count and one number of person-years for each age group",
                )
            )
        problems += _overlaps(self.groups)
        for name, values, allowed in (
            ("cases", self.cases, bool(np.all(self.cases >= 0))),
            ("person-years", self.person_years, bool(np.all(self.person_years > 0))),
        ):
            if not (allowed and np.all(np.isfinite(values))):
                problems.append(
                    Problem(
                        what=f"{name} out of range",
                        received=str(values.tolist()),
                        allowed="counts from 0" if name == "cases" else "numbers above 0",
                    )
                )
        if problems:
            raise InputError(problems)

    def collapsed(self, into: Sequence[str] = AGE_GROUPS) -> AgeCounts:
        """The same counts in the coarser groups `into`, the last of which is open ("85+").

        Raises
        ------
        InputError : a group of the table crosses a border of `into`; one of `into` stays empty.
        """
        borders = [_first_age(group) for group in into]
        cases = np.zeros(len(into))
        person_years = np.zeros(len(into))
        for group, count, time in zip(self.groups, self.cases, self.person_years, strict=True):
            index = _home(group, borders, into)
            cases[index] += count
            person_years[index] += time
        empty = [group for group, time in zip(into, person_years, strict=True) if not time > 0]
        if empty:
            raise InputError(
                Problem(
                    what="the age groups do not match: some of the standard have no person-years",
                    received=f"nobody in {', '.join(empty)}",
                    allowed=", ".join(into),
                )
            )
        return AgeCounts(cases=cases, person_years=person_years, groups=tuple(into))


def age_counts(
    cases: ArrayLike, person_years: ArrayLike, *, groups: Sequence[str] = AGE_GROUPS
) -> AgeCounts:
    """`AgeCounts` from anything that NumPy can read."""
    return AgeCounts(
        cases=np.atleast_1d(np.asarray(cases, dtype=np.float64)),
        person_years=np.atleast_1d(np.asarray(person_years, dtype=np.float64)),
        groups=tuple(groups),
    )


def standardize_crude(
    counts: AgeCounts,
    *,
    measure: Measure = Measure.INCIDENCE,
    window_years: float | None = None,
    per: float = 100_000.0,
    area: str = "",
    population: str = "",
    codes: tuple[str, ...] = (),
    sex: str = "both",
    ages: str = "all",
    year: str = "",
    evidence: Evidence | None = None,
) -> Rate:
    """Crude rate: all cases over all person-years, exact Poisson limits."""
    return crude_rate(
        float(counts.cases.sum()),
        float(counts.person_years.sum()),
        measure=measure,
        per=per,
        window_years=window_years,
        area=area,
        population=population,
        codes=codes,
        sex=sex,
        ages=ages,
        year=year,
        evidence=evidence,
    )


def standardize_directly(
    counts: AgeCounts,
    standard: str | ArrayLike,
    *,
    limits: Limits = "fay_feuer",
    standard_name: str | None = None,
    measure: Measure = Measure.INCIDENCE,
    window_years: float | None = None,
    per: float = 100_000.0,
    area: str = "",
    population: str = "",
    codes: tuple[str, ...] = (),
    sex: str = "both",
    ages: str = "all",
    year: str = "",
    evidence: Evidence | None = None,
) -> Rate:
    """Directly age-standardized rate with 95% limits.

    Parameters
    ----------
    counts : cases and person-years by age.
    standard : name of a shipped standard (the counts are collapsed to its 18 groups), or weights
        (A,), one for each group of `counts`; weights are normalized.
    limits : Fay-Feuer gamma limits, Dobson-Byar or Tiwari.
    standard_name : name of own weights; needed with weights, so that the scale is known.

    Raises
    ------
    InputError : unknown standard, age groups that do not match, own weights without a name.

    References
    ----------
    Fay and Feuer, Stat Med 1997;16:791.

    Examples
    --------
    >>> births = [327, 30666, 123419, 149919, 104088, 34392]
    >>> standard = [319933, 931318, 786511, 488235, 237863, 61313]
    >>> table = age_counts([0, 8, 63, 112, 262, 295], births, groups=list("abcdef"))
    >>> rate = standardize_directly(table, standard, standard_name="births 1950-64")
    >>> round(rate.value, 5), round(rate.low, 5), round(rate.high, 5)
    (75.52901, 67.70212, 188.30017)
    """
    if isinstance(standard, str):
        name = standard
        weights = standard_weights(standard)
        counts = counts if counts.groups == AGE_GROUPS else counts.collapsed()
    else:
        if not standard_name:
            raise InputError(
                Problem(
                    what="own weights need a name, so that the scale of the rate is known",
                    fix="give standard_name",
                )
            )
        name = standard_name
        weights = np.asarray(standard, dtype=np.float64)
    interval = _METHODS[limits](counts.cases, counts.person_years, weights, per=per)
    return Rate(
        measure=measure,
        scale=AgeStandardized(name),
        value=interval.estimate,
        per=per,
        window_years=window_years,
        numerator=float(counts.cases.sum()),
        denominator=float(counts.person_years.sum()),
        area=area,
        population=population,
        codes=codes,
        sex=sex,
        ages=ages,
        year=year,
        low=interval.low,
        high=interval.high,
        evidence=evidence,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardizedRatio:
    """Standardized incidence (or mortality) ratio.

    Attributes
    ----------
    observed, expected : cases.
    ratio : observed / expected.
    low, high : exact Poisson 95% limits of the ratio.
    """

    observed: float
    expected: float
    ratio: float
    low: float
    high: float


def standardize_indirectly(
    observed: float, person_years: ArrayLike, reference_rates: ArrayLike
) -> StandardizedRatio:
    """Standardized incidence ratio: observed cases over those that reference rates expect.

    Parameters
    ----------
    observed : cases of all ages.
    person_years : (A,) person-years by age.
    reference_rates : (A,) rates per person-year of the reference population.

    Raises
    ------
    InputError : age groups that do not match, negative numbers, nothing expected.

    Examples
    --------
    >>> result = standardize_indirectly(12, [1000, 2000], [0.001, 0.004])
    >>> result.expected, round(result.ratio, 3)
    (9.0, 1.333)
    """
    rates = np.atleast_1d(np.asarray(reference_rates, dtype=np.float64))
    time = np.atleast_1d(np.asarray(person_years, dtype=np.float64))
    labels = tuple(str(index) for index in range(time.size))
    # The rates stand in for the counts: both obey the same rules of shape and sign.
    checked = AgeCounts(cases=rates, person_years=time, groups=labels)
    expected = float(checked.cases @ checked.person_years)
    if not expected > 0:
        raise InputError(
            Problem(what="the reference rates expect no case", received=f"{expected:g}")
        )
    limits = poisson_exact(observed)
    return StandardizedRatio(
        observed=observed,
        expected=expected,
        ratio=observed / expected,
        low=limits.low / expected,
        high=limits.high / expected,
    )


def _first_age(group: str) -> int:
    return int(group.rstrip("+").split("-")[0])


def _last_age(group: str) -> float:
    return float("inf") if group.endswith("+") else float(group.split("-")[-1])


def _overlaps(groups: Sequence[str]) -> list[Problem]:
    """Groups that share an age; labels that are no ages are left alone."""
    if not all(_LABEL.fullmatch(group) for group in groups):
        return []
    ordered = sorted(groups, key=_first_age)
    return [
        Problem(
            what="age groups overlap, so that people would be counted twice",
            received=f"{first} and {second}",
        )
        for first, second in pairwise(ordered)
        if _first_age(second) <= _last_age(first)
    ]


def _home(group: str, borders: Sequence[int], into: Sequence[str]) -> int:
    """Index of the coarse group that holds the whole of `group`."""
    try:
        first, last = _first_age(group), _last_age(group)
    except ValueError:
        first, last = -1, -1.0
    inside = [index for index, border in enumerate(borders) if border <= first]
    if not inside or first < 0 or last > _last_age(into[inside[-1]]):
        raise InputError(
            Problem(
                what=f"the age group {group!r} does not fit into the groups of the standard",
                allowed=", ".join(into),
                fix="use the coarsest scheme that all tables share",
            )
        )
    return inside[-1]
