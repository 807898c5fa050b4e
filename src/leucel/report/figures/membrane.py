"""The receptor in the membrane of the T cell, facing its target."""

from __future__ import annotations

import math
from typing import Any

from leucel.report import palette
from leucel.report.canvas import Canvas, Figure, Missing, draw_figure
from leucel.report.figures.construct import Part, read_parts
from leucel.report.inputs import DossierInput, dig, said

NAME = "membrane"
TITLE = "The receptor in the membrane of the T cell"

_MEMBRANE_TOP = 246.0
_MEMBRANE_TALL = 44.0
_TARGET_TOP = 30.0
_TARGET_TALL = 34.0


def membrane_figure(data: DossierInput) -> Figure | Missing:
    """A drawing of the receptor: binder outside, signaling parts inside; not to scale."""
    parts = read_parts(data)
    if not parts:
        return Missing(
            name=NAME, title=TITLE, reason="The run holds no table of the construct's parts."
        )
    target = said(dig(data.programme, "product", "target")) or "antigen"
    inside = [part.name for part in parts if part.role in {"costimulatory", "signaling"}]
    outside = [part.name for part in parts if part.role in {"binder", "binder_domain", "hinge"}]
    itams = _has_itams(parts)
    alt = (
        f"Drawing of the receptor in the T-cell membrane. Outside, towards {target} on the tumor "
        f"cell: {', '.join(outside) or 'no part'}. Inside: {', '.join(inside) or 'no part'}"
        + (", the last with three ITAM motifs." if itams else ".")
    )
    caption = (
        "Not to scale. The signal peptide guides the chain to the surface and is cut off; "
        "binding of the target sets off the signaling parts inside the cell."
    )
    return draw_figure(
        NAME,
        lambda canvas: _draw(canvas, parts, target),
        height=520,
        narrow_height=520,
        title=TITLE,
        caption=caption,
        alt=alt,
    )


def _has_itams(parts: tuple[Part, ...]) -> bool:
    return any(
        part.role == "signaling" and ("zeta" in part.name.casefold() or "ζ" in part.name)
        for part in parts
    )


def _draw(canvas: Canvas, parts: tuple[Part, ...], target: str) -> None:
    sheet = canvas.sheet()
    sheet.set_aspect("equal")
    axis = 118.0 if canvas.compact else 290.0
    by_role: dict[str, list[Part]] = {}
    for part in parts:
        by_role.setdefault(part.role, []).append(part)
    binder = next(iter(by_role.get("binder", by_role.get("binder_domain", []))), None)
    label = _Labels(sheet, x=axis + (58 if canvas.compact else 108), compact=canvas.compact)

    _draw_cell_sides(sheet, canvas, target)
    _draw_bilayer(sheet, canvas.width, _TARGET_TOP, _TARGET_TALL, axis, gap=0)
    _draw_bilayer(sheet, canvas.width, _MEMBRANE_TOP, _MEMBRANE_TALL, axis, gap=13)
    _draw_target(sheet, axis)
    label.place(96, target, "target on the tumor cell", (axis + 15, 96))
    if binder is not None:
        _draw_binder(sheet, axis, binder)
        label.place(144, binder.name, f"binder, {binder.residues}", (axis + 38, 152))
    for part in by_role.get("hinge", [])[:1]:
        _draw_hinge(sheet, axis, part)
        label.place(208, part.name, f"hinge, {part.residues}", (axis + 7, 212))
    for part in by_role.get("transmembrane", [])[:1]:
        _draw_helix(sheet, axis, part)
        label.place(
            _MEMBRANE_TOP + 22,
            part.name,
            f"transmembrane, {part.residues}",
            (axis + 12, _MEMBRANE_TOP + 22),
            on_membrane=True,
        )
    y = _MEMBRANE_TOP + _MEMBRANE_TALL + 18
    for part in (*by_role.get("costimulatory", []), *by_role.get("signaling", [])):
        y = _draw_inside(sheet, axis, y, part, label)
    for part in by_role.get("signal_peptide", [])[:1]:
        _draw_signal_peptide(sheet, axis, part, canvas)


