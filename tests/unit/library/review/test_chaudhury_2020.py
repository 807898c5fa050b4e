"""The second reading of the three models of Chaudhury 2020 against other runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from leucel.library.review import chaudhury_2020

# The review prints four to five digits.
PRINTED = 1e-4
RTOL = 1e-10


def course(
    derivatives: Callable[..., NDArray], p: Mapping[str, float], days: list[float]
) -> tuple[NDArray, NDArray]:
    """State at the switch, and states on later days."""
    rise = solve_ivp(
        lambda t, y: derivatives(min(t, p["Tm"]), y, p),
        (0.0, p["Tm"]),
        chaudhury_2020.initial(p),
        method="LSODA",
        rtol=RTOL,
        atol=1e-12,
    )
    after = np.nextafter(p["Tm"], 10.0)
    fall = solve_ivp(
        lambda t, y: derivatives(max(t, after), y, p),
        (p["Tm"], days[-1]),
        rise.y[:, -1],
        method="LSODA",
        t_eval=days,
        rtol=RTOL,
        atol=1e-12,
    )
    return rise.y[:, -1], fall.y


def test_lotka_volterra_agrees_with_other_runs() -> None:
    run = solve_ivp(
        chaudhury_2020.right_hand_side_lv,
        (0.0, 9.3),
        chaudhury_2020.initial_lv(),
        method="LSODA",
        t_eval=[5.0, 9.3],
        rtol=RTOL,
        atol=1e-10,
    )
    assert run.y[0] == pytest.approx([14557.0, 7933.9], rel=PRINTED)
    assert run.y[1, 0] == pytest.approx(87.35, rel=PRINTED)


def test_ec50_agrees_with_other_runs() -> None:
    at_switch, later = course(
        chaudhury_2020.right_hand_side_ec50, chaudhury_2020.EC50, [14.0, 28.0]
    )
    assert at_switch[0] == pytest.approx(22818.0, rel=PRINTED)
    assert later[0] == pytest.approx([10697.0, 1119.8], rel=PRINTED)
    assert later[1, 0] == pytest.approx(89.48, rel=PRINTED)


def test_first_order_agrees_with_other_runs_and_with_its_closed_form() -> None:
    p = chaudhury_2020.FIRST
    at_switch, later = course(chaudhury_2020.right_hand_side_first, p, [14.0, 28.0])
    assert at_switch[0] == pytest.approx(109380.0, rel=PRINTED)
    assert later[1, 1] == pytest.approx(741.7, rel=PRINTED)
    exact = chaudhury_2020.first_closed_form([14.0, 28.0], p)
    assert later[:2] == pytest.approx(exact, rel=1e-8)


def test_growth_is_gated_and_ends_at_the_capacity() -> None:
    p = chaudhury_2020.EC50
    assert chaudhury_2020.growth(p["Um"], p) == 0.0
    # At the threshold the gate is half open.
    half = 0.5 * p["g"] * p["Uc"] * (np.log(p["Um"]) - np.log(p["Uc"])) / np.log(p["Um"])
    assert chaudhury_2020.growth(p["Uc"], p) == pytest.approx(half)
    assert chaudhury_2020.growth(np.array([0.0, -1e-20]), p).tolist() == [0.0, 0.0]
