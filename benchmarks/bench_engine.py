"""The engine: ensembles of CAR-T models beside hand-vectorised C and SciPy, compile time apart.

Run alone it prints one JSON line a row. The yardstick in C (workload A: 3 states, nine log-normal
parameters, daily output for a year) stands beside the checkout and needs gcc; without them the row
has no peer.
"""

from __future__ import annotations

import json
import math
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from leucel.compile import CompiledModel, compile_model
from leucel.core import RandomStream
from leucel.library import get_model, with_resistant_clone
from leucel.model import ModelSpec, Output, Parameter, State
from leucel.solve import Doses, SolveOptions, simulate

YARDSTICK = Path(__file__).resolve().parents[2] / "shared" / "bench"
REPEATS = 5
Row = dict[str, str]


def best_of(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Shortest time of some runs [s]."""
    times: list[float] = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def compiled(spec: ModelSpec) -> tuple[CompiledModel, float]:
    """A model with the time that compiling it without the cache took [s]."""
    kept = os.environ.get("LEUCEL_CACHE_DIR")
    os.environ["LEUCEL_CACHE_DIR"] = "off"
    start = time.perf_counter()
    model = compile_model(spec)
    seconds = time.perf_counter() - start
    if kept is None:
        del os.environ["LEUCEL_CACHE_DIR"]
    else:
        os.environ["LEUCEL_CACHE_DIR"] = kept
    return model, seconds


_COMPILE = """
import time
import leucel.compile, leucel.library, llvmlite.binding
spec = leucel.library.with_resistant_clone(
    leucel.library.get_model("singh_2021_idecabtagene")[0])
start = time.perf_counter()
leucel.compile.compile_model(spec)
print(time.perf_counter() - start)
"""


def compiling() -> Row:
    """Compiling the 9-state model in a fresh process, without and with what the first one kept."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "LEUCEL_CACHE_DIR": folder}

        def once() -> float:
            command = [sys.executable, "-c", _COMPILE]
            done = subprocess.run(
                command, capture_output=True, text=True, check=True, env=environment
            )
            return float(done.stdout)

        cold = once()
        kept = min(once() for _ in range(REPEATS))
    return {
        "work": "compile Singh 2021 with a resistant clone in a fresh process",
        "ours": f"{cold:.2f} s, from the cache {kept:.3f} s",
        "conditions": "packages imported before, but SymPy, which the cache spares",
    }


def rate(count: int, seconds: float, threads: int = 1) -> str:
    """Patients a second, by core when there are several."""
    each = f" ({count / seconds / threads:,.0f} a core)" if threads > 1 else ""
    return f"{count / seconds:,.0f} patients/s{each}"


def workload_a() -> list[Row]:
    """The 3-state model beside the same work in hand-vectorised C."""
    if not (YARDSTICK / "limit.py").exists():
        return [{"work": "workload A", "conditions": "the yardstick is not beside this checkout"}]
    limit = runpy.run_path(str(YARDSTICK / "limit.py"))
    spec = ModelSpec(
        name="workload_a",
        parameters=tuple(
            Parameter(name=n, value=float(v))
            for n, v in zip(limit["NAMES"], limit["TYPICAL"], strict=True)
        ),
        states=(
            State(name="ct", initial="1.5e6"),
            State(name="cm"),
            State(name="tumor", initial="2e7"),
        ),
        odes={
            "ct": "(phi - rho)*ct + theta*tumor*cm - alpha*tumor*ct",
            "cm": "eps*ct - theta*tumor*cm - mu*cm",
            "tumor": "r*tumor*(1 - b*tumor) - gamma*ct*tumor",
        },
        outputs=tuple(Output(name=f"{n}_out", text=n) for n in ("ct", "cm", "tumor")),
    )
    model, compile_seconds = compiled(spec)
    count = 10_000
    table = limit["parameters"](count)
    parameters = {name: table[:, i] for i, name in enumerate(limit["NAMES"])}

    def run(atol: float, threads: int) -> Callable[[], object]:
        options = SolveOptions(rtol=1e-6, atol=atol, threads=threads)
        return lambda: simulate(model, parameters=parameters, times=limit["DAYS"], options=options)

    peer = math.nan
    if shutil.which("gcc"):
        command = [sys.executable, str(YARDSTICK / "limit.py"), str(count)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peer = json.loads(done.stdout)["patients_per_second_core"]
    rows: list[Row] = []
    one = {atol: best_of(run(atol, 1)) for atol in (1e-6, 1e-15, 1e-100)}
    for atol, seconds in one.items():
        rows.append(
            {
                "work": f"workload A, {count:,} patients, 366 days, 3 outputs",
                "ours": rate(count, seconds),
                "peer": f"C, Rodas4, 16 lanes: {peer:,.0f} patients/s",
                "ratio": f"{count / seconds / peer:.2f}",
                "conditions": f"rtol 1e-6, atol {atol:g} (peer 1e-6), 1 thread, compiled in "
                f"{compile_seconds:.2f} s",
            }
        )
    two = best_of(run(1e-6, 2))
    rows.append(
        {
            "work": "workload A on 2 threads",
            "ours": rate(count, two, 2),
            "peer": "1 thread: " + rate(count, one[1e-6]),
            "ratio": f"{one[1e-6] / two:.2f}",
            "conditions": f"rtol 1e-6, atol 1e-6, {os.cpu_count()} cores",
        }
    )
    return rows


def singh() -> Row:
    """The stiff 9-state model with extinction."""
    spec = with_resistant_clone(get_model("singh_2021_idecabtagene")[0])
    model, compile_seconds = compiled(spec)
    count = 1000
    stream = RandomStream(1)
    parameters = {
        p.name: p.value * np.exp(p.omega * stream.normal(p.name, subjects=count))
        for p in spec.parameters
        if p.omega
    }
    times, doses = np.arange(0.0, 1097.0), Doses.bolus(450e6)
    options = SolveOptions(rtol=1e-6, threads=1)
    seconds = best_of(
        lambda: simulate(model, parameters=parameters, times=times, doses=doses, options=options)
    )
    return {
        "work": f"Singh 2021 with a resistant clone, {count:,} patients, 36 months, daily",
        "ours": rate(count, seconds),
        "peer": "none yet: SciPy's LSODA without an extinction rule does not finish every patient",
        "conditions": f"rtol 1e-6, atol 1e-100, 1 thread, compiled in {compile_seconds:.2f} s",
    }


def stein() -> Row:
    """The closed form for a million patients."""
    spec = get_model("stein_2019_tisagenlecleucel")[0]
    model, compile_seconds = compiled(spec)
    count = 1_000_000
    stream = RandomStream(2)
    parameters = {
        p.name: p.value * np.exp(p.omega * stream.normal(p.name, subjects=count))
        for p in spec.parameters
        if p.omega
    }
    times = np.array([1, 3, 7, 10, 14, 21, 28, 60, 90, 180, 270, 365], dtype=np.float64)
    options = SolveOptions(threads=1)
    names = [spec.outputs[0].name]
    seconds = best_of(
        lambda: simulate(model, parameters=parameters, times=times, outputs=names, options=options),
        repeats=3,
    )
    return {
        "work": "Stein 2019 in closed form, 1,000,000 patients, 12 times",
        "ours": f"{seconds:.2f} s",
        "conditions": f"1 thread, compiled in {compile_seconds:.2f} s",
    }


def measure() -> list[Row]:
    """All rows of this file."""
    return [*workload_a(), singh(), stein(), compiling()]


if __name__ == "__main__":
    for line in measure():
        print(json.dumps(line))
