"""A run killed at any moment is finished by --resume, and gives what an unbroken run gives."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PATIENTS, MONTHS, DAY = "12", "6", "2025-05-09"
# Each run starts Python anew and takes seconds: the many kills are in the unit test of the runner,
# these few show that the real parts resume too. The moments differ from run to run on purpose.
KILLS = 2
COMMAND = (
    *(sys.executable, "-c", "from leucel.apps.cli import main; main()", "run", "eque-cel"),
    *("--patients", PATIENTS, "--months", MONTHS, "--as-of", DAY, "--quiet"),
)

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")


def visible(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".leucel" not in path.relative_to(folder).parts
    }


def start(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, "--out", str(folder), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], float]:
    """Files of an undisturbed run, and how long it took."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    begin = time.perf_counter()
    process = start(folder)
    _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()
    return visible(folder), time.perf_counter() - begin


def test_killed_at_random_moments(whole: tuple[dict[str, bytes], float], tmp_path: Path) -> None:
    files, seconds = whole
    chance = random.Random()
    for kill in range(KILLS):
        folder = tmp_path / f"run-{kill}"
        moment = chance.uniform(0.2, 1.0) * seconds
        process = start(folder)
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if (folder / "manifest.json").exists():
            continue  # it had already finished
        finished = {
            path.parent.name: path.read_bytes()
            for path in (folder / ".leucel" / "parts").glob("*/done.json")
        }
        again = start(folder, "--resume")
        _, errors = again.communicate()
        assert again.returncode == 0, f"killed after {moment:.2f} s: {errors.decode()}"
        assert visible(folder) == files, f"killed after {moment:.2f} s"
        journal = [
            json.loads(line)
            for line in (folder / ".leucel" / "journal.jsonl").read_text().splitlines()
        ]
        last = max(i for i, event in enumerate(journal) if event["event"] == "start")
        repeated = {e["part"] for e in journal[last:] if e["event"] == "part starts"}
        assert not repeated & set(finished)


def test_killed_twice(whole: tuple[dict[str, bytes], float], tmp_path: Path) -> None:
    files, seconds = whole
    for share in (0.5, 0.8):
        process = start(tmp_path / "run", "--resume")
        time.sleep(share * seconds)
        process.kill()
        process.communicate()
    process = start(tmp_path / "run", "--resume")
    _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()
    assert visible(tmp_path / "run") == files


def test_an_interrupted_run_says_how_to_go_on(tmp_path: Path) -> None:
    process = start(tmp_path / "run")
    while not (tmp_path / "run" / ".leucel" / "parts").exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130
    assert "--resume" in errors.decode()
    assert "Traceback" not in errors.decode()


def test_threads_do_not_change_a_byte(
    whole: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    files, _ = whole
    process = start(tmp_path / "run", "--threads", "3")
    _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()
    assert visible(tmp_path / "run") == files
