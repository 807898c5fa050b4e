"""Hosseini 2020: T cells, B cells and IL-6 under a T-cell engager in four tissues, humans."""

from __future__ import annotations

from collections.abc import Mapping

from leucel.core import Mark
from leucel.library.cards import CardStatus, Defect, ModelCard, Published
from leucel.library.oracles import Oracle
from leucel.library.reviews import REVIEWS
from leucel.library.sources import HOSSEINI_2020, HOSSEINI_JULIA, LEUCEL
from leucel.library.values import Quotes, own_value, parameters_of, symbols_of
from leucel.model import Expression, ModelSpec, Output, State

ID = "hosseini_2020_mosunetuzumab"
_q = Quotes(
    source=HOSSEINI_JULIA, place="tdb_homo.jl, human values", mark=Mark.SEEN,
    note="supplementary table 2 of the paper, as copied there",
)  # fmt: skip
_VALUES = (
    _q("k_activation", 9.83, "1/day", "kTact", "activation of T cells"),
    _q("activation_max", 0.9, "1", "VmT", "largest share of the activation rate"),
    _q("ec50_ratio", 0.72, "1", "KmBT_act", "B cells for each T cell at half of that"),
    _q("n_ratio", 1.4, "1", "S", "exponent of that ratio"),
    _q("ec50_drug", 130.08, "ng/mL", "KdrugactT", "drug at half of the activation"),
    _q("n_drug", 0.8, "1", "ndrugactT", "exponent of the drug"),
    _q("factor_activation", 0.25, "1", "fTact", "activation in tissues over that in blood"),
    _q("share_back", 0.01, "1", "fTadeact", "deactivation over the activation rate"),
    _q("k_rest", 0.0, "1/day", "fTa0deact", "post-activated to resting T cells"),
    _q("share_dividing", 0.7, "1", "kTprolif", "share of activated T cells that divide"),
    _q("k_division", 2.11, "1/day", "fTaprolif", "division of activated T cells"),
    _q("k_death_active", 0.06, "1/day", "kTaapop", "death of activated T cells"),
    _q("factor_aicd", 1.5, "1", "fAICD", "death that activation induces"),
    _q("factor_death_rest", 0.2, "1", "fTrapop", "death of surplus resting over activated T cells"),
    _q("factor_death_post", 2.02, "1", "fTa0apop", "death of post-activated over activated T"
       " cells"),
    _q("k_generation", 1.0, "1/day", "kTgen", "generation of T cells that are lacking"),
    _q("k_move_active", 0.12, "1/day", "kTaexit", "trafficking of activated T and of B cells"),
    _q("k_move_rest", 0.05, "1/day", "kTrexit", "trafficking of other T cells"),
    _q("partition_active", 3.77, "1", "fTap", "partition of activated over resting T cells"),
    _q("k_kill", 275.19, "1/day", "kBkill", "kill of B cells"),
    _q("kill_max", 0.95, "1", "VmB", "largest share of the kill rate"),
    _q("ec50_kill_ratio", 0.75, "1", "KmTB_kill", "activated T cells for each B cell at half the"
       " kill"),
    _q("n_kill", 1.03, "1", "nkill", "exponent of that ratio"),
    _q("ec50_kill_drug", 1.3, "ng/mL", "KdrugB", "drug at half the kill"),
    _q("factor_kill", 0.1, "1", "fBkill", "kill in tissues over that in blood"),
    _q("factor_kill_ratio", 10.0, "1", "fKmTB_kill", "ratio at half the kill, tissues over blood"),
    _q("k_death_b", 0.02, "1/day", "kBapop", "death of B cells"),
    _q("k_growth_b", 0.05, "1/day", "kBprolif", "growth of B cells that are lacking"),
    _q("k_exit_marrow", 0.03, "1/day", "kBtiss3exit", "B cells from marrow to blood"),
    _q("ratio_young", 0.25, "1", "B19no20_B1920_ratio", "CD20-negative over CD20-positive B cells"
       " of marrow"),
    _q("ratio_maturation", 0.25, "1", "kBmat_kBapop_ratio", "death over maturation of B cells"),
    _q("release", 14.0, "pg/cell/day", "kIL6prod", "release of IL-6 by an activated T cell",
       note="the file says pg/d; a number of cells per mL multiplies it"),
    _q("t_half_il6", 1 / 3, "h", "thalfIL6", "half-life of IL-6"),
    _q("t_ref", 2e6, "cells/mL", "Trpbref_perml", "resting T cells in blood, healthy"),
    _q("b_ref", 5e5, "cells/mL", "Bpbref_perml", "B cells in blood, healthy"),
    _q("vol_blood", 5000.0, "mL", "Vpb", "volume of blood"),
    _q("vol_spleen", 210.0, "mL", "Vtissue", "volume of the spleen"),
    _q("vol_nodes", 400.0, "mL", "Vtissue2", "volume of lymph nodes"),
    _q("vol_marrow", 500.0, "mL", "Vtissue3", "volume of marrow"),
    _q("partition_t_spleen", 200.0, "1", "KTrp", "T cells of spleen over blood"),
    _q("partition_t_nodes", 190.0, "1", "KTrp2", "T cells of lymph nodes over blood"),
    _q("partition_t_marrow", 60.0, "1", "KTrp3", "T cells of marrow over blood"),
    _q("partition_b_spleen", 333.0, "1", "KBp", "B cells of spleen over blood"),
    _q("partition_b_nodes", 190.0, "1", "KBp2", "B cells of lymph nodes over blood"),
    _q("partition_b_marrow", 80.0, "1", "KBp3", "B cells of marrow over blood"),
    _q("partition_drug_spleen", 0.14, "1", "Kp", "drug in spleen over blood"),
    _q("partition_drug_nodes", 0.07, "1", "Kp2", "drug in lymph nodes over blood"),
    _q("partition_drug_marrow", 0.07, "1", "Kp3", "drug in marrow over blood"),
    _q("vol_drug", 2758.5, "mL", "V1_TDB", "central volume of the drug"),
    _q("vol_drug_peripheral", 13010.25, "mL", "V2_TDB", "peripheral volume of the drug"),
    _q("clearance", 637.5, "mL/day", "CL_TDB", "clearance of the drug"),
    _q("exchange", 1812.75, "mL/day", "Q_TDB", "exchange of the drug with the periphery"),
    _q("v_elimination", 212.0, "ug/day", "Vm_tdb", "largest saturable elimination of the drug"),
    _q("km_elimination", 4.74, "ug/mL", "Km_tdb", "drug at half of that"),
    _q("t_half_margination", 1.0, "day", "tinjhalf", "half-life of the pull of T cells into"
       " tissues"),
    _q("margination_0", 10.0, "1", "injection_effect", "pull of T cells into tissues at the first"
       " dose", place="script/hosseini-simplified-il6.jl"),
)  # fmt: skip
_GUARD = own_value(
    "guard", 1e-9, "ng/mL", "keeps powers of the drug defined where there is none",
    "a billionth of the concentrations that act",
)  # fmt: skip
_GUARD_CELLS = own_value(
    "guard_cells", 1e-6, "cells", "keeps powers of cells defined where there are none",
    "a millionth of a cell is no cell",
)  # fmt: skip
_ONE = "1 [cell]"
_TISSUES = ("spleen", "nodes", "marrow")
_B = {"blood": "b_cells", "spleen": "b_spleen", "nodes": "b_nodes", "marrow": "b_marrow"}


