"""Dosing records against the answers that pharmacometric programs give.

Source: data set `nmtest` of the R package nlmixr2data: one compartment with absorption, records
with rates, modeled durations, lags, bioavailability, additional doses, steady states and resets.
Subjects up to 26 carry answers of NONMEM, the others those of rxode2.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from leucel.compile import CompiledModel, compile_model
from leucel.data import read_events
from leucel.model import ModelSpec, Output, Parameter, State
from leucel.solve import Dose, Doses, SolveOptions, doses_from_events, simulate

# The answers are printed with five digits.
PRINTED = 1e-4
STATES = ("depot", "central")
STEADY = ("no", "replace", "add")
MODELED_DURATION = -2.0
FIRST_ADDED = 100


@pytest.fixture(scope="module")
def subjects(shared: Callable[[str], Path]) -> dict[int, list[dict[str, str]]]:
    path = shared("reference_data/nlme/nlmixr2data/nmtest.csv")
    found: dict[int, list[dict[str, str]]] = {}
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(int(row["id"]), []).append(row)
    return found


@pytest.fixture(scope="module")
def model() -> CompiledModel:
    return compile_model(
        ModelSpec(
            name="oral",
            parameters=(
                Parameter(name="cl", value=1.1),
                Parameter(name="v", value=20.0),
                Parameter(name="ka", value=1.5),
            ),
            states=tuple(State(name=name) for name in STATES),
            odes={"depot": "-ka*depot", "central": "ka*depot - cl/v*central"},
            outputs=(Output(name="cp", text="1000*central/v"),),
        )
    )


def doses_of(rows: list[dict[str, str]]) -> Doses:
    """The dose records of a subject; lag and bioavailability belong to the central compartment."""
    doses = Doses()
    for row in rows:
        kind, time = int(row["evid"]), float(row["time"])
        if kind in (3, 4):
            doses = doses + Doses.reset(time)
        if kind not in (1, 4):
            continue
        state, rate = STATES[int(row["cmt"]) - 1], float(row["rate"])
        is_central = state == "central"
        dose = Dose(
            amount=float(row["amt"]),
            time=time,
            state=state,
            rate=rate if rate > 0.0 else None,
            duration=float(row["dur2"]) if rate == MODELED_DURATION else None,
            lag=float(row["lagt"]) if is_central else 0.0,
            bioavailability=float(row["bioav"]) if is_central else 1.0,
            additional=int(row["addl"]),
            interval=float(row["ii"]),
            steady_state=STEADY[int(row["ss"])],
        )
        doses = doses + Doses(records=(dose,))
    return doses


@pytest.mark.shared
def test_the_event_table_leads_there_too(
    shared: Callable[[str], Path], model: CompiledModel, subjects: dict[int, list[dict[str, str]]]
) -> None:
    """All subjects with usable answers at once, through the reader of event tables."""
    import pandas as pd

    frame = pd.read_csv(shared("reference_data/nlme/nlmixr2data/nmtest.csv"))
    kept = [number for number, rows in subjects.items() if not lag_exceeds_interval(rows)]
    frame = frame[frame["id"].isin(kept)]
    # Lag and bioavailability of this table belong to the central compartment.
    frame.loc[frame["cmt"] == 1, ["lagt", "bioav"]] = [0.0, 1.0]
    frame = frame.rename(columns={"dur2": "duration_central", "rat2": "rate_central"})
    spec = model.spec
    more = tuple(Parameter(name=f"{n}_central", value=1.0) for n in ("duration", "rate"))
    spec = replace(spec, parameters=(*spec.parameters, *more))
    table = read_events(frame, columns={"lag": "lagt", "bioavailability": "bioav", "value": "cp"})
    events = doses_from_events(table, spec)
    assert events.unused == ("mode",)
    result = simulate(
        compile_model(spec),
        parameters=events.parameters,
        times=events.times,
        doses=events.doses,
        subjects=len(events.subjects),
        options=SolveOptions(rtol=1e-8),
    ).require_ok()
    for n, number in enumerate(kept):
        answers = np.array([float(r["cp"]) for r in subjects[number] if r["evid"] == "0"])
        np.testing.assert_allclose(
            result.output("cp")[n][events.sampled[n]],
            answers,
            rtol=PRINTED,
            atol=PRINTED * 1e-3 * answers.max(),
            err_msg=f"subject {number}",
        )
    assert len(kept) >= 40


def lag_exceeds_interval(rows: list[dict[str, str]]) -> bool:
    """True for a steady state whose doses are still on their way when the next ones are given."""
    return any(
        row["ss"] != "0" and 0.0 < float(row["ii"]) < float(row["lagt"])
        for row in rows
        if row["evid"] != "0"
    )


@pytest.mark.shared
def test_records_lead_to_the_answers_of_other_programs(
    subjects: dict[int, list[dict[str, str]]], model: CompiledModel
) -> None:
    compared: list[int] = []
    for number, rows in subjects.items():
        # There the answers extrapolate the first interval back in time, down to concentrations of
        # -94,000; a lag beyond the interval is no case that NONMEM admits.
        if lag_exceeds_interval(rows):
            assert number > FIRST_ADDED
            continue
        seen = [row for row in rows if row["evid"] == "0"]
        times = np.array([float(row["time"]) for row in seen])
        answers = np.array([float(row["cp"]) for row in seen])
        result = simulate(
            model, times=times, doses=doses_of(rows), options=SolveOptions(rtol=1e-8)
        ).require_ok()
        np.testing.assert_allclose(
            result.output("cp")[0],
            answers,
            rtol=PRINTED,
            atol=PRINTED * 1e-3 * answers.max(),
            err_msg=f"subject {number}",
        )
        compared.append(number)
    assert set(range(1, 27)) <= set(compared)
    assert len(compared) >= 40
