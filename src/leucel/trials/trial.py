"""The virtual trial: patients, kinetics, response, endpoints, in one call."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leucel.compile import CompiledModel
from leucel.core import SILENT, Assumption, InputError, Problem, Progress, RandomStream
from leucel.solve import SolveOptions
from leucel.stats import SurvivalCurve, clopper_pearson
from leucel.trials.assumptions import collect_assumptions
from leucel.trials.cohort import draw_patients
from leucel.trials.comparison import Comparison, compare
from leucel.trials.courses import (
    detection_table,
    patient_table,
    quantile_table,
    response_table,
    survival_table,
    waterfall_table,
)
from leucel.trials.design import TrialDesign
from leucel.trials.endpoints import EndpointRow, Observation, draw_crs, endpoints
from leucel.trials.kinetics import compile_kinetics, count_failures, simulate_kinetics
from leucel.trials.lots import TrialLots, make_trial_lots
from leucel.trials.patients import VirtualPatients
from leucel.trials.response import compile_response, simulate_response

if TYPE_CHECKING:
    import pandas as pd

# An area to day 28 and a confirmed response need four weeks.
_SHORTEST_MONTHS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialModels:
    """The compiled models of a design, to simulate many times."""

    kinetics: CompiledModel = field(repr=False)
    response: CompiledModel = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrialResult:
    """A virtual trial and how it stands to the published one.

    Attributes
    ----------
    design : what was simulated.
    seed, months : of this run.
    seen : patients with their courses.
    endpoints : rows in the order of the register of endpoints.
    comparisons : one for each row with a published value.
    progression_free, response_duration : Kaplan-Meier estimates, in months.
    assumptions : everything taken for granted.
    """

    design: TrialDesign
    seed: int
    months: float
    seen: Observation = field(repr=False)
    endpoints: tuple[EndpointRow, ...]
    comparisons: tuple[Comparison, ...]
    progression_free: SurvivalCurve | None = field(repr=False)
    response_duration: SurvivalCurve | None = field(repr=False)
    assumptions: tuple[Assumption, ...] = field(repr=False)

    def row(self, endpoint: str, month: float | None = None) -> EndpointRow:
        """The first row of an endpoint; raises `InputError` when there is none."""
        for row in self.endpoints:
            if row.endpoint == endpoint and row.month == month:
                return row
        raise InputError(Problem(what=f"no endpoint {endpoint!r} at month {month}"))

    @property
    def failures(self) -> dict[str, dict[str, int]]:
        """Patients that could not be simulated, by part and reason; empty when all were."""
        parts = {"kinetics": self.seen.kinetics.status, "response": self.seen.response.status}
        counted = {
            part: {status.sentence: n for status, n in count_failures(codes).items()}
            for part, codes in parts.items()
        }
        return {part: found for part, found in counted.items() if found}

    @property
    def agreement(self) -> str:
        """How many published values were met, calibrated and predicted apart, in one sentence."""
        told: list[str] = []
        for use, words in (("prediction", "predicted"), ("calibration", "calibrated")):
            judged = [
                each
                for each in self.comparisons
                if each.used_for == use and each.verdict != "cannot tell"
            ]
            met = sum(each.verdict == "agrees" for each in judged)
            told.append(f"{met} of {len(judged)} {words} endpoints agree with the published value")
        open_ = sum(each.verdict == "cannot tell" for each in self.comparisons)
        return "; ".join(told) + (f"; {open_} cannot be judged" if open_ else "")

    def to_summary(self) -> dict[str, Any]:
        """Results as plain data for JSON; no NaN, no infinity."""
        course = self.seen.response.imwg
        return {
            "design": self.design.name,
            "product": self.design.product,
            "population": self.design.population,
            "patients": self._collected,
            "infused": len(self.seen.patients),
            "evaluable": int(self.seen.evaluable.sum()),
            "screened": self.seen.patients.screened,
            "excluded": dict(self.seen.patients.excluded),
            "months": self.months,
            "seed": self.seed,
            "endpoints": [row.to_dict() for row in self.endpoints if not row.group],
            "subgroups": [row.to_dict() for row in self.endpoints if row.group],
            "comparisons": [_finite(each.to_dict()) for each in self.comparisons],
            "agreement": self.agreement,
            "responders": int((course.responder & self.seen.evaluable).sum()),
            "tumor_extinct": int((self.seen.response.extinct & self.seen.evaluable).sum()),
            "failures": self.failures,
            "lots": self._lots(),
            "assumptions": [each.to_dict() for each in self.assumptions],
        }

    @property
    def _collected(self) -> int:
        """Patients of the trial, those without a product too."""
        lots = self.seen.lots
        return len(self.seen.patients) if lots is None else lots.infused.size

    def _lots(self) -> dict[str, Any] | None:
        """Dose, delay and failures of the lots, and what they do to the endpoints."""
        lots = self.seen.lots
        if lots is None:
            return None
        course, able = self.seen.response.imwg, self.seen.evaluable
        responding = able & (course.response_day <= self.seen.horizon)
        everybody = clopper_pearson(int((course.responder & able).sum()), self._collected)
        everybody = everybody.scaled(100.0)
        waited = lots.days[responding] + course.response_day[responding]
        return {
            **lots.to_summary(),
            "orr_of_all_collected": {
                "value": everybody.estimate,
                "ci_low": everybody.low,
                "ci_high": everybody.high,
                "n": self._collected,
                "unit": "%",
            },
            "median_days_apheresis_to_response": float(np.median(waited))
            if responding.any()
            else None,
        }

    def kinetics_summary(self) -> dict[str, Any]:
        """Cellular kinetics as plain data for JSON."""
        kinetics = self.seen.kinetics
        return {
            "model": self.design.kinetics.model,
            "lloq": kinetics.lloq,
            "nca": _finite(kinetics.nca.to_summary()),
            "still_measurable": int(kinetics.nca.still_measurable.sum()),
            "detectable": [_finite(row) for row in _records(detection_table(self.seen))],
        }

    def to_frames(self) -> dict[str, pd.DataFrame]:
        """Tables by name, with the columns of the dictionary."""
        import pandas as pd

        curves = {
            name: curve
            for name, curve in (
                ("pfs", self.progression_free),
                ("dor", self.response_duration),
            )
            if curve is not None
        }
        frames = {
            "trial_patients": patient_table(self.seen),
            "trial_endpoints": _endpoint_table(self.endpoints),
            "trial_courses": quantile_table(self.seen),
            "trial_waterfall": waterfall_table(self.seen),
            "trial_response": response_table(self.seen),
            "kinetics_nca": self.seen.kinetics.nca.to_frame(),
            "kinetics_detectable": detection_table(self.seen),
            "trial_assumptions": pd.DataFrame([each.to_dict() for each in self.assumptions]),
        }
        frames["trial_assumptions"]["value"] = frames["trial_assumptions"]["value"].astype(float)
        if curves:
            frames["trial_survival"] = survival_table(curves)
        if self.comparisons:
            frames["trial_comparisons"] = _comparison_table(self.comparisons)
        return frames


def compile_trial(design: TrialDesign) -> TrialModels:
    """Compile the models of a design; checks every name that the design uses."""
    return TrialModels(
        kinetics=compile_kinetics(design.kinetics), response=compile_response(design.response)
    )


def observe_trial(
    design: TrialDesign,
    *,
    patients: int,
    months: float,
    seed: int,
    models: TrialModels | None = None,
    options: SolveOptions | None = None,
    courses: bool = True,
    progress: Progress = SILENT,
) -> Observation:
    """Draw the patients and simulate them; arguments as in `run_trial`."""
    if not (math.isfinite(months) and months >= _SHORTEST_MONTHS):
        raise InputError(
            Problem(
                what="the horizon of the trial is out of range",
                received=f"{months!r} months",
                allowed=f"{_SHORTEST_MONTHS:g} or more",
            )
        )
    models = models or compile_trial(design)
    rng = RandomStream(seed)
    cohort, lots = treat(design, draw_patients(design, rng, patients=patients), rng)
    cells = infused_cells(design, cohort, lots)
    kinetics = simulate_kinetics(
        cohort,
        design.kinetics,
        rng,
        months=months,
        landmarks=design.landmarks,
        cells=cells,
        factors=None if lots is None else lots.of("kinetics"),
        model=models.kinetics,
        options=options,
        progress=progress,
    )
    response = simulate_response(
        cohort,
        design.response,
        design.dose,
        rng,
        months=months,
        cells=cells,
        factors=None if lots is None else lots.of("response"),
        model=models.response,
        options=options,
        courses=courses,
        progress=progress,
    )
    return Observation(
        patients=cohort,
        kinetics=kinetics,
        response=response,
        crs=draw_crs(design, cohort, rng),
        months=months,
        lots=lots,
    )


def treat(
    design: TrialDesign, patients: VirtualPatients, rng: RandomStream
) -> tuple[VirtualPatients, TrialLots | None]:
    """Those of the patients who are infused, and the lots of all; no lots without their design."""
    if design.lots is None:
        return patients, None
    lots = make_trial_lots(design.lots, design.dose.rule, patients, rng)
    return patients.taking(lots.infused), lots


def infused_cells(
    design: TrialDesign, patients: VirtualPatients, lots: TrialLots | None
) -> NDArray[np.float64]:
    """(N,) CAR+ T cells that each infused patient is given."""
    if lots is not None:
        return lots.cells
    weight = patients.values.get("weight", np.full(len(patients), np.nan))
    return design.dose.cells(weight=weight)


def run_trial(
    design: TrialDesign,
    *,
    patients: int,
    months: float,
    seed: int,
    models: TrialModels | None = None,
    options: SolveOptions | None = None,
    progress: Progress = SILENT,
) -> TrialResult:
    """Run a virtual trial and put its endpoints beside the published ones.

    Parameters
    ----------
    design : what is simulated.
    patients : number of eligible virtual patients N.
    months : horizon; months of 30.4375 days, 1 or more.
    seed : of all random numbers; the first patients of a larger trial are those of a smaller one.
    models : what `compile_trial` gave, to compile once for many runs.
    options : accuracy and threads; results do not depend on the number of threads.
    progress : told of the patients done in each part.

    Raises
    ------
    InputError
        For numbers out of range, unknown models or parameters, or criteria that nobody meets.
    """
    seen = observe_trial(
        design,
        patients=patients,
        months=months,
        seed=seed,
        models=models,
        options=options,
        progress=progress,
    )
    found = endpoints(seen, design)
    some = bool(seen.evaluable.any())
    return TrialResult(
        design=design,
        seed=seed,
        months=months,
        seen=seen,
        endpoints=tuple(row for row, _, _ in found),
        comparisons=tuple(
            compare(row, measured, known) for row, measured, known in found if known is not None
        ),
        progression_free=seen.progression_free() if some else None,
        response_duration=seen.response_duration() if some else None,
        assumptions=collect_assumptions(design),
    )


def _endpoint_table(rows: tuple[EndpointRow, ...]) -> pd.DataFrame:
    import pandas as pd

    table = pd.DataFrame([{**row.to_dict(), "group": row.group} for row in rows])
    numbers = ["month", "value", "ci_low", "ci_high", "published"]
    for name in (*numbers, "published_low", "published_high"):
        table[name] = table[name].astype(float)
    table["source"] = [row.source or "" for row in rows]
    return table


def _comparison_table(comparisons: tuple[Comparison, ...]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {
            "endpoint": [each.endpoint for each in comparisons],
            "month": np.array([_number(each.month) for each in comparisons]),
            "used_for": [each.used_for for each in comparisons],
            "verdict": [each.verdict for each in comparisons],
            "difference": [each.difference for each in comparisons],
            "z": np.array([_number(each.z) for each in comparisons]),
            "published_n": pd.array([each.published_n for each in comparisons], dtype="Int64"),
            "low": np.array([_number(each.range_low) for each in comparisons]),
            "high": np.array([_number(each.range_high) for each in comparisons]),
            "agreement": [each.sentence for each in comparisons],
        }
    )


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [dict(zip(frame.columns, row, strict=True)) for row in frame.itertuples(index=False)]


def _finite(value: Any) -> Any:
    """Plain data with None in place of NaN and infinity, and Python's own numbers."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
