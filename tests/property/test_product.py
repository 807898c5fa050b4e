"""What holds for every receptor, law and cohort."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leucel.product import (
    DoseRule,
    Segmentation,
    domains,
    dose_cohort,
    fit_zero_inflated,
    poisson_transduction,
    segment,
)

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
