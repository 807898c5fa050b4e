"""Study files: every way of writing a value, every fault with its line."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from leucel.core import InputError, StorageError
from leucel.data import StudyColumns, read_profiles


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "study.csv"
    path.write_bytes(text.encode(encoding))
    return path


def faults(path: Path, **options) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_profiles(path, **options)
    return [str(problem).removeprefix(str(path)) for problem in caught.value.problems]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_separators_line_ends_and_case(tmp_path: Path, separator: str, line_end: str) -> None:
    lines = [["ID", "Time", "VALUE"], ["a", "0", "10"], ["a", "7", "2.5e3"], ["b", "0", "5"]]
    text = line_end.join(separator.join(line) for line in lines)
    found = read_profiles(written(tmp_path, text))
    assert found.subjects == ("a", "b")
    assert found.value.tolist() == [10.0, 2500.0, 5.0]


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    path = written(tmp_path, "id,time,value\na,0,1\n", "utf-8-sig")
    assert read_profiles(path).subjects == ("a",)


@pytest.mark.parametrize(
    ("cell", "value", "below"),
    [
        ("32.5", 32.5, False),
        ("<50", 50.0, True),
        ("< 50", 50.0, True),
        ("<.5e1", 5.0, True),
        ("BLQ", 20.0, True),
        ("bql", 20.0, True),
        ("<LLOQ", 20.0, True),
        ("19.9", 20.0, True),
        ("20", 20.0, False),
    ],
)
def test_values_and_marks(tmp_path: Path, cell: str, value: float, below: bool) -> None:
    path = written(tmp_path, f"id,time,value\na,0,{cell}\na,1,100\n")
    found = read_profiles(path, lloq=20.0)
    assert (found.value[0], found.below_lloq[0]) == (value, below)


def test_without_a_limit_blq_has_no_number(tmp_path: Path) -> None:
    found = read_profiles(written(tmp_path, "id,time,value\na,0,BLQ\na,1,100\n"))
    assert math.isnan(found.value[0])
    assert found.below_lloq.tolist() == [True, False]


def test_a_column_of_marks_is_used(tmp_path: Path) -> None:
    text = "id,time,value,below_lloq\na,0,20,1\na,1,,yes\na,2,30,0\na,3,40,\n"
    found = read_profiles(written(tmp_path, text))
    assert found.below_lloq.tolist() == [True, True, False, False]


def test_missing_values_and_empty_lines_are_left_out(tmp_path: Path) -> None:
    text = "id,time,value\na,0,.\n\na,1,NA\na,2,\na,3,7\n,,\n"
    found = read_profiles(written(tmp_path, text))
    assert found.time.tolist() == [3.0]


def test_every_fault_of_a_file_comes_with_its_line(tmp_path: Path) -> None:
    text = (
        "id,time,value,below_lloq\n"
        "a,0,<ten,0\n"
        '"a\nb",1,5,0\n'
        ",2,5,0\n"
        "a,soon,5,0\n"
        "a,inf,5,0\n"
        "a,4,-5,0\n"
        "a,5,5,perhaps\n"
        "a,6\n"
        "a,7,1e999,0\n"
    )
    told = faults(written(tmp_path, text))
    assert [each.split(":")[1] for each in told] == ["2", "5", "6", "7", "8", "9", "10", "11"]
    assert "'<ten'" in told[0]
    assert "has no subject" in told[1]
    assert "neither true nor false" in told[5]
    assert "as many cells" in told[6]


def test_two_values_at_one_time_are_named_with_both_lines(tmp_path: Path) -> None:
    path = written(tmp_path, "id,time,value\na,0,1\nb,0,1\na,0,2\n")
    (told,) = faults(path)
    assert told.startswith(":4: subject 'a' has two values at one time")
    assert "study.csv:2" in told


def test_columns_that_are_absent_get_their_near_miss(tmp_path: Path) -> None:
    path = written(tmp_path, "id,tme,conc\na,0,1\n")
    told = faults(path)
    assert any("no column 'time'" in each and "is it 'tme'?" in each for each in told)
    assert any("no column 'value'" in each and "received id, tme, conc" in each for each in told)
    names = StudyColumns(time="tme", value="conc", below_lloq="cens")
    assert "no column 'cens'" in faults(path, columns=names)[0]
    found = read_profiles(path, columns=StudyColumns(time="TME", value="Conc"))
    assert found.value.tolist() == [1.0]


def test_a_header_with_a_name_twice_is_refused(tmp_path: Path) -> None:
    told = faults(written(tmp_path, "id,time,value,Value\na,0,1,2\n"))
    assert "'value' stands 2 times" in told[0]


@pytest.mark.parametrize("text", ["", "id,time,value\n", "id,time,value\na,0,NA\n"])
def test_files_without_a_measurement_are_refused(tmp_path: Path, text: str) -> None:
    assert faults(written(tmp_path, text))


def test_files_that_are_no_text_or_absent_are_named(tmp_path: Path) -> None:
    path = tmp_path / "study.csv"
    path.write_bytes(b"id,time,value\n\xff\xfe")
    assert "no text file in UTF-8" in faults(path)[0]
    with pytest.raises(StorageError, match="does not exist"):
        read_profiles(tmp_path / "absent.csv")
