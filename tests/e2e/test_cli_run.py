"""`leucel run`: what it prints, what it writes, and how it fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

SMALL = ("--patients", "12", "--months", "6", "--as-of", "2025-05-09")
Command = Callable[..., Any]

ENDPOINT_KEYS = {
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
}
ENDPOINTS = {
    "orr",
    "cr_rate",
    "vgpr_rate",
    "mrd_negative",
    "pfs",
    "dor",
    "time_to_response_days",
    "tmax_days",
    "cmax",
    "auc_0_28",
    "persistence_median_days",
    "detectable",
    "crs_any",
    "crs_grade3",
}
DESIGNATION_KEYS = {
    "jurisdiction",
    "rule_id",
    "threshold",
    "unit",
    "operator",
    "prevalence",
    "low",
    "high",
    "verdict",
    "margin_years",
    "marks",
    "sources",
}


def mine(tmp_path: Path, old: str, new: str) -> str:
    """A programme file with one change."""
    text = (resources.files("leucel") / "programmes" / "eque_cel.toml").read_text("utf-8")
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1))
    return str(path)


def no_nan(node: object) -> bool:
    if isinstance(node, dict):
        return all(no_nan(item) for item in node.values())
    if isinstance(node, list):
        return all(no_nan(item) for item in node)
    return not (isinstance(node, float) and node != node)


def test_json_has_the_promised_keys(finished: Path, leucel: Command) -> None:
    done = leucel("run", "eque-cel", "--resume", "--out", str(finished), "--json")
    assert done.code == 0, done.err
    data = json.loads(done.out)
    assert {
        "programme",
        "manifest",
        "product",
        "kinetics",
        "trial",
        "epidemiology",
        "designation",
        "routes",
    } <= set(data)
    rows = data["trial"]["endpoints"]
    assert set(rows[0]) >= ENDPOINT_KEYS
    assert {row["endpoint"] for row in rows} == ENDPOINTS
    assert {row["used_for"] for row in rows} <= {"calibration", "prediction"}
    assert set(data["designation"][0]) == DESIGNATION_KEYS
    assert data["designation"][0]["jurisdiction"] == "SA"
    assert no_nan(data)
    assert data == json.loads((finished / "summary.json").read_text())


def test_a_run_leaves_a_dossier_tables_and_figures(finished: Path) -> None:
    manifest = json.loads((finished / "manifest.json").read_text())
    assert {"dossier.html", "summary.json"} <= set(manifest["files"])
    assert any(name.startswith("tables/") for name in manifest["files"])
    assert any(name.startswith("figures/") for name in manifest["files"])
    assert manifest["seed"] == 20250509
    assert manifest["libraries"]["leucel"] == manifest["version"]
    assert set(manifest["models"]) == {"stein_2019_tisagenlecleucel", "singh_2021_idecabtagene"}


def test_tables_open_elsewhere(finished: Path) -> None:
    import pandas as pd

    patients = pd.read_parquet(finished / "tables" / "trial_patients.parquet")
    assert len(patients) == 12
    assert (patients["prior_lines"] >= 3).all()


def test_the_screen_shows_results_and_the_dossier(leucel: Command, tmp_path: Path) -> None:
    done = leucel("run", "eque-cel", *SMALL, "--out", "here")
    assert done.code == 0, done.err
    assert "Simulated beside published" in done.out
    assert "calibration" in done.out
    assert "dossier.html" in done.out
    assert "no advice for treating" in done.out
    for part in ("Product", "Kinetics", "Response", "Population", "Designation", "Dossier"):
        assert part in done.err


def test_an_existing_run_is_kept(finished: Path, leucel: Command) -> None:
    before = (finished / "manifest.json").read_bytes()
    done = leucel("run", "eque-cel", *SMALL, "--out", str(finished))
    assert done.code == 1
    assert "--force" in done.err
    assert (finished / "manifest.json").read_bytes() == before


def test_other_arguments_on_resume(finished: Path, leucel: Command) -> None:
    done = leucel("run", "eque-cel", "--resume", "--seed", "5", "--out", str(finished))
    assert done.code == 2
    assert "another seed" in done.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("eque-sel",), "did you mean 'eque-cel'"),
        (("eque-cel", "--patients", "0"), "patients is out of range"),
        (("eque-cel", "--months", "-1"), "months is out of range"),
        (("eque-cel", "--as-of", "yesterday"), "--as-of is no date"),
        (("eque-cel", "--resume", "--force"), "exclude each other"),
        (("eque-cel", "--patients", "many"), "--patients"),
        (("eque-cel", "--patient", "3"), "No such option"),
        ((), "Missing argument"),
    ],
)
def test_bad_arguments(
    leucel: Command, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    done = leucel("run", *arguments)
    assert done.code == 2
    assert says in done.err
    assert done.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("value = 1.0e6, unit", "value = -1.0e6, unit", "the dose (amount) is not positive"),
        ("patients = 1000", "patients = 0", "patients is out of range"),
        ("value = 0.4621", "value = nan", "a finite number"),
        ("stein_2019_tis", "stein_2019_tiss", "did you mean 'stein_2019_tis"),
        ('name = "t_max"', 'name = "tmax"', "did you mean 't_max'"),
        ('domain = "CD3zeta"', 'domain = "CD3zeto"', "CD3zeta"),
        ('code = "SA"', 'code = "SAX"', "unknown jurisdiction 'SAX'"),
        ('use = "context"', 'use = "threshold test"', "age-standardized rate cannot be tested"),
        ("[product]", "[product", "no valid TOML"),
        ('field = "age"', 'field = "years"', "years"),
    ],
)
def test_a_bad_file_writes_nothing(
    leucel: Command, tmp_path: Path, old: str, new: str, says: str
) -> None:
    path = mine(tmp_path, old, new)
    done = leucel("run", path, "--out", "out", *SMALL)
    assert done.code == 2, done.err
    assert says in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_a_full_disk(process: Command, tmp_path: Path) -> None:
    """A limit on the size of files stands for a disk without space."""
    prelude = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))"
    pytest.importorskip("resource")
    done = process("run", "eque-cel", *SMALL, "--out", "out", prelude=prelude)
    assert done.code == 1
    assert "cannot write" in done.err
    assert "Traceback" not in done.err
    assert not list((tmp_path / "out").rglob("*.part"))
    assert not (tmp_path / "out" / "manifest.json").exists()
    again = process("run", "eque-cel", "--resume", "--out", "out")
    assert again.code == 0, again.err
    assert (tmp_path / "out" / "manifest.json").exists()


def test_a_place_where_nobody_may_write(leucel: Command) -> None:
    if not Path("/proc/self").exists():
        pytest.skip("needs a file system that refuses every user")
    done = leucel("run", "eque-cel", *SMALL, "--out", "/proc/leucel")
    assert done.code == 1
    assert "/proc/leucel" in done.err


def test_the_second_programme_runs(leucel: Command, tmp_path: Path) -> None:
    done = leucel("run", "cilta-cel", *SMALL, "--out", "out", "--json")
    assert done.code == 0, done.err
    data = json.loads(done.out)
    assert data["programme"]["product"] == "ciltacabtagene autoleucel"
    assert data["designation"][0]["jurisdiction"] == "EU"
    assert data["product"]["complete"] is True


def test_a_template_runs_as_it_stands(leucel: Command, tmp_path: Path) -> None:
    assert leucel("new", "my-cel").code == 0
    done = leucel("run", "my-cel.toml", *SMALL, "--out", "out", "--quiet")
    assert done.code == 0, done.err
    assert (tmp_path / "out" / "dossier.html").exists()
