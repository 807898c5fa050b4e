"""Prevalence year by year against the legal threshold."""

from __future__ import annotations

from typing import Any

import numpy as np

from leucel.report import palette
from leucel.report.canvas import Canvas, Figure, Missing, draw_figure, label_axes
from leucel.report.inputs import DossierInput, number, texts
from leucel.report.numbers import format_given, format_interval, format_unit
from leucel.report.tables import make_table
from leucel.report.words import jurisdiction_words

NAME = "prevalence-course"
_HEIGHT = 300.0


def course_figure(data: DossierInput, jurisdiction: str) -> Figure | Missing:
    """Estimated complete prevalence of a jurisdiction over the years, with its threshold."""
    title = "Prevalence over the years"
    if jurisdiction:
        title += f", {jurisdiction_words(jurisdiction)}"
    rows = [
        row
        for row in data.table_rows("prevalence_course", "year", "value", "threshold")
        if row.get("jurisdiction") == jurisdiction and number(row.get("value")) is not None
    ]
    if len(rows) < 2:
        return Missing(
            name=NAME, title=title, reason="The run holds no projection of the prevalence."
        )
    unit = rows[0].get("unit")
    first, last = rows[0], rows[-1]
    caption = (
        f"leucel estimate, carried from {first['year']} to {last['year']} by the trends of cases "
        "and survival; the band holds 95% of the draws over cases, ratio, trends and population "
        f"revision. Threshold: {format_given(first['threshold'], unit)}."
    )
    written = [
        {
            "year": str(row["year"]),
            "value": format_interval(row["value"], row.get("low"), row.get("high"), unit),
        }
        for row in rows
    ]
    return draw_figure(
        NAME,
        lambda canvas: _draw(canvas, rows),
        height=_HEIGHT,
        narrow_height=_HEIGHT,
        title=title,
        caption=caption,
        alt="Prevalence: " + "; ".join(f"{row['year']}, {row['value']}" for row in written),
        data=make_table(written, {"year": "Year", "value": "Complete prevalence (95% limits)"}),
        table="prevalence_course",
        sources=tuple(
            dict.fromkeys(source for row in rows for source in texts(row.get("sources")))
        ),
    )


def _draw(canvas: Canvas, rows: list[dict[str, Any]]) -> None:
    axes = canvas.axes(left=58, right=96 if not canvas.compact else 20, top=40, bottom=34)
    years, value, low, high = (
        np.array([float(row[key]) for row in rows]) for key in ("year", "value", "low", "high")
    )
    limit = float(rows[0]["threshold"])
    axes.fill_between(years, low, high, color=palette.SIMULATED, alpha=0.16, linewidth=0)
    axes.plot(years, value, color=palette.SIMULATED, linewidth=2.2)
    axes.axhline(limit, color=palette.LIMIT, linewidth=1.6)
    axes.set_xlim(years[0], years[-1])
    axes.set_ylim(0, max(limit, float(high.max())) * 1.12)
    step = max(2, round((years[-1] - years[0]) / (4 if canvas.compact else 8) / 2) * 2)
    ticks = np.arange(years[0], years[-1] + 1, step)
    axes.set_xticks(ticks, [f"{year:.0f}" for year in ticks])
    if limit >= 1000:
        axes.yaxis.set_major_formatter(lambda y, _: f"{y:,.0f}")
    label_axes(axes, y=f"people alive, {format_unit(rows[0].get('unit'))}")
    axes.annotate(
        "threshold",
        (years[-1], limit),
        xytext=(-4, 5) if canvas.compact else (8, 0),
        textcoords="offset points",
        ha="right" if canvas.compact else "left",
        va="bottom" if canvas.compact else "center",
        color=palette.LIMIT,
        weight="bold",
        annotation_clip=False,
    )
    if not canvas.compact:
        axes.annotate(
            "estimate",
            (years[-1], value[-1]),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=palette.SIMULATED,
            weight="bold",
            annotation_clip=False,
        )
