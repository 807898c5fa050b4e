"""Random effects: from standard normal effects of patients to their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from leucel.core import InputError, unknown_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from leucel.model.spec import ModelSpec, Parameter


def random_effects(spec: ModelSpec) -> dict[str, float]:
    """Standard deviation omega of each parameter that varies between patients."""
    return {p.name: p.omega for p in spec.parameters if p.omega}


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
