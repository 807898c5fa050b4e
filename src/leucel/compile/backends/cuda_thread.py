"""The abstract number of one thread: a plain double, each operation rounded on its own.

Nothing is joined or reordered, and what is left (sums, products, fused products, quotients, square
roots, bits) is rounded in one way by every processor that follows IEEE 754. So a thread of a GPU
and the same code on a CPU give the same bits, but for those of what is not a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, final

from llvmlite import ir

from leucel.compile.backends.cpu_math import LaneMachine
from leucel.compile.backends.cpu_memory import BYTES, Emitter, Layout
from leucel.compile.backends.cpu_values import F64, I64, POINTER
from leucel.compile.elementary import ARITY
from leucel.compile.lowering import LoweredSystem
from leucel.compile.program import evaluate

# What the arithmetic of programs calls an operation, and what the machine calls it.
_SAME: Final = {
    "constant": "constant",
    "add": "sum",
    "subtract": "difference",
    "multiply": "product",
    "multiply_add": "fused",
    "divide": "quotient",
    "negate": "negate",
    "absolute": "absolute",
    "floor": "floor",
    "less": "less",
    "equal": "equal",
    "both": "both",
    "invert": "invert",
    "select": "select",
}


@final
class ThreadArithmetic:
    """`leucel.compile.arithmetic.Arithmetic` over doubles.

    Parameters
    ----------
    builder : where instructions go.
    functions : gives the function of a name in `leucel.compile.elementary.ARITY` over doubles.
    """

    def __init__(self, builder: Any, functions: Callable[[str], ir.Function]) -> None:
        self._b = builder
        self._machine = LaneMachine(builder.module, 1)
        self._machine.builder = builder
        self._functions = functions

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name in _SAME:
            return getattr(self._machine, _SAME[name])
        if name in ARITY:
            return lambda *args: self._b.call(self._functions(name), args)
        raise AttributeError(name)

    def sqrt(self, a: Any, /) -> Any:
        kind = ir.FunctionType(F64, [F64])
        return self._b.call(self._b.module.declare_intrinsic("llvm.sqrt.f64", (), kind), [a])

    def minimum(self, a: Any, b: Any, /) -> Any:
        return self._extreme("<", a, b)

    def maximum(self, a: Any, b: Any, /) -> Any:
        return self._extreme(">", a, b)

    def _extreme(self, relation: str, a: Any, b: Any) -> Any:
        # Not a number must win: comparisons with it are false, so that of `b` does, `a` needs help.
        chosen = self._b.fcmp_ordered(relation, a, b)
        broken = self._b.fcmp_unordered("uno", a, a)
        return self._b.select(self._b.or_(chosen, broken), a, b)

    def less_equal(self, a: Any, b: Any, /) -> Any:
        return self._b.fcmp_ordered("<=", a, b)

    def either(self, a: Any, b: Any, /) -> Any:
        return self._b.or_(a, b)


@final
class Thread:
    """A builder with words for the record and for the working memory of one subject.

    Parameters
    ----------
    record : the record of a run, see `leucel.compile.backends.cpu_memory.Slot`.
    memory : one double or integer for each row of the layout.

    Attributes
    ----------
    double, whole : types of what the arithmetic works on, and of its bits.
    """

    double: Final = F64
    whole: Final = I64

    def __init__(
        self,
        builder: ir.IRBuilder,
        functions: Callable[[str], ir.Function],
        system: LoweredSystem,
        layout: Layout,
        record: Any,
        memory: Any = None,
    ) -> None:
        self.b: Any = builder
        self.ar: Any = ThreadArithmetic(builder, functions)
        self.functions = functions
        self.system = system
        self.layout = layout
        self.record = record
        self.memory = memory
        words = Emitter(builder, functions, system, layout, record)
        self.integer, self.real = words.integer, words.real
        self.slot, self.item, self.load = words.slot, words.item, words.load
        self.loop = words.loop

    def place(self, row: int, further: Any = None) -> Any:
        """Address of a row of the working memory, or of one that is `further` rows on."""
        index = self.integer(row)
        index = index if further is None else self.b.add(index, further)
        return self.b.gep(self.memory, [index], inbounds=True, source_etype=F64)

    def get(self, row: int, kind: ir.Type = F64) -> Any:
        """A row."""
        return self.b.load(self.place(row), typ=kind, align=BYTES)

    def put(self, row: int, value: Any) -> None:
        """Write a row."""
        self.b.store(value, self.place(row), align=BYTES)

    def broadcast(self, value: Any) -> Any:
        """One number in all lanes, of which there is one."""
        return value

    def states(self) -> list[Any]:
        """The states."""
        return [self.get(self.layout.state + i) for i in range(self.layout.states)]

    def constants(self) -> Mapping[int, Any]:
        """The constants of the subject by instruction."""
        rows = enumerate(self.layout.constants, self.layout.constant)
        return {number: self.get(row) for row, number in rows}

    def run(
        self,
        wanted: Sequence[int],
        *,
        time: Any = None,
        states: Sequence[Any] = (),
        parameters: Sequence[Any] = (),
        known: Mapping[int, Any] | None = None,
    ) -> list[Any]:
        """Emit what computes the instructions `wanted`."""
        return evaluate(
            self.system.program,
            self.ar,
            wanted,
            time=time,
            states=states,
            parameters=parameters,
            known=known,
        )

    def function(self, name: str, result: ir.Type, *args: ir.Type) -> tuple[ir.Function, Thread]:
        """A new internal function (record, memory, ...) and the words of its body."""
        kind = ir.FunctionType(result, [POINTER, POINTER, *args])
        function = ir.Function(self.b.module, kind, name=name)
        function.linkage = "internal"
        function.attributes.add("noinline")
        builder = ir.IRBuilder(function.append_basic_block("entry"))
        record, memory, *_ = function.args
        return function, Thread(builder, self.functions, self.system, self.layout, record, memory)

    def call(self, function: ir.Function, *args: Any) -> Any:
        """Call a function made by `function`."""
        return self.b.call(function, [self.record, self.memory, *args])
