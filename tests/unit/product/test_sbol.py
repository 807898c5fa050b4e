"""SBOL 3 as N-Triples; the output of the demonstration receptor was validated with pySBOL3."""

from __future__ import annotations

import re

import pytest

from leucel.core import InputError
from leucel.product import AnnotatedRecord, Annotation, to_sbol

RECORD = AnnotatedRecord(
    name='3rd "try"',
    residues="ATGGCATAA",
    is_dna=True,
    annotations=(
        Annotation(name="whole", start=1, end=9, kind="CDS"),
        Annotation(name="first", start=1, end=3, note="a\nnote \\ here"),
    ),
)
LINE = re.compile(
    r'^<http[^<>\s]+> <http[^<>\s]+> (<http[^<>\s]+>|"([^"\\\n]|\\.)*"(\^\^<[^>]+>)?) \.$'
)


def test_every_line_is_a_triple_and_the_order_is_fixed() -> None:
    text = to_sbol(RECORD)
    lines = text.splitlines()
    assert all(LINE.match(line) for line in lines)
    assert lines == sorted(lines)
    assert len(set(lines)) == len(lines)


def test_features_carry_name_place_and_role() -> None:
    text = to_sbol(RECORD, namespace="https://lab.example/cars")
    base = "<https://lab.example/cars/_3rd_try/SequenceFeature1"
    assert f"{base}/Range1> <http://sbols.org/v3#end> " in text
    assert '"9"^^<http://www.w3.org/2001/XMLSchema#integer>' in text
    assert f"{base}> <http://sbols.org/v3#role> <https://identifiers.org/SO:0000316> ." in text
    assert '"a\\nnote \\\\ here"' in text
    assert '"3rd \\"try\\""' in text
    assert text.count("<http://sbols.org/v3#hasFeature>") == 2


def test_proteins_keep_capitals() -> None:
    text = to_sbol(AnnotatedRecord(name="p", residues="MAL", is_dna=False))
    assert '"MAL"' in text
    assert "SBO:0000252" in text


@pytest.mark.parametrize("namespace", ["", "lab", "ftp://lab", "https://lab/", "https://a b"])
def test_a_namespace_is_a_web_address(namespace: str) -> None:
    with pytest.raises(InputError, match="namespace is no web address"):
        to_sbol(RECORD, namespace=namespace)
