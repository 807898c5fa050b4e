"""The second reading of Srimani 2022 against its printed numbers, and hazards by quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from leucel.library.review import srimani_2022

HOURS_A_WEEK = 168.0
# The logarithms are printed with two decimals: half a unit there is half a percent.
ROUNDED_LOG = 6e-3
TWO_DECIMALS = 5.1e-3
SOLVER = 1e-9


def test_srimani_agrees_with_the_paper() -> None:
    r = srimani_2022.rates()
    assert r["kr"] * HOURS_A_WEEK == pytest.approx(0.206, rel=ROUNDED_LOG)
    assert r["Yss"] == pytest.approx(0.143, rel=ROUNDED_LOG)
    assert r["IC50"] == pytest.approx(3.29, rel=ROUNDED_LOG)
    assert r["kL"] * HOURS_A_WEEK == pytest.approx(0.00951, rel=ROUNDED_LOG)
    assert srimani_2022.no_nadir() == pytest.approx(0.047, abs=1e-3)
    assert np.exp(srimani_2022.TYPICAL["drop_ln_aBL"]) == pytest.approx(1.16, abs=1e-3)


def test_srimani_agrees_with_other_runs() -> None:
    r = srimani_2022.rates()
    t = HOURS_A_WEEK * np.array([4.0, 8.0, 12.0])
    level = srimani_2022.m_protein(t, srimani_2022.closed_form(t, r), 23.0, np.inf, r)
    assert level == pytest.approx([11.90, 7.04, 4.92], abs=TWO_DECIMALS)
    assert np.log(2.0) / r["kr"] / 24.0 == pytest.approx(23.5, abs=0.05)


def test_srimani_covariates() -> None:
    r = srimani_2022.rates(high_risk=1.0, imid_naive=1.0)
    typical = srimani_2022.rates()
    assert r["kr"] / typical["kr"] == pytest.approx(1.59)
    assert r["Yss"] / typical["Yss"] == pytest.approx(0.573)
    # At the half effect the drug takes half of Imax off the plateau.
    level = srimani_2022.plateau(typical["IC50"], typical)
    assert level == pytest.approx(typical["Yss"] * (1.0 - 0.758 / 2.0))


def test_srimani_closed_form_solves_its_equation() -> None:
    r = srimani_2022.rates()
    t = HOURS_A_WEEK * np.array([1.0, 10.0, 100.0])
    run = solve_ivp(
        lambda t, y: srimani_2022.right_hand_side(t, y, r, C=12.0),
        (0.0, t[-1]),
        srimani_2022.initial(),
        method="DOP853",
        t_eval=t,
        rtol=1e-12,
        atol=1e-12,
    )
    assert run.y[0] == pytest.approx(srimani_2022.closed_form(t, r, C=12.0), rel=SOLVER)


def test_srimani_relapse_by_quadrature() -> None:
    r = srimani_2022.rates()
    for end in (1000.0, 20000.0):
        area, _ = quad(lambda t: float(srimani_2022.relapse_hazard(t, r, C=5.0)), 0.0, end)
        survival = srimani_2022.relapse_survival(end, r, C=5.0)
        assert np.exp(-area) == pytest.approx(float(survival), rel=SOLVER)


def test_srimani_hazards_begin_late() -> None:
    r = srimani_2022.rates()
    onset = np.exp(6.86)
    assert srimani_2022.dropout_hazard([0.0, onset], 1.5, 0.2).tolist() == [0.0, 0.0]
    late = srimani_2022.dropout_hazard(1e12, [1.0, 2.0], 0.2)
    assert late == pytest.approx([4.36e-5, 4.36e-5 + 2.0 * np.exp(-6.60)], rel=2e-3)
    reference = {"kr": 0.001488, "Yss": 0.15}
    assert srimani_2022.pfs_hazard(1e12, reference, 23.0, 0.0) == pytest.approx(np.exp(-9.21))
    treated = srimani_2022.pfs_hazard(1e12, reference, 23.0, 1247.0)
    assert treated / np.exp(-9.21) == pytest.approx(0.260, abs=1e-3)
    assert srimani_2022.pfs_hazard(10.0, r, 46.0, 0.0) > srimani_2022.pfs_hazard(10.0, r, 23.0, 0.0)
