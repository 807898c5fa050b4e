"""Fitting a few parameters of a design to the published endpoints marked for calibration."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from leucel.core import (
    SILENT,
    Evidence,
    InputError,
    Kind,
    Mark,
    Problem,
    Progress,
    unknown_name,
)
from leucel.estimate import MatchOptions, MatchResult, match_targets
from leucel.trials.design import TrialDesign, with_parameter
from leucel.trials.endpoints import Observation, measure, query_of
from leucel.trials.kinetics import Kinetics
from leucel.trials.published import PublishedEndpoint
from leucel.trials.trial import compile_trial, observe_trial

Part = Literal["kinetics", "response"]

# The other endpoints are met by construction (the median of t_max, the rate of CRS) or are not
# smooth enough to be searched on.
_TARGETS: Mapping[Part, tuple[str, ...]] = {
    "kinetics": ("cmax", "auc_0_28", "persistence_median_days"),
    "response": ("orr", "vgpr_rate", "cr_rate", "mrd_negative", "pfs", "dor"),
}
_NORMAL_95 = 1.959963984540054
# Weight of a continuous endpoint without a published error: 5% off counts as one.
_RELATIVE_ERROR = 0.05
_PERSISTENCE = "persistence_median_days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustable:
    """A parameter that calibration may move.

    Attributes
    ----------
    name : "kinetics.<parameter>" or "response.<parameter>", of those that the design lists.
    low, high : bounds, both above 0; they are never crossed.
    prior : value that is more plausible than others, for example a published one; None without.
    prior_factor : a value this many times the prior, or the prior this many times the value, counts
        like one standard error of a target. Keeps parameters apart that the targets cannot tell
        apart.
    """

    name: str
    low: float
    high: float
    prior: float | None = None
    prior_factor: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibration:
    """Calibrated parameters and how well they meet their targets.

    Attributes
    ----------
    part : "kinetics" or "response".
    values : calibrated value by name.
    match : targets, residuals (in standard errors of the published values) and identifiability.
    patients, months, seed : of the simulations.
    """

    part: Part
    values: Mapping[str, float]
    match: MatchResult = field(repr=False)
    patients: int
    months: float
    seed: int

    def apply(self, design: TrialDesign) -> TrialDesign:
        """The design with the calibrated values, marked as such."""
        units = {
            f"{self.part}.{each.name}": each.evidence.unit
            for each in (design.kinetics, design.response)[self.part == "response"].parameters
        }
        for name, value in self.values.items():
            evidence = Evidence(
                value=value,
                unit=units[name],
                source="leucel",
                mark=Mark.COMPUTED,
                kind=Kind.CALIBRATED,
                note=self.sentence,
            )
            design = with_parameter(design, name, evidence)
        return design

    @property
    def sentence(self) -> str:
        """What was done, in one sentence."""
        targets = ", ".join(target.name for target in self.match.targets)
        return f"calibrated to {targets} with {self.patients} virtual patients, seed {self.seed}"

    def to_summary(self) -> dict[str, Any]:
        """The calibration as plain data for JSON."""
        return {
            "part": self.part,
            "values": dict(self.values),
            "patients": self.patients,
            "months": self.months,
            "seed": self.seed,
            **self.match.to_summary(),
        }


def calibrate(
    design: TrialDesign,
    part: Part,
    parameters: tuple[Adjustable, ...],
    *,
    patients: int = 4000,
    months: float = 36.0,
    seed: int = 1,
    options: MatchOptions | None = None,
    progress: Progress = SILENT,
) -> Calibration:
    """Move parameters of one part until the virtual trial meets its calibration targets.

    The same patients with the same random effects are simulated each time, so that the search sees
    a smooth function up to the steps of counting.

    Parameters
    ----------
    design : its values are the start of the search; its published endpoints marked
        "calibration" that belong to the part are the targets.
    parameters : what may move, with bounds.
    patients, months, seed : of each simulation.
    options : of the search; steps of 10% on the search scale by default.

    Raises
    ------
    InputError
        When there is nothing to move or to meet, or a parameter is not in the design.

    Notes
    -----
    Residuals are in standard errors: of a share, the binomial one of the published number of
    patients; of a survival rate, that which its limits imply. Persistence is met through the share
    of patients that persist beyond the published median (one half), interpolated between samples.
    """
    targets = {
        _name(each): each
        for each in design.published
        if each.used_for == "calibration" and each.endpoint in _TARGETS[part]
    }
    _demand(design, part, parameters, targets)
    models = compile_trial(design)
    priors = tuple(
        (each.name, each.prior, each.prior_factor) for each in parameters if each.prior is not None
    )

    def simulate(theta: Mapping[str, float]) -> dict[str, float]:
        moved = design
        for name, value in theta.items():
            evidence = Evidence(
                value=value, source="leucel", mark=Mark.COMPUTED, kind=Kind.CALIBRATED
            )
            moved = with_parameter(moved, name, evidence)
        seen = observe_trial(
            moved, patients=patients, months=months, seed=seed, models=models, courses=False
        )
        met = {name: _statistic(seen, known) for name, known in targets.items()}
        return met | {
            f"prior of {name}": math.log(theta[name] / prior) for name, prior, _ in priors
        }

    start = {each.name: _current(design, each.name) for each in parameters}
    match = match_targets(
        simulate,
        {name: (_target(known), 1.0 / _error(known)) for name, known in targets.items()}
        | {f"prior of {name}": (0.0, 1.0 / math.log(factor)) for name, _, factor in priors},
        start,
        {each.name: (each.low, each.high) for each in parameters},
        options=options or MatchOptions(step=0.1),
        progress=progress,
    )
    return Calibration(
        part=part,
        values=match.parameters,
        match=match,
        patients=patients,
        months=months,
        seed=seed,
    )


def persisting_share(kinetics: Kinetics, day: float) -> float:
    """Percentage of patients whose last measurable sample lies beyond `day`.

    Samples are taken on few days; patients whose last measurable sample falls on one count half
    there, and the share is interpolated between the days of samples. A plain median would jump from
    visit to visit.
    """
    last = kinetics.nca.value("tlast")
    last = last[~np.isnan(last)]
    if last.size == 0:
        return math.nan
    days: NDArray[np.float64]
    days, counts = np.unique(last, return_counts=True)
    beyond = counts.sum() - np.cumsum(counts) + 0.5 * counts
    return 100.0 * float(np.interp(day, days, beyond / counts.sum(), left=1.0, right=0.0))


def _statistic(seen: Observation, known: PublishedEndpoint) -> float:
    if known.endpoint == _PERSISTENCE:
        return persisting_share(seen.kinetics, known.value)
    found = measure(seen, query_of(known))
    return math.nan if found is None else found.interval.estimate


def _target(known: PublishedEndpoint) -> float:
    return 50.0 if known.endpoint == _PERSISTENCE else known.value


def _error(known: PublishedEndpoint) -> float:
    """Standard error of a published value, in its own unit."""
    if known.low is not None and known.high is not None and known.endpoint in ("pfs", "dor"):
        return (known.high - known.low) / (2.0 * _NORMAL_95)
    if known.n is not None and (
        known.endpoint == _PERSISTENCE or known.unit_of_value in ("%", "percent")
    ):
        # Half a patient is added so that a share of 0 or 100% has an error too.
        share = (_target(known) / 100.0 * known.n + 0.5) / (known.n + 1.0)
        return 100.0 * math.sqrt(share * (1.0 - share) / known.n)
    return _RELATIVE_ERROR * abs(known.value)


def _name(known: PublishedEndpoint) -> str:
    told = known.endpoint if known.month is None else f"{known.endpoint}@{known.month:g}"
    return told if known.subgroup is None else f"{told}[{known.subgroup[0]}={known.subgroup[1]:g}]"


def _current(design: TrialDesign, name: str) -> float:
    part, _, parameter = name.partition(".")
    rows = design.kinetics.parameters if part == "kinetics" else design.response.parameters
    return next(each.value for each in rows if each.name == parameter)


def _demand(
    design: TrialDesign,
    part: Part,
    parameters: tuple[Adjustable, ...],
    targets: Mapping[str, PublishedEndpoint],
) -> None:
    if part not in _TARGETS:
        raise InputError(unknown_name(part, list(_TARGETS), noun="part of a trial"))
    rows = design.kinetics.parameters if part == "kinetics" else design.response.parameters
    known = [f"{part}.{each.name}" for each in rows]
    problems = [
        unknown_name(each.name, known, noun="parameter of this part of the design")
        for each in parameters
        if each.name not in known
    ]
    if not parameters:
        problems.append(Problem(what="there is no parameter to calibrate"))
    if not targets:
        problems.append(
            Problem(
                what=f"the design has no published endpoint to calibrate its {part} to",
                allowed=f"{', '.join(_TARGETS[part])}, marked as used for calibration",
            )
        )
    if problems:
        raise InputError(problems)