def _expressions() -> list[Expression]:
    found = [
        Expression(name="level", text="drug/vol_drug*1000 [ng/ug]", unit="ng/mL",
                   meaning="drug in blood"),
        Expression(name="t_lacking", unit="1", meaning="share of T cells of blood that is lacking",
                   text="max(1 - (rest_blood + active_blood + post_blood)/(t_ref*vol_blood), 0)"),
    ]  # fmt: skip
    for place in ("blood", *_TISSUES):
        blood = place == "blood"
        drug = "level" if blood else f"partition_drug_{place}*level"
        ratio = "ec50_kill_ratio" if blood else "ec50_kill_ratio*factor_kill_ratio"
        b = _B[place]
        found += [
            Expression(
                name=f"hill_{place}",
                text=f"((max({drug}, 0 [ng/mL]) + guard)/ec50_drug)^n_drug"
                f"/(1 + ((max({drug}, 0 [ng/mL]) + guard)/ec50_drug)^n_drug)",
                meaning=f"share of activation that the drug allows, {place}",
            ),
            Expression(
                name=f"few_{place}",
                text=f"((max({b}, 0 [cell]) + guard_cells)/max(rest_{place} + post_{place}, {_ONE})"
                "/ec50_ratio)^n_ratio",
                meaning=f"B over T cells, over half of its effect, {place}",
            ),
            Expression(
                name=f"k_active_{place}",
                text=("" if blood else "factor_activation*")
                + f"k_activation*activation_max*few_{place}/(1 + few_{place})*hill_{place}",
                unit="1/day",
                meaning=f"activation of T cells, {place}",
            ),
            Expression(
                name=f"many_{place}",
                text=f"((max(active_{place}, 0 [cell]) + guard_cells)/max({b}, {_ONE})"
                f"/({ratio}))^n_kill",
                meaning=f"activated T over B cells, over half of its effect, {place}",
            ),
            Expression(
                name=f"k_killed_{place}",
                text=("" if blood else "factor_kill*")
                + f"k_kill*kill_max*many_{place}/(1 + many_{place})"
                f"*{drug}/(ec50_kill_drug + {drug})",
                unit="1/day",
                meaning=f"kill of B cells, {place}",
            ),
        ]
    for place in _TISSUES:
        flows = (
            ("rest", "k_move_rest", "(1 + margination)*", ""),
            ("post", "k_move_rest", "(1 + margination)*", ""),
            ("active", "k_move_active", "", "*partition_active"),
        )
        found += [
            Expression(
                name=f"{kind}_to_{place}",
                text=f"{rate}*vol_blood*({pull}{kind}_blood/vol_blood*partition_t_{place}{more}"
                f" - {kind}_{place}/vol_{place})",
                unit="cells/day",
                meaning=f"{kind} T cells from blood to {place}",
            )
            for kind, rate, pull, more in flows
        ]
    for place in ("spleen", "nodes"):
        found.append(
            Expression(
                name=f"b_to_{place}",
                text=f"k_move_active*vol_blood*max(b_cells/vol_blood*partition_b_{place}"
                f" - b_{place}/vol_{place}, 0)",
                unit="cells/day",
                meaning=f"B cells from blood to {place}",
            )
        )
        found.append(_full(place))
    found += [
        _full("marrow"),
        Expression(
            name="b_from_marrow",
            text="k_exit_marrow*vol_blood*max(b_marrow/vol_marrow"
            " - b_cells/vol_blood*partition_b_marrow, 0)",
            unit="cells/day",
            meaning="B cells from marrow to blood",
        ),
        Expression(
            name="k_maturation",
            text="k_death_b/ratio_maturation",
            unit="1/day",
            meaning="maturation of B cells",
        ),
        Expression(
            name="b_lacking",
            text="max(1 - (b_cells + b_spleen + b_nodes)"
            "/(b_ref*vol_blood + b_full_spleen + b_full_nodes), 0)",
            meaning="share of B cells outside marrow that is lacking",
        ),
    ]
    return found


