"""How the number of a check is taken from a simulation; running it is left to a solver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leucel.core import InputError, Problem
from leucel.library.cards import Check
from leucel.model import ModelSpec, evaluate, with_integral

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def check_model(spec: ModelSpec, check: Check) -> tuple[ModelSpec, str]:
    """The model to simulate for a check, and the output to look at.

    An area is carried as a further state; every other quantity is read from the model as it is.
    """
    if check.quantity == "area":
        return with_integral(spec, check.output), f"auc_{check.output}"
    return spec, check.output


def check_times(check: Check) -> NDArray[np.float64]:
    """Output times of a check [day], (T,), from `start` to `end`, time 0 included."""
    import numpy as np

    if check.quantity in ("value", "area"):
        return np.array([0.0, check.end], dtype=np.float64)
    count = round((check.end - check.start) / check.step)
    grid = check.start + check.step * np.arange(count + 1, dtype=np.float64)
    return grid if check.start == 0.0 else np.insert(grid, 0, 0.0)


def measure(check: Check, times: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """The number of a check from the simulated output.

    Parameters
    ----------
    times, values : (T,) from `check_times` and a simulation.

    Examples
    --------
    >>> from leucel.library import check_times, get_model, measure
    >>> _, card = get_model("singh_2021_idecabtagene")
    >>> check = next(c for c in card.checks if c.quantity == "time_of_maximum")
    >>> times = check_times(check)
    >>> measure(check, times, -abs(times - 14.0))
    14.0
    """
    import numpy as np

    inside = times >= check.start
    seen, when = values[inside], times[inside]
    match check.quantity:
        case "value" | "area":
            return float(seen[-1])
        case "maximum":
            return float(np.max(seen))
        case "minimum":
            return float(np.min(seen))
        case "trapezoid":
            return float(np.trapezoid(seen, when))
        case "time_of_maximum":
            return float(when[np.argmax(seen)])
        case "time_of_minimum":
            return float(when[np.argmin(seen)])
        case "formula":
            raise InputError(
                Problem(
                    what=f"the check {check.name!r} is a formula and needs no simulation",
                    fix="use formula_value",
                )
            )


def formula_value(spec: ModelSpec, check: Check) -> float:
    """The number of a check by formula, in typical values and omegas (``omega_<parameter>``)."""
    omegas = {f"omega_{p.name}": p.omega for p in spec.parameters if p.omega is not None}
    return evaluate(check.formula, spec.typical_values() | omegas)
