"""What holds for every receptor, law and cohort."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leucel.product import (
    DoseRule,
    Segmentation,
    Uptake,
    check_character,
    domains,
    dose_cohort,
    find_coding_sequence,
    fit_zero_inflated,
    get_domain,
    pareto_fronts,
    poisson_transduction,
    reverse_complement,
    segment,
)
from leucel.product.dna import GENETIC_CODE

RESIDUES = st.text(alphabet="DEFHIKLMPQRSVWY", max_size=40)
NAMED = st.sampled_from([domain.sequence for domain in domains()])
PROTEINS = st.lists(st.one_of(RESIDUES, NAMED), min_size=1, max_size=8).map("".join)

RELATIVE = 1e-6  # the copy number fixes the mean of a law ill when it is close to 1


def tiles(found: Segmentation) -> bool:
    ends = [0, *(piece.end for piece in found.segments)]
    starts = [piece.start - 1 for piece in found.segments]
    return starts == ends[:-1] and ends[-1] == len(found.protein)


@settings(deadline=None, max_examples=60)
@given(PROTEINS.filter(lambda text: len(text) > 0))
def test_segments_tile_any_protein(protein: str) -> None:
    found = segment(protein)
    assert tiles(found)
    assert "".join(piece.residues for piece in found.segments) == protein
    assert 0.0 <= found.explained_share <= 1.0
    for piece in found.segments:
        if piece.kind == "domain":
            assert piece.domain is not None
            assert piece.domain.sequence == piece.residues


@given(st.floats(0.01, 0.95), st.floats(1.0001, 8.0))
def test_a_fit_is_met_or_refused(share: float, factor: float) -> None:
    copies = poisson_transduction(car_share=share).copies_per_car_cell * factor
    law = fit_zero_inflated(car_share=share, copies_per_car_cell=copies)
    assert law.car_share == pytest.approx(share, rel=RELATIVE)
    assert law.copies_per_car_cell == pytest.approx(copies, rel=RELATIVE)
    assert 0.0 < law.susceptible <= 1.0


@given(st.lists(st.floats(30.0, 200.0), min_size=1, max_size=20))
def test_a_dose_belongs_to_its_patient(weights: list[float]) -> None:
    rule = DoseRule(per_kg=1e6, cap=1e8)
    dose = dose_cohort(rule, np.array(weights))
    turned = dose_cohort(rule, np.array(weights[::-1]))
    assert (dose.cells[::-1] == turned.cells).all()
    assert (dose.cells <= 1e8).all()
    doubled = dose_cohort(DoseRule(per_kg=2e6), np.array(weights))
    assert doubled.cells == pytest.approx(2e6 * dose.weights)


CODON = {letter: codon for codon, letter in GENETIC_CODE.items()}
BASES = st.text(alphabet="ACGT", min_size=1, max_size=60)
SHARES = st.floats(0.0, 1.0)
TABLE = st.lists(st.lists(SHARES, min_size=3, max_size=3), min_size=1, max_size=12)
IDENTIFIER = st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=20)


@given(BASES)
def test_the_other_strand_of_the_other_strand_is_the_first(dna: str) -> None:
    assert reverse_complement(reverse_complement(dna)) == dna


@settings(deadline=None, max_examples=40)
@given(PROTEINS.filter(lambda text: len(text) >= 60), BASES, BASES)
def test_a_coding_sequence_is_found_wherever_it_stands(
    protein: str, before: str, after: str
) -> None:
    anchor = get_domain("CD8A_hinge").sequence
    residues = "M" + protein + anchor
    coding = "".join(CODON[letter] for letter in residues) + "TAA"
    found = find_coding_sequence(before + "TAA" * 3 + coding + after)
    # An ATG in front, in frame and without a stop between, would be part of the frame: the stops
    # before the start rule it out.
    assert found.protein == residues
    assert found.has_stop


@given(TABLE)
def test_nobody_in_the_first_front_is_beaten(table: list[list[float]]) -> None:
    points = np.array(table)
    fronts = pareto_fronts(points)
    for i in np.flatnonzero(fronts == 1):
        worse = np.all(points >= points[i], axis=1) & np.any(points > points[i], axis=1)
        assert not worse.any()
    assert set(fronts) == set(range(1, fronts.max() + 1))


@given(IDENTIFIER, st.data())
def test_one_wrong_character_or_a_swap_is_noticed(identifier: str, data: st.DataObject) -> None:
    check = check_character(identifier)
    at = data.draw(st.integers(0, len(identifier) - 1))
    other = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    changed = identifier[:at] + other + identifier[at + 1 :]
    assert (check_character(changed) == check) == (changed == identifier)
    if at + 1 < len(identifier):
        swapped = identifier[:at] + identifier[at + 1] + identifier[at] + identifier[at + 2 :]
        assert (check_character(swapped) == check) == (swapped == identifier)


@given(st.floats(0.05, 0.9), st.floats(0.05, 0.6))
def test_uptake_and_its_inverse_agree(share: float, part: float) -> None:
    curve = Uptake(most=3.0, half=7.0, susceptible=share)
    wanted = part * share
    assert curve.transduction(curve.moi_for(wanted)).car_share == pytest.approx(wanted)
