"""`leucel simulate`: from models and tables to courses, and a clear word for whatever is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from leucel.data import COLUMNS, check_columns

Command = Callable[..., Any]
STEIN = "stein_2019_tisagenlecleucel"
MODEL = """model oral "absorption and elimination"
time t [day]
dose depot

parameters
  ka = 1.5 [1/day]
  k = 0.3 [1/day] omega 0.3
  lag_depot = 0.5 [day]

states
  depot [mg] = 0 [mg]
  central [mg] = 0 [mg]

equations
  d/dt depot = -ka*depot
  d/dt central = ka*depot - k*central

events
  low when central - 1 [mg] "hardly any drug is left"

outputs
  amount [mg] = central "drug in blood"
"""
TABLE = """ID,TIME,EVID,AMT,CMT,RATE,ADDL,II,SITE
p1,0,1,100,1,0,2,1,north
p1,0.5,0,,2,,,,north
p1,2,0,,2,,,,north
p2,0,1,80,2,40,0,0,south
p2,1,0,,2,,,,south
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "oral.model").write_text(MODEL, encoding="utf-8")
    (tmp_path / "doses.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_the_table_follows_the_dictionary(leucel: Command, folder: Path, ending: str) -> None:
    name = f"courses.{ending}"
    done = leucel("simulate", "oral.model", "--doses", "doses.csv", "--out", name, "--quiet")
    assert done.code == 0, done.err
    path = folder / name
    frame = pd.read_csv(path) if ending == "csv" else pd.read_parquet(path)
    check_columns(frame)
    rows = [tuple(row) for row in frame[["id", "time", "output", "unit", "status"]].to_numpy()]
    assert rows == [
        ("p1", 0.5, "amount", "mg", "OK"),
        ("p1", 2.0, "amount", "mg", "OK"),
        ("p2", 1.0, "amount", "mg", "OK"),
    ]
    if ending == "parquet":
        field = pq.read_schema(path).field("time")
        assert field.metadata[b"unit"].decode() == COLUMNS["time"].unit
    assert "SITE" in done.out


def test_formats_and_seeds(leucel: Command, folder: Path) -> None:
    frames = []
    for name, seed in (("a.csv", "3"), ("b.parquet", "3"), ("c.csv", "4")):
        arguments = ("--patients", "7", "--times", "0:9:3", "--dose", "50", "--seed", seed)
        done = leucel("simulate", "oral.model", *arguments, "--out", name, "--json")
        assert done.code == 0, done.err
        path = folder / name
        frames.append(pd.read_csv(path) if name.endswith("csv") else pd.read_parquet(path))
    assert len(frames[0]) == 7 * 4
    assert frames[0].value.tolist() == pytest.approx(frames[1].value.tolist(), rel=1e-15)
    assert frames[0].value.tolist() != frames[2].value.tolist()


def test_the_summary_is_that_of_the_courses(leucel: Command, folder: Path) -> None:
    done = leucel(
        *("simulate", "oral.model", "--patients", "40", "--times", "0:20:5", "--dose", "50"),
        *("--out", "all.csv", "--plot", "all.svg", "--json"),
    )
    data = json.loads(done.out)
    frame = pd.read_csv(folder / "all.csv")
    at_five = frame[frame.time == 5.0].value
    (row,) = [row for row in data["quantiles"] if row["time"] == 5.0]
    assert row["q50"] == pytest.approx(at_five.median())
    assert data["status"] == {"OK": 40}
    assert data["quantile_accuracy"] == 0.0
    assert 0.0 < data["events"]["low"]["share"] <= 1.0
    picture = (folder / "all.svg").read_text(encoding="utf-8")
    assert picture.startswith("<svg")
    assert "drug in blood" in picture
    plain = leucel("simulate", "oral.model", "--patients", "40", "--dose", "50", "--quiet")
    assert "event low in" in plain.out


def test_derivatives_are_outputs(leucel: Command, folder: Path) -> None:
    done = leucel(
        *("simulate", "oral.model", "--dose", "50", "--times", "1,2", "--output", "central"),
        *("--sensitivity", "eta_k", "--sensitivity", "lag_depot", "--set", "k=0.4", "--json"),
    )
    assert done.code == 0, done.err
    names = {row["output"] for row in json.loads(done.out)["quantiles"]}
    assert names == {"central", "d central / d eta_k", "d central / d lag_depot"}


def test_the_reference_backend_agrees(leucel: Command, folder: Path) -> None:
    call = ("simulate", "oral.model", "--dose", "50", "--times", "1,2,9", "--rtol", "1e-9")
    found = [leucel(*call, "--json", "--backend", backend) for backend in ("cpu", "reference")]
    assert [done.code for done in found] == [0, 0], found[-1].err
    first, second = ([row["q50"] for row in json.loads(done.out)["quantiles"]] for done in found)
    assert first == pytest.approx(second, rel=1e-7)
    assert first != second  # two ways of solving, not one under two names


def test_one_regimen_for_many_patients(leucel: Command, folder: Path) -> None:
    rows = TABLE.splitlines()
    (folder / "one.csv").write_text("\n".join(rows[:4]) + "\n", encoding="utf-8")
    done = leucel("simulate", "oral.model", "--doses", "one.csv", "--patients", "5", "--json")
    data = json.loads(done.out)
    assert data["subjects"] == 5
    assert [row["time"] for row in data["quantiles"]] == [0.5, 2.0]
    assert data["quantiles"][1]["q05"] < data["quantiles"][1]["q95"]


def test_a_parameter_may_be_named_for_doses(leucel: Command, folder: Path) -> None:
    text = MODEL.replace("lag_depot", "alag")
    (folder / "named.model").write_text(text, encoding="utf-8")
    found = []
    for model, more in (
        ("oral.model", ()),
        ("named.model", ("--dose-parameter", "lag:depot=alag")),
        ("named.model", ()),
    ):
        done = leucel("simulate", model, "--doses", "doses.csv", *more, "--json")
        found.append([row["q50"] for row in json.loads(done.out)["quantiles"]])
    assert found[0] == found[1] != found[2]


def test_many_courses_are_summarized_as_they_come(
    leucel: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The median of an odd number of patients is one of them in every definition.
    arguments = ("simulate", "oral.model", "--patients", "61", "--dose", "50", "--json")
    exact = json.loads(leucel(*arguments).out)
    monkeypatch.setattr("leucel.apps.cli.simulation_run._EXACT_VALUES", 10)
    monkeypatch.setattr("leucel.apps.cli.simulation_run._ROWS", 366 * 7)
    streamed = json.loads(leucel(*arguments).out)
    assert streamed["quantile_accuracy"] == 2e-3
    for one, other in zip(exact["quantiles"], streamed["quantiles"], strict=True):
        assert other["q50"] == pytest.approx(one["q50"], rel=2.1e-3, abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("syntax.model",), ["syntax.model:15:26 (d/dt depot): a value is missing before ')'"]),
        (("units.model",), ["units.model:16:30", "values of different units are subtracted"]),
        (("nowhere.model",), ["cannot read nowhere.model"]),
        (("stein_2019_tisa",), ["unknown model", "did you mean"]),
        ((STEIN, "--set", "tmax=3"), ["unknown parameter 'tmax'", "did you mean 't_max'"]),
        ((STEIN, "--set", "t_max=soon"), ["--set needs a number; received t_max=soon"]),
        ((STEIN, "--set", "t_max"), ["--set needs NAME=VALUE"]),
        ((STEIN, "--set", "t_max=3", "--set", "t_max=4"), ["given twice for 't_max'"]),
        (
            (STEIN, "--set", "k_decline_fast=-1"),
            ["the rate 'k_decline_fast' is out of range; received -1 1/day"],
        ),
        (("oral.model", "--set", "k=nan"), ["the rate 'k' is out of range; received nan"]),
        ((STEIN, "--times", "0,7,3"), ["--times are not sorted; received 7 before 3"]),
        ((STEIN, "--times", "5:0:1"), ["--times cannot be read"]),
        ((STEIN, "--times", "-3,5"), ["--times begin before the start"]),
        ((STEIN, "--rtol", "7"), ["rtol is out of range; received 7.0; allowed: 1e-13 to 0.1"]),
        ((STEIN, "--atol", "-1"), ["the option atol is out of range"]),
        ((STEIN, "--max-steps", "0"), ["the option max_steps is out of range"]),
        ((STEIN, "--method", "magic"), ["the option method is out of range"]),
        ((STEIN, "--backend", "rk4"), ["unknown backend 'rk4'; allowed: cpu, cuda, reference"]),
        ((STEIN, "--out", "no/courses.csv"), ["no such folder to write to; received no"]),
        ((STEIN, "--out", "courses.xlsx"), ["the ending does not say what to write"]),
        ((STEIN, "--plot", "courses.png"), ["a figure is written as SVG"]),
        ((STEIN, "--plot", "no/courses.svg"), ["no such folder to write to"]),
        ((STEIN, "--output", "transgne"), ["unknown output 'transgne'", "did you mean"]),
        ((STEIN, "--sensitivity", "eta_tmax"), ["unknown parameter or random effect"]),
        ((STEIN, "--dose", "100"), ["has no state that doses enter"]),
        (("oral.model", "--dose", "-4"), ["the amount of a dose cannot be used; received -4"]),
        ((STEIN, "--seed", "-1"), ["the seed is out of range"]),
        ((STEIN, "--dose-parameter", "lag:x=y"), ["--dose-parameter needs a table"]),
        (("oral.model", "--choice", "a=b"), ["a model file has no choices"]),
        (
            ("oral.model", "--doses", "bad.csv"),
            ["bad.csv:2:14 (RATE): the rate is negative", "bad.csv:4:4 (TIME): the records"],
        ),
        (("oral.model", "--doses", "dose_only.csv"), ["no samples (EVID 0)"]),
        (("oral.model", "--doses", "doses.csv", "--dose", "3"), ["a --dose and a table"]),
        (("oral.model", "--doses", "doses.csv", "--patients", "7"), ["does not fit the table"]),
        (
            ("oral.model", "--doses", "doses.csv", "--dose-parameter", "lag=y"),
            ["--dose-parameter cannot be read"],
        ),
        (
            ("oral.model", "--doses", "doses.csv", "--dose-parameter", "lag:dpot=k"),
            ["unknown state 'dpot'"],
        ),
    ],
)
def test_faults_are_told_and_nothing_is_written(
    leucel: Command, folder: Path, arguments: tuple[str, ...], said: list[str]
) -> None:
    syntax = MODEL.replace("= -ka*depot\n", "= -ka*depot*)\n")
    units = MODEL.replace("- k*central", "- k*t")
    (folder / "syntax.model").write_text(syntax, encoding="utf-8")
    (folder / "units.model").write_text(units, encoding="utf-8")
    (folder / "bad.csv").write_text(
        "ID,TIME,EVID,AMT,CMT,RATE\np1,0,1,100,1,-5\np1,3,0,,2,\np1,2,0,,2,\n", encoding="utf-8"
    )
    (folder / "dose_only.csv").write_text("ID,TIME,AMT\np1,0,100\n", encoding="utf-8")
    before = sorted(path.name for path in folder.iterdir())
    wanted = () if "--out" in arguments else ("--out", "courses.csv")
    done = leucel("simulate", *arguments, *wanted)
    assert done.code == 2
    assert done.out == ""
    for text in said:
        assert text in done.err
    assert done.err.count("problem") == 1
    assert sorted(path.name for path in folder.iterdir()) == before


