"""Colors can be read in both modes, by color-blind readers and in gray print."""

from __future__ import annotations

import itertools

import pytest

from leucel.report import palette

# WCAG 2.2: 4.5 for text, 3 for graphical objects.
TEXT_CONTRAST = 4.5
MARK_CONTRAST = 3.0
# Neighbors in the ordered scale of best responses must differ in lightness in gray print.
GRAY_STEP = 0.07


def luminance(color: str) -> float:
    parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("values", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["ink", "muted", "simulated", "published", "limit"])
def test_lettering_stands_out_from_the_paper(values: dict[str, str], name: str) -> None:
    assert contrast(values[name], values["paper"]) >= TEXT_CONTRAST


@pytest.mark.parametrize("values", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["green", "violet", "ochre", "teal", "mid", "deep"])
def test_marks_stand_out_from_the_paper(values: dict[str, str], name: str) -> None:
    assert contrast(values[name], values["paper"]) >= MARK_CONTRAST


@pytest.mark.parametrize("values", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
def test_the_depth_of_response_can_be_told_in_gray(values: dict[str, str]) -> None:
    shades = [luminance(values[name]) for name in ("deep", "mid", "pale")]
    steps = [abs(b - a) for a, b in itertools.pairwise(shades)]
    assert min(steps) >= GRAY_STEP
    assert shades == sorted(shades) or shades == sorted(shades, reverse=True)


def test_both_modes_have_every_color_and_no_two_names_share_one() -> None:
    assert list(palette.LIGHT) == list(palette.DARK)
    assert len(set(palette.LIGHT.values())) == len(palette.LIGHT)


def test_colors_become_properties() -> None:
    svg = f'<path style="fill: {palette.PUBLISHED}; stroke: #123456"/>'
    assert palette.use_properties(svg) == (
        f'<path style="fill: var(--fig-published, {palette.PUBLISHED}); stroke: #123456"/>'
    )
