"""Chaudhury 2020: three worked models of CAR-T cells and tumor, in arbitrary units of cells."""

from __future__ import annotations

from collections.abc import Mapping

from leucel.core import Mark, Source
from leucel.library.cards import CardStatus, Check, Defect, ModelCard, Published
from leucel.library.oracles import Oracle
from leucel.library.reviews import REVIEWS
from leucel.library.sources import (
    BIOMODEL_1024,
    BIOMODEL_1025,
    BIOMODEL_UNCURATED,
    BIOSIMULANT,
    CHAUDHURY_2020,
    LEUCEL,
)
from leucel.library.values import Quoted, Quotes, own_value, parameters_of, symbols_of
from leucel.model import Event, Expression, ModelSpec, Output, Parameter, State

_ID = "chaudhury_2020"
_PER_CELL = "1/(cells*day)"
_GUARD = own_value(
    "guard", 1e-12, "cells", "keeps the logarithm and the quotients defined without a tumor",
    "far below any level that counts",
)  # fmt: skip
_START = "CAR-T cells at infusion"


def _lotka_volterra() -> tuple[Quoted, ...]:
    q = Quotes(source=BIOMODEL_1024, place="SBML file, equations 4-5 of the paper")
    return (
        q("expansion", 0.0018, _PER_CELL, "rho", "expansion of CAR-T cells per tumor cell"),
        q("k_loss_car", 0.16, "1/day", "kE", "loss of CAR-T cells"),
        q("k_growth", 0.15, "1/day", "g", "growth of the tumor"),
        q("kill", 0.00015, _PER_CELL, "d", "tumor killed per CAR-T cell"),
        q("car_0", 10.0, "cells", "C0", _START),
        q("tumor_0", 900.0, "cells", "U0", "tumor cells at infusion"),
    )  # fmt: skip


def _switched(source: Source, place: str, *, saturable: bool) -> tuple[Quoted, ...]:
    q = Quotes(source=source, place=place)
    own = (
        (
            q("k_expansion", 8.8, "1/day", "rho", "largest expansion of CAR-T cells"),
            q("ec50_expansion", 1.0, "cells", "R50", "tumor and CAR-T cells at half of it"),
            q("k_kill_max", 0.35, "1/day", "d", "largest kill of the tumor"),
            q("ec50_kill", 10.0, "cells", "D50", "CAR-T and tumor cells at half of it"),
        )
        if saturable
        else (
            q("k_expansion", 1.0, "1/day", "rho", "expansion of CAR-T cells"),
            q("kill", 0.0007, _PER_CELL, "d", "tumor killed per CAR-T cell"),
        )
    )
    return (
        *own,
        q("k_loss_car", 0.16, "1/day", "kE", "loss of effector cells after the peak"),
        q("k_persist", 0.0012, "1/day", "kEP", "effector cells that persist"),
        q("k_loss_persister", 0.0032, "1/day", "be", "loss of persisting cells"),
        q("k_growth", 0.2 if saturable else 0.3, "1/day", "g", "growth of the tumor (Gompertz)"),
        q("cap_tumor", 1000.0 if saturable else 100.0, "cells", "Um", "largest tumor"),
        q("cure_level", 0.1, "cells", "Uc", "tumor below which it does not grow back"),
        q("t_max", 9.3, "day", "Tm", "end of the expansion"),
        q("car_0", 10.0, "cells", "C0", _START),
        q("tumor_0", 900.0, "cells", "U0", "tumor cells at infusion"),
    )


_CAR = State(name="car", unit="cells", initial="car_0", meaning="CAR-T cells")
_TUMOR = State(name="tumor", unit="cells", initial="tumor_0", meaning="tumor cells")
_OUTPUTS = (
    Output(name="car_t", text="car", unit="cells", meaning="CAR-T cells"),
    Output(name="tumor_cells", text="tumor", unit="cells", meaning="tumor cells"),
)


def _simple(id_: str, values: tuple[Quoted, ...]) -> ModelSpec:
    return ModelSpec(
        name=id_,
        description="Predator and prey",
        parameters=parameters_of(*values),
        states=(_CAR, _TUMOR),
        odes={
            "car": "expansion*car*tumor - k_loss_car*car",
            "tumor": "k_growth*tumor - kill*car*tumor",
        },
        outputs=_OUTPUTS,
    )


