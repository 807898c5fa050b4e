"""The files of a screening: a table of measurements, and the criteria with their weights."""

from __future__ import annotations

import csv
import math
import tomllib
from collections.abc import Mapping
from typing import Any, cast

from leucel.core import InputError, Place, Problem, unknown_name
from leucel.product.screening import Criterion

COLUMNS = ("candidate", "measure", "value")
"""Columns of the table, one row for each single measurement; more columns are ignored."""

_KEYS = ("name", "goal", "low", "high", "target", "weight", "exponent", "gate", "unit")


def read_candidates(text: str, *, file: str | None = None) -> dict[str, dict[str, list[float]]]:
    """Measurements of candidates from CSV in long form.

    Returns
    -------
    candidate -> measure -> replicates, in the order of the file.

    Raises
    ------
    InputError
        For missing columns, empty names and values that are no numbers, all at once with lines.

    Examples
    --------
    >>> read_candidates("candidate,measure,value\\nA,killing,70\\nA,killing,74\\n")
    {'A': {'killing': [70.0, 74.0]}}
    """
    reader = csv.DictReader(text.splitlines())
    heads = [str(head).strip() for head in reader.fieldnames or ()]
    missing = [column for column in COLUMNS if column not in heads]
    if missing:
        raise InputError(
            Problem(
                what="the table lacks columns",
                where=Place(file=file, line=1),
                received=", ".join(heads) or "nothing",
                allowed=", ".join(COLUMNS),
            )
        )
    found: dict[str, dict[str, list[float]]] = {}
    problems: list[Problem] = []
    for row in reader:
        cells = {str(key).strip(): (value or "").strip() for key, value in row.items() if key}
        where = Place(file=file, line=reader.line_num)
        try:
            value = float(cells["value"])
        except ValueError:
            value = math.nan
        if not (cells["candidate"] and cells["measure"] and math.isfinite(value)):
            problems.append(
                Problem(
                    what="a measurement cannot be used",
                    where=where,
                    received=", ".join(f"{name} {cells[name]!r}" for name in COLUMNS),
                    allowed="a candidate, a measure and a finite number",
                )
            )
            continue
        found.setdefault(cells["candidate"], {}).setdefault(cells["measure"], []).append(value)
    if problems:
        raise InputError(problems)
    return found


def read_criteria(
    text: str, *, file: str | None = None
) -> tuple[tuple[Criterion, ...], dict[str, dict[str, float]]]:
    """Criteria and scenarios of other weights from TOML.

    Returns
    -------
    Criteria in the order of the file, and scenario -> criterion -> weight.

    Raises
    ------
    InputError
        With every fault of the file.

    Examples
    --------
    >>> rules, scenarios = read_criteria('''
    ... [[criteria]]
    ... name = "killing"
    ... goal = "larger"
    ... low = 20
    ... high = 80
    ... [scenarios."killing only"]
    ... killing = 1
    ... ''')
    >>> rules[0].goal, scenarios
    ('larger', {'killing only': {'killing': 1.0}})
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            Problem(what="the criteria are no TOML", where=Place(file=file), received=str(error))
        ) from error
    rows: Any = data.get("criteria")
    if not isinstance(rows, list) or not rows:
        raise InputError(
            Problem(
                what="there are no criteria",
                where=Place(file=file, key="criteria"),
                allowed="[[criteria]] tables with name, goal, low and high",
            )
        )
    problems: list[Problem] = []
    rules: list[Criterion] = []
    for i, row in enumerate(cast(list[Any], rows)):
        rules.extend(_criterion(row, Place(file=file, key=f"criteria[{i}]"), problems))
    scenarios: dict[str, dict[str, float]] = {}
    given: Any = data.get("scenarios", {})
    for title, weights in cast(Mapping[str, Any], given).items():
        entries: dict[str, Any] = dict(cast(Mapping[str, Any], weights))
        bad = [n for n, w in entries.items() if not isinstance(w, int | float) or w < 0]
        if bad:
            problems.append(
                Problem(
                    what="a scenario gives weights of 0 or more",
                    where=Place(file=file, key=f"scenarios.{title}"),
                    received=", ".join(bad),
                )
            )
        scenarios[title] = {n: float(w) for n, w in entries.items() if n not in bad}
    if problems:
        raise InputError(problems)
    return tuple(rules), scenarios


def _criterion(row: Any, where: Place, problems: list[Problem]) -> tuple[Criterion, ...]:
    entries: dict[str, Any] = dict(cast(Mapping[str, Any], row)) if isinstance(row, dict) else {}
    strange = [
        unknown_name(key, _KEYS, noun="key", where=where) for key in entries if key not in _KEYS
    ]
    missing = [key for key in _KEYS[:4] if key not in entries]
    numbers = [
        key
        for key in ("low", "high", "target", "weight", "exponent")
        if key in entries and not isinstance(entries[key], int | float)
    ]
    problems.extend(strange)
    if "gate" in entries and not isinstance(entries["gate"], bool):
        problems.append(
            Problem(
                what="a gate is true or false",
                where=where,
                received=repr(entries["gate"]),
                allowed="true: a candidate at the end that counts 0 (low, when larger is better) "
                "is out; false",
            )
        )
        return ()
    if missing or numbers:
        problems.append(
            Problem(
                what="a criterion is not complete",
                where=where,
                received=f"without {', '.join(missing)}" if missing else f"no number: {numbers}",
                allowed="name, goal, low and high",
            )
        )
    if strange or missing or numbers:
        return ()
    try:
        return (Criterion(**entries),)
    except InputError as error:
        problems.extend(error.problems)
        return ()
