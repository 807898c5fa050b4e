"""A construct from its file to GenBank, checks and drawings, and every bad input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("dnachisel", reason="extra construct is not installed")
pytest.importorskip("immunum", reason="extra construct is not installed")

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "adalimumab_car.toml"


def test_the_demonstration_goes_from_file_to_genbank_and_back(
    leucel: Callable[..., object], tmp_path: Path
) -> None:
    made = leucel("construct", "design", str(EXAMPLE), "--out", "car.gb", "--json")
    assert made.code == 0, made.err
    design = json.loads(made.out)
    assert (design["residues"], design["nucleotides"], design["clean"]) == (487, 1464, True)
    checked = leucel("construct", "check", "car.gb", "--json")
    assert checked.code == 0
    found = json.loads(checked.out)
    assert found["explained_share"] == 1.0
    verdicts = {row["check"]: row["verdict"] for row in found["findings"]}
    assert verdicts["translation"] == "ok"
    assert [d["germline"] for d in found["variable_domains"]] == ["IGKV1-27", "IGHV3-9"]
    assert {row["what"] for row in found["not_computed"]}
    for view in ("map", "membrane"):
        assert leucel("construct", "draw", "car.gb", "--view", view).code == 0
    assert "<svg" in (tmp_path / "car-construct.svg").read_text()
    assert "<svg" in (tmp_path / "car-membrane.svg").read_text()
    assert leucel("construct", "check", str(EXAMPLE)).code == 0


def test_a_protein_is_written_without_codon_search(
    leucel: Callable[..., object], tmp_path: Path
) -> None:
    assert leucel("construct", "design", str(EXAMPLE), "--out", "car.faa").code == 0
    assert (tmp_path / "car.faa").read_text().startswith(">adalimumab CAR\nMALPVTALLL")
    short = tmp_path / "short.faa"
    short.write_text(">short\nM" + "GGGGSTPAPR" * 9 + "\n")
    assert leucel("construct", "design", "short.faa", "--out", "short.nt").code == 0
    assert "sbols.org/v3#Component" in (tmp_path / "short.nt").read_text()
    assert leucel("construct", "design", "short.faa", "--out", "short.fasta").code == 0
    refused = leucel("construct", "design", str(EXAMPLE), "--out", "car.doc")
    assert refused.code == 2
    assert "does not say what to write" in refused.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("design", str(EXAMPLE), "--species", "klingon", "--out", "n.gb"), "unknown codon table"),
        (("design", str(EXAMPLE), "--seed", "-3", "--out", "n.gb"), "the seed is out of range"),
        (("draw", str(EXAMPLE), "--out", "n.png"), "a figure is written as SVG"),
    ],
)
def test_an_option_that_cannot_be_used_leaves_nothing(
    leucel: Callable[..., object], tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    done = leucel("construct", *words)
    assert done.code == 2
    assert message in done.err
    assert not list(tmp_path.glob("n.*"))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.fasta", "MALXZ", "2 letter(s) are no amino acid"),
        ("a.fasta", "M" * 10_000, "too long for one receptor"),
        ("a.faa", "ATGGCC" * 20, "these are nucleotides, not amino acids"),
        ("a.fna", "MALPVTALLLPLALLLHAARP" * 3, "these are amino acids, not nucleotides"),
        ("a.gb", "LOCUS       a   60 bp    DNA\nORIGIN\n        1 atggcc\n", "the file is cut off"),
        ("a.toml", "name = 'a'\n[[parts]]\nrole = 'hinge'\nname = 'CD8a'\n", "there is no binder"),
    ],
)
def test_bad_input_is_one_message_and_ends_with_2(
    leucel: Callable[..., object], tmp_path: Path, name: str, text: str, message: str
) -> None:
    (tmp_path / name).write_text(text)
    done = leucel("construct", "check", name)
    assert done.code == 2, done.out
    assert "1 problem with the input" in done.err
    assert message in done.err


def test_a_problem_of_the_receptor_ends_with_1(
    leucel: Callable[..., object], tmp_path: Path
) -> None:
    (tmp_path / "part.fasta").write_text("MALPVTALLLPLALLLHAARPTTTPAPRPPTPAPTIASQPLSLRPEACRPAAGG\n")
    assert leucel("construct", "check", "part.fasta").code == 1
    assert leucel("construct", "draw", "eque-cel", "--view", "top").code == 2
