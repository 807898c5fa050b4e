"""What has to hold for the response of any course of M-protein."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from leucel.trials import ImwgRules, imwg_response
from leucel.trials.imwg import Response

RULES = ImwgRules(complete_below=0.1)
LEVELS = st.one_of(
    st.just(0.0),
    st.floats(0.0, 120.0, allow_nan=False),
    st.just(float("nan")),
)
COURSES = st.lists(LEVELS, min_size=1, max_size=10)
BASELINES = st.floats(1.0, 100.0)


def respond(values: list[float], baseline: float):  # type: ignore[no-untyped-def]
    days = 28.0 * np.arange(1, len(values) + 1)
    return imwg_response(days, [values], [baseline], rules=RULES)


@given(values=COURSES, baseline=BASELINES)
@settings(max_examples=300, deadline=None)
def test_categories_and_days_belong_together(values: list[float], baseline: float) -> None:
    found = respond(values, baseline)
    status = found.status[0]
    assert (status[np.isnan(values)] == Response.NE).all()
    assert (status[~np.isnan(values)] != Response.NE).all()
    assert found.best[0] == status.max()
    assert np.isfinite(found.response_day[0]) == bool(found.responder[0])
    assert found.response_day[0] <= found.best_day[0]
    assert np.isfinite(found.complete_day[0]) == (found.best[0] == Response.CR)
    # Progression is absorbing, and no response is dated after it.
    progressed = found.days >= found.progression_day[0]
    known = ~np.isnan(values)
    assert (status[progressed & known] == Response.PD).all()
    if found.responder[0]:
        assert found.best_day[0] < found.progression_day[0]


@given(values=COURSES, baseline=BASELINES)
@settings(max_examples=200, deadline=None)
def test_more_follow_up_changes_nothing_that_was_confirmed(
    values: list[float], baseline: float
) -> None:
    whole = respond(values, baseline)
    for visits in range(1, len(values)):
        part = respond(values[:visits], baseline)
        settled = part.progression_day[0]
        if np.isfinite(settled):
            assert whole.progression_day[0] == settled
        assert whole.best[0] >= part.best[0] or part.best[0] == Response.SD


@given(values=COURSES, baseline=BASELINES, factor=st.floats(0.0, 1.0))
@settings(max_examples=200, deadline=None)
def test_a_course_without_rises_responds_deeper_when_it_is_lower(
    values: list[float], baseline: float, factor: float
) -> None:
    known = [value for value in values if not np.isnan(value)]
    falling = sorted((min(value, baseline) for value in known), reverse=True)
    if not falling:
        return
    deeper = [factor * value for value in falling]
    assert respond(deeper, baseline).best[0] >= respond(falling, baseline).best[0]


@given(values=COURSES, baseline=BASELINES, gap=st.integers(0, 10))
@settings(max_examples=200, deadline=None)
def test_a_missed_assessment_is_as_good_as_none(
    values: list[float], baseline: float, gap: int
) -> None:
    place = min(gap, len(values))
    days = 28.0 * np.arange(1, len(values) + 1)
    between = days[place - 1] + 14.0 if place else 14.0
    longer = np.insert(np.array(values), place, np.nan)
    found = imwg_response(np.insert(days, place, between), [longer], [baseline], rules=RULES)
    plain = respond(values, baseline)
    assert found.best[0] == plain.best[0]
    assert found.progression_day[0] == plain.progression_day[0]
    assert found.response_day[0] == plain.response_day[0]
