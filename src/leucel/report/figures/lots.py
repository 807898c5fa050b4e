"""Lots of the virtual patients: what became of them and why, how long they took, what was given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from leucel.report import palette
from leucel.report.canvas import Canvas, Figure, Missing, draw_figure, label_axes
from leucel.report.figures.axes import numbers
from leucel.report.inputs import DossierInput, number
from leucel.report.numbers import format_count, format_number, format_percent
from leucel.report.tables import make_table

_BINS = 36
_SHARES = 10
_COLORS = {
    "conforming": palette.MID,
    "out of specification": palette.OCHRE,
    "second attempt": palette.VIOLET,
    "no product": palette.LIMIT,
}


def lots_figure(data: DossierInput) -> Figure | Missing:
    """Fates and causes of the lots, days from vein to vein, and doses that fell short."""
    name, title = "lots", "Lots: what became of them, how long they took, what was given"
    rows = data.table_rows("lot_causes", "what", "percent")
    lots = data.table_rows("lots", "vein_to_vein_days", "given", "dose", "fate")
    if not rows or not lots:
        return Missing(name=name, title=title, reason="The run made no lots of the product.")
    days = sorted(numbers(lots, "vein_to_vein_days"))
    given = [
        float(row["given"]) / float(row["dose"])
        for row in lots
        if number(row["vein_to_vein_days"]) is not None
    ]
    short = [share for share in given if share < 1.0 - 1e-9]
    caption = (
        f"{format_count(len(lots))} lots, one for each virtual patient; a lot may have more than "
        f"one cause. {format_count(len(days))} patients are infused"
    )
    if days:
        caption += (
            f", the middle one {format_number(days[len(days) // 2])} days after apheresis; "
            f"{format_count(len(short))} get less than the planned dose"
        )
    caption += ". Stages and failures are borrowed from other products (see Assumed)."
    return draw_figure(
        name,
        lambda canvas: _draw(canvas, rows, lots, short, len(given)),
        height=330,
        narrow_height=760,
        title=title,
        caption=caption,
        alt=f"Bars of fates and causes, and histograms of days and doses. {caption}",
        data=make_table(
            rows,
            {
                "group": "",
                "what": "What",
                "lots": ("Lots", format_count),
                "percent": ("Share", format_percent),
            },
        ),
        table="lots",
    )


def _draw(
    canvas: Canvas,
    rows: Sequence[dict[str, Any]],
    lots: Sequence[dict[str, Any]],
    short: Sequence[float],
    infused: int,
) -> None:
    if canvas.compact:
        boxes = (
            {"left": 150.0, "top": 34.0, "right": 50.0, "bottom": 460.0},
            {"left": 40.0, "top": 335.0, "right": 10.0, "bottom": 275.0},
            {"left": 40.0, "top": 575.0, "right": 10.0, "bottom": 50.0},
        )
    else:
        boxes = (
            {"left": 150.0, "top": 34.0, "right": 470.0, "bottom": 50.0},
            {"left": 395.0, "top": 34.0, "right": 200.0, "bottom": 50.0},
            {"left": 610.0, "top": 34.0, "right": 8.0, "bottom": 50.0},
        )
    _draw_causes(canvas, boxes[0], [row for row in rows if row["lots"]])
    _draw_days(canvas, boxes[1], lots)
    _draw_doses(canvas, boxes[2], short, infused)


def _draw_causes(canvas: Canvas, box: dict[str, float], rows: Sequence[dict[str, Any]]) -> None:
    axes = canvas.axes(**box)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="x", length=0, labelbottom=False)
    top = max(float(row["percent"]) for row in rows)
    labels: list[str] = []
    for i, row in enumerate(rows):
        share = float(row["percent"])
        color = _COLORS.get(str(row["what"]), palette.STONE)
        if row["group"] == "cause":
            color = palette.STONE
        axes.barh(i, share, height=0.66, color=color)
        axes.annotate(
            format_percent(share),
            (share, i),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=palette.INK,
            annotation_clip=False,
        )
        labels.append(_words(str(row["what"])))
    axes.set_yticks(range(len(rows)), labels, color=palette.INK)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, top)
    _head(axes, "Lots and, in gray, causes")


def _draw_days(canvas: Canvas, box: dict[str, float], lots: Sequence[dict[str, Any]]) -> None:
    axes = canvas.axes(**box)
    groups = [name for name in _COLORS if name != "no product"]
    values = [
        [
            day
            for row in lots
            if row["fate"] == name and (day := number(row["vein_to_vein_days"])) is not None
        ]
        for name in groups
    ]
    if any(values):
        axes.hist(values, bins=_BINS, stacked=True, color=[_COLORS[name] for name in groups])
    axes.set_ylim(bottom=0)
    label_axes(axes, x="days")
    _head(axes, "Vein to vein, patients")


def _draw_doses(
    canvas: Canvas, box: dict[str, float], short: Sequence[float], infused: int
) -> None:
    from matplotlib.ticker import MaxNLocator

    axes = canvas.axes(**box)
    if short:
        axes.hist(
            [100.0 * share for share in short],
            bins=[100.0 * i / _SHARES for i in range(_SHARES + 1)],
            color=palette.OCHRE,
            rwidth=0.9,
        )
    axes.set_xlim(0, 100)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    label_axes(axes, x="% of the dose")
    _head(axes, f"Below dose: {len(short)} of {format_count(infused)}")


def _head(axes: Any, text: str) -> None:
    axes.annotate(
        text,
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, 10),
        textcoords="offset points",
        color=palette.MUTED,
        annotation_clip=False,
    )


def _words(name: str) -> str:
    names = {
        "car share": "CAR+ share",
        "cd3 purity": "CD3+ purity",
        "copies per car cell": "copies per CAR+ cell",
        "terminated": "first lot terminated",
    }
    return names.get(name, name)
