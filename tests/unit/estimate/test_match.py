"""Matching targets: recovery, noise in steps, honesty about what cannot be known."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

import numpy as np
import pytest

from leucel.core import InputError, RandomStream
from leucel.estimate import MatchOptions, match_targets

INF = math.inf
NORMALS = RandomStream(20).normal("eta", subjects=1000, size=2)


def cohort(theta: Mapping[str, float]) -> dict[str, float]:
    """Summary of a thousand courses with common random numbers; rates move in steps of 0.1%."""
    cmax = theta["median"] * np.exp(theta["sigma"] * NORMALS[:, 0])
    time = theta["months"] * np.exp(0.8 * NORMALS[:, 1])
    return {
        "cmax_mean": float(cmax.mean()),
        "cmax_sd": float(cmax.std()),
        "pfs_12": 100.0 * float(np.mean(time > 12.0)),
        "high": 100.0 * float(np.mean(cmax > 50_000)),
    }


TRUE = {"median": 42_500.0, "sigma": 0.52, "months": 22.0}
START = {"median": 5_000.0, "sigma": 1.5, "months": 5.0}
BOUNDS = {"median": (0.0, INF), "sigma": (0.01, 3.0), "months": (0.0, INF)}


def weighted(statistics: Mapping[str, float], share: float = 0.05) -> dict:
    return {name: (value, 1.0 / (share * value)) for name, value in statistics.items()}


def test_known_parameters_are_recovered_from_their_own_statistics() -> None:
    found = match_targets(cohort, weighted(cohort(TRUE)), START, BOUNDS)
    assert found.converged
    assert found.identifiability is not None
    assert found.identifiability.identified
    # One step of a rate (0.1 points of 78) moves the median time by about 0.4%.
    for name, value in TRUE.items():
        assert found.parameters[name] == pytest.approx(value, rel=0.01), name
    assert abs(found.worst.residual) < 0.1


@pytest.mark.parametrize("factor", [0.2, 0.5, 2.0, 5.0])
def test_the_start_does_not_decide(factor: float) -> None:
    start = {"median": 42_500.0 * factor, "sigma": 0.52, "months": 22.0 * factor}
    found = match_targets(cohort, weighted(cohort(TRUE)), start, BOUNDS)
    for name, value in TRUE.items():
        assert found.parameters[name] == pytest.approx(value, rel=0.02), name


def test_the_jacobian_is_that_of_the_weighted_residuals() -> None:
    """d(weight*(3a - b))/da = 3 weight; on a log scale d/d(log b) = b d/db."""
    found = match_targets(
        lambda theta: {"x": 3 * theta["a"] - theta["b"], "y": theta["b"]},
        {"x": (1.0, 2.0), "y": (4.0, 1.0)},
        {"a": 1.0, "b": 3.0},
        {"b": (0.0, INF)},
    )
    # Central differences of the exponential over +-5% are high by 0.05**2 / 6.
    expected = np.array([[6.0, -8.0], [0.0, 4.0]])
    np.testing.assert_allclose(found.jacobian, expected, rtol=2e-3, atol=1e-9)


def test_conflicting_targets_meet_in_the_weighted_middle() -> None:
    """Two published values of one quantity: the weighted mean is the answer of least squares."""
    found = match_targets(
        lambda theta: {"one": theta["rate"], "two": theta["rate"]},
        {"one": (10.0, 1.0), "two": (20.0, 3.0)},
        {"rate": 5.0},
    )
    assert found.parameters["rate"] == pytest.approx((10.0 + 9 * 20.0) / 10, rel=1e-3)
    assert found.sum_of_squares == pytest.approx(90.0, rel=1e-3)
    assert found.worst.name == "one"


def test_a_product_cannot_be_taken_apart() -> None:
    found = match_targets(
        lambda theta: {"x": theta["a"] * theta["b"], "y": 2 * theta["a"] * theta["b"]},
        {"x": (3.0, 1.0), "y": (6.0, 1.0)},
        {"a": 1.0, "b": 1.0},
        {"a": (0.0, INF), "b": (0.0, INF)},
    )
    judged = found.identifiability
    assert judged is not None
    assert found.parameters["a"] * found.parameters["b"] == pytest.approx(3.0, rel=0.01)
    assert not judged.identified
    assert judged.rank == 1
    assert judged.loose == (("a", "b"),)
    assert "only a combination of a, b is fixed" in judged.sentence


def test_a_parameter_without_effect_is_named() -> None:
    found = match_targets(
        lambda theta: {"x": theta["a"], "y": theta["a"] ** 2},
        {"x": (3.0, 1.0), "y": (9.0, 1.0)},
        {"a": 1.0, "idle": 1.0},
        {"a": (0.0, INF), "idle": (0.0, INF)},
    )
    judged = found.identifiability
    assert judged is not None
    assert judged.loose == (("idle",),)
    assert "idle has no effect of its own" in judged.sentence
    assert found.parameters["idle"] == pytest.approx(1.0, rel=1e-6)


def test_fewer_targets_than_parameters_is_said() -> None:
    found = match_targets(
        lambda theta: {"x": theta["a"] + theta["b"]}, {"x": (3.0, 1.0)}, {"a": 1.0, "b": 1.0}
    )
    assert found.targets[0].simulated == pytest.approx(3.0, rel=MatchOptions().tolerance)
    assert found.identifiability is not None
    assert "1 targets for 2 parameters" in found.identifiability.sentence


def test_a_target_out_of_reach_is_missed_openly() -> None:
    found = match_targets(
        lambda theta: {"rate": 100 * theta["share"]},
        {"rate": (130.0, 1.0)},
        {"share": 0.5},
        {"share": (0.0, 1.0)},
    )
    assert found.parameters["share"] > 0.99
    assert found.worst.residual == pytest.approx(-30.0, abs=1.0)


def test_bounds_are_never_crossed() -> None:
    seen: list[float] = []

    def simulate(theta: Mapping[str, float]) -> dict[str, float]:
        seen.append(theta["share"])
        return {"x": theta["share"]}

    match_targets(simulate, {"x": (5.0, 10.0)}, {"share": 0.2}, {"share": (0.1, 0.6)})
    assert all(0.1 <= value <= 0.6 for value in seen)


def test_no_parameters_are_simulated_twice() -> None:
    seen: list[tuple[float, ...]] = []

    def simulate(theta: Mapping[str, float]) -> dict[str, float]:
        seen.append(tuple(theta.values()))
        return cohort(theta)

    found = match_targets(simulate, weighted(cohort(TRUE)), START, BOUNDS)
    assert len(seen) == len(set(seen)) == found.simulations


def test_the_same_input_gives_the_same_result() -> None:
    first = match_targets(cohort, weighted(cohort(TRUE)), START, BOUNDS)
    second = match_targets(cohort, weighted(cohort(TRUE)), START, BOUNDS)
    assert first.to_summary() == second.to_summary()


@pytest.mark.parametrize("budget", [1, 3, 7, 12])
def test_a_spent_budget_is_told_and_keeps_the_best(budget: int) -> None:
    targets = weighted(cohort(TRUE))
    found = match_targets(
        cohort, targets, START, BOUNDS, options=MatchOptions(max_simulations=budget)
    )
    assert found.simulations == budget
    assert not found.converged
    assert "without reaching the tolerance" in found.reason
    assert found.sum_of_squares <= found.start_sum_of_squares
    again = cohort(found.parameters)
    assert found.targets[0].simulated == pytest.approx(again["cmax_mean"], rel=1e-9)
    assert (found.identifiability is None) == (budget < 7)
    json.dumps(found.to_summary(), allow_nan=False)


def test_simulations_that_fail_are_walked_around() -> None:
    """No number above 30: the search has to stay below and still find 25 from 1."""

    def simulate(theta: Mapping[str, float]) -> dict[str, float]:
        return {"x": theta["k"] if theta["k"] < 30.0 else math.nan}

    found = match_targets(simulate, {"x": (25.0, 1.0)}, {"k": 1.0}, {"k": (0.0, INF)})
    assert found.parameters["k"] == pytest.approx(25.0, rel=1e-2)
    edge = match_targets(simulate, {"x": (29.9, 1.0)}, {"k": 1.0}, {"k": (0.0, INF)})
    assert edge.parameters["k"] == pytest.approx(29.9, rel=0.02)


def test_a_start_without_a_number_is_refused() -> None:
    with pytest.raises(InputError, match="start from other parameters"):
        match_targets(lambda theta: {"x": math.nan}, {"x": (1.0, 1.0)}, {"k": 1.0})


def test_a_target_that_the_simulation_does_not_know_is_named() -> None:
    with pytest.raises(InputError, match="does not give 'orr'"):
        match_targets(lambda theta: {"cr": 1.0}, {"orr": (1.0, 1.0)}, {"k": 1.0})


@pytest.mark.parametrize(
    "targets",
    [{}, {"x": (math.nan, 1.0)}, {"x": (1.0, 0.0)}, {"x": (1.0, -1.0)}, {"x": (1.0, math.inf)}],
)
def test_unusable_targets_are_refused(targets: dict) -> None:
    with pytest.raises(InputError):
        match_targets(lambda theta: {"x": 1.0}, targets, {"k": 1.0})


def test_unusable_options_are_refused_together() -> None:
    with pytest.raises(InputError) as caught:
        MatchOptions(step=0.0, tolerance=2.0, max_simulations=0, condition_limit=1.0)
    assert len(caught.value.problems) == 4


def test_progress_is_told_of_every_simulation() -> None:
    class Counter:
        def __init__(self) -> None:
            self.told: list[object] = []

        def start(self, name: str, total: int) -> None:
            self.told.append((name, total))

        def advance(self, units: int = 1) -> None:
            self.told.append(units)

        def finish(self) -> None:
            self.told.append("end")

    counter = Counter()
    found = match_targets(
        lambda theta: {"x": theta["k"]}, {"x": (2.0, 1.0)}, {"k": 1.0}, progress=counter
    )
    assert counter.told[0] == ("calibration", 200)
    assert counter.told[1:-1] == [1] * found.simulations
    assert counter.told[-1] == "end"
