"""Model files: exact round trips, and faults with file, line and column."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from leucel.core import ModelError, StorageError
from leucel.model import ModelSpec, model_file_problems, read_model, to_text

FLAWED = """\
model flawed "a model with faults"   # and a comment with "quotes"
time t [day]
dose y

parameters
  k = 1.0 [furlong]
  k = 2.0 [1/day]
    from somewhere value 3.0 mark guessed
  m = abc [1]

states
  x [cells] = 1 [cell]

equations
  d/dt x = -k*(x
"""


def test_a_printed_model_reads_back_as_itself(predator: ModelSpec) -> None:
    text = to_text(predator)
    again = read_model(text)
    assert again == predator
    assert again.content_hash == predator.content_hash
    assert to_text(again) == text


def test_equations_on_several_lines_keep_their_content(predator: ModelSpec) -> None:
    broken = {**dict(predator.equations), "tumor": "k_growth*tumor\n   - loss"}
    spec = replace(predator, odes=broken)
    assert read_model(to_text(spec)).content_hash == spec.content_hash


def test_strange_texts_survive(predator: ModelSpec) -> None:
    spec = replace(predator, description='tab\t, line\n, "quote", # hash, \u2028, \\, ü')
    assert read_model(to_text(spec)) == spec


def test_files_are_read_too(predator: ModelSpec, tmp_path: Path) -> None:
    path = tmp_path / "predator.model"
    path.write_bytes(to_text(predator).replace("\n", "\r\n").encode())
    assert read_model(path) == predator
    with pytest.raises(StorageError):
        read_model(tmp_path / "nothing.model")
    path.write_bytes(b"model \xff")
    with pytest.raises(ModelError, match="no UTF-8"):
        read_model(path)


def test_all_faults_of_the_lines_come_at_once(tmp_path: Path) -> None:
    path = tmp_path / "flawed.model"
    path.write_text(FLAWED)
    found = [str(problem) for problem in model_file_problems(path)]
    assert len(found) == 2
    assert f"{path}:8:35: 'guessed' is not known here" in found[0]
    assert f"{path}:9:7: a value is missing here" in found[1]


def test_faults_of_the_model_stand_where_they_are_in_the_file() -> None:
    text = FLAWED.replace("mark guessed", "mark seen").replace("  m = abc [1]\n", "")
    found = [str(problem) for problem in model_file_problems(text)]
    assert any(p.startswith("7:3 (k): the symbol 'k' is defined twice") for p in found)
    assert any(p.startswith("6:3 (parameter k): unknown unit") for p in found)
    assert any(p.startswith("3:1 (dose): unknown state 'y'") for p in found)
    assert any(p.startswith("14:15 (d/dt x): this '(' is never closed") for p in found)
    assert any("no output" in p for p in found)


def test_unit_faults_stand_where_they_are_in_the_file() -> None:
    text = "model m\ntime t [day]\noutputs\n  y [1] = 1 +\n"
    with pytest.raises(ModelError, match=r"^4:14 \(output y\)"):
        read_model(text)
    (problem,) = model_file_problems(text.replace("1 +", "exp(t)"))
    assert str(problem).startswith("4:15 (output y): the argument of exp")


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("", "does not say which model"),
        ("time t [day]", "does not say which model"),
        ("model a\nmodel b\n", "the name is given twice"),
        ("model a\nparameter\n  k = 1 [1]", "did you mean 'parameters'"),
        ("model a\n k = 1 [1]", "belongs to no section"),
        ("model a\nparameters\n  from x value 1", "no value stands before"),
        ("model a\nparameters\n  k = 1 [1]\n    from x", "says no value"),
        ("model a\nevents\n  set x = 1", "no event stands before"),
        ("model a\noutputs\n  y = t", "a unit is missing"),
        ('model a\noutputs\n  y [1] = t "open', "is not expected here"),
        ('model a\noutputs\n  y [1] = t "bad \\q escape"', "not quoted"),
    ],
)
def test_broken_files_are_refused(text: str, fragment: str) -> None:
    with pytest.raises(ModelError, match=fragment):
        read_model(text)


def test_an_unknown_section_is_reported_once() -> None:
    text = "model a\nparamters\n  k = 1 [1]\n  m = 2 [1]\noutputs\n  y [1] = 1\n"
    assert len(model_file_problems(text)) == 1


def test_a_sound_file_has_no_problem(predator: ModelSpec) -> None:
    assert model_file_problems(to_text(predator)) == ()
