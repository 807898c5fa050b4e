"""Cellular kinetics: the transgene in blood over time, and how many patients still carry it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from leucel.report import palette
from leucel.report.canvas import Canvas, Figure, Missing, draw_figure, label_axes
from leucel.report.figures.axes import DAYS_PER_MONTH, legend_row, numbers, set_log, set_months
from leucel.report.inputs import DossierInput, dig, number, texts
from leucel.report.numbers import format_given, format_number, format_percent, format_unit
from leucel.report.tables import make_table, thin

if TYPE_CHECKING:
    from matplotlib.axes import Axes

QUANTILES = ("q05", "q25", "q50", "q75", "q95")
_POINTS = 260
_CURVE = "transgene"


def kinetics_figure(data: DossierInput) -> Figure | Missing:
    """Median and bands of the transgene over time with the limit of quantification."""
    name, title = "kinetics", "CAR transgene in blood"
    rows = data.table_rows("kinetics_quantiles", "day", "output", *QUANTILES)
    outputs = list(dict.fromkeys(str(row["output"]) for row in rows))
    if not outputs:
        return Missing(name=name, title=title, reason="The run holds no kinetics over time.")
    chosen = _CURVE if _CURVE in outputs else outputs[0]
    rows = sorted((row for row in rows if row["output"] == chosen), key=lambda row: row["day"])
    unit = format_unit(rows[0].get("unit") or "copies/ug gDNA")
    lloqs = _limits(data)
    published = _published_times(data)
    peak = max(rows, key=lambda row: number(row["q50"]) or 0.0)
    caption = (
        f"Line: median patient; dark band: middle 50%, light band: middle 90% of the virtual "
        f"patients. The median peaks at {format_number(peak['q50'])} {unit} on day "
        f"{format_number(peak['day'])}."
    )
    if lloqs:
        caption += " Dashed: the assay's lower limit of quantification (LLOQ)."
    if published:
        caption += " Diamonds: published times."
    return draw_figure(
        name,
        lambda canvas: _draw_kinetics(canvas, rows, unit, lloqs, published),
        height=400,
        narrow_height=380,
        title=title,
        caption=caption,
        alt=f"Transgene in {unit} over time on a log scale. {caption}",
        data=make_table(rows, {"day": "Day", **_quantile_heads(unit)}, max_rows=24),
        table="kinetics_quantiles",
        sources=tuple(
            dict.fromkeys(source for point in published for source in texts(point.get("source")))
        ),
    )


def detectable_figure(data: DossierInput) -> Figure | Missing:
    """Share of patients whose transgene is above the limit of quantification, by month."""
    name, title = "detectable", "Patients with detectable CAR-T cells"
    rows = data.table_rows("detectable", "month", "share")
    if not rows:
        return Missing(
            name=name, title=title, reason="The run holds no share of patients detectable by month."
        )
    percent = max(numbers(rows, "share"), default=0.0) > 1.0
    factor = 1.0 if percent else 100.0
    rows = [
        {
            **row,
            **{
                key: None if number(row.get(key)) is None else factor * float(row[key])
                for key in ("share", "low", "high")
            },
        }
        for row in rows
    ]
    rows.sort(key=lambda row: (row.get("lloq") or 0.0, row["month"]))
    published = [
        row
        for row in data.rows("trial", "endpoints")
        if row.get("endpoint") == "detectable"
        and number(row.get("published")) is not None
        and number(row.get("month")) is not None
    ]
    said = [row for row in rows if row["month"] in (6, 12, 18, 24) and row["share"] is not None]
    caption = "Share of virtual patients above the limit of quantification, with 95% limits" + (
        ": "
        + ", ".join(
            f"{format_percent(row['share'])} at {row['month']:g} months" for row in said[:4]
        )
        if said and len({row.get("lloq") for row in rows}) == 1
        else ""
    )
    caption += ". The answer depends on the assay: a lower limit finds the cells for longer."
    return draw_figure(
        name,
        lambda canvas: _draw_detectable(canvas, rows, published),
        height=320,
        narrow_height=320,
        title=title,
        caption=caption,
        alt=f"{title} by month. {caption}",
        data=make_table(
            rows,
            {
                "month": "Month",
                "lloq": "LLOQ",
                "share": ("Detectable", format_percent),
                "low": ("Low", format_percent),
                "high": ("High", format_percent),
            },
        ),
        table="detectable",
        sources=tuple(
            dict.fromkeys(source for row in published for source in texts(row.get("source")))
        ),
    )


def draw_bands(axes: Axes, rows: list[dict[str, Any]], *, floor: float, scale: float = 1.0) -> None:
    """Median line and 50% and 90% bands of quantile rows; values below `floor` sit on it."""
    shown = thin(rows, _POINTS)
    days = [float(row["day"]) for row in shown]
    curves = {
        key: [max(floor, (number(row[key]) or 0.0) * scale) for row in shown] for key in QUANTILES
    }
    color = palette.SIMULATED
    axes.fill_between(days, curves["q05"], curves["q95"], color=color, alpha=0.16, linewidth=0)
    axes.fill_between(days, curves["q25"], curves["q75"], color=color, alpha=0.30, linewidth=0)
    axes.plot(days, curves["q50"], color=color, linewidth=2.2)


def band_handles() -> list[Any]:
    """Legend entries of `draw_bands`."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    return [
        Line2D([], [], color=palette.SIMULATED, linewidth=2.2, label="median"),
        Patch(color=palette.SIMULATED, alpha=0.46, linewidth=0, label="middle 50%"),
        Patch(color=palette.SIMULATED, alpha=0.16, linewidth=0, label="middle 90%"),
    ]


