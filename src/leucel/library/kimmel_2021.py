"""Kimmel 2021: CAR-T and normal T cells compete after lymphodepletion; tumor (deterministic)."""

from __future__ import annotations

from collections.abc import Mapping

from leucel.core import Mark
from leucel.library.cards import CardStatus, Choice, Defect, ModelCard, Published
from leucel.library.oracles import Oracle
from leucel.library.reviews import REVIEWS
from leucel.library.sources import BIOMODEL_1041, BIOSIMULANT, KIMMEL_2021, LEUCEL
from leucel.library.values import Quoted, Quotes, own_value, parameters_of, symbols_of
from leucel.model import Event, Expression, ModelSpec, Output, State

ID = "kimmel_2021_axicabtagene"
_q = Quotes(source=KIMMEL_2021, place="Table 1", mark=Mark.REPRODUCED, n=101)
_b = Quotes(source=BIOMODEL_1041, place="SBML file", mark=Mark.SEEN)
_VALUES = (
    _q("cap_normal", 500.0, "cells/uL", "KN", "largest level of normal T cells",
       note="2.50e11 cells in the body"),
    _q("cap_car", 139.0, "cells/uL", "KC", "largest level of CAR-T cells",
       note="6.96e10 cells in the body, quartiles 6.15e10 to 9.65e10"),
    _q("k_growth_normal", 0.170, "1/day", "rN", "growth of normal T cells",
       note="quartiles 0.165 to 0.170"),
    _q("k_growth_car", 0.0251, "1/day", "rho", "growth of CAR-T cells without space",
       note="quartiles 0.0208 to 0.0354"),
    _q("inefficiency", 0.423, "1", "a", "inefficiency of the signal of lymphopenia",
       note="printed quartiles 0.100 to 0.302 do not bracket the value"),
    _q("k_reconstitution", 0.525, "1/day", "b", "growth of CAR-T cells by lymphopenia",
       note="quartiles 0.467 to 0.522"),
    _q("k_kill_max", 1.15, "1/day", "gB", "largest kill of the tumor",
       note="quartiles 0.64 to 1.35"),
    _q("km_kill", 4.05, "cells/uL", "kB", "CAR-T level at half the kill",
       note="2.024e9 cells in the body, quartiles 1.40e9 to 3.125e9"),
    _q("normal_0", 6.0, "cells/uL", "N0", "normal T cells at infusion"),
    _q("car_0", 0.36, "cells/uL", "C0", "CAR-T cells at infusion", note="1.8e8 cells in the body"),
    _q("volume_start", 94.86, "mL", "B0", "tumor volume at infusion",
       note="median of 2.3 to 1.3e3 mL"),
    _q("cells_per_volume", 1e9, "cells/mL", "cells/mL", "tumor cells in a mL of tumor"),
)  # fmt: skip
_GUARD = own_value(
    "guard", 1e-9, "cells/uL", "keeps the logarithm defined without any T cell",
    "half a cell in the body at 5e8 cells in the body for each cell/uL",
)  # fmt: skip
_EXTINCTION = own_value(
    "extinction_cells", 1.0, "cells", "tumor cells below which none is left",
    "a number of cells below one is no number; stands in for the random end of the last cells",
)  # fmt: skip

GROWTH = Choice(
    name="tumor_growth",
    options=(
        ("medium", "0.19 a day"),
        ("slow", "0.105 a day"),
        ("fast", "0.265 a day"),
        ("sbml", "0.01 a day, the value of the SBML file"),
    ),
    reason="The paper gives 0.01 to 0.50 a day and shows slow, medium and fast tumors; the SBML"
    " file holds the lower end.",
)
EXTINCTION = Choice(
    name="extinction",
    options=(
        ("none", "the deterministic equations, as published"),
        ("threshold", "fewer than extinction_cells tumor cells become none"),
        ("birth_death", "adds the probability that no tumor cell is left, by births and deaths"),
    ),
    reason="The paper simulates births and deaths below 100 cells with rates of its supplement that"
    " were not available; the deterministic part is reproduced. The probability takes the growth as"
    " births and the kill as deaths, the fewest events that give the published mean.",
)
_RATES = {"medium": 0.19, "slow": 0.105, "fast": 0.265}


# Each cell divides at the growth rate and dies at the kill rate. For a linear process with rates
# that change with time, one lineage of a tumor of n cells survives until t with probability
# 1/(1 + J), where J is n times the integral of death rate over mean tumor; all n lineages are gone
# with exp(-n/(1 + J)), up to a part in J.
_DEATHS = State(
    name="deaths", unit="1/cells", meaning="integral of the death rate over the tumor cells"
)
_CURE = Output(
    name="cure",
    text="exp(-1/(1/(volume_start*cells_per_volume) + max(deaths, 0))/1 [cells])",
    meaning="probability that no tumor cell is left",
)
_LAST = own_value(
    "last_cell", 1e-6, "cells", "keeps the integral of deaths finite without a tumor",
    "a millionth of a cell in the mean is no tumor",
)  # fmt: skip


