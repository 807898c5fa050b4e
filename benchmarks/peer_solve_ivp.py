"""SciPy's solvers by `solve_ivp`, with functions compiled by Numba and extinction as an event."""

from __future__ import annotations

import contextlib
import time
import warnings

import numpy as np
import scipy
from scipy.integrate import solve_ivp

from peer_cases import DAYS, Answer, Array, Case
from peer_lsoda import SECONDS_PER_PATIENT, OutOfTime, compiled_functions, limited

EXPLICIT = ("RK23", "RK45", "DOP853")


def solve(case: Case, rtol: float, atol: float, method: str) -> Answer:
    """All patients one after another."""
    rhs, jacobian = compiled_functions(case.spec)
    table = case.table
    values = np.full((case.count, len(DAYS), case.initial.shape[1]), np.nan)
    start = time.process_time()
    for patient in range(case.count):
        parameters = table[patient]
        options: dict[str, object] = {"method": method, "rtol": rtol, "atol": atol}
        if method not in EXPLICIT:
            options["jac"] = lambda t, y, p=parameters: jacobian(t, y, p)
        if case.extinct is not None:
            watched, factor, limit, _ = case.extinct

            def event(
                t: float, y: Array, at: int = watched, by: float = factor, least: float = limit
            ) -> float:
                return float(y[at] * by - least)

            event.terminal = True  # type: ignore[attr-defined]
            event.direction = -1.0  # type: ignore[attr-defined]
            options["events"] = event
        rest = limited(rhs, parameters, SECONDS_PER_PATIENT)
        state, at, first = case.initial[patient], 0.0, 0
        with (
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
            contextlib.suppress(OutOfTime, ValueError),
        ):
            warnings.simplefilter("ignore")
            while first < len(DAYS):
                found = solve_ivp(rest, (at, DAYS[-1]), state, t_eval=DAYS[first:], **options)
                got = found.y.T if len(found.t) else np.empty((0, len(state)))
                values[patient, first : first + len(got)] = got
                first += len(got)
                if found.status != 1 or case.extinct is None:
                    break
                at, state = float(found.t_events[0][0]), found.y_events[0][0].copy()
                state[list(case.extinct[3])] = 0.0
                options.pop("events", None)
    return Answer(
        values=values,
        seconds=time.process_time() - start,
        program=f"SciPy {scipy.__version__} {method}",
    )
