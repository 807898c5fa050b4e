"""How rare the condition is against the legal threshold of each jurisdiction."""

from __future__ import annotations

from typing import Any

from leucel.report import palette
from leucel.report.canvas import Canvas, Figure, Missing, draw_figure
from leucel.report.figures.axes import set_log
from leucel.report.inputs import DossierInput, number, texts
from leucel.report.numbers import (
    format_given,
    format_interval,
    format_number,
    format_unit,
)
from leucel.report.tables import make_table
from leucel.report.words import jurisdiction_words

_ROW = 46.0
_VERDICT_COLORS = {
    "met": palette.SIMULATED,
    "borderline": palette.OCHRE,
    "not met": palette.PUBLISHED,
    "cannot conclude": palette.STONE,
}
_MARKERS = {"met": "o", "borderline": "s", "not met": "X", "cannot conclude": "d"}


def threshold_figure(data: DossierInput) -> Figure | Missing:
    """Prevalence as a multiple of the legal threshold, by jurisdiction."""
    name, title = "threshold", "Prevalence against the legal threshold"
    rows = [row for row in data.rows("designation") if _share(row, "prevalence") is not None]
    if not rows:
        return Missing(
            name=name, title=title, reason="No jurisdiction has both a prevalence and a threshold."
        )
    caption = (
        "Each point is the estimated prevalence divided by the threshold of the jurisdiction, with "
        "its interval, on a log scale; left of the line the condition is rare enough."
    )
    return draw_figure(
        name,
        lambda canvas: _draw_threshold(canvas, rows),
        height=66 + _ROW * len(rows),
        narrow_height=90 + (_ROW + 14) * len(rows),
        title=title,
        caption=caption,
        alt="Prevalence against threshold: "
        + "; ".join(
            f"{jurisdiction_words(row.get('jurisdiction'))}: {_written(row)} against "
            f"{_threshold(row)}, {row.get('verdict')}"
            for row in rows
        ),
        data=make_table(
            [
                {
                    "jurisdiction": jurisdiction_words(row.get("jurisdiction")),
                    "rule": row.get("rule_id"),
                    "prevalence": _written(row),
                    "threshold": _threshold(row),
                    "verdict": row.get("verdict"),
                }
                for row in rows
            ],
            {
                "jurisdiction": "Jurisdiction",
                "rule": "Rule",
                "prevalence": "Prevalence",
                "threshold": "Threshold",
                "verdict": "Verdict",
            },
        ),
        table="designation",
        sources=tuple(
            dict.fromkeys(source for row in rows for source in texts(row.get("sources")))
        ),
    )


def _share(row: dict[str, Any], key: str) -> float | None:
    value, threshold = number(row.get(key)), number(row.get("threshold"))
    if value is None or threshold is None or threshold <= 0 or value <= 0:
        return None
    return value / threshold


def _written(row: dict[str, Any]) -> str:
    return format_interval(row["prevalence"], row.get("low"), row.get("high"), row.get("unit"))


def _threshold(row: dict[str, Any]) -> str:
    return format_given(row["threshold"], row.get("unit"))


def _draw_threshold(canvas: Canvas, rows: list[dict[str, Any]]) -> None:
    from matplotlib.lines import Line2D

    row_height = _ROW + 14 if canvas.compact else _ROW
    longest = max(len(jurisdiction_words(row.get("jurisdiction"))) for row in rows)
    left = 12.0 if canvas.compact else min(240.0, 8.3 * longest + 20)
    right = 12.0 if canvas.compact else 236.0
    top = 48.0 if canvas.compact else 30.0
    axes = canvas.axes(
        left=left,
        right=right,
        top=top,
        bottom=canvas.height - top - row_height * len(rows),
    )
    axes.grid(visible=False)
    axes.grid(visible=True, axis="x", color=palette.GRID, linewidth=0.8)
    shares = [
        share
        for row in rows
        for key in ("prevalence", "low", "high")
        if (share := _share(row, key)) is not None
    ]
    low, high = min(0.02, min(shares) / 1.5), max(3.0, max(shares) * 1.5)
    set_log(axes, "x", low, high)
    wanted = (0.001, 0.01, 0.1, 1.0, 10.0) if high / low > 500 else (0.03, 0.1, 0.3, 1.0, 3.0)
    ticks = [tick for tick in wanted if low <= tick <= high]
    axes.set_xticks(ticks, [f"{100 * tick:g}%" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_xlabel("prevalence as a share of the threshold", color=palette.MUTED, labelpad=6)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.axvspan(1.0, high, color=palette.PUBLISHED, alpha=0.09, linewidth=0)
    axes.axvline(1.0, color=palette.LIMIT, linewidth=1.6)
    axes.annotate(
        "threshold",
        (1.0, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, 6),
        textcoords="offset points",
        ha="center",
        color=palette.LIMIT,
        weight="bold",
        annotation_clip=False,
    )
    for position, row in enumerate(rows):
        verdict = str(row.get("verdict"))
        color = _VERDICT_COLORS.get(verdict, palette.STONE)
        y = position + (0.2 if canvas.compact else 0.0)
        low_end, high_end = _share(row, "low"), _share(row, "high")
        if low_end is not None and high_end is not None:
            axes.plot(
                [low_end, high_end],
                [y, y],
                color=color,
                linewidth=3,
                solid_capstyle="round",
                zorder=3,
            )
        axes.plot(
            _share(row, "prevalence") or low,
            y,
            marker=_MARKERS.get(verdict, "o"),
            markersize=10,
            color=color,
            markeredgecolor=palette.PAPER,
            markeredgewidth=1,
            zorder=4,
            ls="none",
        )
        _write_threshold(axes, row, position, compact=canvas.compact)
    shown = [name for name in _VERDICT_COLORS if any(row.get("verdict") == name for row in rows)]
    axes.legend(
        handles=[
            Line2D(
                [],
                [],
                color=_VERDICT_COLORS[verdict],
                marker=_MARKERS[verdict],
                markersize=8,
                ls="none",
                label=verdict,
            )
            for verdict in shown
        ],
        loc="upper left",
        bbox_to_anchor=(0, 1),
        bbox_transform=canvas.drawing.transFigure,
        ncols=4,
        frameon=False,
        handlelength=1.0,
        columnspacing=1.2,
        borderaxespad=0,
    )


def _write_threshold(axes: Any, row: dict[str, Any], position: int, *, compact: bool) -> None:
    style: dict[str, Any] = {"annotation_clip": False, "va": "center"}
    name = jurisdiction_words(row.get("jurisdiction"))
    text = f"{_written(row)}"
    limit = f"threshold {_threshold(row)}"
    if compact:
        unit = format_unit(row.get("unit"))
        short = f"{format_number(row['prevalence'])} of {format_number(row['threshold'])} {unit}"
        axes.annotate(
            f"{name}: {short}",
            (0, position - 0.26),
            xycoords=("axes fraction", "data"),
            weight="bold",
            bbox={"facecolor": palette.PAPER, "edgecolor": "none", "pad": 1, "alpha": 0.85},
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
    for line, color, shift in ((text, palette.INK, 8), (limit, palette.MUTED, -8)):
        axes.annotate(
            line,
            (1, position),
            xycoords=("axes fraction", "data"),
            xytext=(12, shift),
            textcoords="offset points",
            color=color,
            **style,
        )
