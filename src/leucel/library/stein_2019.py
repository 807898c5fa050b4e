"""Stein 2019: piecewise kinetics of tisagenlecleucel, as closed form and as its ODE twin."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from leucel.core import Evidence, Kind, Mark
from leucel.library.cards import CardStatus, Check, Choice, Defect, ModelCard
from leucel.library.sources import LEUCEL, NLMIXR2LIB, STEIN_2019
from leucel.model import Event, Expression, ModelSpec, Output, Parameter, Residual, State

CLOSED_FORM_ID = "stein_2019_tisagenlecleucel"
ODE_ID = "stein_2019_tisagenlecleucel_ode"

# Name, typical value, unit, random effect as tabulated, symbol of the paper, meaning.
_TABLE = (
    ("fold_expansion", 3900.0, "1", 2.4, "F", "fold expansion from the start to the peak"),
    ("t_max", 9.3, "day", 0.38, "Tmax", "time of the peak after infusion"),
    ("c_max", 24000.0, "copies/ug", 0.65, "Cmax", "peak transgene level in blood"),
    ("k_decline_fast", 0.16, "1/day", 0.91, "alpha", "rate of the fast decline (contraction)"),
    ("fraction_slow", 0.0079, "1", 0.80, "B", "share of the peak that declines slowly"),
    ("k_decline_slow", 0.0032, "1/day", 0.86, "beta", "rate of the slow decline (persistence)"),
)
_RESIDUAL_SD = 0.56

RANDOM_EFFECTS = Choice(
    name="random_effects",
    options=(
        ("variances", "the tabulated numbers are variances; omega is their square root"),
        ("standard_deviations", "the tabulated numbers are omega itself"),
    ),
    reason="The re-implementation in nlmixr2lib states variances, and the spread it gives (CV of"
    " the peak 96% against 72%) is the nearer one to the variability of the raw data; the"
    " software of the paper prints standard deviations by default, so the other reading is kept.",
)


def _omega(tabulated: float, choices: Mapping[str, str]) -> float:
    if choices[RANDOM_EFFECTS.name] == "variances":
        return math.sqrt(tabulated)
    return tabulated


def _parameters(choices: Mapping[str, str]) -> tuple[Parameter, ...]:
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


_SHARED_EXPRESSIONS = (
    Expression(
        name="k_expansion",
        text="log(fold_expansion)/t_max",
        unit="1/day",
        meaning="rate of exponential expansion before the peak",
    ),
)
_RESIDUALS = (
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
_TRANSGENE = "CAR transgene in blood"


def build_closed_form(choices: Mapping[str, str]) -> ModelSpec:
    """The closed form; `choices` as in the card.

    Before the peak both exponents of the decline are zero, after it the exponent of the expansion
    is; written so, one expression holds for all times and no branch can overflow.
    """
    return ModelSpec(
        name=CLOSED_FORM_ID,
        description="Exponential expansion to a peak, then biexponential decline",
        parameters=_parameters(choices),
        expressions=(
            *_SHARED_EXPRESSIONS,
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
                meaning=_TRANSGENE,
            ),
        ),
        residuals=_RESIDUALS,
    )


def build_ode(choices: Mapping[str, str]) -> ModelSpec:
    """The ODE twin, an effector and a memory pool; `choices` as in the card."""
    return ModelSpec(
        name=ODE_ID,
        description="Effector cells that expand until the peak and then leave a memory pool",
        parameters=_parameters(choices),
        expressions=(
            *_SHARED_EXPRESSIONS,
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
                meaning=_TRANSGENE,
            ),
        ),
        residuals=_RESIDUALS,
    )


_EXACT = "closed form in double precision; the pin is printed with this many digits"
_SOLVER = "the pin of the closed form, met by a numerical solution"
_SAMPLED = "the expected percentile was sampled from 200,000 patients: four standard errors"
_DAY_3, _DAY_7, _DAY_14, _DAY_28 = 88.62, 3105.3, 11411.5, 1373.5588
_AREA_28, _AREA_ALL = 171774.285, 235051.0
_LATE_AREAS = (
    "(1 - fraction_slow)*c_max*(1 - exp(-k_decline_fast*(28 - t_max)))/k_decline_fast"
    " + fraction_slow*c_max*(1 - exp(-k_decline_slow*(28 - t_max)))/k_decline_slow"
)
_EARLY_AREA = "(c_max - c_max/fold_expansion)/(log(fold_expansion)/t_max)"


def _level(
    day: float, expected: float, ours: float, tolerance: float, reason: str = _EXACT
) -> Check:
    return Check(
        name=f"transgene on day {day:g}",
        quantity="value",
        output="transgene",
        end=day,
        expected=expected,
        ours=ours,
        tolerance=tolerance,
        reason=reason,
        unit="copies/ug",
        mark=Mark.OWN_VALUE,
        source=LEUCEL.id,
    )


def _formula(
    name: str,
    formula: str,
    expected: float,
    ours: float,
    tolerance: float,
    reason: str,
    unit: str,
    *,
    mark: Mark = Mark.OWN_VALUE,
    source: str = LEUCEL.id,
    place: str = "",
    choices: tuple[tuple[str, str], ...] = (),
) -> Check:
    return Check(
        name=name,
        quantity="formula",
        formula=formula,
        expected=expected,
        ours=ours,
        tolerance=tolerance,
        reason=reason,
        unit=unit,
        mark=mark,
        source=source,
        place=place,
        choices=choices,
    )


_PUBLISHED = (
    _formula(
        "doubling time during expansion",
        "log(2)*t_max/log(fold_expansion)",
        0.78,
        0.0,
        0.0065,
        "printed with two digits: half a unit of the last one",
        "day",
        mark=Mark.REPRODUCED,
        source=STEIN_2019.id,
        place="abstract",
    ),
    _formula(
        "half-life of the fast decline",
        "log(2)/k_decline_fast",
        4.3,
        0.0,
        0.012,
        "printed with two digits: half a unit of the last one",
        "day",
        mark=Mark.REPRODUCED,
        source=STEIN_2019.id,
        place="abstract",
    ),
    _formula(
        "half-life of the slow decline",
        "log(2)/k_decline_slow",
        220.0,
        0.0,
        0.023,
        "printed with two digits: half a unit of the last one, and the rate itself has two digits",
        "day",
        mark=Mark.REPRODUCED,
        source=STEIN_2019.id,
        place="abstract",
    ),
)


def _percentiles() -> tuple[Check, ...]:
    # 1.6448536 is the 95% quantile of the standard normal distribution.
    rows = (
        ("variances", "c_max", "copies/ug", 6346.0, 89990.0),
        ("variances", "t_max", "day", 3.4, 25.5),
        ("standard_deviations", "c_max", "copies/ug", 8273.0, 69950.0),
        ("standard_deviations", "t_max", "day", 5.0, 17.4),
    )
    found: list[Check] = []
    for reading, name, unit, low, high in rows:
        for percent, sign, expected in ((5, "-", low), (95, "", high)):
            found.append(
                _formula(
                    f"{percent}th percentile of {name}, read as {reading.replace('_', ' ')}",
                    f"{name}*exp({sign}1.6448536*omega_{name})",
                    expected,
                    0.0,
                    0.02,
                    _SAMPLED + "; times are printed with one decimal",
                    unit,
                    choices=((RANDOM_EFFECTS.name, reading),),
                )
            )
    return tuple(found)


CLOSED_FORM_CARD = ModelCard(
    id=CLOSED_FORM_ID,
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
        " not known.",
    ),
    limits=(
        "An empirical model: it holds no tumor, no dose and no response.",
        "With log-normal effects a slow fraction above 1 is possible in principle (one patient in"
        " tens of millions in the variance reading).",
    ),
    choices=(RANDOM_EFFECTS,),
    checks=(
        *_PUBLISHED,
        _level(3.0, _DAY_3, 0.0, 1e-4),
        _level(7.0, _DAY_7, 0.0, 1e-4),
        _level(9.3, 24000.0, 0.0, 1e-12),
        _level(14.0, _DAY_14, 0.0, 1e-5),
        _level(28.0, _DAY_28, 0.0, 1e-7),
        _formula(
            "area under the curve to day 28",
            f"{_EARLY_AREA} + {_LATE_AREAS}",
            _AREA_28,
            0.0,
            1e-7,
            _EXACT,
            "copies/ug*day",
        ),
        _formula(
            "area under the curve to infinity",
            f"{_EARLY_AREA} + c_max*((1 - fraction_slow)/k_decline_fast"
            " + fraction_slow/k_decline_slow)",
            _AREA_ALL,
            0.0,
            1e-5,
            _EXACT,
            "copies/ug*day",
        ),
        *_percentiles(),
    ),
    license="Facts from an open-access paper (CC BY-NC-ND 4.0); equations and values only",
    status=CardStatus.PROVISIONAL,
)
ODE_CARD = replace(
    CLOSED_FORM_CARD,
    id=ODE_ID,
    title="Tisagenlecleucel, piecewise cellular kinetics (ODE twin)",
    reason="The closed form as two pools, so that it can be joined to a tumor or a drug, and so"
    " that solvers are checked against an exact answer with a kink in time.",
    checks=(
        _level(7.0, _DAY_7, 0.0, 1e-4, _SOLVER),
        _level(14.0, _DAY_14, 0.0, 1e-4, _SOLVER),
        _level(28.0, _DAY_28, 0.0, 1e-4, _SOLVER),
        Check(
            name="area under the curve to day 28",
            quantity="area",
            output="transgene",
            end=28.0,
            expected=_AREA_28,
            ours=0.0,
            tolerance=1e-4,
            reason=_SOLVER,
            unit="copies/ug*day",
            mark=Mark.OWN_VALUE,
            source=LEUCEL.id,
        ),
    ),
)
