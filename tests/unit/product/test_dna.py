"""Nucleotides and the reading frame of a receptor."""

from __future__ import annotations

import pytest

from leucel.core import InputError
from leucel.product import (
    find_coding_sequence,
    get_domain,
    read_dna,
    reverse_complement,
    translate,
)
from leucel.product.dna import GENETIC_CODE

CODON = {letter: codon for codon, letter in GENETIC_CODE.items()}
PARTS = ("CD8A_signal_peptide", "adalimumab_VL", "linker_G4S_x3", "adalimumab_VH", "CD8A_hinge")
PROTEIN = "".join(get_domain(name).sequence for name in PARTS)
CODING = "".join(CODON[letter] for letter in PROTEIN) + "TAA"


def test_the_code_has_64_codons_and_three_stops() -> None:
    assert len(GENETIC_CODE) == 64
    assert sorted(c for c, letter in GENETIC_CODE.items() if letter == "*") == ["TAA", "TAG", "TGA"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the sequence is empty"),
        ("ATGNNATT" + "ACGT" * 5, "2 letter.*'N' at 4"),
        (PROTEIN, "amino acids, not nucleotides"),
        ("ACGT" * 20_000, "too long for one vector.*80,000"),
    ],
)
def test_what_is_no_dna_gets_one_clear_message(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_dna(text)
    assert len(caught.value.problems) == 1


def test_a_coding_sequence_alone_is_whole() -> None:
    found = find_coding_sequence(CODING)
    assert found.protein == PROTEIN
    assert (found.has_start, found.has_stop, found.alone, found.reverse) == (True,) * 3 + (False,)
    assert (found.start, found.end) == (1, len(CODING))


@pytest.mark.parametrize("before", ["TTTAACC", "TTTAACCG", "TTTAACCGC"])
def test_it_is_found_inside_a_vector_in_any_frame_and_strand(before: str) -> None:
    vector = before + CODING + "GGCC"
    found = find_coding_sequence(vector)
    assert (found.protein, found.start, found.alone) == (PROTEIN, len(before) + 1, False)
    turned = find_coding_sequence(reverse_complement(vector))
    assert turned.reverse
    assert turned.protein == PROTEIN


@pytest.mark.parametrize("place", [600, 700])
@pytest.mark.parametrize(("change", "words"), [(1, "1 nucleotide too many"), (-1, "1 missing")])
def test_a_shifted_frame_is_named_with_its_place(place: int, change: int, words: str) -> None:
    shifted = (
        CODING[:place] + "C" + CODING[place:]
        if change > 0
        else CODING[:place] + CODING[place + 1 :]
    )
    with pytest.raises(InputError, match="reading frame shifts") as caught:
        find_coding_sequence(shifted)
    assert words in str(caught.value)
    assert "adalimumab_VL ends at nucleotide 384, CD8A_hinge begins at" in str(caught.value)


def test_a_stop_inside_is_named_with_its_place() -> None:
    at = 3 * (len(get_domain("CD8A_signal_peptide").sequence) + 107 + 5)
    broken = CODING[:at] + "TAG" + CODING[at + 3 :]
    with pytest.raises(InputError, match=f"TAG at nucleotide {at + 1}"):
        find_coding_sequence(broken)


def test_a_sequence_cut_off_has_no_stop() -> None:
    assert not find_coding_sequence(CODING[:-60]).has_stop
    assert not find_coding_sequence(CODING[3:]).has_start


def test_without_any_open_frame_it_says_so() -> None:
    with pytest.raises(InputError, match="no open reading frame"):
        find_coding_sequence("ACGTAA" * 20)


def test_translation_leaves_an_incomplete_codon_out() -> None:
    assert translate("ATGGC") == "M"
