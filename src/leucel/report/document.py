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
    ("designation", "Designation and routes"),
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
    from leucel.report.bibliography import Bibliography
    from leucel.report.canvas import Figure
    from leucel.report.citing import Citer, mark_tag
    from leucel.report.figures.gallery import draw_gallery
    from leucel.report.first_page import answers, cards, lead_jurisdiction, product_name

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
        "answers": answers(data, cite, lead=lead),
        "cards": cards(data, cite, lead=lead),
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


def _environment() -> Any:
    import jinja2

    from leucel.core import Mark
    from leucel.report import numbers, palette, sections, words
    from leucel.report.inputs import said

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("leucel.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        dig=dig,
        said=said,
        words=words,
        numbers=numbers,
        sections_of=sections,
        marks=[item for item in Mark if item.usable],
        light=palette.style_rules(palette.LIGHT),
        dark=palette.style_rules(palette.DARK),
    )
    return environment
