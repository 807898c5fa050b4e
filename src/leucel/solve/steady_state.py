"""Steady states of repeated doses, by Newton's method on the map from one dose to the next.

For a linear model the map is linear and one step is exact. The derivative is taken by differences,
one perturbed subject for each state, all in one ensemble.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from leucel.compile import Controls, Ensemble, Kernel
from leucel.core import Status
from leucel.solve.schedule import Course

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
    kernel : of the model with inputs, whose outputs are its states.
    inputs : indices of the states that have an input, in the order of the inputs.
    initial : values to start from, (N, S).
    failed : becomes true for subjects that have no steady state, (N,).
    """

    kernel: Kernel
    inputs: tuple[int, ...]
    columns: Sequence[Floats]
    controls: Controls
    initial: Floats
    span: float
    failed: NDArray[np.bool_]

    def __call__(self, course: Course) -> Floats:
        """States at the record, (N, S); zero for a subject that has no steady state."""
        if course.runs_forever:
            interval = np.full_like(course.time, self.span)
            phase = interval
        else:
            interval = course.interval
            phase = interval - course.lag % interval
        states = np.zeros_like(self.initial)
        pairs, group = np.unique(np.stack([interval, phase], axis=1), axis=0, return_inverse=True)
        group = group.reshape(-1)
        for g, (length, moment) in enumerate(pairs):
            rows = np.flatnonzero(group == g)
            states[rows] = self._solve(course, rows, float(length), float(moment))
        return states

    def _solve(
        self, course: Course, rows: NDArray[np.intp], length: float, moment: float
    ) -> Floats:
        size = self.initial.shape[1]
        at = self.initial[rows].copy()
        result = np.zeros_like(at)
        open_ = np.arange(len(rows))
        for turn in range(_MOST_ROUNDS):
            if len(open_) == 0:
                return result
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
            at[open_] = new
            well &= np.isfinite(new).all(axis=1)
            self.failed[rows[open_[~well]]] = True
            open_ = open_[well & ~done]
        self.failed[rows[open_]] = True
        return result

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
        values = [np.concatenate(starts)[:, s] for s in range(size)]
        targets = list(range(size))
        times = [np.zeros(len(everyone))] * size
        sets = [1] * size
        if course.infused:
            row = size + self.inputs.index(course.target)
            rate, duration = course.rate[everyone], course.duration[everyone]
            full = np.floor(duration / length)
            rest = duration - full * length
            starting = rate if course.runs_forever else (full + (rest > 0.0)) * rate
            stopping = rate if course.runs_forever else full * rate
            values += [starting, stopping]
            times += [np.zeros(len(everyone)), rest]
            targets += [row, row]
            sets += [1, 1]
        else:
            values.append(course.amount[everyone])
            times.append(np.zeros(len(everyone)))
            targets.append(course.target)
            sets.append(0)
        shape = (len(everyone), len(targets))
        ensemble = Ensemble(
            subjects=len(everyone),
            columns=tuple(c[everyone] if len(c) > 1 else c for c in self.columns),
            times=np.array([moment, length]),
            start=0.0,
            jump_times=np.stack(times, axis=1),
            jump_values=np.stack(values, axis=1),
            jump_states=np.broadcast_to(np.array(targets, dtype=np.int32), shape).copy(),
            jump_sets=np.broadcast_to(np.array(sets, dtype=np.int32), shape).copy(),
            outputs=tuple(range(size)),
        )
        controls = replace(self.controls, rtol=min(self.controls.rtol, _RTOL))
        solution = self.kernel.solve(ensemble, controls, _ignore)
        well = (solution.status == int(Status.OK)).reshape(copies, subjects).all(axis=0)
        found = solution.values.reshape(copies, subjects, size, 2)
        return [found[c, :, :, 1] for c in range(copies)], found[0, :, :, 0], well


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
