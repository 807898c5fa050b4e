"""One figure alone, for a command that answers one question."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from leucel.core import InputError, Problem, unknown_name
from leucel.report.canvas import Figure, Missing
from leucel.report.figures.course import course_figure
from leucel.report.figures.funnel import funnel_figure
from leucel.report.figures.plan import plan_figure
from leucel.report.figures.routes import routes_figure
from leucel.report.figures.threshold import threshold_figure
from leucel.report.figures.tornado import tornado_figure
from leucel.report.inputs import DossierInput

_FIGURES: Mapping[str, Callable[[DossierInput, str], Figure | Missing]] = {
    "prevalence-course": course_figure,
    "funnel": funnel_figure,
    "plan": lambda data, lead: plan_figure(data),
    "routes": routes_figure,
    "threshold": lambda data, lead: threshold_figure(data),
    "tornado": lambda data, lead: tornado_figure(data),
}


def figure_svg(data: DossierInput, name: str, *, lead: str = "") -> str:
    """A figure of the dossier as a self-standing SVG document.

    Parameters
    ----------
    data : the part of a run that the figure shows.
    name : of the figure, for example "tornado".
    lead : jurisdiction, for figures of one.

    Raises
    ------
    InputError
        When there is no such figure, or nothing to draw; with the reason.
    """
    draw = _FIGURES.get(name)
    if draw is None:
        raise InputError(unknown_name(name, list(_FIGURES), noun="figure"))
    figure = draw(data, lead)
    if isinstance(figure, Missing):
        raise InputError(Problem(what=f"there is nothing to draw: {figure.reason}"))
    return figure.file
