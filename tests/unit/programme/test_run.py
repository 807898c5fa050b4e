"""Running, resuming, replacing: what a run leaves in its folder and what it refuses."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from leucel.core import InputError, StorageError
from leucel.programme import RunFolder


def visible(folder: Path) -> dict[str, bytes]:
    """Every file that a reader sees."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".leucel" not in path.parts
    }


def test_a_run_leaves_its_files_and_a_manifest_of_them(run: Any, tmp_path: Path) -> None:
    report = run(tmp_path / "out")
    files = visible(tmp_path / "out")
    assert set(files) == {"dossier.html", "manifest.json", "summary.json", "tables/draws.txt"}
    manifest = json.loads(files["manifest.json"])
    assert set(manifest["files"]) == set(files) - {"manifest.json"}
    assert manifest["arguments"] == {
        "patients": 5,
        "months": 36,
        "seed": 20250509,
        "as_of": "2025-05-09",
    }
    assert manifest["models"] == {"none": "0" * 64}
    assert report.done == ("first", "second", "dossier")
    assert RunFolder(path=tmp_path / "out").intact()


def test_missing_numbers_are_null(run: Any, tmp_path: Path) -> None:
    run(tmp_path / "out")
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["first"]["missing"] is None


def test_nothing_visible_depends_on_the_folder_the_threads_or_the_clock(
    run: Any, tmp_path: Path
) -> None:
    run(tmp_path / "one", threads=1)
    run(tmp_path / "two", threads=7, today=date(2031, 1, 1), as_of=date(2025, 5, 9))
    assert visible(tmp_path / "one") == visible(tmp_path / "two")


def test_another_seed_gives_other_files(run: Any, tmp_path: Path) -> None:
    run(tmp_path / "one")
    run(tmp_path / "two", seed=2)
    assert visible(tmp_path / "one") != visible(tmp_path / "two")


def test_a_broken_run_resumes_and_repeats_nothing(run: Any, recorder: Any, tmp_path: Path) -> None:
    run(tmp_path / "whole")
    recorder.worked.clear()
    recorder.fail_in = "second"
    with pytest.raises(RuntimeError):
        run(tmp_path / "broken")
    assert visible(tmp_path / "broken") == {}
    recorder.fail_in = None
    recorder.worked.clear()
    report = run(tmp_path / "broken", resume=True, patients=None, today=date(2031, 1, 1))
    assert recorder.worked == ["second"]
    assert report.kept == ("first",)
    assert visible(tmp_path / "broken") == visible(tmp_path / "whole")


def test_resuming_a_finished_run_does_nothing(run: Any, recorder: Any, tmp_path: Path) -> None:
    run(tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.json")}
    recorder.worked.clear()
    report = run(tmp_path / "out", resume=True)
    assert recorder.worked == []
    assert report.done == ()
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.json")} == before


def test_a_damaged_checkpoint_is_made_again(run: Any, recorder: Any, tmp_path: Path) -> None:
    run(tmp_path / "out")
    whole = visible(tmp_path / "out")
    table = tmp_path / "out" / ".leucel" / "parts" / "first" / "draws.parquet"
    table.write_bytes(table.read_bytes()[:-1])
    recorder.worked.clear()
    run(tmp_path / "out", resume=True)
    assert recorder.worked == ["first"]
    assert visible(tmp_path / "out") == whole


def test_a_damaged_visible_file_is_written_again(run: Any, tmp_path: Path) -> None:
    run(tmp_path / "out")
    whole = visible(tmp_path / "out")
    (tmp_path / "out" / "dossier.html").write_text("half")
    run(tmp_path / "out", resume=True)
    assert visible(tmp_path / "out") == whole


def test_resume_where_nothing_is_starts_anew(run: Any, tmp_path: Path) -> None:
    assert run(tmp_path / "out", resume=True).kept == ()


@pytest.mark.parametrize(
    "changed", [{"patients": 6}, {"seed": 1}, {"months": 12}, {"as_of": date(2026, 1, 1)}]
)
def test_resume_with_other_arguments_is_refused(
    run: Any, tmp_path: Path, changed: dict[str, Any]
) -> None:
    run(tmp_path / "out")
    with pytest.raises(InputError, match=next(iter(changed)).replace("_", "-")):
        run(tmp_path / "out", resume=True, **changed)


def test_resume_with_another_programme_is_refused(
    run: Any, recorder: Any, programme: Any, tmp_path: Path
) -> None:
    from dataclasses import replace

    from leucel.programme import run_programme

    run(tmp_path / "out")
    with pytest.raises(InputError, match="another programme"):
        run_programme(
            replace(programme, hash="0" * 64),
            out=tmp_path / "out",
            today=date(2025, 5, 9),
            parts=recorder.parts,
            render=recorder.render,
            resume=True,
        )


def test_an_existing_run_is_not_overwritten(run: Any, recorder: Any, tmp_path: Path) -> None:
    run(tmp_path / "out")
    before = visible(tmp_path / "out")
    with pytest.raises(StorageError, match="--force"):
        run(tmp_path / "out")
    assert visible(tmp_path / "out") == before


def test_an_unfinished_run_names_resume(run: Any, recorder: Any, tmp_path: Path) -> None:
    recorder.fail_in = "second"
    with pytest.raises(RuntimeError):
        run(tmp_path / "out")
    with pytest.raises(StorageError, match="--resume"):
        run(tmp_path / "out")


def test_force_replaces_a_run_and_leaves_other_files(
    run: Any, recorder: Any, tmp_path: Path
) -> None:
    run(tmp_path / "out")
    (tmp_path / "out" / "tables" / "mine.txt").write_text("mine")
    recorder.worked.clear()
    run(tmp_path / "out", force=True, seed=3)
    assert recorder.worked == ["first", "second"]
    assert (tmp_path / "out" / "tables" / "mine.txt").read_text() == "mine"
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["seed"] == 3


@pytest.mark.parametrize("force", [False, True])
def test_a_foreign_folder_is_never_touched(run: Any, tmp_path: Path, force: bool) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "manifest.json").write_text("{}")
    with pytest.raises(StorageError, match="no run of leucel"):
        run(tmp_path / "letters", force=force)
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["manifest.json"]


