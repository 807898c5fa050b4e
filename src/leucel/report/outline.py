"""The sections of a dossier in reading order, from the results of a run."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from leucel.core import Mark
from leucel.report.answers import make_answers
from leucel.report.bibliography import Bibliography, marks_by_source
from leucel.report.blocks import (
    Answers,
    Cards,
    Facts,
    Fold,
    Heading,
    Legend,
    Lines,
    Outline,
    Paragraph,
    References,
    Section,
)
from leucel.report.canvas import Figure
from leucel.report.cards import make_cards
from leucel.report.chapters import (
    Writer,
    access_chapter,
    designation_chapter,
    kinetics_chapter,
    population_chapter,
    product_chapter,
    response_chapter,
    titled,
)
from leucel.report.citing import Citer, mark_tag
from leucel.report.figures.gallery import draw_gallery
from leucel.report.inputs import DossierInput, dig, plain, said
from leucel.report.lookup import lead_jurisdiction, product_name, unknown_pairs
from leucel.report.sections.closing import assumption_table, manifest_rows
from leucel.report.words import jurisdiction_words


def make_outline(data: DossierInput) -> Outline:
    """Draw all figures once and put every section into words.

    References are numbered in the order in which they are read, so the sections are made in order.
    """
    lead = lead_jurisdiction(data)
    gallery = draw_gallery(data, lead=lead)
    bibliography = Bibliography(data.sources)
    write = Writer(data=data, lead=lead, gallery=gallery, cite=Citer(bibliography))
    sections = (
        Section(
            id="summary", short="Summary", title="The answer in five lines", blocks=_summary(write)
        ),
        Section(
            id="product", short="Product", title="Product", blocks=product_chapter(write), page=True
        ),
        Section(id="kinetics", short="Kinetics", title="Kinetics", blocks=kinetics_chapter(write)),
        Section(
            id="response",
            short="Response",
            title="Response",
            blocks=response_chapter(write),
            page=True,
        ),
        Section(
            id="population",
            short="Population",
            title="Population",
            blocks=population_chapter(write),
        ),
        Section(
            id="designation",
            short="Designation",
            title="Designation and routes",
            blocks=designation_chapter(write),
        ),
        Section(
            id="access", short="Access", title="Filings and access", blocks=access_chapter(write)
        ),
        Section(id="assumed", short="Assumed", title="What is assumed", blocks=_assumed(write)),
        Section(id="unknown", short="Unknown", title="What is unknown", blocks=_unknown(write)),
        Section(
            id="bibliography",
            short="Bibliography",
            title="Bibliography",
            blocks=_bibliography(data, bibliography),
        ),
        Section(id="manifest", short="Manifest", title="Manifest", blocks=_manifest(write)),
    )
    about = dig(data.summary, "programme") or {}
    version = dig(data.manifest, "version")
    return Outline(
        name=product_name(data),
        indication=said(dig(data.programme, "indication", "text"))
        or said(dig(about, "indication")),
        condition=said(dig(data.programme, "indication", "condition")),
        sponsor=said(dig(data.programme, "product", "sponsor")) or said(dig(about, "sponsor")),
        lead=jurisdiction_words(lead),
        as_of=said(dig(about, "as_of")),
        identity=data.identity[:12],
        version=said(version),
        sections=sections,
        figures={figure.name: figure for figure in gallery.values() if isinstance(figure, Figure)},
    )


def _summary(write: Writer) -> tuple[Any, ...]:
    data, cite = write.data, write.cite
    blocks: list[Any] = [Answers(answers=make_answers(data, cite, lead=write.lead))]
    cards = make_cards(data, cite, lead=write.lead)
    if cards:
        blocks += [Heading(text="Key numbers"), Cards(cards=cards)]
    blocks.append(
        Paragraph(
            text=Markup(
                "<strong>For research and planning only, not for treating a patient.</strong> "
                "Virtual patients are simulated; their results are not clinical evidence."
            ),
            notice=True,
        )
    )
    tags = [(mark_tag(mark), mark.meaning) for mark in Mark if mark.usable]
    uses = {
        "calibration": "the virtual patients were fitted to this published number, so agreement is "
        "no evidence",
        "prediction": "this published number was not used; agreement or disagreement is a test",
    }
    tags += [
        (Markup('<span class="use use-{0}">{0}</span>').format(use), meaning)
        for use, meaning in uses.items()
    ]
    how = Paragraph(
        text=Markup(
            "A raised number leads to the bibliography; {0} marks a number that this run computed, "
            "from the models and seeds that the manifest names. Limits are 95% unless said "
            "otherwise."
        ).format(cite.run())
    )
    blocks.append(
        Fold(
            title="How to read marks and references",
            blocks=(how, Legend(rows=tuple(tags))),
            anchor="marks",
            style="legend-box",
        )
    )
    return tuple(blocks)


def _assumed(write: Writer) -> tuple[Any, ...]:
    table = assumption_table(write.data, write.cite)
    return titled(table) if table else (Paragraph(text="The run lists no assumption."),)


def _unknown(write: Writer) -> tuple[Any, ...]:
    found = unknown_pairs(write.data)
    if not found:
        return (Paragraph(text="The programme lists nothing as unknown."),)
    effect = Markup('<br><span class="soft">{0}</span>')
    return (
        Lines(
            items=tuple(
                Markup("<b>{0}</b>{1}").format(what, effect.format(then) if then else "")
                for what, then in found
            )
        ),
    )


def _bibliography(data: DossierInput, bibliography: Bibliography) -> tuple[Any, ...]:
    entries = bibliography.entries()
    if not entries:
        return (Paragraph(text="No source was named."),)
    marks = marks_by_source(plain(data.programme), plain(data.summary), plain(data.assumptions))
    tags = {
        name: Markup(" ").join(mark_tag(mark) for mark in found) for name, found in marks.items()
    }
    cited = References(entries=tuple(entry for entry in entries if entry.cited), tags=tags)
    rest = tuple(entry for entry in entries if not entry.cited)
    how = Paragraph(
        text="Beside a source stand the marks of the numbers and statements that were taken from "
        "it."
    )
    if not rest:
        return (how, cited)
    title = f"Sources that nothing here refers to ({len(rest)})"
    return (
        how,
        cited,
        Fold(title=title, blocks=(References(entries=rest, tags=tags),), style=""),
    )


def _manifest(write: Writer) -> tuple[Any, ...]:
    rows = manifest_rows(write.data)
    return (
        Paragraph(
            text="What this run was made from. The same programme, seed and versions give the same "
            "numbers."
        ),
        Facts(rows=tuple(rows), exact=True) if rows else Paragraph(text="The run has no manifest."),
    )
