"""Response over time and best response of each virtual patient."""

from __future__ import annotations

from typing import Any

from leucel.report import palette
from leucel.report.canvas import Canvas, Figure, Missing, draw_figure
from leucel.report.figures.axes import DAYS_PER_MONTH, legend_row, numbers, set_log, set_months
from leucel.report.figures.kinetics import QUANTILES, band_handles, draw_bands
from leucel.report.inputs import DossierInput, first, number
from leucel.report.numbers import format_count, format_interval, format_percent, format_unit
from leucel.report.tables import make_table

# What is shown, in this order when the table has it: names of the output, title, and whether it is
# relative to baseline (drawn in percent).
_PANELS = (
    (("m_protein_relative", "m_protein"), "M-protein"),
    (("s_bcma_relative", "s_bcma"), "Soluble BCMA"),
    (("tumor_relative", "tumor_total", "tumor"), "Tumor burden"),
)
_FLOOR_PERCENT = 1e-4
_ORDER = ("sCR", "CR", "CR or better", "VGPR", "PR", "MR", "SD", "PD", "NE")


def response_figure(data: DossierInput) -> Figure | Missing:
    """M-protein, soluble BCMA and tumor burden over time."""
    name, title = "response", "Disease over time"
    rows = data.table_rows("response_quantiles", "day", "output", *QUANTILES)
    panels: list[tuple[str, str, list[dict[str, Any]]]] = []
    for names, words in _PANELS:
        for output in names:
            mine = [row for row in rows if row["output"] == output]
            if mine:
                panels.append((output, words, sorted(mine, key=lambda row: row["day"])))
                break
    if not panels:
        return Missing(name=name, title=title, reason="The run holds no disease markers over time.")
    caption = (
        "Line: median patient; dark band: middle 50%, light band: middle 90%. Values below the "
        "lower edge are drawn on it: the deepest responses leave no cell behind."
    )
    table_rows = [row for _, _, mine in panels for row in mine]
    return draw_figure(
        name,
        lambda canvas: _draw_panels(canvas, panels),
        height=330,
        narrow_height=70 + 230 * len(panels),
        title=title,
        caption=caption,
        alt=f"{', '.join(words for _, words, _ in panels)} over time on log scales. {caption}",
        data=make_table(
            table_rows,
            {
                "output": "Output",
                "day": "Day",
                "q05": "5%",
                "q25": "25%",
                "q50": "Median",
                "q75": "75%",
                "q95": "95%",
            },
            max_rows=30,
        ),
        table="response_quantiles",
    )


def waterfall_figure(data: DossierInput) -> Figure | Missing:
    """Best change of M-protein of each virtual patient, colored by best response."""
    name, title = "waterfall", "Best change of M-protein, patient by patient"
    rows = [
        row
        for row in data.table_rows("waterfall", "best_change_percent")
        if number(row["best_change_percent"]) is not None
    ]
    if not rows:
        return Missing(name=name, title=title, reason="The run holds no best change by patient.")
    # Patients of equal depth, to a percent, stand together by response: the picture stays calm.
    rows.sort(
        key=lambda row: (
            -round(float(row["best_change_percent"])),
            -_rank(_response(row))[0],
            -float(row["best_change_percent"]),
        )
    )
    deep = sum(float(row["best_change_percent"]) <= -90 for row in rows)
    half = sum(float(row["best_change_percent"]) <= -50 for row in rows)
    total = len(rows)
    caption = (
        f"One bar for each of {format_count(total)} virtual patients; "
        f"{format_percent(100 * half / total)} fall by at least half and "
        f"{format_percent(100 * deep / total)} by at least 90%. Bars above the axis are cut at "
        "+100%."
    )
    return draw_figure(
        name,
        lambda canvas: _draw_waterfall(canvas, rows),
        height=330,
        narrow_height=330,
        title=title,
        caption=caption,
        alt=f"Waterfall plot. {caption}",
        data=make_table(
            rows,
            {
                "subject": ("Patient", lambda value: "–" if value is None else str(value)),
                "best_change_percent": ("Best change", format_percent),
                "response": "Best response",
            },
            max_rows=24,
        ),
        table="waterfall",
    )


