"""From dose records to what a kernel takes: jumps of states and of inputs, sorted by time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from leucel.core import Problem, unknown_name
from leucel.solve.doses import Dose, Doses, Reset, check_numbers

Floats = NDArray[np.float64]
NUMBERS = ("amount", "time", "rate", "duration", "lag", "bioavailability", "interval")


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One dose with its numbers spread to all subjects, (N,) each.

    Attributes
    ----------
    target : index of the state.
    rate, duration : zero for a bolus.
    amount : what arrives.
    """

    target: int
    infused: bool
    time: Floats
    amount: Floats
    rate: Floats
    duration: Floats
    lag: Floats
    interval: Floats
    additional: int
    steady_state: str
    runs_forever: bool


# States at the arrival of a course in steady state, (N, S), given the course.
SteadyStates = Callable[[Course], Floats]


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
        for name in NUMBERS:
            given: Any = getattr(record, name, None)
            if given is None:
                continue
            if isinstance(given, str):
                if given not in parameters:
                    problems.append(unknown_name(given, tuple(parameters), noun="parameter"))
                    continue
                check_numbers(name, parameters[given], problems)
                given = parameters[given]
            values = np.asarray(given, dtype=np.float64)
            found.append((f"the {name} of a dose", values))
            if name == "time" and (values < 0.0).any():
                problems.append(
                    Problem(
                        what="a dose is given before the start",
                        received=f"time {values.min():g}",
                        allowed="time 0 or later",
                    )
                )
    return found


def courses_of(
    doses: Doses, targets: Mapping[int, int], parameters: Mapping[str, Floats], subjects: int
) -> list[Course | Floats]:
    """Courses, and the times of resets, in the order of the records.

    Parameters
    ----------
    targets : index of the state by the place of the record.
    parameters : values by name, (N,) or (1,).
    """

    def spread(given: Any) -> Floats:
        values = parameters[given] if isinstance(given, str) else given
        return np.broadcast_to(np.asarray(values, dtype=np.float64), (subjects,))

    found: list[Course | Floats] = []
    for place, record in enumerate(doses.records):
        if isinstance(record, Reset):
            found.append(spread(record.time))
        else:
            found.append(_course(record, targets[place], spread))
    return found


def _course(dose: Dose, target: int, spread: Callable[[Any], Floats]) -> Course:
    amount = spread(dose.amount) * spread(dose.bioavailability)
    nothing = np.zeros_like(amount)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class JumpTable:
    """Jumps as a kernel takes them, (N, D) each."""

    times: Floats
    values: Floats
    states: NDArray[np.int32]
    sets: NDArray[np.int32]


