"""Log-log figures of several panels, as SVG that looks the same on a light and a dark page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt

# Okabe and Ito, color-blind safe; leucel first.
COLORS = ("#0072B2", "#56B4E9", "#D55E00", "#E69F00", "#009E73", "#CC79A7", "#666666", "#000000")
MARKERS = "os^vD<>P"


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One pair of axes; each line has a name and its points."""

    title: str
    x_label: str
    y_label: str
    lines: Mapping[str, tuple[Sequence[float], Sequence[float]]]


def draw(path: Path, panels: Sequence[Panel], *, columns: int) -> None:
    """Write the figure; equal names have equal colors, and one legend stands below."""
    names = list(dict.fromkeys(name for panel in panels for name in panel.lines))
    rows = -(-len(panels) // columns)
    settings = {"svg.hashsalt": "leucel", "svg.fonttype": "path", "font.size": 9}
    with mpl.rc_context(settings):
        figure, axes = plt.subplots(
            rows, columns, figsize=(3.6 * columns, 2.8 * rows + 0.5), squeeze=False
        )
        for axis, panel in zip(axes.flat, panels, strict=False):
            for name, (x, y) in panel.lines.items():
                index = names.index(name)
                axis.loglog(
                    x,
                    y,
                    marker=MARKERS[index % len(MARKERS)],
                    color=COLORS[index % len(COLORS)],
                    label=name,
                    markersize=4,
                    linewidth=1.6 if name.startswith("leucel") else 1.0,
                )
            axis.set_title(panel.title, fontsize=10)
            axis.set_xlabel(panel.x_label)
            axis.set_ylabel(panel.y_label)
            axis.grid(True, which="major", color="#dddddd", linewidth=0.6)
        for axis in list(axes.flat)[len(panels) :]:
            axis.set_axis_off()
        handles = {
            label: handle
            for axis in axes.flat
            for handle, label in zip(*axis.get_legend_handles_labels(), strict=True)
        }
        if len(handles) > 1:
            figure.legend(
                handles.values(),
                handles.keys(),
                loc="lower center",
                ncols=min(4, len(handles)),
                frameon=False,
            )
        legend_rows = -(-len(handles) // 4) if len(handles) > 1 else 0
        figure.tight_layout(rect=(0, 0.25 * legend_rows / (2.8 * rows + 0.5), 1, 1))
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Date": None}, facecolor="white")
        plt.close(figure)
