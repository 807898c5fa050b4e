"""Killing assays: specific lysis, the E:T curve, time to half kill."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leucel.core import InputError, Problem
from leucel.product.curve_fit import CurveFit, least_squares_fit


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
    fit = least_squares_fit(residuals, start, names, logs=(False, False, True, True))
    told = list(fit.warnings)
    if not float(x.min()) <= fit["ec50"] <= float(x.max()):
        told.append("the EC50 lies outside the ratios that were measured")
    return CurveFit(
        estimates=fit.estimates,
        residual=fit.residual,
        points=fit.points,
        converged=fit.converged,
        warnings=tuple(told),
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
