"""The catalogue in the documentation is written from the cards, and current."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from leucel.library import catalog

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "scripts" / "catalogue"
FOLDER = ROOT / "docs" / "catalogue"
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.skipif(not SCRIPT.exists(), reason="no checkout: scripts are not shipped")


def test_the_catalogue_is_current() -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("id_", [card.id for card in catalog()])
def test_a_page_can_be_typeset(id_: str) -> None:
    """Tables have equal rows, and stars of formulas are not taken for emphasis."""
    text = (FOLDER / f"{id_}.md").read_text()
    assert f"]({id_}.md)" in (FOLDER / "index.md").read_text()
    plain = CODE.sub("", text)
    assert not re.search(r"(?<!\\)\*", plain)
    for rows in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", row)) for row in rows.splitlines()}
        assert len(widths) == 1
