"""Equilibria that papers describe without a number: how many, and stable or not.

The coordinates that papers print are checks of the cards; here the signs of the eigenvalues of the
Jacobian at the equilibria are compared with what the papers say of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy

from leucel.library import get_model
from leucel.model import symbolic_system

# Newton steps; the last one has to be a rounding error relative to the state.
STEPS, CLOSE = 80, 1e-11


def functions(id_: str, **choices: str) -> tuple[list[str], Callable[..., Any]]:
    spec, _ = get_model(id_, **choices)
    system = symbolic_system(spec)
    size = len(system.states)
    slopes = sympy.zeros(size, size)
    for (row, column), entry in system.jacobian.items():
        slopes[row, column] = entry
    arguments = (system.time, *system.states, *system.parameters)
    both = sympy.lambdify(arguments, [list(system.rhs), slopes], modules="numpy")
    values = list(spec.typical_values().values())

    def at(state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rates, jacobian = both(0.0, *state, *values)
        return np.array(rates, dtype=np.float64), np.array(jacobian, dtype=np.float64)

    return [s.name for s in spec.states], at


def eigenvalues(id_: str, near: dict[str, float], **choices: str) -> np.ndarray:
    """Of the Jacobian at the equilibrium next to `near`; a 0 there stays a 0."""
    names, at = functions(id_, **choices)
    state = np.array([near[name] for name in names])
    scale = np.where(state > 0.0, state, 1.0)
    free = state > 0.0
    for _ in range(STEPS):
        rates, jacobian = at(state)
        step = np.zeros_like(state)
        if free.any():
            part = jacobian[np.ix_(free, free)] * state[free]
            step[free] = np.linalg.solve(part, -rates[free])
        state = state * (1.0 + np.clip(step, -0.9, 9.0))
        if np.abs(step).max() < CLOSE:
            break
    else:
        raise AssertionError("no equilibrium found")
    rates, jacobian = at(state)
    assert np.abs(rates / scale).max() < 1e-9, "the states held at 0 leave it"
    return np.linalg.eigvals(jacobian)


def stable(found: np.ndarray) -> bool:
    return bool((np.real(found) < 0.0).all())


@pytest.mark.parametrize(
    ("near", "growing"),
    [
        # The four equilibria of HDLM-2, section 2.3: nothing, tumor alone, saddle, control.
        ({"memory": 0.0, "effector": 0.0, "tumor": 0.0}, 1),
        ({"memory": 0.0, "effector": 0.0, "tumor": 7.12e11}, 0),
        ({"memory": 263.0, "effector": 15205.0, "tumor": 1442522.0}, 1),
        ({"memory": 197519.0, "effector": 15205.0, "tumor": 1089.0}, 0),
    ],
)
def test_barros_has_two_stable_equilibria(near: dict[str, float], growing: int) -> None:
    found = eigenvalues("barros_2021_cartmath", near)
    assert int((np.real(found) > 0.0).sum()) == growing


def test_leon_triana_one_target_has_no_stable_equilibrium() -> None:
    """Appendix A: nothing and the larger tumor are saddles, the smaller an unstable focus."""
    id_ = "leon_triana_2021_one_target"
    nothing = eigenvalues(id_, {"car": 0.0, "tumor": 0.0})
    assert int((np.real(nothing) > 0.0).sum()) == 1
    spec, _ = get_model(id_)
    p = spec.typical_values()
    car = p["k_growth"] / p["kill"]
    # Where CAR-T cells stand still, a square in the tumor cells.
    push, pull = p["k_stimulation"], p["k_inactivation"] / (p["ec50_car"] + car)
    loss = 1.0 / p["t_life_car"]
    middle = push - pull * p["ec50_tumor"] - loss
    root = np.sqrt(middle**2 - 4.0 * pull * loss * p["ec50_tumor"])
    low, high = (
        eigenvalues(id_, {"car": car, "tumor": float(tumor)})
        for tumor in ((middle - root) / (2.0 * pull), (middle + root) / (2.0 * pull))
    )
    assert np.abs(np.imag(low)).min() > 0.0
    assert (np.real(low) > 0.0).all()
    assert (np.imag(high) == 0.0).all()
    assert int((np.real(high) > 0.0).sum()) == 1


@pytest.mark.parametrize("t_cells", ["0.125", "0.05"])
def test_brummer_tumor_and_t_cells_coexist(t_cells: str) -> None:
    """Where T cells die, the tumor stays at their rate of death over that of expansion."""
    id_ = "brummer_2022_carrgo"
    spec, _ = get_model(id_, t_cells=t_cells)
    p = spec.typical_values()
    tumor = p["k_loss_car"] / p["k_expansion"]
    car = p["k_growth"] * (1.0 - p["crowding"] * tumor) / p["k_kill"]
    assert stable(eigenvalues(id_, {"tumor": tumor, "car": car}, t_cells=t_cells))
