"""Poels 2025: myeloma growth and kill, M-protein, light chains, soluble BCMA, cytokine."""

from __future__ import annotations

from collections.abc import Mapping

from leucel.core import Kind, Mark
from leucel.library.cards import CardStatus, Choice, Defect, ModelCard, Published
from leucel.library.oracles import Oracle
from leucel.library.reviews import REVIEWS
from leucel.library.sources import LEUCEL, NLMIXR2LIB, POELS_2025, SINGH_2021
from leucel.library.values import Quoted, Quotes, own_value, parameters_of, symbols_of
from leucel.model import Expression, ModelSpec, Output, State

ID = "poels_2025_biomarkers"
_q = Quotes(source=POELS_2025, place="Suppl. Tables 2 and 3", note="read through nlmixr2lib")
_d = Quotes(source=NLMIXR2LIB, place="Poels_2025_elranatamab_qsp, default")
_CELLS = "cells/uL"
_VALUES = (
    _q("k_growth", 3.32e-4, "1/h", "kg0", "exponential growth of myeloma"),
    _q("v_growth", 1500.0, "cells/uL/h", "kg1", "linear growth of myeloma at high burden"),
    _q("n_growth", 20.0, "1", "psi", "sharpness between the two"),
    _q("cap_tumor", 3e6, _CELLS, "Mmax", "largest burden"),
    _q("k_kill_max", 0.02, "1/h", "alpha", "largest kill"),
    _q("n_kill", 0.8, "1", "n", "Hill exponent of the kill"),
    _q("ec50_kill", 4.25e-4, "pM/(cells/uL)", "km", "trimer per myeloma cell at half of the kill"),
    _q("resistance_max", 0.5, "1", "aR", "largest rise of the trimer at half kill"),
    _q("k_resistance", 0.1, "1/h", "bR", "rate of that rise"),
    _q("t_resistance", 600.0, "h", "tR", "begin of that rise"),
    _q("t_death", 24.0, "h", "tau", "transit time of dying cells", note="range of virtual patients"
       " 24-30 h"),
    _q("k_loss_light_chain", 0.1733, "1/h", "kF", "loss of free light chains",
       note="half-life 4 h, literature"),
    _q("k_loss_s_bcma", 0.01925, "1/h", "kS", "loss of soluble BCMA", note="half-life 36 h,"
       " internal data"),
    _q("k_transit_s_bcma", 0.1, "1/h", "ktr", "soluble BCMA from marrow to blood"),
    _q("vol_central", 4.25, "L", "Vc", "central volume"),
    _q("vol_marrow", 1.75, "L", "Vm", "volume of marrow"),
    _q("release_basal", 1.0, "pg/mL/h", "basal", "cytokine made in blood without trimer"),
    _q("release_max", 80590.0, "pg/mL/h", "Emax", "largest release of cytokine"),
    _q("ec50_release", 0.5, "pM", "EC50", "trimer at half of the release"),
    _q("ic50_release", 1e4, "pg*h/mL", "IC50", "cumulative cytokine that halves the release"),
    _q("n_release", 2.5, "1", "nIH", "Hill exponent of that"),
    _q("k_transit_cytokine", 0.625, "1/h", "ktr cytokine", "transit of cytokine to blood"),
    _q("k_loss_cytokine", 0.5, "1/h", "kdeg", "loss of cytokine"),
)  # fmt: skip
_BASELINES = (
    _d("tumor_0", 225000.0, _CELLS, "Mt0", "myeloma cells in marrow", note="range 0-450000"),
    _d("m_protein_0", 18.7, "g/L", "MP0", "M-protein", note="range 0-70"),
    _d("light_chain_0", 401.0, "mg/L", "FLC0", "free light chains", note="range 0.92-174680"),
    _q("cytokine_0", 2.857, "pg/mL", "C_c(0)", "cytokine in blood"),
    _d("s_bcma_0", 28.8, "ng/mL", "sBCMA0", "soluble BCMA", note="range 1-830"),
)  # fmt: skip
_INPUTS = (
    own_value("trimer", 0.0, "pM", "trimers of drug and both targets in marrow, constant", "an"
              " input; what effector cells do takes its place; none as default"),
    own_value("guard", 1e-12, "1", "keeps the slope of powers finite at none", "far below any ratio"
              " that counts"),
    own_value("guard_cells", 1e-6, _CELLS, "keeps the trimer per cell defined without cells",
              "the stabilizer of nlmixr2lib; the paper gives no value"),
)  # fmt: skip
HALF_LIFE = Choice(
    name="m_protein_loss",
    options=(
        ("poels_2025", "0.0021 an hour: half-life 13.75 days"),
        ("singh_2021", "0.117 a day: half-life 5.9 days"),
    ),
    reason="The value of this paper comes from the literature on immunoglobulins; Singh 2021 fixes"
    " the other.",
)


