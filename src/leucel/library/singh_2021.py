"""Singh 2021: multiscale kinetics and response of bb2121 (idecabtagene vicleucel), in patients."""

from __future__ import annotations

from collections.abc import Mapping

from leucel.core import Evidence, Kind, Mark
from leucel.library.cards import CardStatus, Choice, Defect, ModelCard, Published
from leucel.library.reviews import REVIEWS
from leucel.library.singh_2021_checks import CHECKS
from leucel.library.sources import (
    HIBMA_2026,
    LEUCEL,
    MSTADT_CART,
    NLMIXR2LIB,
    POELS_2025,
    SINGH_2021,
)
from leucel.library.turnover import M_PROTEIN, S_BCMA, with_turnover
from leucel.model import Event, Expression, ModelSpec, Output, Parameter, State

ID = "singh_2021_idecabtagene"
_TABLE_1, _CODE = "Table 1", "Monolix code in the supplement"
_FIXED, _ASSUMED = "fixed", "random effect of 50% assumed by the authors (supplement, page 4)"

# Name, value, unit, omega, standard error (percent or "fixed"), symbol, place, note; meaning.
_ROWS: tuple[tuple[str, float, str, float | None, str, str, str, str, str], ...] = (
    ("k_expansion_max", 1.73, "1/day", 0.22, "10", "K_Exp_max", _TABLE_1, "omega RSE 38%",
     "maximum expansion of effector cells in marrow"),
    ("ec50_expansion", 10.0, "molecules/cell", None, "18", "EC_Exp_50", _TABLE_1, "",
     "complexes on a CAR-T cell at half the maximum expansion"),
    ("k_memory", 2e-5, "1/day", 4e-5, "66", "Rm", _TABLE_1, "omega fixed",
     "effector to memory"),
    ("k_loss_effector", 113.0, "1/day", 0.5, "19", "Kel_e", _TABLE_1, _ASSUMED,
     "loss of effector cells from blood"),
    ("k_loss_memory", 0.219, "1/day", 0.5, "13", "Kel_m", _TABLE_1, _ASSUMED,
     "loss of memory cells from blood"),
    ("k_blood_marrow", 1.71, "1/day", 0.5, "11", "K12", _TABLE_1, _ASSUMED,
     "CAR-T cells from blood to marrow"),
    ("k_marrow_blood", 0.176, "1/day", 0.5, "14", "K21", _TABLE_1, _ASSUMED,
     "CAR-T cells from marrow to blood"),
    ("k_kill_max", 0.343, "1/day", 0.50, "21", "K_Kill_max", _TABLE_1, "omega RSE 37%",
     "maximum kill of tumor cells"),
    ("ec50_kill", 2.24, "molecules/cell", None, _FIXED, "KC_CAR-T_50", _TABLE_1,
     "from in-vitro killing", "complexes on a tumor cell at half the maximum kill"),
    ("n_m_protein", 0.215, "1", 0.21, "5", "gamma_m", _TABLE_1, "omega RSE 44%",
     "exponent of tumor burden in M-protein production"),
    ("n_s_bcma", 1.0, "1", 1.0, _FIXED, "gamma_b", _TABLE_1, "omega RSE 31%",
     "exponent of tumor burden in sBCMA production"),
    ("k_growth", 0.008, "1/day", None, _FIXED, "Kg_Tumor", _TABLE_1, "doubling in 87 days",
     "growth of the tumor"),
    ("k_on", 7.103e4, "1/M/s", None, _FIXED, "Kon", _CODE, "the table prints 7.1e4",
     "association of CAR and BCMA"),
    ("k_off", 2.385e-3, "1/s", None, _FIXED, "Koff", _CODE, "the table prints 2.39e-3",
     "dissociation of CAR and BCMA"),
    ("cars_per_cell", 15000.0, "molecules/cell", None, _FIXED, "Ag_CAR", _TABLE_1, "",
     "CARs on a CAR-T cell"),
    ("antigens_per_cell", 12590.0, "molecules/cell", None, _FIXED, "Ag_Tumor", _TABLE_1, "",
     "BCMA on a myeloma cell"),
    ("copies_per_cell", 0.002, "copies*L/(ug*cell)", None, _FIXED, "TransC", _TABLE_1, "",
     "transgene copies per ug genomic DNA for one CAR-T cell per L of blood"),
    ("vol_blood", 5.0, "L", None, _FIXED, "Vb", _TABLE_1, "", "volume of blood"),
    ("vol_marrow", 3.65, "L", None, _FIXED, "Vbm", _TABLE_1, "", "volume of bone marrow"),
    ("tumor_0", 2.5e9, "cells/L", None, _FIXED, "Tumor_T_0", _CODE, "in the code only",
     "myeloma cells in marrow at baseline"),
    ("effector_seed", 1e-6, "cells/L", None, _FIXED, "CARTe_T_0", _CODE,
     "in the code only; keeps complexes per CAR-T cell defined before the first cells arrive",
     "effector cells in marrow at time 0"),
    ("k_loss_m_protein", 0.117, "1/day", None, _FIXED, "Km", _TABLE_1, "",
     "loss of M-protein"),
    ("k_production_m_protein", 12.1, "pg/cell/day", None, _FIXED, "Pm", _TABLE_1,
     "gives 0.26 g/L at baseline: only changes relative to baseline are meaningful",
     "M-protein production of a myeloma cell at baseline"),
    ("k_loss_s_bcma", 0.7, "1/day", None, _FIXED, "Kb", _TABLE_1, "", "loss of sBCMA"),
    ("k_production_s_bcma", 0.175, "pg/cell/day", None, _FIXED, "Pb", _TABLE_1, "",
     "sBCMA production of a myeloma cell at baseline"),
)  # fmt: skip

