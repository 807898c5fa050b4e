"""Dose records with their numbers spread to all subjects, each with its derivatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from leucel.core import Problem, unknown_name
from leucel.solve.doses import Dose, Doses, Reset, Switch, check_numbers
from leucel.solve.moving import Moving

Floats = NDArray[np.float64]
NUMBERS = ("amount", "value", "time", "rate", "duration", "lag", "bioavailability", "interval")


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One dose.

    Attributes
    ----------
    target : index of the state.
    amount : what arrives.
    rate, duration : zero for a bolus.
    """

    target: int
    infused: bool
    time: Moving
    amount: Moving
    rate: Moving
    duration: Moving
    lag: Moving
    interval: Moving
    additional: int
    steady_state: str
    runs_forever: bool

    @property
    def moment_moves(self) -> bool:
        """True when an arrival depends on what sensitivities are taken with respect to."""
        repeated = self.additional > 0 or self.steady_state != "no"
        return self.time.moves or self.lag.moves or (repeated and self.interval.moves)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """All states back to their initial values."""

    time: Moving


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A parameter takes another value; `target` is its index."""

    target: int
    time: Moving
    value: Moving


AnyRecord = Course | Restart | Change


def numbers_of(
    doses: Doses | None, parameters: Mapping[str, Floats], problems: list[Problem]
) -> list[tuple[str, Floats]]:
    """The numbers of all records with what they are, to find the number of subjects.

    Parameters
    ----------
    parameters : values by name, (N,) or (1,).
    """
    found: list[tuple[str, Floats]] = []
    for record in doses.records if doses else ():
        noun = "switch" if isinstance(record, Switch) else "dose"
        for name in NUMBERS:
            given: Any = getattr(record, name, None)
            if given is None:
                continue
            if isinstance(given, str):
                if given not in parameters:
                    problems.append(unknown_name(given, tuple(parameters), noun="parameter"))
                    continue
                if name != "value":
                    check_numbers(name, parameters[given], problems)
                given = parameters[given]
            values = np.asarray(given, dtype=np.float64)
            found.append((f"the {name} of a {noun}", values))
            if name == "time" and (values < 0.0).any():
                problems.append(
                    Problem(
                        what=f"a {noun} is given before the start",
                        received=f"time {values.min():g}",
                        allowed="time 0 or later",
                    )
                )
    return found


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Spreader:
    """Spreads the numbers of records to all subjects.

    Attributes
    ----------
    parameters : values by name, (N,) or (1,).
    seeds : by the name of a parameter, the derivative of its value along each direction, (Q, N).
    directions : number of directions Q.
    """

    parameters: Mapping[str, Floats]
    seeds: Mapping[str, Floats]
    directions: int
    subjects: int

    def __call__(self, given: Any) -> Moving:
        values = self.parameters[given] if isinstance(given, str) else given
        value = np.broadcast_to(np.asarray(values, dtype=np.float64), (self.subjects,))
        if isinstance(given, str) and given in self.seeds:
            return Moving(value, self.seeds[given])
        return Moving.still(value, self.directions)


def courses_of(doses: Doses, targets: Mapping[int, int], spread: Spreader) -> list[AnyRecord]:
    """What the records say, in their order.

    Parameters
    ----------
    targets : index of the state, or of the parameter that switches, by the place of the record.
    """
    found: list[AnyRecord] = []
    for place, record in enumerate(doses.records):
        match record:
            case Reset():
                found.append(Restart(time=spread(record.time)))
            case Switch():
                time, value = spread(record.time), spread(record.value)
                found.append(Change(target=targets[place], time=time, value=value))
            case Dose():
                found.append(_course(record, targets[place], spread))
    return found


def _course(dose: Dose, target: int, spread: Spreader) -> Course:
    amount = spread(dose.amount) * spread(dose.bioavailability)
    nothing = Moving.still(np.zeros(spread.subjects), spread.directions)
    rate, duration = nothing, nothing
    if dose.runs_forever:
        rate = spread(dose.rate) * spread(dose.bioavailability)
    elif dose.rate is not None:
        rate = spread(dose.rate)
        duration = amount / rate
    elif dose.duration is not None:
        duration = spread(dose.duration)
        rate = amount / duration
    return Course(
        target=target,
        infused=dose.is_infusion,
        time=spread(dose.time),
        amount=amount,
        rate=rate,
        duration=duration,
        lag=spread(dose.lag),
        interval=spread(dose.interval),
        additional=int(dose.additional),
        steady_state=dose.steady_state,
        runs_forever=dose.runs_forever,
    )


def infused_states(records: Sequence[AnyRecord]) -> tuple[int, ...]:
    """Indices of the states that something is infused into, ascending."""
    return tuple(sorted({r.target for r in records if isinstance(r, Course) and r.infused}))


def switched_parameters(records: Sequence[AnyRecord]) -> tuple[int, ...]:
    """Indices of the parameters that switch, ascending."""
    return tuple(sorted({r.target for r in records if isinstance(r, Change)}))
