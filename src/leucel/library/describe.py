"""The catalog in words: rows for a table of all models, and one model's card as Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from leucel.core import Source
from leucel.library.cards import Check, ModelCard
from leucel.library.catalog import catalog, get_model
from leucel.model import ModelSpec, Parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogRow:
    """One line of the list of models."""

    id: str
    title: str
    product: str
    target: str
    states: int
    parameters: int
    checks: int
    status: str


def catalog_rows() -> tuple[CatalogRow, ...]:
    """A row for each model of the library; `states` is 0 for closed forms.

    Examples
    --------
    >>> [row.states for row in catalog_rows() if row.id == "singh_2021_idecabtagene"]
    [8]
    """
    rows: list[CatalogRow] = []
    for card in catalog():
        spec, _ = get_model(card.id)
        rows.append(
            CatalogRow(
                id=card.id,
                title=card.title,
                product=card.product,
                target=card.target,
                states=len(spec.states),
                parameters=len(spec.parameters),
                checks=len(card.checks),
                status=card.status.value,
            )
        )
    return tuple(rows)


def card_text(card: ModelCard, spec: ModelSpec) -> str:
    """The card of a model as Markdown: what it is, its equations, every value, every check.

    Examples
    --------
    >>> spec, card = get_model("stein_2019_tisagenlecleucel")
    >>> print(card_text(card, spec).splitlines()[0])
    # Tisagenlecleucel, piecewise cellular kinetics (closed form)
    """
    facts = (
        ("id", f"`{card.id}`"),
        ("status", card.status.value),
        ("product", card.product),
        ("target", card.target),
        ("population", card.population),
        ("assay", card.assay),
        ("data", card.data),
        ("dose enters", spec.dose_state or "nowhere"),
        ("license", card.license),
        ("content", f"`{spec.content_hash[:16]}`"),
    )
    sections = [
        f"# {card.title}\n\n{card.reason}\n\n" + _list(f"{name}: {text}" for name, text in facts),
        "## Equations\n\n```text\n" + _equations(spec) + "\n```",
        "## Parameters\n\n" + _parameters(card, spec.parameters),
    ]
    if spec.correlations:
        sections.append("## Correlations of random effects\n\n" + _correlations(spec))
    if spec.outputs:
        rows = [(f"`{o.name}`", o.unit, o.meaning) for o in spec.outputs]
        sections.append("## Outputs\n\n" + _table(("output", "unit", "meaning"), rows))
    if card.choices:
        options = [
            f"`{choice.name}`: {option}"
            + (" (default)" if option == choice.default else "")
            + f", {meaning}. {choice.reason if option == choice.default else ''}".rstrip()
            for choice in card.choices
            for option, meaning in choice.options
        ]
        sections.append("## Choices\n\n" + _list(options))
    for title, texts in (
        ("Assumptions", card.assumptions),
        ("Defects of the source", (f"{d.what} {d.resolution}" for d in card.defects)),
        ("Deviations from the source", card.deviations),
        ("Limits", card.limits),
    ):
        shown = _list(texts)
        if shown:
            sections.append(f"## {title}\n\n{shown}")
    if card.checks:
        sections.append("## Checks\n\n" + _checks(card.checks))
    sections.append("## Review\n\n" + _review(card))
    sections.append("## Sources\n\n" + _list(_citation(source) for source in card.sources))
    return "\n\n".join(sections) + "\n"


def _equations(spec: ModelSpec) -> str:
    lines = [f"{e.name} = {e.text}" for e in spec.expressions]
    lines += [f"d/dt {name} = {text}" for name, text in spec.equations]
    lines += [f"{s.name}(0) = {s.initial}" for s in spec.states]
    for event in spec.events:
        done = ", ".join(f"{name} = {text}" for name, text in event.assignments)
        lines.append(f"when {event.when} falls below 0: {done or 'restart'}  ({event.name})")
    lines += [f"{o.name}({spec.time}) = {o.text}" for o in spec.outputs]
    return "\n".join(lines)


def _parameters(card: ModelCard, parameters: tuple[Parameter, ...]) -> str:
    rows: list[tuple[str, ...]] = []
    for p in parameters:
        evidence = p.evidence
        source, mark, note = "", "", ""
        if evidence is not None:
            source = " ".join(filter(None, (evidence.source, evidence.place)))
            mark, note = evidence.mark.value, evidence.note
        omega = "" if p.omega is None else f"{p.omega:.4g}"
        rows.append(
            (
                f"`{p.name}`",
                card.symbol(p.name),
                f"{p.value:.6g}",
                p.unit,
                omega,
                p.meaning,
                source,
                mark,
                note,
            )
        )
    head = ("name", "symbol", "value", "unit", "omega", "meaning", "source", "mark", "note")
    return _table(head, rows)


def _correlations(spec: ModelSpec) -> str:
    rows = [
        (
            f"`{c.first}`, `{c.second}`",
            f"{c.value:.4g}",
            " ".join(filter(None, (c.evidence.source, c.evidence.place))) if c.evidence else "",
            c.evidence.mark.value if c.evidence else "",
            c.evidence.note if c.evidence else "",
        )
        for c in spec.correlations
    ]
    return _table(("effects", "correlation", "source", "mark", "note"), rows)


def _checks(checks: tuple[Check, ...]) -> str:
    rows = [
        (
            check.name + _options(check),
            f"{check.expected:.6g}",
            f"{check.ours:.6g}",
            f"{check.deviation:+.2%}",
            f"{check.tolerance:.2g}",
            "no" if check.disagreement else "yes",
            check.unit,
            check.mark.value,
            " ".join(filter(None, (check.source, check.place))),
        )
        for check in checks
    ]
    head = ("check", "expected", "ours", "deviation", "tolerance", "met", "unit", "mark", "source")
    reasons = dict.fromkeys(check.reason for check in checks)
    parts = [_table(head, rows)]
    against = [f"{c.name}. {c.disagreement}" for c in checks if c.disagreement]
    if against:
        parts.append("Not met:\n\n" + _list(against))
    parts.append("Tolerances:\n\n" + _list(reasons))
    return "\n\n".join(parts)


def _options(check: Check) -> str:
    shown = ", ".join(f"{name} {option}" for name, option in check.choices)
    against = ", ".join(f"{name} {option}" for name, option in check.against)
    return "".join((f" [{shown}]" if shown else "", f" over [{against}]" if against else ""))


def _review(card: ModelCard) -> str:
    lines: list[str] = []
    if card.review is not None:
        lines.append(f"Second reading: `{card.review.reading}`, by {card.review.reader}.")
        lines += [
            f"Compared: {c.what}, to {c.tolerance:g}, in `{c.test}`."
            for c in card.review.comparisons
        ]
    for check in card.checks:
        if check.outside:
            how = " (a formula in its values)" if check.quantity == "formula" else ""
            lines.append(f"Outside number met: {check.name}, of `{check.source}`{how}.")
    lines += [f"Missing for reviewed: {text}." for text in card.lacking]
    if card.missing:
        lines.append(card.missing)
    return _list(lines)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (head, tuple("---" for _ in head), *rows)
    return "\n".join(
        "| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines
    )


def _list(texts: Iterable[str]) -> str:
    return "\n".join(f"- {text}" for text in texts)


def _citation(source: Source) -> str:
    return f"{source.citation} {source.link}" if source.link else source.citation