def test_a_file_in_the_place_of_the_folder(run: Any, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(StorageError, match="that is a file"):
        run(tmp_path / "out")
    with pytest.raises(StorageError):
        run(tmp_path / "out" / "deeper")


def test_an_empty_folder_is_used(run: Any, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert run(tmp_path / "out").done


def test_resume_and_force_exclude_each_other(run: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="exclude"):
        run(tmp_path / "out", resume=True, force=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [("patients", 0), ("patients", -3), ("months", 0), ("seed", -1), ("threads", 0)],
)
def test_numbers_out_of_range(run: Any, tmp_path: Path, name: str, value: int) -> None:
    with pytest.raises(InputError, match=name):
        run(tmp_path / "out", **{name: value})
    assert not (tmp_path / "out").exists()


def test_two_runs_cannot_share_a_folder(run: Any, tmp_path: Path) -> None:
    run(tmp_path / "out")
    with RunFolder(path=tmp_path / "out").locked():
        with pytest.raises(StorageError, match="another run"):
            run(tmp_path / "out", resume=True)
        with pytest.raises(StorageError, match="another run"):
            run(tmp_path / "out", force=True)


def test_what_a_killed_write_leaves_behind_is_swept(run: Any, tmp_path: Path) -> None:
    run(tmp_path / "out")
    whole = visible(tmp_path / "out")
    (tmp_path / "out" / ".summary.json.abc.part").write_text("half a")
    (tmp_path / "out" / "tables" / ".draws.txt.abc.part").write_text("half a")
    run(tmp_path / "out", resume=True)
    assert visible(tmp_path / "out") == whole


@pytest.mark.parametrize("file", ["draws.parquet", "done.json", "summary.json", "manifest.json"])
def test_a_full_disk_leaves_no_half_file_and_the_run_resumes(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    run(tmp_path / "whole")
    real = Path.replace

    def full(self: Path, target: Any) -> Path:
        if Path(target).name == file:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(StorageError, match=r"disk is full.*--resume"):
            run(tmp_path / "out")
    assert not list((tmp_path / "out").rglob("*.part"))
    assert not (tmp_path / "out" / "manifest.json").exists()
    run(tmp_path / "out", resume=True)
    assert visible(tmp_path / "out") == visible(tmp_path / "whole")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder(run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(StorageError, match="may not write"):
        run(tmp_path / "closed" / "out")


def test_the_journal_has_the_times_and_nothing_else_does(run: Any, tmp_path: Path) -> None:
    run(tmp_path / "out", threads=3)
    lines = (tmp_path / "out" / ".leucel" / "journal.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    assert events[0]["event"] == "start"
    assert events[0]["threads"] == 3
    assert all("time" in event for event in events)


def test_a_wanted_file_is_added_to_a_finished_run(run: Any, recorder: Any, tmp_path: Path) -> None:
    def render(*given: Any) -> dict[str, bytes]:
        return {**recorder.render(*given), "dossier.pdf": b"%PDF"}

    out = tmp_path / "out"
    run(out)
    report = run(out, resume=True, render=render, wanted=("dossier.pdf",))
    assert report.done == ("dossier",)
    assert "dossier.pdf" in json.loads((out / "manifest.json").read_text())["files"]
    again = run(out, resume=True, render=render, wanted=("dossier.pdf",))
    assert again.done == ()


def test_a_file_that_is_not_made_again_goes_away(run: Any, recorder: Any, tmp_path: Path) -> None:
    """A PDF never stands beside a dossier that it does not belong to."""

    def render(*given: Any) -> dict[str, bytes]:
        return {**recorder.render(*given), "dossier.pdf": b"%PDF"}

    out = tmp_path / "out"
    run(out, render=render)
    (out / "dossier.html").write_text("changed by hand")
    run(out, resume=True)
    assert not (out / "dossier.pdf").exists()
    (out / "dossier.pdf").write_bytes(b"of somebody else")
    run(out, force=True)
    assert (out / "dossier.pdf").read_bytes() == b"of somebody else"
