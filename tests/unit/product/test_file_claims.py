"""Claims of files that residues do not bear out: the errors that public files are known to hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from leucel.product import (
    AnnotatedRecord,
    Annotation,
    Inspection,
    annotate,
    find_coding_sequence,
    get_domain,
    inspect_construct,
    read_construct,
    read_genbank,
    reverse_complement,
    segment,
    to_genbank,
)

pytest.importorskip("immunum", reason="extra construct is not installed")

HEAD = ("CD8A_signal_peptide",)
BINDER = ("adalimumab_VL", "linker_G4S_x3", "adalimumab_VH")
TAIL = ("CD8A_hinge", "CD8A_TM", "TNFRSF9_4-1BB_cytoplasmic", "CD247_CD3zeta_CAR_dQ101")
TISA = (
    "CD8A_signal_peptide",
    "FMC63_VL",
    "linker_G4S_x3",
    "FMC63_VH",
    "CD8A_hinge",
    "CD8A_TM",
    "TNFRSF9_4-1BB_cytoplasmic",
    "CD247_CD3zeta_CAR_dQ101_Q65K",
)
# One codon for each residue; the sequence only has to translate back.
_LETTERS = "ARNDCQEGHILKMFPSTWYV"
_CODONS = "GCCCGGAACGACTGCCAGGAGGGCCACATCCTGAAGATGTTCCCCAGCACCTGGTACGTG"
CODONS = {letter: _CODONS[3 * i : 3 * i + 3] for i, letter in enumerate(_LETTERS)}


def residues(*names: str) -> str:
    return "".join(get_domain(name).sequence for name in names)


def inspect(protein: str, name: str = "receptor") -> Inspection:
    return inspect_construct(read_construct(f">{name}\n{protein}\n", form="fasta", kind="protein"))


def messages(found: Inspection, check: str) -> list[str]:
    return [f"{f.verdict.value}: {f.message}" for f in found.findings if f.check == check]


def code(protein: str) -> str:
    return "".join(CODONS[letter] for letter in protein) + "TAA"


def test_a_receptor_that_is_what_it_is_named_after() -> None:
    found = inspect(residues(*TISA), "Tisacel_patentUS9499629B2_protein_translated")
    assert messages(found, "product name") == [
        "ok: the parts are those of the published receptor of tisa-cel"
    ]


def test_a_scramble_named_after_a_product_is_found_out() -> None:
    first, second = get_domain("cilta-cel_VHH1").sequence, get_domain("cilta-cel_VHH2").sequence
    found = inspect(second[60:] + first[20:110] + second[:72], "Tisacel_patent_protein")
    told = messages(found, "fragments")[0]
    assert told.startswith("problem: pieces of reference domains, cut or out of order")
    assert "61-118 of cilta-cel_VHH2" in told
    assert "Fetch the sequence again" in told
    assert "named after tisa-cel, but is another receptor" in messages(found, "product name")[0]
    assert any("there is no hinge" in m for m in messages(found, "parts"))


def test_a_membrane_part_of_another_protein_is_no_tisa_cel() -> None:
    names = [name if name != "CD8A_TM" else "CD28_TM" for name in TISA]
    found = inspect(residues(*names), "tisa-cel CAR")
    assert "it holds CD28_TM, which tisa-cel does not" in messages(found, "product name")[0]
    assert "in none of the published receptors" in messages(found, "chimera")[0]


@pytest.mark.parametrize(
    ("zeta", "says"),
    [
        ("CD247_CD3zeta_CAR_dQ101_Q65K", "tisa-cel only"),
        ("CD247_CD3zeta_cytoplasmic_full", "113 residues with Gln101"),
    ],
)
def test_a_variant_of_zeta_is_named(zeta: str, says: str) -> None:
    found = inspect(residues(*HEAD, *BINDER, *TAIL[:-1], zeta))
    assert says in messages(found, "uncommon variant")[0]
    assert messages(inspect(residues(*HEAD, *BINDER, *TAIL)), "uncommon variant") == []
    assert messages(inspect(residues(*TISA), "tisa-cel"), "uncommon variant") == []


def test_the_shared_slip_of_cd8a_is_corrected() -> None:
    protein = residues(*HEAD, *BINDER) + "RRENEGCYFCSAL" + residues(*TAIL)
    assert "correct it to RRENEGYYFCSAL" in messages(inspect(protein), "known slip")[0]


def test_a_listed_protein_with_two_residues_more_than_its_dna() -> None:
    short = residues(*HEAD, *BINDER, *TAIL)
    at = short.index(get_domain("CD8A_hinge").sequence)
    coding = find_coding_sequence(code(short))
    record = annotate("cilta", coding, segment(short).segments)
    listed = short[:at] + "TS" + short[at:]
    text = to_genbank(replace(record, stated_protein=listed))
    found = inspect_construct(read_construct(text, form="genbank"))
    told = messages(found, "translation")[0]
    assert f"translates to {len(short)} residues, the file states {len(listed)}" in told
    # TTT of the hinge lets the two stand one residue later.
    assert f"from residue {at + 2} on" in told
    assert "the stated protein has ST more there" in told


def test_a_wrong_label_in_a_genbank_file_is_found_out() -> None:
    protein = residues(*HEAD, *BINDER, *TAIL)
    record = annotate("car", find_coding_sequence(code(protein)), segment(protein).segments)
    text = to_genbank(record)
    assert messages(inspect_construct(read_construct(text, form="genbank")), "label") == []
    wrong = text.replace('/label="CD8A_TM"', '/label="CD28 TM"')
    told = messages(inspect_construct(read_construct(wrong, form="genbank")), "label")
    assert len(told) == 1
    assert "covers the residues of CD8A_TM (P01732 183-206): correct the label" in told[0]


def plasmid(turn: int) -> str:
    """A circular file with a receptor, opened `turn` nucleotides later."""
    protein = residues(*HEAD, *BINDER, *TAIL)
    record = annotate("ring", find_coding_sequence(code(protein)), segment(protein).segments)
    backbone = "GATTACAGCCTTAAGG" * 120
    ring = record.residues + backbone
    opened = AnnotatedRecord(
        name="ring", residues=ring[turn:] + ring[:turn], is_dna=True, circular=True
    )
    return to_genbank(opened)


@pytest.mark.parametrize("turn", [0, 100, 601, 602, 1400, 2000])
def test_a_receptor_over_the_origin_of_a_plasmid_is_whole(turn: int) -> None:
    found = read_construct(plasmid(turn), form="genbank")
    assert found.protein == residues(*HEAD, *BINDER, *TAIL)
    assert found.coding is not None
    assert found.coding.has_start
    assert found.coding.has_stop
    assert inspect_construct(found).problems == ()


def test_a_feature_over_the_origin_is_read_and_said() -> None:
    pytest.importorskip("Bio", reason="extra construct is not installed")
    text = plasmid(601)
    size = int(text.split()[2])
    protein = residues(*HEAD, *BINDER, *TAIL)
    length = 3 * len(protein) + 3
    start = size - 601 + 1
    feature = (
        "FEATURES             Location/Qualifiers\n"
        f"     CDS             join({start}..{size},1..{length - 601})\n"
        '                     /label="receptor"\n'
    )
    head, _, rest = text.partition("FEATURES")
    given = head + feature + "ORIGIN" + rest.partition("ORIGIN")[2]
    found = read_construct(given, form="genbank")
    assert found.record is not None
    row = found.record.annotations[0]
    assert row.end - row.start + 1 == length
    assert found.record.residues[row.start - 1 : row.end].startswith("ATG")
    assert "it was turned" in messages(inspect_construct(found), "origin")[0]
    assert found.protein == protein


def test_the_other_strand_is_kept_in_a_round_trip() -> None:
    record = AnnotatedRecord(
        name="toy",
        residues=reverse_complement("ATGGCC" * 20),
        is_dna=True,
        annotations=(Annotation(name="gene", start=4, end=9, strand=-1),),
    )
    text = to_genbank(record)
    assert "complement(4..9)" in text
    assert read_genbank(text).annotations == record.annotations


@pytest.mark.parametrize("length", [350, 480])
def test_a_truncated_file_says_where_it_ends(length: int) -> None:
    protein = residues(*HEAD, *BINDER, *TAIL)
    told = messages(inspect(protein[:length]), "cut off")
    assert len(told) == 1
    assert "the protein ends inside" in told[0]
    assert "fetch or export it again" in told[0]
    assert messages(inspect(protein), "cut off") == []


def test_a_file_without_its_beginning_says_so() -> None:
    told = messages(inspect(residues(*HEAD, *BINDER, *TAIL)[9:]), "cut off")
    assert "begins inside CD8A_signal_peptide" in told[0]


def test_no_binder_is_one_message() -> None:
    found = inspect(residues(*HEAD, *TAIL))
    assert [f.message for f in found.problems] == [
        "there is no binder: no antibody variable domain was found, so it is missing or of "
        "another kind"
    ]
