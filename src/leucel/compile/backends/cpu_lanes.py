"""What happens to one lane at a time: outputs, events, doses, the end, and the next subject.

These moments are rare beside the steps, so each is a function that works on one lane of the working
memory. Outputs use the width of the machine all the same, for eight output times at once; an event
is searched at eight times at once.
"""

from __future__ import annotations

import math
from typing import Any, Final, final

from llvmlite import ir

from leucel.compile.backends.cpu_memory import Emitter, Slot
from leucel.compile.backends.cpu_values import (
    F64,
    I1,
    I32,
    I64,
    LANES,
    MASK,
    POINTER,
    VECTOR,
    reserve,
)
from leucel.compile.rosenbrock import interpolate
from leucel.core import Status

# Each round of the search divides the bracket by eight: 2**-51 of the step after 17 rounds.
_SEARCH_ROUNDS: Final = 17
# Share of the shortest turnover, and limits of that turnover as shares of the whole time.
_FIRST_STEP: Final = 0.01
_FASTEST_START: Final = 1e-4
_LONGEST_START: Final = 1.0
_VOID: Final = ir.VoidType()


def element(emitter: Emitter, vector: Any) -> Any:
    """The first lane of a vector, where all lanes are equal."""
    return emitter.b.extract_element(vector, ir.Constant(I32, 0))


def masked_store(emitter: Emitter, value: Any, place: Any, mask: Any) -> None:
    """Store the lanes of a vector whose mask is set, side by side."""
    function = emitter.b.module.declare_intrinsic(
        "llvm.masked.store.v8f64.p0", (), ir.FunctionType(_VOID, [VECTOR, POINTER, I32, MASK])
    )
    emitter.b.call(function, [value, place, ir.Constant(I32, 8), mask])


