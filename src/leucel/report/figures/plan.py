"""The planned filings as bars on a calendar: what is filed when, and what waits for what."""

from __future__ import annotations

from datetime import date
from typing import Any

from leucel.report import palette
from leucel.report.canvas import Canvas, Figure, Missing, draw_figure
from leucel.report.figures.axes import legend_row, year_ticks
from leucel.report.figures.timeline import wrap
from leucel.report.inputs import DossierInput, dig, texts
from leucel.report.numbers import format_date, parse_date
from leucel.report.tables import make_table
from leucel.report.words import jurisdiction_words, route_words

NAME, TITLE = "plan", "Fastest order of filings"
_ROW = 54.0
# Bold letters that fit above a bar on a phone.
_NARROW_LETTERS = 38
_UNKNOWN = "no open route with a clock on record"
_COLORS = {"open": palette.SIMULATED, "doubtful": palette.OCHRE}


def plan_figure(data: DossierInput) -> Figure | Missing:
    """The filings of the fastest order, from filing to decision, with waits and open clocks."""
    rows = [
        row
        for row in data.rows("filings")
        if parse_date(row.get("filed")) is not None and parse_date(row.get("approved")) is not None
    ]
    unknown = texts(dig(data.summary, "filings_without_clock"))
    if not rows:
        return Missing(
            name=NAME, title=TITLE, reason="No filing of the plan has a clock on record."
        )
    rows += [{"jurisdiction": code, "route": "", "filed": None} for code in unknown]
    finish = dig(data.summary, "filings_finish")
    caption = (
        f"The last decision falls on {format_date(finish)}, when every filing with a clock on "
        "record goes out in this order; the agencies' own time, without clock stops."
    )
    if unknown:
        names = ", ".join(jurisdiction_words(code) for code in unknown)
        caption += f" No open route with a clock is on record for {names}."
    return draw_figure(
        NAME,
        lambda canvas: _draw(canvas, rows),
        height=82 + _ROW * len(rows),
        narrow_height=82 + (_ROW + 14) * len(rows),
        title=TITLE,
        caption=caption,
        alt="Plan of filings: " + "; ".join(_sentence(row) for row in rows),
        data=make_table(
            [
                {
                    "where": jurisdiction_words(row["jurisdiction"]),
                    "route": route_words(row["route"]) if row["filed"] else _UNKNOWN,
                    "filed": format_date(row["filed"]) if row["filed"] else "–",
                    "approved": format_date(row["approved"]) if row["filed"] else "not known",
                    "waits": ", ".join(texts(row.get("waited_for"))) or "–",
                }
                for row in rows
            ],
            {
                "where": "Jurisdiction",
                "route": "Route",
                "filed": "Filing",
                "approved": "Decision",
                "waits": "Waits for approval in",
            },
        ),
        table="filings",
    )


def _sentence(row: dict[str, Any]) -> str:
    place = jurisdiction_words(row["jurisdiction"])
    if not row["filed"]:
        return f"{place}: {_UNKNOWN}"
    return (
        f"{place}, {route_words(row['route'])}: {format_date(row['filed'])} to "
        f"{format_date(row['approved'])}"
    )


def _day(value: Any) -> int:
    parsed = parse_date(value)
    return parsed[0].toordinal() if parsed else 0


