"""Srimani 2022: M-protein with dropout, relapse and progression-free survival in myeloma."""

from __future__ import annotations

import math
from collections.abc import Mapping

from leucel.core import Evidence, Kind, Mark
from leucel.library.cards import CardStatus, Choice, Defect, ModelCard, Published
from leucel.library.oracles import Oracle
from leucel.library.reviews import REVIEWS
from leucel.library.sources import GUPTA_2017, LEUCEL, NLMIXR2LIB, SRIMANI_2022
from leucel.library.srimani_2022_drug import JOINED, VALUES
from leucel.library.values import Quoted, Quotes, own_value, parameters_of, symbols_of
from leucel.model import Event, Expression, ModelSpec, Output, Residual, State

ID = "srimani_2022_ixazomib"
_q = Quotes(source=SRIMANI_2022, place="Table 2", n=467, note="read through nlmixr2lib")


def _log(name: str, printed: float, unit: str, symbol: str, meaning: str, *,
         variance: float | None = None) -> Quoted:  # fmt: skip
    """A value that the paper prints as its natural logarithm."""
    return _q(
        name,
        math.exp(printed),
        unit,
        symbol,
        meaning,
        omega=None if variance is None else math.sqrt(variance),
        kind=Kind.DERIVED,
        note=f"printed as the logarithm {printed:g}"
        + ("" if variance is None else f", variance {variance:g}"),
    )


_RESPONSE = (
    _log("k_response", -6.70, "1/h", "kR", "rate of the response of the sensitive M-protein",
         variance=0.655),
    _log("depth", -1.95, "1", "Yss", "M-protein at steady state without ixazomib, share of"
         " baseline", variance=2.39),
    _log("k_regrowth", -9.78, "1/h", "kL", "growth of the resistant M-protein after the nadir",
         variance=1.34),
    _q("imax", 0.758, "1", "Imax", "largest reduction of the depth by ixazomib", high=1.0),
    _log("ic50", 1.19, "ng/mL", "IC50", "concentration at half of that"),
    _q("beta_k_response_high_risk", 0.590, "1", "kR (BCYABCAT)", "change of the rate with high-risk"
       " cytogenetics", low=-1.0),
    _q("beta_depth_naive", -0.427, "1", "Yss (PIMID)", "change of the depth in patients naive to"
       " immunomodulatory drugs", low=-1.0),
)  # fmt: skip
_HAZARDS = (
    _log("k_dropout", -10.1, "1/h", "lambda0 (dropout)", "hazard of dropout"),
    _q("k_dropout_depth", 1.25e-5, "1/h", "lambda_RSS", "hazard of dropout per relative M-protein"
       " at steady state"),
    _log("t_half_dropout", 8.14, "h", "ET50 (dropout)", "time after the lag at half onset"),
    _log("t_lag_dropout", 6.86, "h", "t0", "time before anyone drops out"),
    _log("k_dropout_m_protein", -6.60, "1/h", "lambda_M-protein", "hazard of dropout per relative"
         " M-protein above the threshold"),
    _log("threshold_dropout", 0.148, "1", "alpha_BL", "M-protein relative to baseline above which"
         " it drives dropout"),
    _log("scale_hazard_relapse", -1.23, "1", "lambda0 (relapse)", "multiplier of the relapse"
         " hazard"),
    _log("t_relapse", 10.9, "h", "alpha", "scale of the log-logistic relapse time"),
    _log("n_relapse", 0.938, "1", "beta", "shape of the log-logistic relapse time"),
    _q("no_nadir_probit", -1.67, "1", "P_tnadir,0", "probit of the share without a nadir",
       low=-math.inf, note="not used by the equations: draw the patients without a nadir with it"),
    _q("beta_relapse_drug", 0.0509, "mL/ng", "alpha_IXA", "effect of concentration on the scale of"
       " relapse"),
    _q("beta_relapse_response", -2960.0, "h", "alpha_kR", "effect of the response rate on the scale"
       " of relapse", low=-math.inf),
    _q("intercept_relapse", 0.0509, "1", "alpha_kR,0", "intercept of that effect"),
    _log("k_progression", -9.21, "1/h", "lambda0 (PFS)", "hazard of progression or death of the"
         " median patient"),
    _q("beta_progression_drug", -0.00108, "mL/(ng*h)", "lambda_IXA", "effect of the weekly area on"
       " that hazard", low=-math.inf),
    _log("t_half_progression", 7.82, "h", "ET50 (PFS)", "time at half onset of that hazard"),
    _q("n_progression_response", 0.798, "1", "lambda0 (kR)", "power of the response rate"),
    _q("n_progression_depth", 0.680, "1", "lambda0 (Yss)", "power of the depth"),
    _q("n_progression_baseline", 0.784, "1", "lambda0 (M-protein)", "power of the baseline"),
    _q("m_protein_reference", 23.0, "g/L", "median Y_BL", "M-protein of the median patient",
       place="Table 1", note="range 10-102"),
)  # fmt: skip
_PATIENT = (
    own_value("m_protein_baseline", 23.0, "g/L", "M-protein at baseline, an observation",
              "an input; the median of the data as default"),
    own_value("high_risk", 0.0, "1", "1 with high-risk cytogenetics", "an input; standard risk"
              " as default", high=1.0),
    own_value("naive", 0.0, "1", "1 when naive to immunomodulatory drugs", "an input; exposed, as"
              " 56% of the patients, as default", high=1.0),
    own_value("t_nadir", 1e4, "day", "time from which the resistant M-protein grows", "an input, in"
              " the paper taken from each patient's observations; the default is never"),
)  # fmt: skip
_EXPOSURE = (
    own_value("concentration", 0.0, "ng/mL", "ixazomib in plasma, constant", "an input; placebo as"
              " default"),
    own_value("area_week", 0.0, "ng*h/mL", "area under the concentration of a week", "an input;"
              " placebo as default"),
)  # fmt: skip
_SURFACE = own_value("surface", 1.87, "m^2", "body surface", "an input; the typical patient")
_AREA = _EXPOSURE[1]

