"""Models made ready to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np

from leucel.compile.arithmetic import NumpyArithmetic
from leucel.compile.cache import read_entry, source_hash, write_entry
from leucel.compile.kernel import Floats, Kernel
from leucel.compile.lowering import LoweredSystem, lower
from leucel.compile.program import Builder, evaluate
from leucel.compile.sensitivity import Direction, directions_of, with_sensitivities
from leucel.compile.stored import system_from_bytes, system_to_bytes
from leucel.compile.variants import Variant, states_as_outputs, system_variant
from leucel.core import InputError, Problem, content_hash, unknown_name
from leucel.model import ModelSpec, symbolic_system

Backend = Literal["cpu", "cuda", "reference"]
Device = Literal["gpu", "host"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledModel:
    """A model and the kernel that a backend made of it.

    Attributes
    ----------
    spec : the model.
    backend : "cpu", "cuda" or "reference".
    device : where the backend "cuda" runs, "gpu" or "host"; the others have none.
    system : the model as a straight-line program, with sensitivities where they were asked for.
    plain : the same without sensitivities.
    directions : what sensitivities are taken with respect to, (Q,).
    kernel : what runs it.
    """

    spec: ModelSpec
    backend: Backend
    system: LoweredSystem = field(repr=False)
    plain: LoweredSystem = field(repr=False)
    directions: tuple[Direction, ...] = ()
    kernel: Kernel = field(repr=False, compare=False)
    device: Device | None = None

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
        return tuple(event.name for event in self.plain.events)

    def with_sensitivities(self, parameters: Sequence[str]) -> CompiledModel:
        """The model with derivatives of all outputs and states.

        The derivative of an output is the output `sensitivity_name(output, name)`. It is exact, in
        so far as the tolerance allows, through events, kinks of equations, doses, resets and
        steady states, whose numbers may be parameters too. Step control looks at the states of the
        model only.

        Parameters
        ----------
        parameters : names of parameters, and of random effects as ``eta_<parameter>``: the
            derivative with respect to the effect of a subject, at the subject's own value. Effects
            of doses that meet at one moment but move differently are refused when simulating.

        Raises
        ------
        InputError
            When a name is unknown or stands twice, or when there are sensitivities already.

        Examples
        --------
        >>> from leucel.model import ModelSpec, Output, Parameter, State
        >>> decay = ModelSpec(
        ...     name="decay",
        ...     parameters=(Parameter(name="k", value=0.1, unit="1/day", omega=0.3),),
        ...     states=(State(name="x", unit="cells", initial="100 [cells]"),),
        ...     odes={"x": "-k*x"},
        ...     outputs=(Output(name="cells", text="x", unit="cells"),),
        ... )
        >>> model = compile_model(decay, backend="reference")
        >>> model.with_sensitivities(["k", "eta_k"]).output_names[2:4]
        ('d cells / d k', 'd cells / d eta_k')
        """
        directions, problems = directions_of(self.spec, self.parameter_names, parameters)
        if len(set(parameters)) < len(parameters) or self.directions:
            problems.append(Problem(what="sensitivities are asked for more than once"))
        if self.plain.delays:
            problems.append(
                Problem(
                    what="models with delays have no sensitivities yet",
                    fix="take differences of simulations with changed parameters",
                )
            )
        if problems:
            raise InputError(problems)
        return replace(self, directions=tuple(directions))._of(self.plain)

    def initial_states(self, columns: Sequence[Floats], subjects: int) -> Floats:
        """Initial values of the states of the model, (N, S).

        Parameters
        ----------
        columns : values of the parameters, (N,) or (1,) each.
        """
        return self._table(self.plain, self.plain.initial, columns, subjects)

    def problems_at_start(self, columns: Sequence[Floats], subjects: int) -> list[Problem]:
        """Logarithms that do not start above zero, and delays that are none."""
        logged, delays = self.plain.logged, self.plain.delays
        lags = self._table(self.plain, [d.lag for d in delays], columns, subjects)
        problems = [
            Problem(
                what=f"the delay of {self.plain.state_names[delay.state]} is not above zero",
                received=f"{np.min(lags[:, k]):g}",
                allowed="a finite number above 0",
            )
            for k, delay in enumerate(delays)
            if not np.all((lags[:, k] > 0.0) & (lags[:, k] < np.inf))
        ]
        table = self.initial_states(columns, subjects) if logged else np.empty((subjects, 0))
        return problems + [
            Problem(
                what=f"the state {self.plain.state_names[i]} is solved as its logarithm and does "
                "not start above zero",
                received=f"{np.min(table[:, i]):g} in {int(np.sum(~(table[:, i] > 0.0)))} of "
                f"{subjects} subjects",
                allowed="an initial value above 0; doses can only add to it",
                fix="give it an initial value above zero, or leave out log",
            )
            for i in logged
            if not np.all(table[:, i] > 0.0)
        ]

    def initial_slopes(self, columns: Sequence[Floats], subjects: int) -> Floats:
        """Derivatives of the initial values along each direction, (Q, N, S)."""
        size, count = len(self.plain.state_names), len(self.directions)
        numbers = self.system.initial[size : size * (count + 1)]
        table = self._table(self.system, numbers, columns, subjects)
        return np.moveaxis(table.reshape(subjects, count, size), 1, 0)

    def seeds(self, columns: Sequence[Floats], subjects: int) -> Floats:
        """Derivative of each direction's own parameter along it, (Q, N)."""
        builder = Builder()
        numbers = [direction.seed(builder) for direction in self.directions]
        system = replace(self.plain, program=builder.program())
        return self._table(system, numbers, columns, subjects).T

    def slopes_at(
        self, columns: Sequence[Floats], states: Floats, times: Floats, subjects: int
    ) -> Floats:
        """Derivatives of the states in time, at states (N, S) and times (N,): (N, S)."""
        return self._table(self.plain, self.plain.rhs, columns, subjects, states, times)

    @staticmethod
    def _table(
        system: LoweredSystem,
        numbers: Sequence[int],
        columns: Sequence[Floats],
        subjects: int,
        states: Floats | None = None,
        times: Floats | None = None,
    ) -> Floats:
        with np.errstate(all="ignore"):
            rows = evaluate(
                system.program,
                NumpyArithmetic(),
                list(numbers),
                time=times,
                states=() if states is None else tuple(states.T),
                parameters=columns,
            )
        if not rows:
            return np.empty((subjects, 0))
        return np.stack([np.broadcast_to(row, (subjects,)) for row in rows], axis=1)

    def variant(self, variant: Variant) -> CompiledModel:
        """The model with the states of a variant, which jumps set; its outputs are the same."""
        return self._of(system_variant(self.plain, variant)) if variant.added else self

    def of_states(self, variant: Variant, *, sensitivities: bool) -> CompiledModel:
        """The variant whose outputs are the states of the model and nothing else."""
        model = self if sensitivities else replace(self, directions=())
        return model._of(system_variant(states_as_outputs(self.plain), variant))

    def _of(self, plain: LoweredSystem) -> CompiledModel:
        system = with_sensitivities(plain, self.directions) if self.directions else plain
        kernel = self._kernel_of(system)
        return replace(self, plain=plain, system=system, kernel=kernel)

    def _kernel_of(self, system: LoweredSystem) -> Kernel:
        return kernel_of(system, self.backend, self.device)


