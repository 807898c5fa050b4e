"""Routes to approval as bars on a calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

from leucel.report import palette
from leucel.report.canvas import Canvas, Figure, Missing, draw_figure
from leucel.report.figures.axes import legend_row, year_ticks
from leucel.report.figures.timeline import wrap
from leucel.report.inputs import DossierInput, number, texts
from leucel.report.lookup import merged_routes
from leucel.report.numbers import format_date, format_number, parse_date
from leucel.report.tables import make_table
from leucel.report.words import jurisdiction_words, route_words

NAME = "routes"
_ROW = 52.0
_STATUS = {"open": palette.SIMULATED, "doubtful": palette.OCHRE, "closed": palette.STONE}


def routes_figure(data: DossierInput, jurisdiction: str) -> Figure | Missing:
    """The routes of one jurisdiction, with and without priority, from filing to decision."""
    title = "Routes and dates"
    if jurisdiction:
        title += f", {jurisdiction_words(jurisdiction)}"
    rows = [
        row
        for row in merged_routes(data)
        if row.get("jurisdiction") == jurisdiction
        and parse_date(row.get("start")) is not None
        and parse_date(row.get("finish")) is not None
    ]
    if not rows:
        return Missing(
            name=NAME,
            title=title,
            reason="No route of the lead jurisdiction has both a start and a finish.",
        )
    order = {"open": 0, "doubtful": 1, "closed": 2}
    rows.sort(
        key=lambda row: (
            order.get(str(row.get("status")), 3),
            str(row["finish"]),
            str(row["route"]),
        )
    )
    caption = (
        f"From filing on {format_date(rows[0]['start'])} to the earliest possible decision; the "
        "agency's own time only, clock stops for questions come on top."
    )
    return draw_figure(
        NAME,
        lambda canvas: _draw(canvas, rows),
        height=82 + _ROW * len(rows),
        narrow_height=82 + (_ROW + 16) * len(rows),
        title=title,
        caption=caption,
        alt="Routes: "
        + "; ".join(
            f"{route_words(row['route'])} ({row.get('status')}): {format_date(row['start'])} to "
            f"{format_date(row['finish'])}"
            for row in rows
        ),
        data=make_table(
            [
                {
                    "route": route_words(row["route"]),
                    "status": row.get("status"),
                    "clock": _clock(row),
                    "start": format_date(row["start"]),
                    "finish": format_date(row["finish"]),
                }
                for row in rows
            ],
            {
                "route": "Route",
                "status": "Status",
                "clock": "Clock",
                "start": "Filing",
                "finish": "Decision",
            },
        ),
        table="routes",
        sources=tuple(
            dict.fromkeys(source for row in rows for source in texts(row.get("sources")))
        ),
    )


def _clock(row: dict[str, Any]) -> str:
    if number(row.get("clock")) is None:
        return "no clock known"
    return f"{format_number(row['clock'])} {row.get('clock_unit') or ''}".strip()


def _day(value: Any) -> int | None:
    parsed = parse_date(value)
    return parsed[0].toordinal() if parsed else None


def _draw(canvas: Canvas, rows: list[dict[str, Any]]) -> None:
    from matplotlib.patches import Patch

    row_height = _ROW + 16 if canvas.compact else _ROW
    left = 10.0 if canvas.compact else 236.0
    axes = canvas.axes(
        left=left, right=18, top=34, bottom=canvas.height - 34 - row_height * len(rows)
    )
    axes.grid(visible=False)
    days = [
        day
        for row in rows
        for key in ("start", "finish", "finish_low", "finish_high")
        if (day := _day(row.get(key))) is not None
    ]
    first, last = min(days), max(days)
    span = max(last - first, 30)
    axes.set_xlim(first - span * 0.02, last + span * (0.26 if not canvas.compact else 0.34))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    ticks = year_ticks(
        date.fromordinal(first),
        date.fromordinal(int(last + span * 0.2)),
        most=3 if canvas.compact else 5,
    )
    axes.set_xticks([day.toordinal() for day, _ in ticks], [name for _, name in ticks])
    for day, _ in ticks:
        axes.axvline(day.toordinal(), color=palette.GRID, linewidth=0.8, zorder=0)
    for position, row in enumerate(rows):
        _draw_row(axes, row, position, compact=canvas.compact)
    shown = [name for name in _STATUS if any(row.get("status") == name for row in rows)]
    legend_row(
        axes,
        [
            Patch(facecolor=_STATUS[name], label=name, hatch="////" if name == "closed" else None)
            for name in shown
        ],
        compact=False,
    )


def _draw_row(axes: Any, row: dict[str, Any], position: int, *, compact: bool) -> None:
    status = str(row.get("status"))
    color = _STATUS.get(status, palette.STONE)
    start, finish = _day(row["start"]), _day(row["finish"])
    if start is None or finish is None:
        return
    y = position + (0.2 if compact else 0.0)
    axes.barh(
        y,
        max(finish - start, 1),
        left=start,
        height=0.3 if compact else 0.4,
        color=color,
        linewidth=0,
        hatch="////" if status == "closed" else None,
        zorder=2,
    )
    low, high = _day(row.get("finish_low")), _day(row.get("finish_high"))
    if low is not None and high is not None and high > low:
        axes.plot([low, high], [y, y], color=palette.INK, linewidth=1.6, zorder=3)
        for end in (low, high):
            axes.plot(end, y, marker="|", markersize=9, color=palette.INK, zorder=3)
    edge = max(finish, high or finish)
    words = format_date(date.fromordinal(finish))
    axes.annotate(
        f"{words},\nclock alone" if edge > finish else words,
        (edge, y),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        color=palette.INK,
        annotation_clip=False,
    )
    name = route_words(row["route"])
    detail = _clock(row) + (", designated" if row["designation"] == "with" else "")
    if compact:
        axes.annotate(
            f"{wrap(name, 46, most=1)[0]}",
            (0, position - 0.26),
            xycoords=("axes fraction", "data"),
            va="center",
            weight="bold",
            annotation_clip=False,
            bbox={"facecolor": palette.PAPER, "edgecolor": "none", "pad": 1},
        )
        return
    lines = [
        *((line, palette.INK, "bold") for line in wrap(name, 30, most=2)),
        (detail, palette.MUTED, "normal"),
    ]
    for line, (text, ink, weight) in enumerate(lines):
        axes.annotate(
            text,
            (0, position),
            xycoords=("axes fraction", "data"),
            xytext=(-12, 7.2 * (len(lines) - 1) - 14.4 * line),
            textcoords="offset points",
            ha="right",
            va="center",
            color=ink,
            weight=weight,
            annotation_clip=False,
        )