DRUG = Choice(
    name="drug",
    options=(
        ("constant", "the concentration is a number, 0 for placebo"),
        (
            "oral",
            "three compartments of Gupta 2017; doses in mg; the lag of 13 minutes is left out",
        ),
    ),
    reason="For CAR-T programmes the response, dropout and survival layers are wanted without the"
    " drug.",
)

_HOUR = "24 [h/day]"
_EXPRESSIONS = (
    Expression(name="hours", text=f"t*{_HOUR}", unit="h", meaning="time in hours"),
    Expression(
        name="k_response_patient",
        text="k_response*(1 + beta_k_response_high_risk*high_risk)",
        unit="1/h",
        meaning="response rate with cytogenetics (equation 6)",
    ),
    Expression(
        name="depth_patient",
        text="depth*(1 + beta_depth_naive*naive)",
        meaning="depth with prior therapy (equation 7)",
    ),
    Expression(
        name="steady_state",
        text="depth_patient*(1 - imax*concentration/(ic50 + concentration))",
        meaning="relative M-protein at steady state under the drug, Rss",
    ),
    Expression(
        name="resistant",
        text=f"exp(k_regrowth*{_HOUR}*max(t - t_nadir, 0)) - 1",
        meaning="resistant M-protein relative to baseline",
    ),
    Expression(
        name="relative",
        text="sensitive + resistant",
        meaning="M-protein relative to baseline (equation 2)",
    ),
    Expression(
        name="t_after_lag",
        text="max(hours - t_lag_dropout, 0)",
        unit="h",
        meaning="time at risk of dropout",
    ),
    Expression(
        name="k_hazard_dropout",
        text="(k_dropout + k_dropout_depth*steady_state"
        " + if(relative > threshold_dropout, k_dropout_m_protein*relative, 0))"
        "*t_after_lag/(t_half_dropout + t_after_lag)",
        unit="1/h",
        meaning="hazard of dropout (equations 8 and 9)",
    ),
    Expression(
        name="scale_relapse",
        text="t_relapse*(1 + beta_relapse_drug*concentration)"
        "*(exp(beta_relapse_response*k_response_patient) + intercept_relapse)",
        unit="h",
        meaning="scale of the relapse time of the patient",
    ),
    Expression(
        name="k_hazard_relapse",
        text="scale_hazard_relapse*(n_relapse/scale_relapse)"
        "*(hours/scale_relapse)^(n_relapse - 1)/(1 + (hours/scale_relapse)^n_relapse)",
        unit="1/h",
        meaning="hazard of relapse (equations 10 to 12)",
    ),
    Expression(
        name="k_hazard_progression",
        text="k_progression*(k_response_patient/k_response_reference)^n_progression_response"
        "*(depth_patient/depth_reference)^n_progression_depth"
        "*(m_protein_baseline/m_protein_reference)^n_progression_baseline"
        "*hours/(hours + t_half_progression)*exp(beta_progression_drug*area_week)",
        unit="1/h",
        meaning="hazard of progression or death (equation 13)",
    ),
)
_REFERENCES = (
    _q("k_response_reference", 0.001488, "1/h", "kR, median", "response rate of the median patient",
       place="equation 13"),
    _q("depth_reference", 0.15, "1", "Yss, median", "depth of the median patient",
       place="equation 13"),
)  # fmt: skip


