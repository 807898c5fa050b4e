"""Outputs within a step, one time of each lane at once.

Most steps hold one or two output times, and then the lanes of a vector are better filled with
subjects than with times. What is left after a few rounds is written lane by lane, by times. How
many rounds a subject takes depends on its own output times alone, never on its neighbors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from llvmlite import ir

from leucel.compile.backends.cpu_memory import Emitter, Slot
from leucel.compile.backends.cpu_prepare import broadcast_integer
from leucel.compile.backends.cpu_values import (
    I8,
    I32,
    I64,
    INTEGERS,
    MASK,
    POINTER,
    POINTERS,
    VECTOR,
    places_in,
    splat_integer,
)
from leucel.compile.stepper import Step, interpolate

_ROUNDS: Final = 2


def emit_samples(
    e: Emitter,
    due: Any,
    end: Any,
    states: Sequence[Any],
    taken: Step[Any],
    rows: Sequence[Sequence[Any]],
    known: Mapping[int, Any],
) -> Any:
    """Write the first outputs of the lanes whose bits are set; bits of those that have more."""
    b, ar, lay = e.b, e.ar, e.layout
    time, inverse = e.get(lay.time), e.get(lay.inverse_step)
    count = broadcast_integer(e, e.slot(Slot.TIME_COUNT, I64))
    kept = broadcast_integer(e, e.slot(Slot.KEPT, I64))
    subject = e.get(lay.subject, kind=INTEGERS)
    first = b.mul(subject, kept)
    times, output = e.slot(Slot.TIMES, POINTER), e.slot(Slot.OUTPUT, POINTER)
    destinations = e.slot(Slot.DESTINATIONS, POINTER)
    gather = b.module.declare_intrinsic(
        "llvm.masked.gather.v8f64.v8p0", (), ir.FunctionType(VECTOR, [POINTERS, I32, MASK, VECTOR])
    )
    scatter = b.module.declare_intrinsic(
        "llvm.masked.scatter.v8f64.v8p0",
        (),
        ir.FunctionType(ir.VoidType(), [VECTOR, POINTERS, I32, MASK]),
    )
    align = ir.Constant(I32, 8)
    with e.loop(due, e.integer(0)) as loop:
        left, done = loop.values
        more = b.icmp_unsigned("!=", left, e.integer(0))
        loop.leave_unless(b.and_(more, b.icmp_unsigned("<", done, e.integer(_ROUNDS))))
        mask = b.bitcast(b.trunc(left, I8), MASK)
        at = e.get(lay.next_output)
        fraction = ar.multiply(ar.subtract(at, time), inverse)
        within = [
            interpolate(ar, fraction, old, taken.states[i], [row[i] for row in rows])
            for i, old in enumerate(states)
        ]
        values = e.run(list(e.system.outputs), time=at, states=within, known=known)
        index = e.get(lay.output_index, kind=INTEGERS)
        for o, value in enumerate(values):
            place = e.load(e.item(destinations, e.integer(o), I64), I64)
            with b.if_then(b.icmp_signed(">=", place, e.integer(0))):
                row = b.mul(b.add(first, broadcast_integer(e, place)), count)
                b.call(scatter, [value, places_in(b, output, b.add(row, index)), align, mask])
                broken = b.and_(b.fcmp_unordered("uno", value, value), mask)
                with e.when_any(e.bits(broken)):
                    old = e.get(lay.broken, kind=INTEGERS)
                    e.put(lay.broken, b.select(broken, splat_integer(1), old))
        index = b.add(index, b.zext(mask, INTEGERS))
        e.put(lay.output_index, index)
        following = b.call(gather, [places_in(b, times, index), align, mask, at])
        e.put(lay.next_output, following)
        still = e.bits(b.and_(mask, ar.less(following, end)))
        loop.again(still, b.add(done, e.integer(1)))
    return left
