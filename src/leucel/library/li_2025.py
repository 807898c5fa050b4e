"""Li 2025: growth inhibition of serum M-protein with waning effect, in myeloma."""

from __future__ import annotations

import math
from collections.abc import Mapping

from leucel.core import Evidence, Kind, Mark
from leucel.library.cards import CardStatus, Choice, ModelCard, Published
from leucel.library.oracles import Oracle
from leucel.library.reviews import REVIEWS
from leucel.library.sources import LEUCEL, LI_2025, NLMIXR2LIB
from leucel.library.values import Quotes, own_value, parameters_of, symbols_of
from leucel.model import Correlation, Expression, ModelSpec, Output, Residual, State

ID = "li_2025_modakafusp"
_q = Quotes(source=LI_2025, place="Table 2, through nlmixr2lib", n=60)
_VALUES = (
    _q("m_protein_typical", 17.4, "g/L", "P0", "M-protein at baseline", omega=math.sqrt(0.343),
       note="variance 0.343; RSE 4.4%"),
    _q("n_albumin", -2.74, "1", "ALB exponent", "power of albumin on the baseline", low=-math.inf,
       note="RSE 28.7%"),
    _q("albumin_reference", 36.0, "g/L", "ALB, median", "albumin of the typical patient"),
    _q("k_growth", 0.0303, "1/week", "kG", "growth of M-protein", omega=math.sqrt(1.01),
       note="variance 1.01; RSE 18.5%"),
    _q("k_resistance", 0.0568, "1/week", "kR", "waning of the effect", omega=math.sqrt(1.25),
       note="variance 1.25; RSE 61.2%"),
    _q("k_kill_max", 0.816, "1/week", "kK", "largest loss under the drug", omega=math.sqrt(1.11),
       note="variance 1.11; RSE 42.6%; covariance with EC50 -0.374"),
    _q("ec50", 447.0, "ng/mL", "EC50", "concentration at half of that", omega=math.sqrt(1.57),
       note="variance 1.57; RSE 48%; covariance with kK -0.374"),
)  # fmt: skip
_INPUTS = (
    own_value("albumin", 36.0, "g/L", "albumin at baseline", "an input; the typical patient as"
              " default"),
    own_value("concentration", 0.0, "ng/mL", "drug in plasma, constant", "an input; no drug as"
              " default"),
)  # fmt: skip
_BASELINE = Expression(
    name="m_protein_0",
    text="m_protein_typical*(albumin/albumin_reference)^n_albumin",
    unit="g/L",
    meaning="M-protein at baseline of the patient",
)
_DRIVE = Expression(
    name="drive",
    text="concentration/(ec50 + concentration)",
    meaning="effect of the drug, 0 to 1; an effector-driven term takes its place for CAR-T cells",
)
_WEEK = "7 [day/week]"
FORM = Choice(
    name="form",
    options=(
        ("ode", "a differential equation, to join a driver that changes with time"),
        ("closed", "the exact solution for a constant drive"),
    ),
    reason="The driver of a CAR-T model changes with time.",
)


def _residual(kind: str, variance: float, unit: str, note: str) -> Residual:
    sigma = math.sqrt(variance)
    return Residual(
        output="m_protein",
        kind=kind,  # type: ignore[arg-type]
        sigma=sigma,
        evidence=Evidence(
            value=sigma, unit=unit, n=60, source=LI_2025.id, place="Table 2, through nlmixr2lib",
            mark=Mark.SEEN, kind=Kind.DERIVED, note=f"printed as the variance {variance:g}; {note}",
        ),
    )  # fmt: skip


_COVARIANCE = -0.374
_CORRELATION = _COVARIANCE / math.sqrt(1.11 * 1.57)
_JOINED = Correlation(
    first="k_kill_max",
    second="ec50",
    value=_CORRELATION,
    evidence=Evidence(
        value=_CORRELATION, unit="1", n=60, source=LI_2025.id, place="Table 2, through nlmixr2lib",
        mark=Mark.SEEN, kind=Kind.DERIVED,
        note=f"printed as the covariance {_COVARIANCE:g}, over the root of both variances",
    ),
)  # fmt: skip
_RESIDUALS = (
    _residual("proportional", 0.0161, "1", "RSE 5.6%"),
    _residual("additive", 6.58, "g/L", "RSE 13.3%"),
)


