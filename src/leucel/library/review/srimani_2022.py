"""Second reading of Srimani 2022: M-protein with ixazomib, dropout, relapse and progression.

Reference: Srimani JK et al. CPT Pharmacometrics Syst Pharmacol 2022;11(8):1085-1099,
doi:10.1002/psp4.12815. Time is in hours, as in the source; M-protein is in g/L.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

TYPICAL: dict[str, float] = {
    "ln_kr": -6.70,  # ln 1/h
    "ln_Yss": -1.95,  # ln fraction
    "ln_kL": -9.78,  # ln 1/h
    "Imax": 0.758,  # none
    "ln_IC50": 1.19,  # ln ng/mL
    "hr_kr": 0.590,  # fraction
    "imidnaive_Yss": -0.427,  # fraction
    "drop_ln_l0": -10.1,  # ln 1/h
    "drop_lRss": 1.25e-5,  # 1/h
    "drop_ln_ET50": 8.14,  # ln h
    "drop_ln_t0": 6.86,  # ln h
    "drop_ln_lM": -6.60,  # ln 1/h
    "drop_ln_aBL": 0.148,  # ln fraction
    "rel_ln_l0": -1.23,  # ln
    "rel_ln_alpha": 10.9,  # ln h
    "rel_ln_beta": 0.938,  # ln
    "rel_probit": -1.67,  # probit
    "rel_aIXA": 0.0509,  # mL/ng
    "rel_akr": -2960.0,  # h
    "rel_akr0": 0.0509,  # none
    "pfs_ln_l0": -9.21,  # ln 1/h
    "pfs_lIXA": -0.00108,  # mL/(ng h)
    "pfs_ln_ET50": 7.82,  # ln h
    "pfs_kr": 0.798,  # none
    "pfs_Yss": 0.680,  # none
    "pfs_P0": 0.784,  # none
}
"""Typical values by the names of the table."""

OMEGA2: dict[str, float] = {"ln_kr": 0.655, "ln_Yss": 2.39, "ln_kL": 1.34}
"""Variances of the random effects."""

RESIDUAL_PROPORTIONAL = 0.218
RESIDUAL_ADDITIVE = 0.5
"""g/L, fixed."""


def rates(
    p: Mapping[str, Any] = TYPICAL, *, high_risk: float = 0.0, imid_naive: float = 0.0
) -> dict[str, Any]:
    """Give kr (1/h), Yss (fraction), kL (1/h) and IC50 (ng/mL) on the natural scale.

    Examples
    --------
    >>> {name: round(float(value), 4) for name, value in rates().items()}
    {'kr': 0.0012, 'Yss': 0.1423, 'kL': 0.0001, 'IC50': 3.2871}
    """
    return {
        "kr": np.exp(p["ln_kr"]) * (1.0 + p["hr_kr"] * high_risk),
        "Yss": np.exp(p["ln_Yss"]) * (1.0 + p["imidnaive_Yss"] * imid_naive),
        "kL": np.exp(p["ln_kL"]),
        "IC50": np.exp(p["ln_IC50"]),
    }


def plateau(C: ArrayLike, r: Mapping[str, Any], p: Mapping[str, Any] = TYPICAL) -> Any:
    """Give the level to which the sensitive part falls at a concentration `C` (ng/mL).

    Examples
    --------
    >>> round(float(plateau(0.0, rates())), 4)
    0.1423
    """
    level = np.asarray(C, dtype=np.float64)
    return r["Yss"] * (1.0 - p["Imax"] * level / (r["IC50"] + level))


def initial() -> NDArray[np.float64]:
    """Give the sensitive part at the start.

    Examples
    --------
    >>> initial().tolist()
    [1.0]
    """
    return np.array([1.0])


def right_hand_side(
    t: float, y: ArrayLike, r: Mapping[str, Any], p: Mapping[str, Any] = TYPICAL, *, C: float = 0.0
) -> NDArray[np.float64]:
    """Give the derivative of the sensitive part, 1/h, at a concentration `C` (ng/mL).

    Examples
    --------
    >>> float(right_hand_side(0.0, [plateau(0.0, rates())], rates())[0])
    0.0
    """
    (S,) = np.asarray(y, dtype=np.float64)
    return np.array([r["kr"] * (plateau(C, r, p) - S)])


def closed_form(
    t: ArrayLike, r: Mapping[str, Any], p: Mapping[str, Any] = TYPICAL, *, C: float = 0.0
) -> NDArray[np.float64]:
    """Give the sensitive part at hours `t` under a constant concentration `C` (ng/mL).

    Examples
    --------
    >>> round(float(closed_form(28 * 24.0, rates())), 4)
    0.5173
    """
    t = np.asarray(t, dtype=np.float64)
    low = plateau(C, r, p)
    return low + (1.0 - low) * np.exp(-r["kr"] * t)


def m_protein(t: ArrayLike, S: ArrayLike, P0: Any, tn: Any, r: Mapping[str, Any]) -> Any:
    """Give M-protein at hours `t`, g/L, from the baseline `P0` and the hour `tn` of the nadir.

    Examples
    --------
    >>> float(m_protein(0.0, 1.0, 23.0, 1000.0, rates()))
    23.0
    """
    late = np.maximum(np.asarray(t, dtype=np.float64) - tn, 0.0)
    return P0 * (np.asarray(S, dtype=np.float64) + np.exp(r["kL"] * late) - 1.0)


def dropout_hazard(
    t: ArrayLike, relative: ArrayLike, Rss: Any, p: Mapping[str, Any] = TYPICAL
) -> NDArray[np.float64]:
    """Give the hazard of dropout, 1/h, at M-protein `relative` to its baseline.

    Examples
    --------
    >>> float(dropout_hazard(24.0, 1.0, 0.5))
    0.0
    """
    late = np.maximum(np.asarray(t, dtype=np.float64) - np.exp(p["drop_ln_t0"]), 0.0)
    gate = late / (np.exp(p["drop_ln_ET50"]) + late)
    relative = np.asarray(relative, dtype=np.float64)
    grown = np.where(relative > np.exp(p["drop_ln_aBL"]), relative, 0.0)
    sum_of_risks = np.exp(p["drop_ln_l0"]) + p["drop_lRss"] * Rss + np.exp(p["drop_ln_lM"]) * grown
    return sum_of_risks * gate


def relapse_hazard(
    t: ArrayLike, r: Mapping[str, Any], p: Mapping[str, Any] = TYPICAL, *, C: float = 0.0
) -> NDArray[np.float64]:
    """Give the hazard of relapse (log-logistic), 1/h, at a concentration `C` (ng/mL).

    Examples
    --------
    >>> float(relapse_hazard(0.0, rates()))
    0.0
    """
    t = np.asarray(t, dtype=np.float64)
    alpha, beta = relapse_scale(r, p, C=C), np.exp(p["rel_ln_beta"])
    u = t / alpha
    return np.exp(p["rel_ln_l0"]) * (beta / alpha) * u ** (beta - 1.0) / (1.0 + u**beta)


def relapse_scale(r: Mapping[str, Any], p: Mapping[str, Any] = TYPICAL, *, C: float = 0.0) -> Any:
    """Give the scale alpha of the log-logistic hazard of relapse, h.

    Examples
    --------
    >>> round(float(relapse_scale(rates()) / 24.0))
    174
    """
    drug = 1.0 + p["rel_aIXA"] * C
    return np.exp(p["rel_ln_alpha"]) * drug * (np.exp(p["rel_akr"] * r["kr"]) + p["rel_akr0"])


def relapse_survival(
    t: ArrayLike, r: Mapping[str, Any], p: Mapping[str, Any] = TYPICAL, *, C: float = 0.0
) -> NDArray[np.float64]:
    """Give the share without relapse at hours `t`, the integral of the hazard in closed form.

    Examples
    --------
    >>> float(relapse_survival(0.0, rates()))
    1.0
    """
    u = np.asarray(t, dtype=np.float64) / relapse_scale(r, p, C=C)
    return (1.0 + u ** np.exp(p["rel_ln_beta"])) ** -np.exp(p["rel_ln_l0"])


def no_nadir(p: Mapping[str, Any] = TYPICAL) -> float:
    """Give the share of patients without a nadir.

    Examples
    --------
    >>> round(no_nadir(), 4)
    0.0475
    """
    return float(ndtr(p["rel_probit"]))


def pfs_hazard(
    t: ArrayLike, r: Mapping[str, Any], P0: Any, AUCwk: Any, p: Mapping[str, Any] = TYPICAL
) -> NDArray[np.float64]:
    """Give the hazard of progression or death, 1/h; `AUCwk` is in ng h/mL a week.

    Examples
    --------
    >>> float(pfs_hazard(0.0, rates(), 23.0, 0.0))
    0.0
    """
    t = np.asarray(t, dtype=np.float64)
    patient = (
        (r["kr"] / 0.001488) ** p["pfs_kr"]
        * (r["Yss"] / 0.15) ** p["pfs_Yss"]
        * (P0 / 23.0) ** p["pfs_P0"]
    )
    onset = t / (t + np.exp(p["pfs_ln_ET50"]))
    return np.exp(p["pfs_ln_l0"]) * patient * onset * np.exp(p["pfs_lIXA"] * AUCwk)
