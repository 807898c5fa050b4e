"""Leon-Triana 2020: CAR-T cells, leukemia and healthy B cells."""

from __future__ import annotations

from collections.abc import Mapping

from leucel.library.cards import CardStatus, Defect, ModelCard, Published
from leucel.library.oracles import Oracle
from leucel.library.reviews import REVIEWS
from leucel.library.sources import BIOMODEL_1011, BIOMODEL_1012, LEON_TRIANA_2020, LEUCEL
from leucel.library.values import Quotes, parameters_of, symbols_of
from leucel.model import Expression, ModelSpec, Output, State

_PLAIN, _IMMATURE = "leon_triana_2020_leukemia", "leon_triana_2020_immature"
_q = Quotes(source=BIOMODEL_1011, place="SBML file")
_i = Quotes(source=BIOMODEL_1012, place="SBML file")
_PER_CELL = "1/(cells*day)"
_VALUES = (
    _q("kill", 4.5e-11, _PER_CELL, "alpha", "B cells and leukemia killed per CAR-T cell"),
    _q("stimulation", 1.125e-11, _PER_CELL, "rho_C", "CAR-T cells gained per target cell",
       note="a quarter of alpha"),
    _q("k_growth", 0.03333333333, "1/day", "rho_L", "growth of the leukemia", note="1/30"),
    _q("t_life_car", 14.0, "day", "tau_C", "lifetime of CAR-T cells"),
    _q("t_life_b", 60.0, "day", "tau_B", "lifetime of B cells"),
    _q("car_0", 1e7, "cells", "C0", "CAR-T cells at infusion"),
    _q("leukemia_0", 5e10, "cells", "L0", "leukemia at infusion"),
    _q("healthy_b_0", 2.5e10, "cells", "B0", "healthy B cells at infusion"),
)  # fmt: skip
_EXTRA = (
    _i("stimulation_immature", 0.1, "1", "beta", "stimulation by an immature B cell, relative"),
    _i("immature", 1e7, "cells", "I0", "immature B cells"),
    _i("ec50_output", 1e9, "cells", "C50", "CAR-T cells that halve the output of B cells"),
    _i("t_transit", 6.0, "day", "tau_I", "transit time of immature B cells"),
)  # fmt: skip
_STATES = (
    State(name="car", unit="cells", initial="car_0", meaning="CAR-T cells"),
    State(name="leukemia", unit="cells", initial="leukemia_0", meaning="leukemia cells"),
    State(name="healthy_b", unit="cells", initial="healthy_b_0", meaning="healthy B cells"),
)
_ODES = {
    "car": "stimulation*(leukemia + healthy_b)*car - car/t_life_car",
    "leukemia": "k_growth*leukemia - kill*leukemia*car",
    "healthy_b": "-kill*healthy_b*car - healthy_b/t_life_b",
}
_OUTPUTS = (
    Output(name="car_t", text="car", unit="cells", meaning="CAR-T cells"),
    Output(name="leukemia_cells", text="leukemia", unit="cells", meaning="leukemia cells"),
    Output(name="b_cells", text="healthy_b", unit="cells", meaning="healthy B cells"),
)


def build_plain(choices: Mapping[str, str]) -> ModelSpec:
    """CAR-T cells, leukemia and healthy B cells."""
    return ModelSpec(
        name=_PLAIN,
        description="CAR-T cells stimulated by leukemia and healthy B cells",
        parameters=parameters_of(*_VALUES),
        states=_STATES,
        odes=_ODES,
        outputs=_OUTPUTS,
    )


def build_immature(choices: Mapping[str, str]) -> ModelSpec:
    """The same with a supply of B cells from immature ones."""
    return ModelSpec(
        name=_IMMATURE,
        description="CAR-T cells stimulated by leukemia, healthy and immature B cells",
        parameters=parameters_of(*_VALUES, *_EXTRA),
        expressions=(
            Expression(
                name="supply",
                text="immature/(1 + car/ec50_output)",
                unit="cells",
                meaning="immature B cells that CAR-T cells leave",
            ),
        ),
        states=_STATES,
        odes={
            "car": _ODES["car"] + " + stimulation*stimulation_immature*supply*car",
            "leukemia": _ODES["leukemia"],
            "healthy_b": _ODES["healthy_b"] + " + supply/t_transit",
        },
        outputs=_OUTPUTS,
    )


_plain, _immature = Oracle(model=_PLAIN), Oracle(model=_IMMATURE)


def _card(id_: str, title: str, reason: str, **rest: object) -> ModelCard:
    return ModelCard(
        id=id_,
        title=title,
        reason=reason,
        source=LEON_TRIANA_2020,
        product="none in particular",
        target="CD19",
        population="None: scenarios of B-cell acute lymphoblastic leukemia",
        assay="cells in the body",
        data="Parameters chosen by the authors from the literature; the SBML files of BioModels",
        license="Facts from a paper and CC0 files; equations and values only",
        missing="A number of the paper: its text was not available, its abstract speaks of a"
        " formula for the largest expansion without giving one, and public runs of the SBML files"
        " print none.",
        review=REVIEWS.get(id_),
        status=CardStatus.PROVISIONAL,
        **rest,  # type: ignore[arg-type]
    )


MODELS = (
    Published(
        card=_card(
            _PLAIN,
            "CAR-T cells, leukemia and B-cell aplasia",
            "Healthy B cells as a second source of the target: aplasia and persistence.",
            others=(BIOMODEL_1011, LEUCEL),
            symbols=symbols_of(*_VALUES),
            assumptions=("CAR-T cells are not used up by killing.",),
            limits=("No dose enters but as the starting number of CAR-T cells.",),
            checks=(
                _plain("CAR-T cells at the peak", "maximum", "1.640e10", "cells", output="car_t",
                       end=60.0, step=0.1),
                _plain("time of the peak", "time_of_maximum", "12.2", "day", output="car_t",
                       end=60.0, step=0.1, tolerance=0.005, reason="a grid of 0.1 days"),
                _plain("leukemia on day 28", "value", "4.01e6", "cells", output="leukemia_cells",
                       end=28.0),
                _plain("CAR-T cells on day 28", "value", "5.89e9", "cells", output="car_t",
                       end=28.0),
            ),
        ),
        build=build_plain,
    ),
    Published(
        card=_card(
            _IMMATURE,
            "CAR-T cells, leukemia and B cells with a supply from immature ones",
            "The return of B cells after aplasia, and the stimulation that it gives.",
            others=(BIOMODEL_1011, BIOMODEL_1012, LEUCEL),
            symbols=symbols_of(*_VALUES, *_EXTRA),
            defects=(
                Defect(
                    what="The term that the SBML file adds to the CAR-T cells lacks the factor C"
                    " that its unit asks for.",
                    resolution="The factor is there; the oracles do not see the difference.",
                ),
                Defect(
                    what="The file has a state I that is used nowhere, and its export refers to a"
                    " reaction that does not exist.",
                    resolution="The state is left out.",
                ),
            ),
            limits=("No dose enters but as the starting number of CAR-T cells.",),
            checks=(
                _immature("CAR-T cells at the peak", "maximum", "1.640e10", "cells",
                          output="car_t", end=60.0, step=0.1),
                _immature("B cells on day 100", "value", "4.27e7", "cells", output="b_cells",
                          end=100.0),
            ),
        ),
        build=build_immature,
    ),
)  # fmt: skip