class _Labels:
    """Names to the right of the drawing, tied to their parts by thin lines."""

    def __init__(self, sheet: Any, *, x: float, compact: bool) -> None:
        self._sheet = sheet
        self._x = x
        self._compact = compact

    def place(
        self,
        y: float,
        name: str,
        words: str,
        point: tuple[float, float],
        *,
        on_membrane: bool = False,
    ) -> None:
        """Write a name and its explanation at height `y` and tie it to `point`."""
        if on_membrane:
            from matplotlib.patches import FancyBboxPatch

            wide = 7.6 * max(len(name), len(words)) + 14
            self._sheet.add_patch(
                FancyBboxPatch(
                    (self._x - 7, y - 19),
                    wide,
                    38,
                    boxstyle="round,pad=0,rounding_size=6",
                    facecolor=palette.PAPER,
                    edgecolor=palette.GRID,
                    linewidth=0.8,
                    zorder=5,
                )
            )
        self._sheet.plot(
            [point[0] + 3, self._x - 8],
            [point[1], y],
            color=palette.MUTED,
            linewidth=0.9,
            zorder=4,
        )
        self._sheet.text(self._x, y - 8, name, va="center", weight="bold", zorder=6)
        self._sheet.text(self._x, y + 8, words, va="center", color=palette.MUTED, zorder=6)


def _draw_cell_sides(sheet: Any, canvas: Canvas, target: str) -> None:
    from matplotlib.patches import Rectangle

    sheet.add_patch(
        Rectangle((0, 0), canvas.width, _TARGET_TOP + 12, facecolor=palette.SOFT, linewidth=0)
    )
    inside = _MEMBRANE_TOP + _MEMBRANE_TALL - 12
    sheet.add_patch(
        Rectangle(
            (0, inside), canvas.width, canvas.height - inside, facecolor=palette.SOFT, linewidth=0
        )
    )
    sheet.text(10, 16, "Tumor cell", va="center", color=palette.MUTED)
    sheet.text(10, canvas.height - 14, "Inside the T cell", va="center", color=palette.MUTED)


