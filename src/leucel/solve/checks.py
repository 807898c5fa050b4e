"""Checks at the door of a simulation: everything that is wrong is said at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leucel.compile import CompiledModel, Controls, Ensemble
from leucel.core import InputError, Problem, unknown_name
from leucel.solve.doses import Doses
from leucel.solve.options import DEFAULT_ATOL, SolveOptions

Floats = NDArray[np.float64]


@dataclass(slots=True)
class _Sizes:
    """Finds the one number of subjects that all arrays agree on."""

    found: dict[int, str]

    def see(self, size: int, name: str) -> None:
        self.found.setdefault(size, name)

    def agree(self, problems: list[Problem]) -> int:
        if len(self.found) > 1:
            sizes = ", ".join(f"{n} in {name}" for n, name in self.found.items())
            problems.append(
                Problem(
                    what="the arrays differ in their number of subjects",
                    received=sizes,
                    fix="give arrays of one length, or single numbers",
                )
            )
        subjects = max(self.found, default=1)
        if 0 in self.found:
            problems.append(
                Problem(
                    what="there are 0 subjects",
                    received=f"an empty {self.found[0]}",
                    allowed="1 or more",
                )
            )
        return subjects


def ensemble_from_input(
    model: CompiledModel,
    *,
    parameters: Mapping[str, ArrayLike],
    times: ArrayLike,
    doses: Doses | None,
    outputs: Sequence[str] | None,
    subjects: int | None,
    options: SolveOptions,
) -> tuple[Ensemble, Controls]:
    """Turn what a caller gave into what a kernel takes; arguments as in `simulate`.

    Raises
    ------
    InputError
        With all problems.
    """
    problems: list[Problem] = []
    sizes = _Sizes({})
    if subjects is not None:
        _see_subjects(subjects, sizes, problems)
    columns = _columns(model, parameters, sizes, problems)
    grid = _times(times, problems)
    kept = _outputs(model, outputs, problems)
    boluses = _boluses(model, doses, sizes, problems)
    atol = _absolute_tolerances(model, options, problems)
    n = sizes.agree(problems)
    if problems:
        raise InputError(problems)
    bolus_times, bolus_amounts, bolus_states = _bolus_table(boluses, n)
    ensemble = Ensemble(
        subjects=n,
        columns=columns,
        times=grid,
        start=0.0,
        bolus_times=bolus_times,
        bolus_amounts=bolus_amounts,
        bolus_states=bolus_states,
        outputs=kept,
    )
    controls = Controls(
        rtol=options.rtol,
        atol=atol,
        max_steps=options.max_steps,
        max_step=options.max_step,
        state_limit=options.state_limit,
        threads=options.threads or 0,
    )
    return ensemble, controls


def _see_subjects(subjects: Any, sizes: _Sizes, problems: list[Problem]) -> None:
    whole = isinstance(subjects, int | np.integer) and not isinstance(subjects, bool)
    if whole and subjects >= 0:  # 0 is said with the other sizes
        sizes.see(int(subjects), "the argument subjects")
        return
    problems.append(
        Problem(
            what="the number of subjects is no number of subjects",
            received=repr(subjects),
            allowed="a whole number, 1 or more",
        )
    )


def _columns(
    model: CompiledModel,
    parameters: Mapping[str, ArrayLike],
    sizes: _Sizes,
    problems: list[Problem],
) -> tuple[Floats, ...]:
    problems.extend(
        unknown_name(name, model.parameter_names, noun="parameter")
        for name in parameters
        if name not in model.parameter_names
    )
    columns: list[Floats] = []
    for parameter in model.spec.parameters:
        name = parameter.name
        values = np.asarray(parameters.get(name, parameter.value), dtype=np.float64)
        if values.ndim > 1:
            problems.append(
                Problem(
                    what=f"the parameter {name!r} has {values.ndim} axes",
                    allowed="one number, or one for each subject",
                )
            )
            continue
        if values.ndim == 1:
            sizes.see(len(values), f"the parameter {name!r}")
        column = np.ascontiguousarray(np.atleast_1d(values))
        if name in parameters:
            _check_values(name, column, parameter.low, parameter.high, problems)
        columns.append(column)
    return tuple(columns)


def _check_values(
    name: str, column: Floats, low: float, high: float, problems: list[Problem]
) -> None:
    for wrong, allowed in (
        (~np.isfinite(column), "finite numbers"),
        ((column < low) | (column > high), f"{low:g} to {high:g}"),
    ):
        if wrong.any():
            at = int(np.argmax(wrong))
            where = f" (subject {at})" if len(column) > 1 else ""
            problems.append(
                Problem(
                    what=f"the parameter {name!r} has {int(wrong.sum())} values out of range",
                    received=f"{column[at]:g}{where}",
                    allowed=allowed,
                )
            )
            return


def _times(times: ArrayLike, problems: list[Problem]) -> Floats:
    grid = np.ascontiguousarray(times, dtype=np.float64)
    if grid.ndim != 1 or grid.size == 0:
        problems.append(
            Problem(what="no output times are given", allowed="one axis of 1 or more times")
        )
        return grid
    if not np.isfinite(grid).all():
        problems.append(Problem(what="an output time is not finite", allowed="finite numbers"))
    elif (np.diff(grid) < 0.0).any():
        at = int(np.argmax(np.diff(grid) < 0.0))
        problems.append(
            Problem(
                what="the output times are not sorted",
                received=f"{grid[at]:g} before {grid[at + 1]:g}",
                allowed="ascending times",
            )
        )
    elif grid[0] < 0.0:
        problems.append(
            Problem(
                what="an output time lies before the start",
                received=f"{grid[0]:g}",
                allowed="0 or later: initial values hold at time 0",
            )
        )
    return grid


def _outputs(
    model: CompiledModel, outputs: Sequence[str] | None, problems: list[Problem]
) -> tuple[int, ...]:
    names = model.output_names
    if outputs is None:
        return tuple(range(len(model.spec.outputs)))
    problems.extend(
        unknown_name(name, names, noun="output") for name in outputs if name not in names
    )
    doubled = sorted({name for name in outputs if list(outputs).count(name) > 1})
    if doubled:
        problems.append(
            Problem(
                what="an output is asked for more than once",
                received=", ".join(doubled),
                fix="name each output once",
            )
        )
    if not outputs:
        problems.append(Problem(what="no output is asked for", allowed=", ".join(names)))
    return tuple(names.index(name) for name in outputs if name in names)


def _boluses(
    model: CompiledModel, doses: Doses | None, sizes: _Sizes, problems: list[Problem]
) -> list[tuple[Floats, Floats, int]]:
    found: list[tuple[Floats, Floats, int]] = []
    states = model.system.state_names
    for bolus in doses.boluses if doses else ():
        time = np.asarray(bolus.time, dtype=np.float64)
        amount = np.asarray(bolus.amount, dtype=np.float64)
        for values, name in ((time, "the times of a dose"), (amount, "the amounts of a dose")):
            if values.ndim == 1:
                sizes.see(len(values), name)
        if (time < 0.0).any():
            problems.append(
                Problem(
                    what="a dose is given before the start",
                    received=f"time {time.min():g}",
                    allowed="time 0 or later",
                )
            )
        if bolus.state is None and model.system.dose_state is None:
            problems.append(
                Problem(
                    what=f"the model {model.spec.name!r} has no state that doses enter",
                    fix="name the state of the dose" if states else "give no dose",
                    allowed=", ".join(states) or None,
                )
            )
            continue
        if bolus.state is not None and bolus.state not in states:
            problems.append(unknown_name(bolus.state, states, noun="state"))
            continue
        state = model.system.dose_state if bolus.state is None else states.index(bolus.state)
        found.append((time, amount, state or 0))
    return found


def _bolus_table(
    boluses: list[tuple[Floats, Floats, int]], subjects: int
) -> tuple[Floats, Floats, NDArray[np.int32]]:
    shape = (subjects, len(boluses))
    times, amounts = np.empty(shape), np.empty(shape)
    states = np.empty(shape, dtype=np.int32)
    for d, (time, amount, state) in enumerate(boluses):
        times[:, d], amounts[:, d], states[:, d] = time, amount, state
    order = np.argsort(times, axis=1, kind="stable")
    return (
        np.take_along_axis(times, order, axis=1),
        np.take_along_axis(amounts, order, axis=1),
        np.ascontiguousarray(np.take_along_axis(states, order, axis=1)),
    )


def _absolute_tolerances(
    model: CompiledModel, options: SolveOptions, problems: list[Problem]
) -> Floats:
    names = model.system.state_names
    if not isinstance(options.atol, Mapping):
        return np.full(len(names), options.atol)
    problems.extend(
        unknown_name(name, names, noun="state") for name in options.atol if name not in names
    )
    return np.array([options.atol.get(name, DEFAULT_ATOL) for name in names], dtype=np.float64)
