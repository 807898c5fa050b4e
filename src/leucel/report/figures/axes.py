"""Axes of the field: log scales with plain decimals, months, calendar dates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from leucel.report import palette
from leucel.report.inputs import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DAYS_PER_MONTH = 30.4375
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_label(value: float) -> str:
    """A tick label on a log axis: plain between 0.01 and 1,000, a power of ten beyond.

    Examples
    --------
    >>> [power_label(x) for x in (0.1, 100.0, 1e5, 1e-4)]
    ['0.1', '100', '10⁵', '10⁻⁴']
    """
    exponent = round(math.log10(value))
    if -2 <= exponent <= 3 or not math.isclose(value, 10.0**exponent, rel_tol=1e-9):
        return f"{value:,.6g}"
    return f"10{str(exponent).translate(_SUPERSCRIPTS)}"


def log_ticks(low: float, high: float, *, most: int = 7) -> list[float]:
    """Powers of ten in a range, thinned to at most `most`; steps of 1, 2, 5 on short ranges."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    if math.log10(high / low) < 1.9:
        ticks = [
            factor * 10.0**exponent for exponent in range(first, last + 1) for factor in (1, 2, 5)
        ]
    else:
        step = max(1, math.ceil((last - first + 1) / most))
        ticks = [10.0**exponent for exponent in range(first, last + 1, step)]
    return [tick for tick in ticks if low * 0.999 <= tick <= high * 1.001]


def set_log(axes: Axes, which: str, low: float, high: float, *, percent: bool = False) -> None:
    """Make the `x` or `y` axis logarithmic from `low` to `high`, with plain tick labels."""
    ticks = log_ticks(low, high)
    labels = [power_label(tick) + ("%" if percent else "") for tick in ticks]
    if which == "x":
        axes.set_xscale("log")
        axes.set_xlim(low, high)
        axes.set_xticks(ticks, labels)
        axes.set_xticks([], minor=True)
    else:
        axes.set_yscale("log")
        axes.set_ylim(low, high)
        axes.set_yticks(ticks, labels)
        axes.set_yticks([], minor=True)


def set_months(axes: Axes, last_month: float, *, in_days: bool, compact: bool) -> None:
    """An x axis in months; the data are in days when `in_days` is true."""
    step = next(
        (step for step in (1, 2, 3, 6, 12, 24, 60) if last_month / step <= (6 if compact else 12)),
        120,
    )
    months = list(range(0, math.floor(last_month + 1e-9) + 1, step))
    scale = DAYS_PER_MONTH if in_days else 1.0
    axes.set_xticks([month * scale for month in months], [str(month) for month in months])
    axes.set_xlim(0, max(last_month, 1.0) * scale)


def pad_range(values: Iterable[float], *, share: float = 0.05) -> tuple[float, float]:
    """The range of some values with a margin on both sides; (0, 1) when there are none."""
    found = list(values)
    if not found:
        return 0.0, 1.0
    low, high = min(found), max(found)
    margin = (high - low) * share or abs(high) * share or 1.0
    return low - margin, high + margin


def numbers(rows: Sequence[dict[str, Any]], key: str) -> list[float]:
    """The finite numbers under a key of some rows."""
    return [value for row in rows if (value := number(row.get(key))) is not None]


def year_ticks(first: date, last: date, *, most: int) -> list[tuple[date, str]]:
    """Tick dates for a time axis: years, or quarters and months on short ones."""
    days = max((last - first).days, 1)
    steps = (1, 3, 6, 12, 24, 60, 120)
    months = next((step for step in steps if days / (step * DAYS_PER_MONTH) <= most), steps[-1])
    ticks: list[tuple[date, str]] = []
    year, month = first.year, 1
    while True:
        day = date(year, month, 1)
        if day > last:
            return ticks
        if day >= first:
            ticks.append((day, _month_name(day, years=months >= 12)))
        month += months
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1


def add_days(day: date, days: float) -> date:
    """A date some days later."""
    return day + timedelta(days=round(days))


def legend_row(axes: Axes, handles: Sequence[Any], *, compact: bool) -> None:
    """A legend in one line above the axes, flush left with them."""
    axes.legend(
        handles=list(handles),
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=2 if compact else 4,
        frameon=False,
        handlelength=1.6,
        columnspacing=1.4,
        handletextpad=0.6,
        borderaxespad=0.2,
        borderpad=0,
        labelcolor=palette.INK,
    )


def _month_name(day: date, *, years: bool) -> str:
    names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return str(day.year) if years else f"{names[day.month - 1]} {day.year}"
