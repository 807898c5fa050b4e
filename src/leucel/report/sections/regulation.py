"""Tables of the threshold tests and of the routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from leucel.report.citing import Citer, mark_tag, value_with_limits
from leucel.report.inputs import DossierInput, first, number
from leucel.report.lookup import merged_routes
from leucel.report.numbers import format_date, format_given, format_interval, format_number
from leucel.report.tables import Column, Table
from leucel.report.words import jurisdiction_words, route_words

_DESIGNATION = {"with": "with", "without": "without", "either": "with or without"}


def designation_table(data: DossierInput, cite: Citer) -> Table | None:
    """The threshold tests with their verdicts."""
    rows = data.rows("designation")
    if not rows:
        return None
    # A rule of a block stands for several members: the jurisdiction belongs to the key.
    reasons = {
        (str(row.get("jurisdiction")), str(row["rule_id"])): row["reason"]
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
        place = (str(row.get("jurisdiction")), str(row.get("rule_id")))
        reason = first(row, "reason", "note") or reasons.get(place)
        why = escape(str(reason or "–"))
        margin = number(row.get("margin_years"))
        if margin is not None:
            why += Markup('<span class="note">Margin: {0} patients per yearly case</span>').format(
                format_number(margin)
            )
        cells.append(
            (
                head,
                Markup("{0}{1}").format(threshold.strip(), cite.refs(row.get("sources"))),
                value_with_limits(prevalence),
                Markup('<span class="verdict verdict-{0}">{1}</span><br>{2}').format(
                    verdict.replace(" ", "-"), verdict, mark_tag(row.get("marks"))
                ),
                why,
            )
        )
    return Table(
        columns=(
            Column(head="Jurisdiction and rule"),
            Column(head="Threshold"),
            Column(head="Prevalence (interval)"),
            Column(head="Verdict and marks"),
            Column(head="Why"),
        ),
        rows=tuple(cells),
        caption="Threshold tests by jurisdiction",
    )


def route_table(data: DossierInput, cite: Citer, lead: str, *, inside: bool) -> Table | None:
    """The routes of the lead jurisdiction, or of all others, with status, clock and dates."""
    rows = [row for row in merged_routes(data) if (row.get("jurisdiction") == lead) is inside]
    if not rows:
        return None
    cells: list[tuple[Any, ...]] = []
    for row in rows:
        status = str(row.get("status") or "")
        which = _DESIGNATION.get(str(row["designation"]), "")
        name = Markup('{0} <span class="status status-{1}">{1}</span>').format(
            route_words(row.get("route")), status
        )
        place = "" if inside else f"{jurisdiction_words(row.get('jurisdiction'))}, "
        name += Markup('<span class="note">{0}</span>').format(f"{place}{which} designation")
        clock = "not known"
        if number(row.get("clock")) is not None:
            clock = f"{format_number(row['clock'])} {row.get('clock_unit') or ''}".strip()
        cells.append(
            (
                name,
                Markup("{0}{1}<br>{2}").format(
                    clock, cite.refs(row.get("sources")), mark_tag(row.get("marks"))
                ),
                _dates(row),
                str(row.get("reason") or "–"),
            )
        )
    return Table(
        columns=tuple(
            Column(head=head) for head in ("Route", "Clock", "Decision", "What to know of it")
        ),
        rows=tuple(cells),
        caption="Routes to approval",
    )


def _dates(row: Mapping[str, Any]) -> Markup:
    if not row.get("finish"):
        return Markup("–")
    written = Markup('<span class="value">{0}</span>').format(format_date(row["finish"]))
    low, high = row.get("finish_low"), row.get("finish_high")
    if low and high and low != high:
        span = f"{format_date(low)} to {format_date(high)}"
        written += Markup('<span class="note">{0}</span>').format(span)
    if row.get("start"):
        written += Markup('<span class="note">filed {0}</span>').format(format_date(row["start"]))
    return written


def _operator(operator: Any) -> str:
    words = {"<": "fewer than", "<=": "at most", "lt": "fewer than", "le": "at most"}
    return words.get(str(operator or ""), str(operator or ""))
