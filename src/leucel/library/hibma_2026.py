"""Hibma 2026: soluble BCMA and the odds of cytokine release under elranatamab."""

from __future__ import annotations

import math
from collections.abc import Mapping

from leucel.core import Kind, Mark
from leucel.library.cards import CardStatus, Choice, Defect, ModelCard, Published
from leucel.library.oracles import Oracle
from leucel.library.reviews import REVIEWS
from leucel.library.sources import HIBMA_2026, LEUCEL, NLMIXR2LIB, POELS_2025, SINGH_2021
from leucel.library.values import Quoted, Quotes, own_value, parameters_of, symbols_of
from leucel.model import Expression, ModelSpec, Output, State

_TURNOVER, _CRS = "hibma_2026_s_bcma", "hibma_2026_crs"
_q = Quotes(source=HIBMA_2026, place="parameter table, through nlmixr2lib", n=321)
_SIZE = 5.4
_BASELINE = (
    _q("s_bcma_baseline", 6.914, "nM", "sBCMA_BL", "soluble BCMA at baseline", omega=1.346,
       note="RSE 7.8%; variability 134.6% as 100 times the standard deviation"),
    _q("ng_per_nmol", _SIZE, "ng/mL/nM", "5.4 kDa", "mass of soluble BCMA",
       note="37 ng/mL are 6.914 nM"),
)  # fmt: skip
_OWN_TURNOVER = (
    _q("clearance", 0.273, "L/day", "sBCMA_CL", "clearance of soluble BCMA", omega=4.48,
       note="RSE 21%; variability 448% as 100 times the standard deviation"),
    _q("volume", 15.418, "L", "sBCMA_V", "volume of soluble BCMA", omega=1.36,
       note="RSE 10.9%; variability 136% as 100 times the standard deviation"),
)  # fmt: skip
_BINDING = (
    _q("kd", 3.138, "nM", "Kd", "soluble BCMA at half of the drug bound", omega=0.148,
       note="RSE 3.3%; variability 14.8% as 100 times the standard deviation, fixed"),
)  # fmt: skip
_INPUTS = (
    own_value("drug_total", 0.0, "nM", "drug in blood, free and bound",
              "an input: an antibody that binds one soluble BCMA in rapid equilibrium; none as"
              " default"),
    own_value("production_factor", 1.0, "1", "production of soluble BCMA relative to baseline",
              "an input: tumor burden relative to baseline drives it; unchanged as default"),
)  # fmt: skip
TURNOVER = Choice(
    name="turnover",
    options=(
        ("hibma_2026", "clearance and volume of this paper: half-life 39 days"),
        ("singh_2021", "0.7 a day: half-life 1 day"),
        ("poels_2025", "0.01925 an hour: half-life 36 hours"),
    ),
    reason="The three sources differ forty-fold, and the clearance of this paper varies with 448%:"
    " treat the turnover of soluble BCMA as poorly known.",
)


def _turnover(option: str) -> tuple[Quoted, ...]:
    if option == "singh_2021":
        q = Quotes(source=SINGH_2021, place="Table 1, through nlmixr2lib")
        return (q("k_loss", 0.7, "1/day", "Kb", "loss of soluble BCMA"),)
    if option == "poels_2025":
        q = Quotes(source=POELS_2025, place="Suppl. Table 2, through nlmixr2lib")
        return (
            q("k_loss", 0.01925 * 24.0, "1/day", "kS", "loss of soluble BCMA", kind=Kind.DERIVED,
              note="printed as 0.01925 1/h"),
        )  # fmt: skip
    return _OWN_TURNOVER


