"""Single published figures: those that ship, and those that a programme quotes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from leucel.core import Evidence, InputError, Kind, Mark, Place, Problem, unknown_name
from leucel.epidemiology.areas import get_area
from leucel.epidemiology.populations import REVISIONS, population_totals
from leucel.epidemiology.rates import Measure, Rate, crude_rate, scale_from_text
from leucel.epidemiology.tables import WPP_2019, read_rows

_KEYS = (
    "area",
    "year",
    "measure",
    "window_years",
    "scale",
    "value",
    "low",
    "high",
    "per",
    "count",
    "mark",
    "source_id",
    "citation",
    "source_url",
    "note",
    "lower_bound",
)


@cache
def published_figures() -> tuple[Rate, ...]:
    """Published incidence and prevalence of myeloma that may be carried with their source.

    Examples
    --------
    >>> [rate.label for rate in published_figures() if rate.area == "QA"]
    ['0.8 per 100,000 (incidence of QA 2021, crude)']
    """
    return tuple(rate_from_record(row) for row in read_rows("published_figures.csv"))


def rate_from_record(record: Mapping[str, object], *, place: Place | None = None) -> Rate:
    """Rate of a flat record such as a row of a CSV file or a table of a programme file.

    Parameters
    ----------
    record : keys `area`, `year`, `measure` (incidence, limited_prevalence, complete_prevalence,
        mortality), `window_years`, `scale` ("crude" or "age_standardized:STANDARD"), `value`,
        `per`, `low`, `high`, `count`, `mark`, `source_id`, `note`. A count without a value is
        divided by the UN population of 2022. `lower_bound` is "yes" for a count that leaves people
        out.
    place : where the record stands, for messages.

    Raises
    ------
    InputError : unknown keys, values that are no numbers, an unknown measure or scale.
    """
    problems = [
        unknown_name(key, _KEYS, noun="key", where=place) for key in record if key not in _KEYS
    ]
    numbers: dict[str, float | None] = {}
    for key in ("window_years", "value", "low", "high", "per", "count"):
        text = str(record.get(key) or "").strip()
        try:
            numbers[key] = float(text) if text else None
        except ValueError:
            problems.append(
                Problem(what=f"{key} is no number", where=place, received=repr(record.get(key)))
            )
    names = [measure.value for measure in Measure]
    measure_name = str(record.get("measure", ""))
    mark_name = str(record.get("mark") or "secondary")
    if measure_name not in names:
        problems.append(unknown_name(measure_name, names, noun="measure", where=place))
    if mark_name not in [mark.value for mark in Mark]:
        marks = [mark.value for mark in Mark]
        problems.append(unknown_name(mark_name, marks, noun="mark", where=place))
    if problems:
        raise InputError(problems)
    floor = str(record.get("lower_bound") or "").strip().lower() in ("yes", "true")
    area = get_area(str(record.get("area", ""))).code
    year = str(record.get("year", ""))
    value, count = numbers["value"], numbers["count"]
    evidence = Evidence(
        value=value if value is not None else count or 0.0,
        unit=f"per {numbers['per'] or 100_000:,.0f}" if value is not None else "persons",
        low=numbers["low"],
        high=numbers["high"],
        source=str(record.get("source_id", "")),
        mark=Mark(mark_name),
        kind=Kind.REPORTED,
        note=str(record.get("note", "")),
    )
    if value is None:
        return _rate_of_count(
            count,
            area=area,
            year=year,
            measure=Measure(measure_name),
            evidence=evidence,
            window_years=numbers["window_years"],
            lower_bound=floor,
            place=place,
        )
    return Rate(
        measure=Measure(measure_name),
        scale=scale_from_text(str(record.get("scale") or "crude")),
        value=value,
        per=numbers["per"] or 100_000.0,
        window_years=numbers["window_years"],
        numerator=count,
        area=area,
        year=year,
        low=numbers["low"],
        high=numbers["high"],
        evidence=evidence,
        lower_bound=floor,
    )


def _rate_of_count(
    count: float | None,
    *,
    area: str,
    year: str,
    measure: Measure,
    evidence: Evidence,
    window_years: float | None,
    lower_bound: bool,
    place: Place | None,
) -> Rate:
    people = population_totals(area).get(REVISIONS[0])
    if count is None or people is None:
        raise InputError(
            Problem(
                what="a figure needs a value, or a count in an area whose population is known",
                where=place,
                received=f"{area} {year}",
            )
        )
    rate = crude_rate(
        count,
        people,
        measure=measure,
        window_years=window_years,
        area=area,
        year=year,
        population=WPP_2019,
        evidence=evidence,
    )
    return replace(rate, lower_bound=lower_bound)
