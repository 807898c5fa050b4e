"""Whether targets can tell the parameters apart, read from the Jacobian at the solution."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONDITION_LIMIT = 1e3
_LOADING = 0.3  # a parameter with a smaller share of a direction is not named with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifiability:
    """What the targets say about the parameters near the solution.

    Attributes
    ----------
    rank : directions among the parameters that the targets fix.
    condition : largest over smallest singular value; inf when a direction has no effect.
    singular_values : (P,) falling; change of the weighted residuals for a unit step on the search
        scale along each direction.
    loose : for each direction that is not fixed, the parameters that make it up.
    sentence : the finding in words.
    """

    rank: int
    condition: float
    singular_values: tuple[float, ...]
    loose: tuple[tuple[str, ...], ...]
    sentence: str

    @property
    def identified(self) -> bool:
        """True when the targets fix every direction."""
        return not self.loose


def assess(
    jacobian: NDArray[np.float64], names: tuple[str, ...], *, limit: float = CONDITION_LIMIT
) -> Identifiability:
    """Judge the Jacobian (targets, P) of the weighted residuals on the search scale.

    A direction counts as fixed when its singular value is at least 1/`limit` of the largest.

    Examples
    --------
    >>> import numpy as np
    >>> assess(np.array([[1.0, 1.0], [2.0, 2.0]]), ("growth", "kill")).loose
    (('growth', 'kill'),)
    """
    # Rows of zeros keep one singular value for each parameter when targets are fewer.
    lacking = max(len(names) - jacobian.shape[0], 0)
    padded = np.vstack([jacobian, np.zeros((lacking, len(names)))])
    _, singular, directions = np.linalg.svd(padded, full_matrices=False)
    largest = float(singular[0])
    fixed = singular >= largest / limit if largest > 0.0 else np.zeros(singular.size, dtype=bool)
    loose = tuple(
        tuple(name for name, part in zip(names, row, strict=True) if abs(part) >= _LOADING)
        for row, holds in zip(directions, fixed, strict=True)
        if not holds
    )
    smallest = float(singular[-1])
    condition = largest / smallest if smallest > 0.0 else math.inf
    return Identifiability(
        rank=int(fixed.sum()),
        condition=condition,
        singular_values=tuple(float(value) for value in singular),
        loose=loose,
        sentence=_sentence(loose, len(names), jacobian.shape[0], condition),
    )


def _sentence(
    loose: tuple[tuple[str, ...], ...], parameters: int, targets: int, condition: float
) -> str:
    if not loose:
        return f"the targets identify the parameters (condition {condition:.3g})"
    parts = [
        f"{group[0]} has no effect of its own"
        if len(group) == 1
        else f"only a combination of {', '.join(group)} is fixed"
        for group in loose
    ]
    told = f"the targets do not identify the parameters: {'; '.join(parts)}"
    if targets < parameters:
        told += f" ({targets} targets for {parameters} parameters)"
    return told
