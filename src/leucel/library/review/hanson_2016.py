"""Second reading of Hanson 2016: inflammatory toxicity of CAR-T cells.

Reference: BIOMD0000000837 (Hanson S et al. 2016). Units are those of the file: unnamed cells,
inflammation and time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

STATES = ("Cm", "Ce", "Hm", "He", "L", "I", "B")

TYPICAL: dict[str, float] = {
    "n": 6.0,
    "r1": 0.003,
    "r2": 0.1,
    "r3": 0.1,
    "r4": 0.1,
    "d1": 2e-4,
    "d2": 1.5,
    "d3": 0.004,
    "d4": 0.004,
    "d5": 2e-4,
    "p0": 200.0,
    "p1": 0.002,
    "p2": 0.4,
    "a1": 4e-7,
    "a2": 2.0,
    "a3": 8e-5,
    "b": 800.0,
    "l": 1600.0,
    "k": 4800.0,
    "D": 0.0,
    "Cm0": 10.0,
    "Ce0": 10.0,
    "Hm0": 10.0,
    "He0": 10.0,
    "L0": 1600.0,
    "I0": 140.0,
    "B0": 300.0,
}
"""Typical values; D is the constant removal of inflammation by a drug."""


def initial(p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the state at the start.

    Examples
    --------
    >>> initial().tolist()
    [10.0, 10.0, 10.0, 10.0, 1600.0, 140.0, 300.0]
    """
    return np.array([p[f"{state}0"] for state in STATES], dtype=np.float64)


def right_hand_side(t: float, y: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the derivatives of the seven states.

    Examples
    --------
    >>> right_hand_side(0.0, initial())[[4, 5]].round(4).tolist()
    [0.08, 2.0]
    """
    Cm, Ce, Hm, He, L, I, B = np.asarray(y, dtype=np.float64)  # noqa: E741 - symbols of the source
    g = I**2 / (I**2 + p["b"] ** 2)
    s = np.maximum(1.0 - (B + Ce + Cm + He + Hm + L) / p["l"], 0.0)
    activated_C = p["a1"] * B * Cm * g * (1.0 + p["a2"] * He)
    activated_H = p["a3"] * B * Hm * g
    clone = 2.0 ** p["n"]
    return np.array(
        [
            p["r2"] * Cm * s - activated_C,
            clone * activated_C - p["d3"] * Ce,
            p["r3"] * Hm * s - activated_H,
            clone * activated_H - p["d4"] * He,
            p["p2"] + p["r4"] * L * s - p["d5"] * L,
            p["p0"] + p["p1"] * B * (Ce + He) - p["d2"] * I - p["D"],
            p["r1"] * B * (1.0 - B / p["k"]) - p["d1"] * B * Ce,
        ]
    )
