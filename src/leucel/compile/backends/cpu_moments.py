"""Within a step of one lane: outputs at their times, the moment of an event, and what it sets.

Outputs use the width of the machine for eight output times at once; an event is searched at eight
times at once.
"""

from __future__ import annotations

from typing import Any, Final

from llvmlite import ir

from leucel.compile.backends.cpu_memory import Emitter, Slot
from leucel.compile.backends.cpu_values import F64, I32, I64, LANES, MASK, POINTER, VECTOR, reserve
from leucel.compile.stepper import DENSE_ROWS, interpolate

# Each round of the search divides the bracket by eight: 2**-51 of the step after 17 rounds.
_SEARCH_ROUNDS: Final = 17
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


def states_of(e: Emitter, lane: Any) -> list[Any]:
    """The states of one lane, each in all lanes of a vector."""
    return [e.spread(e.layout.state + i, lane) for i in range(e.layout.states)]


def states_at(e: Emitter, lane: Any, fraction: Any) -> list[Any]:
    """The states of one lane at fractions of its step."""
    lay = e.layout
    return [
        interpolate(
            e.ar,
            fraction,
            e.spread(lay.state + i, lane),
            e.spread(lay.new_state + i, lane),
            [e.spread(lay.dense + DENSE_ROWS * i + c, lane) for c in range(DENSE_ROWS)],
        )
        for i in range(lay.states)
    ]


def emit_write(parent: Emitter) -> ir.Function:
    """(lane, before): write the outputs whose time is below `before`.

    An inverse step of zero stands for a subject at rest, whose states hold from now on.
    """
    function, e = parent.function("write", _VOID, I64, F64)
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
    own = states_of(e, lane)
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
        moving = states_at(e, lane, fraction)
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
        population = b.module.declare_intrinsic("llvm.ctpop.i64", (), ir.FunctionType(I64, [I64]))
        loop.again(b.add(index, b.call(population, [e.bits(mask)])))
    e.put(lay.output_index, index, lane)
    e.put(lay.next_output, time, lane)
    b.ret_void()
    return function


def emit_when(parent: Emitter, event: int) -> ir.Function:
    """(lane): the expression of an event here and now."""
    function, e = parent.function(f"when_{event}", F64, I64)
    lane = function.args[2]
    (height,) = e.run(
        [e.system.events[event].when],
        time=e.spread(e.layout.time, lane),
        states=states_of(e, lane),
        known=e.constants(lane),
    )
    e.b.ret(element(e, height))
    return function


def emit_event(parent: Emitter, event: int, *, set_off: bool) -> ir.Function:
    """(lane): an event happens here and now, located or set off by a jump."""
    name = f"event_{event}_set_off" if set_off else f"event_{event}"
    function, e = parent.function(name, _VOID, I64)
    lane = function.args[2]
    b, lay = e.b, e.layout
    subject = e.get(lay.subject, lane, I64)
    index = b.add(b.mul(subject, e.integer(lay.events)), e.integer(event))
    place = e.item(e.slot(Slot.EVENT_TIMES, POINTER), index)
    time = e.get(lay.time, lane)
    earlier = b.fcmp_ordered("<", time, e.load(place))
    with b.if_then(earlier):
        b.store(time, place)
    lowered = e.system.events[event]
    assignments = lowered.when_set_off if set_off else lowered.assignments
    values = e.run(
        [number for _, number in assignments],
        time=e.broadcast(time),
        states=states_of(e, lane),
        known=e.constants(lane),
    )
    for (state, _), value in zip(assignments, values, strict=True):
        e.put(lay.state + state, element(e, value), lane)
    e.put(lay.armed + event, e.real(-1.0), lane)
    b.ret_void()
    return function


def emit_locate(parent: Emitter) -> ir.Function:
    """(lane, bits of the lanes by event): end the step at the first event; its fraction."""
    function, e = parent.function("locate", F64, I64, POINTER)
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
                    states=states_at(e, lane, fraction),
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
    fraction = b.load(first, typ=F64)
    end = e.ar.multiply_add(e.broadcast(fraction), step, start)
    e.put(lay.end_of_step, element(e, end), lane)
    b.ret(fraction)
    return function


def emit_move(parent: Emitter) -> ir.Function:
    """(lane, fraction): the states at a fraction of the step become those at its end."""
    function, e = parent.function("move", _VOID, I64, F64)
    _, _, lane, fraction = function.args
    lay = e.layout
    states = states_at(e, lane, e.broadcast(fraction))
    for i, value in enumerate(states):
        e.put(lay.new_state + i, element(e, value), lane)
    e.b.ret_void()
    return function
