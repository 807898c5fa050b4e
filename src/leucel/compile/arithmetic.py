"""The abstract number: what programs and steppers ask of the values they run on."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar, final

import numpy as np

V = TypeVar("V")


class Arithmetic(Protocol[V]):
    """Operations on values of type V; conditions are values too."""

    def constant(self, value: float, /) -> V:
        """The number `value`."""
        ...

    def add(self, a: V, b: V, /) -> V:
        """a + b."""
        ...

    def subtract(self, a: V, b: V, /) -> V:
        """a - b."""
        ...

    def multiply(self, a: V, b: V, /) -> V:
        """a * b."""
        ...

    def multiply_add(self, a: V, b: V, c: V, /) -> V:
        """a * b + c, rounded once where the machine can."""
        ...

    def divide(self, a: V, b: V, /) -> V:
        """a / b."""
        ...

    def negate(self, a: V, /) -> V:
        """-a."""
        ...

    def exp(self, a: V, /) -> V:
        """e ** a."""
        ...

    def log(self, a: V, /) -> V:
        """Natural logarithm."""
        ...

    def power(self, a: V, b: V, /) -> V:
        """a ** b for a >= 0."""
        ...

    def sqrt(self, a: V, /) -> V:
        """Square root."""
        ...

    def minimum(self, a: V, b: V, /) -> V:
        """The smaller of both."""
        ...

    def maximum(self, a: V, b: V, /) -> V:
        """The larger of both."""
        ...

    def absolute(self, a: V, /) -> V:
        """Distance from zero."""
        ...

    def tanh(self, a: V, /) -> V:
        """Hyperbolic tangent."""
        ...

    def expm1(self, a: V, /) -> V:
        """e ** a - 1."""
        ...

    def log1p(self, a: V, /) -> V:
        """Natural logarithm of 1 + a."""
        ...

    def erf(self, a: V, /) -> V:
        """Error function."""
        ...

    def lgamma(self, a: V, /) -> V:
        """Logarithm of the absolute value of the gamma function."""
        ...

    def digamma(self, a: V, /) -> V:
        """Derivative of `lgamma`."""
        ...

    def trigamma(self, a: V, /) -> V:
        """Second derivative of `lgamma`."""
        ...

    def less(self, a: V, b: V, /) -> V:
        """Condition a < b; false when one is not a number."""
        ...

    def less_equal(self, a: V, b: V, /) -> V:
        """Condition a <= b; false when one is not a number."""
        ...

    def equal(self, a: V, b: V, /) -> V:
        """Condition a == b."""
        ...

    def both(self, a: V, b: V, /) -> V:
        """Condition: a and b."""
        ...

    def either(self, a: V, b: V, /) -> V:
        """Condition: a or b."""
        ...

    def invert(self, a: V, /) -> V:
        """Condition: not a."""
        ...

    def select(self, condition: V, a: V, b: V, /) -> V:
        """a where the condition holds, else b."""
        ...


@final
class NumpyArithmetic:
    """Numbers are floats or NumPy arrays; warnings about overflow and the like stay silent.

    The result is only as silent as its caller: run inside `numpy.errstate(all="ignore")`.
    """

    def constant(self, value: float, /) -> Any:
        return value

    def add(self, a: Any, b: Any, /) -> Any:
        return a + b

    def subtract(self, a: Any, b: Any, /) -> Any:
        return a - b

    def multiply(self, a: Any, b: Any, /) -> Any:
        return a * b

    def multiply_add(self, a: Any, b: Any, c: Any, /) -> Any:
        return a * b + c

    def divide(self, a: Any, b: Any, /) -> Any:
        return np.divide(a, b)

    def negate(self, a: Any, /) -> Any:
        return -a

    def exp(self, a: Any, /) -> Any:
        return np.exp(a)

    def log(self, a: Any, /) -> Any:
        return np.log(a)

    def power(self, a: Any, b: Any, /) -> Any:
        return np.power(np.asarray(a, dtype=np.float64), b)

    def sqrt(self, a: Any, /) -> Any:
        return np.sqrt(a)

    def minimum(self, a: Any, b: Any, /) -> Any:
        return np.minimum(a, b)

    def maximum(self, a: Any, b: Any, /) -> Any:
        return np.maximum(a, b)

    def absolute(self, a: Any, /) -> Any:
        return np.abs(a)

    def tanh(self, a: Any, /) -> Any:
        return np.tanh(a)

    def expm1(self, a: Any, /) -> Any:
        return np.expm1(a)

    def log1p(self, a: Any, /) -> Any:
        return np.log1p(a)

    def erf(self, a: Any, /) -> Any:
        from scipy import special

        return special.erf(a)

    def lgamma(self, a: Any, /) -> Any:
        from scipy import special

        return special.gammaln(a)

    def digamma(self, a: Any, /) -> Any:
        from scipy import special

        return special.digamma(a)

    def trigamma(self, a: Any, /) -> Any:
        from scipy import special

        # Hurwitz's zeta function stops at 0; the reflection goes beyond.
        mirrored = np.less(a, 0.0)
        value = special.zeta(2.0, np.where(mirrored, 1.0 - a, a))
        ratio = np.pi / np.sin(np.pi * np.where(mirrored, a, 0.5))
        return np.where(mirrored, ratio * ratio - value, value)

    def less(self, a: Any, b: Any, /) -> Any:
        return np.less(a, b)

    def less_equal(self, a: Any, b: Any, /) -> Any:
        return np.less_equal(a, b)

    def equal(self, a: Any, b: Any, /) -> Any:
        return np.equal(a, b)

    def both(self, a: Any, b: Any, /) -> Any:
        return np.logical_and(a, b)

    def either(self, a: Any, b: Any, /) -> Any:
        return np.logical_or(a, b)

    def invert(self, a: Any, /) -> Any:
        return np.logical_not(a)

    def select(self, condition: Any, a: Any, b: Any, /) -> Any:
        return np.where(condition, a, b)
