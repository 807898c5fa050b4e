"""CARRGO dynamics of co-cultures: tumor cells and effectors as prey and predator."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leucel.core import InputError, Problem, unknown_name
from leucel.product.curve_fit import CurveFit, Estimate, least_squares_fit


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


def fit_carrgo(
    wells: Sequence[CoCulture], *, scale: str = "log", controls_needed: bool = True
) -> CurveFit:
    """Fit CARRGO to co-cultures and control wells together.

    Parameters
    ----------
    wells : at least one control (no effectors), which gives growth and capacity, and at least one
        co-culture.
    scale : "log" fits the logarithm of the tumor, "index" the reading itself.
    controls_needed : False fits co-cultures alone, growth and capacity with them, as Brummer et
        al. did arm by arm.

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
    if scale not in ("log", "index"):
        raise InputError(unknown_name(scale, ("log", "index"), noun="scale"))
    controls = [well for well in wells if well.effectors == 0]
    if (controls_needed and not controls) or len(controls) == len(wells):
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
    strongest = max(well.effectors for well in wells)
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
            if scale == "index":
                rows.append(found - np.asarray(well.tumor[1:]))
            else:
                rows.append(np.log(np.maximum(found, 1e-12 * most)) - np.log(well.tumor[1:]))
        return np.nan_to_num(np.concatenate(rows), nan=1e3, posinf=1e3, neginf=-1e3)

    first = controls[0] if controls else min(wells, key=lambda well: well.effectors)
    rise = math.log(max(first.tumor) / first.tumor[0]) / max(span, 1e-9)
    first_guess = (math.log(max(rise, 1e-2)), math.log(2 * most), math.log(1 / strongest))
    start = np.array([*first_guess, 0.1, 0.1])
    names = ("growth", "capacity", "kill", "gain", "loss")
    with warnings.catch_warnings():
        # A trial step far off makes the solver give up; its residual is large and it is left again.
        warnings.simplefilter("ignore")
        if not controls:
            # Without a control growth and kill trade places: look from several sides first.
            start = _nearest(
                residuals,
                [
                    np.array([math.log(a / span), start[1], math.log(b / (span * strongest)), c, c])
                    for a in (3.0, 10.0, 30.0)
                    for b in (3.0, 10.0, 30.0)
                    for c in (0.0, 1.0)
                ],
            )
        fit = least_squares_fit(residuals, start, names, logs=(True, True, True, False, False))
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
    told = (*fit.warnings, *(f"the data hardly know the {name}" for name in vague))
    return CurveFit(
        estimates=estimates,
        residual=fit.residual,
        points=fit.points,
        converged=fit.converged,
        warnings=told,
    )


def _nearest(
    residuals: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    starts: Sequence[NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Where a short search from the best of several starts ends."""
    from scipy.optimize import least_squares

    ranked = sorted(starts, key=lambda start: float(np.sum(residuals(start) ** 2)))
    ends = [least_squares(residuals, start, x_scale="jac", max_nfev=40) for start in ranked[:4]]
    return np.asarray(min(ends, key=lambda end: float(end.cost)).x, dtype=float)
