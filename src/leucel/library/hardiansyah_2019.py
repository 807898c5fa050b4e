"""Hardiansyah and Ng 2019: CD19 CAR-T cells, leukemia and cytokines in two patients."""

from __future__ import annotations

from collections.abc import Mapping

from leucel.core import Kind, Mark
from leucel.library.cards import CardStatus, Choice, Defect, ModelCard, Published
from leucel.library.oracles import Oracle
from leucel.library.reviews import REVIEWS
from leucel.library.sources import HARDIANSYAH_2019, LEUCEL, NLMIXR2LIB
from leucel.library.values import Quoted, Quotes, parameters_of, symbols_of
from leucel.model import Expression, ModelSpec, Output, State

ID = "hardiansyah_2019_ctl019"
_q = Quotes(
    source=HARDIANSYAH_2019, place="Tables S1 and S2", mark=Mark.REPRODUCED,
    note="read through nlmixr2lib",
)  # fmt: skip
_BILLION = "1e9*cells"
_PER_BILLION = "1/(1e9*cells*day)"
_RELEASE = "pg/uL/(1e15*cells^2)/day"

# Name, unit, symbol, meaning, value of UPN1, value of UPN3, its relative standard error.
_ROWS = (
    ("release_il6", _RELEASE, "P6", "IL-6 production", 1.8e-3, 6e-3, "33"),
    ("release_il10", _RELEASE, "P10", "IL-10 production", 0.7e-3, 1.7e-2, "27"),
    ("release_ifn", _RELEASE, "PG", "IFN-gamma production", 0.3e-3, 6e-3, "31"),
    ("expansion", _PER_BILLION, "rE", "expansion of effector cells per leukemia cell", 16.16, 14.40,
     "5"),
    ("k_loss_effector", "1/day", "dE", "loss of effector cells", 23.04, 1.44, "27"),
    ("k_memory", "1/day", "aE", "effector to memory", 0.024, 0.12, "11"),
    ("kill", _PER_BILLION, "K", "leukemia killed per effector cell", 0.19, 2.21, "21"),
    ("il6_baseline", "pg/mL", "b6", "IL-6 at baseline", 1.7, 1.0, ""),
    ("il10_baseline", "pg/mL", "b10", "IL-10 at baseline", 4.5, 0.5, ""),
    ("ifn_baseline", "pg/mL", "bg", "IFN-gamma at baseline", 2.3, 1.7, ""),
    ("leukemia_0", "cells", "B(0)", "leukemia cells in blood at baseline", 4.14e9, 0.93e9, ""),
)  # fmt: skip
_SHARED = (
    _q("k_loss_il6", 3.96, "1/day", "d6", "loss of IL-6"),
    _q("k_loss_il10", 4.68, "1/day", "d10", "loss of IL-10"),
    _q("k_loss_ifn", 1.51, "1/day", "dG", "loss of IFN-gamma"),
    _q("floor_ifn", 0.59, "1", "aG", "IFN-gamma secretion that IL-10 cannot inhibit", high=1.0),
    _q("ic50_il10", 650.0, "pg/mL", "bG", "IL-10 at half of its inhibition"),
    _q("k_growth_memory", 0.0509, "1/day", "rM", "growth of memory cells in blood"),
    _q("k_loss_memory", 0.408, "1/day", "dM", "death of memory cells in blood"),
    _q("k_reactivation", 1.0, "1/day", "aM", "memory to effector"),
    _q("k_blood_tissue", 76.78, "1/day", "kin", "blood to tissue"),
    _q("k_tissue_blood", 1.84, "1/day", "kout", "tissue to blood"),
    _q("km_antigen", 1e5, _BILLION, "h", "leukemia at half of the switch between memory and"
       " effector", note="printed in cells/mL; works only as this number in billions of cells"),
    _q("k_birth_leukemia", 0.0093, "1/day", "rB", "birth of leukemia cells"),
    _q("k_death_leukemia", 0.0076, "1/day", "dB", "death of leukemia cells"),
)  # fmt: skip
PATIENT = Choice(
    name="patient",
    options=(
        ("upn1", "1.1e9 cells against 4.14e9 leukemia cells"),
        ("upn3", "1.4e7 cells against 9.3e8 leukemia cells"),
    ),
    reason="The paper fits each of two patients; UPN1 has the stronger cytokine release.",
)


