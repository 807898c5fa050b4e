"""The catalogue in the documentation is written from the cards, and current."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from leucel.library import catalog, get_model
from leucel.model import to_mathml

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "scripts" / "catalogue"
FOLDER = ROOT / "docs" / "catalogue"
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)

# A page with figure and equations stays below what a phone loads in a blink.
LARGEST = 100_000

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
    """Blocks of HTML are whole, equations are MathML, and formulas are not taken for emphasis."""
    text = (FOLDER / f"{id_}.md").read_text()
    assert f"]({id_}.md)" in (FOLDER / "index.md").read_text()
    assert f"catalogue/{id_}.md" in (ROOT / "mkdocs.yml").read_text()
    blocks = [part for part in text.split("\n\n") if part.startswith("<")]
    assert len(blocks) >= 5
    for block in blocks:
        root = ElementTree.fromstring(f"<body>{block.replace('<br>', '<br/>')}</body>")
        assert all((svg.get("aria-label") or "").strip() for svg in root.iter("svg"))
        for table in root.iter("table"):
            assert len({len(row) for row in table.iter("tr")}) == 1
    spec, card = get_model(id_)
    equations = sum(len(rows) for rows in to_mathml(spec).values())
    assert text.count("<math ") == equations
    assert all(f"<code>{p.name}</code>" in text for p in spec.parameters)
    assert text.count('class="met"') + text.count('class="missed"') == len(card.checks)
    plain = CODE.sub("", re.sub(r"^<.*?(?=\n\n)", "", text, flags=re.MULTILINE | re.DOTALL))
    assert not re.search(r"(?<!\\)\*", plain)
    assert len(text) < LARGEST


def test_what_a_page_tells_to_type_runs() -> None:
    """The Python of a page, for a model with a dose, one without, and one without time."""
    for id_ in ("singh_2021_idecabtagene", "li_2025_modakafusp", "hibma_2026_crs"):
        text = (FOLDER / f"{id_}.md").read_text()
        code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
        assert code is not None
        done = subprocess.run(
            [sys.executable, "-c", code.group(1)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
