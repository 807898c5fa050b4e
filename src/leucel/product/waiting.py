"""Waiting times: log-normal, from published quartiles."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leucel.core import InputError, Problem

# Distance between the quartiles of a standard normal variable, as rounded in the usual formula.
_QUARTILE_DISTANCE = 1.349


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNormalDays:
    """A log-normal waiting time [day].

    Attributes
    ----------
    median : days.
    sigma : standard deviation of the logarithm.
    """

    median: float
    sigma: float

    def __post_init__(self) -> None:
        if not (self.median > 0 and self.sigma >= 0 and math.isfinite(self.median + self.sigma)):
            raise InputError(
                Problem(
                    what="a log-normal time needs a positive median and a sigma of at least 0",
                    received=f"median {self.median:g}, sigma {self.sigma:g}",
                )
            )

    @property
    def mean(self) -> float:
        """Mean [day]."""
        return self.median * math.exp(self.sigma**2 / 2)

    def quantile_of_normal(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Days for standard normal values `z`."""
        return self.median * np.exp(self.sigma * z)


def lognormal_from_quartiles(*, median: float, q1: float, q3: float) -> LogNormalDays:
    """Log-normal time with this median and the quartiles' ratio: sigma = ln(Q3/Q1)/1.349.

    Raises
    ------
    InputError
        Unless 0 < q1 < median < q3.

    Examples
    --------
    >>> round(lognormal_from_quartiles(median=60, q1=50, q3=80).sigma, 2)
    0.35
    """
    if not 0 < q1 < median < q3 < math.inf:
        raise InputError(
            Problem(
                what="quartiles are out of order",
                received=f"Q1 {q1:g}, median {median:g}, Q3 {q3:g}",
                allowed="0 < Q1 < median < Q3",
            )
        )
    return LogNormalDays(median=median, sigma=math.log(q3 / q1) / _QUARTILE_DISTANCE)
