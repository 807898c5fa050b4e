"""Country tables given by the user, in the form of a GLOBOCAN export."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from leucel.core import InputError, Place, Problem, storage_errors, unknown_name
from leucel.epidemiology.areas import find_area, get_area

REQUIRED_COLUMNS = ("iso3", "new_cases")
OPTIONAL_COLUMNS = ("country", "asr_w_inc", "crude_inc", "deaths", "wpp2019_pop2022")


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryRow:
    """One country of a table.

    Attributes
    ----------
    area : ISO code where known, else the code of the table.
    name : name in the table.
    cases : new cases in the year.
    asr : age-standardized incidence per 100,000 (world standard), or None.
    crude : crude incidence per 100,000, or None.
    deaths : deaths in the year, or None.
    population : people, or None.
    """

    area: str
    name: str
    cases: float
    asr: float | None = None
    crude: float | None = None
    deaths: float | None = None
    population: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryTable:
    """Cases by country, read from a file of the user; never shipped with the software.

    Attributes
    ----------
    name : name shown in reports (the file name by default).
    year : calendar year of the counts.
    source : source id.
    codes : disease codes counted, where known.
    rows : one a country or block.
    """

    name: str
    year: str
    source: str
    rows: tuple[CountryRow, ...]
    codes: tuple[str, ...] = ()

    def find(self, area: str) -> CountryRow | None:
        """Row of an area; blocks that the table does not hold are added up from their members."""
        known = find_area(area)
        code = known.code if known else area
        for row in self.rows:
            if row.area == code:
                return row
        if known is None or not known.members:
            return None
        parts = [self.find(member) for member in known.members]
        found = [part for part in parts if part is not None]
        if len(found) < len(parts):
            return None
        populations = [part.population for part in found]
        return CountryRow(
            area=code,
            name=known.name,
            cases=sum(part.cases for part in found),
            population=None if None in populations else sum(p or 0.0 for p in populations),
        )


def read_country_table(
    path: Path,
    *,
    year: str = "2022",
    name: str | None = None,
    source: str = "user_country_table",
    columns: Mapping[str, str] | None = None,
) -> CountryTable:
    """Read a CSV file with one country a row.

    Parameters
    ----------
    path : file with at least the columns `iso3` and `new_cases`; `country`, `asr_w_inc`,
        `crude_inc`, `deaths` and `wpp2019_pop2022` are read when present.
    year : calendar year of the counts.
    columns : names of the columns in the file, by the names above.

    Raises
    ------
    StorageError : the file cannot be read.
    InputError : a column is missing or a number is unusable; all problems at once, with lines.
    """
    with storage_errors(path, "read"):
        text = path.read_text("utf-8-sig")
    reader = csv.DictReader(text.splitlines())
    given = {column: column for column in REQUIRED_COLUMNS + OPTIONAL_COLUMNS} | dict(columns or {})
    unknown = [
        unknown_name(name, REQUIRED_COLUMNS + OPTIONAL_COLUMNS, noun="column of a country table")
        for name in columns or ()
        if name not in REQUIRED_COLUMNS + OPTIONAL_COLUMNS
    ]
    if unknown:
        raise InputError(unknown)
    seen = tuple(reader.fieldnames or ())
    missing = [given[column] for column in REQUIRED_COLUMNS if given[column] not in seen]
    if missing:
        raise InputError(
            [
                Problem(
                    what=f"the country table has no column {column!r}",
                    where=Place(file=str(path), line=1),
                    received=", ".join(seen) or "an empty file",
                    allowed=", ".join(given.values()),
                )
                for column in missing
            ]
        )
    problems: list[Problem] = []
    rows: list[CountryRow] = []
    for line, found in enumerate(reader, start=2):
        record = {column: found.get(there) for column, there in given.items()}
        numbers: dict[str, float | None] = {}
        for column in ("new_cases", "asr_w_inc", "crude_inc", "deaths", "wpp2019_pop2022"):
            numbers[column] = _number(record.get(column) or "", column, path, line, problems)
        if numbers["new_cases"] is None:
            if not (record.get("new_cases") or "").strip():
                problems.append(
                    Problem(
                        what="a country without a number of new cases",
                        where=Place(file=str(path), line=line, key="new_cases"),
                    )
                )
            continue
        code = (record["iso3"] or "").strip()
        known = find_area(code)
        rows.append(
            CountryRow(
                area=known.code if known else code,
                name=record.get("country") or code,
                cases=numbers["new_cases"],
                asr=numbers["asr_w_inc"],
                crude=numbers["crude_inc"],
                deaths=numbers["deaths"],
                population=numbers["wpp2019_pop2022"],
            )
        )
    if problems:
        raise InputError(problems)
    return CountryTable(name=name or path.name, year=year, source=source, rows=tuple(rows))


def require_row(table: CountryTable, area: str) -> CountryRow:
    """Row of an area; raises `InputError` with near misses when the table does not hold it."""
    row = table.find(get_area(area).code)
    if row is None:
        raise InputError(
            unknown_name(area, [row.area for row in table.rows], noun=f"area in {table.name}")
        )
    return row


def _number(text: str, column: str, path: Path, line: int, problems: list[Problem]) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isfinite(value) and value >= 0:
        return value
    problems.append(
        Problem(
            what=f"{column} is no usable number",
            where=Place(file=str(path), line=line, key=column),
            received=repr(text),
            allowed="a number from 0",
        )
    )
    return None
