"""Tables of the population: quoted and estimated rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from leucel.report.citing import Citer, mark_tag, value_with_limits
from leucel.report.inputs import DossierInput, number
from leucel.report.numbers import format_given, format_interval
from leucel.report.tables import Column, Table
from leucel.report.words import jurisdiction_words, measure_words


def quoted_rates(data: DossierInput, cite: Citer) -> Table | None:
    """Rates that documents quote, with the scale that the evidence finds behind them."""
    rows = data.programme.get("quoted_epidemiology")
    if not isinstance(rows, Sequence) or not rows:
        return None
    cells = [
        (
            Markup("{0}{1} {2}").format(
                str(row.get("text") or row.get("id") or ""),
                cite.refs(row.get("source")),
                mark_tag(row.get("mark")),
            ),
            format_given(row.get("value"), _quoted_unit(row)),
            str(row.get("scale") or "–"),
            Markup("{0}{1}").format(
                ", ".join(
                    text
                    for text in (
                        jurisdiction_words(row.get("region")),
                        str(row.get("year") or ""),
                    )
                    if text
                ),
                Markup('<span class="note">{0}</span>').format(row["note"])
                if row.get("note")
                else "",
            ),
        )
        for row in rows
        if isinstance(row, Mapping)
    ]
    return Table(
        columns=(
            Column(head="What is quoted"),
            Column(head="Value", numeric=True),
            Column(head="Scale"),
            Column(head="Where and when"),
        ),
        rows=tuple(cells),
        caption="Quoted rates and the scale they are on",
    )


def epidemiology_table(data: DossierInput, cite: Citer, lead: str, *, inside: bool) -> Table | None:
    """Incidence, prevalence and eligible patients of the lead jurisdiction, or of all others."""
    rows = [row for row in data.rows("epidemiology") if (row.get("jurisdiction") == lead) is inside]
    if not rows:
        return None
    cells: list[tuple[Any, ...]] = []
    before: tuple[str, str] | None = None
    for row in rows:
        place = jurisdiction_words(row.get("jurisdiction"))
        name = escape(measure_words(row.get("measure")))
        if not inside:
            name += Markup('<span class="note">{0}</span>').format(place)
        said_here = (place, str(row.get("note") or ""))
        # The same note under neighboring rows is said once.
        note = "" if said_here == before else said_here[1]
        before = said_here
        how = escape(
            ", ".join(str(row[key]) for key in ("method", "population_source") if row.get(key))
        )
        if note:
            how += Markup('<span class="note">{0}</span>').format(note)
        written = format_interval(
            row.get("value"), row.get("low"), row.get("high"), row.get("unit")
        )
        cells.append(
            (
                name,
                str(row.get("year") or "–"),
                value_with_limits(written) + (cite.refs(row.get("sources")) or cite.run()),
                how,
                mark_tag(row.get("mark")),
            )
        )
    return Table(
        columns=(
            Column(head="Measure"),
            Column(head="Year", numeric=True),
            Column(head="Value (95% limits)", numeric=True),
            Column(head="How it was found"),
            Column(head="Mark"),
        ),
        rows=tuple(cells),
        caption="Incidence, prevalence and eligible patients",
    )


def _quoted_unit(row: Mapping[str, Any]) -> str:
    """The unit of a quoted rate, given in words or as the number of people it is counted per."""
    per = number(row.get("per"))
    if row.get("unit") or per is None:
        return str(row.get("unit") or "")
    return f"per {per:,.0f}"
