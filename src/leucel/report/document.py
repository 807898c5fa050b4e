"""The dossier: one self-contained HTML file, or a PDF, from the results of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leucel.report.inputs import DossierInput

if TYPE_CHECKING:
    from leucel.report.blocks import Outline


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A finished dossier.

    Attributes
    ----------
    html : the whole document.
    figures : self-standing SVG files by name, for `figures/<name>.svg`.
    pdf : the same document for print; None when it was not asked for.
    """

    html: str
    figures: Mapping[str, str]
    pdf: bytes | None = None


def build_dossier(data: DossierInput, *, pdf: bool = False) -> Dossier:
    """Draw all figures once and write the document around them.

    Pure: the same input gives the same bytes, whatever the machine's clock, locale or settings.

    Parameters
    ----------
    data : the results of a run.
    pdf : also set the PDF, which needs the extra `pdf`.

    Returns
    -------
    Dossier
        The document and its figures as files.

    Raises
    ------
    MissingExtraError
        When a PDF is asked for and the typesetter is not installed.

    Examples
    --------
    >>> dossier = build_dossier(DossierInput(summary={"programme": {"title": "A programme"}}))
    >>> dossier.html.startswith("<!DOCTYPE html>")
    True
    """
    from leucel.report.outline import make_outline

    if pdf:
        from leucel.report.typesetter import require_typesetter

        require_typesetter()
    outline = make_outline(data)
    return Dossier(
        html=_page(outline),
        figures={name: figure.file for name, figure in outline.figures.items()},
        pdf=_paper(outline) if pdf else None,
    )


def render_dossier(data: DossierInput) -> str:
    """The document of `build_dossier` alone."""
    return build_dossier(data).html


def _page(outline: Outline) -> str:
    return _environment().get_template("dossier.html.j2").render(dossier=outline)


def _paper(outline: Outline) -> bytes:
    from leucel.report.paper import set_paper

    return set_paper(outline)


def _environment() -> Any:
    import jinja2

    from leucel.report import numbers, palette

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("leucel.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    shared: dict[str, Any] = {
        "numbers": numbers,
        "light": palette.style_rules(palette.LIGHT),
        "dark": palette.style_rules(palette.DARK),
    }
    for key, value in shared.items():
        environment.globals[key] = value
    return environment
