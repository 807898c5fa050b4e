"""Second readings of Singh 2021 and Stein 2019 against published numbers and against the library.

The numbers come from the table of oracles in the review of models: those of Singh 2021 from the
article of nlmixr2lib on the model (`OUTSIDE`) and from own runs with another solver, those of
Stein 2019 from the abstract of the paper and from the closed form.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from leucel.library.review import singh_2021, stein_2019

# Tight enough that the solver does not show in any printed digit.
RTOL = 1e-10
ATOL_SINGH = np.array([1e-4, 1e-8, 1e-6, 1e-8, 1e-4, 1e-4, 1e-12, 1e-9, 1e-6])
# The oracles are printed with four to five digits.
PRINTED_5 = 2e-5
PRINTED_4 = 1e-3
# Percent changes are printed with one decimal.
HALF_A_DECIMAL = 0.051
# Table entries of the variability of Stein 2019 come from a sample of 200,000.
SAMPLED = 0.01
IDENTITY = 1e-12
SOLVER = 1e-9

OUTSIDE = {50e6: (37411.0, -92.5), 150e6: (36479.0, -92.4), 450e6: (35743.0, -92.3)}
OWN = {
    # 0.25-day grid: Cmax, Tmax, AUC 0-28, transgene d28 and d90, M-protein d28 and d90, nadir U/U0
    50e6: (37441.0, 16.25, 433820.0, 8831.0, 146.0, -55.7, -92.5, 5.3e-6),
    150e6: (36537.0, 15.25, 432150.0, 7261.0, 140.0, -58.3, -92.4, 5.6e-6),
    450e6: (35770.0, 14.25, 431200.0, 5992.0, 134.0, -60.8, -92.3, 5.8e-6),
}


def _with_area(t: float, z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Derivatives of Singh's states and of the area under the transgene."""
    return np.append(singh_2021.right_hand_side(t, z[:8]), singh_2021.outputs(z[:8])["transgene"])


@pytest.fixture(scope="module", params=sorted(OUTSIDE), ids="{:.0e}".format)
def typical_course(request: pytest.FixtureRequest) -> tuple[float, NDArray, dict, NDArray]:
    """Dose, times on a quarter of a day, outputs, area, for the typical patient of Singh 2021."""
    dose = request.param
    t = np.arange(0.0, 90.125, 0.25)
    start = np.append(singh_2021.initial(dose), 0.0)
    run = solve_ivp(
        _with_area, (0.0, 90.0), start, method="LSODA", t_eval=t, rtol=RTOL, atol=ATOL_SINGH
    )
    assert run.success
    return dose, t, singh_2021.outputs(run.y[:8]), run.y[8]


def test_singh_agrees_with_the_article(typical_course: tuple) -> None:
    dose, t, out, _ = typical_course
    cmax, nadir = OUTSIDE[dose]
    after_day_1 = (t >= 1) & (t % 0.5 == 0)
    assert out["transgene"][after_day_1].max() == pytest.approx(cmax, rel=PRINTED_5)
    assert out["m_protein_change"].min() == pytest.approx(nadir, abs=HALF_A_DECIMAL)


def test_singh_agrees_with_other_runs(typical_course: tuple) -> None:
    dose, t, out, area = typical_course
    cmax, tmax, auc, day_28, day_90, m_28, m_90, tumor = OWN[dose]
    late = np.where(t >= 1, out["transgene"], 0.0)
    assert late.max() == pytest.approx(cmax, rel=PRINTED_5)
    assert t[late.argmax()] == tmax
    assert area[t == 28] == pytest.approx(auc, rel=PRINTED_5)
    assert out["transgene"][t == 28] == pytest.approx(day_28, rel=PRINTED_4)
    assert out["transgene"][-1] == pytest.approx(day_90, abs=0.5)
    assert out["m_protein_change"][t == 28] == pytest.approx(m_28, abs=HALF_A_DECIMAL)
    assert out["m_protein_change"][-1] == pytest.approx(m_90, abs=HALF_A_DECIMAL)
    assert 86 <= t[out["m_protein_change"].argmin()] <= 89
    assert out["tumor_relative"].min() == pytest.approx(tumor, abs=0.06e-6)
    assert 65 <= t[out["tumor_relative"].argmin()] <= 68


def test_singh_starts_in_balance_without_cells() -> None:
    """Without CAR-T cells both biomarkers stand still but for the growth of the tumor."""
    start = singh_2021.initial(0.0)
    rates = singh_2021.right_hand_side(0.0, start)
    assert rates[6:] == pytest.approx([0.0, 0.0], abs=1e-12)
    assert rates[5] == pytest.approx(singh_2021.TYPICAL["kg"] * start[5])


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
