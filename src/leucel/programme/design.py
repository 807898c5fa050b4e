"""The sections that set up the virtual trial and the population: design of the numbers' work."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictStr

from leucel.programme.regulation import (
    AgeTableSection,
    CountryTableSection,
    PeopleTableSection,
    StandardName,
    SurvivalTableSection,
    Years,
)
from leucel.programme.values import (
    Count,
    Identifier,
    KindName,
    MarkName,
    Number,
    Quantity,
    Sourced,
    Text,
    section,
)

Day = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]

EndpointName = Literal[
    "orr",
    "cr_rate",
    "vgpr_rate",
    "mrd_negative",
    "pfs",
    "dor",
    "time_to_response_days",
    "tmax_days",
    "cmax",
    "auc_0_28",
    "persistence_median_days",
    "detectable",
    "crs_any",
    "crs_grade3",
]


@section
class CovariateSection:
    """How one property of the patients is distributed: a distribution or a published summary."""

    name: Identifier = Field(description="covariate, as in the column dictionary")
    unit: StrictStr = ""
    distribution: Literal[
        "constant",
        "uniform",
        "normal",
        "truncated_normal",
        "lognormal",
        "bernoulli",
        "shifted_geometric",
    ]
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    mean: Number | None = None
    sd: Number | None = None
    center: Number | None = None
    median: Number | None = None
    sigma: Number | None = None
    cv: Number | None = None
    lower: Number | None = Field(default=None, description="lower quartile")
    upper: Number | None = Field(default=None, description="upper quartile")
    probability: Number | None = None
    minimum: Annotated[int, Field(strict=True)] | None = None
    maximum: Annotated[int, Field(strict=True)] | None = None
    n: Count | None = Field(default=None, description="subjects behind the summary")
    source: StrictStr = ""
    place: StrictStr = ""
    mark: MarkName = "own value"
    kind: KindName = "reported"
    note: StrictStr = ""


# Keys of a covariate that are numbers of its distribution; `n` may be either.
DISTRIBUTION_KEYS = (
    "value",
    "low",
    "high",
    "mean",
    "sd",
    "center",
    "median",
    "sigma",
    "cv",
    "lower",
    "upper",
    "probability",
    "minimum",
    "maximum",
)


@section
class PatientsSection:
    """The patients: distributions of what they bring with them."""

    covariates: tuple[CovariateSection, ...] = Field(min_length=1)


@section
class ParameterSection:
    """A parameter of a model that the programme sets itself."""

    name: Identifier = Field(description="parameter of the model")
    value: Number = Field(description="median in the population")
    unit: StrictStr = ""
    omega: Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)] | None = Field(
        default=None, description="SD of the log-normal random effect; the model's when not given"
    )
    effect: StrictStr = Field(
        default="", description="parameters with the same effect share one draw in each patient"
    )
    target: StrictStr = Field(default="", description="published number it was calibrated to")
    low: Number | None = None
    high: Number | None = None
    n: Count | None = None
    source: StrictStr = ""
    place: StrictStr = ""
    mark: MarkName = "own value"
    kind: KindName = "reported"
    note: StrictStr = ""
    omega_source: StrictStr = ""
    omega_mark: MarkName = "own value"
    omega_kind: KindName = "reported"
    omega_note: StrictStr = ""


@section
class ScheduleSection:
    """Days of visits: the listed ones, then every so many days."""

    days: tuple[Day, ...] = Field(min_length=1, description="increasing, from infusion")
    every: Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)] | None = Field(
        default=None, description="days between visits after the listed ones"
    )


@section
class KineticsSection(Sourced):
    """The cells in the blood."""

    model: Identifier = Field(description="model of the library with the output transgene")
    choices: dict[str, Text] = Field(
        default_factory=dict, description="options of the model's card"
    )
    lloq: Quantity = Field(description="lower limit of quantification of the assay, copies/ug")
    residual_sd: Quantity | None = Field(
        default=None, description="SD of the measurement on the log scale"
    )
    sampling: ScheduleSection = Field(description="days of blood samples")
    parameters: tuple[ParameterSection, ...] = ()


@section
class PrimaryResistanceSection:
    """A group of which a share does not respond: its tumor is not seen by the cells."""

    covariate: Identifier = Field(description="patients in whom it is 1 form the group")
    share: Quantity = Field(description="share of the group, 0 to 1")
    fraction: Annotated[float, Field(strict=True, gt=0, lt=1)] = Field(
        default=0.99, description="resistant part of the tumor in them"
    )


@section
class ResponseSection(Sourced):
    """The tumor and its markers."""

    model: Identifier = Field(description="model of the library with tumor, M-protein and sBCMA")
    choices: dict[str, Text] = Field(
        default_factory=dict, description="options of the model's card"
    )
    edits: tuple[Literal["resistant_clone", "carrying_capacity"], ...] = Field(
        default=("resistant_clone", "carrying_capacity"), description="extensions of the model"
    )
    primary_resistance: PrimaryResistanceSection | None = None
    assessments: ScheduleSection = Field(description="days of response assessments")
    complete_below: Quantity = Field(description="M-protein that counts as not detectable, g/L")
    marrow_share: Quantity = Field(description="plasma cells in the marrow at baseline, 0 to 1")
    mrd_level: Quantity = Field(description="sensitivity of the MRD assay, for example 1e-5")
    parameters: tuple[ParameterSection, ...] = ()


@section
class SafetySection(Sourced):
    """Cytokine release syndrome at its published rates; nothing is modeled."""

    crs_any: Quantity = Field(description="any grade, %")
    crs_grade3: Quantity = Field(description="grade 3 or more, %")


@section
class RemarkSection:
    """A further assumption that has to be seen with the results."""

    what: Text
    why: Text
    source: StrictStr = ""


@section
class AdjustableSection:
    """A parameter that `leucel calibrate` may move, with bounds that are never crossed."""

    name: Annotated[StrictStr, Field(pattern=r"^(kinetics|response)\.[A-Za-z0-9_]+$")] = Field(
        description="kinetics.PARAMETER or response.PARAMETER, one that the section lists"
    )
    low: Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
    high: Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
    prior: Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)] | None = Field(
        default=None, description="value that is more plausible than others, often a published one"
    )
    prior_factor: Annotated[float, Field(strict=True, gt=1, allow_inf_nan=False)] = Field(
        default=2.0, description="this many times the prior counts like one standard error"
    )


@section
class TrialSection:
    """The virtual trial that is run."""

    name: Text = Field(description="the trial it stands beside")
    population: Text = Field(description="its patients in words")
    patients: Count = Field(description="virtual patients")
    months: Annotated[int, Field(strict=True, ge=1, le=240)]
    seed: Annotated[int, Field(strict=True, ge=0)] = 1
    landmarks: tuple[Day, ...] | None = Field(
        default=None, description="months at which remission and detection are read"
    )
    remarks: tuple[RemarkSection, ...] = ()
    adjustable: tuple[AdjustableSection, ...] = ()


@section
class SubgroupSection:
    """The virtual patients with one value of a covariate."""

    covariate: Identifier
    value: Number


@section
class PublishedEndpoint:
    """A published result that the virtual trial is held against."""

    endpoint: EndpointName
    value: Number
    unit: StrictStr = Field(default="", description="unit of the endpoint when not given")
    low: Number | None = None
    high: Number | None = None
    month: Day | None = None
    n: Count | None = None
    statistic: Literal["median", "mean"] = "median"
    population: StrictStr = Field(
        default="", description="which patients, when not those of the trial"
    )
    subgroup: SubgroupSection | None = Field(
        default=None, description="virtual patients it is put beside; all when not given"
    )
    used_for: Literal["calibration", "prediction"]
    source: StrictStr
    place: StrictStr = ""
    mark: MarkName
    note: StrictStr = ""


RateMeasure = Literal["incidence", "prevalence_5y", "prevalence_complete", "mortality"]


@section
class AreaFigureSection:
    """A crude figure of one area that the programme brings along."""

    area: Text = Field(description="area code or name")
    year: Annotated[int, Field(strict=True, ge=1900, le=2200)]
    measure: RateMeasure
    value: Number
    low: Number | None = None
    high: Number | None = None
    per: Number = 100_000.0
    source: StrictStr = ""
    mark: MarkName = "own value"
    note: StrictStr = ""


@section
class PopulationSection(Sourced):
    """How patients are counted, from new cases to those the indication is for."""

    attrition: StrictStr | None = Field(
        default=None, description="study whose loss of patients from line to line is the value"
    )
    treated_share: Quantity | None = Field(
        default=None, description="share of the diagnosed who start treatment, 0 to 1"
    )
    eligible_share: Quantity | None = Field(
        default=None, description="share of late-line patients fit for cell therapy, 0 to 1"
    )
    class_exposure: Quantity | None = Field(
        default=None,
        description="share of late-line patients with the drug classes of the indication, 0 to 1",
    )
    median_survival_months: Quantity | None = Field(
        default=None, description="median survival of late-line patients, months"
    )
    complete_ratio: Quantity | None = Field(
        default=None, description="complete prevalence over yearly cases, years, with low and high"
    )
    five_year_ratio: Quantity | None = Field(
        default=None, description="5-year prevalence over yearly cases, years, with low and high"
    )
    windows: tuple[Years, ...] = Field(
        default=(), description="years of further N-year prevalences"
    )
    standards: tuple[StandardName, ...] = Field(
        default=(), description="standard populations for the rates of tables by age"
    )
    draws: Count | None = Field(default=None, description="Monte-Carlo draws of each interval")
    figures: tuple[AreaFigureSection, ...] = ()
    country_table: CountryTableSection | None = None
    age_tables: tuple[AgeTableSection, ...] = ()
    populations: tuple[PeopleTableSection, ...] = ()
    survival: tuple[SurvivalTableSection, ...] = ()
    note: StrictStr = ""
