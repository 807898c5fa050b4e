"""The construct file in its three forms."""

from __future__ import annotations

import pytest

from leucel.core import InputError, MissingEvidenceError
from leucel.product import get_domain, read_construct

TOML = """
name = "adalimumab CAR"
[binder]
name = "adalimumab scFv"
origin = "fully human"
target = "TNF"
domains = ["adalimumab_VL", "linker_G4S_x3", "adalimumab_VH"]
source = "public_repositories"
[[parts]]
role = "signal peptide"
name = "CD8A_signal_peptide"
[[parts]]
role = "binder"
[[parts]]
role = "hinge"
name = "CD8A_hinge"
[[parts]]
role = "transmembrane"
name = "CD8A_TM"
[[parts]]
role = "costimulatory"
name = "4-1BB"
[[parts]]
role = "signaling"
name = "CD247_CD3zeta_CAR_dQ101"
"""
WITHOUT_BINDER = TOML[: TOML.index("[binder]")] + TOML[TOML.index("[[parts]]") :]
WITHOUT_RESIDUES = TOML.replace("domains = [", "note = 'x' #")
BINDER_PART = '[[parts]]\nrole = "binder"\n'


def test_a_toml_file_gives_the_whole_protein() -> None:
    found = read_construct(TOML, form="toml")
    assert found.name == "adalimumab CAR"
    assert len(found.protein) == 21 + 243 + 45 + 24 + 42 + 112
    assert found.construct is not None
    assert found.construct.binder.label == "fully human anti-TNF scFv"


@pytest.mark.parametrize(
    ("text", "message", "kind"),
    [
        (TOML.replace("domains =", "domain ="), r"unknown key 'domain'.*'domains'", InputError),
        (TOML.replace(BINDER_PART, BINDER_PART * 2), "one binder part; received 2", InputError),
        (TOML.replace(BINDER_PART, ""), "one binder part; received 0", InputError),
        (WITHOUT_BINDER, "there is no binder", InputError),
        (WITHOUT_RESIDUES, "no sequence of the eque-cel binder", MissingEvidenceError),
        (TOML.replace("adalimumab_VH", "adalimumab_VX"), "unknown domain", InputError),
        (TOML.replace('"hinge"', '"hing"'), "unknown role of a part 'hing'", InputError),
        (TOML[: TOML.index("[[parts]]")], "a construct has parts", InputError),
        (TOML[:-3], "the file is no TOML", InputError),
    ],
)
def test_a_faulty_toml_file_gets_one_clear_message(
    text: str, message: str, kind: type[InputError]
) -> None:
    with pytest.raises(kind, match=message) as caught:
        read_construct(text, form="toml", file="car.toml")
    assert len(caught.value.problems) == 1


def test_own_parts_may_carry_residues() -> None:
    own = TOML.replace('name = "CD8A_hinge"', 'name = "own hinge"\nsequence = "TTTPAPRPP"')
    found = read_construct(own, form="toml")
    assert "TTTPAPRPPIYIW" in found.protein


def test_dna_beside_the_parts_is_compared() -> None:
    found = read_construct(TOML, form="toml")
    dna = "".join({"M": "ATG"}.get(x, "GCA") for x in "M" + "A" * 70) + "TAA"
    both = read_construct(f'dna = "{dna}"\n' + TOML, form="toml")
    assert both.stated_protein == found.protein
    assert both.protein == "M" + "A" * 70


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        (">a\nMAL\n>b\nMAL", "auto", "holds 2 FASTA records"),
        ("MALX", "auto", "'X' at 4"),
        ("M" * 10_000, "auto", "too long for one receptor"),
        ("ATGGCC" * 20, "protein_as_dna", "no open reading frame"),
        (get_domain("adalimumab_VH").sequence, "dna", "amino acids, not nucleotides"),
    ],
)
def test_a_faulty_fasta_file_gets_one_clear_message(text: str, kind: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_construct(text, form="fasta", kind="auto" if kind == "protein_as_dna" else kind)
    assert len(caught.value.problems) == 1


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(InputError, match="unknown form of a file 'sbol'"):
        read_construct("", form="sbol")


def test_faults_of_the_binder_and_of_the_parts_are_told_together() -> None:
    text = """
    [binder]
    domains = ["adalimumab_VX", "zz"]
    [[parts]]
    role = "binder"
    [[parts]]
    role = "hinge"
    name = "Foo_hinge"
    """
    with pytest.raises(InputError) as caught:
        read_construct(text, form="toml", name="x")
    whats = " ".join(problem.what for problem in caught.value.problems)
    assert all(name in whats for name in ("adalimumab_VX", "'zz'", "Foo_hinge"))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('copies = "two"', "no whole number"),
        ("domains = 5", "no names"),
        ("domains = []", "no names"),
    ],
)
def test_values_of_another_kind_are_told(line: str, message: str) -> None:
    text = f'[binder]\n{line}\n[[parts]]\nrole = "binder"\n'
    with pytest.raises(InputError, match=message):
        read_construct(text, form="toml", name="x")
