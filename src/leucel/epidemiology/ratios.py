"""Prevalence over incidence in years: the brackets that published figures allow."""

from __future__ import annotations

import math
from dataclasses import dataclass

from leucel.core import Evidence, InputError, Kind, Mark, Problem
from leucel.epidemiology.rates import Measure, Rate, require_same_scale


@dataclass(frozen=True, slots=True, kw_only=True)
class PrevalenceRatio:
    """Prevalence over yearly incidence, in years, with the bracket that sources allow.

    Attributes
    ----------
    window_years : N of an N-year prevalence; None for complete prevalence.
    point, low, high : years.
    evidence : one entry for each of the figures behind it.
    """

    window_years: float | None
    point: float
    low: float
    high: float
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.point <= self.high < math.inf:
            raise InputError(
                Problem(
                    what="the bracket of a prevalence-to-incidence ratio is out of order",
                    received=f"{self.low:g} - {self.point:g} - {self.high:g} years",
                    allowed="0 < low <= point <= high",
                )
            )

    @property
    def measure(self) -> Measure:
        """N-year or complete prevalence."""
        return Measure.LIMITED_PREVALENCE if self.window_years else Measure.COMPLETE_PREVALENCE


FIVE_YEAR_RATIO = PrevalenceRatio(
    window_years=5.0,
    point=2.87,
    low=2.87,
    high=3.95,
    evidence=(
        Evidence(
            value=2.87,
            unit="year",
            source="mafra_2025",
            mark=Mark.DERIVED,
            kind=Kind.DERIVED,
            note="world 2022: about 539,000 people alive within 5 years over about 188,000 cases",
        ),
        Evidence(
            value=3.51,
            unit="year",
            source="survival_cancer_research_uk_2013_2017",
            mark=Mark.COMPUTED,
            kind=Kind.DERIVED,
            note="area of 5 years under the Weibull curve of England 2013-17, net survival",
        ),
        Evidence(
            value=3.95,
            unit="year",
            source="survival_biologyinsights_com_citing_2015_2021",
            mark=Mark.COMPUTED,
            kind=Kind.DERIVED,
            note="area of 5 years under the curve of the USA 2013-21, relative survival: an upper "
            "bound",
        ),
    ),
)
COMPLETE_RATIO = PrevalenceRatio(
    window_years=None,
    point=4.9,
    low=4.3,
    high=6.0,
    evidence=(
        Evidence(
            value=4.3,
            unit="year",
            source="china_insured_2019",
            mark=Mark.DERIVED,
            kind=Kind.DERIVED,
            note="urban insured in China: 6.88 / 1.60",
        ),
        Evidence(
            value=4.85,
            unit="year",
            source="luo_2024",
            mark=Mark.DERIVED,
            kind=Kind.DERIVED,
            note="registries of Australia 2018: 10,288 alive within 30 years over 2,120 cases",
        ),
        Evidence(
            value=4.9,
            unit="year",
            source="ema_eu_3_20_2252",
            mark=Mark.DERIVED,
            kind=Kind.DERIVED,
            note="people accepted by the COMP over the yearly cases of the same countries "
            "(4.4 to 4.9 years)",
        ),
        Evidence(
            value=6.0,
            unit="year",
            mark=Mark.OWN_VALUE,
            kind=Kind.ASSUMED,
            note="upper end of the bracket: survival keeps rising; below the 8.9 to 9.1 years that "
            "net survival would give, which is an upper bound",
        ),
    ),
)


def ratio_of_rates(prevalence: Rate, incidence: Rate) -> float:
    """Prevalence over incidence in years; both must be crude, or both on one standard.

    Raises
    ------
    ScaleError : the scales differ, as in 6.8 (crude) / 1.8 (age-standardized).
    InputError : the first is no prevalence or the second no incidence.

    Examples
    --------
    >>> from leucel.epidemiology import Crude
    >>> alive = Rate(measure=Measure.COMPLETE_PREVALENCE, scale=Crude(), value=6.88, area="CN")
    >>> new = Rate(measure=Measure.INCIDENCE, scale=Crude(), value=1.60, area="CN")
    >>> round(ratio_of_rates(alive, new), 1)
    4.3
    """
    require_same_scale(prevalence, incidence, action="divided")
    if not prevalence.measure.is_prevalence or incidence.measure is not Measure.INCIDENCE:
        raise InputError(
            Problem(
                what="a duration is a prevalence divided by an incidence",
                received=f"{prevalence.label} / {incidence.label}",
            )
        )
    return prevalence / incidence
