"""What lowering needs of a model in symbols; `leucel.model.SymbolicSystem` has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import sympy


class EventInSymbols(Protocol):
    """An event as the model gives it."""

    @property
    def name(self) -> str: ...
    @property
    def when(self) -> sympy.Expr: ...
    @property
    def assignments(self) -> dict[int, sympy.Expr]: ...


class DelayInSymbols(Protocol):
    """A delay as the model gives it."""

    @property
    def symbol(self) -> sympy.Symbol: ...
    @property
    def state(self) -> int: ...
    @property
    def lag(self) -> sympy.Expr: ...


class SystemInSymbols(Protocol):
    """What lowering needs of a model; `leucel.model.SymbolicSystem` has it."""

    @property
    def time(self) -> sympy.Symbol: ...
    @property
    def states(self) -> tuple[sympy.Symbol, ...]: ...
    @property
    def parameters(self) -> tuple[sympy.Symbol, ...]: ...
    @property
    def initial(self) -> tuple[sympy.Expr, ...]: ...
    @property
    def rhs(self) -> tuple[sympy.Expr, ...]: ...
    @property
    def outputs(self) -> tuple[sympy.Expr, ...]: ...
    @property
    def output_names(self) -> tuple[str, ...]: ...
    @property
    def events(self) -> Sequence[EventInSymbols]: ...
    @property
    def dose_state(self) -> int | None: ...
    @property
    def logged(self) -> tuple[int, ...]: ...
    @property
    def delays(self) -> Sequence[DelayInSymbols]: ...
