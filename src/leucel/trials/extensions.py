"""Extensions of the response model that a design asks for by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from leucel.core import Evidence, InputError, Kind, Mark, Problem, unknown_name
from leucel.library import with_resistant_clone
from leucel.model import ModelSpec, Parameter, with_ode, with_parameter

_CAPACITY = 3e12  # cells/L; Poels 2025 gives 3e6 cells/uL


def with_carrying_capacity(spec: ModelSpec) -> ModelSpec:
    """The model with tumor growth that ends at a carrying capacity of the marrow.

    Growth of each clone is multiplied by 1 - burden/cap_tumor. Without it a relapsing tumor grows
    without end: a patient with a fast clone has 1e80 cells after three years, long after he has
    left the trial, and the solver ends in infinity.

    References
    ----------
    Capacity of 3e6 cells/uL: Poels KE et al. npj Syst Biol Appl 2025;11:102,
    doi:10.1038/s41540-025-00585-z.
    """
    states = [state.name for state in spec.states]
    present = {*states, *(e.name for e in spec.expressions), *(p.name for p in spec.parameters)}
    missing = [name for name in ("tumor", "burden", "k_growth") if name not in present]
    if missing:
        raise InputError(
            Problem(
                what=f"the model {spec.name!r} has no place for a carrying capacity",
                received="no " + ", no ".join(missing),
            )
        )
    model = with_parameter(
        spec,
        Parameter(
            name="cap_tumor",
            value=_CAPACITY,
            unit="cells/L",
            meaning="myeloma cells that a liter of marrow can hold",
            low=0.0,
            evidence=Evidence(
                value=_CAPACITY,
                unit="cells/L",
                source="poels_2025",
                place="Mmax, through nlmixr2lib",
                mark=Mark.SEEN,
                kind=Kind.BORROWED,
                note="keeps the regrowth of progressed patients finite; far above any baseline",
            ),
        ),
    )
    rates = {"tumor": "k_growth", "resistant": "k_growth_resistant"}
    return with_ode(
        model,
        {
            state: f"{model.ode(state)} - {rate}*{state}*burden/cap_tumor"
            for state, rate in rates.items()
            if state in states
        },
    )


EDITS: Mapping[str, Callable[[ModelSpec], ModelSpec]] = {
    "resistant_clone": with_resistant_clone,
    "carrying_capacity": with_carrying_capacity,
}
"""Extensions by the name that a design gives them; they are applied in the order of the design."""


def check_edits(edits: tuple[str, ...]) -> tuple[Problem, ...]:
    """A problem for each name that is no extension."""
    return tuple(
        unknown_name(edit, list(EDITS), noun="edit") for edit in edits if edit not in EDITS
    )
