"""Ogasawara 2021: times of the kinetics of lisocabtagene maraleucel, and the piecewise family."""

from __future__ import annotations

import math
from collections.abc import Mapping

from leucel.library.cards import CardStatus, Choice, Defect, ModelCard, Published
from leucel.library.oracles import Oracle
from leucel.library.piecewise import Piecewise, piecewise_model
from leucel.library.reviews import REVIEWS
from leucel.library.sources import LEUCEL, OGASAWARA_2021, STEIN_2019
from leucel.library.values import Quotes, own_value, parameters_of, symbols_of
from leucel.model import Expression, ModelSpec

ID = "ogasawara_2021_lisocabtagene"
_q = Quotes(
    source=OGASAWARA_2021,
    place="abstract and key points",
    n=261,
    note="interval 95%; the tables of the paper were not available",
)
_LAG = _q("t_lag", 3.27, "day", "Tlag", "time before expansion begins", interval=(2.71, 3.97))
_SHARED = (
    _q("t_doubling", 0.755, "day", "DT", "doubling time of expansion", interval=(0.667, 0.821)),
    _q("t_max", 9.29, "day", "Tmax", "time of the peak after infusion", interval=(8.81, 9.70)),
    _q("t_half_fast", 5.00, "day", "t1/2 initial", "half-life of the first decline",
       interval=(4.15, 5.90)),
)  # fmt: skip
_SLOW = _q("t_half_slow", 352.0, "day", "t1/2 terminal", "half-life of the terminal decline",
           interval=(241.0, 647.0))  # fmt: skip
_PEAK = own_value("c_max", 1.0, "1", "reference level, the peak of exponential growth",
                  "the level of the peak is not known: all levels are relative to it")  # fmt: skip
_SHARE = own_value(
    "fraction_slow", 0.0079, "1", "share of the peak that declines slowly",
    "not known for this product; that of tisagenlecleucel (Stein 2019) stands in", high=1.0,
)  # fmt: skip
_GATE = own_value("t_gate", 0.5, "day", "width of the smooth switches",
                  "no value is published; half a day is short against all other times")  # fmt: skip
_KM = own_value("km_expansion", 1.0, "1", "level at which the expansion rate has halved",
                "no value is published; at the reference level expansion is halved")  # fmt: skip

SWITCH = Choice(
    name="switch",
    options=(
        ("hard", "expansion stops at once at the peak, as published"),
        ("smooth", "logistic gates of width t_gate, as a pooled analysis of three products found"),
    ),
    reason="The published description has switches; no width is published.",
)
GROWTH = Choice(
    name="growth",
    options=(
        ("exponential", "a constant rate until the peak, as published"),
        ("saturable", "a rate that falls as the level rises, km_expansion"),
    ),
    reason="A pooled analysis (Li Y, Cheng Y; abstract) found saturable expansion better at high"
    " levels, and gives no values.",
)
DECLINE = Choice(
    name="decline",
    options=(
        ("biexponential", "a fast and a slow decline, as published"),
        ("monoexponential", "the fast decline alone; needs no slow fraction"),
    ),
    reason="Both half-lives are published; the slow fraction is not.",
)
FORM = Choice(
    name="form",
    options=(
        ("shortest", "the closed form where there is one"),
        ("ode", "always ordinary differential equations, to join other models"),
    ),
    reason="A closed form needs no solver.",
)


def build(choices: Mapping[str, str]) -> ModelSpec:
    """The member of the piecewise family that `choices` name, with the times of the paper."""
    member = Piecewise(
        lag=True,
        switch=choices["switch"],  # type: ignore[arg-type]
        growth=choices["growth"],  # type: ignore[arg-type]
        decline=choices["decline"],  # type: ignore[arg-type]
    )
    two = member.decline == "biexponential"
    return piecewise_model(
        ID,
        member,
        parameters=parameters_of(
            _LAG,
            *_SHARED,
            *((_SLOW,) if two else ()),
            _PEAK,
            *((_SHARE,) if two else ()),
            *((_GATE,) if member.switch == "smooth" else ()),
            *((_KM,) if member.growth == "saturable" else ()),
        ),
        expressions=(
            Expression(
                name="k_expansion",
                text="log(2)/t_doubling",
                unit="1/day",
                meaning="rate of expansion",
            ),
            Expression(
                name="k_decline_fast",
                text="log(2)/t_half_fast",
                unit="1/day",
                meaning="rate of the first decline",
            ),
            *(
                (
                    Expression(
                        name="k_decline_slow",
                        text="log(2)/t_half_slow",
                        unit="1/day",
                        meaning="rate of the terminal decline",
                    ),
                )
                if two
                else ()
            ),
        ),
        unit="1",
        output="transgene_relative",
        meaning="CAR transgene in blood, relative to the peak",
        form=choices["form"],  # type: ignore[arg-type]
    )


