"""What stands around the verdicts: evidence slots, rules that move, filings, access, documents."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from leucel.report import DossierInput, render_dossier
from leucel.report.bibliography import Bibliography
from leucel.report.citing import Citer
from leucel.report.sections.regulation import designation_table
from leucel.report.sections.strategy import (
    access_table,
    beside_table,
    checklist_table,
    document_list,
    filing_table,
    gain_sentence,
    prevalence_headings,
    rule_notes,
)


def text_of(cell: object) -> str:
    return str(cell)


def test_evidence_stands_in_its_slot_and_a_missing_one_says_so(demo: DossierInput) -> None:
    cite = Citer(Bibliography(demo.sources))
    (mine,) = (table := checklist_table(demo, cite, "SA", inside=True)) and table.rows
    assert "rule unverified" in text_of(mine[2])
    assert mine[3] == "–"
    (other,) = (table := checklist_table(demo, cite, "SA", inside=False)) and table.rows
    assert "evidence given" in text_of(other[2])
    assert "fatal" in text_of(other[3])


def test_rules_keep_their_sentences_whole(demo: DossierInput) -> None:
    notes = dict(rule_notes(demo))
    assert notes["Rules that contradict each other, both kept"] == [
        "SA-ODD-THR-01 (5 per 10000) and SA-ODD-THR-02 (none)"
    ]
    assert notes["Changed in the 24 months before"] == [
        "SA-X begins to apply (2025): a rule; with a semicolon"
    ]
    assert notes["Rules given by the user"][0].endswith("instead of 5 per 10000")


def test_a_filing_without_a_clock_is_named(demo: DossierInput) -> None:
    table = filing_table(demo)
    assert table is not None
    assert [row[3] for row in table.rows][-2:] == ["not known", "not known"]
    assert table.rows[2][4] == "Saudi Arabia, Kuwait"


def test_access_says_what_is_left_out_and_where_the_years_come_from(demo: DossierInput) -> None:
    table = access_table(demo)
    assert table is not None
    assert table.note == "Qatar is left out: no open route with a clock on record."
    assert "7 June 2026 instead of 28 January 2027" in text_of(table.rows[0][0])
    sentence = text_of(gain_sentence(demo, Citer(Bibliography(demo.sources))))
    assert "from the virtual trial" in sentence
    assert "a lower bound" in sentence


def test_a_rule_of_a_block_keeps_the_reason_of_each_member(
    make: Callable[..., DossierInput],
) -> None:
    rows = [
        {
            "jurisdiction": code,
            "rule_id": "GCC-THR-01",
            "threshold": 5.0,
            "unit": "per 10,000",
            "operator": "<",
            "verdict": "cannot conclude",
        }
        for code in ("AE", "KW")
    ]
    table = pd.DataFrame([{**row, "reason": f"why {row['jurisdiction']}"} for row in rows])
    data = DossierInput(summary={"designation": rows}, tables={"designation": table})
    shown = designation_table(data, Citer(Bibliography({})))
    assert shown is not None
    assert [text_of(row[-1]) for row in shown.rows] == ["why AE", "why KW"]


def test_without_results_there_are_no_tables(make: Callable[..., DossierInput]) -> None:
    nothing = DossierInput(summary={})
    cite = Citer(Bibliography({}))
    assert checklist_table(nothing, cite, "SA", inside=True) is None
    assert beside_table(nothing, cite) is None
    assert filing_table(nothing) is None
    assert access_table(nothing) is None
    assert rule_notes(nothing) == []
    assert document_list(nothing) == []
    assert prevalence_headings(nothing) == []


def test_the_dossier_links_its_documents_and_shows_the_headings(demo: DossierInput) -> None:
    html = render_dossier(demo)
    assert 'href="documents/designation.md">Designation summary</a>' in html
    assert "1. Numerator" in html
    assert "<b>To be added:</b> a count" in html
    assert "instead of 5 per 10000" in html
