"""Dosing records against the answers that pharmacometric programs give.

Source: data set `nmtest` of the R package nlmixr2data: one compartment with absorption, records
with rates, modeled durations, lags, bioavailability, additional doses, steady states and resets.
Subjects up to 26 carry answers of NONMEM, the others those of rxode2.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from leucel.compile import CompiledModel, compile_model
from leucel.model import ModelSpec, Output, Parameter, State
from leucel.solve import Dose, Doses, SolveOptions, simulate

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
