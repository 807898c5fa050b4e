"""Tsai 2022: CAR-T cells in the body of a mouse, given into blood or the pleural space."""

from __future__ import annotations

from collections.abc import Mapping

from leucel.core import Mark
from leucel.library.cards import CardStatus, Choice, Defect, ModelCard, Published, Values
from leucel.library.oracles import Oracle
from leucel.library.reviews import REVIEWS
from leucel.library.sources import LEUCEL, NLMIXR2LIB, TSAI_2022
from leucel.library.values import Quotes, parameters_of, symbols_of
from leucel.model import Expression, ModelSpec, Output, State

ID = "tsai_2022_pleural"
_q = Quotes(
    source=TSAI_2022, place="Tables 1 and S2", mark=Mark.REPRODUCED, note="read through nlmixr2lib"
)
_FIXED = "fixed"
_VALUES = (
    _q("k_lung_pleura", 0.119, "1/h", "Jp", "lung to pleural space", note="RSE 25.6%"),
    _q("retention", 2.88, "1", "Rp", "retention in the pleural space", note="RSE 2.6%"),
    _q("k_growth", 0.00385, "1/h", "kg", "growth of free tumor cells", note="RSE 8.19%"),
    _q("k_expansion", 0.115, "1/h", "kpro", "largest proliferation of bound CAR-T cells",
       note="RSE 14.9%"),
    _q("ic50_tumor", 3.84e7, "cells", "KI", "tumor that halves it", note="RSE 15.4%"),
    _q("k_kill", 0.0733, "1/h", "kk", "kill in a complex", note="RSE 3.6%"),
    _q("k_off", 6.85e-8, "1/h", "koff", "dissociation", note="RSE 3.74%"),
    _q("k_on", 1e6, "1/M/s", "kon", "association", note=_FIXED),
    _q("k_loss", 0.84, "1/h", "kel", "loss in lung interstitium", note=_FIXED),
    _q("k_lung", 1843.0, "1/h", "Jl", "lung vessels to interstitium", note=_FIXED),
    _q("k_other", 41.4, "1/h", "Jo", "other vessels to interstitium", note=_FIXED),
    _q("flow", 678.0, "mL/h", "Q", "blood flow", note=_FIXED),
    _q("vol_arterial", 0.8585, "mL", "VA", "arterial blood", note=_FIXED),
    _q("vol_venous", 0.8585, "mL", "VV", "venous blood", note=_FIXED),
    _q("vol_lung_vessels", 0.0536, "mL", "VLv", "vessels of the lung", note=_FIXED),
    _q("vol_lung", 0.0384, "mL", "VLi", "interstitium of the lung", note=_FIXED),
    _q("vol_other_vessels", 1.432, "mL", "VOv", "other vessels", note=_FIXED),
    _q("vol_other", 4.87, "mL", "VOi", "other interstitium", note=_FIXED),
    _q("vol_node", 0.113, "mL", "VN", "lymph nodes", note=_FIXED),
    _q("lymph_lung", 0.746, "mL/h", "Ll", "lymph of the lung", note=_FIXED),
    _q("lymph_other", 0.904, "mL/h", "Lo", "lymph of other tissue", note=_FIXED),
    _q("lymph_node", 1.65, "mL/h", "LN", "lymph that leaves the nodes", note=_FIXED),
    _q("lymph_pleura", 0.033, "mL/h", "Lp", "lymph of the pleural space", note=_FIXED),
    _q("vol_pleura", 0.00728, "mL", "Vps", "pleural cavity", note=_FIXED),
    _q("antigens_per_cell", 1e4, "molecules/cell", "NAg", "antigens on a tumor cell", note=_FIXED),
    _q("vol_cell", 518.3e-12, "mL/cell", "vcell", "volume of a tumor cell", note=_FIXED),
    _q("free_fraction", 0.2, "1", "fisf", "interstitial share of the tumor", note=_FIXED, high=1.0),
    _q("tumor_0", 1e8, "cells", "TB0", "tumor cells at the start", note="as in Table 2"),
)  # fmt: skip
ROUTE = Choice(
    name="route",
    options=(("iv", "into venous blood"), ("ip", "into the pleural space")),
    reason="Intravenous is the route of approved products.",
)
_H = "24 [h/day]"
_NAMES = (
    ("arterial", "arterial blood"),
    ("venous", "venous blood"),
    ("lung_vessels", "vessels of the lung"),
    ("lung", "interstitium of the lung"),
    ("other_vessels", "other vessels"),
    ("other", "other interstitium"),
    ("node", "lymph nodes"),
    ("pleura", "pleural space, free"),
)


