"""Drawing patients: the same patients whatever their number, only eligible ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from leucel.core import InputError, RandomStream
from leucel.trials import Criterion, TrialDesign, draw_patients
from leucel.trials.cohort import draw_effects

RNG = RandomStream(11)


def test_the_first_patients_do_not_depend_on_the_number(design: TrialDesign) -> None:
    few = draw_patients(design, RNG, patients=7)
    many = draw_patients(design, RNG, patients=300)
    assert (few.index == many.index[:7]).all()
    for name in few.values:
        assert (few[name] == many[name][:7]).all()


def test_those_who_fail_a_criterion_are_passed_over_and_counted(design: TrialDesign) -> None:
    cohort = draw_patients(design, RNG, patients=300)
    assert len(cohort) == 300
    assert (cohort["prior_lines"] >= 3).all()
    failed = cohort.excluded["prior_lines >= 3.0"]
    assert cohort.screened == 300 + failed
    assert failed > 0
    assert cohort.index[-1] == cohort.screened - 1


def test_counts_do_not_depend_on_how_candidates_come_in_blocks(design: TrialDesign) -> None:
    # 65 patients need a second block, 64 may not; the counts of the smaller cohort are nested.
    small = draw_patients(design, RNG, patients=20)
    large = draw_patients(design, RNG, patients=400)
    reached = int(small.index[-1]) + 1
    assert small.screened == reached
    assert large.screened >= reached


def test_another_seed_gives_other_patients(design: TrialDesign) -> None:
    here = draw_patients(design, RandomStream(1), patients=20)
    there = draw_patients(design, RandomStream(2), patients=20)
    assert (here["age"] != there["age"]).all()


@pytest.mark.parametrize("patients", [0, -5])
def test_a_trial_needs_patients(design: TrialDesign, patients: int) -> None:
    with pytest.raises(InputError, match="needs patients"):
        draw_patients(design, RNG, patients=patients)


def test_criteria_that_nobody_meets_end_the_search(design: TrialDesign) -> None:
    never = Criterion(field="age", operator=">=", value=500.0, label="very old")
    with pytest.raises(InputError, match="leave almost nobody") as raised:
        draw_patients(replace(design, criteria=(never,)), RNG, patients=3)
    assert "very old" in str(raised.value)


def test_a_criterion_on_what_is_not_drawn_ends_the_search(design: TrialDesign) -> None:
    unknown = Criterion(field="ecog", operator="<=", value=2.0)
    with pytest.raises(InputError, match="leave almost nobody"):
        draw_patients(replace(design, criteria=(unknown,)), RNG, patients=3)


def test_effects_belong_to_the_patient() -> None:
    some = draw_effects(RNG, ("a", "b"), np.array([0, 3, 9]))
    all_ = draw_effects(RNG, ("a", "b"), np.arange(10))
    assert (some["a"] == all_["a"][[0, 3, 9]]).all()
    assert (all_["a"] != all_["b"]).all()


def test_a_covariate_that_is_not_there(design: TrialDesign) -> None:
    cohort = draw_patients(design, RNG, patients=2)
    with pytest.raises(InputError, match="did you mean 'weight'"):
        cohort["weigth"]
