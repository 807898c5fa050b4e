"""The whole trial: same seed, same numbers; plain data without NaN; tables that can be stored."""

from __future__ import annotations

import json

import numpy as np
import pytest

from leucel.core import InputError
from leucel.data import table_bytes
from leucel.solve import SolveOptions
from leucel.trials import TrialDesign, TrialResult, compile_trial, run_trial
from leucel.trials.endpoints import EndpointRow

ROW_KEYS = [
    "endpoint",
    "month",
    "value",
    "ci_low",
    "ci_high",
    "n",
    "unit",
    "published",
    "published_low",
    "published_high",
    "source",
    "used_for",
    "note",
]


def test_the_same_seed_gives_the_same_numbers_on_any_number_of_threads(
    result: TrialResult, design: TrialDesign
) -> None:
    again = run_trial(
        design,
        patients=200,
        months=14.0,
        seed=7,
        models=compile_trial(design),
        options=SolveOptions(threads=1),
    )
    assert again.to_summary() == result.to_summary()
    for name, table in again.to_frames().items():
        assert table_bytes(table) == table_bytes(result.to_frames()[name])


def test_patients_stay_who_they_are_in_a_larger_trial(
    result: TrialResult, design: TrialDesign
) -> None:
    small = run_trial(design, patients=9, months=14.0, seed=7)
    assert np.array_equal(
        small.seen.response.assessed_m_protein,
        result.seen.response.assessed_m_protein[:9],
        equal_nan=True,
    )
    assert np.array_equal(small.seen.kinetics.transgene, result.seen.kinetics.transgene[:9])
    assert small.seen.crs is not None
    assert result.seen.crs is not None
    assert (small.seen.crs == result.seen.crs[:9]).all()


def test_a_shorter_horizon_sees_the_same_beginning(
    result: TrialResult, design: TrialDesign
) -> None:
    short = run_trial(design, patients=200, months=7.0, seed=7)
    assert short.row("pfs", 6.0).value == result.row("pfs", 6.0).value
    assert short.row("detectable", 6.0).value == result.row("detectable", 6.0).value
    with pytest.raises(InputError, match="no endpoint"):
        short.row("pfs", 12.0)


def test_the_summary_is_plain_data(result: TrialResult) -> None:
    summary = result.to_summary()
    text = json.dumps(summary, allow_nan=False)
    assert json.loads(text)["patients"] == 200
    assert list(summary["endpoints"][0]) == ROW_KEYS
    json.dumps(result.kinetics_summary(), allow_nan=False)
    assert result.kinetics_summary()["lloq"] == 50.0


def test_tables_can_be_stored(result: TrialResult) -> None:
    frames = result.to_frames()
    assert {"trial_patients", "trial_endpoints", "trial_survival", "kinetics_nca"} <= set(frames)
    for table in frames.values():
        assert table_bytes(table)[:4] == b"PAR1"


def test_agreement_counts_predictions_and_calibrations_apart(result: TrialResult) -> None:
    assert len(result.comparisons) == sum(row.published is not None for row in result.endpoints)
    assert "predicted endpoints agree" in result.agreement
    assert "calibrated endpoints agree" in result.agreement


def test_one_patient_is_a_trial(design: TrialDesign) -> None:
    alone = run_trial(design, patients=1, months=2.0, seed=1)
    json.dumps(alone.to_summary(), allow_nan=False)
    for table in alone.to_frames().values():
        table_bytes(table)


def test_patients_that_fail_are_counted_and_left_out(design: TrialDesign) -> None:
    hurried = run_trial(
        design, patients=40, months=12.0, seed=1, options=SolveOptions(max_steps=450)
    )
    failed = sum(hurried.failures["response"].values())
    assert 0 < failed < 40
    assert "limit of steps" in next(iter(hurried.failures["response"]))
    assert hurried.row("orr").n == 40 - failed
    assert hurried.to_summary()["evaluable"] == 40 - failed
    json.dumps(hurried.to_summary(), allow_nan=False)
    for table in hurried.to_frames().values():
        table_bytes(table)


def test_a_trial_in_which_every_patient_fails_still_reports(design: TrialDesign) -> None:
    lost = run_trial(design, patients=8, months=6.0, seed=1, options=SolveOptions(max_steps=3))
    assert lost.to_summary()["evaluable"] == 0
    assert {row.endpoint for row in lost.endpoints}.isdisjoint({"orr", "pfs", "dor"})
    assert lost.progression_free is None
    for table in lost.to_frames().values():
        table_bytes(table)


@pytest.mark.parametrize("months", [0.0, -3.0, float("nan"), float("inf")])
def test_a_horizon_out_of_range(design: TrialDesign, months: float) -> None:
    with pytest.raises(InputError, match="horizon"):
        run_trial(design, patients=2, months=months, seed=1)


def test_rows_know_their_keys() -> None:
    assert list(EndpointRow.__dataclass_fields__) == [*ROW_KEYS, "group"]


def test_subgroups_stand_apart_from_all_patients(result: TrialResult) -> None:
    summary = result.to_summary()
    keys = [(row["endpoint"], row["month"]) for row in summary["endpoints"]]
    assert all("group" not in row for row in summary["endpoints"])
    assert [row["group"] for row in summary["subgroups"]] == [
        row.group for row in result.endpoints if row.group
    ]
    assert keys.count(("orr", None)) == 1
