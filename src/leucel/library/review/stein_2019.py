"""Second reading of Stein 2019: tisagenlecleucel, exponential expansion and two-phase decline.

Reference: Stein AM et al. CPT Pharmacometrics Syst Pharmacol 2019;8(5):285-295,
doi:10.1002/psp4.12388, Table 1. The dose does not enter the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

STATES = ("E", "M")

TYPICAL: dict[str, float] = {
    "F": 3900.0,  # fold
    "Tm": 9.3,  # day
    "Cm": 24000.0,  # copies/ug gDNA
    "a": 0.16,  # 1/day
    "B": 0.0079,  # fraction
    "b": 0.0032,  # 1/day
    "Ftoci": 1.2,  # fold
    "Fster": 1.0,  # fold
}
"""Typical values."""

TABULATED: dict[str, float] = {
    "F": 2.4,
    "Tm": 0.38,
    "Cm": 0.65,
    "a": 0.91,
    "B": 0.80,
    "b": 0.86,
}
"""Random effects on the logarithm as the table prints them: variances or standard deviations,
which of the two the source does not settle."""

RESIDUAL = 0.56
"""Standard deviation of the residual error, constant on the logarithm."""


def expansion_rate(p: Mapping[str, Any] = TYPICAL) -> Any:
    """Give rho, the rate of expansion without comedication, 1/day.

    Examples
    --------
    >>> round(float(expansion_rate()), 4)
    0.8891
    """
    return np.log(p["F"]) / p["Tm"]


def closed_form(t: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the transgene in blood without comedication, copies/ug gDNA.

    Parameters
    ----------
    t
        Times, day.
    p
        Parameters by the symbols of the paper.

    Examples
    --------
    >>> closed_form([3.0, 9.3, 28.0]).round(2).tolist()
    [88.62, 24000.0, 1373.56]
    """
    t = np.asarray(t, dtype=np.float64)
    R0 = p["Cm"] / p["F"]
    # Either branch is asked only on its own side, where no exponential can overflow.
    before = np.minimum(t, p["Tm"])
    after = np.maximum(t - p["Tm"], 0.0)
    growth = R0 * np.exp(expansion_rate(p) * before)
    fast = (1 - p["B"]) * p["Cm"] * np.exp(-p["a"] * after)
    slow = p["B"] * p["Cm"] * np.exp(-p["b"] * after)
    return np.where(t < p["Tm"], growth, fast + slow)


def auc(T: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the area under the closed form from day 0 to day `T`, copies/ug gDNA times day.

    Examples
    --------
    >>> round(float(auc(28.0)), 1)
    171774.3
    """
    end = np.asarray(T, dtype=np.float64)
    R0 = p["Cm"] / p["F"]
    rho = expansion_rate(p)
    before = np.minimum(end, p["Tm"])
    after = np.maximum(end - p["Tm"], 0.0)
    growth = R0 * np.expm1(rho * before) / rho
    fast = -(1 - p["B"]) * p["Cm"] * np.expm1(-p["a"] * after) / p["a"]
    slow = -p["B"] * p["Cm"] * np.expm1(-p["b"] * after) / p["b"]
    return np.asarray(growth + fast + slow)


def auc_whole_line(p: Mapping[str, Any] = TYPICAL) -> Any:
    """Give the area from minus to plus infinity, copies/ug gDNA times day.

    Examples
    --------
    >>> round(float(auc_whole_line()))
    235058
    """
    return p["Cm"] * (1 / expansion_rate(p) + (1 - p["B"]) / p["a"] + p["B"] / p["b"])


def initial(p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the state at day 0: R0 = Cm/F effectors, no memory cells; copies/ug gDNA.

    Examples
    --------
    >>> initial().round(3).tolist()
    [6.154, 0.0]
    """
    return np.array([p["Cm"] / p["F"], 0.0])


def right_hand_side(
    t: float,
    y: ArrayLike,
    p: Mapping[str, Any] = TYPICAL,
    *,
    t_toci: float = np.inf,
    t_ster: float = np.inf,
) -> NDArray[np.float64]:
    """Give the derivatives of effectors E and memory cells M, copies/ug gDNA a day.

    Parameters
    ----------
    t
        Time, day. The right-hand side jumps at `Tm`: end a solver's step there.
    y
        E and M, shape (2,) or (2, N).
    p
        Parameters by the symbols of the paper.
    t_toci, t_ster
        Days of the first tocilizumab and the first steroids; infinite for never. Each multiplies
        the rate of expansion from then on.

    Examples
    --------
    >>> float(right_hand_side(10.0, [1.0, 0.0])[0])
    -0.16
    """
    E, M = np.asarray(y, dtype=np.float64)
    if t < p["Tm"]:
        rho = expansion_rate(p)
        rho = rho * p["Ftoci"] if t >= t_toci else rho
        rho = rho * p["Fster"] if t >= t_ster else rho
        return np.array([rho * E, np.zeros_like(M)])
    k = p["B"] * (p["a"] - p["b"])
    return np.array([-p["a"] * E, k * E - p["b"] * M])


def outputs(y: ArrayLike) -> dict[str, NDArray[np.float64]]:
    """Give the transgene in blood, copies/ug gDNA, from the states of the ODE form.

    Examples
    --------
    >>> float(outputs([3.0, 4.0])["transgene"])
    7.0
    """
    E, M = np.asarray(y, dtype=np.float64)
    return {"transgene": E + M}


def half_lives(p: Mapping[str, Any] = TYPICAL) -> dict[str, Any]:
    """Give the doubling time and the half-lives of the fast and the slow decline, day.

    Examples
    --------
    >>> {name: round(float(value), 2) for name, value in half_lives().items()}
    {'doubling': 0.78, 'fast': 4.33, 'slow': 216.61}
    """
    ln2 = np.log(2.0)
    return {"doubling": ln2 / expansion_rate(p), "fast": ln2 / p["a"], "slow": ln2 / p["b"]}
