"""Systems whose positive states are kept as logarithms.

A state x that is kept as u = log x follows u' = f / x; terms of f with the factor x lose it, so
that nothing is divided where x is too small to be a number. The right-hand side, outputs and events
are those of exp(u). States behind those of the model, sensitivities among them, stay what they are.

Only kernels look inside: values of jumps, tolerances and outputs are in the scale of the state. A
state that an event sets to zero takes the logarithm of nothing, from which it does not come back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, final

from leucel.compile.differentiation import Derivatives
from leucel.compile.lowering import LoweredEvent, LoweredSystem
from leucel.compile.program import Builder, Op, evaluate
from leucel.compile.symbols import symbols

# The exponential of it is zero, and a hundred years of growth do not change that.
LOG_OF_ZERO: Final = -1e6
_SMALLEST: Final = 1e-300


def in_logarithms(system: LoweredSystem) -> LoweredSystem:
    """The system with the logarithms of `system.logged` in place of those states.

    Examples
    --------
    >>> builder = Builder()
    >>> x, k = builder.state(0), builder.parameter(0)
    >>> growth = LoweredSystem(
    ...     program=builder.program(),
    ...     state_names=("x",),
    ...     parameter_names=("k",),
    ...     output_names=("x",),
    ...     initial=(k,),
    ...     rhs=(builder.multiply(k, x),),
    ...     jacobian={(0, 0): k},
    ...     time_derivative=(builder.constant(0.0),),
    ...     outputs=(x,),
    ...     events=(),
    ...     dose_state=None,
    ...     logged=(0,),
    ... )
    >>> from dataclasses import replace
    >>> growth = replace(growth, program=builder.program())
    >>> in_logarithms(growth).jacobian
    {}
    """
    if not system.logged:
        return system
    builder = Builder()
    count = len(system.state_names)
    states = [builder.state(i) for i in range(count)]
    for i in system.logged:
        states[i] = builder.function(Op.EXP, states[i])

    delayed = [builder.delayed(k) for k in range(len(system.delays))]
    for k, delay in enumerate(system.delays):
        if delay.state in system.logged:
            delayed[k] = builder.function(Op.EXP, delayed[k])

    def again(numbers: Sequence[int]) -> list[int]:
        return evaluate(
            system.program,
            symbols(builder),
            list(numbers),
            time=builder.time(),
            states=states,
            parameters=[builder.parameter(p) for p in range(len(system.parameter_names))],
            delayed=delayed,
        )

    def logarithm(number: int) -> int:
        nothing = builder.function(Op.EQUAL, number, builder.constant(0.0))
        value = builder.function(Op.LOG, number)
        return builder.select(nothing, builder.constant(LOG_OF_ZERO), value)

    def assigned(pairs: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        values = again([number for _, number in pairs])
        return tuple(
            (i, logarithm(value) if i in system.logged else value)
            for (i, _), value in zip(pairs, values, strict=True)
        )

    rhs, initial = again(system.rhs), again(system.initial)
    for i in system.logged:
        rhs[i] = _Quotient(builder, states[i]).of(rhs[i])
        initial[i] = logarithm(initial[i])
    jacobian: dict[tuple[int, int], int] = {}
    for j in range(count):
        derivatives = Derivatives(builder, builder.state(j))
        for i, number in enumerate(rhs):
            entry = derivatives.of(number)
            if builder.value(entry) != 0.0:
                jacobian[i, j] = entry
    in_time = Derivatives(builder, builder.time())
    events: list[LoweredEvent] = []
    for event in system.events:
        (when,) = again([event.when])
        chained = None if event.chained is None else assigned(event.chained)
        events.append(
            replace(event, when=when, assignments=assigned(event.assignments), chained=chained)
        )
    lags = again([delay.lag for delay in system.delays])
    delays = tuple(replace(d, lag=n) for d, n in zip(system.delays, lags, strict=True))
    time_derivative = tuple(in_time.of(number) for number in rhs)
    outputs = tuple(again(system.outputs))
    return replace(
        system,
        program=builder.program(),
        initial=tuple(initial),
        rhs=tuple(rhs),
        jacobian=dict(sorted(jacobian.items())),
        time_derivative=time_derivative,
        outputs=outputs,
        events=tuple(events),
        delays=delays,
    )


@final
class _Quotient:
    """Divides instructions by a state, term by term, and takes the factor out where it stands."""

    def __init__(self, builder: Builder, divisor: int) -> None:
        self._b = builder
        self._divisor = divisor
        self._factors: dict[int, int | None] = {}

    def of(self, number: int) -> int:
        """Number of the quotient."""
        b = self._b
        instruction = b.instructions[number]
        match instruction.op, instruction.args:
            case Op.ADD, (first, second):
                return b.add(self.of(first), self.of(second))
            case Op.SUBTRACT, (first, second):
                return b.subtract(self.of(first), self.of(second))
            case Op.NEGATE, (first,):
                return b.negate(self.of(first))
            case Op.SELECT, (condition, first, second):
                return b.select(condition, self.of(first), self.of(second))
            case _:
                without = self._without(number)
                if without is not None:
                    return without
                # A source that is zero has to stay zero where the state is too small for a number.
                size = b.function(Op.MAXIMUM, self._divisor, b.constant(_SMALLEST))
                return b.divide(number, size)

    def _without(self, number: int) -> int | None:
        """The instruction without the factor, None where it has none."""
        if number not in self._factors:
            self._factors[number] = self._found(number)
        return self._factors[number]

    def _found(self, number: int) -> int | None:
        b = self._b
        if number == self._divisor:
            return b.constant(1.0)
        instruction = b.instructions[number]
        match instruction.op, instruction.args:
            case Op.CONSTANT, _:
                return number if instruction.value == 0.0 else None
            case Op.MULTIPLY, (first, second):
                for one, other in ((first, second), (second, first)):
                    rest = self._without(one)
                    if rest is not None:
                        return b.multiply(rest, other)
                return None
            case Op.DIVIDE, (first, second):
                rest = self._without(first)
                return None if rest is None else b.divide(rest, second)
            case Op.NEGATE, (first,):
                rest = self._without(first)
                return None if rest is None else b.negate(rest)
            case (Op.ADD | Op.SUBTRACT) as op, (first, second):
                left, right = self._without(first), self._without(second)
                if left is None or right is None:
                    return None
                return b.add(left, right) if op is Op.ADD else b.subtract(left, right)
            case _:
                return None