EXTINCTION = Choice(
    name="extinction",
    options=(
        ("threshold", "fewer than extinction_cells tumor cells in the marrow become none"),
        ("none", "as published: the tumor may shrink to any fraction of a cell and grow again"),
    ),
    reason="With the published variability a quarter of patients fall below 1e-7 of their baseline,"
    " far below one cell; a tumor regrowing from 1e-8 of a cell is no relapse.",
)


def _sourced(row: tuple[str, float, str, float | None, str, str, str, str, str]) -> Parameter:
    name, value, unit, omega, rse, _, place, note, meaning = row
    error = "fixed in the fit" if rse == _FIXED else f"RSE {rse}%"
    return Parameter(
        name=name,
        value=value,
        unit=unit,
        meaning=meaning,
        omega=omega,
        low=0.0,
        evidence=Evidence(
            value=value,
            unit=unit,
            n=33,
            source=SINGH_2021.id,
            place=place,
            mark=Mark.REPRODUCED,
            kind=Kind.REPORTED,
            note="; ".join(filter(None, (error, note, "read through nlmixr2lib"))),
        ),
    )


def _own(name: str, value: float, unit: str, meaning: str, note: str) -> Parameter:
    return Parameter(
        name=name,
        value=value,
        unit=unit,
        meaning=meaning,
        low=0.0,
        evidence=Evidence(
            value=value,
            unit=unit,
            source=LEUCEL.id,
            mark=Mark.OWN_VALUE,
            kind=Kind.ASSUMED,
            note=note,
        ),
    )


_OWN = (
    _own(
        "guard",
        1e-12,
        "molecules/L",
        "keeps 0/0 out of complexes per cell when nothing is left",
        "eleven orders of magnitude below the complexes on the last tumor cell",
    ),
    _own(
        "extinction_cells",
        1.0,
        "cells",
        "tumor cells in the marrow below which none is left",
        "a number of cells below one is no number; a deterministic stand-in for the random end"
        " of the last cells",
    ),
)

_EXPRESSIONS = (
    Expression(
        name="density",
        text="(effector_marrow + memory_marrow)/vol_marrow",
        unit="cells/L",
        meaning="CAR-T cells per L of marrow",
    ),
    Expression(
        name="k_bind",
        text="k_on*86400 [s/day]/6.023e23 [molecules/mol]",
        unit="L/(molecule*day)",
        meaning="association per molecule, with the constant that the source uses",
    ),
    Expression(
        name="k_unbind",
        text="k_off*86400 [s/day]",
        unit="1/day",
        meaning="dissociation",
    ),
    Expression(
        name="free_cars",
        text="density*cars_per_cell - complexes",
        unit="molecules/L",
        meaning="CARs not bound (equation 11 of the supplement)",
    ),
    Expression(
        name="free_antigens",
        text="tumor*antigens_per_cell - complexes",
        unit="molecules/L",
        meaning="BCMA not bound (equation 12)",
    ),
    Expression(
        name="expansion",
        text="k_expansion_max*complexes/(ec50_expansion*density + complexes + guard)",
        unit="1/day",
        meaning="expansion of effector cells (equations 14 and 16 without the quotient)",
    ),
    Expression(
        name="kill",
        text="k_kill_max*complexes*tumor/(ec50_kill*tumor + complexes + guard)",
        unit="cells/L/day",
        meaning="tumor cells killed (equations 15 and 17 without the quotient)",
    ),
    Expression(
        name="burden",
        text="tumor",
        unit="cells/L",
        meaning="tumor cells that make M-protein and sBCMA",
    ),
    Expression(
        name="m_protein_drive",
        text="if(burden > 0, (burden/tumor_0)^n_m_protein, 0)",
        meaning="M-protein production relative to baseline",
    ),
    Expression(
        name="s_bcma_drive",
        text="if(burden > 0, (burden/tumor_0)^n_s_bcma, 0)",
        meaning="sBCMA production relative to baseline",
    ),
    Expression(
        name="m_protein_source",
        text="k_production_m_protein*tumor_0*1e-12 [g/pg]",
        unit="g/L/day",
        meaning="M-protein production at baseline",
    ),
    Expression(
        name="s_bcma_source",
        text="k_production_s_bcma*tumor_0*1e-6 [ng*L/(pg*mL)]",
        unit="ng/mL/day",
        meaning="sBCMA production at baseline",
    ),
    Expression(
        name="m_protein_0",
        text="m_protein_source/k_loss_m_protein",
        unit="g/L",
        meaning="M-protein at baseline",
    ),
    Expression(
        name="s_bcma_0",
        text="s_bcma_source/k_loss_s_bcma",
        unit="ng/mL",
        meaning="sBCMA at baseline",
    ),
)

