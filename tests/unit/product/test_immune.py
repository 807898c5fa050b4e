"""MHC-II load, humanness and codon design."""

from __future__ import annotations

import pytest

from leucel.core import InputError
from leucel.product import (
    DRB1_PANEL,
    MissingExtraError,
    design_coding_sequence,
    get_domain,
    humanness_available,
    mhc_ii_load,
    oasis_relaxed,
    translate,
)

RANDOM_LOAD = 1.0  # 3,000 residues of the background composition scatter by less than this


def test_random_residues_have_the_load_of_the_definition() -> None:
    pytest.importorskip("epytope", reason="extra construct is not installed")
    import numpy as np

    from leucel.product.mhc_ii import _BACKGROUND

    weights = np.array(list(_BACKGROUND.values()))
    letters = np.random.default_rng(5).choice(list(_BACKGROUND), 3000, p=weights / weights.sum())
    assert mhc_ii_load("".join(letters)).load == pytest.approx(5.0, abs=RANDOM_LOAD)


def test_cores_of_human_germline_are_counted_apart() -> None:
    pytest.importorskip("epytope", reason="extra construct is not installed")
    found = mhc_ii_load(get_domain("CD8A_hinge").sequence + get_domain("CD8A_TM").sequence)
    inside = [core for core in found.cores if core.human]
    assert inside
    # Only cores across the border of the two references are new.
    assert all(37 < core.start <= 45 for core in found.foreign)


def test_alleles_without_matrix_are_refused() -> None:
    pytest.importorskip("epytope", reason="extra construct is not installed")
    with pytest.raises(InputError, match=r"no TEPITOPEpan matrix for 'DRB1\*99:99'"):
        mhc_ii_load("MALPVTALLLPL", panel=(*DRB1_PANEL, "DRB1*99:99"))
    assert mhc_ii_load("MALPV").load == 0.0


def test_a_designed_sequence_keeps_the_protein_and_every_limit() -> None:
    pytest.importorskip("dnachisel", reason="extra construct is not installed")
    protein = "M" + "".join(
        get_domain(name).sequence for name in ("linker_G4S_x3", "CD8A_hinge", "CD8A_TM")
    )
    design = design_coding_sequence(protein)
    assert translate(design.dna) == protein + "*"
    assert design.clean
    assert 0.8 < design.adaptation <= 1.0
    assert design_coding_sequence(protein).dna == design.dna


@pytest.mark.slow
def test_humanness_of_four_binders_as_published_tools_give_it() -> None:
    if not humanness_available():
        pytest.skip("extra humanness is not installed")
    expected = {
        "adalimumab_VH": 0.858,
        "adalimumab_VL": 0.970,
        "Hu19_VH": 0.937,
        "Hu19_VL": 1.000,
        "FMC63_VH": 0.491,
        "FMC63_VL": 0.606,
        "cilta-cel_VHH1": 0.631,
        "cilta-cel_VHH2": 0.627,
    }
    for name, share in expected.items():
        assert oasis_relaxed(get_domain(name).sequence) == pytest.approx(share, abs=0.0005), name


def test_without_the_library_humanness_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    import leucel.product.extras as extras
    from leucel.product.humanness import _peptides

    def absent(name: str) -> object:
        raise ModuleNotFoundError(name)

    _peptides.cache_clear()
    monkeypatch.setattr(extras.importlib, "import_module", absent)
    with pytest.raises(MissingExtraError, match=r"leucel\[humanness\]"):
        oasis_relaxed("ACDEFGHIKL")
