"""Second reading of Leon-Triana 2020: CAR-T, leukemia and B-cell aplasia.

Reference: Leon-Triana O et al. Commun Nonlinear Sci Numer Simul 2020,
doi:10.1016/j.cnsns.2020.105570; BIOMD0000001011 and BIOMD0000001012. Cells and days.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

STATES = ("C", "L", "B")

TYPICAL: dict[str, float] = {
    "alpha": 4.5e-11,  # 1/(cell day)
    "rhoC": 1.125e-11,  # 1/(cell day), a quarter of alpha
    "rhoL": 1.0 / 30.0,  # 1/day
    "tauC": 14.0,  # day
    "tauB": 60.0,  # day
    "C0": 1e7,
    "L0": 5e10,
    "B0": 2.5e10,
}
"""The basic model, BIOMD0000001011."""

IMMATURE: dict[str, float] = TYPICAL | {
    "beta": 0.1,  # none
    "I0": 1e7,
    "C50": 1e9,
    "tauI": 6.0,  # day
}
"""The model with a source of immature B cells, BIOMD0000001012."""


def initial(p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give CAR-T, leukemia and B cells at the start.

    Examples
    --------
    >>> initial().tolist()
    [10000000.0, 50000000000.0, 25000000000.0]
    """
    return np.array([p["C0"], p["L0"], p["B0"]], dtype=np.float64)


def right_hand_side(t: float, y: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the derivatives of the basic model, cells/day.

    Examples
    --------
    >>> float(right_hand_side(0.0, [0.0, 30.0, 60.0])[1])
    1.0
    """
    C, L, B = np.asarray(y, dtype=np.float64)
    return np.array(
        [
            p["rhoC"] * (L + B) * C - C / p["tauC"],
            p["rhoL"] * L - p["alpha"] * L * C,
            -p["alpha"] * B * C - B / p["tauB"],
        ]
    )


def right_hand_side_immature(
    t: float, y: ArrayLike, p: Mapping[str, Any] = IMMATURE, *, factor_C: bool = False
) -> NDArray[np.float64]:
    """Give the derivatives with the source of immature B cells, cells/day.

    Parameters
    ----------
    t
        Time, day; the system is autonomous.
    y
        States in the order of `STATES`.
    p
        Parameters.
    factor_C
        Whether the stimulation by immature cells is multiplied by C, as its unit asks for; the
        deposited file has it without.

    Examples
    --------
    >>> rates = right_hand_side_immature(0.0, [0.0, 0.0, 0.0])
    >>> float(rates[2])
    1666666.6666666667
    """
    C = np.asarray(y, dtype=np.float64)[0]
    brake = 1.0 + C / p["C50"]
    stimulated = p["rhoC"] * p["beta"] * p["I0"] / brake
    stimulated = stimulated * C if factor_C else stimulated
    born = p["I0"] / p["tauI"] / brake
    return right_hand_side(t, y, p) + np.array([stimulated, np.zeros_like(C), born])
