"""Kirouac 2023: memory, effector and exhausted CAR-T cells switched by the antigen."""

from __future__ import annotations

from collections.abc import Mapping

from leucel.core import Kind
from leucel.library.cards import CardStatus, Choice, Defect, ModelCard, Published
from leucel.library.kirouac_2023_fits import RANGES, SYMBOLS, VECTORS
from leucel.library.oracles import Oracle
from leucel.library.reviews import REVIEWS
from leucel.library.sources import KIMMEL_2021, KIROUAC_2023, LEUCEL, MSTADT_CART2
from leucel.library.values import Quoted, Quotes, own_value, parameters_of, symbols_of
from leucel.model import Expression, ModelSpec, Output, State

ID = "kirouac_2023_toggle"
_q = Quotes(source=MSTADT_CART2, place="pars/pars_Kirouac2023.mat")
_NAMES = {
    "B50": ("ec50_antigen", "cells", "antigen at the switch"),
    "uB": ("k_growth", "1/day", "growth of the tumor"),
    "kkill": ("k_kill_max", "1/day", "largest kill"),
    "floss": ("k_loss_dose", "1/day", "loss of infused cells, relative to engraftment"),
    "TK50": ("ec50_kill", "cells", "effector cells at half the kill"),
    "kt": ("n_kill", "1", "Hill exponent of the kill"),
    "kB1": ("k_antigen", "1/day", "antigen made by the tumor"),
    "kB2": ("k_loss_antigen", "1/day", "loss of antigen"),
    "muM": ("k_division_memory", "1/day", "division of memory cells"),
    "kM": ("n_renewal", "1", "Hill exponent of self-renewal"),
    "fmax": ("renewal_max", "1", "largest probability of self-renewal"),
    "kE": ("n_proliferation", "1", "Hill exponent of proliferation"),
    "muE": ("k_proliferation", "1/day", "proliferation of early effector cells"),
    "N": ("divisions", "1", "divisions from early to late effector cells"),
    "kex": ("k_exhaustion", "1/day", "exhaustion of late effector cells"),
    "dM": ("k_loss_memory", "1/day", "death of memory cells"),
    "dE1": ("k_loss_early", "1/day", "death of early effector cells"),
    "dE2": ("k_loss_late", "1/day", "death of late effector cells"),
    "dX": ("k_loss_exhausted", "1/day", "death of exhausted cells"),
    "Bmax": ("cap_tumor", "cells", "largest tumor of the fit"),
    "kX": ("n_exhaustion", "1", "Hill exponent of exhaustion"),
    "rM": ("k_regeneration", "1/day", "late effector cells that become memory"),
    "kR": ("n_regeneration", "1", "Hill exponent of regeneration"),
    "w1": ("k_share_memory", "1/day", "weight of memory cells in the dose"),
    "w2": ("k_share_early", "1/day", "weight of early effector cells in the dose"),
    "w3": ("k_share_late", "1/day", "weight of late effector cells in the dose"),
    "w4": ("k_share_exhausted", "1/day", "weight of exhausted cells in the dose"),
}
_SETUP = Quotes(source=MSTADT_CART2, place="mod_eqns.m and driver")
_START = (
    _SETUP("tumor_0", 1e10, "cells", "B(0)", "tumor at infusion",
           note="of the replication; whether the paper has it is not known"),
    _SETUP("antigen_0", 1e10, "cells", "A(0)", "antigen at infusion", note="of the replication"),
)  # fmt: skip
_OWN = (
    own_value("k_engraftment", 1.0, "1/day", "engraftment of infused cells",
              "the unit of time of the equation dD = -(floss + 1)*D, written out"),
    own_value("guard", 1e-6, "cells", "keeps the slope of powers finite at none",
              "a millionth of a cell, in place of the floor at 0 of the replication"),
)  # fmt: skip

ARCHETYPE = Choice(
    name="archetype",
    options=(
        ("cr", "a complete responder, fit 5 of 12"),
        ("pr", "a partial responder, fit 2 of 12"),
        ("nr", "a non-responder, fit 1 of 12"),
        ("cr_median", "medians of the twelve fits of complete responders, no fit themselves"),
        ("pr_median", "the same of partial responders"),
        ("nr_median", "the same of non-responders"),
    ),
    reason="One vector that was fitted is consistent; medians of parameters are not.",
)
CAPACITY = Choice(
    name="capacity",
    options=(
        ("enforced", "the largest tumor is at least the tumor at infusion"),
        ("as_replicated", "the fitted capacity, even where it lies below the tumor at infusion"),
    ),
    reason="With the fitted capacity 10 of 12 partial responders and 2 of 12 complete responders"
    " shrink without a single CAR-T cell; the logistic term alone would respond.",
)


CONVERSION = Choice(
    name="conversion",
    options=(
        ("kirouac_2023", "5e-7 cells/uL for a cell of the body, a body of 2 million uL"),
        ("kimmel_2021", "2e-9 cells/uL for a cell of the body, 500 million uL"),
    ),
    reason="The two published bridges from cells of the body to levels in blood differ 250-fold;"
    " the model's own comes first.",
)


