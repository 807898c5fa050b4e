"""Reading proteins, and counting in them."""

from __future__ import annotations

import pytest

from leucel.core import InputError, Place
from leucel.product import (
    cysteines,
    get_domain,
    itams,
    mass_kda,
    n_glycosylation_sites,
    read_protein,
)


def test_blanks_case_title_and_final_stop_do_not_matter() -> None:
    assert read_protein(">a title\n mal pv\nTAL*\n") == "MALPVTAL"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the sequence is empty"),
        (">only a title", "the sequence is empty"),
        (">a\nMAL\n>b\nMAL", "holds 2 FASTA records"),
        ("ATGGCCTTACCAGTGACCGCCTTGCTCCTGCCGCTGGCC", "nucleotides, not amino acids"),
        ("AUGGCCUUACCAGUGACCGCCUUGCUCCUGCCGCUGGCC", "nucleotides, not amino acids"),
        ("M" * 10_000, "too long for one receptor.*10,000 residues"),
        ("MALX1VBA", "3 letter.*'X' at 4, '1' at 5, 'B' at 7"),
        ("MAL*PVT", r"'\*' at 4.*shifted frame"),
    ],
)
def test_what_is_no_protein_gets_one_clear_message(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_protein(text, name="binder", where=Place(file="car.toml", line=3))
    assert len(caught.value.problems) == 1
    assert str(caught.value).startswith("car.toml:3: binder: ")


def test_a_short_glycine_linker_is_not_taken_for_dna() -> None:
    assert read_protein("GGGGGGGGGG") == "GGGGGGGGGG"


def test_many_wrong_letters_are_counted_not_listed() -> None:
    with pytest.raises(InputError, match=r"20 letter.*and 12 more"):
        read_protein("M" + "B" * 20)


def test_mass_of_a_chain_is_less_than_the_sum_of_its_parts_by_the_water() -> None:
    water = 0.018015
    assert mass_kda("GG") == pytest.approx(2 * mass_kda("G") - water, abs=1e-9)


def test_overlapping_motifs_are_all_found() -> None:
    assert [m.start for m in n_glycosylation_sites("NNTSNPS")] == [1, 2]


def test_positions_count_from_the_given_first_residue() -> None:
    assert cysteines("ACAC", first=10) == (11, 13)
    motif = itams(get_domain("CD3zeta").sequence)[0]
    assert motif.residues[0] == "Y"
    assert motif.end - motif.start + 1 == len(motif.residues)
