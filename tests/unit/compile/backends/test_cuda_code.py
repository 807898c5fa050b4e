"""The code for GPUs: nothing in it is rounded freely, and an assembler takes it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from leucel.compile import compile_model
from leucel.compile.backends.cuda_code import ENTRY, ptx_code
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
