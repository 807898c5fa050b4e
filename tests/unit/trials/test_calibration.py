"""Calibration: a moved parameter is found again, weights are standard errors, faults are named."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from leucel.core import Evidence, InputError, Kind, Mark
from leucel.estimate import MatchOptions
from leucel.trials import Adjustable, TrialDesign, calibrate, observe_trial, with_parameter
from leucel.trials.calibration import persisting_share

SLOW = Adjustable(name="kinetics.k_decline_slow", low=5e-4, high=0.1)
# A share of 200 patients moves in steps of 0.5%; the search stops within 2 of them.
COUNTING = 1.0
# One step of counting on the persisting share moves the rate by about this much.
RATE = 0.05


def number(value: float) -> Evidence:
    return Evidence(value=value, source="invented", mark=Mark.SEEN)


def test_persistence_is_met(design: TrialDesign) -> None:
    moved = with_parameter(design, "kinetics.k_decline_slow", number(0.02))
    found = calibrate(moved, "kinetics", (SLOW,), patients=200, months=24.0, seed=4)
    assert found.match.converged
    assert found.match.targets[0].simulated == pytest.approx(50.0, abs=COUNTING)
    seen = observe_trial(found.apply(moved), patients=200, months=24.0, seed=4, courses=False)
    assert persisting_share(seen.kinetics, 300.0) == pytest.approx(50.0, abs=COUNTING)


def test_the_start_does_not_decide_the_end(design: TrialDesign) -> None:
    ends = [
        calibrate(
            with_parameter(design, "kinetics.k_decline_slow", number(start)),
            "kinetics",
            (SLOW,),
            patients=200,
            months=24.0,
            seed=4,
        ).values[SLOW.name]
        for start in (0.003, 0.02)
    ]
    assert ends[0] == pytest.approx(ends[1], rel=RATE)


def test_calibrated_values_are_marked(design: TrialDesign) -> None:
    found = calibrate(
        design,
        "kinetics",
        (SLOW,),
        patients=30,
        months=12.0,
        options=MatchOptions(max_simulations=4),
    )
    changed = {each.name: each for each in found.apply(design).kinetics.parameters}
    evidence = changed["k_decline_slow"].evidence
    assert (evidence.mark, evidence.kind) == (Mark.COMPUTED, Kind.CALIBRATED)
    assert "30 virtual patients" in evidence.note
    assert found.to_summary()["patients"] == 30


def test_weights_are_standard_errors_and_priors_hold(design: TrialDesign) -> None:
    adjustable = Adjustable(
        name="response.n_m_protein", low=0.1, high=1.5, prior=0.215, prior_factor=2.0
    )
    found = calibrate(
        design,
        "response",
        (adjustable,),
        patients=60,
        months=13.0,
        options=MatchOptions(step=0.1, max_simulations=5),
    )
    by_name = {target.name: target for target in found.match.targets}
    assert set(by_name) == {"orr", "cr_rate", "pfs@12", "prior of response.n_m_protein"}
    assert 1.0 / by_name["pfs@12"].weight == pytest.approx((86.0 - 69.0) / 3.92, rel=1e-3)
    share = 74.5 / 101.0
    expected = 100.0 * math.sqrt(share * (1.0 - share) / 100.0)
    assert 1.0 / by_name["cr_rate"].weight == pytest.approx(expected, rel=1e-9)
    ratio = found.values["response.n_m_protein"] / 0.215
    assert by_name["prior of response.n_m_protein"].simulated == pytest.approx(math.log(ratio))


def test_the_persisting_share_is_smooth_between_samples(design: TrialDesign) -> None:
    seen = observe_trial(design, patients=200, months=14.0, seed=7, courses=False).kinetics
    last = seen.nca.value("tlast")
    shares = [persisting_share(seen, day) for day in np.linspace(20.0, 400.0, 60)]
    assert (np.diff(shares) <= 0.0).all()
    assert persisting_share(seen, 0.0) == 100.0
    day = float(np.median(last))
    above, on = (last > day).mean(), (last == day).mean()
    assert persisting_share(seen, day) == pytest.approx(100.0 * (above + 0.5 * on))


def test_faults_are_named(design: TrialDesign) -> None:
    with pytest.raises(InputError, match="no parameter to calibrate"):
        calibrate(design, "kinetics", ())
    with pytest.raises(InputError, match=r"did you mean 'kinetics\.k_decline_slow'"):
        calibrate(design, "kinetics", (replace(SLOW, name="kinetics.k_decline_slo"),))
    with pytest.raises(InputError, match="no published endpoint to calibrate"):
        calibrate(replace(design, published=()), "kinetics", (SLOW,))
