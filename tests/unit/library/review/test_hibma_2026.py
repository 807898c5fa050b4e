"""The second reading of Hibma 2026 against the review and its structure."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from leucel.library.review import hibma_2026


def test_hibma_agrees_with_other_runs() -> None:
    assert hibma_2026.crs_probability(212.0) == pytest.approx(0.397, abs=5.1e-4)
    odds = [hibma_2026.crs_probability(212.0, high_burden=burden) for burden in (0, 1)]
    ratio = odds[1] / (1.0 - odds[1]) * (1.0 - odds[0]) / odds[0]
    assert ratio == pytest.approx(np.exp(1.14))
    # The paper's baseline in its two units; half-life of 39 days from clearance and volume.
    assert hibma_2026.TYPICAL["BL"] * hibma_2026.NG_ML_A_NM == pytest.approx(37.0, abs=0.5)
    assert np.log(2.0) * 15.418 / 0.273 == pytest.approx(39.0, abs=0.2)


def test_hibma_closed_form_solves_its_equation() -> None:
    t = np.array([1.0, 30.0, 300.0])
    run = solve_ivp(
        hibma_2026.right_hand_side,
        (0.0, 300.0),
        [50.0],
        method="DOP853",
        t_eval=t,
        rtol=1e-12,
        atol=1e-12,
    )
    assert run.y[0] == pytest.approx(hibma_2026.closed_form(t, 50.0), rel=1e-9)


def test_hibma_binding_is_in_equilibrium() -> None:
    drug, sbcma = np.array([0.5, 5.0, 500.0]), np.array([6.9, 1e-3, 8.0])
    complexes = hibma_2026.bound(drug, sbcma)
    dissociation = (drug - complexes) * (sbcma - complexes) / complexes
    assert dissociation == pytest.approx([hibma_2026.TYPICAL["Kd"]] * 3, rel=1e-9)
