"""Leon-Triana 2021: CAR-T cells of one or two targets against a solid tumor."""

from __future__ import annotations

from collections.abc import Mapping

from leucel.core import Mark
from leucel.library.cards import CardStatus, Choice, Defect, ModelCard, Published, Values
from leucel.library.oracles import Oracle
from leucel.library.reviews import REVIEWS
from leucel.library.sources import BIOMODEL_1013, BIOMODEL_1014, LEON_TRIANA_2021, LEUCEL
from leucel.library.values import Quoted, Quotes, parameters_of, symbols_of
from leucel.model import Expression, ModelSpec, Output, State

_ONE, _TWO = "leon_triana_2021_one_target", "leon_triana_2021_two_targets"
_PER_CELL = "1/(cells*day)"
INACTIVATION = Choice(
    name="inactivation",
    options=(
        ("file", "0.04 a day, as in the SBML file"),
        ("figure_5b", "0.183 a day, as BioModels used for figure 5b"),
    ),
    reason="The value of the file reproduces its own curves.",
)


def _shared(source: Quotes, inactivation: float) -> tuple[Quoted, ...]:
    q = source
    return (
        q("k_stimulation", 0.9, "1/day", "rho_C", "largest stimulation by the tumor"),
        q("ec50_tumor", 1e10, "cells", "g_T", "tumor cells at half of it"),
        q("k_inactivation", inactivation, "1/day", "alpha_1", "inactivation by the tumor"),
        q("ec50_car", 2e9, "cells", "g_C", "CAR-T cells at half of it"),
        q("t_life_car", 7.0, "day", "tau_C", "lifetime of CAR-T cells"),
        q("k_growth", 0.02, "1/day", "rho_T", "growth of the tumor"),
        q("kill", 2.5e-10, _PER_CELL, "alpha_2", "tumor killed per CAR-T cell"),
    )


def _one(inactivation: str) -> tuple[Quoted, ...]:
    q = Quotes(source=BIOMODEL_1013, place="SBML file")
    return (
        *_shared(q, 0.04 if inactivation == "file" else 0.183),
        q("car_0", 4e8, "cells", "C0", "CAR-T cells at infusion"),
        q("tumor_0", 6.7e9, "cells", "T0", "tumor cells at infusion"),
    )


_q = Quotes(source=BIOMODEL_1014, place="SBML file")
_TWO_VALUES = (
    *_shared(_q, 0.02),
    _q("tumor_0", 3.35e10, "cells", "T0", "tumor cells at infusion"),
    _q("k_stimulation_off", 0.9, "1/day", "rho_D", "largest stimulation by B cells"),
    _q("ec50_b", 1e10, "cells", "g_B", "B cells at half of it"),
    _q("k_homing", 0.2, "1/day", "k", "movement to the tumor"),
    _q("kill_b", 4.5e-11, _PER_CELL, "alpha_B", "B cells killed per CAR-T cell off the tumor"),
    _q("t_life_b", 60.0, "day", "tau_B", "lifetime of B cells"),
    _q("car_off_0", 2e8, "cells", "D0", "CAR-T cells off the tumor at infusion"),
    _q("healthy_b_0", 2.5e10, "cells", "B0", "B cells at infusion"),
)
_NET = Expression(
    name="k_net",
    text="k_stimulation*tumor/(ec50_tumor + tumor) - k_inactivation*tumor/(ec50_car + car)",
    unit="1/day",
    meaning="stimulation less inactivation at the tumor",
)
_TUMOR = State(name="tumor", unit="cells", initial="tumor_0", meaning="tumor cells")
_OUTPUTS = (
    Output(name="car_t", text="car", unit="cells", meaning="CAR-T cells at the tumor"),
    Output(name="tumor_cells", text="tumor", unit="cells", meaning="tumor cells"),
)
_KILLED = "k_growth*tumor - kill*tumor*car"


