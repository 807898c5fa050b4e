"""How fast M-protein and soluble BCMA are lost: sources that disagree, shown as choices."""

from __future__ import annotations

from leucel.core import Kind, Source
from leucel.library.cards import Choice
from leucel.library.sources import HIBMA_2026, POELS_2025
from leucel.library.values import Quotes
from leucel.model import Parameter

M_PROTEIN = Choice(
    name="m_protein_loss",
    options=(
        ("singh_2021", "0.117 a day, half-life 5.9 days"),
        ("poels_2025", "0.0021 an hour, half-life 13.75 days"),
    ),
    reason="The value of the paper itself, fixed there; the other, from the literature on"
    " immunoglobulins, more than halves the speed of response.",
)
S_BCMA = Choice(
    name="s_bcma_loss",
    options=(
        ("singh_2021", "0.7 a day, half-life 1 day"),
        ("poels_2025", "0.01925 an hour, half-life 36 hours"),
        ("hibma_2026", "0.273 L/day of 15.418 L, half-life 39 days"),
    ),
    reason="The value of the paper itself, fixed there; treat the turnover of soluble BCMA as"
    " poorly known.",
)
# Choice and option: source, place, rate [1/day], how it is printed.
_OTHERS: dict[tuple[str, str], tuple[Source, str, float, str]] = {
    ("m_protein_loss", "poels_2025"): (
        POELS_2025, "Suppl. Tables 2 and 3, through nlmixr2lib", 24 * 0.0021, "0.0021 1/h",
    ),
    ("s_bcma_loss", "poels_2025"): (
        POELS_2025, "Suppl. Tables 2 and 3, through nlmixr2lib", 24 * 0.01925, "0.01925 1/h",
    ),
    ("s_bcma_loss", "hibma_2026"): (
        HIBMA_2026, "parameter table, through nlmixr2lib", 0.273 / 15.418,
        "clearance 0.273 L/day and volume 15.418 L",
    ),
}  # fmt: skip


def with_turnover(parameter: Parameter, choice: Choice, option: str) -> Parameter:
    """The loss rate [1/day] of the chosen source in place of the model's own.

    The random effect of `parameter`, where it has one, is dropped with the value it belongs to.
    """
    if option == choice.default:
        return parameter
    source, place, rate, printed = _OTHERS[choice.name, option]
    quotes = Quotes(source=source, place=place)
    return quotes(
        parameter.name,
        rate,
        "1/day",
        "",
        parameter.meaning,
        kind=Kind.DERIVED,
        note=f"printed as {printed}",
    ).parameter
