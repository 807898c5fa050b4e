"""The course of one subject in a thread: its start, doses and events, its end.

What happens, and in which order, is what the other backends do; see `leucel.compile.kernel`.
"""

from __future__ import annotations

import math
from typing import Any, Final, final

from llvmlite import ir

from leucel.compile.backends.cpu_memory import Slot
from leucel.compile.backends.cpu_values import F64, I1, I32, I64, POINTER, reserve
from leucel.compile.backends.cuda_moments import emit_event, emit_when, emit_write
from leucel.compile.backends.cuda_thread import Thread
from leucel.compile.kernel import LONGEST_CHAIN
from leucel.compile.logarithms import LOG_OF_ZERO
from leucel.compile.program import Op
from leucel.compile.step_control import first_step
from leucel.core import Status

_LAST_PLACES: Final = 4
_VOID: Final = ir.VoidType()


@final
class Course:
    """The functions of one kernel, emitted when this is made."""

    def __init__(self, thread: Thread) -> None:
        self._t = thread
        events = range(len(thread.system.events))
        self.located = [emit_event(thread, i, set_off=False) for i in events]
        self.set_off = [emit_event(thread, i, set_off=True) for i in events]
        self.whens = [emit_when(thread, i) for i in events]
        self.write = emit_write(thread)
        self.arm = self._arm()
        self.jump = self._jump()
        self.restart = self._restart()
        self.finish = self._finish()
        self.fail = self._fail()
        self.prepare = self._prepare()
        self.arrive = self._arrive()

    def _prepare(self) -> ir.Function:
        """(subject): constants and initial values; nothing has happened yet."""
        function, t = self._t.function("prepare", _VOID, I64)
        subject, lay = function.args[2], t.layout
        wanted = [*lay.constants, *t.system.initial]
        values = t.run(wanted, parameters=parameters_of(t, wanted, subject))
        rows = [lay.constant + c for c in range(len(lay.constants))]
        rows += [lay.state + i for i in range(lay.states)]
        for row, value in zip(rows, values, strict=True):
            t.put(row, value)
        t.put(lay.time, t.slot(Slot.START, F64))
        t.put(lay.subject, subject)
        for row in (lay.output_index, lay.jump_index, lay.tried, lay.broken):
            t.put(row, t.integer(0))
        t.put(lay.fired, t.integer(-1))
        # The dense output is looked at before the first step has filled it, and its result dropped.
        for row in (lay.inverse_step, *range(lay.new_state, lay.constant)):
            t.put(row, t.real(0.0))
        for event in range(lay.events):
            t.put(lay.armed + event, t.real(1.0))
        t.put(lay.next_output, t.load(t.slot(Slot.TIMES, POINTER)))
        t.b.ret_void()
        return function

    def _arm(self) -> ir.Function:
        """Let the events fire whose expression is above zero here and now."""
        function, t = self._t.function("arm", _VOID)
        for event, when in enumerate(self.whens):
            row = t.layout.armed + event
            with t.b.if_then(t.b.fcmp_ordered(">", t.call(when), t.real(0.0))):
                again = _has_fired(t, t.get(row))
                t.put(row, t.b.select(again, t.real(2.0), t.real(1.0)))
        t.b.ret_void()
        return function

    def _jump(self) -> ir.Function:
        """Apply the event that was located, the jumps due, the events that follow; a status."""
        function, t = self._t.function("jump", I64)
        t.call(self.arm)
        for state in t.system.moments:
            t.put(t.layout.state + state, t.real(0.0))
        self._apply_located(t)
        _apply_due(t)
        self._follow(t)
        return function

    def _apply_located(self, t: Thread) -> None:
        """The event that ended the step, once the time is past it in its last places.

        A switch in time has to be on its new side when the integration goes on.
        """
        b, lay = t.b, t.layout
        which = t.get(lay.fired, I64)
        for event, apply in enumerate(self.located):
            with b.if_then(b.icmp_signed("==", which, t.integer(event))):
                with t.loop(t.integer(0)) as loop:
                    (count,) = loop.values
                    before = b.fcmp_ordered(">", t.call(self.whens[event]), t.real(0.0))
                    few = b.icmp_signed("<", count, t.integer(_LAST_PLACES))
                    loop.leave_unless(b.and_(before, few))
                    t.put(lay.time, b.add(t.get(lay.time, I64), t.integer(1)))
                    loop.again(b.add(count, t.integer(1)))
                t.call(apply)
        t.put(lay.fired, t.integer(-1))

    def _follow(self, t: Thread) -> None:
        """Events that are down now happen, again and again until none is; return a status.

        An event that fired rests for one step: its expression is zero but for rounding, and it
        would be found again and again.
        """
        b, lay = t.b, t.layout
        if not lay.events:
            b.ret(t.integer(int(Status.OK)))
            return
        with t.loop(t.integer(0)) as chain:
            (count,) = chain.values
            t.call(self.arm)
            happened: Any = ir.Constant(I1, 0)
            for event, apply in enumerate(self.set_off):
                armed = b.fcmp_ordered(">", t.get(lay.armed + event), t.real(0.5))
                down = b.fcmp_ordered("<=", t.call(self.whens[event]), t.real(0.0))
                fires = b.and_(armed, down)
                with b.if_then(fires):
                    t.call(apply)
                    t.call(self.arm)
                happened = b.or_(happened, fires)
            few = b.icmp_signed("<", count, t.integer(LONGEST_CHAIN))
            chain.leave_unless(b.and_(happened, few))
            chain.again(b.add(count, t.integer(1)))
        for event, when in enumerate(self.whens):
            row = lay.armed + event
            above = b.fcmp_ordered(">", t.call(when), t.real(0.0))
            ready = b.and_(above, b.not_(_has_fired(t, t.get(row))))
            t.put(row, b.uitofp(ready, F64))
        endless = t.integer(int(Status.ENDLESS_EVENTS))
        b.ret(b.select(few, t.integer(int(Status.OK)), endless))

    def _restart(self) -> ir.Function:
        """Choose the first step after a start or a jump; a status."""
        function, t = self._t.function("restart", I64)
        b, ar, lay = t.b, t.ar, t.layout
        states = t.states()
        slopes = t.run(t.system.rhs, time=t.get(lay.time), states=states, known=t.constants())
        own = lay.states - lay.passive
        step = first_step(
            ar,
            states=states[:own],
            slopes=slopes[:own],
            span=span_of(t),
            logged=t.system.logged,
        )
        t.put(lay.step, step)
        t.put(lay.rejected, t.real(0.0))
        t.put(lay.suspicion, t.real(0.0))
        speed = t.real(0.0)
        for i, slope in enumerate(slopes):
            t.put(lay.slope + i, slope)
            speed = ar.add(speed, ar.absolute(slope))
        finite = b.fcmp_ordered("<", speed, t.real(math.inf))
        b.ret(b.select(finite, t.integer(int(Status.OK)), t.integer(int(Status.NON_FINITE))))
        return function

    def _arrive(self) -> ir.Function:
        """At the start, a jump, an event or the end; true when the subject goes on."""
        function, t = self._t.function("arrive", I1)
        b = t.b
        status = t.call(self.jump)
        self.fail_if(t, b.icmp_signed("!=", status, t.integer(int(Status.OK))), status)
        with b.if_then(b.fcmp_ordered(">=", t.get(t.layout.time), t.slot(Slot.END, F64))):
            t.call(self.finish)
            b.ret(ir.Constant(I1, 0))
        status = t.call(self.restart)
        self.fail_if(t, b.icmp_signed("!=", status, t.integer(int(Status.OK))), status)
        b.ret(ir.Constant(I1, 1))
        return function

    def fail_if(self, t: Thread, condition: Any, status: Any) -> None:
        """In a function that gives whether the subject goes on: end it where a condition holds."""
        with t.b.if_then(condition):
            t.call(self.fail, status)
            t.b.ret(ir.Constant(I1, 0))

    def _finish(self) -> ir.Function:
        """Write the last outputs and close the subject."""
        function, t = self._t.function("finish", _VOID)
        t.put(t.layout.inverse_step, t.real(0.0))
        t.call(self.write, t.real(math.inf))
        broken = t.b.icmp_signed("!=", t.get(t.layout.broken, I64), t.integer(0))
        statuses = (Status.NON_FINITE, Status.OK)
        _close(t, t.b.select(broken, *(t.integer(int(status)) for status in statuses)))
        t.b.ret_void()
        return function

    def _fail(self) -> ir.Function:
        """(status): what is not written yet becomes not a number."""
        function, t = self._t.function("fail", _VOID, I64)
        b = t.b
        count, kept = t.slot(Slot.TIME_COUNT, I64), t.slot(Slot.KEPT, I64)
        first = b.mul(t.get(t.layout.subject, I64), kept)
        start = t.get(t.layout.output_index, I64)
        with t.loop(t.integer(0)) as rows:
            (row,) = rows.values
            rows.leave_unless(b.icmp_signed("<", row, kept))
            place = t.item(t.slot(Slot.OUTPUT, POINTER), b.mul(b.add(first, row), count))
            with t.loop(start) as loop:
                (index,) = loop.values
                loop.leave_unless(b.icmp_signed("<", index, count))
                b.store(t.real(math.nan), t.item(place, index))
                loop.again(b.add(index, t.integer(1)))
            rows.again(b.add(row, t.integer(1)))
        _close(t, function.args[2])
        b.ret_void()
        return function


