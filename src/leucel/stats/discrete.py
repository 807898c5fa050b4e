"""Distributions of counts and groups: yes or no, named groups, shifted geometric."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leucel.core import InputError, Problem
from leucel.stats.distribution import AbstractDistribution, demand

_PROBABILITY_SLACK = 1e-9  # shares typed with a few decimals may miss one by rounding


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Bernoulli(AbstractDistribution):
    """One with `probability`, else zero; the upper end of u gives the ones.

    Examples
    --------
    >>> Bernoulli(probability=0.534).quantile([0.4, 0.5]).tolist()
    [0.0, 1.0]
    """

    kind: ClassVar[str] = "bernoulli"
    probability: float

    def __post_init__(self) -> None:
        demand(
            self.kind,
            {"probability": (0 <= self.probability <= 1, "from 0 to 1", self.probability)},
        )

    def _quantile(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        return (u > 1.0 - self.probability).astype(np.float64)

    @property
    def mean(self) -> float:
        """The probability."""
        return self.probability

    @property
    def median(self) -> float:
        """Zero up to a probability of one half, else one."""
        return float(self._quantile(np.asarray(0.5)))

    def describe(self) -> str:
        """For example ``"yes in 53.4%"``."""
        return f"yes in {100 * self.probability:.4g}%"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Categorical(AbstractDistribution):
    """One of several named groups; draws are positions in `labels`.

    Parameters
    ----------
    probabilities : pairs (label, probability); the probabilities add to one.

    Examples
    --------
    >>> stage = Categorical(probabilities=(("I", 0.2), ("II", 0.5), ("III", 0.3)))
    >>> stage.quantile([0.1, 0.6, 0.9]).tolist()
    [0.0, 1.0, 2.0]
    >>> stage.label([0.1, 0.6, 0.9])
    ('I', 'II', 'III')
    """

    kind: ClassVar[str] = "categorical"
    probabilities: tuple[tuple[str, float], ...]

    def __post_init__(self) -> None:
        shares = [share for _, share in self.probabilities]
        demand(
            self.kind,
            {
                "probabilities": (
                    bool(shares)
                    and all(0 <= share <= 1 for share in shares)
                    and abs(math.fsum(shares) - 1.0) <= _PROBABILITY_SLACK
                    and len(dict(self.probabilities)) == len(shares),
                    "different labels, each with a share from 0 to 1, adding to 1",
                    dict(self.probabilities),
                )
            },
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the groups."""
        return tuple(label for label, _ in self.probabilities)

    def label(self, u: ArrayLike) -> tuple[str, ...]:
        """Names drawn at the probabilities `u` (one dimension)."""
        return tuple(self.labels[int(index)] for index in np.atleast_1d(self.quantile(u)))

    def _quantile(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        upper = np.cumsum([share for _, share in self.probabilities])
        upper[-1] = 1.0
        return np.searchsorted(upper, u, side="left").astype(np.float64)

    @property
    def mean(self) -> float:
        """Not defined for named groups: raises `InputError`."""
        raise InputError(Problem(what="named groups have no mean", received=self.describe()))

    @property
    def median(self) -> float:
        """Not defined for named groups: raises `InputError`."""
        raise InputError(Problem(what="named groups have no median", received=self.describe()))

    def describe(self) -> str:
        """For example ``"I 20%, II 50%, III 30%"``."""
        return ", ".join(f"{label} {100 * share:.4g}%" for label, share in self.probabilities)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftedGeometric(AbstractDistribution):
    """Whole numbers from `minimum` up, each step less likely by the factor 1 - `probability`.

    With a `maximum` the distribution is cut there and the rest scaled to one.

    Examples
    --------
    >>> lines = ShiftedGeometric(minimum=3, probability=0.4, maximum=23)
    >>> lines.quantile([0.1, 0.5, 0.9]).tolist()
    [3.0, 4.0, 7.0]
    """

    kind: ClassVar[str] = "shifted_geometric"
    minimum: int
    probability: float
    maximum: int | None = None

    def __post_init__(self) -> None:
        demand(
            self.kind,
            {
                "minimum": (float(self.minimum).is_integer(), "a whole number", self.minimum),
                "probability": (0 < self.probability <= 1, "above 0, up to 1", self.probability),
                "maximum": (
                    self.maximum is None
                    or (float(self.maximum).is_integer() and self.maximum >= self.minimum),
                    "a whole number, not below minimum",
                    self.maximum,
                ),
            },
        )

    @property
    def _mass(self) -> float:
        if self.maximum is None:
            return 1.0
        steps = self.maximum - self.minimum + 1
        return -math.expm1(steps * math.log1p(-self.probability)) if self.probability < 1 else 1.0

    def _quantile(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.probability == 1.0:
            return np.full(u.shape, float(self.minimum))
        with np.errstate(divide="ignore"):
            steps = np.log1p(-u * self._mass) / math.log1p(-self.probability)
        # A probability that falls on a step belongs to the lower value; rounding must not lift it.
        lowest = np.maximum(np.ceil(steps - _PROBABILITY_SLACK) - 1.0, 0.0)
        highest = math.inf if self.maximum is None else float(self.maximum)
        return np.minimum(self.minimum + lowest, highest)

    @property
    def mean(self) -> float:
        """Expected value."""
        q = 1.0 - self.probability
        if q == 0.0:
            return float(self.minimum)
        if self.maximum is None:
            return self.minimum + q / self.probability
        steps = np.arange(self.maximum - self.minimum + 1)
        weights = q**steps
        return self.minimum + float(np.dot(steps, weights) / np.sum(weights))

    @property
    def median(self) -> float:
        """The smallest number that half of the subjects do not exceed."""
        return float(self._quantile(np.asarray(0.5)))

    def describe(self) -> str:
        """For example ``"whole numbers from 3, geometric with 0.4, up to 23"``."""
        end = "" if self.maximum is None else f", up to {self.maximum}"
        return f"whole numbers from {self.minimum}, geometric with {self.probability:.4g}{end}"
