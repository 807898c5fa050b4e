"""What every one-step method gives, and the dense output that all of them share.

The interpolant is a polynomial of degree 4 through both ends of the step:
y(x) = (1 - x) y0 + x (y1 + (1 - x) (c1 + x (c2 + x c3))) at the fraction x of the step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic

from leucel.compile.arithmetic import Arithmetic, V

# Free coefficients of the interpolant for each state.
DENSE_ROWS: Final = 3

Rhs = Callable[[V, Sequence[V]], Sequence[V]]


@dataclass(frozen=True, slots=True)
class Step(Generic[V]):
    """What a step gives: the new states, its error, and the stages for the dense output.

    Attributes
    ----------
    last_argument : states at which the stage before the last was taken, where the method has two
        stages at the end of the step; their difference tells how stiff the system is.
    """

    states: tuple[V, ...]
    error: tuple[V, ...]
    stages: tuple[tuple[V, ...], ...]
    last_argument: tuple[V, ...] = ()


def weighted(
    ar: Arithmetic[V],
    weights: Sequence[float],
    stages: Sequence[Sequence[V]],
    i: int,
    start: V | None,
) -> V:
    """Weighted sum of state i of the stages, added to a start; weights of zero cost nothing."""
    total = start
    for weight, stage in zip(weights, stages, strict=True):
        if weight == 0.0:
            continue
        factor = ar.constant(weight)
        total = (
            ar.multiply(factor, stage[i])
            if total is None
            else ar.multiply_add(factor, stage[i], total)
        )
    return ar.constant(0.0) if total is None else total


def interpolate(
    arithmetic: Arithmetic[V], fraction: V, old: V, new: V, coefficients: Sequence[V]
) -> V:
    """A state at a fraction of the step, 0 to 1."""
    ar = arithmetic
    rest = ar.subtract(ar.constant(1.0), fraction)
    c1, c2, c3 = coefficients
    inner = ar.multiply_add(fraction, ar.multiply_add(fraction, c3, c2), c1)
    end = ar.multiply_add(rest, inner, new)
    return ar.multiply_add(fraction, end, ar.multiply(rest, old))
