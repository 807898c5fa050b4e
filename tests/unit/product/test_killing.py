"""Killing assays on data with a known truth."""

from __future__ import annotations

import math

import numpy as np
import pytest

from leucel.core import InputError
from leucel.product import (
    CoCulture,
    curve_area,
    fit_carrgo,
    fit_killing_curve,
    four_parameter,
    lysis_from_impedance,
    lysis_from_release,
    simulate_carrgo,
    time_to_half_kill,
)

EXACT = 1e-5  # data without noise; the search stops at a relative change of 1e-12
RATIOS = np.array([0.05, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0])
TRUTH = {"growth": 0.9, "capacity": 6.0, "kill": 0.8, "gain": 0.15, "loss": 0.3}


def wells(noise: float = 0.0, seed: int = 1) -> list[CoCulture]:
    draw = np.random.default_rng(seed)
    times = tuple(np.linspace(0.0, 5.0, 16))
    rows = []
    for effectors in (0.0, 0.4, 0.8, 1.6):
        found = simulate_carrgo(times, tumor=1.0, effectors=effectors, **TRUTH)[:, 0]
        found = found * np.exp(noise * draw.normal(size=found.size))
        found[0] = 1.0
        rows.append(CoCulture(times=times, tumor=tuple(found), effectors=effectors))
    return rows


def test_lysis_formulas() -> None:
    assert lysis_from_release([200, 1000], 200, 1000).tolist() == [0, 100]
    assert lysis_from_impedance([0.0, 2.0], [2.0, 2.0]).tolist() == [100, 0]
    with pytest.raises(InputError):
        lysis_from_release([1.0], 5.0, 5.0)
    with pytest.raises(InputError):
        lysis_from_impedance([1.0], [0.0])


def test_a_killing_curve_is_recovered_exactly_without_noise() -> None:
    fit = fit_killing_curve(RATIOS, four_parameter(RATIOS, 3.0, 95.0, 0.8, 1.4))
    for name, value in {"bottom": 3.0, "top": 95.0, "ec50": 0.8, "slope": 1.4}.items():
        assert fit[name] == pytest.approx(value, rel=EXACT)
    assert fit.converged
    assert fit.warnings == ()


def test_limits_of_the_ec50_hold_the_truth_at_their_level() -> None:
    draw, hits, runs = np.random.default_rng(8), 0, 200
    x = np.repeat(RATIOS, 3)
    for _ in range(runs):
        y = four_parameter(x, 3.0, 90.0, 0.8, 1.4) + draw.normal(0, 4.0, x.size)
        ec50 = fit_killing_curve(x, y).estimates["ec50"]
        hits += ec50.low <= 0.8 <= ec50.high
    # Three standard errors of 95% in 200 runs are 4.6 points.
    assert 0.90 <= hits / runs <= 0.996


def test_an_ec50_beyond_the_ratios_is_said_so() -> None:
    short = RATIOS[:5]
    fit = fit_killing_curve(short, four_parameter(short, 0.0, 90.0, 20.0, 1.5))
    assert any("outside the ratios" in text for text in fit.warnings)
    with pytest.raises(InputError, match="five or more points"):
        fit_killing_curve([1, 2, 3], [1, 2, 3])
    with pytest.raises(InputError, match="above 0"):
        fit_killing_curve([0, 1, 2, 3, 4], [1, 2, 3, 4, 5])


def test_half_kill_and_area() -> None:
    assert time_to_half_kill([0, 4, 8], [0, 50, 90]) == 4.0
    assert time_to_half_kill([0, 4, 8], [60, 70, 90]) == 0.0
    assert time_to_half_kill([0, 4, 8], [0, 10, 20]) is None
    assert curve_area([100.0, 1.0, 10.0], [100.0, 20.0, 60.0]) == pytest.approx(60.0)


def test_carrgo_without_effectors_is_logistic() -> None:
    times = np.linspace(0, 6, 7)
    found = simulate_carrgo(times, tumor=0.5, effectors=0.0, **TRUTH)[:, 0]
    growth, capacity = TRUTH["growth"], TRUTH["capacity"]
    exact = capacity / (1 + (capacity / 0.5 - 1) * np.exp(-growth * times))
    assert found == pytest.approx(exact, rel=1e-6)


def test_carrgo_is_recovered() -> None:
    exact = fit_carrgo(wells())
    for name, value in TRUTH.items():
        assert exact[name] == pytest.approx(value, rel=1e-3), name
    noisy = fit_carrgo(wells(noise=0.05))
    assert noisy.residual == pytest.approx(0.05, rel=0.3)
    for name in ("growth", "capacity", "kill"):
        found = noisy.estimates[name]
        assert found.low < TRUTH[name] < found.high
        assert math.log(found.high / found.low) < 1.0


def test_carrgo_needs_controls_and_positive_values() -> None:
    with pytest.raises(InputError, match="needs control wells"):
        fit_carrgo(wells()[1:])
    bad = CoCulture(times=(0.0, 1.0), tumor=(1.0, 0.0), effectors=1.0)
    with pytest.raises(InputError, match="well 5"):
        fit_carrgo([*wells(), bad])