def build_one(choices: Mapping[str, str]) -> ModelSpec:
    """CAR-T cells that only the tumor stimulates; `choices` as in the card."""
    return ModelSpec(
        name=_ONE,
        description="CAR-T cells and tumor",
        parameters=parameters_of(*_one(choices[INACTIVATION.name])),
        expressions=(_NET,),
        states=(
            State(name="car", unit="cells", initial="car_0", meaning="CAR-T cells at the tumor"),
            _TUMOR,
        ),
        odes={"car": "k_net*car - car/t_life_car", "tumor": _KILLED},
        outputs=_OUTPUTS,
    )


def build_two(choices: Mapping[str, str]) -> ModelSpec:
    """CAR-T cells that B cells stimulate first, off the tumor."""
    return ModelSpec(
        name=_TWO,
        description="CAR-T cells off and on the tumor, B cells and tumor",
        parameters=parameters_of(*_TWO_VALUES),
        expressions=(_NET,),
        states=(
            State(name="car", unit="cells", meaning="CAR-T cells at the tumor"),
            State(name="car_off", unit="cells", initial="car_off_0", meaning="CAR-T cells off it"),
            _TUMOR,
            State(name="healthy_b", unit="cells", initial="healthy_b_0", meaning="B cells"),
        ),
        odes={
            "car": "k_net*car - car/t_life_car + k_homing*car_off",
            "car_off": "k_stimulation_off*car_off*healthy_b/(ec50_b + healthy_b)"
            " - car_off/t_life_car - k_homing*car_off",
            "tumor": _KILLED,
            "healthy_b": "-kill_b*healthy_b*car_off - healthy_b/t_life_b",
        },
        outputs=(
            *_OUTPUTS,
            Output(name="car_t_off", text="car_off", unit="cells", meaning="CAR-T cells off it"),
            Output(name="b_cells", text="healthy_b", unit="cells", meaning="B cells"),
        ),
    )


_one_pin, _two_pin = Oracle(model=_ONE), Oracle(model=_TWO)
_paper = Oracle(model=_ONE, source=LEON_TRIANA_2021, mark=Mark.REPRODUCED)
# Figures 1, 3, 4a and 6 start from this tumor; control is a tenth of it after half a year.
_LARGE, _HALF_A_YEAR = 3.35e10, 180.0


def _from(car: float, **values: float) -> Values:
    return (("tumor_0", _LARGE), ("car_0", car), *values.items())


_PAPER_CHECKS = (
    _paper("inactivation at which 8e7 CAR-T cells lose control", "threshold", "0.0325", "1/day",
           output="tumor_cells", end=_HALF_A_YEAR, cohort=(_from(8e7),), level=0.1*_LARGE,
           vary=("k_inactivation", 0.01, 0.1), place="section 3.1, figure 1", tolerance=0.077,
           reason="between 0.03, which the paper shows controlled, and 0.035, which it does not"),
    _paper("least number of CAR-T cells that controls the tumor", "threshold", "1.75e8", "cells",
           output="tumor_cells", end=_HALF_A_YEAR, cohort=(_from(2e8),), level=0.1*_LARGE,
           vary=("car_0", 5e7, 1e9), place="section 3.2, figure 3", tolerance=0.143,
           reason="between 1.5e8, which the paper shows failing, and 2e8, which controls"),
    _paper("least number of CAR-T cells at an inactivation of 0.1", "threshold", "1.5e9", "cells",
           output="tumor_cells", end=_HALF_A_YEAR, cohort=(_from(2e8, k_inactivation=0.1),),
           level=0.1*_LARGE, vary=("car_0", 4e8, 4e9), place="section 3.3, figure 6c",
           disagreement="1.5e9 cells only slow the tumor: it falls to a third and regrows to nine"
           " times its start in half a year. Read off a diagram whose criterion (a tenth of the"
           " peak) the equations meet from 1.9e9 on."),
    _paper("smallest tumor after 4e8 CAR-T cells", "minimum", "3.35e6", "cells",
           output="tumor_cells", end=_HALF_A_YEAR, step=0.5, cohort=(_from(4e8),),
           place="section 3.3, figure 4a",
           disagreement="The text calls the fall more than four orders of magnitude and lasting"
           " half a year; the equations with the printed values fall by 2.7 orders. Four orders"
           " are reached without inactivation only."),
)  # fmt: skip


