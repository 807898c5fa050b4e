"""Machine code from LLVM modules."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any, Final, final

import llvmlite
from llvmlite import binding, ir

from leucel.compile.cache import read_entry, source_hash, write_entry
from leucel.core import content_hash

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


def object_code(make: Callable[[], ir.Module], content: str) -> bytes:
    """Machine code for this processor, from the cache or compiled.

    Parameters
    ----------
    make : gives the module when it has to be compiled.
    content : hash of what the module is made of.
    """
    key = f"{_processor_hash(content)}.object"
    found = read_entry(key)
    if found is None:
        found = compile_module(make())
        write_entry(key, found)
    return found


def _processor_hash(content: str) -> str:
    return content_hash(
        {
            "content": content,
            "sources": source_hash(),
            "llvmlite": llvmlite.__version__,
            "triple": binding.get_default_triple(),
            "processor": binding.get_host_cpu_name(),
            "features": binding.get_host_cpu_features().flatten(),
        }
    )


def compile_module(module: ir.Module) -> bytes:
    """Machine code of a module for this processor.

    Raises
    ------
    RuntimeError
        When the module is no valid LLVM code.
    """
    machine = new_target_machine()
    module.data_layout = str(machine.target_data)
    parsed = binding.parse_assembly(str(module))
    parsed.verify()
    # The code is straight, already in vectors, and shares its common parts: what is left is to tidy
    # up. The passes of level 1 take ten times as long and the code runs no faster.
    passes = binding.create_new_module_pass_manager()
    passes.add_sroa_pass()
    passes.add_instruction_combine_pass()
    passes.add_simplify_cfg_pass()
    builder = binding.create_pass_builder(machine, binding.create_pipeline_tuning_options())
    passes.run(parsed, builder)
    return machine.emit_object(parsed)


@final
class MachineCode:
    """The functions of one module, ready to be called; keeps the code alive.

    Parameters
    ----------
    content : machine code as `object_code` gives it.
    """

    def __init__(self, content: bytes) -> None:
        empty = binding.parse_assembly("")
        self._engine = binding.create_mcjit_compiler(empty, new_target_machine())
        self._engine.add_object_file(binding.ObjectFileRef.from_data(content))
        self._engine.finalize_object()

    def function(self, name: str, *argument_types: Any) -> Callable[..., None]:
        """A function without result; calls release Python's lock.

        It is valid as long as this object lives.
        """
        address = self._engine.get_function_address(name)
        return ctypes.CFUNCTYPE(None, *argument_types)(address)
