"""GenBank and FASTA."""

from __future__ import annotations

import pytest

from leucel.core import InputError
from leucel.product import (
    annotate,
    find_coding_sequence,
    get_domain,
    read_genbank,
    segment,
    to_fasta,
    to_genbank,
)
from leucel.product.dna import GENETIC_CODE

pytest.importorskip("Bio", reason="extra construct is not installed")

CODON = {letter: codon for codon, letter in GENETIC_CODE.items()}
PARTS = ("CD8A_signal_peptide", "adalimumab_VL", "CD8A_hinge", "CD8A_TM")
PROTEIN = "".join(get_domain(name).sequence for name in PARTS)
CODING = find_coding_sequence("".join(CODON[letter] for letter in PROTEIN) + "TAA")
RECORD = annotate("demo receptor", CODING, segment(PROTEIN).segments)


def test_genbank_out_and_in_is_the_same_record() -> None:
    text = to_genbank(RECORD)
    again = read_genbank(text)
    assert again == RECORD
    assert to_genbank(again) == text
    assert [a.name for a in again.annotations] == ["demo receptor", *PARTS]
    assert again.annotations[0].kind == "CDS"
    assert again.stated_protein == PROTEIN


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (lambda text: text[: len(text) // 2], "cut off.*end mark"),
        (
            lambda text: text[: text.rindex("\n//") - 30] + "\n//\n",
            "cut off.*first line states 594",
        ),
        (lambda text: text * 2, "2 records in the file"),
        (lambda text: ">a\nATG", "no GenBank file.*'>a'"),
        (lambda text: "", "no GenBank file.*nothing"),
    ],
)
def test_a_broken_file_gets_one_clear_message(broken, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=message) as caught:
        read_genbank(broken(to_genbank(RECORD)))
    assert len(caught.value.problems) == 1


def test_fasta_lines_have_60_letters() -> None:
    assert to_fasta("x", "A" * 61) == ">x\n" + "A" * 60 + "\nA\n"
