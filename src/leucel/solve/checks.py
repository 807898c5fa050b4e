"""Checks at the door of a simulation: everything that is wrong is said at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leucel.compile import CompiledModel, Controls
from leucel.core import InputError, Problem, unknown_name
from leucel.solve.courses import numbers_of
from leucel.solve.doses import Dose, Doses, Switch
from leucel.solve.options import DEFAULT_ATOL, MethodName, SolveOptions, processors
from leucel.solve.work import Work, make_work

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


def work_from_input(
    model: CompiledModel,
    *,
    parameters: Mapping[str, ArrayLike],
    times: ArrayLike,
    doses: Doses | None,
    outputs: Sequence[str] | None,
    subjects: int | None,
    options: SolveOptions,
) -> Work:
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
    targets = _targets(model, doses, problems)
    named = dict(zip(model.parameter_names, columns, strict=False))
    for name, values in numbers_of(doses, named, problems):
        if values.ndim == 1 and len(values) != 1:
            sizes.see(len(values), name)
    atol = _absolute_tolerances(model, options, problems)
    method = _method(model, options, problems)
    n = sizes.agree(problems)
    if not problems:
        problems += model.problems_at_start(columns, n)
    if problems:
        raise InputError(problems)
    controls = Controls(
        rtol=options.rtol,
        atol=atol,
        max_steps=options.max_steps,
        max_step=options.max_step,
        state_limit=options.state_limit,
        threads=options.threads or processors(),
        method=method,
    )
    return make_work(
        model,
        subjects=n,
        columns=columns,
        times=grid,
        outputs=kept,
        doses=doses or Doses(),
        targets=targets,
        controls=controls,
    )


def _method(model: CompiledModel, options: SolveOptions, problems: list[Problem]) -> MethodName:
    """The method asked for; with sensitivities the one that keeps them in bounds.

    Steps are chosen for the states. While these are at rest the explicit method takes steps beyond
    the stability of a derivative that is not, which then grows without bound.
    """
    if not model.directions or not model.plain.state_names:
        return options.method
    if options.method == "explicit":
        problems.append(
            Problem(
                what="the explicit method does not keep sensitivities in bounds",
                received="explicit",
                allowed="auto or rosenbrock",
            )
        )
    return "rosenbrock"


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


def _targets(model: CompiledModel, doses: Doses | None, problems: list[Problem]) -> dict[int, int]:
    """Index of what each record acts on, a state or a parameter, by the place of the record."""
    targets: dict[int, int] = {}
    states = model.plain.state_names
    for place, record in enumerate(doses.records if doses else ()):
        if isinstance(record, Switch):
            if record.parameter not in model.parameter_names:
                problem = unknown_name(record.parameter, model.parameter_names, noun="parameter")
                problems.append(problem)
                continue
            targets[place] = model.parameter_names.index(record.parameter)
        if not isinstance(record, Dose):
            continue
        if record.steady_state != "no" and not model.plain.autonomous:
            problems.append(
                Problem(
                    what=f"the model {model.spec.name!r} depends on time: no dose of it leads to "
                    "a steady state",
                    fix="give the doses before one by one, or as additional doses",
                )
            )
        if record.state is not None and record.state not in states:
            problems.append(unknown_name(record.state, states, noun="state"))
            continue
        target = model.plain.dose_state if record.state is None else states.index(record.state)
        if target is None:
            problems.append(
                Problem(
                    what=f"the model {model.spec.name!r} has no state that doses enter",
                    fix="name the state of the dose" if states else "give no dose",
                    allowed=", ".join(states) or None,
                )
            )
            continue
        targets[place] = target
    return targets


def _absolute_tolerances(
    model: CompiledModel, options: SolveOptions, problems: list[Problem]
) -> Floats:
    names = model.plain.state_names
    if not isinstance(options.atol, Mapping):
        return np.full(len(names), options.atol)
    problems.extend(
        unknown_name(name, names, noun="state") for name in options.atol if name not in names
    )
    return np.array([options.atol.get(name, DEFAULT_ATOL) for name in names], dtype=np.float64)