def _level(option: str) -> Quoted:
    name, unit, meaning = "levels_per_cell", "1/uL", "cells/uL in blood for a cell of the body"
    if option == "kirouac_2023":
        return _SETUP(name, 5e-7, unit, "display factor", meaning, note="a body of 2 million uL")
    quotes = Quotes(source=KIMMEL_2021, place="Table 1")
    return quotes(name, 2e-9, unit, "1/(5e8 uL)", meaning, kind=Kind.DERIVED,
                  note="printed as 5e8 cells of the body for a cell/uL")  # fmt: skip


def _vector(archetype: str) -> tuple[Quoted, ...]:
    values = VECTORS[archetype]
    ranges = RANGES.get(archetype, ("",) * len(values))
    found: list[Quoted] = []
    for symbol, value, span in zip(SYMBOLS, values, ranges, strict=True):
        name, unit, meaning = _NAMES[symbol]
        found.append(
            _q(
                name,
                value,
                unit,
                symbol,
                meaning,
                kind=Kind.DERIVED if span else Kind.REPORTED,
                note=f"median of 12 fits, {span}" if span else "",
            )
        )
    return tuple(found)


def _hill(level: str, exponent: str, half: str) -> str:
    ratio = f"((max({level}, 0) + guard)/{half})^{exponent}"
    return f"{ratio}/(1 + {ratio})"


def build(choices: Mapping[str, str]) -> ModelSpec:
    """Phenotypes of CAR-T cells, tumor and antigen; `choices` as in the card."""
    enforced = choices[CAPACITY.name] == "enforced"
    weights = "k_share_memory + k_share_early + k_share_late + k_share_exhausted"
    regenerated = "k_regeneration*(1 - gate_regeneration)*late"
    return ModelSpec(
        name=ID,
        description="CAR-T phenotypes gated by antigen, and a tumor",
        parameters=parameters_of(
            *_vector(choices[ARCHETYPE.name]), *_START, _level(choices[CONVERSION.name]), *_OWN
        ),
        expressions=(
            *(
                Expression(
                    name=f"gate_{process}",
                    text=_hill("antigen", f"n_{process}", "ec50_antigen"),
                    meaning=f"antigen gate of {process}",
                )
                for process in ("renewal", "proliferation", "exhaustion", "regeneration")
            ),
            Expression(
                name="gate_kill",
                text=_hill("late", "n_kill", "ec50_kill"),
                meaning="share of the largest kill",
            ),
            Expression(
                name="renewal",
                text="renewal_max*(1 - gate_renewal)",
                meaning="probability that a memory cell renews itself",
            ),
            Expression(
                name="capacity",
                text="max(cap_tumor, tumor_0)" if enforced else "cap_tumor",
                unit="cells",
                meaning="largest tumor",
            ),
        ),
        states=(
            State(name="infused", unit="cells", meaning="infused cells not yet engrafted"),
            State(name="engrafting", unit="cells*day", meaning="cells on their way to a pool"),
            State(name="memory", unit="cells", meaning="memory cells, TM"),
            State(name="early", unit="cells", meaning="early effector cells, TE1"),
            State(name="late", unit="cells", meaning="late effector cells, TE2"),
            State(name="exhausted", unit="cells", meaning="exhausted cells, TX"),
            State(name="tumor", unit="cells", initial="tumor_0", meaning="tumor cells, B"),
            State(name="antigen", unit="cells", initial="antigen_0", meaning="antigen, A"),
        ),
        odes={
            "infused": "-(k_loss_dose + k_engraftment)*infused",
            "engrafting": f"infused - ({weights})*engrafting",
            "memory": "(k_division_memory*(2*renewal - 1) - k_loss_memory)*memory"
            f" + k_share_memory*k_engraftment*engrafting + {regenerated}",
            "early": "2*k_division_memory*(1 - renewal)*memory"
            " - (k_proliferation*gate_proliferation + k_loss_early)*early"
            " + k_share_early*k_engraftment*engrafting",
            "late": "2^divisions*k_proliferation*gate_proliferation*early"
            f" - (k_exhaustion*gate_exhaustion + k_loss_late)*late - {regenerated}"
            " + k_share_late*k_engraftment*engrafting",
            "exhausted": "k_exhaustion*gate_exhaustion*late - k_loss_exhausted*exhausted"
            " + k_share_exhausted*k_engraftment*engrafting",
            "tumor": "k_growth*tumor*(1 - tumor/capacity) - k_kill_max*tumor*gate_kill",
            "antigen": "k_antigen*tumor - k_loss_antigen*antigen",
        },
        outputs=(
            Output(
                name="car_t",
                text="memory + early + late + exhausted",
                unit="cells",
                meaning="all CAR-T cells of the body",
            ),
            Output(
                name="car_t_blood",
                text="(memory + early + late + exhausted)*levels_per_cell",
                unit="cells/uL",
                meaning="all CAR-T cells in blood",
            ),
            Output(name="tumor_relative", text="tumor/tumor_0", meaning="tumor over baseline"),
            Output(name="tumor_cells", text="tumor", unit="cells", meaning="tumor cells"),
        ),
        dose_state="infused",
    )


