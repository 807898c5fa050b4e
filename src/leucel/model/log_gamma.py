"""log |gamma(x)| for SymPy, real on both sides of zero; imported late, as SymPy is."""

from __future__ import annotations

from typing import Any

import sympy


class lgamma(sympy.Function):
    """Logarithm of the absolute value of the gamma function."""

    is_real = True

    def fdiff(self, argindex: int = 1) -> Any:
        return sympy.polygamma(0, self.args[0])

    def _eval_evalf(self, prec: int) -> Any:
        argument: Any = self.args[0]
        number = argument._eval_evalf(prec)
        if not number.is_Float:
            return None
        # Of a negative number SymPy's is complex: the sign of gamma is its imaginary part.
        return sympy.re(sympy.loggamma(number))._eval_evalf(prec)