@final
@dataclass(slots=True)
class _Jumps:
    """Jumps while they are collected, each with its times and values, (N,)."""

    subjects: int
    found: list[tuple[Floats, Floats, int, bool]] = field(default_factory=list)

    def put(self, times: Floats, values: Floats, state: int, *, is_set: bool) -> None:
        self.found.append((times, values, state, is_set))

    def table(self) -> JumpTable:
        shape = (self.subjects, len(self.found))
        times, values = np.empty(shape), np.empty(shape)
        states, sets = np.empty(shape, dtype=np.int32), np.empty(shape, dtype=np.int32)
        for k, (time, value, state, is_set) in enumerate(self.found):
            times[:, k], values[:, k], states[:, k], sets[:, k] = time, value, state, is_set
        order = np.argsort(times, axis=1, kind="stable")
        return JumpTable(
            times=np.take_along_axis(times, order, axis=1),
            values=np.take_along_axis(values, order, axis=1),
            states=np.ascontiguousarray(np.take_along_axis(states, order, axis=1)),
            sets=np.ascontiguousarray(np.take_along_axis(sets, order, axis=1)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Infusion:
    """A rate that enters a state from a start to a stop, (N,) each."""

    target: int
    start: Floats
    stop: Floats
    rate: Floats


def infused_states(courses: Sequence[Course | Floats]) -> tuple[int, ...]:
    """Indices of the states that something is infused into, ascending."""
    return tuple(sorted({c.target for c in courses if isinstance(c, Course) and c.infused}))


def jump_table(
    courses: Sequence[Course | Floats],
    *,
    subjects: int,
    end: float,
    initial: Floats,
    size: int,
    steady: SteadyStates,
) -> JumpTable:
    """All jumps of the courses.

    Parameters
    ----------
    end : last time that matters.
    initial : values that a reset leads to, (N, S); looked at where there is a reset.
    size : number of states S of the model.
    steady : the states that a course leads to in steady state.
    """
    jumps = _Jumps(subjects)
    infusions: list[_Infusion] = []
    for place, course in enumerate(courses):
        if not isinstance(course, Course):
            for state in range(size):
                jumps.put(course, initial[:, state], state, is_set=True)
            continue
        canceled = _canceled_at(courses, place)
        if course.steady_state != "no":
            states = steady(course)
            for state in range(size):
                replaces = course.steady_state == "replace"
                jumps.put(course.time, states[:, state], state, is_set=replaces)
            if course.runs_forever:
                continue
            infusions += _still_running(course, canceled)
        for k in range(_first_dose(course), course.additional + 1):
            after = k * course.interval + course.lag
            arrival = course.time + after
            if (arrival > end).all():
                break
            comes = (arrival < canceled) & ((after >= 0.0) | (k >= 0))
            start = np.where(comes, arrival, np.inf)
            if course.infused:
                stop = np.minimum(start + course.duration, canceled)
                stop = np.where(np.isfinite(start), stop, np.inf)
                infusions.append(
                    _Infusion(target=course.target, start=start, stop=stop, rate=course.rate)
                )
            else:
                jumps.put(start, course.amount, course.target, is_set=False)
    for k, target in enumerate(infused_states(courses)):
        _put_inputs(jumps, [i for i in infusions if i.target == target], size + k)
    return jumps.table()


def _canceled_at(courses: Sequence[Course | Floats], place: int) -> Floats:
    """When a later record stops what this one has running or pending, infinity when none does."""
    own = courses[place]
    assert isinstance(own, Course)
    canceled = np.full_like(own.time, np.inf)
    for other_place, other in enumerate(courses):
        if isinstance(other, Course):
            if other.steady_state != "replace":
                continue
            time = other.time
        else:
            time = other
        later = (time > own.time) if other_place <= place else (time >= own.time)
        canceled = np.minimum(canceled, np.where(later, time, np.inf))
    return canceled


def _first_dose(course: Course) -> int:
    """Number of the first dose that arrives at or after the record; the own one has number 0.

    In steady state a lag beyond the interval leaves doses from before the record on their way.
    """
    if course.steady_state == "no":
        return 0
    return -int(np.max(course.lag // course.interval))


def _still_running(course: Course, canceled: Floats) -> list[_Infusion]:
    """Infusions of the doses before a record in steady state that outlast it."""
    found: list[_Infusion] = []
    if not course.infused:
        return found
    arrival = course.time + course.lag % course.interval
    k = 1
    while True:
        stop = arrival - k * course.interval + course.duration
        runs = stop > course.time
        if not runs.any():
            return found
        start = np.where(runs, course.time, np.inf)
        stop = np.where(runs, np.minimum(stop, canceled), np.inf)
        found.append(_Infusion(target=course.target, start=start, stop=stop, rate=course.rate))
        k += 1


def _put_inputs(jumps: _Jumps, infusions: Sequence[_Infusion], state: int) -> None:
    """Set the input of a state to the sum of the rates wherever one starts or stops.

    Setting the sum rather than adding and taking away leaves no rounding error behind.
    """
    for moment in [i.start for i in infusions] + [i.stop for i in infusions]:
        total = np.zeros_like(moment)
        for infusion in infusions:
            runs = (infusion.start <= moment) & (moment < infusion.stop)
            total = total + np.where(runs, infusion.rate, 0.0)
        jumps.put(moment, total, state, is_set=True)
