"""Pictures of `leucel manufacture`: the lots of a cohort, and what each stage does to them."""

from __future__ import annotations

import io
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leucel.product import LotRun

OUTCOMES = {
    "percent_out_of_specification": "lots out of specification [%]",
    "median_days": "median days from vein to vein",
    "median_copies": "median copies per CAR+ cell",
    "median_surplus": "CAR+ cells made / dose, median",
}
"""Outcomes of the sensitivity in words."""

SHOWN = 5
"""Stages that are shown for each outcome."""

_LIGHT, _DARK, _INK, _GRAY, _LIMIT = "#7db3d5", "#0b5d8f", "#1c2733", "#a3adb6", "#8a2f4f"
_COPY_LIMIT = 5.0


def sensitivity_svg(rows: Sequence[Mapping[str, Any]], outcomes: Mapping[str, str]) -> str:
    """Bars of each outcome from the lower to the upper decile of the stages that move it most."""
    with open_picture(9.6, 6.4) as (figure, out):
        for axes, (outcome, title) in zip(
            figure.subplots(2, 2).flat, outcomes.items(), strict=True
        ):
            shown = [row for row in rows if row["outcome"] == outcome][:SHOWN][::-1]
            for i, row in enumerate(shown):
                ends = [(row["at_low"], _LIGHT), (row["at_high"], _DARK)]
                # The longer bar first: when both ends lie on one side the shorter stays visible.
                for end, color in sorted(ends, key=lambda pair: -abs(pair[0] - row["base"])):
                    axes.barh(i, end - row["base"], left=row["base"], color=color, height=0.6)
            if shown:
                axes.axvline(shown[0]["base"], color=_INK, linewidth=1)
            axes.set_yticks(range(len(shown)), [row["what"] for row in shown], fontsize=9)
            axes.set_ylim(-0.6, max(len(shown), 3) - 0.4)
            axes.set_title(title, fontsize=10, loc="left")
            axes.spines[["top", "right"]].set_visible(False)
        figure.suptitle(
            "Each stage at its lower (light) and upper (dark) decile, all else equal", fontsize=11
        )
        save_picture(figure, out)
    return out.getvalue()


def lots_svg(run: LotRun) -> str:
    """Copies, share of CAR+ cells, dose given, days, and the causes of what went wrong."""
    import numpy as np

    with open_picture(10.5, 6.4) as (figure, out):
        copies, share, causes, given, surplus, days = figure.subplots(2, 3).flat
        values = run.values
        _histogram(copies, values["copies_per_car_cell"], "copies per CAR+ cell")
        copies.axvline(_COPY_LIMIT, color=_LIMIT, linewidth=1.2)
        _histogram(share, 100 * values["car_share"], "CAR+ cells [%]")
        rows = [row for row in run.cause_rows() if row["lots"]][::-1]
        colors = [_DARK if row["group"] == "fate" else _GRAY for row in rows]
        causes.barh(range(len(rows)), [row["percent"] for row in rows], color=colors)
        causes.set_yticks(range(len(rows)), [str(row["what"]) for row in rows], fontsize=8)
        for i, row in enumerate(rows):
            causes.text(row["percent"], i, f" {row['percent']:.1f}", va="center", fontsize=8)
        causes.set_xlim(0, 118)
        causes.set_title("fates and, in gray, causes [% of lots]", fontsize=10, loc="left")
        causes.spines[["top", "right"]].set_visible(False)
        _histogram(given, values["given"][run.infused] / 1e6, "CAR+ cells given [million]")
        made = np.maximum(values["surplus"], 1e-2)
        edges = np.geomspace(made.min(), made.max() * 1.01, 31)
        surplus.set_xscale("log")
        surplus.axvline(1.0, color=_LIMIT, linewidth=1.2)
        _histogram(surplus, made, "CAR+ cells made / dose", bins=edges)
        _histogram(days, run.days[run.infused], "days from vein to vein")
        figure.suptitle(f"{run.days.size:,} lots", fontsize=11)
        save_picture(figure, out)
    return out.getvalue()


def _histogram(axes: Any, values: Any, title: str, *, bins: Any = 30) -> None:
    if len(values):
        axes.hist(values, bins=bins, color=_LIGHT, edgecolor="white", linewidth=0.4)
    axes.set_title(title, fontsize=10, loc="left")
    axes.spines[["top", "right"]].set_visible(False)


@contextmanager
def open_picture(width: float, height: float) -> Generator[tuple[Any, io.StringIO]]:
    """A figure and the text it is saved to, the same on every machine."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": "leucel", "svg.fonttype": "none"}):
        yield Figure(figsize=(width, height), layout="constrained"), io.StringIO()


def save_picture(figure: Any, out: io.StringIO) -> None:
    """Write the figure as SVG without a date."""
    figure.savefig(out, format="svg", metadata={"Date": None})
