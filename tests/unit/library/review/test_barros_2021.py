"""The second reading of Barros 2021 against other runs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from leucel.library.review import barros_2021

# The review prints three digits.
PRINTED = 1.5e-3


def stretch(y: NDArray, p: Mapping[str, float], days: float) -> NDArray:
    run = solve_ivp(
        lambda t, y: barros_2021.right_hand_side(t, y, p),
        (0.0, days),
        y,
        method="LSODA",
        rtol=1e-10,
        atol=1e-9,
    )
    assert run.success
    return run.y[:, -1]


def test_hdlm2_agrees_with_other_runs() -> None:
    p = barros_2021.HDLM2
    before = stretch(barros_2021.initial(p), p, 44.9)
    assert before[2] == pytest.approx(2.53e7, rel=PRINTED)
    infused = stretch(barros_2021.initial(p), p, barros_2021.HDLM2_DAY)
    infused[1] = barros_2021.HDLM2_DOSE
    memory, effector, tumor = stretch(infused, p, 60.0 - barros_2021.HDLM2_DAY)
    assert (memory, effector) == pytest.approx((2.10e6, 5.15e5), rel=PRINTED)
    assert tumor < 1e-6


def test_raji_agrees_with_other_runs() -> None:
    p = barros_2021.RAJI
    infused = stretch(barros_2021.initial(p), p, barros_2021.RAJI_DAY)
    infused[1] = barros_2021.RAJI_DOSE
    later = stretch(infused, p, 14.0 - barros_2021.RAJI_DAY)
    assert later[2] == pytest.approx(5.67e8, rel=PRINTED)
    # The treatment fails: the tumor grows on.
    assert barros_2021.right_hand_side(14.0, later, p)[2] > 0.0


def test_raji_variants_differ_in_the_inhibition_alone() -> None:
    for variant in (barros_2021.RAJI_IDO, barros_2021.RAJI_IDO_1MT):
        assert {k for k, v in variant.items() if barros_2021.RAJI[k] != v} == {"alpha"}
    alphas = [v["alpha"] for v in (barros_2021.RAJI_IDO, barros_2021.RAJI_IDO_1MT)]
    assert alphas == [1.461699e-8, 1.26166e-8]


def test_cured_animals_lose_memory_slowly() -> None:
    rates = barros_2021.right_hand_side(0.0, np.array([100.0, 0.0, 0.0]))
    assert rates == pytest.approx([-0.5, 0.0, 0.0])