@final
class LaneFunctions:
    """The functions of one kernel, emitted when this is made."""

    def __init__(self, emitter: Emitter) -> None:
        self._e = emitter
        self.events = [self._event(i) for i in range(len(emitter.system.events))]
        self.whens = [self._when(i) for i in range(len(emitter.system.events))]
        self.write = self._write()
        self.locate = self._locate()
        self.move = self._move()
        self.jump = self._jump()
        self.restart = self._restart()
        self.finish = self._finish()
        self.fail = self._fail()
        self.load = self._load()
        self.release = self._release()

    def _own_states(self, e: Emitter, lane: Any) -> list[Any]:
        return [e.spread(e.layout.state + i, lane) for i in range(e.layout.states)]

    def _states_at(self, e: Emitter, lane: Any, fraction: Any) -> list[Any]:
        lay = e.layout
        return [
            interpolate(
                e.ar,
                fraction,
                e.spread(lay.state + i, lane),
                e.spread(lay.new_state + i, lane),
                [e.spread(lay.dense + 3 * i + c, lane) for c in range(3)],
            )
            for i in range(lay.states)
        ]

    def _write(self) -> ir.Function:
        """(lane, before): write the outputs whose time is below `before`.

        An inverse step of zero stands for a subject at rest, whose states hold from now on.
        """
        function, e = self._e.function("write", _VOID, I64, F64)
        _, _, lane, before = function.args
        b, lay = e.b, e.layout
        times = e.slot(Slot.TIMES, POINTER)
        count = e.slot(Slot.TIME_COUNT, I64)
        subject = e.get(lay.subject, lane, I64)
        first = b.mul(subject, e.slot(Slot.KEPT, I64))
        start = e.spread(lay.time, lane)
        inverse = e.spread(lay.inverse_step, lane)
        resting = e.ar.equal(inverse, e.ar.constant(0.0))
        known = e.constants(lane)
        own = self._own_states(e, lane)
        limit = e.broadcast(before)
        output = e.slot(Slot.OUTPUT, POINTER)
        destinations = e.slot(Slot.DESTINATIONS, POINTER)
        with e.loop(e.get(lay.output_index, lane, I64)) as loop:
            (index,) = loop.values
            time = e.load(e.item(times, index))
            loop.leave_unless(b.fcmp_ordered("<", time, before))
            at = e.load(e.item(times, index), VECTOR)
            mask = e.ar.less(at, limit)
            fraction = e.ar.multiply(e.ar.subtract(at, start), inverse)
            moving = self._states_at(e, lane, fraction)
            states = [b.select(resting, o, m) for o, m in zip(own, moving, strict=True)]
            values = e.run(list(e.system.outputs), time=at, states=states, known=known)
            for o, value in enumerate(values):
                place = e.load(e.item(destinations, e.integer(o), I64), I64)
                with b.if_then(b.icmp_signed(">=", place, e.integer(0))):
                    row = b.mul(b.add(first, place), count)
                    masked_store(e, value, e.item(output, b.add(row, index)), mask)
                    broken = b.and_(b.fcmp_unordered("uno", value, value), mask)
                    with e.when_any(e.bits(broken)):
                        e.put(lay.broken, e.integer(1), lane)
            population = b.module.declare_intrinsic(
                "llvm.ctpop.i64", (), ir.FunctionType(I64, [I64])
            )
            loop.again(b.add(index, b.call(population, [e.bits(mask)])))
        e.put(lay.output_index, index, lane)
        e.put(lay.next_output, time, lane)
        b.ret_void()
        return function

    def _when(self, event: int) -> ir.Function:
        """(lane): the expression of an event here and now."""
        function, e = self._e.function(f"when_{event}", F64, I64)
        lane = function.args[2]
        (height,) = e.run(
            [e.system.events[event].when],
            time=e.spread(e.layout.time, lane),
            states=self._own_states(e, lane),
            known=e.constants(lane),
        )
        e.b.ret(element(e, height))
        return function

    def _event(self, event: int) -> ir.Function:
        """(lane): an event happens here and now."""
        function, e = self._e.function(f"event_{event}", _VOID, I64)
        lane = function.args[2]
        b, lay = e.b, e.layout
        subject = e.get(lay.subject, lane, I64)
        index = b.add(b.mul(subject, e.integer(lay.events)), e.integer(event))
        place = e.item(e.slot(Slot.EVENT_TIMES, POINTER), index)
        time = e.get(lay.time, lane)
        earlier = b.fcmp_ordered("<", time, e.load(place))
        with b.if_then(earlier):
            b.store(time, place)
        assignments = e.system.events[event].assignments
        values = e.run(
            [number for _, number in assignments],
            time=e.broadcast(time),
            states=self._own_states(e, lane),
            known=e.constants(lane),
        )
        for (state, _), value in zip(assignments, values, strict=True):
            e.put(lay.state + state, element(e, value), lane)
        b.ret_void()
        return function

    def _arm(self, e: Emitter, event: int, lane: Any) -> None:
        height = e.call(self.whens[event], lane)
        above = e.b.uitofp(e.b.fcmp_ordered(">", height, e.real(0.0)), F64)
        e.put(e.layout.armed + event, above, lane)

    def _locate(self) -> ir.Function:
        """(lane, bits of the lanes by event): fraction of the step at the first event."""
        function, e = self._e.function("locate", F64, I64, POINTER)
        _, _, lane, fired = function.args
        b, lay = e.b, e.layout
        known = e.constants(lane)
        start, step = e.spread(lay.time, lane), e.spread(lay.step, lane)
        eighths = ir.Constant(VECTOR, [(k + 1) / LANES for k in range(LANES)])
        first = reserve(b, F64)
        b.store(e.real(2.0), first)
        for event, lowered in enumerate(e.system.events):
            bits = e.load(e.item(fired, e.integer(event), I64), I64)
            mine = b.and_(b.lshr(bits, lane), e.integer(1))
            with e.when_any(mine):
                rounds = e.integer(0)
                with e.loop(rounds, e.real(0.0), e.real(1.0)) as loop:
                    done, low, high = loop.values
                    loop.leave_unless(b.icmp_signed("<", done, e.integer(_SEARCH_ROUNDS)))
                    width = b.fsub(high, low)
                    fraction = e.ar.multiply_add(e.broadcast(width), eighths, e.broadcast(low))
                    (height,) = e.run(
                        [lowered.when],
                        time=e.ar.multiply_add(fraction, step, start),
                        states=self._states_at(e, lane, fraction),
                        known=known,
                    )
                    below = e.bits(e.ar.less_equal(height, e.ar.constant(0.0)))
                    # The end of the bracket is below by construction, whatever rounding says.
                    below = b.or_(below, e.integer(1 << (LANES - 1)))
                    eighth = b.uitofp(e.lowest(below), F64)
                    part = b.fmul(width, e.real(1.0 / LANES))
                    new_low = b.fadd(low, b.fmul(part, eighth))
                    new_high = b.fadd(low, b.fmul(part, b.fadd(eighth, e.real(1.0))))
                    loop.again(b.add(done, e.integer(1)), new_low, new_high)
                with b.if_then(b.fcmp_ordered("<", high, b.load(first, typ=F64))):
                    b.store(high, first)
                    e.put(lay.fired, e.integer(event), lane)
        b.ret(b.load(first, typ=F64))
        return function

    def _move(self) -> ir.Function:
        """(lane, fraction): end the step early, at a fraction of it."""
        function, e = self._e.function("move", _VOID, I64, F64)
        _, _, lane, fraction = function.args
        lay = e.layout
        states = self._states_at(e, lane, e.broadcast(fraction))
        for i, value in enumerate(states):
            e.put(lay.new_state + i, element(e, value), lane)
        step = e.b.fmul(fraction, e.get(lay.step, lane))
        e.put(lay.end_of_step, e.b.fadd(e.get(lay.time, lane), step), lane)
        e.b.ret_void()
        return function

    def _jump(self) -> ir.Function:
        """(lane): apply the event that was located, the boluses due, the events that follow."""
        function, e = self._e.function("jump", _VOID, I64)
        lane = function.args[2]
        b, lay = e.b, e.layout
        located = e.get(lay.fired, lane, I64)
        for event, apply in enumerate(self.events):
            with b.if_then(b.icmp_signed("==", located, e.integer(event))):
                e.call(apply, lane)
                self._arm(e, event, lane)
        e.put(lay.fired, e.integer(-1), lane)

        time = e.get(lay.time, lane)
        count = e.slot(Slot.BOLUS_COUNT, I64)
        first = b.mul(e.get(lay.subject, lane, I64), count)
        end = e.slot(Slot.END, F64)
        until = reserve(b, F64)
        b.store(end, until)
        with e.loop(e.get(lay.bolus_index, lane, I64)) as loop:
            (index,) = loop.values
            loop.leave_unless(b.icmp_signed("<", index, count))
            at = b.add(first, index)
            bolus_time = e.load(e.item(e.slot(Slot.BOLUS_TIMES, POINTER), at))
            later = b.fcmp_ordered(">", bolus_time, time)
            sooner = b.and_(later, b.fcmp_ordered("<", bolus_time, end))
            with b.if_then(sooner):
                b.store(bolus_time, until)
            loop.leave_unless(b.not_(later))
            state = b.sext(e.load(e.item(e.slot(Slot.BOLUS_STATES, POINTER), at, I32), I32), I64)
            amount = e.load(e.item(e.slot(Slot.BOLUS_AMOUNTS, POINTER), at))
            lane_of_state = b.add(b.mul(state, e.integer(LANES)), lane)
            place = e.row(lay.state, lane_of_state)
            b.store(b.fadd(b.load(place, typ=F64), amount), place)
            loop.again(b.add(index, e.integer(1)))
        e.put(lay.bolus_index, index, lane)
        e.put(lay.until, b.load(until, typ=F64), lane)

        for event, apply in enumerate(self.events):
            armed = b.fcmp_ordered(">", e.get(lay.armed + event, lane), e.real(0.5))
            height = e.call(self.whens[event], lane)
            with b.if_then(b.and_(armed, b.fcmp_ordered("<=", height, e.real(0.0)))):
                e.call(apply, lane)
        for event in range(lay.events):
            self._arm(e, event, lane)
        b.ret_void()
        return function

    def _restart(self) -> ir.Function:
        """(lane): choose the first step after a start or a jump; status, 0 when all is well.

        A hundredth of the time in which the quickest state would change by its own size. Tolerances
        do not enter: a state that starts at zero would ask for steps that nothing needs, and a
        first step that is too long costs a few rejections only.
        """
        function, e = self._e.function("restart", I64, I64)
        lane = function.args[2]
        b, ar, lay = e.b, e.ar, e.layout
        states = self._own_states(e, lane)
        slopes = e.run(
            list(e.system.rhs),
            time=e.spread(lay.time, lane),
            states=states,
            known=e.constants(lane),
        )
        span = e.broadcast(b.fsub(e.slot(Slot.END, F64), e.slot(Slot.START, F64)))
        floor = ar.multiply(span, ar.constant(_FASTEST_START))
        shortest = ar.multiply(span, ar.constant(_LONGEST_START))
        speed = ar.constant(0.0)
        for state, slope in zip(states, slopes, strict=True):
            slope_size = ar.absolute(slope)
            speed = ar.add(speed, slope_size)
            turnover = ar.add(ar.divide(ar.absolute(state), slope_size), floor)
            shortest = b.select(ar.less(turnover, shortest), turnover, shortest)
        step = ar.multiply(shortest, ar.constant(_FIRST_STEP))
        e.put(lay.step, element(e, step), lane)
        e.put(lay.rejected, e.real(0.0), lane)
        finite = b.fcmp_ordered("<", element(e, speed), e.real(math.inf))
        b.ret(b.select(finite, e.integer(int(Status.OK)), e.integer(int(Status.NON_FINITE))))
        return function

    def _close(self, e: Emitter, lane: Any, status: Any) -> None:
        subject = e.get(e.layout.subject, lane, I64)
        place = e.item(e.slot(Slot.STATUS, POINTER), subject, I32)
        e.b.store(e.b.trunc(status, I32), place)
        tried = e.get(e.layout.tried, lane, I64)
        place = e.item(e.slot(Slot.STEPS, POINTER), subject, I32)
        e.b.store(e.b.trunc(tried, I32), place)

    def _finish(self) -> ir.Function:
        """(lane): write the last outputs and close the subject."""
        function, e = self._e.function("finish", _VOID, I64)
        lane = function.args[2]
        e.put(e.layout.inverse_step, e.real(0.0), lane)
        e.call(self.write, lane, e.real(math.inf))
        broken = e.b.icmp_signed("!=", e.get(e.layout.broken, lane, I64), e.integer(0))
        status = e.b.select(broken, e.integer(int(Status.NON_FINITE)), e.integer(int(Status.OK)))
        self._close(e, lane, status)
        e.b.ret_void()
        return function

    def _fail(self) -> ir.Function:
        """(lane, status): what is not written yet becomes not a number."""
        function, e = self._e.function("fail", _VOID, I64, I64)
        _, _, lane, status = function.args
        b = e.b
        count, kept = e.slot(Slot.TIME_COUNT, I64), e.slot(Slot.KEPT, I64)
        output = e.slot(Slot.OUTPUT, POINTER)
        first = b.mul(e.get(e.layout.subject, lane, I64), kept)
        start = e.get(e.layout.output_index, lane, I64)
        with e.loop(e.integer(0)) as rows:
            (kept_index,) = rows.values
            rows.leave_unless(b.icmp_signed("<", kept_index, kept))
            row = b.mul(b.add(first, kept_index), count)
            with e.loop(start) as loop:
                (index,) = loop.values
                loop.leave_unless(b.icmp_signed("<", index, count))
                b.store(e.real(math.nan), e.item(output, b.add(row, index)))
                loop.again(b.add(index, e.integer(1)))
            rows.again(b.add(kept_index, e.integer(1)))
        self._close(e, lane, status)
        b.ret_void()
        return function

    def _load(self) -> ir.Function:
        """(lane, subject): start a subject; true when it has to be integrated."""
        function, e = self._e.function("load", I1, I64, I64)
        _, _, lane, subject = function.args
        b, lay = e.b, e.layout
        prepared = e.slot(Slot.PREPARED, POINTER)
        stride = e.slot(Slot.STRIDE, I64)
        column = b.sub(subject, e.slot(Slot.FIRST, I64))
        rows = [lay.constant + c for c in range(len(lay.constants))]
        rows += [lay.state + i for i in range(lay.states)]
        for k, row in enumerate(rows):
            place = b.add(b.mul(stride, e.integer(k)), column)
            e.put(row, e.load(e.item(prepared, place)), lane)
        start = e.slot(Slot.START, F64)
        e.put(lay.time, start, lane)
        e.put(lay.subject, subject, lane)
        for row in (lay.output_index, lay.bolus_index, lay.tried, lay.broken):
            e.put(row, e.integer(0), lane)
        e.put(lay.fired, e.integer(-1), lane)
        for event in range(lay.events):
            e.put(lay.armed + event, e.real(1.0), lane)
        e.put(lay.next_output, e.load(e.slot(Slot.TIMES, POINTER)), lane)
        e.call(self.jump, lane)
        begins = b.fcmp_ordered("<", start, e.slot(Slot.END, F64))
        with b.if_then(b.not_(begins)):
            e.call(self.finish, lane)
            b.ret(ir.Constant(I1, 0))
        status = e.call(self.restart, lane)
        well = b.icmp_signed("==", status, e.integer(0))
        with b.if_then(b.not_(well)):
            e.call(self.fail, lane, status)
            b.ret(ir.Constant(I1, 0))
        b.ret(ir.Constant(I1, 1))
        return function

    def _release(self) -> ir.Function:
        """(lane, next subject by reference): take the next subject that has to be integrated."""
        function, e = self._e.function("release", _VOID, I64, POINTER)
        _, _, lane, queue = function.args
        b = e.b
        last = e.slot(Slot.LAST, I64)
        with e.loop() as loop:
            subject = b.load(queue, typ=I64)
            e.put(e.layout.subject, e.integer(-1), lane)
            loop.leave_unless(b.icmp_signed("<", subject, last))
            b.store(b.add(subject, e.integer(1)), queue)
            started = e.call(self.load, lane, subject)
            loop.leave_unless(b.not_(started))
            loop.again()
        b.ret_void()
        return function
