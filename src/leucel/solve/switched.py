"""Closed-form models whose parameters switch in time.

A closed form knows no past: from a switch on its outputs are those of the new value. So the model
is evaluated once for each set of values, and each time takes its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from leucel.compile import CompiledModel, Controls, Ensemble, Solution
from leucel.core import InputError, Problem, Status
from leucel.solve.courses import Change

Floats = NDArray[np.float64]


def require_plain_switches(model: CompiledModel, changes: Sequence[Change]) -> None:
    """Refuse switches of a closed form that would need derivatives of their own.

    Raises
    ------
    InputError
        Naming the parameters.
    """
    switched = {change.target for change in changes}
    asked = {direction.parameter for direction in model.directions}
    moving = {change.target for change in changes if change.value.moves}
    wrong = sorted((switched & asked) | moving)
    if wrong:
        raise InputError(
            Problem(
                what="sensitivities of a closed form with respect to what switches",
                received=", ".join(model.parameter_names[p] for p in wrong),
                fix="write the switch into the outputs: if(t < t_switch, before, after)",
            )
        )


def solve_switched(
    model: CompiledModel,
    ensemble: Ensemble,
    controls: Controls,
    changes: Sequence[Change],
    advance: Callable[[int], None],
) -> Solution:
    """Evaluate a closed form whose parameters change at times of each subject."""
    n = ensemble.subjects
    times = np.stack([change.time.value for change in changes], axis=1)
    order = np.argsort(times, axis=1, kind="stable")
    level = (np.take_along_axis(times, order, axis=1)[:, :, None] <= ensemble.times).sum(axis=1)
    columns = [np.array(np.broadcast_to(c, (n,))) for c in ensemble.columns]
    found: Solution | None = None
    for k in range(len(changes) + 1):
        if k:
            which = order[:, k - 1]
            for place, change in enumerate(changes):
                now = which == place
                columns[change.target] = np.where(now, change.value.value, columns[change.target])
        report = advance if k == len(changes) else _silent
        part = model.kernel.solve(
            replace(ensemble, columns=tuple(np.ascontiguousarray(c) for c in columns)),
            controls,
            report,
        )
        if found is None:
            found = part
        else:
            np.copyto(found.values, part.values, where=(level == k)[:, None, :])
    assert found is not None
    undefined = np.isnan(found.values).any(axis=(1, 2))
    found.status[:] = np.where(undefined, int(Status.NON_FINITE), int(Status.OK))
    return found


def _silent(done: int) -> None:
    """Only the last pass is reported."""