def _full(place: str) -> Expression:
    return Expression(
        name=f"b_full_{place}",
        text=f"partition_b_{place}*b_ref*vol_{place}",
        unit="cells",
        meaning=f"B cells of healthy {place}",
    )


def _growth(state: str, full: str) -> str:
    return f"k_growth_b*{full}*max(1 - {state}/({full}), 0)"


def _odes() -> dict[str, str]:
    back = "k_activation*share_back"
    left = {
        kind: " - ".join(f"{kind}_to_{place}" for place in _TISSUES)
        for kind in ("rest", "active", "post")
    }
    odes = {
        "rest_blood": f"k_rest*post_blood - {left['rest']} - k_active_blood*rest_blood"
        f" + {back}*active_blood + k_generation*vol_blood*t_ref*t_lacking^2"
        " - factor_death_rest*k_death_active*max(rest_blood - t_ref*vol_blood, 0)",
        "active_blood": "k_active_blood*(rest_blood + post_blood)"
        f" - 2*{back}*active_blood - {left['active']} - k_death_active*(active_blood"
        " + factor_aicd*active_blood^2/(vol_blood*t_ref))",
        "post_blood": "share_dividing*k_division*active_blood"
        " - factor_death_post*k_death_active*post_blood - k_rest*post_blood"
        f" - k_active_blood*post_blood + {back}*active_blood - {left['post']}",
    }
    for place in _TISSUES:
        odes |= {
            f"rest_{place}": f"rest_to_{place} - k_active_{place}*rest_{place}"
            f" + {back}*active_{place} + k_rest*post_{place}",
            f"active_{place}": f"active_to_{place} + k_active_{place}*(rest_{place} + post_{place})"
            f" - 2*{back}*active_{place}",
            f"post_{place}": f"post_to_{place} + share_dividing*k_division*active_{place}"
            f" - factor_death_post*k_death_active*post_{place} - k_rest*post_{place}"
            f" - k_active_{place}*post_{place} + {back}*active_{place}",
        }
    young = "ratio_young*b_full_marrow"
    odes |= {
        "b_cells": f"{_growth('b_cells', 'b_ref*vol_blood')} - k_killed_blood*b_cells"
        " - b_to_spleen - b_to_nodes + b_from_marrow",
        "b_spleen": f"b_to_spleen - k_killed_spleen*b_spleen"
        f" + {_growth('b_spleen', 'b_full_spleen')}",
        "b_nodes": f"b_to_nodes - k_killed_nodes*b_nodes + {_growth('b_nodes', 'b_full_nodes')}",
        "b_marrow": f"{_growth('b_marrow', 'b_full_marrow')} - b_from_marrow"
        " + k_maturation*b_young - k_death_b*b_marrow - k_killed_marrow*b_marrow",
        "b_young": f"{young}*(k_death_b + k_maturation)*(1 + 5*b_lacking)"
        f" - (k_maturation + k_death_b)*b_young + {_growth('b_young', young)}",
        "drug": "-exchange*(drug/vol_drug - drug_peripheral/vol_drug_peripheral)"
        " - clearance*drug/vol_drug - v_elimination*drug/vol_drug/(km_elimination + drug/vol_drug)",
        "drug_peripheral": "exchange*(drug/vol_drug - drug_peripheral/vol_drug_peripheral)",
        "margination": "-log(2)/t_half_margination*margination",
        "il6": "release*active_blood/vol_blood*b_cells/(vol_blood*b_ref)*hill_blood"
        " - log(2)/t_half_il6*24 [h/day]*il6",
    }
    return odes


