"""Second reading of Leon-Triana 2021: CAR-T against a solid tumor, with one or two targets.

Reference: Leon-Triana O et al. Cancers 2021;13(4):703, doi:10.3390/cancers13040703;
BIOMD0000001013 (one target) and BIOMD0000001014 (dual). Cells and days.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

STATES = ("C", "T")
STATES_DUAL = ("C", "T", "D", "B")

SINGLE: dict[str, float] = {
    "rhoC": 0.9,  # 1/day
    "gT": 1e10,
    "alpha1": 0.04,  # 1/day
    "gC": 2e9,
    "tauC": 7.0,  # day
    "rhoT": 0.02,  # 1/day
    "alpha2": 2.5e-10,  # 1/(cell day)
    "C0": 4e8,
    "T0": 6.7e9,
}
DUAL: dict[str, float] = SINGLE | {
    "alpha1": 0.02,  # 1/day
    "rhoCbar": 0.9,  # 1/day
    "gB": 1e10,
    "k": 0.2,  # 1/day
    "alphaB": 4.5e-11,  # 1/(cell day)
    "tauB": 60.0,  # day
    "C0": 0.0,
    "T0": 3.35e10,
    "Coff0": 2e8,
    "B0": 2.5e10,
}


def initial(p: Mapping[str, Any] = SINGLE) -> NDArray[np.float64]:
    """Give CAR-T and tumor cells at the start.

    Examples
    --------
    >>> initial().tolist()
    [400000000.0, 6700000000.0]
    """
    return np.array([p["C0"], p["T0"]], dtype=np.float64)


def initial_dual(p: Mapping[str, Any] = DUAL) -> NDArray[np.float64]:
    """Give on-tumor CAR-T, tumor, off-tumor CAR-T and B cells at the start.

    Examples
    --------
    >>> initial_dual().tolist()
    [0.0, 33500000000.0, 200000000.0, 25000000000.0]
    """
    return np.array([p["C0"], p["T0"], p["Coff0"], p["B0"]], dtype=np.float64)


def right_hand_side(t: float, y: ArrayLike, p: Mapping[str, Any] = SINGLE) -> NDArray[np.float64]:
    """Give the derivatives with one target, cells/day.

    Examples
    --------
    >>> float(right_hand_side(0.0, [0.0, 50.0])[1])
    1.0
    """
    C, T = np.asarray(y, dtype=np.float64)
    stimulated = p["rhoC"] * C * T / (p["gT"] + T)
    inactivated = p["alpha1"] * C * T / (p["gC"] + C)
    return np.array([stimulated - inactivated - C / p["tauC"], p["rhoT"] * T - p["alpha2"] * C * T])


def right_hand_side_dual(
    t: float, y: ArrayLike, p: Mapping[str, Any] = DUAL
) -> NDArray[np.float64]:
    """Give the derivatives with two targets, cells/day: off-tumor cells D feed those on the tumor.

    Examples
    --------
    >>> float(right_hand_side_dual(0.0, [0.0, 0.0, 10.0, 0.0])[0])
    2.0
    """
    C, T, D, B = np.asarray(y, dtype=np.float64)
    dC, dT = right_hand_side(t, [C, T], p)
    moved = p["k"] * D
    return np.array(
        [
            dC + moved,
            dT,
            p["rhoCbar"] * D * B / (p["gB"] + B) - D / p["tauC"] - moved,
            -p["alphaB"] * B * D - B / p["tauB"],
        ]
    )
