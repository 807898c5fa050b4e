"""`leucel models`: the list, a card, files out, and SBML in."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leucel.library import catalog
from leucel.model import read_model

Command = Callable[..., Any]
SINGH = "singh_2021_idecabtagene"


def test_the_list_names_what_is_there_and_what_is_not(leucel: Command) -> None:
    done = leucel("models")
    assert done.code == 0
    for card in catalog():
        assert card.id in done.out
    assert "closed" in done.out
    assert "because this is missing" in done.out
    rows = json.loads(leucel("models", "--json").out)
    absent = [row for row in rows if row["status"] == "absent"]
    assert len(rows) - len(absent) == len(catalog())
    assert all(row["missing"] and row["id"] is None for row in absent)
    assert next(row for row in rows if row["id"] == SINGH)["states"] == 8


def test_the_list_breaks_no_word_of_a_narrow_screen(
    leucel: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    words = set(leucel("models").out.split())
    for card in catalog():
        assert {card.id, *card.product.split(), *card.target.split()} <= words


def test_a_card_has_equations_and_a_picture_in_the_terminal(leucel: Command) -> None:
    out = leucel("models", SINGH).out
    assert "d/dt tumor = k_growth*tumor - kill" in out
    assert any("⠀" < c <= "⣿" for c in out)
    assert "a dose enters: effector_blood" in out
    shown = json.loads(leucel("models", "li_2025_modakafusp", "--json").out)
    assert shown["model"]["correlations"][0]["first"] == "k_kill_max"


def test_a_model_leaves_and_comes_back(leucel: Command, tmp_path: Path) -> None:
    pytest.importorskip("libsbml")
    done = leucel("models", SINGH, "--sbml", "s.xml", "--plot", "s.svg", "--choice",
                  "extinction=none")  # fmt: skip
    assert done.code == 0, done.err
    ElementTree.parse(tmp_path / "s.svg")
    done = leucel("models", "import", "s.xml", "--out", "s.txt", "--json")
    told = json.loads(done.out)
    assert (told["states"], told["events"], told["unit_faults"]) == (8, 0, 0)
    assert read_model(tmp_path / "s.txt").name == SINGH
    assert leucel("models", "import", "s.xml").out == (tmp_path / "s.txt").read_text()


def test_text_and_antimony_go_to_the_screen_or_a_file(leucel: Command, tmp_path: Path) -> None:
    out = leucel("models", SINGH, "--text").out
    assert read_model(out).name == SINGH
    assert leucel("models", SINGH, "--antimony", "--out", "s.ant").code == 0
    assert "tumor' = k_growth*tumor - kill;" in (tmp_path / "s.ant").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("singh_2021_idecabtagen",), "did you mean 'singh_2021_idecabtagene'"),
        ((SINGH, "--choice", "extinction=nobody"), "unknown option of extinction"),
        ((SINGH, "--choice", "extinction"), "NAME=OPTION"),
        ((SINGH, "--text", "--antimony"), "take one"),
        ((SINGH, "--out", "x"), "--sbml FILE"),
        ((SINGH, "--plot", "x.png"), ".svg"),
        ((SINGH, "other.xml"), "leucel models import"),
        (("--text",), "needs a model"),
        (("import",), "no file to import"),
        (("import", "a.xml", "--antimony", "--sbml", "b.xml"), "--antimony, --sbml has no meaning"),
        (("stein_2019_tisagenlecleucel", "--sbml", "x.xml"), "closed form"),
    ],
)
def test_bad_input_is_told_and_leaves_nothing(
    leucel: Command, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = leucel("models", *arguments)
    assert done.code == 2
    assert words in done.err
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_sbml_is_told_with_its_line(leucel: Command, tmp_path: Path) -> None:
    pytest.importorskip("libsbml")
    (tmp_path / "bad.xml").write_text("<sbml>")
    done = leucel("models", "import", "bad.xml", "--out", "model.txt")
    assert done.code == 2
    assert "bad.xml" in done.err
    assert not (tmp_path / "model.txt").exists()
    assert leucel("models", "import", "absent.xml").code == 2


def test_extinction_tells_shares_and_days(leucel: Command) -> None:
    done = leucel("extinction", "--n", "40", "--days", "100", "--json")
    told = json.loads(done.out)
    assert told["status"] == {"OK": 40}
    assert 0 < told["cured"]["count"] < 40
    assert told["progressed"]["day_50"] is None
    assert leucel("extinction", "--n", "5", "--days", "20").code == 0
    done = leucel("extinction", "--variation", "3", "--days", "-1")
    assert done.code == 2
    assert "2 problems" in done.err
