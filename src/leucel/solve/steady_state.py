"""Steady states of repeated doses, by Newton's method on the map from one dose to the next.

For a linear model the map is linear and one step is exact. The derivative is taken by differences,
one perturbed subject for each state, all in one ensemble. Sensitivities s of the steady state solve
(I - M) s = b with the exact derivative M of the map, which sensitivities of the system give when
they start at unit vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from leucel.compile import CompiledModel, Controls, Ensemble, Kernel, Variant
from leucel.core import Status
from leucel.solve.courses import Course
from leucel.solve.moving import Moving
from leucel.solve.schedule import Places

Floats = NDArray[np.float64]

# The map is integrated more accurately than the result has to be.
_RTOL: Final = 1e-11
_CLOSE: Final = 1e-9
_NEAR: Final = 1e-7
_SMALL: Final = 1e-6
_PERTURBATION: Final = 1e-3
# Plain repetitions before Newton's method, which wants to start near the solution.
_PLAIN: Final = 3
_MOST_ROUNDS: Final = 40


@final
@dataclass(slots=True)
class SteadyStateSolver:
    """Finds the states at the record of a course in steady state.

    Attributes
    ----------
    model : with sensitivities where they are asked for.
    inputs : indices of the states that have an input, in the order of the inputs.
    initial : values to start from, (N, S).
    failed : becomes true for subjects that have no steady state, (N,).
    """

    model: CompiledModel
    inputs: tuple[int, ...]
    columns: Sequence[Floats]
    controls: Controls
    initial: Floats
    span: float
    failed: NDArray[np.bool_]
    _kernels: dict[bool, Kernel] = field(default_factory=dict, init=False)

    def __call__(self, course: Course) -> list[Moving]:
        """States at the record; zero for a subject that has no steady state."""
        subjects, size = self.initial.shape
        count = len(self.model.directions)
        if course.runs_forever:
            interval = Moving.still(np.full(subjects, self.span), count)
            phase = interval
        else:
            interval = course.interval
            waiting = np.floor(course.lag.value / interval.value)
            phase = interval.times(1.0 + waiting) - course.lag
        states = np.zeros((subjects, size))
        slopes = np.zeros((count, subjects, size))
        moments = np.stack([interval.value, phase.value], axis=1)
        given = np.flatnonzero(np.isfinite(course.time.value))
        pairs, group = np.unique(moments[given], axis=0, return_inverse=True)
        group = group.reshape(-1)
        for g, (length, moment) in enumerate(pairs):
            rows = given[group == g]
            starts, states[rows] = self._solve(course, rows, float(length), float(moment))
            if count:
                well = ~self.failed[rows]
                slopes[:, rows[well]] = self._slopes(
                    course, rows[well], starts[well], interval, phase
                )
        return [Moving(states[:, s], slopes[:, :, s]) for s in range(size)]

    def _kernel(self, *, sensitivities: bool) -> Kernel:
        if sensitivities not in self._kernels:
            variant = Variant(inputs=self.inputs)
            model = self.model.of_states(variant, sensitivities=sensitivities)
            self._kernels[sensitivities] = model.kernel
        return self._kernels[sensitivities]

    def _solve(
        self, course: Course, rows: NDArray[np.intp], length: float, moment: float
    ) -> tuple[Floats, Floats]:
        """States right before a dose, and at the moment after it, (n, S) each."""
        size = self.initial.shape[1]
        at = self.initial[rows].copy()
        result = np.zeros_like(at)
        open_ = np.arange(len(rows))
        for turn in range(_MOST_ROUNDS):
            if len(open_) == 0:
                return at, result
            start = at[open_]
            size_of = np.maximum(np.abs(start), _SMALL * np.abs(start).max(axis=1)[:, None])
            width = _PERTURBATION * np.where(size_of > 0.0, size_of, 1.0)
            tries = [start]
            if turn >= _PLAIN:
                tries += [start + width[:, [j]] * np.eye(size)[j] for j in range(size)]
            ends, middle, well = self._map(course, rows[open_], tries, length, moment)
            gap = ends[0] - start
            done = np.zeros(len(open_), dtype=np.bool_)
            new = ends[0]
            if turn >= _PLAIN:
                slopes = [(end - ends[0]) / width[:, [j]] for j, end in enumerate(ends[1:])]
                step = _newton_step(np.stack(slopes, axis=2), gap)
                # Far out a saturated model hardly changes in an interval: a small gap is no proof.
                small = (np.abs(gap) <= _CLOSE * size_of) & (np.abs(step) <= _NEAR * size_of)
                done = well & small.all(axis=1)
                new = np.where(start > 0.0, np.maximum(start + step, 0.1 * start), start + step)
            result[open_[done]] = middle[done]
            at[open_[~done]] = new[~done]
            well &= np.isfinite(new).all(axis=1)
            self.failed[rows[open_[~well]]] = True
            open_ = open_[well & ~done]
        self.failed[rows[open_]] = True
        return at, result

    def _map(
        self,
        course: Course,
        rows: NDArray[np.intp],
        starts: Sequence[Floats],
        length: float,
        moment: float,
    ) -> tuple[list[Floats], Floats, NDArray[np.bool_]]:
        """States one interval after each of the starts, and at the moment after the first."""
        subjects, copies = len(rows), len(starts)
        everyone = np.tile(rows, copies)
        size = self.initial.shape[1]
        jumps = _SetOfJumps(len(everyone))
        for state, column in enumerate(np.concatenate(starts).T):
            jumps.put(0.0, column, state, is_set=True)
        if course.infused:
            row = size + self.inputs.index(course.target)
            interval = Moving.still(np.full(len(self.initial), length), 0)
            starting, stopping, rest = _rates(course, interval)
            jumps.put(0.0, starting.value[everyone], row, is_set=True)
            jumps.put(rest.value[everyone], stopping.value[everyone], row, is_set=True)
        else:
            jumps.put(0.0, course.amount.value[everyone], course.target, is_set=False)
        values, well = self._run(jumps, everyone, (moment, length), size, sensitivities=False)
        found = values.reshape(copies, subjects, size, 2)
        well = np.logical_and.reduce(well.reshape(copies, subjects), axis=0)
        return [found[c, :, :, 1] for c in range(copies)], found[0, :, :, 0], well

    def _run(
        self,
        jumps: _SetOfJumps,
        everyone: NDArray[np.intp],
        times: tuple[float, float],
        outputs: int,
        *,
        sensitivities: bool,
    ) -> tuple[Floats, NDArray[np.bool_]]:
        ensemble = Ensemble(
            subjects=len(everyone),
            columns=tuple(c[everyone] if len(c) > 1 else c for c in self.columns),
            times=np.array(times),
            start=0.0,
            jump_times=np.stack(jumps.times, axis=1),
            jump_values=np.stack(jumps.values, axis=1),
            jump_states=np.tile(np.array(jumps.states, dtype=np.int32), (len(everyone), 1)),
            jump_sets=np.tile(np.array(jumps.sets, dtype=np.int32), (len(everyone), 1)),
            outputs=tuple(range(outputs)),
        )
        controls = replace(self.controls, rtol=min(self.controls.rtol, _RTOL))
        kernel = self._kernel(sensitivities=sensitivities)
        solution = kernel.solve(ensemble, controls, _ignore)
        return solution.values, solution.status == int(Status.OK)

    def _slopes(
        self,
        course: Course,
        rows: NDArray[np.intp],
        starts: Floats,
        interval: Moving,
        phase: Moving,
    ) -> Floats:
        """Derivatives of the states at the record along each direction, (Q, n, S).

        The map of one interval is affine in s: copy 0 starts at s = 0, copy j at unit vector j.
        """
        subjects, size = starts.shape
        count, copies = len(self.model.directions), size + 1
        if not subjects:
            return np.zeros((count, 0, size))
        places = Places(size=size, variant=Variant(inputs=self.inputs), directions=count)
        everyone = np.tile(rows, copies)
        copy = np.repeat(np.arange(copies), subjects)
        jumps = _SetOfJumps(len(everyone))
        for state in range(size):
            jumps.put(0.0, np.tile(starts[:, state], copies), state, is_set=True)
            unit = (copy == state + 1).astype(np.float64)
            for q in range(count):
                jumps.put(0.0, unit, places.sensitivity(q, state), is_set=True)
        flow = np.zeros((2, subjects))
        if course.infused:
            row = places.variant.input(size, course.target)
            starting, stopping, rest = _rates(course, interval)
            for time, rate in ((np.zeros(len(rest.value)), starting), (rest.value, stopping)):
                jumps.put(time[everyone], rate.value[everyone], row, is_set=True)
                for q, slope in enumerate(rate.slopes):
                    place = places.sensitivity(q, row)
                    jumps.put(time[everyone], slope[everyone], place, is_set=True)
            for q, slope in enumerate(rest.slopes):
                ends = (course.rate.value * slope)[everyone]
                place = places.sensitivity(q, course.target)
                jumps.put(rest.value[everyone], ends, place, is_set=False)
            early = phase.value < rest.value
            flow = np.stack([np.where(early, starting.value, stopping.value), stopping.value])
            flow = flow[:, rows]
        else:
            amount = course.amount
            jumps.put(0.0, amount.value[everyone], course.target, is_set=False)
            for q, slope in enumerate(amount.slopes):
                place = places.sensitivity(q, course.target)
                jumps.put(0.0, slope[everyone], place, is_set=False)
        times = (float(phase.value[rows[0]]), float(interval.value[rows[0]]))
        outputs = size * (count + 1)
        values, well = self._run(jumps, everyone, times, outputs, sensitivities=True)
        well = np.logical_and.reduce(well.reshape(copies, subjects), axis=0)
        self.failed[rows[~well]] = True
        found = values.reshape(copies, subjects, outputs, 2)
        state_at = found[0, :, :size]
        # (copies, n, S, Q, moments), the affine map of each direction.
        slope_at = found[:, :, size:].reshape(copies, subjects, size, count, 2)
        base = np.moveaxis(slope_at[0], 2, 0)
        matrix = np.moveaxis(slope_at[1:, :, :, 0] - slope_at[0, :, :, 0], 0, 2)
        speeds: list[Floats] = []
        columns = [c[rows] if len(c) > 1 else c for c in self.columns]
        for k in range(2):
            speed = self.model.slopes_at(columns, state_at[:, :, k], np.zeros(subjects), subjects)
            speed[:, course.target] += flow[k]
            speeds.append(speed)
        result = np.empty((count, subjects, size))
        for q in range(count):
            right = base[q, :, :, 1] + speeds[1] * interval.slopes[q, rows, None]
            start = _newton_step(matrix[:, :, :, 1], right)
            moved = (matrix[:, :, :, 0] @ start[:, :, None])[:, :, 0]
            result[q] = base[q, :, :, 0] + moved + speeds[0] * phase.slopes[q, rows, None]
        return result


@final
class _SetOfJumps:
    """Jumps of an ensemble; those of one subject may be given in any order of time but this."""

    def __init__(self, subjects: int) -> None:
        self._subjects = subjects
        self.times: list[Floats] = []
        self.values: list[Floats] = []
        self.states: list[int] = []
        self.sets: list[bool] = []

    def put(self, times: float | Floats, values: Floats, state: int, *, is_set: bool) -> None:
        """Put a jump; times have to ascend from one jump to the next."""
        self.times.append(np.broadcast_to(np.asarray(times, dtype=np.float64), (self._subjects,)))
        self.values.append(values)
        self.states.append(state)
        self.sets.append(is_set)


def _rates(course: Course, interval: Moving) -> tuple[Moving, Moving, Moving]:
    """Rate at the begin of an interval and at its end, and the time of the change between them."""
    count = len(interval.slopes)
    rate = Moving(course.rate.value, course.rate.slopes[:count])
    if course.runs_forever:
        return rate, rate, Moving.still(np.zeros(len(rate.value)), count)
    duration = Moving(course.duration.value, course.duration.slopes[:count])
    full = np.floor(duration.value / interval.value)
    rest = duration - interval.times(full)
    return rate.times(full + (rest.value > 0.0)), rate.times(full), rest


def _newton_step(slope: Floats, gap: Floats) -> Floats:
    """Solve (I - slope) step = gap; the shortest solution where states keep what they have."""
    size = gap.shape[1]
    steps = np.empty_like(gap)
    for n, (matrix, right) in enumerate(zip(slope, gap, strict=True)):
        if not (np.isfinite(matrix).all() and np.isfinite(right).all()):
            steps[n] = np.nan
            continue
        steps[n] = np.linalg.lstsq(np.eye(size) - matrix, right, rcond=1e-10)[0]
    return steps


def _ignore(done: int) -> None:
    """Progress of the search is not shown."""
