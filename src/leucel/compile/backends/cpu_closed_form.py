"""Kernels of closed-form models: outputs are functions of time, nothing is integrated."""

from __future__ import annotations

from llvmlite import ir

from leucel.compile.backends.cpu_driver import flush_subnormals
from leucel.compile.backends.cpu_math import VectorFunctions
from leucel.compile.backends.cpu_memory import Emitter, Layout, Slot
from leucel.compile.backends.cpu_prepare import broadcast_integer, parameters_of, subjects_of
from leucel.compile.backends.cpu_values import (
    I32,
    I64,
    LANES,
    MASK,
    POINTER,
    POINTERS,
    VECTOR,
    places_in,
)
from leucel.compile.lowering import LoweredSystem
from leucel.compile.program import evaluate
from leucel.core import Status


def emit_closed_form(module: ir.Module, system: LoweredSystem, functions: VectorFunctions) -> None:
    """Add the function `solve(record)`: eight subjects at a time, all times one after the other."""
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [POINTER]), name="solve")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    constants = system.program.border_of_constants(system.outputs)
    layout = Layout(states=0, events=0, constants=constants)
    e = Emitter(builder, functions, system, layout, function.args[0])
    restore = flush_subnormals(e)
    b = builder
    first, last = e.slot(Slot.FIRST, I64), e.slot(Slot.LAST, I64)
    count, times = e.slot(Slot.TIME_COUNT, I64), e.slot(Slot.TIMES, POINTER)
    kept, output = e.slot(Slot.KEPT, I64), e.slot(Slot.OUTPUT, POINTER)
    destinations = e.slot(Slot.DESTINATIONS, POINTER)
    scatter = module.declare_intrinsic(
        "llvm.masked.scatter.v8f64.v8p0",
        (),
        ir.FunctionType(ir.VoidType(), [VECTOR, POINTERS, I32, MASK]),
    )
    with e.loop(first) as groups:
        (group,) = groups.values
        groups.leave_unless(b.icmp_signed("<", group, last))
        subjects = subjects_of(e, group)
        inside = b.icmp_signed("<", subjects, broadcast_integer(e, last))
        parameters = parameters_of(e, group, constants)
        known = dict(
            zip(
                constants,
                evaluate(system.program, e.ar, constants, parameters=parameters),
                strict=True,
            )
        )
        rows = b.mul(subjects, broadcast_integer(e, b.mul(kept, count)))
        with e.loop(e.integer(0), ir.Constant(MASK, [0] * LANES)) as loop:
            index, broken = loop.values
            loop.leave_unless(b.icmp_signed("<", index, count))
            time = e.broadcast(e.load(e.item(times, index)))
            values = e.run(list(system.outputs), time=time, states=[], known=known)
            bad = broken
            for o, value in enumerate(values):
                place = e.load(e.item(destinations, e.integer(o), I64), I64)
                is_kept = b.icmp_signed(">=", place, e.integer(0))
                with b.if_then(is_kept):
                    column = b.add(b.mul(place, count), index)
                    at = b.add(rows, broadcast_integer(e, column))
                    places = places_in(b, output, at)
                    b.call(scatter, [value, places, ir.Constant(I32, 8), inside])
                nan = b.and_(inside, b.fcmp_unordered("uno", value, value))
                bad = b.or_(bad, b.select(is_kept, nan, ir.Constant(MASK, [0] * LANES)))
            loop.again(b.add(index, e.integer(1)), bad)
        with e.each_bit(e.bits(broken)) as lane:
            subject = b.add(group, lane)
            status = ir.Constant(I32, int(Status.NON_FINITE))
            b.store(status, e.item(e.slot(Slot.STATUS, POINTER), subject, I32))
        groups.again(b.add(group, e.integer(LANES)))
    restore()
    builder.ret_void()
