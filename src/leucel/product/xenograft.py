"""Tumor growth in mice: four curves, fitted to all mice of a group with random effects.

Volumes are fitted on the logarithm. Each mouse has its own parameters, log-normal around the
group's; the likelihood is Laplace's approximation around each mouse's own best parameters.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leucel.core import InputError, Problem, unknown_name

_Curve = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
_INNER, _STEP = 25, 1e-5
_SPREADS = (0.3, 0.03)
_LARGEST_LOG = 700.0


def _exponential(t: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log(p[0]) + p[1] * t


def _logistic(t: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    # ln V = ln K - ln(1 + (K/V0 - 1) exp(-r t))
    return np.log(p[2]) - np.log(np.maximum(1 + (p[2] / p[0] - 1) * np.exp(-p[1] * t), 1e-12))


def _gompertz(t: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log(p[0]) + p[1] / p[2] * -np.expm1(-p[2] * t)


def _claret(t: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log(p[0]) + p[1] * t - p[2] / p[3] * -np.expm1(-p[3] * t)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthCurve:
    """A growth curve: names and units of its parameters, and ln V(t)."""

    name: str
    equation: str
    parameters: tuple[str, ...]
    units: tuple[str, ...]
    log_volume: _Curve


CURVES: Mapping[str, GrowthCurve] = {
    curve.name: curve
    for curve in (
        GrowthCurve(
            name="exponential",
            equation="V = V0 exp(k t)",
            parameters=("volume_0", "k_growth"),
            units=("mm3", "1/day"),
            log_volume=_exponential,
        ),
        GrowthCurve(
            name="logistic",
            equation="V = K V0 / (V0 + (K - V0) exp(-k t))",
            parameters=("volume_0", "k_growth", "cap_volume"),
            units=("mm3", "1/day", "mm3"),
            log_volume=_logistic,
        ),
        GrowthCurve(
            name="gompertz",
            equation="V = V0 exp(a/b (1 - exp(-b t)))",
            parameters=("volume_0", "k_growth", "k_slowing"),
            units=("mm3", "1/day", "1/day"),
            log_volume=_gompertz,
        ),
        GrowthCurve(
            name="claret",
            equation="V = V0 exp(kg t - kd/l (1 - exp(-l t)))",
            parameters=("volume_0", "k_growth", "k_shrink", "k_resistance"),
            units=("mm3", "1/day", "1/day", "1/day"),
            log_volume=_claret,
        ),
    )
}
"""Growth curves by name; Claret's holds growth, shrinkage and the loss of the effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mouse:
    """Tumor volumes of one animal: `times` [day], `volumes` [mm3], all above 0."""

    name: str
    times: tuple[float, ...]
    volumes: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthFit:
    """A growth curve fitted to a group.

    Attributes
    ----------
    curve : name.
    typical : parameter -> value of the middle mouse.
    low, high : 95% limits of the typical values (Wald, on the logarithm); 0 and infinite where the
        data do not tell.
    omega : parameter -> SD of the log-normal random effect (0 where it has none).
    residual : SD of ln V around each mouse's curve.
    mice : mouse -> its own parameters.
    log_likelihood, aic : Laplace approximation; smaller AIC is better.
    converged : whether the search ended at an optimum.
    """

    curve: str
    typical: Mapping[str, float]
    low: Mapping[str, float]
    high: Mapping[str, float]
    omega: Mapping[str, float]
    residual: float
    mice: Mapping[str, Mapping[str, float]]
    log_likelihood: float
    aic: float
    converged: bool

    def volume(self, times: ArrayLike, *, mouse: str | None = None) -> NDArray[np.float64]:
        """Volumes [mm3] of the middle mouse or of one mouse."""
        values = self.typical if mouse is None else self.mice[mouse]
        curve = CURVES[self.curve]
        p = np.array([values[name] for name in curve.parameters])
        return np.exp(curve.log_volume(np.asarray(times, dtype=float), p))

    def to_dict(self) -> dict[str, object]:
        """JSON-ready form; unknown limits are null."""
        return {
            "curve": self.curve,
            "equation": CURVES[self.curve].equation,
            "parameters": [
                {
                    "name": name,
                    "unit": unit,
                    "typical": self.typical[name],
                    "low": _finite(self.low[name]),
                    "high": _finite(self.high[name]),
                    "omega": self.omega[name],
                }
                for name, unit in zip(
                    CURVES[self.curve].parameters, CURVES[self.curve].units, strict=True
                )
            ],
            "residual": self.residual,
            "mice": len(self.mice),
            "aic": self.aic,
            "converged": self.converged,
        }


