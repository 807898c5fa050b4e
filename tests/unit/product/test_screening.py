"""Gates, desirability, Pareto fronts and the firmness of ranks."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.core import InputError, RandomStream
from leucel.product import Criterion, pareto_fronts, rank_candidates, what_if_weights
from leucel.product.screening import overall_desirability

RULES = (
    Criterion(name="itams", goal="target", low=2, target=3, high=4, gate=True, weight=0),
    Criterion(name="killing", goal="larger", low=20, high=80, weight=3),
    Criterion(name="tonic", goal="smaller", low=5, high=30, gate=True),
    Criterion(name="affinity", goal="target", low=0.1, target=5, high=100),
)
MEASURED = {
    "A": {"itams": [3], "killing": [70, 74, 72], "tonic": [8, 9, 7], "affinity": [4, 6]},
    "B": {"itams": [3], "killing": [60, 62, 64], "tonic": [5, 6, 4], "affinity": [5, 5]},
    "C": {"itams": [3], "killing": [30, 34, 32], "tonic": [20, 22, 18], "affinity": [60, 64]},
    "D": {"itams": [2], "killing": [90, 92, 94], "tonic": [5, 5, 5], "affinity": [5, 5]},
    "E": {"itams": [3], "killing": [90, 92, 94], "tonic": [31, 33, 35], "affinity": [5, 5]},
}


def test_desirability_of_the_three_goals() -> None:
    larger = Criterion(name="x", goal="larger", low=0, high=10, exponent=2)
    assert larger.desirability([-1, 5, 10, 20]).tolist() == [0, 0.25, 1, 1]
    smaller = Criterion(name="x", goal="smaller", low=0, high=10)
    assert smaller.desirability([-1, 2.5, 10, 20]).tolist() == [1, 0.75, 0, 0]
    window = Criterion(name="x", goal="target", low=0, target=2, high=10)
    assert window.desirability([0, 1, 2, 6, 10]).tolist() == [0, 0.5, 1, 0.5, 0]


def test_overall_is_the_weighted_geometric_mean() -> None:
    parts = np.array([0.25, 1.0, 0.0])
    assert overall_desirability(parts, np.array([1.0, 1.0, 0.0])) == pytest.approx(0.5)
    assert overall_desirability(parts, np.array([1.0, 1.0, 1.0])) == 0.0


def test_fronts_are_peeled_off_and_ties_stay_together() -> None:
    points = np.array([[3, 1], [1, 3], [2, 2], [2, 1], [1, 1], [1, 1], [3, 1]], dtype=float)
    assert pareto_fronts(points).tolist() == [1, 1, 1, 2, 3, 3, 1]


def test_gates_put_candidates_out_and_ranks_follow() -> None:
    rows = rank_candidates(MEASURED, RULES, rng=RandomStream(3))
    assert [row.name for row in rows] == ["A", "B", "C", "D", "E"]
    assert [row.rank for row in rows] == [1, 2, 3, None, None]
    assert rows[3].failed_gates == ("itams",)
    assert rows[4].failed_gates == ("tonic",)
    assert [row.front for row in rows[:3]] == [1, 1, 2]
    assert sum(row.best_share for row in rows) == pytest.approx(1.0)
    assert rows[2].rank_low == 3.0
    assert rows[0].overall_low < rows[0].overall < rows[0].overall_high


def test_more_replicates_make_a_rank_firmer() -> None:
    rule = [Criterion(name="x", goal="larger", low=0, high=100)]
    shares = []
    for repeats in (1, 100):
        noise = np.tile([-10.0, 0.0, 10.0], repeats)
        data = {"A": {"x": 55 + noise}, "B": {"x": 52 + noise}}
        shares.append(rank_candidates(data, rule, rng=RandomStream(2))[0].best_share)
    # Means 3 apart with standard errors of 10/sqrt(3) each: the better one leads in 64% of draws.
    assert shares[0] == pytest.approx(0.643, abs=0.04)
    assert shares[1] > 0.99


def test_other_weights_are_tried() -> None:
    rows = rank_candidates(MEASURED, RULES, rng=RandomStream(3), draws=50)
    found = what_if_weights(
        rows, RULES, {"as given": {}, "quiet first": {"killing": 0.2, "tonic": 5.0}}
    )
    assert [row["first"] for row in found] == ["A", "B"]
    with pytest.raises(InputError, match=r"unknown criterion 'kiling'; .*'killing'"):
        what_if_weights(rows, RULES, {"x": {"kiling": 1.0}})


def test_every_gap_in_the_table_is_named() -> None:
    holes = {"A": {"killing": [1.0]}, "B": {"killing": [np.nan], "tonic": [1.0]}}
    rules = [RULES[1], RULES[2]]
    with pytest.raises(InputError) as caught:
        rank_candidates(holes, rules, rng=RandomStream(1))
    assert len(caught.value.problems) == 2
    with pytest.raises(InputError, match="criteria cannot be used"):
        rank_candidates(MEASURED, [], rng=RandomStream(1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"goal": "bigger", "low": 0, "high": 1},
        {"goal": "larger", "low": 1, "high": 1},
        {"goal": "target", "low": 0, "high": 1},
        {"goal": "target", "low": 0, "high": 1, "target": 2},
        {"goal": "larger", "low": 0, "high": 1, "weight": -1},
        {"goal": "larger", "low": 0, "high": 1, "exponent": 0},
    ],
)
def test_a_faulty_criterion_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError):
        Criterion(name="x", **wrong)  # type: ignore[arg-type]
