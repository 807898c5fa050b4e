"""Scales of the search: there and back, inside the bounds, refusals."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leucel.core import InputError
from leucel.estimate.scales import search_parameters

INF = math.inf


@pytest.mark.parametrize(
    ("bounds", "scale"),
    [
        ((-INF, INF), "plain"),
        ((0.0, INF), "log"),
        ((-3.0, INF), "log"),
        ((0.0, 1.0), "logit"),
        ((2.0, 9.0), "logit"),
        ((1e-6, 1e-1), "logit_log"),
    ],
)
def test_the_scale_follows_from_the_bounds(bounds: tuple[float, float], scale: str) -> None:
    low, high = bounds
    start = 0.05 if high == 1e-1 else max(low, 0.0) + 0.5
    (found,) = search_parameters({"k": start}, {"k": bounds}, {})
    assert found.scale == scale
    assert found.from_search(found.to_search(start)) == pytest.approx(start, rel=1e-12)


@given(st.floats(-1e3, 1e3))
def test_no_step_leaves_the_bounds(x: float) -> None:
    start = {"share": 0.5, "rate": 0.01, "free": 1.0}
    bounds = {"share": (0.0, 1.0), "rate": (1e-6, 1.0), "free": (0.0, INF)}
    for each in search_parameters(start, bounds, {}):
        value = each.from_search(x)
        assert each.low <= value <= each.high
        assert math.isfinite(value)


@given(st.floats(-10, 10))
def test_scales_are_undone(x: float) -> None:
    start = {"share": 0.5, "rate": 0.01, "free": 1.0, "plain": 3.0}
    bounds = {"share": (-2.0, 1.0), "rate": (1e-6, 1.0), "free": (0.0, INF)}
    for each in search_parameters(start, bounds, {}):
        assert each.to_search(each.from_search(x)) == pytest.approx(x, abs=1e-6)


def test_all_faults_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        search_parameters(
            {"a": 1.0, "b": 0.0, "c": 2.0, "d": math.nan},
            {"a": (2.0, 3.0), "b": (0.0, 1.0), "cc": (0.0, 1.0)},
            {"c": "log", "d": "plain"},
        )
    told = "\n".join(str(problem) for problem in caught.value.problems)
    assert "unknown parameter to estimate 'cc'" in told
    assert "did you mean 'c'" in told
    assert "'a' does not start between its bounds" in told
    assert "'b' does not start between its bounds" in told
    assert "'c' needs a lower bound alone" in told
    assert "'d' does not start" in told


@pytest.mark.parametrize(
    ("bounds", "scale"),
    [
        ((0.0, 1.0), "log"),
        ((0.0, INF), "logit"),
        ((0.0, 1.0), "logit_log"),
        ((0.0, 1.0), "sqrt"),
        ((-INF, 1.0), None),
    ],
)
def test_scales_that_do_not_fit_are_refused(bounds, scale) -> None:
    with pytest.raises(InputError):
        search_parameters({"k": 0.5}, {"k": bounds}, {"k": scale} if scale else {})
