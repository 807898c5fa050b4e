"""The dossier of a run: figures, tables and one self-contained HTML file."""

from leucel.report.document import Dossier, build_dossier, render_dossier
from leucel.report.figures.single import figure_svg
from leucel.report.inputs import DossierInput

__all__ = ["Dossier", "DossierInput", "build_dossier", "figure_svg", "render_dossier"]
