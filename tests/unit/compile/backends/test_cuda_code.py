"""The code for GPUs: nothing in it is rounded freely, and an assembler takes it."""

from __future__ import annotations

import ctypes
import math
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from llvmlite import binding, ir

from leucel.compile import compile_model
from leucel.compile.backends.cpu_engine import MachineCode, compile_module
from leucel.compile.backends.cpu_math import VectorFunctions
from leucel.compile.backends.cpu_values import F64, I64, POINTER
from leucel.compile.backends.cuda_code import ENTRY, TRIPLE, compile_ptx, ptx_code
from leucel.compile.elementary import ARITY
from leucel.library import get_model

MODELS = ("stein_2019_tisagenlecleucel", "singh_2021_idecabtagene", "hibma_2026_crs")
GENERATIONS = ("sm_70", "sm_75", "sm_80", "sm_90", "sm_100")
# A kernel that keeps more than this outside of registers is slow, and something has gone wrong.
MOST_SPILLED_BYTES = 4096


@pytest.fixture(scope="module", params=MODELS)
def ptx(request: pytest.FixtureRequest) -> str:
    return ptx_code(compile_model(get_model(request.param)[0], backend="reference").system)


def test_every_operation_is_rounded_on_its_own(ptx: str) -> None:
    # Without a rounding mode the assembler may join a product and a sum.
    free = re.findall(r"\b(?:add|sub|mul|fma|mad|div|sqrt|rcp)\.f64", ptx)
    loose = re.findall(r"\.(?:approx|ftz|full)\b", ptx)
    assert (free, loose) == ([], [])
    assert "fma.rn.f64" in ptx


def test_nothing_is_called_that_is_not_there(ptx: str) -> None:
    assert ".extern" not in ptx
    assert re.findall(r"\.visible \.entry (\w+)", ptx) == [ENTRY]


def module_of_functions(triple: str) -> ir.Module:
    """One function that applies all elementary functions to two numbers that lie in memory."""
    module = ir.Module("functions")
    module.triple = triple
    kind = ir.FunctionType(ir.VoidType(), [POINTER, I64])
    function = ir.Function(module, kind, name=ENTRY)
    if triple == TRIPLE:
        function.calling_convention = "ptx_kernel"
    b = ir.IRBuilder(function.append_basic_block())
    functions = VectorFunctions(module, 1)

    def place(number: int) -> Any:
        return b.gep(function.args[0], [ir.Constant(I64, number)], source_etype=F64)

    numbers = [b.load(place(i), typ=F64) for i in range(2)]
    for row, (name, count) in enumerate(ARITY.items()):
        b.store(b.call(functions(name), numbers[:count]), place(2 + row))
    b.ret_void()
    return module


def test_functions_have_the_same_bits(ptx_machine: Any) -> None:
    machine = ptx_machine(compile_ptx(module_of_functions(TRIPLE)))
    code = MachineCode(compile_module(module_of_functions(binding.get_default_triple())))
    run = code.function(ENTRY, ctypes.c_void_p, ctypes.c_int64)
    edges = [0.0, -0.0, 1.0, -1.0, 0.5, math.inf, -math.inf, math.nan, 5e-324, 1e-310, 1e308, 40.0]
    stream = np.random.default_rng(8)
    pairs = [(x, y) for x in edges for y in (2.0, -0.5, 0.0)]
    pairs += [tuple(row) for row in stream.normal(0.0, 8.0, (40, 2))]
    for pair in pairs:
        both = np.zeros((2, 2 + len(ARITY)))
        both[:, :2] = pair
        run(both[0].ctypes.data, 1)
        machine.launch(ENTRY, both[1].ctypes.data, 1, block=1)
        broken = np.isnan(both)
        assert np.array_equal(*broken), pair
        assert both[0][~broken[0]].tobytes() == both[1][~broken[1]].tobytes(), pair


def assembler() -> str | None:
    """The assembler of CUDA, on the path or in the wheel nvidia-cuda-nvcc."""
    wheels = Path(sysconfig.get_path("purelib")) / "nvidia"
    found = [shutil.which("ptxas"), *map(str, sorted(wheels.glob("*/bin/ptxas")))]
    return next((path for path in found if path), None)


@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_assembler_takes_it(ptx: str, generation: str, tmp_path: Path) -> None:
    program = assembler()
    if program is None:
        pytest.skip("no ptxas here: it comes with CUDA or with pip install nvidia-cuda-nvcc")
    source = tmp_path / "kernel.ptx"
    source.write_text(ptx)
    done = subprocess.run(
        [program, "-v", f"-arch={generation}", source, "-o", tmp_path / "kernel.cubin"],
        capture_output=True,
        text=True,
        check=False,
    )
    if "is not defined for option 'gpu-name'" in done.stderr:
        pytest.skip(f"this ptxas does not write for {generation}")
    assert done.returncode == 0, done.stderr
    spilled = sum(int(n) for n in re.findall(r"(\d+) bytes spill stores", done.stderr))
    assert spilled <= MOST_SPILLED_BYTES
