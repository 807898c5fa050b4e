"""Drawing virtual patients until enough of them meet the criteria."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from leucel.core import InputError, Problem, RandomStream
from leucel.trials.design import TrialDesign
from leucel.trials.eligibility import eligible
from leucel.trials.patients import VirtualPatients

# A population in which fewer than one in a hundred is eligible is not that of the trial.
_MOST_SCREENED = 100


def draw_patients(design: TrialDesign, rng: RandomStream, *, patients: int) -> VirtualPatients:
    """Draw virtual patients of the indication.

    Every candidate has random numbers of his own; those who fail a criterion, or of whom one cannot
    tell, are passed over. The first patients of a larger cohort are those of a smaller one.

    Parameters
    ----------
    patients : number of eligible patients N, 1 or more.

    Raises
    ------
    InputError
        For fewer than one patient, or when the criteria leave less than 1% of the candidates.

    Notes
    -----
    Covariates are independent: no joint distribution is published for the populations at hand.
    """
    if patients < 1:
        raise InputError(
            Problem(
                what="a trial needs patients", received=f"{patients} patients", allowed="1 or more"
            )
        )
    found: list[NDArray[np.int64]] = []
    kept: dict[str, list[NDArray[np.float64]]] = {c.name: [] for c in design.covariates}
    count, screened = 0, 0
    excluded = {str(criterion): 0 for criterion in design.criteria}
    while count < patients:
        if screened >= _MOST_SCREENED * max(patients, 100):
            worst = max(excluded, key=lambda name: excluded[name])
            raise InputError(
                Problem(
                    what="the criteria leave almost nobody of the population",
                    received=f"{count} eligible of {screened} candidates; most fail: {worst}",
                    fix="let the covariates describe the population that the criteria select from",
                )
            )
        block = max(patients - count, 64)
        drawn = {
            covariate.name: covariate.distribution.quantile(
                rng.uniform(f"covariate:{covariate.name}", subjects=block, first=screened)
            )
            for covariate in design.covariates
        }
        verdict = eligible(drawn, design.criteria)
        chosen = np.flatnonzero(verdict.mask)[: patients - count]
        # Those behind the last chosen candidate were never looked at.
        looked = block if count + chosen.size < patients else int(chosen[-1]) + 1
        seen = {name: values[:looked] for name, values in drawn.items()}
        for name, number in eligible(seen, design.criteria).excluded.items():
            excluded[name] += number
        found.append(chosen.astype(np.int64) + screened)
        for name, values in drawn.items():
            kept[name].append(values[chosen])
        count += chosen.size
        screened += looked
    return VirtualPatients(
        index=np.concatenate(found),
        values={name: np.concatenate(parts) for name, parts in kept.items()},
        units={covariate.name: covariate.unit for covariate in design.covariates},
        screened=screened,
        excluded=excluded,
    )


def draw_effects(
    rng: RandomStream, effects: tuple[str, ...], index: NDArray[np.int64]
) -> dict[str, NDArray[np.float64]]:
    """Standard normal effects of patients by name, each (N,), addressed by the patient's index."""
    size = int(index[-1]) + 1
    return {name: rng.normal(f"effect:{name}", subjects=size)[index] for name in effects}
