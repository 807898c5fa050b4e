"""Kaplan-Meier curves with their limits, patients at risk and the published result."""

from __future__ import annotations

from typing import Any

from leucel.report import palette
from leucel.report.canvas import Canvas, Figure, Missing, draw_figure, label_axes
from leucel.report.figures.axes import legend_row, set_months
from leucel.report.inputs import DossierInput, number, texts
from leucel.report.numbers import format_count, format_interval, format_percent
from leucel.report.tables import make_table

_CURVES = {
    "pfs": ("km_pfs", "Progression-free survival", "months after infusion"),
    "dor": ("km_dor", "Duration of response", "months after first response"),
}


def survival_figure(data: DossierInput, endpoint: str) -> Figure | Missing:
    """The Kaplan-Meier curve of `pfs` or `dor`."""
    table, title, axis = _CURVES[endpoint]
    rows = [
        row
        for row in data.table_rows(table, "time_months", "survival")
        if number(row["survival"]) is not None and number(row["time_months"]) is not None
    ]
    if not rows:
        return Missing(
            name=endpoint, title=title, reason=f"The run holds no curve of {title.casefold()}."
        )
    rows.sort(key=lambda row: float(row["time_months"]))
    percent = max(float(row["survival"]) for row in rows) > 1.0
    factor = 1.0 if percent else 100.0
    rows = [
        {
            **row,
            **{
                key: None if number(row.get(key)) is None else float(row[key]) * factor
                for key in ("survival", "low", "high")
            },
        }
        for row in rows
    ]
    points = [
        row
        for row in data.rows("trial", "endpoints")
        if row.get("endpoint") == endpoint
        and number(row.get("published")) is not None
        and number(row.get("month")) is not None
    ]
    caption = _caption(rows, points)
    return draw_figure(
        endpoint,
        lambda canvas: _draw(canvas, rows, points, axis),
        height=400,
        narrow_height=390,
        title=title,
        caption=caption,
        alt=f"Kaplan-Meier curve of {title.casefold()}. {caption}",
        data=make_table(
            rows,
            {
                "time_months": "Month",
                "survival": (title, format_percent),
                "low": ("Low", format_percent),
                "high": ("High", format_percent),
                "at_risk": ("At risk", format_count),
                "events": ("Events", format_count),
            },
            max_rows=24,
        ),
        table=table,
        sources=tuple(
            dict.fromkeys(source for row in points for source in texts(row.get("source")))
        ),
    )


def value_at(rows: list[dict[str, Any]], month: float, key: str) -> float | None:
    """The value of a step curve at a time: that of the last step not after it."""
    value: float | None = None
    for row in rows:
        if float(row["time_months"]) > month + 1e-9:
            break
        value = number(row.get(key))
    return value


def _caption(rows: list[dict[str, Any]], points: list[dict[str, Any]]) -> str:
    last = float(rows[-1]["time_months"])
    said = [
        format_interval(
            value_at(rows, month, "survival"),
            value_at(rows, month, "low"),
            value_at(rows, month, "high"),
            "%",
        )
        + f" at {month} months"
        for month in (12, 24)
        if month <= last + 0.5
    ]
    caption = "Simulated curve with 95% limits" + (": " + ", ".join(said) if said else "") + "."
    for row in points:
        written = format_interval(
            row["published"], row.get("published_low"), row.get("published_high"), "%"
        )
        caption += f" Published at {float(row['month']):g} months: {written}."
    return caption


def _draw(
    canvas: Canvas, rows: list[dict[str, Any]], points: list[dict[str, Any]], axis: str
) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    at_risk = any(number(row.get("at_risk")) is not None for row in rows)
    axes = canvas.axes(left=48, top=36, right=14, bottom=96 if at_risk else 46)
    months = [0.0, *(float(row["time_months"]) for row in rows)]
    survival = [100.0, *(float(row["survival"]) for row in rows)]
    lows = [100.0, *(row["low"] if row["low"] is not None else row["survival"] for row in rows)]
    highs = [100.0, *(row["high"] if row["high"] is not None else row["survival"] for row in rows)]
    keep = _changes(survival)
    months, survival, lows, highs = (
        [series[k] for k in keep] for series in (months, survival, lows, highs)
    )
    axes.fill_between(
        months, lows, highs, step="post", color=palette.SIMULATED, alpha=0.18, linewidth=0
    )
    axes.step(months, survival, where="post", color=palette.SIMULATED, linewidth=2.2)
    handles: list[Any] = [
        Line2D([], [], color=palette.SIMULATED, linewidth=2.2, label="simulated"),
        Patch(color=palette.SIMULATED, alpha=0.18, linewidth=0, label="95% limits"),
    ]
    for row in points:
        _draw_point(axes, row)
    if points:
        handles.append(
            Line2D(
                [], [], color=palette.PUBLISHED, marker="D", markersize=7, ls="-", label="published"
            )
        )
    axes.set_ylim(0, 103)
    axes.set_yticks([0, 25, 50, 75, 100], ["0%", "25%", "50%", "75%", "100%"])
    last = max(months[-1], max((float(row["month"]) for row in points), default=0.0))
    set_months(axes, last, in_days=False, compact=canvas.compact)
    axes.set_xlim(-last * 0.01, last * 1.02 if last else 1.0)
    label_axes(axes, x=axis)
    legend_row(axes, handles, compact=False)
    if at_risk:
        _write_at_risk(axes, rows)


def _changes(values: list[float]) -> list[int]:
    """Indices at which a step curve changes, with the first and the last."""
    last = len(values) - 1
    return [k for k in range(len(values)) if k in (0, last) or values[k] != values[k - 1]]


def _draw_point(axes: Any, row: dict[str, Any]) -> None:
    month, value = float(row["month"]), float(row["published"])
    low, high = number(row.get("published_low")), number(row.get("published_high"))
    color = palette.PUBLISHED
    if low is not None and high is not None:
        axes.plot([month, month], [low, high], color=color, linewidth=2, zorder=4)
        for end in (low, high):
            axes.plot(month, end, marker="_", markersize=10, color=color, zorder=4)
    axes.plot(month, value, marker="D", markersize=9, color=color, zorder=5)


def _write_at_risk(axes: Any, rows: list[dict[str, Any]]) -> None:
    axes.annotate(
        "patients at risk",
        (0, 0),
        xycoords=("figure fraction", "axes fraction"),
        xytext=(2, -66),
        textcoords="offset points",
        color=palette.MUTED,
        annotation_clip=False,
    )
    for month in axes.get_xticks():
        value = next(
            (
                number(row.get("at_risk"))
                for row in rows
                if float(row["time_months"]) >= month - 1e-9
            ),
            None,
        )
        if value is None:
            continue
        axes.annotate(
            format_count(value),
            (month, 0),
            xycoords=("data", "axes fraction"),
            xytext=(0, -84),
            textcoords="offset points",
            ha="center",
            annotation_clip=False,
        )
