"""The first page: the question answered in five lines, and the key numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from leucel.report.citing import Citer, mark_tag, split_value
from leucel.report.inputs import DossierInput, dig, first, number, said, texts
from leucel.report.numbers import (
    format_count,
    format_date,
    format_interval,
    format_limits,
    format_number,
    format_unit,
    format_value,
    parse_date,
)
from leucel.report.words import endpoint_words, jurisdiction_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One line of the first page.

    Attributes
    ----------
    question : what is answered, in a few words.
    head : the answer in a few words.
    body : one or two sentences with numbers and references.
    tone : `good`, `warn`, `bad` or `plain`; never the only carrier of the meaning.
    link : the section that says more.
    """

    question: str
    head: Markup
    body: Markup
    tone: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A key number with its name, its limits and what stands beside it."""

    name: str
    value: str
    limits: str
    beside: Markup
    tag: Markup


def lead_jurisdiction(data: DossierInput) -> str:
    """The jurisdiction that the dossier is about: the programme's first, else the first tested."""
    listed = data.programme.get("jurisdictions")
    if isinstance(listed, list | tuple) and listed and isinstance(listed[0], Mapping):
        code = str(first(listed[0], "code", "jurisdiction", "name") or "")
        if code:
            return code
    for rows in (data.rows("designation"), data.rows("routes"), data.rows("epidemiology")):
        for row in rows:
            if row.get("jurisdiction"):
                return str(row["jurisdiction"])
    return ""


def product_name(data: DossierInput) -> str:
    """The name of the product as a title."""
    name = (
        said(dig(data.programme, "product", "inn"))
        or said(dig(data.programme, "product", "name"))
        or said(dig(data.summary, "programme", "product"))
        or said(dig(data.summary, "programme", "title"))
        or said(dig(data.summary, "programme", "id"))
        or "Product"
    )
    return name[:1].upper() + name[1:]


def answers(data: DossierInput, cite: Citer, *, lead: str) -> tuple[Answer, ...]:
    """The five answers, and a sixth on what is not known."""
    return (
        _product(data, cite),
        _trial(data, cite),
        _persistence(data, cite),
        _rarity(data, cite, lead),
        _route(data, cite, lead),
        _unknown(data),
    )


def cards(data: DossierInput, cite: Citer, *, lead: str) -> tuple[Card, ...]:
    """Key numbers: four endpoints, prevalence against the threshold, eligible patients."""
    found: list[Card] = []
    for name in ("orr", "cr_rate", "mrd_negative", "pfs", "persistence_median_days"):
        row = endpoint(data, name)
        if row is None or number(row.get("value")) is None:
            continue
        value, limits = split_value(
            row["value"], row.get("ci_low"), row.get("ci_high"), row.get("unit")
        )
        beside = Markup("no published value")
        if number(row.get("published")) is not None:
            beside = Markup("published {0}").format(
                cite.published(row["published"], None, None, row.get("unit"), row.get("source"))
            )
        found.append(
            Card(
                name=endpoint_words(row),
                value=value,
                limits=limits,
                beside=beside,
                tag=_use_tag(row),
            )
        )
    verdict = _designation(data, lead)
    if verdict is not None and number(verdict.get("prevalence")) is not None:
        unit = format_unit(verdict.get("unit"))
        found.append(
            Card(
                name=f"Prevalence, {jurisdiction_words(lead)}",
                value=f"{format_number(verdict['prevalence'])} {unit}",
                limits=format_limits(verdict.get("low"), verdict.get("high"), unit),
                beside=Markup("threshold {0}{1}").format(
                    format_value(verdict.get("threshold"), unit), cite.refs(verdict.get("sources"))
                ),
                tag=mark_tag(verdict.get("marks")),
            )
        )
    flow = _measure(data, lead, "eligible_flow")
    if flow is not None:
        found.append(
            Card(
                name=f"Eligible a year, {jurisdiction_words(lead)}",
                value=f"{format_number(flow['value'])} patients",
                limits=format_limits(flow.get("low"), flow.get("high"), "patients"),
                beside=cite.refs(flow.get("sources")) or cite.run(),
                tag=mark_tag(flow.get("mark")),
            )
        )
    return tuple(found)


