"""The section on manufacture: how the product of each patient is made."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictStr

from leucel.programme.design import CovariateSection
from leucel.programme.values import Count, Identifier, Number, Quantity, Sourced, Text, section

Positive = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]


@section
class StageSection(Sourced):
    """A stage of the process with numbers of its own."""

    name: Identifier = Field(description="stage, as `leucel manufacture --json` lists them")
    median: Quantity = Field(description="the middle lot")
    lower: Number | None = Field(default=None, description="lower quartile over lots")
    upper: Number | None = Field(default=None, description="upper quartile over lots")
    sigma: Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)] | None = Field(
        default=None, description="SD on the scale of the stage, when no quartiles are given"
    )
    spread: StrictStr = Field(default="", description="where the spread comes from")


@section
class ReleaseTestSection:
    """One row of the release specification."""

    attribute: Identifier = Field(description="what is measured")
    operator: Literal[">=", ">", "<=", "<"]
    limit: Quantity
    method: StrictStr = ""


@section
class VeinToVeinSection(Sourced):
    """Quartiles of the time from apheresis to infusion, to which the stages are scaled."""

    median: Quantity = Field(description="days")
    lower: Positive = Field(description="lower quartile, days")
    upper: Positive = Field(description="upper quartile, days")


@section
class SiteSection:
    """Capacity of the manufacturing site."""

    slots: Count = Field(description="lots made at the same time")
    per_week: Positive = Field(description="aphereses a week")
    test_places: Count | None = Field(default=None, description="lots tested at the same time")


@section
class PhenotypeEffectSection:
    """What a phenotype does: the parameter is multiplied by (phenotype / reference) ^ exponent."""

    parameter: Annotated[StrictStr, Field(pattern=r"^(kinetics|response)\.[A-Za-z0-9_]+$")]
    exponent: Quantity = Field(description="with its source, which is required")
    reference: Positive = Field(description="phenotype at which nothing changes")


@section
class PhenotypeSection(CovariateSection):
    """A property of the cells of a lot; only with a source, and with an effect that has one."""

    effects: tuple[PhenotypeEffectSection, ...] = ()


@section
class ManufactureSection(Sourced):
    """How the product is made. What is not given is borrowed from other products, openly."""

    infuse: Literal["all", "conforming"] = Field(
        default="all", description="which products are given: all, or those within specification"
    )
    specification: Text = Field(
        default="anti-CD20, European Pharmacopoeia",
        description="name of a published release specification, or of the tests below",
    )
    tests: tuple[ReleaseTestSection, ...] = Field(
        default=(), description="a release specification of its own"
    )
    stages: tuple[StageSection, ...] = ()
    susceptible: Quantity | None = Field(
        default=None, description="share of cells that can take up the vector, 0 to 1"
    )
    terminated: Quantity | None = Field(
        default=None, description="share of lots that never become a product, 0 to 1"
    )
    poor_growth: Quantity | None = Field(
        default=None, description="share of lots that do not reach the dose, 0 to 1"
    )
    no_potency: Quantity | None = Field(
        default=None, description="share of lots that fail a potency test, 0 to 1"
    )
    remake: Quantity | None = Field(
        default=None, description="chance that a second attempt works, 0 to 1"
    )
    vein_to_vein: VeinToVeinSection | None = None
    site: SiteSection | None = None
    phenotypes: tuple[PhenotypeSection, ...] = ()
    note: StrictStr = ""
