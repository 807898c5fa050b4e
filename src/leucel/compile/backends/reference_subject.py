"""A lowered system over floats: its functions for one subject."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np

from leucel.compile.arithmetic import NumpyArithmetic
from leucel.compile.backends.reference_history import Past
from leucel.compile.kernel import Floats
from leucel.compile.lowering import LoweredSystem
from leucel.compile.program import Op, Program


@final
class Tape:
    """A program made ready to be run many times over floats or arrays."""

    def __init__(self, program: Program, wanted: Sequence[int], fixed: Sequence[int] = ()) -> None:
        arithmetic = NumpyArithmetic()
        self._fixed = tuple(fixed)
        self._wanted = tuple(wanted)
        self._size = len(program.instructions)
        self.looks_back = program.uses(Op.DELAYED, wanted)
        self._leaves: list[tuple[int, Op, int, float]] = []
        self._operations: list[tuple[int, Callable[..., Any], tuple[int, ...]]] = []
        stop = set(self._fixed)
        for number in program.needed(wanted, known=stop):
            instruction = program.instructions[number]
            if number in stop:
                continue
            if instruction.args:
                apply = getattr(arithmetic, instruction.op.value)
                self._operations.append((number, apply, instruction.args))
            else:
                leaf = (number, instruction.op, instruction.index, instruction.value)
                self._leaves.append(leaf)

    def run(
        self,
        time: Any,
        states: Any,
        parameters: Any,
        fixed: Sequence[Any] = (),
        delayed: Sequence[Any] = (),
    ) -> list[Any]:
        """Values of what is wanted; `fixed` gives those that are known already."""
        values: list[Any] = [None] * self._size
        for number, value in zip(self._fixed, fixed, strict=True):
            values[number] = value
        for number, op, index, value in self._leaves:
            match op:
                case Op.TIME:
                    values[number] = time
                case Op.STATE:
                    values[number] = states[index]
                case Op.PARAMETER:
                    values[number] = parameters[index]
                case Op.DELAYED:
                    values[number] = delayed[index]
                case _:
                    values[number] = np.float64(value)
        for number, apply, args in self._operations:
            values[number] = apply(*[values[a] for a in args])
        return [values[number] for number in self._wanted]


@final
class Subject:
    """The functions of one subject, its constants computed once."""

    def __init__(self, tapes: Tapes, parameters: Floats) -> None:
        self._tapes = tapes
        self._parameters = parameters
        self._fixed = tapes.fixed.run(np.float64(0.0), (), parameters)
        self.size = len(tapes.system.state_names)
        self.moments = tapes.system.moments
        self.passive = tapes.system.passive

        self.delays = tapes.system.delays
        self.lags = [float(x) for x in tapes.lags.run(None, (), parameters, self._fixed)]
        self.past: Past | None = None
        self.begin = 0.0

    def _run(self, tape: Tape, time: Any, states: Any) -> list[Any]:
        delayed: list[Any] = []
        if self.past is not None and tape.looks_back:
            after = float(time) <= self.begin
            delayed = [
                np.float64(self.past.states(k, float(time), after=after)[delay.state])
                for k, delay in enumerate(self.delays)
            ]
        return tape.run(time, states, self._parameters, self._fixed, delayed)

    def initial(self) -> Floats:
        """Values at the start, (S,)."""
        return np.array(self._run(self._tapes.initial, np.float64(0.0), ()), dtype=np.float64)

    def rhs(self, time: float, states: Floats) -> Floats:
        """Derivatives, (S,)."""
        return np.array(self._run(self._tapes.rhs, np.float64(time), states), dtype=np.float64)

    def jacobian(self, time: float, states: Floats) -> Floats:
        """Derivatives of the derivatives, (S, S)."""
        matrix = np.zeros((self.size, self.size))
        entries = self._run(self._tapes.jacobian, np.float64(time), states)
        for (i, j), entry in zip(self._tapes.system.jacobian, entries, strict=True):
            matrix[i, j] = entry
        return matrix

    def outputs(self, times: Floats, states: Floats) -> Floats:
        """Outputs at times (T,) and states (S, T): (O, T)."""
        rows = self._run(self._tapes.outputs, times, states)
        return np.array([np.broadcast_to(row, times.shape) for row in rows], dtype=np.float64)

    def when(self, event: int, time: float, states: Floats) -> float:
        """The expression whose downward crossing is the event."""
        return float(self._run(self._tapes.when[event], np.float64(time), states)[0])

    def assign(self, event: int, time: float, states: Floats, *, set_off: bool) -> Floats:
        """States after an event, located or set off by a jump."""
        changed = states.copy()
        lowered = self._tapes.system.events[event]
        tape = self._tapes.set_off[event] if set_off else self._tapes.located[event]
        pairs = lowered.when_set_off if set_off else lowered.assignments
        values = self._run(tape, np.float64(time), states)
        for (state, _), value in zip(pairs, values, strict=True):
            changed[state] = value
        return changed


@final
class Tapes:
    def __init__(self, system: LoweredSystem, outputs: Sequence[int]) -> None:
        program = system.program
        kept = [system.outputs[o] for o in outputs]
        lags = [delay.lag for delay in system.delays]
        wanted = [*system.initial, *system.rhs, *system.jacobian.values(), *kept, *lags]
        for event in system.events:
            wanted += event.numbers
        border = program.border_of_constants(wanted)

        def tape(numbers: Sequence[int]) -> Tape:
            return Tape(program, numbers, border)

        self.system = system
        self.fixed = Tape(program, border)
        self.lags = tape(lags)
        self.initial = tape(system.initial)
        self.rhs = tape(system.rhs)
        self.jacobian = tape(list(system.jacobian.values()))
        self.outputs = tape(kept)
        self.when = [tape([event.when]) for event in system.events]
        self.located = [tape([n for _, n in event.assignments]) for event in system.events]
        self.set_off = [tape([n for _, n in event.when_set_off]) for event in system.events]
