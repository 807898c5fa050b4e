"""The sections on regulation and access: evidence, overrides, filings, what a forecast assumes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictStr

from leucel.programme.values import (
    Count,
    Flag,
    Identifier,
    MarkName,
    Quantity,
    Sourced,
    Text,
    section,
)

Day = Annotated[StrictStr, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Years = Annotated[float, Field(strict=True, gt=0, le=100, allow_inf_nan=False)]
StandardName = Literal["segi_doll_world", "who_2000_2025", "european_1976", "european_2013"]


@section
class SlotSection:
    """Evidence for a qualifying test beyond prevalence."""

    slot: StrictStr = Field(
        pattern=r"^[A-Z]{2,3}/[A-Z_]+$",
        description="JURISDICTION/TOPIC, for example EU/SEVERITY; `leucel designate` lists them",
    )
    text: Text = Field(description="what is shown, in a sentence")
    source: StrictStr
    mark: MarkName
    note: StrictStr = ""


@section
class OverrideSection:
    """A rule of your own in place of the one with its id; it is printed wherever it counts."""

    rule: StrictStr = Field(pattern=r"^[A-Z]{2,3}-[A-Z0-9-]+$", description="id of the rule")
    kind: Literal["threshold", "criterion", "incentive", "clock", "route"]
    value: StrictStr = Field(description="the fact as text, for example 5")
    unit: StrictStr = Field(description="how to read the value, for example per 10000 (fewer than)")
    basis: StrictStr = ""
    effective_date: StrictStr = Field(default="", description="YYYY, YYYY-MM or YYYY-MM-DD")
    legal_source: Text = Field(description="where it stands: law, guideline, article")
    source: StrictStr = Field(description="id of an entry of [[sources]]: where you read it")
    url: StrictStr | None = Field(default=None, pattern=r"^https?://\S+$")
    mark: MarkName
    new: Flag = Field(default=False, description="true for a rule that the table does not have")
    note: StrictStr = ""


@section
class ReviewSection:
    """Length of a review for which no clock is on record."""

    jurisdiction: Identifier
    days: Count = Field(description="calendar days from filing to decision")
    source: StrictStr = ""
    mark: MarkName = "own value"
    note: StrictStr = ""


@section
class RegulationSection(Sourced):
    """What the programme adds to the rules, and how it would file."""

    evidence: tuple[SlotSection, ...] = ()
    overrides: tuple[OverrideSection, ...] = ()
    targets: tuple[Identifier, ...] | None = Field(
        default=None,
        description="jurisdictions whose fastest order of filings is searched, 7 at most; the lead "
        "and its block when not given",
    )
    filing: Day | None = Field(
        default=None, description="day of the first filing; the day of the run when not given"
    )
    gap_days: Annotated[int, Field(strict=True, ge=0, le=3650)] = Field(
        default=0, description="days that the sponsor needs between two filings"
    )
    doubtful: Flag = Field(default=False, description="plan with doubtful routes too")
    answers: Quantity | None = Field(
        default=None,
        description="days for answers while the clock stands: value with low and high",
    )
    reviews: tuple[ReviewSection, ...] = ()
    holidays: dict[str, Text] = Field(
        default_factory=dict,
        description="file with the days off of a jurisdiction, one YYYY-MM-DD a line, by code",
    )
    precursors: StrictStr = Field(
        default="", description="whether precursor states are counted, for the prevalence report"
    )
    atc: tuple[Text, ...] = Field(default=(), description="ATC codes for the filings")
    note: StrictStr = ""


@section
class ApprovalSection:
    """Own days of approval of one country, in place of those of the route planner."""

    area: Identifier
    earlier: Day
    ordinary: Day
    source: StrictStr = ""
    mark: MarkName = "own value"
    note: StrictStr = ""


@section
class AccessSection(Sourced):
    """The access forecast: where, until when, and every number that it assumes, with its range."""

    areas: tuple[Identifier, ...] | None = Field(
        default=None, description="countries of the forecast; the six Gulf states when not given"
    )
    horizon: Day | None = Field(
        default=None, description="last day that is counted; seven years after filing"
    )
    case_growth: Quantity | None = Field(default=None, description="fraction a year")
    treated_share: Quantity | None = Field(default=None, description="fraction")
    reach_line_4: Quantity | None = Field(default=None, description="fraction")
    class_exposure: Quantity | None = Field(default=None, description="fraction")
    eligible_share: Quantity | None = Field(default=None, description="fraction")
    reached_share: Quantity | None = Field(
        default=None, description="fraction of the eligible who get the therapy in time"
    )
    ramp_years: Quantity | None = Field(
        default=None, description="years from approval to complete access"
    )
    median_survival_months: Quantity | None = Field(
        default=None, description="months without the therapy"
    )
    slots_a_year: Quantity | None = Field(default=None, description="manufacturing slots a year")
    gain_years: Quantity | None = Field(
        default=None,
        description="life-years gained by a treated patient; from the virtual trial when not given",
    )
    approvals: tuple[ApprovalSection, ...] = ()
    draws: Annotated[int, Field(strict=True, ge=200, le=100_000)] = 1000
    note: StrictStr = ""


@section
class AgeTableSection:
    """Cases and person-years by age of one area, from a file beside the programme."""

    area: Identifier
    file: Text = Field(description="registry CSV or SEER*Stat export")
    columns: dict[str, Text] | None = Field(
        default=None, description="names of the columns of ages, cases and person_years"
    )
    source: StrictStr
    mark: MarkName = "secondary"


@section
class PeopleTableSection:
    """People by age of one area, from a file in the form of World Population Prospects."""

    area: Identifier
    file: Text
    year: Annotated[int, Field(strict=True, ge=1900, le=2200)]
    columns: dict[str, Text] | None = Field(
        default=None, description="names of the columns of area, year, ages and persons"
    )
    thousands: Flag = Field(default=True, description="people are counted in thousands")
    source: StrictStr
    mark: MarkName = "secondary"


@section
class SurvivalTableSection:
    """Survival after diagnosis in one area, from a file."""

    area: Identifier
    file: Text
    basis: Literal["observed", "net", "relative"] = "observed"
    percent: Flag = Field(default=False, description="survival is written in percent")
    columns: dict[str, Text] | None = Field(
        default=None, description="names of the columns of years, share, low and high"
    )
    source: StrictStr
    mark: MarkName = "secondary"


@section
class CountryTableSection:
    """New cases by country, from a file such as an export of GLOBOCAN."""

    file: Text
    year: Annotated[int, Field(strict=True, ge=1900, le=2200)] = 2022
    columns: dict[str, Text] | None = Field(
        default=None, description="names of the columns, by iso3, new_cases, asr_w_inc, ..."
    )
    source: StrictStr
    mark: MarkName = "secondary"
