"""The programme file: what a product programme is, section by section."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Literal

from pydantic import Field, StrictStr

from leucel.core import Source
from leucel.programme.design import (
    KineticsSection,
    PatientsSection,
    PopulationSection,
    PublishedEndpoint,
    RateMeasure,
    ResponseSection,
    SafetySection,
    TrialSection,
)
from leucel.programme.manufacture import ManufactureSection
from leucel.programme.regulation import AccessSection, RegulationSection
from leucel.programme.values import (
    Count,
    Flag,
    Identifier,
    MarkName,
    Number,
    Quantity,
    Sourced,
    Statement,
    Text,
    section,
)

# A date as far as it is known: a year, a month or a day.
PartialDate = Annotated[StrictStr, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]

SCHEMA_VERSION = 1


@section
class AboutSection:
    """What the file is about."""

    id: Identifier = Field(description="short stable name; the run folder is called after it")
    title: Text = Field(description="the programme in one line")
    schema_version: Literal[1] = Field(description="version of this file format")
    summary: StrictStr = Field(default="", description="what the programme wants to show")


@section
class BinderSection(Sourced):
    """What binds the target. A sequence that nobody has published is not given."""

    format: Literal["scFv", "VHH", "other"] = Field(description="format of one binder")
    copies: Count = Field(default=1, description="binders in one receptor")
    origin: Statement = Field(description="fully human, humanized, camelid, ...")
    sequence: StrictStr | None = Field(
        default=None, description="amino acids, when they are public or supplied by the user"
    )
    length: Annotated[int, Field(strict=True, ge=1)] | None = Field(
        default=None, description="length in amino acids, when it is known"
    )
    patent: Statement | None = Field(default=None, description="where the claims stand")
    note: StrictStr = ""


@section
class PartSection:
    """One part of the receptor, from the signal peptide to the signaling domain."""

    role: Literal[
        "signal peptide",
        "binder",
        "linker",
        "hinge",
        "transmembrane",
        "costimulation",
        "signaling",
    ] = Field(description="what the part does")
    domain: StrictStr | None = Field(
        default=None, description="name of a reference domain; none for the binder"
    )
    source: StrictStr = ""
    mark: MarkName = "own value"
    note: StrictStr = ""


@section
class ProductSection(Sourced):
    """The product: names, sponsor, what it is made of."""

    inn: Statement = Field(description="international nonproprietary name")
    code: Statement | None = Field(default=None, description="code in development")
    brand: Statement | None = Field(default=None, description="trade name")
    short_name: Statement | None = Field(default=None, description="name in daily use")
    sponsor: Statement = Field(description="who develops it")
    partners: Statement | None = None
    modality: Statement = Field(description="what kind of medicine it is")
    target: Statement = Field(description="antigen")
    cells: Literal["autologous", "allogeneic"] = Field(description="whose T cells")
    vector: Statement = Field(description="how the gene is brought in")
    pipeline: Statement | None = Field(default=None, description="the sponsor's pipeline")
    selection: Statement | None = Field(default=None, description="how the candidate was chosen")
    claims: tuple[Statement, ...] = Field(
        default=(), description="what the sponsor says of the product, checked by the run"
    )
    binder: BinderSection = Field(description="what binds the target")
    parts: tuple[PartSection, ...] = Field(description="the receptor from N to C terminus")


@section
class DoseSection(Sourced):
    """The dose of CAR-positive viable T cells."""

    rule: Literal["per_kg", "flat"] = Field(description="per kilogram of body weight, or flat")
    amount: Quantity = Field(description="CAR+ T cells per kg, or CAR+ T cells")
    cap: Quantity | None = Field(default=None, description="largest dose, CAR+ T cells")
    low: Quantity | None = Field(default=None, description="lower end of the labeled range")
    high: Quantity | None = Field(default=None, description="upper end of the labeled range")
    infusions: Count = 1
    lymphodepletion: tuple[Statement, ...] = ()


@section
class CriterionSection:
    """One criterion of the indication, in a form that a program evaluates."""

    id: Identifier
    field: Identifier = Field(description="covariate of the patient")
    operator: Literal["==", ">=", ">", "<=", "<"]
    value: Annotated[float, Field(strict=True, allow_inf_nan=False)] | Flag | Text
    text: Text = Field(description="the criterion in words")
    source: StrictStr = ""
    mark: MarkName = "own value"


@section
class IndicationSection(Sourced):
    """Whom the product is for."""

    text: Statement = Field(description="the indication in words")
    condition: Statement = Field(description="the disease that a designation is granted for")
    codes: dict[str, Text] = Field(description="codes of the condition by system")
    criteria: tuple[CriterionSection, ...] = Field(min_length=1)
    note: StrictStr = ""


@section
class RivalDate:
    """Another date that somebody gives for the same event."""

    date: PartialDate
    source: StrictStr
    mark: MarkName
    note: StrictStr = ""


@section
class MilestoneSection:
    """A dated event; the date may be known to the year, month or day."""

    id: Identifier
    date: PartialDate = Field(description="YYYY, YYYY-MM or YYYY-MM-DD")
    jurisdiction: Identifier
    kind: Literal[
        "approval",
        "orphan_designation",
        "other_designation",
        "filing_accepted",
        "trial_clearance",
        "other",
    ]
    authority: StrictStr = ""
    text: Text = Field(description="what happened, in a sentence")
    source: StrictStr
    mark: MarkName
    note: StrictStr = ""
    conflicts: tuple[RivalDate, ...] = ()

    @property
    def precision(self) -> str:
        """`day`, `month` or `year`, read from the form of the date."""
        return ("year", "month", "day")[self.date.count("-")]


@section
class QuotedRateSection:
    """A rate that a document quotes, with the scale that the evidence finds behind it."""

    id: Identifier
    text: Text = Field(description="what the document says")
    value: Number
    per: Number = Field(default=100_000.0, description="people that the value refers to")
    measure: RateMeasure
    scale: Literal["crude", "age-standardized"]
    standard: (
        Literal["segi_doll_world", "who_2000_2025", "european_1976", "european_2013"] | None
    ) = Field(default=None, description="standard population; needed when age-standardized")
    region: Text = Field(description="area code; WLD is the world")
    year: Annotated[int, Field(strict=True, ge=1900, le=2200)]
    use: Literal["context", "threshold test"] = Field(
        default="context", description="only a crude rate may be tested against a threshold"
    )
    source: StrictStr
    mark: MarkName
    note: StrictStr = ""


@section
class JurisdictionSection:
    """A jurisdiction that the programme looks at."""

    code: Identifier = Field(description="SA, US, EU, ...")
    dossier_date: PartialDate | None = Field(
        default=None, description="when the marketing dossier is or was filed, if known"
    )
    designated: PartialDate | None = Field(
        default=None, description="date of an orphan designation already held"
    )
    approved: PartialDate | None = None
    source: StrictStr = ""
    mark: MarkName = "own value"
    note: StrictStr = ""


@section
class UnknownSection:
    """Something that nobody has published, and what follows from that."""

    what: Text
    effect: Text = Field(description="what leucel does without it")


@section
class SourceSection:
    """A document, page or data set."""

    id: Identifier
    citation: Text
    doi: StrictStr | None = Field(default=None, pattern=r"^10\.\d{4,9}/\S+$")
    url: StrictStr | None = Field(default=None, pattern=r"^https?://\S+$")
    kind: Literal["paper", "abstract", "news", "company", "regulator", "database", "own"] = "paper"

    def source(self) -> Source:
        """The same content as the value type of the rooms below."""
        return Source(
            id=self.id, citation=self.citation, doi=self.doi, url=self.url, kind=self.kind
        )


@section
class ProgrammeFile:
    """A whole programme."""

    programme: AboutSection
    product: ProductSection
    dose: DoseSection
    manufacture: ManufactureSection | None = None
    indication: IndicationSection
    patients: PatientsSection
    kinetics: KineticsSection
    response: ResponseSection
    safety: SafetySection | None = None
    trial: TrialSection
    epidemiology: PopulationSection
    jurisdictions: tuple[JurisdictionSection, ...] = Field(min_length=1)
    regulation: RegulationSection = field(default_factory=RegulationSection)
    access: AccessSection = field(default_factory=AccessSection)
    milestones: tuple[MilestoneSection, ...] = ()
    quoted_epidemiology: tuple[QuotedRateSection, ...] = ()
    published: tuple[PublishedEndpoint, ...] = ()
    unknowns: tuple[UnknownSection, ...] = ()
    sources: tuple[SourceSection, ...] = field(default=())

    def bibliography(self) -> dict[str, Source]:
        """The sources by id."""
        return {entry.id: entry.source() for entry in self.sources}