_STATES = (
    State(name="effector_blood", unit="cells", meaning="effector CAR-T cells in blood"),
    State(name="memory_blood", unit="cells", meaning="memory CAR-T cells in blood"),
    State(
        name="effector_marrow",
        unit="cells",
        initial="effector_seed*vol_marrow",
        meaning="effector CAR-T cells in marrow",
    ),
    State(name="memory_marrow", unit="cells", meaning="memory CAR-T cells in marrow"),
    State(name="complexes", unit="molecules/L", meaning="CAR-BCMA complexes in marrow"),
    State(name="tumor", unit="cells/L", initial="tumor_0", meaning="myeloma cells in marrow"),
    State(name="m_protein", unit="g/L", initial="m_protein_0", meaning="M-protein in serum"),
    State(name="s_bcma", unit="ng/mL", initial="s_bcma_0", meaning="soluble BCMA in serum"),
)
_ODES = {
    "effector_blood": "-k_blood_marrow*effector_blood + k_marrow_blood*effector_marrow"
    " - k_loss_effector*effector_blood",
    "memory_blood": "-k_blood_marrow*memory_blood + k_marrow_blood*memory_marrow"
    " - k_loss_memory*memory_blood",
    "effector_marrow": "k_blood_marrow*effector_blood - k_marrow_blood*effector_marrow"
    " + expansion*effector_marrow - k_memory*effector_marrow",
    "memory_marrow": "k_blood_marrow*memory_blood - k_marrow_blood*memory_marrow"
    " + k_memory*effector_marrow",
    "complexes": "k_bind*free_cars*free_antigens - k_unbind*complexes",
    "tumor": "k_growth*tumor - kill",
    "m_protein": "m_protein_source*m_protein_drive - k_loss_m_protein*m_protein",
    "s_bcma": "s_bcma_source*s_bcma_drive - k_loss_s_bcma*s_bcma",
}
_OUTPUTS = (
    Output(
        name="transgene",
        text="copies_per_cell*(effector_blood + memory_blood)/vol_blood",
        unit="copies/ug",
        meaning="CAR transgene in blood",
    ),
    Output(
        name="m_protein_relative",
        text="m_protein/m_protein_0",
        meaning="M-protein relative to baseline",
    ),
    Output(name="s_bcma", text="s_bcma", unit="ng/mL", meaning="soluble BCMA in serum"),
    Output(
        name="s_bcma_relative", text="s_bcma/s_bcma_0", meaning="soluble BCMA relative to baseline"
    ),
    Output(
        name="tumor_relative", text="burden/tumor_0", meaning="tumor cells relative to baseline"
    ),
    Output(
        name="tumor_total",
        text="burden*vol_marrow",
        unit="cells",
        meaning="tumor cells in the marrow",
    ),
)
_EXTINCT = Event(
    name="tumor_extinct",
    when="tumor*vol_marrow - extinction_cells",
    set={"tumor": "0", "complexes": "0"},
    meaning="the last antigen-bearing tumor cell is gone",
)


