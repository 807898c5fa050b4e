"""`leucel screen`: a table and criteria in, ranks and a figure out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

TABLE = """candidate,measure,value
A,killing,70
A,killing,74
A,tonic,8
A,tonic,9
B,killing,60
B,killing,62
B,tonic,5
B,tonic,6
C,killing,90
C,killing,92
C,tonic,33
C,tonic,35
"""
CRITERIA = """
[[criteria]]
name = "killing"
goal = "larger"
low = 20
high = 80
weight = 2

[[criteria]]
name = "tonic"
goal = "smaller"
low = 5
high = 30
gate = true

[scenarios."quiet first"]
tonic = 9
"""


def test_candidates_are_ranked_and_drawn(leucel: Callable[..., object], tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    (tmp_path / "c.toml").write_text(CRITERIA)
    done = leucel("screen", "t.csv", "c.toml", "--out", "s.svg", "--draws", "200", "--json")
    assert done.code == 0, done.err
    data = json.loads(done.out)
    assert [(r["name"], r["rank"]) for r in data["candidates"]] == [("A", 1), ("B", 2), ("C", None)]
    assert data["candidates"][2]["failed_gates"] == ["tonic"]
    assert data["scenarios"][0]["first"] == "B"
    assert "first, top 3" in (tmp_path / "s.svg").read_text()
    assert leucel("screen", "t.csv", "c.toml", "--draws", "50").code == 0


@pytest.mark.parametrize(
    ("table", "criteria", "message"),
    [
        (TABLE.replace("B,killing,62", "B,killing,high"), CRITERIA, "t.csv:7: a measurement"),
        (TABLE.replace("candidate,", "name,"), CRITERIA, "t.csv:1: the table lacks columns"),
        (TABLE.replace("C,tonic,33\nC,tonic,35\n", ""), CRITERIA, "no usable value of 'tonic'"),
        (TABLE, CRITERIA.replace("goal =", "gaol ="), "unknown key 'gaol'"),
        (TABLE, CRITERIA.replace("high = 30", 'high = "x"'), "a criterion is not complete"),
        (TABLE, CRITERIA.replace("tonic = 9", "tnic = 9"), "unknown criterion 'tnic'"),
        (TABLE, CRITERIA.replace("gate = true", "gate = '>= 3'"), "a gate is true or false"),
        (TABLE, "", "there are no criteria"),
        (TABLE, "[[", "the criteria are no TOML"),
    ],
)
def test_faults_are_named(
    leucel: Callable[..., object], tmp_path: Path, table: str, criteria: str, message: str
) -> None:
    (tmp_path / "t.csv").write_text(table)
    (tmp_path / "c.toml").write_text(criteria)
    done = leucel("screen", "t.csv", "c.toml")
    assert done.code == 2
    assert message in done.err


def test_a_file_that_is_no_text_is_said_so(leucel: Callable[..., object], tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "c.toml").write_text(CRITERIA)
    done = leucel("screen", "t.csv", "c.toml")
    assert done.code == 2
    assert "the file is no text" in done.err