def volume_from_calipers(length: ArrayLike, width: ArrayLike) -> NDArray[np.float64]:
    """Tumor volume [mm3] from calipers [mm]: length x width squared / 2.

    Examples
    --------
    >>> volume_from_calipers([10.0], [6.0]).tolist()
    [180.0]
    """
    return np.asarray(length, dtype=float) * np.asarray(width, dtype=float) ** 2 / 2.0


def growth_inhibition(
    treated_start: float, treated_end: float, control_start: float, control_end: float
) -> float:
    """Tumor growth inhibition [%]: 1 - change of the treated / change of the control.

    Raises
    ------
    InputError
        When the control did not grow.

    Examples
    --------
    >>> growth_inhibition(100.0, 200.0, 100.0, 500.0)
    75.0
    """
    if not control_end > control_start:
        raise InputError(
            Problem(
                what="growth inhibition has no meaning when the control did not grow",
                received=f"{control_start:g} to {control_end:g}",
            )
        )
    return 100.0 * (1.0 - (treated_end - treated_start) / (control_end - control_start))


def fit_growth(
    mice: Sequence[Mouse], curve: str, *, random: Sequence[str] = ("volume_0", "k_growth")
) -> GrowthFit:
    """Fit a growth curve to a group of mice with random effects.

    Parameters
    ----------
    mice : two or more, each with two or more times.
    curve : a name of `CURVES`.
    random : parameters that differ between mice.

    Raises
    ------
    InputError
        For an unknown curve or parameter, or mice that cannot be used, all at once.

    Examples
    --------
    >>> CURVES["gompertz"].equation
    'V = V0 exp(a/b (1 - exp(-b t)))'
    """
    from scipy.optimize import minimize

    model = _require(mice, curve, random)
    effects = np.array([model.parameters.index(name) for name in random], dtype=np.intp)
    size, count = len(model.parameters), len(effects)
    data = [(np.array(m.times, dtype=float), np.log(np.array(m.volumes, float))) for m in mice]
    modes = np.zeros((len(mice), count))

    def objective(theta: NDArray[np.float64]) -> float:
        fixed, spread = theta[:size], np.exp(np.clip(theta[size:], -7.0, 3.0))
        total = 0.0
        # A step of the search may leave the range of the exponential: such a value is never taken.
        with np.errstate(all="ignore"):
            for i, (t, y) in enumerate(data):
                value, modes[i] = _mouse(model, t, y, fixed, effects, spread, modes[i])
                total += value
        return total if math.isfinite(total) else 1e12

    # The likelihood is flat in a spread near 0: a search from wide spreads alone ends before it.
    searches: list[Any] = []
    options = {"maxiter": 300, "ftol": 1e-10, "eps": _STEP}
    for wide in np.log(_SPREADS):
        modes[:] = 0.0
        start = np.concatenate([_start(model, data), np.full(count, wide), [math.log(0.2)]])
        searches.append(minimize(objective, start, method="L-BFGS-B", options=options))
    found: Any = min(searches, key=lambda search: search.fun)
    theta = np.asarray(found.x, dtype=float)
    modes[:] = 0.0
    least = objective(theta)
    errors = _errors(objective, theta, size)
    typical = np.exp(theta[:size])
    spread = np.exp(np.clip(theta[size:], -7.0, 3.0))
    own = np.tile(theta[:size], (len(mice), 1))
    own[:, effects] += modes
    names = model.parameters
    omega = dict.fromkeys(names, 0.0) | dict(zip(random, map(float, spread[:-1]), strict=True))
    return GrowthFit(
        curve=curve,
        typical=dict(zip(names, map(float, typical), strict=True)),
        low=dict(zip(names, map(float, _exp(theta[:size] - 1.96 * errors)), strict=True)),
        high=dict(zip(names, map(float, _exp(theta[:size] + 1.96 * errors)), strict=True)),
        omega=omega,
        residual=float(spread[-1]),
        mice={
            mouse.name: dict(zip(names, map(float, np.exp(row)), strict=True))
            for mouse, row in zip(mice, own, strict=True)
        },
        log_likelihood=-least,
        aic=2.0 * least + 2.0 * theta.size,
        converged=bool(found.success),
    )


