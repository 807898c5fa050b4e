"""From a drawing to a figure: matplotlib draws, and the SVG comes out the same on every machine.

Text stays text, so that it is sharp, can be searched and takes the font of the page; the layout is
measured with DejaVu Sans, wider than the fonts of common systems, so that nothing collides. Each
figure is drawn twice, for a page and for a phone, since shrinking a wide figure would make its
lettering too small to read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from leucel.report import palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

    from leucel.report.tables import Table

WIDE = 760
NARROW = 380
FONT_SIZE = 12.0
_PRINT_MARGIN = 26.0
FONT_STACK = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

_FONT_FAMILY = re.compile(r"font: ?(?P<head>[^;\"]*?)(?P<size>\d+(?:\.\d+)?)px [^;\"]*")
_FAMILY = re.compile(r"\s*font-family: [^;\"]*;?")
_NUMBER = re.compile(r"-?\d+\.\d+")
_TAG = re.compile(r"<[^>]+>")
_ID = re.compile(r'\sid="([^"]+)"')
_REFERENCE = re.compile(r'(?:url\(#|href="#)([^)"]+)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A drawn figure with all that a reader needs beside it.

    Attributes
    ----------
    name : short stable name, used for the file and as the anchor `figure-<name>`.
    title, caption, alt : heading, one sentence below, and the text for those who cannot see it.
    wide, narrow : inline SVG for pages and for phones, colors as CSS custom properties.
    file : a self-standing SVG document with literal colors.
    data : the numbers behind it.
    table : name of the Parquet table that holds all of them.
    sources : ids of the sources of what is shown.
    """

    name: str
    title: str
    caption: str
    alt: str
    wide: str
    narrow: str
    file: str
    data: Table | None = None
    table: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A figure that could not be drawn, and why, in words for its reader."""

    name: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Canvas:
    """A drawing area measured in pixels from its top left corner.

    Attributes
    ----------
    drawing : the matplotlib figure behind it.
    width, height : size in pixels.
    compact : True for the phone version.
    """

    drawing: Drawing
    width: float
    height: float
    compact: bool

    def axes(self, *, left: float, top: float, right: float, bottom: float, **options: Any) -> Axes:
        """Axes that leave the given margins, in pixels, to the edges of the canvas."""
        box = (
            left / self.width,
            bottom / self.height,
            (self.width - left - right) / self.width,
            (self.height - top - bottom) / self.height,
        )
        axes = self.drawing.add_axes(box, **options)
        plain_axes(axes)
        return axes

    def sheet(self) -> Axes:
        """Axes without frame over the whole canvas, in pixels, y downwards."""
        axes = self.drawing.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, self.width)
        axes.set_ylim(self.height, 0)
        axes.set_axis_off()
        return axes


def plain_axes(axes: Axes) -> None:
    """Open axes: a thin base line, a light grid behind the data, small ticks."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(palette.MUTED)
    axes.spines["bottom"].set_linewidth(0.8)
    axes.grid(visible=True, axis="y", color=palette.GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(axis="both", which="both", length=0, pad=6, colors=palette.MUTED)
    axes.tick_params(axis="x", which="major", length=4)
    axes.set_facecolor("none")


def label_axes(axes: Axes, *, x: str = "", y: str = "") -> None:
    """Axis names: x centered below, y written flat above the axis, where it is easy to read."""
    if x:
        axes.set_xlabel(x, color=palette.MUTED, labelpad=8)
    if y:
        axes.annotate(
            y,
            (0, 1),
            xycoords=("figure fraction", "axes fraction"),
            xytext=(0, 12),
            textcoords="offset points",
            color=palette.MUTED,
            ha="left",
            va="bottom",
            annotation_clip=False,
        )


def draw_figure(
    name: str,
    draw: Callable[[Canvas], None],
    *,
    height: float,
    narrow_height: float | None = None,
    title: str,
    caption: str,
    alt: str,
    data: Table | None = None,
    table: str = "",
    sources: tuple[str, ...] = (),
) -> Figure:
    """Run `draw` on a wide and on a narrow canvas and keep the results as text."""
    wide = _svg(name, draw, width=WIDE, height=height, compact=False)
    narrow = _svg(name, draw, width=NARROW, height=narrow_height or height, compact=True)
    return Figure(
        name=name,
        title=title,
        caption=caption,
        alt=alt,
        wide=_inline(wide, f"{name}-w", alt),
        narrow=_inline(narrow, f"{name}-n", alt),
        file=_standing(wide, title, alt, width=WIDE, height=height),
        data=data,
        table=table,
        sources=sources,
    )


def with_caption(figure: Figure, caption: str) -> Figure:
    """The same figure under another caption."""
    return replace(figure, caption=caption)


def print_svg(figure: Figure) -> tuple[str, float]:
    """The wide drawing as an SVG document for paper, and its height over its width.

    Colors are literal, and the lettering is in the font that the layout was measured with. A
    margin left and right holds letters that a page shows beyond the edge of the drawing.
    """
    inner, box = _head(palette.use_literals(figure.wide))
    left, top, width, height = (float(part) for part in box.split())
    left, width = left - _PRINT_MARGIN, width + 2 * _PRINT_MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="{left:g} {top:g} {width:g} {height:g}" style="stroke-linejoin: round" '
        'font-family="DejaVu Sans">'
        f"{inner}</svg>",
        height / width,
    )


