"""Forward sensitivities: derivatives of states and outputs with respect to parameters.

The system grows by one state for each state and parameter, s = dx/dp with s' = J s + df/dp. An
event at the moment tau, where g(t, x, p) = 0, moves them as well:
tau' = -(g_x s + g_p) / (g_t + g_x f-), and a state that becomes h(t, x, p) gets
s+ = h_x (s + f- tau') + h_t tau' + h_p - f+ tau'
(Rozenvasser, Automat. Remote Control 28:400, 1967; Galan, Feehery and Barton, Appl. Numer. Math.
31:17, 1999, doi:10.1016/S0168-9274(98)00125-1). An event that another one sets off happens at the
moment of that one, and one that a dose sets off at the moment of the dose. A kink of the
right-hand side is an event too (see `leucel.compile.kinks`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, final

from leucel.compile.differentiation import Derivatives
from leucel.compile.kinks import Locked, lock_kinks
from leucel.compile.lowering import LoweredEvent, LoweredSystem
from leucel.compile.program import Builder, Op, evaluate
from leucel.compile.symbols import symbols
from leucel.core import Problem, unknown_name
from leucel.model import ModelSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """What a derivative is taken with respect to: a parameter or its random effect.

    Attributes
    ----------
    name : name of the parameter, or ``eta_`` and the name.
    parameter : index of the parameter.
    scale : "parameter", or the scale of the random effect: "log" (p = value exp(eta)) or "logit"
        (within `low` and `high`).
    """

    name: str
    parameter: int
    scale: Literal["parameter", "log", "logit"] = "parameter"
    low: float = 0.0
    high: float = 1.0

    def seed(self, builder: Builder) -> int:
        """Instruction for the derivative of the parameter along this direction."""
        b = builder
        value = b.parameter(self.parameter)
        if self.scale == "parameter":
            return b.constant(1.0)
        if self.scale == "log":
            return value
        low, high = b.constant(self.low), b.constant(self.high)
        product = b.multiply(b.subtract(value, low), b.subtract(high, value))
        return b.divide(product, b.subtract(high, low))


def directions_of(
    spec: ModelSpec, parameters: Sequence[str], names: Sequence[str]
) -> tuple[list[Direction], list[Problem]]:
    """Directions by their names, and a problem for each name that is none.

    Parameters
    ----------
    parameters : names of the parameters in the order of their indices.
    """
    effects = {f"eta_{p.name}": p for p in spec.parameters if p.omega}
    found: list[Direction] = []
    problems: list[Problem] = []
    for name in names:
        if name in parameters:
            found.append(Direction(name=name, parameter=parameters.index(name)))
        elif name in effects:
            p = effects[name]
            place = parameters.index(p.name)
            direction = Direction(name=name, parameter=place, scale=p.scale, low=p.low, high=p.high)
            found.append(direction)
        else:
            known = (*parameters, *effects)
            problems.append(unknown_name(name, known, noun="parameter or random effect"))
    return found, problems


def sensitivity_name(output: str, parameter: str) -> str:
    """Name of the output that is the derivative of an output.

    Examples
    --------
    >>> sensitivity_name("transgene", "eta_k_growth")
    'd transgene / d eta_k_growth'
    """
    return f"d {output} / d {parameter}"


def with_sensitivities(system: LoweredSystem, directions: Sequence[Direction]) -> LoweredSystem:
    """The system with sensitivities along directions, and with the derivatives of all outputs.

    After the states of the system come its sensitivities, all states for the first direction, then
    for the next; then for each direction the derivative of the moment of the event that is being
    applied. Step control does not look at them.
    """
    parameters = [direction.name for direction in directions]
    locked = lock_kinks(system, first=(len(system.state_names) + 1) * (len(directions) + 1) - 1)
    system = locked.system
    work = _Augmentation(locked, directions)
    size, count = len(system.state_names), len(parameters)
    b = work.builder
    moments = count if system.events else 0
    zero = b.constant(0.0)
    sides = [zero] * locked.kinks
    initial = [work.total(number, q, None) for q in range(count) for number in system.initial]
    rhs = [*system.rhs, *(work.total(f, q, work.s(q)) for q in range(count) for f in system.rhs)]
    rhs += [*([zero] * moments), *sides]
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
            *(f"side {k}" for k in range(locked.kinks)),
        ),
        output_names=(
            *system.output_names,
            *(sensitivity_name(o, p) for o in system.output_names for p in parameters),
        ),
        initial=(*system.initial, *initial, *([zero] * moments), *sides),
        rhs=tuple(rhs),
        jacobian=dict(sorted(jacobian.items())),
        time_derivative=time_derivative,
        outputs=(*system.outputs, *outputs),
        events=events,
        passive=system.passive + size * count + moments + locked.kinks,
        moments=tuple(size + size * count + q for q in range(moments)),
    )


@final
class _Augmentation:
    """Instructions for derivatives along a direction."""

    def __init__(self, locked: Locked, directions: Sequence[Direction]) -> None:
        self.system = system = locked.system
        self.folds = locked.folds
        self.sides = range(locked.first, locked.first + locked.kinks)
        self.builder = b = Builder(system.program.instructions)
        self.size, self.count = len(system.state_names), len(directions)
        self.x = [b.state(i) for i in range(self.size)]
        self.by_parameter = [Derivatives(b, b.parameter(d.parameter)) for d in directions]
        self.seeds = [d.seed(b) for d in directions]
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
        """Derivative along direction q, by way of the states too."""
        own = self.builder.multiply(self.by_parameter[q].of(number), self.seeds[q])
        return own if along is None else self.builder.add(own, self.dot(number, along))

    def slopes(self, changed: Mapping[int, int]) -> list[int]:
        """The right-hand side here and now, with some states changed."""
        b = self.builder
        last = self.sides.stop if self.sides else self.size
        return evaluate(
            b.program(),
            symbols(b),
            list(self.system.rhs),
            time=b.time(),
            states=[changed.get(i, b.state(i)) for i in range(last)],
            parameters=[b.parameter(p) for p in range(len(self.system.parameter_names))],
        )

    def is_fold(self, event: LoweredEvent) -> bool:
        """True where the slopes bend and do not jump: a course that passes takes nothing along."""
        return any(state in self.folds for state, _ in event.assignments)

    def is_free(self, event: LoweredEvent) -> bool:
        """True for a fold that nothing but courses can pass: no jump at a moment that moves."""
        only_kinks = all(
            any(state in self.sides for state, _ in other.assignments)
            for other in self.system.events
        )
        return only_kinks and self.is_fold(event)

    def event(self, event: LoweredEvent) -> LoweredEvent:
        """The event with what it does to the sensitivities, located or set off by another."""
        b = self.builder
        set_to = dict(event.assignments)
        if self.is_free(event):
            return event
        after = [set_to.get(i, self.x[i]) for i in range(self.size)]
        before_slope, after_slope = self.slopes({}), self.slopes(set_to)
        speed = b.add(self.by_time.of(event.when), self.dot(event.when, before_slope))
        is_kink = any(state in self.sides for state in set_to)
        located: list[tuple[int, int]] = list(event.assignments)
        chained: list[tuple[int, int]] = list(event.assignments)
        for q in range(self.count):
            s = self.s(q)
            own = b.negate(b.divide(self.total(event.when, q, s), speed))
            if is_kink:
                # Where a course only touches a condition there is nothing to pass.
                still = b.function(Op.EQUAL, speed, b.constant(0.0))
                own = b.select(still, b.constant(0.0), own)
            for moment, found in ((own, located), (self.moment(q), chained)):
                moving = [
                    b.add(k, b.multiply(f, moment)) for k, f in zip(s, before_slope, strict=True)
                ]
                for i, value in enumerate(after):
                    if value == self.x[i] and before_slope[i] == after_slope[i]:
                        continue
                    along = self.total(value, q, moving)
                    along = b.add(along, b.multiply(self.by_time.of(value), moment))
                    new = b.subtract(along, b.multiply(after_slope[i], moment))
                    found.append((self.size * (q + 1) + i, new))
            located.append((self.size * (self.count + 1) + q, own))
        if self.is_fold(event):
            located = list(event.assignments)
        return replace(event, assignments=tuple(located), chained=tuple(chained))
