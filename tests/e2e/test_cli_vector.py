"""`leucel vector`, `release`, `identity`: copies, lots judged, labels checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

LOTS = """lot,car_share,copies_per_car_cell,viability,cd3_purity,moi
01,0.26,1.45,0.90,0.99,2
02,0.35,1.60,0.75,0.97,4
03,0.18,1.30,0.85,0.95,1
"""


def test_the_poisson_table_is_within_reach(leucel: Callable[..., object]) -> None:
    done = leucel("vector", "copies", "--json")
    rows = {round(row["car_percent"]): row for row in json.loads(done.out)["laws"]}
    # The printed table: copies per CAR+ cell, and percent with five or more.
    for share, copies, five in (
        (20, 1.12, 0.0),
        (50, 1.39, 0.15),
        (80, 2.01, 3.0),
        (90, 2.56, 9.3),
    ):
        assert rows[share]["copies_per_car_cell"] == pytest.approx(copies, abs=0.005)
        assert rows[share]["five_or_more"] == pytest.approx(five, abs=0.06)
    assert rows[50]["per_genome"] == rows[50]["copies_per_cell"] / 2


def test_laws_that_meet_a_lot_stand_beside_the_limits(leucel: Callable[..., object]) -> None:
    data = json.loads(
        leucel("vector", "copies", "--car-share", "0.26", "--copies", "1.45", "--json").out
    )
    laws = {row["law"]: row for row in data["laws"]}
    assert laws["zero-inflated poisson"]["copies_per_car_cell"] == pytest.approx(1.45)
    assert laws["poisson"]["copies_per_car_cell"] == pytest.approx(1.16, abs=0.005)
    assert {row["jurisdiction"] for row in data["limits"]} == {"EU", "US"}
    assert all(row["mark"] for row in data["limits"] if row["limit"] is not None)
    refused = leucel("vector", "copies", "--moi", "5")
    assert refused.code == 2
    assert "needs an uptake curve" in refused.err
    few = leucel("vector", "copies", "--car-share", "0.9", "--copies", "1.1")
    assert "cannot have so few copies" in few.err


def test_lots_of_a_user_are_fitted(leucel: Callable[..., object], tmp_path: Path) -> None:
    (tmp_path / "lots.csv").write_text(LOTS)
    data = json.loads(leucel("vector", "fit", "lots.csv", "--json").out)
    assert {row["law"] for row in data["laws"]} >= {"poisson", "negative binomial"}
    assert data["laws"][0]["error"] < data["laws"][-1]["error"]
    assert data["uptake"]["most"] > 0
    assert leucel("vector", "fit", "lots.csv").code == 0
    # The same lots over all cells, by haploid genome, and as counts of a digital PCR.
    forms = {
        "copies_per_cell": ("0.377", ()),
        "copies_per_cell ": ("0.1885", ("--per", "haploid")),
        "vector,reference": ("1885,10000", ()),
    }
    for head, (value, more) in forms.items():
        (tmp_path / "one.csv").write_text(f"lot,car_share,{head.strip()}\n01,0.26,{value}\n")
        lot = json.loads(leucel("vector", "fit", "one.csv", *more, "--json").out)["lots"][0]
        assert lot["measured"] == pytest.approx(1.45, abs=0.001)


def test_a_share_in_percent_is_asked_about(leucel: Callable[..., object], tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("lot,car_share,copies_per_cell\n01,26,0.4\n02,0.3,\n")
    done = leucel("vector", "fit", "bad.csv")
    assert done.code == 2
    assert "2 problems with the input" in done.err
    assert "0.26?" in done.err


def test_lots_are_held_against_a_specification(
    leucel: Callable[..., object], tmp_path: Path
) -> None:
    (tmp_path / "lots.csv").write_text(LOTS)
    done = leucel("release", "lots.csv", "--json")
    assert done.code == 1
    data = json.loads(done.out)
    assert [lot["fails"] for lot in data["lots"]] == [[], ["viability"], []]
    assert data["not_measured"] == ["endotoxin"]
    # What nobody measured does not pass.
    assert [lot["verdict"] for lot in data["lots"]] == ["incomplete", "fails", "incomplete"]
    assert not any(lot["passes"] for lot in data["lots"])
    (tmp_path / "gap.csv").write_text("lot,viability,car_share\n01,0.9,0.3\n02,,0.05\n")
    gap = json.loads(leucel("release", "gap.csv", "--json").out)["lots"]
    assert gap[1]["fails"] == ["car_share"]
    assert "viability" in gap[1]["missing"]
    assert "viability" not in gap[0]["missing"]
    (tmp_path / "odd.csv").write_text("lot,viability,endotoxin\n01,90,-1\n02,1.2,0.1\n")
    odd = leucel("release", "odd.csv")
    assert odd.code == 2
    assert "3 problems" in odd.err
    assert "did you mean 0.9?" in odd.err
    own = '[[tests]]\nattribute = "viability"\noperator = ">="\nlimit = 0.7\nunit = ""\n'
    (tmp_path / "own.toml").write_text(own)
    assert leucel("release", "lots.csv", "--specification", "own.toml").code == 0
    (tmp_path / "own.toml").write_text(own.replace(">=", "=>"))
    assert (
        "a test is not complete" in leucel("release", "lots.csv", "--specification", "own.toml").err
    )
    assert "did you mean" in leucel("release", "lots.csv", "--specification", "ARI-001").err


def test_labels_are_checked(leucel: Callable[..., object]) -> None:
    data = json.loads(leucel("identity", "G123 498 654 321", "H", "--json").out)
    assert data["check_character"] == "H"
    assert data["barcode_flag"] == 77
    assert leucel("identity", "G123498654321").code == 0
    wrong = leucel("identity", "G123498654312", "H")
    assert wrong.code == 2
    assert "one character is wrong or two are swapped" in wrong.err
