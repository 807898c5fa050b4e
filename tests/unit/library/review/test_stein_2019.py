"""The second reading of Stein 2019 against the paper, and its two forms against each other."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from leucel.library.review import stein_2019

# The quantiles of the review come from a sample of 200,000.
SAMPLED = 0.01
IDENTITY = 1e-12
SOLVER = 1e-9


def test_stein_agrees_with_the_paper() -> None:
    lives = stein_2019.half_lives()
    assert lives["doubling"] == pytest.approx(0.78, abs=0.005)
    assert lives["fast"] == pytest.approx(4.3, abs=0.05)
    # The paper prints 220 d from a rate that it rounds to two digits.
    assert lives["slow"] == pytest.approx(220.0, rel=0.02)


def test_stein_agrees_with_other_runs() -> None:
    y = stein_2019.closed_form([3.0, 7.0, 9.3, 14.0, 28.0])
    assert y == pytest.approx([88.62, 3105.3, 24000.0, 11411.5, 1373.56], rel=6e-5)
    assert stein_2019.auc(28.0) == pytest.approx(171774.285, rel=1e-8)
    assert stein_2019.auc(1e6) == pytest.approx(235051.0, abs=0.5)
    assert stein_2019.auc_whole_line() == pytest.approx(235058.0, abs=0.5)


@pytest.mark.parametrize(
    ("parameter", "as_variances", "as_deviations"),
    [("Cm", (6346.0, 89990.0), (8273.0, 69950.0)), ("Tm", (3.4, 25.5), (5.0, 17.4))],
)
def test_stein_spreads_by_either_reading(
    parameter: str, as_variances: tuple[float, float], as_deviations: tuple[float, float]
) -> None:
    typical, printed = stein_2019.TYPICAL[parameter], stein_2019.TABULATED[parameter]
    z = 1.6448536269514722
    for deviation, (low, high) in ((np.sqrt(printed), as_variances), (printed, as_deviations)):
        assert typical * np.exp(-z * deviation) == pytest.approx(low, rel=SAMPLED)
        assert typical * np.exp(z * deviation) == pytest.approx(high, rel=SAMPLED)


def test_stein_closed_form_solves_its_equations() -> None:
    p = stein_2019.TYPICAL
    t_max = p["Tm"]
    # The last instant before the peak stands for the left limit of the right-hand side.
    left = np.nextafter(t_max, 0.0)
    rise = solve_ivp(
        lambda t, y: stein_2019.right_hand_side(min(t, left), y),
        (0.0, t_max),
        stein_2019.initial(),
        method="DOP853",
        rtol=1e-12,
        atol=1e-12,
    )
    times = np.array([t_max, 14.0, 28.0, 400.0])
    fall = solve_ivp(
        stein_2019.right_hand_side,
        (t_max, 400.0),
        rise.y[:, -1],
        method="DOP853",
        t_eval=times,
        rtol=1e-12,
        atol=1e-12,
    )
    ours = stein_2019.outputs(fall.y)["transgene"]
    assert ours == pytest.approx(stein_2019.closed_form(times), rel=SOLVER)
    k = p["B"] * (p["a"] - p["b"])
    later = times - t_max
    memory = k * p["Cm"] * (np.exp(-p["b"] * later) - np.exp(-p["a"] * later)) / (p["a"] - p["b"])
    whole = p["Cm"] * np.exp(-p["a"] * later) + memory
    assert whole == pytest.approx(stein_2019.closed_form(times), rel=IDENTITY)
