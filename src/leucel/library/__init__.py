"""Published CAR-T models with cards that say where each number stands, and what it reproduces."""

from leucel.library.absent import AbsentModel, absent_models
from leucel.library.antimony import to_antimony
from leucel.library.cards import CardStatus, Check, Choice, Comparison, Defect, ModelCard, Review
from leucel.library.catalog import bibliography_of, catalog, get_model, sources
from leucel.library.covariates import with_comedication, with_covariate
from leucel.library.describe import CatalogRow, catalog_rows, equation_lines
from leucel.library.jumps import JumpCourses, JumpModel, Reaction, Watch, simulate_jumps
from leucel.library.kimmel_2021_fate import PROGRESSION, tumor_jumps
from leucel.library.measures import (
    check_model,
    check_number,
    check_times,
    formula_value,
    measure,
)
from leucel.library.page import card_page
from leucel.library.pictures import Line, Panel, Picture, picture_of
from leucel.library.piecewise import Piecewise, piecewise_model
from leucel.library.resistant_clone import with_resistant_clone
from leucel.library.sbml import to_sbml
from leucel.library.sbml_reading import ImportedModel, from_sbml

__all__ = [
    "PROGRESSION",
    "AbsentModel",
    "CardStatus",
    "CatalogRow",
    "Check",
    "Choice",
    "Comparison",
    "Defect",
    "ImportedModel",
    "JumpCourses",
    "JumpModel",
    "Line",
    "ModelCard",
    "Panel",
    "Picture",
    "Piecewise",
    "Reaction",
    "Review",
    "Watch",
    "absent_models",
    "bibliography_of",
    "card_page",
    "catalog",
    "catalog_rows",
    "check_model",
    "check_number",
    "check_times",
    "equation_lines",
    "formula_value",
    "from_sbml",
    "get_model",
    "measure",
    "picture_of",
    "piecewise_model",
    "simulate_jumps",
    "sources",
    "to_antimony",
    "to_sbml",
    "tumor_jumps",
    "with_comedication",
    "with_covariate",
    "with_resistant_clone",
]
