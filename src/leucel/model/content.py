"""What of a model decides its results: the plain data behind its content hash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leucel.model.equations import equations_of
from leucel.model.printing import text_from_tree

if TYPE_CHECKING:
    from leucel.model.spec import ModelSpec

# Raised when the meaning of a stored content changes, so that old hashes are never met again.
_VERSION = 1


def content_of(spec: ModelSpec) -> dict[str, Any]:
    """Plain data that two models share exactly when they compute the same.

    Left out: the name of the model, descriptions, meanings, evidence, the layout of equations.
    """
    found: dict[str, Any] = {
        "version": _VERSION,
        "time": [spec.time, spec.time_unit],
        "parameters": [
            [
                p.name,
                float(p.value),
                p.unit,
                _optional(p.omega),
                p.scale,
                float(p.low),
                float(p.high),
            ]
            for p in spec.parameters
        ],
        "states": [[s.name, s.unit, *(["logged"] if s.logged else [])] for s in spec.states],
        "expressions": [[e.name, e.unit] for e in spec.expressions],
        "outputs": [[o.name, o.unit] for o in spec.outputs],
        "equations": [
            [e.kind, e.owner, e.name, text_from_tree(e.parse())] for e in equations_of(spec)
        ],
        "residuals": [[r.output, r.kind, float(r.sigma)] for r in spec.residuals],
        "dose_state": spec.dose_state,
    }
    if spec.correlations:
        found["correlations"] = sorted(
            [*sorted((c.first, c.second)), float(c.value)] for c in spec.correlations
        )
    return found


def _optional(value: float | None) -> float | None:
    return None if value is None else float(value)
