"""Numbers of records that depend on parameters, with their derivatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Moving:
    """A number of each subject and how it moves with parameters.

    Attributes
    ----------
    value : (N,).
    slopes : derivative along each direction that sensitivities are taken with respect to, (Q, N);
        Q is 0 without sensitivities.

    Examples
    --------
    >>> half = Moving(np.array([0.5]), np.array([[1.0]]))
    >>> square = half * half
    >>> square.value.tolist(), square.slopes.tolist()
    ([0.25], [[1.0]])
    """

    value: Floats
    slopes: Floats

    @classmethod
    def still(cls, value: Floats, count: int) -> Moving:
        """A number that does not move along any of `count` directions."""
        return cls(value, np.zeros((count, len(value))))

    @property
    def moves(self) -> bool:
        """True when it moves for any subject along any direction."""
        return bool((self.slopes != 0.0).any())

    def __add__(self, other: Moving) -> Moving:
        return Moving(self.value + other.value, self.slopes + other.slopes)

    def __sub__(self, other: Moving) -> Moving:
        return Moving(self.value - other.value, self.slopes - other.slopes)

    def __mul__(self, other: Moving) -> Moving:
        slopes = self.slopes * other.value + self.value * other.slopes
        return Moving(self.value * other.value, slopes)

    def __truediv__(self, other: Moving) -> Moving:
        value = self.value / other.value
        return Moving(value, (self.slopes - value * other.slopes) / other.value)

    def times(self, factor: float | Floats) -> Moving:
        """This number times a plain one."""
        return Moving(self.value * factor, self.slopes * factor)

    def where(self, condition: NDArray[np.bool_], otherwise: float) -> Moving:
        """This number where the condition holds, else a plain one."""
        value = np.where(condition, self.value, otherwise)
        return Moving(value, np.where(condition, self.slopes, 0.0))

    def at_most(self, other: Moving) -> Moving:
        """The smaller of both."""
        smaller = self.value <= other.value
        value = np.where(smaller, self.value, other.value)
        return Moving(value, np.where(smaller, self.slopes, other.slopes))
