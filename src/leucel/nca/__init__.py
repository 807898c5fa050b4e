"""Non-compartmental analysis of cellular kinetics, with every choice stated."""

from leucel.nca.analysis import nca
from leucel.nca.parameters import PARAMETERS, NcaParameter, Reason
from leucel.nca.reducer import NcaReducer
from leucel.nca.results import NcaResults, NcaRow, NcaSummary
from leucel.nca.rules import NcaRules

__all__ = [
    "PARAMETERS",
    "NcaParameter",
    "NcaReducer",
    "NcaResults",
    "NcaRow",
    "NcaRules",
    "NcaSummary",
    "Reason",
    "nca",
]
