"""Hanson 2016: inflammation and toxicity of CAR-T cells in leukemia, a toy model."""

from __future__ import annotations

from collections.abc import Mapping

from leucel.library.cards import CardStatus, Defect, ModelCard, Published
from leucel.library.oracles import Oracle
from leucel.library.reviews import REVIEWS
from leucel.library.sources import BIOMODEL_837, LEUCEL
from leucel.library.values import Quotes, own_value, parameters_of, symbols_of
from leucel.model import Expression, ModelSpec, Output, State

ID = "hanson_2016_toxicity"
_q = Quotes(source=BIOMODEL_837, place="SBML file")
_RATE = "1/day"
_VALUES = (
    _q("divisions", 6.0, "1", "n", "divisions of an activated memory cell"),
    _q("k_growth", 0.003, _RATE, "r1", "growth of leukemia"),
    _q("k_growth_ctl", 0.1, _RATE, "r2", "growth of memory cytotoxic cells"),
    _q("k_growth_helper", 0.1, _RATE, "r3", "growth of memory helper cells"),
    _q("k_growth_lymphocyte", 0.1, _RATE, "r4", "growth of other lymphocytes"),
    _q("k_kill", 2e-4, _RATE, "d1", "leukemia killed per effector cell"),
    _q("k_loss_inflammation", 1.5, _RATE, "d2", "loss of inflammation"),
    _q("k_loss_ctl", 0.004, _RATE, "d3", "loss of effector cytotoxic cells"),
    _q("k_loss_helper", 0.004, _RATE, "d4", "loss of effector helper cells"),
    _q("k_loss_lymphocyte", 2e-4, _RATE, "d5", "loss of other lymphocytes"),
    _q("k_source_inflammation", 200.0, _RATE, "p0", "source of inflammation"),
    _q("k_inflammation", 0.002, _RATE, "p1", "inflammation by effector cells that meet leukemia"),
    _q("k_source_lymphocyte", 0.4, _RATE, "p2", "source of other lymphocytes"),
    _q("k_activation_ctl", 4e-7, _RATE, "a1", "activation of memory cytotoxic cells"),
    _q("help", 2.0, "1", "a2", "help by helper cells"),
    _q("k_activation_helper", 8e-5, _RATE, "a3", "activation of memory helper cells"),
    _q("ec50_inflammation", 800.0, "1", "b", "inflammation at half of its effect"),
    _q("cap_lymphocyte", 1600.0, "1", "l", "space for all cells"),
    _q("cap_leukemia", 4800.0, "1", "k", "largest leukemia"),
    _q("ctl_memory_0", 10.0, "1", "Cm0", "memory cytotoxic cells at the start"),
    _q("ctl_effector_0", 10.0, "1", "Ce0", "effector cytotoxic cells at the start"),
    _q("helper_memory_0", 10.0, "1", "Hm0", "memory helper cells at the start"),
    _q("helper_effector_0", 10.0, "1", "He0", "effector helper cells at the start"),
    _q("lymphocyte_0", 1600.0, "1", "L0", "other lymphocytes at the start"),
    _q("inflammation_0", 140.0, "1", "I0", "inflammation at the start"),
    _q("leukemia_0", 300.0, "1", "B0", "leukemia at the start"),
)  # fmt: skip
_DRUG = own_value("k_drug", 0.0, _RATE, "inflammation taken away by a drug", "an input, symbol D;"
                  " no drug as default")  # fmt: skip


