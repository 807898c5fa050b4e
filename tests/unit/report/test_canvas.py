"""A figure comes out the same each time, small and safe to put into a page."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import matplotlib as mpl
import pytest

from leucel.report import palette
from leucel.report.canvas import Canvas, Figure, draw_figure, label_axes


def draw(canvas: Canvas) -> None:
    axes = canvas.axes(left=50, top=40, right=10, bottom=40)
    axes.plot([0, 1, 2], [1.123456, 2.5, 1.5], color=palette.SIMULATED, marker="o")
    axes.text(1, 2, "96.0% <b>& more")
    label_axes(axes, x="months", y="share")


def make(name: str = "demo") -> Figure:
    return draw_figure(
        name, draw, height=200, title="A <title>", caption="A caption.", alt='An "alt" & more'
    )


def test_equal_drawings_are_equal_texts() -> None:
    assert make() == make()


def test_settings_of_the_reader_change_nothing() -> None:
    plain = make()
    with mpl.rc_context({"axes.grid": True, "font.size": 30, "svg.fonttype": "path"}):
        assert make() == plain


def test_drawing_leaves_the_settings_alone() -> None:
    before = dict(mpl.rcParams)
    make()
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("variant", ["wide", "narrow", "file"])
def test_the_drawing_is_well_formed_and_keeps_its_text(variant: str) -> None:
    svg = getattr(make(), variant)
    root = ElementTree.fromstring(svg)
    words = "".join(root.itertext())
    assert "96.0% <b>& more" in words
    assert "DejaVu" not in svg
    assert "<metadata" not in svg


def test_names_inside_are_unique_across_figures_and_variants() -> None:
    one, other = make("one"), make("other")
    found = [
        set(re.findall(r'\bid="([^"]+)"', svg))
        for svg in (one.wide, one.narrow, other.wide, other.narrow)
    ]
    assert sum(map(len, found)) == len(set().union(*found))


def test_references_inside_resolve() -> None:
    svg = make().wide
    names = set(re.findall(r'\bid="([^"]+)"', svg))
    used = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", svg))
    assert used
    assert used <= names


def test_only_colors_of_the_palette_are_used() -> None:
    svg = make().wide
    loose = set(re.findall(r"(?<!, )#[0-9a-f]{6}\b", svg))
    assert not loose
    assert "var(--fig-simulated, " in svg


def test_the_file_stands_alone_with_title_and_literal_colors() -> None:
    file = make().file
    assert "var(" not in file
    assert "A &lt;title&gt;" in file
    assert palette.SIMULATED in file
