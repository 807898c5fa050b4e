"""Second reading of Ogasawara 2021: lag, exponential growth and biexponential decline.

Reference: Ogasawara K et al. Clin Pharmacokinet 2021, doi:10.1007/s40262-021-01039-5. Of liso-cel
the times alone are public; the starting level, the slow fraction and all spreads are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

TYPICAL: dict[str, float] = {
    "Tlag": 3.27,  # day
    "DT": 0.755,  # day
    "Tm": 9.29,  # day
    "thalf_fast": 5.00,  # day
    "thalf_slow": 352.0,  # day
}
"""Means of the source. The starting level `C0` and the slow fraction `B` have to be given."""

LN2 = float(np.log(2.0))


def peak(p: Mapping[str, Any]) -> Any:
    """Give the level at its maximum, in the unit of `C0`.

    Examples
    --------
    >>> round(float(peak(TYPICAL | {"C0": 1.0})), 1)
    251.3
    """
    return p["C0"] * np.exp(LN2 / p["DT"] * (p["Tm"] - p["Tlag"]))


def closed_form(t: ArrayLike, p: Mapping[str, Any]) -> NDArray[np.float64]:
    """Give the level at days `t`, in the unit of `C0`.

    Examples
    --------
    >>> closed_form([0.0, 3.27, 4.025], TYPICAL | {"C0": 1.0, "B": 0.01}).round(6).tolist()
    [1.0, 1.0, 2.0]
    """
    t = np.asarray(t, dtype=np.float64)
    growing = np.clip(t, p["Tlag"], p["Tm"]) - p["Tlag"]
    after = np.maximum(t - p["Tm"], 0.0)
    rise = p["C0"] * np.exp(LN2 / p["DT"] * growing)
    fast = (1.0 - p["B"]) * np.exp(-LN2 / p["thalf_fast"] * after)
    slow = p["B"] * np.exp(-LN2 / p["thalf_slow"] * after)
    return np.where(t > p["Tm"], peak(p) * (fast + slow), rise)


def auc(T: ArrayLike, p: Mapping[str, Any]) -> NDArray[np.float64]:
    """Give the area from day 0 to day `T`, in the unit of `C0` times day.

    Examples
    --------
    >>> float(auc(2.0, TYPICAL | {"C0": 3.0, "B": 0.01}))
    6.0
    """
    end = np.asarray(T, dtype=np.float64)
    rho, a, b = LN2 / p["DT"], LN2 / p["thalf_fast"], LN2 / p["thalf_slow"]
    flat = p["C0"] * np.minimum(end, p["Tlag"])
    growing = np.clip(end, p["Tlag"], p["Tm"]) - p["Tlag"]
    rise = p["C0"] * np.expm1(rho * growing) / rho
    after = np.maximum(end - p["Tm"], 0.0)
    fast = -(1.0 - p["B"]) * np.expm1(-a * after) / a
    slow = -p["B"] * np.expm1(-b * after) / b
    return np.asarray(flat + rise + peak(p) * (fast + slow))
