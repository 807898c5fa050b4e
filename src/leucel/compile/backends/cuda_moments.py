"""Within a step of one thread: outputs at their times, the moment of an event, and what it sets."""

from __future__ import annotations

from typing import Any, Final

from llvmlite import ir

from leucel.compile.backends.cpu_memory import Slot
from leucel.compile.backends.cpu_values import F64, I1, I64, POINTER, reserve
from leucel.compile.backends.cuda_thread import Thread
from leucel.compile.stepper import DENSE_ROWS, interpolate

# Halvings of the step in the search for an event.
_SEARCH_ROUNDS: Final = 51
_VOID: Final = ir.VoidType()


def states_at(t: Thread, fraction: Any) -> list[Any]:
    """The states at a fraction of the step."""
    lay = t.layout
    return [
        interpolate(
            t.ar,
            fraction,
            t.get(lay.state + i),
            t.get(lay.new_state + i),
            [t.get(lay.dense + DENSE_ROWS * i + c) for c in range(DENSE_ROWS)],
        )
        for i in range(lay.states)
    ]


def store_outputs(t: Thread, values: list[Any], subject: Any, index: Any) -> Any:
    """Write the kept outputs of a subject at one time; true when one is not a number."""
    b = t.b
    count, kept = t.slot(Slot.TIME_COUNT, I64), t.slot(Slot.KEPT, I64)
    output, destinations = t.slot(Slot.OUTPUT, POINTER), t.slot(Slot.DESTINATIONS, POINTER)
    first = b.mul(subject, kept)
    broken: Any = ir.Constant(I1, 0)
    for o, value in enumerate(values):
        place = t.load(t.item(destinations, t.integer(o), I64), I64)
        is_kept = b.icmp_signed(">=", place, t.integer(0))
        with b.if_then(is_kept):
            row = b.mul(b.add(first, place), count)
            b.store(value, t.item(output, b.add(row, index)))
        nan = b.fcmp_unordered("uno", value, value)
        broken = b.or_(broken, b.and_(is_kept, nan))
    return broken


def emit_write(parent: Thread) -> ir.Function:
    """(before): write the outputs whose time is below `before`.

    An inverse step of zero stands for a subject at rest, whose states hold from now on.
    """
    function, t = parent.function("write", _VOID, F64)
    before = function.args[2]
    b, lay = t.b, t.layout
    subject = t.get(lay.subject, I64)
    times = t.slot(Slot.TIMES, POINTER)
    start, inverse = t.get(lay.time), t.get(lay.inverse_step)
    resting = t.ar.equal(inverse, t.real(0.0))
    known = t.constants()
    with t.loop(t.get(lay.output_index, I64)) as loop:
        (index,) = loop.values
        time = t.load(t.item(times, index))
        loop.leave_unless(b.fcmp_ordered("<", time, before))
        moving = states_at(t, t.ar.multiply(t.ar.subtract(time, start), inverse))
        states = [b.select(resting, o, m) for o, m in zip(t.states(), moving, strict=True)]
        values = t.run(t.system.outputs, time=time, states=states, known=known)
        with b.if_then(store_outputs(t, values, subject, index)):
            t.put(lay.broken, t.integer(1))
        loop.again(b.add(index, t.integer(1)))
    t.put(lay.output_index, index)
    t.put(lay.next_output, time)
    b.ret_void()
    return function


def emit_when(parent: Thread, event: int) -> ir.Function:
    """The expression of an event here and now."""
    function, t = parent.function(f"when_{event}", F64)
    wanted = [t.system.events[event].when]
    (height,) = t.run(wanted, time=t.get(t.layout.time), states=t.states(), known=t.constants())
    t.b.ret(height)
    return function


def emit_event(parent: Thread, event: int, *, set_off: bool) -> ir.Function:
    """An event happens here and now, located or set off by a jump."""
    name = f"event_{event}_set_off" if set_off else f"event_{event}"
    function, t = parent.function(name, _VOID)
    b, lay = t.b, t.layout
    index = b.add(b.mul(t.get(lay.subject, I64), t.integer(lay.events)), t.integer(event))
    place = t.item(t.slot(Slot.EVENT_TIMES, POINTER), index)
    time = t.get(lay.time)
    with b.if_then(b.fcmp_ordered("<", time, t.load(place))):
        b.store(time, place)
    lowered = t.system.events[event]
    assignments = lowered.when_set_off if set_off else lowered.assignments
    wanted = [number for _, number in assignments]
    values = t.run(wanted, time=time, states=t.states(), known=t.constants())
    for (state, _), value in zip(assignments, values, strict=True):
        t.put(lay.state + state, value)
    t.put(lay.armed + event, t.real(-1.0))
    b.ret_void()
    return function


def emit_locate(parent: Thread) -> ir.Function:
    """(whether each event happened): end the step at the first of them; its fraction."""
    events = parent.system.events
    function, t = parent.function("locate", F64, *[I1] * len(events))
    b, lay = t.b, t.layout
    known = t.constants()
    start, step = t.get(lay.time), t.get(lay.step)
    first = reserve(b, F64)
    b.store(t.real(2.0), first)
    for event, happened in enumerate(function.args[2:]):
        with b.if_then(happened):
            with t.loop(t.integer(0), t.real(0.0), t.real(1.0)) as loop:
                rounds, low, high = loop.values
                loop.leave_unless(b.icmp_signed("<", rounds, t.integer(_SEARCH_ROUNDS)))
                middle = t.ar.multiply(t.real(0.5), t.ar.add(low, high))
                (height,) = t.run(
                    [events[event].when],
                    time=t.ar.multiply_add(middle, step, start),
                    states=states_at(t, middle),
                    known=known,
                )
                below = t.ar.less_equal(height, t.real(0.0))
                rounds = b.add(rounds, t.integer(1))
                loop.again(rounds, b.select(below, low, middle), b.select(below, middle, high))
            with b.if_then(b.fcmp_ordered("<", high, b.load(first, typ=F64))):
                b.store(high, first)
                t.put(lay.fired, t.integer(event))
    fraction = b.load(first, typ=F64)
    t.put(lay.end_of_step, t.ar.multiply_add(fraction, step, start))
    b.ret(fraction)
    return function
