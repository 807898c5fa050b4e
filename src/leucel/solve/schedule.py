"""From dose records to what a kernel takes: jumps of states and of inputs, sorted by time.

With sensitivities a jump has derivatives too. What a jump of the states from x- to x+ at the moment
tau does to s = dx/dp follows from x+(tau) = x-(tau) + a: s+ = s- + a' + (f- - f+) tau'. A rate u
that starts changes f by u in one state, so that s jumps by -u tau' there. A bolus at a moment that
moves changes f by what the model makes of it: it is put on a stage, and an event of the variant
takes it from there (see `leucel.compile.variants`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from leucel.compile import Variant
from leucel.core import InputError, Problem
from leucel.solve.courses import AnyRecord, Change, Course, Restart
from leucel.solve.moving import Moving

Floats = NDArray[np.float64]
# Of moments that meet: they move alike when their derivatives agree to this share.
_ALIKE: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class JumpTable:
    """Jumps as a kernel takes them, (N, D) each."""

    times: Floats
    values: Floats
    states: NDArray[np.int32]
    sets: NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the states of a variant with sensitivities lie.

    Attributes
    ----------
    size : number of states S of the model.
    directions : number of directions Q.
    """

    size: int
    variant: Variant
    directions: int

    @property
    def all(self) -> int:
        """Number of states without sensitivities."""
        return self.size + self.variant.added

    def sensitivity(self, direction: int, state: int) -> int:
        """Index of the derivative of a state."""
        return self.all * (direction + 1) + state

    def moment(self, direction: int) -> int:
        """Index of the derivative of the moment of a jump."""
        return self.all * (self.directions + 1) + direction


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAt:
    """What jumps need to know of the model.

    Attributes
    ----------
    initial : values that a reset leads to, each state.
    steady : the states that a course leads to in steady state.
    slopes : derivatives of states (N, S) in time at times (N,), without what flows into them.
    """

    initial: Sequence[Moving]
    steady: Callable[[Course], Sequence[Moving]]
    slopes: Callable[[Floats, Floats], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Infusion:
    """A rate that enters a state from a start to a stop."""

    target: int
    start: Moving
    stop: Moving
    rate: Moving


@final
@dataclass(slots=True)
class _Jumps:
    """Jumps while they are collected, each with its times and values, (N,).

    Attributes
    ----------
    early, found, late : jumps of one moment happen in this order.
    staged : moments that move, to see whether two of them meet.
    """

    subjects: int
    places: Places
    early: list[tuple[Floats, Floats, int, bool]] = field(default_factory=list)
    found: list[tuple[Floats, Floats, int, bool]] = field(default_factory=list)
    late: list[tuple[Floats, Floats, int, bool]] = field(default_factory=list)
    staged: list[Moving] = field(default_factory=list)

    def put(self, times: Floats, value: Moving, state: int, *, is_set: bool) -> None:
        """A jump at a moment that does not move."""
        self.found.append((times, value.value, state, is_set))
        for q, slope in enumerate(value.slopes):
            # A value that is set has to set its derivative as well, also to zero.
            if is_set or slope.any():
                self.found.append((times, slope, self.places.sensitivity(q, state), is_set))

    def put_moving(self, time: Moving, value: Moving, state: int) -> None:
        """A jump at a moment that may move: onto the stage where the variant has one."""
        if state not in self.places.variant.staged:
            self.put(time.value, value, state, is_set=state >= self.places.size)
            return
        stage, trigger = self.places.variant.stage(self.places.size, state)
        self.put(time.value, value, stage, is_set=False)
        self.found.append((time.value, np.ones(self.subjects), trigger, True))
        for q, slope in enumerate(time.slopes):
            self.found.append((time.value, slope, self.places.moment(q), True))
        self.staged.append(time)

    def put_states(
        self, time: Moving, states: Sequence[Moving], slopes: Floats, sets: bool
    ) -> None:
        """New states at a moment that may move, after which they have these slopes in time."""
        for state, value in enumerate(states):
            moved = Moving(value.value, value.slopes - slopes[:, state] * time.slopes)
            self.put(time.value, moved, state, is_set=sets)

    def put_inputs(self, target: int, infusions: Sequence[_Infusion]) -> None:
        """Set the input of a state to the sum of the rates wherever one starts or stops.

        Setting the sum rather than adding and taking away leaves no rounding error behind.
        """
        if not infusions:
            return
        row = self.places.variant.input(self.places.size, target)
        for infusion in infusions:
            # What stops happens before the states are set, what starts after it.
            for moment, sign, kept in (
                (infusion.stop, 1.0, self.early),
                (infusion.start, -1.0, self.late),
            ):
                for q, slope in enumerate(moment.slopes):
                    jump = sign * infusion.rate.value * slope
                    if jump.any():
                        place = self.places.sensitivity(q, target)
                        kept.append((moment.value, jump, place, False))
        starts = np.stack([infusion.start.value for infusion in infusions])
        stops = np.stack([infusion.stop.value for infusion in infusions])
        rates = np.stack([infusion.rate.value for infusion in infusions])
        slopes = np.stack([infusion.rate.slopes for infusion in infusions], axis=1)
        for moment in (*starts, *stops):
            runs = (starts <= moment) & (moment < stops)
            self.late.append((moment, _added(np.where(runs, rates, 0.0)), row, True))
            for q, slope in enumerate(slopes):
                total = _added(np.where(runs, slope, 0.0))
                self.late.append((moment, total, self.places.sensitivity(q, row), True))

    def table(self) -> JumpTable:
        """All jumps, sorted by time."""
        self._require_one_movement()
        jumps = [*self.early, *self.found, *self.late]
        shape = (self.subjects, len(jumps))
        times, values = np.empty(shape), np.empty(shape)
        states, sets = np.empty(shape, dtype=np.int32), np.empty(shape, dtype=np.int32)
        for k, (time, value, state, is_set) in enumerate(jumps):
            times[:, k], values[:, k], states[:, k], sets[:, k] = time, value, state, is_set
        order = np.argsort(times, axis=1, kind="stable")
        return JumpTable(
            times=np.take_along_axis(times, order, axis=1),
            values=np.take_along_axis(values, order, axis=1),
            states=np.ascontiguousarray(np.take_along_axis(states, order, axis=1)),
            sets=np.ascontiguousarray(np.take_along_axis(sets, order, axis=1)),
        )

    def _require_one_movement(self) -> None:
        """Refuse moments that meet and move differently: there the course has a kink."""
        for place, one in enumerate(self.staged):
            for other in self.staged[:place]:
                meet = np.isfinite(one.value) & (one.value == other.value)
                size = np.abs(one.slopes) + np.abs(other.slopes)
                apart = meet & (np.abs(one.slopes - other.slopes) > _ALIKE * size)
                if apart.any():
                    subject = int(np.argmax(apart.any(axis=0)))
                    raise InputError(
                        Problem(
                            what="two doses meet at one moment and move differently with a "
                            "parameter: there the course has no derivative",
                            received=f"time {one.value[subject]:g} (subject {subject})",
                            fix="move one of them a little, or take their sensitivities apart",
                        )
                    )


def _added(rows: Floats) -> Floats:
    """The sum of rows, one after the other: pairs would depend on the number of subjects."""
    return np.cumsum(rows, axis=0)[-1]


def jump_table(
    records: Sequence[AnyRecord], *, subjects: int, end: float, places: Places, model: ModelAt
) -> JumpTable:
    """All jumps of the records, up to the last time that matters.

    Raises
    ------
    InputError
        Where doses meet that move differently.
    """
    jumps = _Jumps(subjects, places)
    infusions: list[_Infusion] = []
    for place, record in enumerate(records):
        match record:
            case Restart(time=time):
                states = model.initial
                slopes = _slopes_after(time, states, model)
                jumps.put_states(time, states, slopes, sets=True)
            case Change(target=target, time=time, value=value):
                jumps.put_moving(time, value, places.variant.switch(places.size, target))
            case Course():
                canceled = _canceled_at(records, place)
                if record.steady_state != "no":
                    states = model.steady(record)
                    sets = record.steady_state == "replace"
                    slopes = _slopes_after(record.time, states, model)
                    if not sets and record.time.moves:
                        nothing = np.zeros((subjects, places.size))
                        slopes = slopes - model.slopes(nothing, record.time.value)
                    jumps.put_states(record.time, states, slopes, sets=sets)
                    if record.runs_forever:
                        continue
                    infusions += _still_running(record, canceled)
                infusions += _put_doses(jumps, record, canceled, end)
    for target in places.variant.inputs:
        jumps.put_inputs(target, [i for i in infusions if i.target == target])
    return jumps.table()


def _slopes_after(time: Moving, states: Sequence[Moving], model: ModelAt) -> Floats:
    if not time.moves:
        return np.zeros((len(time.value), len(states)))
    return model.slopes(np.stack([s.value for s in states], axis=1), time.value)


def _put_doses(jumps: _Jumps, course: Course, canceled: Moving, end: float) -> list[_Infusion]:
    """Put the boluses of a course; its infusions are returned."""
    infusions: list[_Infusion] = []
    for k in range(_first_dose(course), course.additional + 1):
        after = course.interval.times(float(k)) + course.lag
        arrival = course.time + after
        if (arrival.value > end).all():
            break
        comes = (arrival.value < canceled.value) & ((after.value >= 0.0) | (k >= 0))
        start = arrival.where(comes, np.inf)
        if course.infused:
            stop = (start + course.duration).at_most(canceled)
            stop = stop.where(np.isfinite(start.value), np.inf)
            infusion = _Infusion(target=course.target, start=start, stop=stop, rate=course.rate)
            infusions.append(infusion)
        else:
            jumps.put_moving(start, course.amount, course.target)
    return infusions


def _canceled_at(records: Sequence[AnyRecord], place: int) -> Moving:
    """When a later record stops what this one has running or pending, infinity when none does."""
    own = records[place].time
    canceled = own.where(np.zeros(len(own.value), dtype=np.bool_), np.inf)
    for other_place, other in enumerate(records):
        stops = isinstance(other, Restart) or (
            isinstance(other, Course) and other.steady_state == "replace"
        )
        if not stops:
            continue
        time = other.time
        later = time.value > own.value if other_place <= place else time.value >= own.value
        canceled = canceled.at_most(time.where(later, np.inf))
    return canceled


def _first_dose(course: Course) -> int:
    """Number of the first dose that arrives at or after the record; the own one has number 0.

    In steady state a lag beyond the interval leaves doses from before the record on their way.
    """
    if course.steady_state == "no":
        return 0
    return -int(np.max(course.lag.value // course.interval.value))


def _still_running(course: Course, canceled: Moving) -> list[_Infusion]:
    """Infusions of the doses before a record in steady state that outlast it."""
    found: list[_Infusion] = []
    if not course.infused:
        return found
    waiting = np.floor(course.lag.value / course.interval.value)
    arrival = course.time + (course.lag - course.interval.times(waiting))
    k = 1
    while True:
        stop = arrival - course.interval.times(float(k)) + course.duration
        runs = stop.value > course.time.value
        if not runs.any():
            return found
        start = course.time.where(runs, np.inf)
        stop = stop.at_most(canceled).where(runs, np.inf)
        found.append(_Infusion(target=course.target, start=start, stop=stop, rate=course.rate))
        k += 1
