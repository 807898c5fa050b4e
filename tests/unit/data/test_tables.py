"""Parquet tables: same content same bytes, units inside, what is written comes back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from leucel.core import InputError, StorageError
from leucel.data import read_table, table_bytes, write_table


def example() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": ["a", "b", None],
            "time": [0.0, 1.5, np.nan],
            "n": [3, None, 5],
            "eligible": pd.Series([True, False, None], dtype=object),
            "sources": ["x;y", "", None],
        }
    )


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    write_table(tmp_path / "t.parquet", example())
    back = read_table(tmp_path / "t.parquet")
    assert back["id"].tolist() == ["a", "b", None]
    np.testing.assert_array_equal(back["time"], [0.0, 1.5, np.nan])
    np.testing.assert_array_equal(back["n"], [3, np.nan, 5])
    assert back["eligible"].tolist() == [True, False, None]
    assert back["sources"].tolist() == ["x;y", "", None]


def test_the_bytes_depend_on_the_content_alone() -> None:
    frame = example()
    bytes_of_all = {
        table_bytes(frame),
        table_bytes(frame.copy()),
        table_bytes(frame.set_axis([7, 8, 9])),
        table_bytes(frame.astype({"id": "category"})),
        table_bytes(pd.concat([frame.iloc[:1], frame.iloc[1:]])),
    }
    assert len(bytes_of_all) == 1
    changed = frame.copy()
    changed.loc[1, "time"] = 1.5000000000000002
    assert table_bytes(changed) not in bytes_of_all


def test_another_process_writes_the_same_bytes(tmp_path: Path) -> None:
    code = (
        "import sys, pandas as pd; from pathlib import Path; from leucel.data import write_table\n"
        "write_table(Path(sys.argv[1]), pd.DataFrame({'id': ['a'], 'time': [0.25]}))"
    )
    path = tmp_path / "t.parquet"
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    assert path.read_bytes() == table_bytes(pd.DataFrame({"id": ["a"], "time": [0.25]}))


def test_units_and_meanings_travel_with_the_file(tmp_path: Path) -> None:
    write_table(tmp_path / "t.parquet", example())
    schema = pq.read_schema(tmp_path / "t.parquet")
    assert schema.field("time").metadata[b"unit"] == b"day"
    assert schema.field("id").metadata[b"meaning"] == b"subject"
    assert [str(field.type) for field in schema] == [
        "string",
        "double",
        "int64",
        "bool",
        "string",
    ]


def test_an_empty_table_keeps_its_columns(tmp_path: Path) -> None:
    write_table(tmp_path / "t.parquet", example().iloc[:0])
    assert list(read_table(tmp_path / "t.parquet").columns) == list(example().columns)


def test_unregistered_columns_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown column"):
        write_table(tmp_path / "t.parquet", pd.DataFrame({"qqq": [1]}))
    assert list(tmp_path.iterdir()) == []


def test_broken_and_absent_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 but not really")
    with pytest.raises(InputError, match=r"bad\.parquet is no readable Parquet file"):
        read_table(tmp_path / "bad.parquet")
    with pytest.raises(StorageError, match="does not exist"):
        read_table(tmp_path / "absent.parquet")


def test_large_whole_numbers_keep_every_digit(tmp_path: Path) -> None:
    write_table(tmp_path / "t.parquet", pd.DataFrame({"n": [2**53 + 1]}))
    assert read_table(tmp_path / "t.parquet")["n"].tolist() == [2**53 + 1]
