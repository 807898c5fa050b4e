"""Work and precision: the error at the end against the processor time, tolerance by tolerance."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from drawing import Panel, draw
from leucel.compile import CompiledModel, compile_model
from leucel.core import Status
from leucel.model import Expression, ModelSpec, Output, Parameter, State
from leucel.solve import SolveOptions, simulate
from peer_cases import Array, errors, leucel_states, singh

TITLE = "Work and precision"
STIFF_FIGURE, ENSEMBLE_FIGURE = "work_precision_stiff.svg", "work_precision_ensembles.svg"
PROBLEMS = Path(__file__).resolve().parents[1] / "tests" / "reference" / "stiff_problems.json"
TOLERANCES = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10)
PEERS = ("Radau", "BDF", "LSODA")
TOGETHER = 64
NOTHING = 1e-30
SHOWN = 1e-6
# A peer that needs longer for one solution is stopped, and not asked for tighter ones [s].
PATIENCE = 10.0
NAMES = {
    "robertson": "Robertson",
    "hires": "HIRES",
    "van_der_pol_1e3": "van der Pol, μ = 1e3",
    "van_der_pol_1e6": "van der Pol, μ = 1e6",
    "oregonator": "Oregonator",
    "e5": "E5",
    "pollution": "pollution",
}
Row = dict[str, str]
Points = list[tuple[float, float, float]]


def spec_of(name: str, item: dict[str, Any]) -> ModelSpec:
    """A problem of the test set."""
    parts = item.get("expressions", {})
    return ModelSpec(
        name=name,
        parameters=tuple(Parameter(name=n, value=v) for n, v in item["parameters"].items()),
        expressions=tuple(Expression(name=n, text=text) for n, text in parts.items()),
        states=tuple(State(name=n, initial=v) for n, v in item["states"].items()),
        odes=item["odes"],
        outputs=tuple(Output(name=f"out_{n}", text=n) for n in item["states"]),
    )


def error_at_end(values: Array, exact: Array) -> float:
    """Largest relative error of what is not nothing."""
    matters = np.abs(exact) > NOTHING
    return float(np.abs(values[matters] / exact[matters] - 1.0).max())


def seconds_of(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor time, the shorter of two, and the result."""
    best, result = np.inf, None
    for _ in range(2):
        start = time.process_time()
        result = work()
        best = min(best, time.process_time() - start)
        if best > 1.0:
            break
    return best, result


def ours(model: CompiledModel, item: dict[str, Any], subjects: int, tolerances: Any) -> Points:
    """Tolerance, error and seconds a subject."""
    exact = np.array(item["values"])
    points: Points = []
    for rtol in tolerances:
        options = SolveOptions(rtol=rtol, atol=atol_of(exact, rtol), max_steps=1_000_000, threads=1)

        def work(options: SolveOptions = options) -> Any:
            return simulate(model, times=[0.0, item["end"]], subjects=subjects, options=options)

        if not points:
            work()  # the Rosenbrock method is compiled when a subject first needs it
        seconds, result = seconds_of(work)
        if result.status[0] == Status.OK:
            points.append((rtol, error_at_end(result.values[0, :, -1], exact), seconds / subjects))
    return points


def atol_of(exact: Array, rtol: float) -> float:
    """So small that every species counts by its own size."""
    return 1e-3 * rtol * float(np.abs(exact[np.abs(exact) > NOTHING]).min())


def scipy_points(spec: ModelSpec, item: dict[str, Any], method: str, tolerances: Any) -> Points:
    """The same of a solver of SciPy whose right-hand side and Jacobian are compiled by Numba."""
    from peer_lsoda import OutOfTime, compiled_functions, limited

    rhs, jacobian = compiled_functions(spec)
    exact = np.array(item["values"])
    parameters = np.array(list(item["parameters"].values()) or [0.0])
    initial = np.array([float(v) for v in item["states"].values()])
    points: Points = []
    for rtol in tolerances:

        def work(rtol: float = rtol) -> Any:
            return solve_ivp(
                limited(rhs, parameters, PATIENCE),
                (0.0, item["end"]),
                initial,
                method=method,
                t_eval=[item["end"]],
                rtol=rtol,
                atol=atol_of(exact, rtol),
                jac=lambda t, y: jacobian(t, y, parameters),
            )

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                seconds, result = seconds_of(work)
            except OutOfTime:
                break
        if not result.success:
            break
        points.append((rtol, error_at_end(result.y[:, -1], exact), seconds))
    return points


