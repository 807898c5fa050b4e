"""Machine code from LLVM modules."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any, Final, final

from llvmlite import binding, ir

# LLVM sets itself up once in a process, and not from two threads at once.
_SETUP: Final = threading.Lock()


def new_target_machine() -> binding.TargetMachine:
    """This processor with all that it can do; an engine that takes it frees it in its end."""
    with _SETUP:
        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
    return binding.Target.from_default_triple().create_target_machine(
        cpu=binding.get_host_cpu_name(),
        features=binding.get_host_cpu_features().flatten(),
        opt=3,
        jit=True,
    )


def new_module(name: str) -> ir.Module:
    """An empty module for this processor."""
    module = ir.Module(name)
    module.triple = binding.get_default_triple()
    return module


@final
class MachineCode:
    """The functions of one module, ready to be called; keeps the code alive.

    Parameters
    ----------
    module : what to compile.
    """

    def __init__(self, module: ir.Module) -> None:
        machine = new_target_machine()
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
        """A function without result; calls release Python's lock.

        It is valid as long as this object lives.
        """
        address = self._engine.get_function_address(name)
        return ctypes.CFUNCTYPE(None, *argument_types)(address)
