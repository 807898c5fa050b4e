"""Second reading of Hibma 2026: turnover of soluble BCMA and cytokine release under elranatamab.

Reference: Hibma JE et al. Clin Pharmacokinet 2026;65:1173-1192, doi:10.1007/s40262-026-01663-z.
Soluble BCMA is in nM, time in days.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

TYPICAL: dict[str, float] = {
    "BL": 6.914,  # nM
    "CL": 0.273,  # L/day
    "V": 15.418,  # L
    "Kd": 3.138,  # nM
}
"""Soluble BCMA."""

CV: dict[str, float] = {"BL": 134.6, "CL": 448.0, "V": 136.0, "Kd": 14.8}
"""Percent, as the root of the variance of the random effect; that of Kd is fixed."""

CRS: dict[str, float] = {
    "intercept": -7.65,
    "high_burden": 1.14,
    "ln_trough": 1.35,
}
"""Logit of cytokine release of any grade after the first dose; troughs in ng/mL."""

NG_ML_A_NM = 5.4


def initial(p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give soluble BCMA at the start, nM.

    Examples
    --------
    >>> initial().tolist()
    [6.914]
    """
    return np.array([p["BL"]], dtype=np.float64)


def right_hand_side(t: float, y: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the derivative of soluble BCMA without drug, nM/day.

    Examples
    --------
    >>> right_hand_side(0.0, [6.914]).tolist()
    [0.0]
    """
    (S,) = np.asarray(y, dtype=np.float64)
    return np.array([p["CL"] * (p["BL"] - S) / p["V"]])


def closed_form(t: ArrayLike, S0: Any, p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give soluble BCMA at days `t` from a level `S0` without drug, nM.

    Examples
    --------
    >>> float(closed_form(0.0, 20.0))
    20.0
    """
    t = np.asarray(t, dtype=np.float64)
    return p["BL"] + (S0 - p["BL"]) * np.exp(-p["CL"] / p["V"] * t)


def bound(drug: ArrayLike, sbcma: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> Any:
    """Give the complex of totals `drug` and `sbcma` in rapid equilibrium, nM.

    Examples
    --------
    >>> float(bound(0.0, 6.914))
    0.0
    """
    A, S = np.asarray(drug, dtype=np.float64), np.asarray(sbcma, dtype=np.float64)
    total = A + S + p["Kd"]
    # The smaller root, written without the difference of nearly equal numbers.
    return 2.0 * A * S / (total + np.sqrt(total**2 - 4.0 * A * S))


def crs_probability(trough: ArrayLike, *, high_burden: Any = 0, c: Mapping[str, Any] = CRS) -> Any:
    """Give the probability of cytokine release of any grade at a free trough in ng/mL.

    Examples
    --------
    >>> round(float(crs_probability(212.0)), 3)
    0.397
    """
    ln_trough = np.log(np.asarray(trough, dtype=np.float64))
    logit = c["intercept"] + c["high_burden"] * high_burden + c["ln_trough"] * ln_trough
    return 1.0 / (1.0 + np.exp(-logit))
