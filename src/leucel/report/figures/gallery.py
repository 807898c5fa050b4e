"""All figures of a dossier in the order of the document."""

from __future__ import annotations

from leucel.report.canvas import Figure, Missing
from leucel.report.figures.agreement import agreement_figure
from leucel.report.figures.construct import construct_figure
from leucel.report.figures.course import course_figure
from leucel.report.figures.funnel import funnel_figure
from leucel.report.figures.kinetics import detectable_figure, kinetics_figure
from leucel.report.figures.lots import lots_figure
from leucel.report.figures.membrane import membrane_figure
from leucel.report.figures.plan import plan_figure
from leucel.report.figures.response import (
    best_response_figure,
    response_figure,
    waterfall_figure,
)
from leucel.report.figures.routes import routes_figure
from leucel.report.figures.survival import survival_figure
from leucel.report.figures.threshold import threshold_figure
from leucel.report.figures.timeline import timeline_figure
from leucel.report.figures.tornado import tornado_figure
from leucel.report.inputs import DossierInput


def draw_gallery(data: DossierInput, *, lead: str) -> dict[str, Figure | Missing]:
    """Every figure by its name; `lead` is the jurisdiction of the funnel and of the routes."""
    drawn = (
        timeline_figure(data),
        construct_figure(data),
        membrane_figure(data),
        lots_figure(data),
        kinetics_figure(data),
        detectable_figure(data),
        agreement_figure(data),
        best_response_figure(data),
        response_figure(data),
        waterfall_figure(data),
        survival_figure(data, "pfs"),
        survival_figure(data, "dor"),
        funnel_figure(data, lead),
        course_figure(data, lead),
        threshold_figure(data),
        routes_figure(data, lead),
        plan_figure(data),
        tornado_figure(data),
    )
    return {figure.name: figure for figure in drawn}
