"""Tables that users bring: registry counts by age (SEER*Stat exports too), populations, survival.

Columns are named by a mapping; every problem of a file is reported at once, with its line.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leucel.core import InputError, Place, Problem, storage_errors
from leucel.epidemiology.areas import get_area
from leucel.epidemiology.populations import Population
from leucel.epidemiology.prevalence import SurvivalPoints
from leucel.epidemiology.standardization import AgeCounts
from leucel.epidemiology.survival import SurvivalBasis
from leucel.epidemiology.tables import AGE_GROUPS, read_only

REGISTRY_COLUMNS = {"ages": "age_group", "cases": "cases", "person_years": "person_years"}
SEER_STAT_COLUMNS = {
    "ages": "Age recode with <1 year olds",
    "cases": "Count",
    "person_years": "Population",
}
WPP_COLUMNS = {"area": "ISO3_code", "year": "Time", "ages": "AgeGrp", "persons": "PopTotal"}
SURVIVAL_COLUMNS = {"years": "years", "share": "survival", "low": "low", "high": "high"}
_AGES = re.compile(r"(\d{1,3})(?:\s*(?:-|to)\s*(\d{1,3})|(\+))?(?:\s*years?)?", re.IGNORECASE)
_WHOLE = ("total", "all", "all ages")
_UNKNOWN = ("unknown", "unknown age", "age unknown")
_STARTS = np.arange(0, 90, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeTable:
    """Counts by age from a file of the user.

    Attributes
    ----------
    counts : over `AGE_GROUPS`; finer groups and single years are added up.
    unknown : cases of unknown age, not among the counts.
    name : file name.
    source : source id.
    """

    counts: AgeCounts
    unknown: float
    name: str
    source: str = "user_age_table"


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a file: its line number and its cells by column."""

    number: int
    cells: Mapping[str, str]


def read_age_table(
    path: Path,
    *,
    columns: Mapping[str, str] | None = None,
    delimiter: str | None = None,
    source: str = "user_age_table",
) -> AgeTable:
    """Read cases and person-years by age.

    Parameters
    ----------
    path : CSV, semicolon or tab separated text; lines above the header and notes below the table
        are skipped.
    columns : names of the columns of `ages`, `cases` and `person_years`; by default those of a
        plain registry table or of a SEER*Stat export, whichever the file has.
    delimiter : "," ";" or a tab; found in the header when not given.
    source : source id of the table.

    Raises
    ------
    StorageError : the file cannot be read.
    InputError : no header with these columns, ages that cross a border of the 5-year groups or
        overlap, suppressed or unreadable numbers, an age group without people; all problems, with
        lines.
    """
    choices = [dict(columns)] if columns else [REGISTRY_COLUMNS, SEER_STAT_COLUMNS]
    mapping, lines = _read(path, choices, ("ages", "cases", "person_years"), delimiter)
    cases, people = np.zeros(len(AGE_GROUPS)), np.zeros(len(AGE_GROUPS))
    unknown = 0.0
    problems: list[Problem] = []
    taken = _Taken()
    for line in lines:
        label = line.cells[mapping["ages"]].strip()
        if label.lower() in _WHOLE:
            continue
        count = _number(path, line, mapping["cases"], problems)
        if label.lower() in _UNKNOWN:
            unknown += count
            continue
        index = taken.index(path, line, mapping["ages"], problems)
        time = _number(path, line, mapping["person_years"], problems)
        if index is not None:
            cases[index] += count
            people[index] += time
    if not problems:
        problems += [
            Problem(
                what=f"no people in the age group {group}",
                where=Place(file=str(path)),
                fix="every 5-year group from 0-4 to 85+ needs its person-years",
            )
            for group, time in zip(AGE_GROUPS, people, strict=True)
            if time <= 0
        ]
    if problems:
        raise InputError(problems)
    counts = AgeCounts(cases=cases, person_years=people)
    return AgeTable(counts=counts, unknown=unknown, name=path.name, source=source)


def read_population(
    path: Path,
    area: str,
    *,
    year: int,
    columns: Mapping[str, str] | None = None,
    thousands: bool = True,
    revision: str = "",
) -> Population:
    """Read a population by age in the form of the UN World Population Prospects.

    Parameters
    ----------
    path : CSV with one area, year and age group a row.
    area : code or name; rows of other areas are skipped.
    year : calendar year; rows of other years are skipped.
    columns : names of the columns of `area`, `year`, `ages` and `persons`.
    thousands : True when people are counted in thousands, as the UN does.
    revision : name of the revision, the file name when not given.

    Raises
    ------
    InputError : missing columns, no rows of this area and year, unreadable numbers, ages that
        overlap (two variants in one file), empty groups.
    """
    found = get_area(area)
    needed = ("area", "year", "ages", "persons")
    mapping, lines = _read(path, [dict(columns) if columns else WPP_COLUMNS], needed, None)
    persons = np.zeros(len(AGE_GROUPS))
    problems: list[Problem] = []
    taken = _Taken()
    rows = 0
    for line in lines:
        here = line.cells[mapping["area"]].strip().upper() in (found.iso3, found.code)
        when = line.cells[mapping["year"]].strip().split(".")[0]
        if not (here and when == str(year)):
            continue
        rows += 1
        index = taken.index(path, line, mapping["ages"], problems)
        count = _number(path, line, mapping["persons"], problems)
        if index is not None:
            persons[index] += count * (1000.0 if thousands else 1.0)
    if not rows:
        problems.append(
            Problem(
                what=f"no rows of {found.name} in {year}",
                where=Place(file=str(path)),
                allowed=f"{found.iso3} or {found.code} in the column {mapping['area']}",
            )
        )
    elif not problems and np.any(persons <= 0):
        empty = [g for g, count in zip(AGE_GROUPS, persons, strict=True) if count <= 0]
        problems.append(
            Problem(
                what="age groups without people",
                where=Place(file=str(path)),
                received=", ".join(empty),
            )
        )
    if problems:
        raise InputError(problems)
    return Population(
        area=found.code, year=year, revision=revision or path.name, persons=read_only(persons)
    )


