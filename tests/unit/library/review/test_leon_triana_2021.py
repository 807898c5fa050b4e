"""The second reading of Leon-Triana 2021 against other runs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from leucel.library.review import leon_triana_2021

# The review prints three digits.
PRINTED = 1.2e-3


def test_one_target_agrees_with_other_runs() -> None:
    days = np.arange(0.0, 400.5, 0.5)
    run = solve_ivp(
        leon_triana_2021.right_hand_side,
        (0.0, 400.0),
        leon_triana_2021.initial(),
        method="LSODA",
        t_eval=days,
        rtol=1e-10,
        atol=1e-3,
    )
    C, T = run.y
    assert (C.max(), T.min()) == pytest.approx((8.87e8, 3.19e8), rel=PRINTED * 1.2)
    assert days[C.argmax()] == pytest.approx(238.0, abs=0.5)
    assert days[T.argmin()] == pytest.approx(263.0, abs=0.5)


def test_two_targets_agree_with_other_runs() -> None:
    days = np.arange(0.0, 60.05, 0.1)
    run = solve_ivp(
        leon_triana_2021.right_hand_side_dual,
        (0.0, 60.0),
        leon_triana_2021.initial_dual(),
        method="LSODA",
        t_eval=days,
        rtol=1e-10,
        atol=1e-3,
    )
    C, _, D, _ = run.y
    assert (C.max(), D.max()) == pytest.approx((4.97e9, 3.88e9), rel=PRINTED * 1.2)
    assert days[C.argmax()] == pytest.approx(16.7, abs=0.051)
    assert days[D.argmax()] == pytest.approx(14.6, abs=0.051)


def test_off_tumor_cells_that_move_are_found_on_the_tumor() -> None:
    still = leon_triana_2021.DUAL | {"tauC": np.inf, "rhoC": 0.0, "alpha1": 0.0, "rhoCbar": 0.0}
    rates = leon_triana_2021.right_hand_side_dual(0.0, [1e8, 1e9, 3e8, 1e9], still)
    assert rates[0] == pytest.approx(-rates[2])
    assert rates[0] == pytest.approx(0.2 * 3e8)