def _growth(option: str) -> Quoted:
    name, symbol, meaning = "k_growth", "rB", "growth of the tumor"
    if option == "sbml":
        return _b(name, 0.01, "1/day", symbol, meaning)
    return _q(name, _RATES[option], "1/day", symbol, meaning, place="text",
              note="range 0.01 to 0.50")  # fmt: skip


def build(choices: Mapping[str, str]) -> ModelSpec:
    """Normal T cells, CAR-T cells and tumor; `choices` as in the card."""
    rule = choices[EXTINCTION.name] == "threshold"
    random = choices[EXTINCTION.name] == "birth_death"
    return ModelSpec(
        name=ID,
        description="Normal and CAR-T cells that share space, and a tumor",
        parameters=parameters_of(
            *_VALUES,
            _growth(choices[GROWTH.name]),
            _GUARD,
            *((_EXTINCTION,) if rule else ()),
            *((_LAST,) if random else ()),
        ),
        expressions=(
            Expression(
                name="all_t",
                text="normal + car",
                unit="cells/uL",
                meaning="all T cells",
            ),
            Expression(
                name="space",
                text="(all_t - cap_normal)^2",
                unit="cells^2/uL^2",
                meaning="distance from a full compartment, squared",
            ),
            Expression(
                name="k_car",
                text="k_growth_car + k_reconstitution*space/(inefficiency*all_t^2 + space)",
                unit="1/day",
                meaning="growth of CAR-T cells, more in lymphopenia",
            ),
        ),
        states=(
            State(name="normal", unit="cells/uL", initial="normal_0", meaning="normal T cells"),
            State(name="car", unit="cells/uL", initial="car_0", meaning="CAR-T cells"),
            State(
                name="tumor",
                unit="cells",
                initial="volume_start*cells_per_volume",
                meaning="tumor cells",
            ),
            *((_DEATHS,) if random else ()),
        ),
        odes={
            "normal": "-k_growth_normal*normal*log(max(all_t, guard)/cap_normal)",
            "car": "-k_car*car*log(max(all_t, guard)/cap_car)",
            "tumor": "(k_growth - k_kill_max*car/(km_kill + car))*tumor",
            **(
                {"deaths": "k_kill_max*car/(km_kill + car)/max(tumor, last_cell)"} if random else {}
            ),
        },
        events=(
            Event(
                name="tumor_extinct",
                when="tumor - extinction_cells",
                set={"tumor": "0"},
                meaning="the last tumor cell is gone",
            ),
        )
        if rule
        else (),
        outputs=(
            Output(name="car_t", text="car", unit="cells/uL", meaning="CAR-T cells in blood"),
            Output(
                name="normal_t", text="normal", unit="cells/uL", meaning="normal T cells in blood"
            ),
            Output(name="tumor_cells", text="tumor", unit="cells", meaning="tumor cells"),
            Output(
                name="tumor_volume",
                text="tumor/cells_per_volume",
                unit="mL",
                meaning="tumor volume",
            ),
            *((_CURE,) if random else ()),
        ),
    )