def _loss(option: str) -> Quoted:
    name, meaning = "k_loss_m_protein", "loss of M-protein"
    if option == "poels_2025":
        return _q(name, 0.0021, "1/h", "kMP", meaning, note="half-life 13.75 days, literature")
    q = Quotes(source=SINGH_2021, place="Table 1")
    return q(
        name, 0.117 / 24.0, "1/h", "Km", meaning, kind=Kind.DERIVED, note="printed as 0.117 1/day"
    )


def build(choices: Mapping[str, str]) -> ModelSpec:
    """Myeloma with its biomarkers under a kill; `choices` as in the card."""
    hour = "24 [h/day]"
    transit = tuple(f"cytokine_{i}" for i in range(1, 6))
    dying = tuple(f"dying_{i}" for i in range(1, 4))
    before = ("marrow_cytokine", *transit)
    return ModelSpec(
        name=ID,
        description="Myeloma, M-protein, light chains, soluble BCMA and one cytokine",
        parameters=parameters_of(*_VALUES, _loss(choices[HALF_LIFE.name]), *_BASELINES, *_INPUTS),
        expressions=(
            Expression(
                name="burden",
                text=f"tumor + {' + '.join(dying)}",
                unit=_CELLS,
                meaning="living and dying myeloma cells",
            ),
            Expression(
                name="ratio",
                text="max(k_growth*burden/v_growth, 0) + guard",
                meaning="exponential over linear growth",
            ),
            Expression(
                name="k_grow",
                text="k_growth*(1 - burden/cap_tumor)/(1 + ratio^n_growth)^(1/n_growth)",
                unit="1/h",
                meaning="growth of living cells",
            ),
            Expression(
                name="half",
                text="ec50_kill*(1 + resistance_max"
                f"*(1 - exp(-k_resistance*max(t*{hour} - t_resistance, 0))))",
                unit="pM/(cells/uL)",
                meaning="trimer per cell at half of the kill with resistance",
            ),
            Expression(
                name="drive",
                text="max(trimer/(max(tumor, 0) + guard_cells)/half, 0) + guard",
                meaning="trimer per living cell over that at half of the kill",
            ),
            Expression(
                name="k_kill",
                text="k_kill_max*drive^n_kill/(1 + drive^n_kill)",
                unit="1/h",
                meaning="kill of living cells",
            ),
            Expression(
                name="released",
                text="release_max*trimer/(ec50_release + trimer)"
                "/(1 + (max(exposure/ic50_release, 0) + guard)^n_release)",
                unit="pg/mL/h",
                meaning="cytokine released by the trimer, less with cumulative cytokine",
            ),
        ),
        states=(
            State(name="tumor", unit=_CELLS, initial="tumor_0", meaning="living myeloma cells"),
            *(State(name=n, unit=_CELLS, meaning=f"dying cells, stage {n[-1]}") for n in dying),
            State(name="m_protein", unit="g/L", initial="m_protein_0", meaning="M-protein"),
            State(name="light_chain", unit="mg/L", initial="light_chain_0", meaning="light chains"),
            State(
                name="s_bcma_marrow",
                unit="ng/mL",
                initial="k_loss_s_bcma*vol_central/(k_transit_s_bcma*vol_marrow)*s_bcma_0",
                meaning="soluble BCMA in marrow",
            ),
            State(name="s_bcma", unit="ng/mL", initial="s_bcma_0", meaning="soluble BCMA in blood"),
            State(name="exposure", unit="pg*h/mL", meaning="cumulative cytokine above basal"),
            State(name="marrow_cytokine", unit="pg/mL", meaning="cytokine in marrow"),
            *(State(name=n, unit="pg/mL", meaning=f"cytokine, transit {n[-1]}") for n in transit),
            State(name="cytokine", unit="pg/mL", initial="cytokine_0", meaning="cytokine in blood"),
        ),
        odes={
            "tumor": f"{hour}*(k_grow - k_kill)*tumor",
            "dying_1": f"{hour}*(k_kill*tumor - 4/t_death*dying_1)",
            "dying_2": f"{hour}*4/t_death*(dying_1 - dying_2)",
            "dying_3": f"{hour}*4/t_death*(dying_2 - dying_3)",
            "m_protein": f"{hour}*k_loss_m_protein*(m_protein_0*burden/tumor_0 - m_protein)",
            "light_chain": f"{hour}*k_loss_light_chain*(light_chain_0*burden/tumor_0"
            " - light_chain)",
            "s_bcma_marrow": f"{hour}*(k_loss_s_bcma*vol_central/vol_marrow*s_bcma_0"
            "*burden/tumor_0 - k_transit_s_bcma*s_bcma_marrow)",
            "s_bcma": f"{hour}*(k_transit_s_bcma*vol_marrow/vol_central*s_bcma_marrow"
            " - k_loss_s_bcma*s_bcma)",
            "exposure": f"{hour}*(marrow_cytokine - release_basal/1 [1/h])",
            "marrow_cytokine": f"{hour}*(released - (k_transit_cytokine + k_loss_cytokine)"
            "*marrow_cytokine)",
            **{
                name: f"{hour}*(k_transit_cytokine*{last}"
                f" - (k_transit_cytokine + k_loss_cytokine)*{name})"
                for last, name in zip(before, transit, strict=False)
            },
            "cytokine": f"{hour}*(release_basal - k_loss_cytokine*cytokine"
            " + k_transit_cytokine*cytokine_5*vol_marrow/vol_central)",
        },
        outputs=(
            Output(name="tumor_cells", text="burden", unit=_CELLS, meaning="myeloma in marrow"),
            Output(
                name="tumor_relative", text="burden/tumor_0", meaning="myeloma relative to baseline"
            ),
            Output(name="m_protein", text="m_protein", unit="g/L", meaning="M-protein in serum"),
            Output(
                name="m_protein_relative",
                text="m_protein/m_protein_0",
                meaning="M-protein relative to baseline",
            ),
            Output(
                name="light_chains", text="light_chain", unit="mg/L", meaning="free light chains"
            ),
            Output(name="s_bcma", text="s_bcma", unit="ng/mL", meaning="soluble BCMA in serum"),
            Output(name="il6", text="cytokine", unit="pg/mL", meaning="cytokine in serum"),
        ),
    )


