"""The single commands: each alone, in words and as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from leucel.apps.cli.main import app

Command = Callable[..., Any]

# Every command that the design promises for this stage.
COMMANDS = (
    "run",
    "validate",
    "new",
    "schema",
    "trial",
    "calibrate",
    "prevalence",
    "designate",
    "routes",
    "models",
    "simulate",
    "nca",
    "construct",
    "doctor",
)
# `leucel --help` without the rooms below takes a quarter of a second on an idle machine; a busy
# one is given time, but loading a scientific library (a second and more) still fails.


def test_the_commands_are_those_promised() -> None:
    names = {command.callback.__name__ for command in app.registered_commands if command.callback}
    groups = {group.name for group in app.registered_groups}
    assert set(COMMANDS) <= names | groups


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_an_example(leucel: Command, command: str) -> None:
    done = leucel(command, "--help")
    assert done.code == 0
    if command != "construct":
        assert f"Example: leucel {command}" in done.out


def test_help_loads_no_room() -> None:
    code = (
        "import sys; from leucel.apps.cli.main import app; "
        "print([m for m in ('numpy', 'pandas', 'sympy', 'pydantic', 'leucel.core') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_version(leucel: Command) -> None:
    from leucel import __version__

    assert leucel("--version").out.strip() == f"leucel {__version__}"


def test_validate_says_what_is_wrong_and_where(leucel: Command, tmp_path: Path) -> None:
    text = (resources.files("leucel") / "programmes" / "eque_cel.toml").read_text("utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text.replace("patients = 1000", "patient = 1000\nmonths = 0", 1))
    done = leucel("validate", str(path))
    assert done.code == 2
    line = text[: text.index("patients = 1000")].count("\n") + 1
    assert f"mine.toml:{line}:" in done.err or "no valid TOML" in done.err


def test_validate_as_json(leucel: Command, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[programme]\nid = 'x'\ntitel = 'y'\nschema_version = 1\n")
    done = leucel("validate", str(path), "--json")
    assert done.code == 2
    data = json.loads(done.out)
    assert data["valid"] is False
    titel = next(p for p in data["problems"] if "titel" in p["what"])
    assert (titel["where"]["line"], titel["where"]["column"]) == (3, 1)


def test_a_new_file_is_valid_and_lists_its_gaps(leucel: Command, tmp_path: Path) -> None:
    assert leucel("new", "my-cel").code == 0
    done = leucel("validate", "my-cel.toml", "--json")
    assert done.code == 0, done.err
    data = json.loads(done.out)
    assert data["what"] == "programme"
    text = (tmp_path / "my-cel.toml").read_text().splitlines()
    assert len(data["gaps"]) > 10
    assert all("REPLACE" in text[gap["line"] - 1] for gap in data["gaps"])
    assert leucel("new", "my-cel").code == 1  # it is there already
    assert leucel("new", "my cel").code == 2


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("study.csv", "id,time,value\n1,0,10\n1,1,20\n", 0),
        ("study.csv", "id,time,value\n1,0,ten\n", 2),
        ("car.fasta", ">car\nMALPVTALLLPLALLLHAARP\n", 0),
        ("car.fasta", ">car\nMALP123\n", 2),
        ("notes.xyz", "something", 2),
    ],
)
def test_validate_knows_other_files(
    leucel: Command, tmp_path: Path, name: str, text: str, code: int
) -> None:
    (tmp_path / name).write_text(text)
    assert leucel("validate", name).code == code


def test_validate_of_a_file_that_is_not_there(leucel: Command) -> None:
    for name in ("nothing.toml", "nothing.csv", "nothing.xyz"):
        done = leucel("validate", name)
        assert done.code in (1, 2)
        assert "nothing" in done.err


def test_the_schema_is_the_committed_one(leucel: Command, tmp_path: Path) -> None:
    committed = resources.files("leucel") / "programmes" / "programme.schema.json"
    assert leucel("schema", "--out", "schema.json").code == 0
    written = (tmp_path / "schema.json").read_text()
    assert written == committed.read_text("utf-8"), (
        "run: leucel schema --out src/leucel/programmes/programme.schema.json"
    )


def test_models(leucel: Command) -> None:
    rows = json.loads(leucel("models", "--json").out)
    assert {"singh_2021_idecabtagene", "stein_2019_tisagenlecleucel"} <= {r["id"] for r in rows}
    card = json.loads(leucel("models", "singh_2021_idecabtagene", "--json").out)
    assert card["card"]["source"]["doi"] == "10.1002/psp4.12598"
    assert leucel("models", "singh_2021_idecabtagene").code == 0
    done = leucel("models", "singh_2021")
    assert done.code == 2
    assert "did you mean" in done.err


def test_simulate(leucel: Command, tmp_path: Path) -> None:
    done = leucel(
        *("simulate", "stein_2019_tisagenlecleucel", "--n", "20", "--times", "0:28:7"),
        *("--seed", "3", "--out", "courses.csv", "--json"),
    )
    assert done.code == 0, done.err
    data = json.loads(done.out)
    assert data["subjects"] == 20
    assert [row["time"] for row in data["quantiles"]] == [0, 7, 14, 21, 28]
    assert (tmp_path / "courses.csv").read_text().count("\n") == 20 * 5 + 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("--times", "5:0:1"),
        ("--times", "a:b:c"),
        ("--set", "t_max"),
        ("--set", "t_max=soon"),
        ("--set", "tmax=3"),
        ("--choice", "random_effects=guess"),
        ("--out", "courses.xlsx"),
    ],
)
def test_simulate_refuses(leucel: Command, arguments: tuple[str, ...]) -> None:
    assert leucel("simulate", "stein_2019_tisagenlecleucel", "--n", "1", *arguments).code == 2


def test_nca(leucel: Command, tmp_path: Path) -> None:
    rows = "\n".join(
        f"1,{day},{value}"
        for day, value in zip(
            (0, 2, 4, 6, 8, 10, 14, 21, 28),
            (5, 40, 320, 2560, 9000, 8000, 4000, 1200, 360),
            strict=True,
        )
    )
    (tmp_path / "study.csv").write_text(f"id,time,value\n{rows}\n")
    data = json.loads(leucel("nca", "study.csv", "--lloq", "50", "--json").out)
    found = {row["parameter"]: row for row in data}
    assert set(data[0]) == {"id", "parameter", "value", "unit", "reason"}
    assert found["tmax"]["value"] == 8.0
    assert 3.5 < found["half_life"]["value"] < 4.5  # the last samples fall from 4000 to 360 in 14 d
    assert leucel("nca", "study.csv").code == 0


def test_trial(leucel: Command, tmp_path: Path) -> None:
    options = ("--patients", "20", "--months", "6")
    done = leucel("trial", "eque-cel", *options, "--out", "patients.parquet", "--json")
    assert done.code == 0, done.err
    data = json.loads(done.out)
    assert data["trial"]["patients"] == 20
    assert data["kinetics"]["lloq"] == 50.0
    assert (tmp_path / "patients.parquet").exists()
    assert leucel("trial", "eque-cel", "--patients", "0").code == 2


def test_calibrate_needs_something_to_move(leucel: Command, tmp_path: Path) -> None:
    assert leucel("new", "my-cel").code == 0
    done = leucel("calibrate", "my-cel.toml", "--part", "response")
    assert done.code == 2
    assert "adjustable" in done.err


def test_calibrate(leucel: Command) -> None:
    done = leucel("calibrate", "eque-cel", "--part", "kinetics", "--patients", "200", "--json")
    assert done.code == 0, done.err
    data = json.loads(done.out)
    assert data["converged"] is True
    assert set(data["values"]) == {"kinetics.k_decline_slow"}


def test_prevalence(leucel: Command, tmp_path: Path) -> None:
    data = json.loads(leucel("prevalence", "eque-cel", "-j", "SA", "--json").out)
    measures = {row["measure"] for row in data["epidemiology"] if row["jurisdiction"] == "SA"}
    assert {"incidence_cases", "prevalence_5y", "eligible_flow"} <= measures
    (tmp_path / "table.csv").write_text("iso3,new_cases\nSAU,300\n")
    done = leucel("prevalence", "eque-cel", "-j", "SA", "--table", "table.csv", "--json")
    rows = json.loads(done.out)["epidemiology"]
    assert any(row["value"] == 300 for row in rows)
    assert leucel("prevalence", "eque-cel", "-j", "Atlantis").code == 2


def test_designate(leucel: Command) -> None:
    options = ("-j", "SA", "--as-of", "2025-05-09")
    done = leucel("designate", "eque-cel", *options, "--json")
    (row,) = json.loads(done.out)["designation"]
    assert (row["rule_id"], row["threshold"], row["verdict"]) == ("SA-ODD-THR-01", 5.0, "met")
    assert "met" in leucel("designate", "eque-cel", *options).out
    assert leucel("designate", "eque-cel", "--as-of", "2025-02-30").code == 2


def test_routes(leucel: Command) -> None:
    options = ("-j", "SA", "--from", "2025-05-09")
    rows = json.loads(leucel("routes", "eque-cel", *options, "--json").out)["routes"]
    clocks = {row["route"]: row["clock"] for row in rows}
    assert clocks["regular"] == 405
    assert clocks["priority"] == 243
    assert leucel("routes", "eque-cel", *options).code == 0


def test_construct(leucel: Command, tmp_path: Path) -> None:
    data = json.loads(leucel("construct", "check", "eque-cel", "--json").out)
    assert [part["role"] for part in data["parts"]][-1] == "signaling"
    assert leucel("construct", "draw", "eque-cel", "--out", "car.svg").code == 0
    assert "<svg" in (tmp_path / "car.svg").read_text()
    (tmp_path / "car.fasta").write_text(">x\nAAATTTPAPRPPTPAPTIASQPLSLRPEACRPAAGGAVHTRGLDFACD\n")
    found = json.loads(leucel("construct", "check", "car.fasta", "--json").out)
    assert found["segments"][-1]["name"] == "CD8A_hinge"


def test_doctor(leucel: Command) -> None:
    done = leucel("doctor", "--json")
    assert done.code == 0, done.out
    data = json.loads(done.out)
    assert data["ok"] is True
    assert {"python", "processor", "GPU", "self-test"} <= {
        check["check"] for check in data["checks"]
    }


def test_doctor_solves_a_patient_on_a_gpu(leucel: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    import leucel.compile as room
    from leucel.compile.backends import cuda, cuda_devices

    gpu = room.Gpu(name="Stand-in", capability=(9, 0), memory=80 << 30, driver=(12, 8))
    monkeypatch.setattr(room, "find_gpu", lambda: gpu)
    monkeypatch.setattr(cuda, "device_of", lambda _: cuda_devices.HostDevice())
    done = leucel("doctor", "--json")
    assert done.code == 0, done.out
    found = {check["check"]: check["found"] for check in json.loads(done.out)["checks"]}
    assert found["GPU"] == "Stand-in, compute capability 9.0, 80 GiB, driver for CUDA 12.8"
    assert "24,000 copies/ug" in found["self-test on the GPU"]


def test_a_fault_is_a_panel_without_a_traceback(
    leucel: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    import leucel.programme as room

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(room, "read_programme", broken)
    done = leucel("run", "eque-cel")
    assert done.code == 1
    assert "A fault in leucel" in done.err
    assert "Traceback" not in done.err
