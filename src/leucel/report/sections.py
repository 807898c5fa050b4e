"""What the sections show: rows that are already written, with their marks and references."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from leucel.report.citing import Citer, mark_tag
from leucel.report.first_page import unknown_texts
from leucel.report.inputs import DossierInput, clean, dig, first, number, plain, said, texts
from leucel.report.numbers import (
    format_count,
    format_date,
    format_interval,
    format_number,
    format_value,
)
from leucel.report.tables import MAX_ROWS, Column, Table, thin
from leucel.report.words import (
    endpoint_words,
    head_words,
    jurisdiction_words,
    measure_words,
)

_PRODUCT_FACTS = (
    ("inn", "Name (INN)"),
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


def product_facts(data: DossierInput, cite: Citer) -> list[tuple[str, Markup]]:
    """Names and properties of the product as stated in the programme file."""
    product = data.programme.get("product")
    product = product if isinstance(product, Mapping) else {}
    facts = [
        (label, cite.fact(product[key])) for key, label in _PRODUCT_FACTS if said(product.get(key))
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
    return facts


def claims(data: DossierInput, cite: Citer) -> list[Markup]:
    """What the sponsor says of the product."""
    found = dig(data.programme, "product", "claims")
    return [cite.fact(item) for item in found] if isinstance(found, Sequence) else []


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
        rule = " ".join(str(row.get(key, "")) for key in ("field", "operator", "value"))
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


def conflicts(data: DossierInput, cite: Citer) -> list[Markup]:
    """Milestones that have another date in another source."""
    found: list[Markup] = []
    for row in data.programme.get("milestones") or ():
        if not isinstance(row, Mapping):
            continue
        for rival in row.get("conflicts") or ():
            found.append(
                Markup("{0}: {1}{2}, but {3}{4}. {5}").format(
                    str(row.get("text") or ""),
                    format_date(row.get("date")),
                    cite.refs(row.get("source")),
                    format_date(rival.get("date")),
                    cite.refs(rival.get("source")),
                    str(rival.get("note") or ""),
                )
            )
    return found


def endpoint_table(data: DossierInput, cite: Citer) -> Table | None:
    """Every endpoint: simulated, published, what it was used for."""
    rows = data.rows("trial", "endpoints")
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
        use = str(row.get("used_for") or "")
        tag = (
            Markup('<span class="use use-{0}">{0}</span>').format(use)
            if use in {"calibration", "prediction"}
            else Markup("–")
        )
        count = format_count(row["n"]) if number(row.get("n")) is not None else "–"
        cells.append((name, value, published, tag, count))
    return Table(
        columns=(
            Column(head="Endpoint"),
            Column(head="Simulated (95% limits)", numeric=True),
            Column(head="Published (95% limits)", numeric=True),
            Column(head="Used for"),
            Column(head="Virtual patients", numeric=True),
        ),
        rows=tuple(cells),
        caption="Endpoints of the virtual trial beside the published results",
    )


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
            format_value(row.get("value"), row.get("unit")),
            str(row.get("scale") or "–"),
            Markup("{0}{1}").format(
                ", ".join(str(row[key]) for key in ("region", "year") if row.get(key)),
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


def epidemiology_table(data: DossierInput, cite: Citer) -> Table | None:
    """Incidence, prevalence and eligible patients by jurisdiction."""
    rows = data.rows("epidemiology")
    if not rows:
        return None
    cells: list[tuple[Any, ...]] = []
    for row in rows:
        name = escape(measure_words(row.get("measure")))
        detail = " · ".join(
            str(row[key]) for key in ("scale", "method", "population_source") if row.get(key)
        )
        if row.get("note"):
            detail = f"{detail}. {row['note']}" if detail else str(row["note"])
        if detail:
            name += Markup('<span class="note">{0}</span>').format(detail)
        cells.append(
            (
                jurisdiction_words(row.get("jurisdiction")),
                name,
                str(row.get("year") or "–"),
                Markup("{0}{1}").format(
                    format_interval(
                        row.get("value"), row.get("low"), row.get("high"), row.get("unit")
                    ),
                    cite.refs(row.get("sources")) or cite.run(),
                ),
                mark_tag(row.get("mark")),
            )
        )
    return Table(
        columns=(
            Column(head="Jurisdiction"),
            Column(head="Measure"),
            Column(head="Year", numeric=True),
            Column(head="Value (95% limits)", numeric=True),
            Column(head="Mark"),
        ),
        rows=tuple(cells),
        caption="Incidence, prevalence and eligible patients",
    )


def designation_table(data: DossierInput, cite: Citer) -> Table | None:
    """The threshold tests with their verdicts."""
    rows = data.rows("designation")
    if not rows:
        return None
    cells: list[tuple[Any, ...]] = []
    for row in rows:
        verdict = str(row.get("verdict") or "cannot conclude")
        threshold = (
            f"{_operator(row.get('operator'))} {format_value(row['threshold'], row.get('unit'))}"
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
        said_more = first(row, "note", "reason")
        cells.append(
            (
                head,
                Markup("{0}{1}").format(threshold.strip(), cite.refs(row.get("sources"))),
                prevalence,
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
            format_value(value, row.get("unit"))
            if number(value) is not None
            else ("left open" if value in (None, "") else str(value))
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


def unknowns(data: DossierInput) -> list[tuple[str, str]]:
    """What is not known, and what follows from it."""
    effects = {
        said(row.get("what")): said(row.get("effect"))
        for row in (*data.unknowns, *(data.programme.get("unknowns") or ()))
        if isinstance(row, Mapping)
    }
    return [(text, effects.get(text, "")) for text in unknown_texts(data)]


def frame_table(data: DossierInput, name: str, caption: str = "") -> Table | None:
    """A table of the run as it is, with its sources and marks turned into tags."""
    rows = data.table_rows(name)
    if not rows:
        return None
    keys = [key for key in rows[0] if key not in {"source", "sources", "color"}]
    shown = thin(rows, MAX_ROWS)
    numeric = {key: any(number(row.get(key)) is not None for row in shown) for key in keys}
    cells = tuple(
        tuple(
            mark_tag(row.get(key)) if key in {"mark", "marks"} else _cell(row.get(key))
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


def _cell(value: Any) -> str:
    value = clean(value)
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(texts(value)) or "–"
    return format_number(value) if number(value) is not None else str(value)


def _operator(operator: Any) -> str:
    words = {"<": "fewer than", "<=": "at most", "lt": "fewer than", "le": "at most"}
    return words.get(str(operator or ""), str(operator or ""))
