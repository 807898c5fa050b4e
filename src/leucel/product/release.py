"""Release specifications as data, and lots held against them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leucel.core import Evidence, InputError, Mark, Problem, unknown_name

OPERATORS = (">=", ">", "<=", "<")
"""How a measured value must lie to the limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseTest:
    """One row of a release specification.

    Attributes
    ----------
    attribute : what is measured; names are shared by all specifications.
    operator : one of `OPERATORS`.
    limit : the number with unit, source and mark.
    method : how it is measured, empty where it is not published.
    """

    attribute: str
    operator: str
    limit: Evidence
    method: str = ""

    def __post_init__(self) -> None:
        if self.operator not in OPERATORS:
            raise InputError(unknown_name(self.operator, OPERATORS, noun="operator"))

    def passes(self, values: ArrayLike) -> NDArray[np.bool_]:
        """(N,) whether each value passes; NaN fails.

        Examples
        --------
        >>> SPECIFICATIONS["ARI-0001"][0].passes([0.65, 0.70]).tolist()
        [False, True]
        """
        found, limit = np.asarray(values, dtype=float), self.limit.number
        if self.operator == ">=":
            return found >= limit
        if self.operator == ">":
            return found > limit
        return found <= limit if self.operator == "<=" else found < limit

    @property
    def text(self) -> str:
        """The row in words."""
        return f"{self.attribute} {self.operator} {self.limit.value} {self.limit.unit}".strip()


def _row(
    attribute: str,
    operator: str,
    value: float,
    unit: str,
    source: str,
    place: str,
    method: str = "",
) -> ReleaseTest:
    limit = Evidence(value=value, unit=unit, source=source, place=place, mark=Mark.SECONDARY)
    return ReleaseTest(attribute=attribute, operator=operator, limit=limit, method=method)


_ARI, _CD20, _INDIA = "ari_0001", "pmc11461191", "pmc12456031"

SPECIFICATIONS: Mapping[str, tuple[ReleaseTest, ...]] = {
    "ARI-0001": (
        _row("viability", ">=", 0.70, "", _ARI, "Table 2"),
        _row("cd3_purity", ">=", 0.70, "", _ARI, "Table 2"),
        _row("car_share", ">=", 0.20, "", _ARI, "Table 2"),
        _row("copies_per_cell", "<=", 10.0, "copies/cell", _ARI, "Table 2"),
        _row("endotoxin", "<=", 0.5, "EU/mL", _ARI, "Table 2"),
        _row("dose_per_kg", ">", 0.5e6, "cells/kg", _ARI, "Table 2"),
    ),
    "anti-CD20, European Pharmacopoeia": (
        _row("viability", ">=", 0.80, "", _CD20, "Table 1", "Ph. Eur. 2.7.24, of CD45+CD3+"),
        _row("cd3_purity", ">=", 0.80, "", _CD20, "Table 1"),
        _row("car_share", ">=", 0.10, "", _CD20, "Table 1"),
        _row("copies_per_car_cell", "<", 5.0, "copies/transduced cell", _CD20, "Table 1"),
        _row("endotoxin", "<", 5.0, "EU/mL", _CD20, "Table 1", "Ph. Eur. 2.6.14"),
    ),
    "India, humanized CD19": (
        _row("viability", ">", 0.70, "", _INDIA, "Table 2"),
        _row("car_share", ">=", 0.10, "", _INDIA, "Table 2"),
        _row("interferon_gamma", ">", 50.0, "pg/mL", _INDIA, "Table 2"),
        _row("killing", ">", 0.50, "", _INDIA, "Table 2"),
    ),
}
"""Published specifications of three products; those of licensed products are not disclosed.

Sterility, mycoplasma and replication-competent virus are absent or not and are no numbers here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgment:
    """Lots held against a specification.

    Attributes
    ----------
    passed : (N,) whether every measured attribute passes.
    failures : attribute -> (N,) True where it fails.
    not_measured : attributes of the specification for which no values were given.
    """

    passed: NDArray[np.bool_]
    failures: Mapping[str, NDArray[np.bool_]]
    not_measured: tuple[str, ...]

    def causes(self, lot: int) -> tuple[str, ...]:
        """Attributes that fail in one lot."""
        return tuple(name for name, failed in self.failures.items() if failed[lot])


def judge_lots(specification: Sequence[ReleaseTest], measured: Mapping[str, ArrayLike]) -> Judgment:
    """Hold lots against a specification.

    Parameters
    ----------
    specification : rows, for example ``SPECIFICATIONS["ARI-0001"]``.
    measured : attribute -> (N,) values in the unit of the row; attributes that no row asks for are
        ignored.

    Raises
    ------
    InputError
        When nothing that the specification asks for was measured, or lengths differ.

    Examples
    --------
    >>> measured = {"viability": [0.9, 0.6], "car_share": [0.3, 0.1]}
    >>> found = judge_lots(SPECIFICATIONS["ARI-0001"], measured)
    >>> found.passed.tolist(), found.causes(1)
    ([True, False], ('viability', 'car_share'))
    """
    asked = [row for row in specification if row.attribute in measured]
    sizes = {np.asarray(measured[row.attribute]).shape for row in asked}
    if not asked or len(sizes) != 1 or len(next(iter(sizes))) != 1:
        raise InputError(
            Problem(
                what="the lots cannot be held against the specification",
                received=", ".join(f"{name}" for name in measured) or "no attribute",
                allowed="one value for each lot of at least one of: "
                + ", ".join(row.attribute for row in specification),
            )
        )
    failures = {row.attribute: ~row.passes(measured[row.attribute]) for row in asked}
    passed = ~np.any(list(failures.values()), axis=0)
    missing = tuple(row.attribute for row in specification if row.attribute not in measured)
    return Judgment(passed=passed, failures=failures, not_measured=missing)
