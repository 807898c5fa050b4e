"""The dossier: one self-contained HTML file from the results of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leucel.report.inputs import DossierInput, dig


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A finished dossier.

    Attributes
    ----------
    html : the whole document.
    figures : self-standing SVG files by name, for `figures/<name>.svg`.
    """

    html: str
    figures: Mapping[str, str]


SECTIONS = (
    ("summary", "Summary"),
    ("product", "Product"),
    ("kinetics", "Kinetics"),
    ("response", "Response"),
    ("population", "Population"),
    ("designation", "Designation"),
    ("access", "Access"),
    ("assumed", "Assumed"),
    ("unknown", "Unknown"),
    ("bibliography", "Bibliography"),
    ("manifest", "Manifest"),
)


def build_dossier(data: DossierInput) -> Dossier:
    """Draw all figures once and write the document around them.

    Pure: the same input gives the same bytes, whatever the machine's clock, locale or settings.

    Parameters
    ----------
    data : the results of a run.

    Returns
    -------
    Dossier
        The document and its figures as files.

    Examples
    --------
    >>> dossier = build_dossier(DossierInput(summary={"programme": {"title": "A programme"}}))
    >>> dossier.html.startswith("<!DOCTYPE html>")
    True
    """
    from leucel.report.answers import make_answers
    from leucel.report.bibliography import Bibliography
    from leucel.report.canvas import Figure
    from leucel.report.cards import make_cards
    from leucel.report.citing import Citer, mark_tag
    from leucel.report.figures.gallery import draw_gallery
    from leucel.report.lookup import lead_jurisdiction, product_name

    lead = lead_jurisdiction(data)
    gallery = draw_gallery(data, lead=lead)
    bibliography = Bibliography(data.sources)
    cite = Citer(bibliography)
    context: dict[str, Any] = {
        "data": data,
        "name": product_name(data),
        "lead": lead,
        "sections": SECTIONS,
        "figures": gallery,
        "cite": cite,
        "mark": mark_tag,
        # First page first: references are numbered in the order in which they are read.
        "answers": make_answers(data, cite, lead=lead),
        "cards": make_cards(data, cite, lead=lead),
        "bibliography": bibliography,
    }
    html = _environment().get_template("dossier.html.j2").render(context)
    return Dossier(
        html=html,
        figures={
            figure.name: figure.file for figure in gallery.values() if isinstance(figure, Figure)
        },
    )


def render_dossier(data: DossierInput) -> str:
    """The document of `build_dossier` alone."""
    return build_dossier(data).html


def _section_functions() -> dict[str, Any]:
    from leucel.report.lookup import unknown_pairs
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

    functions = (
        access_table,
        assumption_table,
        beside_table,
        checklist_table,
        checks_table,
        claims,
        conflicts,
        covariate_table,
        criteria,
        designation_table,
        document_list,
        endpoint_table,
        epidemiology_table,
        filing_table,
        frame_table,
        gain_sentence,
        lots_table,
        manifest_rows,
        nca_table,
        parameter_table,
        parts_table,
        prevalence_headings,
        product_facts,
        quoted_rates,
        route_table,
        rule_notes,
        unknown_pairs,
    )
    return {function.__name__: function for function in functions}


def _environment() -> Any:
    import jinja2

    from leucel.core import Mark
    from leucel.report import numbers, palette, words
    from leucel.report.inputs import said

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("leucel.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    shared: dict[str, Any] = {
        "dig": dig,
        "said": said,
        "words": words,
        "numbers": numbers,
        "marks": [item for item in Mark if item.usable],
        "light": palette.style_rules(palette.LIGHT),
        "dark": palette.style_rules(palette.DARK),
        **_section_functions(),
    }
    for key, value in shared.items():
        environment.globals[key] = value
    return environment
