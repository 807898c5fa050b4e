"""Lists of designations in the forms that registers give them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from leucel.core import InputError, StorageError
from leucel.regulatory import find_designations, read_designations, read_ema_table

ROW = {
    "medicine_name": "",
    "active_substance": "a CAR-T",
    "date_of_designation_or_refusal": "17/12/2024",
    "intended_use": "Treatment of plasma cell myeloma",
    "eu_designation_number": "EU/3/24/0001",
    "status": "Positive",
}
FDA_HEAD = (
    "Generic Name,Trade Name,Date Designated,Orphan Designation,Orphan Designation Status,"
    "FDA Orphan Approval Status,Approved Labeled Indication,Marketing Approval Date,"
    "Exclusivity End Date,Exclusivity Protected Indication* long note,Sponsor Company,Address 1,"
    "Address 2,City,State,Zip,Country,CF Grid Key"
)


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_the_json_report_of_the_ema(tmp_path: Path) -> None:
    path = write(tmp_path / "ema.json", json.dumps({"meta": {}, "data": [ROW]}))
    (record,) = read_designations(path)
    assert record.register == "EMA"
    assert record.number == "EU/3/24/0001"
    assert record.designated == date(2024, 12, 17)
    assert find_designations((record,), "myeloma") == (record,)
    bare = write(tmp_path / "bare.json", json.dumps([ROW]))
    assert read_ema_table(bare) == (record,)


def test_the_spreadsheet_of_the_ema_as_csv(tmp_path: Path) -> None:
    head = (
        "Medicine name,Active substance,Date of designation / refusal,Intended use,"
        "EU designation number,Status"
    )
    text = f"Orphan designations\n\n{head}\n,a CAR-T,2024-12-17,Myeloma,EU/3/24/0001,Positive\n"
    (record,) = read_designations(write(tmp_path / "ema.csv", text))
    assert (record.condition, record.designated) == ("Myeloma", date(2024, 12, 17))
    semicolons = text.replace(",", ";")
    assert read_designations(write(tmp_path / "semi.csv", semicolons)) == (record,)


def test_forms_are_told_apart(tmp_path: Path) -> None:
    fda = write(
        tmp_path / "fda.csv",
        f"{FDA_HEAD}\nx,,02/01/2019,Multiple myeloma,Designated,,,,,,Y,,,,,,USA,1\n",
    )
    page = write(
        tmp_path / "eu.htm",
        'var dataSet = [{"eu_num": {"display": "EU/3/1"}, "name": "x", "indication": "gout"}];',
    )
    assert [record.register for record in read_designations(fda)] == ["FDA"]
    assert [record.register for record in read_designations(page)] == ["EU"]


def test_any_table_is_read_by_its_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "japan.csv", "Name,Indication,Day\nx,Multiple myeloma,2025/01/31\n")
    (record,) = read_designations(
        path, columns={"product": "Name", "condition": "Indication", "designated": "Day"}
    )
    assert record.register == "japan"
    assert record.designated == date(2025, 1, 31)


def test_faults_are_told_together_with_their_lines(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="form that is not known"):
        read_designations(write(tmp_path / "x.csv", "a,b\n1,2\n"))
    with pytest.raises(StorageError):
        read_designations(tmp_path / "nothing.csv")
    table = write(tmp_path / "japan.csv", "Name,Indication,Day\nx,y,31/31/2025\nx,y,never\n")
    with pytest.raises(InputError) as caught:
        read_designations(
            table, columns={"product": "Name", "condition": "Indication", "designated": "Day"}
        )
    assert [p.where.line for p in caught.value.problems if p.where] == [2, 3]
    with pytest.raises(InputError) as caught:
        read_designations(table, columns={"product": "Nome", "color": "Day"})
    assert len(caught.value.problems) == 3
    with pytest.raises(InputError, match="no JSON"):
        read_designations(write(tmp_path / "x.json", "{"))
    with pytest.raises(InputError, match="no rows"):
        read_designations(write(tmp_path / "y.json", "{}"))
    lacking = {key: value for key, value in ROW.items() if key != "status"}
    with pytest.raises(InputError, match="no column 'status'"):
        read_designations(write(tmp_path / "z.json", json.dumps([lacking])))