def build_turnover(choices: Mapping[str, str]) -> ModelSpec:
    """Soluble BCMA that is made and lost; `choices` as in the card."""
    option = choices[TURNOVER.name]
    rate = Expression(
        name="k_loss", text="clearance/volume", unit="1/day", meaning="loss of soluble BCMA"
    )
    return ModelSpec(
        name=_TURNOVER,
        description="Turnover of soluble BCMA in blood",
        parameters=parameters_of(*_BASELINE, *_turnover(option), *_BINDING, *_INPUTS),
        expressions=((rate,) if option == "hibma_2026" else ())
        + (
            Expression(
                name="all_sites",
                text="drug_total + s_bcma + kd",
                unit="nM",
                meaning="drug, soluble BCMA and the dissociation constant together",
            ),
            Expression(
                name="bound_share",
                # The smaller root of the equilibrium, without a difference of near equals.
                text="2*s_bcma/(all_sites + sqrt(all_sites^2 - 4*drug_total*s_bcma))",
                meaning="share of the drug that is bound",
            ),
        ),
        states=(
            State(
                name="s_bcma", unit="nM", initial="s_bcma_baseline", meaning="soluble BCMA in blood"
            ),
        ),
        odes={"s_bcma": "k_loss*(s_bcma_baseline*production_factor - s_bcma)"},
        outputs=(
            Output(
                name="s_bcma",
                text="s_bcma*ng_per_nmol",
                unit="ng/mL",
                meaning="soluble BCMA in blood",
            ),
            Output(
                name="s_bcma_relative",
                text="s_bcma/s_bcma_baseline",
                meaning="soluble BCMA relative to baseline",
            ),
            Output(
                name="s_bcma_free",
                text="(s_bcma - bound_share*drug_total)*ng_per_nmol",
                unit="ng/mL",
                meaning="soluble BCMA that no drug binds",
            ),
            Output(
                name="drug_free_fraction",
                text="1 - bound_share",
                meaning="share of the drug that is free",
            ),
        ),
    )


_c = Quotes(source=HIBMA_2026, place="CRS model, through nlmixr2lib", n=183)
_LOGIT = (
    _c("intercept", -7.65, "1", "intercept", "logit of cytokine release at 1 ng/mL and low burden",
       low=-math.inf, interval=(-10.5, -5.03)),
    _c("beta_burden", 1.14, "1", "high burden", "change of the logit with high burden",
       interval=(0.335, 1.97)),
    _c("beta_exposure", 1.35, "1", "ln Ctrough", "change of the logit with the log of exposure",
       interval=(0.869, 1.88)),
)  # fmt: skip
_EXPOSURE = (
    own_value("concentration", 212.0, "ng/mL", "free trough concentration after the first dose",
              "an input; the value of the check as default", low=1e-9),
    own_value("high_burden", 0.0, "1", "1 with high burden", "an input; low or intermediate burden"
              " as default", high=1.0),
)  # fmt: skip


def build_crs(choices: Mapping[str, str]) -> ModelSpec:
    """The odds of cytokine release of any grade after the first dose of 12 mg."""
    return ModelSpec(
        name=_CRS,
        description="Logistic regression of cytokine release on exposure and burden",
        parameters=parameters_of(*_LOGIT, *_EXPOSURE),
        expressions=(
            Expression(
                name="log_odds",
                text="intercept + beta_burden*high_burden"
                " + beta_exposure*log(concentration/1 [ng/mL])",
                meaning="logit of the probability",
            ),
        ),
        outputs=(
            Output(
                name="crs_any",
                text="logistic(log_odds)",
                meaning="probability of cytokine release of any grade",
            ),
            Output(
                name="crs_odds",
                text="logistic(log_odds)/(1 - logistic(log_odds))",
                meaning="odds of cytokine release of any grade",
            ),
        ),
    )


