"""An extension of myeloma models: a clone that the CAR-T cells do not see, and relapse from it."""

from __future__ import annotations

from dataclasses import replace

from leucel.core import Evidence, InputError, Kind, Mark, Problem
from leucel.library.sources import LEUCEL
from leucel.model import (
    Event,
    ModelSpec,
    Parameter,
    State,
    with_event,
    with_expression,
    with_initial,
    with_parameter,
    with_state,
)

# What the extension builds on; a model without these has no place for a second clone.
_NEEDED = ("tumor_0", "vol_marrow", "k_growth", "extinction_cells", "burden", "tumor")
# One cell in ten thousand: small enough to be missed at baseline, large enough to matter.
_FRACTION = 1e-4


def with_resistant_clone(spec: ModelSpec, *, fraction: float | None = None) -> ModelSpec:
    """The model with an antigen-low clone of the tumor that no CAR-T cell binds.

    Adds the state ``resistant`` [cells/L marrow] with ``d/dt resistant = k_growth_resistant *
    resistant`` and the parameters ``fraction_resistant`` (share of the clone at baseline) and
    ``k_growth_resistant`` [1/day]. Both clones together make M-protein and sBCMA and are the tumor
    outputs; the sensitive clone starts at the rest of ``tumor_0``. The extinction rule, where the
    model has it, holds for the clone too: below ``extinction_cells`` cells in the marrow it starts
    at 0, and is set to 0 when it falls below.

    Parameters
    ----------
    spec : a model with tumor, burden and an extinction rule, ``singh_2021_idecabtagene`` above all.
    fraction : share of the resistant clone at baseline, 0 to 1; 1e-4 when not given.

    Raises
    ------
    InputError
        When the model lacks a part that the extension needs.

    Notes
    -----
    No published value is known for either parameter: both are assumptions of this project, marked
    so, and meant to be calibrated to the durations of response of a trial. The growth of the clone
    is that of the sensitive one, hence no cost of resistance.

    Examples
    --------
    >>> from leucel.library import get_model, with_resistant_clone
    >>> spec, _ = get_model("singh_2021_idecabtagene")
    >>> with_resistant_clone(spec).ode("resistant")
    'k_growth_resistant*resistant'
    """
    present = {item.name for item in (*spec.parameters, *spec.expressions, *spec.states)}
    missing = [name for name in _NEEDED if name not in present]
    if missing:
        raise InputError(
            Problem(
                what=f"the model {spec.name!r} has no place for a resistant clone",
                received="no " + ", no ".join(missing),
                fix="use singh_2021_idecabtagene, or give the model these symbols",
            )
        )
    growth = spec.parameter("k_growth")
    model = with_parameter(
        spec,
        _assumed(
            "fraction_resistant",
            _FRACTION if fraction is None else fraction,
            "1",
            "share of the tumor at baseline that CAR-T cells do not bind",
            "no published value; to be calibrated to duration of response",
            high=1.0,
        ),
    )
    model = with_parameter(
        model,
        _assumed(
            "k_growth_resistant",
            growth.value,
            growth.unit,
            "growth of the resistant clone",
            "equal to the growth of the sensitive clone: no cost of resistance is assumed",
        ),
    )
    ruled = any(event.name == "tumor_extinct" for event in spec.events)
    start = "fraction_resistant*tumor_0"
    model = with_state(
        model,
        State(
            name="resistant",
            unit="cells/L",
            initial=f"if({start}*vol_marrow < extinction_cells, 0, {start})" if ruled else start,
            meaning="myeloma cells in marrow that CAR-T cells do not bind",
        ),
        ode="k_growth_resistant*resistant",
    )
    model = with_initial(model, {"tumor": "(1 - fraction_resistant)*tumor_0"})
    burden = next(e for e in model.expressions if e.name == "burden")
    model = with_expression(model, replace(burden, text="tumor + resistant"))
    if not ruled:
        return model
    return with_event(
        model,
        Event(
            name="resistant_extinct",
            when="resistant*vol_marrow - extinction_cells",
            set={"resistant": "0"},
            meaning="the last resistant tumor cell is gone",
        ),
    )


def _assumed(
    name: str, value: float, unit: str, meaning: str, note: str, *, high: float = float("inf")
) -> Parameter:
    return Parameter(
        name=name,
        value=value,
        unit=unit,
        meaning=meaning,
        low=0.0,
        high=high,
        evidence=Evidence(
            value=value,
            unit=unit,
            source=LEUCEL.id,
            mark=Mark.OWN_VALUE,
            kind=Kind.ASSUMED,
            note=note,
        ),
    )
