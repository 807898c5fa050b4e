"""Tumor, M-protein and sBCMA of virtual patients, and what the assessments of a trial see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from leucel.compile import CompiledModel, compile_model
from leucel.core import SILENT, InputError, Problem, Progress, RandomStream, unknown_name
from leucel.library import get_model
from leucel.model import ModelSpec
from leucel.solve import Doses, SolveOptions, simulate
from leucel.trials.design import DAYS_PER_MONTH, DoseRule, ResponseDesign
from leucel.trials.extensions import EDITS
from leucel.trials.imwg import ImwgCourse, ImwgRules, imwg_response
from leucel.trials.individuals import check_parameters, individual_parameters, typical_values
from leucel.trials.kinetics import figure_days
from leucel.trials.patients import VirtualPatients

_OUTPUTS = ("m_protein_relative", "s_bcma", "tumor_relative")
_PG_PER_L_TO_NG_PER_ML = 1e-6
# An assessment after the horizon confirms one just before it; two, in case the first is missed.
_CONFIRMING = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Response:
    """Courses and assessments of N patients.

    Attributes
    ----------
    days : (T,) days of the courses, for figures.
    m_protein, s_bcma, tumor_relative : (N, T) [g/L], [ng/mL], relative to baseline.
    assessment_days : (A,) including those after the horizon that confirm earlier ones.
    assessed_m_protein, assessed_tumor : (N, A) what the assessments see.
    mrd_negative_day : (N,) first assessment before progression with residual disease below the
        level of the assay; infinity when there is none.
    imwg : response by the criteria.
    parameters : of each patient, by name.
    dose : (N,) CAR+ T cells.
    extinct : (N,) true when no tumor cell was left at the horizon.
    status : (N,) `leucel.core.Status`.
    """

    days: NDArray[np.float64]
    m_protein: NDArray[np.float64] = field(repr=False)
    s_bcma: NDArray[np.float64] = field(repr=False)
    tumor_relative: NDArray[np.float64] = field(repr=False)
    assessment_days: NDArray[np.float64] = field(repr=False)
    assessed_m_protein: NDArray[np.float64] = field(repr=False)
    assessed_tumor: NDArray[np.float64] = field(repr=False)
    mrd_negative_day: NDArray[np.float64] = field(repr=False)
    imwg: ImwgCourse = field(repr=False)
    parameters: dict[str, NDArray[np.float64]] = field(repr=False)
    dose: NDArray[np.float64] = field(repr=False)
    extinct: NDArray[np.bool_] = field(repr=False)
    status: NDArray[np.int32] = field(repr=False)


def compile_response(design: ResponseDesign) -> CompiledModel:
    """The model of a response design with its edits, ready to run; checks the names it uses."""
    spec, _ = get_model(design.model, **design.choices)
    for edit in design.edits:
        spec = EDITS[edit](spec)
    check_parameters(spec, design.parameters)
    known = [output.name for output in spec.outputs]
    problems = [
        unknown_name(name, known, noun=f"output of {spec.name}")
        for name in _OUTPUTS
        if name not in known
    ]
    if problems:
        raise InputError(problems)
    return compile_model(spec)


def simulate_response(
    patients: VirtualPatients,
    design: ResponseDesign,
    dose: DoseRule,
    rng: RandomStream,
    *,
    months: float,
    cells: NDArray[np.float64] | None = None,
    factors: Mapping[str, NDArray[np.float64]] | None = None,
    model: CompiledModel | None = None,
    options: SolveOptions | None = None,
    courses: bool = True,
    progress: Progress = SILENT,
) -> Response:
    """Simulate the response of each patient and assess it.

    Parameters
    ----------
    months : horizon; months of 30.4375 days.
    cells : (N,) CAR+ T cells of the lots; the planned dose when not given.
    factors : (N,) on parameters, from phenotypes of the lots.
    model : what `compile_response` gave, to compile once for many calls.
    courses : keep courses for figures; without them only the assessments are computed.

    Notes
    -----
    The tumor at baseline follows from the baseline sBCMA of the patient through the model, in which
    the two are proportional: tumor_0 = sBCMA_0 * k_loss / k_production. M-protein is the patient's
    baseline times the relative M-protein of the model. Residual disease is the share of plasma
    cells in the marrow at baseline times the relative tumor. The transgene of the kinetics model
    does not drive this one: no published link between the two is known.
    """
    compiled = model or compile_response(design)
    horizon = months * DAYS_PER_MONTH
    visits = np.array(design.assessments.until(horizon, beyond=_CONFIRMING))
    shown = figure_days(horizon) if courses else np.array([0.0])
    times = np.unique(np.concatenate([visits, shown]))
    parameters = individual_parameters(
        compiled.spec, design.parameters, rng, patients.index, factors=factors
    )
    _resist(parameters, patients, design, rng)
    parameters["tumor_0"] = _tumor_from_s_bcma(compiled.spec, design, patients["s_bcma_0"])
    if cells is None:
        cells = dose.cells(weight=patients.values.get("weight", np.full(len(patients), np.nan)))
    runs = simulate(
        compiled,
        parameters=parameters,
        times=times,
        doses=Doses.bolus(cells),
        outputs=list(_OUTPUTS),
        options=options,
        progress=progress,
    )
    baseline = patients["m_protein_0"]
    m_protein = runs.output("m_protein_relative") * baseline[:, None]
    tumor = runs.output("tumor_relative")
    at_visit = np.searchsorted(times, visits)
    at_shown = np.searchsorted(times, shown)
    marrow = design.marrow_share.number * tumor[:, at_visit]
    course = imwg_response(
        visits,
        # Solver tolerance can leave a value a hair below zero.
        np.maximum(m_protein[:, at_visit], 0.0),
        baseline,
        rules=ImwgRules(complete_below=design.complete_below.number),
        marrow_share=marrow,
    )
    clear = (marrow < design.mrd_level.number) & (visits < course.progression_day[:, None])
    mrd_day = np.where(clear.any(axis=1), visits[np.argmax(clear, axis=1)], np.inf)
    return Response(
        days=shown,
        m_protein=np.maximum(m_protein[:, at_shown], 0.0),
        s_bcma=runs.output("s_bcma")[:, at_shown],
        tumor_relative=tumor[:, at_shown],
        assessment_days=visits,
        assessed_m_protein=m_protein[:, at_visit],
        assessed_tumor=tumor[:, at_visit],
        mrd_negative_day=mrd_day,
        imwg=course,
        parameters=parameters,
        dose=cells,
        extinct=tumor[:, -1] <= 0.0,
        status=runs.status,
    )


def _resist(
    parameters: dict[str, NDArray[np.float64]],
    patients: VirtualPatients,
    design: ResponseDesign,
    rng: RandomStream,
) -> None:
    """Give the share of a group that does not respond a resistant tumor."""
    rule = design.primary_resistance
    if rule is None:
        return
    if "fraction_resistant" not in parameters:
        raise InputError(
            Problem(
                what="primary resistance needs a resistant clone",
                allowed="the edit 'resistant_clone' and the parameter 'fraction_resistant'",
            )
        )
    u = rng.uniform("primary resistance", subjects=int(patients.index[-1]) + 1)[patients.index]
    resists = (patients[rule.covariate] > 0.5) & (u < rule.share.number)
    drawn = parameters["fraction_resistant"]
    parameters["fraction_resistant"] = np.where(resists, rule.fraction, drawn)


def _tumor_from_s_bcma(
    spec: ModelSpec, design: ResponseDesign, s_bcma: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Tumor cells per L of marrow that make the baseline sBCMA [ng/mL] of each patient."""
    typical = typical_values(spec, design.parameters)
    made = typical["k_production_s_bcma"] * _PG_PER_L_TO_NG_PER_ML
    return s_bcma * typical["k_loss_s_bcma"] / made
