"""`leucel run --pdf`: the dossier on paper of each programme, and how its absence is told."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leucel.report.numbers import format_interval, format_value

SMALL = ("--patients", "12", "--months", "6", "--as-of", "2025-05-09")
Command = Callable[..., Any]


def squeezed(text: str) -> str:
    """Letters without spaces, soft hyphens and breaks of lines."""
    return re.sub("[\\s\u00ad\ufffe\u200b\u0002]", "", text)


def read_paper(path: Path) -> str:
    """The letters of a PDF; skips visibly when they cannot be read back."""
    pdfium = pytest.importorskip("pypdfium2", reason="reads the PDF back")
    document = pdfium.PdfDocument(path)
    parts: list[str] = []
    for page in document:
        lettering = page.get_textpage()
        parts.append(lettering.get_text_range())
        lettering.close()
        page.close()
    document.close()
    return squeezed("".join(parts))


def test_a_finished_run_gets_its_paper(finished: Path, leucel: Command, tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="needs the extra pdf")
    out = tmp_path / "run"
    shutil.copytree(finished, out)
    done = leucel("run", "eque-cel", "--out", str(out), "--resume", "--pdf", "--quiet")
    assert done.code == 0, done.err
    assert "dossier.pdf" in done.out
    assert (out / "dossier.html").read_bytes() == (finished / "dossier.html").read_bytes()
    assert (out / "summary.json").read_bytes() == (finished / "summary.json").read_bytes()
    assert "dossier.pdf" in json.loads((out / "manifest.json").read_text())["files"]

    summary = json.loads((out / "summary.json").read_text())
    text = read_paper(out / "dossier.pdf")
    for row in summary["trial"]["endpoints"]:
        if row["value"] is not None:
            written = format_interval(row["value"], row["ci_low"], row["ci_high"], row["unit"])
            assert squeezed(written) in text, row["endpoint"]
    for row in summary["designation"]:
        if row["prevalence"] is not None:
            assert squeezed(format_value(row["prevalence"], row["unit"])) in text
        assert squeezed(row["verdict"]) in text
    for row in summary["epidemiology"]:
        if row["value"] is not None:
            assert squeezed(format_value(row["value"], row["unit"])) in text, row["measure"]
    for name in ("lots", "routes", "tornado", "plan", "threshold", "funnel"):
        assert (out / "figures" / f"{name}.svg").exists()
    for title in (
        "Lots: what became of them",
        "Fastest order of filings",
        "What moves the patients reached",
        "Threshold tests",
        "What is assumed",
        "What is unknown",
    ):
        assert squeezed(title) in text, title


def test_every_cited_address_is_in_the_bibliography(
    finished: Path, leucel: Command, tmp_path: Path
) -> None:
    pytest.importorskip("typst", reason="needs the extra pdf")
    out = tmp_path / "run"
    shutil.copytree(finished, out)
    assert leucel("run", "eque-cel", "--out", str(out), "--resume", "--pdf", "--quiet").code == 0
    page = (out / "dossier.html").read_text()
    text = read_paper(out / "dossier.pdf")
    links = set(re.findall(r'class="url"[^>]*href="([^"&]+)"', page))
    assert len(links) > 50
    missing = [link for link in links if squeezed(link) not in text]
    assert missing == []


@pytest.mark.parametrize("programme", ["cilta-cel", "my-cel.toml"])
def test_other_programmes_have_a_paper_too(programme: str, leucel: Command, tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="needs the extra pdf")
    if programme.endswith(".toml"):
        assert leucel("new", "my-cel").code == 0
    done = leucel("run", programme, *SMALL, "--out", "out", "--pdf", "--quiet")
    assert done.code == 0, done.err
    assert "Whatisunknown" in read_paper(tmp_path / "out" / "dossier.pdf")


def test_without_the_typesetter_nothing_is_begun(
    leucel: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    done = leucel("run", "eque-cel", *SMALL, "--out", "out", "--pdf", "--quiet")
    assert done.code == 1
    assert "pip install 'leucel[pdf]'" in done.err
    assert not (tmp_path / "out").exists()
