"""Simulated beside published: every endpoint on one page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from leucel.report import palette
from leucel.report.canvas import Canvas, Figure, Missing, draw_figure
from leucel.report.figures.axes import log_ticks
from leucel.report.inputs import DossierInput, number, texts
from leucel.report.lookup import endpoint_rows
from leucel.report.numbers import format_given_interval, format_interval, format_unit
from leucel.report.tables import make_table
from leucel.report.words import endpoint_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME = "agreement"
TITLE = "Simulated beside published"
_ROW = 44.0
_HEAD = 26.0


def agreement_figure(data: DossierInput) -> Figure | Missing:
    """Forest plot of all endpoints that have a published value."""
    rows = [
        row
        for row in endpoint_rows(data)
        if number(row.get("value")) is not None and number(row.get("published")) is not None
    ]
    if not rows:
        return Missing(
            name=NAME, title=TITLE, reason="No simulated endpoint has a published value beside it."
        )
    rows.sort(key=lambda row: row.get("used_for") != "calibration")
    shares = [row for row in rows if format_unit(row.get("unit")) == "%"]
    others = [row for row in rows if format_unit(row.get("unit")) != "%" and _ratio(row)]
    fitted = sum(row.get("used_for") == "calibration" for row in rows)
    caption = (
        f"{len(rows)} endpoints: the virtual patients were fitted to {fitted} (open circles), so "
        f"these must agree; {len(rows) - fitted} are predictions (filled circles). "
        "Lines are 95% limits."
    )
    blocks = [block for block in (shares, others) if block]
    height = sum(_ROW * len(block) + 64 for block in blocks) + 34
    return draw_figure(
        NAME,
        lambda canvas: _draw(canvas, shares, others),
        height=height,
        narrow_height=sum((_ROW + 16) * len(block) + 64 for block in blocks) + 50,
        title=TITLE,
        caption=caption,
        alt="Forest plot. "
        + "; ".join(
            f"{endpoint_words(row)}: simulated {_simulated(row)}, published {_published(row)}"
            for row in rows
        ),
        data=make_table(
            [
                {
                    "endpoint": endpoint_words(row),
                    "value": _simulated(row),
                    "published": _published(row),
                    "used_for": row.get("used_for"),
                }
                for row in rows
            ],
            {
                "endpoint": "Endpoint",
                "value": "Simulated",
                "published": "Published",
                "used_for": "Used for",
            },
        ),
        table="endpoints",
        sources=tuple(dict.fromkeys(source for row in rows for source in texts(row.get("source")))),
    )


def _simulated(row: dict[str, Any]) -> str:
    return format_interval(row["value"], row.get("ci_low"), row.get("ci_high"), row.get("unit"))


def _published(row: dict[str, Any]) -> str:
    return format_given_interval(
        row["published"], row.get("published_low"), row.get("published_high"), row.get("unit")
    )


def _ratio(row: dict[str, Any]) -> float | None:
    value, published = number(row.get("value")), number(row.get("published"))
    if value is None or published is None or value <= 0 or published <= 0:
        return None
    return value / published


def _draw(canvas: Canvas, shares: list[dict[str, Any]], others: list[dict[str, Any]]) -> None:
    row_height = _ROW + 16 if canvas.compact else _ROW
    longest = max(len(endpoint_words(row)) for row in (*shares, *others))
    left = 12.0 if canvas.compact else min(260.0, 8.2 * longest + 20)
    right = 14.0 if canvas.compact else 196.0
    top = 30.0 if not canvas.compact else 46.0
    legend_done = False
    for block, percent in ((shares, True), (others, False)):
        if not block:
            continue
        tall = row_height * len(block)
        axes = canvas.axes(left=left, right=right, top=top, bottom=canvas.height - top - tall)
        axes.grid(visible=False)
        axes.grid(visible=True, axis="x", color=palette.GRID, linewidth=0.8)
        axes.set_ylim(len(block) - 0.5, -0.5)
        axes.set_yticks([])
        if percent:
            _percent_axis(axes, block)
        else:
            _ratio_axis(axes, block)
        for position, row in enumerate(block):
            _draw_row(axes, row, position, percent=percent, compact=canvas.compact)
        if not legend_done:
            _legend(canvas, axes)
            legend_done = True
        top += tall + 64


def _percent_axis(axes: Axes, block: list[dict[str, Any]]) -> None:
    keys = ("value", "ci_low", "published", "published_low")
    lowest = min(
        value for row in block for key in keys if (value := number(row.get(key))) is not None
    )
    low = max(0.0, math.floor(lowest / 20 - 0.2) * 20)
    ticks = list(range(int(low), 101, 20))
    # Room beyond both ends, so that points on them are drawn whole.
    axes.set_xlim(low - 0.02 * (100 - low), 100 + 0.02 * (100 - low))
    axes.set_xticks(ticks, [f"{tick}%" for tick in ticks])
    axes.set_xlabel("share of patients", color=palette.MUTED, labelpad=6)


def _ratio_axis(axes: Axes, block: list[dict[str, Any]]) -> None:
    found = [1.0]
    for row in block:
        base = float(row["published"])
        for key in ("value", "ci_low", "ci_high", "published_low", "published_high"):
            value = number(row.get(key))
            if value is not None and value > 0:
                found.append(value / base)
    low, high = min(0.5, min(found) / 1.1), max(2.0, max(found) * 1.1)
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    ticks = [0.5, 1.0, 2.0] if high / low < 12 else log_ticks(low, high)
    axes.set_xticks(ticks, [f"×{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.axvline(1.0, color=palette.MUTED, linewidth=1, linestyle=(0, (3, 3)))
    axes.set_xlabel("simulated as a multiple of published", color=palette.MUTED, labelpad=6)


def _draw_row(
    axes: Axes, row: dict[str, Any], position: int, *, percent: bool, compact: bool
) -> None:
    base = 1.0 if percent else float(row["published"])
    shift = 0.22 if compact else 0.0
    up, down = position - 0.16 + shift, position + 0.16 + shift
    calibrated = row.get("used_for") == "calibration"
    low, high = number(row.get("ci_low")), number(row.get("ci_high"))
    color = palette.SIMULATED
    if low is not None and high is not None:
        axes.plot([low / base, high / base], [up, up], color=color, linewidth=2, zorder=3)
    axes.plot(
        float(row["value"]) / base,
        up,
        marker="o",
        markersize=9,
        color=color,
        markerfacecolor=palette.PAPER if calibrated else color,
        markeredgewidth=2,
        linestyle="none",
        zorder=4,
    )
    low, high = number(row.get("published_low")), number(row.get("published_high"))
    color = palette.PUBLISHED
    if low is not None and high is not None:
        axes.plot([low / base, high / base], [down, down], color=color, linewidth=2, zorder=3)
    axes.plot(
        float(row["published"]) / base,
        down,
        marker="D",
        markersize=7.5,
        color=color,
        linestyle="none",
        zorder=4,
    )
    _write_row(axes, row, position, compact=compact)


def _write_row(axes: Axes, row: dict[str, Any], position: int, *, compact: bool) -> None:
    name = endpoint_words(row)
    style: dict[str, Any] = {"annotation_clip": False, "va": "center"}
    if compact:
        axes.annotate(
            name,
            (0, position - 0.32),
            xycoords=("axes fraction", "data"),
            weight="bold",
            bbox={"facecolor": palette.PAPER, "edgecolor": "none", "pad": 1},
            **style,
        )
        return
    axes.annotate(
        name,
        (0, position),
        xycoords=("axes fraction", "data"),
        xytext=(-12, 0),
        textcoords="offset points",
        ha="right",
        weight="bold",
        **style,
    )
    for text, color, shift in (
        (_simulated(row), palette.SIMULATED, 8),
        (_published(row), palette.PUBLISHED, -8),
    ):
        axes.annotate(
            text,
            (1, position),
            xycoords=("axes fraction", "data"),
            xytext=(12, shift),
            textcoords="offset points",
            color=color,
            **style,
        )


def _legend(canvas: Canvas, axes: Axes) -> None:
    from matplotlib.lines import Line2D

    def mark(label: str, marker: str, color: str, *, filled: bool) -> Any:
        return Line2D(
            [],
            [],
            color=color,
            marker=marker,
            markersize=8,
            markeredgewidth=2 if marker == "o" else 0,
            markerfacecolor=color if filled else palette.PAPER,
            linestyle="none",
            label=label,
        )

    axes.legend(
        handles=[
            mark("calibrated", "o", palette.SIMULATED, filled=False),
            mark("predicted", "o", palette.SIMULATED, filled=True),
            mark("published", "D", palette.PUBLISHED, filled=True),
        ],
        loc="upper left",
        bbox_to_anchor=(0, 1),
        bbox_transform=canvas.drawing.transFigure,
        ncols=3,
        frameon=False,
        handlelength=1.0,
        columnspacing=1.4,
        borderaxespad=0,
    )
