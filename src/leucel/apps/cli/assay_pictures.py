"""Pictures of `leucel assay`: points with their fitted curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from leucel.apps.cli.lot_pictures import open_picture, save_picture

if TYPE_CHECKING:
    from leucel.product import CoCulture, CurveFit, GroupFit, KillingPoints, MouseGroup

COLORS = ("#0b5d8f", "#c2530b", "#2f7d5b", "#6a4c93", "#b7861b", "#8a2f4f", "#2a8c96", "#5a6875")
_POINTS = 200


def killing_svg(points: Mapping[str, KillingPoints], fits: Mapping[str, CurveFit]) -> str:
    """Lysis against the E:T ratio, on a log scale, with the fitted curves."""
    import numpy as np

    from leucel.product import four_parameter

    with open_picture(7.6, 4.6) as (figure, out):
        axes = figure.subplots()
        for i, (name, each) in enumerate(points.items()):
            color, fit = COLORS[i % len(COLORS)], fits[name]
            axes.plot(each.ratios, each.lysis, "o", color=color, markersize=4.5)
            x = np.geomspace(min(each.ratios), max(each.ratios), _POINTS)
            y = four_parameter(x, fit["bottom"], fit["top"], fit["ec50"], fit["slope"])
            inside = min(each.ratios) <= fit["ec50"] <= max(each.ratios) and not fit.warnings
            label = f"{name}, EC50 {fit['ec50']:.3g}" if inside else f"{name}, EC50 not known"
            axes.plot(x, y, color=color, label=label)
        axes.set_xscale("log")
        axes.set_xlabel("effector to target ratio")
        axes.set_ylabel("lysis [%]")
        _finish(axes)
        save_picture(figure, out)
    return out.getvalue()


def dynamics_svg(
    groups: Mapping[str, Sequence[CoCulture]], fits: Mapping[str, CurveFit], unit: str
) -> str:
    """Readings of the wells over time with CARRGO through them, one panel for each fit."""
    import numpy as np

    from leucel.product import simulate_carrgo

    columns = min(3, len(groups))
    rows = -(-len(groups) // columns)
    with open_picture(1.2 + 3.6 * columns, 0.8 + 3.2 * rows) as (figure, out):
        panels = list(np.atleast_1d(figure.subplots(rows, columns, sharey=True)).flat)
        for axes, (name, wells) in zip(panels, groups.items(), strict=False):
            amounts = sorted({well.effectors for well in wells})
            told: set[float] = set()
            for well in wells:
                color = COLORS[amounts.index(well.effectors) % len(COLORS)]
                axes.plot(well.times, well.tumor, ".", color=color, markersize=3.5)
                fit = fits[name]
                times = np.linspace(well.times[0], well.times[-1], _POINTS)
                found = simulate_carrgo(
                    times,
                    tumor=well.tumor[0],
                    effectors=well.effectors,
                    **{key: fit[key] for key in ("growth", "capacity", "kill", "gain", "loss")},
                )[:, 0]
                label = None if well.effectors in told else f"effectors {well.effectors:g}"
                told.add(well.effectors)
                axes.plot(times, found, color=color, linewidth=1.2, label=label)
            axes.set_title(name, fontsize=10, loc="left")
            axes.set_xlabel(f"time [{unit}]")
            _finish(axes)
        panels[0].set_ylabel("tumor")
        for axes in panels[len(groups) :]:
            axes.set_axis_off()
        save_picture(figure, out)
    return out.getvalue()


def xenograft_svg(groups: Mapping[str, MouseGroup], fits: Sequence[GroupFit]) -> str:
    """Volumes of every mouse with the middle curve of its group, and survival when mice died."""
    import numpy as np

    died = any(end for group in groups.values() for _, end in group.ends.values())
    with open_picture(11.0 if died else 7.6, 4.6) as (figure, out):
        panels = np.atleast_1d(figure.subplots(1, 2 if died else 1))
        axes = panels[0]
        for i, fit in enumerate(fits):
            color, group = COLORS[i % len(COLORS)], groups[fit.group]
            for mouse in group.mice:
                axes.plot(mouse.times, mouse.volumes, color=color, alpha=0.3, linewidth=0.9)
            days = [day for mouse in group.mice for day in mouse.times]
            times = np.linspace(min(days), max(days), _POINTS)
            label = f"{fit.group}, {fit.best.curve}"
            axes.plot(times, fit.best.volume(times), color=color, linewidth=2.2, label=label)
        axes.set_yscale("log")
        axes.set_xlabel("day")
        axes.set_ylabel("volume [mm³]")
        _finish(axes)
        if died:
            _survival(panels[1], groups)
        save_picture(figure, out)
    return out.getvalue()


def _survival(axes: Any, groups: Mapping[str, MouseGroup]) -> None:
    import numpy as np

    from leucel.stats import kaplan_meier

    for i, (name, group) in enumerate(groups.items()):
        days = np.array([day for day, _ in group.ends.values()])
        died = np.array([end for _, end in group.ends.values()])
        last = float(days.max())
        if died.any():
            curve = kaplan_meier(days, died)
            times = np.concatenate([[0.0], curve.times, [last]])
            alive = np.concatenate([[1.0], curve.survival, [curve.survival[-1]]])
        else:
            times, alive = np.array([0.0, last]), np.array([1.0, 1.0])
        # Groups without a death lie on each other: a hair apart they can all be seen.
        axes.step(times, 100 * alive - 0.8 * i, where="post", color=COLORS[i], label=name)
    axes.set_ylim(-6, 104)
    axes.set_xlabel("day")
    axes.set_ylabel("mice alive [%]")
    _finish(axes)


def _finish(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9)
