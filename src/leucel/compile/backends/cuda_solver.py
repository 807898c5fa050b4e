"""What a thread does: one subject from its start to its end, step after step.

It starts with the explicit method and, where it turns out to be stiff, goes on with the Rosenbrock
method in the same thread.
"""

from __future__ import annotations

import math
from typing import Any, Final, cast

from llvmlite import ir

from leucel.compile import step_control
from leucel.compile.backends.cpu_driver import layout_of
from leucel.compile.backends.cpu_math import VectorFunctions
from leucel.compile.backends.cpu_memory import Emitter, Layout, Slot
from leucel.compile.backends.cpu_steps import (
    dense_rows,
    is_convicted,
    next_step,
    squared_error,
    suspicion,
    take_step,
    weights,
)
from leucel.compile.backends.cpu_values import F64, I1, I32, I64, POINTER, reserve
from leucel.compile.backends.cuda_course import Course, parameters_of, span_of
from leucel.compile.backends.cuda_moments import emit_locate, states_at, store_outputs
from leucel.compile.backends.cuda_thread import Thread
from leucel.compile.kernel import Method
from leucel.compile.lowering import LoweredSystem
from leucel.compile.stepper import DENSE_ROWS, Step
from leucel.core import Status

_VOID: Final = ir.VoidType()
# The other functions are long: written out at every place they would double the code and the time
# that a driver takes to translate it.
_WRITTEN_OUT: Final = frozenset({"exp", "log"})


def emit_thread(module: ir.Module, system: LoweredSystem) -> ir.Function:
    """Add the function of one thread, `subject(record, number)`, to a module."""
    kind = ir.FunctionType(_VOID, [POINTER, I64])
    function = ir.Function(module, kind, name="subject")
    function.linkage = "internal"
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    made = VectorFunctions(module, 1)

    def functions(name: str) -> ir.Function:
        if name not in _WRITTEN_OUT:
            made(name).attributes.add("noinline")
        return made(name)

    if system.state_names:
        layout = layout_of(system)
        memory = reserve(builder, F64, layout.rows)
        thread = Thread(builder, functions, system, layout, function.args[0], memory)
        _emit_course(thread, function.args[1])
    else:
        constants = system.program.border_of_constants(system.outputs)
        layout = Layout(states=0, events=0, constants=constants)
        thread = Thread(builder, functions, system, layout, function.args[0])
        _emit_closed_form(thread, function.args[1])
    return function


def _emit_closed_form(t: Thread, subject: Any) -> None:
    b, constants = t.b, t.layout.constants
    parameters = parameters_of(t, list(constants), subject)
    known = dict(zip(constants, t.run(constants, parameters=parameters), strict=True))
    count, times = t.slot(Slot.TIME_COUNT, I64), t.slot(Slot.TIMES, POINTER)
    with t.loop(t.integer(0), ir.Constant(I1, 0)) as loop:
        index, broken = loop.values
        loop.leave_unless(b.icmp_signed("<", index, count))
        values = t.run(t.system.outputs, time=t.load(t.item(times, index)), known=known)
        bad = store_outputs(t, values, subject, index)
        loop.again(b.add(index, t.integer(1)), b.or_(broken, bad))
    status = b.select(
        broken, ir.Constant(I32, int(Status.NON_FINITE)), ir.Constant(I32, int(Status.OK))
    )
    b.store(status, t.item(t.slot(Slot.STATUS, POINTER), subject, I32))
    b.ret_void()


def _emit_course(t: Thread, subject: Any) -> None:
    b = t.b
    course = Course(t)
    locate = emit_locate(t) if t.layout.events else None
    explicit, rosenbrock = (
        _emit_steps(t, course, locate, method) for method in (Method.EXPLICIT, Method.ROSENBROCK)
    )
    t.call(course.prepare, subject)
    place = t.item(t.slot(Slot.METHODS, POINTER), subject, I32)
    with b.if_then(t.call(course.arrive)):
        starts = b.icmp_signed("==", t.load(place, I32), ir.Constant(I32, int(Method.EXPLICIT)))
        with b.if_then(starts), b.if_then(b.not_(t.call(explicit))):
            b.ret_void()
        b.store(ir.Constant(I32, int(Method.ROSENBROCK)), place)
        t.call(rosenbrock)
    b.ret_void()


def _emit_steps(
    parent: Thread, course: Course, locate: ir.Function | None, method: Method
) -> ir.Function:
    """Steps of one method until the subject has ended; true when it goes on with the other."""
    function, t = parent.function(f"steps_{method.name.lower()}", I1)
    # Memory is set aside before the loop: within it, every round would take more.
    flag = reserve(t.b, I1)
    with t.loop() as loop:
        arrived, given = _emit_step(t, course, locate, method, flag)
        with t.b.if_then(arrived), t.b.if_then(t.b.not_(t.call(course.arrive))):
            t.b.ret(ir.Constant(I1, 0))
        loop.leave_unless(t.b.not_(given))
        loop.again()
    t.b.ret(ir.Constant(I1, 1))
    return function