def _values(patient: str) -> tuple[Quoted, ...]:
    found: list[Quoted] = []
    for name, unit, symbol, meaning, first, third, error in _ROWS:
        digitized = name.endswith("baseline")
        note = "digitized by nlmixr2lib, 30% either way" if digitized else ""
        if patient == "upn3" and error:
            note = f"RSE {error}%"
        found.append(
            _q(
                name,
                first if patient == "upn1" else third,
                unit,
                symbol,
                meaning,
                kind=Kind.DIGITIZED if digitized else Kind.REPORTED,
                place="figures" if digitized else None,
                note=note,
            )
        )
    return tuple(found)


def build(choices: Mapping[str, str]) -> ModelSpec:
    """Effector and memory cells in blood and tissue, leukemia, three cytokines."""
    billions = "1e-9 [1e9*cells/cells]"
    return ModelSpec(
        name=ID,
        description="CAR-T cells in blood and tissue, leukemia, IL-6, IL-10, IFN-gamma",
        parameters=parameters_of(*_values(choices[PATIENT.name]), *_SHARED),
        expressions=(
            Expression(
                name="burden",
                text=f"leukemia*{billions}",
                unit=_BILLION,
                meaning="leukemia in billions of cells",
            ),
            Expression(
                name="attack",
                text=f"effector*{billions}",
                unit=_BILLION,
                meaning="effector cells in blood in billions",
            ),
            Expression(
                name="switch",
                text="burden/(burden + km_antigen)",
                meaning="share of antigen drive, f",
            ),
            Expression(
                name="inhibition",
                text="floor_ifn + (1 - floor_ifn)*ic50_il10/(il10 + ic50_il10)",
                meaning="IFN-gamma secretion that IL-10 leaves, q",
            ),
            Expression(
                name="meeting",
                text="burden*attack*1e3 [1e15*cells^2/(1e18*cells^2)]",
                unit="1e15*cells^2",
                meaning="product of leukemia and effector cells that releases cytokines",
            ),
        ),
        states=(
            State(name="leukemia", unit="cells", initial="leukemia_0", meaning="leukemia in blood"),
            State(name="effector", unit="cells", meaning="effector CAR-T cells in blood"),
            State(name="effector_tissue", unit="cells", meaning="effector CAR-T cells in tissue"),
            State(name="memory", unit="cells", meaning="memory CAR-T cells in blood"),
            State(name="memory_tissue", unit="cells", meaning="memory CAR-T cells in tissue"),
            State(name="il6", unit="pg/mL", initial="il6_baseline", meaning="IL-6"),
            State(name="il10", unit="pg/mL", initial="il10_baseline", meaning="IL-10"),
            State(name="ifn", unit="pg/mL", initial="ifn_baseline", meaning="IFN-gamma"),
        ),
        odes={
            "leukemia": "(k_birth_leukemia - k_death_leukemia)*leukemia - kill*attack*leukemia",
            "effector": "expansion*burden*effector - k_loss_effector*effector"
            " - k_blood_tissue*effector + k_tissue_blood*effector_tissue"
            " - k_memory*effector*(1 - switch) + k_reactivation*memory*switch",
            "effector_tissue": "k_blood_tissue*effector - k_tissue_blood*effector_tissue",
            "memory": "(k_growth_memory - k_loss_memory)*memory - k_blood_tissue*memory"
            " + k_tissue_blood*memory_tissue + k_memory*effector*(1 - switch)"
            " - k_reactivation*memory*switch",
            "memory_tissue": "k_blood_tissue*memory - k_tissue_blood*memory_tissue",
            "il6": "k_loss_il6*(il6_baseline - il6) + release_il6*meeting*1e3 [uL/mL]",
            "il10": "k_loss_il10*(il10_baseline - il10) + release_il10*meeting*1e3 [uL/mL]",
            "ifn": "k_loss_ifn*(ifn_baseline - ifn) + release_ifn*meeting*inhibition*1e3 [uL/mL]",
        },
        outputs=(
            Output(
                name="car_t",
                text="effector + memory",
                unit="cells",
                meaning="all CAR-T cells in blood",
            ),
            Output(
                name="car_t_body",
                text="effector + effector_tissue + memory + memory_tissue",
                unit="cells",
                meaning="all CAR-T cells in blood and tissue",
            ),
            Output(
                name="memory_cells",
                text="memory",
                unit="cells",
                meaning="memory CAR-T cells in blood",
            ),
            Output(name="leukemia_cells", text="leukemia", unit="cells", meaning="leukemia"),
            Output(name="il6_serum", text="il6", unit="pg/mL", meaning="IL-6"),
            Output(name="il10_serum", text="il10", unit="pg/mL", meaning="IL-10"),
            Output(name="ifn_serum", text="ifn", unit="pg/mL", meaning="IFN-gamma"),
        ),
        dose_state="effector",
    )