_own = Oracle(model=ID)
_GRID = "printed with five digits; floors at 0 differ between programs"


def _vector_checks(archetype: str, rows: tuple[tuple[str, str, str, str, float], ...]):
    replicated = (("archetype", archetype), ("capacity", "as_replicated"))
    return tuple(
        _own(f"{name}, {archetype}", quantity, printed,  # type: ignore[arg-type]
             "day" if "time" in quantity else "1" if "relative" in output else "cells",
             output=output, end=end, step=0.5, dose=1e8, choices=replicated, tolerance=1e-3,
             reason=_GRID)
        for name, quantity, printed, output, end in rows
    )  # fmt: skip


CHECKS = (
    *_vector_checks("cr", (
        ("peak of all CAR-T cells", "maximum", "1.2849e8", "car_t", 100.0),
        ("time of the peak", "time_of_maximum", "22.0", "car_t", 100.0),
        ("all CAR-T cells on day 7", "value", "1.512e6", "car_t", 7.0),
        ("all CAR-T cells on day 14", "value", "4.597e7", "car_t", 14.0),
        ("all CAR-T cells on day 28", "value", "1.094e8", "car_t", 28.0),
        ("tumor on day 7", "value", "0.0382", "tumor_relative", 7.0),
        ("tumor on day 14", "value", "0.00906", "tumor_relative", 14.0),
        ("tumor on day 28", "value", "9.127e-4", "tumor_relative", 28.0),
    )),
    *_vector_checks("pr", (
        ("peak of all CAR-T cells", "maximum", "2.9405e7", "car_t", 100.0),
        ("time of the peak", "time_of_maximum", "17.5", "car_t", 100.0),
        ("tumor on day 28", "value", "0.01894", "tumor_relative", 28.0),
    )),
    *_vector_checks("nr", (
        ("peak of all CAR-T cells", "maximum", "6.0904e5", "car_t", 100.0),
        ("time of the peak", "time_of_maximum", "16", "car_t", 100.0),
        ("tumor on day 28", "value", "1.313", "tumor_relative", 28.0),
    )),
)  # fmt: skip
_DEFAULT = (*_vector("cr"), *_START, _level(CONVERSION.default))

CARD = ModelCard(
    id=ID,
    title="Memory, effector and exhausted CAR-T cells switched by antigen",
    source=KIROUAC_2023,
    others=(MSTADT_CART2, KIMMEL_2021, LEUCEL),
    reason="The mechanism behind response groups: self-renewal, proliferation and exhaustion as a"
    " switch on the antigen; the paper fits ide-cel by dose as well.",
    product="tisagenlecleucel (values); the paper also fits idecabtagene vicleucel",
    target="CD19",
    population="Chronic lymphocytic leukemia, 38 patients (8 complete, 5 partial, 25 without"
    " response)",
    assay="CAR-T cells in blood, shown as cells/uL through a body of 2 million uL",
    data="Digitized means of the response groups; particle swarm, twelve fits of each group",
    symbols=symbols_of(*_DEFAULT),
    assumptions=(
        "The share 1/(1 + floss) of the dose engrafts and is split by the weights of the"
        " phenotypes.",
        "Antigen stays at none or more; cells do not feel each other but through antigen.",
    ),
    defects=(
        Defect(
            what="The fitted capacity of the tumor lies below the tumor at infusion of the"
            " replication in many fits (1.97e8 and 2.4e9 against 1e10 cells here): the tumor"
            " shrinks without CAR-T cells.",
            resolution="The capacity is at least the tumor at infusion (choice: capacity); the"
            " numbers of the replication are met with its own capacity.",
        ),
        Defect(
            what="Hill exponents below 1 have no finite slope at no cells; the replication floors"
            " at 0.",
            resolution="A guard of a millionth of a cell is added before the power.",
        ),
        Defect(
            what="The equations come from a replication; an author correction"
            " (doi:10.1038/s41587-023-01816-6) was not available.",
            resolution="The equations are those of the replication.",
        ),
    ),
    deviations=("Engraftment has its rate of 1 a day written out.",),
    limits=(
        "Do not draw conclusions on potency from the fits of partial responders.",
        "Medians over the twelve fits are no fit.",
        "Fits for idecabtagene vicleucel are not public.",
    ),
    choices=(ARCHETYPE, CAPACITY, CONVERSION),
    checks=CHECKS,
    license="Values and equations from a public repository; no code",
    missing="A number of a run with printed parameters. The full text of the paper and the stored"
    " runs of the replication could not be read; the shares of variance that the replication names"
    " (35.3 and 21.7%) are of the fits themselves and of all 36 of them, which are not all here.",
    review=REVIEWS.get(ID),
    status=CardStatus.PROVISIONAL,
)
MODELS = (Published(card=CARD, build=build),)
