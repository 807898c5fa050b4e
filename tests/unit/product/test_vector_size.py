"""Sizes of a vector from its sequence."""

from __future__ import annotations

import pytest

from leucel.core import InputError
from leucel.product import vector_size
from leucel.product.vector_size import DELTA_U3_BEGINS, R_BEGINS, R_LENGTH, U5_ENDS, U5_LENGTH

R = R_BEGINS + "A" * (R_LENGTH - len(R_BEGINS))
U5 = "C" * (U5_LENGTH - len(U5_ENDS)) + U5_ENDS
U3 = DELTA_U3_BEGINS + "C" * (53 - len(DELTA_U3_BEGINS))
BACKBONE = "GT" * 1500


# The LTR of a self-inactivating HIV-1 vector (dU3, R, U5), as in the vector file of cilta-cel (NEJM
# supplement).
LTR = (
    "TGGAAGGGCTAATTCACTCCCAACGAAGACAAGATCTGCTTTTTGCTTGTACT"
    "GGGTCTCTCTGGTTAGACCAGATCTGAGCCTGGGAGCTCTCTGGCTAACTAGGGAACCCACTGCTTAAGCCTCAATAAAGCTTGCC"
    "TTGAGTGCTT"
    "CAAGTAGTGTGTGCCCGTCTGTTGTGTGACTCTGGTAACTAGAGATCCCTCAGACCCTTTTAGTCAGTGTGGAAAATCTCTAGCA"
)


def plasmid(inside: int, *, last_u5: bool = True) -> str:
    return R + U5 + "GA" * (inside // 2) + U3 + R + (U5 if last_u5 else "")


@pytest.mark.parametrize("last_u5", [True, False])
def test_genome_and_provirus_differ_by_u3_and_u5(last_u5: bool) -> None:
    size = vector_size(BACKBONE + plasmid(5000, last_u5=last_u5))
    assert size.genome_rna == 2 * R_LENGTH + U5_LENGTH + 5000 + 53
    assert size.provirus - size.genome_rna == 53 + U5_LENGTH
    assert size.between_ltrs == 5000
    assert (size.delta_u3, size.u5, size.starts, size.long) == (53, 85, 3001, False)


@pytest.mark.parametrize("cut", [10, 90, 170, 3000, 5200, 5260, 6000])
def test_a_plasmid_may_be_opened_anywhere(cut: int) -> None:
    whole = plasmid(5000) + BACKBONE
    size = vector_size(whole[cut:] + whole[:cut])
    assert (size.genome_rna, size.between_ltrs) == (5330, 5000)


def test_a_long_payload_is_pointed_out() -> None:
    assert vector_size(plasmid(9200)).long


@pytest.mark.parametrize("text", ["GT" * 500, R + U5 + "GT" * 500, R + U5 + "GT" * 500 + R])
def test_without_two_repeats_and_a_u3_it_is_no_vector(text: str) -> None:
    with pytest.raises(InputError, match="no complete self-inactivating"):
        vector_size(text)


def test_the_published_sizes_of_cilta_cel_from_its_ltrs() -> None:
    """The file is the provirus itself, 5,693 bp with a dU3 in both LTRs."""
    assert len(LTR) == 53 + R_LENGTH + U5_LENGTH
    size = vector_size(LTR + "GT" * ((5693 - 2 * 234 - 1) // 2) + "G" + LTR)
    assert (size.genome_rna, size.provirus, size.wraps) == (5555, 5693, False)
    assert (size.delta_u3, size.starts) == (53, 54)
    linear = vector_size(LTR + "GT" * 2612 + "G" + LTR, circular=False)
    assert linear.provirus == 5693
