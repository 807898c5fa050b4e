"""CARRGO (Sahoo 2020) and CARRGO with dexamethasone (Brummer 2022): killing in vitro."""

from __future__ import annotations

import math
from collections.abc import Mapping

from leucel.core import Mark
from leucel.library.brummer_2022_fits import FITS
from leucel.library.cards import CardStatus, Choice, Defect, ModelCard, Published
from leucel.library.oracles import Oracle
from leucel.library.reviews import REVIEWS
from leucel.library.sources import CARRGODEX, LEUCEL, SAHOO_2020
from leucel.library.values import Quoted, Quotes, own_value, parameters_of, symbols_of
from leucel.model import Expression, ModelSpec, Output, Parameter, State

ID = "brummer_2022_carrgo"
_q = Quotes(source=CARRGODEX, place="fit_parameters.csv", mark=Mark.REPRODUCED)
_data = Quotes(source=CARRGODEX, place="car_T_dex_pbt1_pbt2_lines.csv", mark=Mark.SEEN)
_NAMES = (
    ("k_growth", "1/h", "rho", "growth of the tumor"),
    ("crowding", "1", "1/K", "inverse of the largest tumor, per cell index"),
    ("k_kill", "1/h", "kappa1", "kill per T cell, per cell index"),
    ("k_expansion", "1/h", "kappa2", "net expansion or exhaustion per tumor cell, per cell index"),
    ("k_loss_car", "1/h", "theta", "death of T cells"),
    ("k_dex_tumor", "1/h", "c0", "effect of dexamethasone on the tumor"),
    ("k_dex_car", "1/h", "c3", "effect of dexamethasone on T cells"),
)
# Mean cell index of the well pair in the first row that the authors fitted.
_FIRST = {"0": (0.52185, 27.834167), "0.25": (0.4669, 26.583889), "0.125": (0.4633, 26.583889),
          "0.05": (0.5035, 26.583889)}  # fmt: skip

LINE = Choice(
    name="line",
    options=(
        ("pbt1", "glioma PBT030"),
        ("pbt2", "glioma PBT128"),
        ("pbt4", "glioma PBT138, high antigen"),
    ),
    reason="The line with oracles comes first.",
)
START = Choice(
    name="t_cells",
    options=(
        ("0.25", "1:4 by the convention of the data"),
        ("0.125", "1:8"),
        ("0.05", "1:20"),
        ("0", "tumor alone"),
    ),
    reason="Growth and killing were fitted for each arm apart.",
)
DEXAMETHASONE = Choice(
    name="dexamethasone",
    options=(
        ("none", "without"),
        *((dose, "as the file labels it, ug/mL; the numbers look like g/mL")
          for dose in ("1e-10", "1e-9", "1e-8", "1e-7", "1e-6")),
    ),
    reason="The plain model comes first.",
)  # fmt: skip


def _fitted(line: str, start: str, dex: str) -> tuple[Quoted, ...]:
    fit = FITS[line, start, dex]
    count = 5 if dex == "none" else 7
    return tuple(
        _q(
            name,
            value,
            unit,
            symbol,
            meaning,
            low=-math.inf if name.startswith("k_dex") else 0.0,
            note="" if error is None else f"SE {error:.3g}",
        )
        for (name, unit, symbol, meaning), (value, error) in zip(
            _NAMES[:count], fit[:count], strict=True
        )
    )


def _starts(line: str, start: str, dex: str) -> tuple[Quoted | Parameter, ...]:
    cells = _q("car_0", float(start), "1", "y0", "T cells at the start, cell index")
    if line == "pbt1" and dex == "none":
        index, hour = _FIRST[start]
        return (
            cells,
            _data("tumor_0", index, "1", "x0", "tumor at the start of the fit, cell index",
                  note=f"{hour:.1f} h after seeding"),
        )  # fmt: skip
    return (
        cells,
        own_value("tumor_0", 0.47, "1", "tumor at the start of the fit, cell index", "an input:"
                  " read it from the data of the arm; about that of the first line as default"),
    )  # fmt: skip


def build(choices: Mapping[str, str]) -> ModelSpec:
    """Tumor and T cells in cell-index units; `choices` as in the card."""
    line, start, dex = choices["line"], choices["t_cells"], choices["dexamethasone"]
    hour = "24 [h/day]"
    with_dex = dex != "none"
    half_life = _q("t_half_dex", 3.33, "h", "t1/2", "half-life of dexamethasone", place="notebooks")
    return ModelSpec(
        name=ID,
        description="Tumor that grows to a capacity, T cells that kill, expand and die",
        parameters=parameters_of(
            *_fitted(line, start, dex),
            *_starts(line, start, dex),
            *((half_life,) if with_dex else ()),
        ),
        expressions=(
            Expression(
                name="steroid",
                text=f"exp(-log(2)*t*{hour}/t_half_dex)",
                meaning="dexamethasone that is left, relative to the start",
            ),
        )
        if with_dex
        else (),
        states=(
            State(name="tumor", initial="tumor_0", meaning="tumor, cell index"),
            State(name="car", initial="car_0", meaning="T cells, cell index"),
        ),
        odes={
            "tumor": f"{hour}*(k_growth*(1 - crowding*tumor)"
            + (" - k_dex_tumor*steroid" if with_dex else "")
            + " - k_kill*car)*tumor",
            "car": f"{hour}*(k_expansion*tumor - k_loss_car"
            + (" - k_dex_car*steroid" if with_dex else "")
            + ")*car",
        },
        outputs=(
            Output(name="cell_index", text="tumor", meaning="tumor, cell index"),
            Output(name="t_cells", text="car", meaning="T cells, cell index"),
        ),
    )


