"""Second reading of Tsai 2022: CAR-T in a mouse with a tumor of the pleura, given by two routes.

Reference: Tsai CH et al. J Pharmacokinet Pharmacodyn 2022;49(5):525-538,
doi:10.1007/s10928-022-09818-8. Cells, mL and hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

STATES = ("A", "V", "Lv", "Li", "Ov", "Oi", "N", "P", "T", "X")

AVOGADRO = 6.022e23
"""1/mol, with the digits of the source."""

TYPICAL: dict[str, float] = {
    "Q": 678.0,  # mL/h
    "VA": 0.8585,  # mL
    "VV": 0.8585,  # mL
    "VLv": 0.0536,  # mL
    "VLi": 0.0384,  # mL
    "VOv": 1.432,  # mL
    "VOi": 4.87,  # mL
    "VN": 0.113,  # mL
    "Ll": 0.746,  # mL/h
    "Lo": 0.904,  # mL/h
    "LN": 1.65,  # mL/h
    "Lp": 0.033,  # mL/h
    "Jl": 1843.0,  # 1/h
    "Jo": 41.4,  # 1/h
    "kel": 0.84,  # 1/h
    "Jp": 0.119,  # 1/h
    "Rp": 2.88,  # none
    "kg": 0.00385,  # 1/h
    "kpro": 0.115,  # 1/h
    "KI": 3.84e7,  # cells
    "kk": 0.0733,  # 1/h
    "koff": 6.85e-8,  # 1/h
    "kon": 1e6,  # 1/M/s
    "NAg": 1e4,  # copies/cell
    "Vps": 0.00728,  # mL
    "vcell": 518.3e-12,  # mL
    "solid": 0.8,  # none, share of cells in the volume of the tumor
}
"""Physiology of the mouse and the fit to bioluminescence."""

TUMOR_KINETICS = 1e8
TUMOR_RESPONSE = 5.9e7
"""Tumor cells of the simulated kinetics, where they are held constant, and of the response."""


def pleural_volume(T: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> Any:
    """Give the volume of the pleural space with a tumor of `T` cells, mL.

    Examples
    --------
    >>> round(float(pleural_volume(1e8)), 4)
    0.0721
    """
    return p["Vps"] + p["vcell"] * np.asarray(T, dtype=np.float64) / p["solid"]


def association(p: Mapping[str, Any] = TYPICAL) -> Any:
    """Give the rate of association, mL/copy/h.

    Examples
    --------
    >>> f"{association():.4e}"
    '5.9781e-12'
    """
    return p["kon"] * 3600.0 * 1000.0 / AVOGADRO


def initial(
    T0: float = TUMOR_RESPONSE, *, intravenous: float = 0.0, intrapleural: float = 0.0
) -> NDArray[np.float64]:
    """Give the cells of the ten states after a dose into the vein, the pleural space or both.

    Examples
    --------
    >>> initial(5.0, intravenous=1.0, intrapleural=2.0).tolist()
    [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 5.0, 0.0]
    """
    return np.array([0.0, intravenous, 0.0, 0.0, 0.0, 0.0, 0.0, intrapleural, T0, 0.0])


def right_hand_side(t: float, y: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the derivatives of the ten states, cells/h.

    Examples
    --------
    Without a tumor nothing but the loss in the lung takes cells away:

    >>> rates = right_hand_side(0.0, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 0.0, 0.0])
    >>> round(float(rates.sum()), 9)
    -3.36
    """
    A, V, Lv, Li, Ov, Oi, N, P, T, X = np.asarray(y, dtype=np.float64)
    Vp = pleural_volume(T, p)
    cA, cV, cLv, cLi = A / p["VA"], V / p["VV"], Lv / p["VLv"], Li / p["VLi"]
    cOv, cOi, cN, cP = Ov / p["VOv"], Oi / p["VOi"], N / p["VN"], P / Vp
    Q, Ll, Lo, LN, Lp = p["Q"], p["Ll"], p["Lo"], p["LN"], p["Lp"]
    bind = association(p) * P * (T - X) * p["NAg"] / Vp
    parted = (p["koff"] + p["kk"]) * X
    proliferated = p["kpro"] / (1.0 + T / p["KI"]) * X
    into_lung, into_other = p["Jl"] * Lv, p["Jo"] * Ov
    from_lung, from_pleura = cLi * (Ll - Lp), Lp / p["Rp"] * cP
    return np.array(
        [
            Q * (cLv - cA),
            cOv * (Q - Lo) + cN * LN - cV * (Q + Ll),
            cV * (Q + Ll) - into_lung - cLv * Q,
            into_lung - from_lung - p["kel"] * Li - p["Jp"] * Li,
            cA * Q - into_other - cOv * (Q - Lo),
            into_other - cOi * Lo,
            from_lung + from_pleura + cOi * Lo - cN * LN,
            p["Jp"] * Li - from_pleura - bind + parted + proliferated,
            p["kg"] * (T - X) - p["kk"] * X,
            bind - parted,
        ]
    )


def outputs(y: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> dict[str, Any]:
    """Give CAR-T in blood, lung and pleural space, cells/mL, and the tumor, cells.

    Examples
    --------
    >>> float(outputs(initial(1e8, intravenous=0.8585))["blood"])
    1.0
    """
    _, V, Lv, Li, _, _, _, P, T, X = np.asarray(y, dtype=np.float64)
    return {
        "blood": V / p["VV"],
        "lung": (Lv + Li) / (p["VLv"] + p["VLi"]),
        "pleura": (P + X) / pleural_volume(T, p),
        "tumor": T,
    }
