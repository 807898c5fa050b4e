"""Second reading of Gallaher 2018: M-protein and the immune cells around a myeloma.

Reference: Gallaher J et al. J Theor Biol 2018;458:31-46; BIOMD0000000743 with M-protein and NK
cells in their printed places. M-protein in the unit of the source, cells in cells/uL, time in days.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

STATES = ("M", "C", "N", "R")

TYPICAL: dict[str, float] = {
    "sm": 0.001,
    "rm": 0.0175,
    "km": 10.0,
    "dm": 0.002,
    "anm": 5.0,
    "bnm": 150.0,
    "acm": 5.0,
    "bcm": 375.0,
    "acnm": 8.0,
    "amm": 0.5,
    "bmm": 3.0,
    "arm": 0.5,
    "brm": 25.0,
    "rc": 0.013,
    "kc": 800.0,
    "dc": 0.02,
    "amc": 5.0,
    "bmc": 3.0,
    "anc": 1.0,
    "bnc": 150.0,
    "sn": 0.03,
    "rn": 0.04,
    "kn": 450.0,
    "dn": 0.025,
    "acn": 1.0,
    "bcn": 375.0,
    "rr": 0.0831,
    "kr": 80.0,
    "dr": 0.0757,
    "amr": 2.0,
    "bmr": 3.0,
    "M0": 4.0,
    "Tc0": 464.0,
    "N0": 227.0,
    "Tr0": 42.0,
}
"""Typical values; rates in 1/day, sources a day, capacities and half effects in units of states."""


def initial(p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the state at the start.

    Examples
    --------
    >>> initial().tolist()
    [4.0, 464.0, 227.0, 42.0]
    """
    return np.array([p["M0"], p["Tc0"], p["N0"], p["Tr0"]], dtype=np.float64)


def right_hand_side(t: float, y: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the derivatives of M-protein, CTL, NK and Treg cells a day.

    Examples
    --------
    >>> float(right_hand_side(0.0, [0.0, 0.0, 0.0, 0.0])[2])
    0.03
    """
    M, C, N, R = np.asarray(y, dtype=np.float64)
    n, c = N / (p["bnm"] + N), C / (p["bcm"] + C)
    damped = 1.0 - p["amm"] * M / (p["bmm"] + M) - p["arm"] * R / (p["brm"] + R)
    loss = 1.0 + (p["anm"] * n + p["acm"] * c + p["acnm"] * n * c) * damped
    for_C = 1.0 + p["amc"] * M / (p["bmc"] + M) + p["anc"] * N / (p["bnc"] + N)
    for_N = 1.0 + p["acn"] * C / (p["bcn"] + C)
    for_R = 1.0 + p["amr"] * M / (p["bmr"] + M)
    return np.array(
        [
            p["sm"] + p["rm"] * M * (1.0 - M / p["km"]) - p["dm"] * M * loss,
            p["rc"] * C * (1.0 - C / p["kc"]) * for_C - p["dc"] * C,
            p["sn"] + p["rn"] * N * (1.0 - N / p["kn"]) * for_N - p["dn"] * N,
            p["rr"] * R * (1.0 - R / p["kr"]) * for_R - p["dr"] * R,
        ]
    )
