"""What Stein 2019 has to reproduce."""

from __future__ import annotations

from leucel.core import Mark
from leucel.library.cards import Check
from leucel.library.sources import LEUCEL, STEIN_2019

_EXACT = "closed form in double precision; the pin is printed with this many digits"
_SOLVER = "the pin of the closed form, met by a numerical solution"
_SAMPLED = "the expected percentile was sampled from 200,000 patients: four standard errors"
_DAY_3, _DAY_7, _DAY_14, _DAY_28 = 88.62, 3105.3, 11411.5, 1373.5588
_AREA_28, _AREA_ALL = 171774.285, 235051.0
_LATE_AREAS = (
    "(1 - fraction_slow)*c_max*(1 - exp(-k_decline_fast*(28 - t_max)))/k_decline_fast"
    " + fraction_slow*c_max*(1 - exp(-k_decline_slow*(28 - t_max)))/k_decline_slow"
)
_EARLY_AREA = "(c_max - c_max/fold_expansion)/(log(fold_expansion)/t_max)"


def _level(
    day: float, expected: float, ours: float, tolerance: float, reason: str = _EXACT
) -> Check:
    return Check(
        name=f"transgene on day {day:g}",
        quantity="value",
        output="transgene",
        end=day,
        expected=expected,
        ours=ours,
        tolerance=tolerance,
        reason=reason,
        unit="copies/ug",
        mark=Mark.OWN_VALUE,
        source=LEUCEL.id,
    )


def _formula(
    name: str,
    formula: str,
    expected: float,
    ours: float,
    tolerance: float,
    reason: str,
    unit: str,
    *,
    mark: Mark = Mark.OWN_VALUE,
    source: str = LEUCEL.id,
    place: str = "",
    choices: tuple[tuple[str, str], ...] = (),
) -> Check:
    return Check(
        name=name,
        quantity="formula",
        formula=formula,
        expected=expected,
        ours=ours,
        tolerance=tolerance,
        reason=reason,
        unit=unit,
        mark=mark,
        source=source,
        place=place,
        choices=choices,
    )


_PUBLISHED = (
    _formula(
        "doubling time during expansion",
        "log(2)*t_max/log(fold_expansion)",
        0.78,
        0.7795958,
        0.0065,
        "printed with two digits: half a unit of the last one",
        "day",
        mark=Mark.REPRODUCED,
        source=STEIN_2019.id,
        place="abstract",
    ),
    _formula(
        "half-life of the fast decline",
        "log(2)/k_decline_fast",
        4.3,
        4.33217,
        0.012,
        "printed with two digits: half a unit of the last one",
        "day",
        mark=Mark.REPRODUCED,
        source=STEIN_2019.id,
        place="abstract",
    ),
    _formula(
        "half-life of the slow decline",
        "log(2)/k_decline_slow",
        220.0,
        216.6085,
        0.023,
        "printed with two digits: half a unit of the last one, and the rate itself has two digits",
        "day",
        mark=Mark.REPRODUCED,
        source=STEIN_2019.id,
        place="abstract",
    ),
)


def _percentiles() -> tuple[Check, ...]:
    # 1.6448536 is the 95% quantile of the standard normal distribution.
    rows = (
        ("variances", "c_max", "copies/ug", (6346.0, 6372.109), (89990.0, 90393.94)),
        ("variances", "t_max", "day", (3.4, 3.373864), (25.5, 25.6353)),
        ("standard_deviations", "c_max", "copies/ug", (8273.0, 8239.165), (69950.0, 69910.0)),
        ("standard_deviations", "t_max", "day", (5.0, 4.97771), (17.4, 17.37546)),
    )
    found: list[Check] = []
    for reading, name, unit, low, high in rows:
        for percent, sign, (expected, ours) in ((5, "-", low), (95, "", high)):
            found.append(
                _formula(
                    f"{percent}th percentile of {name}, read as {reading.replace('_', ' ')}",
                    f"{name}*exp({sign}1.6448536*omega_{name})",
                    expected,
                    ours,
                    0.02,
                    _SAMPLED + "; times are printed with one decimal",
                    unit,
                    choices=(("random_effects", reading),),
                )
            )
    return tuple(found)


CLOSED_FORM_CHECKS = (
    *_PUBLISHED,
    _level(3.0, _DAY_3, 88.62466, 1e-4),
    _level(7.0, _DAY_7, 3105.264, 1e-4),
    _level(9.3, 24000.0, 24000.0, 1e-12),
    _level(14.0, _DAY_14, 11411.53, 1e-5),
    _level(28.0, _DAY_28, 1373.558776, 1e-7),
    _formula(
        "area under the curve to day 28",
        f"{_EARLY_AREA} + {_LATE_AREAS}",
        _AREA_28,
        171774.2852,
        1e-7,
        _EXACT,
        "copies/ug*day",
    ),
    _formula(
        "area under the curve to infinity",
        f"{_EARLY_AREA} + c_max*((1 - fraction_slow)/k_decline_fast"
        " + fraction_slow/k_decline_slow)",
        _AREA_ALL,
        235051.3,
        1e-5,
        _EXACT,
        "copies/ug*day",
    ),
    _formula(
        "area under the curve from any time before to infinity",
        "c_max/(log(fold_expansion)/t_max) + c_max*((1 - fraction_slow)/k_decline_fast"
        " + fraction_slow/k_decline_slow)",
        235058.0,
        235058.257,
        1e-5,
        _EXACT,
        "copies/ug*day",
    ),
    _formula(
        "growth rate during expansion",
        "log(fold_expansion)/t_max",
        0.8891,
        0.88911095,
        1e-4,
        _EXACT,
        "1/day",
    ),
    _formula(
        "level extrapolated to the infusion",
        "c_max/fold_expansion",
        6.154,
        6.15384615,
        1e-4,
        _EXACT,
        "copies/ug",
    ),
    *_percentiles(),
)
ODE_CHECKS = (
    *_PUBLISHED,
    _level(7.0, _DAY_7, 3105.264, 1e-4, _SOLVER),
    _level(14.0, _DAY_14, 11411.53, 1e-4, _SOLVER),
    _level(28.0, _DAY_28, 1373.558776, 1e-4, _SOLVER),
    Check(
        name="area under the curve to day 28",
        quantity="area",
        output="transgene",
        end=28.0,
        expected=_AREA_28,
        ours=171774.2855,
        tolerance=1e-4,
        reason=_SOLVER,
        unit="copies/ug*day",
        mark=Mark.OWN_VALUE,
        source=LEUCEL.id,
    ),
)
