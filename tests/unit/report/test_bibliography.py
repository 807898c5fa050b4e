"""References are numbered in the order of the text, whatever the order of the sources."""

from __future__ import annotations

from leucel.core import Source
from leucel.report.bibliography import Bibliography

A = Source(id="a", citation="First author.", doi="10.1000/a")
B = Source(id="b", citation="Second author.", url="https://example.org/b")
C = Source(id="c", citation="Third author.")


def test_numbers_follow_the_first_citation() -> None:
    bibliography = Bibliography({"a": A, "b": B, "c": C})
    assert bibliography.numbers(["b"]) == (1,)
    assert bibliography.numbers(["a", "b"]) == (1, 2)
    assert [entry.source.id for entry in bibliography.entries()] == ["b", "a", "c"]
    assert [entry.cited for entry in bibliography.entries()] == [True, True, False]


def test_the_order_of_the_sources_does_not_matter() -> None:
    one, other = Bibliography({"a": A, "b": B, "c": C}), Bibliography({"c": C, "b": B, "a": A})
    for bibliography in (one, other):
        bibliography.numbers(["c"])
    assert one.entries() == other.entries()


def test_an_unknown_source_is_listed_and_says_so() -> None:
    bibliography = Bibliography({"a": A})
    bibliography.numbers(["elsewhere"])
    entry = bibliography.entries()[0]
    assert not entry.known
    assert entry.source.citation == "elsewhere"


def test_empty_names_have_no_number() -> None:
    assert Bibliography({}).numbers(["", ""]) == ()


def test_only_web_addresses_become_links() -> None:
    bad = Source(id="bad", citation="A trap.", url="javascript:alert(1)")
    bibliography = Bibliography({"a": A, "bad": bad})
    links = {entry.source.id: entry.link for entry in bibliography.entries()}
    assert links == {"a": "https://doi.org/10.1000/a", "bad": None}
