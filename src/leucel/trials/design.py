"""What a virtual trial is made of: frozen values that a programme file fills.

Nothing here knows a product. Everything that belongs to one arrives as plain numbers with
`Evidence`; a number without authority is marked so and comes back among the assumptions.

What a programme has to give (name: where FUMANBA-1, as an example, has it from):

- covariates `age`, `male`, `weight`, `prior_lines`, `high_risk`, `extramedullary`, `prior_car_t`,
  `refractory`, `prior_proteasome_inhibitor`, `prior_immunomodulatory_drug`: the baseline table of
  the trial, or borrowed from another population and marked so;
- covariates `s_bcma_0` [ng/mL] and `m_protein_0` [g/L]: needed by the response model;
- parameters of cellular kinetics and of response: published, borrowed or calibrated;
- published endpoints, each marked as used for calibration or kept for prediction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from leucel.core import Evidence, InputError, Problem, require_usable, unknown_name
from leucel.product import DoseRule as CellDose
from leucel.stats import Distribution
from leucel.trials.eligibility import Criterion
from leucel.trials.extensions import check_edits
from leucel.trials.lots import LotDesign
from leucel.trials.published import PublishedEndpoint

DAYS_PER_MONTH = 30.4375


@dataclass(frozen=True, slots=True, kw_only=True)
class CovariateModel:
    """How a covariate is distributed in the population of the trial.

    Attributes
    ----------
    name : as in the column dictionary.
    distribution : of `leucel.stats`; truth values are 0 and 1.
    unit : "" for pure numbers and truth values.
    evidence : where the distribution comes from.
    """

    name: str
    distribution: Distribution
    unit: str = ""
    evidence: Evidence

    def __post_init__(self) -> None:
        require_usable(self.evidence, what=f"the covariate {self.name!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignParameter:
    """A model parameter as the programme has it.

    Attributes
    ----------
    name : of the parameter in the model.
    evidence : median in the population, with its source.
    omega : SD of the log-normal variation between patients; None keeps the model's own, 0 is none.
    effect : name of the random effect; parameters that share a name share one draw in each patient.
        The parameter's own name when empty.
    omega_evidence : where `omega` comes from.
    """

    name: str
    evidence: Evidence
    omega: float | None = None
    effect: str = ""
    omega_evidence: Evidence | None = None

    def __post_init__(self) -> None:
        require_usable(self.evidence, what=f"the parameter {self.name!r}")
        value = self.evidence.number
        if not (math.isfinite(value) and (self.omega is None or self.omega >= 0.0)):
            raise InputError(
                Problem(
                    what=f"the parameter {self.name!r} cannot be used",
                    received=f"value {value!r}, omega {self.omega!r}",
                    allowed="a finite value, an omega of 0 or more",
                )
            )

    @property
    def value(self) -> float:
        """Median in the population."""
        return self.evidence.number


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseRule:
    """How many CAR+ T cells a patient is given.

    Attributes
    ----------
    kind : "per_kg" of body weight, or "flat".
    evidence : amount [cells/kg or cells].
    cap : most cells that are given, or None.

    Examples
    --------
    >>> from leucel.core import Mark
    >>> amount = Evidence(value=1e6, unit="cells/kg", source="label", mark=Mark.SEEN)
    >>> float(DoseRule(kind="per_kg", evidence=amount).cells(weight=70.0))
    70000000.0
    """

    kind: Literal["per_kg", "flat"]
    evidence: Evidence
    cap: float | None = None

    def __post_init__(self) -> None:
        amount = require_usable(self.evidence, what="the dose").number
        problems: list[Problem] = []
        if self.kind not in ("per_kg", "flat"):
            problems.append(unknown_name(self.kind, ("per_kg", "flat"), noun="kind of dose"))
        if not (math.isfinite(amount) and amount >= 0.0):
            problems.append(
                Problem(
                    what="the dose is out of range", received=f"{amount:g}", allowed="0 or more"
                )
            )
        if self.cap is not None and not self.cap > 0.0:
            problems.append(
                Problem(what="the cap of the dose is out of range", received=f"{self.cap:g}")
            )
        if problems:
            raise InputError(problems)

    @property
    def rule(self) -> CellDose:
        """The same dose as the product room knows it."""
        amount = self.evidence.number
        if self.kind == "per_kg":
            return CellDose(per_kg=amount, cap=self.cap)
        return CellDose(flat=amount, cap=self.cap)

    def cells(self, *, weight: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """CAR+ T cells for patients of this weight [kg]."""
        amount = self.evidence.number * (np.asarray(weight) if self.kind == "per_kg" else 1.0)
        amount = np.broadcast_to(np.asarray(amount, dtype=np.float64), np.shape(weight))
        return np.array(amount if self.cap is None else np.minimum(amount, self.cap))


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Days of visits: the listed ones, then every `every` days.

    Examples
    --------
    >>> Schedule(days=(7, 14, 28), every=28).until(90)
    (7.0, 14.0, 28.0, 56.0, 84.0)
    """

    days: tuple[float, ...]
    every: float | None = None

    def __post_init__(self) -> None:
        increasing = all(a < b for a, b in zip(self.days, self.days[1:], strict=False))
        fine = all(math.isfinite(day) and day >= 0.0 for day in self.days)
        if not self.days or not increasing or not fine or (self.every or 1.0) <= 0.0:
            raise InputError(
                Problem(
                    what="the days of a schedule cannot be used",
                    received=f"{list(self.days)}, every {self.every}",
                    allowed="at least one day, increasing, 0 or later; a positive interval",
                )
            )

    def until(self, last: float, *, beyond: int = 0) -> tuple[float, ...]:
        """Visits up to the day `last`, and as many `beyond` it."""
        days = [float(day) for day in self.days]
        while self.every is not None and days[-1] <= last + beyond * self.every:
            days.append(days[-1] + self.every)
        inside = sum(day <= last for day in days)
        return tuple(days[: inside + beyond])