def build(choices: Mapping[str, str]) -> ModelSpec:
    """M-protein under a drive; `choices` as in the card."""
    closed = choices[FORM.name] == "closed"
    level = "m_protein"
    expressions = (_BASELINE, _DRIVE)
    if closed:
        level = "course"
        expressions += (
            Expression(
                name="course",
                text=f"m_protein_0*exp(k_growth*t/{_WEEK} - k_kill_max*drive"
                f"*(1 - exp(-k_resistance*t/{_WEEK}))/k_resistance)",
                unit="g/L",
                meaning="M-protein under a constant drive",
            ),
        )
    return ModelSpec(
        name=ID,
        description="M-protein that grows, and is lost under a drive that wanes",
        parameters=parameters_of(*_VALUES, *_INPUTS),
        expressions=expressions,
        states=()
        if closed
        else (State(name="m_protein", unit="g/L", initial="m_protein_0", meaning="M-protein"),),
        odes={}
        if closed
        else {
            "m_protein": f"(k_growth - k_kill_max*exp(-k_resistance*t/{_WEEK})*drive)"
            f"*m_protein/{_WEEK}"
        },
        outputs=(
            Output(name="m_protein", text=level, unit="g/L", meaning="M-protein in serum"),
            Output(
                name="m_protein_relative",
                text=f"{level}/m_protein_0",
                meaning="M-protein relative to baseline",
            ),
        ),
        residuals=_RESIDUALS,
        correlations=(_JOINED,),
    )


_own = Oracle(model=ID)
_HALF = (("concentration", 447.0),)
CHECKS = tuple(
    _own(f"M-protein on day {day}, {words}, {form}", "value", printed, "g/L", output="m_protein",
         end=float(day), cohort=(values,), choices=(("form", form),))
    for form in ("ode", "closed")
    for words, values, rows in (
        ("half of the largest effect", _HALF, ((28, "4.562"), (56, "1.609"), (84, "0.719"))),
        ("untreated", (), ((28, "19.64"), (84, "25.03"))),
    )
    for day, printed in rows
)  # fmt: skip

CARD = ModelCard(
    id=ID,
    title="Modakafusp alfa: M-protein growth inhibition with resistance",
    source=LI_2025,
    others=(NLMIXR2LIB, LEUCEL),
    reason="A growth-inhibition model of M-protein with variability, residual error and a"
    " documented rule for values below the limit: the error structure for M-protein.",
    product="modakafusp alfa",
    target="CD38",
    population="Adults with relapsed or refractory multiple myeloma and M-protein of at least"
    " 5 g/L, n = 60",
    assay="serum protein electrophoresis, g/L; limit 0.1 g/L, 86 of 492 observations (17.4%) below"
    " it and treated as censored in the likelihood",
    data="492 observations; NONMEM 7.4.4, first-order conditional estimation with interaction,"
    " Laplacian; sequential, on fixed post-hoc kinetics",
    symbols=symbols_of(*_VALUES),
    assumptions=(
        "The effect wanes with time since the first dose, whatever the exposure.",
        "The concentration is constant, an input.",
    ),
    deviations=("The kinetics of the drug are left out.",),
    limits=(
        "The waning rate has a standard error of 61%.",
        "The rule of the paper for response and progression is not included: its details were not"
        " available.",
    ),
    choices=(FORM,),
    checks=CHECKS,
    license="Facts from an open-access paper and a GPL repository; equations and values only",
    missing="A number for a constant concentration, untreated or treated. What is printed (response"
    " rates of 40, 28 and 12%, changes of M-protein by week 40 of -86, -73 and -43%, peaks of the"
    " drug of 23,020 and 46,201) belongs to a cohort with kinetics and antibodies against the drug,"
    " which are left out here.",
    review=REVIEWS.get(ID),
    status=CardStatus.PROVISIONAL,
)

MODELS = (Published(card=CARD, build=build),)