def _svg(
    name: str, draw: Callable[[Canvas], None], *, width: float, height: float, compact: bool
) -> str:
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure as Drawing

    settings: dict[str, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": f"{name}-{'narrow' if compact else 'wide'}",
        "font.family": ["DejaVu Sans"],
        "font.size": FONT_SIZE,
        "axes.labelsize": FONT_SIZE,
        "xtick.labelsize": FONT_SIZE,
        "ytick.labelsize": FONT_SIZE,
        "text.color": palette.INK,
        "axes.edgecolor": palette.MUTED,
        "axes.labelcolor": palette.MUTED,
        "xtick.color": palette.MUTED,
        "ytick.color": palette.MUTED,
        "hatch.color": palette.PAPER,
        "path.simplify": True,
        "axes.unicode_minus": True,
        "text.usetex": False,
        "text.parse_math": False,
    }
    # Defaults first: a reader's own matplotlibrc must not change the dossier.
    with mpl.rc_context():
        mpl.rcdefaults()
        for key, value in settings.items():
            mpl.rcParams[key] = value  # pyright: ignore[reportArgumentType]
        drawing = Drawing(figsize=(width / 72.0, height / 72.0), dpi=72)
        FigureCanvasSVG(drawing)
        drawing.patch.set_alpha(0)
        draw(Canvas(drawing, width, height, compact))
        buffer = io.StringIO()
        drawing.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return _tidy(buffer.getvalue())


def _tidy(svg: str) -> str:
    """Drop what readers do not need, and round coordinates so that platforms agree."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<style[^>]*>.*?</style>", "", body, flags=re.DOTALL)
    body = body.replace("xlink:href", "href").replace(
        ' xmlns:xlink="http://www.w3.org/1999/xlink"', ""
    )
    body = _FONT_FAMILY.sub(r"font-size: \g<size>px\g<head>", body)
    body = _FAMILY.sub("", body)
    body = _TAG.sub(_round_tag, body)
    body = re.sub(r"\n\s*", "\n", body)
    return re.sub(r"\n+", "\n", body).strip()


def _round_tag(match: re.Match[str]) -> str:
    """Coordinates inside a tag to a hundredth of a pixel; the text between tags stays as it is."""
    tag = _NUMBER.sub(
        lambda found: f"{float(found.group()):.2f}".rstrip("0").rstrip("."), match.group()
    )
    return re.sub(r"(?<![\d.])-0(?![\d.])", "0", tag)


def _head(svg: str) -> tuple[str, str]:
    """The content of the outer svg element, and its viewBox."""
    opening = svg[: svg.index(">") + 1]
    box = re.search(r'viewBox="([^"]+)"', opening)
    inner = svg[len(opening) : svg.rindex("</svg>")]
    return inner, box.group(1) if box else f"0 0 {WIDE} 300"


def _inline(svg: str, prefix: str, alt: str) -> str:
    inner, box = _head(svg)
    used = set(_REFERENCE.findall(inner))

    def rename(match: re.Match[str]) -> str:
        return f' id="{prefix}-{match.group(1)}"' if match.group(1) in used else ""

    inner = _ID.sub(rename, inner)
    inner = re.sub(r"(url\(#|href=\"#)", rf"\g<1>{prefix}-", inner)
    label = escape(alt, {'"': "&quot;"})
    return (
        f'<svg viewBox="{box}" role="img" aria-label="{label}" focusable="false">'
        f"{palette.use_properties(inner)}</svg>"
    )


def _standing(svg: str, title: str, alt: str, *, width: float, height: float) -> str:
    """A file of its own: title on top, paper behind, literal colors."""
    inner, _ = _head(svg)
    top, side = 44, 20
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width + 2 * side:g}" '
        f'height="{height + top + side:g}" '
        f'viewBox="{-side} {-top} {width + 2 * side:g} {height + top + side:g}" role="img">\n'
        f"<title>{escape(title)}</title>\n<desc>{escape(alt)}</desc>\n"
        f"<style>*{{stroke-linejoin:round}} text{{font-family:{FONT_STACK}}}</style>\n"
        f'<rect x="{-side}" y="{-top}" width="100%" height="100%" fill="{palette.PAPER}"/>\n'
        f'<text x="0" y="-18" style="font-size: 16px; font-weight: 600; fill: {palette.INK}">'
        f"{escape(title)}</text>\n{inner.strip()}\n</svg>\n"
    )
