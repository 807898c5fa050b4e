"""Two models with stiff parts beside three engines that a Python user can install.

Processor time of one thread on both sides (of all threads where a peer starts its own), the same
tolerances, the same patients, daily states for a year. Errors are against our own kernel at 1e-12,
which SciPy's Radau confirms for the first patients.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from leucel.compile.backends.reference import ReferenceKernel
from leucel.solve import SolveOptions, simulate
from peer_cases import (
    DAYS,
    TIGHT,
    TOLERANCE,
    Answer,
    Array,
    Case,
    errors,
    hardiansyah,
    leucel_states,
    singh,
)

TITLE = "Stiff models beside three peers"
PATIENTS = 10_000
# Enough for a steady rate: the peer works in batches, whose time depends on their size only.
DIFFRAX_PATIENTS, DIFFRAX_BATCH = 256, 64
CONFIRMED = 2
BARS = {"lsoda": 20.0, "roadrunner": 10.0, "diffrax": 20.0}
Row = dict[str, str]


def measure(quick: bool, figures: Path) -> list[Row]:
    """Three rows a model."""
    count = 200 if quick else PATIENTS
    rows: list[Row] = []
    for make in (singh, hardiansyah):
        case = make(count)
        seconds, ours = _ours(case)
        exact = leucel_states(case, TIGHT, 1e-30)
        doubt = _doubt(case.first(CONFIRMED), exact[:CONFIRMED])
        for name in BARS:
            try:
                answer = _answer(name, case, quick)
            except ImportError as error:
                rows.append({"work": case.title, "peer": f"{name} is not installed: {error}"})
                continue
            rows.append(_row(name, case, seconds, ours, exact, answer, doubt))
    return rows


def _ours(case: Case) -> tuple[float, Array]:
    ours = leucel_states(case, TOLERANCE, TOLERANCE)
    times: list[float] = []
    for _ in range(3):
        start = time.process_time()
        ours = leucel_states(case, TOLERANCE, TOLERANCE)
        times.append(time.process_time() - start)
    return min(times), ours


def _answer(name: str, case: Case, quick: bool) -> Answer:
    solve: Callable[..., Answer] = importlib.import_module(f"peer_{name}").solve
    if name == "diffrax":
        count = 32 if quick else DIFFRAX_PATIENTS
        batch = 16 if quick else DIFFRAX_BATCH
        return solve(case.first(count), TOLERANCE, TOLERANCE, batch)
    return solve(case, TOLERANCE, TOLERANCE)


def _doubt(case: Case, exact: Array) -> float:
    """Largest difference of the tight kernel from SciPy's Radau."""
    kernel = ReferenceKernel(case.model.system, method="Radau")
    other = replace(case.model, backend="reference", kernel=kernel)
    result = simulate(
        other,
        parameters=case.parameters,
        times=DAYS,
        outputs=[s.name for s in case.spec.states],
        options=SolveOptions(rtol=1e-11, atol=1e-20, max_steps=10_000_000, threads=1),
    )
    return float(errors(case, result.values.transpose(0, 2, 1), exact).max())


def _percentiles(error: Array) -> str:
    middle, high = np.nanpercentile(error, [50.0, 95.0])
    return f"{middle:.0e} / {high:.0e}"


def _row(
    name: str, case: Case, seconds: float, ours: Array, exact: Array, answer: Answer, doubt: float
) -> Row:
    count = len(answer.values)
    ratio = (answer.seconds / count) / (seconds / case.count)
    finished = ~np.isnan(answer.values[:, -1, 0])
    part = case.first(count)
    mine = errors(part, ours[:count], exact[:count])
    other = errors(part, answer.values, exact[:count])[finished]
    subset = "" if count == case.count else f"; the peer the first {count:,}"
    left = f"; {answer.unfinished} patients of the peer did not finish" if answer.unfinished else ""
    return {
        "work": f"{case.title}, {case.count:,} patients, 366 days, {case.initial.shape[1]} states",
        "ours": f"{case.count / seconds:,.0f} patients/s",
        "peer": f"{answer.program}: {count / answer.seconds:,.1f} patients/s",
        "ratio": f"{ratio:.1f}",
        "bar": f"{BARS[name]:g}",
        "error of ours": _percentiles(mine),
        "error of the peer": _percentiles(other),
        "conditions": f"rtol = atol = {TOLERANCE:g}, 1 thread, processor time, {answer.apart} apart"
        f"{subset}{left}; reference 1e-12, Radau within {doubt:.0e}",
    }
