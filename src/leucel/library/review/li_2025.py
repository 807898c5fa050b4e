"""Second reading of Li 2025: serum M-protein under modakafusp alfa, growth and waning kill.

Reference: Li C et al. Clin Transl Sci 2025;18(7):e70296, doi:10.1111/cts.70296. Time is in weeks,
as the rates of the source; M-protein is in g/L.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

TYPICAL: dict[str, float] = {
    "P0": 17.4,  # g/L at an albumin of 36 g/L
    "ALBexp": -2.74,  # none
    "kG": 0.0303,  # 1/week
    "kR": 0.0568,  # 1/week
    "kK": 0.816,  # 1/week
    "EC50": 447.0,  # ng/mL
    "ALB": 36.0,  # g/L
}
"""Typical values, and the albumin at which the baseline is tabulated."""

OMEGA2: dict[str, float] = {"P0": 0.343, "kG": 1.01, "kR": 1.25, "kK": 1.11, "EC50": 1.57}
"""Variances of the random effects, all on the logarithm."""

COVARIANCE_KK_EC50 = -0.374
RESIDUAL_PROPORTIONAL_VARIANCE = 0.0161
RESIDUAL_ADDITIVE_VARIANCE = 6.58
"""(g/L)^2."""
LLOQ = 0.1
"""Limit of the electrophoresis, g/L; values below it entered the likelihood as censored."""


def initial(p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give M-protein at the start, g/L.

    Examples
    --------
    >>> initial().tolist()
    [17.4]
    """
    return np.array([p["P0"] * (p["ALB"] / 36.0) ** p["ALBexp"]], dtype=np.float64)


def drive(Cp: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> Any:
    """Give the effect of a concentration `Cp` (ng/mL) as a fraction of the largest one.

    Examples
    --------
    >>> float(drive(447.0))
    0.5
    """
    level = np.asarray(Cp, dtype=np.float64)
    return level / (p["EC50"] + level)


def right_hand_side(
    t: float, y: ArrayLike, p: Mapping[str, Any] = TYPICAL, *, e: float = 0.0
) -> NDArray[np.float64]:
    """Give the derivative of M-protein, g/L/week, at week `t` under a drive `e` between 0 and 1.

    Examples
    --------
    >>> round(float(right_hand_side(0.0, [10.0])[0]), 4)
    0.303
    """
    (P,) = np.asarray(y, dtype=np.float64)
    return np.array([p["kG"] * P - p["kK"] * np.exp(-p["kR"] * t) * e * P])


def closed_form(
    t: ArrayLike, p: Mapping[str, Any] = TYPICAL, *, e: float = 0.0
) -> NDArray[np.float64]:
    """Give M-protein at weeks `t` under a constant drive `e`, g/L.

    Examples
    --------
    >>> closed_form([4.0, 8.0, 12.0], e=0.5).round(3).tolist()
    [4.562, 1.609, 0.719]
    """
    t = np.asarray(t, dtype=np.float64)
    killed = -p["kK"] * e * np.expm1(-p["kR"] * t) / p["kR"]
    return initial(p)[0] * np.exp(p["kG"] * t - killed)


def residual_sd(P: ArrayLike) -> NDArray[np.float64]:
    """Give the standard deviation of the residual error at M-protein `P`, g/L.

    Examples
    --------
    >>> round(float(residual_sd(0.0)), 3)
    2.565
    """
    level = np.asarray(P, dtype=np.float64)
    return np.sqrt(RESIDUAL_PROPORTIONAL_VARIANCE * level**2 + RESIDUAL_ADDITIVE_VARIANCE)
