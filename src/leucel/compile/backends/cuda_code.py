"""The code of a thread for a GPU, as PTX, and the same code for this processor."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

import llvmlite
from llvmlite import binding, ir

from leucel.compile.backends.cpu_engine import object_code
from leucel.compile.backends.cpu_values import I32, I64, POINTER
from leucel.compile.backends.cuda_solver import emit_thread
from leucel.compile.cache import read_entry, source_hash, write_entry
from leucel.compile.lowering import LoweredSystem
from leucel.core import content_hash

ENTRY: Final = "leucel_ensemble"
# Volta, the oldest GPUs with a current driver; drivers translate it for every later one.
ARCHITECTURE: Final = "sm_70"
TRIPLE: Final = "nvptx64-nvidia-cuda"
_SPECIAL: Final = "llvm.nvvm.read.ptx.sreg"
_SETUP: Final = threading.Lock()


def host_module(system: LoweredSystem) -> ir.Module:
    """The module for this processor: a loop over the numbers of the threads."""
    module = ir.Module("leucel_threads")
    module.triple = binding.get_default_triple()
    subject = emit_thread(module, system)
    kind = ir.FunctionType(ir.VoidType(), [POINTER, I64, I64])
    function = ir.Function(module, kind, name=ENTRY)
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    record, first, last = function.args
    head, body, done = (builder.append_basic_block(name) for name in ("head", "body", "done"))
    entry = builder.block
    builder.branch(head)
    builder.position_at_end(head)
    number: Any = builder.phi(I64)
    number.add_incoming(first, entry)
    builder.cbranch(builder.icmp_signed("<", number, last), body, done)
    builder.position_at_end(body)
    builder.call(subject, [record, number])
    number.add_incoming(builder.add(number, ir.Constant(I64, 1)), body)
    builder.branch(head)
    builder.position_at_end(done)
    builder.ret_void()
    return module


def gpu_module(system: LoweredSystem) -> ir.Module:
    """The module for a GPU: a thread beyond the last subject does nothing."""
    module = ir.Module("leucel_threads")
    module.triple = TRIPLE
    subject = emit_thread(module, system)
    kind = ir.FunctionType(ir.VoidType(), [POINTER, I64])
    function = ir.Function(module, kind, name=ENTRY)
    function.calling_convention = "ptx_kernel"
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    record, count = function.args

    def special(name: str) -> Any:
        known = ir.FunctionType(I32, [])
        register = module.declare_intrinsic(f"{_SPECIAL}.{name}.x", (), known)
        return builder.zext(builder.call(register, []), I64)

    number = builder.add(builder.mul(special("ctaid"), special("ntid")), special("tid"))
    with builder.if_then(builder.icmp_signed("<", number, count)):
        builder.call(subject, [record, number])
    builder.ret_void()
    return module


def host_code(system: LoweredSystem) -> bytes:
    """Machine code for this processor, from the cache or compiled."""
    return object_code(lambda: host_module(system), f"threads {system.content_hash}")


def ptx_code(system: LoweredSystem) -> str:
    """PTX of a system, from the cache or compiled.

    Raises
    ------
    RuntimeError
        When this LLVM cannot write PTX.
    """
    known = {
        "content": system.content_hash,
        "sources": source_hash(),
        "llvmlite": llvmlite.__version__,
        "target": (TRIPLE, ARCHITECTURE),
    }
    return _kept(f"{content_hash(known)}.object", lambda: compile_ptx(gpu_module(system)))


def _kept(key: str, make: Callable[[], str]) -> str:
    found = read_entry(key)
    if found is not None:
        return found.decode()
    text = make()
    write_entry(key, text.encode())
    return text


def compile_ptx(module: ir.Module) -> str:
    """PTX of a module.

    Raises
    ------
    RuntimeError
        When this LLVM cannot write PTX, or the module is no valid code.
    """
    with _SETUP:
        binding.initialize_all_targets()
        binding.initialize_all_asmprinters()
    machine = binding.Target.from_triple(TRIPLE).create_target_machine(cpu=ARCHITECTURE, opt=3)
    module.data_layout = str(machine.target_data)
    parsed = binding.parse_assembly(str(module))
    parsed.verify()
    options = binding.create_pipeline_tuning_options(speed_level=2)
    passes = binding.create_pass_builder(machine, options)
    passes.getModulePassManager().run(parsed, passes)
    return machine.emit_assembly(parsed)