def _states() -> tuple[State, ...]:
    words = {"rest": "resting", "active": "activated", "post": "post-activated"}
    found = [
        State(name=f"{kind}_{place}", unit="cells", meaning=f"{word} CD8 T cells, {place}",
              initial="0" if kind != "rest" else "t_ref*vol_blood" if place == "blood"
              else f"partition_t_{place}*t_ref*vol_{place}")
        for place in ("blood", *_TISSUES)
        for kind, word in words.items()
    ]  # fmt: skip
    found += [
        State(name="b_cells", unit="cells", initial="b_ref*vol_blood", meaning="B cells, blood"),
        *(
            State(name=_B[p], unit="cells", initial=f"b_full_{p}", meaning=f"B cells, {p}")
            for p in _TISSUES
        ),
        State(name="b_young", unit="cells", initial="ratio_young*b_full_marrow",
              meaning="B cells of marrow without CD20"),
        State(name="drug", unit="ug", meaning="drug, central"),
        State(name="drug_peripheral", unit="ug", meaning="drug, peripheral"),
        State(name="margination", unit="1", initial="margination_0",
              meaning="pull of T cells into tissues"),
        State(name="il6", unit="pg/mL", meaning="IL-6 in blood"),
    ]  # fmt: skip
    return tuple(found)


