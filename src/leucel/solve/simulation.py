"""The one verb: simulate a compiled model for many subjects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from leucel.compile import CompiledModel, Direction, sensitivity_name
from leucel.core import SILENT, Progress, Status
from leucel.solve.checks import work_from_input
from leucel.solve.doses import Doses
from leucel.solve.options import SolveOptions
from leucel.solve.trajectories import Trajectories


def simulate(
    model: CompiledModel,
    *,
    parameters: Mapping[str, ArrayLike] | None = None,
    times: ArrayLike,
    doses: Doses | None = None,
    outputs: Sequence[str] | None = None,
    subjects: int | None = None,
    options: SolveOptions | None = None,
    progress: Progress = SILENT,
) -> Trajectories:
    """Simulate a model, one subject or an ensemble.

    Parameters
    ----------
    model : what `leucel.compile.compile_model` gave.
    parameters : values by name, one number or one for each subject (N,); parameters that are not
        named take their typical value.
    times : output times [time unit of the model], ascending, 0 or later, (T,). Initial values hold
        at time 0.
    doses : what is given; None gives nothing.
    outputs : names of the outputs or states to keep; None keeps the outputs of the model.
    subjects : number of subjects N when every value is a single number.
    options : tolerances, limits, threads.
    progress : is told how many subjects are done.

    Returns
    -------
    Trajectories
        A subject that could not be finished has a status, and NaN from there on; the others are
        not touched by it. A kept output that is not a number somewhere makes its subject
        `NON_FINITE`, while the other outputs keep their values; an output that is not kept is not
        looked at. The numbers do not depend on threads or on the other subjects.

    Raises
    ------
    InputError
        With everything that is wrong: unknown names, values that are not finite or out of range,
        unsorted times, lengths that differ, no subject.

    Examples
    --------
    >>> from leucel.compile import compile_model
    >>> from leucel.model import ModelSpec, Output, Parameter, State
    >>> decay = ModelSpec(
    ...     name="decay",
    ...     parameters=(Parameter(name="k", value=0.1, unit="1/day"),),
    ...     states=(State(name="x", unit="cells", initial="100 [cells]"),),
    ...     odes={"x": "-k*x"},
    ...     outputs=(Output(name="cells", text="x", unit="cells"),),
    ... )
    >>> result = simulate(compile_model(decay, backend="reference"), times=[0.0, 10.0])
    >>> result.output("cells").round(3).tolist()
    [[100.0, 36.788]]
    """
    work = work_from_input(
        model,
        parameters=parameters or {},
        times=times,
        doses=doses,
        outputs=outputs,
        subjects=subjects,
        options=options or SolveOptions(),
    )
    ensemble = work.ensemble
    progress.start(f"simulate {model.spec.name}", ensemble.subjects)
    solution = work.solve(progress.advance)
    progress.finish()
    solution.values[work.no_start] = np.nan
    solution.event_times[work.no_start] = np.inf
    solution.status[work.no_start] = int(Status.NO_STEADY_STATE)
    units = _units(model)
    names = tuple(model.output_names[o] for o in ensemble.outputs)
    events = [event.name for event in work.model.system.events]
    arrays = (solution.values, solution.status, solution.steps, solution.methods)
    for array in (*arrays, solution.event_times):
        array.flags.writeable = False
    return Trajectories(
        times=_read_only(ensemble.times),
        names=names,
        units=tuple(units[name] for name in names),
        values=solution.values,
        status=solution.status,
        steps=solution.steps,
        methods=solution.methods,
        event_times={
            name: solution.event_times[:, events.index(name)] for name in model.event_names
        },
    )


def _read_only(array: np.ndarray) -> np.ndarray:
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def _units(model: CompiledModel) -> dict[str, str]:
    units = {state.name: state.unit for state in model.spec.states}
    units = units | {output.name: output.unit for output in model.spec.outputs}
    derivatives = {
        sensitivity_name(name, direction.name): _unit_along(model, direction, unit)
        for name, unit in units.items()
        for direction in model.directions
    }
    return units | derivatives


def _unit_along(model: CompiledModel, direction: Direction, unit: str) -> str:
    if direction.scale != "parameter":
        return unit  # random effects have no unit
    return f"({unit})/({model.spec.parameter(direction.name).unit})"