def stiff(quick: bool, figures: Path) -> list[Row]:
    """All problems, a panel and a row each."""
    problems = json.loads(PROBLEMS.read_text(encoding="utf-8"))["problems"]
    tolerances = TOLERANCES[:3] if quick else TOLERANCES
    rows: list[Row] = []
    panels: list[Panel] = []
    for name in ["hires", "oregonator"] if quick else list(problems):
        item = problems[name]
        spec = spec_of(name, item)
        model = compile_model(spec)
        found = {
            "leucel, one subject": ours(model, item, 1, tolerances),
            f"leucel, each of {TOGETHER}": ours(model, item, TOGETHER, tolerances),
        }
        # LSODA does not get through the second jump, where time moves by 1e-16 of itself.
        peers = [p for p in PEERS if name != "van_der_pol_1e6" or p != "LSODA"]
        for method in peers:
            found[f"SciPy {method}"] = scipy_points(spec, item, method, tolerances[::2])
        panels.append(panel_of(NAMES[name], found))
        rows.append(row_of(f"{NAMES[name]}, {len(spec.states)} states", found))
    draw(figures / STIFF_FIGURE, panels, columns=1 if quick else 2)
    return rows


def panel_of(title: str, found: dict[str, Points]) -> Panel:
    """Seconds over error."""
    return Panel(
        title=title,
        x_label="largest relative error",
        y_label="processor seconds",
        lines={
            name: ([max(e, 1e-16) for _, e, _ in points], [s for *_, s in points])
            for name, points in found.items()
            if points
        },
    )


def row_of(work: str, found: dict[str, Points]) -> Row:
    """Time and error at one tolerance, ours and those of the quickest peer."""
    at = {
        name: next(((s, e) for r, e, s in points if r == SHOWN), None)
        for name, points in found.items()
    }
    own = {n: p for n, p in at.items() if n.startswith("leucel") and p}
    others = {n: p for n, p in at.items() if not n.startswith("leucel") and p}
    mine = "; ".join(f"{n[8:]}: {1e6 * s:,.0f} µs" for n, (s, _) in own.items())
    row = {
        "work": work,
        "ours": mine,
        "error of ours": f"{next(iter(own.values()))[1]:.0e}" if own else "",
        "conditions": f"rtol {SHOWN:g}, 1 thread, processor time",
    }
    if own and others:
        best = min(others, key=lambda n: others[n][0])
        seconds, error = others[best]
        row["peer"] = f"{best}: {1e6 * seconds:,.0f} µs"
        row["error of the peer"] = f"{error:.0e}"
        row["ratio"] = f"{seconds / min(s for s, _ in own.values()):,.0f}"
    return row


def ensembles(quick: bool, figures: Path) -> list[Row]:
    """Workload A and Singh 2021: median error of patients against time a patient."""
    from peer_workload_a import workload_a

    rows: list[Row] = []
    panels: list[Panel] = []
    for make in (workload_a, singh):
        case = make(64 if quick else 1000)
        few = case.first(4 if quick else 20)
        exact = leucel_states(case, 1e-12, 1e-30)
        found: dict[str, Points] = {}
        for method in ("auto", "rosenbrock"):
            leucel_states(case, TOLERANCES[0], TOLERANCES[0], method)
            points: Points = []
            for rtol in TOLERANCES[:3] if quick else TOLERANCES:
                seconds, got = seconds_of(partial(leucel_states, case, rtol, rtol, method))
                error = float(np.nanmedian(errors(case, got, exact)))
                points.append((rtol, error, seconds / case.count))
            found[f"leucel, {method}"] = points
        for method in (*PEERS, "DOP853") if make is workload_a else PEERS:
            found[f"SciPy {method}"] = _scipy_ensemble(few, exact[: few.count], method, quick)
        panels.append(panel_of(case.title, found))
        rows.append(row_of(f"{case.title}, a patient for a year", found))
    draw(figures / ENSEMBLE_FIGURE, panels, columns=2)
    return rows


def _scipy_ensemble(case: Any, exact: Array, method: str, quick: bool) -> Points:
    import peer_solve_ivp

    points: Points = []
    for rtol in TOLERANCES[:3:2] if quick else TOLERANCES[::2]:
        answer = peer_solve_ivp.solve(case, rtol, rtol, method)
        error = errors(case, answer.values, exact)
        if np.isnan(error).all():
            break
        points.append((rtol, float(np.nanmedian(error)), answer.seconds / case.count))
        if answer.seconds > 3 * PATIENCE:
            break
    return points


def measure(quick: bool, figures: Path) -> list[Row]:
    """The stiff test set, then the ensembles."""
    return [*stiff(quick, figures), *ensembles(quick, figures)]
