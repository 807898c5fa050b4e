"""The cache of compiled work: equal bits, damage, other processes, folders that refuse."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from leucel.compile import cache_folder
from leucel.compile.backends.cpu import CpuKernel
from leucel.compile.cache import read_entry, write_entry
from leucel.compile.kernel import Controls, Ensemble
from leucel.compile.lowering import LoweredSystem, lower
from leucel.compile.stored import system_from_bytes, system_to_bytes
from leucel.compile.variants import Variant, system_variant
from leucel.model import Event, ModelSpec, Output, Parameter, State, symbolic_system

SPEC = ModelSpec(
    name="cached",
    parameters=(Parameter(name="k", value=0.1), Parameter(name="low", value=20.0)),
    states=(State(name="x", initial="100"), State(name="y")),
    odes={"x": "-k*x*exp(-0.01*t)", "y": "k*x"},
    events=(Event(name="gone", when="x - low", set={"x": "0", "y": "y + x"}),),
    outputs=(Output(name="both", text="x + y"),),
    dose_state="x",
)
SCRIPT = """
import numpy as np
from leucel.compile import compile_model
from leucel.model import ModelSpec, Output, Parameter, State
from leucel.solve import simulate
spec = ModelSpec(name="m", parameters=(Parameter(name="k", value=0.1),),
    states=(State(name="x", initial="1"),), odes={"x": "-k*x"},
    outputs=(Output(name="out", text="x"),))
print(repr(float(simulate(compile_model(spec), times=[0.0, 5.0]).output("out")[0, -1])))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEUCEL_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def system() -> LoweredSystem:
    return lower(symbolic_system(SPEC))


def solve(system: LoweredSystem) -> np.ndarray:
    ensemble = Ensemble(
        subjects=3,
        columns=(np.array([0.1, 0.2, 0.3]), np.array([20.0])),
        times=np.linspace(0.0, 20.0, 11),
        start=0.0,
        jump_times=np.full((3, 1), 4.0),
        jump_values=np.full((3, 1), 50.0),
        jump_states=np.zeros((3, 1), dtype=np.int32),
        jump_sets=np.zeros((3, 1), dtype=np.int32),
        outputs=(0, 1),
    )
    controls = Controls(
        rtol=1e-6,
        atol=np.full(2, 1e-9),
        max_steps=1000,
        max_step=np.inf,
        state_limit=np.inf,
        threads=1,
    )
    return CpuKernel(system).solve(ensemble, controls, lambda done: None).values


def test_kept_code_gives_the_same_bits(folder: Path, system: LoweredSystem) -> None:
    fresh = solve(system)
    (entry,) = folder.glob("*.object")
    before = entry.stat().st_mtime_ns
    assert np.array_equal(solve(system), fresh)
    assert entry.stat().st_mtime_ns == before


@pytest.mark.parametrize("damage", [b"", b"short", None])
def test_damaged_entries_are_made_again(
    folder: Path,
    system: LoweredSystem,
    damage: bytes | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fresh = solve(system)
    (entry,) = folder.glob("*.object")
    good = entry.read_bytes()
    entry.write_bytes(good[:-1] + bytes([good[-1] ^ 1]) if damage is None else damage)
    with caplog.at_level(logging.WARNING):
        assert np.array_equal(solve(system), fresh)
    assert "damaged" in caplog.text
    assert entry.read_bytes() == good


def test_a_folder_that_refuses_costs_time_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: LoweredSystem
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    monkeypatch.setenv("LEUCEL_CACHE_DIR", str(blocked))
    assert np.isfinite(solve(system)).all()
    assert blocked.read_text() == "no folder"


def test_the_cache_can_be_off(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, system: LoweredSystem
) -> None:
    monkeypatch.setenv("LEUCEL_CACHE_DIR", "off")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() is None
    assert np.isfinite(solve(system)).all()
    write_entry("key.object", b"content")
    assert read_entry("key.object") is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the folder of Linux")
def test_the_folder_is_that_of_the_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LEUCEL_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "leucel"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "leucel"


def test_old_entries_make_room(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leucel.compile.cache._MOST_ENTRIES", 4)
    for i in range(6):
        write_entry(f"{i}.object", b"content")
    kept = {path.stem for path in folder.glob("*.object")}
    assert len(kept) <= 4
    assert "5" in kept


def test_a_system_survives_being_kept(system: LoweredSystem) -> None:
    for kept in (system, system_variant(system, Variant(inputs=(0,)))):
        back = system_from_bytes(system_to_bytes(kept))
        assert back == kept
        assert back.content_hash == kept.content_hash


def test_processes_share_the_folder(folder: Path) -> None:
    command = [sys.executable, "-c", SCRIPT]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = [process.communicate(timeout=120)[0] for process in running]
    assert all(process.returncode == 0 for process in running)
    assert len(set(said)) == 1
    assert len(list(folder.glob("*.object"))) == 1
    # With everything in place SymPy is not needed any more.
    check = "import sys; assert 'sympy' not in sys.modules"
    subprocess.run([sys.executable, "-c", SCRIPT + check], check=True, stdout=subprocess.DEVNULL)
