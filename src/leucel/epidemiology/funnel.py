"""From new cases to patients eligible for a late-line cell therapy, as flow and stock."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from leucel.core import Evidence, InputError, Kind, Mark, Problem, unknown_name
from leucel.epidemiology.cases import CaseEstimate
from leucel.epidemiology.tables import read_rows

# Shares are carried to a tenth of a percent, the precision of the studies.
_DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class AttritionScenario:
    """Share of treated patients who reach lines 2, 3 and 4 in one study.

    Attributes
    ----------
    id, study, population, n : the study.
    basis : what the shares count. "attrition given progression" follows patients to the end;
        the other bases mix patients still in remission with patients lost, and are lower bounds.
    line_2, line_3, line_4 : shares of the patients who started line 1.
    source : source id.
    """

    id: str
    study: str
    population: str
    n: int
    basis: str
    line_2: float
    line_3: float
    line_4: float
    source: str
    mark: Mark = Mark.SECONDARY
    note: str = ""

    def __post_init__(self) -> None:
        if not 1.0 >= self.line_2 >= self.line_3 >= self.line_4 >= 0.0:
            raise InputError(
                Problem(
                    what=f"the shares of {self.id} do not fall from line to line",
                    received=f"{self.line_2:g}, {self.line_3:g}, {self.line_4:g}",
                    allowed="1 >= line 2 >= line 3 >= line 4 >= 0",
                )
            )


TREATED_SHARE = Evidence(
    value=0.95,
    unit="fraction",
    n=7635,
    source="raab_2016",
    mark=Mark.SECONDARY,
    note="95% of diagnosed patients received a first line, 7 European countries",
)
MEDIAN_SURVIVAL = Evidence(
    value=13.0,
    unit="month",
    low=11.0,
    high=15.0,
    n=543,
    source="kumar_2017",
    mark=Mark.SECONDARY,
    note="at least 3 prior lines, refractory to a proteasome inhibitor and an immunomodulatory "
    "drug, exposed to an alkylator",
)
CLASS_EXPOSURE = Evidence(
    value=1.0,
    unit="fraction",
    mark=Mark.OWN_VALUE,
    kind=Kind.ASSUMED,
    note="share of patients past three lines who had a proteasome inhibitor and an "
    "immunomodulatory drug; no population figure is known, 1 is the upper bound",
)


@cache
def attrition_scenarios() -> tuple[AttritionScenario, ...]:
    """The five studies, from the smallest to the largest share that reaches line 4.

    Examples
    --------
    >>> [(scenario.id, scenario.line_4) for scenario in attrition_scenarios()][:2]
    [('west_china', 0.115), ('pharos', 0.152)]
    """
    found: list[AttritionScenario] = []
    for row in read_rows("line_attrition.csv"):
        if row["line_4"]:
            shares = [float(row[f"line_{line}"]) / 100 for line in (2, 3, 4)]
        else:
            kept = [1 - float(row[f"lost_after_{line}"]) / 100 for line in (1, 2, 3)]
            shares = [math.prod(kept[: line + 1]) for line in range(3)]
        line_2, line_3, line_4 = (round(share, _DIGITS) for share in shares)
        found.append(
            AttritionScenario(
                id=row["id"],
                study=row["study"],
                population=row["population"],
                n=int(row["n_start"]),
                basis=row["basis"],
                line_2=line_2,
                line_3=line_3,
                line_4=line_4,
                source=row["source_id"],
                mark=Mark(row["mark"]),
                note=row["note"],
            )
        )
    return tuple(sorted(found, key=lambda scenario: scenario.line_4))


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelOptions:
    """Parameters of the funnel; shares are fractions from 0 to 1.

    Attributes
    ----------
    treated_share : share of diagnosed patients who start a first line.
    class_exposure : share of patients past three lines with the drug classes of the indication.
    eligible_share : share fit for the cell therapy (organ function, performance status, survival
        until infusion). No population figure is available: None stops the funnel before this step.
    median_survival_months : median survival after the third line, months (stock = flow x mean).
    scenarios : attrition by study.
    central : id of the scenario shown as the value; the range covers all.
    """

    treated_share: Evidence = TREATED_SHARE
    class_exposure: Evidence = CLASS_EXPOSURE
    eligible_share: Evidence | None = None
    median_survival_months: Evidence = MEDIAN_SURVIVAL
    scenarios: tuple[AttritionScenario, ...] = field(default_factory=attrition_scenarios)
    central: str = "alberta"

    def __post_init__(self) -> None:
        problems = [
            Problem(what=f"{name} is no share", received=str(item.value), allowed="0 to 1")
            for name, item in (
                ("treated_share", self.treated_share),
                ("class_exposure", self.class_exposure),
                ("eligible_share", self.eligible_share),
            )
            if item is not None and not 0.0 <= item.number <= 1.0
        ]
        if not self.median_survival_months.number > 0:
            problems.append(
                Problem(
                    what="the median survival must be positive",
                    received=str(self.median_survival_months.value),
                )
            )
        ids = [scenario.id for scenario in self.scenarios]
        if self.central not in ids:
            problems.append(unknown_name(self.central, ids, noun="attrition scenario"))
        if problems:
            raise InputError(problems)

    @property
    def mean_survival_years(self) -> float:
        """Mean survival after the third line, exponential: median / ln 2.

        Examples
        --------
        >>> round(FunnelOptions().mean_survival_years, 2)
        1.56
        """
        return self.median_survival_months.number / 12.0 / math.log(2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStep:
    """Patients a year at one step of the funnel in one scenario."""

    area: str
    scenario: str
    step: str
    flow: float
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """Flow and stock of patients past three lines in an area.

    Attributes
    ----------
    area : code.
    incidence : estimate of the cases at the top.
    steps : every step of every scenario, at the point estimate of the cases.
    flow, flow_low, flow_high : patients a year newly past three lines with the drug classes (and
        eligible, when a share was given); the range covers all scenarios and the limits of the
        cases.
    stock, stock_low, stock_high : such patients alive at one time.
    reached_eligible : True when an eligible share was given and applied.
    """

    area: str
    incidence: CaseEstimate
    steps: tuple[FunnelStep, ...]
    flow: float
    flow_low: float
    flow_high: float
    stock: float
    stock_low: float
    stock_high: float
    reached_eligible: bool
    sources: tuple[str, ...] = ()

    def flows(self, step: str) -> dict[str, float]:
        """Patients a year at a step, by scenario."""
        return {item.scenario: item.flow for item in self.steps if item.step == step}

    @property
    def note(self) -> str:
        """What the last step leaves open."""
        if self.reached_eligible:
            return "patients a year past three lines, with the drug classes, eligible by the share"
        return (
            "patients past three lines with the drug classes, before the share who are fit for "
            "CAR-T: no population figure for that share is available, give eligible_share"
        )


STEPS = (
    "diagnosed",
    "treated",
    "line 2",
    "line 3",
    "line 4",
    "with the drug classes",
    "eligible",
)


def follow_funnel(incidence: CaseEstimate, options: FunnelOptions | None = None) -> Funnel:
    """Follow a year's cases down to the patients of the indication.

    Patients with at least three prior lines are those who reach line 4.

    Examples
    --------
    >>> from leucel.epidemiology import incidence_from_count
    >>> funnel = follow_funnel(incidence_from_count("SA", 300))
    >>> [round(flow) for flow in funnel.flows("line 4").values()]
    [33, 43, 52, 103, 180]
    """
    options = options or FunnelOptions()
    steps: list[FunnelStep] = []
    last: dict[str, float] = {}
    for scenario in options.scenarios:
        flows = _flows(incidence.cases, scenario, options)
        steps += [
            FunnelStep(
                area=incidence.area,
                scenario=scenario.id,
                step=step,
                flow=flow,
                note=scenario.basis,
            )
            for step, flow in zip(STEPS, flows, strict=False)
        ]
        last[scenario.id] = flows[-1]
    years = options.mean_survival_years
    survival = options.median_survival_months
    # Limits of the median scale the stock as they scale the mean.
    shrink = (survival.low or survival.number) / survival.number
    stretch = (survival.high or survival.number) / survival.number
    flow = last[options.central]
    low = min(last.values()) * _share(incidence.low, incidence.cases)
    high = max(last.values()) * _share(incidence.high, incidence.cases)
    return Funnel(
        area=incidence.area,
        incidence=incidence,
        steps=tuple(steps),
        flow=flow,
        flow_low=low,
        flow_high=high,
        stock=flow * years,
        stock_low=low * years * shrink,
        stock_high=high * years * stretch,
        reached_eligible=options.eligible_share is not None,
        sources=_funnel_sources(incidence, options),
    )


def _flows(cases: float, scenario: AttritionScenario, options: FunnelOptions) -> list[float]:
    treated = cases * options.treated_share.number
    flows = [cases, treated]
    flows += [treated * share for share in (scenario.line_2, scenario.line_3, scenario.line_4)]
    flows.append(flows[-1] * options.class_exposure.number)
    if options.eligible_share is not None:
        flows.append(flows[-1] * options.eligible_share.number)
    return flows


def _share(limit: float, value: float) -> float:
    return limit / value if value else 1.0


def _funnel_sources(incidence: CaseEstimate, options: FunnelOptions) -> tuple[str, ...]:
    items: Sequence[str] = (
        *incidence.sources,
        options.treated_share.source,
        options.median_survival_months.source,
        *(scenario.source for scenario in options.scenarios),
    )
    return tuple(dict.fromkeys(item for item in items if item))
