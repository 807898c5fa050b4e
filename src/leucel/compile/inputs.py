"""Systems with inputs: rates that flow into states and change by jumps only.

An input is a state of its own whose derivative is zero, added to the derivative of its target. The
steppers need not know of it: its error is zero, and its row of the matrix costs nothing to
eliminate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from leucel.compile.lowering import LoweredSystem
from leucel.compile.program import Builder


def with_inputs(system: LoweredSystem, targets: Sequence[int]) -> LoweredSystem:
    """The system with one more state for each target, its input, 0 at the start.

    Parameters
    ----------
    targets : indices of the states that get an input, in the order of the new states.
    """
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


def states_as_outputs(system: LoweredSystem) -> LoweredSystem:
    """The system whose outputs are its states and nothing else."""
    builder = Builder(system.program.instructions)
    outputs = tuple(builder.state(i) for i in range(len(system.state_names)))
    return replace(
        system, program=builder.program(), outputs=outputs, output_names=system.state_names
    )
