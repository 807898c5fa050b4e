"""The second reading of Mueller-Schoell 2021 against the paper and other runs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from leucel.library.review import mueller_schoell_2021

# Medians of the review are printed with four digits, the typical patient with four or five.
PRINTED = 5e-4
# The paper's median is of simulated patients with random effects, ours without.
PAPER_CMAX = 0.08
DAYS = np.arange(0.0, 28.25, 0.5)


def exposure(p: Mapping[str, float]) -> tuple[float, float, float, float]:
    """Cmax, day of it, area to day 28 by trapezoid on half days, and tumor on day 28."""
    run = solve_ivp(
        lambda t, y: mueller_schoell_2021.right_hand_side(t, y, p),
        (0.0, 28.0),
        mueller_schoell_2021.initial(p),
        method="LSODA",
        t_eval=DAYS,
        rtol=1e-10,
        atol=1e-12,
    )
    assert run.success
    out = mueller_schoell_2021.outputs(run.y)
    total = out["total"]
    area = float(np.trapezoid(total, DAYS))
    return float(total.max()), float(DAYS[total.argmax()]), area, float(out["tumor"][-1])


def test_mueller_schoell_typical_patient_agrees_with_other_runs() -> None:
    seen = exposure(mueller_schoell_2021.TYPICAL)
    assert seen == pytest.approx((7.179, 16.5, 139.25, 18.41), rel=PRINTED)


def test_mueller_schoell_medians_of_the_reference_class() -> None:
    names = ("MTV", "ASCT", "R7", "low")
    rows = [dict(zip(names, row, strict=True)) for row in mueller_schoell_2021.PATIENTS]
    reference = [row for row in rows if not row["low"]]
    assert (len(rows), len(reference)) == (19, 15)
    seen = np.median([exposure(mueller_schoell_2021.TYPICAL | row) for row in reference], axis=0)
    assert seen[:3] == pytest.approx([12.780, 12.0, 231.89], rel=PRINTED)
    assert seen[0] == pytest.approx(13.8, rel=PAPER_CMAX)
    volumes = [row["MTV"] for row in rows]
    assert (min(volumes), np.median(volumes), max(volumes)) == (2.54, 85.7, 3555.0)


def test_mueller_schoell_variances_are_those_of_the_printed_variation() -> None:
    for name, cv in (("vref", 1.50), ("w2", 3.07)):
        omega2 = np.log1p(cv**2)
        assert mueller_schoell_2021.OMEGA2[name] == pytest.approx(omega2, abs=5.1e-4), name
    for name, cv in (("N", 0.591), ("C", 0.859), ("M", 1.20), ("F", 0.706), ("T", 1.15)):
        deviation = np.sqrt(np.log1p(cv**2))
        assert mueller_schoell_2021.RESIDUAL[name] == pytest.approx(deviation, abs=2e-3), name
    p = mueller_schoell_2021.TYPICAL
    assert p["e"] == pytest.approx(0.02 * p["e4"], rel=5e-3)


def test_mueller_schoell_classes() -> None:
    p = mueller_schoell_2021.TYPICAL | {"ASCT": 1.0, "R7": 0.25}
    assert mueller_schoell_2021.expansion(p) == pytest.approx(0.00846 * 3.53 * 0.25**-0.385)
    assert mueller_schoell_2021.expansion(p | {"low": 1.0}) == pytest.approx(0.0007 * 3.53)
