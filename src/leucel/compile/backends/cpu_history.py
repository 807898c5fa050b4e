"""What the states of a lane were: steps behind it, for delays, and moments ahead at which it kinks.

The history of a lane is a ring of its last steps, each with its begin, the reciprocal of its
length, its end, and the interpolant of the states that are delayed. A jump of a state makes a kink
wherever a delay looks back at it, and each kink a weaker one a delay later. The steps end at kinks
down to the derivative that the method can tell; they never are longer than a delay, so that what
they ask for is known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, final

from llvmlite import ir

from leucel.compile.backends.cpu_memory import Emitter, Slot
from leucel.compile.backends.cpu_values import (
    F64,
    I1,
    I32,
    I64,
    INTEGERS,
    LANES,
    MASK,
    POINTER,
    POINTERS,
    VECTOR,
    places_in,
    reserve,
    splat_integer,
)
from leucel.compile.explicit import ORDER
from leucel.compile.lowering import LoweredSystem
from leucel.compile.stepper import DENSE_ROWS, interpolate

# Steps that a lane remembers; a power of two.
STEPS_KEPT: Final = 2048
# Kinks ahead that a lane knows of; what does not find a place is left to step control.
_KINKS: Final = 64
# A kink this many delays after a jump is too smooth to matter.
_WEAKEST: Final = ORDER
# Begin, reciprocal length and end of a step; old and new value and three coefficients of a state.
_HEAD, _VALUES = 3, 2 + DENSE_ROWS
# Moments closer than this share of the time are one.
_BLUR: Final = 64 * 2.220446049250313e-16
_VOID: Final = ir.VoidType()


def delayed_states(system: LoweredSystem) -> tuple[int, ...]:
    """The states that delays look back at, each once."""
    return tuple(sorted({delay.state for delay in system.delays}))


def history_size(system: LoweredSystem) -> int:
    """Doubles that the history of all lanes takes."""
    if not system.delays:
        return 0
    row = _HEAD + _VALUES * len(delayed_states(system))
    return LANES * (STEPS_KEPT * row + 2 * _KINKS)


@final
class History:
    """The functions on the history of a kernel, emitted when this is made."""

    def __init__(self, emitter: Emitter) -> None:
        self._e = emitter
        self._states = delayed_states(emitter.system)
        self._row = _HEAD + _VALUES * len(self._states)
        self._stride = STEPS_KEPT * self._row + 2 * _KINKS
        delays = range(len(emitter.system.delays))
        # Within a step a moment belongs to the steps before it, at its begin to those after it.
        self._before = [self._walk(k, after=False) for k in delays]
        self._after = [self._walk(k, after=True) for k in delays]
        self._found = [self._value(k) for k in delays]
        self._note = self._noting()
        self.begin = self._beginning()
        self.next_kink = self._next_kink()

    def lags(self, e: Emitter, known: Mapping[int, Any]) -> list[Any]:
        """How long the delays are, in all lanes."""
        return e.run([d.lag for d in e.system.delays], time=None, states=[], known=known)

    def at(self, e: Emitter, time: Any, known: Mapping[int, Any], *, after: bool) -> list[Any]:
        """What the delays give at a time of each lane."""
        values: list[Any] = []
        for k, lag in enumerate(self.lags(e, known)):
            moment = e.ar.subtract(time, lag)
            walk = self._after[k] if after else self._before[k]
            steps = e.call(walk, moment)
            edge = e.real(-_BLUR if after else _BLUR)
            values.append(e.call(self._found[k], moment, steps, edge))
        return values

    def advance(self, e: Emitter, time: Any, known: Mapping[int, Any]) -> None:
        """Move to the oldest step that is needed from a time on."""
        for k, lag in enumerate(self.lags(e, known)):
            steps = e.call(self._before[k], e.ar.subtract(time, lag))
            e.put(e.layout.cursor + k, steps)

    def is_full(self, e: Emitter) -> Any:
        """Mask of the lanes that cannot remember one more step."""
        head = e.get(e.layout.head, kind=INTEGERS)
        full: Any = ir.Constant(MASK, [0] * LANES)
        for k in range(len(e.system.delays)):
            used = e.b.sub(head, e.get(e.layout.cursor + k, kind=INTEGERS))
            full = e.b.or_(full, e.b.icmp_signed(">=", used, splat_integer(STEPS_KEPT - 2)))
        return full

    def _base(self, e: Emitter) -> Any:
        return e.slot(Slot.HISTORY, POINTER)

    def _offsets(self, e: Emitter, steps: Any) -> Any:
        """Where the steps with these numbers are kept, in each lane."""
        b = e.b
        lanes = ir.Constant(INTEGERS, [lane * self._stride for lane in range(LANES)])
        place = b.and_(steps, splat_integer(STEPS_KEPT - 1))
        return b.add(lanes, b.mul(place, splat_integer(self._row)))

    def _load(self, e: Emitter, offsets: Any, item: int) -> Any:
        gather = e.b.module.declare_intrinsic(
            "llvm.masked.gather.v8f64.v8p0",
            (),
            ir.FunctionType(VECTOR, [POINTERS, I32, MASK, VECTOR]),
        )
        places = places_in(e.b, self._base(e), e.b.add(offsets, splat_integer(item)))
        every = ir.Constant(MASK, [1] * LANES)
        undefined = ir.Constant(VECTOR, ir.Undefined)
        return e.b.call(gather, [places, ir.Constant(I32, 8), every, undefined])

    def remember(self, e: Emitter, good: Any) -> None:
        """Keep the step that was just made in the lanes of a mask."""
        b, lay = e.b, e.layout
        scatter = b.module.declare_intrinsic(
            "llvm.masked.scatter.v8f64.v8p0",
            (),
            ir.FunctionType(_VOID, [VECTOR, POINTERS, I32, MASK]),
        )
        head = e.get(lay.head, kind=INTEGERS)
        offsets = self._offsets(e, head)
        rows = [lay.time, lay.inverse_step, lay.end_of_step]
        for state in self._states:
            rows += [lay.state + state, lay.new_state + state]
            rows += [lay.dense + DENSE_ROWS * state + c for c in range(DENSE_ROWS)]
        for item, row in enumerate(rows):
            places = places_in(b, self._base(e), b.add(offsets, splat_integer(item)))
            b.call(scatter, [e.get(row), places, ir.Constant(I32, 8), good])
        e.put(lay.head, b.add(head, b.zext(good, INTEGERS)))

    def shorten(self, e: Emitter, lane: Any) -> None:
        """Let the last step of a lane end where an event ended it."""
        b = e.b
        last = b.sub(e.get(e.layout.head, lane, I64), e.integer(1))
        place = b.mul(b.and_(last, e.integer(STEPS_KEPT - 1)), e.integer(self._row))
        place = b.add(place, b.mul(lane, e.integer(self._stride)))
        end = e.item(self._base(e), b.add(place, e.integer(2)))
        b.store(e.get(e.layout.end_of_step, lane), end)

    def _walk(self, k: int, *, after: bool) -> ir.Function:
        """(moments): numbers of the steps in which they lie, from the cursor on."""
        name = f"walk_{k}_after" if after else f"walk_{k}"
        function, e = self._e.function(name, INTEGERS, VECTOR)
        moments = function.args[2]
        b, ar, lay = e.b, e.ar, e.layout
        blur = ar.multiply(ar.absolute(e.get(lay.time)), ar.constant(_BLUR))
        limit = ar.add(moments, blur) if after else ar.subtract(moments, blur)
        last = b.sub(e.get(lay.head, kind=INTEGERS), splat_integer(1))
        with e.loop(e.get(lay.cursor + k, kind=INTEGERS)) as loop:
            (steps,) = loop.values
            end = self._load(e, self._offsets(e, steps), 2)
            over = ar.less_equal(end, limit) if after else ar.less(end, limit)
            more = b.and_(over, b.icmp_signed("<", steps, last))
            loop.leave_unless(b.icmp_unsigned("!=", e.bits(more), e.integer(0)))
            loop.again(b.add(steps, b.zext(more, INTEGERS)))
        b.ret(steps)
        return function

    def _value(self, k: int) -> ir.Function:
        """(moments, steps, share): the delayed state there; its start before the first step."""
        function, e = self._e.function(f"past_{k}", VECTOR, VECTOR, INTEGERS, F64)
        _, _, moments, steps, share = function.args
        b, ar, lay = e.b, e.ar, e.layout
        place = self._states.index(e.system.delays[k].state)
        offsets = self._offsets(e, steps)
        begin, inverse = self._load(e, offsets, 0), self._load(e, offsets, 1)
        old, new, *dense = (
            self._load(e, offsets, _HEAD + _VALUES * place + i) for i in range(_VALUES)
        )
        fraction = ar.multiply(ar.subtract(moments, begin), inverse)
        value = interpolate(ar, fraction, old, new, dense)
        start = e.broadcast(e.slot(Slot.START, F64))
        edge = ar.multiply_add(ar.absolute(e.get(lay.time)), e.broadcast(share), start)
        first = b.icmp_signed("<=", e.get(lay.head, kind=INTEGERS), splat_integer(0))
        early = b.or_(ar.less_equal(moments, edge), first)
        b.ret(b.select(early, e.get(lay.past + place), value))
        return function

    def _beginning(self) -> ir.Function:
        """(lane): a subject starts; nothing is behind it but its initial values."""
        function, e = self._e.function("begin_history", _VOID, I64)
        lane = function.args[2]
        lay = e.layout
        e.put(lay.head, e.integer(0), lane)
        for k in range(len(e.system.delays)):
            e.put(lay.cursor + k, e.integer(0), lane)
        for place, state in enumerate(self._states):
            e.put(lay.past + place, e.get(lay.state + state, lane), lane)
        with e.loop(e.integer(0)) as loop:
            (j,) = loop.values
            loop.leave_unless(e.b.icmp_signed("<", j, e.integer(_KINKS)))
            e.b.store(e.real(math.inf), self._kink(e, lane, j))
            loop.again(e.b.add(j, e.integer(1)))
        e.b.ret_void()
        return function

    def _kink(self, e: Emitter, lane: Any, j: Any, item: int = 0) -> Any:
        """Address of the time (item 0) or the strength (item 1) of a kink ahead."""
        b = e.b
        first = b.add(b.mul(lane, e.integer(self._stride)), e.integer(STEPS_KEPT * self._row))
        return e.item(self._base(e), b.add(first, b.add(j, e.integer(item * _KINKS))))

    def _noting(self) -> ir.Function:
        """(lane, time, strength): something at a time makes kinks a delay later."""
        function, e = self._e.function("note_kinks", _VOID, I64, F64, F64)
        _, _, lane, time, strength = function.args
        b = e.b
        weaker = b.fadd(strength, e.real(1.0))
        matters = b.fcmp_ordered("<=", weaker, e.real(float(_WEAKEST)))
        with b.if_then(b.not_(matters)):
            b.ret_void()
        for delay in e.system.delays:
            (lag,) = e.run([delay.lag], time=None, states=[], known=e.constants(lane))
            moment = b.fadd(time, b.extract_element(lag, ir.Constant(I32, 0)))
            blur = b.fmul(moment, e.real(_BLUR))
            with e.loop(e.integer(0)) as loop:
                (j,) = loop.values
                inside = b.icmp_signed("<", j, e.integer(_KINKS))
                loop.leave_unless(inside)
                at = e.load(self._kink(e, lane, j))
                distance = b.fsub(at, moment)
                free = b.fcmp_ordered("==", at, e.real(math.inf))
                same = b.and_(
                    b.fcmp_ordered("<=", distance, blur),
                    b.fcmp_ordered(">=", distance, b.fneg(blur)),
                )
                loop.leave_unless(b.not_(b.or_(free, same)))
                loop.again(b.add(j, e.integer(1)))
            with b.if_then(b.icmp_signed("<", j, e.integer(_KINKS))):
                place, rank = self._kink(e, lane, j), self._kink(e, lane, j, 1)
                old = e.load(rank)
                unused = b.fcmp_ordered("==", e.load(place), e.real(math.inf))
                stronger = b.or_(unused, b.fcmp_ordered("<", weaker, old))
                with b.if_then(stronger):
                    b.store(weaker, rank)
                with b.if_then(unused):
                    b.store(moment, place)
        b.ret_void()
        return function

    def _next_kink(self) -> ir.Function:
        """(lane, jumped): pass the kinks of this moment; time of the next one."""
        function, e = self._e.function("next_kink", F64, I64, I1)
        _, _, lane, jumped = function.args
        b = e.b
        time = e.get(e.layout.time, lane)
        limit = b.fadd(time, b.fmul(time, e.real(_BLUR)))
        with b.if_then(jumped):
            e.call(self._note, lane, time, e.real(0.0))
        soonest = reserve(b, F64)
        b.store(e.real(math.inf), soonest)
        for passing in (True, False):
            with e.loop(e.integer(0)) as loop:
                (j,) = loop.values
                loop.leave_unless(b.icmp_signed("<", j, e.integer(_KINKS)))
                place = self._kink(e, lane, j)
                at = e.load(place)
                if passing:
                    with b.if_then(b.fcmp_ordered("<=", at, limit)):
                        b.store(e.real(math.inf), place)
                        e.call(self._note, lane, time, e.load(self._kink(e, lane, j, 1)))
                else:
                    with b.if_then(b.fcmp_ordered("<", at, b.load(soonest, typ=F64))):
                        b.store(at, soonest)
                loop.again(b.add(j, e.integer(1)))
        b.ret(b.load(soonest, typ=F64))
        return function


def lane_of(e: Emitter, values: list[Any], lane: Any) -> list[Any]:
    """One lane of some vectors, in all lanes."""
    index = e.b.trunc(lane, I32)
    return [e.broadcast(e.b.extract_element(value, index)) for value in values]


def shortest(e: Emitter, lags: list[Any], step: Any) -> Any:
    """The step, or the shortest delay where that is shorter."""
    for lag in lags:
        step = e.ar.minimum(step, lag)
    return step
