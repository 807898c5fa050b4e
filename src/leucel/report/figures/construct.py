"""The construct as a linear map, N-terminus on the left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from leucel.report import palette
from leucel.report.canvas import Canvas, Figure, Missing, draw_figure
from leucel.report.inputs import DossierInput, first, number, texts
from leucel.report.tables import make_table

NAME = "construct"
TITLE = "The receptor, part by part"

# A part whose residues nobody has supplied is drawn with the length of a usual scFv (VL, linker,
# VH: 242 to 245 residues in published receptors) and hatched.
NOMINAL_BINDER = 245
NOMINAL_OTHER = 30

_COLORS = {
    "signal_peptide": palette.STONE,
    "binder": palette.SIMULATED,
    "binder_domain": palette.SIMULATED,
    "linker": palette.PALE,
    "hinge": palette.TEAL,
    "transmembrane": palette.OCHRE,
    "costimulatory": palette.GREEN,
    "signaling": palette.VIOLET,
    "cleavage": palette.STONE,
}
_WORDS = {
    "signal_peptide": "signal peptide",
    "binder": "binder",
    "binder_domain": "binder domain",
    "linker": "linker",
    "hinge": "hinge",
    "transmembrane": "transmembrane part",
    "costimulatory": "costimulatory part",
    "signaling": "signaling part",
    "cleavage": "cleavage site",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a receptor as the figures need it; unknown residues have no `length`."""

    name: str
    role: str
    length: int | None
    start: int | None = None
    end: int | None = None

    @property
    def color(self) -> str:
        """Fill color by role."""
        return _COLORS.get(self.role, palette.STONE)

    @property
    def drawn_length(self) -> int:
        """Residues to draw."""
        if self.length:
            return self.length
        return NOMINAL_BINDER if self.role.startswith("binder") else NOMINAL_OTHER

    @property
    def residues(self) -> str:
        """The length in words."""
        return f"{self.length} aa" if self.length else "residues not supplied"

    @property
    def words(self) -> str:
        """The role in words."""
        return _WORDS.get(self.role, self.role.replace("_", " "))


def read_parts(data: DossierInput) -> tuple[Part, ...]:
    """The parts of the construct from `construct_map` or `construct_parts`, in their order."""
    rows: list[dict[str, Any]] = data.table_rows("construct_parts") or data.table_rows(
        "construct_map"
    )
    parts: list[Part] = []
    for row in rows:
        name = first(row, "label", "name", "part", "domain")
        if name is None:
            continue
        start, end, length = (number(row.get(key)) for key in ("start", "end", "length"))
        if length is None and start is not None and end is not None and end >= start:
            length = end - start + 1
        role = str(first(row, "role", "kind", "part") or "").casefold().replace(" ", "_")
        parts.append(
            Part(
                name=str(name),
                role=role,
                length=int(length) if length and length > 0 else None,
                start=int(start) if start is not None else None,
                end=int(end) if end is not None else None,
            )
        )
    return tuple(parts)


def construct_figure(data: DossierInput) -> Figure | Missing:
    """The linear map of the receptor."""
    parts = read_parts(data)
    if not parts:
        return Missing(
            name=NAME, title=TITLE, reason="The run holds no table of the construct's parts."
        )
    unknown = [part.name for part in parts if part.length is None]
    known = sum(part.length or 0 for part in parts)
    caption = (
        f"{len(parts)} parts from the N-terminus (left) to the C-terminus; widths follow the "
        f"number of amino acids (aa), {known} of them known."
    )
    if unknown:
        caption += (
            f" Hatched: {' and '.join(unknown)}; their residues were not supplied, and they are "
            "drawn at a usual length."
        )
    alt = "Linear map of the receptor: " + "; ".join(
        f"{part.name} ({part.words}, {part.residues})" for part in parts
    )
    return draw_figure(
        NAME,
        lambda canvas: _draw(canvas, parts),
        height=172,
        narrow_height=34 + 40 * len(parts),
        title=TITLE,
        caption=caption,
        alt=alt,
        data=make_table(
            [
                {
                    "name": part.name,
                    "role": part.words,
                    "length": part.residues,
                    "range": f"{part.start}–{part.end}" if part.start and part.end else None,
                }
                for part in parts
            ],
            {"name": "Part", "role": "Role", "length": "Length", "range": "Residues"},
        ),
        table="construct_parts",
        sources=tuple(
            dict.fromkeys(
                source
                for row in data.table_rows("construct_parts")
                for source in texts(first(row, "source", "sources"))
            )
        ),
    )


