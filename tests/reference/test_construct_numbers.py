"""Receptors and binders against numbers that other programs gave for the same residues."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from leucel.product import (
    Inspection,
    find_variable_domains,
    get_domain,
    inspect_construct,
    mhc_ii_load,
    nearest_germline,
    profile,
    read_construct,
)

pytest.importorskip("immunum", reason="extra construct is not installed")
pytest.importorskip("Bio", reason="extra construct is not installed")

BINDERS = {
    "adalimumab": ("adalimumab_VL", "linker_G4S_x3", "adalimumab_VH"),
    "Hu19": ("Hu19_VL", "linker_Whitlow_218", "Hu19_VH"),
    "FMC63": ("FMC63_VL", "linker_G4S_x3", "FMC63_VH"),
    "cilta-cel": ("cilta-cel_VHH1", "linker_G4S", "cilta-cel_VHH2"),
}
# Biopython 1.88 on the same residues: length, pI, charge at pH 7.4, GRAVY, instability.
PROFILES = {
    "adalimumab": (243, 8.32, 1.5, -0.30, 47.6),
    "Hu19": (245, 6.61, -0.5, -0.31, 35.4),
    "FMC63": (242, 6.99, -0.5, -0.35, 40.1),
    "cilta-cel": (242, 9.03, 4.5, -0.32, 41.9),
}
# AntPack 0.3.8.6.3: identity to the nearest human V gene. It scores a slightly longer region than
# IMGT positions 1-104; 1.5 points cover the difference.
IDENTITIES = {
    "adalimumab_VH": 0.93,
    "adalimumab_VL": 0.97,
    "Hu19_VH": 0.97,
    "Hu19_VL": 1.00,
    "FMC63_VH": 0.64,
    "FMC63_VL": 0.75,
    "cilta-cel_VHH1": 0.73,
    "cilta-cel_VHH2": 0.73,
}
IDENTITY = 0.015
PRINTED_1, PRINTED_2 = 0.05, 0.005


def residues(name: str) -> str:
    return "".join(get_domain(part).sequence for part in BINDERS[name])


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_profiles_of_four_binders(name: str) -> None:
    length, point, charge, gravy, instability = PROFILES[name]
    found = profile(residues(name))
    assert found.residues == length
    assert found.isoelectric_point == pytest.approx(point, abs=PRINTED_2)
    assert found.charge == pytest.approx(charge, abs=PRINTED_1)
    assert found.gravy == pytest.approx(gravy, abs=PRINTED_2)
    assert found.instability == pytest.approx(instability, abs=PRINTED_1)


@pytest.mark.parametrize("name", sorted(IDENTITIES))
def test_germline_identity_of_variable_domains(name: str) -> None:
    domain = find_variable_domains(get_domain(name).sequence)[0]
    assert nearest_germline(domain).identity == pytest.approx(IDENTITIES[name], abs=IDENTITY)


def test_human_binders_carry_fewer_foreign_cores() -> None:
    pytest.importorskip("epytope", reason="extra construct is not installed")
    loads = {name: mhc_ii_load(residues(name)).load for name in BINDERS}
    assert max(loads["Hu19"], loads["adalimumab"]) < min(loads["FMC63"], loads["cilta-cel"]) / 2


@pytest.mark.shared
def test_published_receptors_are_numbered_where_they_were_mapped(
    shared: Callable[[str], Path],
) -> None:
    with shared("evidence/domains.csv").open(encoding="utf-8", newline="") as handle:
        rows = {row["name"]: row["sequence"] for row in csv.DictReader(handle)}
    where = {
        "tisa-cel": [(22, 128), (144, 263)],
        "ide-cel": [(22, 132), (151, 267)],
        "cilta-cel": [(22, 140), (146, 263)],
        "axi-cel": [(23, 129), (148, 267)],
        "Hu19-CD828Z": [(22, 129), (148, 266)],
        "liso-cel": [(23, 129), (148, 267)],
        "obe-cel": [(22, 140), (156, 261)],
    }
    found: dict[str, Inspection] = {
        name: inspect_construct(read_construct(rows[f"CAR_{name}"], form="fasta")) for name in where
    }
    for name, expected in where.items():
        domains = [(d.start, d.end) for d in found[name].variable_domains]
        # A kappa domain's last residue belongs to no numbered position in some schemes.
        assert [start for start, _ in domains] == [start for start, _ in expected]
        for (_, end), (_, mapped) in zip(domains, expected, strict=True):
            assert mapped - 1 <= end <= mapped
        assert found[name].problems == ()
    two = [f.message for f in found["cilta-cel"].findings if f.check == "binder"]
    assert two[0].startswith("2 binders (2 single domains)")
