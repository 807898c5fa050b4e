"""The sections of a dossier in reading order, from the results of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from markupsafe import Markup

from leucel.core import Mark
from leucel.report import numbers
from leucel.report.answers import make_answers
from leucel.report.bibliography import Bibliography
from leucel.report.blocks import (
    Absent,
    Answers,
    Cards,
    Facts,
    FigureBlock,
    Fold,
    Heading,
    Legend,
    Lines,
    Outline,
    Paragraph,
    References,
    Section,
    TableBlock,
)
from leucel.report.canvas import Figure, Missing
from leucel.report.cards import make_cards
from leucel.report.citing import Citer, mark_tag
from leucel.report.figures.gallery import draw_gallery
from leucel.report.inputs import DossierInput, dig, said
from leucel.report.lookup import lead_jurisdiction, product_name, unknown_pairs
from leucel.report.sections.closing import assumption_table, manifest_rows
from leucel.report.sections.frames import frame_table, nca_table
from leucel.report.sections.population import epidemiology_table, quoted_rates
from leucel.report.sections.product import (
    checks_table,
    claims,
    conflicts,
    lots_table,
    parts_table,
    product_facts,
)
from leucel.report.sections.regulation import designation_table, route_table
from leucel.report.sections.strategy import (
    access_table,
    beside_table,
    checklist_table,
    document_list,
    filing_table,
    gain_sentence,
    prevalence_headings,
    rule_notes,
)
from leucel.report.sections.trial import (
    covariate_table,
    criteria,
    endpoint_table,
    parameter_table,
)
from leucel.report.tables import Table
from leucel.report.words import jurisdiction_words


def make_outline(data: DossierInput) -> Outline:
    """Draw all figures once and put every section into words.

    References are numbered in the order in which they are read, so the sections are made in order.
    """
    lead = lead_jurisdiction(data)
    gallery = draw_gallery(data, lead=lead)
    bibliography = Bibliography(data.sources)
    write = _Writer(data=data, lead=lead, gallery=gallery, cite=Citer(bibliography))
    sections = (
        Section(
            id="summary", short="Summary", title="The answer in five lines", blocks=_summary(write)
        ),
        Section(id="product", short="Product", title="Product", blocks=_product(write), page=True),
        Section(id="kinetics", short="Kinetics", title="Kinetics", blocks=_kinetics(write)),
        Section(
            id="response", short="Response", title="Response", blocks=_response(write), page=True
        ),
        Section(id="population", short="Population", title="Population", blocks=_population(write)),
        Section(
            id="designation",
            short="Designation",
            title="Designation and routes",
            blocks=_designation(write),
        ),
        Section(id="access", short="Access", title="Filings and access", blocks=_access(write)),
        Section(id="assumed", short="Assumed", title="What is assumed", blocks=_assumed(write)),
        Section(id="unknown", short="Unknown", title="What is unknown", blocks=_unknown(write)),
        Section(
            id="bibliography",
            short="Bibliography",
            title="Bibliography",
            blocks=_bibliography(bibliography),
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


class _Writer:
    """What all sections are written from."""

    def __init__(
        self,
        *,
        data: DossierInput,
        lead: str,
        gallery: Mapping[str, Figure | Missing],
        cite: Citer,
    ) -> None:
        self.data = data
        self.lead = lead
        self.cite = cite
        self._gallery = gallery

    @property
    def place(self) -> str:
        """The lead jurisdiction as the end of a heading."""
        return f", {jurisdiction_words(self.lead)}" if self.lead else ""

    def figure(self, name: str) -> FigureBlock:
        """A figure of the gallery; its sources are cited here."""
        figure = self._gallery[name]
        if isinstance(figure, Missing):
            return FigureBlock(figure=figure)
        return FigureBlock(
            figure=figure,
            caption=Markup("{0}{1}").format(figure.caption, self.cite.refs(figure.sources)),
        )

    def lead_and_others(
        self, make: Callable[..., Table | None], title: str, *, others: str, kept: str
    ) -> Iterable[Any]:
        """A table of the lead jurisdiction, and that of all others folded away."""
        yield from _titled(make(self.data, self.cite, self.lead, inside=True), title)
        yield from _folded(
            make(self.data, self.cite, self.lead, inside=False), others, ": " + _code(kept)
        )


def _summary(write: _Writer) -> tuple[Any, ...]:
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


def _product(write: _Writer) -> tuple[Any, ...]:
    data, cite = write.data, write.cite
    blocks: list[Any] = []
    facts = product_facts(data, cite)
    blocks.append(
        Facts(rows=tuple(facts))
        if facts
        else Paragraph(text="The programme file says nothing on the product.")
    )
    said_claims = claims(data, cite)
    if said_claims:
        blocks += [
            Heading(text="What the sponsor says, and this dossier examines"),
            Lines(items=tuple(said_claims)),
        ]
    blocks += [write.figure("construct"), write.figure("membrane")]
    blocks += _titled(parts_table(data, cite), "Parts in detail")
    blocks += _titled(checks_table(data, cite), "Checks of the receptor")
    blocks += _titled(
        frame_table(data, "dose", "Dose of the cohort"), "Dose of the cohort", data=True
    )
    if dig(data.summary, "trial", "lots"):
        blocks += [Heading(text="Lots of the virtual patients"), write.figure("lots")]
        blocks += _titled(lots_table(data))
    blocks.append(write.figure("timeline"))
    rivals = conflicts(data, cite)
    if rivals:
        blocks += [
            Heading(text="Dates on which sources disagree"),
            Lines(items=tuple(rivals)),
        ]
    return tuple(blocks)


def _kinetics(write: _Writer) -> tuple[Any, ...]:
    blocks: list[Any] = [
        Paragraph(
            text="How the cells expand, contract and persist in the blood of the virtual patients."
        ),
        write.figure("kinetics"),
        write.figure("detectable"),
    ]
    blocks += _titled(
        parameter_table(write.data, write.cite, "kinetics"), "Parameters of the kinetics"
    )
    title = "Noncompartmental analysis"
    nca = nca_table(write.data)
    if nca is None:
        reason = "The run holds no summary of it. The table is left out."
        return (*blocks, Absent(title=title, reason=reason))
    return (*blocks, *_titled(nca, title, data=True))


def _response(write: _Writer) -> tuple[Any, ...]:
    data, cite = write.data, write.cite
    blocks: list[Any] = [
        Paragraph(
            text="Every simulated endpoint beside the published one. Numbers that the virtual "
            "patients were fitted to are marked as calibration; only predictions test the model."
        ),
        write.figure("agreement"),
    ]
    blocks += _titled(endpoint_table(data, cite), "All endpoints")
    for name in ("best-response", "waterfall", "response", "pfs", "dor"):
        blocks.append(write.figure(name))
    blocks += _titled(criteria(data, cite), "Who was taken into the virtual trial")
    blocks += _titled(covariate_table(data, cite), "What the virtual patients bring with them")
    blocks += _titled(parameter_table(data, cite, "response"), "Parameters of tumor and response")
    return tuple(blocks)


def _population(write: _Writer) -> tuple[Any, ...]:
    data, cite, lead = write.data, write.cite, write.lead
    blocks: list[Any] = []
    quoted = quoted_rates(data, cite)
    if quoted:
        blocks += [
            Heading(text="Quoted rates and their scale"),
            Paragraph(
                text="A rate can be compared with another only on the same scale: age-standardized "
                "rates are never held against a legal threshold."
            ),
            TableBlock(table=quoted),
        ]
    blocks += [write.figure("funnel"), write.figure("prevalence-course")]
    blocks += _titled(
        epidemiology_table(data, cite, lead, inside=True),
        f"Incidence, prevalence, eligible patients{write.place}",
    )
    headings = prevalence_headings(data)
    if headings:
        place = jurisdiction_words(dig(data.summary, "prevalence_report", "jurisdiction"))
        inner: list[Any] = []
        for position, (heading, statements, gaps) in enumerate(headings, start=1):
            missing = (Markup("<b>To be added:</b> {0}").format(line) for line in gaps)
            inner += [
                Heading(text=f"{position}. {heading}", level=4),
                Lines(items=(*statements, *missing), close=True),
            ]
        blocks.append(
            Fold(
                title="Prevalence report under the eight headings of EMA/COMP/436/01"
                + (f", {place}" if lead else ""),
                blocks=tuple(inner),
                kept=Markup(": see {0}").format(_code("documents/")),
            )
        )
    blocks += _folded(
        epidemiology_table(data, cite, lead, inside=False),
        "The other jurisdictions",
        ": " + _code("tables/epidemiology.parquet"),
    )
    return tuple(blocks)


def _designation(write: _Writer) -> tuple[Any, ...]:
    data, cite = write.data, write.cite
    blocks: list[Any] = [
        Paragraph(
            text="A designation is granted for a condition, not for a line of therapy: the test "
            "counts all patients with the condition."
        ),
        write.figure("threshold"),
    ]
    blocks += _titled(designation_table(data, cite), "Threshold tests")
    blocks += _folded(
        beside_table(data, cite),
        "Own estimates, precedents and other thresholds",
        ": " + _code("tables/designation.parquet"),
    )
    blocks += write.lead_and_others(
        checklist_table,
        f"Tests beyond prevalence{write.place}",
        others="Tests beyond prevalence in the other jurisdictions",
        kept="documents/designation.md",
    )
    notes = rule_notes(data)
    if notes:
        blocks.append(Heading(text="Rules that move"))
    for title, lines in notes:
        blocks += [Heading(text=title, level=4), Lines(items=tuple(lines), close=True)]
    blocks.append(write.figure("routes"))
    blocks += write.lead_and_others(
        route_table,
        "Routes, and what stands against them",
        others="Routes of the other jurisdictions",
        kept="tables/routes.parquet",
    )
    return tuple(blocks)


def _access(write: _Writer) -> tuple[Any, ...]:
    data, cite = write.data, write.cite
    blocks: list[Any] = [write.figure("plan")]
    blocks += _titled(filing_table(data), "Order of filings")
    table = access_table(data)
    if table:
        access = data.summary["access"]
        blocks += [
            Heading(text=f"Patients reached until {numbers.format_date(access.get('horizon'))}"),
            Paragraph(
                text=Markup(
                    "With the ordinary and with the earlier approval, filed on {0}; limits hold "
                    "95% of the draws over all assumptions together.{1} {2}"
                ).format(
                    numbers.format_date(access.get("start")), cite.run(), gain_sentence(data, cite)
                )
            ),
            TableBlock(table=table),
        ]
    blocks.append(write.figure("tornado"))
    documents = document_list(data)
    if documents:
        blocks += [
            Heading(text="Documents of this run"),
            Lines(
                items=tuple(
                    Markup(
                        '<a rel="noopener noreferrer" href="{0}">{1}</a> '
                        '<span class="note">{0}</span>'
                    ).format(path, title)
                    for path, title in documents
                ),
                close=True,
            ),
        ]
    return tuple(blocks)


def _assumed(write: _Writer) -> tuple[Any, ...]:
    table = assumption_table(write.data, write.cite)
    return _titled(table) if table else (Paragraph(text="The run lists no assumption."),)


def _unknown(write: _Writer) -> tuple[Any, ...]:
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


def _bibliography(bibliography: Bibliography) -> tuple[Any, ...]:
    entries = bibliography.entries()
    if not entries:
        return (Paragraph(text="No source was named."),)
    cited = References(entries=tuple(entry for entry in entries if entry.cited))
    rest = tuple(entry for entry in entries if not entry.cited)
    if not rest:
        return (cited,)
    title = f"Sources of the rooms that nothing here refers to ({len(rest)})"
    return (cited, Fold(title=title, blocks=(References(entries=rest),), style=""))


def _manifest(write: _Writer) -> tuple[Any, ...]:
    rows = manifest_rows(write.data)
    return (
        Paragraph(
            text="What this run was made from. The same programme, seed and versions give the same "
            "numbers."
        ),
        Facts(rows=tuple(rows), exact=True) if rows else Paragraph(text="The run has no manifest."),
    )


def _titled(table: Table | None, title: str = "", *, data: bool = False) -> tuple[Any, ...]:
    """A table under its heading; nothing when there is none."""
    if table is None:
        return ()
    block = TableBlock(table=table, data=data)
    return (Heading(text=title), block) if title else (block,)


def _folded(table: Table | None, title: str, kept: Any) -> tuple[Any, ...]:
    """A table folded away under a title that counts its rows."""
    if table is None:
        return ()
    return (
        Fold(
            title=f"{title} ({len(table.rows)} rows)",
            blocks=(TableBlock(table=table),),
            kept=kept,
        ),
    )


def _code(text: str) -> Markup:
    return Markup("<code>{0}</code>").format(text)
