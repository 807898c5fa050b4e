"""What commands print: cells, JSON, panels, bars, codes."""

from __future__ import annotations

import json
import math

import pytest
import typer

from leucel.apps.cli.bars import RichBars, progress_bars
from leucel.apps.cli.options import parse_day, usable_threads
from leucel.apps.cli.output import guarded, print_json, print_table, shown, with_limits
from leucel.core import SILENT, InputError, Problem, SolveError, StorageError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        ("", "–"),
        (True, "yes"),
        (12, "12"),
        (1234567, "1,234,567"),
        (0.123456, "0.1235"),
        (123456.7, "123,457"),
        (2.5e9, "2.5e+09"),
        (("a", "b"), "a, b"),
    ],
)
def test_cells(value: object, text: str) -> None:
    assert shown(value) == text


def test_limits_are_short() -> None:
    assert with_limits(None, 1, 2) == "–"
    assert with_limits(96.04, 90.2, 98.9) == "96 (90.2-98.9)"
    assert with_limits(161_130, 108_770, 256_494) == "161k (109k-256k)"


def test_json_has_no_nan(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"a": math.nan, "b": math.inf, "c": (1, "µ")})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": None, "c": [1, "µ"]}


def test_tables_show_brackets_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([{"a": "[bold]x[/bold]", "b": None}], {"a": "unit [%]", "b": "b"})
    out = capsys.readouterr().out
    assert "[bold]x[/bold]" in out
    assert "unit [%]" in out


@pytest.mark.parametrize("width", [34, 40, 60, 120])
def test_words_of_a_table_stay_whole(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    rows = [{"route": "breakthrough medicine", "clock": "405 working days", "late": True}]
    print_table(rows, {"route": "route", "clock": "ends about", "late": "late end"})
    out = capsys.readouterr().out
    for word in ("breakthrough", "medicine", "405", "working", "days", "yes"):
        assert word in out
    assert max(map(len, out.splitlines())) <= width


def test_a_table_without_room_still_shows_every_letter(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    print_table([{"a": "breakthrough", "b": "authorization"}], {"a": "a", "b": "b"})
    letters = "".join(capsys.readouterr().out.split())
    assert sorted(letters.replace("─", "")) == sorted("ab" + "breakthrough" + "authorization")


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (InputError([Problem(what="first"), Problem(what="second")]), 2, "2 problems"),
        (InputError("only"), 2, "1 problem with the input"),
        (StorageError("no space"), 1, "no space"),
        (SolveError("no end"), 1, "no end"),
        (MemoryError(), 1, "fewer patients"),
        (ValueError("odd"), 1, "A fault in leucel"),
        (KeyboardInterrupt(), 130, "Interrupted"),
    ],
)
def test_every_error_becomes_a_panel_and_a_code(
    error: BaseException, code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    @guarded
    def fails() -> None:
        raise error

    with pytest.raises(typer.Exit) as caught:
        fails()
    assert caught.value.exit_code == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert says in captured.err


def test_bars_survive_steps_inside_a_part(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bars(show=True) as bars:
        assert isinstance(bars, RichBars)
        bars.start("Response", 1)
        bars.start("simulate", 100)
        bars.advance(40)
        bars.finish()
        bars.advance()
        bars.finish()
        bars.finish()  # one too many does no harm
        bars.start("Dossier", 0)
        bars.finish()
    err = capsys.readouterr().err
    assert "Response" in err
    assert "Dossier" in err


def test_two_lines_of_a_cell_take_the_room_of_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    rows = [{"what": "variant\n  CD247_CD3zeta_CAR_dQ101", "says": "a word and another " * 5}]
    print_table(rows, {"what": "what", "says": "says"})
    out = capsys.readouterr().out
    assert "CD247_CD3zeta_CAR_dQ101   " in out
    assert "a word and another a word and" in out


def test_no_bars_for_programs() -> None:
    with progress_bars(show=False) as bars:
        assert bars is SILENT


def test_days() -> None:
    assert parse_day(None) is None
    assert str(parse_day("2025-05-09")) == "2025-05-09"
    with pytest.raises(InputError, match="--from"):
        parse_day("09.05.2025", option="--from")


def test_threads() -> None:
    assert usable_threads(3) == 3
    assert usable_threads(None) >= 1