_own = Oracle(model=ID)
_DERIVED = {
    "expansion rate": ("log(2)/t_doubling", "0.918"),
    "rate of the first decline": ("log(2)/t_half_fast", "0.1386"),
    "rate of the terminal decline": ("log(2)/t_half_slow", "0.00197"),
}
_ode = (("form", "ode"),)
_LEVEL_14 = (1 - 0.0079) * 2 ** (-4.71 / 5.0) + 0.0079 * 2 ** (-4.71 / 352.0)
_LEVEL_6 = 2 ** ((6.0 - 9.29) / 0.755)
_EXACT = "the printed equation evaluated by hand; limited by the solver"
CHECKS = (
    *(
        _own(name, "formula", printed, "1/day", formula=formula)
        for name, (formula, printed) in _DERIVED.items()
    ),
    *(
        _own(f"level on day {day:g}, {form}", "value", repr(level), output="transgene_relative",
             end=day, choices=(("form", form),), tolerance=1e-6, reason=_EXACT)
        for form in ("shortest", "ode")
        for day, level in ((6.0, _LEVEL_6), (14.0, _LEVEL_14))
    ),
    _own("level at the start is that at the end of the lag", "formula",
         repr(math.exp(-math.log(2) / 0.755 * (9.29 - 3.27))),
         formula="exp(-log(2)/t_doubling*(t_max - t_lag))", tolerance=1e-8,
         reason="the same formula"),
)  # fmt: skip

CARD = ModelCard(
    id=ID,
    title="Lisocabtagene maraleucel, the piecewise family with a lag (relative levels)",
    source=OGASAWARA_2021,
    others=(STEIN_2019, LEUCEL),
    reason="The model class of later products: a lag, exponential expansion, biexponential decline;"
    " here with the published times, and with smooth switches, saturable growth and one decline as"
    " choices. The same family holds Stein 2019.",
    product="lisocabtagene maraleucel",
    target="CD19",
    population="Adults with relapsed or refractory large B-cell lymphoma, TRANSCEND NHL 001,"
    " n = 261",
    assay="quantitative PCR in blood, transgene copies per ug genomic DNA; here relative to the"
    " peak. The limit of quantification is not known",
    data="2524 observations after one infusion of equal CD8 and CD4 components; age, disease,"
    " product and comedication did not matter against the variability between patients",
    symbols=symbols_of(_LAG, *_SHARED, _SLOW),
    assumptions=(
        "The level is constant until the lag is over.",
        "The time of the peak is taken as the estimated parameter; whether the paper estimates it"
        " or the duration of growth is not known.",
    ),
    defects=(
        Defect(
            what="Levels, slow fraction, variability and residual error stand in tables that were"
            " not available.",
            resolution="Levels are relative to the peak, the slow fraction is borrowed and marked"
            " as an assumption, and nothing varies between patients.",
        ),
    ),
    deviations=("The equations follow the description in the abstract.",),
    limits=(
        "No absolute level, no variability: use the shape, not the size.",
        "The slow decline below one hundredth of the peak rests on the borrowed fraction.",
    ),
    choices=(SWITCH, GROWTH, DECLINE, FORM),
    checks=CHECKS,
    license="Facts from an open-access abstract; equations and values only",
    missing="A number that is not itself a value of the model: the abstract prints medians of the"
    " parameters only; the tables with levels and the slow fraction were not available. The family"
    " with the values of Stein 2019 meets the numbers of that paper, but those are not this one's.",
    review=REVIEWS.get(ID),
    status=CardStatus.PROVISIONAL,
)

MODELS = (Published(card=CARD, build=build),)
