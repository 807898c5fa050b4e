"""Checks of a coding sequence."""

from __future__ import annotations

import random

import pytest

from leucel.core import InputError
from leucel.product import (
    DnaRules,
    Finding,
    Verdict,
    check_dna,
    codon_adaptation,
    find_coding_sequence,
)

QUIET = "GCTGACAGCCTG"  # no motif, no run, GC 7 of 12


def checks(middle: str, **more: str) -> dict[str, Finding]:
    coding = find_coding_sequence("ATG" + "GCA" * 70 + middle + "TAA")
    found = check_dna(coding, rules=DnaRules(repeat=12), **more)
    return {finding.check: finding for finding in found}


@pytest.mark.parametrize(
    ("check", "middle", "message"),
    [
        ("poly(A) signal", "GGAATAAAG", "AATAAA at 216"),
        ("splice donors", "CAGGTAAGC", "GGTAAG at 216"),
        ("restriction sites", "CAGGTCTCC", "BsaI at 216"),
        ("restriction sites", "CAGAGACCC", "BsaI at 216"),
        ("restriction sites", "GCGGCCGCC", "NotI at 214"),
        ("runs of A or T", "CAAAAAAGC", "6 x A at 215"),
    ],
)
def test_motifs_are_found_with_their_place(check: str, middle: str, message: str) -> None:
    finding = checks(middle)[check]
    assert finding.verdict is not Verdict.OK
    assert message in finding.message
    assert checks(QUIET)[check].verdict is Verdict.OK


def test_repeats_are_found_in_both_directions() -> None:
    arm, turned = "GACTTCAGGCATCCA", "TGGATGCCTGAAGTC"
    draw = random.Random(7)
    filler = "".join(draw.choice(["GCA", "CTG", "AAG", "TCC", "GAT", "CCT"]) for _ in range(70))
    coding = find_coding_sequence("ATG" + arm + filler + arm + "GCC" + turned + "TAA")
    found = {f.check: f.message for f in check_dna(coding, rules=DnaRules(repeat=14))}
    assert "15 nt at 229 and 4" in found["direct repeats"]
    assert "15 nt at 4 and 247" in found["inverted repeats"]


def test_gc_windows_are_exact() -> None:
    coding = find_coding_sequence("ATG" + "GCC" * 70 + "TAA")
    gc = next(f for f in check_dna(coding) if f.check == "GC")
    assert gc.verdict is Verdict.LOOK
    assert "to 100% (at 3)" in gc.message


def test_translation_is_compared_with_the_stated_protein() -> None:
    coding = find_coding_sequence("ATG" + "GCA" * 70 + "TAA")
    assert {f.check for f in check_dna(coding)}.isdisjoint({"translation"})
    same = next(
        f for f in check_dna(coding, stated_protein="M" + "A" * 70) if f.check == "translation"
    )
    assert same.verdict is Verdict.OK
    stated = "M" + "A" * 30 + "TS" + "A" * 40
    other = next(f for f in check_dna(coding, stated_protein=stated) if f.check == "translation")
    assert other.verdict is Verdict.PROBLEM
    assert "71 residues, the file states 73; they differ from residue 32 on" in other.message


def test_codon_adaptation_ranks_common_codons_first() -> None:
    pytest.importorskip("python_codon_tables", reason="extra construct is not installed")
    best, rare = codon_adaptation("CTGGCCAAG"), codon_adaptation("CTAGCGAAA")
    assert best == pytest.approx(1.0)
    assert rare < 0.6
    with pytest.raises(
        InputError, match=r"unknown codon table 'h_sapien'; .*did you mean 'h_sapiens"
    ):
        codon_adaptation("CTG", species="h_sapien")