def endpoint(data: DossierInput, name: str, *, month: float | None = None) -> dict[str, Any] | None:
    """An endpoint row by name, the one with a published value first, then the month asked for."""
    rows = [row for row in data.rows("trial", "endpoints") if row.get("endpoint") == name]
    if month is not None:
        rows = [row for row in rows if number(row.get("month")) == month]
    rows.sort(key=lambda row: number(row.get("published")) is None)
    return rows[0] if rows else None


def _use_tag(row: Mapping[str, Any]) -> Markup:
    use = str(row.get("used_for") or "")
    if use not in {"calibration", "prediction"}:
        return Markup("")
    return Markup('<span class="use use-{0}">{0}</span>').format(use)


def _product(data: DossierInput, cite: Citer) -> Answer:
    product = data.programme.get("product")
    product = product if isinstance(product, Mapping) else {}
    names = [said(product.get(key)) for key in ("brand", "code", "short_name")]
    others = ", ".join(dict.fromkeys(name for name in names if name))
    binder = product.get("binder")
    origin = said(binder.get("origin")) if isinstance(binder, Mapping) else ""
    target = said(product.get("target")) or "its target"
    cells = said(product.get("cells"))
    sentence = f"{cells[:1].upper()}{cells[1:]} T cells" if cells else "T cells"
    sentence += (
        f" with a{'n' if origin[:1] in 'aeiou' and origin else ''} {origin} receptor"
        if (origin)
        else " with a receptor"
    )
    sentence += f" against {target}"
    vector = said(product.get("vector"))
    if vector:
        sentence += f", brought in by {_article(vector)}"
    body = Markup("{0}{1}.").format(sentence, cite.refs(_source(product.get("target"), product)))
    dose = data.programme.get("dose")
    amount = dose.get("amount") if isinstance(dose, Mapping) else None
    if isinstance(amount, Mapping) and number(amount.get("value")) is not None:
        body += Markup(" One dose: {0}.").format(
            cite.published(
                amount["value"],
                amount.get("low"),
                amount.get("high"),
                amount.get("unit"),
                amount.get("source"),
            )
        )
    head = escape(product_name(data))
    if others:
        head = Markup("{0} <span class='soft'>({1})</span>").format(head, others)
    return Answer(
        question="What is the product?", head=head, body=body, tone="plain", link="product"
    )


def _trial(data: DossierInput, cite: Citer) -> Answer:
    question = "What does the virtual trial say?"
    parts: list[Markup] = []
    for name in ("orr", "cr_rate", "pfs"):
        row = endpoint(data, name)
        if row is None or number(row.get("value")) is None:
            continue
        parts.append(_beside(row, cite))
    if not parts:
        return Answer(
            question=question,
            head=escape("No endpoint was computed"),
            body=escape("The run holds no response and no survival."),
            tone="warn",
            link="response",
        )
    compared = [
        row
        for row in data.rows("trial", "endpoints")
        if number(row.get("published")) is not None and number(row.get("value")) is not None
    ]
    inside = [row for row in compared if _agrees(row) is True]
    judged = [row for row in compared if _agrees(row) is not None]
    count = first(
        dig(data.summary, "trial") if isinstance(dig(data.summary, "trial"), Mapping) else {},
        "n_patients",
        "patients",
        "n",
    )
    lead_in = f"In {format_count(count)} virtual patients: " if number(count) is not None else ""
    head = (
        f"{len(inside)} of {len(judged)} compared endpoints within the published 95% limits"
        if judged
        else "Endpoints computed; none has published limits to judge by"
    )
    tone = "good" if judged and len(inside) == len(judged) else "warn"
    body = escape(lead_in) + Markup("; ").join(parts) + Markup(".")
    return Answer(question=question, head=escape(head), body=body, tone=tone, link="response")