def _split(total: float) -> tuple[tuple[float, float], ...]:
    return ((0.0, 0.1 * total), (1.0, 0.3 * total), (2.0, 0.6 * total))


_lib = Oracle(model=ID, source=NLMIXR2LIB, mark=Mark.REPRODUCED, place="article on the model")
_figure = Oracle(
    model=ID,
    source=NLMIXR2LIB,
    mark=Mark.SECONDARY,
    rough=True,
    place="figure 1b of the paper as digitized there",
)
_READ = "read off a figure by the other program, 15% either way"
_own = Oracle(model=ID)
_ONE, _THREE = _split(1.1e9), _split(1.4e7)
_UPN3 = (("patient", "upn3"),)
CHECKS = (
    _lib("peak of all CAR-T cells, UPN1", "maximum", "2.5495e9", "cells", output="car_t", end=60.0,
         step=0.1, doses=_ONE, tolerance=2e-4, reason="the other program has its own grid"),
    _lib("peak of memory cells, UPN1", "maximum", "0.00734e9", "cells", output="memory_cells",
         end=60.0, step=0.1, doses=_ONE),
    _lib("peak of IL-6, UPN1, grid of 0.1 days", "maximum", "2744.7", "pg/mL", output="il6_serum",
         end=30.0, step=0.1, doses=_ONE, tolerance=5e-4, reason="the other program has its own"
         " solver; the peak is sharp"),
    _lib("peak of IL-10, UPN1", "maximum", "915", "pg/mL", output="il10_serum", end=30.0, step=0.1,
         doses=_ONE, tolerance=2e-3, reason="printed with three digits; the grid cuts the peak"),
    _lib("peak of IFN-gamma, UPN1", "maximum", "828", "pg/mL", output="ifn_serum", end=30.0,
         step=0.1, doses=_ONE, tolerance=2e-3, reason="printed with three digits"),
    _own("peak of IL-6, UPN1", "maximum", "2747.6", "pg/mL", output="il6_serum", end=10.0,
         step=0.005, doses=_ONE),
    _own("time of the peak of all CAR-T cells, UPN1", "time_of_maximum", "3.8", "day",
         output="car_t", end=60.0, step=0.1, doses=_ONE),
    _own("area of all CAR-T cells to day 28, UPN1", "area", "14.59e9", "cells*day", output="car_t",
         end=28.0, doses=_ONE),
    _own("leukemia on day 50, UPN1", "value", "0.291e9", "cells", output="leukemia_cells",
         end=50.0, doses=_ONE),
    _lib("peak of all CAR-T cells, UPN3", "maximum", "0.0969e9", "cells", output="car_t", end=60.0,
         step=0.1, doses=_THREE, choices=_UPN3),
    _own("time of that peak, UPN3", "time_of_maximum", "27.2", "day", output="car_t", end=60.0,
         step=0.1, doses=_THREE, choices=_UPN3, tolerance=0.004, reason="a flat peak on a grid of"
         " 0.1 days"),
    _lib("peak of IL-6, UPN3", "maximum", "49.3", "pg/mL", output="il6_serum", end=60.0, step=0.1,
         doses=_THREE, choices=_UPN3),
    _own("time of that peak of IL-6, UPN3", "time_of_maximum", "19.2", "day", output="il6_serum",
         end=60.0, step=0.1, doses=_THREE, choices=_UPN3, tolerance=0.006, reason="a flat peak on"
         " a grid of 0.1 days"),
    _figure("peak of all CAR-T cells, UPN1, in the figure", "maximum", "2.3e9", "cells",
            output="car_t", end=60.0, step=0.1, doses=_ONE, tolerance=0.15, reason=_READ),
    _figure("peak of memory cells, UPN1, in the figure", "maximum", "0.0070e9", "cells",
            output="memory_cells", end=60.0, step=0.1, doses=_ONE, tolerance=0.15, reason=_READ),
    _figure("peak of IL-6, UPN1, in the figure", "maximum", "2800", "pg/mL", output="il6_serum",
            end=30.0, step=0.1, doses=_ONE, tolerance=0.15, reason=_READ),
    _figure("peak of IL-10, UPN1, in the figure", "maximum", "550", "pg/mL", output="il10_serum",
            end=30.0, step=0.1, doses=_ONE, tolerance=0.15, reason=_READ,
            disagreement="The printed production rate gives 915 pg/mL, in nlmixr2lib as well: the"
            " figure and the table of the paper do not belong together."),
    _figure("peak of IFN-gamma, UPN1, in the figure", "maximum", "700", "pg/mL",
            output="ifn_serum", end=30.0, step=0.1, doses=_ONE, tolerance=0.15, reason=_READ,
            disagreement="The printed production rate gives 828 pg/mL, in nlmixr2lib as well."),
    _figure("peak of all CAR-T cells, UPN3, in the figure", "maximum", "0.12e9", "cells",
            output="car_t", end=60.0, step=0.1, doses=_THREE, choices=_UPN3, tolerance=0.15,
            reason=_READ,
            disagreement="The printed values give 0.097e9 cells, in nlmixr2lib as well."),
    _figure("peak of IL-6, UPN3, in the figure", "maximum", "50", "pg/mL", output="il6_serum",
            end=60.0, step=0.1, doses=_THREE, choices=_UPN3, tolerance=0.15, reason=_READ),
    _figure("leukemia on day 50, UPN1, in the figure", "value", "0.30e9", "cells",
            output="leukemia_cells", end=50.0, doses=_ONE, place="figure S1 of the paper",
            tolerance=0.15, reason=_READ),
    _own("area of all CAR-T cells to day 28, UPN1, trapezoids", "trapezoid", "14.62e9",
         "cells*day", output="car_t", end=28.0, step=0.1, doses=_ONE, tolerance=0.004,
         reason="the level at the time of a dose is that before it there and after it here: half a"
         " step of the dose is 0.4% of the area"),
    _own("growth of untreated leukemia", "formula", "0.0017", "1/day",
         formula="k_birth_leukemia - k_death_leukemia", tolerance=1e-8, reason="exact"),
    _own("memory cells in tissue per cell in blood, late", "formula", "41.7", "1",
         formula="k_blood_tissue/k_tissue_blood"),
    _own("terminal rate of memory cells", "formula", "0.00836", "1/day",
         formula="(k_loss_memory - k_growth_memory)/(1 + k_blood_tissue/k_tissue_blood)"),
)  # fmt: skip

