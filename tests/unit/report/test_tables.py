"""Tables show some of many rows and say so."""

from __future__ import annotations

from leucel.report.tables import make_table, thin


def test_thin_keeps_both_ends() -> None:
    rows = list(range(1000))
    shown = thin(rows, 24)
    assert len(shown) == 24
    assert shown[0] == 0
    assert shown[-1] == 999
    assert thin(rows[:5], 24) == rows[:5]


def test_a_long_table_says_what_it_left_out() -> None:
    table = make_table([{"x": k} for k in range(100)], {"x": "X"}, max_rows=10)
    assert len(table.rows) == 10
    assert table.note == "10 of 100 rows, evenly spaced."


def test_missing_cells_are_a_dash() -> None:
    table = make_table([{"x": None, "y": "a"}, {"x": 2.0}], {"x": "X", "y": "Y"})
    assert table.rows == (("–", "a"), ("2", "–"))
    assert [column.numeric for column in table.columns] == [True, False]


def test_texts_that_look_like_numbers_stay_as_they_are() -> None:
    """A year is no count, and a written number is not written again."""
    rows = [{"when": "2025", "much": "31,300"}, {"when": "9 May 2025", "much": "12"}]
    table = make_table(rows, {"when": "When", "much": "Much"})
    assert table.rows == (("2025", "31,300"), ("9 May 2025", "12"))
