"""Response categories on hand-made courses of M-protein, at every edge."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.core import InputError
from leucel.trials import ImwgRules, imwg_response
from leucel.trials.imwg import Response

NAN = float("nan")
RULES = ImwgRules(complete_below=0.1)


def course(values: list[float], baseline: float = 20.0, **more: object):  # type: ignore[no-untyped-def]
    days = 28.0 * np.arange(1, len(values) + 1)
    return imwg_response(days, [values], [baseline], rules=RULES, **more)  # type: ignore[arg-type]


def best(values: list[float], baseline: float = 20.0, **more: object) -> str:
    return Response(int(course(values, baseline, **more).best[0])).name


@pytest.mark.parametrize(
    ("values", "category"),
    [
        ([20.0, 20.0, 20.0], "SD"),
        ([10.0, 10.0, 10.0], "PR"),
        ([10.0001, 10.0001, 10.0001], "SD"),
        ([2.0, 2.0, 2.0], "VGPR"),
        ([2.0001, 2.0001, 2.0001], "PR"),
        ([0.0999, 0.0999, 0.0999], "CR"),
        ([0.1, 0.1, 0.1], "VGPR"),
        ([0.0, 0.0, 0.0], "CR"),
        ([26.0, 27.0, 28.0], "PD"),
        ([15.0, 15.0, 15.0], "SD"),  # a reduction of 25% is a minimal response: SD here
    ],
)
def test_every_category_and_its_edge(values: list[float], category: str) -> None:
    assert best(values) == category


@pytest.mark.parametrize("baseline", [3.0, 7.0, 17.4, 23.0, 61.7])
def test_exactly_half_and_a_tenth_count_for_any_baseline(baseline: float) -> None:
    assert best([0.5 * baseline] * 2, baseline) == "PR"
    assert best([0.1 * baseline] * 2, baseline) == "VGPR"


def test_a_response_needs_a_second_assessment() -> None:
    assert best([10.0, 20.0, 20.0]) == "SD"
    assert best([20.0, 20.0, 10.0]) == "SD"
    assert best([10.0]) == "SD"
    assert best([0.0, 2.0, 12.0]) == "VGPR"  # CR is not confirmed, the VGPR in it is


def test_a_deeper_assessment_confirms_a_shallower_response() -> None:
    found = course([10.0, 1.0, 0.0, 0.0])
    assert [Response(s).name for s in found.status[0]] == ["PR", "VGPR", "CR", "SD"]
    assert found.response_day[0] == 28.0
    assert found.best_day[0] == found.complete_day[0] == 84.0


def test_the_last_assessment_stays_unconfirmed() -> None:
    assert course([20.0, 10.0, 10.0]).status[0, -1] == Response.SD


def test_progression_counts_from_the_lowest_value() -> None:
    found = course([1.0, 1.0, 6.0, 6.5])
    assert found.progression_day[0] == 84.0
    assert best([1.0, 1.0, 6.0, 6.5]) == "VGPR"
    assert found.status[0].tolist()[-2:] == [Response.PD, Response.PD]


def test_a_rise_below_five_grams_is_no_progression() -> None:
    assert np.isinf(course([1.0, 1.0, 5.99, 5.99]).progression_day[0])
    assert course([1.0, 1.0, 6.0, 6.0]).progression_day[0] == 84.0


def test_a_rise_below_a_quarter_is_no_progression() -> None:
    assert np.isinf(course([40.0, 49.9, 49.9], 45.0).progression_day[0])
    assert course([40.0, 50.0, 50.0], 45.0).progression_day[0] == 56.0


def test_high_values_need_a_rise_of_ten_grams() -> None:
    # 50 + 12.5 fulfills both; from 30 a rise of 7.5 is enough, from 50 one of 10 is needed.
    assert course([50.0, 62.5, 62.5], 60.0).progression_day[0] == 56.0
    rules = ImwgRules(complete_below=0.1, rise=0.10)
    days = [28.0, 56.0, 84.0]
    low = imwg_response(days, [[49.0, 56.0, 56.0]], [60.0], rules=rules)
    high = imwg_response(days, [[50.0, 57.0, 57.0]], [60.0], rules=rules)
    assert low.progression_day[0] == 56.0
    assert np.isinf(high.progression_day[0])


def test_the_baseline_is_the_first_lowest_value() -> None:
    assert course([25.0, 25.0]).progression_day[0] == 28.0
    assert np.isinf(course([24.9, 24.9]).progression_day[0])


def test_progression_needs_a_second_assessment() -> None:
    assert np.isinf(course([1.0, 1.0, 8.0, 1.0]).progression_day[0])
    assert np.isinf(course([1.0, 1.0, 1.0, 8.0]).progression_day[0])


def test_a_rising_assessment_does_not_confirm_a_response() -> None:
    # 9 g/L is still a PR by depth, but 9 g/L above the lowest value it is progression.
    found = course([0.0, 9.0, 9.0])
    assert found.best[0] == Response.SD
    assert found.progression_day[0] == 56.0


def test_relapse_from_complete_response_is_dated_at_progression() -> None:
    found = course([0.0, 0.0, 0.5, 3.0, 6.0, 9.0])
    assert found.best[0] == Response.CR
    assert found.progression_day[0] == 140.0


def test_responses_after_progression_do_not_count() -> None:
    assert best([26.0, 27.0, 1.0, 1.0, 1.0]) == "PD"


def test_missed_assessments_are_skipped() -> None:
    found = course([10.0, NAN, 10.0, NAN])
    assert found.best[0] == Response.PR
    assert found.response_day[0] == 28.0
    assert found.status[0].tolist() == [Response.PR, Response.NE, Response.SD, Response.NE]
    assert found.last_day[0] == 84.0
    assert course([1.0, 1.0, 7.0, NAN, 8.0]).progression_day[0] == 84.0


def test_without_any_assessment_nothing_is_known() -> None:
    found = course([NAN, NAN])
    assert found.best[0] == Response.NE
    assert not found.evaluable[0]
    assert np.isinf(found.progression_day[0])
    assert found.last_day[0] == 0.0


def test_plasma_cells_in_the_marrow_withhold_a_complete_response() -> None:
    assert best([0.0, 0.0], marrow_share=[[0.05, 0.05]]) == "VGPR"
    assert best([0.0, 0.0], marrow_share=[[0.049, 0.049]]) == "CR"
    assert best([0.0, 0.0], marrow_share=[[NAN, NAN]]) == "CR"


def test_patients_do_not_see_each_other() -> None:
    rng = np.random.default_rng(3)
    values = rng.uniform(0.0, 30.0, size=(40, 8))
    values[rng.uniform(size=values.shape) < 0.2] = NAN
    start = rng.uniform(5.0, 30.0, size=40)
    days = np.arange(1.0, 9.0)
    together = imwg_response(days, values, start, rules=RULES)
    for i in range(40):
        alone = imwg_response(days, values[i : i + 1], start[i : i + 1], rules=RULES)
        assert alone.status[0].tolist() == together.status[i].tolist()
        assert alone.progression_day[0] == together.progression_day[i]


def test_bad_input_names_every_fault() -> None:
    with pytest.raises(InputError) as raised:
        imwg_response([28.0, 14.0], [[1.0, -1.0]], [0.0], rules=RULES)
    assert len(raised.value.problems) == 3
    with pytest.raises(InputError, match="do not fit together"):
        imwg_response([28.0], [[1.0, 2.0]], [20.0], rules=RULES)
    with pytest.raises(InputError, match="plasma cells"):
        imwg_response([28.0], [[1.0]], [20.0], rules=RULES, marrow_share=[[0.1, 0.1]])
    with pytest.raises(InputError, match="not detectable"):
        ImwgRules(complete_below=0.0)


def test_categories_say_what_they_mean() -> None:
    assert Response.CR > Response.VGPR > Response.PR > Response.SD > Response.PD > Response.NE
    assert Response.VGPR.meaning == "very good partial response"