def best_response_figure(data: DossierInput) -> Figure | Missing:
    """Shares of the best responses with their intervals."""
    name, title = "best-response", "Best response"
    rows = [
        row
        for row in data.table_rows("best_response", "category", "percent")
        if number(row["percent"]) is not None
    ]
    if not rows:
        return Missing(name=name, title=title, reason="The run holds no table of best responses.")
    rows.sort(key=lambda row: _rank(str(row["category"])))
    caption = "Best response by IMWG criteria in the virtual patients, with exact 95% limits."
    return draw_figure(
        name,
        lambda canvas: _draw_best(canvas, rows),
        height=44 + 38 * len(rows),
        narrow_height=44 + 38 * len(rows),
        title=title,
        caption=caption,
        alt="Best response: "
        + "; ".join(f"{row['category']} {format_percent(row['percent'])}" for row in rows),
        data=make_table(
            rows,
            {
                "category": "Best response",
                "count": ("Patients", format_count),
                "percent": ("Share", format_percent),
                "low": ("Low", format_percent),
                "high": ("High", format_percent),
            },
        ),
        table="best_response",
    )


def _rank(category: str) -> tuple[int, str]:
    return (_ORDER.index(category) if category in _ORDER else len(_ORDER), category)


def _response(row: dict[str, Any]) -> str:
    return str(row.get("response") or "")


def _color(category: Any) -> str:
    text = str(category or "")
    return palette.CATEGORIES.get(text, palette.CATEGORIES.get(text.split(" ")[0], palette.STONE))


def _draw_panels(canvas: Canvas, panels: list[tuple[str, str, list[dict[str, Any]]]]) -> None:
    count = len(panels)
    top, bottom, left, right = 62.0, 46.0, 52.0, 8.0
    for position, (output, words, rows) in enumerate(panels):
        if canvas.compact:
            tall = (canvas.height - 24) / count
            axes = canvas.axes(
                left=left,
                right=right,
                top=24 + tall * position + 40,
                bottom=canvas.height - 24 - tall * (position + 1) + 40,
            )
        else:
            wide = canvas.width / count
            axes = canvas.axes(
                left=wide * position + left,
                right=canvas.width - wide * (position + 1) + right,
                top=top,
                bottom=bottom,
            )
        _draw_panel(axes, output, words, rows, compact=True)
        if position == 0:
            handles = band_handles()
            axes.legend(
                handles=handles,
                loc="upper left",
                bbox_to_anchor=(0, 1),
                bbox_transform=canvas.drawing.transFigure,
                ncols=3,
                frameon=False,
                handlelength=1.6,
                columnspacing=1.4,
                borderaxespad=0,
            )


def _draw_panel(
    axes: Any, output: str, words: str, rows: list[dict[str, Any]], *, compact: bool
) -> None:
    relative = output.endswith("_relative")
    scale = 100.0 if relative else 1.0
    unit = "% of baseline" if relative else format_unit(first(rows[0], "unit") or _unit(output))
    high = max([value * scale for value in numbers(rows, "q95") if value > 0] or [1.0])
    if relative:
        lows = [value * scale for value in numbers(rows, "q25") if value > 0]
        low = max(_FLOOR_PERCENT, min(lows, default=_FLOOR_PERCENT))
        low, high = min(low, 0.1), max(high * 1.5, 200.0)
    else:
        lows = [value for value in numbers(rows, "q05") if value > 0]
        low, high = max(min(lows, default=high / 1e4), high / 1e8) / 1.5, high * 2
    set_log(axes, "y", low, high, percent=relative)
    if relative:
        axes.axhline(100, color=palette.MUTED, linewidth=0.9, linestyle=(0, (2, 2)))
    draw_bands(axes, rows, floor=low, scale=scale)
    last = max(float(row["day"]) for row in rows)
    set_months(axes, last / DAYS_PER_MONTH, in_days=True, compact=compact)
    axes.set_xlabel("months after infusion", color=palette.MUTED, labelpad=6)
    for text, shift, color, weight in (
        (words, 22, palette.INK, "bold"),
        (unit, 7, palette.MUTED, "normal"),
    ):
        axes.annotate(
            text,
            (0, 1),
            xycoords="axes fraction",
            xytext=(0, shift),
            textcoords="offset points",
            color=color,
            weight=weight,
            annotation_clip=False,
        )


