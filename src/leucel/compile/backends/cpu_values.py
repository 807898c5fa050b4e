"""The abstract number over LLVM: eight doubles that advance together, one subject or time each.

The width is fixed, also where the machine has narrower registers (LLVM then splits the values), so
that the same operations are done in the same order everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, final

from llvmlite import ir

LANES: Final = 8
F64: Final = ir.DoubleType()
I64: Final = ir.IntType(64)
I32: Final = ir.IntType(32)
I8: Final = ir.IntType(8)
I1: Final = ir.IntType(1)
POINTER: Final = ir.PointerType()
VECTOR: Final = ir.VectorType(F64, LANES)
INTEGERS: Final = ir.VectorType(I64, LANES)
MASK: Final = ir.VectorType(I1, LANES)
POINTERS: Final = ir.VectorType(POINTER, LANES)
# A product that feeds a sum may be rounded once. It is the only liberty the compiler gets: results
# stay those of one fixed sequence of operations, the same in every lane.
_CONTRACT: Final = ("contract",)


def splat(value: float) -> ir.Constant:
    """The same double in all lanes."""
    return ir.Constant(VECTOR, [value] * LANES)


def splat_integer(value: int) -> ir.Constant:
    """The same integer in all lanes."""
    return ir.Constant(INTEGERS, [value] * LANES)


def reserve(builder: ir.IRBuilder, kind: ir.Type, count: int = 1, align: int = 8) -> Any:
    """Memory on the stack, as an untyped pointer."""
    place: Any = builder.alloca(kind, size=ir.Constant(I64, count))
    place.align = align
    place.type = POINTER
    return place


def places_in(builder: ir.IRBuilder, array: Any, indices: Any) -> Any:
    """Addresses of eight doubles of an array."""
    places: Any = builder.gep(array, [indices], source_etype=F64)
    places.type = POINTERS
    return places


@final
class LaneArithmetic:
    """Arithmetic that emits vector instructions.

    Parameters
    ----------
    builder : where instructions go.
    functions : gives the LLVM function of a name of `leucel.compile.elementary.ARITY`.
    """

    def __init__(self, builder: Any, functions: Callable[[str], ir.Function]) -> None:
        # Any, because the type hints of llvmlite do not know the flags of its operations.
        self.builder = builder
        self.functions = functions

    def constant(self, value: float, /) -> Any:
        return splat(value)

    def add(self, a: Any, b: Any, /) -> Any:
        return self.builder.fadd(a, b, flags=_CONTRACT)

    def subtract(self, a: Any, b: Any, /) -> Any:
        return self.builder.fsub(a, b, flags=_CONTRACT)

    def multiply(self, a: Any, b: Any, /) -> Any:
        return self.builder.fmul(a, b, flags=_CONTRACT)

    def multiply_add(self, a: Any, b: Any, c: Any, /) -> Any:
        return self.intrinsic("llvm.fmuladd", VECTOR, a, b, c)

    def divide(self, a: Any, b: Any, /) -> Any:
        return self.builder.fdiv(a, b)

    def negate(self, a: Any, /) -> Any:
        return self.builder.fneg(a)

    def exp(self, a: Any, /) -> Any:
        return self.builder.call(self.functions("exp"), [a])

    def log(self, a: Any, /) -> Any:
        return self.builder.call(self.functions("log"), [a])

    def power(self, a: Any, b: Any, /) -> Any:
        return self.builder.call(self.functions("power"), [a, b])

    def tanh(self, a: Any, /) -> Any:
        return self.builder.call(self.functions("tanh"), [a])

    def expm1(self, a: Any, /) -> Any:
        return self.builder.call(self.functions("expm1"), [a])

    def log1p(self, a: Any, /) -> Any:
        return self.builder.call(self.functions("log1p"), [a])

    def erf(self, a: Any, /) -> Any:
        return self.builder.call(self.functions("erf"), [a])

    def lgamma(self, a: Any, /) -> Any:
        return self.builder.call(self.functions("lgamma"), [a])

    def digamma(self, a: Any, /) -> Any:
        return self.builder.call(self.functions("digamma"), [a])

    def trigamma(self, a: Any, /) -> Any:
        return self.builder.call(self.functions("trigamma"), [a])

    def sqrt(self, a: Any, /) -> Any:
        return self.intrinsic("llvm.sqrt", VECTOR, a)

    def minimum(self, a: Any, b: Any, /) -> Any:
        return self._extreme("<", a, b)

    def maximum(self, a: Any, b: Any, /) -> Any:
        return self._extreme(">", a, b)

    def _extreme(self, relation: str, a: Any, b: Any) -> Any:
        # Not a number must win: comparisons with it are false, so that of `b` does, `a` needs help.
        chosen = self.builder.fcmp_ordered(relation, a, b)
        broken = self.builder.fcmp_unordered("uno", a, a)
        return self.builder.select(self.builder.or_(chosen, broken), a, b)

    def absolute(self, a: Any, /) -> Any:
        return self.intrinsic("llvm.fabs", VECTOR, a)

    def less(self, a: Any, b: Any, /) -> Any:
        return self.builder.fcmp_ordered("<", a, b)

    def less_equal(self, a: Any, b: Any, /) -> Any:
        return self.builder.fcmp_ordered("<=", a, b)

    def equal(self, a: Any, b: Any, /) -> Any:
        return self.builder.fcmp_ordered("==", a, b)

    def both(self, a: Any, b: Any, /) -> Any:
        return self.builder.and_(a, b)

    def either(self, a: Any, b: Any, /) -> Any:
        return self.builder.or_(a, b)

    def invert(self, a: Any, /) -> Any:
        return self.builder.not_(a)

    def select(self, condition: Any, a: Any, b: Any, /) -> Any:
        return self.builder.select(condition, a, b)

    def intrinsic(self, name: str, result: ir.Type, *args: Any) -> Any:
        """Call an intrinsic that is overloaded on the type of its result."""
        module = self.builder.module
        suffix = "v8f64" if result == VECTOR else "f64"
        function = module.declare_intrinsic(
            f"{name}.{suffix}", (), ir.FunctionType(result, [a.type for a in args])
        )
        return self.builder.call(function, args)