_bcma, _crs = Oracle(model=_TURNOVER), Oracle(model=_CRS)
_READ = "article Hibma_2026_elranatamab, read 2026-11-22"
_lib = Oracle(model=_TURNOVER, source=NLMIXR2LIB, mark=Mark.REPRODUCED, place=_READ)
_table = Oracle(
    model=_CRS, source=HIBMA_2026, mark=Mark.REPRODUCED, place="ESM Table S2, through nlmixr2lib"
)
_figure = Oracle(
    model=_CRS, source=NLMIXR2LIB, mark=Mark.REPRODUCED, place=f"figure 6a in the {_READ}",
    rough=True,
)  # fmt: skip
_printed = "39 days, rounded from clearance and volume"
MODELS = (
    Published(
        card=ModelCard(
            id=_TURNOVER,
            title="Turnover of soluble BCMA",
            source=HIBMA_2026,
            others=(NLMIXR2LIB, SINGH_2021, POELS_2025, LEUCEL),
            reason="Soluble BCMA in 321 patients with variability; the conflict on its turnover"
            " shown as a choice.",
            product="elranatamab",
            target="BCMA",
            population="Adults with multiple myeloma, n = 321",
            assay="soluble BCMA in serum, nM; the rule for values below the limit is not known"
            " (13,233 observations above it)",
            data="Population fit together with the drug that binds it in rapid equilibrium",
            symbols=symbols_of(*_BASELINE, *_OWN_TURNOVER, *_BINDING),
            assumptions=("Production equals loss at baseline; tumor burden scales it.",),
            defects=(
                Defect(
                    what="The half-life is 39 days here, 1 day in Singh 2021 and 36 hours in Poels"
                    " 2025.",
                    resolution="All three are a choice (turnover).",
                ),
                Defect(
                    what="A variability of 448% is a standard deviation on the log scale, not a"
                    " coefficient of variation.",
                    resolution="omega is 4.48; individual clearances span ten orders of magnitude.",
                ),
            ),
            deviations=(
                "The kinetics of the drug are left out: its total level is an input that binds"
                " soluble BCMA but does not change its loss (the complex of the source is lost with"
                " 0.164 L/day of 3.802 L).",
                "The residual errors of the source (proportional, 0.518 free and 0.347 total) are"
                " left out with it.",
            ),
            limits=("Cohort medians at baseline reach from 0 to 267 nM, median 8.29.",),
            choices=(TURNOVER,),
            checks=(
                _lib("share of a small dose that is free", "value", "0.31", "1",
                     output="drug_free_fraction", end=28.0),
                _bcma("half-life, Hibma 2026", "formula", "39", "day",
                      formula="log(2)*volume/clearance", tolerance=0.013, reason=_printed),
                _bcma("half-life, Singh 2021", "formula", "0.99", "day", formula="log(2)/k_loss",
                      choices=(("turnover", "singh_2021"),)),
                _bcma("half-life, Poels 2025", "formula", "36", "h", formula="24*log(2)/k_loss",
                      choices=(("turnover", "poels_2025"),)),
                _bcma("baseline in mass", "formula", "37", "ng/mL",
                      formula="s_bcma_baseline*ng_per_nmol"),
                _bcma("without production, one half-life of 36 hours", "value", "0.5", "1",
                      output="s_bcma_relative", end=36.007645 / 24.0,
                      cohort=((("production_factor", 0.0),),),
                      choices=(("turnover", "poels_2025"),), tolerance=1e-5,
                      reason="an identity"),
            ),
            license="Facts from a paper and a GPL repository; equations and values only",
            review=REVIEWS.get(_TURNOVER),
            status=CardStatus.REVIEWED,
        ),
        build=build_turnover,
    ),
    Published(
        card=ModelCard(
            id=_CRS,
            title="Odds of cytokine release with exposure and tumor burden",
            source=HIBMA_2026,
            others=(NLMIXR2LIB, LEUCEL),
            reason="How burden and exposure raise the odds of cytokine release against BCMA: the"
            " form of the layer for CAR-T cells, where the peak of the cells takes the place of the"
            " concentration.",
            product="elranatamab",
            target="BCMA",
            population="Adults with multiple myeloma after the first 12 mg, n = 183, 79 with"
            " cytokine release",
            assay="cytokine release of any grade",
            data="Logistic regression; area under the curve of the classifier 0.746",
            symbols=symbols_of(*_LOGIT),
            assumptions=(
                "High burden: marrow plasma cells of at least 80%, M-spike of at least 5 g/dL or"
                " free light chains of at least 5000 mg/L.",
            ),
            limits=("The exposure of an antibody does not carry over to CAR-T cells.",),
            checks=(
                _table("odds ratio of exposure, per unit of its logarithm", "value", "3.86", "1",
                       output="crs_odds", cohort=((("concentration", 212.0*math.e),),),
                       against_values=(("concentration", 212.0),)),
                _table("odds ratio of a high burden", "value", "3.11", "1", output="crs_odds",
                       cohort=((("high_burden", 1.0),),), against_values=(("high_burden", 0.0),),
                       tolerance=0.0066, reason="of a coefficient printed with two decimals, which"
                       " moves the ratio by 0.5%; printed with three digits"),
                _figure("probability at a log of exposure of 3.6", "value", "0.06", "1",
                        output="crs_any", cohort=((("concentration", math.exp(3.6)),),),
                        tolerance=0.34, reason="read off the curve within 0.02"),
                _figure("probability at a log of exposure of 7", "value", "0.87", "1",
                        output="crs_any", cohort=((("concentration", math.exp(7.0)),),),
                        tolerance=0.035, reason="read off the curve within 0.03"),
                _crs("low burden at 212 ng/mL", "value", "0.397", "1", output="crs_any"),
                _crs("low burden at 212 ng/mL, by formula", "formula", "0.397", "1",
                     formula="logistic(intercept + beta_exposure*log(212))"),
            ),
            license="Facts from a paper and a GPL repository; equations and values only",
            review=REVIEWS.get(_CRS),
            status=CardStatus.REVIEWED,
        ),
        build=build_crs,
    ),
)  # fmt: skip