def build(choices: Mapping[str, str]) -> ModelSpec:
    """T cells, B cells, drug and IL-6; `choices` as in the card: none."""
    del choices
    return ModelSpec(
        name=ID,
        description="T and B cells of four tissues, a T-cell engager, IL-6",
        parameters=parameters_of(*_VALUES, _GUARD, _GUARD_CELLS),
        expressions=tuple(_expressions()),
        states=_states(),
        odes=_odes(),
        outputs=(
            Output(name="il6_blood", text="il6", unit="pg/mL", meaning="IL-6 in blood"),
            Output(name="b_relative", text="b_cells/(b_ref*vol_blood)",
                   meaning="B cells in blood relative to baseline"),
            Output(name="t_relative", meaning="CD8 T cells in blood relative to baseline",
                   text="(rest_blood + active_blood + post_blood)/(t_ref*vol_blood)"),
            Output(name="active_level", text="active_blood/vol_blood", unit="cells/mL",
                   meaning="activated CD8 T cells in blood"),
            Output(name="drug_level", text="level", unit="ng/mL", meaning="drug in blood"),
        ),
        dose_state="drug",
    )  # fmt: skip


_own = Oracle(model=ID)
_STILL = ((("margination_0", 0.0),),)
_WHY = "a steady state of the equations, but for the guard"
CHECKS = (
    *(
        _own(f"without drug, {words}, day 90", "value", "1", output=output, end=90.0,
             cohort=_STILL, tolerance=1e-6, reason=_WHY)
        for output, words in (("b_relative", "B cells"), ("t_relative", "T cells"))
    ),
    _own("peak of IL-6 after 1 mg", "maximum", "1308", "pg/mL", output="il6_blood", dose=1000.0,
         end=3.0, step=0.01),
    _own("drug one day after 1 mg", "value", "155.74", "ng/mL", output="drug_level", dose=1000.0,
         end=1.0),
    _own("B cells in blood one day after 1 mg", "value", "0.004412", output="b_relative",
         dose=1000.0, end=1.0),
)  # fmt: skip

CARD = ModelCard(
    id=ID,
    title="Mosunetuzumab: T cells, B cells and IL-6 in four tissues",
    source=HOSSEINI_2020,
    others=(HOSSEINI_JULIA, LEUCEL),
    reason="IL-6 from T cells that meet their target, with B cells and T cells of blood and"
    " tissues: a mechanism of cytokine release beside those fitted to CAR-T cells.",
    product="mosunetuzumab (a T-cell engager, not a CAR-T cell)",
    target="CD20",
    population="Adults with relapsed or refractory B-cell lymphoma; many values from cynomolgus"
    " monkeys",
    assay="IL-6 in plasma, pg/mL; B and CD8 T cells in blood, cells/mL",
    data="Kinetics, cells and IL-6 of cynomolgus monkeys and of a phase 1 study; standard errors"
    " and variability were not available",
    symbols=symbols_of(*_VALUES),
    assumptions=(
        "Only activated T cells of blood make the IL-6 of blood.",
        "The drug of a tissue is a fixed share of that of blood.",
        "B cells of blood die and are replaced at one rate.",
    ),
    defects=(
        Defect(
            what="The paper and its code were read through a translation by others, which names"
            " itself final and differs from their first one in switches.",
            resolution="The final human version is taken; every value carries its symbol there.",
        ),
        Defect(
            what="IL-6 is released per day in pg, without a word on what releases it.",
            resolution="The equation multiplies it by cells per mL, so it is pg a cell and day.",
        ),
    ),
    deviations=(
        "The tumor compartment is left out, and doses under the skin; a dose enters blood in ug.",
        "The pull of T cells into tissues starts with the simulation; later doses do not renew it.",
    ),
    limits=(
        "No number of the paper could be compared: its results were seen as pictures only.",
        "First peaks of IL-6 that others digitized from figure 6 of the paper have the median 65"
        " pg/mL after 0.8 mg (n = 23) and 91 pg/mL after 1 mg (n = 11); the typical patient of the"
        " model has 1167 and 1308 pg/mL.",
        "Others report that with these values IL-6 after mosunetuzumab is overpredicted on the"
        " whole, met for epcoritamab, and underpredicted for teclistamab and for glofitamab in"
        " monkeys.",
        "For CAR-T cells the drug has no place: hardiansyah_2019_ctl019 has their cytokines.",
    ),
    checks=CHECKS,
    license="Facts from an open-access paper and a public repository; equations and"
    " values only, no code",
    review=REVIEWS.get(ID),
    status=CardStatus.PROVISIONAL,
)

MODELS = (Published(card=CARD, build=build),)
