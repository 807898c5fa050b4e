"""The second reading of CARRGO against the deposited fits and its own closed form."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from leucel.library.review import brummer_2022

COLUMNS = {"rho": "rho", "kappainv": "kinv", "kappac1": "k1", "kappac2": "k2", "theta": "th"}


def test_brummer_has_the_deposited_fits(shared: Callable[[str], Path]) -> None:
    deposited: dict[tuple[str, float], dict[str, float]] = {}
    with shared("evidence/models_parameters.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["model"].startswith("Brummer2022") and row["model"].endswith("_dex=0"):
                _, line, start, _ = row["model"].split("_")
                key = (line, float(start.removeprefix("y0=")))
                deposited.setdefault(key, {})[row["parameter"]] = float(row["value"])
    assert set(deposited) == set(brummer_2022.arms())
    for (line, start), values in deposited.items():
        ours = brummer_2022.arm(line, start)
        for name, value in values.items():
            # The table of the review has four decimals, or four digits.
            assert ours[COLUMNS[name]] == pytest.approx(value, rel=5e-3, abs=6e-5), (line, name)


@pytest.mark.parametrize("line", ["PBT1", "PBT2", "PBT4"])
def test_brummer_without_cells_is_logistic(line: str) -> None:
    p = brummer_2022.arm(line, 0.0)
    t = np.array([10.0, 60.0, 140.0])
    run = solve_ivp(
        lambda t, z: brummer_2022.right_hand_side(t, z, p),
        (0.0, t[-1]),
        [1.0, 0.0],
        t_eval=t,
        rtol=1e-11,
        atol=1e-13,
    )
    assert run.y[0] == pytest.approx(brummer_2022.logistic(t, 1.0, p), rel=1e-8)
    assert run.y[1].tolist() == [0.0] * 3


def test_brummer_dexamethasone_halves_by_its_half_life() -> None:
    p = brummer_2022.TYPICAL | {"c0": 0.2, "c3": 0.1, "t0": 5.0}
    plain = brummer_2022.right_hand_side(0.0, [1.0, 0.5], brummer_2022.TYPICAL)
    for half_lives, left in ((0.0, 1.0), (1.0, 0.5), (2.0, 0.25)):
        t = 5.0 + half_lives * brummer_2022.DEX_HALF_LIFE
        lost = plain - brummer_2022.right_hand_side(t, [1.0, 0.5], p)
        assert lost == pytest.approx([0.2 * left, 0.05 * left])


def test_brummer_tumor_without_growth_and_loss_falls_with_the_cells() -> None:
    # Killing and expansion are of one term: k2 x + k1 y stays where growth and loss are off.
    p = brummer_2022.TYPICAL | {"rho": 0.0}
    dx, dy = brummer_2022.right_hand_side(0.0, [1.3, 0.4], p)
    assert p["k2"] * dx + p["k1"] * dy == pytest.approx(0.0, abs=1e-16)
