"""Barros 2021 (CARTmath): CAR-T cells and xenografts of HDLM-2 and Raji in mice."""

from __future__ import annotations

from collections.abc import Mapping

from leucel.library.cards import CardStatus, Choice, ModelCard, Published
from leucel.library.oracles import Oracle
from leucel.library.reviews import REVIEWS
from leucel.library.sources import BARROS_2021, BIOMODEL_1019, BIOMODEL_1020, LEUCEL
from leucel.library.values import Quoted, Quotes, parameters_of, symbols_of
from leucel.model import Event, ModelSpec, Output, State

ID = "barros_2021_cartmath"
_PER_CELL = "1/(cells*day)"
# Name, unit, symbol, meaning, value for HDLM-2, value for Raji.
_ROWS = (
    ("k_expansion", "1/day", "phi", "expansion of effector cells", 0.265, 0.83),
    ("k_loss_effector", "1/day", "pi", "loss and differentiation of effector cells", 0.35,
     0.8300536),
    ("k_memory", "1/day", "epsilon", "memory gained per effector cell", 0.15, 1.59795),
    ("activation", _PER_CELL, "theta", "memory turned effector per tumor cell", 6e-6, 2.3e-4),
    ("inhibition", _PER_CELL, "alpha", "effector cells lost per tumor cell", 4.5e-8, 1.248506e-8),
    ("k_loss_memory", "1/day", "mu", "death of memory cells", 0.005, 6.89e-7),
    ("k_growth", "1/day", "rho", "growth of the tumor", 0.05650026, 0.5071721),
    ("crowding", "1/cells", "beta", "inverse of the largest tumor", 1.404029e-12, 0.0),
    ("kill", _PER_CELL, "gamma", "tumor killed per effector cell", 3.715843e-6, 3.365388e-8),
    ("tumor_0", "cells", "T0", "tumor cells at the start", 2e6, 3e6),
    ("t_treatment", "day", "day of CAR-T", "day of the CAR-T cells", 45.0, 7.0),
    ("treatment_cells", "cells", "E at that day", "CAR-T cells on that day", 2e6, 1e7),
)  # fmt: skip
_INHIBITION = {"raji_ido": 1.461699e-8, "raji_ido_1mt": 1.26166e-8}
LINE = Choice(
    name="line",
    options=(
        ("hdlm2", "HDLM-2; new tumor on day 250"),
        ("raji", "Raji"),
        ("raji_ido", "Raji with IDO, without inhibitor"),
        ("raji_ido_1mt", "Raji with IDO and its inhibitor 1-MT"),
    ),
    reason="The line that CAR-T cells cure, and rechallenge.",
)


def _values(line: str) -> tuple[Quoted, ...]:
    first = line == "hdlm2"
    q = Quotes(source=BIOMODEL_1019 if first else BIOMODEL_1020, place="SBML file")
    found = [
        q(name, _INHIBITION.get(line, raji) if name == "inhibition" and not first
          else hdlm if first else raji, unit, symbol, meaning)
        for name, unit, symbol, meaning, hdlm, raji in _ROWS
    ]  # fmt: skip
    if first:
        found += [
            q("t_challenge", 250.0, "day", "day of rechallenge", "day of the new tumor"),
            q("challenge_cells", 1e6, "cells", "T at that day", "tumor cells on that day"),
        ]
    return tuple(found)


def build(choices: Mapping[str, str]) -> ModelSpec:
    """Effector and memory cells and tumor; `choices` as in the card."""
    line = choices[LINE.name]
    again = (
        Event(
            name="challenge",
            when="t_challenge - t",
            set={"tumor": "challenge_cells"},
            meaning="tumor cells are injected again",
        ),
    )
    return ModelSpec(
        name=ID,
        description="Effector and memory CAR-T cells and a xenograft",
        parameters=parameters_of(*_values(line)),
        states=(
            State(name="memory", unit="cells", meaning="memory CAR-T cells"),
            State(name="effector", unit="cells", meaning="effector CAR-T cells"),
            State(name="tumor", unit="cells", initial="tumor_0", meaning="tumor cells"),
        ),
        odes={
            "memory": "k_memory*effector - activation*tumor*memory - k_loss_memory*memory",
            "effector": "activation*tumor*memory + (k_expansion - k_loss_effector)*effector"
            " - inhibition*tumor*effector",
            "tumor": "k_growth*tumor*(1 - crowding*tumor) - kill*effector*tumor",
        },
        events=(
            Event(
                name="treatment",
                when="t_treatment - t",
                set={"effector": "treatment_cells"},
                meaning="CAR-T cells are given",
            ),
            *(again if line == "hdlm2" else ()),
        ),
        outputs=(
            Output(name="memory_cells", text="memory", unit="cells", meaning="memory cells"),
            Output(name="effector_cells", text="effector", unit="cells", meaning="effector cells"),
            Output(name="tumor_cells", text="tumor", unit="cells", meaning="tumor cells"),
        ),
    )


_own = Oracle(model=ID)
CHECKS = (
    _own("HDLM-2 before treatment, day 44.9", "value", "2.53e7", "cells", output="tumor_cells",
         end=44.9),
    _own("memory cells on day 60, HDLM-2", "value", "2.10e6", "cells", output="memory_cells",
         end=60.0, tolerance=0.003, reason="printed with three digits"),
    _own("effector cells on day 60, HDLM-2", "value", "5.15e5", "cells", output="effector_cells",
         end=60.0),
    _own("Raji on day 14", "value", "5.67e8", "cells", output="tumor_cells", end=14.0,
         choices=(("line", "raji"),)),
)  # fmt: skip

CARD = ModelCard(
    id=ID,
    title="CARTmath: effector and memory CAR-T cells against xenografts",
    source=BARROS_2021,
    others=(BIOMODEL_1019, BIOMODEL_1020, LEUCEL),
    reason="Memory that answers a second tumor in mice, and a line that resists.",
    product="CAR-T cells in mice",
    target="not stated in the files",
    population="Mice with xenografts; the numbers of animals are not known",
    assay="tumor cells ; the assay is not known",
    data="Experiments of others, fitted by the authors; the SBML files of BioModels",
    symbols=symbols_of(*_values("hdlm2")),
    assumptions=(
        "CAR-T cells appear as effector cells on the day of treatment.",
        "The new tumor replaces what is left of the first.",
    ),
    limits=(
        "Raji grows without bound in this model: the treatment fails by construction.",
        "Numbers of animals, assays and the fit were not verified.",
    ),
    choices=(LINE,),
    checks=CHECKS,
    license="Facts from an open-access paper and CC0 files; equations and values only",
    review=REVIEWS.get(ID),
    status=CardStatus.PROVISIONAL,
)
MODELS = (Published(card=CARD, build=build),)
