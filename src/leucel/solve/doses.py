"""Doses: what is given, when, and into which state."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leucel.core import InputError, Problem

PerSubject = float | NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bolus:
    """An amount that enters a state at once.

    Attributes
    ----------
    amount : in the unit of the state, 0 or more; one number or one for each subject, (N,).
    time : in the time unit of the model; one number or one for each subject, (N,).
    state : name of the state; None takes the model's own dose state.
    """

    amount: PerSubject
    time: PerSubject = 0.0
    state: str | None = None

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        for name in ("amount", "time"):
            values = np.asarray(getattr(self, name), dtype=np.float64)
            if values.ndim > 1:
                problems.append(
                    Problem(
                        what=f"the {name} of a dose has {values.ndim} axes",
                        allowed="one number, or one for each subject",
                    )
                )
            wrong = ~np.isfinite(values)
            if name == "amount":
                wrong = wrong | (values < 0.0)
            if wrong.any():
                problems.append(
                    Problem(
                        what=f"the {name} of a dose cannot be used",
                        received=f"{values[wrong].flat[0]:g}",
                        allowed="finite numbers, amounts of 0 or more",
                    )
                )
        if problems:
            raise InputError(problems)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Doses:
    """All doses of a simulation; two sets are joined by `+`.

    Examples
    --------
    >>> doses = Doses.bolus(450e6) + Doses.bolus(100e6, time=90.0)
    >>> [bolus.time for bolus in doses.boluses]
    [0.0, 90.0]
    """

    boluses: tuple[Bolus, ...] = ()

    @classmethod
    def bolus(
        cls, amount: PerSubject, *, time: PerSubject = 0.0, state: str | None = None
    ) -> Doses:
        """One bolus; arguments as in `Bolus`."""
        return cls(boluses=(Bolus(amount=amount, time=time, state=state),))

    def __add__(self, other: Doses) -> Doses:
        return Doses(boluses=(*self.boluses, *other.boluses))
