"""Errors: one tree, messages that say what, where, allowed, received and fix."""

from __future__ import annotations

import pytest

from leucel.core import (
    InputError,
    LeucelError,
    MissingEvidenceError,
    ModelError,
    Place,
    Problem,
    ScaleError,
    SolveError,
    StorageError,
    UnitError,
    UnreadableFileError,
    near_misses,
    unknown_name,
)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place(file="a.toml", line=3, column=7, key="dose"), "a.toml:3:7 (dose)"),
        (Place(file="a.toml", line=3), "a.toml:3"),
        (Place(key="dose"), "dose"),
        (Place(line=4), "4"),
        (Place(), ""),
    ],
)
def test_a_place_reads_like_a_compiler_message(place: Place, text: str) -> None:
    assert str(place) == text


def test_a_problem_says_everything_in_one_line() -> None:
    problem = Problem(
        what="the dose is negative",
        where=Place(file="p.toml", line=9),
        received="-1",
        allowed="a number above 0",
        fix="give the dose per kilogram",
    )
    assert str(problem) == (
        "p.toml:9: the dose is negative; received -1; allowed: a number above 0; "
        "give the dose per kilogram"
    )
    assert str(Problem(what="nothing fits", where=Place())) == "nothing fits"


def test_an_input_error_carries_all_problems() -> None:
    problems = [Problem(what="one"), Problem(what="two")]
    error = InputError(iter(problems))
    assert error.problems == tuple(problems)
    assert str(error) == "one\ntwo"
    assert InputError("plain").problems == (Problem(what="plain"),)
    assert InputError(problems[0]).problems == (problems[0],)


def test_bad_input_exits_with_2_and_failures_with_1() -> None:
    for kind in (
        InputError,
        ModelError,
        UnitError,
        ScaleError,
        MissingEvidenceError,
        UnreadableFileError,
    ):
        assert issubclass(kind, LeucelError)
        assert kind("x").exit_code == 2
    for failure in (LeucelError, SolveError, StorageError):
        assert failure("x").exit_code == 1


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("sponser", ("sponsor",)),
        ("SPONSOR", ("sponsor",)),
        ("zzz", ()),
        ("", ()),
    ],
)
def test_near_misses(name: str, found: tuple[str, ...]) -> None:
    assert near_misses(name, ["sponsor", "names", "target"]) == found


def test_near_misses_come_best_first_and_are_limited() -> None:
    allowed = ["k_growth", "k_growth_max", "k_kill", "k_kill_max"]
    assert near_misses("k_growt", allowed, limit=1) == ("k_growth",)
    assert near_misses("k_kil", allowed)[0] == "k_kill"


def test_an_unknown_name_lists_what_exists() -> None:
    problem = unknown_name("mdel", ["model", "study"], noun="key", where=Place(line=2))
    assert str(problem) == "2: unknown key 'mdel'; allowed: model, study; did you mean 'model'?"
    assert "there is no key yet" in str(unknown_name("x", [], noun="key"))


def test_a_long_list_of_names_does_not_hide_the_message() -> None:
    problem = unknown_name("column_77x", [f"column_{n}" for n in range(100)], noun="column")
    assert "allowed: one of 100 names" in str(problem)
    assert "'column_77'" in str(problem)