def parameters_of(t: Thread, wanted: list[int], subject: Any) -> list[Any]:
    """The parameters of a subject that the instructions `wanted` need, the others as None."""
    instructions = [t.system.program.instructions[n] for n in t.system.program.needed(wanted)]
    used = {i.index for i in instructions if i.op is Op.PARAMETER}
    columns, steps = t.slot(Slot.COLUMNS, POINTER), t.slot(Slot.COLUMN_STEPS, POINTER)
    values: list[Any] = []
    for index in range(len(t.system.parameter_names)):
        if index not in used:
            values.append(None)
            continue
        column = t.b.load(t.item(columns, t.integer(index), I64), typ=POINTER)
        step = t.load(t.item(steps, t.integer(index), I64), I64)
        values.append(t.load(t.item(column, t.b.mul(subject, step))))
    return values


def span_of(t: Thread) -> Any:
    """The whole time."""
    return t.ar.subtract(t.slot(Slot.END, F64), t.slot(Slot.START, F64))


def _apply_due(t: Thread) -> None:
    """Doses and resets of this moment; `until` becomes the time of the next."""
    b, lay = t.b, t.layout
    time, end = t.get(lay.time), t.slot(Slot.END, F64)
    count = t.slot(Slot.JUMP_COUNT, I64)
    first = b.mul(t.get(lay.subject, I64), count)
    until = reserve(b, F64)
    b.store(end, until)
    with t.loop(t.get(lay.jump_index, I64)) as loop:
        (index,) = loop.values
        loop.leave_unless(b.icmp_signed("<", index, count))
        at = b.add(first, index)
        jump_time = t.load(t.item(t.slot(Slot.JUMP_TIMES, POINTER), at))
        later = b.fcmp_ordered(">", jump_time, time)
        with b.if_then(b.and_(later, b.fcmp_ordered("<", jump_time, end))):
            b.store(jump_time, until)
        loop.leave_unless(b.not_(later))
        state = b.sext(t.load(t.item(t.slot(Slot.JUMP_STATES, POINTER), at, I32), I32), I64)
        sets = t.load(t.item(t.slot(Slot.JUMP_SETS, POINTER), at, I32), I32)
        amount = t.load(t.item(t.slot(Slot.JUMP_VALUES, POINTER), at))
        place = t.place(lay.state, state)
        logged = _is_logged(t, state)
        old = b.load(place, typ=F64)
        if t.system.logged:
            old = b.select(logged, t.ar.exp(old), old)
        is_set = b.icmp_signed("!=", sets, ir.Constant(I32, 0))
        new = b.select(is_set, amount, t.ar.add(old, amount))
        if t.system.logged:
            nothing = b.fcmp_ordered("==", new, t.real(0.0))
            logarithm = b.select(nothing, t.real(LOG_OF_ZERO), t.ar.log(new))
            new = b.select(logged, logarithm, new)
        b.store(new, place)
        loop.again(b.add(index, t.integer(1)))
    t.put(lay.jump_index, index)
    t.put(lay.until, b.load(until, typ=F64))


def _is_logged(t: Thread, state: Any) -> Any:
    """True when a state is kept as its logarithm."""
    found: Any = ir.Constant(I1, 0)
    for index in t.system.logged:
        found = t.b.or_(found, t.b.icmp_signed("==", state, t.integer(index)))
    return found


def _close(t: Thread, status: Any) -> None:
    subject = t.get(t.layout.subject, I64)
    tried = t.get(t.layout.tried, I64)
    for slot, number in ((Slot.STATUS, status), (Slot.STEPS, tried)):
        t.b.store(t.b.trunc(number, I32), t.item(t.slot(slot, POINTER), subject, I32))


def _has_fired(t: Thread, flag: Any) -> Any:
    """True for the flag of an event that fired in this jump."""
    fired = t.b.fcmp_ordered("<", flag, t.real(0.0))
    return t.b.or_(fired, t.b.fcmp_ordered(">", flag, t.real(1.0)))
