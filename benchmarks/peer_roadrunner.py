"""libRoadRunner (CVODE, right-hand side compiled by LLVM) on the SBML that leucel writes."""

from __future__ import annotations

import time

import numpy as np
import roadrunner

from leucel.library import to_sbml
from peer_cases import DAYS, Answer, Case


def solve(case: Case, rtol: float, atol: float) -> Answer:
    """All patients one after another, with events as the model has them."""
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    start = time.process_time()
    runner = roadrunner.RoadRunner(to_sbml(case.spec))
    integrator = runner.getIntegrator()
    integrator.setValue("relative_tolerance", rtol)
    integrator.setValue("absolute_tolerance", atol)
    integrator.setValue("stiff", True)
    integrator.setValue("maximum_num_steps", 100_000)
    states = [s.name for s in case.spec.states]
    runner.timeCourseSelections = states
    known = list(runner.model.getGlobalParameterIds())
    names = [p.name for p in case.spec.parameters]
    places = [known.index(name) for name in (*names, *states)]
    apart = time.process_time() - start
    rows = np.column_stack([case.table, case.initial])
    values = np.full((case.count, len(DAYS), len(states)), np.nan)
    start = time.process_time()
    for patient in range(case.count):
        runner.reset()
        runner.model.setGlobalParameterValues(places, rows[patient])
        try:
            values[patient] = runner.simulate(DAYS[0], DAYS[-1], len(DAYS))
        except RuntimeError:
            continue
    seconds = time.process_time() - start
    return Answer(
        values=values,
        seconds=seconds,
        program=f"libRoadRunner {roadrunner.__version__} (CVODE)",
        apart=f"loaded in {apart:.1f} s",
    )
