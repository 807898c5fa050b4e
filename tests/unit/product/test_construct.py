"""Receptors put together from parts."""

from __future__ import annotations

import pytest

from leucel.core import InputError, Mark, MissingEvidenceError, Place
from leucel.product import (
    Binder,
    Construct,
    Role,
    build_construct,
    get_domain,
    own_part,
    with_binder_sequence,
)

PARTS = [
    ("binder", None),
    ("hinge", "CD8a"),
    ("transmembrane", "CD8a"),
    ("costimulation", "4-1BB"),
    ("signaling", "CD3zeta"),
]
ADALIMUMAB = (
    get_domain("adalimumab_VL").sequence
    + get_domain("linker_G4S_x3").sequence
    + get_domain("adalimumab_VH").sequence
)


@pytest.fixture
def eque_cel() -> Construct:
    binder = Binder(
        name="CT103A scFv",
        origin="fully human",
        target="BCMA",
        source="us11026975b2",
        note="US 11026975 B2 names VH and VL by number",
    )
    return build_construct(name="eque-cel", binder=binder, parts=PARTS)


def test_the_known_parts_are_counted(eque_cel: Construct) -> None:
    assert eque_cel.known_residues == 45 + 24 + 42 + 112
    assert eque_cel.known_kda == pytest.approx(24.97, abs=0.01)
    assert [part.length for part in eque_cel.parts] == [None, None, 45, 24, 42, 112]
    assert eque_cel.parts[1].label == "fully human anti-BCMA scFv"


def test_positions_after_an_unknown_part_are_unknown(eque_cel: Construct) -> None:
    assert all(placed.start is None for placed in eque_cel.placed())


def test_what_needs_the_binder_says_what_to_do(eque_cel: Construct) -> None:
    with pytest.raises(MissingEvidenceError) as caught:
        eque_cel.protein()
    text = str(caught.value)
    assert len(caught.value.problems) == 2
    assert "residues of the signal peptide" in text
    assert "binder 'CT103A scFv'" in text
    assert "US 11026975 B2" in text
    assert "give the binder sequence in the programme file" in text
    assert caught.value.exit_code == 2
    with pytest.raises(MissingEvidenceError, match="CT103A"):
        eque_cel.part_sequence(Role.BINDER)


def test_choices_that_the_description_leaves_open_are_assumptions(eque_cel: Construct) -> None:
    chosen = {a.what: a.value for a in eque_cel.assumptions}
    assert chosen == {
        "variant of the hinge part 'CD8a'": "CD8A_hinge",
        "variant of the transmembrane part 'CD8a'": "CD8A_TM",
        "variant of the signaling part 'CD3zeta'": "CD247_CD3zeta_CAR_dQ101",
        "signal peptide": None,
    }


def test_a_variant_named_in_full_is_no_assumption() -> None:
    parts = [("signal_peptide", "CD8A_signal_peptide"), ("binder", None)]
    parts += [("hinge", "CD8A_hinge_extended"), ("signaling", "CD247_CD3zeta_cytoplasmic_full")]
    car = build_construct(name="demo", binder=Binder(name="b"), parts=parts)
    assert car.assumptions == ()


def test_a_supplied_binder_completes_the_protein() -> None:
    parts = [("signal peptide", "CD8A_signal_peptide"), *PARTS]
    car = build_construct(name="demo", binder=Binder(name="adalimumab scFv"), parts=parts)
    full = with_binder_sequence(car, ADALIMUMAB)
    protein = full.protein()
    assert len(protein) == 21 + 243 + 223
    assert [(p.start, p.end) for p in full.placed()] == [
        (1, 21),
        (22, 264),
        (265, 309),
        (310, 333),
        (334, 375),
        (376, 487),
    ]
    for placed in full.placed():
        assert placed.start is not None
        assert placed.end is not None
        assert protein[placed.start - 1 : placed.end] == placed.part.sequence
    assert full.protein(mature=True) == protein[21:]
    assert full.binder.mark is Mark.OWN_VALUE
    assert car.binder.sequence is None, "the open construct is left as it was"


def test_a_stated_length_moves_the_positions_on() -> None:
    car = build_construct(
        name="demo",
        binder=Binder(name="b", stated_length=240),
        parts=[("signal peptide", "CD8A_signal_peptide"), *PARTS],
    )
    assert [p.start for p in car.placed()][:3] == [1, 22, 262]
    assert car.known_residues == 21 + 223
    with pytest.raises(MissingEvidenceError):
        car.protein()


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        build_construct(
            name="demo",
            binder=Binder(name="b"),
            parts=[("hinge", "CD8q"), ("spacer", "x"), ("signaling", "CD3zata")],
            places=[Place(file="p.toml", line=1), Place(file="p.toml", line=2)],
        )
    what = [problem.what for problem in caught.value.problems]
    assert what == [
        "unknown hinge domain 'CD8q'",
        "unknown role of a part 'spacer'",
        "unknown signaling domain 'CD3zata'",
        "demo: a receptor has one binder part",
    ]
    assert str(caught.value.problems[1]).startswith("p.toml:2: ")


def test_two_binders_are_refused() -> None:
    with pytest.raises(InputError, match="received 2 of them"):
        build_construct(name="demo", binder=Binder(name="b"), parts=[*PARTS, ("binder", None)])


def test_a_binder_is_checked_when_it_is_made() -> None:
    with pytest.raises(InputError) as caught:
        Binder(name="b", format="Fab", copies=0, sequence="MAL1")
    assert len(caught.value.problems) == 3


def test_tandem_binders_are_labeled() -> None:
    binder = Binder(name="two", format="VHH", copies=2, origin="camelid", target="BCMA")
    assert binder.label == "camelid anti-BCMA 2 VHHs"


def test_parts_of_ones_own_fit_in() -> None:
    junction = own_part(Role.LINKER, "junction", "TS")
    car = build_construct(
        name="demo", binder=Binder(name="b", sequence="ACDE"), parts=[PARTS[0], junction, PARTS[1]]
    )
    assert car.protein(mature=True).startswith("ACDETSTTTPAP")
    assert car.part_sequence(Role.LINKER) == "TS"
    with pytest.raises(InputError, match="has no signaling"):
        car.part_sequence(Role.SIGNALING)
