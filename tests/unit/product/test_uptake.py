"""Multiplicity of infection, lots and limits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from leucel.core import InputError
from leucel.product import (
    Uptake,
    fit_lots,
    fit_uptake,
    judge_copies,
    poisson_transduction,
    zero_inflated_transduction,
)

SEARCH = 1e-4  # the one-dimensional search stops at 1e-10 on the logarithm of the shape


def test_the_curve_rises_to_its_plateau_and_back() -> None:
    curve = Uptake(most=3.0, half=8.0, susceptible=0.7)
    shares = [curve.transduction(x).car_share for x in (0.1, 1, 5, 20, 1e6)]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(0.7 * (1 - math.exp(-3)), rel=1e-4)
    for share in (0.1, 0.4, 0.6):
        assert curve.transduction(curve.moi_for(share)).car_share == pytest.approx(share)


def test_a_share_above_the_plateau_is_refused() -> None:
    with pytest.raises(InputError, match=r"below 66\.5%, the plateau"):
        Uptake(most=3.0, half=8.0, susceptible=0.7).moi_for(0.68)
    with pytest.raises(InputError, match="multiplicity of infection is out of range"):
        Uptake(most=3.0, half=8.0).transduction(0.0)
    with pytest.raises(InputError, match="uptake is out of range"):
        Uptake(most=0.0, half=8.0)


def test_a_noisy_curve_is_recovered() -> None:
    truth = Uptake(most=1.8, half=6.0)
    moi = np.repeat([1.0, 2.0, 4.0, 8.0, 16.0], 8)
    noise = np.random.default_rng(3).normal(0.0, 0.02, moi.size)
    shares = np.array([truth.transduction(float(x)).car_share for x in moi]) + noise
    fitted = fit_uptake(moi, shares)
    assert fitted.most == pytest.approx(truth.most, rel=0.15)
    assert fitted.half == pytest.approx(truth.half, rel=0.25)
    assert fitted.residual == pytest.approx(0.02, rel=0.4)


def test_too_few_multiplicities_and_shares_above_the_susceptible_are_both_named() -> None:
    with pytest.raises(InputError) as caught:
        fit_uptake([1.0, 1.0], [0.5, 0.6], susceptible=0.4)
    assert len(caught.value.problems) == 2


def test_the_law_of_the_lots_is_found() -> None:
    means = (0.3, 0.6, 1.0, 1.6)
    lots = [zero_inflated_transduction(susceptible=0.55, mean=m) for m in means]
    fits = fit_lots([x.car_share for x in lots], [x.copies_per_car_cell for x in lots])
    assert fits[0].law == "zero-inflated poisson"
    assert fits[0].shape == pytest.approx(0.55, rel=SEARCH)
    assert fits[0].error < SEARCH
    assert {fit.law for fit in fits} == {"poisson", "zero-inflated poisson", "negative binomial"}


def test_noisy_lots_carry_limits_around_the_truth() -> None:
    draw = np.random.default_rng(11)
    lots = [zero_inflated_transduction(susceptible=0.6, mean=m) for m in np.linspace(0.3, 1.8, 16)]
    copies = [max(1.0, x.copies_per_car_cell * math.exp(draw.normal(0, 0.05))) for x in lots]
    fit = next(f for f in fit_lots([x.car_share for x in lots], copies) if f.law.startswith("zero"))
    assert fit.low is not None
    assert fit.high is not None
    assert fit.low < 0.6 < fit.high


def test_poisson_lots_need_no_shape() -> None:
    lots = [poisson_transduction(car_share=share) for share in (0.2, 0.5, 0.7)]
    fits = fit_lots([0.2, 0.5, 0.7], [x.copies_per_car_cell for x in lots])
    assert fits[0].error < SEARCH
    zero = next(f for f in fits if f.law.startswith("zero"))
    assert zero.shape == pytest.approx(1.0, rel=1e-3)
    with pytest.raises(InputError, match="lots cannot be used"):
        fit_lots([0.2, 0.5], [1.2])


def test_limits_say_met_not_met_or_cannot_conclude() -> None:
    high = zero_inflated_transduction(susceptible=0.5, mean=5.1)
    rows = [verdict.to_dict() for verdict in judge_copies(high)]
    assert [row["verdict"] for row in rows] == ["not met", "met", "cannot conclude"]
    assert [row["jurisdiction"] for row in rows] == ["EU", "EU", "US"]
    assert rows[2]["limit"] is None
