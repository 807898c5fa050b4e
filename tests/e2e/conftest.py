"""The command line, run inside this process or as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from leucel.apps.cli.main import app

SMALL = ("--patients", "12", "--months", "6", "--as-of", "2025-05-09")


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str


Command = Callable[..., Done]


@pytest.fixture
def leucel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Run a command in a folder of its own; lines are wide, so that messages are not broken."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")

    def run(*arguments: str) -> Done:
        result = CliRunner().invoke(app, list(arguments), prog_name="leucel")
        return Done(code=result.exit_code, out=result.stdout, err=result.stderr)

    return run


@pytest.fixture
def process(tmp_path: Path) -> Command:
    """Run a command as a process of its own."""

    def run(*arguments: str, prelude: str = "") -> Done:
        code = f"{prelude}\nfrom leucel.apps.cli import main\nmain()"
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "400"},
        )
        return Done(code=done.returncode, out=done.stdout, err=done.stderr)

    return run


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small finished run."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    result = CliRunner().invoke(
        app, ["run", "eque-cel", *SMALL, "--out", str(folder), "--quiet"], prog_name="leucel"
    )
    assert result.exit_code == 0, result.stderr
    return folder
