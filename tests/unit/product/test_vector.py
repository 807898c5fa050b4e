"""Laws of the vector copies."""

from __future__ import annotations

import math

import pytest

from leucel.core import InputError
from leucel.product import (
    copies_from_ddpcr,
    fit_zero_inflated,
    negative_binomial_transduction,
    poisson_transduction,
    sources,
    zero_inflated_transduction,
)
from leucel.product.vector import COPY_LIMITS, REFERENCE_LOT

CLOSE = 1e-12  # closed forms in double precision


def test_poisson_from_the_share_and_back() -> None:
    law = poisson_transduction(car_share=0.3)
    again = poisson_transduction(copies_per_cell=law.copies_per_cell)
    assert again.car_share == pytest.approx(0.3, rel=CLOSE)
    assert law.copies_per_car_cell == pytest.approx(law.copies_per_cell / 0.3, rel=CLOSE)


def test_poisson_is_zero_inflated_with_everybody_susceptible() -> None:
    plain = poisson_transduction(copies_per_cell=0.7)
    inflated = zero_inflated_transduction(susceptible=1.0, mean=0.7)
    assert plain.car_share == inflated.car_share
    assert plain.copies_per_car_cell == inflated.copies_per_car_cell


def test_negative_binomial_tends_to_poisson() -> None:
    many = negative_binomial_transduction(mean=0.7, dispersion=1e8)
    plain = poisson_transduction(copies_per_cell=0.7)
    # The laws differ by mean**2 / (2 k) to first order.
    assert many.car_share == pytest.approx(plain.car_share, abs=1e-8)
    assert many.share_with_at_least(3) == pytest.approx(plain.share_with_at_least(3), abs=1e-7)


@pytest.mark.parametrize(
    "law",
    [
        poisson_transduction(car_share=0.6),
        zero_inflated_transduction(susceptible=0.5, mean=2.0),
        negative_binomial_transduction(mean=1.2, dispersion=0.8),
    ],
)
def test_shares_sum_to_one_and_give_the_mean(law) -> None:  # type: ignore[no-untyped-def]
    shares = [law.share_with(k) for k in range(1, 200)]
    assert sum(shares) == pytest.approx(1.0, abs=1e-9)
    assert sum(k * s for k, s in enumerate(shares, 1)) == pytest.approx(
        law.copies_per_car_cell, rel=1e-9
    )
    assert law.copies_per_cell == pytest.approx(law.car_share * law.copies_per_car_cell, rel=1e-9)


@pytest.mark.parametrize(("share", "copies"), [(0.26, 1.45), (0.05, 1.2), (0.6, 3.0)])
def test_a_fit_meets_both_numbers(share: float, copies: float) -> None:
    law = fit_zero_inflated(car_share=share, copies_per_car_cell=copies)
    assert law.car_share == pytest.approx(share, rel=1e-9)
    assert law.copies_per_car_cell == pytest.approx(copies, rel=1e-9)
    assert 0 < law.susceptible <= 1


def test_fewer_copies_than_poisson_are_refused_with_a_hint() -> None:
    with pytest.raises(InputError, match=r"at least 1\.39.*per cell or per transduced cell"):
        fit_zero_inflated(car_share=0.5, copies_per_car_cell=1.2)


def test_percent_given_as_share_is_noticed() -> None:
    with pytest.raises(InputError, match=r"did you mean 0\.26"):
        poisson_transduction(car_share=26)


@pytest.mark.parametrize(
    "call",
    [
        lambda: poisson_transduction(),
        lambda: poisson_transduction(car_share=0.1, copies_per_cell=1.0),
        lambda: poisson_transduction(copies_per_cell=-1.0),
        lambda: poisson_transduction(copies_per_cell=math.nan),
        lambda: poisson_transduction(car_share=math.nan),
        lambda: zero_inflated_transduction(susceptible=0.0, mean=1.0),
        lambda: negative_binomial_transduction(mean=1.0, dispersion=0.0),
        lambda: copies_from_ddpcr(vector=1.0, reference=0.0),
        lambda: copies_from_ddpcr(vector=1.0, reference=1.0, per="cell"),
        lambda: poisson_transduction(car_share=0.5).share_with_at_least(0),
    ],
)
def test_numbers_out_of_range_are_refused(call) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError):
        call()


def test_conventions_of_digital_pcr_differ_by_two() -> None:
    assert copies_from_ddpcr(vector=300, reference=1000) == 0.6
    assert copies_from_ddpcr(vector=300, reference=1000, per="haploid") == 0.3


def test_limits_have_sources() -> None:
    assert {limit.source for limit in (*COPY_LIMITS, REFERENCE_LOT)} <= set(sources())
    assert all(limit.mark.usable for limit in COPY_LIMITS)
