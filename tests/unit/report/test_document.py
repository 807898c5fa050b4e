"""The document is whole, safe, self-contained and the same each time."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from leucel.core import Source
from leucel.report import DossierInput, build_dossier, render_dossier
from leucel.report.figures.gallery import draw_gallery
from leucel.report.outline import make_outline

VOID = {"meta", "link", "br", "hr", "img", "input", "path", "use", "rect"}
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>" onload="alert(2)'


class Page(HTMLParser):
    """Collects what the tests ask about."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.headings: list[int] = []
        self.tags: Counter[str] = Counter()
        self.handlers: list[str] = []
        self.attributes: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.tags[tag] += 1
        self.attributes.append((tag, given))
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given.get("href", ""))
        else:
            self.loaded += [given[key] for key in ("src", "href", "srcset", "data") if key in given]
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.handlers += [key for key in given if key.startswith("on")]


@pytest.fixture(scope="module")
def html(demo: DossierInput) -> str:
    return render_dossier(demo)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_same_input_same_bytes(demo: DossierInput, html: str) -> None:
    assert render_dossier(demo) == html


def test_another_process_writes_the_same_bytes(html: str) -> None:
    """Neither hash seeds nor locale, time zone or settings reach the document."""
    code = (
        "import importlib.util, pathlib, sys, hashlib\n"
        f"spec = importlib.util.spec_from_file_location('made_up', {__file__!r}.replace("
        "'test_document.py', 'conftest.py'))\n"
        "module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)\n"
        "from leucel.report import render_dossier\n"
        "sys.stdout.buffer.write(render_dossier(module.make_input()).encode())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        env={"PYTHONHASHSEED": "4711", "TZ": "Asia/Riyadh", "HOME": "/nonexistent"},
    )
    assert done.stdout.decode() == html


def test_every_section_is_there_and_in_the_navigation(demo: DossierInput, page: Page) -> None:
    for section in make_outline(demo).sections:
        assert section.id in page.ids
        assert f"#{section.id}" in page.links


def test_names_are_unique_and_inner_links_resolve(page: Page) -> None:
    assert [name for name, count in Counter(page.ids).items() if count > 1] == []
    inner = {link[1:] for link in page.links if link.startswith("#")}
    assert inner <= set(page.ids)


