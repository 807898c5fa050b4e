"""Sparse LU of a fixed structure without pivoting, planned once and emitted as straight-line code.

The matrix of a Rosenbrock step is (1 / (gamma h)) I - J: for the short steps of a transient its
diagonal dominates, and where a long step meets a small pivot, the error estimate turns the step
down. So the order of elimination can be chosen by structure alone, as is usual for chemical
kinetics (Sandu et al., Atmos. Environ. 31:3459, 1997, doi:10.1016/S1352-2310(97)83212-8).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from leucel.compile.arithmetic import Arithmetic, V


@dataclass(frozen=True, slots=True)
class EliminationPlan:
    """Order and structure of an LU factorization.

    Attributes
    ----------
    order : pivots, the first one eliminated first.
    below : for each pivot in order, the rows that it is subtracted from.
    right : for each pivot in order, the later columns of its row that are not zero.
    """

    order: tuple[int, ...]
    below: tuple[tuple[int, ...], ...]
    right: tuple[tuple[int, ...], ...]

    @property
    def operations(self) -> int:
        """Multiplications of one factorization and one solution."""
        sizes = [(len(b), len(r)) for b, r in zip(self.below, self.right, strict=True)]
        return sum(b * r + 2 * b + r + 1 for b, r in sizes)


def plan_elimination(size: int, structure: Iterable[tuple[int, int]]) -> EliminationPlan:
    """Choose the pivots that fill in least (Markowitz counts on the diagonal).

    Parameters
    ----------
    size : number of rows.
    structure : (row, column) of the entries that are not zero; the diagonal is always taken.

    Examples
    --------
    >>> plan_elimination(2, [(0, 1)]).operations
    3
    """
    rows: list[set[int]] = [{i} for i in range(size)]
    for i, j in structure:
        rows[i].add(j)
    left = set(range(size))
    order: list[int] = []
    below: list[tuple[int, ...]] = []
    right: list[tuple[int, ...]] = []
    while left:
        column_counts = {p: sum(p in rows[i] for i in left) for p in left}

        def cost(p: int, counts: Mapping[int, int] = column_counts) -> tuple[int, int]:
            return ((len(rows[p] & left) - 1) * (counts[p] - 1), p)

        pivot = min(left, key=cost)
        left.remove(pivot)
        order.append(pivot)
        right.append(tuple(sorted(rows[pivot] & left)))
        below.append(tuple(sorted(i for i in left if pivot in rows[i])))
        for i in below[-1]:
            rows[i].update(right[-1])
    return EliminationPlan(tuple(order), tuple(below), tuple(right))


@dataclass(frozen=True, slots=True)
class Factors:
    """Multipliers, upper entries and reciprocal pivots of a factorization, in values."""

    plan: EliminationPlan
    lower: Mapping[tuple[int, int], object]
    upper: Mapping[tuple[int, int], object]
    pivots: Mapping[int, object]


def factorize(
    arithmetic: Arithmetic[V],
    plan: EliminationPlan,
    diagonal: V,
    jacobian: Mapping[tuple[int, int], V],
) -> Factors:
    """Factorize diagonal * I - jacobian."""
    ar = arithmetic
    entries: dict[tuple[int, int], V] = {at: ar.negate(v) for at, v in jacobian.items()}
    for i in plan.order:
        own = jacobian.get((i, i))
        entries[i, i] = diagonal if own is None else ar.subtract(diagonal, own)
    lower: dict[tuple[int, int], object] = {}
    upper: dict[tuple[int, int], object] = {}
    pivots: dict[int, object] = {}
    one = ar.constant(1.0)
    for pivot, rows, columns in zip(plan.order, plan.below, plan.right, strict=True):
        reciprocal = ar.divide(one, entries[pivot, pivot])
        pivots[pivot] = reciprocal
        for j in columns:
            upper[pivot, j] = entries[pivot, j]
        for i in rows:
            factor = ar.negate(ar.multiply(entries[i, pivot], reciprocal))
            lower[i, pivot] = factor
            for j in columns:
                old = entries.get((i, j))
                new = entries[pivot, j]
                entries[i, j] = (
                    ar.multiply(factor, new) if old is None else ar.multiply_add(factor, new, old)
                )
    return Factors(plan, lower, upper, pivots)


def solve_factored(arithmetic: Arithmetic[V], factors: Factors, rhs: Sequence[V]) -> list[V]:
    """Solve for one right-hand side."""
    ar, plan = arithmetic, factors.plan
    x: list[V] = list(rhs)
    lower: Mapping[tuple[int, int], V] = factors.lower  # type: ignore[assignment]
    upper: Mapping[tuple[int, int], V] = factors.upper  # type: ignore[assignment]
    pivots: Mapping[int, V] = factors.pivots  # type: ignore[assignment]
    for pivot, rows in zip(plan.order, plan.below, strict=True):
        for i in rows:
            x[i] = ar.multiply_add(lower[i, pivot], x[pivot], x[i])
    for pivot, columns in zip(reversed(plan.order), reversed(plan.right), strict=True):
        for j in columns:
            x[pivot] = ar.multiply_add(ar.negate(upper[pivot, j]), x[j], x[pivot])
        x[pivot] = ar.multiply(x[pivot], pivots[pivot])
    return x
