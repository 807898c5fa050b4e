"""Every command and example in the documentation runs, and its generated parts are current."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEUCEL = Path(sys.executable).parent / "leucel"
PAGES = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
BLOCK = re.compile(r"^```(sh|pycon)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INTERNAL_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_tutorial_runs_as_written(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = BLOCK.findall(page.read_text())
    assert blocks, f"{page.name} has nothing to run"
    names: dict[str, object] = {}
    for language, text in blocks:
        if language == "sh":
            for line in text.splitlines():
                done = subprocess.run(
                    [str(LEUCEL), *line.split()[1:]], capture_output=True, text=True, check=False
                )
                assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
            continue
        test = doctest.DocTestParser().get_doctest(text, names, page.name, str(page), 0)
        runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
        runner.run(test, clear_globs=False)
        names.update(test.globs)
        assert runner.summarize(verbose=False).failed == 0


def test_the_reference_of_the_command_line_is_current() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "cli_reference"), "--check"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "page",
    [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))],
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_links_lead_somewhere(page: Path) -> None:
    missing = [
        target
        for target in INTERNAL_LINK.findall(page.read_text())
        if not (page.parent / target).exists()
    ]
    assert not missing


def test_the_map_of_the_house_names_files_that_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    table = text[text.index("## To change X, open Y") :]
    named = [name for row in re.findall(r"^\|.*\|$", table, re.MULTILINE) for name in _paths(row)]
    missing = [name for name in named if not (ROOT / "src" / "leucel" / name).exists()]
    assert named
    assert not missing


def _paths(row: str) -> list[str]:
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    return (
        re.findall(r"`([a-z_./0-9]+(?:\.py|\.toml|\.csv|/))`", cells[1]) if len(cells) > 1 else []
    )
