"""Tables for figures: registered columns, ordered quantiles, nobody followed after progression."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.data import check_columns
from leucel.trials import TrialResult
from leucel.trials.courses import (
    detection_table,
    patient_table,
    quantile_table,
    response_table,
    survival_table,
    waterfall_table,
)

QUANTILES = ["q05", "q25", "q50", "q75", "q95"]
PERCENT = 1e-9  # sums of shares


def test_quantiles_are_ordered(result: TrialResult) -> None:
    table = quantile_table(result.seen)
    check_columns(table)
    assert set(table["output"]) == {"transgene", "m_protein", "s_bcma", "tumor_relative"}
    assert (np.diff(table[QUANTILES].to_numpy(), axis=1) >= 0.0).all()


def test_courses_end_with_progression(result: TrialResult) -> None:
    table = quantile_table(result.seen)
    followed = table[table["output"] == "m_protein"].set_index("time")["n"]
    day = followed.index[-1]
    progression = result.seen.response.imwg.progression_day
    assert followed.loc[day] == int((progression >= day).sum())
    assert (table[table["output"] == "transgene"]["n"] == 200).all()


def test_survival_steps(result: TrialResult) -> None:
    assert result.progression_free is not None
    table = survival_table({"pfs": result.progression_free})
    check_columns(table)
    assert table["survival"].iloc[0] == 1.0
    assert (np.diff(table["survival"]) <= 0.0).all()
    assert table["at_risk"].iloc[0] == 200


def test_one_row_a_patient(result: TrialResult) -> None:
    table = patient_table(result.seen)
    assert len(table) == 200
    assert table["subject"].is_unique
    assert (table["pfs_time"] <= result.seen.horizon).all()
    assert table["pfs_event"].sum() == table["time_to_progression"].notna().sum()
    responders = table[table["responder"]]
    assert responders["time_to_response"].notna().all()
    span = responders["time_to_response"] + responders["duration_of_response"]
    assert np.allclose(span, responders["pfs_time"])
    assert set(table["best_response"]) <= {"CR", "VGPR", "PR", "SD", "PD", "NE"}


def test_the_waterfall_falls_and_knows_the_response(result: TrialResult) -> None:
    table = waterfall_table(result.seen)
    check_columns(table)
    assert (np.diff(table["value"]) <= 0.0).all()
    assert (table["value"] >= -100.0).all()
    responders = table[table["best_response"].isin(["PR", "VGPR", "CR"])]
    assert (responders["value"] <= -50.0 + PERCENT).all()


def test_shares_of_responses_add_up(result: TrialResult) -> None:
    table = response_table(result.seen)
    check_columns(table)
    assert table.groupby("time")["value"].sum().to_numpy() == pytest.approx(100.0, abs=PERCENT)
    assert table["time"].max() <= result.seen.horizon


def test_detection_by_limit(result: TrialResult) -> None:
    table = detection_table(result.seen)
    assert sorted(set(table["threshold"])) == [25.0, 50.0, 100.0]
    assert (table["ci_low"] <= table["value"]).all()
    assert (table["value"] <= table["ci_high"]).all()
