"""Continuous distributions: constant, uniform, normal, truncated normal, log-normal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from leucel.core import InputError, Problem
from leucel.stats.distribution import AbstractDistribution, demand, finite


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Constant(AbstractDistribution):
    """The same value for everybody.

    Examples
    --------
    >>> Constant(value=70.0).quantile([0.1, 0.9]).tolist()
    [70.0, 70.0]
    """

    kind: ClassVar[str] = "constant"
    value: float

    def __post_init__(self) -> None:
        demand(self.kind, {"value": (finite(self.value), "a finite number", self.value)})

    def _quantile(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.full(u.shape, self.value, dtype=np.float64)

    @property
    def mean(self) -> float:
        """The value itself."""
        return self.value

    @property
    def median(self) -> float:
        """The value itself."""
        return self.value

    def describe(self) -> str:
        """For example ``"always 70"``."""
        return f"always {self.value:g}"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Uniform(AbstractDistribution):
    """Every value between `low` and `high` equally likely.

    Examples
    --------
    >>> Uniform(low=2.0, high=4.0).quantile([0.25]).tolist()
    [2.5]
    """

    kind: ClassVar[str] = "uniform"
    low: float
    high: float

    def __post_init__(self) -> None:
        demand(
            self.kind,
            {
                "low": (finite(self.low), "a finite number", self.low),
                "high": (
                    finite(self.high) and not self.high < self.low,
                    "a finite number, not below low",
                    self.high,
                ),
            },
        )

    def _quantile(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.low + u * (self.high - self.low)

    @property
    def mean(self) -> float:
        """The middle."""
        return 0.5 * (self.low + self.high)

    @property
    def median(self) -> float:
        """The middle."""
        return self.mean

    def describe(self) -> str:
        """For example ``"uniform from 2 to 4"``."""
        return f"uniform from {self.low:g} to {self.high:g}"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Normal(AbstractDistribution):
    """Normal distribution with `mean` and standard deviation `sd`.

    Examples
    --------
    >>> round(float(Normal(mean=58.0, sd=6.0).quantile(0.975)), 2)
    69.76
    """

    kind: ClassVar[str] = "normal"
    mean: float
    sd: float

    def __post_init__(self) -> None:
        demand(
            self.kind,
            {
                "mean": (finite(self.mean), "a finite number", self.mean),
                "sd": (finite(self.sd) and self.sd >= 0, "a number from 0 up", self.sd),
            },
        )

    def _quantile(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.sd == 0.0:
            return np.full(u.shape, self.mean)
        return self.mean + self.sd * ndtri(u)

    @property
    def median(self) -> float:
        """The mean."""
        return self.mean

    def describe(self) -> str:
        """For example ``"normal, mean 58, SD 6"``."""
        return f"normal, mean {self.mean:g}, SD {self.sd:g}"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TruncatedNormal(AbstractDistribution):
    """Normal distribution cut at `low` and `high`; `center` and `sd` are those before the cut.

    Examples
    --------
    >>> age = TruncatedNormal(center=58.0, sd=6.0, low=39.0, high=70.0)
    >>> age.quantile([0.0, 1.0]).tolist()
    [39.0, 70.0]
    """

    kind: ClassVar[str] = "truncated_normal"
    center: float
    sd: float
    low: float
    high: float

    def __post_init__(self) -> None:
        demand(
            self.kind,
            {
                "center": (finite(self.center), "a finite number", self.center),
                "sd": (finite(self.sd) and self.sd > 0, "a number above 0", self.sd),
                "low": (not math.isnan(self.low) and self.low < math.inf, "a number", self.low),
                "high": (self.high > self.low, "a number above low", self.high),
            },
        )
        if not self._probability_inside > 0.0:
            raise InputError(
                Problem(
                    what="the limits of a truncated normal distribution are too far out",
                    received=self.describe(),
                    allowed="limits that hold some of the distribution",
                )
            )

    @property
    def _standard_limits(self) -> tuple[float, float]:
        return (self.low - self.center) / self.sd, (self.high - self.center) / self.sd

    @property
    def _probability_inside(self) -> float:
        below, above = self._standard_limits
        # In the upper tail the two cumulative probabilities are both one: use the mirror image.
        if below > 0:
            below, above = -above, -below
        return float(ndtr(above) - ndtr(below))

    def _quantile(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        below, above = self._standard_limits
        if below > 0:
            z = -ndtri(ndtr(-above) + (1.0 - u) * self._probability_inside)
        else:
            z = ndtri(ndtr(below) + u * self._probability_inside)
        return np.clip(self.center + self.sd * z, self.low, self.high)

    @property
    def mean(self) -> float:
        """Expected value after the cut."""
        below, above = self._standard_limits
        log_density = [-0.5 * z * z - 0.5 * math.log(2 * math.pi) for z in (below, above)]
        densities = [math.exp(value) for value in log_density]
        return self.center + self.sd * (densities[0] - densities[1]) / self._probability_inside

    @property
    def median(self) -> float:
        """The 50% quantile after the cut."""
        return float(self._quantile(np.asarray(0.5)))

    def describe(self) -> str:
        """For example ``"normal, mean 58, SD 6, cut at 39 and 70"``."""
        return (
            f"normal, mean {self.center:g}, SD {self.sd:g}, cut at {self.low:g} and {self.high:g}"
        )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LogNormal(AbstractDistribution):
    """Log-normal distribution: the logarithm is normal with SD `sigma` around log(`median`).

    Examples
    --------
    >>> cmax = LogNormal(median=24000.0, sigma=0.65)
    >>> [round(float(value)) for value in cmax.quantile([0.05, 0.5, 0.95])]
    [8239, 24000, 69910]
    """

    kind: ClassVar[str] = "lognormal"
    median: float
    sigma: float

    def __post_init__(self) -> None:
        demand(
            self.kind,
            {
                "median": (
                    finite(self.median) and self.median > 0,
                    "a number above 0",
                    self.median,
                ),
                "sigma": (finite(self.sigma) and self.sigma >= 0, "a number from 0 up", self.sigma),
            },
        )

    def _quantile(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.sigma == 0.0:
            return np.full(u.shape, self.median)
        return self.median * np.exp(self.sigma * ndtri(u))

    @property
    def mean(self) -> float:
        """Expected value, above the median by exp(sigma**2 / 2)."""
        return self.median * math.exp(0.5 * self.sigma**2)

    @property
    def cv(self) -> float:
        """Coefficient of variation (SD over mean), as a fraction."""
        return math.sqrt(math.expm1(self.sigma**2))

    def describe(self) -> str:
        """For example ``"log-normal, median 24000, sigma 0.65"``."""
        return f"log-normal, median {self.median:g}, sigma {self.sigma:g}"
