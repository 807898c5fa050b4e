"""Design objects refuse what cannot be used, and say so at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from leucel.core import Evidence, InputError, Mark
from leucel.stats import Constant
from leucel.trials import (
    CovariateModel,
    DesignParameter,
    DoseRule,
    PrimaryResistance,
    Schedule,
    TrialDesign,
    with_parameter,
)

UNVERIFIED = Evidence(value=1.0)


def number(value: float) -> Evidence:
    return Evidence(value=value, source="invented", mark=Mark.SEEN)


def test_doses() -> None:
    weights = np.array([50.0, 90.0])
    per_kg = DoseRule(kind="per_kg", evidence=number(1e6), cap=8e7)
    assert per_kg.cells(weight=weights).tolist() == [5e7, 8e7]
    flat = DoseRule(kind="flat", evidence=number(4.5e8))
    assert flat.cells(weight=weights).tolist() == [4.5e8, 4.5e8]


@pytest.mark.parametrize("amount", [-1.0, float("nan"), float("inf")])
def test_a_dose_out_of_range(amount: float) -> None:
    with pytest.raises(InputError, match="the dose is out of range"):
        DoseRule(kind="per_kg", evidence=number(amount))


def test_all_faults_of_a_dose_at_once() -> None:
    with pytest.raises(InputError) as raised:
        DoseRule(kind="each", evidence=number(-1.0), cap=0.0)  # type: ignore[arg-type]
    assert len(raised.value.problems) == 3


def test_schedules() -> None:
    visits = Schedule(days=(7.0, 28.0), every=28.0)
    assert visits.until(84.0) == (7.0, 28.0, 56.0, 84.0)
    assert visits.until(84.0, beyond=2) == (7.0, 28.0, 56.0, 84.0, 112.0, 140.0)
    assert visits.until(10.0, beyond=1) == (7.0, 28.0)
    assert Schedule(days=(1.0, 2.0)).until(1.5) == (1.0,)
    for days, every in (((), None), ((2.0, 1.0), None), ((-1.0,), None), ((1.0,), -7.0)):
        with pytest.raises(InputError, match="days of a schedule"):
            Schedule(days=days, every=every)


def test_unverified_numbers_are_refused() -> None:
    with pytest.raises(InputError, match="unverified"):
        CovariateModel(name="age", distribution=Constant(value=1.0), evidence=UNVERIFIED)
    with pytest.raises(InputError, match="unverified"):
        DesignParameter(name="k", evidence=UNVERIFIED)


def test_a_design_names_missing_and_double_covariates(design: TrialDesign) -> None:
    kept = tuple(c for c in design.covariates if c.name not in ("weight", "s_bcma_0"))
    double = (*kept, next(c for c in kept if c.name == "age"))
    with pytest.raises(InputError) as raised:
        replace(design, covariates=double)
    told = str(raised.value)
    assert "'s_bcma_0' is needed" in told
    assert "'weight' is needed" in told
    assert "'age' is given twice" in told


def test_a_flat_dose_needs_no_weight(design: TrialDesign) -> None:
    kept = tuple(c for c in design.covariates if c.name != "weight")
    flat = DoseRule(kind="flat", evidence=number(4.5e8))
    assert replace(design, covariates=kept, dose=flat).dose.kind == "flat"


def test_groups_have_to_be_covariates(design: TrialDesign) -> None:
    rule = PrimaryResistance(covariate="prior_cart", share=number(0.2))
    with pytest.raises(InputError, match="did you mean 'prior_car_t'"):
        replace(design, response=replace(design.response, primary_resistance=rule))
    with pytest.raises(InputError, match="primary resistance is out of range"):
        PrimaryResistance(covariate="prior_car_t", share=number(1.2))


def test_unknown_edits_and_ranges_of_a_response(design: TrialDesign) -> None:
    with pytest.raises(InputError) as raised:
        replace(design.response, edits=("resistant",), mrd_level=number(2.0))
    assert len(raised.value.problems) == 2


def test_a_parameter_is_changed_in_one_place(design: TrialDesign) -> None:
    changed = with_parameter(design, "response.n_m_protein", number(0.3))
    values = {each.name: each.value for each in changed.response.parameters}
    assert values["n_m_protein"] == 0.3
    assert values["k_growth"] == 0.008
    assert changed.kinetics == design.kinetics
    assert with_parameter(design, "kinetics.c_max", number(1.0)).response == design.response
    with pytest.raises(InputError, match=r"did you mean 'kinetics\.c_max'"):
        with_parameter(design, "kinetics.cmax", number(1.0))