def build(choices: Mapping[str, str]) -> ModelSpec:
    """Cytotoxic and helper cells, lymphocytes, inflammation and leukemia."""
    names = (
        ("ctl_memory", "memory cytotoxic CAR-T cells"),
        ("ctl_effector", "effector cytotoxic CAR-T cells"),
        ("helper_memory", "memory helper CAR-T cells"),
        ("helper_effector", "effector helper CAR-T cells"),
        ("lymphocyte", "other lymphocytes"),
        ("inflammation", "inflammation"),
        ("leukemia", "leukemia cells"),
    )
    return ModelSpec(
        name=ID,
        description="Memory and effector CAR-T cells, lymphocytes, inflammation, leukemia",
        parameters=parameters_of(*_VALUES, _DRUG),
        expressions=(
            Expression(
                name="alarm",
                text="inflammation^2/(inflammation^2 + ec50_inflammation^2)",
                meaning="effect of inflammation on activation, g",
            ),
            Expression(
                name="space",
                text="max(1 - (leukemia + ctl_effector + ctl_memory + helper_effector"
                " + helper_memory + lymphocyte)/cap_lymphocyte, 0)",
                meaning="room left, s",
            ),
            Expression(
                name="k_activated_ctl",
                text="k_activation_ctl*leukemia*ctl_memory*(1 + help*helper_effector)*alarm",
                unit=_RATE,
                meaning="memory cytotoxic cells that become effector cells",
            ),
            Expression(
                name="k_activated_helper",
                text="k_activation_helper*leukemia*helper_memory*alarm",
                unit=_RATE,
                meaning="memory helper cells that become effector cells",
            ),
        ),
        states=tuple(
            State(name=name, initial=f"{name}_0", meaning=meaning) for name, meaning in names
        ),
        odes={
            "ctl_memory": "k_growth_ctl*ctl_memory*space - k_activated_ctl",
            "ctl_effector": "2^divisions*k_activated_ctl - k_loss_ctl*ctl_effector",
            "helper_memory": "k_growth_helper*helper_memory*space - k_activated_helper",
            "helper_effector": "2^divisions*k_activated_helper - k_loss_helper*helper_effector",
            "lymphocyte": "k_source_lymphocyte + k_growth_lymphocyte*lymphocyte*space"
            " - k_loss_lymphocyte*lymphocyte",
            "inflammation": "k_source_inflammation + k_inflammation*leukemia"
            "*(ctl_effector + helper_effector) - k_loss_inflammation*inflammation - k_drug",
            "leukemia": "k_growth*leukemia*(1 - leukemia/cap_leukemia)"
            " - k_kill*leukemia*ctl_effector",
        },
        outputs=tuple(
            Output(name=f"{name}_level", text=name, meaning=meaning) for name, meaning in names
        ),
    )


_own = Oracle(model=ID)
CHECKS = (
    _own("inflammation at the peak", "maximum", "167.9", output="inflammation_level", end=400.0,
         step=0.5),
    _own("time of that peak", "time_of_maximum", "160", "day", output="inflammation_level",
         end=400.0, step=0.5, tolerance=0.005, reason="a flat peak, printed to a day"),
    _own("effector cytotoxic cells at the peak", "maximum", "45.4", output="ctl_effector_level",
         end=400.0, step=0.5),
    _own("time of the peak of effector cytotoxic cells", "time_of_maximum", "260", "day",
         output="ctl_effector_level", end=400.0, step=0.5),
    _own("leukemia on day 200", "value", "208.9", output="leukemia_level", end=200.0),
)  # fmt: skip
CARD = ModelCard(
    id=ID,
    title="Inflammation under CAR-T cells, a toy model",
    source=BIOMODEL_837,
    others=(LEUCEL,),
    reason="A loop between inflammation and activation, with helper cells and a drug against it.",
    product="none in particular",
    target="CD19",
    population="None: B-cell acute lymphoblastic leukemia as a scenario",
    assay="arbitrary units",
    data="Values chosen by the authors; the SBML file of BioModels",
    symbols=symbols_of(*_VALUES),
    assumptions=("Time is in days: the unit of time of the source was not verified.",),
    defects=(
        Defect(
            what="The bibliographic details of the paper were not verified.",
            resolution="The SBML file is cited.",
        ),
    ),
    limits=("Arbitrary units; a fixture for solvers and for teaching.",),
    checks=CHECKS,
    license="Facts from a CC0 file; equations and values only",
    missing="A number of the paper: its abstract (bioRxiv 049908) and the SBML file print none,"
    " and no public run of the file gives one.",
    review=REVIEWS.get(ID),
    status=CardStatus.PROVISIONAL,
)
MODELS = (Published(card=CARD, build=build),)
