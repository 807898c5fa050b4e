"""What a kernel is given: subjects, output times and jumps, everything checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leucel.compile import CompiledModel, Controls, Ensemble, Kernel
from leucel.solve.doses import Doses
from leucel.solve.schedule import Course, courses_of, infused_states, jump_table
from leucel.solve.steady_state import SteadyStateSolver

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """An ensemble, how to solve it, and by which kernel.

    Attributes
    ----------
    no_start : true for subjects that have no steady state to start from, (N,).
    """

    kernel: Kernel
    ensemble: Ensemble
    controls: Controls
    no_start: NDArray[np.bool_]


def make_work(
    model: CompiledModel,
    *,
    subjects: int,
    columns: tuple[Floats, ...],
    times: Floats,
    outputs: tuple[int, ...],
    doses: Doses,
    targets: Mapping[int, int],
    controls: Controls,
) -> Work:
    """Lay out the doses in time; steady states are searched for here.

    Parameters
    ----------
    columns : values of the parameters, (N,) or (1,) each.
    targets : index of the state by the place of the record.
    """
    named = dict(zip(model.parameter_names, columns, strict=True))
    courses = courses_of(doses, targets, named, subjects)
    inputs = infused_states(courses)
    failed = np.zeros(subjects, dtype=np.bool_)
    initial = np.empty((subjects, 0))
    span = float(times[-1])
    if any(not isinstance(c, Course) or c.steady_state != "no" for c in courses):
        initial = model.initial_states(columns, subjects)

    def steady(course: Course) -> Floats:
        solver = SteadyStateSolver(
            kernel=model.kernel_of_states(inputs),
            inputs=inputs,
            columns=columns,
            controls=controls,
            initial=initial,
            span=max(span, 1.0),
            failed=failed,
        )
        return solver(course)

    table = jump_table(
        courses,
        subjects=subjects,
        end=span,
        initial=initial,
        size=len(model.system.state_names),
        steady=steady,
    )
    ensemble = Ensemble(
        subjects=subjects,
        columns=columns,
        times=times,
        start=0.0,
        jump_times=table.times,
        jump_values=table.values,
        jump_states=table.states,
        jump_sets=table.sets,
        outputs=outputs,
    )
    return Work(
        kernel=model.kernel_with_inputs(inputs),
        ensemble=ensemble,
        controls=controls,
        no_start=failed,
    )
