"""From new cases to the patients who can be treated, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from leucel.report import palette
from leucel.report.canvas import Canvas, Figure, Missing, draw_figure
from leucel.report.inputs import DossierInput, first, number
from leucel.report.numbers import (
    format_count,
    format_interval,
)
from leucel.report.tables import make_table
from leucel.report.words import jurisdiction_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the way from all patients to those that can be treated."""

    name: str
    value: float
    low: float | None
    high: float | None
    unit: str


def funnel_figure(data: DossierInput, jurisdiction: str) -> Figure | Missing:
    """From new cases to patients eligible a year in one jurisdiction."""
    name, title = "funnel", "From new cases to eligible patients"
    if jurisdiction:
        title += f", {jurisdiction_words(jurisdiction)}"
    steps = read_funnel(data, jurisdiction)
    if len(steps) < 2:
        return Missing(
            name=name, title=title, reason="The run holds no steps from new cases to eligible ones."
        )
    caption = "Patients a year at each step" + (
        f"; of {format_count(steps[0].value)} new cases a year, "
        f"{format_count(steps[-1].value)} reach the last step."
    )
    return draw_figure(
        name,
        lambda canvas: _draw_funnel(canvas, steps),
        height=16 + 50 * len(steps),
        narrow_height=16 + 62 * len(steps),
        title=title,
        caption=caption,
        alt="Funnel: "
        + "; ".join(
            f"{step.name}: {format_interval(step.value, step.low, step.high, step.unit)}"
            for step in steps
        ),
        data=make_table(
            [
                {
                    "step": step.name,
                    "value": format_interval(step.value, step.low, step.high, step.unit),
                }
                for step in steps
            ],
            {"step": "Step", "value": "Patients a year"},
        ),
        table="funnel" if data.frame("funnel") is not None else "epidemiology",
    )


def read_funnel(data: DossierInput, jurisdiction: str) -> tuple[Step, ...]:
    """The steps of one jurisdiction from the table `funnel`, or incidence and eligible patients."""
    found: list[Step] = []
    rows = data.table_rows("funnel", "value")
    mine = [row for row in rows if row.get("jurisdiction") in (None, jurisdiction)]
    words: dict[str, str] = {}
    if not mine:
        words = {"incidence_cases": "new cases a year", "eligible_flow": "eligible a year"}
        mine = [
            row
            for measure in words
            for row in data.rows("epidemiology")
            if row.get("measure") == measure and row.get("jurisdiction") == jurisdiction
        ]
    for row in mine:
        value = number(row.get("value"))
        step = first(row, "step", "name", "what", "measure")
        if value is None or step is None:
            continue
        low, high = number(row.get("low")), number(row.get("high"))
        if low == high:
            low = high = None
        found.append(
            Step(
                name=_step_words(words.get(str(step), str(step))),
                value=value,
                low=low,
                high=high,
                unit="patients",
            )
        )
    return tuple(found)


def _step_words(step: str) -> str:
    """A step of the funnel in words: `line 4` becomes `Reach line 4`."""
    text = step.replace("_", " ")
    if text.startswith("line "):
        text = f"reach {text}"
    return text[:1].upper() + text[1:]


def _draw_funnel(canvas: Canvas, steps: tuple[Step, ...]) -> None:
    from matplotlib.patches import FancyBboxPatch, Polygon

    sheet = canvas.sheet()
    compact = canvas.compact
    row = 62.0 if compact else 50.0
    tall = 26.0 if compact else 34.0
    center = canvas.width / 2 if compact else 190.0
    most = canvas.width - 16 if compact else 340.0
    largest = max(step.value for step in steps) or 1.0
    widths = [max(6.0, most * step.value / largest) for step in steps]
    for position, (step, width) in enumerate(zip(steps, widths, strict=True)):
        top = 8 + row * position + (26 if compact else 0)
        last = position == len(steps) - 1
        color = palette.SIMULATED if last else palette.SIMULATED_SOFT
        if not last:
            after = widths[position + 1]
            below = 8 + row * (position + 1) + (26 if compact else 0)
            sheet.add_patch(
                Polygon(
                    [
                        (center - width / 2, top + tall),
                        (center + width / 2, top + tall),
                        (center + after / 2, below),
                        (center - after / 2, below),
                    ],
                    facecolor=palette.SOFT,
                    linewidth=0,
                    zorder=1,
                )
            )
        sheet.add_patch(
            FancyBboxPatch(
                (center - width / 2, top),
                width,
                tall,
                boxstyle="round,pad=0,rounding_size=3",
                facecolor=color,
                linewidth=0,
                zorder=2,
            )
        )
        value = format_interval(step.value, step.low, step.high, "patients").replace(
            " patients", ""
        )
        if compact:
            sheet.text(
                4,
                top - 12,
                step.name,
                va="center",
                weight="bold",
                zorder=3,
                bbox={"facecolor": palette.PAPER, "edgecolor": "none", "pad": 1},
            )
            sheet.text(
                canvas.width - 4,
                top - 12,
                value,
                va="center",
                ha="right",
                zorder=3,
                bbox={"facecolor": palette.PAPER, "edgecolor": "none", "pad": 1},
            )
        else:
            sheet.text(
                center + most / 2 + 24, top + tall / 2 - 8, step.name, va="center", weight="bold"
            )
            sheet.text(
                center + most / 2 + 24, top + tall / 2 + 8, value, va="center", color=palette.MUTED
            )
