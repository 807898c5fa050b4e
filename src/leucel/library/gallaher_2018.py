"""Gallaher 2018: M-protein, T cells, NK cells and regulatory T cells in myeloma."""

from __future__ import annotations

from collections.abc import Mapping

from leucel.library.cards import CardStatus, Defect, ModelCard, Published
from leucel.library.oracles import Oracle
from leucel.library.reviews import REVIEWS
from leucel.library.sources import BIOMODEL_743, LEUCEL
from leucel.library.values import Quotes, parameters_of, symbols_of
from leucel.model import Expression, ModelSpec, Output, State

ID = "gallaher_2018_myeloma"
_q = Quotes(source=BIOMODEL_743, place="SBML file")
_CELLS, _LEVEL = "cells/uL", "g/dL"
_VALUES = (
    _q("source_m_protein", 0.001, "g/dL/day", "sm", "source of M-protein"),
    _q("k_growth", 0.0175, "1/day", "rm", "growth of M-protein"),
    _q("cap_m_protein", 10.0, _LEVEL, "km", "largest M-protein"),
    _q("k_loss_m_protein", 0.002, "1/day", "dm", "loss of M-protein"),
    _q("kill_nk", 5.0, "1", "anm", "loss by NK cells, relative"),
    _q("ec50_nk", 150.0, _CELLS, "bnm", "NK cells at half of that"),
    _q("kill_ctl", 5.0, "1", "acm", "loss by T cells, relative"),
    _q("ec50_ctl", 375.0, _CELLS, "bcm", "T cells at half of that"),
    _q("kill_both", 8.0, "1", "acnm", "loss by both together, relative"),
    _q("inhibition_m_protein", 0.5, "1", "amm", "inhibition of the kill by M-protein", high=1.0),
    _q("ec50_m_protein", 3.0, _LEVEL, "bmm", "M-protein at half of its inhibition"),
    _q("inhibition_treg", 0.5, "1", "arm", "inhibition of the kill by regulatory cells", high=1.0),
    _q("ec50_treg", 25.0, _CELLS, "brm", "regulatory cells at half of that"),
    _q("k_growth_ctl", 0.013, "1/day", "rc", "growth of T cells"),
    _q("cap_ctl", 800.0, _CELLS, "kc", "largest level of T cells"),
    _q("k_loss_ctl", 0.02, "1/day", "dc", "loss of T cells"),
    _q("stimulation_m_protein", 5.0, "1", "amc", "stimulation of T cells by M-protein"),
    _q("ec50_m_protein_ctl", 3.0, _LEVEL, "bmc", "M-protein at half of that"),
    _q("stimulation_nk", 1.0, "1", "anc", "stimulation of T cells by NK cells"),
    _q("ec50_nk_ctl", 150.0, _CELLS, "bnc", "NK cells at half of that"),
    _q("source_nk", 0.03, "cells/uL/day", "sn", "source of NK cells"),
    _q("k_growth_nk", 0.04, "1/day", "rn", "growth of NK cells"),
    _q("cap_nk", 450.0, _CELLS, "kn", "largest level of NK cells"),
    _q("stimulation_ctl", 1.0, "1", "acn", "stimulation of NK cells by T cells"),
    _q("ec50_ctl_nk", 375.0, _CELLS, "bcn", "T cells at half of that"),
    _q("k_loss_nk", 0.025, "1/day", "dn", "loss of NK cells"),
    _q("k_growth_treg", 0.0831, "1/day", "rr", "growth of regulatory cells"),
    _q("cap_treg", 80.0, _CELLS, "kr", "largest level of regulatory cells"),
    _q("stimulation_treg", 2.0, "1", "amr", "stimulation of regulatory cells by M-protein"),
    _q("ec50_m_protein_treg", 3.0, _LEVEL, "bmr", "M-protein at half of that"),
    _q("k_loss_treg", 0.0757, "1/day", "dr", "loss of regulatory cells"),
    _q("m_protein_0", 4.0, _LEVEL, "M0", "M-protein at the start"),
    _q("ctl_0", 464.0, _CELLS, "Tc0", "T cells at the start"),
    _q("nk_0", 227.0, _CELLS, "N0", "NK cells at the start"),
    _q("treg_0", 42.0, _CELLS, "Tr0", "regulatory cells at the start"),
)  # fmt: skip


