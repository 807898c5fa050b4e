"""Tables of the virtual trial: whom it took, and its endpoints beside the published ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from leucel.report.citing import Citer, mark_tag, use_tag
from leucel.report.inputs import DossierInput, dig, number
from leucel.report.lookup import endpoint_rows
from leucel.report.numbers import (
    format_count,
    format_limits,
    format_number,
    format_percent,
    format_unit,
    format_value,
    plural,
)
from leucel.report.tables import Column, Table
from leucel.report.words import covariate_words, endpoint_words, rule_words


def criteria(data: DossierInput, cite: Citer) -> Table | None:
    """The indication as criteria that a program evaluates."""
    rows = dig(data.programme, "indication", "criteria")
    if not isinstance(rows, Sequence) or not rows:
        return None
    dropped = {row.get("criterion"): row for row in data.table_rows("excluded", "criterion")}
    cells: list[tuple[Any, ...]] = []
    for row in rows:
        if not isinstance(row, Mapping):
            continue
        count = dropped.get(row.get("id"), {}).get("count")
        rule = rule_words(row)
        cells.append(
            (
                Markup("{0}{1} {2}").format(
                    row.get("text") or rule, cite.refs(row.get("source")), mark_tag(row.get("mark"))
                ),
                Markup("<code>{0}</code>").format(rule),
                format_count(count) if number(count) is not None else "–",
            )
        )
    return Table(
        columns=(
            Column(head="Criterion"),
            Column(head="As a rule"),
            Column(head="Candidates it excluded", numeric=True),
        ),
        rows=tuple(cells),
        caption="The indication as criteria",
    )


def endpoint_table(data: DossierInput, cite: Citer) -> Table | None:
    """Every endpoint: simulated, published, what it was used for."""
    rows = endpoint_rows(data)
    if not rows:
        return None
    cells: list[tuple[Any, ...]] = []
    for row in rows:
        unit = row.get("unit")
        name = escape(endpoint_words(row))
        if row.get("note"):
            name += Markup('<span class="note">{0}</span>').format(str(row["note"]))
        value = (
            cite.computed(row["value"], row.get("ci_low"), row.get("ci_high"), unit)
            if number(row.get("value")) is not None
            else escape("not computed")
        )
        published = (
            cite.published(
                row["published"],
                row.get("published_low"),
                row.get("published_high"),
                unit,
                row.get("source"),
            )
            if number(row.get("published")) is not None
            else Markup("–")
        )
        tag = use_tag(row) or Markup("–")
        verdict = row["verdict"]
        agreement = (
            Markup('<span class="verdict verdict-{0}">{1}</span>').format(
                "met" if verdict == "agrees" else "borderline", verdict
            )
            if verdict
            else Markup("–")
        )
        count = format_count(row["n"]) if number(row.get("n")) is not None else "–"
        cells.append((name, value, published, tag, agreement, count))
    return Table(
        columns=(
            Column(head="Endpoint"),
            Column(head="Simulated (95% limits)", numeric=True),
            Column(head="Published (95% limits)", numeric=True),
            Column(head="Used for"),
            Column(head="Agreement"),
            Column(head="Virtual patients", numeric=True),
        ),
        rows=tuple(cells),
        caption="Endpoints of the virtual trial beside the published results",
    )


def covariate_table(data: DossierInput, cite: Citer) -> Table | None:
    """What the virtual patients bring with them: distributions with their sources."""
    rows = dig(data.programme, "patients", "covariates")
    if not isinstance(rows, Sequence) or not rows:
        return None
    cells = [
        (
            _named(row, escape(covariate_words(row.get("name")))),
            Markup("{0}{1}").format(_distribution(row), cite.refs(row.get("source"))),
            format_count(row["n"]) if number(row.get("n")) is not None else "–",
            mark_tag(row.get("mark")),
        )
        for row in rows
        if isinstance(row, Mapping)
    ]
    return Table(
        columns=(
            Column(head="Property"),
            Column(head="Distribution"),
            Column(head="Patients behind it", numeric=True),
            Column(head="Mark"),
        ),
        rows=tuple(cells),
        caption="What the virtual patients bring with them",
    )


def parameter_table(data: DossierInput, cite: Citer, section: str) -> Table | None:
    """Model parameters that the programme sets itself, in `kinetics` or `response`."""
    rows = dig(data.programme, section, "parameters")
    if not isinstance(rows, Sequence) or not rows:
        return None
    cells: list[tuple[Any, ...]] = []
    for row in rows:
        if not isinstance(row, Mapping):
            continue
        spread = number(row.get("omega"))
        cells.append(
            (
                _named(row),
                Markup("{0}{1}").format(
                    format_value(row.get("value"), row.get("unit")), cite.refs(row.get("source"))
                ),
                "model's own" if spread is None else format_number(spread),
                Markup("{0} {1}").format(str(row.get("kind") or ""), mark_tag(row.get("mark"))),
            )
        )
    return Table(
        columns=(
            Column(head="Parameter"),
            Column(head="Median", numeric=True),
            Column(head="Log SD between patients", numeric=True),
            Column(head="Kind and mark"),
        ),
        rows=tuple(cells),
        caption="Model parameters that the programme sets",
    )


def _named(row: Mapping[str, Any], words: Markup | None = None) -> Markup:
    name = words or Markup("<code>{0}</code>").format(str(row.get("name") or ""))
    notes = [
        str(row[key]) if key == "note" else f"{key}: {row[key]}"
        for key in ("target", "note")
        if row.get(key)
    ]
    if notes:
        name += Markup('<span class="note">{0}</span>').format("; ".join(notes))
    return name


def _distribution(row: Mapping[str, Any]) -> str:
    """A distribution in words, from the numbers that the programme gives for it."""
    unit = format_unit(row.get("unit"))
    if row.get("distribution") == "constant" and not unit and row.get("value") in (0, 1):
        return "all patients" if row["value"] else "no patient"
    parts = [
        f"{word} {format_number(row[key])}"
        for key, word in (
            ("value", ""),
            ("mean", "mean"),
            ("center", "center"),
            ("sd", "SD"),
            ("median", "median"),
            ("sigma", "log SD"),
        )
        if number(row.get(key)) is not None
    ]
    if number(row.get("probability")) is not None:
        return f"{format_percent(100 * float(row['probability']))} of patients"
    levels, weights = row.get("levels"), row.get("weights")
    if levels and weights and len(levels) == len(weights):
        total = sum(float(weight) for weight in weights) or 1.0
        return ", ".join(
            f"{level} {format_percent(100 * float(weight) / total)}"
            for level, weight in zip(levels, weights, strict=True)
        )
    limits = format_limits(row.get("low"), row.get("high"))
    if limits:
        parts.append(f"from {limits}")
    kind = str(row.get("distribution") or "").replace("_", " ")
    written = ", ".join(part.strip() for part in parts)
    return f"{written} {plural(unit, '')} ({kind})".replace("  ", " ").strip()
