"""The chapters of a dossier between its first page and its appendices, as blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from markupsafe import Markup

from leucel.report import numbers
from leucel.report.blocks import (
    Absent,
    Facts,
    FigureBlock,
    Fold,
    Heading,
    Lines,
    Paragraph,
    TableBlock,
)
from leucel.report.canvas import Figure, Missing
from leucel.report.citing import Citer
from leucel.report.inputs import DossierInput, dig
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


class Writer:
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
        yield from titled(make(self.data, self.cite, self.lead, inside=True), title)
        yield from _folded(
            make(self.data, self.cite, self.lead, inside=False), others, ": " + _code(kept)
        )


def product_chapter(write: Writer) -> tuple[Any, ...]:
    """The product: names, claims, receptor, dose, lots, milestones."""
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
    blocks += titled(parts_table(data, cite), "Parts in detail")
    blocks += titled(checks_table(data, cite), "Checks of the receptor")
    blocks += titled(
        frame_table(data, "dose", "Dose of the cohort"), "Dose of the cohort", data=True
    )
    if dig(data.summary, "trial", "lots"):
        blocks += [Heading(text="Lots of the virtual patients"), write.figure("lots")]
        blocks += titled(lots_table(data))
    blocks.append(write.figure("timeline"))
    rivals = conflicts(data, cite)
    if rivals:
        blocks += [
            Heading(text="Dates on which sources disagree"),
            Lines(items=tuple(rivals)),
        ]
    return tuple(blocks)


def kinetics_chapter(write: Writer) -> tuple[Any, ...]:
    """The cells in the blood of the virtual patients."""
    blocks: list[Any] = [
        Paragraph(
            text="How the cells expand, contract and persist in the blood of the virtual patients."
        ),
        write.figure("kinetics"),
        write.figure("detectable"),
    ]
    blocks += titled(
        parameter_table(write.data, write.cite, "kinetics"), "Parameters of the kinetics"
    )
    title = "Noncompartmental analysis"
    nca = nca_table(write.data)
    if nca is None:
        reason = "The run holds no summary of it. The table is left out."
        return (*blocks, Absent(title=title, reason=reason))
    return (*blocks, *titled(nca, title, data=True))


def response_chapter(write: Writer) -> tuple[Any, ...]:
    """The virtual trial beside the published one."""
    data, cite = write.data, write.cite
    blocks: list[Any] = [
        Paragraph(
            text="Every simulated endpoint beside the published one. Numbers that the virtual "
            "patients were fitted to are marked as calibration; only predictions test the model."
        ),
        write.figure("agreement"),
    ]
    blocks += titled(endpoint_table(data, cite), "All endpoints")
    for name in ("best-response", "waterfall", "response", "pfs", "dor"):
        blocks.append(write.figure(name))
    blocks += titled(criteria(data, cite), "Who was taken into the virtual trial")
    blocks += titled(covariate_table(data, cite), "What the virtual patients bring with them")
    blocks += titled(parameter_table(data, cite, "response"), "Parameters of tumor and response")
    return tuple(blocks)


def population_chapter(write: Writer) -> tuple[Any, ...]:
    """How many have the condition and how many can be treated."""
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
    blocks += titled(
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
                Heading(text=heading, level=4, number=position),
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


def designation_chapter(write: Writer) -> tuple[Any, ...]:
    """Threshold tests, tests beyond prevalence, rules that move, routes."""
    data, cite = write.data, write.cite
    blocks: list[Any] = [
        Paragraph(
            text="A designation is granted for a condition, not for a line of therapy: the test "
            "counts all patients with the condition."
        ),
        write.figure("threshold"),
    ]
    blocks += titled(designation_table(data, cite), "Threshold tests")
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


def access_chapter(write: Writer) -> tuple[Any, ...]:
    """Order of filings, patients reached, documents of the run."""
    data, cite = write.data, write.cite
    blocks: list[Any] = [write.figure("plan")]
    blocks += titled(filing_table(data), "Order of filings")
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


def titled(table: Table | None, title: str = "", *, data: bool = False) -> tuple[Any, ...]:
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
