"""The data of the drawings."""

from __future__ import annotations

import pytest

from leucel.product import Binder, Construct, build_construct, linear_map, membrane_cartoon


@pytest.fixture
def car() -> Construct:
    return build_construct(
        name="eque-cel",
        binder=Binder(name="CT103A scFv", origin="fully human", target="BCMA"),
        parts=[
            ("binder", None),
            ("hinge", "CD8a"),
            ("transmembrane", "CD8a"),
            ("costimulatory", "4-1BB"),
            ("signaling", "CD3zeta"),
        ],
    )


def test_the_map_reserves_room_for_open_parts(car: Construct) -> None:
    segments = linear_map(car)
    assert [(s.role, s.known, s.length) for s in segments] == [
        ("signal peptide", False, None),
        ("binder", False, None),
        ("hinge", True, 45),
        ("transmembrane", True, 24),
        ("costimulatory", True, 42),
        ("signaling", True, 112),
    ]
    assert all(s.draw_length > 0 for s in segments)
    assert segments[2].reference == "P01732 138-182"
    assert segments[2].source == "uniprot_human_2025"


def test_the_cartoon_goes_from_outside_to_inside(car: Construct) -> None:
    parts = membrane_cartoon(car)
    assert [p.location for p in parts] == ["outside", "outside", "membrane", "inside", "inside"]
    assert parts[0].lobes == 2
    assert parts[-1].itams == 3
    tandem = build_construct(
        name="tandem", binder=Binder(name="b", format="VHH", copies=2), parts=[("binder", None)]
    )
    assert membrane_cartoon(tandem)[0].lobes == 2
