"""The second reading of Hardiansyah and Ng 2019 against other runs and its structure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from leucel.library.review import hardiansyah_2019

RTOL = 1e-10
# The outside numbers come from a grid of a tenth of a day and one output from a figure.
PEAKS = 2e-3
# Settled: both pools decline at one rate, a few thousandths from that of fast exchange.
LATE = 6e-3


def course(p: Mapping[str, float], days: NDArray) -> tuple[NDArray, NDArray]:
    """Times and states after the three infusions, each infusion starting a new stretch."""
    y = hardiansyah_2019.initial(p)
    ends = [start for start, _ in hardiansyah_2019.SPLIT[1:]] + [float(days[-1])]
    times, states = [], []
    for (start, share), end in zip(hardiansyah_2019.SPLIT, ends, strict=True):
        y = y.copy()
        y[1] += share * p["dose"]
        run = solve_ivp(
            lambda t, y: hardiansyah_2019.right_hand_side(t, y, p),
            (start, end),
            y,
            method="LSODA",
            t_eval=np.unique([start, *days[(days >= start) & (days <= end)], end]),
            rtol=RTOL,
            atol=1e-15,
        )
        times.append(run.t)
        states.append(run.y)
        y = run.y[:, -1]
    return np.concatenate(times), np.concatenate(states, axis=1)


def peaks(t: NDArray, y: NDArray, names: Sequence[str]) -> list[float]:
    out = hardiansyah_2019.outputs(y)
    # The spikes of the infusions are no peaks.
    return [float(out[name][t > 2.5].max()) for name in names]


def test_hardiansyah_upn1_agrees_with_other_runs() -> None:
    t, y = course(hardiansyah_2019.UPN1, np.arange(0.0, 50.01, 0.05))
    expected = [2.5495, 0.00734, 2747.6, 915.0, 828.0]
    seen = peaks(t, y, ["total", "memory", "IL6", "IL10", "IFN"])
    assert seen == pytest.approx(expected, rel=PEAKS)
    out = hardiansyah_2019.outputs(y)
    assert t[t > 2.5][out["total"][t > 2.5].argmax()] == pytest.approx(3.8, abs=0.051)
    assert out["B"][-1] == pytest.approx(0.291, abs=5.1e-4)
    inside = t <= 28.0
    area = np.trapezoid(out["total"][inside], t[inside])
    assert area == pytest.approx(14.59, abs=0.02)


def test_hardiansyah_upn3_agrees_with_other_runs() -> None:
    t, y = course(hardiansyah_2019.UPN3, np.arange(0.0, 40.01, 0.05))
    assert peaks(t, y, ["total", "IL6"]) == pytest.approx([0.0969, 49.3], rel=PEAKS)
    out = hardiansyah_2019.outputs(y)
    assert t[out["total"].argmax()] == pytest.approx(27.2, abs=0.051)
    assert t[out["IL6"].argmax()] == pytest.approx(19.2, abs=0.051)


def test_hardiansyah_without_cells_is_at_rest_but_for_the_leukemia() -> None:
    for p in (hardiansyah_2019.UPN1, hardiansyah_2019.UPN3):
        rates = hardiansyah_2019.right_hand_side(0.0, hardiansyah_2019.initial(p), p)
        assert rates[0] / p["B0"] == pytest.approx(0.0017, rel=1e-10)
        assert rates[1:].tolist() == [0.0] * 7


def test_hardiansyah_moves_cells_without_loss() -> None:
    still = {"rE": 0.0, "dE": 0.0, "rM": 0.0, "dM": 0.0}
    p = hardiansyah_2019.UPN1 | still
    _, y = course(p, np.array([0.0, 10.0]))
    assert y[1:5, -1].sum() == pytest.approx(1.1, rel=1e-8)


def test_hardiansyah_ends_at_the_rate_of_fast_exchange() -> None:
    p = hardiansyah_2019.UPN1
    t, y = course(p, np.arange(0.0, 401.0))
    slope = -np.log(y[3, -1] / y[3, t == 300.0][0]) / 100.0
    assert slope == pytest.approx(hardiansyah_2019.terminal_rate(p), rel=LATE)
    assert y[4, -1] / y[3, -1] == pytest.approx(p["kin"] / p["kout"], rel=LATE)
