"""Second reading of Hardiansyah and Ng 2019: effector and memory CAR-T with three cytokines.

Reference: Hardiansyah D, Ng CM. Clin Transl Sci 2019;12(4):343-349, doi:10.1111/cts.12636. Cells
are in 1e9, cytokines in pg/mL, time in days.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

STATES = ("B", "E", "Et", "M", "Mt", "IL6", "IL10", "IFN")

SHARED: dict[str, float] = {
    "d6": 3.96,  # 1/day
    "d10": 4.68,  # 1/day
    "dG": 1.51,  # 1/day
    "aG": 0.59,  # none
    "bG": 650.0,  # pg/mL
    "rM": 0.0509,  # 1/day
    "dM": 0.408,  # 1/day
    "aM": 1.0,  # 1/day
    "kin": 76.78,  # 1/day
    "kout": 1.84,  # 1/day
    # Printed in cells/mL, but the number works in units of 1e9 cells alone.
    "h": 1e5,
    "rB": 0.0093,  # 1/day
    "dB": 0.0076,  # 1/day
}
"""Values that both patients have."""

UPN1: dict[str, float] = SHARED | {
    "P6": 1.8e-3,
    "P10": 0.7e-3,
    "PG": 0.3e-3,
    "rE": 16.16,
    "dE": 23.04,
    "aE": 0.024,
    "K": 0.19,
    "b6": 1.7,
    "b10": 4.5,
    "bg": 2.3,
    "B0": 4.14,
    "dose": 1.1,
}
UPN3: dict[str, float] = SHARED | {
    "P6": 6e-3,
    "P10": 1.7e-2,
    "PG": 6e-3,
    "rE": 14.40,
    "dE": 1.44,
    "aE": 0.12,
    "K": 2.21,
    "b6": 1.0,
    "b10": 0.5,
    "bg": 1.7,
    "B0": 0.93,
    "dose": 0.014,
}
"""The two patients; baselines of the cytokines were digitized from the figures."""

SPLIT = ((0.0, 0.1), (1.0, 0.3), (2.0, 0.6))
"""Days and shares of the infusions."""


def initial(p: Mapping[str, Any] = UPN1) -> NDArray[np.float64]:
    """Give the state before the first infusion.

    Examples
    --------
    >>> initial().tolist()
    [4.14, 0.0, 0.0, 0.0, 0.0, 1.7, 4.5, 2.3]
    """
    return np.array([p["B0"], 0.0, 0.0, 0.0, 0.0, p["b6"], p["b10"], p["bg"]])


def right_hand_side(t: float, y: ArrayLike, p: Mapping[str, Any] = UPN1) -> NDArray[np.float64]:
    """Give the derivatives of the eight states a day.

    Equation 7 of the source gains memory cells from memory cells, which would stay at none: the
    gain is of the effectors, aE*E.

    Examples
    --------
    >>> round(float(right_hand_side(0.0, initial())[0] / 4.14), 4)
    0.0017
    """
    B, E, Et, M, Mt, IL6, IL10, IFN = np.asarray(y, dtype=np.float64)
    f = B / (B + p["h"])
    q = p["aG"] + (1.0 - p["aG"]) * p["bG"] / (IL10 + p["bG"])
    to_memory = p["aE"] * E * (1.0 - f)
    to_effector = p["aM"] * M * f
    contacts = 1e6 * B * E
    return np.array(
        [
            (p["rB"] - p["dB"]) * B - p["K"] * E * B,
            p["rE"] * E * B - p["dE"] * E - p["kin"] * E + p["kout"] * Et - to_memory + to_effector,
            p["kin"] * E - p["kout"] * Et,
            (p["rM"] - p["dM"]) * M - p["kin"] * M + p["kout"] * Mt + to_memory - to_effector,
            p["kin"] * M - p["kout"] * Mt,
            p["d6"] * (p["b6"] - IL6) + p["P6"] * contacts,
            p["d10"] * (p["b10"] - IL10) + p["P10"] * contacts,
            p["dG"] * (p["bg"] - IFN) + p["PG"] * contacts * q,
        ]
    )


def outputs(y: ArrayLike) -> dict[str, NDArray[np.float64]]:
    """Give total CAR-T and memory cells in blood (1e9), and cytokines (pg/mL).

    Examples
    --------
    >>> float(outputs([0, 1, 5, 2, 9, 0, 0, 0])["total"])
    3.0
    """
    B, E, _, M, _, IL6, IL10, IFN = np.asarray(y, dtype=np.float64)
    return {"B": B, "total": E + M, "memory": M, "IL6": IL6, "IL10": IL10, "IFN": IFN}


def terminal_rate(p: Mapping[str, Any] = UPN1) -> float:
    """Give the late decline of memory cells where exchange is fast, 1/day.

    Examples
    --------
    >>> round(terminal_rate(), 5)
    0.00836
    """
    return float((p["dM"] - p["rM"]) / (1.0 + p["kin"] / p["kout"]))
