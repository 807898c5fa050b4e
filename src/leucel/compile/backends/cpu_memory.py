"""Where a kernel keeps things: the record of a run, and the working memory of eight lanes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, final

from llvmlite import ir

from leucel.compile.backends.cpu_values import (
    F64,
    I1,
    I8,
    I64,
    INTEGERS,
    LANES,
    POINTER,
    VECTOR,
    LaneArithmetic,
)
from leucel.compile.lowering import LoweredSystem
from leucel.compile.program import evaluate
from leucel.compile.stepper import DENSE_ROWS

BYTES: Final = 8


class Slot(IntEnum):
    """Entries of the record that a run hands to the kernel, eight bytes each."""

    FIRST = 0
    LAST = 1
    TIMES = 2
    TIME_COUNT = 3
    JUMP_TIMES = 4
    JUMP_VALUES = 5
    JUMP_STATES = 6
    JUMP_COUNT = 7
    RTOL = 8
    ATOL = 9
    MAX_STEPS = 10
    MAX_STEP = 11
    LIMIT = 12
    OUTPUT = 13
    KEPT = 14
    DESTINATIONS = 15
    STATUS = 16
    STEPS = 17
    EVENT_TIMES = 18
    START = 19
    END = 20
    PREPARED = 21
    STRIDE = 22
    COLUMNS = 23
    COLUMN_STEPS = 24
    JUMP_SETS = 25
    METHODS = 26
    WAITING = 27
    CARRIED = 28
    HANDS_OVER = 29
    LOG_ATOL = 30
    LOG_LIMIT = 31
    HISTORY = 32


class Waiting(IntEnum):
    """Whether a subject waits for its method."""

    NO = 0
    FRESH = 1
    UNDER_WAY = 2


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows of the working memory; each row has one double or integer for each lane.

    Attributes
    ----------
    constants : instructions that are computed once for each subject, in order of their rows.
    passive : how many of the states, the last ones, step control does not look at.
    delays, delayed : number of delays, and of states that they look back at.
    """

    states: int
    events: int
    constants: tuple[int, ...]
    passive: int = 0
    delays: int = 0
    delayed: int = 0

    # Rows that every model has.
    time = 0
    step = 1
    inverse_step = 2
    until = 3
    end_of_step = 4
    next_output = 5
    subject = 6
    output_index = 7
    jump_index = 8
    tried = 9
    rejected = 10
    broken = 11
    fired = 12
    suspicion = 13
    fixed_rows = 14

    @property
    def state(self) -> int:
        """First row of the states."""
        return self.fixed_rows

    @property
    def armed(self) -> int:
        """First row of the events: 1 can fire, 0 cannot; in a jump: -1 has fired, 2 can again."""
        return self.state + self.states

    @property
    def carried(self) -> int:
        """Number of rows, the first ones, that go along when a method hands a subject over."""
        return self.armed + self.events

    @property
    def new_state(self) -> int:
        """First row of the states at the end of the step."""
        return self.carried

    @property
    def slope(self) -> int:
        """First row of the derivatives at the begin of the step, of the explicit method."""
        return self.new_state + self.states

    @property
    def dense(self) -> int:
        """First row of the dense coefficients, three rows a state."""
        return self.slope + self.states

    @property
    def constant(self) -> int:
        """First row of the constants of a subject."""
        return self.dense + DENSE_ROWS * self.states

    @property
    def head(self) -> int:
        """Row of the number of steps made so far, for delays."""
        return self.constant + len(self.constants)

    @property
    def cursor(self) -> int:
        """First row of the steps that the delays look at, by their numbers."""
        return self.head + (1 if self.delays else 0)

    @property
    def past(self) -> int:
        """First row of what the delayed states were before the start."""
        return self.cursor + self.delays

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.past + self.delayed


