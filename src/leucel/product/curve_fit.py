"""A curve fitted by least squares, with limits from the curvature at the optimum."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A fitted number with its 95% limits, from the curvature at the optimum."""

    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """JSON-ready form."""
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveFit:
    """A fitted curve.

    Attributes
    ----------
    estimates : by name.
    residual : residual standard deviation on the scale of the data (of the logarithm for CARRGO).
    points : number of points.
    converged : whether the search ended at an optimum.
    warnings : what a reader must know, in sentences; empty when there is nothing.
    """

    estimates: dict[str, Estimate]
    residual: float
    points: int
    converged: bool
    warnings: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> float:
        return self.estimates[name].value

    def to_dict(self) -> dict[str, object]:
        """JSON-ready form."""
        return {
            "estimates": {name: x.to_dict() for name, x in self.estimates.items()},
            "residual": self.residual,
            "points": self.points,
            "converged": self.converged,
            "warnings": list(self.warnings),
        }


def least_squares_fit(
    residuals: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    start: NDArray[np.float64],
    names: Sequence[str],
    *,
    logs: Sequence[bool],
) -> CurveFit:
    """Fit parameters, those in `logs` as logarithms, until the squares are least.

    Parameters
    ----------
    residuals : of the parameters on the scale of the search.
    start : where it begins.
    names : of the parameters.
    logs : which are searched as logarithms.

    Notes
    -----
    Limits are those of a t law with the degrees of freedom that are left; parameters that the data
    do not determine have infinite ones.
    """
    from scipy.optimize import least_squares

    found = least_squares(residuals, start, x_scale="jac", max_nfev=400, xtol=1e-12, ftol=1e-12)
    freedom = found.fun.size - start.size
    told: list[str] = []
    variance = float(np.sum(found.fun**2)) / max(freedom, 1)
    information = found.jac.T @ found.jac
    if freedom < 1 or np.linalg.matrix_rank(information) < start.size:
        errors = np.full(start.size, np.inf)
        told.append("the data do not determine every parameter")
    else:
        errors = np.sqrt(np.maximum(np.diag(np.linalg.inv(information)), 0.0) * variance)
    reach = float(stdtrit(max(freedom, 1), 0.975)) * errors
    estimates: dict[str, Estimate] = {}
    for name, value, half, log in zip(names, found.x, reach, logs, strict=True):
        ends = (value - half, value + half)
        low, high = (math.exp(min(e, 700.0)) for e in ends) if log else ends
        estimates[name] = Estimate(
            value=math.exp(value) if log else float(value), low=float(low), high=float(high)
        )
    if found.status <= 0:
        told.append("the search stopped before an optimum")
    return CurveFit(
        estimates=estimates,
        residual=math.sqrt(variance),
        points=int(found.fun.size),
        converged=bool(found.status > 0),
        warnings=tuple(told),
    )
