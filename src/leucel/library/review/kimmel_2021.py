"""Second reading of Kimmel, Locke and Altrock 2021: competition of CAR-T and normal T cells.

Reference: Kimmel GJ et al. Proc R Soc B 2021;288:20210229, doi:10.1098/rspb.2021.0229, Table 1 and
the curated SBML; the deterministic part. Lymphocytes are in cells/uL, the tumor in mL, time in
days. One cell/uL is 5e8 cells in the body, one mL of tumor 1e9 cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

STATES = ("N", "C", "B")

TYPICAL: dict[str, float] = {
    "KN": 500.0,  # cells/uL
    "KC": 139.0,  # cells/uL
    "rN": 0.170,  # 1/day
    "rho": 0.0251,  # 1/day
    "a": 0.423,  # none
    "b": 0.525,  # 1/day
    "rB": 0.01,  # 1/day, as in the SBML; the paper has .01-.50
    "gB": 1.15,  # 1/day
    "kB": 4.05,  # cells/uL
    "N0": 6.0,  # cells/uL
    "C0": 0.36,  # cells/uL
    "B0": 94.86,  # mL
}
"""Typical values."""

TABLE: dict[str, float] = {
    "KN": 2.50e11,
    "KC": 6.96e10,
    "kB": 2.024e9,
    "N0": 3e9,
    "C0": 1.8e8,
    "B0": 9.486e10,
}
"""The same in cells, as the table of the paper has them."""

CELLS_A_UL = 5e8
CELLS_A_ML_TUMOR = 1e9


def initial(p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the state on the day of the infusion.

    Examples
    --------
    >>> initial().tolist()
    [6.0, 0.36, 94.86]
    """
    return np.array([p["N0"], p["C0"], p["B0"]], dtype=np.float64)


def signalled_rate(total: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> Any:
    """Give rC, the growth rate of CAR-T at `total` lymphocytes, 1/day.

    Examples
    --------
    >>> float(signalled_rate(500.0))
    0.0251
    """
    Tt = np.asarray(total, dtype=np.float64)
    lacking = (Tt - p["KN"]) ** 2
    return p["rho"] + p["b"] * lacking / (p["a"] * Tt**2 + lacking)


def right_hand_side(t: float, y: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the derivatives of normal T cells, CAR-T cells and tumor a day.

    Examples
    --------
    >>> float(right_hand_side(0.0, [250.0, 250.0, 1.0])[0])
    -0.0
    """
    N, C, B = np.asarray(y, dtype=np.float64)
    total = N + C
    return np.array(
        [
            -p["rN"] * N * np.log(total / p["KN"]),
            -signalled_rate(total, p) * C * np.log(total / p["KC"]),
            p["rB"] * B - p["gB"] * B * C / (p["kB"] + C),
        ]
    )


def in_logs(t: float, x: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the derivatives of the logarithms, for a tumor that falls by ten orders.

    Examples
    --------
    >>> round(float(in_logs(0.0, np.log([6.0, 0.36, 94.86]))[2]), 4)
    -0.0839
    """
    y = np.exp(np.asarray(x, dtype=np.float64))
    return right_hand_side(t, y, p) / y


def outputs(y: ArrayLike) -> dict[str, NDArray[np.float64]]:
    """Give lymphocytes in blood (cells/uL) and the tumor in mL and in cells.

    Examples
    --------
    >>> float(outputs([1.0, 2.0, 3.0])["tumor_cells"])
    3000000000.0
    """
    N, C, B = np.asarray(y, dtype=np.float64)
    return {"normal": N, "car_t": C, "total": N + C, "tumor": B, "tumor_cells": B * 1e9}
