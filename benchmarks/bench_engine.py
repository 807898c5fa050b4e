"""The engine: workload A beside hand-vectorized C, a closed form beside NumPy, and compiling.

The yardstick in C stands beside some checkouts and needs gcc; without them its rows have no peer.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from leucel.compile import compile_model
from leucel.core import RandomStream
from leucel.library import get_model
from leucel.solve import SolveOptions, Trajectories, simulate
from peer_cases import DAYS, TIGHT, Array, Case, leucel_states
from peer_workload_a import workload_a

TITLE = "The engine"
YARDSTICK = Path(__file__).resolve().parents[2] / "shared" / "bench"
REPEATS = 5
PATIENTS = 10_000
STEIN_PATIENTS = 1_000_000
STEIN_TIMES = np.array([1, 3, 7, 10, 14, 21, 28, 60, 90, 180, 270, 365], dtype=np.float64)
# States are compared above one cell, as a number below one is none.
SMALLEST = 1.0
Row = dict[str, str]


def best_of(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Shortest time of some runs [s]."""
    times: list[float] = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def rate(count: int, seconds: float, threads: int = 1) -> str:
    """Patients a second, by core when there are several."""
    each = f" ({count / seconds / threads:,.0f} a core)" if threads > 1 else ""
    return f"{count / seconds:,.0f} patients/s{each}"


def yardstick(count: int) -> float:
    """Patients a second of the same workload in C; not a number without it."""
    if not (YARDSTICK / "limit.py").exists() or not shutil.which("gcc"):
        return math.nan
    command = [sys.executable, str(YARDSTICK / "limit.py"), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout)["patients_per_second_core"])


def largest_error(case: Case, got: Array, exact: Array) -> tuple[float, float]:
    """Largest relative error over all patients, and its median."""
    counts = np.abs(exact) > SMALLEST
    error = np.abs(got - exact) / np.where(counts, np.abs(exact), 1.0)
    each = np.where(counts, error, 0.0).max(axis=(1, 2))
    return float(each.max()), float(np.median(each))


def engine_rows(quick: bool) -> list[Row]:
    """Workload A at three absolute tolerances, with a log state, and on two threads."""
    count = 256 if quick else PATIENTS
    case = workload_a(count)

    def run(case: Case, atol: float, threads: int) -> Callable[[], Trajectories]:
        options = SolveOptions(rtol=1e-6, atol=atol, threads=threads)
        return lambda: simulate(case.model, parameters=case.parameters, times=DAYS, options=options)

    exact = leucel_states(case, TIGHT, 1e-100)
    peer = yardstick(count)
    rows: list[Row] = []
    seconds: list[float] = []
    logged = workload_a(count, logged=True)
    for kind, atol in ((case, 1e-6), (case, 1e-15), (case, 1e-100), (logged, 1e-6)):
        work = run(kind, atol, 1)
        seconds.append(best_of(work))
        result = work()
        worst, middle = largest_error(case, result.values.transpose(0, 2, 1), exact)
        fates = ", ".join(f"{n:,} {s.name.lower()}" for s, n in result.count_by_status().items())
        row = {
            "work": f"workload A, {count:,} patients, 366 days, 3 outputs",
            "ours": rate(count, seconds[-1]),
            "bar": "1",
            "error of ours": f"{middle:.0e} / {worst:.0e}",
            "conditions": f"rtol 1e-6, atol {atol:g}"
            + (", the tumor kept as its logarithm" if kind is logged else "")
            + f", 1 thread; {fates}; error: median / largest above one cell, reference 1e-12",
        }
        if math.isfinite(peer):
            row["peer"] = f"C, Rodas4, 16 lanes, rtol = atol = 1e-6: {peer:,.0f} patients/s"
            row["ratio"] = f"{count / seconds[-1] / peer:.2f}"
        rows.append(row)
    two = best_of(run(case, 1e-6, 2))
    rows.append(
        {
            "work": "workload A on 2 threads",
            "ours": rate(count, two, 2),
            "peer": "1 thread: " + rate(count, seconds[0]),
            "ratio": f"{seconds[0] / two:.2f}",
            "bar": "1.8",
            "conditions": f"rtol 1e-6, atol 1e-6, {os.cpu_count()} cores",
        }
    )
    return rows


