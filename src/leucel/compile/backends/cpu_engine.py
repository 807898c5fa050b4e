"""Machine code from LLVM modules, kept in this process by content."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any, final

from llvmlite import binding, ir

_LOCK = threading.Lock()
_MACHINES: list[binding.TargetMachine] = []


def target_machine() -> binding.TargetMachine:
    """This processor with all that it can do."""
    with _LOCK:
        if not _MACHINES:
            binding.initialize_native_target()
            binding.initialize_native_asmprinter()
            target = binding.Target.from_default_triple()
            _MACHINES.append(
                target.create_target_machine(
                    cpu=binding.get_host_cpu_name(),
                    features=binding.get_host_cpu_features().flatten(),
                    opt=3,
                    jit=True,
                )
            )
        return _MACHINES[0]


@final
class MachineCode:
    """The functions of one module, ready to be called; keeps the code alive.

    Parameters
    ----------
    module : what to compile.
    """

    def __init__(self, module: ir.Module) -> None:
        machine = target_machine()
        module.triple = machine.triple
        module.data_layout = str(machine.target_data)
        parsed = binding.parse_assembly(str(module))
        parsed.verify()
        # The code is straight and already in vectors: more than level 1 costs half a second on a
        # model of nine states and runs no faster.
        options = binding.create_pipeline_tuning_options(speed_level=1)
        passes = binding.create_pass_builder(machine, options)
        passes.getModulePassManager().run(parsed, passes)
        self._engine = binding.create_mcjit_compiler(parsed, machine)
        self._engine.finalize_object()

    def function(self, name: str, *argument_types: Any) -> Callable[..., None]:
        """A function without result; calls release Python's lock."""
        address = self._engine.get_function_address(name)
        return ctypes.CFUNCTYPE(None, *argument_types)(address)
