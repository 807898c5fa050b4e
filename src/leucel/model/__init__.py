"""Model definitions: equations as checked text, symbols with units, edits, SymPy for compilers."""

from leucel.model.grammar import parse_expression
from leucel.model.printing import text_from_tree
from leucel.model.spec import (
    Event,
    Expression,
    ModelSpec,
    Output,
    Parameter,
    Residual,
    State,
)
from leucel.model.symbolic import SymbolicEvent, SymbolicSystem, symbolic_system
from leucel.model.units import check_units

__all__ = [
    "Event",
    "Expression",
    "ModelSpec",
    "Output",
    "Parameter",
    "Residual",
    "State",
    "SymbolicEvent",
    "SymbolicSystem",
    "check_units",
    "parse_expression",
    "symbolic_system",
    "text_from_tree",
]