def _agrees(row: Mapping[str, Any]) -> bool | None:
    """Whether the simulated value lies within the published limits; None without limits."""
    low, high = number(row.get("published_low")), number(row.get("published_high"))
    value = number(row.get("value"))
    if low is None or high is None or value is None:
        return None
    return low <= value <= high


def _beside(row: Mapping[str, Any], cite: Citer) -> Markup:
    unit = row.get("unit")
    name = endpoint_words(row)
    mine = cite.computed(row["value"], row.get("ci_low"), row.get("ci_high"), unit)
    text = Markup("{0} {1}").format(name[:1].lower() + name[1:], mine)
    if number(row.get("published")) is None:
        return text
    other = cite.published(
        row["published"],
        row.get("published_low"),
        row.get("published_high"),
        unit,
        row.get("source"),
    )
    return Markup("{0} beside {1} published {2}").format(text, other, _use_tag(row))


def _persistence(data: DossierInput, cite: Citer) -> Answer:
    question = "How long do the cells persist?"
    row = endpoint(data, "persistence_median_days")
    shares = [
        found
        for month in (6.0, 12.0, 18.0, 24.0)
        if (found := endpoint(data, "detectable", month=month)) is not None
        and number(found.get("value")) is not None
    ]
    if row is None or number(row.get("value")) is None:
        head = escape("No median persistence was computed")
        body = Markup("")
        tone = "warn"
    else:
        head = Markup("Median {0}").format(format_value(row["value"], row.get("unit") or "days"))
        body = Markup("Median time above the limit of quantification: {0}").format(
            cite.computed(
                row["value"], row.get("ci_low"), row.get("ci_high"), row.get("unit") or "days"
            )
        )
        if number(row.get("published")) is not None:
            body += Markup(", beside {0} published {1}").format(
                cite.published(
                    row["published"],
                    row.get("published_low"),
                    row.get("published_high"),
                    row.get("unit") or "days",
                    row.get("source"),
                ),
                _use_tag(row),
            )
        body += Markup(". ")
        tone = "plain"
    if shares:
        listed = Markup(", ").join(
            Markup("{0} at {1} months").format(
                format_value(found["value"], found.get("unit")), f"{float(found['month']):g}"
            )
            for found in shares
        )
        body += Markup("Cells detectable in {0}{1}.").format(listed, cite.run())
    return Answer(question=question, head=head, body=body, tone=tone, link="kinetics")


def _designation(data: DossierInput, lead: str) -> dict[str, Any] | None:
    mine = [row for row in data.rows("designation") if row.get("jurisdiction") == lead]
    mine.sort(key=lambda row: number(row.get("threshold")) is None)
    return mine[0] if mine else None


def _measure(data: DossierInput, lead: str, measure: str) -> dict[str, Any] | None:
    for row in data.rows("epidemiology"):
        if (
            row.get("jurisdiction") == lead
            and row.get("measure") == measure
            and number(row.get("value")) is not None
        ):
            return row
    return None


