"""What is assumed, what is unknown, and what the run was made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from leucel.report.citing import Citer, mark_tag
from leucel.report.inputs import DossierInput, dig, number, plain
from leucel.report.numbers import format_given, format_value
from leucel.report.tables import Column, Table


def assumption_table(data: DossierInput, cite: Citer) -> Table | None:
    """What was assumed, and why."""
    rows: list[dict[str, Any]] = []
    for item in data.assumptions:
        row = plain(item) if isinstance(item, Mapping) else _attributes(item)
        if row:
            rows.append(row)
    rows = rows or data.table_rows("assumptions", "what")
    if not rows:
        return None
    cells: list[tuple[Any, ...]] = []
    for row in rows:
        value = row.get("value")
        written = (
            _written(value, row.get("unit"))
            if number(value) is not None
            else ("–" if value in (None, "") else str(value))
        )
        cells.append(
            (
                str(row.get("what") or ""),
                Markup("{0}{1}").format(written, cite.refs(row.get("source"))),
                str(row.get("why") or ""),
                mark_tag(row.get("mark")),
            )
        )
    return Table(
        columns=(
            Column(head="What"),
            Column(head="Value"),
            Column(head="Why"),
            Column(head="Mark"),
        ),
        rows=tuple(cells),
        caption="What this dossier takes for granted",
    )


def manifest_rows(data: DossierInput) -> list[tuple[str, str]]:
    """The manifest as names and values, nested names joined by points."""
    found: list[tuple[str, str]] = []
    _flatten("", plain(data.manifest or dig(data.summary, "manifest") or {}), found)
    return found


def _flatten(prefix: str, value: Any, found: list[tuple[str, str]]) -> None:
    if isinstance(value, Mapping):
        for key in value:
            _flatten(f"{prefix}.{key}" if prefix else str(key), value[key], found)
    elif isinstance(value, list):
        if value:
            found.append((prefix, ", ".join(str(item) for item in value)))
    elif value is not None:
        found.append((prefix, str(value)))


def _attributes(item: Any) -> dict[str, Any]:
    keys = ("what", "value", "unit", "why", "source", "mark")
    row = {key: getattr(item, key) for key in keys if hasattr(item, key)}
    mark = row.get("mark")
    if mark is not None and hasattr(mark, "value"):
        row["mark"] = mark.value
    return row


def _written(value: Any, unit: Any) -> str:
    """A number with its unit; of a factor or a fraction the noun stands first."""
    if unit in ("factor", "fraction"):
        return f"{unit} {format_given(value)}"
    return format_value(value, unit)
