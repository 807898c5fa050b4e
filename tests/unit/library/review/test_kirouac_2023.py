"""The second reading of Kirouac 2023 against other runs of three fits."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from leucel.library.review import kirouac_2023

# The review prints four to five digits, of runs in which cells are floored at none.
PRINTED = 1e-3
DAYS = np.arange(0.0, 40.25, 0.5)
RUNS = {
    "CR": (kirouac_2023.CR_SET5, 1.2849e8, 22.0, 9.127e-4),
    "PR": (kirouac_2023.PR_SET2, 2.9405e7, 17.5, 0.01894),
    "NR": (kirouac_2023.NR_SET1, 6.0904e5, 16.0, 1.313),
}


def course(p: Mapping[str, float]) -> dict[str, np.ndarray]:
    run = solve_ivp(
        lambda t, y: kirouac_2023.right_hand_side(t, y, p),
        (0.0, DAYS[-1]),
        kirouac_2023.initial(),
        method="LSODA",
        t_eval=DAYS,
        rtol=1e-10,
        atol=1e-6,
    )
    assert run.success
    return kirouac_2023.outputs(run.y)


@pytest.mark.parametrize("group", RUNS)
def test_kirouac_agrees_with_other_runs(group: str) -> None:
    p, cmax, day, left = RUNS[group]
    out = course(p)
    assert out["total"].max() == pytest.approx(cmax, rel=PRINTED)
    assert DAYS[out["total"].argmax()] == day
    assert out["tumor"][56] / kirouac_2023.B0 == pytest.approx(left, rel=PRINTED)


def test_kirouac_complete_response_by_day() -> None:
    out = course(kirouac_2023.CR_SET5)
    at = [14, 28, 56]
    assert out["total"][at] == pytest.approx([1.512e6, 4.597e7, 1.094e8], rel=PRINTED)
    assert out["tumor"][at] / 1e10 == pytest.approx([0.0382, 0.00906, 9.13e-4], rel=PRINTED)


def test_kirouac_engrafts_one_cell_of_one_and_the_loss() -> None:
    # Without birth, death and antigen the cells that come to the pools stay in their weights.
    p = kirouac_2023.CR_SET5 | dict.fromkeys(
        ("muM", "muE", "kex", "dM", "dE1", "dE2", "dX", "rM"), 0.0
    )
    run = solve_ivp(
        lambda t, y: kirouac_2023.right_hand_side(t, y, p),
        (0.0, 20.0),
        kirouac_2023.initial(),
        method="LSODA",
        rtol=1e-10,
        atol=1e-8,
    )
    pools = run.y[:4, -1]
    assert pools.sum() == pytest.approx(1e8 / (1.0 + p["floss"]), rel=1e-7)
    weights = np.array([p[f"w{i}"] for i in range(1, 5)])
    assert pools / pools.sum() == pytest.approx(weights / weights.sum(), rel=1e-7)


def test_kirouac_counts_less_than_none_as_none() -> None:
    y = kirouac_2023.initial()
    y[2] = -1e-3
    assert np.isfinite(kirouac_2023.right_hand_side(0.0, y)).all()