def build(choices: Mapping[str, str]) -> ModelSpec:
    """The clinical model; `choices` as in the card."""
    turnovers = {"k_loss_m_protein": M_PROTEIN, "k_loss_s_bcma": S_BCMA}
    published = tuple(
        with_turnover(p, turnovers[p.name], choices[turnovers[p.name].name])
        if p.name in turnovers
        else p
        for p in map(_sourced, _ROWS)
    )
    return ModelSpec(
        name=ID,
        description="CAR-T cells in blood and marrow, CAR-BCMA complexes, tumor, M-protein, sBCMA",
        parameters=(*published, *_OWN),
        expressions=_EXPRESSIONS,
        states=_STATES,
        odes=_ODES,
        events=(_EXTINCT,) if choices[EXTINCTION.name] == "threshold" else (),
        outputs=_OUTPUTS,
        dose_state="effector_blood",
    )


CARD = ModelCard(
    id=ID,
    title="bb2121 (idecabtagene vicleucel), multiscale kinetics and response",
    source=SINGH_2021,
    others=(NLMIXR2LIB, MSTADT_CART, POELS_2025, HIBMA_2026, LEUCEL),
    reason="The mechanistic reference for BCMA CAR-T cells in myeloma: dose, tumor burden,"
    " expansion, kill, M-protein and sBCMA in one set of equations.",
    product="idecabtagene vicleucel (bb2121)",
    target="BCMA",
    population="Adults with relapsed or refractory multiple myeloma, CRB-401 phase 1, n = 33",
    assay="transgene copies per ug genomic DNA in blood; serum M-protein as change from baseline;"
    " soluble BCMA. Limits of quantification and residual error are not reported",
    data="Means of dose cohorts (50, 150, 450 and 800 million CAR-positive cells, one infusion)"
    " digitized from the report of CRB-401 (doi:10.1056/NEJMoa1817226); variability fitted to the"
    " response categories of 33 patients turned into continuous M-protein change, with the means"
    " fixed; Monolix",
    symbols=tuple((row[0], row[5]) for row in _ROWS),
    assumptions=(
        "The dose enters the blood as effector cells.",
        "Each bound CAR binds one BCMA; CARs and antigens of the marrow are well mixed.",
        "Complexes are not lost with the cells that carry them; they follow by fast dissociation.",
        "M-protein and sBCMA are at steady state before the infusion.",
        "Individual parameters are log-normal and independent; there are no covariates.",
    ),
    defects=(
        Defect(
            what="Equation 18 of the supplement prints the kill on the effector cells, the"
            " deposited code on the tumor.",
            resolution="The kill acts on the tumor.",
        ),
        Defect(
            what="The baseline tumor and the seed of effector cells in the marrow stand in the code"
            " only.",
            resolution="The values of the code are used and marked as such.",
        ),
        Defect(
            what="One variant of a public replication uses 1.15 complexes for half expansion, the"
            " value of the mouse model.",
            resolution="The clinical value of 10 is used.",
        ),
        Defect(
            what="Complexes per cell are 0/0 when no cell is left.",
            resolution="Expansion and kill are written without these quotients, with a guard of"
            " 1e-12 molecules/L in the denominators.",
        ),
        Defect(
            what="The kill is so deep that typical tumors shrink to 1e-5 of baseline and many to"
            " less than one cell, from which they grow again.",
            resolution="The event tumor_extinct, a rule of leucel: with less than one cell in the"
            " marrow the tumor and its complexes become 0 (choice: extinction).",
        ),
        Defect(
            what="The seed of effector cells in the marrow, there to keep 0/0 out, expands without"
            " any infusion: without a dose the transgene is 68,373 copies/ug on day 40, and"
            " M-protein is 93% below baseline on day 90.",
            resolution="The seed is kept as published. The model holds only for an infusion at time"
            " 0 and has no untreated patient.",
        ),
    ),
    deviations=(
        "The Avogadro constant is 6.023e23, as in the code of the source.",
        "The omega of the memory rate is 4e-5 as tabulated, which is no variability at all.",
    ),
    limits=(
        "It holds for one infusion at time 0: its seed of effector cells treats a patient without"
        " any dose, so it gives neither an untreated arm nor an infusion on a later day.",
        "Only the M-protein change is meaningful: the parameters give 0.26 g/L at baseline.",
        "Without a resistant clone or a rule of regrowth it cannot give progression-free survival"
        " (see with_resistant_clone).",
        "The sub-models in vitro and in mice are not included: their constants do not reproduce the"
        " contraction in mice.",
    ),
    choices=(EXTINCTION, M_PROTEIN, S_BCMA),
    checks=CHECKS,
    license="Facts from an open-access paper and a GPL repository; equations and values only,"
    " no code",
    review=REVIEWS.get(ID),
    status=CardStatus.REVIEWED,
)

MODELS = (Published(card=CARD, build=build),)
