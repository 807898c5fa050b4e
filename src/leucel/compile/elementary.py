"""exp, log, power and their kin from sums, products and bits: one text for every processor.

Each function is a straight line over a `Machine`, which does to doubles and to their bits what the
hardware does. Over vector values it is code for 8 patients at once, over scalars for one, over the
text of a GPU language for a thread; the operations and their order are the same, and so are the
bits of the results. Results lie within 2 units in the last place, mostly within 1; where the
hardware flushes subnormal numbers these count as zero.

Argument reduction and compensated sums are those of every textbook (Muller, Elementary Functions,
3rd ed., chapters 4 and 11; Dekker, Numer. Math. 18:224, 1971, doi:10.1007/BF01397083).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Generic, Protocol, TypeVar

from leucel.compile.elementary_tables import ERF_FAR, ERF_NEAR

V = TypeVar("V")

ARITY: Final = {
    "exp": 1,
    "expm1": 1,
    "log": 1,
    "log1p": 1,
    "power": 2,
    "tanh": 1,
    "erf": 1,
    "lgamma": 1,
    "digamma": 1,
    "trigamma": 1,
}
"""The functions, with the number of their arguments."""

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
_SMALLEST_NORMAL: Final = 2.2250738585072014e-308
# Below it exp(x) - 1, log(1 + x) and the like are x to the last place.
_TINY: Final = 1e-17


class Machine(Protocol[V]):
    """What a processor does with doubles, with their bits as integers, and with conditions."""

    def constant(self, value: float, /) -> V:
        """A double."""
        ...

    def integer(self, value: int, /) -> V:
        """A 64-bit integer."""
        ...

    def sum(self, a: V, b: V, /) -> V:
        """a + b, rounded on its own: never joined with a product."""
        ...

    def difference(self, a: V, b: V, /) -> V:
        """a - b, rounded on its own."""
        ...

    def product(self, a: V, b: V, /) -> V:
        """a * b, rounded on its own."""
        ...

    def quotient(self, a: V, b: V, /) -> V:
        """a / b."""
        ...

    def fused(self, a: V, b: V, c: V, /) -> V:
        """a * b + c, rounded once."""
        ...

    def negate(self, a: V, /) -> V:
        """-a."""
        ...

    def absolute(self, a: V, /) -> V:
        """Distance from zero."""
        ...

    def floor(self, a: V, /) -> V:
        """The largest whole number that is not above a."""
        ...

    def copysign(self, a: V, b: V, /) -> V:
        """a with the sign of b."""
        ...

    def bits(self, a: V, /) -> V:
        """The bits of a double as an integer."""
        ...

    def from_bits(self, a: V, /) -> V:
        """The double that has these bits."""
        ...

    def add_integers(self, a: V, b: V, /) -> V:
        """a + b."""
        ...

    def subtract_integers(self, a: V, b: V, /) -> V:
        """a - b."""
        ...

    def shift_left(self, a: V, places: int, /) -> V:
        """a * 2**places."""
        ...

    def shift_right(self, a: V, places: int, /) -> V:
        """a / 2**places, rounded down, also where a is negative."""
        ...

    def less(self, a: V, b: V, /) -> V:
        """Condition a < b; false when one is not a number."""
        ...

    def equal(self, a: V, b: V, /) -> V:
        """Condition a == b; false when one is not a number."""
        ...

    def both(self, a: V, b: V, /) -> V:
        """Condition: a and b."""
        ...

    def invert(self, a: V, /) -> V:
        """Condition: not a."""
        ...

    def select(self, condition: V, a: V, b: V, /) -> V:
        """a where the condition holds, else b."""
        ...


class Elementary(Generic[V]):
    """The functions over one machine; arguments and results are its doubles."""

    def __init__(self, machine: Machine[V]) -> None:
        self.m = machine

    def polynomial(self, x: V, coefficients: Sequence[float]) -> V:
        """Estrin's scheme: half the depth of Horner's, and this code waits for latency."""
        m = self.m
        terms = [m.constant(c) for c in coefficients]
        power = x
        while len(terms) > 1:
            paired = [m.fused(power, terms[i + 1], terms[i]) for i in range(0, len(terms) - 1, 2)]
            if len(terms) % 2:
                paired.append(terms[-1])
            terms = paired
            if len(terms) > 1:
                power = m.product(power, power)
        return terms[0]

    def two_sum(self, a: V, b: V) -> tuple[V, V]:
        """a + b and its rounding error."""
        m = self.m
        total = m.sum(a, b)
        moved = m.difference(total, a)
        return total, m.sum(m.difference(a, m.difference(total, moved)), m.difference(b, moved))

    def two_product(self, a: V, b: V) -> tuple[V, V]:
        """a * b and its rounding error."""
        value = self.m.product(a, b)
        return value, self.m.fused(a, b, self.m.negate(value))

    def clamped(self, x: V, low: float, high: float) -> V:
        """x within limits; not a number stays what it is."""
        m = self.m
        x = m.select(m.less(x, m.constant(low)), m.constant(low), x)
        return m.select(m.less(m.constant(high), x), m.constant(high), x)

    def reduced(self, x: V, low: V | None = None) -> tuple[V, V]:
        """Whole multiples of ln 2 as an integer, and what is left of x (+ low)."""
        m = self.m
        shifted = m.fused(x, m.constant(_LOG2_E), m.constant(_SHIFT))
        whole = m.difference(shifted, m.constant(_SHIFT))
        multiple = m.subtract_integers(m.bits(shifted), m.integer(_SHIFT_BITS))
        rest = m.fused(whole, m.constant(-_LN2_HIGH), x)
        rest = m.fused(whole, m.constant(-_LN2_LOW), rest)
        return multiple, rest if low is None else m.sum(rest, low)

    def two_to(self, exponent: V) -> V:
        """2**exponent from -1022 to 1023."""
        m = self.m
        return m.from_bits(m.shift_left(m.add_integers(exponent, m.integer(1023)), 52))

    def scaled(self, x: V, exponent: V) -> V:
        """x * 2**exponent in two steps, since 2**1024 is no double but its square root is."""
        m = self.m
        half = m.shift_right(exponent, 1)
        x = m.product(x, self.two_to(half))
        return m.product(x, self.two_to(m.subtract_integers(exponent, half)))

    def exp(self, x: V, low: V | None = None) -> V:
        """e ** (x + low)."""
        m = self.m
        multiple, rest = self.reduced(self.clamped(x, -750.0, 711.0), low)
        series = [1.0 / math.factorial(n) for n in range(2, _EXP_DEGREE + 1)]
        # 1 + (r + r^2 p(r)): the sum in brackets is small, so its rounding hardly counts.
        tail = m.fused(m.product(rest, rest), self.polynomial(rest, series), rest)
        return self.scaled(m.sum(m.constant(1.0), tail), multiple)

    def tail_of_exp(self, x: V) -> tuple[V, V, V]:
        """exp(x) = 2**multiple (1 + tail + low)."""
        m = self.m
        multiple, rest = self.reduced(x)
        series = [1.0 / math.factorial(n) for n in range(2, _EXP_DEGREE + 2)]
        bend = m.product(m.product(rest, rest), self.polynomial(rest, series))
        return multiple, *self.two_sum(rest, bend)

    def expm1(self, x: V) -> V:
        """e ** x - 1."""
        m = self.m
        multiple, tail, low = self.tail_of_exp(self.clamped(x, -40.0, 709.79))
        # All of it halved, so that the scale stays a double up to the largest result.
        scale = self.two_to(m.subtract_integers(multiple, m.integer(1)))
        grown, lost = self.two_product(scale, tail)
        value, error = self.two_sum(m.difference(scale, m.constant(0.5)), grown)
        rest = m.sum(m.fused(scale, low, error), lost)
        value = m.product(m.constant(2.0), m.sum(value, rest))
        small = m.less(m.absolute(x), m.constant(_TINY))
        return m.select(small, x, value)

    def tanh(self, x: V) -> V:
        """Hyperbolic tangent."""
        m = self.m
        one, two = m.constant(1.0), m.constant(2.0)
        # tanh x = e / (e + 2) with e = exp(2x) - 1; beyond 20 it is 1 to the last place. Where e is
        # the difference of larger numbers its low part is carried along.
        size = self.clamped(m.absolute(x), 0.0, 20.0)
        multiple, tail, tail_low = self.tail_of_exp(m.product(size, two))
        scale = self.two_to(multiple)
        e, error = self.two_sum(m.difference(scale, one), m.product(scale, tail))
        e_low = m.fused(scale, tail_low, error)
        below = m.sum(e, two)
        below_low = m.sum(m.sum(m.difference(two, below), e), e_low)
        ratio = m.quotient(e, below)
        left = m.sum(m.fused(m.negate(ratio), below, e), e_low)
        left = m.fused(m.negate(ratio), below_low, left)
        return m.copysign(m.sum(ratio, m.quotient(left, below)), x)

    def exponent_and_rest(self, x: V) -> tuple[V, V]:
        """x = 2**k (1 + f) with 1 + f from sqrt(1/2) to sqrt(2), for positive finite x."""
        m = self.m
        subnormal = m.less(x, m.constant(_SMALLEST_NORMAL))
        x = m.select(subnormal, m.product(x, m.constant(2.0**54)), x)
        bits = m.bits(x)
        k = m.shift_right(m.subtract_integers(bits, m.integer(_SQRT_HALF_BITS)), 52)
        mantissa = m.subtract_integers(bits, m.shift_left(k, 52))
        moved = m.from_bits(m.add_integers(k, m.integer(_SHIFT_BITS)))
        away = m.select(subnormal, m.constant(_SHIFT + 54.0), m.constant(_SHIFT))
        as_double = m.difference(moved, away)
        return as_double, m.difference(m.from_bits(mantissa), m.constant(1.0))

    def log_in_two(self, x: V) -> tuple[V, V]:
        """log(x) of a positive finite x as an unevaluated sum, about 2**-63 relative.

        log(1+f) = 2 atanh(s), s = f / (2 + f); s and its cube are carried in two doubles.
        """
        m = self.m
        k, f = self.exponent_and_rest(x)
        two = m.constant(2.0)
        below = m.sum(two, f)
        # 2 + f is not exact: what it lost is needed for the low part of s.
        lost = m.difference(f, m.difference(below, two))
        s = m.quotient(f, below)
        residual = m.fused(m.negate(s), below, f)
        residual = m.fused(m.negate(s), lost, residual)
        s_low = m.quotient(residual, below)
        z, z_low = self.two_product(s, s)
        z_low = m.fused(m.product(two, s), s_low, z_low)
        # cube / 3 = s * (z / 3)
        one_third = m.constant(1.0 / 3.0)
        third, third_low = self.two_product(z, one_third)
        third_low = m.fused(z, m.constant(_ONE_THIRD_LOW), third_low)
        third_low = m.fused(z_low, one_third, third_low)
        cube, cube_low = self.two_product(s, third)
        cube_low = m.fused(s, third_low, cube_low)
        cube_low = m.fused(s_low, third, cube_low)
        series = [1.0 / (2 * n + 1) for n in range(2, 2 + _LOG_TERMS)]
        tail = m.product(m.product(m.product(z, z), s), self.polynomial(z, series))
        # atanh = s + cube + tail, doubled, plus k ln 2; large parts first.
        high, error = self.two_sum(s, cube)
        low = m.sum(m.sum(m.sum(cube_low, s_low), error), tail)
        high, low = m.product(high, two), m.product(low, two)
        total, error = self.two_sum(m.product(k, m.constant(_LN2_HIGH)), high)
        low = m.sum(m.fused(k, m.constant(_LN2_LOW), low), error)
        result = m.sum(total, low)
        return result, m.sum(m.difference(total, result), low)

    def log(self, x: V) -> V:
        """Natural logarithm."""
        return self.log_edges(x, self.log_of(x, None))

    def log_of(self, x: V, low: V | None) -> V:
        """log(x) + low, a small one, of a positive finite x."""
        m = self.m
        k, f = self.exponent_and_rest(x)
        s = m.quotient(f, m.sum(m.constant(2.0), f))
        z = m.product(s, s)
        series = [2.0 / (2 * n + 1) for n in range(1, 2 + _LOG_TERMS)]
        rest = m.product(z, self.polynomial(z, series))
        small = m.product(k, m.constant(_LN2_LOW))
        if low is not None:
            small = m.sum(small, low)
        # log(1+f) = f - s (f - rest) loses less than 2 s + s rest.
        inner = m.fused(s, m.difference(rest, f), small)
        return m.fused(k, m.constant(_LN2_HIGH), m.sum(f, inner))

    def log_edges(self, x: V, value: V) -> V:
        """The value, but for arguments that have no finite logarithm."""
        m = self.m
        zero, infinite = m.constant(0.0), m.constant(math.inf)
        value = m.select(m.less(x, zero), m.constant(math.nan), value)
        value = m.select(m.equal(x, zero), m.constant(-math.inf), value)
        value = m.select(m.equal(x, infinite), infinite, value)
        return m.select(m.equal(x, x), value, x)

    def log1p(self, x: V) -> V:
        """log(1 + x)."""
        m = self.m
        total, error = self.two_sum(m.constant(1.0), x)
        # The logarithm of 1 + x rounded, and to first order what the rounding took away.
        value = self.log_edges(total, self.log_of(total, m.quotient(error, total)))
        return m.select(m.less(m.absolute(x), m.constant(_TINY)), x, value)

    def power(self, x: V, y: V) -> V:
        """x ** y; of a negative number for whole exponents only, else not a number."""
        m = self.m
        one, zero = m.constant(1.0), m.constant(0.0)
        size = m.absolute(x)
        high, low = self.log_in_two(size)
        high = self.log_edges(size, high)
        value = m.product(y, high)
        rest = m.fused(y, high, m.negate(value))
        rest = m.fused(y, low, rest)
        # At the edges the low part means nothing and may be infinity minus infinity.
        calm = m.less(m.absolute(value), m.constant(750.0))
        value = self.exp(value, m.select(calm, rest, zero))
        value = m.select(m.equal(size, one), one, value)
        half = m.product(y, m.constant(0.5))
        whole = m.equal(m.floor(y), y)
        odd = m.both(whole, m.invert(m.equal(m.floor(half), half)))
        value = m.select(odd, m.copysign(value, x), value)
        finite = m.less(m.constant(-math.inf), x)
        broken = m.both(m.both(m.less(x, zero), finite), m.invert(whole))
        value = m.select(broken, m.constant(math.nan), value)
        value = m.select(m.equal(y, y), value, y)
        value = m.select(m.equal(x, one), one, value)
        return m.select(m.equal(y, zero), one, value)

    def erf(self, x: V) -> V:
        """Error function."""
        m = self.m
        one = m.constant(1.0)
        size = self.clamped(m.absolute(x), 0.0, 6.0)
        square = m.product(size, size)
        near = m.fused(size, self.polynomial(square, ERF_NEAR), size)
        # Beyond 1 the complement is below 0.16, and its own errors hardly count.
        place = m.difference(m.quotient(one, m.sum(size, one)), m.constant(0.3125))
        complement = m.product(self.exp(m.negate(square)), self.polynomial(place, ERF_FAR))
        value = m.select(m.less(size, one), near, m.difference(one, complement))
        return m.copysign(value, x)
