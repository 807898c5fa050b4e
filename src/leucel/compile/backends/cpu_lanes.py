"""The course of one lane: doses and events, the start, the end, and the next subject.

These moments are rare beside the steps, so each is a function that works on one lane of the working
memory.
"""

from __future__ import annotations

import math
from typing import Any, Final, final

from llvmlite import ir

from leucel.compile.backends.cpu_history import History, lane_of
from leucel.compile.backends.cpu_memory import Emitter, Slot, Waiting
from leucel.compile.backends.cpu_moments import (
    element,
    emit_event,
    emit_locate,
    emit_move,
    emit_when,
    emit_write,
    states_of,
)
from leucel.compile.backends.cpu_values import F64, I1, I32, I64, LANES, POINTER, reserve
from leucel.compile.kernel import LONGEST_CHAIN, Method
from leucel.compile.logarithms import LOG_OF_ZERO
from leucel.core import Status

# Share of the shortest turnover, and limits of that turnover as shares of the whole time.
_FIRST_STEP: Final = 0.01
_FASTEST_START: Final = 1e-4
_LONGEST_START: Final = 1.0
_LAST_PLACES: Final = 4
_VOID: Final = ir.VoidType()


@final
class LaneFunctions:
    """The functions of one kernel, emitted when this is made."""

    def __init__(self, emitter: Emitter, method: Method) -> None:
        self._e = emitter
        self._method = method
        self.history = History(emitter) if emitter.system.delays else None
        events = range(len(emitter.system.events))
        self.events = [emit_event(emitter, i, set_off=False) for i in events]
        self.set_off = [emit_event(emitter, i, set_off=True) for i in events]
        self.whens = [emit_when(emitter, i) for i in events]
        self.write = emit_write(emitter)
        self.locate = emit_locate(emitter)
        self.move = emit_move(emitter)
        self.arm = self._arm()
        self.jump = self._jump()
        self.restart = self._restart()
        self.finish = self._finish()
        self.fail = self._fail()
        if method is Method.EXPLICIT:
            self.give = self._give()
        self.load = self._load()
        self.release = self._release()

    def _pass(self, e: Emitter, event: int, lane: Any) -> None:
        """Move the time by the last places that it may lack to be past an event.

        A switch in time has to be on its new side when the integration goes on.
        """
        b, lay = e.b, e.layout
        with e.loop(e.integer(0)) as loop:
            (count,) = loop.values
            before = b.fcmp_ordered(">", e.call(self.whens[event], lane), e.real(0.0))
            few = b.icmp_signed("<", count, e.integer(_LAST_PLACES))
            loop.leave_unless(b.and_(before, few))
            bits = e.get(lay.time, lane, I64)
            e.put(lay.time, b.add(bits, e.integer(1)), lane)
            loop.again(b.add(count, e.integer(1)))

    def _jump(self) -> ir.Function:
        """(lane): apply the event that was located, the jumps due, the events that follow.

        Status, 0 when all is well. After the jump an event that fired rests for one step: where it
        was located its expression is zero but for rounding, and it would be found again and again.
        """
        function, e = self._e.function("jump", I64, I64)
        lane = function.args[2]
        b, lay = e.b, e.layout
        e.call(self.arm, lane)
        for state in e.system.moments:
            e.put(lay.state + state, e.real(0.0), lane)
        located = e.get(lay.fired, lane, I64)
        for event, apply in enumerate(self.events):
            with b.if_then(b.icmp_signed("==", located, e.integer(event))):
                self._pass(e, event, lane)
                e.call(apply, lane)
        e.put(lay.fired, e.integer(-1), lane)

        time = e.get(lay.time, lane)
        count = e.slot(Slot.JUMP_COUNT, I64)
        first = b.mul(e.get(lay.subject, lane, I64), count)
        end = e.slot(Slot.END, F64)
        until = reserve(b, F64)
        b.store(end, until)
        with e.loop(e.get(lay.jump_index, lane, I64)) as loop:
            (index,) = loop.values
            loop.leave_unless(b.icmp_signed("<", index, count))
            at = b.add(first, index)
            jump_time = e.load(e.item(e.slot(Slot.JUMP_TIMES, POINTER), at))
            later = b.fcmp_ordered(">", jump_time, time)
            sooner = b.and_(later, b.fcmp_ordered("<", jump_time, end))
            with b.if_then(sooner):
                b.store(jump_time, until)
            loop.leave_unless(b.not_(later))
            state = b.sext(e.load(e.item(e.slot(Slot.JUMP_STATES, POINTER), at, I32), I32), I64)
            amount = e.load(e.item(e.slot(Slot.JUMP_VALUES, POINTER), at))
            lane_of_state = b.add(b.mul(state, e.integer(LANES)), lane)
            place = e.row(lay.state, lane_of_state)
            sets = e.load(e.item(e.slot(Slot.JUMP_SETS, POINTER), at, I32), I32)
            is_set = b.icmp_signed("!=", sets, ir.Constant(I32, 0))
            self._unlog(e, state, place)
            sum_of_both = b.fadd(b.load(place, typ=F64), amount)
            b.store(b.select(is_set, amount, sum_of_both), place)
            self._log(e, state, place)
            loop.again(b.add(index, e.integer(1)))
        jumped: Any = b.icmp_signed("!=", located, e.integer(-1))
        jumped = b.or_(jumped, b.icmp_signed(">", index, e.get(lay.jump_index, lane, I64)))
        e.put(lay.jump_index, index, lane)
        e.put(lay.until, b.load(until, typ=F64), lane)

        if not self.events:
            self._stop_at_kinks(e, lane, jumped)
            b.ret(e.integer(int(Status.OK)))
            return function
        with e.loop(e.integer(0)) as chain:
            (count,) = chain.values
            e.call(self.arm, lane)
            happened: Any = ir.Constant(I1, 0)
            for event, apply in enumerate(self.set_off):
                armed = b.fcmp_ordered(">", e.get(lay.armed + event, lane), e.real(0.5))
                down = b.fcmp_ordered("<=", e.call(self.whens[event], lane), e.real(0.0))
                fires = b.and_(armed, down)
                with b.if_then(fires):
                    e.call(apply, lane)
                    e.call(self.arm, lane)
                happened = b.or_(happened, fires)
            few = b.icmp_signed("<", count, e.integer(LONGEST_CHAIN))
            chain.leave_unless(b.and_(happened, few))
            chain.again(b.add(count, e.integer(1)))
        for event in range(lay.events):
            row = lay.armed + event
            above = b.fcmp_ordered(">", e.call(self.whens[event], lane), e.real(0.0))
            rests = _has_fired(e, e.get(row, lane))
            e.put(row, b.uitofp(b.and_(above, b.not_(rests)), F64), lane)
        # An event that another set off came in a later round than the first.
        chained = b.or_(happened, b.icmp_signed(">", count, e.integer(0)))
        self._stop_at_kinks(e, lane, b.or_(jumped, chained))
        endless = e.integer(int(Status.ENDLESS_EVENTS))
        b.ret(b.select(few, e.integer(int(Status.OK)), endless))
        return function

    def _stop_at_kinks(self, e: Emitter, lane: Any, jumped: Any) -> None:
        """Let the steps of a lane end where a delay looks back at what happened."""
        if self.history is None:
            return
        b, lay = e.b, e.layout
        starts = b.icmp_signed("==", e.get(lay.head, lane, I64), e.integer(0))
        kink = e.call(self.history.next_kink, lane, b.or_(jumped, starts))
        until = e.get(lay.until, lane)
        e.put(lay.until, b.select(b.fcmp_ordered("<", kink, until), kink, until), lane)

    @staticmethod
    def _unlog(e: Emitter, state: Any, place: Any) -> None:
        """Turn a state that is kept as its logarithm into itself."""
        for i in e.system.logged:
            with e.b.if_then(e.b.icmp_signed("==", state, e.integer(i))):
                value = e.ar.exp(e.broadcast(e.b.load(place, typ=F64)))
                e.b.store(element(e, value), place)

    @staticmethod
    def _log(e: Emitter, state: Any, place: Any) -> None:
        """The way back."""
        for i in e.system.logged:
            with e.b.if_then(e.b.icmp_signed("==", state, e.integer(i))):
                value = e.b.load(place, typ=F64)
                nothing = e.b.fcmp_ordered("==", value, e.real(0.0))
                logarithm = element(e, e.ar.log(e.broadcast(value)))
                e.b.store(e.b.select(nothing, e.real(LOG_OF_ZERO), logarithm), place)

    def _arm(self) -> ir.Function:
        """(lane): let the events fire whose expression is above zero here and now."""
        function, e = self._e.function("arm", _VOID, I64)
        lane = function.args[2]
        b, lay = e.b, e.layout
        for event, when in enumerate(self.whens):
            row = lay.armed + event
            with b.if_then(b.fcmp_ordered(">", e.call(when, lane), e.real(0.0))):
                flag = e.get(row, lane)
                e.put(row, b.select(_has_fired(e, flag), e.real(2.0), e.real(1.0)), lane)
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
        states = states_of(e, lane)
        known = e.constants(lane)
        time = e.spread(lay.time, lane)
        delayed: list[Any] = []
        if self.history is not None:
            delayed = lane_of(e, self.history.at(e, time, known, after=True), lane)
        slopes = e.run(list(e.system.rhs), time=time, states=states, known=known, delayed=delayed)
        span = e.broadcast(b.fsub(e.slot(Slot.END, F64), e.slot(Slot.START, F64)))
        floor = ar.multiply(span, ar.constant(_FASTEST_START))
        shortest = ar.multiply(span, ar.constant(_LONGEST_START))
        speed = ar.constant(0.0)
        own = lay.states - lay.passive
        for i, (state, slope) in enumerate(zip(states, slopes, strict=True)):
            if self._method is Method.EXPLICIT:
                e.put(lay.slope + i, element(e, slope), lane)
            slope_size = ar.absolute(slope)
            speed = ar.add(speed, slope_size)
            if i >= own:
                continue
            size = ar.constant(1.0) if i in e.system.logged else ar.absolute(state)
            turnover = ar.add(ar.divide(size, slope_size), floor)
            shortest = b.select(ar.less(turnover, shortest), turnover, shortest)
        step = ar.multiply(shortest, ar.constant(_FIRST_STEP))
        e.put(lay.step, element(e, step), lane)
        e.put(lay.rejected, e.real(0.0), lane)
        e.put(lay.suspicion, e.real(0.0), lane)
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

    def _copy(self, e: Emitter, lane: Any, slot: Slot, column: Any, *, back: bool) -> None:
        """Copy the carried rows of a lane to its column, or back."""
        first, stride = e.slot(slot, POINTER), e.slot(Slot.STRIDE, I64)
        with e.loop(e.integer(0)) as loop:
            (row,) = loop.values
            loop.leave_unless(e.b.icmp_signed("<", row, e.integer(e.layout.carried)))
            there = e.item(first, e.b.add(e.b.mul(stride, row), column))
            here = e.item(e.memory, e.b.add(e.b.mul(row, e.integer(LANES)), lane))
            source, target = (there, here) if back else (here, there)
            e.b.store(e.load(source), target)
            loop.again(e.b.add(row, e.integer(1)))

    def _give(self) -> ir.Function:
        """(lane): leave a subject to the Rosenbrock method, as it is now."""
        function, e = self._e.function("give", _VOID, I64)
        lane = function.args[2]
        b = e.b
        subject = e.get(e.layout.subject, lane, I64)
        column = b.sub(subject, e.slot(Slot.FIRST, I64))
        self._copy(e, lane, Slot.CARRIED, column, back=False)
        method = ir.Constant(I32, int(Method.ROSENBROCK))
        b.store(method, e.item(e.slot(Slot.METHODS, POINTER), subject, I32))
        waits = ir.Constant(I32, int(Waiting.UNDER_WAY))
        b.store(waits, e.item(e.slot(Slot.WAITING, POINTER), subject, I32))
        b.ret_void()
        return function

    def _load(self) -> ir.Function:
        """(lane, subject): start a subject or go on with it; true when it is to be integrated."""
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
        place = e.item(e.slot(Slot.WAITING, POINTER), subject, I32)
        under_way = b.icmp_signed(
            "==", e.load(place, I32), ir.Constant(I32, int(Waiting.UNDER_WAY))
        )
        b.store(ir.Constant(I32, int(Waiting.NO)), place)
        if self._method is Method.ROSENBROCK:
            with b.if_then(under_way):
                self._copy(e, lane, Slot.CARRIED, column, back=True)
                b.ret(ir.Constant(I1, 1))
        if self.history is not None:
            e.call(self.history.begin, lane)
        start = e.slot(Slot.START, F64)
        e.put(lay.time, start, lane)
        e.put(lay.subject, subject, lane)
        for row in (lay.output_index, lay.jump_index, lay.tried, lay.broken):
            e.put(row, e.integer(0), lane)
        e.put(lay.fired, e.integer(-1), lane)
        for event in range(lay.events):
            e.put(lay.armed + event, e.real(1.0), lane)
        e.put(lay.next_output, e.load(e.slot(Slot.TIMES, POINTER)), lane)
        status = e.call(self.jump, lane)
        endless = b.icmp_signed("!=", status, e.integer(0))
        with b.if_then(endless):
            e.call(self.fail, lane, status)
            b.ret(ir.Constant(I1, 0))
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
            waiting = e.load(e.item(e.slot(Slot.WAITING, POINTER), subject, I32), I32)
            method = e.load(e.item(e.slot(Slot.METHODS, POINTER), subject, I32), I32)
            own = b.icmp_signed("==", method, ir.Constant(I32, int(self._method)))
            wanted = b.and_(own, b.icmp_signed("!=", waiting, ir.Constant(I32, int(Waiting.NO))))
            with b.if_else(wanted) as (then, otherwise):
                with then:
                    started = e.call(self.load, lane, subject)
                    after = b.block
                with otherwise:
                    before = b.block
            taken = b.phi(I1)
            taken.add_incoming(started, after)
            taken.add_incoming(ir.Constant(I1, 0), before)
            loop.leave_unless(b.not_(taken))
            loop.again()
        b.ret_void()
        return function


def _has_fired(e: Emitter, flag: Any) -> Any:
    """True for the flag of an event that fired in this jump."""
    return e.b.or_(
        e.b.fcmp_ordered("<", flag, e.real(0.0)), e.b.fcmp_ordered(">", flag, e.real(1.0))
    )
