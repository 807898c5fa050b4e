"""The backend for GPUs: the program of a model, one subject a thread.

Ensembles go to the device in chunks that fit its memory. A thread never looks at another, so the
numbers of a subject do not depend on its chunk or its neighbors.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from leucel.compile.backends.cpu_memory import Slot
from leucel.compile.backends.cuda_devices import Device, DeviceName, device_of
from leucel.compile.backends.cuda_driver import Bytes
from leucel.compile.backends.run_record import destinations_of, first_method, run_record
from leucel.compile.kernel import Controls, Ensemble, Solution
from leucel.compile.logarithms import in_logarithms
from leucel.compile.lowering import LoweredSystem

# Beyond it more threads do not help, and progress is told once a chunk.
_LARGEST_CHUNK: Final = 262_144
_SHARE_OF_MEMORY: Final = 0.5
_ALIGN: Final = 256
_KERNELS: Final[dict[tuple[str, DeviceName], CudaKernel]] = {}
_LOCK: Final = threading.Lock()


def cuda_kernel(system: LoweredSystem, device: DeviceName) -> CudaKernel:
    """The kernel of a system on a device; equal systems share one in this process.

    Raises
    ------
    NoGpuError
        When there is no GPU; the message says what to do.
    """
    key = (system.content_hash, device)
    with _LOCK:
        kernel = _KERNELS.get(key)
    if kernel is None:
        kernel = CudaKernel(system, device_of(device))
        with _LOCK:
            kernel = _KERNELS.setdefault(key, kernel)
    return kernel


@final
class CudaKernel:
    """One system made ready on a device."""

    def __init__(
        self, system: LoweredSystem, device: Device, largest_chunk: int = _LARGEST_CHUNK
    ) -> None:
        self._system = in_logarithms(system)
        self._events = len(system.events)
        self._device = device
        self._largest_chunk = largest_chunk
        device.enter()
        self._launch = device.load(self._system)

    def solve(
        self, ensemble: Ensemble, controls: Controls, advance: Callable[[int], None]
    ) -> Solution:
        """Simulate all subjects, chunk by chunk; threads are those of the device."""
        n, kept, count = ensemble.subjects, len(ensemble.outputs), len(ensemble.times)
        method = first_method(self._system, controls)
        solution = Solution(
            values=np.empty((n, kept, count)),
            status=np.zeros(n, dtype=np.int32),
            steps=np.zeros(n, dtype=np.int32),
            methods=np.full(n, int(method), dtype=np.int32),
            event_times=np.full((n, self._events), np.inf),
        )
        self._device.enter()
        size = self._chunk_size(ensemble)
        for first in range(0, n, size):
            last = min(first + size, n)
            self._run(ensemble, controls, solution, slice(first, last))
            advance(last - first)
        return solution

    def _chunk_size(self, ensemble: Ensemble) -> int:
        doubles = len(ensemble.outputs) * len(ensemble.times) + self._events + 1
        doubles += sum(len(column) > 1 for column in ensemble.columns)
        doubles += 3 * ensemble.jump_times.shape[1]
        fitting = int(_SHARE_OF_MEMORY * self._device.free_memory()) // (8 * doubles)
        return max(1, min(ensemble.subjects, fitting, self._largest_chunk))

    def _run(self, ensemble: Ensemble, controls: Controls, solution: Solution, part: slice) -> None:
        """Simulate the subjects of one chunk."""
        image = _Image()
        slots: dict[Slot, int] = {
            slot: image.add(array)
            for slot, array in (
                (Slot.TIMES, np.append(ensemble.times, np.inf)),
                (Slot.JUMP_TIMES, ensemble.jump_times[part]),
                (Slot.JUMP_VALUES, ensemble.jump_values[part]),
                (Slot.JUMP_STATES, ensemble.jump_states[part]),
                (Slot.JUMP_SETS, ensemble.jump_sets[part]),
                (Slot.ATOL, controls.atol),
                (Slot.LOG_ATOL, np.log(controls.atol)),
                (Slot.DESTINATIONS, destinations_of(self._system, ensemble)),
                (Slot.STATUS, solution.status[part]),
                (Slot.STEPS, solution.steps[part]),
                (Slot.METHODS, solution.methods[part]),
                (Slot.EVENT_TIMES, solution.event_times[part]),
                (Slot.COLUMN_STEPS, np.array([len(c) > 1 for c in ensemble.columns], np.int64)),
            )
        }
        columns = [image.add(c[part] if len(c) > 1 else c) for c in ensemble.columns]
        slots[Slot.COLUMNS] = image.add(np.array(columns, np.int64))
        record = image.add(run_record(ensemble, controls))
        values = solution.values[part]
        device = self._device
        inputs = device.allocate(image.size)
        try:
            outputs = device.allocate(max(values.nbytes, 1))
            try:
                content = image.content()
                numbers = image.part(content, record, len(Slot))
                for slot, offset in slots.items():
                    numbers[slot] = inputs + offset
                numbers[Slot.OUTPUT] = outputs
                image.part(content, slots[Slot.COLUMNS], len(columns))[:] += inputs
                device.write(inputs, content)
                self._launch(inputs + record, part.stop - part.start)
                for slot, array in (
                    (Slot.STATUS, solution.status[part]),
                    (Slot.STEPS, solution.steps[part]),
                    (Slot.METHODS, solution.methods[part]),
                    (Slot.EVENT_TIMES, solution.event_times[part]),
                ):
                    device.read(inputs + slots[slot], _bytes_of(array))
                device.read(outputs, _bytes_of(values))
            finally:
                device.free(outputs)
        finally:
            device.free(inputs)


def _bytes_of(array: NDArray[Any]) -> Bytes:
    """The bytes of an array that lies in one piece, not a copy of them."""
    return array.reshape(-1).view(np.uint8)


@final
class _Image:
    """Arrays side by side, as they will lie on the device; offsets in bytes."""

    def __init__(self) -> None:
        self._arrays: list[tuple[int, NDArray[Any]]] = []
        self.size = 0

    def add(self, array: NDArray[Any]) -> int:
        """Put an array behind those that are there; where it begins."""
        offset = self.size
        packed = np.ascontiguousarray(array)
        self._arrays.append((offset, packed))
        self.size = offset + -(-max(packed.nbytes, 1) // _ALIGN) * _ALIGN
        return offset

    @staticmethod
    def part(content: Bytes, offset: int, count: int) -> NDArray[np.int64]:
        """Integers of the content, to be changed in place."""
        return content[offset : offset + 8 * count].view(np.int64)

    def content(self) -> Bytes:
        """All of it."""
        content = np.zeros(self.size, dtype=np.uint8)
        for offset, array in self._arrays:
            content[offset : offset + array.nbytes] = _bytes_of(array)
        return content