def _rarity(data: DossierInput, cite: Citer, lead: str) -> Answer:
    place = jurisdiction_words(lead) or "the lead jurisdiction"
    question = f"Is the condition rare enough in {place}?"
    row = _designation(data, lead)
    if row is None:
        return Answer(
            question=question,
            head=escape("No threshold was tested"),
            body=escape("The run holds no designation test of this jurisdiction."),
            tone="warn",
            link="designation",
        )
    verdict = str(row.get("verdict") or "cannot conclude")
    words = {
        "met": "Yes, the threshold is met",
        "borderline": "Borderline",
        "not met": "No, the threshold is not met",
        "cannot conclude": "Cannot be concluded",
    }
    tones = {"met": "good", "borderline": "warn", "not met": "bad"}
    prevalence, threshold = number(row.get("prevalence")), number(row.get("threshold"))
    head = escape(words.get(verdict, verdict))
    if verdict == "met" and prevalence and threshold:
        head = Markup("{0}, by a factor of {1}").format(
            head, format_number(threshold / prevalence, digits=2)
        )
    body = Markup("")
    if prevalence is not None and threshold is not None:
        unit = row.get("unit")
        body = Markup("Estimated prevalence {0}{1} {2} against a threshold of {3}.").format(
            format_interval(prevalence, row.get("low"), row.get("high"), unit),
            cite.refs(row.get("sources")) or cite.run(),
            mark_tag(row.get("marks")),
            format_value(threshold, unit),
        )
    margin = number(row.get("margin_years"))
    if margin is not None:
        body += Markup(
            " The threshold would be reached only if there were {0} living patients for each new "
            "case a year."
        ).format(format_number(margin))
    note = said(row.get("note"))
    if not body and note:
        body = escape(note)
    return Answer(
        question=question,
        head=head,
        body=body,
        tone=tones.get(verdict, "warn"),
        link="designation",
    )


def _route(data: DossierInput, cite: Citer, lead: str) -> Answer:
    question = "Which route, and when?"
    rows = [
        row
        for row in data.rows("routes")
        if row.get("jurisdiction") == lead and parse_date(row.get("finish")) is not None
    ]
    usable = [row for row in rows if row.get("status") == "open"]
    usable.sort(key=lambda row: str(row["finish"]))
    if not usable:
        doubtful = [row for row in rows if row.get("status") == "doubtful"]
        text = "No route is open beyond doubt" if doubtful else "No dated route"
        return Answer(
            question=question,
            head=escape(text),
            body=escape("See the routes and what stands against each of them."),
            tone="warn",
            link="designation",
        )
    best = usable[0]
    body = Markup("{0}: decision no earlier than {1}{2}").format(
        str(best["route"]), format_date(best["finish"]), cite.refs(best.get("sources"))
    )
    if number(best.get("clock")) is not None:
        body += Markup(" after {0} {1} of the agency's own time").format(
            format_number(best["clock"]), best.get("clock_unit") or ""
        )
    body += Markup(".")
    others = [row for row in usable if row["finish"] != best["finish"]]
    if others:
        body += Markup(" {0}: {1}{2}.").format(
            str(others[-1]["route"]),
            format_date(others[-1]["finish"]),
            cite.refs(others[-1].get("sources")),
        )
    return Answer(
        question=question,
        head=Markup("{0}, at the earliest").format(format_date(best["finish"])),
        body=body,
        tone="plain",
        link="designation",
    )


def _unknown(data: DossierInput) -> Answer:
    found = unknown_texts(data)
    head = f"{len(found)} things that nobody has published" if found else "Nothing was listed"
    body = Markup("; ").join(escape(text.rstrip(".")) for text in found[:3])
    if found:
        body += Markup(".")
    return Answer(
        question="What is not known?",
        head=escape(head),
        body=body,
        tone="warn" if found else "plain",
        link="unknown",
    )


def unknown_texts(data: DossierInput) -> list[str]:
    """What is not known, one short text each."""
    found: list[str] = []
    for item in data.unknowns:
        text = (
            said(first(item, "what", "text", "value")) if isinstance(item, Mapping) else said(item)
        )
        if text:
            found.append(text)
    return found


def _source(given: Any, section: Mapping[str, Any]) -> list[str]:
    if isinstance(given, Mapping) and given.get("source"):
        return texts(given["source"])
    return texts(section.get("source"))


def _article(text: str) -> str:
    lower = text[:1].lower() + text[1:] if not text[:2].isupper() else text
    if lower.split(" ")[0] in {"a", "an", "the"}:
        return lower
    return f"{'an' if lower[:1] in 'aeiou' else 'a'} {lower}"
