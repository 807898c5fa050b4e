"""What the programme file says of the product, and where sources disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from leucel.report.citing import Citer, mark_tag
from leucel.report.inputs import DossierInput, dig, first, number, said
from leucel.report.numbers import (
    format_count,
    format_date,
    format_interval,
    format_limits,
    format_value,
)
from leucel.report.tables import Column, Table
from leucel.report.words import code_words

_PRODUCT_FACTS = (
    ("inn", "Name (INN)"),
    ("short_name", "Name in daily use"),
    ("brand", "Trade name"),
    ("code", "Code"),
    ("sponsor", "Sponsor"),
    ("partners", "Partners"),
    ("modality", "Kind of medicine"),
    ("target", "Target"),
    ("cells", "Cells"),
    ("vector", "Vector"),
    ("selection", "Choice of the candidate"),
    ("pipeline", "Sponsor's pipeline"),
)

_OUTCOMES = {"ok": "met", "look at it": "borderline", "problem": "not-met"}


def product_facts(data: DossierInput, cite: Citer) -> list[tuple[str, Markup]]:
    """Names and properties of the product as stated in the programme file."""
    product = data.programme.get("product")
    product = product if isinstance(product, Mapping) else {}
    facts = [
        (label, cite.fact(_sourced(product[key], product)))
        for key, label in _PRODUCT_FACTS
        if said(product.get(key))
    ]
    binder = product.get("binder")
    if isinstance(binder, Mapping):
        words = " ".join(
            text for text in (said(binder.get("origin")), said(binder.get("format"))) if text
        )
        origin = binder.get("origin")
        if words:
            given = origin if isinstance(origin, Mapping) else {}
            facts.append(("Binder", cite.fact({**given, "value": words})))
        if said(binder.get("patent")):
            facts.append(("Binder, patent", cite.fact(binder["patent"])))
    dose = data.programme.get("dose")
    if isinstance(dose, Mapping) and isinstance(dose.get("amount"), Mapping):
        facts.append(("Dose", cite.fact(dose["amount"])))
        steps = dose.get("lymphodepletion")
        if steps:
            facts.append(("Lymphodepletion", cite.fact(steps)))
    indication = data.programme.get("indication")
    if isinstance(indication, Mapping) and said(indication.get("text")):
        facts.append(("Indication", cite.fact(indication["text"])))
        codes = indication.get("codes")
        if isinstance(codes, Mapping) and codes:
            facts.append(("Codes of the condition", _codes(codes)))
    return facts


def _sourced(given: Any, section: Mapping[str, Any]) -> Any:
    """A bare word takes over the source and the mark of its section."""
    if isinstance(given, Mapping) or not section.get("source"):
        return given
    return {"value": given, "source": section["source"], "mark": section.get("mark")}


def claims(data: DossierInput, cite: Citer) -> list[Markup]:
    """What the sponsor says of the product."""
    found = dig(data.programme, "product", "claims")
    if not isinstance(found, Sequence):
        return []
    return [
        cite.fact(item)
        + Markup('<span class="note">{0}</span>').format(
            str(item.get("note") or "") if isinstance(item, Mapping) else ""
        )
        for item in found
    ]


def conflicts(data: DossierInput, cite: Citer) -> list[Markup]:
    """Milestones that have another date in another source."""
    found: list[Markup] = []
    for row in data.programme.get("milestones") or ():
        if not isinstance(row, Mapping):
            continue
        for rival in row.get("conflicts") or ():
            written = Markup("{0}: {1}{2}, but {3}{4}. {5}").format(
                str(row.get("text") or ""),
                format_date(row.get("date")),
                cite.refs(row.get("source")),
                format_date(rival.get("date")),
                cite.refs(rival.get("source")),
                str(rival.get("note") or ""),
            )
            found.append(written)
    return found


def _codes(codes: Mapping[str, Any]) -> Markup:
    return Markup(", ").join(
        Markup("{0} <code>{1}</code>").format(code_words(str(key)), str(value))
        for key, value in codes.items()
    )


def parts_table(data: DossierInput, cite: Citer) -> Table | None:
    """The parts of the receptor with their residues and where they come from."""
    rows = data.table_rows("construct_parts")
    if not rows:
        return None
    cells: list[tuple[Any, ...]] = []
    for row in rows:
        name = escape(str(first(row, "label", "name", "part") or ""))
        note = first(row, "note")
        if note:
            name += Markup('<span class="note">{0}</span>').format(str(note))
        start, end = number(row.get("start")), number(row.get("end"))
        span = f"{start:g}–{end:g}" if start is not None and end is not None else "–"
        cells.append(
            (
                name,
                str(row.get("role") or "–").replace("_", " "),
                format_count(row["length"])
                if number(row.get("length")) is not None
                else "not known",
                span,
                Markup("{0}{1}").format(
                    str(first(row, "reference", "accession") or "–"), cite.refs(row.get("source"))
                ),
                mark_tag(row.get("mark")),
            )
        )
    return Table(
        columns=(
            Column(head="Part"),
            Column(head="Role"),
            Column(head="Residues", numeric=True),
            Column(head="Position", numeric=True),
            Column(head="Reference"),
            Column(head="Mark"),
        ),
        rows=tuple(cells),
        caption="Parts of the receptor",
    )


def lots_table(data: DossierInput) -> Table | None:
    """What the lots give the virtual trial: who is infused, with what dose, after how long."""
    lots = dig(data.summary, "trial", "lots")
    if not isinstance(lots, Mapping):
        return None
    rows: list[tuple[str, str]] = [
        ("Patients whose cells were collected", format_count(lots["collected"])),
        (
            "Infused",
            f"{format_count(lots['infused'])}, "
            + format_interval(
                lots["percent_infused"],
                lots["percent_infused_low"],
                lots["percent_infused_high"],
                "%",
            ),
        ),
    ]
    rows += [
        (f"Not infused: {reason}", format_count(count))
        for reason, count in lots["not_infused"].items()
        if count
    ]
    rows += [
        (
            "Infused with a product out of specification",
            format_count(lots["infused_out_of_specification"]),
        ),
        ("Infused with less than the planned dose", format_count(lots["infused_below_dose"])),
    ]
    for key, words, unit in (
        ("dose_given", "CAR+ T cells given", "cells"),
        ("vein_to_vein_days", "Apheresis to infusion", "day"),
    ):
        spread = lots[key]
        limits = format_limits(spread["p5"], spread["p95"], unit)
        rows.append(
            (f"{words}, median (5% to 95%)", f"{format_value(spread['median'], unit)} ({limits})")
        )
    response = lots.get("median_days_apheresis_to_response")
    if number(response) is not None:
        rows.append(("Apheresis to response, median", format_value(response, "day")))
    everybody = lots["orr_of_all_collected"]
    rows.append(
        (
            "Response among all whose cells were collected",
            format_interval(everybody["value"], everybody["ci_low"], everybody["ci_high"], "%"),
        )
    )
    return Table(
        columns=(Column(head="The lots in the virtual trial"), Column(head="", numeric=True)),
        rows=tuple(rows),
        caption="What the lots give the virtual trial; endpoints count from infusion",
    )


def checks_table(data: DossierInput, cite: Citer) -> Table | None:
    """What was checked on the receptor, and what came out."""
    rows = data.table_rows("construct_checks", "verdict")
    if not rows:
        return None
    cells = [
        (
            Markup("{0}{1}").format(
                str(row.get("check") or ""),
                Markup('<span class="note">{0}</span>').format(row["part"])
                if row.get("part")
                else "",
            ),
            Markup('<span class="verdict verdict-{0}">{1}</span>').format(
                _OUTCOMES.get(str(row["verdict"]), "cannot-conclude"),
                str(row["verdict"]),
            ),
            Markup("{0}{1}").format(str(row.get("message") or "–"), cite.refs(row.get("source"))),
        )
        for row in rows
    ]
    return Table(
        columns=(
            Column(head="Check"),
            Column(head="Outcome"),
            Column(head="Finding"),
        ),
        rows=tuple(cells),
        caption="Checks of the receptor",
    )