CARD = ModelCard(
    id=ID,
    title="CTL019 in two patients: cells, leukemia and cytokines of the release syndrome",
    source=HARDIANSYAH_2019,
    others=(NLMIXR2LIB, LEUCEL),
    reason="The cytokine layer for CAR-T cells: IL-6, IL-10 and IFN-gamma released where effector"
    " cells meet their target.",
    product="CTL019",
    target="CD19",
    population="Two adults with chronic lymphocytic leukemia (UPN1, UPN3)",
    assay="cells in blood and cytokines in serum, pg/mL; limits of quantification are not known",
    data="Digitized from the first report of three patients (Kalos 2011); no variability and no"
    " residual error are published",
    symbols=tuple((row[0], row[2]) for row in _ROWS) + symbols_of(*_SHARED),
    assumptions=(
        "The dose enters the blood as effector cells, 10, 30 and 60% on days 0, 1 and 2.",
        "Cytokines are released in proportion to the product of leukemia and effector cells.",
    ),
    defects=(
        Defect(
            what="Equation 7 gains aE*M, so that memory would stay at 0.",
            resolution="It gains aE*E.",
        ),
        Defect(
            what="The half saturation h is printed in cells/mL.",
            resolution="It is used as the number 1e5 in billions of cells, as the curves need.",
        ),
        Defect(
            what="Cytokine baselines are not tabulated.",
            resolution="They are those that nlmixr2lib digitized (30% either way).",
        ),
        Defect(
            what="MODEL2009230001 of BioModels has other starting values and a constant injection.",
            resolution="It is uncurated and not used.",
        ),
    ),
    deviations=("States are in cells and not in billions of cells; the equations are the same.",),
    limits=(
        "Two patients: no variability, no prediction for others.",
        "The peak of IL-10 is 915 pg/mL where the figure shows about 550, that of IFN-gamma 828"
        " where it shows about 700; all CAR-T cells of UPN3 reach 9.7e7 where it shows 1.2e8.",
    ),
    choices=(PATIENT,),
    checks=CHECKS,
    license="Facts from an open-access paper and a GPL repository; equations and values only",
    review=REVIEWS.get(ID),
    status=CardStatus.REVIEWED,
)

MODELS = (Published(card=CARD, build=build),)
