"""Tables of the threshold tests and of the routes."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from leucel.report.citing import Citer, mark_tag, value_with_limits
from leucel.report.inputs import DossierInput, first, number
from leucel.report.numbers import format_date, format_given, format_interval, format_number
from leucel.report.tables import Column, Table
from leucel.report.words import jurisdiction_words


def designation_table(data: DossierInput, cite: Citer) -> Table | None:
    """The threshold tests with their verdicts."""
    rows = data.rows("designation")
    if not rows:
        return None
    reasons = {
        str(row["rule_id"]): row["reason"]
        for row in data.table_rows("designation", "rule_id", "reason")
        if row.get("standing") in (None, "principal")
    }
    cells: list[tuple[Any, ...]] = []
    for row in rows:
        verdict = str(row.get("verdict") or "cannot conclude")
        threshold = (
            f"{_operator(row.get('operator'))} {format_given(row['threshold'], row.get('unit'))}"
            if number(row.get("threshold")) is not None
            else "no number"
        )
        prevalence = (
            format_interval(row["prevalence"], row.get("low"), row.get("high"), row.get("unit"))
            if number(row.get("prevalence")) is not None
            else "–"
        )
        head = Markup("{0}<span class='note'>{1}</span>").format(
            jurisdiction_words(row.get("jurisdiction")), str(row.get("rule_id") or "")
        )
        said_more = first(row, "reason", "note") or reasons.get(str(row.get("rule_id")))
        cells.append(
            (
                head,
                Markup("{0}{1}").format(threshold.strip(), cite.refs(row.get("sources"))),
                value_with_limits(prevalence),
                Markup('<span class="verdict verdict-{0}">{1}</span>{2}').format(
                    verdict.replace(" ", "-"),
                    verdict,
                    Markup('<span class="note">{0}</span>').format(said_more) if said_more else "",
                ),
                format_number(row["margin_years"])
                if number(row.get("margin_years")) is not None
                else "–",
                mark_tag(row.get("marks")),
            )
        )
    return Table(
        columns=(
            Column(head="Jurisdiction and rule"),
            Column(head="Threshold", numeric=True),
            Column(head="Prevalence (interval)", numeric=True),
            Column(head="Verdict"),
            Column(head="Margin, patients per yearly case", numeric=True),
            Column(head="Marks"),
        ),
        rows=tuple(cells),
        caption="Threshold tests by jurisdiction",
    )


def route_table(data: DossierInput, cite: Citer) -> Table | None:
    """The routes with their status, clock and dates."""
    rows = data.rows("routes")
    if not rows:
        return None
    cells: list[tuple[Any, ...]] = []
    for row in rows:
        status = str(row.get("status") or "")
        clock = (
            f"{format_number(row['clock'])} {row.get('clock_unit') or ''}".strip()
            if number(row.get("clock")) is not None
            else "not known"
        )
        name = escape(str(row.get("route") or ""))
        if row.get("reason"):
            name += Markup('<span class="note">{0}</span>').format(str(row["reason"]))
        finish = format_date(row.get("finish")) if row.get("finish") else "–"
        limits = [row.get(key) for key in ("finish_low", "finish_high")]
        if all(limits) and limits[0] != limits[1]:
            finish += f" ({format_date(limits[0])} to {format_date(limits[1])})"
        cells.append(
            (
                jurisdiction_words(row.get("jurisdiction")),
                Markup("{0}").format(name),
                Markup('<span class="status status-{0}">{0}</span>').format(status),
                "with" if row.get("with_designation") else "without",
                Markup("{0}{1} {2}").format(
                    clock, cite.refs(row.get("sources")), mark_tag(row.get("marks"))
                ),
                format_date(row.get("start")) if row.get("start") else "–",
                finish,
            )
        )
    return Table(
        columns=tuple(
            Column(head=head)
            for head in (
                "Jurisdiction",
                "Route",
                "Status",
                "Designation",
                "Clock",
                "Filing",
                "Decision",
            )
        ),
        rows=tuple(cells),
        caption="Routes to approval",
    )


def _operator(operator: Any) -> str:
    words = {"<": "fewer than", "<=": "at most", "lt": "fewer than", "le": "at most"}
    return words.get(str(operator or ""), str(operator or ""))
