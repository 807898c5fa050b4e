"""Virtual patients as a table."""

from __future__ import annotations

from leucel.data import check_columns
from leucel.trials import TrialResult


def test_the_table_has_registered_columns_with_their_types(result: TrialResult) -> None:
    table = result.seen.patients.to_frame()
    check_columns(table)
    assert table["prior_lines"].dtype.kind == "i"
    assert table["male"].dtype.kind == "b"
    assert table["age"].dtype.kind == "f"
    assert table["subject"].is_monotonic_increasing
