"""Response: baselines met, deeper with a smaller clone, the resistant group does not respond."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from leucel.core import Evidence, InputError, Mark, RandomStream
from leucel.trials import (
    TrialDesign,
    TrialResult,
    compile_response,
    draw_patients,
    simulate_response,
    with_parameter,
)
from leucel.trials.imwg import Response as Category

RNG = RandomStream(3)
# The solver works at a relative tolerance of 1e-6; baselines are exact initial values.
BASELINE = 1e-9


def number(value: float) -> Evidence:
    return Evidence(value=value, source="invented", mark=Mark.SEEN)


def test_courses_start_at_the_baselines_of_the_patients(result: TrialResult) -> None:
    seen, patients = result.seen.response, result.seen.patients
    assert np.allclose(seen.m_protein[:, 0], patients["m_protein_0"], rtol=BASELINE)
    assert np.allclose(seen.s_bcma[:, 0], patients["s_bcma_0"], rtol=BASELINE)
    assert np.allclose(seen.tumor_relative[:, 0], 1.0, rtol=BASELINE)
    assert np.allclose(seen.dose, 1e6 * patients["weight"], rtol=BASELINE)


def test_the_published_baseline_makes_the_published_tumor(result: TrialResult) -> None:
    # Singh 2021: sBCMA of 625 ng/mL belongs to 2.5e9 cells/L of marrow.
    seen, patients = result.seen.response, result.seen.patients
    expected = 2.5e9 * patients["s_bcma_0"] / 625.0
    assert np.allclose(seen.parameters["tumor_0"], expected, rtol=BASELINE)


def test_everybody_is_simulated(result: TrialResult) -> None:
    assert (result.seen.response.status == 0).all()
    assert result.failures == {}


def test_no_dose_no_response(design: TrialDesign) -> None:
    # The seed of 1e-6 cells/L that the published code starts with grows into a response of its
    # own: without a dose it has to go as well.
    seedless = replace(design.response.parameters[0], name="effector_seed", evidence=number(0.0))
    response = replace(
        design.response, parameters=(*design.response.parameters, replace(seedless, omega=0.0))
    )
    patients = draw_patients(design, RNG, patients=20)
    nothing = replace(design.dose, evidence=number(0.0))
    seen = simulate_response(patients, response, nothing, RNG, months=6.0)
    assert not seen.imwg.responder.any()
    assert np.isinf(seen.mrd_negative_day).all()


def test_the_seed_does_not_matter_beside_a_dose(design: TrialDesign) -> None:
    seedless = replace(design.response.parameters[0], name="effector_seed", evidence=number(0.0))
    response = replace(
        design.response, parameters=(*design.response.parameters, replace(seedless, omega=0.0))
    )
    patients = draw_patients(design, RNG, patients=20)
    with_seed = simulate_response(patients, design.response, design.dose, RNG, months=3.0)
    without = simulate_response(patients, response, design.dose, RNG, months=3.0)
    assert np.allclose(
        with_seed.assessed_m_protein, without.assessed_m_protein, rtol=1e-3, atol=1e-6
    )


def test_the_resistant_share_of_the_group_does_not_respond(design: TrialDesign) -> None:
    patients = draw_patients(design, RNG, patients=60)
    whole = replace(design.response.primary_resistance, share=number(1.0))  # type: ignore[type-var]
    response = replace(design.response, primary_resistance=whole)
    seen = simulate_response(patients, response, design.dose, RNG, months=3.0)
    group = patients["prior_car_t"] == 1.0
    assert group.any()
    assert not seen.imwg.responder[group].any()
    assert seen.imwg.responder[~group].mean() > 0.8


def test_primary_resistance_needs_a_resistant_clone(design: TrialDesign) -> None:
    kept = tuple(p for p in design.response.parameters if "resistant" not in p.name)
    response = replace(design.response, edits=(), parameters=kept)
    with pytest.raises(InputError, match="needs a resistant clone"):
        simulate_response(
            draw_patients(design, RNG, patients=2), response, design.dose, RNG, months=3.0
        )


def test_a_larger_clone_relapses_earlier(design: TrialDesign) -> None:
    patients = draw_patients(design, RNG, patients=60)
    model = compile_response(design.response)

    def free(fraction: float) -> float:
        changed = with_parameter(design, "response.fraction_resistant", number(fraction))
        seen = simulate_response(
            patients, changed.response, design.dose, RNG, months=24.0, model=model, courses=False
        )
        return float((seen.imwg.progression_day > 24.0 * 30.4375).mean())

    assert free(1e-9) > free(1e-5) + 0.1


def test_assessments_after_the_horizon_confirm_those_before(result: TrialResult) -> None:
    days = result.seen.response.assessment_days
    horizon = result.months * 30.4375
    assert (days > horizon).sum() == 2
    assert (result.seen.response.imwg.status[:, -3] != Category.NE).all()


def test_without_courses_the_assessments_are_the_same(design: TrialDesign) -> None:
    patients = draw_patients(design, RNG, patients=16)
    full = simulate_response(patients, design.response, design.dose, RNG, months=6.0)
    lean = simulate_response(patients, design.response, design.dose, RNG, months=6.0, courses=False)
    assert lean.days.size == 1
    # Output times are read from dense output: they do not move the steps.
    assert np.array_equal(full.assessed_m_protein, lean.assessed_m_protein)


def test_unknown_parameters_and_edits_are_refused(design: TrialDesign) -> None:
    wrong = replace(design.response.parameters[0], name="fraction_resistent")
    with pytest.raises(InputError, match="did you mean 'fraction_resistant'"):
        compile_response(replace(design.response, parameters=(wrong,)))
    with pytest.raises(InputError, match="unknown output"):
        compile_response(
            replace(
                design.response, model="stein_2019_tisagenlecleucel_ode", edits=(), parameters=()
            )
        )
