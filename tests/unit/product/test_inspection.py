"""Everything that a sequence tells, on receptors with known faults."""

from __future__ import annotations

import pytest

from leucel.product import (
    ConstructInput,
    Inspection,
    MissingExtraError,
    Verdict,
    get_domain,
    inspect_construct,
    read_construct,
    receptor_from_segments,
)
from leucel.product.extras import need

pytest.importorskip("immunum", reason="extra construct is not installed")
pytest.importorskip("epytope", reason="extra construct is not installed")

TAIL = ("CD8A_hinge", "CD8A_TM", "4-1BB", "CD247_CD3zeta_CAR_dQ101")
SCFV = ("adalimumab_VL", "linker_G4S_x3", "adalimumab_VH")


def protein(*names: str) -> str:
    return "".join(get_domain(name).sequence for name in ("CD8A_signal_peptide", *names))


def look(text: str) -> Inspection:
    return inspect_construct(read_construct(text, form="fasta"))


def messages(found: Inspection, check: str) -> list[str]:
    return [f.message for f in found.findings if f.check == check]


def test_the_demonstration_receptor_has_no_problem() -> None:
    found = look(protein(*SCFV, *TAIL))
    assert found.problems == ()
    assert found.segmentation.explained_share == 1.0
    assert [d.name for d in found.variable_domains] == ["VL (kappa)", "VH"]
    assert messages(found, "binder") == ["1 scFv"]
    assert found.humanness is None
    assert found.gc is None
    assert {what for what, _ in found.refused} >= {"structural Fv charge symmetry (SFvCSP)"}
    assert found.to_dict()["not_computed"]


def test_no_binder_is_a_problem() -> None:
    found = look(protein(*TAIL))
    assert [f.message for f in found.problems] == [
        "there is no binder: no antibody variable domain was found, so it is missing or of "
        "another kind"
    ]


def test_two_binders_are_pointed_out() -> None:
    found = look(protein(*SCFV, "linker_G4S", *SCFV, *TAIL))
    assert "2 binders (2 scFvs), 1 expected" in messages(found, "binder")[0]


def test_a_slip_in_a_known_binder_is_named() -> None:
    text = protein(*SCFV, *TAIL).replace("PEDVATYY", "PEDFATYY")
    found = look(text)
    assert messages(found, "near reference") == [
        "99.1% identical to adalimumab_VL (V to F at residue 83): a slip in the sequence, or a "
        "variant"
    ]


def test_a_file_under_the_wrong_name_is_named_by_its_binder() -> None:
    """A public file called tisa-cel holds the first VHH of cilta-cel with a few slips."""
    vhh = get_domain("cilta-cel_VHH1").sequence.replace("AGRSLRLSCAAS", "AGRSLSLCAAS")
    text = protein()[:7] + "L" + protein()[7:] + vhh + get_domain("CD8A_hinge").sequence
    found = look(text)
    assert "cilta-cel_VHH1" in messages(found, "near reference")[0]
    assert "L inserted after 7" in messages(found, "near domain")[0]
    assert [f.message for f in found.problems] == [
        "there is no transmembrane",
        "there is no signaling",
    ]


def test_a_membrane_part_of_another_name_is_found_in_a_toml_file() -> None:
    text = f"""
    name = "mislabeled"
    [binder]
    domains = {list(SCFV)}
    [[parts]]
    role = "signal peptide"
    name = "CD8A_signal_peptide"
    [[parts]]
    role = "binder"
    [[parts]]
    role = "transmembrane"
    name = "CD28 TM"
    sequence = "{get_domain("CD8A_TM").sequence}"
    """
    found = inspect_construct(read_construct(text, form="toml"))
    assert any("are those of CD8A_TM" in message for message in messages(found, "label"))


def test_a_protein_without_its_start_is_pointed_out() -> None:
    text = protein(*SCFV, *TAIL)[21:]
    assert "starts with D" in messages(look(text), "start")[0]


def test_the_parts_of_a_protein_become_a_construct() -> None:
    found = look(protein(*SCFV, *TAIL))
    made = receptor_from_segments(found.segmentation, name="demo", target="TNF")
    assert made.protein() == found.protein
    assert made.binder.name == "adalimumab_VL + adalimumab_VH"
    assert made.binder.format == "scFv"


def test_germline_and_length_have_verdicts() -> None:
    found = look(protein("FMC63_VL", "linker_G4S_x3", "FMC63_VH", *TAIL))
    germline = [f.verdict for f in found.findings if f.check == "germline"]
    assert germline == [Verdict.LOOK, Verdict.LOOK]


def test_an_absent_library_is_named_with_its_extra() -> None:
    with pytest.raises(
        MissingExtraError, match=r"a test needs the library no_such_library.*leucel\[construct\]"
    ):
        need("no_such_library.part", extra="construct", what="a test")


def test_an_input_may_be_made_without_a_file() -> None:
    given = ConstructInput(name="made", protein=protein(*SCFV, *TAIL))
    assert inspect_construct(given).problems == ()