def compile_model(
    spec: ModelSpec, *, backend: Backend = "cpu", device: Device | None = None
) -> CompiledModel:
    """Make a model ready to run.

    Parameters
    ----------
    spec : the model.
    backend : "cpu" emits vector code for this machine and keeps it for equal models; "reference"
        is the slow oracle on SciPy's solvers; "cuda" runs one subject a thread on a GPU of NVIDIA.
    device : for "cuda" only: "gpu", the default, or "host", where the code of the GPU runs on this
        processor, slowly and with the same bits.

    Raises
    ------
    InputError
        When there is no such backend or device, or no GPU.
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
    _check_device(check_backend(backend), device)
    if backend == "cuda":
        device = device or "gpu"
    system = _lowered(spec)
    return CompiledModel(
        spec=spec,
        backend=backend,
        device=device,
        system=system,
        plain=system,
        kernel=kernel_of(system, backend, device),
    )


def check_backend(name: str) -> Backend:
    """`name` when it is a backend.

    Raises
    ------
    InputError
        When it is none.

    Examples
    --------
    >>> check_backend("reference")
    'reference'
    """
    for backend in get_args(Backend):
        if name == backend:
            return backend
    raise InputError(unknown_name(name, get_args(Backend), noun="backend"))


def _check_device(backend: Backend, device: str | None) -> None:
    if device is None:
        return
    if device not in get_args(Device):
        raise InputError(unknown_name(device, get_args(Device), noun="device"))
    if backend != "cuda":
        raise InputError(
            Problem(
                what=f'the backend "{backend}" has no devices',
                received=f'device="{device}"',
                fix='leave device out, or take backend="cuda"',
            )
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


def kernel_of(system: LoweredSystem, backend: Backend, device: Device | None = None) -> Kernel:
    """The kernel that a backend makes of a lowered system."""
    if backend == "reference":
        from leucel.compile.backends.reference import ReferenceKernel

        return ReferenceKernel(system)
    if backend == "cuda":
        if system.delays:
            raise InputError(
                Problem(
                    what='the backend "cuda" knows no delays',
                    allowed='the backends "cpu" and "reference"',
                )
            )
        from leucel.compile.backends.cuda import cuda_kernel

        return cuda_kernel(system, device or "gpu")
    from leucel.compile.backends.cpu import cpu_kernel

    return cpu_kernel(system)
