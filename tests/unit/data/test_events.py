"""Event tables: what is read, and every fault with its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from leucel.core import InputError, StorageError
from leucel.data import EVENT_COLUMNS, read_events

GOOD = """ID,TIME,EVID,AMT,CMT,RATE,ADDL,II,SS,DV,WT,SITE
a,0,1,100,1,0,2,24,0,.,70,north
a,5,0,.,2,.,.,.,.,3.5,,north
a,30,2,.,,,,,,,80,north
b,0,4,50,depot,-2,,12,1,.,60,south
b,7,0,,2,,,,,1.5,60,south
"""
BAD = """ID;TIME;EVID;AMT;RATE;DUR;ADDL;II;SS;MDV
1;0;1;-5;0;0;0;0;0;1
1;x;0;0;0;0;0;0;0;0
1;3;7;1;-3;0;0;0;0;0
1;2;1;100;5;2;0;0;0;0
2;1;1;100;0;0;3;0;0;0
2;08:30;0;4;0;0;0;0;5;2
1;9;1;0;0;0;1.5;0;0;0
;9;3;;;;;;;
"""


def test_a_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text(GOOD, encoding="utf-8")
    table = read_events(path)
    assert table.subjects == ("a", "b")
    assert table.evid.tolist() == [1, 0, 2, 4, 0]
    assert table.amount.tolist() == [100.0, 0.0, 0.0, 50.0, 0.0]
    assert table.compartment == ("1", "2", "", "depot", "2")
    assert table.is_dose.tolist() == [True, False, False, True, False]
    assert table.additional.tolist() == [2, 0, 0, 0, 0]
    assert table.steady_state.tolist() == [0, 0, 0, 1, 0]
    assert table.covariates["WT"].tolist() == [70.0, 70.0, 80.0, 60.0, 60.0]
    assert table.ignored == ("SITE",)
    assert np.isnan(table.lag).all()
    assert [times.tolist() for times in table.sampling_times()] == [[5.0], [7.0]]
    assert str(table.place(3)) == f"{path}:5"


def test_formats_agree(tmp_path: Path) -> None:
    text = tmp_path / "events.csv"
    text.write_text("ID,TIME,EVID,AMT,ADDL,II\n1,0,1,10,2,7\n1,2,0,,,\n", encoding="utf-8")
    frame = pd.read_csv(text)
    frame.to_parquet(tmp_path / "events.parquet")
    tables = [read_events(source) for source in (text, tmp_path / "events.parquet", frame)]
    for table in tables[1:]:
        assert table.subjects == tables[0].subjects
        for name in ("time", "evid", "amount", "additional", "missing"):
            assert np.array_equal(getattr(table, name), getattr(tables[0], name))


def test_all_faults_are_told_with_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(BAD, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_events(path)
    found = [str(problem).removeprefix(f"{path}:") for problem in error.value.problems]
    for said in (
        "2:7 (AMT): the amount is negative; received -5",
        "3:3 (TIME): this is no finite number; received 'x'",
        "4:5 (EVID): this kind of record is not known; received 7",
        "4:9 (RATE): the rate is negative; received -3",
        "5:13 (DUR): a dose has both a rate and a duration; received 2",
        "6:17 (II): a dose is repeated without an interval; received 0",
        "7:3 (TIME): this is no finite number; received '08:30'; give the time as a number",
        "7:11 (AMT): a sample carries an amount; received 4",
        "7:21 (SS): this kind of steady state is not known; received 5",
        "7:23 (MDV): the mark of a missing value is neither 0 nor 1; received 2",
        "8:7 (AMT): a dose has no amount; received 0",
        "8:13 (ADDL): this is no whole number; received '1.5'",
        "8:1 (ID): rows of subject '1' stand apart",
        "9:1 (ID): the row has no subject",
    ):
        assert any(line.startswith(said) for line in found), (said, found)
    assert [int(line.split(":")[0]) for line in found] == sorted(
        int(line.split(":")[0]) for line in found
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ID,TIME\n", "has no row"),
        ("", "has no column 'ID'"),
        ("ID,TME\n1,0\n", "is it 'TME'"),
        ("ID,TIME,TIME\n1,0,0\n", "stands twice"),
        ("ID,TIME\n1,0,3\n", "as many cells"),
        ("ID,TIME,EVID\n1,5,0\n1,2,0\n", "not sorted by time"),
        ("ID,TIME,EVID\n1,5,0\n1,2,3\n", "does not set the clock back"),
        ("ID,TIME,EVID\n1,-5,0\n", "before the start"),
        ("ID,TIME,AMT,LAG,F\n1,0,2,-1,-1\n", "the lag is negative"),
    ],
)
def test_what_is_no_table_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_events(path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        read_events(tmp_path / "nowhere.csv")
    (tmp_path / "latin.csv").write_bytes("ID,TIME\nä,0\n".encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        read_events(tmp_path / "latin.csv")
    (tmp_path / "no.parquet").write_bytes(b"no")
    with pytest.raises(InputError, match="Parquet"):
        read_events(tmp_path / "no.parquet")


def test_columns_may_have_other_names() -> None:
    frame = pd.DataFrame({"who": ["p"], "when": [1.0], "alt": [3.0]})
    table = read_events(frame, columns={"id": "who", "time": "when", "amount": "alt"})
    assert table.is_dose.tolist() == [True]
    with pytest.raises(InputError, match="no 'dosis' column"):
        read_events(frame, columns={"id": "who", "time": "when", "dosis": "alt"})
    with pytest.raises(InputError, match="row 0, column when"):
        read_events(
            pd.DataFrame({"who": ["p"], "when": ["noon"]}), columns={"id": "who", "time": "when"}
        )
    assert set(EVENT_COLUMNS) >= {"id", "time", "evid", "amount"}
