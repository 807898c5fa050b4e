"""Courses of a model in the terminal: lines of braille dots under their numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leucel.report import CoursePanel

_ROWS = 9
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # by row and column of one cell
_COLORS = ("blue", "dark_orange3", "magenta", "bright_black")


def sketch(panel: CoursePanel, *, width: int) -> list[str]:
    """Lines of one panel, at most `width` characters wide, with the markup of rich.

    Later courses lie over earlier ones.
    """
    from rich.markup import escape

    low, high = _range(panel)
    top, bottom = _shown(high, log=panel.log), _shown(low, log=panel.log)
    margin = max(len(top), len(bottom)) + 1
    columns = max(16, width - margin - 1)
    cells = [[0] * columns for _ in range(_ROWS)]
    owner = [[0] * columns for _ in range(_ROWS)]
    first, last = float(panel.x[0]), float(panel.x[-1])
    for index, course in enumerate(panel.courses):
        spots: list[tuple[int, int] | None] = []
        for t, v in zip(panel.x, course.values, strict=True):
            share = _share(float(v), low, high, log=panel.log)
            across = (float(t) - first) / (last - first)
            spots.append(
                None
                if share is None
                else (round(across * (2 * columns - 1)), round((1 - share) * (4 * _ROWS - 1)))
            )
        for a, b in pairwise(spots):
            if a is not None and b is not None:
                _draw(cells, owner, a, b, index)
    unit = ("" if panel.unit == "1" else f" [{panel.unit}]") + (", log scale" if panel.log else "")
    lines = [f"[bold]{escape(panel.title + unit)}[/bold]"]
    labels = [
        f"[{_COLORS[i % len(_COLORS)]}]{escape(course.label)}[/]"
        for i, course in enumerate(panel.courses)
        if course.label
    ]
    if labels:
        lines.append("  ".join(labels))
    for row in range(_ROWS):
        name = top if row == 0 else bottom if row == _ROWS - 1 else ""
        lines.append(f"[dim]{name.rjust(margin - 1)} │[/dim]{_row(cells[row], owner[row])}")
    ends = f"{first:g}", f"{last:g} {panel.x_name}"
    gap = " " * max(1, columns - len(ends[0]) - len(ends[1]))
    lines.append(f"[dim]{' ' * (margin + 1)}{ends[0]}{gap}{escape(ends[1])}[/dim]")
    return lines


def _range(panel: CoursePanel) -> tuple[float, float]:
    numbers = [float(v) for c in panel.courses for v in c.values if math.isfinite(v)]
    high = max(numbers)
    if panel.log:
        seen = [v for v in numbers if v > 0] or [1.0]
        low = panel.floor if panel.floor is not None else min(seen)
        return low, max(high, 10.0 * low)
    low = min(0.0, *numbers)
    return low, high if high > low else low + 1.0


def _share(value: float, low: float, high: float, *, log: bool) -> float | None:
    """Height of a value on the panel, 0 to 1; None below it."""
    if not math.isfinite(value) or value < low:
        return None
    if log:
        return math.log(value / low) / math.log(high / low)
    return (value - low) / (high - low)


def _shown(value: float, *, log: bool) -> str:
    return f"{value:.2g}" if log or abs(value) >= 1e5 else f"{value:.4g}"


def _draw(
    cells: list[list[int]],
    owner: list[list[int]],
    start: tuple[int, int],
    end: tuple[int, int],
    index: int,
) -> None:
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
    for step in range(steps + 1):
        x = round(start[0] + (end[0] - start[0]) * step / steps)
        y = round(start[1] + (end[1] - start[1]) * step / steps)
        cells[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
        owner[y // 4][x // 2] = index


def _row(cells: Sequence[int], owner: Sequence[int]) -> str:
    parts: list[str] = []
    for dots, index in zip(cells, owner, strict=True):
        if dots:
            parts.append(f"[{_COLORS[index % len(_COLORS)]}]{chr(0x2800 + dots)}[/]")
        else:
            parts.append(" ")
    return "".join(parts).rstrip()