def _c(name: str) -> str:
    return f"{name}/vol_{name}"


def build(choices: Mapping[str, str]) -> ModelSpec:
    """CAR-T cells in eight spaces, tumor and complexes; `choices` as in the card."""
    return ModelSpec(
        name=ID,
        description="CAR-T cells in blood, lung, other tissue, lymph and pleura; pleural tumor",
        parameters=parameters_of(*_VALUES),
        expressions=(
            Expression(
                name="vol_space",
                text="vol_pleura + vol_cell*tumor/(1 - free_fraction)",
                unit="mL",
                meaning="pleural space with its tumor",
            ),
            Expression(
                name="binding",
                # 1 M is one mol in a liter: 1000 mL of them hold one Avogadro number.
                text="k_on*3600 [s/h]/6.022e23 [molecules/mol]*antigens_per_cell"
                "*1000 [mL/L]*pleura*(tumor - complexes)/vol_space",
                unit="cells/h",
                meaning="CAR-T cells that bind",
            ),
            Expression(
                name="proliferation",
                text="k_expansion/(1 + tumor/ic50_tumor)*complexes",
                unit="cells/h",
                meaning="CAR-T cells born in complexes",
            ),
            Expression(
                name="back",
                text="lymph_pleura/retention*pleura/vol_space",
                unit="cells/h",
                meaning="CAR-T cells that leave the pleural space by lymph",
            ),
        ),
        states=(
            *(State(name=n, unit="cells", meaning=f"CAR-T cells, {m}") for n, m in _NAMES),
            State(name="tumor", unit="cells", initial="tumor_0", meaning="tumor cells"),
            State(name="complexes", unit="cells", meaning="tumor cells with a CAR-T cell"),
        ),
        odes={
            "arterial": f"{_H}*flow*({_c('lung_vessels')} - {_c('arterial')})",
            "venous": f"{_H}*({_c('other_vessels')}*(flow - lymph_other)"
            f" + {_c('node')}*lymph_node - {_c('venous')}*(flow + lymph_lung))",
            "lung_vessels": f"{_H}*({_c('venous')}*(flow + lymph_lung) - k_lung*lung_vessels"
            f" - {_c('lung_vessels')}*flow)",
            "lung": f"{_H}*(k_lung*lung_vessels - {_c('lung')}*(lymph_lung - lymph_pleura)"
            " - (k_loss + k_lung_pleura)*lung)",
            "other_vessels": f"{_H}*({_c('arterial')}*flow - k_other*other_vessels"
            f" - {_c('other_vessels')}*(flow - lymph_other))",
            "other": f"{_H}*(k_other*other_vessels - {_c('other')}*lymph_other)",
            "node": f"{_H}*({_c('lung')}*(lymph_lung - lymph_pleura) + back"
            f" + {_c('other')}*lymph_other - {_c('node')}*lymph_node)",
            "pleura": f"{_H}*(k_lung_pleura*lung - back - binding + (k_off + k_kill)*complexes"
            " + proliferation)",
            "tumor": f"{_H}*(k_growth*(tumor - complexes) - k_kill*complexes)",
            "complexes": f"{_H}*(binding - (k_off + k_kill)*complexes)",
        },
        outputs=(
            Output(name="blood", text=_c("venous"), unit="cells/mL", meaning="CAR-T in blood"),
            Output(
                name="lung_level",
                text="(lung_vessels + lung)/(vol_lung_vessels + vol_lung)",
                unit="cells/mL",
                meaning="CAR-T cells in the lung",
            ),
            Output(
                name="pleura_level",
                text="(pleura + complexes)/vol_space",
                unit="cells/mL",
                meaning="CAR-T cells in the pleural space",
            ),
            Output(
                name="pleura_cells",
                text="pleura + complexes",
                unit="cells",
                meaning="CAR-T cells in the pleural space",
            ),
            Output(
                name="car_t",
                text=" + ".join(n for n, _ in _NAMES) + " + complexes",
                unit="cells",
                meaning="all CAR-T cells",
            ),
            Output(name="tumor_cells", text="tumor", unit="cells", meaning="tumor cells"),
        ),
        dose_state="venous" if choices[ROUTE.name] == "iv" else "pleura",
    )


