"""NCA of the closed form of Stein 2019 (doi:10.1002/psp4.12388), typical values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from leucel.data import profiles_from_matrix
from leucel.nca import NcaRules, nca

FOLD, T_MAX, C_MAX, FAST, SLOW_SHARE, SLOW = 3900.0, 9.3, 24_000.0, 0.16, 0.0079, 0.0032
# Integral of the closed form; the paper prints the doubling time.
AUC_0_28 = 171_774.3
DOUBLING_TIME = 0.78


def level(days: np.ndarray) -> np.ndarray:
    growth = math.log(FOLD) / T_MAX
    after = np.maximum(days - T_MAX, 0.0)
    decline = (1 - SLOW_SHARE) * np.exp(-FAST * after) + SLOW_SHARE * np.exp(-SLOW * after)
    return np.where(
        days < T_MAX, C_MAX / FOLD * np.exp(growth * np.minimum(days, T_MAX)), C_MAX * decline
    )


def grid(step: float) -> np.ndarray:
    return np.unique(np.append(np.arange(0.0, 400.0, step), T_MAX))


def test_area_to_day_28() -> None:
    days = grid(0.01)
    found = nca(profiles_from_matrix(days, level(days)[None]), lloq=5.0)
    # The expansion is convex: linear trapezoids of 0.01 day overstate it by 1e-6.
    assert found.value("auc_0_28")[0] == pytest.approx(AUC_0_28, rel=2e-6)
    assert found.value("cmax")[0] == C_MAX
    assert found.value("tmax")[0] == T_MAX


def test_the_error_of_the_area_falls_with_the_square_of_the_step() -> None:
    rules = NcaRules(trapezoid="linear")
    errors = []
    for step in (0.4, 0.2, 0.1):
        days = grid(step)
        found = nca(profiles_from_matrix(days, level(days)[None]), rules=rules)
        errors.append(found.value("auc_0_28")[0] - AUC_0_28)
    ratios = [errors[0] / errors[1], errors[1] / errors[2]]
    # Order 2 gives 4; the peak falls between grid points, which blurs it.
    assert all(3.0 < ratio < 5.0 for ratio in ratios)


def test_doubling_time_and_slow_half_life() -> None:
    days = grid(0.5)
    found = nca(profiles_from_matrix(days, level(days)[None]), lloq=5.0)
    assert found.value("doubling_time")[0] == pytest.approx(DOUBLING_TIME, abs=0.005)
    # The rule prefers more points while R2 changes by less than 1e-4: it reaches a little into
    # the fast phase.
    assert found.value("half_life")[0] == pytest.approx(math.log(2) / SLOW, rel=0.005)
    assert found.still_measurable.all()
