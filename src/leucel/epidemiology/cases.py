"""An estimate of new cases a year: its value, its limits, and draws from both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

from leucel.core import Evidence, Kind, Mark, RandomStream
from leucel.epidemiology.rates import Crude, Measure, Rate

COUNTRY_SPREAD = Evidence(
    value=3.0,
    unit="factor",
    mark=Mark.OWN_VALUE,
    kind=Kind.ASSUMED,
    note="national age-specific risk lies within this factor of the world average, either way. "
    "Checked against modelled national counts of 2022: 27 of 28 countries lie within 3, 26 within "
    "2.5; the log-normal that fits them asks for 2.6 (95%). It covers the difference between "
    "countries, not chance; a count or rate of the country itself replaces it",
)
SHAPE_SPREAD = Evidence(
    value=1.3,
    unit="factor",
    mark=Mark.OWN_VALUE,
    kind=Kind.ASSUMED,
    note="cases from a country's own age-standardized rate and the SEER age curve lie within this "
    "factor (95%): the shape of the curve transfers, with an error",
)
REGISTRATION_SPREAD = Evidence(
    value=1.1,
    unit="factor",
    mark=Mark.OWN_VALUE,
    kind=Kind.ASSUMED,
    note="what a counted number does not show (completeness of registration, code list, revision "
    "of the population), 95%; UN revisions moved Gulf populations by 3 to 13%",
)
INCIDENCE_TREND = Evidence(
    value=0.019,
    unit="fraction a year",
    low=0.017,
    high=0.022,
    source="luo_2024",
    mark=Mark.SECONDARY,
    note="age-standardized incidence of Australia, 2006-2018; raises the upper limit of an older "
    "figure for each year before 2022 (United Kingdom: 17% in a decade)",
)
Z95 = float(ndtri(0.975))

TABLE = "country table"
FIGURE = "published figure"
OWN_RATE = "standardized rate of the area"
TRANSFER = "age-structure transfer"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEstimate:
    """New cases a year in an area, with what its interval covers.

    Attributes
    ----------
    area, year : where and when.
    cases : new cases a year.
    low, high : 95% limits.
    covers : what the limits cover, in words.
    method : "country table", "published figure", "standardized rate of the area" or "age-structure
        transfer" (of the rate of another area).
    population : people (the denominator).
    population_source : its source and revision.
    count : number of observed cases whose chance is in the limits, None when nothing was counted.
    log_low, log_high : SD of the log of every other uncertainty, below and above the value.
    follows_population : True when the cases move with a revision of the population.
    mark, sources, note : provenance.
    """

    area: str
    year: str
    cases: float
    low: float
    high: float
    covers: str
    method: str
    population: float
    population_source: str
    count: float | None = None
    log_low: float = 0.0
    log_high: float = 0.0
    follows_population: bool = False
    mark: Mark = Mark.DERIVED
    sources: tuple[str, ...] = ()
    note: str = ""

    @property
    def crude(self) -> Rate:
        """Crude incidence per 100,000."""
        factor = 100_000.0 / self.population
        return Rate(
            measure=Measure.INCIDENCE,
            scale=Crude(),
            value=self.cases * factor,
            low=self.low * factor,
            high=self.high * factor,
            area=self.area,
            year=self.year,
            population=self.population_source,
        )


def draw_cases(estimate: CaseEstimate, rng: RandomStream, *, draws: int) -> NDArray[np.float64]:
    """Draws (R,) of the expected number of cases: chance of the count, then every other factor.

    The mean of a Poisson count x is drawn from Gamma(x + 1/2), its posterior under Jeffreys' prior.
    """
    purpose = f"epidemiology/cases/{estimate.area}/{estimate.method}"
    z = rng.normal(f"{purpose}/factor", subjects=draws)
    factor = np.exp(z * np.where(z < 0, estimate.log_low, estimate.log_high))
    if estimate.count is None:
        return estimate.cases * factor
    u = rng.uniform(f"{purpose}/count", subjects=draws)
    # A published rate can stand for another number of cases than were counted behind it.
    weight = estimate.cases / estimate.count if estimate.count else 1.0
    return weight * factor * gammaincinv(estimate.count + 0.5, u)
