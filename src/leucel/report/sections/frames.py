"""A table of the run as it is."""

from __future__ import annotations

from typing import Any

from leucel.report.citing import mark_tag
from leucel.report.inputs import DossierInput, clean, number, texts
from leucel.report.numbers import (
    format_count,
    format_limits,
    format_number,
    format_plain,
    format_unit,
    format_value,
)
from leucel.report.tables import MAX_ROWS, Column, Table, thin
from leucel.report.words import head_words, nca_words

_MEASURED = frozenset(
    {
        "value",
        "mean",
        "sd",
        "median",
        "min",
        "max",
        "low",
        "high",
        "q1",
        "q3",
        "q05",
        "q25",
        "q50",
        "q75",
        "q95",
    }
)


def frame_table(data: DossierInput, name: str, caption: str = "") -> Table | None:
    """A table of the run as it is, with its sources and marks turned into tags."""
    rows = data.table_rows(name)
    if not rows:
        return None
    keys = [key for key in rows[0] if key not in {"source", "sources", "color"}]
    shown = thin(rows, MAX_ROWS)
    numeric = {key: any(number(row.get(key)) is not None for row in shown) for key in keys}
    measured = set(keys) & _MEASURED
    cells = tuple(
        tuple(
            mark_tag(row.get(key))
            if key in {"mark", "marks"}
            else _cell(row.get(key), row.get("unit") if key in measured else None)
            for key in keys
        )
        for row in shown
    )
    note = ""
    if len(shown) < len(rows):
        note = f"{len(shown)} of {format_count(len(rows))} rows, evenly spaced."
    return Table(
        columns=tuple(Column(head=head_words(key), numeric=numeric[key]) for key in keys),
        rows=cells,
        caption=caption or head_words(name),
        note=note,
    )


def _cell(value: Any, unit: Any = None) -> str:
    value = clean(value)
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(texts(value)) or "–"
    if number(value) is not None:
        return format_plain(value, unit) if unit else format_number(value)
    return format_unit(value)


def nca_table(data: DossierInput) -> Table | None:
    """Noncompartmental parameters over the virtual patients: median and the range of most."""
    rows = data.table_rows("nca_summary", "parameter", "median") or data.rows(
        "kinetics", "nca", "parameters"
    )
    # The diagnostics of the terminal fit stay in the table of the run.
    rows = [
        row
        for row in rows
        if number(row.get("median")) is not None
        and not str(row.get("parameter")).startswith("lambda_z_")
    ]
    if not rows:
        return None
    cells = tuple(
        (
            nca_words(row.get("parameter")),
            format_value(row["median"], row.get("unit")),
            format_limits(row.get("q05"), row.get("q95"), row.get("unit")) or "–",
            format_number(row["cv_percent"]) + "%"
            if number(row.get("cv_percent")) is not None
            else "–",
            format_count(row["n"]) if number(row.get("n")) is not None else "–",
        )
        for row in rows
    )
    return Table(
        columns=(
            Column(head="Parameter"),
            Column(head="Median", numeric=True),
            Column(head="5% to 95% of patients", numeric=True),
            Column(head="CV", numeric=True),
            Column(head="Patients", numeric=True),
        ),
        rows=cells,
        caption="Noncompartmental analysis of the virtual patients",
    )
