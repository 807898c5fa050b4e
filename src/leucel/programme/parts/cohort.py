"""From the sections of a programme file to the design of its virtual trial and its patients."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from leucel.core import Evidence, InputError, Kind, Mark, Place, Problem, RandomStream
from leucel.programme.checks import distribution_data
from leucel.programme.parts.lots import lot_design

if TYPE_CHECKING:
    from leucel.programme.design import CovariateSection, ParameterSection, ScheduleSection
    from leucel.programme.design import PublishedEndpoint as PublishedSection
    from leucel.programme.reader import Programme
    from leucel.programme.schema import CriterionSection
    from leucel.trials import (
        CovariateModel,
        Criterion,
        DesignParameter,
        KineticsDesign,
        PublishedEndpoint,
        ResponseDesign,
        SafetyDesign,
        Schedule,
        TrialDesign,
        VirtualPatients,
    )


def trial_design(programme: Programme) -> TrialDesign:
    """The virtual trial that a programme describes.

    Raises
    ------
    InputError
        For covariates, parameters or rules that the trial cannot use.
    """
    from leucel.trials import DoseRule, TrialDesign

    file = programme.file
    given = {} if file.trial.landmarks is None else {"landmarks": file.trial.landmarks}
    return TrialDesign(
        name=file.trial.name,
        product=(file.product.short_name or file.product.inn).value,
        population=file.trial.population,
        covariates=tuple(_covariate(entry) for entry in file.patients.covariates),
        criteria=tuple(criterion_of(entry) for entry in file.indication.criteria),
        dose=DoseRule(
            kind=file.dose.rule,
            evidence=file.dose.amount.evidence(),
            cap=file.dose.cap.value if file.dose.cap else None,
        ),
        kinetics=kinetics_design(programme),
        response=_response(programme),
        safety=_safety(programme),
        published=tuple(_published(entry) for entry in file.published),
        remarks=tuple((remark.what, remark.why) for remark in file.trial.remarks),
        lots=lot_design(programme),
        **given,
    )


def require_runnable(programme: Programme) -> None:
    """Raise `InputError` with everything that the rooms below cannot use, before anything runs.

    The schema and the checks of meaning hold single values; whether the values fit together is
    known to the rooms that use them.
    """
    from leucel.programme.parts.population import burden_options, quoted_rates
    from leucel.programme.parts.product import programme_construct, programme_dose

    problems: list[Problem] = []
    for step in (programme_construct, programme_dose, trial_design, burden_options, quoted_rates):
        try:
            step(programme)
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        file = Place(file=programme.name)
        raise InputError(replace(each, where=each.where or file) for each in problems)


def programme_patients(programme: Programme, *, patients: int, seed: int) -> VirtualPatients:
    """The virtual patients of a run; the same in every part of it."""
    from leucel.trials import draw_patients

    return draw_patients(trial_design(programme), RandomStream(seed), patients=patients)


def kinetics_design(programme: Programme) -> KineticsDesign:
    """The cellular kinetics of a programme."""
    from leucel.trials import KineticsDesign

    section = programme.file.kinetics
    return KineticsDesign(
        model=section.model,
        choices=section.choices,
        parameters=tuple(_parameter(entry) for entry in section.parameters),
        lloq=section.lloq.evidence(),
        sampling=_schedule(section.sampling),
        residual_sd=section.residual_sd.evidence() if section.residual_sd else None,
    )


def _response(programme: Programme) -> ResponseDesign:
    from leucel.trials import PrimaryResistance, ResponseDesign

    section = programme.file.response
    resistance = section.primary_resistance
    return ResponseDesign(
        model=section.model,
        choices=section.choices,
        parameters=tuple(_parameter(entry) for entry in section.parameters),
        assessments=_schedule(section.assessments),
        complete_below=section.complete_below.evidence(),
        marrow_share=section.marrow_share.evidence(),
        mrd_level=section.mrd_level.evidence(),
        edits=section.edits,
        primary_resistance=PrimaryResistance(
            covariate=resistance.covariate,
            share=resistance.share.evidence(),
            fraction=resistance.fraction,
        )
        if resistance
        else None,
    )


def _safety(programme: Programme) -> SafetyDesign | None:
    from leucel.trials import SafetyDesign

    section = programme.file.safety
    if section is None:
        return None
    return SafetyDesign(
        crs_any=section.crs_any.evidence(), crs_grade3=section.crs_grade3.evidence()
    )


def _covariate(entry: CovariateSection) -> CovariateModel:
    from dataclasses import asdict

    from leucel.stats import distribution_from_dict
    from leucel.trials import CovariateModel

    distribution = distribution_from_dict(distribution_data(asdict(entry)))
    return CovariateModel(
        name=entry.name,
        unit=entry.unit,
        distribution=distribution,
        evidence=Evidence(
            value=distribution.describe(),
            unit=entry.unit,
            n=entry.n,
            source=entry.source,
            place=entry.place,
            mark=Mark(entry.mark),
            kind=Kind(entry.kind),
            note=entry.note,
        ),
    )


def criterion_of(entry: CriterionSection) -> Criterion:
    """A criterion of the indication as the trial evaluates it."""
    from leucel.trials import Criterion

    return Criterion(
        field=entry.field, operator=entry.operator, value=entry.value, label=entry.text
    )


def _parameter(entry: ParameterSection) -> DesignParameter:
    from leucel.trials import DesignParameter

    note = f"calibrated to {entry.target}. {entry.note}".strip() if entry.target else entry.note
    return DesignParameter(
        name=entry.name,
        evidence=Evidence(
            value=entry.value,
            unit=entry.unit,
            low=entry.low,
            high=entry.high,
            n=entry.n,
            source=entry.source,
            place=entry.place,
            mark=Mark(entry.mark),
            kind=Kind(entry.kind),
            note=note,
        ),
        omega=entry.omega,
        effect=entry.effect,
        omega_evidence=Evidence(
            value=entry.omega,
            source=entry.omega_source,
            mark=Mark(entry.omega_mark),
            kind=Kind(entry.omega_kind),
            note=entry.omega_note,
        )
        if entry.omega is not None
        else None,
    )


def _schedule(section: ScheduleSection) -> Schedule:
    from leucel.trials import Schedule

    return Schedule(days=section.days, every=section.every)


def _published(entry: PublishedSection) -> PublishedEndpoint:
    from leucel.trials import PublishedEndpoint

    return PublishedEndpoint(
        endpoint=entry.endpoint,
        value=entry.value,
        low=entry.low,
        high=entry.high,
        month=entry.month,
        n=entry.n,
        unit=entry.unit,
        statistic=entry.statistic,
        population=entry.population,
        subgroup=(entry.subgroup.covariate, entry.subgroup.value) if entry.subgroup else None,
        used_for=entry.used_for,
        source=entry.source,
        mark=Mark(entry.mark),
        note=entry.note,
    )
