"""Random effects: from standard normal effects of patients to their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from leucel.core import InputError, unknown_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from leucel.core import RandomStream
    from leucel.model.spec import ModelSpec, Parameter


def random_effects(spec: ModelSpec) -> dict[str, float]:
    """Standard deviation omega of each parameter that varies between patients."""
    return {p.name: p.omega for p in spec.parameters if p.omega}


def effect_correlations(spec: ModelSpec) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Parameters whose random effects are correlated, and the matrix of their correlations.

    Returns
    -------
    Names, K, in the order of the definition, and the matrix, (K, K); both empty when all effects
    are independent.
    """
    import numpy as np

    inside = {name for c in spec.correlations for name in (c.first, c.second)}
    names = tuple(p.name for p in spec.parameters if p.name in inside)
    index = {name: i for i, name in enumerate(names)}
    matrix = np.eye(len(names))
    for c in spec.correlations:
        i, j = index[c.first], index[c.second]
        matrix[i, j] = matrix[j, i] = c.value
    return names, matrix


def joined_effects(
    spec: ModelSpec, normals: Mapping[str, NDArray[np.float64]]
) -> dict[str, NDArray[np.float64]]:
    """Standard normal numbers with the correlations of the model.

    Parameters
    ----------
    normals : independent standard normal numbers by parameter, (N,). A correlated parameter that
        is not named counts as one at its typical value.

    Returns
    -------
    Standard normal numbers by parameter, (N,): the same ones where nothing is correlated.
    """
    import numpy as np

    found = dict(normals)
    names, matrix = effect_correlations(spec)
    kept = [i for i, name in enumerate(names) if name in normals]
    if kept:
        root = np.linalg.cholesky(matrix[np.ix_(kept, kept)])
        for row, i in enumerate(kept):
            # Added in one order, so that a patient does not depend on how many are drawn.
            total = np.zeros_like(normals[names[i]])
            for k, j in enumerate(kept[: row + 1]):
                total += root[row, k] * normals[names[j]]
            found[names[i]] = total
    return found


def draw_effects(
    spec: ModelSpec, stream: RandomStream, *, subjects: int
) -> dict[str, NDArray[np.float64]]:
    """Random effects of patients, with the correlations of the model.

    Parameters
    ----------
    stream : where the numbers come from; the purpose of each is ``eta_<parameter>``.
    subjects : number of patients N.

    Returns
    -------
    Effect of each patient by parameter, (N,), for `individual_values`.

    Examples
    --------
    >>> from leucel.core import RandomStream
    >>> from leucel.model import ModelSpec, Output, Parameter, draw_effects
    >>> k = Parameter(name="k", value=2.0, unit="1/day", omega=0.3)
    >>> line = ModelSpec(name="line", parameters=(k,), outputs=(Output(name="y", text="k*t"),))
    >>> draw_effects(line, RandomStream(1), subjects=3)["k"].shape
    (3,)
    """
    omegas = random_effects(spec)
    normals = {name: stream.normal(f"eta_{name}", subjects=subjects) for name in omegas}
    return {name: omegas[name] * z for name, z in joined_effects(spec, normals).items()}


def individual_values(
    spec: ModelSpec, etas: Mapping[str, NDArray[np.float64]]
) -> dict[str, NDArray[np.float64]]:
    """Parameters of patients from their random effects.

    Parameters
    ----------
    etas : effect of each patient by parameter, (N,), in units of the random effect: an eta as large
        as omega is one standard deviation. Parameters that are not named keep their typical value
        and are not returned.

    Returns
    -------
    Values by parameter, (N,): ``value*exp(eta)``, or within `low` and `high` for a logit scale.

    Examples
    --------
    >>> import numpy as np
    >>> from leucel.model import ModelSpec, Output, Parameter, individual_values
    >>> k = Parameter(name="k", value=2.0, unit="1/day", omega=0.3)
    >>> line = ModelSpec(name="line", parameters=(k,), outputs=(Output(name="y", text="k*t"),))
    >>> individual_values(line, {"k": np.array([0.0, np.log(2)])})["k"]
    array([2., 4.])
    """
    parameters = {p.name: p for p in spec.parameters}
    problems = [
        unknown_name(name, list(parameters), noun="parameter")
        for name in etas
        if name not in parameters
    ]
    if problems:
        raise InputError(problems)
    return {name: _individual(parameters[name], eta) for name, eta in etas.items()}


def _individual(parameter: Parameter, eta: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    if parameter.scale == "log":
        return parameter.value * np.exp(eta)
    low, high = parameter.low, parameter.high
    typical = np.log((parameter.value - low) / (high - parameter.value))
    return low + (high - low) / (1.0 + np.exp(-(typical + eta)))