def build(choices: Mapping[str, str]) -> ModelSpec:
    """The joint model; `choices` as in the card."""
    oral = choices[DRUG.name] == "oral"
    inputs = (*VALUES, _SURFACE, _AREA) if oral else _EXPOSURE
    expressions, states, odes = _EXPRESSIONS, (), {}
    if oral:
        expressions = (
            Expression(
                name="concentration",
                text="central/vol_central*1000 [ng*L/(mg*mL)]",
                unit="ng/mL",
                meaning="ixazomib in plasma",
            ),
            Expression(
                name="vol_third_patient",
                text="vol_third*(surface/surface_reference)^n_vol_third",
                unit="L",
                meaning="volume of the third compartment of the patient",
            ),
            *_EXPRESSIONS,
        )
        states = (
            State(name="depot", unit="mg", meaning="ixazomib not yet absorbed"),
            State(name="central", unit="mg", meaning="ixazomib in the central compartment"),
            State(name="second", unit="mg", meaning="ixazomib in the second compartment"),
            State(name="third", unit="mg", meaning="ixazomib in the third compartment"),
        )
        odes = {
            "depot": f"-{_HOUR}*k_absorption*depot",
            "central": f"{_HOUR}*(k_absorption*bioavailability*depot"
            " - (clearance + flow_second + flow_third)/vol_central*central"
            " + flow_second/vol_second*second + flow_third/vol_third_patient*third)",
            "second": f"{_HOUR}*flow_second*(central/vol_central - second/vol_second)",
            "third": f"{_HOUR}*flow_third*(central/vol_central - third/vol_third_patient)",
        }
    outputs = (
        Output(name="m_protein", text="m_protein_baseline*relative", unit="g/L",
               meaning="M-protein in serum"),
        Output(name="m_protein_relative", text="relative",
               meaning="M-protein relative to baseline"),
        Output(name="on_study", text="exp(-hazard_dropout)", meaning="probability of no dropout"),
        Output(name="nadir_ahead", text="exp(-hazard_relapse)", meaning="probability that the nadir"
               " lies ahead"),
        Output(name="progression_free", text="exp(-hazard_progression)", meaning="probability of"
               " progression-free survival"),
    )  # fmt: skip
    drug = (Output(name="concentration", text="concentration", unit="ng/mL",
                   meaning="ixazomib in plasma"),)  # fmt: skip
    return ModelSpec(
        name=ID,
        description="Sensitive and resistant M-protein; dropout, relapse, progression",
        parameters=parameters_of(*_RESPONSE, *_HAZARDS, *_REFERENCES, *_PATIENT, *inputs),
        expressions=expressions,
        states=(
            *states,
            State(name="sensitive", initial="1", meaning="sensitive M-protein, share of baseline"),
            State(name="hazard_dropout", meaning="cumulative hazard of dropout"),
            State(name="hazard_relapse", meaning="cumulative hazard of relapse"),
            State(name="hazard_progression", meaning="cumulative hazard of progression or death"),
        ),
        odes={
            **odes,
            "sensitive": f"{_HOUR}*k_response_patient*(steady_state - sensitive)",
            "hazard_dropout": f"{_HOUR}*k_hazard_dropout",
            "hazard_relapse": f"{_HOUR}*k_hazard_relapse",
            "hazard_progression": f"{_HOUR}*k_hazard_progression",
        },
        events=(
            Event(name="regrowth", when="t_nadir - t", meaning="the resistant M-protein begins"),
            Event(name="dropout_begins", when="t_lag_dropout - hours", meaning="dropout begins"),
        ),
        outputs=(*outputs, *drug) if oral else outputs,
        correlations=(JOINED,) if oral else (),
        residuals=(
            _residual("proportional", 0.218, "1", "Prop. Error"),
            _residual("additive", 0.5, "g/L", "Add. Error (fixed)"),
        ),
        dose_state="depot" if oral else None,
    )


