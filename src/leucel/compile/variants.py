"""Variants of a system for the records that act on it: rates, switches, doses at moving moments.

A variant has more states behind those of the model, in this order: parameters that switch in time,
inputs (rates that flow into states), and for each jump whose moment depends on a parameter what is
to be added and a trigger. None of them moves by itself: jumps set them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from leucel.compile.differentiation import Derivatives
from leucel.compile.lowering import LoweredEvent, LoweredSystem
from leucel.compile.program import Builder, evaluate
from leucel.compile.symbols import symbols

# Between the two values of a trigger, 0 and 1.
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """Which states a system gets.

    Attributes
    ----------
    switched : indices of the parameters that become states.
    inputs : indices of the states that something flows into.
    staged : indices of the states that a jump at a moving moment adds to, or, for switched
        parameters, sets.
    """

    switched: tuple[int, ...] = ()
    inputs: tuple[int, ...] = ()
    staged: tuple[int, ...] = ()

    @property
    def added(self) -> int:
        """Number of states that the variant adds."""
        return len(self.switched) + len(self.inputs) + 2 * len(self.staged)

    def switch(self, size: int, parameter: int) -> int:
        """Index of the state of a parameter that switches; `size` states has the model."""
        return size + self.switched.index(parameter)

    def input(self, size: int, state: int) -> int:
        """Index of the input of a state."""
        return size + len(self.switched) + self.inputs.index(state)

    def stage(self, size: int, state: int) -> tuple[int, int]:
        """Indices of what is to be added to a state, and of its trigger."""
        first = size + len(self.switched) + len(self.inputs) + 2 * self.staged.index(state)
        return first, first + 1


def system_variant(system: LoweredSystem, variant: Variant) -> LoweredSystem:
    """The system with the states of a variant."""
    size = len(system.state_names)
    if variant.switched:
        system = _with_switched(system, variant.switched)
    if variant.inputs:
        system = _with_inputs(system, variant.inputs)
    return _with_staged(system, variant.staged, size) if variant.staged else system


def states_as_outputs(system: LoweredSystem) -> LoweredSystem:
    """The system whose outputs are its states and nothing else."""
    builder = Builder(system.program.instructions)
    outputs = tuple(builder.state(i) for i in range(len(system.state_names)))
    return replace(
        system, program=builder.program(), outputs=outputs, output_names=system.state_names
    )


def _with_switched(system: LoweredSystem, switched: Sequence[int]) -> LoweredSystem:
    """Parameters become states that start at their value."""
    builder = Builder()
    size, count = len(system.state_names), len(system.parameter_names)
    states = [builder.state(i) for i in range(size)]
    fixed = [builder.parameter(p) for p in range(count)]
    moving = list(fixed)
    for k, parameter in enumerate(switched):
        moving[parameter] = builder.state(size + k)

    def again(numbers: Sequence[int], parameters: Sequence[int]) -> tuple[int, ...]:
        return tuple(
            evaluate(
                system.program,
                symbols(builder),
                list(numbers),
                time=builder.time(),
                states=states,
                parameters=parameters,
                delayed=[builder.delayed(k) for k in range(len(system.delays))],
            )
        )

    zero = builder.constant(0.0)
    still = (zero,) * len(switched)
    entries = dict(zip(system.jacobian, again(list(system.jacobian.values()), moving), strict=True))
    rhs = again(system.rhs, moving)
    for k in range(len(switched)):
        derivatives = Derivatives(builder, builder.state(size + k))
        for i, number in enumerate(rhs):
            entry = derivatives.of(number)
            if builder.value(entry) != 0.0:
                entries[i, size + k] = entry
    # Initial values keep the parameters: they hold before anything switches.
    initial = again(system.initial, fixed)
    events: list[LoweredEvent] = []
    for event in system.events:
        when, *values = again([event.when, *(n for _, n in event.assignments)], moving)
        targets = [state for state, _ in event.assignments]
        pairs = tuple(zip(targets, values, strict=True))
        events.append(replace(event, when=when, assignments=pairs))
    time_derivative, outputs = again(system.time_derivative, moving), again(system.outputs, moving)
    # A delay keeps its length.
    lags = again([delay.lag for delay in system.delays], fixed)
    delays = tuple(replace(d, lag=n) for d, n in zip(system.delays, lags, strict=True))
    return replace(
        system,
        program=builder.program(),
        state_names=(
            *system.state_names,
            *(f"{system.parameter_names[p]} <- switch" for p in switched),
        ),
        initial=(*initial, *(fixed[p] for p in switched)),
        rhs=(*rhs, *still),
        jacobian=dict(sorted(entries.items())),
        time_derivative=(*time_derivative, *still),
        outputs=outputs,
        events=tuple(events),
        delays=delays,
        passive=system.passive + len(switched),
    )


def _with_inputs(system: LoweredSystem, targets: Sequence[int]) -> LoweredSystem:
    """One more state for each target, its input, 0 at the start."""
    builder = Builder(system.program.instructions)
    zero, one = builder.constant(0.0), builder.constant(1.0)
    rhs, jacobian = list(system.rhs), dict(system.jacobian)
    size = len(system.state_names)
    for k, target in enumerate(targets):
        rhs[target] = builder.add(rhs[target], builder.state(size + k))
        jacobian[target, size + k] = one
    still = (zero,) * len(targets)
    return replace(
        system,
        program=builder.program(),
        state_names=(*system.state_names, *(f"{system.state_names[t]} <- input" for t in targets)),
        initial=(*system.initial, *still),
        rhs=(*rhs, *still),
        jacobian=dict(sorted(jacobian.items())),
        time_derivative=(*system.time_derivative, *still),
        passive=system.passive + len(targets),
    )


def _with_staged(system: LoweredSystem, targets: Sequence[int], size: int) -> LoweredSystem:
    """What a jump adds at a moment that moves becomes an event, which sensitivities pass rightly.

    The events come before those of the model: what a dose does, these shall see.
    """
    builder = Builder(system.program.instructions)
    zero = builder.constant(0.0)
    first = len(system.state_names)
    names: list[str] = []
    events: list[LoweredEvent] = []
    for k, target in enumerate(targets):
        amount, trigger = first + 2 * k, first + 2 * k + 1
        new = builder.state(amount)
        if target < size:
            new = builder.add(builder.state(target), new)
        name = system.state_names[target]
        names += [f"{name} <- dose", f"{name} <- trigger"]
        events.append(
            LoweredEvent(
                name=f"dose of {name}",
                when=builder.subtract(builder.constant(_HALF), builder.state(trigger)),
                assignments=((target, new), (amount, zero), (trigger, zero)),
            )
        )
    still = (zero,) * len(names)
    return replace(
        system,
        program=builder.program(),
        state_names=(*system.state_names, *names),
        initial=(*system.initial, *still),
        rhs=(*system.rhs, *still),
        time_derivative=(*system.time_derivative, *still),
        events=(*events, *system.events),
        passive=system.passive + len(names),
    )
