"""Checks of a receptor."""

from __future__ import annotations

import pytest

from leucel.product import (
    Binder,
    Finding,
    Role,
    Verdict,
    build_construct,
    check_construct,
    check_order,
    get_domain,
    own_part,
)

ORDER = [
    Role.SIGNAL_PEPTIDE,
    Role.BINDER,
    Role.HINGE,
    Role.TRANSMEMBRANE,
    Role.COSTIMULATORY,
    Role.SIGNALING,
]
REST = [
    ("hinge", "CD8a"),
    ("transmembrane", "CD8a"),
    ("costimulatory", "4-1BB"),
    ("signaling", "CD3zeta"),
]


def findings(binder: Binder, parts: list[tuple[str, str | None]]) -> dict[str, list[Finding]]:
    car = build_construct(name="demo", binder=binder, parts=parts)
    found: dict[str, list[Finding]] = {}
    for finding in check_construct(car):
        found.setdefault(finding.check, []).append(finding)
    return found


def test_the_usual_order_passes() -> None:
    assert [f.verdict for f in check_order(ORDER)] == [Verdict.OK]
    third_generation = [*ORDER[:5], Role.COSTIMULATORY, ORDER[5]]
    assert [f.verdict for f in check_order(third_generation)] == [Verdict.OK]


@pytest.mark.parametrize("left_out", [0, 1, 2, 3, 5])
def test_a_part_left_out_is_named(left_out: int) -> None:
    roles = ORDER[:left_out] + ORDER[left_out + 1 :]
    messages = [f.message for f in check_order(roles) if f.verdict is Verdict.PROBLEM]
    assert messages == [f"there is no {ORDER[left_out].label}"]


def test_a_first_generation_receptor_is_pointed_out() -> None:
    found = check_order([*ORDER[:4], ORDER[5]])
    assert [f.verdict for f in found] == [Verdict.LOOK]


def test_swapped_and_doubled_parts_are_named() -> None:
    swapped = [*ORDER[:2], Role.TRANSMEMBRANE, Role.HINGE, *ORDER[4:]]
    assert [f.message for f in check_order(swapped)] == ["hinge stands after transmembrane"]
    doubled = [*ORDER, Role.SIGNALING]
    assert [f.message for f in check_order(doubled)] == ["there are 2 parts of the kind signaling"]


def test_without_binder_residues_nothing_about_it_passes() -> None:
    found = findings(Binder(name="b"), [("binder", None), *REST])
    assert found["N-glycosylation"][0].verdict is Verdict.NOT_KNOWN
    assert found["cysteines"][0].verdict is Verdict.NOT_KNOWN
    assert found["start"][0].verdict is Verdict.NOT_KNOWN
    assert found["ITAMs"][0].verdict is Verdict.OK
    assert found["ITAMs"][0].positions == (21, 59, 90)


def test_an_scfv_has_four_cysteines() -> None:
    vl, vh = get_domain("obe-cel_CAT_VL").sequence, get_domain("obe-cel_CAT_VH").sequence
    whole = Binder(name="CAT", sequence=vh + "GGGGSGGGGSGGGGS" + vl)
    found = findings(whole, [("signal peptide", "CD8 leader"), ("binder", None), *REST])
    assert len(found["cysteines"][0].positions) == 4
    assert found["cysteines"][0].verdict is Verdict.OK
    assert "NYS at 59" in found["N-glycosylation"][0].message
    assert found["start"][0].verdict is Verdict.OK
    half = findings(Binder(name="half", sequence=vh), [("binder", None), *REST])
    assert half["cysteines"][0].verdict is Verdict.LOOK
    odd = findings(Binder(name="odd", sequence=vh + "C"), [("binder", None), *REST])
    assert odd["cysteines"][0].verdict is Verdict.PROBLEM


def test_native_cysteines_of_cd8_are_expected() -> None:
    found = findings(Binder(name="b"), [("binder", None), *REST])
    hinge = next(f for f in found["cysteines"] if f.part == "CD8A_hinge")
    assert [138 - 1 + i for i in hinge.positions] == [164, 181]
    membrane = next(f for f in found["cysteines"] if f.part == "CD8A_TM")
    assert [183 - 1 + i for i in membrane.positions] == [193, 206]


def test_a_wrong_label_is_found_out() -> None:
    cd8 = get_domain("CD8A_TM").sequence
    mislabeled = own_part(Role.TRANSMEMBRANE, "CD28 TM", cd8)
    misplaced = own_part(Role.HINGE, "my hinge", cd8)
    car = build_construct(
        name="demo", binder=Binder(name="b"), parts=[("binder", None), misplaced, mislabeled]
    )
    labels = [f for f in check_construct(car) if f.check == "label"]
    assert [f.verdict for f in labels] == [Verdict.PROBLEM, Verdict.LOOK]
    assert "those of CD8A_TM (P01732 183-206)" in labels[1].message


def test_a_zeta_without_its_itams_is_pointed_out() -> None:
    tail = own_part(Role.SIGNALING, "mutated zeta", get_domain("CD3zeta").sequence[:58])
    car = build_construct(name="demo", binder=Binder(name="b"), parts=[("binder", None), tail])
    itams = next(f for f in check_construct(car) if f.check == "ITAMs")
    assert itams.verdict is Verdict.LOOK
    assert len(itams.positions) == 1