def _draw_bilayer(
    sheet: Any, width: float, top: float, tall: float, axis: float, *, gap: float
) -> None:
    """Two leaflets of lipids: heads as circles, tails as lines, with room for the helix."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    pitch, size = 12.0, 10.0
    count = math.ceil(width / pitch)
    xs = [pitch * (k + 0.5) for k in range(count)]
    xs = [x for x in xs if abs(x - axis) > gap or gap == 0]
    tails: list[list[tuple[float, float]]] = []
    for x in xs:
        for shift in (-2.2, 2.2):
            tails.append([(x + shift, top + size - 1), (x + shift, top + tall / 2 - 1.5)])
            tails.append([(x + shift, top + tall - size + 1), (x + shift, top + tall / 2 + 1.5)])
    # One path for all tails keeps the file small.
    vertices = [point for tail in tails for point in tail]
    codes = [Path.MOVETO, Path.LINETO] * len(tails)
    sheet.add_patch(
        PathPatch(
            Path(vertices, codes), facecolor="none", edgecolor=palette.STONE, linewidth=1, zorder=1
        )
    )
    for y in (top + size / 2, top + tall - size / 2):
        sheet.plot(
            xs,
            [y] * len(xs),
            linestyle="none",
            marker="o",
            markersize=size,
            markerfacecolor=palette.GRID,
            markeredgecolor=palette.STONE,
            markeredgewidth=0.8,
            zorder=2,
        )


def _draw_target(sheet: Any, axis: float) -> None:
    from matplotlib.patches import Ellipse

    low = _TARGET_TOP + _TARGET_TALL
    sheet.plot([axis, axis], [low - 26, low + 18], color=palette.PUBLISHED, linewidth=5, zorder=3)
    sheet.add_patch(
        Ellipse((axis, low + 32), 34, 40, facecolor=palette.PUBLISHED, linewidth=0, zorder=3)
    )


def _draw_binder(sheet: Any, axis: float, part: Part) -> None:
    """Two variable domains held together by a linker, their tips around the target."""
    from matplotlib.patches import Ellipse, PathPatch
    from matplotlib.path import Path

    known = part.length is not None
    loop = Path(
        [(axis - 22, 134), (axis - 58, 104), (axis - 76, 196), (axis + 16, 178)],
        [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4],
    )
    sheet.add_patch(
        PathPatch(loop, facecolor="none", edgecolor=palette.PALE, linewidth=3, zorder=3)
    )
    for shift, angle in ((-20, 20), (20, -20)):
        sheet.add_patch(
            Ellipse(
                (axis + shift, 154),
                36,
                58,
                angle=-angle,
                facecolor=palette.SIMULATED if known else palette.SOFT,
                edgecolor=palette.PAPER if known else palette.SIMULATED,
                linewidth=1.4,
                hatch=None if known else "////",
                zorder=4,
            )
        )


def _draw_hinge(sheet: Any, axis: float, part: Part) -> None:
    sheet.plot(
        [axis - 8, axis, axis],
        [180, 194, _MEMBRANE_TOP + 2],
        color=part.color,
        linewidth=8,
        solid_joinstyle="round",
        solid_capstyle="round",
        zorder=3,
    )


def _draw_helix(sheet: Any, axis: float, part: Part) -> None:
    """The transmembrane helix as a ribbon of tilted turns."""
    from matplotlib.patches import FancyBboxPatch

    top, tall = _MEMBRANE_TOP - 2, _MEMBRANE_TALL + 4
    sheet.add_patch(
        FancyBboxPatch(
            (axis - 11, top),
            22,
            tall,
            boxstyle="round,pad=0,rounding_size=7",
            facecolor=part.color,
            linewidth=0,
            zorder=3,
        )
    )
    turns = 5
    for k in range(turns):
        y = top + tall * (k + 0.72) / turns
        sheet.plot([axis - 10, axis + 10], [y, y - 6], color=palette.PAPER, linewidth=1.6, zorder=4)


def _draw_inside(sheet: Any, axis: float, y: float, part: Part, label: _Labels) -> float:
    from matplotlib.patches import FancyBboxPatch

    itams = part.role == "signaling" and _has_itams((part,))
    tall = 128.0 if itams else 48.0
    sheet.plot([axis, axis], [y - 22, y + 4], color=part.color, linewidth=5, zorder=2)
    sheet.add_patch(
        FancyBboxPatch(
            (axis - 22, y),
            44,
            tall,
            boxstyle="round,pad=0,rounding_size=10",
            facecolor=part.color,
            linewidth=0,
            zorder=3,
        )
    )
    if itams:
        for k in range(3):
            middle = y + tall * (k + 0.5) / 3
            sheet.add_patch(
                FancyBboxPatch(
                    (axis - 17, middle - 8),
                    34,
                    16,
                    boxstyle="round,pad=0,rounding_size=5",
                    facecolor=palette.PAPER,
                    linewidth=0,
                    zorder=4,
                )
            )
            sheet.text(
                axis, middle, "ITAM", ha="center", va="center", size=9, weight="bold", zorder=5
            )
    words = "costimulatory" if part.role == "costimulatory" else "signaling"
    label.place(y + tall / 2, part.name, f"{words}, {part.residues}", (axis + 22, y + tall / 2))
    return y + tall + 18


def _draw_signal_peptide(sheet: Any, axis: float, part: Part, canvas: Canvas) -> None:
    """Cut off and floating free."""
    x = 14.0 if canvas.compact else 112.0
    steps = [k / 24 for k in range(25)]
    sheet.plot(
        [x + 40 * step for step in steps],
        [112 - 6 * math.sin(step * 4 * math.pi) for step in steps],
        color=part.color,
        linewidth=4.5,
        solid_capstyle="round",
        zorder=3,
    )
    middle = x + 20
    sheet.text(middle, 132, "signal", ha="center", va="center", color=palette.MUTED)
    sheet.text(middle, 146, "peptide,", ha="center", va="center", color=palette.MUTED)
    sheet.text(middle, 160, "cleaved", ha="center", va="center", color=palette.MUTED)