def _mouse(
    model: GrowthCurve,
    t: NDArray[np.float64],
    y: NDArray[np.float64],
    fixed: NDArray[np.float64],
    effects: NDArray[np.intp],
    spread: NDArray[np.float64],
    start: NDArray[np.float64],
) -> tuple[float, NDArray[np.float64]]:
    """Laplace's -log likelihood of one mouse and the mode of its random effects."""
    omega, sigma = spread[:-1], float(spread[-1])

    def look(eta: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        log_p = fixed.copy()
        log_p[effects] += eta
        base = model.log_volume(t, np.exp(log_p))
        slopes = np.empty((t.size, effects.size))
        for j, k in enumerate(effects):
            moved = log_p.copy()
            moved[k] += _STEP
            slopes[:, j] = (model.log_volume(t, np.exp(moved)) - base) / _STEP
        return y - base, slopes

    def penalty(rest: NDArray[np.float64], eta: NDArray[np.float64]) -> float:
        return float(np.sum(rest**2)) / (2 * sigma**2) + float(np.sum((eta / omega) ** 2)) / 2

    eta = start
    rest, slopes = look(eta)
    now = penalty(rest, eta)
    hessian = slopes.T @ slopes / sigma**2 + np.diag(1 / omega**2)
    for _ in range(_INNER):
        step = np.linalg.solve(hessian, slopes.T @ rest / sigma**2 - eta / omega**2)
        scale = 1.0
        while scale > 1e-4:
            trial = eta + scale * step
            new_rest, new_slopes = look(trial)
            new = penalty(new_rest, trial)
            if new <= now:
                break
            scale /= 2
        else:
            break
        done = now - new < 1e-12 * (1 + abs(now))
        eta, rest, slopes, now = trial, new_rest, new_slopes, new
        hessian = slopes.T @ slopes / sigma**2 + np.diag(1 / omega**2)
        if done:
            break
    _, log_det = np.linalg.slogdet(hessian)
    value = now + t.size * (math.log(sigma) + 0.5 * math.log(2 * math.pi))
    return value + float(np.sum(np.log(omega))) + 0.5 * float(log_det), eta


def _start(
    model: GrowthCurve, data: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]]
) -> NDArray[np.float64]:
    first = float(np.mean([y[0] for _, y in data]))
    rate = float(np.mean([max((y[-1] - y[0]) / (t[-1] - t[0]), 0.01) for t, y in data]))
    span = float(max(t[-1] for t, _ in data))
    guesses = {
        "volume_0": first,
        "k_growth": math.log(rate * (2.0 if model.name in {"gompertz", "claret"} else 1.0)),
        "cap_volume": float(max(y.max() for _, y in data)) + 1.0,
        "k_slowing": math.log(1.0 / span),
        "k_shrink": math.log(rate),
        "k_resistance": math.log(2.0 / span),
    }
    return np.array([guesses[name] for name in model.parameters])


def _errors(
    objective: Callable[[NDArray[np.float64]], float], theta: NDArray[np.float64], size: int
) -> NDArray[np.float64]:
    """Standard errors of the first `size` entries by the curvature of the objective."""
    h = 1e-3
    n = theta.size
    hessian = np.empty((n, n))
    unit = h * np.eye(n)
    for i in range(n):
        for j in range(i, n):
            value = (
                objective(theta + unit[i] + unit[j])
                - objective(theta + unit[i] - unit[j])
                - objective(theta - unit[i] + unit[j])
                + objective(theta - unit[i] - unit[j])
            ) / (4 * h * h)
            hessian[i, j] = hessian[j, i] = value
    objective(theta)  # the modes belong to the optimum again
    try:
        variances = np.diag(np.linalg.inv(hessian))[:size]
    except np.linalg.LinAlgError:
        return np.full(size, np.inf)
    return np.where(variances > 0, np.sqrt(np.abs(variances)), np.inf)


def _exp(log: NDArray[np.float64]) -> NDArray[np.float64]:
    """Exponentials that become infinite instead of overflowing."""
    return np.where(log > _LARGEST_LOG, np.inf, np.exp(np.minimum(log, _LARGEST_LOG)))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) and value > 0 else None


def _require(mice: Sequence[Mouse], curve: str, random: Sequence[str]) -> GrowthCurve:
    problems: list[Problem] = []
    if curve not in CURVES:
        raise InputError(unknown_name(curve, tuple(CURVES), noun="growth curve"))
    model = CURVES[curve]
    problems += [
        unknown_name(name, model.parameters, noun="parameter")
        for name in random
        if name not in model.parameters
    ]
    if len(mice) < 2 or not random:
        problems.append(
            Problem(
                what="random effects need two or more mice and a parameter that differs",
                received=f"{len(mice)} mice, {len(random)} parameters",
            )
        )
    for mouse in mice:
        t, v = np.array(mouse.times, dtype=float), np.array(mouse.volumes, dtype=float)
        if t.size < 2 or t.shape != v.shape or np.any(np.diff(t) <= 0) or not np.all(v > 0):
            problems.append(
                Problem(
                    what=f"the mouse {mouse.name!r} cannot be used",
                    allowed="two or more rising times, as many volumes, all above 0",
                    fix="leave out days without a measurable tumor; a logarithm has no 0",
                )
            )
    if problems:
        raise InputError(problems)
    return model
