"""Tables written piece by piece: whole or not there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from leucel.core import InputError
from leucel.data import TableFile, read_table, table_path_problems

PARTS = [
    pd.DataFrame({"subject": [n], "time": [0.5 * n], "status": pd.Categorical(["OK"])})
    for n in range(3)
]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_pieces_become_one_table(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"table.{ending}"
    with TableFile(path) as file:
        for part in PARTS:
            file.append(part)
            assert not path.exists()
    frame = pd.read_csv(path) if ending == "csv" else read_table(path)
    assert frame.subject.tolist() == [0, 1, 2]
    assert frame.time.tolist() == [0.0, 0.5, 1.0]
    assert frame.status.tolist() == ["OK"] * 3
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    path.write_bytes(b"older")
    with pytest.raises(ZeroDivisionError), TableFile(path) as file:
        file.append(PARTS[int(1 / 0)])
    assert path.read_bytes() == b"older"
    with pytest.raises(InputError, match="unknown column"), TableFile(path) as file:
        file.append(pd.DataFrame({"subjct": [1]}))
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_paths_are_checked_first(tmp_path: Path) -> None:
    assert not table_path_problems(tmp_path / "a.csv")
    with pytest.raises(InputError, match="no such folder"):
        TableFile(tmp_path / "no" / "a.csv")
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        TableFile(tmp_path / "b.csv")
