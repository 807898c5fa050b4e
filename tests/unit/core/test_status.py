"""Statuses and silent progress."""

from __future__ import annotations

from leucel.core import SILENT, Status


def test_every_status_has_its_own_sentence() -> None:
    sentences = [status.sentence for status in Status]
    assert len(set(sentences)) == len(Status)
    assert Status.OK == 0
    assert Status.OK.sentence == "finished"


def test_silent_progress_says_nothing(capsys) -> None:
    SILENT.start("work", 3)
    SILENT.advance()
    SILENT.advance(2)
    SILENT.finish()
    assert capsys.readouterr() == ("", "")
