"""Second reading of Chaudhury 2020: three worked models of CAR-T cells and their targets.

Reference: Chaudhury A et al. J Clin Pharmacol 2020;60(S1), doi:10.1002/jcph.1691; the models of
BIOMD0000001024 (LV), BIOMD0000001025 (EC50) and MODEL2109110005 (FIRST). Cells are in the
arbitrary unit of the source, time is in days.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

STATES_LV = ("C", "U")
STATES = ("C", "P", "U")

LV: dict[str, float] = {
    "rho": 0.0018,  # 1/(cell day)
    "kE": 0.16,  # 1/day
    "g": 0.15,  # 1/day
    "d": 0.00015,  # 1/(cell day)
    "C0": 10.0,
    "U0": 900.0,
}
EC50: dict[str, float] = {
    "rho": 8.8,  # 1/day
    "R50": 1.0,
    "kE": 0.16,  # 1/day
    "kEP": 0.0012,  # 1/day
    "be": 0.0032,  # 1/day
    "g": 0.2,  # 1/day
    "d": 0.35,  # 1/day
    "D50": 10.0,
    "Uc": 0.1,
    "Um": 1000.0,
    "h": 3.0,
    "Tm": 9.3,  # day
    "C0": 10.0,
    "U0": 900.0,
}
FIRST: dict[str, float] = {
    "rho": 1.0,  # 1/day
    "kE": 0.16,  # 1/day
    "kEP": 0.0012,  # 1/day
    "be": 0.0032,  # 1/day
    "g": 0.3,  # 1/day
    "d": 0.0007,  # 1/(cell day)
    "Uc": 0.1,
    "Um": 100.0,
    "h": 3.0,
    "Tm": 9.3,  # day
    "C0": 10.0,
    "U0": 900.0,
}

LEAST = 1e-90
"""Number of cells whose third power a double still holds."""


def initial_lv(p: Mapping[str, Any] = LV) -> NDArray[np.float64]:
    """Give CAR-T and target cells at the start.

    Examples
    --------
    >>> initial_lv().tolist()
    [10.0, 900.0]
    """
    return np.array([p["C0"], p["U0"]], dtype=np.float64)


def initial(p: Mapping[str, Any] = EC50) -> NDArray[np.float64]:
    """Give effectors, persisters and target cells at the start of the two larger models.

    Examples
    --------
    >>> initial().tolist()
    [10.0, 0.0, 900.0]
    """
    return np.array([p["C0"], 0.0, p["U0"]], dtype=np.float64)


def right_hand_side_lv(t: float, y: ArrayLike, p: Mapping[str, Any] = LV) -> NDArray[np.float64]:
    """Give the derivatives of predator and prey.

    Examples
    --------
    >>> right_hand_side_lv(0.0, [10.0, 900.0]).round(3).tolist()
    [14.6, 133.65]
    """
    C, U = np.asarray(y, dtype=np.float64)
    return np.array([p["rho"] * C * U - p["kE"] * C, p["g"] * U - p["d"] * C * U])


def growth(U: Any, p: Mapping[str, Any]) -> Any:
    """Give the growth of the target: Gompertz behind the gate that keeps a cure.

    The growth falls with the fourth power of the target: from the least number on it is none.

    Examples
    --------
    >>> float(growth(1000.0, EC50))
    0.0
    """
    level = np.asarray(U, dtype=np.float64)
    seen = np.maximum(level, LEAST)
    Fc = 1.0 / (1.0 + (p["Uc"] / seen) ** p["h"])
    grown = Fc * p["g"] * seen * (np.log(p["Um"]) - np.log(seen)) / np.log(p["Um"])
    return np.where(level > LEAST, grown, 0.0)


def right_hand_side_ec50(
    t: float, y: ArrayLike, p: Mapping[str, Any] = EC50
) -> NDArray[np.float64]:
    """Give the derivatives of the model with saturable expansion and kill.

    Examples
    --------
    >>> float(right_hand_side_ec50(20.0, [100.0, 0.0, 1.0])[0])
    -16.12
    """
    C, P, U = np.asarray(y, dtype=np.float64)
    dU = growth(U, p) - p["d"] * C * U / (p["D50"] + C + U)
    if t <= p["Tm"]:
        return np.array([p["rho"] * C * U / (p["R50"] + C + U), np.zeros_like(P), dU])
    return np.array([-(p["kEP"] + p["kE"]) * C, p["kEP"] * C - p["be"] * P, dU])


def right_hand_side_first(
    t: float, y: ArrayLike, p: Mapping[str, Any] = FIRST
) -> NDArray[np.float64]:
    """Give the derivatives of the model with expansion and kill of first order.

    Examples
    --------
    >>> float(right_hand_side_first(1.0, [10.0, 0.0, 1.0])[0])
    10.0
    """
    C, P, U = np.asarray(y, dtype=np.float64)
    dU = growth(U, p) - p["d"] * C * U
    if t <= p["Tm"]:
        return np.array([p["rho"] * C, np.zeros_like(P), dU])
    return np.array([-(p["kEP"] + p["kE"]) * C, p["kEP"] * C - p["be"] * P, dU])


def first_closed_form(t: ArrayLike, p: Mapping[str, Any] = FIRST) -> NDArray[np.float64]:
    """Give effectors and persisters of the model of first order, shape (2, T).

    Examples
    --------
    >>> first_closed_form([9.3, 28.0]).round(1)[1].tolist()
    [0.0, 741.7]
    """
    t = np.asarray(t, dtype=np.float64)
    before, after = np.minimum(t, p["Tm"]), np.maximum(t - p["Tm"], 0.0)
    k = p["kEP"] + p["kE"]
    peak = p["C0"] * np.exp(p["rho"] * p["Tm"])
    C = np.where(t <= p["Tm"], p["C0"] * np.exp(p["rho"] * before), peak * np.exp(-k * after))
    P = p["kEP"] * peak * (np.exp(-p["be"] * after) - np.exp(-k * after)) / (k - p["be"])
    return np.array([C, P])
