"""Files of lots: shares of CAR+ cells and copies for a fit, measured attributes for a release."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from leucel.core import Evidence, InputError, Mark, Place, Problem
from leucel.product.measurement_file import read_rows
from leucel.product.release import OPERATORS, SPECIFICATIONS, ReleaseTest
from leucel.product.vector import copies_from_ddpcr

_PERCENT = 100.0
_COPY_COLUMNS = ("copies_per_car_cell", "copies_per_cell", "vector", "reference")


@dataclass(frozen=True, slots=True, kw_only=True)
class LotTable:
    """Lots with what was measured on them; columns that no lot has are absent.

    Attributes
    ----------
    names : of the lots, in order.
    values : column -> (N,); NaN where a lot has no value.
    """

    names: tuple[str, ...]
    values: Mapping[str, NDArray[np.float64]]


def read_lots(text: str, *, file: str | None = None) -> LotTable:
    """Lots from CSV: `lot` and any attributes, shares between 0 and 1.

    Raises
    ------
    InputError
        For missing columns and cells that are no numbers, with their lines.

    Examples
    --------
    >>> read_lots("lot,viability,car_share\\n01,0.9,0.26\\n").values["car_share"].tolist()
    [0.26]
    """
    head = text.removeprefix("\ufeff").split("\n", 1)[0]
    columns = [
        name.strip()
        for name in head.replace(";", ",").replace("\t", ",").split(",")
        if name.strip() not in ("lot", "")
    ]
    rows = read_rows(text, texts=("lot",), optional_numbers=columns, file=file)
    return LotTable(
        names=tuple(row.texts["lot"] for row in rows),
        values={
            name: np.array([row.numbers.get(name, np.nan) for row in rows])
            for name in dict.fromkeys(columns)
            if any(name in row.numbers for row in rows)
        },
    )


def copies_of_lots(table: LotTable, *, per: str = "diploid", file: str | None = None) -> LotTable:
    """The lots with `car_share` and `copies_per_car_cell`, from whichever form the table has.

    Parameters
    ----------
    table : with `car_share`, and `copies_per_car_cell`, `copies_per_cell` (over all cells), or the
        counts of a digital PCR, `vector` and `reference`.
    per : what the counts or copies over all cells refer to: "diploid" (a cell) or "haploid" (a
        genome copy; a cell has two).

    Raises
    ------
    InputError
        When neither form is there or a lot lacks its number.

    Examples
    --------
    >>> lots = read_lots("lot,car_share,copies_per_cell\\n01,0.26,0.377\\n")
    >>> copies_of_lots(lots).values["copies_per_car_cell"].round(2).tolist()
    [1.45]
    """
    values = table.values
    where = Place(file=file, line=1)
    form = next((n for n in _COPY_COLUMNS[:3] if n in values), "")
    if "car_share" not in values or not form or (form == "vector" and "reference" not in values):
        raise InputError(
            Problem(
                what="the lots have no share of CAR+ cells or no copies",
                where=where,
                received=", ".join(values) or "no numbers",
                allowed="car_share, and copies_per_car_cell, copies_per_cell, or vector with "
                "reference",
            )
        )
    share = values["car_share"]
    problems: list[Problem] = []
    copies = np.full(share.shape, np.nan)
    for i, name in enumerate(table.names):
        try:
            copies[i] = _per_cell(values, form, i, per) / (
                1.0 if form == "copies_per_car_cell" else share[i]
            )
        except InputError as error:
            problems += [Problem(what=f"lot {name}: {p.what}", where=where) for p in error.problems]
        if not np.isfinite(copies[i]) or not 0.0 < share[i] < 1.0:
            hint = 1.0 < share[i] < _PERCENT
            problems.append(
                Problem(
                    what=f"lot {name} lacks a usable share or copy number",
                    where=where,
                    received=f"share {share[i]:g}, copies {copies[i]:g}",
                    allowed="a share above 0 and below 1, and its copies",
                    fix=f"did you mean a share of {share[i] / 100:g}?" if hint else None,
                )
            )
    if problems:
        raise InputError(problems)
    return LotTable(names=table.names, values={**values, "copies_per_car_cell": copies})


def _per_cell(values: Mapping[str, NDArray[np.float64]], form: str, i: int, per: str) -> float:
    """Copies per transduced cell or per cell, as the form has it."""
    if form == "vector":
        # Counts are of genome copies: the reference gene stands once in each haploid genome.
        return copies_from_ddpcr(vector=values["vector"][i], reference=values["reference"][i])
    if per not in ("diploid", "haploid"):
        raise InputError(
            Problem(what="unknown convention", received=repr(per), allowed="diploid, haploid")
        )
    return float(values[form][i]) * (2.0 if per == "haploid" else 1.0)


def require_plausible(
    specification: Sequence[ReleaseTest], table: LotTable, *, file: str | None = None
) -> None:
    """Refuse values that no lot can have: below 0, or above 1 where a share is asked for.

    Raises
    ------
    InputError
        With every such value and its lot.

    Examples
    --------
    >>> require_plausible(SPECIFICATIONS["ARI-0001"], read_lots("lot,viability\\n01,0.9\\n"))
    """
    problems: list[Problem] = []
    for row in specification:
        share = not row.limit.unit and row.limit.number <= 1.0
        for name, value in zip(table.names, table.values.get(row.attribute, ()), strict=False):
            percent = share and 1.0 < value <= _PERCENT
            if value < 0.0 or (share and value > 1.0):
                problems.append(
                    Problem(
                        what=f"lot {name} cannot have this {row.attribute}",
                        where=Place(file=file),
                        received=f"{value:g}",
                        allowed="0 to 1" if share else "0 or more",
                        fix=f"did you mean {value / _PERCENT:g}?" if percent else None,
                    )
                )
    if problems:
        raise InputError(problems)


def read_specification(text: str, *, file: str | None = None) -> tuple[ReleaseTest, ...]:
    """A release specification from TOML: `[[tests]]` with attribute, operator, limit, source.

    Raises
    ------
    InputError
        With every fault of the file.

    Examples
    --------
    >>> rows = read_specification('''
    ... [[tests]]
    ... attribute = "viability"
    ... operator = ">="
    ... limit = 0.7
    ... ''')
    >>> rows[0].text
    'viability >= 0.7'
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            Problem(
                what="the specification is no TOML", where=Place(file=file), received=str(error)
            )
        ) from error
    given: Any = data.get("tests")
    rows = cast(list[Any], given) if isinstance(given, list) else []
    problems: list[Problem] = []
    found: list[ReleaseTest] = []
    for i, entry in enumerate(rows):
        row = cast(Mapping[str, Any], entry) if isinstance(entry, Mapping) else {}
        limit: Any = row.get("limit")
        fine = (
            isinstance(row.get("attribute"), str)
            and row.get("operator") in OPERATORS
            and isinstance(limit, int | float)
            and not isinstance(limit, bool)
        )
        if not fine:
            problems.append(
                Problem(
                    what="a test is not complete",
                    where=Place(file=file, key=f"tests[{i}]"),
                    received=", ".join(f"{k} {v!r}" for k, v in row.items()) or "nothing",
                    allowed=f"attribute, operator ({', '.join(OPERATORS)}) and a number as limit",
                )
            )
            continue
        found.append(
            ReleaseTest(
                attribute=row["attribute"],
                operator=row["operator"],
                limit=Evidence(
                    value=float(limit),
                    unit=str(row.get("unit", "")),
                    source=str(row.get("source", "")),
                    mark=Mark.SECONDARY if row.get("source") else Mark.OWN_VALUE,
                ),
                method=str(row.get("method", "")),
            )
        )
    if not rows:
        problems.append(
            Problem(
                what="there are no tests",
                where=Place(file=file, key="tests"),
                allowed="[[tests]] tables, or one of: " + ", ".join(SPECIFICATIONS),
            )
        )
    if problems:
        raise InputError(problems)
    return tuple(found)
