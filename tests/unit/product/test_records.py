"""Published manufacture records."""

from __future__ import annotations

import pytest

from leucel.core import InputError, MissingEvidenceError
from leucel.product import RECORDS, get_record, records_of, sources, waiting_time


def test_every_number_has_a_usable_source() -> None:
    known = sources()
    for record in RECORDS:
        numbers = (record.failure, record.out_of_specification, record.waiting, *record.causes)
        for evidence in numbers:
            if evidence is not None:
                assert evidence.source in known
                assert evidence.mark.usable


def test_a_law_is_given_only_where_quartiles_are_published() -> None:
    for record in RECORDS:
        if record.waiting_law is not None:
            assert record.waiting is not None
            assert "quartiles" in record.waiting.note
            assert record.waiting_law.median == record.waiting.number


def test_nothing_is_known_of_eque_cel_and_the_message_says_what_to_do() -> None:
    assert records_of("eque-cel") == ()
    with pytest.raises(MissingEvidenceError, match=r"eque-cel is not established.*borrow"):
        waiting_time("eque-cel")


def test_unknown_records_get_near_misses() -> None:
    with pytest.raises(InputError, match="did you mean 'cilta-cel commercial'"):
        get_record("ciltacel commercial")