def _emit_step(
    t: Thread, course: Course, locate: ir.Function | None, method: Method, flag: Any
) -> tuple[Any, Any]:
    """One step, taken or turned down.

    True when the subject is at a jump, an event or the end; true when the other method goes on.
    """
    b, ar, lay = t.b, t.ar, t.layout
    time, until, states, known = t.get(lay.time), t.get(lay.until), t.states(), t.constants()
    left = ar.subtract(until, time)
    step = ar.minimum(t.get(lay.step), t.slot(Slot.MAX_STEP, F64))
    hits = ar.less_equal(left, ar.multiply(step, t.real(step_control.STRETCH)))
    step = b.select(hits, left, step)
    end = b.select(hits, until, ar.add(time, step))
    # Formulas and their errors are those of lanes: a thread has the words that they need.
    words = cast(Emitter, t)
    taken = take_step(words, method, time, step, states, known)
    inverse = ar.divide(t.real(1.0), step)
    blur = step_control.time_blur(ar, end=end, span=span_of(t), inverse=inverse)
    squared = squared_error(words, taken, weights(words, states, taken, blur))
    good = ar.less_equal(squared, t.real(1.0))
    following = next_step(words, step, squared)
    tried = b.add(t.get(lay.tried, I64), t.integer(1))
    t.put(lay.tried, tried)
    t.put(lay.end_of_step, end)
    t.put(lay.inverse_step, inverse)
    t.put(lay.step, step)
    hands_over: Any = ir.Constant(I1, 0)
    guilty = hands_over
    if method is Method.EXPLICIT:
        hands_over = b.icmp_signed("!=", t.slot(Slot.HANDS_OVER, I64), t.integer(0))
        suspected = suspicion(words, states, taken, step, good)
        t.put(lay.suspicion, suspected)
        guilty = is_convicted(words, suspected)
    stuck = ar.less(following, step_control.smallest_step(ar, time=time, span=span_of(t)))
    stuck = b.and_(stuck, b.not_(good))
    with b.if_else(good) as (accepted, turned_down):
        with accepted:
            b.store(_cross(t, course, locate, method, taken, step, known), flag)
            _accept(t, course, method, taken)
        with turned_down:
            b.store(ir.Constant(I1, 0), flag)
            t.put(lay.rejected, t.real(1.0))
            finite = ar.less(squared, t.real(math.inf))
            statuses = (Status.STEP_TOO_SMALL, Status.NON_FINITE)
            status = b.select(finite, *(t.integer(int(status)) for status in statuses))
            course.fail_if(t, b.and_(stuck, b.not_(hands_over)), status)
    t.put(lay.step, following)
    met = b.and_(good, hits)
    spent = b.icmp_signed(">=", tried, t.slot(Slot.MAX_STEPS, I64))
    spent = b.and_(spent, b.not_(b.or_(met, stuck)))
    course.fail_if(t, spent, t.integer(int(Status.MAX_STEPS)))
    arrived = b.or_(met, b.load(flag, typ=I1))
    given = b.and_(b.or_(b.and_(guilty, b.not_(arrived)), stuck), hands_over)
    return arrived, given


def _accept(t: Thread, course: Course, method: Method, taken: Step[Any]) -> None:
    """The end of the step, or the event within it, becomes here and now."""
    b, lay = t.b, t.layout
    outside: Any = ir.Constant(I1, 0)
    limit, log_limit = t.slot(Slot.LIMIT, F64), t.slot(Slot.LOG_LIMIT, F64)
    for i in range(lay.states):
        # Where an event ended the step, the states there count, not those beyond.
        value = t.get(lay.new_state + i)
        t.put(lay.state + i, value)
        if i in t.system.logged:
            outside = b.or_(outside, t.ar.less(log_limit, value))
        elif i < lay.states - lay.passive:
            outside = b.or_(outside, t.ar.less(limit, t.ar.absolute(value)))
    if method is Method.EXPLICIT:
        for i, slope in enumerate(taken.stages[-1]):
            t.put(lay.slope + i, slope)
    t.put(lay.time, t.get(lay.end_of_step))
    t.put(lay.rejected, t.real(0.0))
    course.fail_if(t, outside, t.integer(int(Status.LEFT_DOMAIN)))


def _cross(
    t: Thread,
    course: Course,
    locate: ir.Function | None,
    method: Method,
    taken: Step[Any],
    step: Any,
    known: Any,
) -> Any:
    """Events and outputs within a step that is accepted; true when an event ended it."""
    b, ar, lay = t.b, t.ar, t.layout
    for i, value in enumerate(taken.states):
        t.put(lay.new_state + i, value)
    end, zero = t.get(lay.end_of_step), t.real(0.0)
    heights = t.run(
        [event.when for event in t.system.events], time=end, states=taken.states, known=known
    )
    happened = [
        b.and_(ar.less(zero, t.get(lay.armed + i)), ar.less_equal(height, zero))
        for i, height in enumerate(heights)
    ]
    fired: Any = ir.Constant(I1, 0)
    for one in happened:
        fired = b.or_(fired, one)
    due = ar.less(t.get(lay.next_output), end)
    with b.if_then(b.or_(due, fired)):
        for c, row in enumerate(dense_rows(cast(Emitter, t), method, taken, step)):
            for i, value in enumerate(row):
                t.put(lay.dense + DENSE_ROWS * i + c, value)
        if locate is None:
            t.call(course.write, end)
        else:
            with b.if_else(fired) as (then, otherwise):
                with then:
                    fraction = t.call(locate, *happened)
                    # An output at the very moment of an event shows the states after it.
                    before = t.real(1.0 - step_control.MOMENT_BLUR)
                    t.call(course.write, ar.multiply(t.get(lay.end_of_step), before))
                    for i, value in enumerate(states_at(t, fraction)):
                        t.put(lay.new_state + i, value)
                with otherwise:
                    t.call(course.write, end)
    with b.if_then(b.not_(fired)):
        # The first event ends the step before its end, so that what is above there says nothing.
        for i, height in enumerate(heights):
            t.put(lay.armed + i, b.uitofp(ar.less(zero, height), F64))
    return fired