def _draw(canvas: Canvas, rows: list[dict[str, Any]]) -> None:
    from matplotlib.patches import Patch

    row_height = _ROW + 14 if canvas.compact else _ROW
    left = 10.0 if canvas.compact else 236.0
    axes = canvas.axes(
        left=left, right=18, top=34, bottom=canvas.height - 34 - row_height * len(rows)
    )
    axes.grid(visible=False)
    dated = [row for row in rows if row["filed"]]
    first = min(_day(row["filed"]) for row in dated)
    last = max(_day(row["approved"]) for row in dated)
    span = max(last - first, 30)
    axes.set_xlim(first - span * 0.02, last + span * (0.34 if canvas.compact else 0.26))
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
    position = {str(row["jurisdiction"]): index for index, row in enumerate(rows)}
    shift = 0.18 if canvas.compact else 0.0
    for index, row in enumerate(rows):
        y = index + shift
        if row["filed"]:
            _bar(axes, row, y, first, compact=canvas.compact)
            _waits(axes, row, y, rows, position, shift)
        else:
            axes.plot([first, last], [y, y], color=palette.STONE, linewidth=1.4, ls=(0, (2, 4)))
            if not canvas.compact:
                axes.annotate(
                    "not known",
                    (last, y),
                    xytext=(8, 0),
                    textcoords="offset points",
                    va="center",
                    color=palette.MUTED,
                    annotation_clip=False,
                )
        _name(axes, row, index, compact=canvas.compact)
    shown = [name for name in _COLORS if any(row.get("status") == name for row in dated)]
    legend_row(axes, [Patch(facecolor=_COLORS[name], label=name) for name in shown], compact=False)


def _bar(axes: Any, row: dict[str, Any], y: float, first: int, *, compact: bool) -> None:
    filed, approved = _day(row["filed"]), _day(row["approved"])
    color = _COLORS.get(str(row.get("status")), palette.STONE)
    height = 0.28 if compact else 0.36
    if filed > first:
        axes.plot([first, filed], [y, y], color=palette.MUTED, linewidth=1.2, ls=(0, (1, 3)))
    axes.barh(y, max(approved - filed, 1), left=filed, height=height, color=color, linewidth=0)
    axes.annotate(
        format_date(date.fromordinal(approved)),
        (approved, y),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        color=palette.INK,
        annotation_clip=False,
    )


def _waits(
    axes: Any,
    row: dict[str, Any],
    y: float,
    rows: list[dict[str, Any]],
    position: dict[str, int],
    shift: float,
) -> None:
    """Arrows from the approvals that a filing waited for to the day it goes out."""
    for code in texts(row.get("waited_for")):
        index = position.get(code)
        if index is None or not rows[index]["filed"]:
            continue
        axes.annotate(
            "",
            (_day(row["filed"]), y),
            xytext=(_day(rows[index]["approved"]), index + shift),
            arrowprops={
                "arrowstyle": "->",
                "color": palette.LIMIT,
                "linewidth": 1.2,
                "shrinkA": 2,
                "shrinkB": 2,
            },
            zorder=4,
        )


def _name(axes: Any, row: dict[str, Any], index: int, *, compact: bool) -> None:
    place = jurisdiction_words(row["jurisdiction"])
    route = route_words(row["route"]) if row["filed"] else ""
    own = " (your figure)" if row.get("basis") == "given by the user" else ""
    if compact:
        shown = f"{route[:1].lower()}{route[1:]}{own}" if route else "not known"
        whole = f"{place}: {shown}"
        if len(whole) > _NARROW_LETTERS:
            whole = f"{row['jurisdiction']}: {shown}"
        axes.annotate(
            wrap(whole, _NARROW_LETTERS, most=1)[0],
            (0, index - 0.24),
            xycoords=("axes fraction", "data"),
            va="center",
            weight="bold",
            annotation_clip=False,
            bbox={"facecolor": palette.PAPER, "edgecolor": "none", "pad": 1},
        )
        return
    lines = [(place, palette.INK, "bold"), (f"{route}{own}", palette.MUTED, "normal")]
    lines = [line for line in lines if line[0]]
    for line, (text, ink, weight) in enumerate(lines):
        axes.annotate(
            text,
            (0, index),
            xycoords=("axes fraction", "data"),
            xytext=(-12, 7.2 * (len(lines) - 1) - 14.4 * line),
            textcoords="offset points",
            ha="right",
            va="center",
            color=ink,
            weight=weight,
            annotation_clip=False,
        )