_own = Oracle(model=ID)
_lab = Oracle(
    model=ID,
    source=BIOSIMULANT,
    mark=Mark.REPRODUCED,
    place="lab of BIOMD0000001041, read 2026-11-22",
)
_seen = Oracle(
    model=ID,
    source=KIMMEL_2021,
    mark=Mark.SEEN,
    place="section 3d, 19 to 23 patients",
    observed=True,
)
_SBML = (("tumor_growth", "sbml"),)
_WINDOW = "the last of ten windows of one day begins on day 9; printed with "
_MEDIAN = "a median of 19 to 23 patients whose quartiles span a factor of three and more"
CHECKS = (
    _lab("normal T cells on day 9", "value", "159.5", "cells/uL", output="normal_t", end=9.0,
         choices=_SBML, tolerance=3.2e-4, reason=_WINDOW + "four digits"),
    _lab("CAR-T cells on day 9", "value", "25.922", "cells/uL", output="car_t", end=9.0,
         choices=_SBML, tolerance=2.1e-5, reason=_WINDOW + "five digits"),
    _lab("tumor volume on day 9", "value", "0.0710", "mL", output="tumor_volume", end=9.0,
         choices=_SBML, tolerance=7.1e-4, reason=_WINDOW + "three digits"),
    _seen("median of CAR-T cells on day 7", "value", "27.5", "cells/uL", output="car_t", end=7.0,
          tolerance=0.2, reason=_MEDIAN),
    _seen("median of CAR-T cells on day 14", "value", "9.1", "cells/uL", output="car_t", end=14.0,
          tolerance=0.2, reason=_MEDIAN),
    _seen("median of CAR-T cells on day 28", "value", "2.1", "cells/uL", output="car_t", end=28.0,
          tolerance=0.2, reason=_MEDIAN),
    _seen("median of CAR-T cells on day 90", "value", "0.1", "cells/uL", output="car_t", end=90.0,
          tolerance=0.2, reason=_MEDIAN,
          disagreement="The patients of one center, quartiles 0.01 to 0.4, lie below the curve"
          " that was fitted to the whole trial; the text calls the level of day 90 comparable with"
          " that at infusion, 0.36."),
    _own("CAR-T cells on day 5", "value", "24.29", "cells/uL", output="car_t", end=5.0),
    _own("CAR-T cells at the peak", "maximum", "30.109", "cells/uL", output="car_t", end=30.0,
         step=0.01),
    _own("time of the peak", "time_of_maximum", "7.01", "day", output="car_t", end=30.0, step=0.01),
    _own("CAR-T cells on day 14", "value", "8.975", "cells/uL", output="car_t", end=14.0),
    _own("CAR-T cells on day 28", "value", "2.4865", "cells/uL", output="car_t", end=28.0),
    _own("normal T cells on day 28", "value", "472.9", "cells/uL", output="normal_t", end=28.0),
    _own("smallest slow tumor", "minimum", "2.3", "cells", output="tumor_cells", end=200.0,
         step=0.5, choices=(("tumor_growth", "slow"),)),
    _own("time of the smallest slow tumor", "time_of_minimum", "84", "day", output="tumor_cells",
         end=200.0, step=0.5, choices=(("tumor_growth", "slow"),)),
    _own("smallest medium tumor", "minimum", "1.14e3", "cells", output="tumor_cells", end=200.0,
         step=0.5),
    _own("time of the smallest medium tumor", "time_of_minimum", "63", "day", output="tumor_cells",
         end=200.0, step=0.5),
)  # fmt: skip

CARD = ModelCard(
    id=ID,
    title="Axicabtagene ciloleucel: competition of T cells and extinction of the tumor",
    source=KIMMEL_2021,
    others=(BIOMODEL_1041, BIOSIMULANT, LEUCEL),
    reason="Lymphodepletion as the reason for expansion: CAR-T cells grow while normal T cells are"
    " few, and cure is the chance end of the last tumor cells.",
    product="axicabtagene ciloleucel",
    target="CD19",
    population="Adults with large B-cell lymphoma, ZUMA-1, CAR-T medians of 101 patients",
    assay="CAR-T and lymphocyte counts, cells/uL; tumor volume on day 30",
    data="Seven parameters fitted to eleven medians (days 5, 14, 28, 90, 180, lymphocytes of 55"
    " patients, tumor volume)",
    symbols=symbols_of(*_VALUES, _growth("medium")),
    assumptions=(
        "One cell/uL in blood is 5e8 cells in the body.",
        "One mL of tumor holds 1e9 cells.",
        "The tumor does not act on the CAR-T cells.",
    ),
    defects=(
        Defect(
            what="The text prints the growth of CAR-T cells garbled.",
            resolution="The form of figure 2b and of the SBML file is used; they agree.",
        ),
        Defect(
            what="The printed quartiles of the inefficiency a do not bracket its value.",
            resolution="The value is kept; it reproduces the curves.",
        ),
        Defect(
            what="The fit is not identifiable (correlations 0.94 and -0.96 of the tumor"
            " parameters).",
            resolution="Tumor growth is a choice, and no variability is given.",
        ),
    ),
    deviations=(
        "The rule of the paper below 100 cells (births and deaths, cure at none, progression at 1.2"
        " of baseline) needs a split of the growth into births and deaths that its supplement holds"
        " and that was not available. With births at the growth rate and deaths at the kill rate,"
        " the fewest events, the choice birth_death gives the probability of cure, and"
        " leucel.trials.tumor_fates (leucel extinction) simulates every birth and death.",
    ),
    limits=(
        "Observed medians, cells/uL (quartiles): day 7, 27.5 (16.5-57.5); day 14, 9.1 (3.8-31.1);"
        " day 28, 2.1 (0.6-6.1). They are data, not numbers of the model.",
    ),
    choices=(GROWTH, EXTINCTION),
    checks=CHECKS,
    license="Facts from an open-access paper and a CC0 file; equations and values only",
    review=REVIEWS.get(ID),
    status=CardStatus.REVIEWED,
)

MODELS = (Published(card=CARD, build=build),)
