"""The dictionary of columns and the check against it."""

from __future__ import annotations

import pandas as pd
import pytest

from leucel.core import InputError, parse_unit
from leucel.data import COLUMNS, check_columns


def test_every_column_has_a_meaning_and_a_readable_unit() -> None:
    for name, column in COLUMNS.items():
        assert column.name == name
        assert name.isidentifier()
        assert name == name.lower()
        assert column.meaning
        if column.unit != "unit":
            parse_unit(column.unit)


def test_texts_have_no_unit() -> None:
    odd = [c.name for c in COLUMNS.values() if c.type in ("text", "boolean") and c.unit]
    assert odd == []


def test_the_dictionary_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        COLUMNS["new"] = COLUMNS["id"]  # type: ignore[index]


def test_all_faults_of_a_table_come_at_once() -> None:
    frame = pd.DataFrame(
        [[1, "a", 0.5, "yes", 1.5]], columns=["id", "tiem", "month", "eligible", "n"]
    )
    with pytest.raises(InputError) as caught:
        check_columns(frame)
    told = [str(problem) for problem in caught.value.problems]
    assert len(told) == 4
    assert any("unknown column 'tiem'" in each and "'time'" in each for each in told)
    assert any("'id' has the wrong type" in each for each in told)
    assert any("'eligible' has the wrong type" in each for each in told)
    assert any("'n' has the wrong type" in each for each in told)


def test_a_column_that_stands_twice_is_refused() -> None:
    with pytest.raises(InputError, match="stands twice"):
        check_columns(pd.DataFrame([["a", "b"]], columns=["id", "id"]))


def test_gaps_are_allowed_in_every_type() -> None:
    check_columns(
        pd.DataFrame(
            {
                "id": ["a", None],
                "value": [1.0, None],
                "n": [3.0, None],
                "eligible": pd.Series([True, None], dtype=object),
                "sources": ["x;y", ""],
                "arm": pd.Categorical(["a", "b"]),
            }
        )
    )