def read_survival(
    path: Path,
    *,
    basis: SurvivalBasis = SurvivalBasis.OBSERVED,
    columns: Mapping[str, str] | None = None,
    percent: bool = False,
    source: str = "user_survival_table",
) -> SurvivalPoints:
    """Read survival points with their limits.

    Parameters
    ----------
    path : CSV with one time a row; limits may be missing.
    basis : what the figures measure.
    columns : names of the columns of `years`, `share`, `low` and `high`.
    percent : True when survival is written in percent.

    Raises
    ------
    InputError : missing columns, unreadable numbers, shares that do not fall; with lines.
    """
    given = {**SURVIVAL_COLUMNS, **(columns or {})}
    mapping, lines = _read(path, [given], ("years", "share"), None)
    problems: list[Problem] = []
    rows: list[tuple[float, float, float, float]] = []
    factor = 0.01 if percent else 1.0
    for line in lines:
        share = _number(path, line, mapping["share"], problems) * factor
        low, high = (
            _number(path, line, mapping[key], problems) * factor
            if (line.cells.get(mapping[key]) or "").strip()
            else share
            for key in ("low", "high")
        )
        rows.append((_number(path, line, mapping["years"], problems), share, low, high))
        if not 0 < low <= share <= high < 1:
            problems.append(
                Problem(
                    what="a survival share lies outside its limits or outside 0 to 1",
                    where=Place(file=str(path), line=line.number),
                    received=f"{share:g} ({low:g} to {high:g})",
                )
            )
    if problems:
        raise InputError(problems)
    years, shares, lows, highs = zip(*rows, strict=True) if rows else ((), (), (), ())
    points = SurvivalPoints(
        years=years, shares=shares, low=lows, high=highs, basis=basis, name=path.name, source=source
    )
    # The fit holds the checks on order and number of points.
    points.curve()
    return points


def _read(
    path: Path,
    choices: Sequence[Mapping[str, str]],
    needed: Sequence[str],
    delimiter: str | None,
) -> tuple[Mapping[str, str], list[_Line]]:
    with storage_errors(path, "read"):
        text = path.read_text("utf-8-sig")
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        sign = delimiter or next((mark for mark in "\t;," if mark in line), ",")
        header = [cell.strip() for cell in next(csv.reader([line], delimiter=sign), [])]
        for mapping in choices:
            if all(mapping.get(key) in header for key in needed):
                return mapping, list(_rows(lines, number, header, sign))
    seen = [cell.strip() for cell in re.split(r"[\t;,]", lines[0])] if lines else []
    wanted = [", ".join(mapping.get(key) or key for key in needed) for mapping in choices]
    missing = [
        name
        for name in (mapping.get(key) or key for mapping in choices[:1] for key in needed)
        if name not in seen
    ]
    raise InputError(
        Problem(
            what=f"the table has no column {', '.join(missing)}",
            where=Place(file=str(path), line=1),
            received=", ".join(seen) or "an empty file",
            allowed=" or ".join(wanted),
            fix="rename the columns, or give their names",
        )
    )


def _rows(lines: list[str], header_line: int, header: list[str], sign: str) -> Iterator[_Line]:
    """Rows below the header, up to a blank line or a note of one cell."""
    for number, line in enumerate(lines[header_line:], start=header_line + 1):
        cells = next(csv.reader([line], delimiter=sign), [])
        if len([cell for cell in cells if cell.strip()]) < 2:
            return
        padded = cells + [""] * (len(header) - len(cells))
        yield _Line(number, dict(zip(header, padded, strict=False)))


def _number(path: Path, line: _Line, column: str, problems: list[Problem]) -> float:
    text = line.cells[column].strip()
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        value = math.nan
    if math.isfinite(value) and value >= 0:
        return value
    suppressed = text in ("*", "^", "~", "--")
    problems.append(
        Problem(
            what=f"{column} is suppressed" if suppressed else f"{column} is no usable number",
            where=Place(file=str(path), line=line.number, key=column),
            received=repr(text),
            allowed="a number from 0",
        )
    )
    return 0.0


class _Taken:
    """Ages that rows of a file have taken, each with its line."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, int, int]] = []

    def index(self, path: Path, line: _Line, column: str, problems: list[Problem]) -> int | None:
        """Position of an age label among `AGE_GROUPS`, None (and a problem) when it has none."""
        text = line.cells[column].strip()
        match = _AGES.fullmatch(text)
        place = Place(file=str(path), line=line.number, key=column)
        if match is not None:
            low = int(match[1])
            high = 10_000 if match[3] else int(match[2] or low)
            ends = [low, min(high, 200)]
            index: NDArray[np.intp] = np.searchsorted(_STARTS, ends, side="right") - 1
            if low <= high and index[0] == index[1]:
                other = next((row for row in self._rows if low <= row[1] and row[0] <= high), None)
                if other is not None:
                    problems.append(
                        Problem(
                            what=f"the ages overlap those of line {other[2]}",
                            where=place,
                            received=repr(text),
                            fix="keep one row for each age: no subtotals, one sex, one variant",
                        )
                    )
                self._rows.append((low, high, line.number))
                return int(index[0])
        problems.append(
            Problem(
                what="an age group has no place among the 5-year groups",
                where=place,
                received=repr(text),
                allowed="for example 0-4, 00 years, 57, 85+",
            )
        )
        return None
