"""The choice among candidates: gates, Pareto fronts, desirability, and how firm a rank is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leucel.core import InputError, Problem, RandomStream, unknown_name

GOALS = ("larger", "smaller", "target")
"""What is better in a criterion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One measure by which candidates are chosen.

    Attributes
    ----------
    name : the measure.
    goal : one of `GOALS`.
    low, high : the ends. Larger is better: 0 up to `low`, 1 from `high` on. Smaller is better: 1 up
        to `low`, 0 from `high` on. Target: 0 at and outside both ends.
    target : the best value, for the goal ``"target"``.
    weight : relative weight, 0 or more.
    exponent : r of the power between the ends; 1 is a straight line.
    gate : True when a candidate whose desirability is 0 is out before anything is weighed.
    unit : of the measure, for figures.
    """

    name: str
    goal: str
    low: float
    high: float
    target: float | None = None
    weight: float = 1.0
    exponent: float = 1.0
    gate: bool = False
    unit: str = ""

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        if self.goal not in GOALS:
            problems.append(unknown_name(self.goal, GOALS, noun="goal"))
        ordered = self.low < self.high and math.isfinite(self.high - self.low)
        if self.goal == "target":
            ordered = ordered and self.target is not None and self.low < self.target < self.high
        if not ordered:
            problems.append(
                Problem(
                    what=f"the ends of the criterion {self.name!r} are out of order",
                    received=f"low {self.low:g}, target {self.target}, high {self.high:g}",
                    allowed="low < high, and low < target < high for the goal target",
                )
            )
        if not (self.weight >= 0 and self.exponent > 0):
            problems.append(
                Problem(
                    what=f"the weight or exponent of {self.name!r} is out of range",
                    received=f"weight {self.weight:g}, exponent {self.exponent:g}",
                    allowed="weight of at least 0, exponent above 0",
                )
            )
        if problems:
            raise InputError(problems)

    def desirability(self, values: ArrayLike) -> NDArray[np.float64]:
        """Derringer and Suich's desirability of each value, 0-1.

        Examples
        --------
        >>> rule = Criterion(name="killing", goal="larger", low=20, high=80)
        >>> rule.desirability([10, 50, 90]).tolist()
        [0.0, 0.5, 1.0]
        """
        y = np.asarray(values, dtype=float)
        if self.goal == "target" and self.target is not None:
            up = (y - self.low) / (self.target - self.low)
            down = (self.high - y) / (self.high - self.target)
            share = np.where(y <= self.target, up, down)
        else:
            share = (y - self.low) / (self.high - self.low)
            share = share if self.goal == "larger" else 1.0 - share
        return np.clip(share, 0.0, 1.0) ** self.exponent


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCandidate:
    """What the screening says of one candidate.

    Attributes
    ----------
    name : the candidate.
    failed_gates : gates it fails; it is out when there is one.
    front : 1 for the Pareto front, 2 for the next, ...; None when it is out.
    overall : weighted geometric mean of the desirabilities of the means, 0-1.
    overall_low, overall_high : 5% and 95% quantiles over noise and weights.
    rank : among those not out, by front, then overall; None when it is out.
    best_share : share of the draws in which it came first, 0-1.
    top_three_share : share in which it came among the first three.
    rank_low, rank_high : 5% and 95% quantiles of its rank.
    parts : desirability of each criterion at the mean.
    means : mean of each criterion.
    """

    name: str
    failed_gates: tuple[str, ...]
    front: int | None
    overall: float
    overall_low: float
    overall_high: float
    rank: int | None
    best_share: float
    top_three_share: float
    rank_low: float | None
    rank_high: float | None
    parts: Mapping[str, float]
    means: Mapping[str, float]

    def to_dict(self) -> dict[str, object]:
        """JSON-ready row."""
        row: dict[str, object] = {name: getattr(self, name) for name in self.__slots__}
        row["failed_gates"] = list(self.failed_gates)
        row["parts"], row["means"] = dict(self.parts), dict(self.means)
        return row


def overall_desirability(
    parts: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weighted geometric mean over the last axis; one 0 with a weight makes it 0.

    Examples
    --------
    >>> overall_desirability(np.array([[1.0, 0.25], [1.0, 0.0]]), np.array([1.0, 1.0])).tolist()
    [0.5, 0.0]
    """
    total = np.sum(weights, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(weights > 0, weights * np.log(parts), 0.0)
    return np.exp(np.sum(logs, axis=-1) / total)


def pareto_fronts(parts: NDArray[np.float64]) -> NDArray[np.int64]:
    """Front of each row (1 is best); larger is better in every column.

    A row is in the first front when no other is at least as good in all columns and better in one.

    Examples
    --------
    >>> pareto_fronts(np.array([[1.0, 0.2], [0.2, 1.0], [0.1, 0.1]])).tolist()
    [1, 1, 2]
    """
    at_least = np.all(parts[:, None, :] >= parts[None, :, :], axis=2)
    better = np.any(parts[:, None, :] > parts[None, :, :], axis=2)
    beats = at_least & better
    fronts = np.zeros(len(parts), dtype=np.int64)
    front = 0
    while np.any(fronts == 0):
        front += 1
        left = fronts == 0
        beaten = np.any(beats[left][:, :], axis=0)
        fronts[left & ~beaten] = front
    return fronts


def rank_candidates(
    measured: Mapping[str, Mapping[str, ArrayLike]],
    criteria: Sequence[Criterion],
    *,
    rng: RandomStream,
    draws: int = 2000,
    weight_spread: float = 20.0,
) -> tuple[RankedCandidate, ...]:
    """Rank candidates, and say how firm the ranks are.

    Parameters
    ----------
    measured : candidate -> criterion -> replicates (one or more numbers).
    criteria : gates and soft criteria; a gate is weighed too, with its weight.
    rng : random numbers.
    draws : draws of assay noise and weights.
    weight_spread : concentration of the Dirichlet law around the given weights; larger is narrower.

    Raises
    ------
    InputError
        For a candidate without a value of a criterion, values that are not finite, criteria twice
        or none, all at once.

    Notes
    -----
    Noise: the mean of each measure is drawn from a normal law with the standard error of its
    replicates; the standard deviation is pooled over the candidates, so that two replicates do not
    look exact by chance. A single measurement has the pooled deviation. Draws rank all candidates
    that pass the gates at their means, by front and then by desirability as at the means.

    Examples
    --------
    >>> rows = rank_candidates(
    ...     {"A": {"killing": [70, 74]}, "B": {"killing": [40, 44]}, "C": {"killing": [5, 9]}},
    ...     [Criterion(name="killing", goal="larger", low=20, high=80, gate=True)],
    ...     rng=RandomStream(1))
    >>> [(row.name, row.rank, row.failed_gates) for row in rows]
    [('A', 1, ()), ('B', 2, ()), ('C', None, ('killing',))]
    """
    _check(measured, criteria, draws)
    names = tuple(measured)
    data = [
        [np.asarray(measured[name][c.name], dtype=float).ravel() for c in criteria]
        for name in names
    ]
    means = np.array([[float(x.mean()) for x in row] for row in data])
    counts = np.array([[x.size for x in row] for row in data])
    squares = np.array([[float(np.sum((x - x.mean()) ** 2)) for x in row] for row in data])
    freedom = np.sum(counts - 1, axis=0)
    pooled = np.sqrt(np.sum(squares, axis=0) / np.maximum(freedom, 1))
    errors = pooled / np.sqrt(counts)
    parts = _parts(means, criteria)
    weights = np.array([c.weight for c in criteria])
    failed = [
        tuple(c.name for j, c in enumerate(criteria) if c.gate and parts[i, j] == 0.0)
        for i in range(len(names))
    ]
    inside = np.array([not x for x in failed])
    fronts = np.zeros(len(names), dtype=np.int64)
    if inside.any():
        fronts[inside] = pareto_fronts(parts[inside])
    overall = overall_desirability(parts, weights)
    noise = np.stack(
        [rng.normal(f"screen_{c.name}", subjects=len(names), size=draws) for c in criteria], axis=-1
    )
    drawn = _parts(means[:, None, :] + errors[:, None, :] * noise, criteria)
    random_weights = _dirichlet(weights, weight_spread, draws, rng)
    scores = overall_desirability(drawn, random_weights[None, :, :])
    ranks = np.full(scores.shape, np.nan)
    if inside.any():
        ranks[inside] = _drawn_ranks(drawn[inside], scores[inside])
    order_now = sorted(
        (i for i in range(len(names)) if inside[i]), key=lambda i: (fronts[i], -overall[i])
    )
    place = {i: rank for rank, i in enumerate(order_now, 1)}
    rows = [
        RankedCandidate(
            name=names[i],
            failed_gates=failed[i],
            front=int(fronts[i]) if inside[i] else None,
            overall=float(overall[i]),
            overall_low=float(np.quantile(scores[i], 0.05)),
            overall_high=float(np.quantile(scores[i], 0.95)),
            rank=place.get(i),
            best_share=float(np.mean(ranks[i] == 1)) if inside[i] else 0.0,
            top_three_share=float(np.mean(ranks[i] <= 3)) if inside[i] else 0.0,
            rank_low=float(np.quantile(ranks[i], 0.05)) if inside[i] else None,
            rank_high=float(np.quantile(ranks[i], 0.95)) if inside[i] else None,
            parts={c.name: float(parts[i, j]) for j, c in enumerate(criteria)},
            means={c.name: float(means[i, j]) for j, c in enumerate(criteria)},
        )
        for i in range(len(names))
    ]
    return tuple(sorted(rows, key=lambda row: (row.rank or len(rows) + 1, row.name)))


def what_if_weights(
    ranked: Sequence[RankedCandidate],
    criteria: Sequence[Criterion],
    scenarios: Mapping[str, Mapping[str, float]],
) -> list[dict[str, object]]:
    """Ranks under other weights; what a scenario does not name keeps its weight.

    Raises
    ------
    InputError
        When a scenario names no criterion.

    Examples
    --------
    >>> rules = [Criterion(name=n, goal="larger", low=0, high=1) for n in ("x", "y")]
    >>> rows = rank_candidates({"A": {"x": [0.9], "y": [0.3]}, "B": {"x": [0.5], "y": [0.5]}},
    ...                        rules, rng=RandomStream(1), draws=10)
    >>> [row["first"] for row in what_if_weights(rows, rules, {"all x": {"y": 0.0}})]
    ['A']
    """
    known = tuple(c.name for c in criteria)
    inside = [row for row in ranked if row.rank is not None]
    rows: list[dict[str, object]] = []
    for title, changes in scenarios.items():
        strange = [name for name in changes if name not in known]
        if strange:
            raise InputError([unknown_name(name, known, noun="criterion") for name in strange])
        weights = np.array([changes.get(c.name, c.weight) for c in criteria])
        scores = {
            row.name: float(
                overall_desirability(np.array([row.parts[name] for name in known]), weights)
            )
            for row in inside
        }
        order = sorted(scores, key=lambda name: -scores[name])
        rows.append(
            {
                "scenario": title,
                "first": order[0] if order else None,
                "order": order,
                "overall": scores,
            }
        )
    return rows


def _parts(values: NDArray[np.float64], criteria: Sequence[Criterion]) -> NDArray[np.float64]:
    return np.stack([c.desirability(values[..., j]) for j, c in enumerate(criteria)], axis=-1)


def _drawn_ranks(parts: NDArray[np.float64], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks (candidates, draws) by the same rule as at the means: front, then desirability."""
    ranks = np.empty(scores.shape)
    for d in range(scores.shape[1]):
        order = np.lexsort((-scores[:, d], pareto_fronts(parts[:, d])))
        ranks[order, d] = np.arange(1, len(order) + 1)
    return ranks


def _dirichlet(
    weights: NDArray[np.float64], spread: float, draws: int, rng: RandomStream
) -> NDArray[np.float64]:
    from scipy.special import gammaincinv

    shares = weights / weights.sum()
    uniform = np.stack(
        [rng.uniform(f"screen_weight_{j}", subjects=draws) for j in range(weights.size)], axis=-1
    )
    gammas = np.where(shares > 0, gammaincinv(np.maximum(spread * shares, 1e-12), uniform), 0.0)
    return gammas / gammas.sum(axis=1, keepdims=True)


def _check(
    measured: Mapping[str, Mapping[str, ArrayLike]], criteria: Sequence[Criterion], draws: int
) -> None:
    problems: list[Problem] = []
    names = [c.name for c in criteria]
    if not names or len(set(names)) < len(names) or sum(c.weight for c in criteria) <= 0:
        problems.append(
            Problem(
                what="the criteria cannot be used",
                received=", ".join(names) or "none",
                allowed="one or more, each once, with a weight above 0 in all",
            )
        )
    if not measured or draws < 2:
        problems.append(
            Problem(
                what="there is nothing to rank",
                received=f"{len(measured)} candidates, {draws} draws",
                allowed="one or more candidates, two or more draws",
            )
        )
    for candidate, values in measured.items():
        for name in names:
            found = np.asarray(values.get(name, ()), dtype=float)
            if found.size == 0 or not np.all(np.isfinite(found)):
                problems.append(
                    Problem(
                        what=f"the candidate {candidate!r} has no usable value of {name!r}",
                        received=str(values.get(name, "nothing")),
                        allowed="one or more finite numbers",
                        fix="measure it, or leave the criterion or the candidate out",
                    )
                )
    if problems:
        raise InputError(problems)
