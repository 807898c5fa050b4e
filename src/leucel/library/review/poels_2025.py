"""Second reading of Poels 2025: myeloma under elranatamab, with paraprotein, BCMA and cytokine.

Reference: Poels KE et al. npj Syst Biol Appl 2025;11:102, doi:10.1038/s41540-025-00585-z. Time is
in hours. The drug and its binding are outside of this layer: the trimers are given, in pM. What the
first text of this reading left open of the cytokine, the supplement settled when the two readings
were compared: the level at the start, its past counted above basal production (equation 36), and
volumes between marrow and blood (equation 7).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

STATES = ("M0", "M1", "M2", "M3", "MP", "FLC", "Sm", "S")
CYTOKINE_STATES = ("A", "Cm", "C1", "C2", "C3", "C4", "C5", "C")

TYPICAL: dict[str, float] = {
    "kMP": 0.0021,  # 1/h
    "kF": 0.1733,  # 1/h
    "kS": 0.01925,  # 1/h
    "ktr": 0.1,  # 1/h
    "Vc": 4.25,  # L
    "Vm": 1.75,  # L
    "kg0": 3.32e-4,  # 1/h
    "kg1": 1500.0,  # cells/uL/h
    "psi": 20.0,  # none
    "Mmax": 3e6,  # cells/uL
    "alpha": 0.02,  # 1/h
    "n": 0.8,  # none
    "km": 4.25e-4,  # pM per cell/uL
    "rise": 0.5,  # none
    "kR": 0.1,  # 1/h
    "tR": 600.0,  # h
    "tau": 24.0,  # h
    "Mt0": 225000.0,  # cells/uL
    "MP0": 18.7,  # g/L
    "FLC0": 401.0,  # mg/L
    "S0": 28.8,  # ng/mL
    "Emax": 80590.0,  # pg/mL/h
    "EC50": 0.5,  # pM
    "IC50": 1e4,  # pg h/mL
    "nIH": 2.5,  # none
    "basal": 1.0,  # pg/mL/h
    "kdeg": 0.5,  # 1/h
    "kC": 0.625,  # 1/h
    "C0": 2.857,  # pg/mL
}
"""Values of the article, with the baselines of the public implementation."""


def s_bcma_marrow(p: Mapping[str, Any] = TYPICAL) -> Any:
    """Give soluble BCMA of the marrow at the start, in the unit of `S0`.

    Examples
    --------
    >>> round(float(s_bcma_marrow()), 4)
    13.464
    """
    return p["kS"] * p["Vc"] / (p["ktr"] * p["Vm"]) * p["S0"]


def growth(Mt: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> Any:
    """Give growth per living cell at a burden of `Mt` cells/uL, 1/h.

    Examples
    --------
    >>> round(float(np.log(2) / growth(3e4)) / 24.0, 1)
    87.9
    """
    Mt = np.asarray(Mt, dtype=np.float64)
    turn = (p["kg0"] / p["kg1"] * Mt) ** p["psi"]
    return p["kg0"] * (1.0 - Mt / p["Mmax"]) / (1.0 + turn) ** (1.0 / p["psi"])


def kill(t: ArrayLike, trimer: ArrayLike, M0: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> Any:
    """Give the rate of killing at hour `t` with `trimer` pM on `M0` cells/uL, 1/h.

    Examples
    --------
    >>> float(kill(0.0, 0.0, 225000.0))
    0.0
    >>> round(float(kill(0.0, 4.25e-4, 1.0)), 12)
    0.01
    """
    late = np.maximum(np.asarray(t, dtype=np.float64) - p["tR"], 0.0)
    km = p["km"] * (1.0 + p["rise"] * (1.0 - np.exp(-p["kR"] * late)))
    x = (np.asarray(trimer, dtype=np.float64) / np.asarray(M0)) ** p["n"]
    return p["alpha"] * x / (km ** p["n"] + x)


def initial(p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the burden, its biomarkers and soluble BCMA before treatment.

    Examples
    --------
    >>> initial().round(4).tolist()
    [225000.0, 0.0, 0.0, 0.0, 18.7, 401.0, 13.464, 28.8]
    """
    return np.array([p["Mt0"], 0.0, 0.0, 0.0, p["MP0"], p["FLC0"], s_bcma_marrow(p), p["S0"]])


def right_hand_side(
    t: float, y: ArrayLike, p: Mapping[str, Any] = TYPICAL, *, trimer: float = 0.0
) -> NDArray[np.float64]:
    """Give the derivatives of burden and biomarkers, per hour, with `trimer` in pM.

    Examples
    --------
    Before treatment the biomarkers rest and the cells grow:

    >>> np.abs(right_hand_side(0.0, initial())).round(9).tolist()
    [69.0975, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    M0, M1, M2, M3, MP, FLC, Sm, S = np.asarray(y, dtype=np.float64)
    Mt = M0 + M1 + M2 + M3
    killed = kill(t, trimer, M0, p) * M0
    pace = 4.0 / p["tau"]
    Sm0 = s_bcma_marrow(p)
    return np.array(
        [
            growth(Mt, p) * M0 - killed,
            killed - pace * M1,
            pace * (M1 - M2),
            pace * (M2 - M3),
            p["kMP"] * (p["MP0"] / p["Mt0"] * Mt - MP),
            p["kF"] * (p["FLC0"] / p["Mt0"] * Mt - FLC),
            p["kS"] * (p["Vc"] / p["Vm"]) * (p["S0"] / p["Mt0"]) * Mt - p["ktr"] * Sm,
            p["kS"] * (p["S0"] / Sm0 * Sm - S),
        ]
    )


def cytokine_initial(p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the cytokine before treatment: the printed level in blood, none of it from the marrow.

    Examples
    --------
    >>> float(cytokine_initial()[-1])
    2.857
    """
    return np.array([0.0] * 7 + [p["C0"]])


def cytokine_right_hand_side(
    t: float, y: ArrayLike, p: Mapping[str, Any] = TYPICAL, *, trimer: float = 0.0
) -> NDArray[np.float64]:
    """Give the derivatives of the cytokine, per hour: its past in marrow, marrow, transit, blood.

    Release falls with all that the marrow has seen, the integral `A` of the marrow's cytokine above
    the basal production (supplement, equation 36); below zero it inhibits nothing. What enters
    blood is spread from the volume of the marrow over that of blood (equation 7).

    Examples
    --------
    Without trimers nothing is released, and the level of blood falls to its basal one:

    >>> cytokine_right_hand_side(0.0, cytokine_initial()).round(4).tolist()
    [-1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -0.4285]
    """
    A, *marrow, C = np.asarray(y, dtype=np.float64)
    past = np.maximum(A, 0.0) ** p["nIH"]
    release = p["Emax"] * trimer / (p["EC50"] + trimer)
    release = release * (1.0 - past / (p["IC50"] ** p["nIH"] + past))
    inflow = np.array([release, *(p["kC"] * np.array(marrow[:-1]))])
    chain = inflow - (p["kC"] + p["kdeg"]) * np.array(marrow)
    blood = p["basal"] + p["kC"] * marrow[-1] * p["Vm"] / p["Vc"] - p["kdeg"] * C
    return np.array([marrow[0] - p["basal"], *chain, blood])