_own = Oracle(model=ID)
# Hours from the first to the last row of the two arms: rows 100 to 440 and to 652, one in 0.25 h.
_ARMS = (("0.25", "0.668", 340), ("0.125", "0.413", 552))
_FINAL = "printed with three digits; the hour of the last row is that of the regular grid"
_data_row = Oracle(
    model=ID,
    source=CARRGODEX,
    mark=Mark.REPRODUCED,
    place="fit_parameters.csv, t_cell_end",
    observed=True,
)
_fixed_point = Oracle(
    model=ID,
    source=CARRGODEX,
    mark=Mark.REPRODUCED,
    place="fit_parameters.csv, column theta/kappac2, read 2026-11-22",
)
# Tumor at which T cells neither grow nor shrink, as the authors computed it for each arm.
_FIXED_POINTS = (
    ("pbt1", "0.125", "0.496593994"),
    ("pbt1", "0.05", "1.070242381"),
    ("pbt2", "0.25", "0.057013428"),
    ("pbt2", "0.125", "0.864195322"),
    ("pbt2", "0.05", "2.641624801"),
)
_COUNTED = (("0.25", "0.6598", 340), ("0.125", "0.4155", 552), ("0.05", "0.33095", 552))
CHECKS = (
    *(
        _fixed_point(f"tumor that the T cells hold, {line} with {arm}", "value", printed, "1",
                     output="cell_index", end=400.0, choices=(("line", line), ("t_cells", arm)),
                     tolerance=1e-6, reason="the course after 400 days; limited by the solver")
        for line, arm, printed in _FIXED_POINTS
    ),
    *(
        _own(f"T cells at the end of the arm {arm}", "value", printed, "1", output="t_cells",
             end=rows * 0.25 / 24.0, choices=(("t_cells", arm),), tolerance=3e-3, reason=_FINAL)
        for arm, printed, rows in _ARMS
    ),
    *(
        _data_row(f"T cells counted at the end of the arm {arm}", "value", counted, "1",
                  output="t_cells", end=rows * 0.25 / 24.0, choices=(("t_cells", arm),),
                  tolerance=0.015, reason="a count against the fit, which weighs it with 50")
        for arm, counted, rows in _COUNTED
    ),
)  # fmt: skip
_DEFAULT = (*_fitted("pbt1", "0.25", "none"), *_starts("pbt1", "0.25", "none"))

CARD = ModelCard(
    id=ID,
    title="CARRGO: killing of glioma by CAR-T cells in vitro, with and without dexamethasone",
    source=CARRGODEX,
    others=(SAHOO_2020, LEUCEL),
    reason="Killing assays against the ratio of effector to target cells, with real-time data that"
    " anyone can fetch.",
    product="IL13Ra2 CAR-T cells",
    target="IL13Ra2",
    population="Three patient-derived glioma lines in vitro",
    assay="real-time cell index (xCELLigence) of well pairs every quarter of an hour; T cells"
    " counted at the end",
    data="652 and 666 rows of means and standard deviations; particle swarm and least squares with"
    " the deviations as weights, final T cells with weight 50",
    symbols=symbols_of(*_DEFAULT),
    assumptions=(
        "T cells and tumor are in units of cell index.",
        "Time begins with the first fitted row; dexamethasone decays from then on.",
    ),
    defects=(
        Defect(
            what="The columns t_start and t_end of the fits are labeled hours but are row numbers"
            " of the series (100 to 652 are 26.6 to 164.5 h).",
            resolution="They are read as rows.",
        ),
        Defect(
            what="The column of dexamethasone is labeled ug/mL; 1e-10 to 1e-6 look like g/mL.",
            resolution="The options carry the numbers of the file.",
        ),
        Defect(
            what="Growth was fitted anew for each arm, so that it differs between ratios.",
            resolution="Each arm is a choice of its own; it is no model of the ratio.",
        ),
        Defect(
            what="The DOI of the paper with dexamethasone was not verified.",
            resolution="The repository of the authors is cited.",
        ),
    ),
    limits=(
        "For a product, fit all arms together with one growth and a kill that saturates.",
        "The start of the tumor is known here for the first line without dexamethasone only.",
    ),
    choices=(LINE, START, DEXAMETHASONE),
    checks=CHECKS,
    license="Values and equations from a public repository with its own license; no code",
    review=REVIEWS.get(ID),
    status=CardStatus.REVIEWED,
)
MODELS = (Published(card=CARD, build=build),)