_article = Oracle(model=ID, source=NLMIXR2LIB, mark=Mark.REPRODUCED, place="article on the model")
_own = Oracle(model=ID)
# A hundredth of the largest burden among the virtual patients.
_LOW = ((("tumor_0", 4500.0),),)
CHECKS = (
    _article("cytokine without a drug", "value", "2.000", "pg/mL", output="il6", end=60.0),
    _article("doubling at low burden", "formula", "87.0", "day",
             formula="log(2)/(24*k_growth)"),
    _article("burden over 1% after 87.2 days", "value", "2", "1", output="tumor_relative", end=87.2,
             cohort=_LOW, tolerance=0.003, reason="the doubling time is printed with three digits"),
    _own("half-life of M-protein", "formula", "13.75", "day",
         formula="log(2)/(24*k_loss_m_protein)", tolerance=4e-4, reason="printed with four digits"),
    _own("half-life of M-protein, Singh 2021", "formula", "5.9", "day",
         formula="log(2)/(24*k_loss_m_protein)", choices=(("m_protein_loss", "singh_2021"),)),
    _own("half-life of light chains", "formula", "4.0", "h", formula="log(2)/k_loss_light_chain"),
    _own("half-life of soluble BCMA", "formula", "36", "h", formula="log(2)/k_loss_s_bcma"),
)  # fmt: skip

CARD = ModelCard(
    id=ID,
    title="Myeloma biomarkers: M-protein, light chains, soluble BCMA and IL-6",
    source=POELS_2025,
    others=(NLMIXR2LIB, SINGH_2021, LEUCEL),
    reason="The layer from myeloma cells to what is measured in serum, for BCMA: paraprotein, light"
    " chains, soluble BCMA, and a cytokine that wanes with repeated release.",
    product="elranatamab (biomarker layer only)",
    target="BCMA",
    population="Virtual patients of MagnetisMM-1 and -3, relapsed or refractory multiple myeloma",
    assay="serum M-protein g/L, free light chains mg/L, soluble BCMA ng/mL, IL-6 pg/mL",
    data="Calibrated by the authors; no variability, no residual error",
    symbols=symbols_of(*_VALUES, _loss("poels_2025"), *_BASELINES),
    assumptions=(
        "The trimer in marrow is a number: what kills and releases is left to another model.",
        "Biomarkers are at steady state with the tumor at baseline.",
    ),
    defects=(
        Defect(
            what="The half-life of M-protein is 13.75 days here and 5.9 days in Singh 2021.",
            resolution="Both are a choice (m_protein_loss).",
        ),
        Defect(
            what="The printed resistance is negative before its begin.",
            resolution="The time since its begin is never below 0, as in nlmixr2lib.",
        ),
        Defect(
            what="Baselines are printed as ranges.",
            resolution="The defaults are those of nlmixr2lib, midpoints of the ranges; vary them.",
        ),
        Defect(
            what="The turnover of soluble BCMA (36 hours) differs from Singh 2021 and Hibma 2026.",
            resolution="hibma_2026_s_bcma shows the three as a choice.",
        ),
    ),
    deviations=(
        "The kinetics of the drug, its binding and the T cells are left out, and with them the"
        " reset of cumulative cytokine at each dose (equation 37).",
    ),
    limits=(
        "The published peaks of cytokine and changes of M-protein by dose need the drug layer and"
        " are no checks here.",
    ),
    choices=(HALF_LIFE,),
    checks=CHECKS,
    license="Facts from an open-access paper and a GPL repository; equations and values only",
    review=REVIEWS.get(ID),
    status=CardStatus.REVIEWED,
)
MODELS = (Published(card=CARD, build=build),)
