"""How the cost of a patient grows with the states of a model and with the number of patients."""

from __future__ import annotations

import resource
import time
from itertools import pairwise
from pathlib import Path

import numpy as np

from drawing import Panel, draw
from leucel.compile import CompiledModel, compile_model
from leucel.model import ModelSpec, Output, Parameter, State
from leucel.solve import SolveOptions, StreamedQuantiles, simulate, simulate_chunks

TITLE = "Cost by states and by patients"
FIGURE = "scaling.svg"
STATES = (1, 2, 5, 10, 20, 30, 40)
CHAIN = 30
COUNTS = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)
# Beyond it a run is streamed: chunks are reduced to quantiles and forgotten.
STREAMED_FROM = 100_000
TIMES = np.arange(0.0, 57.0, 7.0)
OPTIONS = SolveOptions(rtol=1e-6, atol=1e-9, threads=1)
Row = dict[str, str]


def chain(states: int) -> ModelSpec:
    """Cells mature through compartments; the last ones inhibit the birth of the first."""
    names = [f"x{i}" for i in range(1, states + 1)]
    odes = {"x1": f"birth/(1 + ({names[-1]}/half)^4) - rate*x1"}
    odes |= {b: f"rate*({a} - {b})" for a, b in pairwise(names)}
    return ModelSpec(
        name=f"chain_{states}",
        parameters=(
            Parameter(name="birth", value=20.0, unit="1/day"),
            Parameter(name="rate", value=1.0, unit="1/day"),
            Parameter(name="half", value=5.0),
        ),
        states=tuple(State(name=name, initial="1") for name in names),
        odes=odes,
        outputs=(Output(name="last", text=names[-1]),),
    )


def draws(first: int, last: int) -> dict[str, np.ndarray]:
    """Parameters of some patients, the same for any chunk."""
    spread = np.sin(np.outer([1.0, 2.0, 3.0], np.arange(first, last) + 1.0))
    birth, rate, half = np.exp(0.3 * spread) * [[20.0], [1.0], [5.0]]
    return {"birth": birth, "rate": rate, "half": half}


def seconds_of(model: CompiledModel, count: int) -> float:
    """Processor time of all patients, the shortest of three for small numbers."""
    times: list[float] = []
    for _ in range(3 if count <= 10_000 else 1):
        start = time.process_time()
        if count < STREAMED_FROM:
            simulate(
                model, parameters=draws(0, count), times=TIMES, outputs=["last"], options=OPTIONS
            )
        else:
            found = StreamedQuantiles()
            for _, part in simulate_chunks(
                model,
                subjects=count,
                parameters=draws,
                times=TIMES,
                outputs=["last"],
                options=OPTIONS,
            ):
                found.add(part.output("last"))
            found.quantile(0.5)
        times.append(time.process_time() - start)
    return min(times)


def measure(quick: bool, figures: Path) -> list[Row]:
    """A row for each number of states and of patients, and the figure."""
    rows: list[Row] = []
    count = 400 if quick else 10_000
    by_states: list[float] = []
    for states in STATES[:3] if quick else STATES:
        start = time.perf_counter()
        model = compile_model(chain(states))
        compiling = time.perf_counter() - start
        each = seconds_of(model, count) / count
        by_states.append(each)
        rows.append(
            {
                "work": f"chain of {states} states, {count:,} patients, 8 weeks",
                "ours": f"{1e6 * each:,.1f} µs a patient",
                "conditions": f"rtol 1e-6, atol 1e-9, 1 thread, processor time; ready in "
                f"{compiling:.2f} s",
            }
        )
    model = compile_model(chain(5 if quick else CHAIN))
    counts = COUNTS[:4] if quick else COUNTS
    by_count: list[float] = []
    for number in counts:
        each = seconds_of(model, number) / number
        by_count.append(each)
        way = "streamed to quantiles" if number >= STREAMED_FROM else "held"
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        rows.append(
            {
                "work": f"chain of {len(model.spec.states)} states, {number:,} patients",
                "ours": f"{1e6 * each:,.1f} µs a patient",
                "conditions": f"rtol 1e-6, atol 1e-9, 1 thread, processor time; {way}; the process "
                f"has used {peak:.1f} GiB at most",
            }
        )
    draw(
        figures / FIGURE,
        [
            Panel(
                title=f"{count:,} patients",
                x_label="states",
                y_label="µs a patient",
                lines={"leucel": (list(STATES[: len(by_states)]), [1e6 * s for s in by_states])},
            ),
            Panel(
                title=f"{len(model.spec.states)} states",
                x_label="patients",
                y_label="µs a patient",
                lines={"leucel": (list(counts), [1e6 * s for s in by_count])},
            ),
        ],
        columns=2,
    )
    return rows
