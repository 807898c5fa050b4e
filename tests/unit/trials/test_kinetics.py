"""Kinetics: closed form met, persistence by the limit, detection falling with time and limit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from leucel.core import Evidence, InputError, Mark, RandomStream
from leucel.trials import TrialDesign, TrialResult, draw_patients, simulate_kinetics
from leucel.trials.kinetics import count_failures, figure_days

RNG = RandomStream(3)
# The closed form is evaluated twice, in float64, by different code.
CLOSED_FORM = 1e-9


def test_courses_follow_the_closed_form(result: TrialResult) -> None:
    seen = result.seen.kinetics
    t, p = seen.days[None, :], {name: v[:, None] for name, v in seen.parameters.items()}
    before = np.minimum(t - p["t_max"], 0.0)
    after = np.maximum(t - p["t_max"], 0.0)
    slow = p["fraction_slow"]
    shape = (1 - slow) * np.exp(-p["k_decline_fast"] * after) + slow * np.exp(
        -p["k_decline_slow"] * after
    )
    expected = p["c_max"] * np.exp(np.log(p["fold_expansion"]) / p["t_max"] * before) * shape
    assert np.allclose(seen.transgene, expected, rtol=CLOSED_FORM)


def test_persistence_is_the_last_sample_at_the_limit_or_above(
    result: TrialResult, design: TrialDesign
) -> None:
    seen = result.seen.kinetics
    samples = np.array(design.kinetics.sampling.until(result.months * 30.4375))
    assert set(seen.nca.value("tlast")) <= set(samples)
    assert (seen.nca.value("clast") >= seen.lloq).all()


def test_detection_falls_with_time_and_limit(result: TrialResult) -> None:
    found = result.seen.kinetics.detectable
    months = sorted({month for month, _ in found})
    assert months == [6.0, 12.0]
    for month in months:
        shares = [found[month, factor].estimate for factor in (0.5, 1.0, 2.0)]
        assert shares == sorted(shares, reverse=True)
    assert found[12.0, 1.0].estimate < found[6.0, 1.0].estimate


def test_measurement_error_moves_the_samples_not_the_courses(design: TrialDesign) -> None:
    patients = draw_patients(design, RNG, patients=30)
    noisy = replace(
        design.kinetics, residual_sd=Evidence(value=0.56, source="stein_2019", mark=Mark.SEEN)
    )
    exact = simulate_kinetics(patients, design.kinetics, RNG, months=3.0)
    blurred = simulate_kinetics(patients, noisy, RNG, months=3.0)
    assert (exact.transgene == blurred.transgene).all()
    assert (exact.nca.value("cmax") != blurred.nca.value("cmax")).all()


def test_measurement_error_belongs_to_the_patient(design: TrialDesign) -> None:
    noisy = replace(
        design.kinetics, residual_sd=Evidence(value=0.56, source="stein_2019", mark=Mark.SEEN)
    )
    few = simulate_kinetics(draw_patients(design, RNG, patients=5), noisy, RNG, months=3.0)
    many = simulate_kinetics(draw_patients(design, RNG, patients=40), noisy, RNG, months=3.0)
    assert np.array_equal(few.nca.value("cmax"), many.nca.value("cmax")[:5])


def test_landmarks_beyond_the_horizon_are_left_out(design: TrialDesign) -> None:
    patients = draw_patients(design, RNG, patients=3)
    assert simulate_kinetics(patients, design.kinetics, RNG, months=3.0).detectable == {}


def test_models_without_transgene_and_bad_limits_are_refused(design: TrialDesign) -> None:
    with pytest.raises(InputError, match="unknown model"):
        simulate_kinetics(
            draw_patients(design, RNG, patients=1),
            replace(design.kinetics, model="stein_2019"),
            RNG,
            months=3.0,
        )
    with pytest.raises(InputError, match="limit of quantification"):
        replace(design.kinetics, lloq=Evidence(value=0.0, source="x", mark=Mark.SEEN))


def test_days_of_figures() -> None:
    days = figure_days(100.0)
    assert days[:3].tolist() == [0.0, 1.0, 2.0]
    assert days[35:38].tolist() == [35.0, 42.0, 49.0]
    assert days[-1] == 98.0


def test_failures_are_counted_by_reason() -> None:
    counted = count_failures(np.array([0, 3, 3, 1], dtype=np.int32))
    assert {status.name: n for status, n in counted.items()} == {"NON_FINITE": 2, "MAX_STEPS": 1}