def _card(id_: str, title: str, reason: str, **rest: object) -> ModelCard:
    return ModelCard(
        id=id_,
        title=title,
        reason=reason,
        source=LEON_TRIANA_2021,
        product="none in particular",
        population="None: scenarios of a solid tumor",
        assay="cells in the body",
        data="Parameters chosen by the authors; the SBML files of BioModels",
        limits=("No dose enters but as the starting number of CAR-T cells.",),
        license="Facts from an open-access paper and CC0 files; equations and values only",
        review=REVIEWS.get(id_),
        **({"status": CardStatus.PROVISIONAL} | rest),  # type: ignore[arg-type]
    )


MODELS = (
    Published(
        card=_card(
            _ONE,
            "CAR-T cells against a solid tumor that inactivates them",
            "The reason for a second target: a small tumor stimulates too little.",
            others=(BIOMODEL_1013, LEUCEL),
            target="a tumor antigen",
            symbols=symbols_of(*_one("file")),
            defects=(
                Defect(
                    what="BioModels used 0.04 (figure 5a) and 0.183 (figure 5b) a day for the"
                    " inactivation where the captions differ.",
                    resolution="Both are a choice (inactivation).",
                ),
                Defect(
                    what="Figure 5a prints an inactivation of 0.01 where its text says 0.04.",
                    resolution="0.04, the value of the text and of the file.",
                ),
                Defect(
                    what="The file starts from 6.7e9 tumor cells (figures 4b and 4c), most figures"
                    " from 3.35e10.",
                    resolution="The file is the default; the checks of the paper start from"
                    " 3.35e10.",
                ),
            ),
            choices=(INACTIVATION,),
            status=CardStatus.REVIEWED,
            checks=(
                *_PAPER_CHECKS,
                _one_pin("CAR-T cells at the peak", "maximum", "8.87e8", "cells", output="car_t",
                         end=400.0, step=0.5),
                _one_pin("time of the peak", "time_of_maximum", "238", "day", output="car_t",
                         end=400.0, step=0.5, tolerance=0.003, reason="a flat peak"),
                _one_pin("smallest tumor", "minimum", "3.19e8", "cells", output="tumor_cells",
                         end=400.0, step=0.5),
                _one_pin("time of the smallest tumor", "time_of_minimum", "263", "day",
                         output="tumor_cells", end=400.0, step=0.5),
            ),
        ),
        build=build_one,
    ),
    Published(
        card=_card(
            _TWO,
            "CAR-T cells of two targets against a solid tumor",
            "B cells expand the CAR-T cells before they reach the tumor.",
            others=(BIOMODEL_1014, LEUCEL),
            target="CD19 and a tumor antigen",
            symbols=symbols_of(*_TWO_VALUES),
            defects=(
                Defect(
                    what="BioModels used values of the inactivation that differ from the captions"
                    " of figure 5.",
                    resolution="The value of this file, 0.02 a day, is used.",
                ),
            ),
            missing="The paper prints no number of this model: figures 5b and 6d to 6f show curves"
            " and diagrams (read 2026-11-22); runs by others of BIOMD0000001014 print none.",
            checks=(
                _two_pin("CAR-T cells at the tumor at the peak", "maximum", "4.97e9", "cells",
                         output="car_t", end=60.0, step=0.1),
                _two_pin("time of that peak", "time_of_maximum", "16.7", "day", output="car_t",
                         end=60.0, step=0.1),
                _two_pin("CAR-T cells off the tumor at the peak", "maximum", "3.88e9", "cells",
                         output="car_t_off", end=60.0, step=0.1),
                _two_pin("time of that peak off the tumor", "time_of_maximum", "14.6", "day",
                         output="car_t_off", end=60.0, step=0.1),
            ),
        ),
        build=build_two,
    ),
)  # fmt: skip
