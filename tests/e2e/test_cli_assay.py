"""`leucel assay`: fits from files, figures, one panel for what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

KILLING = "product,ratio,lysis\n" + "".join(
    f"A,{x},{y}\n"
    for x, y in ((0.1, 6), (0.1, 8), (0.3, 20), (1, 45), (3, 70), (10, 84), (30, 88), (30, 90))
)
WELLS = "well,effectors,time,tumor\n" + "".join(
    f"W{e},{e},{t},{x}\n"
    for e, xs in (
        (0, (1.0, 1.6, 2.4, 3.3, 4.0, 4.5)),
        (0.5, (1.0, 0.9, 0.8, 0.7, 0.62, 0.55)),
        (1.0, (1.0, 0.6, 0.38, 0.25, 0.17, 0.12)),
    )
    for t, x in zip((0, 12, 24, 36, 48, 60), xs, strict=True)
)
MICE = "group,mouse,day,volume,died\n" + "".join(
    f"{g},{m},{d},{v},{int(g == 'PBS' and d == 14)}\n"
    for g, k in (("PBS", 2.0), ("CAR", 1.1))
    for m in (1, 2, 3)
    for d, v in ((0, 100 + m), (7, 100 * k + 3 * m), (14, 100 * k * k - 2 * m))
)


@pytest.mark.parametrize(
    ("command", "text", "more"),
    [
        ("killing", KILLING, ()),
        ("dynamics", WELLS, ("--unit", "h")),
        ("xenograft", MICE, ("--control", "PBS", "--curve", "exponential")),
    ],
)
def test_a_file_gives_a_table_a_figure_and_json(
    leucel: Callable[..., object], tmp_path: Path, command: str, text: str, more: tuple[str, ...]
) -> None:
    (tmp_path / "t.csv").write_text(text)
    done = leucel("assay", command, "t.csv", *more, "--out", "f.svg", "--json")
    assert done.code == 0, done.err
    data = json.loads(done.out)
    assert data["file"] == "f.svg"
    assert "<svg" in (tmp_path / "f.svg").read_text()
    assert leucel("assay", command, "t.csv", *more).code == 0
    if command == "killing":
        assert 0.8 < data["products"][0]["estimates"]["ec50"]["value"] < 1.4
    elif command == "dynamics":
        assert data["products"][0]["half_kill"][1]["time"] < 24
    else:
        assert data["contrasts"][0]["growth_ratio"] < 0.3
        assert data["contrasts"][0]["p_value"] < 0.05


def test_what_is_wrong_is_one_panel_and_nothing_is_written(
    leucel: Callable[..., object], tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text("product,ratio,lysis\nA,1,ten\nA,2,x\n")
    done = leucel("assay", "killing", "t.csv", "--out", "f.svg")
    assert done.code == 2
    assert "2 problems with the input" in done.err
    assert "t.csv:2" in done.err
    assert not (tmp_path / "f.svg").exists()
    assert leucel("assay", "killing", "none.csv").code == 2
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    assert "the file is no text" in leucel("assay", "killing", "b.csv").err
    (tmp_path / "m.csv").write_text(MICE)
    assert "unknown group" in leucel("assay", "xenograft", "m.csv", "--control", "PSB").err