def _residual(kind: str, sigma: float, unit: str, note: str) -> Residual:
    return Residual(
        output="m_protein",
        kind=kind,  # type: ignore[arg-type]
        sigma=sigma,
        evidence=Evidence(
            value=sigma, unit=unit, n=467, source=SRIMANI_2022.id, place="Table 2", mark=Mark.SEEN,
            kind=Kind.REPORTED, note=note,
        ),
    )  # fmt: skip


_paper = Oracle(model=ID, source=SRIMANI_2022, mark=Mark.REPRODUCED, place="Table 2")
_lib = Oracle(
    model=ID, source=NLMIXR2LIB, mark=Mark.REPRODUCED, place="article Srimani_2022_ixazomib"
)
_own = Oracle(model=ID)
_WEEK = "168"
_LOGS = "the value is printed as a logarithm with three digits"
CHECKS = (
    _paper("response rate a week", "formula", "0.206", "1/week", formula=f"k_response*{_WEEK}",
           tolerance=0.005, reason=_LOGS),
    _paper("depth", "formula", "14.3", "%", formula="100*depth", tolerance=0.006, reason=_LOGS),
    _paper("half-inhibitory concentration", "formula", "3.29", "ng/mL", formula="ic50"),
    _paper("regrowth rate a week", "formula", "0.00951", "1/week", formula=f"k_regrowth*{_WEEK}",
           tolerance=0.001, reason=_LOGS),
    _paper("hazard of dropout a week", "formula", "0.00697", "1/week", formula=f"k_dropout*{_WEEK}",
           tolerance=0.025, reason=_LOGS + ": 0.05 in the logarithm"),
    _paper("time at half onset of dropout, weeks", "formula", "20.4", "week",
           formula=f"t_half_dropout/{_WEEK}", tolerance=0.005, reason=_LOGS),
    _paper("lag of dropout, weeks", "formula", "5.68", "week", formula=f"t_lag_dropout/{_WEEK}",
           tolerance=0.005, reason=_LOGS),
    _paper("hazard of dropout by M-protein a week", "formula", "0.228", "1/week",
           formula=f"k_dropout_m_protein*{_WEEK}", tolerance=0.005, reason=_LOGS),
    _paper("threshold of dropout", "formula", "116", "%", formula="100*threshold_dropout"),
    _paper("scale of relapse, weeks", "formula", "321", "week", formula=f"t_relapse/{_WEEK}",
           tolerance=0.01, reason=_LOGS + ": 0.05 in the logarithm would be 5%"),
    _paper("shape of relapse", "formula", "2.56", "1", formula="n_relapse",
           tolerance=0.003, reason=_LOGS),
    _paper("hazard of progression a week", "formula", "0.0168", "1/week",
           formula=f"k_progression*{_WEEK}", tolerance=0.005, reason=_LOGS),
    _paper("half onset of progression, weeks", "formula", "14.8", "week",
           formula=f"t_half_progression/{_WEEK}", tolerance=0.005, reason=_LOGS),
    _paper("effect of the response rate on the scale of relapse, weeks", "formula", "-17.6", "week",
           formula=f"beta_relapse_response/{_WEEK}"),
    *(
        _own(f"M-protein in week {week}, typical patient on placebo", "value", printed, "g/L",
             output="m_protein", end=7.0*week)
        for week, printed in ((4, "11.90"), (8, "7.04"), (12, "4.92"))
    ),
    _own("half-life of the response", "formula", "23.5", "day",
         formula="log(2)/(k_response*24)", tolerance=0.0055,
         reason="from the unrounded rate; the printed logarithm has three digits"),
    _own("area of a single dose of 4 mg", "formula", "1247", "ng*h/mL", choices=(("drug", "oral"),),
         formula="4e6*bioavailability/(clearance*1000)"),
    _lib("area of a single dose of 4 mg, simulated", "area", "51.96", "ng*day/mL",
         output="concentration", end=365.0, dose=4.0, choices=(("drug", "oral"),), tolerance=0.0005,
         reason="printed as 1247 ng*h/mL, four digits, here in days; a year stands for all time"),
)  # fmt: skip