def test_all_faults_are_told_together(leucel: Command) -> None:
    done = leucel(
        *("simulate", STEIN, "--set", "tmax=3", "--times", "3,2", "--rtol", "9"),
        *("--out", "no/x.csv", "--output", "y", "--plot", "x.png"),
    )
    assert done.code == 2
    assert "6 problems with the input" in done.err


def test_a_single_patient_who_fails_ends_the_command(leucel: Command, folder: Path) -> None:
    arguments = ("simulate", "oral.model", "--dose", "5", "--max-steps", "3", "--out", "x.csv")
    done = leucel(*arguments)
    assert done.code == 1
    assert "the limit of steps was reached" in done.err
    assert not list(folder.glob("*x.csv*"))
    many = leucel(*arguments, "--patients", "3", "--json")
    assert many.code == 0
    (row,) = json.loads(many.out)["failures"]
    assert row["status"] == "MAX_STEPS"
    assert row["subjects"] == 3
    assert set(pd.read_csv(folder / "x.csv").status) == {"MAX_STEPS"}


def test_a_missing_dose_is_told(leucel: Command, folder: Path) -> None:
    assert "no dose was given" in leucel("simulate", "oral.model").out
    assert "no dose was given" not in leucel("simulate", "oral.model", "--dose", "1").out
    assert "no dose was given" not in leucel("simulate", STEIN).out