def _draw(canvas: Canvas, parts: tuple[Part, ...]) -> None:
    if canvas.compact:
        _draw_list(canvas, parts)
    else:
        _draw_map(canvas, parts)


def _draw_map(canvas: Canvas, parts: tuple[Part, ...]) -> None:
    from matplotlib.patches import FancyBboxPatch

    sheet = canvas.sheet()
    left, right, top, tall, gap = 22.0, 22.0, 58.0, 44.0, 3.0
    room = canvas.width - left - right - gap * (len(parts) - 1)
    scale = room / sum(part.drawn_length for part in parts)
    widths = [part.drawn_length * scale for part in parts]
    edges = [left + sum(widths[:k]) + gap * k for k in range(len(parts))]
    sheet.text(4, top + tall / 2, "N", ha="left", va="center", color=palette.MUTED)
    sheet.text(canvas.width - 4, top + tall / 2, "C", ha="right", va="center", color=palette.MUTED)
    for part, edge, width in zip(parts, edges, widths, strict=True):
        known = part.length is not None
        sheet.add_patch(
            FancyBboxPatch(
                (edge, top),
                width,
                tall,
                boxstyle=f"round,pad=0,rounding_size={min(6.0, width / 2.5):.1f}",
                facecolor=part.color if known else palette.SOFT,
                edgecolor=part.color,
                linewidth=0 if known else 1.4,
                hatch=None if known else "////",
            )
        )
    _label_map(sheet, parts, edges, widths, top=top, tall=tall, right=canvas.width)


def _label_map(
    sheet: Any,
    parts: tuple[Part, ...],
    edges: list[float],
    widths: list[float],
    *,
    top: float,
    tall: float,
    right: float,
) -> None:
    """Names alternate above and below where parts are narrow, so that they never collide."""
    free = {True: 0.0, False: 0.0}
    for position, (part, edge, width) in enumerate(zip(parts, edges, widths, strict=True)):
        center = edge + width / 2
        needed = 7.4 * max(len(part.name), len(part.residues))
        below = position % 2 == 1
        if center - needed / 2 < free[below] and center - needed / 2 >= free[not below]:
            below = not below
        if center - needed / 2 < 2:
            side, spot, end = "left", edge, edge + needed
        elif center + needed / 2 > right - 2:
            side, spot, end = "right", edge + width, edge + width
        else:
            middle = max(center, free[below] + needed / 2)
            side, spot, end = "center", middle, middle + needed / 2
        free[below] = end + 8
        base = top + tall if below else top
        away = 1 if below else -1
        sheet.plot(
            [center, center],
            [base + 3 * away, base + 12 * away],
            color=palette.MUTED,
            linewidth=0.8,
        )
        lines = (part.name, part.residues)
        first_y, second_y = (base + 25, base + 41) if below else (base - 33, base - 17)
        sheet.text(spot, first_y, lines[0], ha=side, va="center", weight="bold")
        sheet.text(spot, second_y, lines[1], ha=side, va="center", color=palette.MUTED)


def _draw_list(canvas: Canvas, parts: tuple[Part, ...]) -> None:
    from matplotlib.patches import FancyBboxPatch

    sheet = canvas.sheet()
    longest = max(part.drawn_length for part in parts)
    sheet.text(2, 12, "N-terminus", va="center", color=palette.MUTED)
    for row, part in enumerate(parts):
        top = 28 + 40 * row
        known = part.length is not None
        width = max(8.0, 128.0 * part.drawn_length / longest)
        sheet.add_patch(
            FancyBboxPatch(
                (2, top),
                width,
                30,
                boxstyle="round,pad=0,rounding_size=4",
                facecolor=part.color if known else palette.SOFT,
                edgecolor=part.color,
                linewidth=0 if known else 1.4,
                hatch=None if known else "////",
            )
        )
        sheet.text(144, top + 8, part.name, va="center", weight="bold")
        sheet.text(
            144, top + 24, f"{part.words}, {part.residues}", va="center", color=palette.MUTED
        )