def test_nothing_is_loaded_from_anywhere(html: str, page: Page) -> None:
    assert all(name.startswith(("#", "data:")) for name in page.loaded)
    assert page.tags["script"] == page.tags["iframe"] == page.tags["object"] == 0
    assert page.handlers == []
    style = html[html.index("<style>") : html.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_outer_links_are_web_addresses_and_open_only_on_a_click(page: Page) -> None:
    # Documents lie beside the dossier in the run folder.
    outer = [link for link in page.links if not link.startswith(("#", "documents/"))]
    assert outer
    assert all(link.startswith(("https://", "http://")) for link in outer)
    rels = [
        given.get("rel", "")
        for tag, given in page.attributes
        if tag == "a" and not given.get("href", "").startswith("#")
    ]
    assert all("noopener" in rel and "noreferrer" in rel for rel in rels)


def test_every_cited_source_is_described(html: str, page: Page) -> None:
    cited = {int(link[5:]) for link in page.links if link.startswith("#ref-")}
    listed = {int(name[4:]) for name in page.ids if re.fullmatch(r"ref-\d+", name)}
    assert cited
    assert cited <= listed
    assert "described nowhere" not in html


def test_headings_step_down_one_at_a_time(page: Page) -> None:
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    for before, after in zip(page.headings, page.headings[1:], strict=False):
        assert after <= before + 1


def test_landmarks_language_and_alternative_texts(html: str, page: Page) -> None:
    assert html.startswith("<!DOCTYPE html>")
    assert '<html lang="en">' in html
    assert page.tags["main"] == page.tags["header"] == page.tags["footer"] == 1
    assert any(tag == "nav" and given.get("aria-label") for tag, given in page.attributes)
    drawings = [given for tag, given in page.attributes if tag == "svg"]
    assert drawings
    assert all(given.get("role") == "img" and given.get("aria-label") for given in drawings)
    boxes = [given for tag, given in page.attributes if given.get("class") == "scroll"]
    assert all(given.get("tabindex") == "0" and given.get("aria-label") for given in boxes)


def test_the_first_page_answers_the_question(html: str) -> None:
    first = html[html.index('id="summary"') : html.index('id="product"')]
    for words in (
        "What is the product?",
        "What does the virtual trial say",
        "96.2%",
        "96.0%",
        "How long do the cells persist?",
        "307.5 days",
        "Is the condition rare enough in Saudi Arabia?",
        "by a factor of 14",
        "7 June 2026",
        "What is not known?",
        "not for treating a patient",
    ):
        assert words in first, words


def test_calibration_is_not_counted_as_agreement(html: str) -> None:
    """Three predictions have published limits: MRD, PFS at 12 months and the time of the peak."""
    assert "3 of 3 predictions agree with the published values" in html


def test_rounded_numbers_of_figures_keep_their_decimals(html: str) -> None:
    assert ">75.0% (71.3 to 78.4)<" in html


def test_marks_have_a_legend(html: str) -> None:
    legend = html[html.index('id="marks"') :]
    for mark in ("official", "reproduced", "seen", "secondary", "derived", "computed", "own value"):
        assert f">{mark}</abbr>" in legend


def test_hostile_texts_stay_texts(make: Callable[..., DossierInput]) -> None:
    data = make()
    kept = {"finish", "start", "jurisdiction", "endpoint"}
    summary = {
        key: [
            {name: item if name in kept else poisoned(item) for name, item in row.items()}
            for row in data.rows(key)
        ]
        for key in ("designation", "routes", "epidemiology")
    } | {
        "programme": poisoned(data.summary["programme"]),
        "trial": {
            "endpoints": [
                {**row, "note": HOSTILE, "unit": HOSTILE, "source": HOSTILE}
                for row in data.rows("trial", "endpoints")
            ]
        },
    }
    tables = {
        name: table.assign(**{key: HOSTILE for key in table.columns if table[key].dtype == object})
        for name, table in data.tables.items()
        if name not in {"kinetics_quantiles", "response_quantiles"}
    }
    dossier = build_dossier(
        make(
            summary=summary,
            tables=tables,
            programme=poisoned(data.programme),
            sources={
                name: Source(id=name, citation=HOSTILE, url="javascript:alert(1)")
                for name in (HOSTILE, *data.sources)
            },
            assumptions=[dict.fromkeys(("what", "value", "unit", "why", "source"), HOSTILE)],
            unknowns=[HOSTILE],
            manifest={HOSTILE: HOSTILE, "version": HOSTILE},
        )
    )
    page = Page(dossier.html)
    assert page.tags["script"] == page.tags["img"] == 0
    assert page.handlers == []
    assert not [link for link in page.links if link.startswith("javascript")]
    assert dossier.html.count("&lt;script&gt;") > 50
    for svg in dossier.figures.values():
        assert "<script" not in svg


def poisoned(value: Any) -> Any:
    """The same structure with every text but dates replaced by a trap."""
    if isinstance(value, dict):
        return {
            key: item if key in {"date", "mark"} else poisoned(item) for key, item in value.items()
        }
    if isinstance(value, list):
        return [poisoned(item) for item in value]
    return HOSTILE if isinstance(value, str) else value


def test_missing_parts_are_said_not_hidden(make: Callable[..., DossierInput]) -> None:
    html = render_dossier(make(tables={}, summary={"programme": {"id": "bare"}}))
    assert html.count("The figure is left out.") >= 10
    assert "No endpoint was computed" in html
    assert "No threshold was tested" in html


def test_nothing_at_all_is_still_a_document() -> None:
    empty = DossierInput(summary={})
    page = Page(render_dossier(empty))
    assert {section.id for section in make_outline(empty).sections} <= set(page.ids)


def test_a_source_that_nobody_described_is_named(make: Callable[..., DossierInput]) -> None:
    html = render_dossier(make(sources={}))
    assert "described nowhere" in html


def test_results_change_the_identity_and_nothing_else_does(
    make: Callable[..., DossierInput],
) -> None:
    assert make().identity == make().identity
    assert make().identity != make(manifest={"seed": 2}).identity


def test_files_of_all_figures_come_along(demo: DossierInput) -> None:
    dossier = build_dossier(demo)
    assert len(dossier.figures) == len(draw_gallery(demo, lead="SA"))
    assert all(
        text.startswith("<svg ") and text.endswith("</svg>\n") for text in dossier.figures.values()
    )


def test_the_door_is_light() -> None:
    code = (
        "import leucel.report, sys; "
        "print([m for m in ('pandas', 'matplotlib', 'jinja2', 'sympy', 'lifelines')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
