"""Second reading of Singh 2021: multiscale kinetics and effect of bb2121, clinical model.

Reference: Singh AP et al. CPT Pharmacometrics Syst Pharmacol 2021;10(4):362-376,
doi:10.1002/psp4.12598, equations 6-20 of the supplement and the deposited Monolix code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

STATES = ("Eb", "Mb", "Et", "Mt", "X", "U", "P", "S")

AVOGADRO = 6.023e23
"""Molecules in a mole with the digits of the source, not those of the present SI."""
SECONDS_A_DAY = 86400.0
GRAMS_A_PICOGRAM = 1e-12
NG_ML_A_PG_L = 1e-6

TYPICAL: dict[str, float] = {
    "Gmax": 1.73,  # 1/day
    "G50": 10.0,  # complexes/CAR-T
    "r": 2e-5,  # 1/day
    "kE": 113.0,  # 1/day
    "kM": 0.219,  # 1/day
    "k12": 1.71,  # 1/day
    "k21": 0.176,  # 1/day
    "Hmax": 0.343,  # 1/day
    "H50": 2.24,  # complexes/tumor cell
    "gP": 0.215,  # none
    "gS": 1.0,  # none
    "kg": 0.008,  # 1/day
    # The table of the paper rounds the two binding constants; these are the values of its code.
    "kon": 7.103e4,  # 1/M/s
    "koff": 2.385e-3,  # 1/s
    "NCAR": 15000.0,  # CARs/CAR-T
    "NAg": 12590.0,  # BCMA/tumor cell
    "TransC": 0.002,  # copies/ug per cell/L
    "Vb": 5.0,  # L
    "Vt": 3.65,  # L
    "U0": 2.5e9,  # cells/L marrow
    "Et0": 1e-6,  # cells/L marrow
    "kP": 0.117,  # 1/day
    "pP": 12.1,  # pg/cell/day
    "kS": 0.7,  # 1/day
    "pS": 0.175,  # pg/cell/day
}
"""Typical values, in the units of the source. `U0` and `Et0` stand in the code only."""

OMEGA: dict[str, float] = {
    "Gmax": 0.22,
    "r": 4e-5,
    "kE": 0.5,
    "kM": 0.5,
    "k12": 0.5,
    "k21": 0.5,
    "Hmax": 0.50,
    "gP": 0.21,
    "gS": 1.0,
}
"""Standard deviations of the random effects, all on the logarithm (Monolix omega)."""


def initial(dose: float, p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the state just after one intravenous dose of `dose` CAR+ T cells.

    Parameters
    ----------
    dose
        CAR+ T cells, all of them effectors in blood.
    p
        Parameters by the symbols of the paper.

    Returns
    -------
    ndarray
        Shape (8,), in the order of `STATES`.

    Examples
    --------
    >>> initial(450e6).round(4).tolist()
    [450000000.0, 0.0, 0.0, 0.0, 0.0, 2500000000.0, 0.2585, 625.0]
    """
    Et = p["Et0"] * p["Vt"]
    P = p["pP"] * p["U0"] / p["kP"] * GRAMS_A_PICOGRAM
    S = p["pS"] * p["U0"] / p["kS"] * NG_ML_A_PG_L
    return np.array([dose, 0.0, Et, 0.0, 0.0, p["U0"], P, S], dtype=np.float64)


def right_hand_side(t: float, y: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the derivatives of the eight states, 1/day.

    The kill term stands on the tumor, as in the deposited code; equation 18 of the supplement
    prints it on the effectors. The system is autonomous: `t` (day) is there for the solver.

    Parameters
    ----------
    t
        Time, day.
    y
        States in the order of `STATES`, shape (8,) or (8, N).
    p
        Parameters by the symbols of the paper, numbers or shape (N,).

    Examples
    --------
    >>> rates = right_hand_side(0.0, initial(450e6))
    >>> float(rates[0] / 450e6)  # k12 + kE carry the infused cells away
    -114.71
    """
    Eb, Mb, Et, Mt, X, U, P, S = np.asarray(y, dtype=np.float64)
    kon = p["kon"] * SECONDS_A_DAY / AVOGADRO
    koff = p["koff"] * SECONDS_A_DAY
    pP = p["pP"] * GRAMS_A_PICOGRAM
    pS = p["pS"] * NG_ML_A_PG_L

    ct = (Et + Mt) / p["Vt"]
    Cf = ct * p["NCAR"] - X
    Af = U * p["NAg"] - X
    q1 = X / ct
    q2 = X / U
    g = p["Gmax"] * q1 / (p["G50"] + q1)
    h = p["Hmax"] * q2 / (p["H50"] + q2)

    return np.array(
        [
            -p["k12"] * Eb + p["k21"] * Et - p["kE"] * Eb,
            -p["k12"] * Mb + p["k21"] * Mt - p["kM"] * Mb,
            p["k12"] * Eb - p["k21"] * Et + g * Et - p["r"] * Et,
            p["k12"] * Mb - p["k21"] * Mt + p["r"] * Et,
            kon * Cf * Af - koff * X,
            (p["kg"] - h) * U,
            pP * p["U0"] * (U / p["U0"]) ** p["gP"] - p["kP"] * P,
            pS * p["U0"] * (U / p["U0"]) ** p["gS"] - p["kS"] * S,
        ]
    )


def outputs(y: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> dict[str, NDArray[np.float64]]:
    """Give what is measured in blood, and the tumor.

    Parameters
    ----------
    y
        States in the order of `STATES`, shape (8,) or (8, T).
    p
        Parameters by the symbols of the paper.

    Returns
    -------
    dict
        `transgene` (copies/ug gDNA), `m_protein_change` (%), `s_bcma` (ng/mL), `s_bcma_change`
        (%), `tumor_relative` (fraction of U0) and `tumor_total` (cells in marrow).

    Examples
    --------
    >>> float(outputs(initial(450e6))["transgene"])
    180000.0
    """
    Eb, Mb, _, _, _, U, P, S = np.asarray(y, dtype=np.float64)
    _, _, _, _, _, U0, P0, S0 = initial(0.0, p)
    return {
        "transgene": p["TransC"] * (Eb + Mb) / p["Vb"],
        "m_protein_change": 100.0 * (P / P0 - 1.0),
        "s_bcma": S,
        "s_bcma_change": 100.0 * (S / S0 - 1.0),
        "tumor_relative": U / U0,
        "tumor_total": U * p["Vt"],
    }
