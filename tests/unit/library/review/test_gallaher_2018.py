"""The second reading of Gallaher 2018 against other runs."""

from __future__ import annotations

import pytest
from scipy.integrate import solve_ivp

from leucel.library.review import gallaher_2018

# The review prints three to four digits.
PRINTED = 5e-4


def test_gallaher_agrees_with_other_runs() -> None:
    run = solve_ivp(
        gallaher_2018.right_hand_side,
        (0.0, 365.0),
        gallaher_2018.initial(),
        method="LSODA",
        rtol=1e-10,
        atol=1e-9,
    )
    assert run.y[:, -1] == pytest.approx([5.11, 543.2, 274.0, 47.75], rel=PRINTED)


def test_gallaher_at_half_effects() -> None:
    # NK, CTL and M at their half effects, without Treg: loss x (1 + (2.5 + 2.5 + 2) * 0.75).
    M, C, N, R = 3.0, 375.0, 150.0, 0.0
    rates = gallaher_2018.right_hand_side(0.0, [M, C, N, R])
    assert rates[0] == pytest.approx(0.001 + 0.0175 * 3.0 * 0.7 - 0.002 * 3.0 * 6.25)
    assert rates[1] == pytest.approx(0.013 * C * (1.0 - C / 800.0) * 4.0 - 0.02 * C)
    assert rates[2] == pytest.approx(0.03 + 0.04 * N * (1.0 - N / 450.0) * 1.5 - 0.025 * N)
    assert rates[3] == 0.0
