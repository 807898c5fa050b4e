"""Colors of the figures: one light value each, and the name under which a page may change it.

The values differ in lightness as well as in hue, so that they can be told apart by color-blind
readers (blue against vermilion, after Okabe and Ito) and in a gray print.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

INK = "#1c2733"
MUTED = "#5a6875"
GRID = "#dfe5ea"
PAPER = "#fefefe"
SOFT = "#eef2f5"
SIMULATED = "#0b5d8f"
SIMULATED_SOFT = "#7db3d5"
PUBLISHED = "#c2530b"
PUBLISHED_SOFT = "#e9b28f"
LIMIT = "#8a2f4f"
GREEN = "#2f7d5b"
VIOLET = "#6a4c93"
OCHRE = "#b7861b"
TEAL = "#2a8c96"
STONE = "#a3adb6"
DEEP = "#083f63"
MID = "#3c86b5"
PALE = "#a9cbe2"
ON_COLOR = "#fffffe"

LIGHT: Mapping[str, str] = {
    "ink": INK,
    "muted": MUTED,
    "grid": GRID,
    "paper": PAPER,
    "soft": SOFT,
    "simulated": SIMULATED,
    "simulated-soft": SIMULATED_SOFT,
    "published": PUBLISHED,
    "published-soft": PUBLISHED_SOFT,
    "limit": LIMIT,
    "green": GREEN,
    "violet": VIOLET,
    "ochre": OCHRE,
    "teal": TEAL,
    "stone": STONE,
    "deep": DEEP,
    "mid": MID,
    "pale": PALE,
    "on-color": ON_COLOR,
}
DARK: Mapping[str, str] = {
    "ink": "#e8edf2",
    "muted": "#a7b4c0",
    "grid": "#2d3a46",
    "paper": "#161f29",
    "soft": "#22303c",
    "simulated": "#6cbbee",
    "simulated-soft": "#3f7ba3",
    "published": "#f5a066",
    "published-soft": "#8d5a38",
    "limit": "#f08fb0",
    "green": "#6cc79d",
    "violet": "#b79be0",
    "ochre": "#e2b552",
    "teal": "#63c7d1",
    "stone": "#71808d",
    "deep": "#9ad2f7",
    "mid": "#4f9bcb",
    "pale": "#2f5f80",
    "on-color": "#10181f",
}
CATEGORIES: Mapping[str, str] = {
    "sCR": DEEP,
    "CR": DEEP,
    "VGPR": MID,
    "PR": PALE,
    "MR": STONE,
    "SD": STONE,
    "PD": PUBLISHED,
    "NE": SOFT,
}

_HEX = re.compile(r"#[0-9a-fA-F]{6}\b")
_PROPERTY = re.compile(r"var\(--fig-[a-z-]+, (#[0-9a-f]{6})\)")
_NAMES = {value: name for name, value in LIGHT.items()}


def use_properties(svg: str) -> str:
    """Replace each color of the palette by its CSS custom property, the light value as fallback.

    Examples
    --------
    >>> use_properties('<path style="fill: #0b5d8f"/>')
    '<path style="fill: var(--fig-simulated, #0b5d8f)"/>'
    """

    def swap(match: re.Match[str]) -> str:
        value = match.group().lower()
        name = _NAMES.get(value)
        return f"var(--fig-{name}, {value})" if name else value

    return _HEX.sub(swap, svg)


def use_literals(svg: str) -> str:
    """Undo `use_properties`: the light value of each color, for files that no page styles.

    Examples
    --------
    >>> use_literals('<path style="fill: var(--fig-simulated, #0b5d8f)"/>')
    '<path style="fill: #0b5d8f"/>'
    """
    return _PROPERTY.sub(r"\1", svg)


def style_rules(values: Mapping[str, str]) -> str:
    """The custom properties of one palette as CSS declarations."""
    return "".join(f"--fig-{name}:{value};" for name, value in values.items())
