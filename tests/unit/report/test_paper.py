"""The dossier as PDF: the same content as the page, whole, safe, accessible, the same each time."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from leucel.product import MissingExtraError
from leucel.report import DossierInput, build_dossier
from leucel.report.blocks import Lines, Outline, Paragraph, Section, TableBlock
from leucel.report.canvas import Figure
from leucel.report.inline import plain_text, printable, read_inline
from leucel.report.outline import make_outline
from leucel.report.paper import paper_data, set_paper
from leucel.report.tables import Column, Table
from leucel.report.widths import LINE, column_widths, soften

MARKUP = "#$*_@[]{}<>`\\/=-+~'\"&;:^|%"
# Title, contents, lists, and eleven sections of which some are long.
LEAST_PAGES = 15
# 21 mm of margin in points, less half a point for the overhang of letters.
A4_MARGIN = 21 / 25.4 * 72 - 0.5


@pytest.fixture(scope="module", autouse=True)
def typesetter() -> None:
    pytest.importorskip("typst", reason="needs the extra pdf")
    pytest.importorskip("pypdfium2", reason="reads the PDF back")


@pytest.fixture(scope="module")
def pdf(demo: DossierInput) -> bytes:
    found = build_dossier(demo, pdf=True).pdf
    assert found is not None
    return found


@pytest.fixture(scope="module")
def document(pdf: bytes) -> Iterator[Any]:
    import pypdfium2

    opened = pypdfium2.PdfDocument(pdf)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def pages(document: Any) -> list[str]:
    return [read_page(document, number) for number in range(len(document))]


def read_page(document: Any, number: int) -> str:
    """The text of a page, hyphens at the ends of lines undone and spaces joined."""
    page = document[number]
    lettering = page.get_textpage()
    text = lettering.get_text_range()
    lettering.close()
    page.close()
    return " ".join(re.sub("[\u00ad\ufffe\u0002]\\s*|\u200b", "", text).split())


def small(blocks: Sequence[Any]) -> Outline:
    """A dossier of one section."""
    section = Section(id="summary", short="Summary", title="A section", blocks=tuple(blocks))
    return Outline(
        name="A product",
        indication="",
        condition="",
        sponsor="",
        lead="",
        as_of="2025-05-09",
        identity="0",
        version="",
        sections=(section,),
        figures={},
    )


def placed_figures(outline: Outline) -> list[Figure]:
    """The drawn figures that stand in a section."""
    return [
        block.figure
        for section in outline.sections
        for block in section.blocks
        if block.kind == "figure" and isinstance(block.figure, Figure)
    ]


def read_small(blocks: Sequence[Any]) -> str:
    import pypdfium2

    opened = pypdfium2.PdfDocument(set_paper(small(blocks)))
    text = " ".join(read_page(opened, number) for number in range(len(opened)))
    opened.close()
    return text


def test_same_input_same_bytes(demo: DossierInput, pdf: bytes) -> None:
    assert set_paper(make_outline(demo)) == pdf


def test_metadata_come_from_the_run_and_not_from_the_clock(document: Any) -> None:
    about = document.get_metadata_dict()
    assert about["Title"] == "Demonstragene autoleucel: evidence dossier"
    assert about["CreationDate"].startswith("D:20261101000000")
    assert about["ModDate"] == about["CreationDate"]


def test_it_is_tagged_archival_and_in_a_language(pdf: bytes) -> None:
    assert b"/Lang" in pdf
    assert b"/MarkInfo" in pdf
    assert b"pdfuaid:part" in pdf
    assert re.search(rb"pdfaid:part>2<", pdf)


def test_every_font_is_embedded(pdf: bytes) -> None:
    """No standard font that a viewer would have to bring along; each font has its file inside."""
    from pypdfium2 import PdfDocument, raw

    document = PdfDocument(pdf)
    fonts = 0
    for page in document:
        for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
            font = raw.FPDFTextObj_GetFont(thing.raw)
            assert raw.FPDFFont_GetIsEmbedded(font) == 1
            fonts += 1
        page.close()
    document.close()
    assert fonts > 100


def test_pages_say_where_they_are(pages: list[str]) -> None:
    assert len(pages) >= LEAST_PAGES
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text
        assert "no advice for treating a patient" in text
    assert all("Demonstragene autoleucel: evidence dossier" in text for text in pages[1:])


def test_bookmarks_name_every_section(document: Any, demo: DossierInput) -> None:
    titles = [mark.get_title() for mark in document.get_toc()]
    for section in make_outline(demo).sections:
        assert any(section.title in title for title in titles), section.title
    assert any("Numbers behind the figures" in title for title in titles)


def test_the_answers_are_those_of_the_page(pages: list[str]) -> None:
    text = " ".join(pages).replace("\u00a0", " ")
    for words in (
        "What is the product?",
        "96.2%",
        "96.0%",
        "307.5 days",
        "Is the condition rare enough in Saudi Arabia?",
        "by a factor of 14",
        "7 June 2026",
        "not for treating a patient",
        "What is assumed",
        "What is unknown",
        "Peak and exposure of the cells in any cohort",
        "1.8 per 100,000",
    ):
        assert words in text, words


def test_every_endpoint_of_the_summary_is_printed(pages: list[str], demo: DossierInput) -> None:
    from leucel.report.numbers import format_value

    text = "".join(pages).replace("\u00a0", "").replace(" ", "")
    for row in demo.rows("trial", "endpoints"):
        if row["value"] is not None:
            assert format_value(row["value"], row["unit"]).replace(" ", "") in text


def test_tables_and_figures_are_numbered_and_listed(pages: list[str], demo: DossierInput) -> None:
    text = " ".join(pages)
    tables = {int(number) for number in re.findall(r"Table (\d+)", text)}
    figures = {int(number) for number in re.findall(r"Figure (\d+)", text)}
    assert tables == set(range(1, max(tables) + 1))
    assert figures == set(range(1, len(placed_figures(make_outline(demo))) + 1))


def test_every_block_of_the_page_is_on_paper(demo: DossierInput) -> None:
    """Nothing is shown in one form of the dossier and left out of the other."""
    outline = make_outline(demo)
    data = paper_data(outline)

    def count(blocks: Sequence[Any], kind: str) -> int:
        return sum(
            count(block.blocks, kind) if block.kind == "fold" else block.kind == kind
            for block in blocks
        )

    behind = sum(1 for figure in placed_figures(outline) if figure.data)
    cards = 1
    for kind, more in (("table", behind + cards), ("lines", 0), ("references", 0)):
        laid = [
            block
            for part in (*data["sections"], *data["appendices"])
            for block in part["blocks"]
            if block["kind"] == kind
        ]
        expected = sum(count(section.blocks, kind) for section in outline.sections)
        assert len(laid) == expected + more, kind


def test_missing_parts_and_nothing_at_all_are_still_a_document(
    make: Callable[..., DossierInput],
) -> None:
    for data in (DossierInput(summary={}), make(tables={}, summary={"programme": {"id": "bare"}})):
        found = build_dossier(data, pdf=True).pdf
        assert found is not None
        assert found.startswith(b"%PDF-1.7")


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.text(alphabet=MARKUP + "ab1é≥µ", min_size=1, max_size=18),
        min_size=1,
        max_size=3,
    )
)
def test_signs_of_the_typesetter_stay_signs(words: list[str]) -> None:
    text = " ".join(words)
    table = Table(columns=(Column(head=text),), rows=((text,),), caption=text)
    found = read_small(
        [
            Paragraph(text=text),
            Lines(items=(Markup("<b>{0}</b>").format(text),)),
            TableBlock(table=table),
        ]
    )
    squeezed = "".join(found.split())
    # Twice in the table and its caption, once in the list of tables, and in the two before.
    assert squeezed.count("".join(text.split())) >= 5


@pytest.mark.parametrize(
    "trap",
    [
        "#panic(1)",
        "$x$",
        "@nowhere",
        "[*bold*]",
        "```raw```",
        "= heading",
        '#read("/etc/passwd")',
        "// comment",
        "a\\",
        "\x00\x07\u202e驯鹿",
    ],
)
def test_traps_in_user_texts_change_nothing(trap: str) -> None:
    found = read_small([Paragraph(text=f"before {trap} after")])
    assert "".join(f"before {printable(trap)} after".split()) in "".join(found.split())


def test_long_tables_repeat_their_head() -> None:
    rows = tuple((f"row {number}", "a sentence of seven words or so") for number in range(120))
    table = Table(columns=(Column(head="The head"), Column(head="Rest")), rows=rows, caption="Long")
    assert read_small([TableBlock(table=table)]).count("The head") >= 3


def test_a_crowded_table_stays_on_the_page() -> None:
    """Fourteen columns of long words: smaller letters, broken words, nothing beyond the margin."""
    import pypdfium2

    heads = tuple(Column(head=f"measurement_number_{k}") for k in range(14))
    table = Table(columns=heads, rows=((*["photosynthesis_rate"] * 14,),) * 3, caption="Crowded")
    opened = pypdfium2.PdfDocument(set_paper(small([TableBlock(table=table)])))
    for page in opened:
        width = page.get_width()
        lettering = page.get_textpage()
        boxes = [lettering.get_rect(k) for k in range(lettering.count_rects())]
        assert max(box[2] for box in boxes) < width - A4_MARGIN
        lettering.close()
        page.close()
    opened.close()


def test_inline_elements_become_runs() -> None:
    runs = read_inline(Markup('a <span class="value">5 (1 to 9)</span><br><code>x</code>'))
    assert runs == [
        "a ",
        {"k": "value", "c": ["5\u00a0(1\u00a0to\u00a09)"]},
        {"k": "break"},
        {"k": "code", "c": ["x"]},
    ]
    assert plain_text(runs) == "a 5\u00a0(1\u00a0to\u00a09) x"


@pytest.mark.parametrize("markup", ["<i>x</i>", "<span class='new'>x</span>", "<b>x", "</b>"])
def test_an_inline_element_that_no_writer_knows_is_refused(markup: str) -> None:
    with pytest.raises(ValueError, match="inline element"):
        read_inline(Markup(markup))


def test_columns_share_the_line() -> None:
    sentence = "a remark that goes on for quite a while " * 6
    widths, upright = column_widths([["A", "B", "n"], ["name", sentence, "12"]])
    assert upright
    assert sum(widths) <= LINE
    assert widths[1] > 4 * widths[0]
    crowded, upright = column_widths([["longishword" for _ in range(12)]])
    assert not upright
    assert len(crowded) == 12


def test_long_words_may_break() -> None:
    word = "sha256:" + "0123456789abcdef" * 4
    assert soften(word).replace("\u200b", "") == word
    assert max(map(len, soften(word).split("\u200b"))) <= 22


def test_without_the_typesetter_the_error_says_what_to_install(
    demo: DossierInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'leucel\[pdf\]'"):
        build_dossier(demo, pdf=True)


def test_another_process_sets_the_same_bytes() -> None:
    code = (
        "import sys\n"
        "from leucel.report import DossierInput, build_dossier\n"
        "data = DossierInput(summary={'programme': {'title': 'A', 'as_of': '2025-05-09'}})\n"
        "sys.stdout.buffer.write(build_dossier(data, pdf=True).pdf)\n"
    )
    first, second = (
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "TZ": zone, "HOME": "/nonexistent"},
        ).stdout
        for seed, zone in (("1", "UTC"), ("4711", "Asia/Riyadh"))
    )
    assert first == second
