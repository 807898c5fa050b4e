"""Second reading of Barros 2021 (CARTmath): effector and memory CAR-T in xenografts.

Reference: Barros LRC et al. Cancers 2021;13:2941, doi:10.3390/cancers13122941; BIOMD0000001019
(HDLM-2) and BIOMD0000001020 (Raji). Cells and days.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

STATES = ("M", "E", "T")

HDLM2: dict[str, float] = {
    "phi": 0.265,  # 1/day
    "pi": 0.35,  # 1/day
    "epsilon": 0.15,  # 1/day
    "theta": 6e-6,  # 1/(cell day)
    "alpha": 4.5e-8,  # 1/(cell day)
    "mu": 0.005,  # 1/day
    "rho": 0.05650026,  # 1/day
    "beta": 1.404029e-12,  # 1/cell
    "gamma": 3.715843e-6,  # 1/(cell day)
    "T0": 2e6,
}
RAJI: dict[str, float] = {
    "phi": 0.83,
    "pi": 0.8300536,
    "epsilon": 1.59795,
    "theta": 2.3e-4,
    "alpha": 1.248506e-8,
    "mu": 6.89e-7,
    "rho": 0.5071721,
    "beta": 0.0,
    "gamma": 3.365388e-8,
    "T0": 3e6,
}
RAJI_IDO: dict[str, float] = RAJI | {"alpha": 1.461699e-8}
RAJI_IDO_1MT: dict[str, float] = RAJI | {"alpha": 1.26166e-8}

HDLM2_DAY, HDLM2_DOSE = 45.0, 2e6
HDLM2_CHALLENGE_DAY, HDLM2_CHALLENGE = 250.0, 1e6
RAJI_DAY, RAJI_DOSE = 7.0, 1e7
"""Infusions set E, the second challenge sets T."""


def initial(p: Mapping[str, Any] = HDLM2) -> NDArray[np.float64]:
    """Give the state before the infusion: tumor alone.

    Examples
    --------
    >>> initial().tolist()
    [0.0, 0.0, 2000000.0]
    """
    return np.array([0.0, 0.0, p["T0"]], dtype=np.float64)


def right_hand_side(t: float, y: ArrayLike, p: Mapping[str, Any] = HDLM2) -> NDArray[np.float64]:
    """Give the derivatives of memory, effector and tumor cells, cells/day.

    Examples
    --------
    >>> round(float(right_hand_side(0.0, [0.0, 100.0, 0.0])[1]), 6)
    -8.5
    """
    M, E, T = np.asarray(y, dtype=np.float64)
    recalled = p["theta"] * T * M
    return np.array(
        [
            p["epsilon"] * E - recalled - p["mu"] * M,
            recalled + (p["phi"] - p["pi"]) * E - p["alpha"] * T * E,
            p["rho"] * T * (1.0 - p["beta"] * T) - p["gamma"] * E * T,
        ]
    )