@final
class Emitter:
    """A builder with words for the record, the working memory and loops.

    Attributes
    ----------
    double, whole : types of what the arithmetic works on, and of its bits.
    """

    double: Final = VECTOR
    whole: Final = INTEGERS

    def __init__(
        self,
        builder: ir.IRBuilder,
        functions: Callable[[str], ir.Function],
        system: LoweredSystem,
        layout: Layout,
        record: Any,
        memory: Any = None,
    ) -> None:
        self.b = builder
        self.ar = LaneArithmetic(builder, functions)
        self.system = system
        self.layout = layout
        self.record = record
        self.memory = memory

    def integer(self, value: int) -> ir.Constant:
        """A 64-bit constant."""
        return ir.Constant(I64, value)

    def real(self, value: float) -> ir.Constant:
        """A double."""
        return ir.Constant(F64, value)

    def slot(self, slot: Slot, kind: ir.Type) -> Any:
        """An entry of the record."""
        place = self.b.gep(self.record, [self.integer(int(slot))], source_etype=I64)
        return self.b.load(place, typ=kind)

    def item(self, array: Any, index: Any, kind: ir.Type = F64) -> Any:
        """Address of an item of an array."""
        return self.b.gep(array, [index], source_etype=kind)

    def load(self, place: Any, kind: ir.Type = F64) -> Any:
        """Load one item; arrays are aligned to their items only."""
        align = BYTES if kind == VECTOR else None
        return self.b.load(place, typ=kind, align=align)

    def row(self, row: int, lane: Any = None) -> Any:
        """Address of a row of the working memory, or of one lane of it."""
        first = self.integer(row * LANES)
        index = first if lane is None else self.b.add(first, lane)
        return self.b.gep(self.memory, [index], inbounds=True, source_etype=F64)

    def get(self, row: int, lane: Any = None, kind: ir.Type | None = None) -> Any:
        """A row as a vector, or one lane of it as a number."""
        if lane is None:
            return self.b.load(self.row(row), typ=kind or VECTOR, align=LANES * BYTES)
        return self.b.load(self.row(row, lane), typ=kind or F64, align=BYTES)

    def put(self, row: int, value: Any, lane: Any = None) -> None:
        """Write a row, or one lane of it."""
        align = LANES * BYTES if lane is None else BYTES
        self.b.store(value, self.row(row, lane), align=align)

    def broadcast(self, value: Any) -> Any:
        """One number in all lanes."""
        vector = self.b.insert_element(
            ir.Constant(VECTOR, ir.Undefined), value, ir.Constant(ir.IntType(32), 0)
        )
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return self.b.shuffle_vector(vector, ir.Constant(VECTOR, ir.Undefined), zeros)

    def spread(self, row: int, lane: Any) -> Any:
        """One lane of a row in all lanes."""
        return self.broadcast(self.get(row, lane))

    def constants(self, lane: Any = None) -> Mapping[int, Any]:
        """The constants of all subjects, or those of one in all lanes, by instruction."""
        rows = enumerate(self.layout.constants, self.layout.constant)
        if lane is None:
            return {number: self.get(row) for row, number in rows}
        return {number: self.spread(row, lane) for row, number in rows}

    def run(
        self,
        wanted: list[int],
        *,
        time: Any,
        states: list[Any],
        known: Mapping[int, Any],
        delayed: Sequence[Any] = (),
    ) -> list[Any]:
        """Emit what computes the instructions `wanted`."""
        return evaluate(
            self.system.program,
            self.ar,
            wanted,
            time=time,
            states=states,
            delayed=delayed,
            known=known,
        )

    def bits(self, mask: Any) -> Any:
        """A mask as an integer, lane 0 in the lowest bit."""
        return self.b.zext(self.b.bitcast(mask, I8), I64)

    def lowest(self, bits: Any) -> Any:
        """Number of the lowest bit that is set."""
        function = self.b.module.declare_intrinsic(
            "llvm.cttz.i64", (), ir.FunctionType(I64, [I64, I1])
        )
        return self.b.call(function, [bits, ir.Constant(I1, 1)])

    @contextmanager
    def loop(self, *start: Any) -> Generator[Loop]:
        """A loop over the given start values; see `Loop`."""
        before = self.b.block
        head = self.b.append_basic_block("loop")
        done = self.b.append_basic_block("done")
        self.b.branch(head)
        self.b.position_at_end(head)
        values = [self.b.phi(s.type) for s in start]
        for phi, value in zip(values, start, strict=True):
            phi.add_incoming(value, before)
        yield Loop(self.b, head, done, values)
        self.b.position_at_end(done)

    @contextmanager
    def each_bit(self, bits: Any) -> Generator[Any]:
        """Run the body for the number of each bit that is set, lowest first."""
        with self.loop(bits) as loop:
            (left,) = loop.values
            loop.leave_unless(self.b.icmp_unsigned("!=", left, self.integer(0)))
            yield self.lowest(left)
            loop.again(self.b.and_(left, self.b.sub(left, self.integer(1))))

    def when_any(self, bits: Any) -> Any:
        """Context: run the body when a bit is set."""
        return self.b.if_then(self.b.icmp_unsigned("!=", bits, self.integer(0)))

    def function(self, name: str, result: ir.Type, *args: ir.Type) -> tuple[ir.Function, Emitter]:
        """A new internal function (record, memory, ...) and the emitter of its body."""
        kind = ir.FunctionType(result, [POINTER, POINTER, *args])
        function = ir.Function(self.b.module, kind, name=name)
        function.linkage = "internal"
        function.attributes.add("noinline")
        builder = ir.IRBuilder(function.append_basic_block("entry"))
        emitter = Emitter(
            builder,
            self.ar.functions,
            self.system,
            self.layout,
            function.args[0],
            function.args[1],
        )
        return function, emitter

    def call(self, function: ir.Function, *args: Any) -> Any:
        """Call a function made by `function`."""
        return self.b.call(function, [self.record, self.memory, *args])


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop while it is emitted: its values, and how to go on or leave."""

    b: Any
    head: Any
    done: Any
    values: list[Any]

    def leave_unless(self, condition: Any) -> None:
        """Go on when the condition holds."""
        body = self.b.append_basic_block("body")
        self.b.cbranch(condition, body, self.done)
        self.b.position_at_end(body)

    def again(self, *values: Any) -> None:
        """Start over with new values."""
        for phi, value in zip(self.values, values, strict=True):
            phi.add_incoming(value, self.b.block)
        self.b.branch(self.head)
