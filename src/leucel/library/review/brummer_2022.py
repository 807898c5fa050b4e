"""Second reading of CARRGO (Sahoo 2020) and CARRGO-dex (Brummer 2022): killing in vitro.

References: Sahoo P et al. J R Soc Interface 2020, doi:10.1098/rsif.2019.0734, and the deposited
fits of Brummer AB et al. 2022 (CARRGODEX). Cells are in units of the cell index, time is in hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

STATES = ("x", "y")

DEX_HALF_LIFE = 3.33
"""Half-life of dexamethasone, h."""

TYPICAL: dict[str, float] = {
    "rho": 0.3030,  # 1/h
    "kinv": 0.3230,  # 1/CI
    "k1": 0.5568,  # 1/(CI h)
    "k2": 0.02421,  # 1/(CI h)
    "th": 0.0,  # 1/h
    "c0": 0.0,  # 1/h
    "c3": 0.0,  # 1/h
    "t0": 0.0,  # h
}
"""Line PBT1 with 0.25 units of T cells, without dexamethasone."""

# rho, kinv, k1, k2, th of the arms without dexamethasone, by line and units of T cells.
_ARMS: dict[tuple[str, float], tuple[float, float, float, float, float]] = {
    ("PBT1", 0.0): (0.04548, 0.1884, 0.0, 0.0, 0.0),
    ("PBT1", 0.25): (0.3030, 0.3230, 0.5568, 0.02421, 0.0),
    ("PBT1", 0.125): (0.2303, 0.5588, 0.4000, 0.04635, 0.02302),
    ("PBT1", 0.05): (0.1586, 0.7359, 0.0634, 0.08533, 0.09133),
    ("PBT2", 0.0): (0.1100, 0.1304, 0.0, 0.0, 0.0),
    ("PBT2", 0.25): (0.4709, 0.2705, 0.5549, 0.03187, 0.00182),
    ("PBT2", 0.125): (0.3587, 0.1759, 1.0466, 0.01587, 0.01371),
    ("PBT2", 0.05): (0.2289, 0.1626, 1.5115, 0.02441, 0.06447),
    ("PBT4", 0.0): (0.02243, 0.3241, 0.0, 0.0, 0.0),
    ("PBT4", 0.25): (0.1845, 0.0739, 0.4177, 0.03915, 0.0),
    ("PBT4", 0.125): (0.2337, 0.00586, 1.4475, 0.01185, 0.0),
    ("PBT4", 0.05): (0.2411, 0.1645, 3.0441, 0.00660, 3e-5),
}


def arm(line: str, y0: float) -> dict[str, float]:
    """Give the parameters of one arm without dexamethasone.

    Examples
    --------
    >>> arm("PBT1", 0.25)["k1"]
    0.5568
    """
    names = ("rho", "kinv", "k1", "k2", "th")
    return TYPICAL | dict(zip(names, _ARMS[line, y0], strict=True))


def arms() -> tuple[tuple[str, float], ...]:
    """Give the arms without dexamethasone: line and units of T cells.

    Examples
    --------
    >>> len(arms())
    12
    """
    return tuple(_ARMS)


def right_hand_side(t: float, z: ArrayLike, p: Mapping[str, Any] = TYPICAL) -> NDArray[np.float64]:
    """Give the derivatives of tumor x and CAR-T y, cell index an hour.

    Examples
    --------
    >>> right_hand_side(0.0, [1.0, 0.0]).round(6).tolist()
    [0.205131, 0.0]
    """
    x, y = np.asarray(z, dtype=np.float64)
    e = np.exp(-np.log(2.0) * (t - p["t0"]) / DEX_HALF_LIFE)
    return np.array(
        [
            p["rho"] * x * (1.0 - p["kinv"] * x) - p["c0"] * e * x - p["k1"] * x * y,
            p["k2"] * x * y - (p["th"] + p["c3"] * e) * y,
        ]
    )


def logistic(t: ArrayLike, x0: Any, p: Mapping[str, Any]) -> NDArray[np.float64]:
    """Give the tumor without T cells and dexamethasone, cell index.

    Examples
    --------
    >>> float(logistic(0.0, 1.5, arm("PBT1", 0.0)))
    1.5
    """
    grown = np.exp(p["rho"] * np.asarray(t, dtype=np.float64))
    return x0 * grown / (1.0 + p["kinv"] * x0 * (grown - 1.0))
