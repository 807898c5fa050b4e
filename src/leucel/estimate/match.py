"""Estimation of a few parameters from a few published numbers, by simulation.

The simulation is a deterministic function of the parameters (common random numbers), but a rough
one: rates of a finite cohort move in steps. Derivatives are therefore central differences over
steps that are large on the search scale, and the search stops at a stated precision.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leucel.core import SILENT, InputError, Place, Problem, Progress
from leucel.estimate.identifiability import CONDITION_LIMIT, Identifiability, assess
from leucel.estimate.scales import ScaleName, SearchParameter, search_parameters

Simulate = Callable[[Mapping[str, float]], Mapping[str, float]]
_FLAT = 1e-12  # a gradient this small on the search scale is zero
_UNUSABLE = 1e3  # weighted residual of a simulation without a number: worse than any real one


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchOptions:
    """How the search is done.

    Attributes
    ----------
    step : half-width of the central differences on the search scale (0.05 is 5% on a log scale).
    tolerance : the search ends when a step moves every parameter by less than this on the search
        scale, or lowers the sum of squares by less than this share.
    max_simulations : the search ends after this many calls of the simulation.
    condition_limit : largest condition of the Jacobian with which parameters count as identified.
    """

    step: float = 0.05
    tolerance: float = 1e-3
    max_simulations: int = 200
    condition_limit: float = CONDITION_LIMIT

    def __post_init__(self) -> None:
        rules = {
            "step": (0 < self.step <= 1, "above 0, up to 1"),
            "tolerance": (0 < self.tolerance < 1, "above 0, below 1"),
            "max_simulations": (self.max_simulations >= 1, "1 or more"),
            "condition_limit": (self.condition_limit > 1, "above 1"),
        }
        problems = [
            Problem(
                what=f"the option {name!r} is out of range",
                where=Place(key=name),
                allowed=words,
                received=repr(getattr(self, name)),
            )
            for name, (holds, words) in rules.items()
            if not holds
        ]
        if problems:
            raise InputError(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedTarget:
    """One target at the solution; `residual` is weight * (simulated - target)."""

    name: str
    target: float
    weight: float
    simulated: float
    residual: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MatchResult:
    """The outcome of a search.

    Attributes
    ----------
    parameters : the best parameters that were simulated.
    targets : each target beside its simulated value.
    sum_of_squares : of the weighted residuals; `start_sum_of_squares` before the search.
    converged : true when the search ended by its tolerance.
    reason : why it ended, in words.
    simulations : calls of the simulation.
    jacobian : (targets, P) derivatives of the weighted residuals on the search scale, at the
        solution or, when the budget ran out, at the last point of the search.
    identifiability : what the targets say about the parameters; None when the budget did not
        suffice for a Jacobian.
    """

    parameters: dict[str, float]
    targets: tuple[MatchedTarget, ...]
    sum_of_squares: float
    start_sum_of_squares: float
    converged: bool
    reason: str
    simulations: int
    jacobian: NDArray[np.float64]
    identifiability: Identifiability | None

    @property
    def worst(self) -> MatchedTarget:
        """The target that is missed most."""
        return max(self.targets, key=lambda target: abs(target.residual))

    def to_summary(self) -> dict[str, Any]:
        """The result as plain data for JSON."""
        found = self.identifiability
        return {
            "parameters": dict(self.parameters),
            "targets": [
                {name: getattr(each, name) for name in MatchedTarget.__dataclass_fields__}
                for each in self.targets
            ],
            "sum_of_squares": self.sum_of_squares,
            "start_sum_of_squares": self.start_sum_of_squares,
            "converged": self.converged,
            "reason": self.reason,
            "simulations": self.simulations,
            "condition": found.condition if found and math.isfinite(found.condition) else None,
            "rank": found.rank if found else None,
            "identified": found.identified if found else None,
            "identifiability": found.sentence if found else "not assessed: the budget ran out",
        }


class _BudgetSpent(Exception):
    """Ends the search from inside the optimizer."""


class _Objective:
    """Weighted residuals with a memory: no parameters are simulated twice."""

    def __init__(
        self,
        simulate: Simulate,
        targets: Mapping[str, tuple[float, float]],
        parameters: tuple[SearchParameter, ...],
        options: MatchOptions,
        progress: Progress,
    ) -> None:
        self.simulate, self.targets, self.parameters = simulate, targets, parameters
        self.options, self.progress = options, progress
        self.seen: dict[bytes, NDArray[np.float64]] = {}
        self.simulations = 0
        self.best: tuple[float, NDArray[np.float64]] = (math.inf, np.empty(0))
        self.latest_jacobian: NDArray[np.float64] = np.empty((0, len(parameters)))

    def values(self, x: NDArray[np.float64]) -> dict[str, float]:
        """Parameters on their own scale."""
        return {
            each.name: each.from_search(float(position))
            for each, position in zip(self.parameters, x, strict=True)
        }

    def residuals(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weighted residuals; a simulation without a number counts as very bad."""
        raw = self._simulated(x)
        return np.where(np.isfinite(raw), raw, _UNUSABLE)

    def jacobian(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Central differences; one-sided where a side gives no number, zero where both fail."""
        here = self._simulated(x)
        columns: list[NDArray[np.float64]] = []
        for position in range(x.size):
            shift = np.zeros(x.size)
            shift[position] = self.options.step
            above, below = self._simulated(x + shift), self._simulated(x - shift)
            column = (above - below) / (2.0 * self.options.step)
            column = np.where(np.isfinite(column), column, (above - here) / self.options.step)
            column = np.where(np.isfinite(column), column, (here - below) / self.options.step)
            columns.append(np.where(np.isfinite(column), column, 0.0))
        self.latest_jacobian = np.stack(columns, axis=1)
        return self.latest_jacobian

    def _simulated(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        key = np.asarray(x, dtype=np.float64).tobytes()
        if key in self.seen:
            return self.seen[key]
        if self.simulations >= self.options.max_simulations:
            raise _BudgetSpent
        statistics = self.simulate(self.values(x))
        self.simulations += 1
        self.progress.advance()
        missing = [name for name in self.targets if name not in statistics]
        if missing:
            raise InputError(
                Problem(
                    what=f"the simulation does not give {', '.join(map(repr, missing))}",
                    allowed=", ".join(sorted(statistics)),
                    fix="leave these targets out, or let the simulation give them",
                )
            )
        raw = np.asarray(
            [
                weight * (float(statistics[name]) - value)
                for name, (value, weight) in self.targets.items()
            ]
        )
        if bool(np.all(np.isfinite(raw))):
            cost = float(raw @ raw)
            if cost < self.best[0]:
                self.best = (cost, np.array(x, dtype=np.float64))
        self.seen[key] = raw
        return raw


def match_targets(
    simulate: Simulate,
    targets: Mapping[str, tuple[float, float]],
    start: Mapping[str, float],
    bounds: Mapping[str, tuple[float, float]] | None = None,
    *,
    scales: Mapping[str, ScaleName] | None = None,
    options: MatchOptions | None = None,
    progress: Progress = SILENT,
) -> MatchResult:
    """Find parameters with which a simulation meets published numbers.

    Minimizes the sum of squares of weight * (simulated - target) by Levenberg-Marquardt steps in a
    trust region.

    Parameters
    ----------
    simulate : parameters to statistics, by name; must give the same statistics for the same
        parameters (common random numbers). NaN marks a statistic that cannot be computed.
    targets : for each statistic the published value and its weight; with 1/standard error as the
        weight a residual of 2 is as rare as two standard errors.
    start : first value of each parameter.
    bounds : (low, high) of each parameter, -inf and inf for none; they are never crossed.
    scales : scale of the search, see `SearchParameter`; it follows from the bounds when not given.
    options : step, tolerance and budget.
    progress : told of every simulation.

    Returns
    -------
    MatchResult
        With a reason when the search did not converge and a sentence when the targets cannot
        identify the parameters.

    Raises
    ------
    InputError
        For unusable targets, starts, bounds or scales, or when the start gives no number.

    References
    ----------
    Moré 1978, doi:10.1007/BFb0067700; Branch, Coleman and Li 1999, doi:10.1137/S1064827595289108.

    Examples
    --------
    >>> def course(theta):
    ...     return {"peak": 10 * theta["growth"], "share": theta["growth"] * theta["kill"]}
    >>> found = match_targets(
    ...     course, {"peak": (5.0, 1.0), "share": (0.1, 10.0)}, {"growth": 1.0, "kill": 1.0},
    ...     {"growth": (0.0, float("inf")), "kill": (0.0, float("inf"))},
    ... )
    >>> round(found.parameters["growth"], 3), round(found.parameters["kill"], 3), found.converged
    (0.5, 0.2, True)
    """
    options = options or MatchOptions()
    _demand_targets(targets)
    targets = {name: (float(value), float(weight)) for name, (value, weight) in targets.items()}
    parameters = search_parameters(start, bounds or {}, scales or {})
    objective = _Objective(simulate, targets, parameters, options, progress)
    progress.start("calibration", options.max_simulations)
    try:
        return _search(objective)
    finally:
        progress.finish()


def _search(objective: _Objective) -> MatchResult:
    from scipy.optimize import least_squares

    options = objective.options
    x = np.asarray([each.to_search(each.start) for each in objective.parameters])
    first = objective.residuals(x)
    if not math.isfinite(objective.best[0]):
        raise InputError(
            Problem(
                what="the simulation at the start gives no number for a target",
                received=f"parameters {objective.values(x)}",
                fix="start from other parameters",
            )
        )
    try:
        # "trf" is Levenberg-Marquardt in trust-region form. Searching the distance from the start
        # sets its first radius to 1: from where a rate is saturated and nearly flat, a full step
        # would jump to the other end of the scale.
        fit: Any = least_squares(
            lambda move: objective.residuals(x + move),
            np.zeros(x.size),
            jac=lambda move: objective.jacobian(x + move),  # pyright: ignore[reportArgumentType]
            method="trf",
            xtol=options.tolerance,
            ftol=options.tolerance,
            gtol=_FLAT,
        )
        converged, reason = bool(fit.status > 0), _REASONS.get(int(fit.status), str(fit.message))
        objective.jacobian(objective.best[1])
    except _BudgetSpent:
        converged = False
        reason = f"stopped after {objective.simulations} simulations without reaching the tolerance"
    cost, best = objective.best
    names = tuple(each.name for each in objective.parameters)
    raw = objective.seen[best.tobytes()]
    return MatchResult(
        parameters=objective.values(best),
        targets=tuple(
            MatchedTarget(
                name=name,
                target=value,
                weight=weight,
                simulated=value + float(residual) / weight,
                residual=float(residual),
            )
            for (name, (value, weight)), residual in zip(
                objective.targets.items(), raw, strict=True
            )
        ),
        sum_of_squares=cost,
        start_sum_of_squares=float(first @ first),
        converged=converged,
        reason=reason,
        simulations=objective.simulations,
        jacobian=objective.latest_jacobian,
        identifiability=assess(objective.latest_jacobian, names, limit=options.condition_limit)
        if objective.latest_jacobian.size
        else None,
    )


_REASONS = {
    1: "the gradient vanished",
    2: "the sum of squares no longer falls",
    3: "the parameters no longer move",
    4: "neither the parameters nor the sum of squares move any more",
}


def _demand_targets(targets: Mapping[str, tuple[float, float]]) -> None:
    problems = [
        Problem(
            what=f"the target {name!r} cannot be used",
            where=Place(key=name),
            allowed="a finite value and a weight above 0",
            received=f"value {value!r}, weight {weight!r}",
        )
        for name, (value, weight) in targets.items()
        if not (math.isfinite(value) and math.isfinite(weight) and weight > 0)
    ]
    if not targets:
        problems.append(Problem(what="there is no target to meet"))
    if problems:
        raise InputError(problems)
