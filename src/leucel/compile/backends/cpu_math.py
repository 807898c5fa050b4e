"""exp, log, power and tanh over vectors, a few units in the last place, emitted once a module.

Argument reduction and polynomials are those of every textbook (Muller, Elementary Functions, 3rd
ed., chapters 4 and 11); the coefficients are the Taylor series, long enough for the reduced range.
Results below the smallest normal number are zero: kernels run with flush-to-zero.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, final

from llvmlite import ir

from leucel.compile.backends.cpu_values import (
    INTEGERS,
    VECTOR,
    LaneArithmetic,
    splat,
    splat_integer,
)

_LOG2_E: Final = 1.4426950408889634
# ln 2 in two parts: the first has so many trailing zeros that its product with an exponent is
# exact.
_LN2_HIGH: Final = 6.93147180369123816490e-01
_LN2_LOW: Final = 1.90821492927058770002e-10
# Adding 1.5 * 2**52 moves a small whole number into the low bits of a double.
_SHIFT: Final = 6755399441055744.0
_SHIFT_BITS: Final = 0x4338000000000000
_SQRT_HALF_BITS: Final = 0x3FE6A09E667F3BCD
_EXP_DEGREE: Final = 13
_LOG_TERMS: Final = 10
_ONE_THIRD_LOW: Final = 1.850371707708594e-17


@final
class VectorFunctions:
    """Emits each function the first time it is asked for."""

    def __init__(self, module: ir.Module) -> None:
        self._module = module
        self._made: dict[str, ir.Function] = {}

    def __call__(self, name: str) -> ir.Function:
        """The function called "exp", "log", "power" or "tanh"."""
        if name not in self._made:
            arity = 2 if name == "power" else 1
            function = ir.Function(
                self._module, ir.FunctionType(VECTOR, [VECTOR] * arity), name=f"leucel_{name}"
            )
            function.linkage = "internal"
            self._made[name] = function
            builder = ir.IRBuilder(function.append_basic_block())
            emit = _Functions(LaneArithmetic(builder, self))
            builder.ret(getattr(emit, name)(*function.args))
        return self._made[name]


@final
class _Functions:
    def __init__(self, arithmetic: LaneArithmetic) -> None:
        self.ar = arithmetic
        self.b = arithmetic.builder

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        return self.ar.intrinsic("llvm.fma", VECTOR, a, b, c)

    def polynomial(self, x: Any, coefficients: Sequence[float]) -> Any:
        """Estrin's scheme: half the depth of Horner's, and this code waits for latency."""
        terms: list[Any] = [splat(c) for c in coefficients]
        power = x
        while len(terms) > 1:
            paired = [self.fma(power, terms[i + 1], terms[i]) for i in range(0, len(terms) - 1, 2)]
            if len(terms) % 2:
                paired.append(terms[-1])
            terms = paired
            if len(terms) > 1:
                power = self.b.fmul(power, power)
        return terms[0]

    def reduced(self, x: Any, low: Any | None = None) -> tuple[Any, Any]:
        """Whole multiples of ln 2 as bits, and what is left of x (+ low)."""
        shifted = self.fma(x, splat(_LOG2_E), splat(_SHIFT))
        whole = self.b.fsub(shifted, splat(_SHIFT))
        bits = self.b.sub(self.b.bitcast(shifted, INTEGERS), splat_integer(_SHIFT_BITS))
        rest = self.fma(whole, splat(-_LN2_HIGH), x)
        rest = self.fma(whole, splat(-_LN2_LOW), rest)
        return bits, rest if low is None else self.b.fadd(rest, low)

    def scaled(self, x: Any, exponent: Any) -> Any:
        """x * 2**exponent in two steps, since 2**1024 is no double but its square root is."""
        half = self.b.ashr(exponent, splat_integer(1))
        for part in (half, self.b.sub(exponent, half)):
            bits = self.b.shl(self.b.add(part, splat_integer(1023)), splat_integer(52))
            x = self.b.fmul(x, self.b.bitcast(bits, VECTOR))
        return x

    def clamped(self, x: Any, low: float, high: float) -> Any:
        """x within limits; not a number stays what it is."""
        x = self.b.select(self.b.fcmp_ordered("<", x, splat(low)), splat(low), x)
        return self.b.select(self.b.fcmp_ordered(">", x, splat(high)), splat(high), x)

    def exp(self, x: Any, low: Any | None = None) -> Any:
        bits, rest = self.reduced(self.clamped(x, -750.0, 711.0), low)
        series = [1.0 / math.factorial(n) for n in range(2, _EXP_DEGREE + 1)]
        # 1 + (r + r^2 p(r)): the sum in brackets is small, so its rounding hardly counts.
        tail = self.fma(self.b.fmul(rest, rest), self.polynomial(rest, series), rest)
        return self.scaled(self.b.fadd(splat(1.0), tail), bits)

    def exponent_and_rest(self, x: Any) -> tuple[Any, Any]:
        """x = 2**k (1 + f) with 1 + f from sqrt(1/2) to sqrt(2)."""
        bits = self.b.bitcast(x, INTEGERS)
        moved = self.b.sub(bits, splat_integer(_SQRT_HALF_BITS))
        k = self.b.ashr(moved, splat_integer(52))
        mantissa = self.b.sub(bits, self.b.shl(k, splat_integer(52)))
        as_double = self.b.fsub(
            self.b.bitcast(self.b.add(k, splat_integer(_SHIFT_BITS)), VECTOR), splat(_SHIFT)
        )
        return as_double, self.b.fsub(self.b.bitcast(mantissa, VECTOR), splat(1.0))

    def log_in_two(self, x: Any) -> tuple[Any, Any]:
        """log(x) of a positive finite x as an unevaluated sum, about 2**-63 relative.

        log(1+f) = 2 atanh(s), s = f / (2 + f); s and its cube are carried in two doubles.
        """
        k, f = self.exponent_and_rest(x)
        below = self.b.fadd(splat(2.0), f)
        # 2 + f is not exact: what it lost is needed for the low part of s.
        lost = self.b.fsub(f, self.b.fsub(below, splat(2.0)))
        s = self.b.fdiv(f, below)
        residual = self.fma(self.b.fneg(s), below, f)
        residual = self.fma(self.b.fneg(s), lost, residual)
        s_low = self.b.fdiv(residual, below)
        z = self.b.fmul(s, s)
        z_low = self.fma(s, s, self.b.fneg(z))
        z_low = self.fma(self.b.fmul(splat(2.0), s), s_low, z_low)
        # cube / 3 = s * (z / 3)
        third = self.b.fmul(z, splat(1.0 / 3.0))
        third_low = self.fma(z, splat(1.0 / 3.0), self.b.fneg(third))
        third_low = self.fma(z, splat(_ONE_THIRD_LOW), third_low)
        third_low = self.fma(z_low, splat(1.0 / 3.0), third_low)
        cube = self.b.fmul(s, third)
        cube_low = self.fma(s, third, self.b.fneg(cube))
        cube_low = self.fma(s, third_low, cube_low)
        cube_low = self.fma(s_low, third, cube_low)
        series = [1.0 / (2 * n + 1) for n in range(2, 2 + _LOG_TERMS)]
        tail = self.b.fmul(self.b.fmul(self.b.fmul(z, z), s), self.polynomial(z, series))
        # atanh = s + cube + tail, doubled, plus k ln 2; large parts first.
        high, error = self.two_sum(s, cube)
        low = self.b.fadd(self.b.fadd(self.b.fadd(cube_low, s_low), error), tail)
        high, low = self.b.fmul(high, splat(2.0)), self.b.fmul(low, splat(2.0))
        total, error = self.two_sum(self.b.fmul(k, splat(_LN2_HIGH)), high)
        low = self.b.fadd(self.fma(k, splat(_LN2_LOW), low), error)
        result = self.b.fadd(total, low)
        return result, self.b.fadd(self.b.fsub(total, result), low)

    def two_sum(self, a: Any, b: Any) -> tuple[Any, Any]:
        """a + b and its rounding error."""
        total = self.b.fadd(a, b)
        moved = self.b.fsub(total, a)
        error = self.b.fadd(self.b.fsub(a, self.b.fsub(total, moved)), self.b.fsub(b, moved))
        return total, error

    def log(self, x: Any) -> Any:
        k, f = self.exponent_and_rest(x)
        s = self.b.fdiv(f, self.b.fadd(splat(2.0), f))
        z = self.b.fmul(s, s)
        series = [2.0 / (2 * n + 1) for n in range(1, 2 + _LOG_TERMS)]
        rest = self.b.fmul(z, self.polynomial(z, series))
        # log(1+f) = f - s (f - rest) loses less than 2 s + s rest.
        inner = self.fma(s, self.b.fsub(rest, f), self.b.fmul(k, splat(_LN2_LOW)))
        value = self.fma(k, splat(_LN2_HIGH), self.b.fadd(f, inner))
        return self.log_edges(x, value)

    def log_edges(self, x: Any, value: Any) -> Any:
        b = self.b
        nan, infinite = splat(math.nan), splat(math.inf)
        value = b.select(b.fcmp_ordered("<", x, splat(2.2250738585072014e-308)), nan, value)
        # Subnormal arguments count as zero, as everywhere in a kernel.
        tiny = b.fcmp_ordered("<", self.ar.absolute(x), splat(2.2250738585072014e-308))
        value = b.select(tiny, splat(-math.inf), value)
        value = b.select(b.fcmp_ordered("==", x, infinite), infinite, value)
        return b.select(b.fcmp_unordered("uno", x, x), x, value)

    def power(self, x: Any, y: Any) -> Any:
        b = self.b
        high, low = self.log_in_two(x)
        high = self.log_edges(x, high)
        product = b.fmul(y, high)
        rest = self.fma(y, high, b.fneg(product))
        rest = self.fma(y, low, rest)
        # At the edges the low part means nothing and may be infinity minus infinity.
        calm = b.fcmp_ordered("<", self.ar.absolute(product), splat(750.0))
        rest = b.select(calm, rest, splat(0.0))
        value = self.exp(product, rest)
        return b.select(b.fcmp_ordered("==", y, splat(0.0)), splat(1.0), value)

    def tanh(self, x: Any) -> Any:
        b = self.b
        # tanh x = e / (e + 2) with e = exp(2x) - 1; beyond 20 it is 1 to the last place. Where e is
        # the difference of larger numbers its low part is carried along.
        size = self.clamped(self.ar.absolute(x), 0.0, 20.0)
        bits, rest = self.reduced(b.fmul(size, splat(2.0)))
        series = [1.0 / math.factorial(n) for n in range(2, _EXP_DEGREE + 2)]
        bend = b.fmul(b.fmul(rest, rest), self.polynomial(rest, series))
        tail, tail_low = self.two_sum(rest, bend)
        scale = self.scaled(splat(1.0), bits)
        e, error = self.two_sum(b.fsub(scale, splat(1.0)), b.fmul(scale, tail))
        e_low = self.fma(scale, tail_low, error)
        below = b.fadd(e, splat(2.0))
        below_low = b.fadd(b.fadd(b.fsub(splat(2.0), below), e), e_low)
        ratio = b.fdiv(e, below)
        left = b.fadd(self.fma(b.fneg(ratio), below, e), e_low)
        left = self.fma(b.fneg(ratio), below_low, left)
        value = b.fadd(ratio, b.fdiv(left, below))
        return self.ar.intrinsic("llvm.copysign", VECTOR, value, x)
