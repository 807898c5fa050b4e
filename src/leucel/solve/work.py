"""What a kernel is given: subjects, output times and jumps, everything checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leucel.compile import CompiledModel, Controls, Ensemble, Solution, Variant
from leucel.solve.courses import (
    AnyRecord,
    Change,
    Course,
    Restart,
    Spreader,
    courses_of,
    infused_states,
    switched_parameters,
)
from leucel.solve.doses import Doses
from leucel.solve.moving import Moving
from leucel.solve.schedule import ModelAt, Places, jump_table
from leucel.solve.steady_state import SteadyStateSolver
from leucel.solve.switched import require_plain_switches, solve_switched

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """An ensemble, how to solve it, and the model whose kernel does.

    Attributes
    ----------
    model : the variant that the records ask for.
    no_start : true for subjects that have no steady state to start from, (N,).
    switches : of a closed form, which no variant can carry.
    """

    model: CompiledModel
    ensemble: Ensemble
    controls: Controls
    no_start: NDArray[np.bool_]
    switches: tuple[Change, ...] = ()

    def solve(self, advance: Callable[[int], None]) -> Solution:
        """Run the kernel; `advance` is told how many subjects are done."""
        if self.switches:
            return solve_switched(self.model, self.ensemble, self.controls, self.switches, advance)
        return self.model.kernel.solve(self.ensemble, self.controls, advance)


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
    targets : index of the state, or of the parameter that switches, by the place of the record.

    Raises
    ------
    InputError
        Where doses meet of which no derivative exists.
    """
    directions = model.directions
    rows = _rows_of_directions(model, columns, subjects)
    spread = Spreader(
        parameters=dict(zip(model.parameter_names, columns, strict=True)),
        seeds=rows,
        directions=len(directions),
        subjects=subjects,
    )
    records = courses_of(doses, targets, spread)
    size = len(model.plain.state_names)
    switches: tuple[Change, ...] = ()
    if not size:
        switches = tuple(record for record in records if isinstance(record, Change))
        require_plain_switches(model, switches)
        records = []
    variant = _variant_of(records, size)
    failed = np.zeros(subjects, dtype=np.bool_)
    span = float(times[-1])
    initial: Sequence[Moving] = ()
    if any(isinstance(r, Restart) or _is_steady(r) for r in records):
        initial = _initial(model, columns, subjects)

    def slopes(states: Floats, at: Floats) -> Floats:
        return model.slopes_at(columns, states, np.where(np.isfinite(at), at, 0.0), subjects)

    def steady(course: Course) -> Sequence[Moving]:
        solver = SteadyStateSolver(
            model=model,
            inputs=variant.inputs,
            columns=columns,
            controls=controls,
            initial=np.stack([s.value for s in initial], axis=1),
            span=max(span, 1.0),
            failed=failed,
        )
        return solver(course)

    table = jump_table(
        records,
        subjects=subjects,
        end=span,
        places=Places(size=size, variant=variant, directions=len(directions)),
        model=ModelAt(initial=initial, steady=steady, slopes=slopes),
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
        model=model.variant(variant),
        ensemble=ensemble,
        controls=controls,
        no_start=failed,
        switches=switches,
    )


def _is_steady(record: AnyRecord) -> bool:
    return isinstance(record, Course) and record.steady_state != "no"


def _rows_of_directions(
    model: CompiledModel, columns: Sequence[Floats], subjects: int
) -> dict[str, Floats]:
    """Derivative of each parameter that has one along each direction, (Q, N)."""
    found: dict[str, Floats] = {}
    if not model.directions:
        return found
    for q, row in enumerate(model.seeds(columns, subjects)):
        name = model.parameter_names[model.directions[q].parameter]
        found.setdefault(name, np.zeros((len(model.directions), subjects)))[q] = row
    return found


def _variant_of(records: Sequence[AnyRecord], size: int) -> Variant:
    """The states that the records need."""
    variant = Variant(switched=switched_parameters(records), inputs=infused_states(records))
    staged: set[int] = set()
    for record in records:
        if isinstance(record, Change) and record.time.moves:
            staged.add(variant.switch(size, record.target))
        elif isinstance(record, Course) and not record.infused and record.moment_moves:
            staged.add(record.target)
    return Variant(switched=variant.switched, inputs=variant.inputs, staged=tuple(sorted(staged)))


def _initial(model: CompiledModel, columns: Sequence[Floats], subjects: int) -> list[Moving]:
    values = model.initial_states(columns, subjects)
    slopes = model.initial_slopes(columns, subjects)
    return [Moving(values[:, s], slopes[:, :, s]) for s in range(values.shape[1])]