def stein_by_numpy(p: dict[str, Array], times: Array) -> Array:
    """The same closed form as array expressions, (N, T)."""
    growth = np.log(p["fold_expansion"]) / p["t_max"]
    since = times - p["t_max"][:, None]
    slow = p["fraction_slow"][:, None]
    after = np.maximum(since, 0.0)
    share = (1.0 - slow) * np.exp(-p["k_decline_fast"][:, None] * after)
    share += slow * np.exp(-p["k_decline_slow"][:, None] * after)
    return p["c_max"][:, None] * np.exp(growth[:, None] * np.minimum(since, 0.0)) * share


def stein(quick: bool) -> Row:
    """The closed form for a million patients."""
    spec = get_model("stein_2019_tisagenlecleucel")[0]
    start = time.perf_counter()
    model = compile_model(spec)
    compile_seconds = time.perf_counter() - start
    count = 10_000 if quick else STEIN_PATIENTS
    stream = RandomStream(2)
    parameters = {
        p.name: p.value * np.exp(p.omega * stream.normal(p.name, subjects=count))
        for p in spec.parameters
        if p.omega
    }
    options = SolveOptions(threads=1)
    names = [spec.outputs[0].name]

    def run() -> Array:
        return simulate(
            model, parameters=parameters, times=STEIN_TIMES, outputs=names, options=options
        ).output(names[0])

    seconds = best_of(run, repeats=3)
    peer_seconds = best_of(lambda: stein_by_numpy(parameters, STEIN_TIMES), repeats=3)
    error = np.max(np.abs(stein_by_numpy(parameters, STEIN_TIMES) - run()) / run())
    return {
        "work": f"Stein 2019 in closed form, {count:,} patients, 12 times",
        "ours": f"{seconds:.3f} s",
        "peer": f"NumPy {np.__version__}, array expressions: {peer_seconds:.3f} s",
        "ratio": f"{peer_seconds / seconds:.1f}",
        "bar": "0.5 s",
        "conditions": f"1 thread, ready in {compile_seconds:.2f} s; results agree to {error:.0e}",
    }


_COMPILE = """
import time
import leucel.compile, leucel.library, leucel.model, llvmlite.binding
{spec}
start = time.perf_counter()
leucel.compile.compile_model(spec)
print(time.perf_counter() - start)
"""
_MODELS = {
    "workload A": "import sys; sys.path.insert(0, {here!r}); import peer_workload_a; "
    "spec = peer_workload_a.spec()",
    "Singh 2021": 'spec = leucel.library.get_model("singh_2021_idecabtagene")[0]',
    "Singh 2021 with a resistant clone": "spec = leucel.library.with_resistant_clone("
    'leucel.library.get_model("singh_2021_idecabtagene")[0])',
}


def compiling(name: str, source: str) -> Row:
    """Compiling in a fresh process, without and with what the first one kept."""
    script = _COMPILE.format(spec=source.format(here=str(Path(__file__).parent)))
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "LEUCEL_CACHE_DIR": folder}

        def once() -> float:
            done = subprocess.run(
                [sys.executable, "-c", script],
                capture_output=True,
                text=True,
                check=True,
                env=environment,
            )
            return float(done.stdout)

        cold = once()
        kept = min(once() for _ in range(REPEATS))
    return {
        "work": f"compile {name} in a fresh process",
        "ours": f"{cold:.2f} s, from the cache {kept:.3f} s",
        "bar": "1 s, 0.1 s",
        "conditions": "packages imported before, but SymPy, which the cache spares",
    }


def measure(quick: bool, figures: Path) -> list[Row]:
    """All rows of this file."""
    rows = [*engine_rows(quick), stein(quick)]
    return [*rows, *(compiling(name, source) for name, source in _MODELS.items())]
