"""Milestones on a time axis, each as wide as its date is uncertain."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from leucel.report import palette
from leucel.report.canvas import Canvas, Figure, Missing, draw_figure
from leucel.report.figures.axes import year_ticks
from leucel.report.inputs import DossierInput, first, texts
from leucel.report.numbers import format_date, parse_date
from leucel.report.tables import make_table

NAME = "timeline"
TITLE = "Milestones so far"
_LINE = 16.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """An event with its date, how precisely that is known, and its sources."""

    day: date
    precision: str
    what: str
    where: str
    sources: tuple[str, ...]

    @property
    def span(self) -> tuple[date, date]:
        """First and last day that the date can mean."""
        if self.precision == "year":
            return date(self.day.year, 1, 1), date(self.day.year, 12, 31)
        if self.precision == "month":
            last = calendar.monthrange(self.day.year, self.day.month)[1]
            return self.day.replace(day=1), self.day.replace(day=last)
        return self.day, self.day

    @property
    def written(self) -> str:
        """The date as precisely as it is known."""
        return format_date(self.day, self.precision)


def read_milestones(data: DossierInput) -> tuple[Milestone, ...]:
    """The milestones by date, from the table or from the programme file."""
    rows: list[dict[str, Any]] = data.table_rows("milestones", "date")
    if not rows:
        listed = data.programme.get("milestones")
        rows = [dict(row) for row in listed if isinstance(row, dict)] if listed else []
    found: list[Milestone] = []
    for row in rows:
        parsed = parse_date(row.get("date"))
        what = first(row, "what", "title", "event", "name", "text")
        if parsed is None or what is None:
            continue
        found.append(
            Milestone(
                day=parsed[0],
                precision=str(first(row, "precision", "date_precision") or parsed[1]),
                what=str(what),
                where=str(first(row, "jurisdiction", "where", "agency") or ""),
                sources=tuple(texts(first(row, "sources", "source"))),
            )
        )
    return tuple(sorted(found, key=lambda item: (item.day, item.what)))


def timeline_figure(data: DossierInput) -> Figure | Missing:
    """The milestones of the programme."""
    found = read_milestones(data)
    if not found:
        return Missing(name=NAME, title=TITLE, reason="The programme names no dated milestone.")
    rough = sum(item.precision != "day" for item in found)
    caption = f"{len(found)} milestones from {found[0].written} to {found[-1].written}."
    if len(found) == 1:
        caption = f"One milestone, {found[0].written}."
    if rough:
        caption += " A bar instead of a dot covers the month or year when the day is not known."
    alt = "Timeline: " + "; ".join(f"{item.written}, {item.what}" for item in found)
    return draw_figure(
        NAME,
        lambda canvas: _draw(canvas, found),
        height=46 + 52.0 * len(found),
        narrow_height=46 + 74.0 * len(found),
        title=TITLE,
        caption=caption,
        alt=alt,
        data=make_table(
            [{"date": item.written, "what": item.what, "where": item.where} for item in found],
            {"date": "Date", "what": "Milestone", "where": "Where"},
        ),
        table="milestones",
        sources=tuple(dict.fromkeys(source for item in found for source in item.sources)),
    )


def _draw(canvas: Canvas, found: tuple[Milestone, ...]) -> None:
    left = 22.0
    top, bottom = 6.0, 30.0
    axes = canvas.axes(left=left + 8, top=top, right=14, bottom=bottom)
    begin = found[0].span[0] - timedelta(days=60)
    end = max(item.span[1] for item in found) + timedelta(days=60)
    start, stop = begin.toordinal(), max(end.toordinal(), begin.toordinal() + 200)
    axes.set_xlim(start, stop)
    axes.set_ylim(len(found) - 0.5, -0.5)
    axes.set_yticks([])
    axes.grid(visible=False)
    ticks = year_ticks(begin, date.fromordinal(stop), most=4 if canvas.compact else 8)
    axes.set_xticks([day.toordinal() for day, _ in ticks], [name for _, name in ticks])
    for day, _ in ticks:
        axes.axvline(day.toordinal(), color=palette.GRID, linewidth=0.8, zorder=0)
    plot_width = canvas.width - left - 22
    for row, item in enumerate(found):
        first_day, last_day = (day.toordinal() for day in item.span)
        middle = (first_day + last_day) / 2
        axes.plot([middle, middle], [row, len(found)], color=palette.GRID, linewidth=1, zorder=1)
        if last_day > first_day:
            axes.plot(
                [first_day, last_day],
                [row, row],
                color=palette.SIMULATED,
                linewidth=9,
                solid_capstyle="round",
                zorder=3,
            )
        else:
            axes.plot(
                middle, row, marker="o", markersize=10, color=palette.SIMULATED, zorder=3, ls="none"
            )
        scale = plot_width / (stop - start)
        rooms = ((first_day - start) * scale, (stop - last_day) * scale)
        _write(axes, item, row, rooms, (first_day, last_day))


def _write(
    axes: Any,
    item: Milestone,
    row: int,
    rooms: tuple[float, float],
    ends: tuple[int, int],
) -> None:
    """The text stands on the side where there is more room, in pixels: left, right."""
    on_right = rooms[1] >= rooms[0]
    room = max(rooms) - 20
    lines = wrap(item.what, max(14, int(room / 8.0)))
    shift = 12 if on_right else -12
    side = "left" if on_right else "right"
    day = ends[1] if on_right else ends[0]
    texts_ = [(item.written, palette.MUTED, "normal"), *((t, palette.INK, "bold") for t in lines)]
    height = _LINE * (len(texts_) - 1)
    for position, (text, color, weight) in enumerate(texts_):
        axes.annotate(
            text,
            (day, row),
            xytext=(shift, height / 2 - _LINE * position),
            textcoords="offset points",
            ha=side,
            va="center",
            color=color,
            weight=weight,
            annotation_clip=False,
            bbox={"facecolor": palette.PAPER, "edgecolor": "none", "pad": 1.0},
            zorder=4,
        )


def wrap(text: str, width: int, *, most: int = 3) -> list[str]:
    """A text in at most `most` lines of about `width` letters; an ellipsis stands for the rest."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    if len(lines) > most:
        last = lines[most - 1][: max(1, width - 1)].rstrip()
        lines = [*lines[: most - 1], f"{last}…"]
    return lines
