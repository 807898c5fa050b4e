"""Doses of a cohort."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.core import InputError
from leucel.product import DoseRule, dose_cohort

WEIGHTS = np.array([45.0, 60.0, 80.0, 140.0])


def test_a_dose_by_weight_is_capped() -> None:
    dose = dose_cohort(DoseRule(per_kg=1e6, cap=1e8), WEIGHTS)
    assert dose.cells.tolist() == [45e6, 60e6, 80e6, 100e6]
    assert dose.capped.tolist() == [False, False, False, True]
    assert dose.cells_per_kg[3] == pytest.approx(1e8 / 140)


def test_a_flat_dose_does_not_know_the_weight() -> None:
    dose = dose_cohort(DoseRule(flat=450e6), WEIGHTS)
    assert set(dose.cells.tolist()) == {450e6}


def test_the_range_is_read_in_the_unit_of_the_rule() -> None:
    by_weight = dose_cohort(DoseRule(per_kg=0.75e6, cap=6e7, low=0.5e6, high=1e6), WEIGHTS)
    assert by_weight.below_range.tolist() == [False, False, False, True]
    at_limit = dose_cohort(DoseRule(per_kg=1e6, low=1e6, high=1e6), WEIGHTS)
    assert not at_limit.below_range.any()
    assert not at_limit.above_range.any()
    flat = dose_cohort(DoseRule(flat=500e6, low=260e6, high=400e6), WEIGHTS)
    assert flat.above_range.all()


def test_cells_in_the_bag_follow_viability_recovery_and_car_share() -> None:
    rule = DoseRule(per_kg=1e6)
    dose = dose_cohort(rule, WEIGHTS, viability=0.8, recovery=0.9, car_share=0.3)
    assert dose.car_cells_in_bag is not None
    assert dose.t_cells_in_bag is not None
    assert dose.car_cells_in_bag == pytest.approx(dose.cells / 0.72)
    assert dose.t_cells_in_bag == pytest.approx(dose.cells / 0.72 / 0.3)


def test_nothing_is_filled_in_for_an_unknown_share() -> None:
    dose = dose_cohort(DoseRule(per_kg=1e6), WEIGHTS, viability=0.8, car_share=0.3)
    assert dose.car_cells_in_bag is None
    assert dose.t_cells_in_bag is None
    assert dose.to_summary()["car_cells_in_bag"] is None


def test_doubtful_weights_are_flagged_not_refused() -> None:
    dose = dose_cohort(DoseRule(per_kg=1e6), np.array([3.0, 70.0, 700.0]))
    assert dose.doubtful_weight.tolist() == [True, False, True]


def test_results_cannot_be_written_to() -> None:
    weights = WEIGHTS.copy()
    dose = dose_cohort(DoseRule(per_kg=1e6), weights)
    with pytest.raises(ValueError, match="read-only"):
        dose.cells[0] = 0.0
    weights[0] = 1.0
    assert dose.weights[0] == 45.0


@pytest.mark.parametrize(
    "numbers",
    [
        {},
        {"per_kg": 1e6, "flat": 1e8},
        {"per_kg": -1e6},
        {"per_kg": float("nan")},
        {"flat": float("inf")},
        {"per_kg": 1e6, "cap": 0.0},
        {"per_kg": 1e6, "low": 2e6, "high": 1e6},
    ],
)
def test_an_impossible_rule_is_refused(numbers: dict[str, float]) -> None:
    with pytest.raises(InputError):
        DoseRule(**numbers)


@pytest.mark.parametrize("weights", [[], [70.0, -1.0], [70.0, float("nan")], [0.0], [float("inf")]])
def test_impossible_weights_are_refused(weights: list[float]) -> None:
    with pytest.raises(InputError):
        dose_cohort(DoseRule(per_kg=1e6), np.array(weights))


def test_all_problems_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        dose_cohort(DoseRule(per_kg=1e6), np.array([-1.0]), viability=80.0, recovery=0.0)
    assert len(caught.value.problems) == 3


def test_the_rule_reads_well() -> None:
    assert DoseRule(per_kg=1e6).text == "1e6 CAR+ T cells/kg"
    assert DoseRule(flat=450e6).text == "450e6 CAR+ T cells"