def _unit(output: str) -> str:
    return {"m_protein": "g/L", "s_bcma": "ng/mL", "tumor_total": "cells"}.get(output, "")


def _draw_waterfall(canvas: Canvas, rows: list[dict[str, Any]]) -> None:
    from matplotlib.patches import Patch, PathPatch
    from matplotlib.path import Path

    axes = canvas.axes(left=52, top=44, right=8, bottom=34)
    bars: dict[str, list[tuple[float, float, float]]] = {}
    count = len(rows)
    previous: tuple[str, float] | None = None
    for position, row in enumerate(rows):
        height = round(min(100.0, float(row["best_change_percent"])), 1)
        category = _response(row)
        mine = bars.setdefault(category, [])
        # Neighbors of equal height and color become one bar: a thousand patients stay small.
        if previous == (category, height) and count > 120:
            start, _, same = mine[-1]
            mine[-1] = (start, position + 1.0, same)
        else:
            mine.append((float(position), position + 1.0, height))
        previous = (category, height)
    slim = 0.12 if count <= 120 else 0.0
    for category, mine in bars.items():
        vertices: list[tuple[float, float]] = []
        codes: list[Any] = []
        for start, end, height in mine:
            low, high = start + slim, end - slim
            vertices += [(low, 0), (low, height), (high, height), (high, 0), (low, 0)]
            codes += [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
        axes.add_patch(
            PathPatch(Path(vertices, codes), facecolor=_color(category), linewidth=0, zorder=2)
        )
    axes.set_xlim(0, max(count, 1))
    top = max(20.0, max(min(100.0, float(row["best_change_percent"])) for row in rows) * 1.08)
    axes.set_ylim(-104, top)
    ticks = [tick for tick in (-100, -75, -50, -25, 0, 25, 50, 75, 100) if tick <= top]
    axes.set_yticks(ticks, [f"{tick:+d}%".replace("-", "−") if tick else "0%" for tick in ticks])
    axes.axhline(0, color=palette.MUTED, linewidth=0.9)
    for level, words in ((-50, "partial response"), (-90, "very good partial response")):
        axes.axhline(level, color=palette.INK, linewidth=0.8, linestyle=(0, (2, 3)), zorder=3)
        axes.annotate(
            words,
            (0, level),
            xytext=(4, 4),
            textcoords="offset points",
            color=palette.INK,
            bbox={"facecolor": palette.PAPER, "edgecolor": "none", "pad": 1, "alpha": 0.8},
            zorder=4,
        )
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.set_xlabel("virtual patients, largest fall on the right", color=palette.MUTED, labelpad=8)
    handles = [
        Patch(color=_color(category), label=category or "not evaluated")
        for category in sorted(bars, key=_rank)
    ]
    legend_row(axes, handles, compact=canvas.compact)


def _draw_best(canvas: Canvas, rows: list[dict[str, Any]]) -> None:
    room = 190.0 if not canvas.compact else 128.0
    axes = canvas.axes(left=60, top=6, right=room, bottom=34)
    axes.grid(visible=False)
    axes.grid(visible=True, axis="x", color=palette.GRID, linewidth=0.8)
    for position, row in enumerate(rows):
        value = float(row["percent"])
        axes.barh(position, value, height=0.58, color=_color(row["category"]), linewidth=0)
        low, high = number(row.get("low")), number(row.get("high"))
        if low is not None and high is not None:
            axes.plot([low, high], [position, position], color=palette.INK, linewidth=1.4)
        text = format_interval(value, low, high, "%")
        if canvas.compact and "(" in text:
            head, tail = text.split(" (", 1)
            text = f"{head}\n({tail}"
        axes.annotate(
            text,
            (1, position),
            xycoords=("axes fraction", "data"),
            xytext=(14, 0),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
        )
    axes.set_yticks(range(len(rows)), [str(row["category"]) for row in rows], color=palette.INK)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, 100)
    axes.set_xticks([0, 25, 50, 75, 100], ["0%", "25%", "50%", "75%", "100%"])
