"""Stein 2019 as ordinary differential equations: an effector and a memory pool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from leucel.library import stein_2019
from leucel.library.cards import Published
from leucel.library.reviews import REVIEWS
from leucel.library.stein_2019 import EXPANSION, RESIDUALS, TRANSGENE, parameters
from leucel.library.stein_2019_checks import ODE_CHECKS
from leucel.model import Event, Expression, ModelSpec, Output, State

ID = "stein_2019_tisagenlecleucel_ode"


def build(choices: Mapping[str, str]) -> ModelSpec:
    """The ODE twin, an effector and a memory pool; `choices` as in the card."""
    return ModelSpec(
        name=ID,
        description="Effector cells that expand until the peak and then leave a memory pool",
        parameters=parameters(choices),
        expressions=(
            EXPANSION,
            Expression(
                name="k_memory",
                text="fraction_slow*(k_decline_fast - k_decline_slow)",
                unit="1/day",
                meaning="rate from effector to memory after the peak",
            ),
        ),
        states=(
            State(
                name="effector",
                unit="copies/ug",
                initial="c_max/fold_expansion",
                meaning="transgene in effector cells",
            ),
            State(name="memory", unit="copies/ug", meaning="transgene in memory cells"),
        ),
        odes={
            "effector": "if(t < t_max, k_expansion, -k_decline_fast)*effector",
            "memory": "if(t < t_max, 0, k_memory*effector - k_decline_slow*memory)",
        },
        events=(
            Event(name="peak", when="t_max - t", meaning="expansion stops and contraction begins"),
        ),
        outputs=(
            Output(
                name="transgene",
                text="effector + memory",
                unit="copies/ug",
                meaning=TRANSGENE,
            ),
        ),
        residuals=RESIDUALS,
    )


CARD = replace(
    stein_2019.CARD,
    id=ID,
    title="Tisagenlecleucel, piecewise cellular kinetics (ODE twin)",
    reason="The closed form as two pools, so that it can be joined to a tumor or a drug, and so"
    " that solvers are checked against an exact answer with a kink in time.",
    checks=ODE_CHECKS,
    review=REVIEWS.get(ID),
)

MODELS = (Published(card=CARD, build=build),)
