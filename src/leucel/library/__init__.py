"""Published CAR-T models with cards that say where each number stands, and what it reproduces."""

from leucel.library.cards import CardStatus, Check, Choice, Defect, ModelCard
from leucel.library.catalog import bibliography_of, catalog, get_model, sources
from leucel.library.measures import check_model, check_times, formula_value, measure
from leucel.library.resistant_clone import with_resistant_clone

__all__ = [
    "CardStatus",
    "Check",
    "Choice",
    "Defect",
    "ModelCard",
    "bibliography_of",
    "catalog",
    "check_model",
    "check_times",
    "formula_value",
    "get_model",
    "measure",
    "sources",
    "with_resistant_clone",
]
