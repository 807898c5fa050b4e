"""Kimmel 2021: the last tumor cells as births and deaths, from which cure or progression comes."""

from __future__ import annotations

from leucel.library.jumps import JumpModel, Reaction
from leucel.library.values import own_value
from leucel.model import ModelSpec

CAR = "car"
"""Name of the driver: CAR-T cells in blood, cells/uL."""

PROGRESSION = 1.2
"""Progression as the paper defines it: tumor cells over those at infusion."""

# The paper has only the difference of growth and kill. Births at the growth rate and deaths at the
# kill rate are the fewest events with that difference; a turnover adds as many births as deaths.
_TURNOVER = own_value(
    "k_turnover", 0.0, "1/day", "births and deaths of tumor cells beyond growth and kill",
    "the supplement of the paper was not available; without turnover the events are fewest",
)  # fmt: skip
_USED = ("k_growth", "k_kill_max", "km_kill", "volume_start", "cells_per_volume")


def tumor_jumps(spec: ModelSpec) -> JumpModel:
    """Births and deaths of the tumor cells of `kimmel_2021_axicabtagene`, driven by CAR-T cells.

    Parameters
    ----------
    spec : the model, with any of its choices and values.

    Examples
    --------
    >>> from leucel.library import get_model, tumor_jumps
    >>> [r.name for r in tumor_jumps(get_model("kimmel_2021_axicabtagene")[0]).reactions]
    ['birth', 'death']
    """
    return JumpModel(
        name="kimmel_2021_tumor",
        parameters=(*(spec.parameter(name) for name in _USED), _TURNOVER),
        initial={"tumor": "volume_start*cells_per_volume"},
        reactions=(
            Reaction(
                name="birth",
                rate="(k_growth + k_turnover)*tumor",
                change={"tumor": 1},
            ),
            Reaction(
                name="death",
                rate=f"(k_kill_max*{CAR}/(km_kill + {CAR}) + k_turnover)*tumor",
                change={"tumor": -1},
                bound="(k_kill_max + k_turnover)*tumor",
            ),
        ),
        drivers=(CAR,),
    )
