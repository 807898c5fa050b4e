"""Second reading of Kirouac 2023: memory, effector and exhausted CAR-T behind an antigen switch.

Reference: Kirouac DC et al. Nat Biotechnol 2023;41:1606-1617, doi:10.1038/s41587-023-01687-x, with
fits of the public replication. Cells and days.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

STATES = ("TM", "TE1", "TE2", "TX", "B", "A", "D", "z")

DOSE = 1e8
B0 = 1e10
"""Dose, and tumor and antigen at the start, of the replication."""

CR_SET5: dict[str, float] = {
    "B50": 3585658180.0,
    "uB": 0.050073079,
    "kkill": 0.917786905,
    "floss": 395.86449,
    "TK50": 999999420.0,
    "kt": 0.219995998,
    "kB1": 0.860795007,
    "kB2": 0.254335027,
    "muM": 0.996945798,
    "kM": 0.206274991,
    "fmax": 0.511920519,
    "kE": 2.2457123,
    "muE": 1.0,
    "N": 3.24876041,
    "kex": 0.326574296,
    "dM": 0.42502868,
    "dE1": 0.046474222,
    "dE2": 0.349906232,
    "dX": 0.001,
    "Bmax": 197402209.0,
    "kX": 2.96438228,
    "rM": 1.0,
    "kR": 2.99870173,
    "w1": 9.9889563,
    "w2": 8.5562932,
    "w3": 51.893408,
    "w4": 8.87826523,
}
PR_SET2: dict[str, float] = {
    "B50": 2398245950.0,
    "uB": 0.050214273,
    "kkill": 1.0,
    "floss": 814.978509,
    "TK50": 792200781.0,
    "kt": 0.253514773,
    "kB1": 0.821567314,
    "kB2": 0.959303151,
    "muM": 0.939305043,
    "kM": 2.7007959,
    "fmax": 0.630926276,
    "kE": 2.99910181,
    "muE": 0.337906481,
    "N": 5.64443938,
    "kex": 0.088386507,
    "dM": 0.966457848,
    "dE1": 0.024612811,
    "dE2": 0.986213208,
    "dX": 1.0,
    "Bmax": 2437402360.0,
    "kX": 1.04813212,
    "rM": 0.861551811,
    "kR": 2.99941443,
    "w1": 6.38983115,
    "w2": 1.0,
    "w3": 30.0,
    "w4": 6.85097344,
}
NR_SET1: dict[str, float] = {
    "B50": 3526479550.0,
    "uB": 0.050841155,
    "kkill": 0.87185846,
    "floss": 1000.0,
    "TK50": 158624182.0,
    "kt": 1.85994958,
    "kB1": 1.0,
    "kB2": 0.351151384,
    "muM": 0.001033884,
    "kM": 0.257543429,
    "fmax": 0.965005576,
    "kE": 0.422843528,
    "muE": 0.112676002,
    "N": 5.99605668,
    "kex": 0.003348089,
    "dM": 1.0,
    "dE1": 0.001,
    "dE2": 0.00156982,
    "dX": 0.001,
    "Bmax": 14581417700.0,
    "kX": 0.321686249,
    "rM": 0.352946818,
    "kR": 0.781174063,
    "w1": 5.69800969,
    "w2": 10.0,
    "w3": 30.7756804,
    "w4": 5.0,
}
"""One fit for a complete, a partial and a missing response."""


def hill(x: Any, n: Any, K: Any) -> Any:
    """Give x^n/(K^n + x^n).

    Examples
    --------
    >>> float(hill(2.0, 3.0, 2.0))
    0.5
    """
    x = np.asarray(x, dtype=np.float64)
    return x**n / (K**n + x**n)


def initial(dose: float = DOSE, b0: float = B0) -> NDArray[np.float64]:
    """Give the state at the infusion; antigen starts at the number of tumor cells.

    Examples
    --------
    >>> initial(1.0, 2.0).tolist()
    [0.0, 0.0, 0.0, 0.0, 2.0, 2.0, 1.0, 0.0]
    """
    return np.array([0.0, 0.0, 0.0, 0.0, b0, b0, dose, 0.0])


def right_hand_side(t: float, y: ArrayLike, p: Mapping[str, Any] = CR_SET5) -> NDArray[np.float64]:
    """Give the derivatives of the eight states, cells/day.

    Numbers below none, which a solver can make of the last fraction of a cell, count as none.

    Examples
    --------
    >>> float(right_hand_side(0.0, initial(1.0), {**CR_SET5, "floss": 1.0})[6])
    -2.0
    """
    TM, TE1, TE2, TX, B, A, D, z = np.maximum(np.asarray(y, dtype=np.float64), 0.0)
    renewed = p["fmax"] * (1.0 - hill(A, p["kM"], p["B50"]))
    proliferated = p["muE"] * hill(A, p["kE"], p["B50"]) * TE1
    exhausted = p["kex"] * hill(A, p["kX"], p["B50"]) * TE2
    regenerated = p["rM"] * (1.0 - hill(A, p["kR"], p["B50"])) * TE2
    w = p["w1"] + p["w2"] + p["w3"] + p["w4"]
    return np.array(
        [
            p["muM"] * (2.0 * renewed - 1.0) * TM - p["dM"] * TM + p["w1"] * z + regenerated,
            2.0 * p["muM"] * (1.0 - renewed) * TM - proliferated - p["dE1"] * TE1 + p["w2"] * z,
            2.0 ** p["N"] * proliferated - exhausted - p["dE2"] * TE2 - regenerated + p["w3"] * z,
            exhausted - p["dX"] * TX + p["w4"] * z,
            p["uB"] * B * (1.0 - B / p["Bmax"]) - p["kkill"] * B * hill(TE2, p["kt"], p["TK50"]),
            p["kB1"] * B - p["kB2"] * A,
            -(p["floss"] + 1.0) * D,
            D - w * z,
        ]
    )


def outputs(y: ArrayLike) -> dict[str, NDArray[np.float64]]:
    """Give all CAR-T cells, tumor and antigen, cells.

    Examples
    --------
    >>> float(outputs([1, 2, 3, 4, 5, 6, 7, 8])["total"])
    10.0
    """
    TM, TE1, TE2, TX, B, A, _, _ = np.asarray(y, dtype=np.float64)
    return {"total": TM + TE1 + TE2 + TX, "tumor": B, "antigen": A}
