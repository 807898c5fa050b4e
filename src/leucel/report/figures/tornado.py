"""Which assumption moves the access forecast most."""

from __future__ import annotations

from typing import Any

from leucel.report import palette
from leucel.report.canvas import Canvas, Figure, Missing, draw_figure
from leucel.report.figures.axes import legend_row
from leucel.report.inputs import DossierInput, dig, number, texts
from leucel.report.numbers import format_date, format_number
from leucel.report.tables import make_table
from leucel.report.words import assumption_words

NAME, TITLE = "tornado", "What moves the patients reached by the earlier approval"
_ROW = 44.0


def tornado_figure(data: DossierInput) -> Figure | Missing:
    """Additional patients when each assumption goes to the ends of its range."""
    rows = [
        row
        for row in data.rows("access", "tornado")
        if number(row.get("more_at_low")) is not None
        and number(row.get("more_at_high")) is not None
    ]
    if not rows:
        return Missing(
            name=NAME, title=TITLE, reason="The run holds no forecast of the patients reached."
        )
    base = number(rows[0].get("more")) or 0.0
    horizon = dig(data.summary, "access", "horizon")
    caption = (
        f"The line is the central forecast: {format_number(base, digits=2)} more patients until "
        f"{format_date(horizon)} than with the ordinary approval, in all areas together. Each bar "
        "moves one assumption through its range and leaves the others."
    )
    return draw_figure(
        NAME,
        lambda canvas: _draw(canvas, rows, base),
        height=80 + _ROW * len(rows),
        narrow_height=80 + (_ROW + 16) * len(rows),
        title=TITLE,
        caption=caption,
        alt="Tornado: "
        + "; ".join(
            f"{assumption_words(row['parameter'])} {_span(row)}: "
            f"{format_number(row['more_at_low'], digits=2)} to "
            f"{format_number(row['more_at_high'], digits=2)} patients"
            for row in rows
        ),
        data=make_table(
            [
                {
                    "what": assumption_words(row["parameter"]),
                    "span": _span(row),
                    "low": format_number(row["more_at_low"]),
                    "high": format_number(row["more_at_high"]),
                }
                for row in rows
            ],
            {
                "what": "Assumption",
                "span": "Range",
                "low": "More patients at the low end",
                "high": "at the high end",
            },
        ),
        table="access_tornado",
        sources=tuple(texts(dig(data.summary, "access", "sources"))),
    )


def _span(row: dict[str, Any]) -> str:
    unit = str(row.get("unit") or "")
    if unit.startswith("fraction"):
        low, high = (100 * float(row[key]) for key in ("low", "high"))
        return f"{low:.3g}% to {high:.3g}%{unit.removeprefix('fraction')}"
    units = {"year": "years", "month": "months"}
    low, high = (format_number(row[key]) for key in ("low", "high"))
    return f"{low} to {high} {units.get(unit, unit)}".strip()


def _draw(canvas: Canvas, rows: list[dict[str, Any]], base: float) -> None:
    from matplotlib.patches import Patch

    row_height = _ROW + 16 if canvas.compact else _ROW
    left = 14.0 if canvas.compact else 300.0
    axes = canvas.axes(
        left=left, right=44, top=34, bottom=canvas.height - 34 - row_height * len(rows)
    )
    axes.grid(visible=False)
    axes.grid(visible=True, axis="x", color=palette.GRID, linewidth=0.8)
    ends = [float(row[key]) for row in rows for key in ("more_at_low", "more_at_high")]
    low, high = min([*ends, base]), max([*ends, base])
    pad = (high - low) * 0.06 or 1.0
    axes.set_xlim(min(0.0, low) if low < high * 0.5 else low - pad, high + pad)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xlabel("more patients reached", color=palette.MUTED, labelpad=6)
    for index, row in enumerate(rows):
        y = index + (0.2 if canvas.compact else 0.0)
        at_low, at_high = float(row["more_at_low"]), float(row["more_at_high"])
        for end, color in ((at_low, palette.SIMULATED_SOFT), (at_high, palette.SIMULATED)):
            axes.barh(
                y,
                end - base,
                left=base,
                height=0.3 if canvas.compact else 0.46,
                color=color,
                linewidth=0,
                zorder=2,
            )
        _name(axes, row, index, compact=canvas.compact)
        _end(axes, max(at_low, at_high), y)
    axes.axvline(base, color=palette.INK, linewidth=1.4, zorder=3)
    ends_of = (("low end", palette.SIMULATED_SOFT), ("high end", palette.SIMULATED))
    legend_row(axes, [Patch(facecolor=color, label=name) for name, color in ends_of], compact=True)


def _end(axes: Any, value: float, y: float) -> None:
    axes.annotate(
        format_number(value, digits=2),
        (value, y),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        color=palette.INK,
        annotation_clip=False,
    )


def _name(axes: Any, row: dict[str, Any], index: int, *, compact: bool) -> None:
    name, span = assumption_words(row["parameter"]), _span(row)
    if compact:
        axes.annotate(
            name,
            (0, index - 0.22),
            xycoords=("axes fraction", "data"),
            va="center",
            weight="bold",
            annotation_clip=False,
            bbox={"facecolor": palette.PAPER, "edgecolor": "none", "pad": 1},
        )
        return
    for text, ink, weight, shift in (
        (name, palette.INK, "bold", 7.2),
        (span, palette.MUTED, "normal", -7.2),
    ):
        axes.annotate(
            text,
            (0, index),
            xycoords=("axes fraction", "data"),
            xytext=(-12, shift),
            textcoords="offset points",
            ha="right",
            va="center",
            color=ink,
            weight=weight,
            annotation_clip=False,
        )
