"""How the population stage estimates: ratios, funnel, windows, standards."""

from __future__ import annotations

from dataclasses import dataclass, field

from leucel.core import InputError, Problem, unknown_name
from leucel.epidemiology.funnel import FunnelOptions
from leucel.epidemiology.prevalence import DEFAULT_DRAWS
from leucel.epidemiology.ratios import COMPLETE_RATIO, FIVE_YEAR_RATIO, PrevalenceRatio
from leucel.epidemiology.standardization import Limits
from leucel.epidemiology.tables import standard_names


@dataclass(frozen=True, slots=True, kw_only=True)
class BurdenOptions:
    """How the population stage estimates.

    Attributes
    ----------
    five_year, complete : prevalence-to-incidence ratios with their brackets, years.
    funnel : parameters of the patient funnel.
    draws : Monte-Carlo draws of each interval, at least 200.
    windows : N of further N-year prevalences, years.
    standards : names of standard populations for age-standardized rates of tables by age.
    limits : of those rates: Fay-Feuer, Tiwari or Dobson-Byar.
    """

    five_year: PrevalenceRatio = FIVE_YEAR_RATIO
    complete: PrevalenceRatio = COMPLETE_RATIO
    funnel: FunnelOptions = field(default_factory=FunnelOptions)
    draws: int = DEFAULT_DRAWS
    windows: tuple[float, ...] = ()
    standards: tuple[str, ...] = ()
    limits: Limits = "fay_feuer"

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        if self.draws < 200:
            problems.append(
                Problem(
                    what="too few draws for 95% limits",
                    received=str(self.draws),
                    allowed="200 or more",
                )
            )
        problems += [
            Problem(
                what="the window of a prevalence is out of range",
                received=f"{years:g} years",
                allowed="above 0, up to 100 years",
            )
            for years in self.windows
            if not 0 < years <= 100
        ]
        known = standard_names()
        problems += [
            unknown_name(name, known, noun="standard population")
            for name in self.standards
            if name not in known
        ]
        if problems:
            raise InputError(problems)
