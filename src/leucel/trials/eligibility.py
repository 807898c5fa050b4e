"""The indication as criteria that a program evaluates, on virtual and on real patients."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leucel.core import InputError, Problem, unknown_name
from leucel.trials.patients import VirtualPatients

Operator = Literal[">=", ">", "<=", "<", "==", "!="]
Patients = VirtualPatients | Mapping[str, ArrayLike] | Sequence[Mapping[str, Any]]

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    "<": lambda a, b: a < b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
_ORDERED = (">=", ">", "<=", "<")


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One condition of the indication.

    Attributes
    ----------
    field : name of the covariate, as in the column dictionary ("age", "prior_lines").
    operator : ">=", ">", "<=", "<", "==" or "!=".
    value : what it is compared with; texts and truth values only with "==" and "!=".
    label : the condition in words.

    Examples
    --------
    >>> adult = Criterion(field="age", operator=">=", value=18, label="adult")
    >>> str(adult)
    'adult (age >= 18)'
    """

    field: str
    operator: Operator
    value: float | bool | str
    label: str = ""

    def __post_init__(self) -> None:
        if self.operator not in get_args(Operator):
            raise InputError(unknown_name(self.operator, get_args(Operator), noun="operator"))
        if self.operator in _ORDERED and isinstance(self.value, bool | str):
            raise InputError(
                Problem(
                    what=f"the criterion on {self.field!r} orders what has no order",
                    received=f"{self.operator} {self.value!r}",
                    allowed="== or !=",
                )
            )

    def __str__(self) -> str:
        told = f"{self.field} {self.operator} {self.value}"
        return f"{self.label} ({told})" if self.label else told

    def holds(self, value: Any) -> bool | None:
        """Whether one value fulfills the criterion; None when the value is not known."""
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return None
        if isinstance(value, str) != isinstance(self.value, str):
            raise InputError(
                Problem(
                    what=f"the value of {self.field!r} cannot be compared with the criterion",
                    received=repr(value),
                    allowed=f"something like {self.value!r}",
                )
            )
        return bool(_COMPARE[self.operator](value, self.value))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Eligibility:
    """Who meets the criteria.

    Attributes
    ----------
    verdict : (N,) "yes", "no" or "cannot tell"; a patient is "no" when one criterion fails, and
        "cannot tell" when none fails but the information for one is missing.
    excluded : patients failing each criterion (a patient can fail several), by criterion.
    cannot_tell : patients without the information each criterion needs.
    """

    verdict: tuple[str, ...]
    excluded: Mapping[str, int]
    cannot_tell: Mapping[str, int]

    @property
    def mask(self) -> NDArray[np.bool_]:
        """(N,) true for those who are known to be eligible."""
        return np.array([word == "yes" for word in self.verdict], dtype=np.bool_)

    def to_rows(self) -> tuple[dict[str, Any], ...]:
        """One row for each criterion, for tables."""
        return tuple(
            {"what": name, "excluded": count, "cannot_tell": self.cannot_tell[name]}
            for name, count in self.excluded.items()
        )


def eligible(patients: Patients, criteria: Sequence[Criterion]) -> Eligibility:
    """Evaluate criteria on patients.

    Parameters
    ----------
    patients : virtual patients, columns by name, or one mapping for each patient.
    criteria : all have to hold.

    Raises
    ------
    InputError
        When there is no patient, or a value cannot be compared.

    Examples
    --------
    >>> rule = Criterion(field="prior_lines", operator=">=", value=3)
    >>> eligible([{"prior_lines": 4}, {"prior_lines": 2}, {}], [rule]).verdict
    ('yes', 'no', 'cannot tell')
    """
    count, value_of = _reader(patients)
    if count == 0:
        raise InputError(Problem(what="there is no patient to judge", received="0 patients"))
    yes = np.ones(count, dtype=np.bool_)
    no = np.zeros(count, dtype=np.bool_)
    excluded: dict[str, int] = {}
    cannot_tell: dict[str, int] = {}
    for criterion in criteria:
        held = _evaluate(criterion, value_of(criterion.field), count)
        yes &= held == 1
        no |= held == 0
        excluded[str(criterion)] = int((held == 0).sum())
        cannot_tell[str(criterion)] = int((held == -1).sum())
    verdict = tuple(
        "yes" if good else "no" if bad else "cannot tell"
        for good, bad in zip(yes.tolist(), no.tolist(), strict=True)
    )
    return Eligibility(verdict=verdict, excluded=excluded, cannot_tell=cannot_tell)


def _evaluate(criterion: Criterion, values: Any, count: int) -> NDArray[np.int8]:
    """1 where the criterion holds, 0 where it fails, -1 where nothing is known; (N,)."""
    if values is None:
        return np.full(count, -1, dtype=np.int8)
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiub":
        numbers = cast("NDArray[Any]", values)
        if isinstance(criterion.value, str):
            criterion.holds(numbers.flat[0])
        held = _COMPARE[criterion.operator](numbers, criterion.value)
        unknown = np.isnan(numbers.astype(np.float64))
        return np.where(unknown, -1, held.astype(np.int8)).astype(np.int8)
    told = [criterion.holds(value) for value in values]
    return np.array([-1 if held is None else int(held) for held in told], dtype=np.int8)


def _reader(patients: Patients) -> tuple[int, Callable[[str], Any]]:
    if isinstance(patients, VirtualPatients):
        return len(patients), lambda name: patients.values.get(name)
    if isinstance(patients, Mapping):
        columns = {name: np.asarray(values) for name, values in patients.items()}
        sizes = {column.size for column in columns.values()}
        if len(sizes) > 1:
            raise InputError(
                Problem(what="the columns differ in length", received=str(sorted(sizes)))
            )
        return (sizes.pop() if sizes else 0), lambda name: columns.get(name)
    rows = list(patients)
    return len(rows), lambda name: [row.get(name) for row in rows]
