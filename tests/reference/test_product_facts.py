"""The product room against outside numbers: UniProt, Biopython, published lots and receptors."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leucel.product import (
    Binder,
    Role,
    Segment,
    Verdict,
    build_construct,
    check_construct,
    cysteines,
    domains,
    fit_zero_inflated,
    get_domain,
    itams,
    lognormal_from_quartiles,
    mass_kda,
    n_glycosylation_sites,
    poisson_transduction,
    segment,
    with_binder_sequence,
    zero_inflated_transduction,
)

FACTS: dict[str, Any] = json.loads(
    (Path(__file__).parent / "product_facts.json").read_text(encoding="utf-8")
)
PRINTED_2 = 0.005  # a value printed with two decimals
PRINTED_1 = 0.05  # a value printed with one decimal

# Where each domain of the published receptors lies (start, end), as mapped for their sequences.
RECEPTORS = {
    "tisa-cel": [
        ("CD8A_signal_peptide", 1, 21),
        ("FMC63_VL", 22, 128),
        ("linker_G4S_x3", 129, 143),
        ("FMC63_VH", 144, 263),
        ("CD8A_hinge", 264, 308),
        ("CD8A_TM", 309, 332),
        ("TNFRSF9_4-1BB_cytoplasmic", 333, 374),
        ("CD247_CD3zeta_CAR_dQ101_Q65K", 375, 486),
    ],
    "ide-cel": [
        ("CD8A_signal_peptide", 1, 21),
        ("ide-cel_VL", 22, 132),
        ("linker_Whitlow_218", 133, 150),
        ("ide-cel_VH", 151, 267),
        ("junction AAA", 268, 270),
        ("CD8A_hinge", 271, 315),
        ("CD8A_TM", 316, 339),
        ("TNFRSF9_4-1BB_cytoplasmic", 340, 381),
        ("CD247_CD3zeta_CAR_dQ101", 382, 493),
    ],
    "cilta-cel": [
        ("CD8A_signal_peptide", 1, 21),
        ("cilta-cel_VHH1", 22, 140),
        ("linker_G4S", 141, 145),
        ("cilta-cel_VHH2", 146, 263),
        ("junction TS", 264, 265),
        ("CD8A_hinge", 266, 310),
        ("CD8A_TM", 311, 334),
        ("TNFRSF9_4-1BB_cytoplasmic", 335, 376),
        ("CD247_CD3zeta_CAR_dQ101", 377, 488),
    ],
    "axi-cel": [
        ("CSF2RA_signal_peptide", 1, 22),
        ("FMC63_VL", 23, 129),
        ("linker_Whitlow_218", 130, 147),
        ("FMC63_VH", 148, 267),
        ("junction AAA", 268, 270),
        ("CD28_hinge", 271, 309),
        ("CD28_TM", 310, 336),
        ("CD28_cytoplasmic", 337, 377),
        ("CD247_CD3zeta_CAR_dQ101", 378, 489),
    ],
    "Hu19-CD828Z": [
        ("CD8A_signal_peptide", 1, 21),
        ("Hu19_VL", 22, 129),
        ("linker_Whitlow_218", 130, 147),
        ("Hu19_VH", 148, 266),
        ("CD8A_hinge_extended", 267, 321),
        ("CD8A_TM_plus_NHRN", 322, 349),
        ("CD28_cytoplasmic", 350, 390),
        ("CD247_CD3zeta_CAR_dQ101", 391, 502),
    ],
    "liso-cel": [
        ("CSF2RA_signal_peptide", 1, 22),
        ("FMC63_VL", 23, 129),
        ("linker_Whitlow_218", 130, 147),
        ("FMC63_VH", 148, 267),
        ("IGHG4_hinge_S228P", 268, 279),
        ("junction M", 280, 280),
        ("CD28_TM", 281, 307),
        ("TNFRSF9_4-1BB_cytoplasmic", 308, 349),
        ("CD247_CD3zeta_CAR_dQ101", 350, 461),
        ("junction LEGGG", 462, 466),
        ("T2A", 467, 484),
        ("junction R", 485, 485),
        ("CSF2RA_signal_peptide", 486, 507),
        ("second protein", 508, 842),
    ],
    "obe-cel": [
        ("obe-cel_signal_peptide", 1, 21),
        ("obe-cel_CAT_VH", 22, 140),
        ("linker_G4S_x3", 141, 155),
        ("obe-cel_CAT_VL", 156, 261),
        ("junction RSDP", 262, 265),
        ("CD8A_hinge", 266, 310),
        ("CD8A_TM", 311, 334),
        ("TNFRSF9_4-1BB_cytoplasmic", 335, 376),
        ("CD247_CD3zeta_CAR_dQ101", 377, 488),
    ],
}


def evidence_rows(shared: Callable[[str], Path]) -> dict[str, dict[str, str]]:
    with shared("evidence/domains.csv").open(encoding="utf-8", newline="") as handle:
        return {row["name"]: row for row in csv.DictReader(handle)}


def label(piece: Segment) -> str:
    if piece.domain is not None:
        return piece.domain.name
    return f"junction {piece.residues}" if piece.kind == "junction" else piece.kind


def test_lengths_of_the_domains() -> None:
    for name, length in FACTS["domain_lengths"]["values"].items():
        assert get_domain(name).length == length


def test_a_range_has_as_many_residues_as_its_domain() -> None:
    for domain in domains():
        if domain.accession.startswith(("P", "Q")) and "-" in domain.range:
            first, last = domain.range.split()[0].rstrip(",").split("-")
            deleted = domain.range.count("delta")
            assert int(last) - int(first) + 1 - deleted == domain.length, domain.name


def test_itams_of_cd3zeta() -> None:
    facts = FACTS["itams"]
    full = get_domain("CD247_CD3zeta_cytoplasmic_full").sequence
    found = itams(full, first=52)
    assert [m.start for m in found] == facts["starts_in_p20963"]
    for motif, (low, high) in zip(found, facts["published_ranges"], strict=True):
        assert low <= motif.start
        assert motif.end <= high
    for name in ("CD247_CD3zeta_CAR_dQ101", "CD247_CD3zeta_CAR_dQ101_Q65K"):
        starts = [m.start for m in itams(get_domain(name).sequence)]
        assert starts == facts["starts_in_car_form"]


def test_masses_agree_with_biopython() -> None:
    facts = FACTS["masses_da"]
    for name, mass in facts["values"].items():
        ours = 1000 * mass_kda(get_domain(name).sequence)
        assert ours == pytest.approx(mass, rel=facts["relative_tolerance"])


def test_adalimumab_as_the_binder_of_a_receptor() -> None:
    """The demonstration binder from its public variable domains to a checked receptor."""
    facts = FACTS["adalimumab_scfv"]
    scfv = "".join(
        get_domain(name).sequence for name in ("adalimumab_VL", "linker_G4S_x3", "adalimumab_VH")
    )
    assert len(scfv) == facts["residues"]
    assert 1000 * mass_kda(scfv) == pytest.approx(
        facts["mass_da"], rel=FACTS["masses_da"]["relative_tolerance"]
    )
    assert len(cysteines(scfv)) == facts["cysteines"]
    assert len(n_glycosylation_sites(scfv)) == facts["n_glycosylation"]

    open_receptor = build_construct(
        name="adalimumab CAR",
        binder=Binder(name="adalimumab scFv", origin="fully human", target="TNF"),
        parts=[
            ("signal peptide", "CD8A_signal_peptide"),
            ("binder", None),
            ("hinge", "CD8A_hinge"),
            ("transmembrane", "CD8A_TM"),
            ("costimulatory", "4-1BB"),
            ("signaling", "CD247_CD3zeta_CAR_dQ101"),
        ],
    )
    receptor = with_binder_sequence(open_receptor, scfv, source="public_repositories")
    assert receptor.assumptions == ()
    assert all(finding.verdict is Verdict.OK for finding in check_construct(receptor))
    taken_apart = segment(receptor.protein())
    assert taken_apart.explained_share == 1.0
    assert [(p.start, p.end) for p in receptor.placed() if p.part.role is Role.HINGE] == [
        (s.start, s.end) for s in taken_apart.find(Role.HINGE)
    ]


def test_poisson_table() -> None:
    for share, copies, percent in FACTS["poisson"]["rows"]:
        law = poisson_transduction(car_share=share)
        assert law.copies_per_car_cell == pytest.approx(copies, abs=PRINTED_2)
        shown = PRINTED_2 if percent < 0.2 else PRINTED_1
        assert 100 * law.share_with_at_least(5) == pytest.approx(percent, abs=shown)
    five = poisson_transduction(
        car_share=FACTS["poisson"]["share_for_five_copies_percent"] / 100
    ).copies_per_car_cell
    assert five == pytest.approx(5.0, abs=PRINTED_1)


def test_the_lot_of_ari_0001() -> None:
    facts = FACTS["zero_inflated"]
    plain = poisson_transduction(car_share=facts["car_share"])
    assert plain.copies_per_car_cell == pytest.approx(facts["poisson_copies"], abs=PRINTED_2)
    law = fit_zero_inflated(car_share=facts["car_share"], copies_per_car_cell=facts["copies"])
    assert law.susceptible == pytest.approx(facts["susceptible"], abs=PRINTED_2)
    assert law.mean == pytest.approx(facts["mean"], abs=PRINTED_2)


def test_copies_of_single_cells() -> None:
    facts = FACTS["single_cell_copies"]
    law = zero_inflated_transduction(susceptible=0.5, mean=facts["mean"])
    for copies, percent in enumerate(facts["percent"], 1):
        assert 100 * law.share_with(copies) == pytest.approx(percent, abs=facts["tolerance"])


def test_the_effective_multiplicity_of_a_closed_system() -> None:
    facts = FACTS["prodigy"]
    law = poisson_transduction(car_share=facts["car_share"])
    assert law.copies_per_cell == pytest.approx(facts["copies_per_cell"], abs=PRINTED_2)


def test_sigma_from_quartiles() -> None:
    facts = FACTS["vein_to_vein"]
    law = lognormal_from_quartiles(median=facts["median"], q1=facts["q1"], q3=facts["q3"])
    assert law.sigma == pytest.approx(facts["sigma"], abs=PRINTED_2)


@pytest.mark.shared
def test_the_shipped_table_agrees_with_the_evidence(shared: Callable[[str], Path]) -> None:
    by_residues = {
        row["sequence"]: row for row in evidence_rows(shared).values() if row["sequence"]
    }
    for domain in domains(unverified=True):
        row = by_residues[domain.sequence]
        assert row["mark"] == domain.mark.value
        if domain.accession != "synthetic":
            assert (row["accession"], row["range"]) == (domain.accession, domain.range)
        assert set(domain.found_in) == set(filter(None, row["found_in_cars"].split(";")))


@pytest.mark.shared
@pytest.mark.parametrize("product", sorted(RECEPTORS))
def test_published_receptors_come_apart_as_mapped(
    product: str, shared: Callable[[str], Path]
) -> None:
    protein = evidence_rows(shared)[f"CAR_{product}"]["sequence"]
    found = segment(protein)
    assert [(label(s), s.start, s.end) for s in found.segments] == RECEPTORS[product]
    assert not found.unexplained
    looks = [f.message for f in found.findings if f.verdict is not Verdict.OK]
    # Of the published binders only that of obe-cel carries a glycosylation motif.
    assert looks == (["the binder holds the motif NYS at 80"] if product == "obe-cel" else [])
