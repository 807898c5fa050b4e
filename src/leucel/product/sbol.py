"""SBOL 3 out: a construct as sorted N-Triples, the form that any RDF tool reads."""

from __future__ import annotations

import re

from leucel.core import InputError, Problem
from leucel.product.annotated_record import AnnotatedRecord

_SBOL = "http://sbols.org/v3#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_DNA = "https://identifiers.org/SBO:0000251"
_PROTEIN = "https://identifiers.org/SBO:0000252"
_IUPAC_DNA = "https://identifiers.org/edam:format_1207"
_IUPAC_PROTEIN = "https://identifiers.org/edam:format_1208"
_INLINE = "https://identifiers.org/SO:0001030"
_REGION = "https://identifiers.org/SO:0000001"
_ROLES = {
    "CDS": "https://identifiers.org/SO:0000316",
    "sig_peptide": "https://identifiers.org/SO:0000418",
}


def to_sbol(record: AnnotatedRecord, *, namespace: str = "https://example.org/leucel") -> str:
    """A construct in SBOL 3 (N-Triples, sorted, so that the same construct gives the same bytes).

    One Component with its Sequence; every annotation becomes a SequenceFeature with a Range. Kinds
    without a term of their own get the role "region" of the Sequence Ontology.

    Parameters
    ----------
    record : as `annotate` or `read_genbank` gives it.
    namespace : address under which the objects are named; give your own.

    Raises
    ------
    InputError
        When the namespace is no web address.

    References
    ----------
    SBOL 3 data model, https://sbolstandard.org.

    Examples
    --------
    >>> record = AnnotatedRecord(name="toy car", residues="ATGTAA", is_dna=True)
    >>> [line.rsplit(" ", 2)[1] for line in to_sbol(record).splitlines() if "elements" in line]
    ['"atgtaa"']
    """
    if not re.fullmatch(r"https?://[^\s<>\"]+[^\s<>\"/]", namespace):
        raise InputError(
            Problem(
                what="the namespace is no web address",
                received=repr(namespace),
                allowed="http(s)://..., without a slash at the end",
            )
        )
    name = _identifier(record.name)
    component, sequence = f"{namespace}/{name}", f"{namespace}/{name}_sequence"
    lines: list[str] = []

    def say(subject: str, predicate: str, value: str, *, text: bool = False) -> None:
        shown = f'"{_escaped(value)}"' if text else f"<{value}>"
        verb = predicate if predicate.startswith("http") else _SBOL + predicate
        lines.append(f"<{subject}> <{verb}> {shown} .")

    for subject, kind, label in (
        (component, "Component", name),
        (sequence, "Sequence", f"{name}_sequence"),
    ):
        say(subject, _TYPE, _SBOL + kind)
        say(subject, "displayId", label, text=True)
        say(subject, "hasNamespace", namespace)
    say(component, "name", record.name, text=True)
    say(component, "type", _DNA if record.is_dna else _PROTEIN)
    say(component, "hasSequence", sequence)
    # SBOL writes nucleotides in small letters and amino acids in capitals.
    elements = record.residues.lower() if record.is_dna else record.residues
    say(sequence, "elements", elements, text=True)
    say(sequence, "encoding", _IUPAC_DNA if record.is_dna else _IUPAC_PROTEIN)
    for i, row in enumerate(record.annotations, 1):
        feature = f"{component}/SequenceFeature{i}"
        place = f"{feature}/Range1"
        say(component, "hasFeature", feature)
        say(feature, _TYPE, _SBOL + "SequenceFeature")
        say(feature, "displayId", f"SequenceFeature{i}", text=True)
        say(feature, "name", row.name, text=True)
        say(feature, "role", _ROLES.get(row.kind, _REGION))
        say(feature, "orientation", _INLINE)
        say(feature, "hasLocation", place)
        if row.note:
            say(feature, "description", row.note, text=True)
        say(place, _TYPE, _SBOL + "Range")
        say(place, "displayId", "Range1", text=True)
        say(place, "hasSequence", sequence)
        say(place, "orientation", _INLINE)
        for predicate, number in (("start", row.start), ("end", row.end)):
            lines.append(
                f"<{place}> <{_SBOL}{predicate}> "
                f'"{number}"^^<http://www.w3.org/2001/XMLSchema#integer> .'
            )
    return "\n".join(sorted(lines)) + "\n"


def _identifier(name: str) -> str:
    text = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "construct"
    return f"_{text}" if text[0].isdigit() else text


def _escaped(text: str) -> str:
    for old, new in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(old, new)
    return text
