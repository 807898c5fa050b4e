"""`leucel manufacture`: lots with causes, times, what if, a site, files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path


def test_lots_of_a_programme(leucel: Callable[..., object], tmp_path: Path) -> None:
    done = leucel("manufacture", "eque-cel", "--patients", "300", "--out", "lots", "--json")
    assert done.code == 0, done.err
    data = json.loads(done.out)
    assert data["patients"] == 300
    assert set(data["causes_percent_of_lots"]) >= {"terminated", "low dose", "viability"}
    assert data["numbers"]["copies_per_car_cell"]["median"] > 1.0
    assert data["vein_to_vein_days"]["q1"] < data["vein_to_vein_days"]["q3"]
    assert {row["outcome"] for row in data["sensitivity"]} >= {"median_days", "median_copies"}
    assert all(row["mark"] for row in data["assumptions"])
    assert len((tmp_path / "lots" / "lots.csv").read_text().splitlines()) == 301
    assert "<svg" in (tmp_path / "lots" / "sensitivity.svg").read_text()


def test_a_change_of_the_process_is_seen(leucel: Callable[..., object]) -> None:
    base = json.loads(leucel("manufacture", "eque-cel", "--patients", "100", "--json").out)
    options = ("--patients", "100", "--change", "make=5", "--json")
    short = json.loads(leucel("manufacture", "eque-cel", *options).out)
    saved = base["vein_to_vein_days"]["median"] - short["vein_to_vein_days"]["median"]
    assert 6.0 < saved < 10.0
    wrong = leucel("manufacture", "eque-cel", "--change", "make=fast")
    assert wrong.code == 2
    assert "for example make=9" in wrong.err
    alone = leucel("manufacture", "eque-cel", "--test-places", "2")
    assert alone.code == 2
    assert "places of testing need a site" in alone.err


def test_a_site_with_slots(leucel: Callable[..., object]) -> None:
    options = ("--patients", "60", "--slots", "2", "--per-week", "3")
    done = leucel("manufacture", "eque-cel", *options, "--json")
    assert json.loads(done.out)["site"]["percent_waiting"] > 50
    assert leucel("manufacture", "eque-cel", *options).code == 0
