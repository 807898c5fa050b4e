"""The threads of a GPU beside the lanes of the processor; no rows where there is no GPU.

The first run on a GPU, with the translation of the code by its driver, is told apart.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from leucel.compile import CompiledModel, Gpu, compile_model, find_gpu
from leucel.core import RandomStream
from leucel.library import get_model, with_resistant_clone
from leucel.model import ModelSpec
from leucel.solve import Doses, SolveOptions, Trajectories, simulate

REPEATS = 3
DAYS = np.arange(366.0)
CASES = (
    ("Stein 2019 as equations", "stein_2019_tisagenlecleucel_ode", 200_000, None),
    ("Hardiansyah 2019", "hardiansyah_2019_ctl019", 50_000, 1.7e10),
    ("Singh 2021 with a resistant clone", "singh_2021_idecabtagene", 50_000, 150e6),
)
Row = dict[str, str]


def spec_of(id: str) -> ModelSpec:
    """A model of the library; that of Singh with its clone."""
    spec = get_model(id)[0]
    return with_resistant_clone(spec) if id.startswith("singh") else spec


def patients(spec: ModelSpec, count: int) -> dict[str, np.ndarray]:
    """Half of the published spread, as the conformance suite draws it; else a tenth."""
    stream = RandomStream(20)
    varied = [p for p in spec.parameters if p.scale == "log" and p.value > 0.0]
    published = [p for p in varied if p.omega]
    return {
        p.name: p.value
        * np.exp((0.5 * p.omega if p.omega else 0.05) * stream.normal(p.name, subjects=count))
        for p in published or varied
    }


def best_of(work: Callable[[], Trajectories]) -> tuple[float, float, Trajectories]:
    """Seconds of the first run and of the best of some more, and what they give."""
    seconds: list[float] = []
    for _ in range(1 + REPEATS):
        start = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - start)
    return seconds[0], min(seconds[1:]), found


def run(model: CompiledModel, count: int, dose: float | None) -> Callable[[], Trajectories]:
    """One simulation of daily output for a year."""
    given: dict[str, Any] = {
        "parameters": patients(model.spec, count),
        "times": DAYS,
        "doses": Doses.bolus(dose) if dose else None,
        "outputs": model.output_names[:1],
        "subjects": count,
        "options": SolveOptions(rtol=1e-6),
    }
    return lambda: simulate(model, **given)


def measure(device: Any = "gpu") -> list[Row]:
    """One row a model; none without a GPU."""
    found = find_gpu()
    if device == "gpu" and not isinstance(found, Gpu):
        return []
    name = found.name if isinstance(found, Gpu) else "the host device"
    rows: list[Row] = []
    for what, id, count, dose in CASES:
        spec = spec_of(id)
        start = time.perf_counter()
        threads = compile_model(spec, backend="cuda", device=device)
        compiling = time.perf_counter() - start
        first, best, ours = best_of(run(threads, count, dose))
        _, peer, theirs = best_of(run(compile_model(spec), count, dose))
        well = (ours.status == 0) & (theirs.status == 0)
        size = np.abs(theirs.values[well]).max(axis=2, keepdims=True)
        off = np.max(np.abs(ours.values[well] - theirs.values[well]) / size)
        rows.append(
            {
                "work": f"{what}, {count:,} patients, 366 days, on a GPU",
                "ours": f"{count / best:,.0f} patients/s",
                "peer": f"backend cpu, all cores: {count / peer:,.0f} patients/s",
                "ratio": f"{peer / best:.1f}",
                "conditions": f"{name}; rtol 1e-6, transfers included, compiled in "
                f"{compiling:.1f} s, first run {first:.1f} s; results differ by {off:.0e} of the "
                "peak",
            }
        )
    return rows


if __name__ == "__main__":
    for row in measure():
        print(row)
