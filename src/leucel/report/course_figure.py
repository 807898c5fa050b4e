"""Courses of a model as small panels of SVG: for a page in light or dark, and as a file of its own.

The drawing is written directly, with coordinates rounded to a tenth of a pixel, so that a page of
the catalogue is small and the same on every machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from leucel.report import palette

if TYPE_CHECKING:
    from leucel.report.courses import Course, CoursePanel

_WIDTH, _HEIGHT = 360.0, 250.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 12.0, 50.0, 40.0
_DASHES = ("", "7 3", "2 3", "9 3 2 3")
_DECADES = 6
_EYE = 0.15  # pixels
_NOTHING = 1e-12  # of the largest value
_COLORS = (palette.SIMULATED, palette.PUBLISHED, palette.LIMIT, palette.MUTED)
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif"


def courses_page(panels: Sequence[CoursePanel], caption: str) -> str:
    """A figure for an HTML page; it takes the color of text, and the lines have classes.

    Classes ``curve-0`` to ``curve-3``, ``area-0`` and ``mark-0`` color lines, bands and points.
    """
    shown = "".join(
        f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" aria-label="{_alt(panel)}">'
        + "".join(_panel(panel, styled=True))
        + "</svg>"
        for panel in panels
    )
    return (
        f'<figure class="courses"><div class="panels">{shown}</div>'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def courses_file(panels: Sequence[CoursePanel], title: str) -> str:
    """A self-standing SVG document, two panels in a row."""
    columns = min(2, len(panels))
    rows = math.ceil(len(panels) / columns)
    width, height = columns * _WIDTH, rows * _HEIGHT + 36
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" font-family="{_FONT}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" fill="{palette.PAPER}"/>',
        f'<text x="12" y="26" font-size="15" font-weight="600" fill="{palette.INK}">'
        f"{escape(title)}</text>",
    ]
    for index, panel in enumerate(panels):
        across, down = (index % columns) * _WIDTH, 36 + (index // columns) * _HEIGHT
        parts.append(f'<g transform="translate({across:g} {down:g})" color="{palette.INK}">')
        parts += _panel(panel, styled=False)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>", ""])


def _alt(panel: CoursePanel) -> str:
    values = panel.courses[0].values
    largest = max(abs(value) for value in values)

    def told(value: float) -> str:
        # What is left of a cell after a hundred days of killing is the solver's, not the model's.
        return f"{value if abs(value) > _NOTHING * largest else 0.0:.3g}"

    text = (
        f"{panel.title} in {panel.unit} over {panel.x_name}: from {told(values[0])} to "
        f"{told(values[-1])}, between {told(min(values))} and {told(max(values))}"
    )
    return escape(text, {'"': "&quot;"})


class _Scale:
    """From values to pixels, with the values to write at the axis."""

    __slots__ = ("_from", "_high", "_low", "_to", "log")

    def __init__(self, low: float, high: float, start: float, end: float, *, log: bool) -> None:
        self.log = log
        self._low, self._high = (math.log10(low), math.log10(high)) if log else (low, high)
        self._from, self._to = start, end

    def at(self, value: float) -> float:
        if self.log:
            value = math.log10(value) if value > 0 else -math.inf
        share = (value - self._low) / (self._high - self._low)
        return self._from + min(max(share, -0.02), 1.05) * (self._to - self._from)

    def ticks(self) -> list[float]:
        if self.log:
            first, last = math.ceil(self._low - 1e-9), math.floor(self._high + 1e-9)
            step = max(1, math.ceil((last - first) / _DECADES))
            return [10.0**e for e in range(first, last + 1, step)]
        step = _round_step((self._high - self._low) / 5)
        first = math.ceil(self._low / step - 1e-9)
        return [i * step for i in range(first, math.floor(self._high / step + 1e-9) + 1)]


def _round_step(size: float) -> float:
    power = 10.0 ** math.floor(math.log10(size))
    return next(power * k for k in (1, 2, 2.5, 5, 10) if power * k >= size * 0.999)


def _scale(panel: CoursePanel) -> _Scale:
    numbers = [
        float(v)
        for course in panel.courses
        for values in (course.values, course.low, course.high)
        if values is not None
        for v in values
        if math.isfinite(v)
    ]
    numbers += [panel.limit] if panel.limit is not None else []
    high = max(numbers)
    if panel.log:
        seen = [v for v in numbers if v > 0]
        low = panel.floor if panel.floor is not None else min(seen)
        low = 10.0 ** math.floor(math.log10(low) + 1e-9)
        high = 10.0 ** math.ceil(math.log10(max(high, 10 * low)) - 1e-9)
        return _Scale(low, high, _HEIGHT - _BOTTOM, _TOP, log=True)
    low = 0.0 if min(numbers) >= 0 else min(numbers)
    high = high if high > low else low + 1.0
    step = _round_step((high - low) / 5)
    top = math.ceil(high / step - 1e-9) * step
    return _Scale(low, top, _HEIGHT - _BOTTOM, _TOP, log=False)


def _tick_text(value: float, *, log: bool) -> str:
    if log and (value >= 1e4 or value < 1e-2):
        power = round(math.log10(value))
        return f'10<tspan dy="-5" font-size="9">{str(power).replace("-", "−")}</tspan>'
    if abs(value) >= 1e5:
        mantissa, exponent = f"{value:.1e}".split("e")
        shown = mantissa.removesuffix(".0")
        return f'{shown}·10<tspan dy="-5" font-size="9">{int(exponent)}</tspan>'
    return f"{value:,.6g}".replace("-", "−")


def _panel(panel: CoursePanel, *, styled: bool) -> Iterator[str]:
    y = _scale(panel)
    swept = panel.x_name.endswith("]")
    x = _Scale(float(panel.x[0]), float(panel.x[-1]), _LEFT, _WIDTH - _RIGHT, log=swept)
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    unit = "" if panel.unit == "1" else f" [{panel.unit}]"
    yield (
        f'<text x="4" y="14" font-size="12" font-weight="600" fill="currentColor">'
        f"{escape(panel.title + unit)}</text>"
    )
    yield from _legend(panel.courses, styled=styled)
    yield '<g font-size="11" fill="currentColor" opacity="0.75">'
    for tick in y.ticks():
        at = y.at(tick)
        yield (
            f'<line x1="{_LEFT:g}" x2="{right:g}" y1="{at:.1f}" y2="{at:.1f}" '
            'stroke="currentColor" stroke-opacity="0.18"/>'
            f'<text x="{_LEFT - 6:g}" y="{at + 4:.1f}" text-anchor="end">'
            f"{_tick_text(tick, log=y.log)}</text>"
        )
    for tick in x.ticks():
        yield (
            f'<text x="{x.at(tick):.1f}" y="{bottom + 16:g}" text-anchor="middle">'
            f"{_tick_text(tick, log=x.log)}</text>"
        )
    yield (
        f'<text x="{right:g}" y="{_HEIGHT - 6:g}" text-anchor="end">{escape(panel.x_name)}</text>'
    )
    yield (
        f'<line x1="{_LEFT:g}" x2="{right:g}" y1="{bottom:g}" y2="{bottom:g}" '
        'stroke="currentColor"/></g>'
    )
    if panel.limit is not None:
        at = y.at(panel.limit)
        yield (
            f'<line x1="{_LEFT:g}" x2="{right:g}" y1="{at:.1f}" y2="{at:.1f}" '
            'stroke="currentColor" stroke-dasharray="3 3"/>'
            f'<text x="{right:g}" y="{at + 13:.1f}" text-anchor="end" font-size="11" '
            f'fill="currentColor">limit of quantification {panel.limit:g}</text>'
        )
    for index, course in enumerate(panel.courses):
        if course.low is not None and course.high is not None:
            ring = [*_drawn(panel, course.high, x, y), *reversed(_drawn(panel, course.low, x, y))]
            area = _look(index, "area", styled=styled)
            yield f'<path d="M{"L".join(_texts(ring))}Z" {area} fill-opacity="0.16"/>'
        curve = _look(index, "curve", styled=styled)
        for piece in _pieces(panel, course, x, y):
            yield f'<path d="M{"L".join(_texts(piece))}" {curve} stroke-width="1.8"/>'
    for when, value, index in panel.points:
        mark = _look(index, "mark", styled=styled)
        yield (
            f'<circle cx="{x.at(when):.1f}" cy="{y.at(value):.1f}" r="4" {mark} '
            'fill-opacity="0.25" stroke-width="1.4"/>'
        )


def _look(index: int, part: str, *, styled: bool) -> str:
    """Color and dashes of a curve, an area or a mark."""
    number = index % len(_COLORS)
    dash = _DASHES[number] if part == "curve" else ""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    if styled:
        return f'class="{part}-{number}"{dashes}'
    color = _COLORS[number]
    if part == "curve":
        return f'stroke="{color}" fill="none"{dashes}'
    stroke = "none" if part == "area" else color
    return f'stroke="{stroke}" fill="{color}"'


def _legend(courses: Sequence[Course], *, styled: bool) -> Iterator[str]:
    across = 4.0
    for index, course in enumerate(courses):
        if course.label:
            yield (
                f'<line x1="{across:g}" x2="{across + 22:g}" y1="30" y2="30" '
                f'{_look(index, "curve", styled=styled)} stroke-width="1.8"/>'
                f'<text x="{across + 27:g}" y="34" font-size="11" fill="currentColor">'
                f"{escape(course.label)}</text>"
            )
            across += 40 + 6.1 * len(course.label)


Spot = tuple[float, float]


def _drawn(panel: CoursePanel, values: Iterable[float], x: _Scale, y: _Scale) -> list[Spot]:
    spots = [
        (x.at(float(t)), y.at(float(v)))
        for t, v in zip(panel.x, values, strict=True)
        if math.isfinite(v)
    ]
    return _thinned(spots)


def _pieces(panel: CoursePanel, course: Course, x: _Scale, y: _Scale) -> Iterator[list[Spot]]:
    """Parts of a line that lie on the panel."""
    piece: list[Spot] = []
    low = _HEIGHT - _BOTTOM
    for t, v in zip(panel.x, course.values, strict=True):
        at = (x.at(float(t)), y.at(float(v)) if math.isfinite(v) else math.inf)
        if at[1] > low + 1:
            if piece:
                yield _thinned([*piece, (at[0], low)])
            piece = []
            continue
        piece.append(at)
    if len(piece) > 1:
        yield _thinned(piece)


def _thinned(piece: list[Spot]) -> list[Spot]:
    """Fewer points for the same line to the eye (Douglas and Peucker)."""
    if len(piece) < 3:
        return piece
    (x0, y0), (x2, y2) = piece[0], piece[-1]
    length = math.hypot(x2 - x0, y2 - y0) or 1.0
    off = [abs((x2 - x0) * (b - y0) - (a - x0) * (y2 - y0)) / length for a, b in piece[1:-1]]
    worst = max(range(len(off)), key=off.__getitem__)
    if off[worst] < _EYE:
        return [piece[0], piece[-1]]
    return _thinned(piece[: worst + 2])[:-1] + _thinned(piece[worst + 1 :])


def _texts(piece: list[Spot]) -> list[str]:
    return [f"{a:.1f} {b:.1f}" for a, b in piece]
