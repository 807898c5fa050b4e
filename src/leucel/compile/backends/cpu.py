"""The fast backend: vector code of this processor, emitted by LLVM and run on threads.

Subjects are given to threads in blocks. A lane never looks at its neighbors and the code of all
lanes is the same, so the numbers of a subject do not depend on its block, its lane, its neighbors
or the number of threads.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any, Final, final

import numpy as np
from llvmlite import ir
from numpy.typing import NDArray

from leucel.compile.backends.cpu_closed_form import emit_closed_form
from leucel.compile.backends.cpu_driver import emit_solver, layout_of
from leucel.compile.backends.cpu_engine import MachineCode, new_module, object_code
from leucel.compile.backends.cpu_history import history_size
from leucel.compile.backends.cpu_math import VectorFunctions
from leucel.compile.backends.cpu_memory import Emitter, Layout, Slot, Waiting
from leucel.compile.backends.cpu_prepare import emit_prepare
from leucel.compile.backends.cpu_values import LANES, POINTER
from leucel.compile.backends.run_record import destinations_of, first_method, run_record
from leucel.compile.kernel import Controls, Ensemble, Method, Solution
from leucel.compile.logarithms import in_logarithms
from leucel.compile.lowering import LoweredSystem

_LARGEST_BLOCK: Final = 512
# A few blocks for each thread, so that a slow one does not leave the other threads idle at the end.
_BLOCKS_PER_THREAD: Final = 4
_KERNELS: dict[str, CpuKernel] = {}
_LOCK: Final = threading.Lock()


def cpu_kernel(system: LoweredSystem) -> CpuKernel:
    """The kernel of a system; equal systems share one in this process."""
    key = system.content_hash
    with _LOCK:
        kernel = _KERNELS.get(key)
    if kernel is None:
        kernel = CpuKernel(system)
        with _LOCK:
            kernel = _KERNELS.setdefault(key, kernel)
    return kernel


@final
class CpuKernel:
    """Machine code of one system; that of a method is made when a subject first needs it."""

    def __init__(self, system: LoweredSystem) -> None:
        self._system = in_logarithms(system)
        self._layout = layout_of(self._system)
        self._made: dict[Method, _Code] = {}
        self._making = threading.Lock()
        self._code(Method.EXPLICIT if system.state_names else Method.CLOSED_FORM)

    def _code(self, method: Method) -> _Code:
        with self._making:
            if method not in self._made:
                self._made[method] = _Code(self._system, method)
            return self._made[method]

    def solve(
        self, ensemble: Ensemble, controls: Controls, advance: Callable[[int], None]
    ) -> Solution:
        """Simulate all subjects on `controls.threads` threads."""
        n, kept, count = ensemble.subjects, len(ensemble.outputs), len(ensemble.times)
        first = first_method(self._system, controls)
        closed = first is Method.CLOSED_FORM
        solution = Solution(
            values=np.empty((n, kept, count)),
            status=np.zeros(n, dtype=np.int32),
            steps=np.zeros(n, dtype=np.int32),
            methods=np.full(n, int(first), dtype=np.int32),
            event_times=np.full((n, len(self._system.events)), np.inf),
        )
        waiting = np.full(n, int(Waiting.NO if closed else Waiting.FRESH), dtype=np.int32)
        job = _Job(self._system, self._layout, ensemble, controls, solution, waiting)
        size = min(_LARGEST_BLOCK, -(-n // (controls.threads * _BLOCKS_PER_THREAD)))
        size = -(-size // LANES) * LANES
        blocks = [(first, min(first + size, n)) for first in range(0, n, size)]

        def run(block: tuple[int, int]) -> int:
            record, scratch = job.record(*block)
            code = self._code(first)
            code.prepare(record.ctypes.data)
            code.solve(record.ctypes.data)
            if waiting[slice(*block)].any():
                self._code(Method.ROSENBROCK).solve(record.ctypes.data)
            del scratch
            return block[1] - block[0]

        if controls.threads == 1 or len(blocks) == 1:
            for block in blocks:
                advance(run(block))
        else:
            with ThreadPoolExecutor(min(controls.threads, len(blocks))) as pool:
                futures = [pool.submit(run, block) for block in blocks]
                try:
                    for future in as_completed(futures):
                        advance(future.result())
                except BaseException:
                    pool.shutdown(wait=True, cancel_futures=True)
                    raise
        return solution


@final
class _Code:
    """Machine code of one system for one method."""

    def __init__(self, system: LoweredSystem, method: Method) -> None:
        content = f"{system.content_hash} {method.name}"
        self._code = MachineCode(object_code(lambda: _module_of(system, method), content))
        record = ctypes.c_void_p
        self.solve = self._code.function("solve", record)
        self.prepare = self._code.function("prepare", record)


def _module_of(system: LoweredSystem, method: Method) -> ir.Module:
    module = new_module("leucel")
    functions = VectorFunctions(module)
    if method is Method.CLOSED_FORM:
        emit_closed_form(module, system, functions)
    else:
        emit_solver(module, system, functions, method)
    _emit_preparation(module, system, functions)
    return module


def _emit_preparation(module: ir.Module, system: LoweredSystem, functions: VectorFunctions) -> None:
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [POINTER]), name="prepare")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    if system.state_names:
        emit_prepare(Emitter(builder, functions, system, layout_of(system), function.args[0]))
    builder.ret_void()


@final
class _Job:
    """The arrays of a run, and records that point into them."""

    def __init__(
        self,
        system: LoweredSystem,
        layout: Layout,
        ensemble: Ensemble,
        controls: Controls,
        solution: Solution,
        waiting: NDArray[np.int32],
    ) -> None:
        self._rows = len(layout.constants) + layout.states
        self._carried = layout.carried
        self._history = history_size(system)
        # The kernel reads eight times at once, so it may look beyond the last.
        self._times = np.concatenate([ensemble.times, np.full(LANES, np.inf)])
        self._destinations = destinations_of(system, ensemble)
        self._columns = np.array([c.ctypes.data for c in ensemble.columns], dtype=np.uint64)
        self._column_steps = np.array([len(c) > 1 for c in ensemble.columns], dtype=np.int64)
        self._arrays: list[Any] = [ensemble, controls, solution, waiting]
        self._template = run_record(ensemble, controls)
        if system.delays:
            self._template[Slot.HANDS_OVER] = 0
        for slot, array in (
            (Slot.TIMES, self._times),
            (Slot.JUMP_TIMES, self._keep(ensemble.jump_times)),
            (Slot.JUMP_VALUES, self._keep(ensemble.jump_values)),
            (Slot.JUMP_STATES, self._keep(ensemble.jump_states)),
            (Slot.JUMP_SETS, self._keep(ensemble.jump_sets)),
            (Slot.ATOL, self._keep(controls.atol)),
            (Slot.LOG_ATOL, self._keep(np.log(controls.atol))),
            (Slot.OUTPUT, solution.values),
            (Slot.DESTINATIONS, self._destinations),
            (Slot.STATUS, solution.status),
            (Slot.STEPS, solution.steps),
            (Slot.METHODS, solution.methods),
            (Slot.WAITING, waiting),
            (Slot.EVENT_TIMES, solution.event_times),
            (Slot.COLUMNS, self._columns),
            (Slot.COLUMN_STEPS, self._column_steps),
        ):
            self._template[slot] = array.ctypes.data

    def _keep(self, array: Any) -> Any:
        packed = np.ascontiguousarray(array)
        self._arrays.append(packed)
        return packed

    def record(self, first: int, last: int) -> tuple[Any, Any]:
        """Record of one block, and its scratch memory, which has to outlive the call."""
        stride = -(-(last - first) // LANES) * LANES
        rows = self._rows + self._carried
        scratch = np.empty(rows * stride + self._history)
        record = self._template.copy()
        record[Slot.FIRST], record[Slot.LAST] = first, last
        record[Slot.PREPARED], record[Slot.STRIDE] = scratch.ctypes.data, stride
        record[Slot.CARRIED] = scratch[self._rows * stride :].ctypes.data
        record[Slot.HISTORY] = scratch[rows * stride :].ctypes.data
        return record, scratch
