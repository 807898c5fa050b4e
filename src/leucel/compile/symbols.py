"""Arithmetic that writes instructions, to run a program at other states or parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

from leucel.compile.arithmetic import Arithmetic
from leucel.compile.program import Builder, Op


def symbols(builder: Builder) -> Arithmetic[int]:
    """Arithmetic on instruction numbers of a builder.

    Examples
    --------
    >>> from leucel.compile.program import evaluate
    >>> b = Builder()
    >>> y = b.multiply(b.state(0), b.parameter(0))
    >>> moved = evaluate(b.program(), symbols(b), [y], states=[b.state(1)], parameters=[b.time()])
    >>> b.instructions[moved[0]].op.name
    'MULTIPLY'
    """
    written: Any = _Symbols(builder)
    return written


@final
class _Symbols:
    """Operations that a builder simplifies by its own methods, all others as functions."""

    def __init__(self, builder: Builder) -> None:
        self._b = builder

    def __getattr__(self, name: str) -> Callable[..., int]:
        own = {"constant", "add", "subtract", "multiply", "divide", "negate", "power", "select"}
        if name in own:
            return getattr(self._b, name)
        op = Op(name)
        return lambda *args: self._b.function(op, *args)

    def multiply_add(self, a: int, b: int, c: int, /) -> int:
        return self._b.add(self._b.multiply(a, b), c)
