"""Killing assays: specific lysis, the E:T curve, and CARRGO dynamics of co-cultures."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from leucel.core import InputError, Problem


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


def lysis_from_release(test: ArrayLike, spontaneous: float, maximum: float) -> NDArray[np.float64]:
    """Specific lysis [%] of a release assay: (test - spontaneous) / (maximum - spontaneous).

    Raises
    ------
    InputError
        Unless maximum is above spontaneous.

    Examples
    --------
    >>> lysis_from_release([600.0], spontaneous=200.0, maximum=1000.0).tolist()
    [50.0]
    """
    if not maximum > spontaneous:
        raise InputError(
            Problem(
                what="the maximum release must be above the spontaneous one",
                received=f"maximum {maximum:g}, spontaneous {spontaneous:g}",
            )
        )
    return 100.0 * (np.asarray(test, dtype=float) - spontaneous) / (maximum - spontaneous)


def lysis_from_impedance(treated: ArrayLike, target_only: ArrayLike) -> NDArray[np.float64]:
    """Lysis [%] of an impedance assay: 1 - treated / target-only at the same times.

    Examples
    --------
    >>> lysis_from_impedance([1.0, 0.5], [2.0, 2.0]).tolist()
    [50.0, 75.0]
    """
    alone = np.asarray(target_only, dtype=float)
    if not np.all(alone > 0):
        raise InputError(Problem(what="the index of target cells alone must be above 0"))
    return 100.0 * (1.0 - np.asarray(treated, dtype=float) / alone)


def four_parameter(
    x: ArrayLike, bottom: float, top: float, ec50: float, slope: float
) -> NDArray[np.float64]:
    """Four-parameter logistic b + (t - b) / (1 + (EC50 / x)^h).

    Examples
    --------
    >>> four_parameter([1.0], 0.0, 80.0, 1.0, 2.0).tolist()
    [40.0]
    """
    ratio = np.exp(slope * (math.log(ec50) - np.log(np.asarray(x, dtype=float))))
    return bottom + (top - bottom) / (1.0 + ratio)


def fit_killing_curve(effector_to_target: ArrayLike, lysis: ArrayLike) -> CurveFit:
    """Fit the four-parameter logistic to lysis [%] at several effector-to-target ratios.

    Parameters
    ----------
    effector_to_target : (N,) CAR+ cells for each target cell, above 0; at least five points at four
        ratios.
    lysis : (N,) percent; replicates are points of their own.

    Raises
    ------
    InputError
        For too few points or ratios that are not above 0.

    Notes
    -----
    EC50 and slope are fitted as logarithms; limits are those of a t law with N - 4 degrees of
    freedom. An EC50 outside the ratios that were measured is an extrapolation and is said so.

    Examples
    --------
    >>> ratios = [0.1, 0.3, 1.0, 3.0, 10.0, 30.0]
    >>> fit = fit_killing_curve(ratios, four_parameter(ratios, 2.0, 90.0, 1.5, 1.2))
    >>> round(fit["ec50"], 3), round(fit["slope"], 3)
    (1.5, 1.2)
    """
    x, y = np.asarray(effector_to_target, dtype=float), np.asarray(lysis, dtype=float)
    if x.shape != y.shape or x.size < 5 or np.unique(x).size < 4 or not np.all(x > 0):
        raise InputError(
            Problem(
                what="a killing curve cannot be fitted to these points",
                received=f"{x.size} ratios ({np.unique(x).size} different), {y.size} values",
                allowed="five or more points at four or more ratios above 0",
            )
        )
    middle = (float(y.min()) + float(y.max())) / 2
    near = float(x[np.argmin(np.abs(y - middle))])
    start = np.array([float(y.min()), float(y.max()), math.log(near), 0.0])

    def residuals(theta: NDArray[np.float64]) -> NDArray[np.float64]:
        slope = math.exp(min(float(theta[3]), 5.0))
        ec50 = math.exp(min(max(float(theta[2]), -30.0), 30.0))
        return four_parameter(x, float(theta[0]), float(theta[1]), ec50, slope) - y

    names = ("bottom", "top", "ec50", "slope")
    fit = _fit(residuals, start, names, logs=(False, False, True, True))
    warnings = list(fit.warnings)
    if not float(x.min()) <= fit["ec50"] <= float(x.max()):
        warnings.append("the EC50 lies outside the ratios that were measured")
    return CurveFit(
        estimates=fit.estimates,
        residual=fit.residual,
        points=fit.points,
        converged=fit.converged,
        warnings=tuple(warnings),
    )


def time_to_half_kill(times: ArrayLike, lysis: ArrayLike) -> float | None:
    """First time at which lysis reaches 50%, by straight lines; None when it never does.

    Examples
    --------
    >>> time_to_half_kill([0, 10, 20], [0, 40, 80])
    12.5
    """
    t, y = np.asarray(times, dtype=float), np.asarray(lysis, dtype=float)
    above = np.flatnonzero(y >= 50.0)
    if above.size == 0:
        return None
    i = int(above[0])
    if i == 0 or y[i] == 50.0:
        return float(t[i])
    return float(t[i - 1] + (t[i] - t[i - 1]) * (50.0 - y[i - 1]) / (y[i] - y[i - 1]))


def curve_area(effector_to_target: ArrayLike, lysis: ArrayLike) -> float:
    """Mean lysis [%] over the logarithm of the ratio (trapezoids), a number for ranking.

    Examples
    --------
    >>> round(curve_area([1.0, 10.0, 100.0], [20.0, 60.0, 100.0]), 6)
    60.0
    """
    x, y = np.log(np.asarray(effector_to_target, dtype=float)), np.asarray(lysis, dtype=float)
    order = np.argsort(x)
    x, y = x[order], y[order]
    return float(np.sum((x[1:] - x[:-1]) * (y[1:] + y[:-1]) / 2) / (x[-1] - x[0]))


@dataclass(frozen=True, slots=True, kw_only=True)
class CoCulture:
    """Tumor cells over time in one well; `effectors` at the start are 0 in a control well.

    `times` [day] begin with the time at which `tumor` [cells or cell index] and `effectors` (same
    unit) stand together.
    """

    times: tuple[float, ...]
    tumor: tuple[float, ...]
    effectors: float


def simulate_carrgo(
    times: ArrayLike,
    *,
    tumor: float,
    effectors: float,
    growth: float,
    capacity: float,
    kill: float,
    gain: float,
    loss: float,
) -> NDArray[np.float64]:
    """CARRGO: dX = r X (1 - X/K) - k1 X Y, dY = k2 X Y - q Y (Sahoo et al. 2020).

    Parameters
    ----------
    times : (T,) days; the first is the start.
    tumor, effectors : X and Y at the start.
    growth, capacity, kill, gain, loss : r [1/day], K, k1, k2 [1/(day unit)], q [1/day]; k2 below 0
        is exhaustion.

    Returns
    -------
    (T, 2) X and Y.

    Examples
    --------
    >>> x = simulate_carrgo([0, 1], tumor=1.0, effectors=0.0, growth=1.0, capacity=2.0, kill=1.0,
    ...                     gain=0.0, loss=0.0)[:, 0]
    >>> round(float(x[-1]), 4)
    1.4621
    """

    from scipy.integrate import odeint

    def rates(state: NDArray[np.float64], _: float) -> list[float]:
        x, y = float(state[0]), float(state[1])
        return [growth * x * (1 - x / capacity) - kill * x * y, gain * x * y - loss * y]

    found = odeint(
        rates,
        [tumor, effectors],
        np.asarray(times, dtype=float),
        rtol=1e-8,
        atol=1e-10,
        mxstep=5000,
    )
    return np.asarray(found, dtype=float)


def fit_carrgo(wells: Sequence[CoCulture]) -> CurveFit:
    """Fit CARRGO to co-cultures and control wells together, on the logarithm of the tumor.

    Parameters
    ----------
    wells : at least one control (no effectors), which gives growth and capacity, and at least one
        co-culture.

    Raises
    ------
    InputError
        Without a control or a co-culture, or for values that are not above 0.

    Notes
    -----
    Growth, capacity and killing are positive and fitted as logarithms; gain and loss enter as they
    are (a negative gain is exhaustion). A parameter whose limits span more than a factor of ten is
    named: the data hardly know it.
    """
    controls = [well for well in wells if well.effectors == 0]
    if not controls or len(controls) == len(wells):
        raise InputError(
            Problem(
                what="CARRGO needs control wells and co-cultures",
                received=f"{len(controls)} controls, {len(wells) - len(controls)} co-cultures",
                allowed="one or more of each",
            )
        )
    bad = [i for i, w in enumerate(wells) if len(w.times) != len(w.tumor) or min(w.tumor) <= 0]
    if bad:
        raise InputError(
            Problem(
                what="wells cannot be used",
                received=", ".join(f"well {i + 1}" for i in bad),
                allowed="as many values as times, all above 0",
            )
        )
    most = max(max(well.tumor) for well in wells)
    scale = max(well.effectors for well in wells)
    span = max(well.times[-1] - well.times[0] for well in wells)

    def residuals(theta: NDArray[np.float64]) -> NDArray[np.float64]:
        growth, capacity, kill = np.exp(np.clip(theta[:3], -30, 30))
        rows: list[NDArray[np.float64]] = []
        for well in wells:
            found = simulate_carrgo(
                well.times,
                tumor=well.tumor[0],
                effectors=well.effectors,
                growth=float(growth),
                capacity=float(capacity),
                kill=float(kill),
                gain=float(theta[3]) / (span * most),
                loss=float(theta[4]) / span,
            )[1:, 0]
            rows.append(np.log(np.maximum(found, 1e-12 * most)) - np.log(well.tumor[1:]))
        return np.nan_to_num(np.concatenate(rows), nan=1e3, posinf=1e3, neginf=-1e3)

    first = controls[0]
    rise = math.log(max(first.tumor) / first.tumor[0]) / max(span, 1e-9)
    start = np.array([math.log(max(rise, 1e-2)), math.log(2 * most), math.log(1 / scale), 0.1, 0.1])
    names = ("growth", "capacity", "kill", "gain", "loss")
    fit = _fit(residuals, start, names, logs=(True, True, True, False, False))
    factors = {"gain": 1 / (span * most), "loss": 1 / span}
    estimates = {
        name: Estimate(
            value=x.value * factors.get(name, 1.0),
            low=x.low * factors.get(name, 1.0),
            high=x.high * factors.get(name, 1.0),
        )
        for name, x in fit.estimates.items()
    }
    vague = [n for n in names[:3] if estimates[n].high > 10 * estimates[n].low]
    warnings = (*fit.warnings, *(f"the data hardly know the {name}" for name in vague))
    return CurveFit(
        estimates=estimates,
        residual=fit.residual,
        points=fit.points,
        converged=fit.converged,
        warnings=warnings,
    )


def _fit(
    residuals: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    start: NDArray[np.float64],
    names: Sequence[str],
    *,
    logs: Sequence[bool],
) -> CurveFit:
    from scipy.optimize import least_squares

    found = least_squares(residuals, start, x_scale="jac", max_nfev=400, xtol=1e-12, ftol=1e-12)
    freedom = found.fun.size - start.size
    warnings: list[str] = []
    variance = float(np.sum(found.fun**2)) / max(freedom, 1)
    information = found.jac.T @ found.jac
    if freedom < 1 or np.linalg.matrix_rank(information) < start.size:
        errors = np.full(start.size, np.inf)
        warnings.append("the data do not determine every parameter")
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
        warnings.append("the search stopped before an optimum")
    return CurveFit(
        estimates=estimates,
        residual=math.sqrt(variance),
        points=int(found.fun.size),
        converged=bool(found.status > 0),
        warnings=tuple(warnings),
    )
