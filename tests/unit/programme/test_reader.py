"""Reading a programme file: every fault at once, where it stands, and what was meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leucel.core import InputError, Problem, ScaleError, StorageError
from leucel.programme import (
    parse_programme,
    programme_schema,
    read_programme,
    shipped_programmes,
)

SHIPPED = shipped_programmes()


def shipped_text(name: str = "eque-cel") -> str:
    from importlib import resources

    file = resources.files("leucel") / "programmes" / f"{name.replace('-', '_')}.toml"
    return file.read_text("utf-8")


def changed(old: str, new: str) -> str:
    text = shipped_text()
    assert text.count(old) >= 1, f"{old!r} is not in the shipped file"
    return text.replace(old, new, 1)


def problems(text: str) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        parse_programme(text, name="mine.toml")
    return list(caught.value.problems)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_programmes_are_valid(name: str) -> None:
    programme = read_programme(name)
    assert programme.file.programme.id == name
    assert re.fullmatch(r"[0-9a-f]{64}", programme.hash)


def test_comments_and_layout_do_not_change_the_hash() -> None:
    text = shipped_text()
    plain = parse_programme(text)
    assert parse_programme(f"# more words\n\n{text}\n").hash == plain.hash
    assert parse_programme(changed("months = 36", "months = 24")).hash != plain.hash


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ("patients = 1000", "patients = 0", "trial.patients", "at least 1"),
        ("patients = 1000", "patients = 10.5", "trial.patients", "whole number"),
        ("months = 36", "months = 1000", "trial.months", "at most 240"),
        ("value = 1.0e6,", "value = -1.0e6,", "dose.amount.value", "not positive"),
        ("value = 1.0e6,", "value = nan,", "dose.amount.value", "finite number"),
        ("value = 1.0e6,", "value = inf,", "dose.amount.value", "finite number"),
        ('rule = "per_kg"', 'rule = "per_kilo"', "dose.rule", "'per_kg'"),
        ('unit = "cells/kg"', 'unit = "cells"', "dose.amount.unit", "cells/kg"),
        ('cells = "autologous"', 'cells = "autologus"', "product.cells", "'autologous'"),
        ('sponsor = "IASO', 'sponser = "IASO', "product.sponser", "'sponsor'"),
        (
            'date = "2022-12"',
            'date = "2022-13"',
            "milestones[1].date",
            "YYYY-MM-DD",
        ),
        ('date = "2023-06-30"', 'date = "2023-06-31"', "milestones[2].date", "no date"),
        (
            'kind = "trial_clearance"',
            'kind = "trial_clearence"',
            "milestones[1].kind",
            "'trial_clearance'",
        ),
        (
            'id = "hk-filing"',
            'id = "sg-filing"',
            "milestones[4].id",
            "stands twice",
        ),
        ('code = "US"', 'code = "CN"', "jurisdictions[3].code", "stands twice"),
        ('source = "ash_2022"', 'source = "ash_2202"', "", "'ash_2022'"),
        ('inn = "equecabtagene autoleucel"', "inn = 3", "product.inn.value", "text in quotes"),
        ("copies = 1", "copies = true", "product.binder.copies", "whole number"),
        ('icd10 = "C90.0"', 'icd10 = ""', "indication.codes.icd10", "text in quotes"),
        ('name = "t_max"', 'name = "tmax"', "kinetics.parameters[1].name", "'t_max'"),
        ('field = "age"', 'field = "ages"', "indication.criteria[1].field", "'age'"),
        (
            'model = "stein_2019_tisagenlecleucel"',
            'model = "stein_2019_tisagenlecleuce"',
            "kinetics.model",
            "did you mean 'stein_2019_tisagenlecleucel'",
        ),
        ("sigma = 1.35", "sigma = -1.35", "patients.covariates[11].sigma", "0"),
        ("year = 2022", "year = 20222", "quoted_epidemiology[1].year", "at most 2200"),
    ],
)
def test_a_fault_is_found_where_it_stands(old: str, new: str, key: str, says: str) -> None:
    text = changed(old, new)
    found = problems(text)
    match = [p for p in found if p.where and (p.where.key == key or not key) and says in str(p)]
    assert match, "\n".join(map(str, found))
    where = match[0].where
    assert where is not None
    assert where.file == "mine.toml"
    assert where.line == line_of(shipped_text(), old)
    assert where.column is not None


def test_a_part_that_is_no_domain_names_those_that_are() -> None:
    (found,) = problems(changed('domain = "CD3zeta"', 'domain = "CD3zeto"'))
    assert "CD3zeta" in str(found)
    assert found.where is not None
    assert found.where.line is not None


def test_two_faults_of_one_distribution() -> None:
    text = changed("sigma = 1.35\n", "sd = 1.35\n")
    assert any("patients.covariates[11]" in str(p) for p in problems(text))


def test_an_unverified_value_is_refused() -> None:
    text = changed(
        'source = "fumanba1_2024", mark = "secondary", note = "single',
        'source = "fumanba1_2024", mark = "unverified", note = "single',
    )
    (found,) = problems(text)
    assert "unverified" in found.what
    assert "[[unknowns]]" in (found.fix or "")


def test_a_standardized_rate_cannot_be_tested_against_a_threshold() -> None:
    text = shipped_text().replace('use = "context"', 'use = "threshold test"')
    with pytest.raises(ScaleError, match="age-standardized") as caught:
        parse_programme(text)
    assert len(caught.value.problems) == 1  # the crude 6.8 may be tested
    assert caught.value.problems[0].where is not None


def test_all_problems_come_together_in_order() -> None:
    text = (
        shipped_text()
        .replace("patients = 1000", "patients = 0")
        .replace('rule = "per_kg"', 'rule = "by_weight"')
        .replace('use = "context"', 'use = "threshold test"', 1)
        .replace('id = "us-ind"', 'id = "us-ind"\ncolour = "red"')
    )
    found = problems(text)
    assert len(found) == 4
    lines = [p.where.line for p in found if p.where and p.where.line]
    assert lines == sorted(lines)


def test_a_missing_section_is_said_at_the_top() -> None:
    text = re.sub(r"\[epidemiology\].*?(?=\n\[)", "", shipped_text(), count=1, flags=re.DOTALL)
    (found,) = problems(text)
    assert "[epidemiology]" in str(found)
    assert found.where is not None
    assert found.where.line == 1


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("[programme\nid = 1", 1, 11),
        ("[a]\nb = \n", 2, 5),
        ("a = 1\na = 2\n", 2, 6),
        ('a = "no end', 1, 12),
        ("a = [1,\n2", 2, 2),
    ],
)
def test_broken_toml_names_its_place(text: str, line: int, column: int) -> None:
    (found,) = problems(text)
    assert "no valid TOML" in found.what
    assert found.where is not None
    assert (found.where.line, found.where.column) == (line, column)


def test_an_empty_file_lists_the_sections_it_needs() -> None:
    found = problems("")
    assert any("[programme]" in str(p) for p in found)
    assert len(found) >= 8


def test_windows_line_ends_do_not_move_the_places(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = changed("patients = 1000", "patients = 0")
    path.write_bytes(text.replace("\n", "\r\n").encode())
    with pytest.raises(InputError) as caught:
        read_programme(path)
    where = caught.value.problems[0].where
    assert where is not None
    assert where.line == line_of(text, "patients = 0")


def test_a_name_that_is_nearly_right() -> None:
    with pytest.raises(InputError, match="did you mean 'eque-cel'"):
        read_programme("eque-cell")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises((InputError, StorageError)):
        read_programme(tmp_path / "nothing.toml")
    with pytest.raises(StorageError):
        read_programme(tmp_path)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b"[programme]\nid = '\xff'\n")
    with pytest.raises(InputError, match=r"UTF-8"):
        read_programme(path)


def test_a_section_hands_its_source_down() -> None:
    product = read_programme("eque-cel").file.product
    assert product.sponsor.source == product.source == "press_release_2025"
    assert product.sponsor.mark == "seen"
    assert product.code is not None
    assert product.code.source == "wang_2021"


def test_values_become_evidence() -> None:
    evidence = read_programme("eque-cel").file.dose.amount.evidence()
    assert (evidence.number, evidence.unit, evidence.source) == (1.0e6, "cells/kg", "fumanba1_2024")


def test_dates_know_their_precision() -> None:
    milestones = {m.id: m for m in read_programme("eque-cel").file.milestones}
    assert milestones["us-ind"].precision == "month"
    assert milestones["cn-approval"].precision == "day"
    assert milestones["kr-designation"].precision == "year"
    assert milestones["us-ind"].conflicts[0].date == "2024-04"


def test_the_schema_for_editors_names_every_section() -> None:
    schema = programme_schema()
    assert {"programme", "product", "trial", "sources"} <= set(schema["properties"])
    inn = schema["$defs"]["ProductSection"]["properties"]["inn"]
    assert {"type": "string"} in inn["anyOf"]


def test_a_value_of_the_wrong_kind_is_told_once() -> None:
    (found,) = problems(changed("value = 0.005788", "value = nan"))
    assert "finite" in str(found)