def _phases(id_: str, values: tuple[Quoted | Parameter, ...], *, saturable: bool) -> ModelSpec:
    rate, kill = "k_expansion", "kill*car"
    if saturable:
        rate = "k_expansion*tumor/(ec50_expansion + car + tumor)"
        kill = "k_kill_max*car/(ec50_kill + car + tumor)"
    return ModelSpec(
        name=id_,
        description="Expansion to a switch, then contraction into persisting cells; Gompertz tumor",
        parameters=parameters_of(*values),
        expressions=(
            Expression(
                name="level",
                text="max(tumor, 0)",
                unit="cells",
                meaning="tumor cells, never below 0",
            ),
            Expression(
                name="gate",
                text="level^3/(level^3 + cure_level^3)",
                meaning="gate of regrowth, closed below the cure level",
            ),
            Expression(
                name="growth",
                text="k_growth*gate*(1 - log(max(tumor, guard)/1 [cells])"
                "/log(cap_tumor/1 [cells]))",
                unit="1/day",
                meaning="growth of the tumor",
            ),
        ),
        states=(_CAR, State(name="persister", unit="cells", meaning="persisting cells"), _TUMOR),
        odes={
            "car": f"if(t < t_max, {rate}, -(k_persist + k_loss_car))*car",
            "persister": "if(t < t_max, 0, k_persist*car - k_loss_persister*persister)",
            "tumor": f"growth*tumor - {kill}*tumor",
        },
        events=(Event(name="peak", when="t_max - t", meaning="expansion stops"),),
        outputs=(
            *_OUTPUTS,
            Output(name="persisters", text="persister", unit="cells", meaning="persisting cells"),
        ),
    )


def _card(
    id_: str,
    title: str,
    reason: str,
    source: Source,
    values: tuple[Quoted | Parameter, ...],
    checks: tuple[Check, ...],
    *,
    defects: tuple[Defect, ...] = (),
    deviations: tuple[str, ...] = (),
) -> ModelCard:
    return ModelCard(
        id=id_,
        title=title,
        source=CHAUDHURY_2020,
        others=(source, BIOSIMULANT, LEUCEL),
        reason=reason,
        product="none in particular",
        target="CD19",
        population="None: illustrative parameters",
        assay="arbitrary units of cells",
        data="None: the parameters illustrate the behavior of the equations",
        symbols=symbols_of(*values),
        assumptions=("Cells are counted in arbitrary units.",),
        defects=defects,
        deviations=deviations,
        limits=("A worked example for teaching and for testing solvers, not for predictions.",),
        checks=checks,
        license="Facts from a paper and a CC0 file; equations and values only",
        review=REVIEWS.get(id_),
        status=CardStatus.REVIEWED,
    )


_lv = Oracle(model=f"{_ID}_lotka_volterra")
_ec = Oracle(model=f"{_ID}_ec50")
_fo = Oracle(model=f"{_ID}_first_order")


def _lab(kind: str, file: str) -> Oracle:
    return Oracle(
        model=f"{_ID}_{kind}",
        source=BIOSIMULANT,
        mark=Mark.REPRODUCED,
        place=f"lab of {file}, read 2026-11-22",
    )


