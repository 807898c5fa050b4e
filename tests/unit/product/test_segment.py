"""Receptors taken apart."""

from __future__ import annotations

import random

import pytest

from leucel.core import InputError
from leucel.product import (
    Binder,
    Role,
    Segmentation,
    Verdict,
    build_construct,
    get_domain,
    segment,
)

SIGNAL = get_domain("CD8A_signal_peptide").sequence
VL, VH = get_domain("adalimumab_VL").sequence, get_domain("adalimumab_VH").sequence
TAIL = "".join(
    get_domain(name).sequence
    for name in ("CD8A_hinge", "CD8A_TM", "4-1BB", "CD247_CD3zeta_CAR_dQ101")
)
LINKER = "GGGGSGGGGSGGGGS"


def kinds(found: Segmentation) -> list[str]:
    return [s.domain.name if s.domain and s.kind == "domain" else s.kind for s in found.segments]


def test_a_built_receptor_comes_apart_into_its_parts() -> None:
    car = build_construct(
        name="demo",
        binder=Binder(name="adalimumab", sequence=VL + LINKER + VH),
        parts=[
            ("signal peptide", "CD8A_signal_peptide"),
            ("binder", None),
            ("hinge", "CD8a"),
            ("transmembrane", "CD8a"),
            ("costimulatory", "4-1BB"),
            ("signaling", "CD3zeta"),
        ],
    )
    found = segment(car.protein())
    assert kinds(found) == [
        "CD8A_signal_peptide",
        "adalimumab_VL",
        "linker_G4S_x3",
        "adalimumab_VH",
        "CD8A_hinge",
        "CD8A_TM",
        "TNFRSF9_4-1BB_cytoplasmic",
        "CD247_CD3zeta_CAR_dQ101",
    ]
    assert found.explained_share == 1.0
    assert all(f.verdict is Verdict.OK for f in found.findings)


def test_segments_tile_the_protein() -> None:
    protein = "MK" + SIGNAL + VL[:-3] + "WWW" + TAIL[:70] + "PPPP" + TAIL[75:]
    found = segment(protein)
    assert "".join(s.residues for s in found.segments) == protein
    position = 0
    for piece in found.segments:
        assert piece.start == position + 1
        position = piece.end
    assert position == len(protein)


def test_an_unknown_binder_is_named_as_such() -> None:
    source = random.Random(5)
    unknown = "".join(source.choice("ADEFGHIKLMNPQRSTVWY") for _ in range(240))
    found = segment(SIGNAL + unknown + TAIL)
    assert kinds(found)[1] == "binder region"
    assert found.find(Role.BINDER)[0].residues == unknown
    assert not found.unexplained
    assert found.findings[0].message.startswith("in order: signal peptide, binder, hinge")


def test_junctions_of_licensed_products_are_recognized() -> None:
    found = segment(SIGNAL + VL + LINKER + VH + "AAA" + TAIL)
    assert [s.note for s in found.segments if s.kind == "junction"] == [
        "as in ide-cel and axi-cel, before the hinge"
    ]


def test_leftovers_are_reported_with_position() -> None:
    found = segment(SIGNAL + VL + LINKER + VH + "WHW" + TAIL)
    [left] = found.unexplained
    assert (left.start, left.end, left.residues) == (265, 267, "WHW")
    assert any("265-267 (WHW)" in f.message for f in found.findings)


@pytest.mark.parametrize(
    ("old", "new", "differences"),
    [
        ("YIWAPLAGTC", "YIWAPLSGTC", ("A8S",)),
        ("GHDGLYQGL", "GHDLYQGL", ("G missing at 88",)),
        ("GHDGLYQGL", "GHDGWLYQGL", ("W inserted after 88",)),
        ("GHDGLYQGL", "GHKKLYQGL", ("D87K", "G88K")),
    ],
)
def test_near_matches_name_each_difference(
    old: str, new: str, differences: tuple[str, ...]
) -> None:
    protein = SIGNAL + VL + LINKER + VH + TAIL
    assert old in protein
    found = segment(protein.replace(old, new))
    [near] = [s for s in found.segments if s.kind == "near domain"]
    assert near.differences == differences
    look = [f for f in found.findings if f.check == "near domain"]
    assert len(look) == 1
    assert look[0].verdict is Verdict.LOOK


def test_what_follows_a_cleavage_site_is_a_second_protein() -> None:
    marker = "RKVCNGIGIGEFKDSLSINATNIKHFKNCTSISGDLHIL"
    found = segment(SIGNAL + VL + LINKER + VH + TAIL + get_domain("T2A").sequence + marker)
    assert found.segments[-1].kind == "second protein"
    assert all(f.verdict is Verdict.OK for f in found.findings)


def test_a_receptor_without_binder_or_zeta_is_a_problem() -> None:
    bare = segment(SIGNAL + TAIL)
    assert any(f.message == "there is no binder" for f in bare.findings)
    cut = segment(SIGNAL + VL + LINKER + VH + TAIL[:111])
    assert any(f.message == "there is no signaling" for f in cut.findings)


def test_dna_is_not_taken_apart() -> None:
    with pytest.raises(InputError, match="translate the coding sequence"):
        segment("ATGGCCTTACCAGTGACCGCCTTGCTCCTGCCGCTGGCCTTGCTGCTC")


def test_the_result_is_ready_for_json() -> None:
    import json

    json.dumps(segment(SIGNAL + "AAA").to_dict(), allow_nan=False)
