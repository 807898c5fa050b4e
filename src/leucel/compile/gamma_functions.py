"""The logarithm of the gamma function and its first two derivatives over a `Machine`.

From 1 to 2.5 log gamma is (x - 1) (x - 2) times a polynomial, so that its zeros are met; from 2.5
to 10 the recursion leads there, beyond 10 Stirling's series holds, and below 0 the reflection
(NIST Digital Library of Mathematical Functions, 5.5.1, 5.5.3, 5.11.1, 5.15.5).
"""

from __future__ import annotations

import math
from typing import Final, Generic, TypeVar

from leucel.compile.elementary import Elementary
from leucel.compile.elementary_tables import DIGAMMA, GAMMA, GAMMA_LOW, STIRLING, TRIGAMMA

V = TypeVar("V")

_SERIES_FROM: Final = 10.0
_STEPS: Final = 8
_TINY: Final = 1e-18
_SHIFTS: Final = 10
# log(2 pi) / 2 - 1/2
_STIRLING_CONSTANT: Final = 0.41893853320467274
_SINE_TERMS: Final = 12
# What the nearest doubles leave of log(pi) and of pi.
_LOG_PI: Final = 1.1447298858494002
_LOG_PI_LOW: Final = 1.0265951162707826e-17
_PI_LOW: Final = 1.2246467991473532e-16