@dataclass(frozen=True, slots=True, kw_only=True)
class KineticsDesign:
    """Cellular kinetics: the structure of a published model with the programme's numbers.

    Attributes
    ----------
    model : id of a library model with the output ``transgene``.
    parameters : those that differ from the model's own values.
    lloq : lower limit of quantification [copies/ug].
    sampling : days of blood samples.
    choices : options of the model's card, for example ``{"random_effects": "variances"}``.
    residual_sd : SD of the measurement on the natural-log scale; None measures without error.
    """

    model: str
    parameters: tuple[DesignParameter, ...]
    lloq: Evidence
    sampling: Schedule
    choices: Mapping[str, str] = field(default_factory=dict[str, str])
    residual_sd: Evidence | None = None

    def __post_init__(self) -> None:
        limit = require_usable(self.lloq, what="the limit of quantification").number
        if not (math.isfinite(limit) and limit > 0.0):
            raise InputError(
                Problem(what="the limit of quantification is out of range", received=f"{limit:g}")
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryResistance:
    """Patients of a group whose whole tumor the CAR-T cells do not see.

    The one way in which a published response rate of a subgroup enters the model: a share of the
    group has a `fraction_resistant` of `fraction` instead of a drawn one.

    Attributes
    ----------
    covariate : patients in whom it is 1 form the group, for example ``prior_car_t``.
    share : share of the group, 0 to 1.
    fraction : of the tumor that is resistant in them.
    """

    covariate: str
    share: Evidence
    fraction: float = 0.99

    def __post_init__(self) -> None:
        share = require_usable(self.share, what="the share of primary resistance").number
        if not (0.0 <= share <= 1.0 and 0.0 < self.fraction < 1.0):
            raise InputError(
                Problem(
                    what="primary resistance is out of range",
                    received=f"share {share:g}, fraction {self.fraction:g}",
                    allowed="shares from 0 to 1",
                )
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseDesign:
    """Response: a mechanistic model of the library with the programme's numbers.

    Attributes
    ----------
    model : id of a library model with the outputs ``m_protein_relative``, ``s_bcma`` and
        ``tumor_relative`` and a dose.
    parameters : those that differ from the model's own values.
    assessments : days of response assessments.
    complete_below : M-protein below which it counts as not detectable [g/L].
    marrow_share : share of plasma cells in the marrow at baseline, 0 to 1.
    mrd_level : sensitivity of the MRD assay, for example 1e-5.
    edits : extensions of the model, applied in this order: "resistant_clone",
        "carrying_capacity".
    primary_resistance : a group of which a share does not respond, or None.
    choices : options of the model's card.
    """

    model: str
    parameters: tuple[DesignParameter, ...]
    assessments: Schedule
    complete_below: Evidence
    marrow_share: Evidence
    mrd_level: Evidence
    edits: tuple[str, ...] = ("resistant_clone", "carrying_capacity")
    primary_resistance: PrimaryResistance | None = None
    choices: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        problems = list(check_edits(self.edits))
        for name in ("complete_below", "marrow_share", "mrd_level"):
            evidence: Evidence = getattr(self, name)
            number = require_usable(evidence, what=name).number
            if not 0.0 < number < (math.inf if name == "complete_below" else 1.0):
                problems.append(Problem(what=f"{name} is out of range", received=f"{number:g}"))
        if problems:
            raise InputError(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyDesign:
    """Cytokine release syndrome at its published rates [%]; no mechanism is modeled."""

    crs_any: Evidence
    crs_grade3: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialDesign:
    """A virtual trial.

    Attributes
    ----------
    name, product, population : who is treated with what, in words.
    covariates : of the population; ``weight`` is needed for a dose per kg, ``s_bcma_0`` and
        ``m_protein_0`` for the response.
    criteria : who is eligible.
    landmarks : months at which PFS, remission and detection are read.
    remarks : (what, why) of further assumptions that the programme wants to be seen with the
        results, for example conflicting sources of a covariate.
    lots : how the product of each patient is made; None gives everybody the planned dose at once.
    """

    name: str
    product: str
    population: str
    covariates: tuple[CovariateModel, ...]
    criteria: tuple[Criterion, ...]
    dose: DoseRule
    kinetics: KineticsDesign
    response: ResponseDesign
    safety: SafetyDesign | None = None
    published: tuple[PublishedEndpoint, ...] = ()
    landmarks: tuple[float, ...] = (6.0, 12.0, 18.0, 24.0, 36.0, 48.0, 60.0)
    remarks: tuple[tuple[str, str], ...] = ()
    lots: LotDesign | None = None

    def __post_init__(self) -> None:
        names = [covariate.name for covariate in self.covariates]
        needed = ["s_bcma_0", "m_protein_0"]
        if self.dose.kind == "per_kg":
            needed.append("weight")
        problems = [
            Problem(what=f"the covariate {name!r} is needed and not given", fix="add it")
            for name in needed
            if name not in names
        ]
        asked = {each.subgroup[0] for each in self.published if each.subgroup is not None}
        if self.response.primary_resistance is not None:
            asked.add(self.response.primary_resistance.covariate)
        problems.extend(
            unknown_name(name, names, noun="covariate") for name in sorted(asked - set(names))
        )
        problems.extend(
            Problem(what=f"the covariate {name!r} is given twice")
            for name in sorted({name for name in names if names.count(name) > 1})
        )
        if problems:
            raise InputError(problems)


def with_parameter(design: TrialDesign, name: str, evidence: Evidence) -> TrialDesign:
    """The design with another median for one parameter.

    Parameters
    ----------
    name : "kinetics.<parameter>" or "response.<parameter>", of those that the design lists.

    Raises
    ------
    InputError
        When the design lists no such parameter.
    """
    room, _, parameter = name.partition(".")
    known = [
        f"{place}.{each.name}"
        for place, part in (("kinetics", design.kinetics), ("response", design.response))
        for each in part.parameters
    ]
    if name not in known:
        raise InputError(unknown_name(name, known, noun="parameter of the design"))
    part = design.kinetics if room == "kinetics" else design.response
    changed = tuple(
        replace(each, evidence=evidence) if each.name == parameter else each
        for each in part.parameters
    )
    if room == "kinetics":
        return replace(design, kinetics=replace(design.kinetics, parameters=changed))
    return replace(design, response=replace(design.response, parameters=changed))
