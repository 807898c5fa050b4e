"""Doses: what is given, when, how, and into which state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from leucel.core import InputError, Problem

PerSubject = float | NDArray[np.float64] | str
SteadyState = Literal["no", "replace", "add"]
_BELOW: Final = {
    "time": -np.inf,
    "rate": np.nextafter(0.0, 1.0),
    "duration": np.nextafter(0.0, 1.0),
}
_NUMBERS: Final = ("amount", "time", "rate", "duration", "lag", "bioavailability", "interval")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dose:
    """An amount that enters a state, at once or at a constant rate, once or again and again.

    Every number is one for all subjects, or one for each, (N,), or the name of a parameter of the
    model, whose value is then taken ("modeled" rate, duration, lag or bioavailability).

    Attributes
    ----------
    amount : in the unit of the state, 0 or more.
    time : of the record, in the time unit of the model; infinity for a subject that is not given
        it.
    state : name of the state; None takes the model's own dose state.
    rate : amount by time of an infusion, above 0; it lasts bioavailability * amount / rate.
    duration : of an infusion, above 0; its rate is bioavailability * amount / duration.
    lag : time from the record to the arrival, 0 or more.
    bioavailability : share of the amount that arrives, 0 or more.
    additional : number of further doses, each `interval` after the one before it.
    interval : time between the doses, above 0 where there are further doses or a steady state.
    steady_state : "replace" puts the states at the record to those that doses at this interval
        since ever would have led to, and stops what earlier records have running or pending;
        "add" adds these states to those that are there, which is right for linear models only.
        An amount of 0 with a rate and no interval stands for an infusion that has run since ever
        and ends at the record.

    Raises
    ------
    InputError
        With every value that cannot be used.
    """

    amount: PerSubject
    time: PerSubject = 0.0
    state: str | None = None
    rate: PerSubject | None = None
    duration: PerSubject | None = None
    lag: PerSubject = 0.0
    bioavailability: PerSubject = 1.0
    additional: int = 0
    interval: PerSubject = 0.0
    steady_state: SteadyState = "no"

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        for name in _NUMBERS:
            _check_numbers(name, getattr(self, name), problems)
        if self.rate is not None and self.duration is not None:
            problems.append(
                Problem(what="a dose has both a rate and a duration", allowed="one of them")
            )
        if isinstance(self.additional, bool) or self.additional != int(self.additional):
            problems.append(
                Problem(
                    what="the number of additional doses is no whole number",
                    received=repr(self.additional),
                )
            )
        elif self.additional < 0:
            problems.append(
                Problem(
                    what="the number of additional doses is negative", received=str(self.additional)
                )
            )
        if self.steady_state not in get_args(SteadyState):
            problems.append(
                Problem(
                    what="the steady state of a dose cannot be used",
                    received=repr(self.steady_state),
                    allowed=", ".join(get_args(SteadyState)),
                )
            )
        repeats = self.additional != 0 or (self.steady_state != "no" and not self.runs_forever)
        if (
            not isinstance(self.interval, str)
            and repeats
            and not np.all(np.asarray(self.interval, dtype=np.float64) > 0.0)
        ):
            problems.append(
                Problem(
                    what="a dose is repeated without an interval",
                    allowed="an interval above 0",
                    fix="give the time between the doses as interval",
                )
            )
        if problems:
            raise InputError(problems)

    @property
    def is_infusion(self) -> bool:
        """True when the amount enters at a rate."""
        return self.rate is not None or self.duration is not None

    @property
    def runs_forever(self) -> bool:
        """True for the steady state of an infusion without end."""
        return (
            self.steady_state != "no"
            and self.rate is not None
            and isinstance(self.amount, int | float)
            and self.amount == 0.0
        )


def _check_numbers(name: str, given: Any, problems: list[Problem]) -> None:
    if given is None or isinstance(given, str):
        return
    check_numbers(name, given, problems)


def check_numbers(name: str, given: Any, problems: list[Problem]) -> None:
    """Check the values of one of the numbers of a dose."""
    values = np.asarray(given, dtype=np.float64)
    if values.ndim > 1:
        problems.append(
            Problem(
                what=f"the {name} of a dose has {values.ndim} axes",
                allowed="one number, one for each subject, or the name of a parameter",
            )
        )
    low = _BELOW.get(name, 0.0)
    never = (values == np.inf) & (name == "time")
    wrong = (~np.isfinite(values) & ~never) | (values < low)
    if wrong.any():
        range_ = "" if low == -np.inf else (", 0 or more" if low == 0.0 else ", above 0")
        problems.append(
            Problem(
                what=f"the {name} of a dose cannot be used",
                received=f"{values[wrong].flat[0]:g}",
                allowed=f"finite numbers{range_}",
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reset:
    """All states go back to their initial values; what runs or is pending is canceled.

    Attributes
    ----------
    time : one number or one for each subject, (N,); infinity where it never happens.
    """

    time: PerSubject

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        _check_numbers("time", self.time, problems)
        if problems:
            raise InputError(problems)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Switch:
    """A parameter takes another value from a time on: a comedication, a covariate, an arm.

    Attributes
    ----------
    parameter : name of a parameter of the model.
    value : from the time on; one number, one for each subject, (N,), or the name of a parameter.
    time : one number, one for each subject, (N,), or the name of a parameter; infinity where it
        never happens.

    Raises
    ------
    InputError
        With every value that cannot be used.
    """

    parameter: str
    value: PerSubject
    time: PerSubject

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        for name, given, wrong in (
            ("value", self.value, lambda v: ~np.isfinite(v)),
            ("time", self.time, lambda v: np.isnan(v) | (v == -np.inf)),
        ):
            if isinstance(given, str):
                continue
            values = np.asarray(given, dtype=np.float64)
            if values.ndim > 1 or wrong(values).any():
                problems.append(
                    Problem(
                        what=f"the {name} of a switch of {self.parameter!r} cannot be used",
                        allowed="finite numbers" + (", or infinity for never" * (name == "time")),
                    )
                )
        if problems:
            raise InputError(problems)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Doses:
    """All records of a simulation; two sets are joined by `+`.

    Records of one time follow their order.

    Examples
    --------
    >>> doses = Doses.bolus(450e6) + Doses.infusion(100e6, time=90.0, duration=0.02)
    >>> [record.is_infusion for record in doses.doses]
    [False, True]
    """

    records: tuple[Dose | Reset | Switch, ...] = ()

    @classmethod
    def bolus(
        cls, amount: PerSubject, *, time: PerSubject = 0.0, state: str | None = None, **more: Any
    ) -> Doses:
        """An amount at once; further arguments as in `Dose`."""
        return cls(records=(Dose(amount=amount, time=time, state=state, **more),))

    @classmethod
    def infusion(
        cls,
        amount: PerSubject,
        *,
        rate: PerSubject | None = None,
        duration: PerSubject | None = None,
        time: PerSubject = 0.0,
        state: str | None = None,
        **more: Any,
    ) -> Doses:
        """An amount at a constant rate; further arguments as in `Dose`.

        Raises
        ------
        InputError
            When neither a rate nor a duration is given.
        """
        if rate is None and duration is None:
            raise InputError(
                Problem(what="an infusion has neither rate nor duration", fix="give one of them")
            )
        dose = Dose(amount=amount, time=time, state=state, rate=rate, duration=duration, **more)
        return cls(records=(dose,))

    @classmethod
    def reset(cls, time: PerSubject) -> Doses:
        """All states back to their initial values."""
        return cls(records=(Reset(time=time),))

    @classmethod
    def switch(cls, parameter: str, value: PerSubject, *, time: PerSubject) -> Doses:
        """A parameter that takes another value from a time on; arguments as in `Switch`."""
        return cls(records=(Switch(parameter=parameter, value=value, time=time),))

    @property
    def switches(self) -> tuple[Switch, ...]:
        """The records that change a parameter."""
        return tuple(record for record in self.records if isinstance(record, Switch))

    @property
    def doses(self) -> tuple[Dose, ...]:
        """The records that give something."""
        return tuple(record for record in self.records if isinstance(record, Dose))

    @property
    def boluses(self) -> tuple[Dose, ...]:
        """The records that give something at once."""
        return tuple(dose for dose in self.doses if not dose.is_infusion)

    def __add__(self, other: Doses) -> Doses:
        return Doses(records=(*self.records, *other.records))
