"""The sections that set up the virtual trial and the population: design of the numbers' work."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictStr

from leucel.programme.values import (
    Count,
    Flag,
    Identifier,
    KindName,
    MarkName,
    Number,
    Quantity,
    Sourced,
    Statement,
    Text,
    section,
)

Month = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]

ENDPOINTS = (
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
)
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
    """How one property of the patients is distributed."""

    name: Identifier
    unit: StrictStr = ""
    distribution: Literal[
        "constant",
        "normal",
        "truncated_normal",
        "lognormal",
        "bernoulli",
        "categorical",
        "shifted_geometric",
    ]
    value: Number | None = None
    mean: Number | None = None
    sd: Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)] | None = None
    median: Number | None = None
    sigma: Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)] | None = None
    low: Number | None = None
    high: Number | None = None
    probability: Annotated[float, Field(strict=True, ge=0, le=1)] | None = None
    levels: tuple[Text, ...] = ()
    weights: tuple[Annotated[float, Field(strict=True, ge=0)], ...] = ()
    n: Count | None = None
    source: StrictStr = ""
    place: StrictStr = ""
    mark: MarkName = "own value"
    kind: KindName = "reported"
    note: StrictStr = ""


@section
class PatientsSection:
    """The patients: distributions of what they bring with them."""

    covariates: tuple[CovariateSection, ...] = Field(min_length=1)


@section
class ParameterSection:
    """A parameter of a model that the programme sets itself."""

    name: Identifier
    value: Number
    unit: StrictStr = ""
    omega: Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)] | None = Field(
        default=None, description="SD of the log-normal random effect"
    )
    target: StrictStr = Field(default="", description="published number it was calibrated to")
    source: StrictStr = ""
    place: StrictStr = ""
    mark: MarkName = "own value"
    kind: KindName = "reported"
    note: StrictStr = ""


@section
class KineticsSection(Sourced):
    """The cells in the blood."""

    model: Identifier = Field(description="id of a model of the library")
    lloq: Quantity = Field(description="lower limit of quantification of the assay")
    parameters: tuple[ParameterSection, ...] = ()
    note: StrictStr = ""


@section
class ResponseSection(Sourced):
    """The tumor and its markers."""

    model: Identifier = Field(description="id of a model of the library")
    resistant_clone: Flag = Field(default=True, description="add the antigen-low clone")
    parameters: tuple[ParameterSection, ...] = ()
    note: StrictStr = ""


@section
class TrialSection(Sourced):
    """The virtual trial that is run."""

    patients: Count = Field(description="virtual patients")
    months: Annotated[int, Field(strict=True, ge=1, le=240)]
    seed: Annotated[int, Field(strict=True, ge=0)] = 1
    compared_with: Statement | None = None


@section
class PublishedEndpoint:
    """A published result that the virtual trial is held against."""

    endpoint: EndpointName
    value: Number
    unit: Text
    low: Number | None = None
    high: Number | None = None
    month: Month | None = None
    n: Count | None = None
    trial: Text
    population: Text
    used_for: Literal["calibration", "prediction"]
    source: StrictStr
    place: StrictStr = ""
    mark: MarkName
    note: StrictStr = ""


@section
class PopulationSection(Sourced):
    """How patients are counted."""

    disease: Identifier
    note: StrictStr = ""
