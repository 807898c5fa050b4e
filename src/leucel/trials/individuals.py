"""From a library model and a design to the parameters of each patient."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from leucel.core import InputError, RandomStream, unknown_name
from leucel.model import ModelSpec, joined_effects
from leucel.trials.cohort import draw_effects
from leucel.trials.design import DesignParameter


def individual_parameters(
    spec: ModelSpec,
    design: tuple[DesignParameter, ...],
    rng: RandomStream,
    index: NDArray[np.int64],
    *,
    factors: Mapping[str, NDArray[np.float64]] | None = None,
) -> dict[str, NDArray[np.float64]]:
    """Parameters of N patients, log-normal around the medians of the design or the model.

    Only parameters that vary or that the design or `factors` change are returned. A draw beyond the
    range that the model allows is set to the end of the range.

    Parameters
    ----------
    factors : (N,) by parameter, on top of the draws; of the phenotype of a lot, for example.

    Raises
    ------
    InputError
        When the design names a parameter that the model does not have.
    """
    check_parameters(spec, design)
    given = {each.name: each for each in design}
    factors = factors or {}
    names = [parameter.name for parameter in spec.parameters]
    strange = [name for name in factors if name not in names]
    if strange:
        raise InputError(
            unknown_name(name, names, noun=f"parameter of {spec.name}") for name in strange
        )
    plan: dict[str, tuple[float, float, str]] = {}
    for parameter in spec.parameters:
        own = given.get(parameter.name)
        omega = parameter.omega or 0.0
        if own is not None and own.omega is not None:
            omega = own.omega
        if own is not None or omega > 0.0 or parameter.name in factors:
            value = own.value if own is not None else parameter.value
            effect = (own.effect if own is not None else "") or parameter.name
            plan[parameter.name] = (value, omega, f"{spec.name}:{effect}")
    effects = draw_effects(
        rng,
        tuple(dict.fromkeys(effect for _, omega, effect in plan.values() if omega > 0.0)),
        index,
    )
    # An effect of the design is shared on purpose; only the model's own effects are correlated.
    own = {n: effects[e] for n, (_, _, e) in plan.items() if e == f"{spec.name}:{n}" in effects}
    joined = joined_effects(spec, own)
    limits = {p.name: (p.low, p.high) for p in spec.parameters}
    found = {
        name: _individual(
            value, omega, joined.get(name, effects.get(effect)), limits[name], index.size
        )
        for name, (value, omega, effect) in plan.items()
    }
    for name, factor in factors.items():
        found[name] = np.clip(found[name] * factor, *limits[name])
    return found


def check_parameters(spec: ModelSpec, design: tuple[DesignParameter, ...]) -> None:
    """Raise `InputError` with every parameter of the design that the model does not have."""
    names = [parameter.name for parameter in spec.parameters]
    problems = [
        unknown_name(each.name, names, noun=f"parameter of {spec.name}")
        for each in design
        if each.name not in names
    ]
    if problems:
        raise InputError(problems)


def typical_values(spec: ModelSpec, design: tuple[DesignParameter, ...]) -> Mapping[str, float]:
    """Medians of all parameters, those of the design in place of the model's."""
    return {p.name: p.value for p in spec.parameters} | {each.name: each.value for each in design}


def _individual(
    value: float,
    omega: float,
    effect: NDArray[np.float64] | None,
    limits: tuple[float, float],
    subjects: int,
) -> NDArray[np.float64]:
    if effect is None:
        return np.full(subjects, value)
    return np.clip(value * np.exp(omega * effect), *limits)
