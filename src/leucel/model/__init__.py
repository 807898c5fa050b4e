"""Model definitions: equations as checked text, symbols with units, edits, SymPy for compilers."""

from leucel.model.edits import (
    with_correlations,
    with_covariance,
    with_event,
    with_expression,
    with_initial,
    with_integral,
    with_name,
    with_ode,
    with_omegas,
    with_output,
    with_parameter,
    with_state,
    with_values,
    without_event,
)
from leucel.model.evaluation import evaluate
from leucel.model.grammar import parse_expression
from leucel.model.latex import to_latex
from leucel.model.mathml import symbol_mathml, to_mathml
from leucel.model.printing import text_from_tree
from leucel.model.reading import model_file_problems, read_model
from leucel.model.spec import (
    Correlation,
    Event,
    Expression,
    ModelSpec,
    Output,
    Parameter,
    Residual,
    State,
)
from leucel.model.symbolic import SymbolicEvent, SymbolicSystem, symbolic_system
from leucel.model.textfile import to_text
from leucel.model.tree import (
    Binary,
    Call,
    Compare,
    Connect,
    Name,
    Negate,
    Node,
    Not,
    Number,
    branches,
    names_in,
)
from leucel.model.units import check_units
from leucel.model.variability import (
    draw_effects,
    effect_correlations,
    individual_values,
    joined_effects,
    random_effects,
)

__all__ = [
    "Binary",
    "Call",
    "Compare",
    "Connect",
    "Correlation",
    "Event",
    "Expression",
    "ModelSpec",
    "Name",
    "Negate",
    "Node",
    "Not",
    "Number",
    "Output",
    "Parameter",
    "Residual",
    "State",
    "SymbolicEvent",
    "SymbolicSystem",
    "branches",
    "check_units",
    "draw_effects",
    "effect_correlations",
    "evaluate",
    "individual_values",
    "joined_effects",
    "model_file_problems",
    "names_in",
    "parse_expression",
    "random_effects",
    "read_model",
    "symbol_mathml",
    "symbolic_system",
    "text_from_tree",
    "to_latex",
    "to_mathml",
    "to_text",
    "with_correlations",
    "with_covariance",
    "with_event",
    "with_expression",
    "with_initial",
    "with_integral",
    "with_name",
    "with_ode",
    "with_omegas",
    "with_output",
    "with_parameter",
    "with_state",
    "with_values",
    "without_event",
]
