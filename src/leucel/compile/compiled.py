"""Models made ready to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np

from leucel.compile.arithmetic import NumpyArithmetic
from leucel.compile.cache import read_entry, source_hash, write_entry
from leucel.compile.inputs import states_as_outputs, with_inputs
from leucel.compile.kernel import Floats, Kernel
from leucel.compile.lowering import LoweredSystem, lower
from leucel.compile.program import evaluate
from leucel.compile.sensitivity import with_sensitivities
from leucel.compile.stored import system_from_bytes, system_to_bytes
from leucel.core import InputError, Problem, content_hash, unknown_name
from leucel.model import ModelSpec, symbolic_system

Backend = Literal["cpu", "reference"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledModel:
    """A model and the kernel that a backend made of it.

    Attributes
    ----------
    spec : the model.
    backend : "cpu" or "reference".
    system : the model as a straight-line program.
    kernel : what runs it.
    """

    spec: ModelSpec
    backend: Backend
    system: LoweredSystem = field(repr=False)
    kernel: Kernel = field(repr=False, compare=False)

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of the parameters, (P,)."""
        return self.system.parameter_names

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the outputs of the model, then of its states."""
        return self.system.output_names

    @property
    def event_names(self) -> tuple[str, ...]:
        """Names of the events."""
        return tuple(event.name for event in self.system.events)

    def with_sensitivities(self, parameters: Sequence[str]) -> CompiledModel:
        """The model with derivatives of all outputs and states with respect to parameters.

        The derivative of an output is the output `sensitivity_name(output, parameter)`. It is exact
        through doses and events, in so far as the tolerance allows; step control looks at the
        states of the model only. A switch in an equation whose moment depends on a parameter has
        to be an event as well, which may set nothing.

        Raises
        ------
        InputError
            When a parameter is unknown or named twice.

        Examples
        --------
        >>> from leucel.model import ModelSpec, Output, Parameter, State
        >>> decay = ModelSpec(
        ...     name="decay",
        ...     parameters=(Parameter(name="k", value=0.1, unit="1/day"),),
        ...     states=(State(name="x", unit="cells", initial="100 [cells]"),),
        ...     odes={"x": "-k*x"},
        ...     outputs=(Output(name="cells", text="x", unit="cells"),),
        ... )
        >>> compile_model(decay, backend="reference").with_sensitivities(["k"]).output_names
        ('cells', 'x', 'd cells / d k', 'd x / d k')
        """
        unknown = [n for n in parameters if n not in self.parameter_names]
        if unknown or len(set(parameters)) < len(parameters) or self.system.passive:
            problems = [unknown_name(n, self.parameter_names, noun="parameter") for n in unknown]
            problems = problems or [Problem(what="sensitivities are asked for more than once")]
            raise InputError(problems)
        system = with_sensitivities(self.system, parameters)
        return replace(self, system=system, kernel=kernel_of(system, self.backend))

    def initial_states(self, columns: Sequence[Floats], subjects: int) -> Floats:
        """Initial values of the states, (N, S).

        Parameters
        ----------
        columns : values of the parameters, (N,) or (1,) each.
        """
        with np.errstate(all="ignore"):
            rows = evaluate(
                self.system.program, NumpyArithmetic(), self.system.initial, parameters=columns
            )
        return np.stack([np.broadcast_to(row, (subjects,)) for row in rows], axis=1)

    def kernel_with_inputs(self, targets: tuple[int, ...]) -> Kernel:
        """The kernel of the model with a rate that flows into each of the target states.

        The inputs are states after those of the model, in the order of the targets, zero at the
        start; jumps set them.
        """
        if not targets:
            return self.kernel
        return kernel_of(with_inputs(self.system, targets), self.backend)

    def kernel_of_states(self, targets: tuple[int, ...]) -> Kernel:
        """Like `kernel_with_inputs`, with the states of the model as its only outputs."""
        return kernel_of(with_inputs(states_as_outputs(self.system), targets), self.backend)


def compile_model(spec: ModelSpec, *, backend: Backend = "cpu") -> CompiledModel:
    """Make a model ready to run.

    Parameters
    ----------
    spec : the model.
    backend : "cpu" emits vector code for this machine and keeps it for equal models; "reference"
        is the slow oracle on SciPy's solvers.

    Raises
    ------
    InputError
        When there is no such backend.
    ModelError
        When an equation cannot be compiled.

    Examples
    --------
    >>> from leucel.model import ModelSpec, Output, Parameter, State
    >>> decay = ModelSpec(
    ...     name="decay",
    ...     parameters=(Parameter(name="k", value=0.1, unit="1/day"),),
    ...     states=(State(name="x", unit="cells", initial="100 [cells]"),),
    ...     odes={"x": "-k*x"},
    ...     outputs=(Output(name="cells", text="x", unit="cells"),),
    ... )
    >>> compile_model(decay, backend="reference").output_names
    ('cells', 'x')
    """
    if backend not in get_args(Backend):
        raise InputError(unknown_name(backend, get_args(Backend), noun="backend"))
    system = _lowered(spec)
    return CompiledModel(
        spec=spec, backend=backend, system=system, kernel=kernel_of(system, backend)
    )


def _lowered(spec: ModelSpec) -> LoweredSystem:
    """The model as a program, from the cache where it is there: SymPy takes its time."""
    parts = (spec.parameters, spec.states, spec.outputs, spec.events)
    names = [[part.name for part in group] for group in parts]
    known = [spec.content_hash, source_hash(), names, spec.dose_state]
    key = f"{content_hash(known)}.system"
    found = read_entry(key)
    if found is not None:
        return system_from_bytes(found)
    system = lower(symbolic_system(spec))
    write_entry(key, system_to_bytes(system))
    return system


def kernel_of(system: LoweredSystem, backend: Backend) -> Kernel:
    """The kernel that a backend makes of a lowered system."""
    if backend == "reference":
        from leucel.compile.backends.reference import ReferenceKernel

        return ReferenceKernel(system)
    from leucel.compile.backends.cpu import cpu_kernel

    return cpu_kernel(system)
