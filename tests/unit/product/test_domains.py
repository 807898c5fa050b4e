"""The table of reference domains and the ways into it."""

from __future__ import annotations

import pytest

from leucel.core import InputError, Mark
from leucel.product import Role, domains, get_domain, identify, read_protein, sources, variants


def test_every_row_is_a_protein_with_a_known_source() -> None:
    bibliography = sources()
    for domain in domains(unverified=True):
        assert read_protein(domain.sequence) == domain.sequence
        assert domain.source in bibliography


def test_names_are_unique_and_a_family_has_at_most_one_default() -> None:
    rows = domains(unverified=True)
    assert len({row.name for row in rows}) == len(rows)
    for family in {(row.family, row.role) for row in rows}:
        members = [row for row in rows if (row.family, row.role) == family]
        assert sum(row.default for row in members) == (
            1 if len(members) > 1 and members[0].role not in (Role.BINDER_DOMAIN,) else 0
        )


def test_an_alias_leads_to_one_domain_of_a_role() -> None:
    for domain in domains():
        for alias in domain.aliases:
            assert get_domain(alias, role=domain.role) == domain


def test_unverified_rows_are_kept_out_of_defaults() -> None:
    hidden = [row.name for row in domains(unverified=True) if row.mark is Mark.UNVERIFIED]
    assert hidden == ["BCMA_TNFRSF17_ECD"]
    assert not any(row.mark is Mark.UNVERIFIED for row in domains())
    with pytest.raises(InputError, match="unknown domain"):
        get_domain("BCMA_TNFRSF17_ECD")


def test_no_binder_of_eque_cel_is_shipped() -> None:
    assert not any("CT103A" in row.name or "eque" in row.name for row in domains(unverified=True))


@pytest.mark.parametrize(
    ("written", "role", "name"),
    [
        ("CD8a", Role.HINGE, "CD8A_hinge"),
        ("CD8α hinge", Role.HINGE, "CD8A_hinge"),
        ("CD8A", Role.TRANSMEMBRANE, "CD8A_TM"),
        ("CD3ζ", None, "CD247_CD3zeta_CAR_dQ101"),
        ("cd3-zeta", None, "CD247_CD3zeta_CAR_dQ101"),
        ("CD3zeta cytoplasmic", None, "CD247_CD3zeta_CAR_dQ101"),
        ("4-1BB", None, "TNFRSF9_4-1BB_cytoplasmic"),
        ("CD28", Role.COSTIMULATORY, "CD28_cytoplasmic"),
        ("IgG4", Role.HINGE, "IGHG4_hinge_S228P"),
    ],
)
def test_names_as_people_write_them(written: str, role: Role | None, name: str) -> None:
    assert get_domain(written, role=role).name == name


def test_a_misspelled_name_gets_near_misses() -> None:
    with pytest.raises(InputError, match="did you mean 'CD3zeta'"):
        get_domain("CD3zata", role=Role.SIGNALING)


def test_a_name_of_several_roles_is_refused_without_a_role() -> None:
    with pytest.raises(InputError, match=r"fits several domains.*CD8A_hinge, CD8A_TM"):
        get_domain("CD8a")


def test_variants_stand_side_by_side() -> None:
    assert {d.name: d.length for d in variants(get_domain("CD3zeta"))} == {
        "CD247_CD3zeta_CAR_dQ101": 112,
        "CD247_CD3zeta_cytoplasmic_full": 113,
        "CD247_CD3zeta_CAR_dQ101_Q65K": 112,
    }
    assert [d.length for d in variants(get_domain("CD8A_hinge"))] == [45, 55]


def test_the_zeta_variants_differ_as_their_names_say() -> None:
    full = get_domain("CD247_CD3zeta_cytoplasmic_full").sequence
    short = get_domain("CD247_CD3zeta_CAR_dQ101").sequence
    lysine = get_domain("CD247_CD3zeta_CAR_dQ101_Q65K").sequence
    first = 52
    assert full[101 - first] == "Q"
    assert full[: 101 - first] + full[102 - first :] == short
    assert short[65 - first] == "Q"
    assert short[: 65 - first] + "K" + short[66 - first :] == lysine


def test_residues_are_identified() -> None:
    assert [d.name for d in identify(get_domain("4-1BB").sequence)] == ["TNFRSF9_4-1BB_cytoplasmic"]
    assert identify("ACDEFG") == ()
