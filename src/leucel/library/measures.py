"""How the number of a check is taken from a model; solving it is left to a solver."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from leucel.core import InputError, Problem
from leucel.library.cards import Check
from leucel.library.catalog import get_model
from leucel.model import ModelSpec, evaluate, symbolic_system, with_integral, with_values

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Run = Callable[
        [
            ModelSpec,
            Mapping[str, float],
            NDArray[np.float64],
            tuple[tuple[float, float], ...],
            str,
        ],
        NDArray[np.float64],
    ]

# Newton steps towards an equilibrium, and the largest relative step that ends them.
_STEPS, _CLOSE = 60, 1e-12
# Halvings of a threshold: twelve digits of any interval.
_HALVINGS = 45


def check_number(id_: str, check: Check, run: Run) -> float:
    """The number that a model of the library gives for a check.

    Parameters
    ----------
    id_ : id of the model.
    check : one of the checks of its card.
    run : what simulates: model, values of parameters, times (T,), pairs of day and dose, name of an
        output; returns the output (T,).

    Returns
    -------
    The number; the median over the cohort where the check has one.

    Examples
    --------
    >>> from leucel.library import check_number, get_model
    >>> id_ = "stein_2019_tisagenlecleucel"
    >>> check = get_model(id_)[1].checks[0]
    >>> round(check_number(id_, check, lambda *_: None), 4)
    0.7796
    """
    choices = dict(check.choices)
    number = _typical(id_, check, choices, {}, run)
    if check.against or check.against_values:
        other = choices | dict(check.against)
        number /= _typical(id_, check, other, dict(check.against_values), run)
    return number


def _typical(
    id_: str, check: Check, choices: dict[str, str], instead: dict[str, float], run: Run
) -> float:
    import numpy as np

    spec, _ = get_model(id_, **choices)
    numbers = [_one(spec, check, dict(c) | instead, run) for c in check.cohort or ((),)]
    return float(np.median(numbers))


def _one(spec: ModelSpec, check: Check, values: dict[str, float], run: Run) -> float:
    first = () if check.dose is None else ((0.0, check.dose),)
    doses, times = (*first, *check.doses), check_times(check)
    match check.quantity:
        case "formula":
            return formula_value(with_values(spec, values), check)
        case "equilibrium":
            return equilibrium(with_values(spec, values), check)
        case "threshold":

            def at(number: float) -> float:
                name = check.vary[0] if check.vary else ""
                return float(run(spec, values | {name: number}, times, doses, check.output)[-1])

            return crossing(check, at)
        case _:
            model, output = check_model(spec, check)
            return measure(check, times, run(model, values, times, doses, output))


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

    if check.quantity in ("value", "area", "threshold"):
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
        case "formula" | "equilibrium" | "threshold":
            raise InputError(
                Problem(
                    what=f"the check {check.name!r} is no number of one course",
                    received=check.quantity,
                    fix="use check_number",
                )
            )


def formula_value(spec: ModelSpec, check: Check) -> float:
    """The number of a check by formula, in typical values and omegas (``omega_<parameter>``)."""
    omegas = {f"omega_{p.name}": p.omega for p in spec.parameters if p.omega is not None}
    return evaluate(check.formula, spec.typical_values() | omegas)


def equilibrium(spec: ModelSpec, check: Check) -> float:
    """The output of a check at the equilibrium next to its states `near`, by Newton's method.

    Raises
    ------
    InputError
        When no equilibrium is found from there.
    """
    import numpy as np
    import sympy

    system = symbolic_system(spec)
    arguments = (system.time, *system.states, *system.parameters)
    size = len(system.states)
    slopes = sympy.zeros(size, size)
    for (row, column), entry in system.jacobian.items():
        slopes[row, column] = entry
    functions = sympy.lambdify(
        arguments, [list(system.rhs), slopes, list(system.outputs)], modules="numpy"
    )
    fixed = spec.typical_values().values()
    near = dict(check.near)
    state = np.array([near[s.name] for s in spec.states], dtype=np.float64)
    for _ in range(_STEPS):
        rates, jacobian, outputs = functions(0.0, *state, *fixed)
        # Columns in units of the states, which differ by orders of magnitude.
        scaled = np.array(jacobian, dtype=np.float64) * state
        try:
            step = np.linalg.solve(scaled, -np.array(rates, dtype=np.float64))
        except np.linalg.LinAlgError:
            break
        if np.abs(step).max() < _CLOSE:
            return float(outputs[system.output_names.index(check.output)])
        state = state * np.maximum(1.0 + step, 0.1)
    raise InputError(
        Problem(what=f"no equilibrium was found for {check.name!r}", received=str(check.near))
    )


def crossing(check: Check, at: Callable[[float], float]) -> float:
    """The threshold of a check: where the output at the end, `at` a value, crosses the level.

    Raises
    ------
    InputError
        When the output is on one side of the level at both limits.
    """
    if check.vary is None:
        raise InputError(Problem(what=f"the check {check.name!r} varies no parameter"))
    _, low, high = check.vary
    above = at(low) > check.level
    if (at(high) > check.level) is above:
        raise InputError(
            Problem(
                what=f"the output of {check.name!r} does not cross the level between the limits",
                received=f"{low:g} to {high:g}",
            )
        )
    for _ in range(_HALVINGS):
        middle = math.sqrt(low * high)
        if (at(middle) > check.level) is above:
            low = middle
        else:
            high = middle
    return math.sqrt(low * high)