_lv_lab = _lab("lotka_volterra", "BIOMD0000001024")
_ec_lab = _lab("ec50", "BIOMD0000001025")
_fo_lab = _lab("first_order", "MODEL2109110005")
_LAST = "the last of ten windows of one day begins on day 9; printed with "
_LV_CHECKS = (
    _lv_lab(
        "CAR-T cells on day 9",
        "value",
        "8323.4",
        "cells",
        output="car_t",
        end=9.0,
        tolerance=1e-5,
        reason=_LAST + "five digits",
    ),
    _lv_lab(
        "tumor on day 9",
        "value",
        "0.1603",
        "cells",
        output="tumor_cells",
        end=9.0,
        tolerance=3.2e-4,
        reason=_LAST + "four digits",
    ),
    _lv("CAR-T cells on day 5", "value", "14557", "cells", output="car_t", end=5.0),
    _lv("tumor on day 5", "value", "87.35", "cells", output="tumor_cells", end=5.0),
    _lv("CAR-T cells on day 9.3", "value", "7933.9", "cells", output="car_t", end=9.3),
)
_EC_CHECKS = (
    _ec_lab(
        "tumor on day 9",
        "value",
        "73.681",
        "cells",
        output="tumor_cells",
        end=9.0,
        tolerance=1e-5,
        reason=_LAST + "five digits",
    ),
    _ec("CAR-T cells at the switch", "value", "22818", "cells", output="car_t", end=9.3),
    _ec("CAR-T cells on day 14", "value", "10697", "cells", output="car_t", end=14.0),
    _ec("persisting cells on day 14", "value", "89.48", "cells", output="persisters", end=14.0),
    _ec("CAR-T cells on day 28", "value", "1119.8", "cells", output="car_t", end=28.0),
)
_FO_CHECKS = (
    _fo_lab("tumor on day 8", "value", "5.92e-7", "cells", output="tumor_cells", end=8.0,
            tolerance=0.0025, reason="the last window of one day that 8.5 days hold begins on day"
            " 8; the other program gives 5.9196e-7 at its relative tolerance of 1e-6 in windows of"
            " one day, and 5.9310e-7 at 1e-10"),
    _fo("CAR-T cells at the switch", "value", "109380", "cells", output="car_t", end=9.3,
        tolerance=1e-4, reason="printed with five digits"),
    _fo("persisting cells on day 28", "value", "741.7", "cells", output="persisters", end=28.0),
)  # fmt: skip
_GUARDED = ("A guard keeps the logarithm of the Gompertz law defined when no tumor is left.",)

_LV_VALUES = _lotka_volterra()
_EC_VALUES = (
    *_switched(BIOMODEL_1025, "SBML file, equations 7-9 of the paper", saturable=True),
    _GUARD,
)
_FO_VALUES = (
    *_switched(BIOMODEL_UNCURATED, "SBML file, equations S1-S3 of the paper", saturable=False),
    _GUARD,
)


def build_lotka_volterra(choices: Mapping[str, str]) -> ModelSpec:
    """Equations 4 and 5."""
    return _simple(f"{_ID}_lotka_volterra", _LV_VALUES)


def build_ec50(choices: Mapping[str, str]) -> ModelSpec:
    """Equations 7 to 9, saturable expansion and kill."""
    return _phases(f"{_ID}_ec50", _EC_VALUES, saturable=True)


def build_first_order(choices: Mapping[str, str]) -> ModelSpec:
    """Equations S1 to S3, first-order expansion and kill."""
    return _phases(f"{_ID}_first_order", _FO_VALUES, saturable=False)


MODELS = (
    Published(
        card=_card(
            f"{_ID}_lotka_volterra",
            "CAR-T cells and tumor as predator and prey",
            "The simplest model in which the tumor drives expansion.",
            BIOMODEL_1024,
            _LV_VALUES,
            _LV_CHECKS,
        ),
        build=build_lotka_volterra,
    ),
    Published(
        card=_card(
            f"{_ID}_ec50",
            "Saturable expansion and kill with a switch to contraction",
            "Stein 2019 joined to a tumor: saturating expansion, contraction, persistence, cure.",
            BIOMODEL_1025,
            _EC_VALUES,
            _EC_CHECKS,
            deviations=_GUARDED,
        ),
        build=build_ec50,
    ),
    Published(
        card=_card(
            f"{_ID}_first_order",
            "First-order expansion and kill with a switch to contraction (a broken fixture)",
            "A stress test: the tumor underflows while everything else is smooth.",
            BIOMODEL_UNCURATED,
            _FO_VALUES,
            _FO_CHECKS,
            defects=(
                Defect(
                    what="The tumor starts at 900, above its capacity of 100, and underflows to 0;"
                    " BioModels notes a simulation error and has not curated the file.",
                    resolution="The numbers are kept and a guard stands in the logarithm: use it to"
                    " test solvers only.",
                ),
            ),
            deviations=_GUARDED,
        ),
        build=build_first_order,
    ),
)
