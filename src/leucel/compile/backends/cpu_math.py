"""The elementary functions as functions of an LLVM module, over vectors or over scalars."""

from __future__ import annotations

from typing import Any, Final, final

from llvmlite import ir

from leucel.compile.backends.cpu_values import F64, I64, LANES
from leucel.compile.elementary import ARITY, Elementary
from leucel.compile.gamma_functions import Gamma

_GAMMA: Final = frozenset({"lgamma", "digamma", "trigamma"})


@final
class VectorFunctions:
    """Emits each function the first time it is asked for.

    Parameters
    ----------
    module : where functions go.
    lanes : doubles that a call works on; 1 makes functions of plain doubles.
    """

    def __init__(self, module: ir.Module, lanes: int = LANES) -> None:
        self._module = module
        self._lanes = lanes
        self._made: dict[str, ir.Function] = {}

    def __call__(self, name: str) -> ir.Function:
        """The function of this name, one of `leucel.compile.elementary.ARITY`."""
        if name not in self._made:
            machine = LaneMachine(self._module, self._lanes)
            kind = ir.FunctionType(machine.double, [machine.double] * ARITY[name])
            function = ir.Function(self._module, kind, name=f"leucel_{name}_{self._lanes}")
            function.linkage = "internal"
            self._made[name] = function
            machine.builder = ir.IRBuilder(function.append_basic_block())
            elementary: Elementary[Any] = Elementary(machine)
            owner = Gamma(elementary) if name in _GAMMA else elementary
            machine.builder.ret(getattr(owner, name)(*function.args))
        return self._made[name]


@final
class LaneMachine:
    """`leucel.compile.elementary.Machine` over LLVM values of some lanes.

    Its sums and products carry no flags: compensated arithmetic must be done as it is written.
    """

    def __init__(self, module: ir.Module, lanes: int) -> None:
        self.double: ir.Type = F64 if lanes == 1 else ir.VectorType(F64, lanes)
        self.whole: ir.Type = I64 if lanes == 1 else ir.VectorType(I64, lanes)
        self.builder: Any = None
        self._module = module
        self._lanes = lanes

    def _intrinsic(self, name: str, *args: Any) -> Any:
        suffix = "f64" if self._lanes == 1 else f"v{self._lanes}f64"
        kind = ir.FunctionType(self.double, [self.double] * len(args))
        function = self._module.declare_intrinsic(f"{name}.{suffix}", (), kind)
        return self.builder.call(function, args)

    def constant(self, value: float, /) -> Any:
        return ir.Constant(self.double, value if self._lanes == 1 else [value] * self._lanes)

    def integer(self, value: int, /) -> Any:
        return ir.Constant(self.whole, value if self._lanes == 1 else [value] * self._lanes)

    def sum(self, a: Any, b: Any, /) -> Any:
        return self.builder.fadd(a, b)

    def difference(self, a: Any, b: Any, /) -> Any:
        return self.builder.fsub(a, b)

    def product(self, a: Any, b: Any, /) -> Any:
        return self.builder.fmul(a, b)

    def quotient(self, a: Any, b: Any, /) -> Any:
        return self.builder.fdiv(a, b)

    def fused(self, a: Any, b: Any, c: Any, /) -> Any:
        return self._intrinsic("llvm.fma", a, b, c)

    def negate(self, a: Any, /) -> Any:
        return self.builder.fneg(a)

    def absolute(self, a: Any, /) -> Any:
        return self._intrinsic("llvm.fabs", a)

    def floor(self, a: Any, /) -> Any:
        return self._intrinsic("llvm.floor", a)

    def copysign(self, a: Any, b: Any, /) -> Any:
        return self._intrinsic("llvm.copysign", a, b)

    def bits(self, a: Any, /) -> Any:
        return self.builder.bitcast(a, self.whole)

    def from_bits(self, a: Any, /) -> Any:
        return self.builder.bitcast(a, self.double)

    def add_integers(self, a: Any, b: Any, /) -> Any:
        return self.builder.add(a, b)

    def subtract_integers(self, a: Any, b: Any, /) -> Any:
        return self.builder.sub(a, b)

    def shift_left(self, a: Any, places: int, /) -> Any:
        return self.builder.shl(a, self.integer(places))

    def shift_right(self, a: Any, places: int, /) -> Any:
        return self.builder.ashr(a, self.integer(places))

    def less(self, a: Any, b: Any, /) -> Any:
        return self.builder.fcmp_ordered("<", a, b)

    def equal(self, a: Any, b: Any, /) -> Any:
        return self.builder.fcmp_ordered("==", a, b)

    def both(self, a: Any, b: Any, /) -> Any:
        return self.builder.and_(a, b)

    def invert(self, a: Any, /) -> Any:
        return self.builder.not_(a)

    def select(self, condition: Any, a: Any, b: Any, /) -> Any:
        return self.builder.select(condition, a, b)
