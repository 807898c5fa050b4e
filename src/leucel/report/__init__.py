"""The dossier of a run, and pictures of published models."""

from leucel.report.course_figure import courses_file, courses_page
from leucel.report.courses import Course, CoursePanel, model_courses
from leucel.report.document import Dossier, build_dossier, render_dossier
from leucel.report.figures.single import figure_svg
from leucel.report.inputs import DossierInput
from leucel.report.typesetter import require_typesetter

__all__ = [
    "Course",
    "CoursePanel",
    "Dossier",
    "DossierInput",
    "build_dossier",
    "courses_file",
    "courses_page",
    "figure_svg",
    "model_courses",
    "render_dossier",
    "require_typesetter",
]
