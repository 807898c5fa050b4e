"""Second reading of Mueller-Schoell 2021: axi-cel phenotypes and metabolic tumor volume.

Reference: Mueller-Schoell A et al. Cancers 2021;13(11):2782, doi:10.3390/cancers13112782. Subsets
are in cells/uL, the tumor in mL, time in days.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

STATES = ("N", "C", "M", "F", "T")

TYPICAL: dict[str, float] = {
    "vref": 0.00846,  # cells/uL/day/mL
    "vlow": 0.000700,  # cells/uL/day/mL
    "ASCT_effect": 2.53,  # fraction
    "R7exp": -0.385,  # none
    "K1": 1.13,  # cells/uL
    "k12": 0.140,  # 1/day
    "k23": 0.191,  # 1/day
    "k34": 0.355,  # 1/day
    "e4": 0.518,  # 1/day
    "e": 0.0104,  # 1/day
    "p1": 0.0005,  # 1/day
    "p2": 0.007,  # 1/day
    "p3": 0.007,  # 1/day
    "w1": 2.57,  # mL/day per cell/uL
    "w2": 4.04,
    "w3": 3.78,
    "w4": 4.24,
    "K5": 276.0,  # mL
    "k5": 0.0023,  # 1/day
    "K0": 5000.0,  # mL
    "start": 0.1,  # cells/uL
    "MTV": 85.7,  # mL, median of the patients
    "ASCT": 0.0,  # 0 or 1
    "R7": 1.0,  # CD4:CD8 on day 7
    "low": 0.0,  # 0 reference class, 1 low expansion
}
"""Typical values, and the covariates of the typical patient."""

OMEGA2: dict[str, float] = {"vref": 1.1787, "w2": 2.3442}
"""Variances of the random effects on the logarithm; the low class has none on its expansion."""

REFERENCE_CLASS = 0.803
"""Probability of the reference class."""

RESIDUAL: dict[str, float] = {"N": 0.547, "C": 0.743, "M": 0.944, "F": 0.636, "T": 0.918}
"""Standard deviations of the residual errors, on the logarithm."""

PATIENTS = (
    (894.0, 0, 8.94, 0),
    (102.0, 0, 0.357, 0),
    (13.0, 1, 0.126, 0),
    (264.0, 0, 4.01, 1),
    (14.2, 1, 1.34, 0),
    (70.5, 1, 0.364, 0),
    (13.1, 1, 3.56, 0),
    (142.0, 0, 0.405, 0),
    (1118.0, 0, 0.413, 1),
    (305.0, 0, 0.549, 1),
    (479.0, 0, 0.223, 0),
    (2.54, 1, 0.0512, 0),
    (34.2, 0, 4.53, 0),
    (85.7, 1, 0.130, 0),
    (64.1, 0, 0.0845, 0),
    (663.0, 0, 0.764, 0),
    (3555.0, 1, 0.0866, 1),
    (20.0, 0, 0.182, 0),
    (32.5, 0, 0.126, 0),
)
"""Volume (mL), autologous transplant, ratio on day 7 and class of the 19 patients."""


def expansion(p: Mapping[str, Any] = TYPICAL) -> Any:
    """Give the expansion rate v of a patient, cells/uL/day/mL.

    Examples
    --------
    >>> float(expansion())
    0.00846
    """
    transplanted = 1.0 + p["ASCT_effect"] * p["ASCT"]
    reference = p["vref"] * transplanted * p["R7"] ** p["R7exp"]
    return np.where(np.asarray(p["low"]) > 0.5, p["vlow"] * transplanted, reference)


def initial(p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the state on day 0; the dose does not enter.

    Examples
    --------
    >>> initial().tolist()
    [0.1, 0.1, 0.1, 0.1, 85.7]
    """
    return np.array([p["start"]] * 4 + [p["MTV"]], dtype=np.float64)


def right_hand_side(t: float, y: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the derivatives of the four subsets (cells/uL/day) and of the tumor (mL/day).

    Examples
    --------
    >>> round(float(right_hand_side(0.0, initial())[3]), 4)
    -0.0163
    """
    N, C, M, F, T = np.asarray(y, dtype=np.float64)
    v = expansion(p)
    kill = p["w1"] * N + p["w2"] * C + p["w3"] * M + p["w4"] * F

    def grown(x: Any, homeostatic: Any) -> Any:
        return v * T * x / (p["K1"] + x) + homeostatic * x - p["e"] * x

    return np.array(
        [
            grown(N, p["p1"]) - p["k12"] * N,
            grown(C, p["p2"]) + p["k12"] * N - p["k23"] * C,
            grown(M, p["p3"]) + p["k23"] * C - p["k34"] * M,
            p["k34"] * M - p["e4"] * F,
            p["k5"] * T * (1.0 - T / p["K0"]) - kill * T / (p["K5"] + T),
        ]
    )


def outputs(y: ArrayLike) -> dict[str, NDArray[np.float64]]:
    """Give total CAR-T cells in blood (cells/uL) and the tumor volume (mL).

    Examples
    --------
    >>> float(outputs([1, 2, 3, 4, 50])["total"])
    10.0
    """
    N, C, M, F, T = np.asarray(y, dtype=np.float64)
    return {"total": N + C + M + F, "tumor": T}
