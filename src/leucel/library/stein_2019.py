"""Stein 2019: piecewise kinetics of tisagenlecleucel in closed form."""

from __future__ import annotations

import math
from collections.abc import Mapping

from leucel.core import Evidence, Kind, Mark
from leucel.library.cards import CardStatus, Choice, Defect, ModelCard, Published
from leucel.library.reviews import REVIEWS
from leucel.library.sources import LEUCEL, NLMIXR2LIB, STEIN_2019
from leucel.library.stein_2019_checks import CLOSED_FORM_CHECKS
from leucel.model import Expression, ModelSpec, Output, Parameter, Residual

ID = "stein_2019_tisagenlecleucel"

# Name, typical value, unit, random effect as tabulated, symbol of the paper, meaning.
_TABLE = (
    ("fold_expansion", 3900.0, "1", 2.4, "foldx", "fold expansion from the start to the peak"),
    ("t_max", 9.3, "day", 0.38, "Tmax", "time of the peak after infusion"),
    ("c_max", 24000.0, "copies/ug", 0.65, "Cmax", "peak transgene level in blood"),
    ("k_decline_fast", 0.16, "1/day", 0.91, "alpha", "rate of the fast decline (contraction)"),
    ("fraction_slow", 0.0079, "1", 0.80, "FB", "share of the peak that declines slowly"),
    ("k_decline_slow", 0.0032, "1/day", 0.86, "beta", "rate of the slow decline (persistence)"),
)
_RESIDUAL_SD = 0.56

RANDOM_EFFECTS = Choice(
    name="random_effects",
    options=(
        ("variances", "the tabulated numbers are variances; omega is their square root"),
        ("standard_deviations", "the tabulated numbers are omega itself"),
    ),
    reason="The re-implementation in nlmixr2lib states variances; the software of the paper prints"
    " standard deviations by default. The peak varies with a CV of 96% in the one reading and 72%"
    " in the other, so the choice is shown to the user.",
)


def _omega(tabulated: float, choices: Mapping[str, str]) -> float:
    if choices[RANDOM_EFFECTS.name] == "variances":
        return math.sqrt(tabulated)
    return tabulated


def parameters(choices: Mapping[str, str]) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(
            name=name,
            value=value,
            unit=unit,
            meaning=meaning,
            omega=_omega(tabulated, choices),
            low=0.0,
            evidence=Evidence(
                value=value,
                unit=unit,
                n=90,
                source=STEIN_2019.id,
                place="Table 1",
                mark=Mark.REPRODUCED,
                kind=Kind.REPORTED,
                note=f"random effect as tabulated {tabulated:g}; standard errors not known;"
                " read through nlmixr2lib",
            ),
        )
        for name, value, unit, tabulated, _, meaning in _TABLE
    )


EXPANSION = Expression(
    name="k_expansion",
    text="log(fold_expansion)/t_max",
    unit="1/day",
    meaning="rate of exponential expansion before the peak",
)
RESIDUALS = (
    Residual(
        output="transgene",
        kind="lognormal",
        sigma=_RESIDUAL_SD,
        evidence=Evidence(
            value=_RESIDUAL_SD,
            unit="1",
            n=90,
            source=STEIN_2019.id,
            place="Table 1",
            mark=Mark.SEEN,
            kind=Kind.REPORTED,
            note="constant on the natural-log scale",
        ),
    ),
)
TRANSGENE = "CAR transgene in blood"


def build(choices: Mapping[str, str]) -> ModelSpec:
    """The closed form; `choices` as in the card.

    Before the peak both exponents of the decline are zero, after it the exponent of the expansion
    is; written so, one expression holds for all times and no branch can overflow.
    """
    return ModelSpec(
        name=ID,
        description="Exponential expansion to a peak, then biexponential decline",
        parameters=parameters(choices),
        expressions=(
            EXPANSION,
            Expression(
                name="before_peak",
                text="min(t - t_max, 0)",
                unit="day",
                meaning="time until the peak, as a negative number",
            ),
            Expression(
                name="since_peak",
                text="max(t - t_max, 0)",
                unit="day",
                meaning="time since the peak",
            ),
            Expression(
                name="share_of_peak",
                text="(1 - fraction_slow)*exp(-k_decline_fast*since_peak)"
                " + fraction_slow*exp(-k_decline_slow*since_peak)",
                meaning="what is left of the peak",
            ),
        ),
        outputs=(
            Output(
                name="transgene",
                text="c_max*exp(k_expansion*before_peak)*share_of_peak",
                unit="copies/ug",
                meaning=TRANSGENE,
            ),
        ),
        residuals=RESIDUALS,
    )


CARD = ModelCard(
    id=ID,
    title="Tisagenlecleucel, piecewise cellular kinetics (closed form)",
    source=STEIN_2019,
    others=(NLMIXR2LIB, LEUCEL),
    reason="The reference description of CAR-T kinetics in blood: six parameters with their"
    " variability, a closed form, and the base of the piecewise family used for other products.",
    product="tisagenlecleucel",
    target="CD19",
    population="Children and young adults (3-25 years) with relapsed or refractory B-cell acute"
    " lymphoblastic leukemia, n = 90",
    assay="quantitative PCR in blood, transgene copies per ug genomic DNA; the limit of"
    " quantification and the handling of values below it are not known",
    data="ELIANA (61 patients) and ENSIGN (29), followed for about a year; Monolix, SAEM",
    symbols=tuple((name, symbol) for name, _, _, _, symbol, _ in _TABLE),
    assumptions=(
        "Dose does not enter: the level at time 0 is the peak divided by the fold expansion.",
        "Expansion stops at once at the peak; no lag before it.",
        "All individual parameters are log-normal and independent.",
    ),
    defects=(
        Defect(
            what="Whether the tabulated random effects are variances or standard deviations is not"
            " settled.",
            resolution="Both readings can be chosen (random_effects); the default is variances.",
        ),
        Defect(
            what="The re-implementation in nlmixr2lib has a proportional residual error of 0.56 on"
            " the linear scale, which gives another likelihood.",
            resolution="The residual error is constant on the log scale, as in the paper.",
        ),
    ),
    deviations=(
        "The multipliers of the expansion rate after tocilizumab (1.2) and corticosteroids (1.0)"
        " are left out: the paper concludes no effect, and how the peak behaves under them is"
        " not known. with_comedication adds them to the ODE twin.",
    ),
    limits=(
        "An empirical model: it holds no tumor, no dose and no response.",
        "With log-normal effects a slow fraction above 1 is possible in principle (one patient in"
        " tens of millions in the variance reading).",
    ),
    choices=(RANDOM_EFFECTS,),
    checks=CLOSED_FORM_CHECKS,
    license="Facts from an open-access paper (CC BY-NC-ND 4.0); equations and values only",
    review=REVIEWS.get(ID),
    status=CardStatus.REVIEWED,
)

MODELS = (Published(card=CARD, build=build),)
