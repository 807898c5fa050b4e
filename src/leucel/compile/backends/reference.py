"""The slow and plain backend: SciPy's solvers, one subject after the other.

It is the oracle of the fast backends, so it shares nothing with them but the program and the rules:
outputs hold from the right (at the time of a jump or an event they show the state after it), an
event fires when its expression is at or below zero at the end of a step or a jump after having been
above at the end of a step, or from the start.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, final

import numpy as np
from scipy.integrate import BDF, LSODA, Radau
from scipy.optimize import brentq

from leucel.compile.backends.reference_history import Past
from leucel.compile.backends.reference_subject import Subject, Tapes
from leucel.compile.kernel import LONGEST_CHAIN, Controls, Ensemble, Floats, Method, Solution
from leucel.compile.lowering import LoweredSystem
from leucel.core import Status

METHODS = {"LSODA": LSODA, "Radau": Radau, "BDF": BDF}
# Newton's method on a smooth dense output needs a handful of steps; this is a bound, not a guess.
_EVENT_TOLERANCE = 4 * np.finfo(np.float64).eps
# Steps shorter than this share of the time say that a solver is caught at a switch.
_TIME_BLUR = 64 * np.finfo(np.float64).eps
_CAUGHT_AFTER = 50


@final
class ReferenceKernel:
    """Kernel of the reference backend.

    Parameters
    ----------
    method : "LSODA", "Radau" or "BDF", solvers of `scipy.integrate`.
    """

    def __init__(self, system: LoweredSystem, *, method: str = "LSODA") -> None:
        self._system = system
        self._method: Any = METHODS[method]

    def solve(
        self, ensemble: Ensemble, controls: Controls, advance: Callable[[int], None]
    ) -> Solution:
        """Simulate one subject after the other; `controls.threads` has no effect."""
        n, events = ensemble.subjects, len(self._system.events)
        tapes = Tapes(self._system, ensemble.outputs)
        values = np.full((n, len(ensemble.outputs), len(ensemble.times)), np.nan)
        status = np.zeros(n, dtype=np.int32)
        steps = np.zeros(n, dtype=np.int32)
        event_times = np.full((n, events), np.inf)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for i in range(n):
                parameters = np.array([c[i if len(c) > 1 else 0] for c in ensemble.columns])
                run = _Run(
                    subject=Subject(tapes, parameters),
                    solver=self._method,
                    ensemble=ensemble,
                    controls=controls,
                    row=i,
                    values=values[i],
                    event_times=event_times[i],
                )
                status[i] = run.run()
                steps[i] = run.steps
                advance(1)
        method = Method.REFERENCE if self._system.state_names else Method.CLOSED_FORM
        return Solution(
            values=values,
            status=status,
            steps=steps,
            methods=np.full(n, int(method), dtype=np.int32),
            event_times=event_times,
        )


@final
class _Run:
    """One subject through its segments between jumps and events."""

    def __init__(
        self,
        *,
        subject: Subject,
        solver: Any,
        ensemble: Ensemble,
        controls: Controls,
        row: int,
        values: Floats,
        event_times: Floats,
    ) -> None:
        self.subject, self.solver, self.controls = subject, solver, controls
        self.times, self.values, self.event_times = ensemble.times, values, event_times
        self.jumps = list(
            zip(
                ensemble.jump_times[row],
                ensemble.jump_states[row],
                ensemble.jump_values[row],
                ensemble.jump_sets[row],
                strict=True,
            )
        )
        own = subject.size - subject.passive
        self.atol = np.full(subject.size, np.min(controls.atol, initial=1.0))
        self.atol[:own] = controls.atol[:own]
        self.armed = [True] * len(event_times)
        self.spent: set[int] = set()
        self.time, self.steps, self.done = ensemble.start, 0, 0
        self.end = float(ensemble.times[-1])

    def run(self) -> Status:
        """Integrate to the last output time."""
        self.states = self.subject.initial()
        if self.subject.size == 0:
            self.write(np.inf, lambda times: np.empty((0, len(times))))
            return self.outcome()
        if self.subject.lags:
            self.subject.past = Past(self.time, self.states.copy(), self.subject.lags)
        status = self.jump()
        while self.time < self.end and status is Status.OK:
            status = self.segment()
        if status is Status.OK:
            states = self.states
            self.write(np.inf, lambda times: np.repeat(states[:, None], len(times), axis=1))
            return self.outcome()
        return status

    def outcome(self) -> Status:
        """Status of a subject that reached the end: an output may still be undefined."""
        return Status.NON_FINITE if np.isnan(self.values).any() else Status.OK

    def write(self, before: float, dense: Callable[[Floats], Floats]) -> None:
        """Write the outputs whose time is below `before`."""
        last = int(np.searchsorted(self.times, before, side="left"))
        if last > self.done:
            times = self.times[self.done : last]
            self.values[:, self.done : last] = self.subject.outputs(times, dense(times))
            self.done = last

    def jump(self, fired: int | None = None) -> Status:
        """Apply the event that was located, jumps that are due, and events that follow.

        After the jump an event that fired rests for one step: where it was located its expression
        is zero but for rounding, and it would be found again and again.
        """
        before = self.states.copy()
        self.spent.clear()
        self.arm()
        self.states[list(self.subject.moments)] = 0.0
        if fired is not None:
            self.fire(fired, set_off=False)
        while self.jumps and self.jumps[0][0] <= self.time:
            _, state, value, is_set = self.jumps.pop(0)
            self.states[state] = value if is_set else self.states[state] + value
        rounds = 0
        while self.fire_what_is_due():
            rounds += 1
            if rounds > LONGEST_CHAIN:
                return Status.ENDLESS_EVENTS
        for event in range(len(self.armed)):
            above = self.subject.when(event, self.time, self.states) > 0.0
            self.armed[event] = above and event not in self.spent
        if self.subject.past is not None and (self.spent or np.any(before != self.states)):
            self.subject.past.jumped(self.time)
        return Status.OK

    def fire_what_is_due(self) -> bool:
        """Fire the events at or below zero that can, in the order of the model; True when any."""
        self.arm()
        happened = False
        for event in range(len(self.armed)):
            if self.armed[event] and self.subject.when(event, self.time, self.states) <= 0.0:
                self.fire(event, set_off=True)
                self.arm()
                happened = True
        return happened

    def fire(self, event: int, *, set_off: bool) -> None:
        """Apply an event here and now."""
        self.event_times[event] = min(self.event_times[event], self.time)
        self.states = self.subject.assign(event, self.time, self.states, set_off=set_off)
        self.armed[event] = False
        self.spent.add(event)

    def arm(self) -> None:
        """An event can fire (again) when its expression is above zero here and now."""
        for event in range(len(self.armed)):
            if self.subject.when(event, self.time, self.states) > 0.0:
                self.armed[event] = True

    def segment(self) -> Status:
        """Integrate to the next jump, event or the end."""
        solver = self.start_solver(self.atol)
        tiny = 0
        while solver.status == "running":
            if tiny > _CAUGHT_AFTER:
                solver, tiny = self.start_solver(self.blurred_tolerances()), 0
            if self.steps >= self.controls.max_steps:
                return Status.MAX_STEPS
            self.steps += 1
            try:
                solver.step()
            except (ValueError, np.linalg.LinAlgError):
                return Status.NON_FINITE
            if str(solver.status) == "failed":
                return Status.STEP_TOO_SMALL
            if not np.all(np.isfinite(solver.y)):
                return Status.NON_FINITE
            is_tiny = solver.t - self.time <= _TIME_BLUR * abs(self.time)
            tiny = tiny + 1 if is_tiny else 0
            dense = solver.dense_output()
            found = self.locate(solver, dense)
            if self.subject.past is not None:
                end = float(solver.t) if found is None else found[1]
                self.subject.past.keep(end, dense)
            if found is not None:
                event, self.time = found
                self.states = np.array(dense(self.time), dtype=np.float64)
                self.write(self.time, dense)
                return self.jump(event) if self.is_inside() else Status.LEFT_DOMAIN
            self.time = float(solver.t)
            self.states = np.array(solver.y, dtype=np.float64)
            self.write(self.time, dense)
            if not self.is_inside():
                return Status.LEFT_DOMAIN
            for event in range(len(self.armed)):
                self.armed[event] = self.subject.when(event, self.time, self.states) > 0.0
        return self.jump()

    def start_solver(self, atol: Floats) -> Any:
        """A solver from here to the next jump or the end."""
        bound = min(self.end, self.jumps[0][0]) if self.jumps else self.end
        if self.subject.past is not None:
            bound = min(bound, self.subject.past.bound(self.time))
        self.subject.begin = self.time
        return self.solver(
            self.subject.rhs,
            self.time,
            self.states,
            bound,
            rtol=self.controls.rtol,
            atol=atol,
            max_step=self.controls.max_step,
            jac=self.subject.jacobian,
        )

    def blurred_tolerances(self) -> Floats:
        """Absolute tolerances that let a solver across a switch.

        What a state changes within the resolution of time is no error. A state that a switch sets
        in motion from zero would else forbid every step.
        """
        blur = _TIME_BLUR * abs(self.time)
        # The switch may lie a little ahead, where the solver gave up.
        ahead = [self.time + blur * 10.0**k for k in range(10)]
        speeds = [np.abs(self.subject.rhs(time, self.states)) for time in ahead]
        return np.maximum(self.atol, np.max(speeds, axis=0) * blur)

    def is_inside(self) -> bool:
        """True when no state is beyond the limit."""
        own = self.subject.size - self.subject.passive
        return bool(np.max(np.abs(self.states[:own])) <= self.controls.state_limit)

    def locate(self, solver: Any, dense: Any) -> tuple[int, float] | None:
        """The first event within the step that was just made, with its time."""
        found: list[tuple[float, int]] = []
        for event in range(len(self.armed)):
            if not self.armed[event] or self.subject.when(event, solver.t, solver.y) > 0.0:
                continue

            def height(time: float, event: int = event) -> float:
                return self.subject.when(event, time, dense(time))

            if height(solver.t_old) <= 0.0:
                found.append((float(solver.t_old), event))
            elif height(solver.t) > 0.0:
                found.append((float(solver.t), event))
            else:
                root: Any = brentq(
                    height, solver.t_old, solver.t, rtol=_EVENT_TOLERANCE, xtol=1e-13
                )
                found.append((float(root), event))
        if not found:
            return None
        time, event = min(found)
        return event, time
