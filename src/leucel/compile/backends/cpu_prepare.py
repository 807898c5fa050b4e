"""What is computed once for each subject, eight at a time: constants and initial values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from leucel.compile.backends.cpu_memory import Emitter, Slot
from leucel.compile.backends.cpu_values import (
    I32,
    I64,
    INTEGERS,
    LANES,
    MASK,
    POINTER,
    POINTERS,
    VECTOR,
    places_in,
)
from leucel.compile.program import Op, evaluate


def parameters_of(e: Emitter, group: Any, wanted: Sequence[int]) -> list[Any]:
    """Parameters of eight subjects from number `group` on; the last subject fills up."""
    b = e.b
    used = {
        e.system.program.instructions[n].index
        for n in e.system.program.needed(wanted)
        if e.system.program.instructions[n].op is Op.PARAMETER
    }
    columns, steps = e.slot(Slot.COLUMNS, POINTER), e.slot(Slot.COLUMN_STEPS, POINTER)
    subjects = subjects_of(e, group)
    last = e.b.sub(e.slot(Slot.LAST, I64), e.integer(1))
    ceiling = broadcast_integer(e, last)
    inside = b.select(b.icmp_signed("<", subjects, ceiling), subjects, ceiling)
    gather = b.module.declare_intrinsic(
        "llvm.masked.gather.v8f64.v8p0",
        (),
        ir.FunctionType(VECTOR, [POINTERS, I32, MASK, VECTOR]),
    )
    every = ir.Constant(MASK, [1] * LANES)
    values: list[Any] = []
    for index in range(len(e.system.parameter_names)):
        if index not in used:
            values.append(None)
            continue
        column = b.load(e.item(columns, e.integer(index), I64), typ=POINTER)
        step = e.load(e.item(steps, e.integer(index), I64), I64)
        offsets = b.mul(inside, broadcast_integer(e, step))
        places = places_in(b, column, offsets)
        undefined = ir.Constant(VECTOR, ir.Undefined)
        values.append(b.call(gather, [places, ir.Constant(I32, 8), every, undefined]))
    return values


def subjects_of(e: Emitter, group: Any) -> Any:
    """Numbers of eight subjects from `group` on."""
    steps = ir.Constant(INTEGERS, list(range(LANES)))
    return e.b.add(broadcast_integer(e, group), steps)


def broadcast_integer(e: Emitter, value: Any) -> Any:
    """One integer in all lanes."""
    undefined = ir.Constant(INTEGERS, ir.Undefined)
    vector = e.b.insert_element(undefined, value, ir.Constant(I32, 0))
    zeros = ir.Constant(ir.VectorType(I32, LANES), [0] * LANES)
    return e.b.shuffle_vector(vector, undefined, zeros)


def emit_prepare(e: Emitter) -> None:
    """Emit the loop that fills the prepared rows: constants, then initial values."""
    b = e.b
    wanted = [*e.layout.constants, *e.system.initial]
    first, last = e.slot(Slot.FIRST, I64), e.slot(Slot.LAST, I64)
    prepared, stride = e.slot(Slot.PREPARED, POINTER), e.slot(Slot.STRIDE, I64)
    with e.loop(first) as loop:
        (group,) = loop.values
        loop.leave_unless(b.icmp_signed("<", group, last))
        values = evaluate(
            e.system.program, e.ar, wanted, parameters=parameters_of(e, group, wanted)
        )
        for row, value in enumerate(values):
            place = b.add(b.mul(stride, e.integer(row)), b.sub(group, first))
            b.store(value, e.item(prepared, place), align=8)
        loop.again(b.add(group, e.integer(LANES)))
