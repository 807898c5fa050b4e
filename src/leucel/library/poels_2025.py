"""Poels 2025: myeloma growth and kill, M-protein, light chains, soluble BCMA, cytokine."""

from __future__ import annotations

from collections.abc import Mapping

from leucel.library.cards import Choice
from leucel.library.oracles import Oracle
from leucel.library.sources import NLMIXR2LIB, POELS_2025, SINGH_2021
from leucel.library.values import Quoted, Quotes, own_value, parameters_of
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
    _q("ec50_kill", 4.25e-4, "1", "km", "drive at half of the kill", note="pM per cell/uL in the"
       " paper; the drive carries that unit"),
    _q("resistance_max", 0.5, "1", "aR", "largest rise of the drive at half kill"),
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
    _q("release_basal", 1.0, "pg/mL/h", "basal", "cytokine made without a drive"),
    _q("release_max", 80590.0, "pg/mL/h", "Emax", "largest release of cytokine"),
    _q("ec50_release", 0.5, "1", "EC50", "drive at half of the release", note="pM in the paper; the"
       " drive carries that unit"),
    _q("ic50_release", 1e4, "pg*h/mL", "IC50", "cumulative cytokine that halves the release"),
    _q("n_release", 2.5, "1", "nIH", "Hill exponent of that"),
    _q("k_transit_cytokine", 0.625, "1/h", "ktr cytokine", "transit of cytokine to blood"),
    _q("k_loss_cytokine", 0.5, "1/h", "kdeg", "loss of cytokine"),
)  # fmt: skip
_BASELINES = (
    _d("tumor_0", 225000.0, _CELLS, "Mt0", "myeloma cells in marrow", note="range 0-450000"),
    _d("m_protein_0", 18.7, "g/L", "MP0", "M-protein", note="range 0-70"),
    _d("light_chain_0", 401.0, "mg/L", "FLC0", "free light chains", note="range 0.92-174680"),
    _d("s_bcma_0", 28.8, "ng/mL", "sBCMA0", "soluble BCMA", note="range 1-830"),
)  # fmt: skip
_INPUTS = (
    own_value("drive_kill", 0.0, "1", "drive of the kill, constant", "an input: trimers per myeloma"
              " cell in the paper; effector cells take their place; none as default"),
    own_value("drive_release", 0.0, "1", "drive of the cytokine, constant", "an input: trimers in"
              " the paper; none as default"),
    own_value("guard", 1e-12, "1", "keeps the slope of powers finite at none", "far below any drive"
              " or burden that counts"),
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
    return q(name, 0.117 / 24.0, "1/h", "Km", meaning, note="printed as 0.117 1/day")


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
                meaning="drive at half of the kill with resistance",
            ),
            Expression(
                name="k_kill",
                text="k_kill_max*((drive_kill + guard)/half)^n_kill"
                "/(1 + ((drive_kill + guard)/half)^n_kill)",
                unit="1/h",
                meaning="kill of living cells",
            ),
            Expression(
                name="released",
                text="release_max*drive_release/(ec50_release + drive_release)"
                "/(1 + (max(exposure/ic50_release, 0) + guard)^n_release)",
                unit="pg/mL/h",
                meaning="cytokine released by the drive, less with cumulative cytokine",
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
            State(name="exposure", unit="pg*h/mL", meaning="cumulative cytokine in marrow"),
            State(name="marrow_cytokine", unit="pg/mL", meaning="cytokine in marrow"),
            *(State(name=n, unit="pg/mL", meaning=f"cytokine, transit {n[-1]}") for n in transit),
            State(name="cytokine", unit="pg/mL", meaning="cytokine in blood"),
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
            "exposure": f"{hour}*marrow_cytokine",
            "marrow_cytokine": f"{hour}*(released - (k_transit_cytokine + k_loss_cytokine)"
            "*marrow_cytokine)",
            **{
                name: f"{hour}*(k_transit_cytokine*{last}"
                f" - (k_transit_cytokine + k_loss_cytokine)*{name})"
                for last, name in zip(before, transit, strict=False)
            },
            "cytokine": f"{hour}*(release_basal + k_transit_cytokine*cytokine_5"
            " - k_loss_cytokine*cytokine)",
        },
        outputs=(
            Output(name="tumor_cells", text="burden", unit=_CELLS, meaning="myeloma in marrow"),
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


_lib = Quotes
_article = Oracle(model=ID, place="untreated")
_paper = Oracle(model=ID)