_paper = Oracle(model=ID, source=TSAI_2022, mark=Mark.REPRODUCED, place="Table 2")
_own = Oracle(model=ID)
_INERT: tuple[Values, ...] = ((("k_on", 0.0), ("k_growth", 0.0), ("tumor_0", 1e8)),)
_PD: tuple[Values, ...] = ((("tumor_0", 5.9e7),),)
_IP, _IV = (("route", "ip"),), (("route", "iv"),)
_COARSE = 0.05 / 24.0
_SPIKE = "trapezoids of 0.05 hours, which cut the intravenous spike as the paper does"


def _ratio(oracle: Oracle, name: str, output: str, hours: float, printed: str, *,
           rule: str = "trapezoid", tolerance: float | None = None):  # fmt: skip
    return oracle(
        name, rule, printed, "1", output=output, end=hours / 24.0,  # type: ignore[arg-type]
        step=_COARSE, dose=1e6, cohort=_INERT, choices=_IP, against=_IV, tolerance=tolerance,
        reason=_SPIKE if tolerance else "",
    )  # fmt: skip


CHECKS = (
    _ratio(_paper, "blood, 0-4 h, pleural over intravenous", "blood", 4.0, "0.205", tolerance=5e-3),
    _ratio(_paper, "blood, 0-72 h, pleural over intravenous", "blood", 72.0, "0.832",
           tolerance=5e-3),
    _ratio(_paper, "lung, 0-4 h, pleural over intravenous", "lung_level", 4.0, "0.380",
           tolerance=5e-3),
    _ratio(_paper, "pleura, 0-4 h, pleural over intravenous", "pleura_level", 4.0, "81.9",
           tolerance=5e-3),
    _ratio(_own, "blood, 0-4 h, converged integral", "blood", 4.0, "0.366", rule="area"),
    _ratio(_own, "blood, 0-72 h, converged integral", "blood", 72.0, "0.947", rule="area"),
    _own("day of the peak of all CAR-T cells, intravenous", "time_of_maximum", "8.2", "day",
         output="car_t", start=1.0, end=30.0, step=0.1, dose=1e6, cohort=_PD),
    _own("day of the peak of all CAR-T cells, pleural", "time_of_maximum", "4.0", "day",
         output="car_t", start=1.0, end=30.0, step=0.1, dose=1e6, cohort=_PD, choices=_IP),
)  # fmt: skip

CARD = ModelCard(
    id=ID,
    title="CAR-T cells in a mouse with a pleural tumor, intravenous or local",
    source=TSAI_2022,
    others=(NLMIXR2LIB, LEUCEL),
    reason="Trafficking through lung, lymph and tissue with published volumes and flows, and what"
    " local delivery changes.",
    product="CAR-T cells in mice",
    target="an antigen of a pleural tumor",
    population="Mice with pleural tumors",
    assay="bioluminescence, digitized by the authors (Adusumilli 2014)",
    data="Naive pooled fit, Phoenix, proportional error",
    symbols=symbols_of(*_VALUES),
    assumptions=(
        "Concentrations are amounts over the volume of a space.",
        "Only bound CAR-T cells proliferate, less with more tumor.",
    ),
    defects=(
        Defect(
            what="Published ratios of areas in blood (0.205 and 0.832) carry the error of"
            " trapezoids of 0.05 hours on the intravenous spike; integrals give 0.366 and 0.947.",
            resolution="Both are checks: the printed with trapezoids, the integrals as states.",
        ),
    ),
    limits=("A second file of nlmixr2lib with 17 states for the liver is not included.",),
    choices=(ROUTE,),
    checks=CHECKS,
    license="Facts from a paper and a GPL repository; equations and values only",
    review=REVIEWS.get(ID),
    status=CardStatus.REVIEWED,
)
MODELS = (Published(card=CARD, build=build),)
