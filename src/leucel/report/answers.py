"""The first page: the question answered in five lines, and one on what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from leucel.report.citing import Citer, mark_tag, use_tag
from leucel.report.inputs import DossierInput, number, said, texts
from leucel.report.lookup import (
    agrees,
    endpoint_rows,
    find_designation,
    find_endpoint,
    open_routes,
    patient_count,
    product_name,
    unknown_pairs,
)
from leucel.report.numbers import (
    format_count,
    format_date,
    format_given,
    format_interval,
    format_number,
    format_value,
)
from leucel.report.words import endpoint_words, jurisdiction_words, route_words

_VERDICTS = {
    "met": ("Yes, the threshold is met", "good"),
    "borderline": ("Borderline", "warn"),
    "not met": ("No, the threshold is not met", "bad"),
    "cannot conclude": ("Cannot be concluded", "warn"),
}


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


def make_answers(data: DossierInput, cite: Citer, *, lead: str) -> tuple[Answer, ...]:
    """The answers in the order of the document."""
    return (
        _product(data, cite),
        _trial(data, cite),
        _persistence(data, cite),
        _rarity(data, cite, lead),
        _route(data, cite, lead),
        _unknown(data),
    )


def _product(data: DossierInput, cite: Citer) -> Answer:
    product = _section(data, "product")
    names = [said(product.get(key)) for key in ("short_name", "brand", "code")]
    others = ", ".join(dict.fromkeys(name for name in names if name))
    cells = said(product.get("cells"))
    sentence = f"{cells} T cells" if cells else "T cells"
    sentence = sentence[:1].upper() + sentence[1:]
    sentence += f" with a receptor against {said(product.get('target')) or 'its target'}"
    binder = product.get("binder")
    if isinstance(binder, Mapping):
        words = [said(binder.get(key)) for key in ("origin", "format")]
        if all(words):
            sentence += f" whose binder is {_article(' '.join(words))}"
    vector = said(product.get("vector"))
    if vector:
        name = vector if "vector" in vector.casefold() else f"{vector} vector"
        sentence += f", brought in by {_article(name)}"
    body = Markup("{0}{1}.").format(sentence, cite.refs(_sources(product.get("target"), product)))
    amount = _section(data, "dose").get("amount")
    if isinstance(amount, Mapping) and number(amount.get("value")) is not None:
        body += Markup(" One infusion of {0}{1}.").format(
            format_given(amount["value"], amount.get("unit")), cite.refs(amount.get("source"))
        )
    head = escape(product_name(data))
    if others:
        head = Markup('{0} <span class="soft">({1})</span>').format(head, others)
    return Answer(
        question="What is the product?", head=head, body=body, tone="plain", link="product"
    )


def _trial(data: DossierInput, cite: Citer) -> Answer:
    question = "What does the virtual trial say beside the published result?"
    shown = [
        row for name in ("orr", "cr_rate", "pfs") if (row := find_endpoint(data, name)) is not None
    ]
    if not shown:
        return Answer(
            question=question,
            head=escape("No endpoint was computed"),
            body=escape("The run holds no response and no survival."),
            tone="warn",
            link="response",
        )
    head, tone, misses = _agreement(data)
    count = patient_count(data)
    begin = escape(f"In {format_count(count)} virtual patients: " if count is not None else "")
    body = begin + Markup("; ").join(_beside(row, cite) for row in shown) + Markup(".")
    if misses:
        body += escape(f" Not met although fitted: {', '.join(misses)}.")
    return Answer(question=question, head=escape(head), body=body, tone=tone, link="response")


def _agreement(data: DossierInput) -> tuple[str, str, list[str]]:
    """How many predictions agree, the tone, and fitted endpoints that do not agree.

    Fitted endpoints agree by construction and are no evidence, so only predictions are counted; a
    fitted endpoint that still differs is named.
    """
    rows = [row for row in endpoint_rows(data) if agrees(row) is not None]
    tests = [row for row in rows if row.get("used_for") == "prediction"]
    held = sum(agrees(row) is True for row in tests)
    misses = [
        endpoint_words(row)[:1].lower() + endpoint_words(row)[1:]
        for row in rows
        if row.get("used_for") == "calibration" and agrees(row) is False
    ]
    if not tests:
        head = "Fitted to the published response; no prediction can be judged yet"
    elif len(tests) == 1:
        head = f"The one prediction that can be judged {'agrees' if held else 'differs'}"
    else:
        head = f"{held} of {len(tests)} predictions agree with the published values"
    good = bool(tests) and held == len(tests) and not misses
    return head, "good" if good else "warn", misses


def _beside(row: Mapping[str, Any], cite: Citer) -> Markup:
    unit = row.get("unit")
    name = endpoint_words(row)
    text = Markup("{0} {1}").format(
        name[:1].lower() + name[1:],
        cite.computed(row["value"], row.get("ci_low"), row.get("ci_high"), unit),
    )
    if number(row.get("published")) is None:
        return text
    return Markup("{0}, published {1} {2}").format(text, _published(row, cite), use_tag(row))


def _published(row: Mapping[str, Any], cite: Citer) -> Markup:
    return cite.published(
        row["published"],
        row.get("published_low"),
        row.get("published_high"),
        row.get("unit"),
        row.get("source"),
    )


def _persistence(data: DossierInput, cite: Citer) -> Answer:
    row = find_endpoint(data, "persistence_median_days")
    shares = [
        found
        for month in (6.0, 12.0, 18.0, 24.0)
        if (found := find_endpoint(data, "detectable", month=month)) is not None
    ]
    head, body, tone = escape("No median persistence was computed"), Markup(""), "warn"
    if row is not None:
        unit, tone = row.get("unit") or "days", "plain"
        head = escape(f"Median {format_value(row['value'], unit)}")
        body = Markup("Above the limit of quantification for a median of {0}").format(
            cite.computed(row["value"], row.get("ci_low"), row.get("ci_high"), unit)
        )
        if number(row.get("published")) is not None:
            body += Markup(", published {0} {1}").format(_published(row, cite), use_tag(row))
        body += Markup(". ")
    if shares:
        listed = ", ".join(
            f"{format_value(found['value'], found.get('unit'))} at {float(found['month']):g} months"
            for found in shares
        )
        body += Markup("Cells detectable in {0}{1}.").format(listed, cite.run())
    return Answer(
        question="How long do the cells persist?", head=head, body=body, tone=tone, link="kinetics"
    )


def _rarity(data: DossierInput, cite: Citer, lead: str) -> Answer:
    place = jurisdiction_words(lead) or "the lead jurisdiction"
    question = f"Is the condition rare enough in {place}?"
    row = find_designation(data, lead)
    if row is None:
        return Answer(
            question=question,
            head=escape("No threshold was tested"),
            body=escape("The run holds no designation test of this jurisdiction."),
            tone="warn",
            link="designation",
        )
    verdict = str(row.get("verdict") or "cannot conclude")
    words, tone = _VERDICTS.get(verdict, (verdict, "warn"))
    prevalence, threshold = number(row.get("prevalence")), number(row.get("threshold"))
    if verdict == "met" and prevalence and threshold:
        words += f", by a factor of {format_number(threshold / prevalence, digits=2)}"
        high = number(row.get("high"))
        if high and high > prevalence:
            words += f" (at least {format_number(threshold / high, digits=2)})"
    body = Markup("")
    if prevalence is not None and threshold is not None:
        unit = row.get("unit")
        body = Markup("Estimated prevalence {0}{1} against a threshold of {2}{3} {4}.").format(
            format_interval(prevalence, row.get("low"), row.get("high"), unit),
            cite.run(),
            format_given(threshold, unit),
            cite.refs(row.get("sources")),
            mark_tag(row.get("marks")),
        )
    margin = number(row.get("margin_years"))
    if margin is not None:
        body += Markup(
            " It would be reached only with {0} living patients for each new case a year."
        ).format(format_number(margin))
    if not body:
        body = escape(said(row.get("note")) or "No prevalence could be set against a number.")
    return Answer(question=question, head=escape(words), body=body, tone=tone, link="designation")


def _route(data: DossierInput, cite: Citer, lead: str) -> Answer:
    question = "Which route, and when?"
    usable = open_routes(data, lead)
    if not usable:
        doubtful = open_routes(data, lead, status="doubtful")
        return Answer(
            question=question,
            head=escape("No route is open beyond doubt" if doubtful else "No dated route"),
            body=escape("The section on routes says what stands against each of them."),
            tone="warn",
            link="designation",
        )
    best = usable[0]
    body = Markup("{0}: decision no earlier than {1}{2}").format(
        route_words(best["route"]), format_date(best["finish"]), cite.refs(best.get("sources"))
    )
    if number(best.get("clock")) is not None:
        body += Markup(", after {0} {1} of the agency's own time").format(
            format_number(best["clock"]), best.get("clock_unit") or ""
        )
    body += Markup(".")
    last = usable[-1]
    if best["designation"] == "either":
        body += Markup(" The designation changes nothing in this clock as far as is published.")
    if last["finish"] != best["finish"]:
        body += Markup(" {0}: {1}{2}.").format(
            route_words(last["route"]), format_date(last["finish"]), cite.refs(last.get("sources"))
        )
    return Answer(
        question=question,
        head=escape(f"{format_date(best['finish'])} at the earliest"),
        body=body,
        tone="plain",
        link="designation",
    )


def _unknown(data: DossierInput) -> Answer:
    found = [what for what, _ in unknown_pairs(data)]
    count = len(found)
    if not found:
        head = "Nothing was listed"
    else:
        head = f"{count} thing{'s' if count > 1 else ''} that no source gives"
    body = escape("; ".join(text.rstrip(".") for text in found[:3]))
    if count > 3:
        body += escape(f"; and {count - 3} more")
    return Answer(
        question="What is not known?",
        head=escape(head),
        body=body + Markup("." if found else ""),
        tone="warn" if found else "plain",
        link="unknown",
    )


def _section(data: DossierInput, name: str) -> Mapping[str, Any]:
    found = data.programme.get(name)
    return found if isinstance(found, Mapping) else {}


def _sources(given: Any, section: Mapping[str, Any]) -> list[str]:
    if isinstance(given, Mapping) and given.get("source"):
        return texts(given["source"])
    return texts(section.get("source"))


def _article(text: str) -> str:
    """A noun phrase with its article, lower case unless it begins with an abbreviation."""
    if not text[:2].isupper():
        text = text[:1].lower() + text[1:]
    if text.split(" ")[0] in {"a", "an", "the"}:
        return text
    return f"{'an' if text[:1] in 'aeiou' else 'a'} {text}"
