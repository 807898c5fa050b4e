"""Cellular kinetics of virtual patients, measured as a trial would and analyzed without a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from leucel.compile import CompiledModel, compile_model
from leucel.core import SILENT, InputError, Problem, Progress, RandomStream, Status
from leucel.data import profiles_from_matrix
from leucel.library import get_model
from leucel.nca import NcaResults, nca
from leucel.solve import Doses, SolveOptions, simulate
from leucel.stats import Interval, clopper_pearson
from leucel.trials.design import DAYS_PER_MONTH, KineticsDesign
from leucel.trials.individuals import check_parameters, individual_parameters
from leucel.trials.patients import VirtualPatients

_DENSE_UNTIL = 35.0  # days: expansion and contraction need a daily grid in figures
_WEEK = 7.0
# The limit of quantification moves persistence more than most biology: both sides are shown.
LLOQ_FACTORS = (0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kinetics:
    """Transgene courses of N patients.

    Attributes
    ----------
    days : (T,) daily to day 35, then weekly, to the horizon.
    transgene : (N, T) without measurement error [copies/ug]; NaN for a patient that failed.
    samples : (K,) days of the blood samples.
    parameters : of each patient, by name, (N,).
    nca : analysis of the measured samples.
    lloq : lower limit of quantification [copies/ug].
    status : (N,) `leucel.core.Status`.
    detectable : share of all treated patients above a multiple of the limit, by (month, factor).
    """

    days: NDArray[np.float64]
    transgene: NDArray[np.float64] = field(repr=False)
    samples: NDArray[np.float64] = field(repr=False)
    parameters: dict[str, NDArray[np.float64]] = field(repr=False)
    nca: NcaResults = field(repr=False)
    lloq: float
    status: NDArray[np.int32] = field(repr=False)
    detectable: dict[tuple[float, float], Interval] = field(repr=False)


def compile_kinetics(design: KineticsDesign) -> CompiledModel:
    """The model of a kinetics design, ready to run; checks the names that the design uses."""
    spec, _ = get_model(design.model, **design.choices)
    check_parameters(spec, design.parameters)
    if "transgene" not in [output.name for output in spec.outputs]:
        raise InputError(
            Problem(
                what=f"the model {design.model!r} does not give transgene levels",
                allowed="a model with the output 'transgene'",
            )
        )
    return compile_model(spec)


def simulate_kinetics(
    patients: VirtualPatients,
    design: KineticsDesign,
    rng: RandomStream,
    *,
    months: float,
    landmarks: tuple[float, ...] = (6.0, 12.0, 18.0, 24.0),
    cells: NDArray[np.float64] | None = None,
    factors: Mapping[str, NDArray[np.float64]] | None = None,
    model: CompiledModel | None = None,
    options: SolveOptions | None = None,
    progress: Progress = SILENT,
) -> Kinetics:
    """Simulate transgene levels, sample them by the schedule and analyze the samples.

    Parameters
    ----------
    months : horizon; months of 30.4375 days.
    landmarks : months at which detection is counted; those beyond the horizon are left out.
    cells : (N,) CAR+ T cells given; needed by a model with a dose, and by no other.
    factors : (N,) on parameters, from phenotypes.
    model : what `compile_kinetics` gave, to compile once for many calls.

    Notes
    -----
    Cells enter a model with a dose. They do not enter the piecewise models: in their source no
    effect of dose on the peak was found. Detection at a landmark is read from the course itself,
    among all infused patients, with Clopper-Pearson limits; persistence is the last sample at or
    above the limit of quantification.
    """
    compiled = model or compile_kinetics(design)
    horizon = months * DAYS_PER_MONTH
    samples = np.array(design.sampling.until(horizon))
    marks = np.array([month * DAYS_PER_MONTH for month in landmarks if month <= months])
    shown = figure_days(horizon)
    times = np.unique(np.concatenate([samples, marks, shown]))
    parameters = individual_parameters(
        compiled.spec, design.parameters, rng, patients.index, factors=factors
    )
    dosed = cells is not None and compiled.spec.dose_state is not None
    runs = simulate(
        compiled,
        parameters=parameters,
        times=times,
        doses=Doses.bolus(cells) if dosed and cells is not None else None,
        outputs=["transgene"],
        subjects=len(patients),
        options=options,
        progress=progress,
    )
    level = runs.output("transgene")
    lloq = design.lloq.number
    measured = level[:, np.searchsorted(times, samples)]
    if design.residual_sd is not None:
        noise = rng.normal("residual:transgene", subjects=len(patients), size=samples.size, first=0)
        measured = measured * np.exp(design.residual_sd.number * noise.reshape(measured.shape))
    done = ~runs.failed
    found = nca(
        profiles_from_matrix(
            samples, measured[done], lloq=lloq, subjects=patients.index[done].tolist()
        ),
        lloq=lloq,
    )
    detectable = {
        (float(day / DAYS_PER_MONTH), factor): _share(
            level[done][:, np.searchsorted(times, day)] >= factor * lloq
        )
        for day in marks
        for factor in LLOQ_FACTORS
    }
    return Kinetics(
        days=shown,
        transgene=level[:, np.searchsorted(times, shown)],
        samples=samples,
        parameters=parameters,
        nca=found,
        lloq=lloq,
        status=runs.status,
        detectable=detectable,
    )


def figure_days(horizon: float) -> NDArray[np.float64]:
    """Days at which courses are kept for figures: daily to day 35, then weekly, to the horizon."""
    dense = np.arange(0.0, min(_DENSE_UNTIL, horizon) + 0.5)
    later = np.arange(_DENSE_UNTIL + _WEEK, horizon + 0.5, _WEEK)
    return np.concatenate([dense, later])


def count_failures(status: NDArray[np.int32]) -> dict[Status, int]:
    """How many patients ended in each way that is not success."""
    found, counts = np.unique(status[status != int(Status.OK)], return_counts=True)
    return {Status(int(s)): int(n) for s, n in zip(found, counts, strict=True)}


def _share(hit: NDArray[np.bool_]) -> Interval:
    return clopper_pearson(int(hit.sum()), hit.size).scaled(100.0)