def _limits(data: DossierInput) -> list[float]:
    """The assay's limit: that of the run or of the programme, else the middle one of the table."""
    for given in (dig(data.summary, "kinetics", "lloq"), dig(data.programme, "kinetics", "lloq")):
        value = number(given.get("value") if isinstance(given, Mapping) else given)
        if value is not None and value > 0:
            return [value]
    found = sorted({value for value in numbers(data.table_rows("detectable"), "lloq") if value > 0})
    return found[len(found) // 2 : len(found) // 2 + 1]


def _quantile_heads(unit: str) -> dict[str, str]:
    return {
        "q05": "5%",
        "q25": "25%",
        "q50": f"Median ({unit})" if unit else "Median",
        "q75": "75%",
        "q95": "95%",
    }


def _published_times(data: DossierInput) -> list[dict[str, Any]]:
    """Published times of the peak and of the loss of the cells."""
    words = {"tmax_days": "peak", "persistence_median_days": "median persistence"}
    found: list[dict[str, Any]] = []
    for row in data.rows("trial", "endpoints"):
        name = row.get("endpoint")
        if name in words and number(row.get("published")) is not None:
            found.append({**row, "words": words[str(name)]})
    return sorted(found, key=lambda row: float(row["published"]))


def _draw_kinetics(
    canvas: Canvas,
    rows: list[dict[str, Any]],
    unit: str,
    lloqs: list[float],
    published: list[dict[str, Any]],
) -> None:
    axes = canvas.axes(left=58, top=66, right=10, bottom=46)
    high = max([value for value in numbers(rows, "q95") if value > 0] or [10.0])
    # Half a decade below the limit of quantification is kept visible; what lies lower is noise.
    low = lloqs[0] / 10 if lloqs else max(high / 1e6, min(numbers(rows, "q50"), default=1.0), 1e-12)
    last = max(float(row["day"]) for row in rows)
    lines = _label_lines(published, (canvas.width - 68) / max(last, 1.0))
    # Room on top for the published times, half a decade a line.
    high, low = high * 3 ** (1 + max(lines, default=0)), min(low, high / 100)
    set_log(axes, "y", low, high)
    draw_bands(axes, rows, floor=low)
    for lloq in lloqs:
        axes.axhline(lloq, color=palette.LIMIT, linewidth=1.2, linestyle=(0, (5, 3)))
        axes.annotate(
            f"LLOQ {format_number(lloq)}",
            (1, lloq),
            xycoords=("axes fraction", "data"),
            xytext=(-2, 4),
            textcoords="offset points",
            ha="right",
            color=palette.LIMIT,
        )
    handles = band_handles()
    for position, point in enumerate(published):
        _draw_published(axes, point, high / 1.9 / 3 ** lines[position], last)
    set_months(axes, last / DAYS_PER_MONTH, in_days=True, compact=canvas.compact)
    label_axes(axes, x="months after infusion")
    axes.annotate(
        unit,
        (0, 1),
        xycoords=("figure fraction", "axes fraction"),
        xytext=(2, 34),
        textcoords="offset points",
        color=palette.MUTED,
        annotation_clip=False,
    )
    legend_row(axes, handles, compact=False)


def _label(point: dict[str, Any]) -> str:
    return f"{point['words']}, {format_given(point['published'])} d"


def _label_lines(published: list[dict[str, Any]], pixels: float) -> list[int]:
    """The line of each label, so that none runs into the next; `pixels` wide is one day."""
    ends: list[float] = []
    lines: list[int] = []
    for point in published:
        start = float(point["published"]) * pixels
        edge = max(float(point["published"]), number(point.get("published_high")) or 0.0) * pixels
        line = next((k for k, end in enumerate(ends) if start - 8 > end), len(ends))
        ends[line : line + 1] = [edge + 24 + 7.6 * len(_label(point))]
        lines.append(line)
    return lines


def _draw_published(axes: Axes, point: dict[str, Any], y: float, last: float) -> None:
    """A published time as a diamond with its interval at height `y`."""
    value = float(point["published"])
    if value > last:
        return
    low, high = number(point.get("published_low")), number(point.get("published_high"))
    if low is not None and high is not None:
        axes.plot([low, min(high, last)], [y, y], color=palette.PUBLISHED, linewidth=1.6)
    axes.plot(
        value, y, marker="D", markersize=7, color=palette.PUBLISHED, linestyle="none", zorder=5
    )
    axes.annotate(
        _label(point),
        (max(value, min(high, last) if high else value), y),
        xytext=(10, 0),
        textcoords="offset points",
        va="center",
        color=palette.PUBLISHED,
    )


def _draw_detectable(
    canvas: Canvas, rows: list[dict[str, Any]], published: list[dict[str, Any]]
) -> None:
    from matplotlib.lines import Line2D

    axes = canvas.axes(left=46, top=44, right=14, bottom=46)
    lloqs = list(dict.fromkeys(row.get("lloq") for row in rows))
    styles: tuple[tuple[str, str, Any], ...] = (
        (palette.SIMULATED, "o", "-"),
        (palette.GREEN, "s", (0, (5, 2))),
        (palette.VIOLET, "^", (0, (1.5, 1.5))),
        (palette.OCHRE, "v", (0, (5, 2, 1, 2))),
    )
    handles: list[Any] = []
    for lloq, (color, marker, line) in zip(lloqs, styles, strict=False):
        mine = [row for row in rows if row.get("lloq") == lloq and row["share"] is not None]
        months = [float(row["month"]) for row in mine]
        shares = [float(row["share"]) for row in mine]
        band = [row for row in mine if row["low"] is not None and row["high"] is not None]
        if band:
            axes.fill_between(
                [float(row["month"]) for row in band],
                [row["low"] for row in band],
                [row["high"] for row in band],
                color=color,
                alpha=0.18,
                linewidth=0,
            )
        every = max(1, len(months) // 12)
        axes.plot(
            months,
            shares,
            color=color,
            marker=marker,
            linestyle=line,
            markersize=6,
            markevery=every,
        )
        words = "simulated" if lloq is None else f"LLOQ {format_number(lloq)}"
        handles.append(
            Line2D([], [], color=color, marker=marker, linestyle=line, markersize=6, label=words)
        )
    for row in published:
        _error_point(axes, row)
    if published:
        handles.append(
            Line2D([], [], color=palette.PUBLISHED, marker="D", ls="none", label="published")
        )
    axes.set_ylim(0, 103)
    axes.set_yticks([0, 25, 50, 75, 100], ["0%", "25%", "50%", "75%", "100%"])
    last = max(float(row["month"]) for row in rows)
    set_months(axes, last, in_days=False, compact=canvas.compact)
    axes.set_xlim(-last * 0.01, last * 1.02 if last else 1)
    label_axes(axes, x="months after infusion")
    legend_row(axes, handles, compact=canvas.compact)


def _error_point(axes: Axes, row: dict[str, Any]) -> None:
    month, value = float(row["month"]), float(row["published"])
    low, high = number(row.get("published_low")), number(row.get("published_high"))
    if low is not None and high is not None:
        axes.plot([month, month], [low, high], color=palette.PUBLISHED, linewidth=1.8, zorder=4)
    axes.plot(month, value, marker="D", markersize=8, color=palette.PUBLISHED, zorder=5)
