"""Forward sensitivities: derivatives of states and outputs with respect to parameters.

The system grows by one state for each state and parameter, s = dx/dp with s' = J s + df/dp. An
event at the moment tau, where g(t, x, p) = 0, moves them as well:
tau' = -(g_x s + g_p) / (g_t + g_x f-), and a state that becomes h(t, x, p) gets
s+ = h_x (s + f- tau') + h_t tau' + h_p - f+ tau'
(Rozenvasser, Automat. Remote Control 28:400, 1967; Galan, Feehery and Barton, Appl. Numer. Math.
31:17, 1999, doi:10.1016/S0168-9274(98)00125-1). An event that another one sets off happens at the
moment of that one, and one that a dose or the start sets off at a moment that does not move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, final

from leucel.compile.differentiation import Derivatives
from leucel.compile.lowering import LoweredEvent, LoweredSystem
from leucel.compile.program import Builder, Op, Program, evaluate

# The slopes before and after an event are taken this share of the time away from it, so that each
# is on its own side of a switch; their relative error is of the same size.
_SIDE: Final = 1e-9


def sensitivity_name(output: str, parameter: str) -> str:
    """Name of the output that is the derivative of an output."""
    return f"d {output} / d {parameter}"


def with_sensitivities(system: LoweredSystem, parameters: Sequence[str]) -> LoweredSystem:
    """The system with sensitivities to parameters, and with the derivatives of all outputs.

    After the states of the system come its sensitivities, all states for the first parameter, then
    for the next; then for each parameter the derivative of the moment of the event that is being
    applied. Step control does not look at them.
    """
    work = _Augmentation(system, parameters)
    size, count = len(system.state_names), len(parameters)
    b = work.builder
    moments = count if system.events else 0
    zero = b.constant(0.0)
    initial = [work.total(number, q, None) for q in range(count) for number in system.initial]
    rhs = [*system.rhs, *(work.total(f, q, work.s(q)) for q in range(count) for f in system.rhs)]
    rhs += [zero] * moments
    outputs = [work.total(o, q, work.s(q)) for o in system.outputs for q in range(count)]
    events = tuple(work.event(event) for event in system.events)
    states = [b.state(i) for i in range(size + size * count)]
    jacobian: dict[tuple[int, int], int] = {}
    for j, state in enumerate(states):
        derivatives = Derivatives(b, state)
        for i, number in enumerate(rhs):
            entry = derivatives.of(number)
            if b.value(entry) != 0.0:
                jacobian[i, j] = entry
    in_time = Derivatives(b, b.time())
    time_derivative = tuple(in_time.of(number) for number in rhs)
    return replace(
        system,
        program=b.program(),
        state_names=(
            *system.state_names,
            *(sensitivity_name(x, p) for p in parameters for x in system.state_names),
            *(sensitivity_name("moment", p) for p in parameters[:moments]),
        ),
        output_names=(
            *system.output_names,
            *(sensitivity_name(o, p) for o in system.output_names for p in parameters),
        ),
        initial=(*system.initial, *initial, *([zero] * moments)),
        rhs=tuple(rhs),
        jacobian=dict(sorted(jacobian.items())),
        time_derivative=time_derivative,
        outputs=(*system.outputs, *outputs),
        events=events,
        passive=size * count + moments,
        moments=tuple(size + size * count + q for q in range(moments)),
    )


@final
class _Augmentation:
    """Instructions for derivatives along a parameter."""

    def __init__(self, system: LoweredSystem, parameters: Sequence[str]) -> None:
        self.system = system
        self.builder = b = Builder(system.program.instructions)
        self.size, self.count = len(system.state_names), len(parameters)
        self.x = [b.state(i) for i in range(self.size)]
        places = [system.parameter_names.index(name) for name in parameters]
        self.by_parameter = [Derivatives(b, b.parameter(p)) for p in places]
        self.by_state = [Derivatives(b, x) for x in self.x]
        self.by_time = Derivatives(b, b.time())

    def s(self, q: int) -> list[int]:
        """Sensitivities of all states to parameter q."""
        return [self.builder.state(self.size * (q + 1) + i) for i in range(self.size)]

    def moment(self, q: int) -> int:
        """Derivative of the moment of the event that is being applied."""
        return self.builder.state(self.size * (self.count + 1) + q)

    def dot(self, number: int, along: Sequence[int]) -> int:
        """Derivative with respect to the states, along a direction."""
        b = self.builder
        total = b.constant(0.0)
        for derivatives, direction in zip(self.by_state, along, strict=True):
            total = b.add(total, b.multiply(derivatives.of(number), direction))
        return total

    def total(self, number: int, q: int, along: Sequence[int] | None) -> int:
        """Derivative with respect to parameter q, by way of the states too."""
        own = self.by_parameter[q].of(number)
        return own if along is None else self.builder.add(own, self.dot(number, along))

    def slopes(self, side: float, states: Sequence[int]) -> list[int]:
        """The right-hand side a little before (-1) or after (1) now, at states here and now."""
        b = self.builder
        program = Program(tuple(b.instructions))
        parameters = [b.parameter(p) for p in range(len(self.system.parameter_names))]

        def at(time: int, moved: Sequence[int]) -> list[int]:
            return evaluate(
                program,
                _Symbols(b),
                list(self.system.rhs),
                time=time,
                states=list(moved),
                parameters=parameters,
            )

        away = b.multiply(b.constant(side * _SIDE), b.time())
        time = b.add(b.time(), away)
        first = at(time, states)
        moved = [b.add(x, b.multiply(away, f)) for x, f in zip(states, first, strict=True)]
        return at(time, moved)

    def event(self, event: LoweredEvent) -> LoweredEvent:
        """The event with what it does to the sensitivities, located or set off by another."""
        b = self.builder
        set_to = dict(event.assignments)
        after = [set_to.get(i, self.x[i]) for i in range(self.size)]
        before_slope, after_slope = self.slopes(-1.0, self.x), self.slopes(1.0, after)
        speed = b.add(self.by_time.of(event.when), self.dot(event.when, before_slope))
        located: list[tuple[int, int]] = list(event.assignments)
        chained: list[tuple[int, int]] = list(event.assignments)
        for q in range(self.count):
            s = self.s(q)
            own = b.negate(b.divide(self.total(event.when, q, s), speed))
            for moment, found in ((own, located), (self.moment(q), chained)):
                moving = [
                    b.add(k, b.multiply(f, moment)) for k, f in zip(s, before_slope, strict=True)
                ]
                for i, value in enumerate(after):
                    along = self.total(value, q, moving)
                    along = b.add(along, b.multiply(self.by_time.of(value), moment))
                    new = b.subtract(along, b.multiply(after_slope[i], moment))
                    found.append((self.size * (q + 1) + i, new))
            located.append((self.size * (self.count + 1) + q, own))
        return replace(event, assignments=tuple(located), chained=tuple(chained))


@final
class _Symbols:
    """Arithmetic that writes instructions, to run a program at other states."""

    def __init__(self, builder: Builder) -> None:
        self._b = builder

    def constant(self, value: float, /) -> int:
        return self._b.constant(value)

    def add(self, a: int, b: int, /) -> int:
        return self._b.add(a, b)

    def subtract(self, a: int, b: int, /) -> int:
        return self._b.subtract(a, b)

    def multiply(self, a: int, b: int, /) -> int:
        return self._b.multiply(a, b)

    def multiply_add(self, a: int, b: int, c: int, /) -> int:
        return self._b.add(self._b.multiply(a, b), c)

    def divide(self, a: int, b: int, /) -> int:
        return self._b.divide(a, b)

    def negate(self, a: int, /) -> int:
        return self._b.negate(a)

    def power(self, a: int, b: int, /) -> int:
        return self._b.power(a, b)

    def select(self, condition: int, a: int, b: int, /) -> int:
        return self._b.select(condition, a, b)

    def exp(self, a: int, /) -> int:
        return self._b.function(Op.EXP, a)

    def log(self, a: int, /) -> int:
        return self._b.function(Op.LOG, a)

    def sqrt(self, a: int, /) -> int:
        return self._b.function(Op.SQRT, a)

    def tanh(self, a: int, /) -> int:
        return self._b.function(Op.TANH, a)

    def expm1(self, a: int, /) -> int:
        return self._b.function(Op.EXPM1, a)

    def log1p(self, a: int, /) -> int:
        return self._b.function(Op.LOG1P, a)

    def erf(self, a: int, /) -> int:
        return self._b.function(Op.ERF, a)

    def lgamma(self, a: int, /) -> int:
        return self._b.function(Op.LGAMMA, a)

    def digamma(self, a: int, /) -> int:
        return self._b.function(Op.DIGAMMA, a)

    def trigamma(self, a: int, /) -> int:
        return self._b.function(Op.TRIGAMMA, a)

    def absolute(self, a: int, /) -> int:
        return self._b.function(Op.ABSOLUTE, a)

    def minimum(self, a: int, b: int, /) -> int:
        return self._b.function(Op.MINIMUM, a, b)

    def maximum(self, a: int, b: int, /) -> int:
        return self._b.function(Op.MAXIMUM, a, b)

    def less(self, a: int, b: int, /) -> int:
        return self._b.function(Op.LESS, a, b)

    def less_equal(self, a: int, b: int, /) -> int:
        return self._b.function(Op.LESS_EQUAL, a, b)

    def equal(self, a: int, b: int, /) -> int:
        return self._b.function(Op.EQUAL, a, b)

    def both(self, a: int, b: int, /) -> int:
        return self._b.function(Op.BOTH, a, b)

    def either(self, a: int, b: int, /) -> int:
        return self._b.function(Op.EITHER, a, b)

    def invert(self, a: int, /) -> int:
        return self._b.function(Op.INVERT, a)
