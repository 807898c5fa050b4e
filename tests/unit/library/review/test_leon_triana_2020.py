"""The second reading of Leon-Triana 2020 against other runs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from leucel.library.review import leon_triana_2020

# The review prints three to four digits.
PRINTED = 1.3e-3
DAYS = np.arange(0.0, 100.05, 0.1)


def course(derivatives: Callable[[float, NDArray], NDArray]) -> NDArray:
    run = solve_ivp(
        derivatives,
        (0.0, 100.0),
        leon_triana_2020.initial(),
        method="LSODA",
        t_eval=DAYS,
        rtol=1e-10,
        atol=1e-6,
    )
    assert run.success
    return run.y


def test_basic_model_agrees_with_other_runs() -> None:
    C, L, _ = course(leon_triana_2020.right_hand_side)
    assert C.max() == pytest.approx(1.640e10, rel=PRINTED)
    assert DAYS[C.argmax()] == pytest.approx(12.2, abs=0.051)
    assert (L[280], C[280]) == pytest.approx((4.01e6, 5.89e9), rel=PRINTED)


@pytest.mark.parametrize("factor", [False, True])
def test_immature_cells_agree_with_other_runs(factor: bool) -> None:
    # The missing factor C does not show in the printed digits.
    C, _, B = course(lambda t, y: leon_triana_2020.right_hand_side_immature(t, y, factor_C=factor))
    assert C.max() == pytest.approx(1.640e10, rel=PRINTED)
    assert DAYS[C.argmax()] == pytest.approx(12.2, abs=0.051)
    assert B[-1] == pytest.approx(4.27e7, rel=PRINTED)


def test_immature_cells_at_half_output() -> None:
    p = leon_triana_2020.IMMATURE
    y = np.array([p["C50"], 1e9, 1e9])
    more = leon_triana_2020.right_hand_side_immature(0.0, y) - leon_triana_2020.right_hand_side(
        0.0, y
    )
    assert more[1] == 0.0
    assert more[2] == pytest.approx(1e7 / 6.0 / 2.0, rel=1e-6)
    assert p["rhoC"] == pytest.approx(0.25 * p["alpha"])