def build(choices: Mapping[str, str]) -> ModelSpec:
    """M-protein and three kinds of lymphocytes."""
    return ModelSpec(
        name=ID,
        description="M-protein, cytotoxic T cells, NK cells, regulatory T cells",
        parameters=parameters_of(*_VALUES),
        expressions=(
            Expression(name="by_nk", text="nk/(ec50_nk + nk)", meaning="saturation by NK cells"),
            Expression(name="by_ctl", text="ctl/(ec50_ctl + ctl)", meaning="saturation by T cells"),
            Expression(
                name="attack",
                text="(kill_nk*by_nk + kill_ctl*by_ctl + kill_both*by_nk*by_ctl)"
                "*(1 - inhibition_m_protein*m_protein/(ec50_m_protein + m_protein)"
                " - inhibition_treg*treg/(ec50_treg + treg))",
                meaning="loss of M-protein by lymphocytes, relative",
            ),
        ),
        states=(
            State(name="m_protein", unit=_LEVEL, initial="m_protein_0", meaning="M-protein"),
            State(name="ctl", unit=_CELLS, initial="ctl_0", meaning="cytotoxic T cells"),
            State(name="nk", unit=_CELLS, initial="nk_0", meaning="NK cells"),
            State(name="treg", unit=_CELLS, initial="treg_0", meaning="regulatory T cells"),
        ),
        odes={
            "m_protein": "source_m_protein + k_growth*m_protein*(1 - m_protein/cap_m_protein)"
            " - k_loss_m_protein*m_protein*(1 + attack)",
            "ctl": "k_growth_ctl*ctl*(1 - ctl/cap_ctl)"
            "*(1 + stimulation_m_protein*m_protein/(ec50_m_protein_ctl + m_protein)"
            " + stimulation_nk*nk/(ec50_nk_ctl + nk)) - k_loss_ctl*ctl",
            "nk": "source_nk - k_loss_nk*nk + k_growth_nk*nk*(1 - nk/cap_nk)"
            "*(1 + stimulation_ctl*ctl/(ec50_ctl_nk + ctl))",
            "treg": "k_growth_treg*treg*(1 - treg/cap_treg)"
            "*(1 + stimulation_treg*m_protein/(ec50_m_protein_treg + m_protein))"
            " - k_loss_treg*treg",
        },
        outputs=(
            Output(name="m_protein", text="m_protein", unit=_LEVEL, meaning="M-protein in serum"),
            Output(name="t_cells", text="ctl", unit=_CELLS, meaning="cytotoxic T cells"),
            Output(name="nk_cells", text="nk", unit=_CELLS, meaning="NK cells"),
            Output(name="treg_cells", text="treg", unit=_CELLS, meaning="regulatory T cells"),
        ),
    )


_own = Oracle(model=ID)
CHECKS = (
    _own("M-protein on day 365", "value", "5.11", _LEVEL, output="m_protein", end=365.0),
    _own("T cells on day 365", "value", "543.2", _CELLS, output="t_cells", end=365.0),
    _own("NK cells on day 365", "value", "274.0", _CELLS, output="nk_cells", end=365.0),
    _own("regulatory T cells on day 365", "value", "47.75", _CELLS, output="treg_cells", end=365.0),
)
CARD = ModelCard(
    id=ID,
    title="Myeloma and the immune system: M-protein with T, NK and regulatory cells",
    source=BIOMODEL_743,
    others=(LEUCEL,),
    reason="M-protein held by lymphocytes: the untreated immune background of a myeloma model.",
    product="none",
    target="none",
    population="Multiple myeloma, no therapy; values from the literature",
    assay="M-protein in units of the size of g/dL, lymphocytes in cells/uL",
    data="Values chosen by the authors; the SBML file of BioModels",
    symbols=symbols_of(*_VALUES),
    defects=(
        Defect(
            what="The SBML file swaps NK cells and M-protein in the stimulation of T cells, so that"
            " it reads 5N/(3+N) + M/(150+M).",
            resolution="The printed equations are used: 5M/(3+M) + N/(150+N).",
        ),
    ),
    limits=("No therapy and no CAR-T cells.",),
    checks=CHECKS,
    license="Facts from a CC0 file; equations and values only",
    missing="A number of the paper (J Theor Biol 2018, not open). Looked at without finding one:"
    " the abstract, the SBML file and its notes (they say that figure 2A was repeated, with no"
    " number), public runs of the file; and the file swaps two states, so that its runs are not"
    " those of the printed equations.",
    review=REVIEWS.get(ID),
    status=CardStatus.PROVISIONAL,
)
MODELS = (Published(card=CARD, build=build),)
