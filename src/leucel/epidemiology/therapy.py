"""What a therapy that prolongs life adds to the prevalence of its own condition."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from leucel.core import InputError, Problem
from leucel.epidemiology.curves import SurvivalCurve

_STEPS_A_YEAR = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapyGain:
    """People alive because of a therapy, some years after its launch.

    Attributes
    ----------
    years_since_launch : when.
    treated : patients treated since the launch.
    persons : people alive who would have died without it.
    life_years : life-years gained until then.
    """

    years_since_launch: float
    treated: float
    persons: float
    life_years: float


def added_by_therapy(
    treated_a_year: float,
    *,
    without: SurvivalCurve,
    with_therapy: SurvivalCurve,
    years_since_launch: float,
    ramp_years: float = 0.0,
) -> TherapyGain:
    """People whom a therapy keeps alive: uptake times the difference of two survival curves.

    Added(T) = integral over u from 0 to T of treated(T - u) (S_with(u) - S_without(u)) du. In the
    long run it is the treated patients a year times the gain in mean survival: the prevalence of
    the condition, and with it the orphan margin, moves by that much.

    Parameters
    ----------
    treated_a_year : patients a year once the uptake is complete.
    without, with_therapy : survival from the treatment on; the second nowhere below the first.
    years_since_launch : T, 0 or more.
    ramp_years : the uptake rises in a straight line over so many years.

    Raises
    ------
    InputError : negative numbers, or a therapy that shortens survival.

    Examples
    --------
    >>> from leucel.epidemiology import WeibullSurvival
    >>> gain = added_by_therapy(100, without=WeibullSurvival(scale=1.5),
    ...                         with_therapy=WeibullSurvival(scale=4.0), years_since_launch=60)
    >>> round(gain.persons)
    250
    """
    numbers = (treated_a_year, years_since_launch, ramp_years)
    if not all(math.isfinite(number) and number >= 0 for number in numbers):
        raise InputError(
            Problem(
                what="patients a year, years since launch and ramp are numbers from 0",
                received=", ".join(f"{number:g}" for number in numbers),
            )
        )
    steps = max(1, math.ceil(years_since_launch * _STEPS_A_YEAR))
    width = years_since_launch / steps
    ago = np.linspace(0.0, years_since_launch, 2 * steps + 1)[1::2]
    gain = with_therapy.survival(ago) - without.survival(ago)
    # Rounding of two equal curves must not read as harm.
    if np.any(gain < -1e-9):
        raise InputError(
            Problem(
                what="survival with the therapy falls below survival without it",
                received=f"by {-float(gain.min()):.3g}",
                fix="check which curve is which",
            )
        )
    since = years_since_launch - ago
    ramp = np.minimum(since, ramp_years) / ramp_years if ramp_years > 0 else np.ones_like(since)
    uptake = treated_a_year * ramp
    lived = np.cumsum(gain) * width
    return TherapyGain(
        years_since_launch=years_since_launch,
        treated=float(uptake.sum() * width),
        persons=float((uptake * gain).sum() * width),
        life_years=float((uptake * lived).sum() * width),
    )


def margin_used(persons: float, added: float, limit: float) -> float:
    """Share of the distance to a threshold in persons that the therapy uses up.

    Examples
    --------
    >>> margin_used(1_500, 250, 17_894) < 0.02
    True
    """
    if not persons < limit:
        raise InputError(
            Problem(
                what="the condition is not below the threshold", received=f"{persons:g} persons"
            )
        )
    return added / (limit - persons)
