"""Evidence: marks in their order, links, refusal of what is unverified."""

from __future__ import annotations

import dataclasses

import pytest

from leucel.core import Evidence, InputError, Mark, Source, require_usable


def test_marks_rank_as_the_house_says() -> None:
    order = [Mark.OFFICIAL, Mark.REPRODUCED, Mark.SEEN, Mark.DERIVED, Mark.OWN_VALUE]
    ranks = [mark.rank for mark in [*order, Mark.UNVERIFIED]]
    assert ranks == sorted(ranks, reverse=True)
    assert Mark.SEEN.rank == Mark.SECONDARY.rank
    assert Mark.DERIVED.rank == Mark.COMPUTED.rank
    assert len(set(ranks)) == len(ranks)


def test_every_mark_has_a_meaning_and_only_one_is_unusable() -> None:
    assert all(mark.meaning for mark in Mark)
    assert [mark for mark in Mark if not mark.usable] == [Mark.UNVERIFIED]


def test_an_unverified_number_is_refused_and_named() -> None:
    with pytest.raises(InputError, match=r"share detectable is marked unverified.*50\.0 percent"):
        require_usable(Evidence(value=50.0, unit="percent"), what="share detectable")
    good = Evidence(value=96.0, unit="percent", mark=Mark.SECONDARY)
    assert require_usable(good, what="ORR") is good


def test_a_text_is_no_number() -> None:
    assert Evidence(value=3.5).number == 3.5
    with pytest.raises(InputError, match="'not reached'"):
        _ = Evidence(value="not reached").number


def test_a_link_takes_the_doi_first() -> None:
    both = Source(id="a", citation="A", doi="10.1/x", url="https://example.org")
    assert both.link == "https://doi.org/10.1/x"
    assert Source(id="a", citation="A", url="https://example.org").link == "https://example.org"
    assert Source(id="a", citation="A").link is None


def test_evidence_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Evidence(value=1.0).value = 2.0  # type: ignore[misc]
