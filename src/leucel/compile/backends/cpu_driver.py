"""The loop of a kernel: all lanes advance by one step, each with its own length and fate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from llvmlite import ir

from leucel.compile.backends.cpu_history import History, delayed_states, shortest
from leucel.compile.backends.cpu_lanes import LaneFunctions
from leucel.compile.backends.cpu_math import VectorFunctions
from leucel.compile.backends.cpu_memory import BYTES, Emitter, Layout, Slot
from leucel.compile.backends.cpu_steps import (
    dense_rows,
    is_convicted,
    next_step,
    squared_error,
    suspicion,
    take_step,
    weights,
)
from leucel.compile.backends.cpu_values import (
    F64,
    I32,
    I64,
    INTEGERS,
    LANES,
    MASK,
    POINTER,
    VECTOR,
    reserve,
    splat_integer,
)
from leucel.compile.kernel import Method
from leucel.compile.lowering import LoweredSystem
from leucel.compile.stepper import DENSE_ROWS, Step
from leucel.core import Status

# Shorter steps than this share of the time do not move it any more; at the start, where the time is
# zero, a share of the whole span takes its place.
_SMALLEST_STEP: Final = 16 * 2.220446049250313e-16
_SMALLEST_START: Final = 1e-32
_MOMENT_BLUR: Final = 4 * 2.220446049250313e-16
# Moments closer than this share of the time are not told apart; four times the smallest step, so
# that a state that grows without bound still ends in a step too small and not beyond its pole.
_TIME_BLUR: Final = 4 * _SMALLEST_STEP
# At the start the resolution is that of a time of this share of the span: a state that leaves zero
# as a power of time has the same relative error in a first step of any length.
_START_BLUR: Final = 1e-10
_VOID: Final = ir.VoidType()


def layout_of(system: LoweredSystem) -> Layout:
    """Working memory of a system."""
    wanted = [*system.rhs, *system.jacobian.values(), *system.outputs]
    if not system.autonomous:
        wanted += system.time_derivative
    for event in system.events:
        wanted += event.numbers
    wanted += [delay.lag for delay in system.delays]
    return Layout(
        states=len(system.state_names),
        events=len(system.events),
        passive=system.passive,
        constants=system.program.border_of_constants(wanted),
        delays=len(system.delays),
        delayed=len(delayed_states(system)),
    )


def emit_solver(
    module: ir.Module, system: LoweredSystem, functions: VectorFunctions, method: Method
) -> None:
    """Add the function `solve(record)` to a module: the subjects that wait for a method."""
    function = ir.Function(module, ir.FunctionType(_VOID, [POINTER]), name="solve")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    layout = layout_of(system)
    memory = reserve(builder, F64, layout.rows * LANES, align=LANES * BYTES)
    e = Emitter(builder, functions, system, layout, function.args[0], memory)
    restore = flush_subnormals(e)
    zero = ir.Constant(VECTOR, [0.0] * LANES)
    for row in range(layout.rows):
        e.put(row, zero)
    lanes = LaneFunctions(e, method)
    queue = reserve(builder, I64)
    fired = reserve(builder, I64, max(layout.events, 1))
    builder.store(e.slot(Slot.FIRST, I64), queue)
    for lane in range(LANES):
        e.call(lanes.release, e.integer(lane), queue)
    with e.loop() as loop:
        active = builder.icmp_signed(">=", e.get(layout.subject, kind=INTEGERS), splat_integer(0))
        loop.leave_unless(builder.icmp_unsigned("!=", e.bits(active), e.integer(0)))
        _emit_step(e, method, lanes, active, queue, fired)
        loop.again()
    restore()
    builder.ret_void()


def flush_subnormals(e: Emitter) -> Any:
    """Let the processor treat subnormal numbers as zero; call the result to undo it.

    A tumor of 1e-310 cells would halve the speed of all lanes.
    """
    b, module = e.b, e.b.module
    triple = module.triple
    if triple.startswith(("x86_64", "i686", "i386", "amd64")):
        word, changed = reserve(b, I32), reserve(b, I32)
        kind = ir.FunctionType(_VOID, [POINTER])
        store = module.declare_intrinsic("llvm.x86.sse.stmxcsr", (), kind)
        load = module.declare_intrinsic("llvm.x86.sse.ldmxcsr", (), kind)
        b.call(store, [word])
        b.store(b.or_(b.load(word, typ=I32), ir.Constant(I32, 0x8040)), changed)
        b.call(load, [changed])
        return lambda: b.call(load, [word])
    if triple.startswith(("aarch64", "arm64")):
        get = module.declare_intrinsic("llvm.aarch64.get.fpcr", (), ir.FunctionType(I64, []))
        put = module.declare_intrinsic("llvm.aarch64.set.fpcr", (), ir.FunctionType(_VOID, [I64]))
        old = b.call(get, [])
        b.call(put, [b.or_(old, ir.Constant(I64, 1 << 24))])
        return lambda: b.call(put, [old])
    return lambda: None


def _emit_step(
    e: Emitter, method: Method, lanes: LaneFunctions, active: Any, queue: Any, fired: Any
) -> None:
    b, ar, lay = e.b, e.ar, e.layout
    time = e.get(lay.time)
    states = [e.get(lay.state + i) for i in range(lay.states)]
    known = e.constants()

    until = e.get(lay.until)
    left = ar.subtract(until, time)
    step = ar.minimum(e.get(lay.step), e.broadcast(e.slot(Slot.MAX_STEP, F64)))
    history = lanes.history
    if history is not None:
        history.advance(e, time, known)
        step = shortest(e, history.lags(e, known), step)
    # A step that nearly reaches the next break is stretched, so that no crumb is left over.
    hits = ar.less_equal(left, ar.multiply(step, ar.constant(1.0001)))
    step = b.select(hits, left, step)
    end = b.select(hits, until, ar.add(time, step))
    taken = take_step(e, method, time, step, states, known, history)
    inverse = ar.divide(ar.constant(1.0), step)
    span = e.broadcast(b.fsub(e.slot(Slot.END, F64), e.slot(Slot.START, F64)))
    moment = ar.maximum(ar.absolute(end), ar.multiply(span, ar.constant(_START_BLUR)))
    blur = ar.multiply(ar.multiply(moment, inverse), ar.constant(_TIME_BLUR))
    scales = weights(e, states, taken, blur)
    squared = squared_error(e, taken, scales)
    good = b.and_(active, ar.less_equal(squared, ar.constant(1.0)))
    finite = ar.less(squared, ar.constant(math.inf))
    following = next_step(e, step, squared)

    tried = b.add(e.get(lay.tried, kind=INTEGERS), b.zext(active, INTEGERS))
    e.put(lay.tried, tried)
    e.put(lay.end_of_step, end)
    e.put(lay.inverse_step, inverse)
    e.put(lay.step, step)
    for i, value in enumerate(taken.states):
        e.put(lay.new_state + i, value)

    any_fired = _fired_events(e, end, taken, known, good, fired)
    due = e.bits(b.and_(good, ar.less(e.get(lay.next_output), end)))
    wanted = e.bits(good) if history is not None else b.or_(due, any_fired)
    with e.when_any(wanted):
        for c, row in enumerate(dense_rows(e, method, taken, step)):
            for i, value in enumerate(row):
                e.put(lay.dense + DENSE_ROWS * i + c, value)
        if history is not None:
            history.remember(e, good)
        if lay.events:
            with e.each_bit(any_fired) as lane:
                fraction = e.call(lanes.locate, lane, fired)
                if history is not None:
                    history.shorten(e, lane)
                # An output at the very moment of an event shows the states after it, however the
                # moment was rounded.
                before = e.get(lay.end_of_step, lane)
                before = b.fmul(before, e.real(1.0 - _MOMENT_BLUR))
                e.call(lanes.write, lane, before)
                e.call(lanes.move, lane, fraction)
        with e.each_bit(b.and_(due, b.not_(any_fired))) as lane:
            e.call(lanes.write, lane, e.get(lay.end_of_step, lane))

    for i in range(lay.states):
        e.put(lay.state + i, b.select(good, e.get(lay.new_state + i), states[i]))
    e.put(lay.time, b.select(good, e.get(lay.end_of_step), time))
    e.put(lay.step, following)
    one, none = ar.constant(1.0), ar.constant(0.0)
    e.put(lay.rejected, b.select(good, none, one))

    failures = _failures(e, history, time, good, active, finite, following, tried, hits)
    given = e.integer(0)
    if method is Method.EXPLICIT:
        for i, slope in enumerate(taken.stages[-1]):
            e.put(lay.slope + i, b.select(good, slope, e.get(lay.slope + i)))
        suspected = suspicion(e, states, taken, step, good)
        e.put(lay.suspicion, suspected)
        stuck = failures.pop(Status.NON_FINITE), failures.pop(Status.STEP_TOO_SMALL)
        given, left_over = _given(
            e, suspected, active, b.and_(good, hits), any_fired, stuck, failures
        )
        failures |= left_over
    failed = given
    for bits in failures.values():
        failed = b.or_(failed, bits)
    arrived = b.or_(e.bits(b.and_(good, hits)), any_fired)
    with e.each_bit(b.and_(arrived, b.not_(failed))) as lane:
        _arrive(e, lanes, lane, queue)
    if method is Method.EXPLICIT:
        with e.each_bit(given) as lane:
            e.call(lanes.give, lane)
            e.call(lanes.release, lane, queue)
    for status, bits in failures.items():
        with e.each_bit(bits) as lane:
            e.call(lanes.fail, lane, e.integer(int(status)))
            e.call(lanes.release, lane, queue)


def _fired_events(e: Emitter, end: Any, taken: Step[Any], known: Any, good: Any, fired: Any) -> Any:
    """Bits of the lanes in which an event happened within the step."""
    b, ar, lay = e.b, e.ar, e.layout
    if not lay.events:
        return e.integer(0)
    heights = e.run(
        [event.when for event in e.system.events],
        time=end,
        states=list(taken.states),
        known=known,
    )
    either = ir.Constant(MASK, [0] * LANES)
    zero = ar.constant(0.0)
    for event, height in enumerate(heights):
        armed = e.get(lay.armed + event)
        down = ar.less_equal(height, zero)
        happened = b.and_(b.and_(good, ar.less(zero, armed)), down)
        b.store(e.bits(happened), e.item(fired, e.integer(event), I64))
        either = b.or_(either, happened)
    # The first event ends the step before its end, so that what is above there says nothing.
    whole = b.and_(good, b.not_(either))
    for event, height in enumerate(heights):
        above = b.select(ar.less(zero, height), ar.constant(1.0), zero)
        e.put(lay.armed + event, b.select(whole, above, e.get(lay.armed + event)))
    return e.bits(either)


def _failures(
    e: Emitter,
    history: History | None,
    time: Any,
    good: Any,
    active: Any,
    finite: Any,
    following: Any,
    tried: Any,
    hits: Any,
) -> dict[Status, Any]:
    """Bits of the lanes that cannot go on, and why; no lane is in two of them."""
    b, ar = e.b, e.ar
    span = b.fsub(e.slot(Slot.END, F64), e.slot(Slot.START, F64))
    smallest = ar.maximum(
        ar.multiply(ar.absolute(time), ar.constant(_SMALLEST_STEP)),
        ar.multiply(e.broadcast(span), ar.constant(_SMALLEST_START)),
    )
    stuck = b.and_(b.and_(active, b.not_(good)), ar.less(following, smallest))
    limit, log_limit = (e.broadcast(e.slot(s, F64)) for s in (Slot.LIMIT, Slot.LOG_LIMIT))
    outside = ir.Constant(MASK, [0] * LANES)
    for i in range(e.layout.states - e.layout.passive):
        # Where an event ended the step, the states there count, not those beyond.
        value = e.get(e.layout.state + i)
        if i in e.system.logged:
            outside = b.or_(outside, ar.less(log_limit, value))
        else:
            outside = b.or_(outside, ar.less(limit, ar.absolute(value)))
    outside = b.and_(outside, good)
    most = b.insert_element(
        ir.Constant(INTEGERS, ir.Undefined), e.slot(Slot.MAX_STEPS, I64), ir.Constant(I32, 0)
    )
    zeros = ir.Constant(ir.VectorType(I32, LANES), [0] * LANES)
    most = b.shuffle_vector(most, ir.Constant(INTEGERS, ir.Undefined), zeros)
    spent = b.and_(active, b.icmp_signed(">=", tried, most))
    if history is not None:
        spent = b.or_(spent, b.and_(active, history.is_full(e)))
    arrived = b.and_(good, hits)
    spent = b.and_(spent, b.not_(b.or_(b.or_(stuck, outside), arrived)))
    return {
        Status.NON_FINITE: e.bits(b.and_(stuck, b.not_(finite))),
        Status.STEP_TOO_SMALL: e.bits(b.and_(stuck, finite)),
        Status.LEFT_DOMAIN: e.bits(outside),
        Status.MAX_STEPS: e.bits(spent),
    }


def _given(
    e: Emitter,
    suspected: Any,
    active: Any,
    hits: Any,
    any_fired: Any,
    stuck: tuple[Any, Any],
    failures: Mapping[Status, Any],
) -> tuple[Any, dict[Status, Any]]:
    """Bits of the lanes that go on with the other method, and the failures that remain.

    A subject that is stuck is left to the other method to judge, where that is allowed.
    """
    b = e.b
    allowed = b.icmp_signed("!=", e.slot(Slot.HANDS_OVER, I64), e.integer(0))
    every = b.select(allowed, e.integer(-1), e.integer(0))
    busy = b.or_(any_fired, e.bits(hits))
    for bits in failures.values():
        busy = b.or_(busy, bits)
    guilty = b.and_(e.bits(b.and_(active, is_convicted(e, suspected))), b.not_(busy))
    given = b.and_(b.or_(guilty, b.or_(*stuck)), every)
    kept = b.not_(every)
    left_over = {
        Status.NON_FINITE: b.and_(stuck[0], kept),
        Status.STEP_TOO_SMALL: b.and_(stuck[1], kept),
    }
    return given, left_over


def _arrive(e: Emitter, lanes: LaneFunctions, lane: Any, queue: Any) -> None:
    """A lane is at a jump, an event or the end."""
    b, lay = e.b, e.layout
    status = e.call(lanes.jump, lane)
    with b.if_else(b.icmp_signed("!=", status, e.integer(0))) as (broken, well):
        with broken:
            e.call(lanes.fail, lane, status)
            e.call(lanes.release, lane, queue)
        with well:
            ended = b.fcmp_ordered(">=", e.get(lay.time, lane), e.slot(Slot.END, F64))
            with b.if_else(ended) as (then, otherwise):
                with then:
                    e.call(lanes.finish, lane)
                    e.call(lanes.release, lane, queue)
                with otherwise:
                    status = e.call(lanes.restart, lane)
                    with b.if_then(b.icmp_signed("!=", status, e.integer(0))):
                        e.call(lanes.fail, lane, status)
                        e.call(lanes.release, lane, queue)
