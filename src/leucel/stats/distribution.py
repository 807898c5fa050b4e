"""What every distribution offers: draws by inversion, a mean, a median, a sentence, plain data.

A distribution is a value. Its `quantile` turns uniform numbers into draws, so that whoever owns the
random stream owns the randomness, and the same uniform number always gives the same draw.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leucel.core import InputError, Place, Problem


class Distribution(Protocol):
    """A distribution of one quantity, in the unit of that quantity."""

    kind: ClassVar[str]

    @property
    def mean(self) -> float:
        """Expected value."""
        ...

    @property
    def median(self) -> float:
        """The 50% quantile."""
        ...

    def quantile(self, u: ArrayLike) -> NDArray[np.float64]:
        """Draws that belong to the probabilities `u`, in the shape of `u`."""
        ...

    def describe(self) -> str:
        """The distribution in a few words, for tables and reports."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """The distribution as plain data that `distribution_from_dict` reads back."""
        ...


class AbstractDistribution(ABC):
    """What the concrete distributions, all frozen dataclasses, have in common."""

    __slots__ = ()
    kind: ClassVar[str]

    @abstractmethod
    def _quantile(self, u: NDArray[np.float64]) -> NDArray[np.float64]: ...

    @abstractmethod
    def describe(self) -> str:
        """The distribution in a few words, for tables and reports."""

    def quantile(self, u: ArrayLike) -> NDArray[np.float64]:
        """Draws that belong to the probabilities `u`.

        Parameters
        ----------
        u : probabilities from 0 to 1, any shape.

        Returns
        -------
        Array of the shape of `u`.

        Raises
        ------
        InputError
            When a probability is NaN or outside 0 to 1.
        """
        values = np.asarray(u, dtype=np.float64)
        if not bool(np.all((values >= 0.0) & (values <= 1.0))):
            raise InputError(
                Problem(
                    what="a quantile is asked for a number that is no probability",
                    allowed="numbers from 0 to 1",
                )
            )
        return self._quantile(values)

    def to_dict(self) -> dict[str, Any]:
        """The distribution as plain data that `distribution_from_dict` reads back."""
        plain: dict[str, Any] = {"distribution": self.kind}
        for field in fields(self):  # pyright: ignore[reportArgumentType]
            value = getattr(self, field.name)
            if value is not None:
                plain[field.name] = dict(value) if isinstance(value, tuple) else value
        return plain


def demand(kind: str, rules: Mapping[str, tuple[bool, str, object]]) -> None:
    """Raise one error with every argument that breaks its rule (argument: (holds, rule, value))."""
    problems = [
        Problem(
            what=f"{name} of a {kind.replace('_', ' ')} distribution is out of range",
            where=Place(key=name),
            allowed=rule,
            received=repr(value),
        )
        for name, (holds, rule, value) in rules.items()
        if not holds
    ]
    if problems:
        raise InputError(problems)


def finite(*values: float) -> bool:
    """True when every number is neither NaN nor infinite."""
    return all(math.isfinite(value) for value in values)
