"""Tables that users bring."""

from __future__ import annotations

from pathlib import Path

import pytest

from leucel.core import InputError, StorageError
from leucel.epidemiology import (
    AGE_GROUPS,
    AgeStandardized,
    Measure,
    Rate,
    SurvivalBasis,
    get_population,
    incidence_from_asr,
    read_age_table,
    read_population,
    read_survival,
)

WORLD = Rate(measure=Measure.INCIDENCE, scale=AgeStandardized(), value=1.8, area="WLD")


def write(folder: Path, text: str, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def registry(rows: list[str]) -> str:
    return "age_group,cases,person_years\n" + "\n".join(rows) + "\n"


FULL = [f"{group},{index},1000" for index, group in enumerate(AGE_GROUPS)]


def test_a_registry_table_with_finer_ages(tmp_path: Path) -> None:
    rows = [
        "0,1,400",
        "1-4,2,600",
        *FULL[1:17],
        "85-89,3,50",
        "90+,4,70",
        "unknown,5,",
        "Total,9,9",
    ]
    table = read_age_table(write(tmp_path, registry(rows)))
    assert table.counts.cases.tolist() == [3, *range(1, 17), 7]
    assert table.counts.person_years[-1] == 120
    assert table.unknown == 5


def test_a_seer_stat_export_with_title_and_notes(tmp_path: Path) -> None:
    lines = [
        "Incidence 2000-2020",
        '"Age recode with <1 year olds"\t"Crude Rate"\tCount\tPopulation',
    ]
    lines += ["00 years\t0\t0\t1,000", "01-04 years\t0\t0\t4,000"]
    lines += [f"{low:02d}-{low + 4:02d} years\t1.0\t{low}\t1,234,567" for low in range(5, 85, 5)]
    lines += ["85+ years\t9\t1,085\t20,000", "", "Rates are per 100,000."]
    table = read_age_table(write(tmp_path, "\n".join(lines), "seer.txt"))
    assert table.counts.person_years[:2].tolist() == [5_000, 1_234_567]
    assert table.counts.cases[-1] == 1_085


def test_own_column_names_and_semicolons(tmp_path: Path) -> None:
    text = "Alter;Faelle;Jahre\n" + "\n".join(row.replace(",", ";") for row in FULL)
    names = {"ages": "Alter", "cases": "Faelle", "person_years": "Jahre"}
    assert read_age_table(write(tmp_path, text), columns=names).counts.cases.sum() == 153


def test_every_fault_of_a_table_comes_with_its_line(tmp_path: Path) -> None:
    rows = [*FULL[:2], "10-19,1,5", "20-24,^,5", "25-29,-3,5", "thirty,1,5"]
    with pytest.raises(InputError) as caught:
        read_age_table(write(tmp_path, registry(rows)))
    places = [problem.where for problem in caught.value.problems]
    assert [place.line for place in places if place] == [4, 5, 6, 7]
    assert "suppressed" in caught.value.problems[1].what


def test_missing_columns_groups_and_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="person_years"):
        read_age_table(write(tmp_path, "age_group,cases,persons\n0-4,1,2\n"))
    with pytest.raises(InputError, match="no people in the age group 85"):
        read_age_table(write(tmp_path, registry(FULL[:-1])))
    with pytest.raises(InputError):
        read_age_table(write(tmp_path, ""))
    with pytest.raises(StorageError):
        read_age_table(tmp_path / "absent.csv")


def wpp(tmp_path: Path) -> Path:
    ages = [*AGE_GROUPS[:-1], "85-89", "90-94", "95-99", "100+"]
    rows = [f"SAU,2024,{group},10.5" for group in ages] + ["SAU,2023,0-4,99", "KWT,2024,0-4,99"]
    return write(tmp_path, "ISO3_code,Time,AgeGrp,PopTotal\n" + "\n".join(rows), "wpp.csv")


def test_a_population_of_the_un_replaces_the_shipped_one(tmp_path: Path) -> None:
    people = read_population(wpp(tmp_path), "SA", year=2024)
    assert people.persons[0] == 10_500
    assert people.persons[-1] == 42_000
    assert people.revision == "wpp.csv"
    estimate = incidence_from_asr("SA", WORLD, population=people)
    assert estimate.population == people.total
    with pytest.raises(InputError, match="that of SA, not of KW"):
        incidence_from_asr("KW", WORLD, population=people)
    same = incidence_from_asr("SA", WORLD, population=get_population("SA"))
    assert same == incidence_from_asr("SA", WORLD)


def test_a_population_without_the_area_or_with_gaps(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no rows of Qatar"):
        read_population(wpp(tmp_path), "QA", year=2024)
    with pytest.raises(InputError, match="age groups without people"):
        read_population(wpp(tmp_path), "SA", year=2023)


def test_survival_points_of_the_user(tmp_path: Path) -> None:
    text = "years,survival,low,high\n1,82.6,82,83.2\n5,52.2,,\n10,29.1,27,31\n"
    points = read_survival(write(tmp_path, text), basis=SurvivalBasis.NET, percent=True)
    assert points.low[1] == points.high[1] == pytest.approx(0.522)
    assert points.curve().scale == pytest.approx(8.003, abs=0.001)
    with pytest.raises(InputError, match="limits"):
        read_survival(write(tmp_path, "years,survival\n1,82\n5,50\n"))
    with pytest.raises(InputError, match="fall"):
        read_survival(write(tmp_path, "years,survival\n1,0.5\n5,0.6\n"))


@pytest.mark.parametrize(
    ("extra", "text"),
    [
        ("0-4,1,1000", "overlap those of line 2"),
        ("3,1,1000", "overlap those of line 2"),
        ("85-89,1,1000", "overlap those of line 19"),
    ],
)
def test_nobody_is_counted_twice(tmp_path: Path, extra: str, text: str) -> None:
    with pytest.raises(InputError, match=text) as caught:
        read_age_table(write(tmp_path, registry([*FULL, extra])))
    assert len(caught.value.problems) == 1


def test_two_variants_of_a_population_are_refused(tmp_path: Path) -> None:
    rows = [f"SAU,2024,{group},100" for group in AGE_GROUPS]
    text = "\n".join(["ISO3_code,Time,AgeGrp,PopTotal", *rows, *rows])
    with pytest.raises(InputError, match="overlap") as caught:
        read_population(write(tmp_path, text), "SA", year=2024)
    assert len(caught.value.problems) == len(AGE_GROUPS)


def test_a_table_with_other_columns_is_one_problem(tmp_path: Path) -> None:
    path = write(tmp_path, "ages,cases,person_years\n0-4,1,1000\n")
    with pytest.raises(InputError, match="no column age_group") as caught:
        read_age_table(path)
    assert len(caught.value.problems) == 1
    assert read_age_table(
        write(tmp_path, registry(FULL).replace("age_group", "ages")),
        columns={"ages": "ages", "cases": "cases", "person_years": "person_years"},
    ).counts.cases.sum() == sum(range(len(AGE_GROUPS)))