class Gamma(Generic[V]):
    """The functions over one machine."""

    def __init__(self, functions: Elementary[V]) -> None:
        self.f = functions
        self.m = functions.m

    def _core(self, first: V, second: V) -> tuple[V, V]:
        """log gamma(1 + first) where second = first - 1, in two parts, first from 0 to 1.5."""
        m, f = self.m, self.f
        place = m.difference(first, m.constant(0.75))
        inner = m.fused(place, f.polynomial(place, GAMMA[1:]), m.constant(GAMMA_LOW))
        factor, factor_low = f.two_sum(m.constant(GAMMA[0]), inner)
        product, lost = f.two_product(first, second)
        value, value_low = f.two_product(product, factor)
        low = m.fused(product, factor_low, m.fused(lost, factor, value_low))
        return value, low

    def _sum(self, a: tuple[V, V], b: tuple[V, V]) -> tuple[V, V]:
        value, error = self.f.two_sum(a[0], b[0])
        return value, self.m.sum(error, self.m.sum(a[1], b[1]))

    def lgamma(self, x: V) -> V:
        """log |gamma(x)|; below 0 the error is that of the larger of two terms."""
        m, f = self.m, self.f
        one, zero = m.constant(1.0), m.constant(0.0)
        size = m.absolute(x)
        below = m.less(size, one)
        far = m.invert(m.less(size, m.constant(_SERIES_FROM)))
        # Down from 10 by whole steps: their product goes into the logarithm.
        product, steps = one, zero
        for i in range(1, _STEPS + 1):
            above = m.invert(m.less(size, m.constant(i + 1.5)))
            factor = m.difference(size, m.constant(float(i)))
            product = m.product(product, m.select(above, factor, one))
            steps = m.select(above, m.constant(float(i)), steps)
        rest = m.difference(size, steps)
        first = m.select(below, size, m.difference(rest, one))
        second = m.select(below, m.difference(size, one), m.difference(rest, m.constant(2.0)))
        near = self._core(first, second)
        log = f.log_in_two(m.select(m.both(m.invert(below), m.invert(far)), product, size))
        lifted = self._sum(log, near)
        lowered = self._sum(near, (m.negate(log[0]), m.negate(log[1])))

        inverse = m.quotient(one, size)
        series = m.product(f.polynomial(m.product(inverse, inverse), STIRLING), inverse)
        # (x - 1/2) (log x - 1) + (log(2 pi) - 1) / 2 + ...: this form does not overflow early.
        height, error = f.two_sum(log[0], m.constant(-1.0))
        height_low = m.sum(error, log[1])
        arm = m.difference(size, m.constant(0.5))
        big, big_low = f.two_product(arm, height)
        big_low = m.fused(arm, height_low, big_low)
        constant = m.sum(m.constant(_STIRLING_CONSTANT), series)
        big = m.sum(big, m.sum(big_low, constant))

        positive = m.select(below, m.sum(*lowered), m.sum(*lifted))
        positive = m.select(far, big, positive)
        # Beyond 2.6e305 the products above may be infinity minus infinity.
        positive = m.select(m.less(m.constant(2.6e305), size), m.constant(math.inf), positive)
        positive = m.select(m.equal(size, zero), m.constant(math.inf), positive)
        # gamma(-a) gamma(a) a sin(pi a) = -pi
        scale = m.select(below, one, size)
        turned = f.log_in_two(m.product(scale, self._sine(size)))
        mirror, mirror_low = self._sum(turned, (m.constant(-_LOG_PI), m.constant(-_LOG_PI_LOW)))
        other = m.select(below, m.sum(*near), positive)
        total, error = f.two_sum(mirror, other)
        negative = m.negate(m.sum(total, m.sum(error, mirror_low)))
        whole = m.equal(m.floor(x), x)
        negative = m.select(whole, m.constant(math.inf), negative)
        # Next to 0 both sides are -log |x|, and the sine may be subnormal.
        negative = m.select(m.less(size, m.constant(_TINY)), positive, negative)
        value = m.select(m.less(x, zero), negative, positive)
        return m.select(m.equal(x, x), value, x)

    def _turn(self, x: V) -> V:
        """x minus the nearest whole number."""
        m = self.m
        nearest = m.floor(m.sum(x, m.constant(0.5)))
        return m.difference(x, nearest)

    def _sine(self, x: V) -> V:
        """|sin(pi x)|."""
        return self.m.absolute(self._sine_of(self._turn(x)))

    def _sine_of(self, turn: V) -> V:
        """sin(pi turn), turn from -1/2 to 1/2."""
        m = self.m
        angle, lost = self.f.two_product(turn, m.constant(math.pi))
        lost = m.fused(turn, m.constant(_PI_LOW), lost)
        square = m.product(angle, angle)
        series = [(-1.0) ** n / math.factorial(2 * n + 1) for n in range(1, _SINE_TERMS)]
        tail = m.product(square, self.f.polynomial(square, series))
        return m.sum(angle, m.fused(angle, tail, lost))

    def _cosine_of(self, turn: V) -> V:
        """cos(pi turn), turn from -1/2 to 1/2, as a sine: it vanishes at both ends."""
        m = self.m
        return self._sine_of(m.difference(m.constant(0.5), m.absolute(turn)))

    def digamma(self, x: V) -> V:
        """Derivative of log gamma, for Jacobians: 1e-14 where it is not near its zeros."""
        m, f = self.m, self.f
        one = m.constant(1.0)
        mirrored = m.less(x, m.constant(0.0))
        size = m.select(mirrored, m.difference(one, x), x)
        low = m.less(size, m.constant(_SERIES_FROM))
        total = m.constant(0.0)
        for i in range(_SHIFTS):
            total = m.sum(total, m.quotient(one, m.sum(size, m.constant(float(i)))))
        place = m.select(low, m.sum(size, m.constant(float(_SHIFTS))), size)
        inverse = m.quotient(one, place)
        square = m.product(inverse, inverse)
        series = m.product(f.polynomial(square, DIGAMMA), square)
        value = m.difference(f.log(place), m.fused(m.constant(0.5), inverse, series))
        value = m.select(low, m.difference(value, total), value)
        turn = self._turn(x)
        cotangent = m.quotient(self._cosine_of(turn), self._sine_of(turn))
        reflected = m.difference(value, m.product(m.constant(math.pi), cotangent))
        return m.select(mirrored, reflected, value)

    def trigamma(self, x: V) -> V:
        """Second derivative of log gamma, as accurate as the first."""
        m, f = self.m, self.f
        one = m.constant(1.0)
        mirrored = m.less(x, m.constant(0.0))
        size = m.select(mirrored, m.difference(one, x), x)
        low = m.less(size, m.constant(_SERIES_FROM))
        total = m.constant(0.0)
        for i in range(_SHIFTS):
            inverse = m.quotient(one, m.sum(size, m.constant(float(i))))
            total = m.fused(inverse, inverse, total)
        place = m.select(low, m.sum(size, m.constant(float(_SHIFTS))), size)
        inverse = m.quotient(one, place)
        square = m.product(inverse, inverse)
        series = m.product(m.product(f.polynomial(square, TRIGAMMA), square), inverse)
        value = m.sum(m.fused(m.constant(0.5), square, inverse), series)
        value = m.select(low, m.sum(value, total), value)
        ratio = m.quotient(m.constant(math.pi), self._sine_of(self._turn(x)))
        return m.select(mirrored, m.difference(m.product(ratio, ratio), value), value)