CARD = ModelCard(
    id=ID,
    title="Ixazomib, lenalidomide and dexamethasone: M-protein, dropout, relapse, progression",
    source=SRIMANI_2022,
    others=(GUPTA_2017, NLMIXR2LIB, LEUCEL),
    reason="The one open myeloma model with residual error of M-protein, dropout, relapse and"
    " progression-free survival together: a template for the response layer of CAR-T programmes,"
    " where the depth follows from the kill and the regrowth from the resistant clone.",
    product="ixazomib with lenalidomide and dexamethasone",
    target="proteasome",
    population="Adults with relapsed or refractory multiple myeloma after one to three lines,"
    " TOURMALINE-MM1, 467 patients with M-protein of at least 10 g/L",
    assay="serum M-protein, g/L; the handling of values below the limit is not known",
    data="240 patients with ixazomib and 227 with placebo; NONMEM, with post-hoc kinetics of"
    " Gupta 2017",
    symbols=symbols_of(*_RESPONSE, *_HAZARDS, *_REFERENCES),
    assumptions=(
        "The sensitive M-protein approaches its depth with one rate; the resistant part grows"
        " from the time of the nadir, which is an input.",
        "For the oral choice the concentration is that of one occasion; doses enter in mg.",
    ),
    defects=(
        Defect(
            what="Values are printed as logarithms of three digits and as rounded rates.",
            resolution="The logarithms are used; the rates are checks.",
        ),
        Defect(
            what="0.0509 is printed for two parameters, the effect of concentration on the scale of"
            " relapse (alpha_IXA) and the intercept of the effect of the response rate"
            " (alpha_kR,0), with other standard errors and intervals.",
            resolution="Both are used as printed, as in nlmixr2lib; one may be a slip.",
        ),
        Defect(
            what="The effect of the weekly area on the hazard of progression is printed per"
            " ug*h/mL: a week of 4 mg would change the hazard by 0.1%.",
            resolution="It is read per ng*h/mL, as in nlmixr2lib.",
        ),
        Defect(
            what="The hazard of dropout is written with a symbol Rss, which is not defined.",
            resolution="It is the relative M-protein at steady state under the drug, as in"
            " nlmixr2lib.",
        ),
    ),
    deviations=(
        "The weekly area under the concentration is an input (area_week) and not the trailing"
        " integral of 168 hours.",
        "The absorption lag of 13 minutes is left out.",
    ),
    limits=(
        "Fitted under continuous therapy: hazards of dropout and progression do not carry over to a"
        " single infusion without calibration.",
        "Of 2000 virtual patients 47% on placebo are free of progression in week 80 and 36% in week"
        " 120; the paper simulates 50 to 66% and 38 to 56%. The other ten numbers of its figures 2b"
        " to 2d are met to one point.",
        "With the oral drug the published spread of bioavailability, log-normal with 73% CV around"
        " 0.58, puts 20% of drawn patients above 1. Clearance and bioavailability are correlated"
        " (0.82), so their ratio, the exposure, varies less than either alone suggests.",
    ),
    choices=(DRUG,),
    checks=CHECKS,
    license="Facts from an open-access paper and a GPL repository; equations and values only",
    review=REVIEWS.get(ID),
    status=CardStatus.REVIEWED,
)

MODELS = (Published(card=CARD, build=build),)
