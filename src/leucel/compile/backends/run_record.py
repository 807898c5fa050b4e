"""What a run tells its kernel in numbers; the addresses of its arrays are added by each backend."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from leucel.compile.backends.cpu_memory import Slot
from leucel.compile.kernel import Controls, Ensemble, Method
from leucel.compile.lowering import LoweredSystem
from leucel.core import InputError, Problem


def run_record(ensemble: Ensemble, controls: Controls) -> NDArray[np.int64]:
    """The record with all of its numbers; see `leucel.compile.backends.cpu_memory.Slot`."""
    record = np.zeros(len(Slot), dtype=np.int64)
    for slot, number in (
        (Slot.TIME_COUNT, len(ensemble.times)),
        (Slot.JUMP_COUNT, ensemble.jump_times.shape[1]),
        (Slot.MAX_STEPS, controls.max_steps),
        (Slot.KEPT, len(ensemble.outputs)),
        (Slot.HANDS_OVER, int(controls.method == "auto")),
    ):
        record[slot] = number
    for slot, value in (
        (Slot.RTOL, controls.rtol),
        (Slot.MAX_STEP, controls.max_step),
        (Slot.LIMIT, controls.state_limit),
        (Slot.LOG_LIMIT, np.log(controls.state_limit)),
        (Slot.START, ensemble.start),
        (Slot.END, ensemble.times[-1]),
    ):
        record[slot : slot + 1].view(np.float64)[0] = value
    return record


def destinations_of(system: LoweredSystem, ensemble: Ensemble) -> NDArray[np.int64]:
    """Where each output goes among the kept ones, -1 for those that are not kept."""
    places = np.full(max(len(system.outputs), 1), -1, dtype=np.int64)
    places[list(ensemble.outputs)] = np.arange(len(ensemble.outputs))
    return places


def first_method(system: LoweredSystem, controls: Controls) -> Method:
    """What every subject starts with."""
    if not system.state_names:
        return Method.CLOSED_FORM
    if system.delays and controls.method == "rosenbrock":
        raise InputError(
            Problem(
                what="the Rosenbrock method knows no delays",
                received='method="rosenbrock"',
                allowed="auto, explicit",
            )
        )
    return Method.ROSENBROCK if controls.method == "rosenbrock" else Method.EXPLICIT
