"""Endpoints recomputed by hand from the courses; horizon, subgroups, missing published values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from leucel.core import RandomStream
from leucel.stats import clopper_pearson
from leucel.trials import DAYS_PER_MONTH, ENDPOINTS, TrialDesign, TrialResult, draw_patients
from leucel.trials.endpoints import Query, draw_crs, measure
from leucel.trials.imwg import Response as Category

# Shares and order statistics are exact; only the order of floating-point operations differs.
EXACT = 1e-9


def test_rates_are_counted_among_the_evaluable(result: TrialResult) -> None:
    course = result.seen.response.imwg
    n = 200
    for endpoint, least in (("orr", Category.PR), ("vgpr_rate", Category.VGPR)):
        row = result.row(endpoint)
        hits = int(((course.status >= least) & (course.days <= 14 * DAYS_PER_MONTH)).any(1).sum())
        told = clopper_pearson(hits, n).scaled(100.0)
        assert row.n == n
        assert row.value == pytest.approx(told.estimate, abs=EXACT)
        assert (row.ci_low, row.ci_high) == pytest.approx((told.low, told.high), abs=EXACT)


def test_progression_free_survival_without_losses_is_a_share(result: TrialResult) -> None:
    # Nobody is lost before the horizon, so Kaplan-Meier equals the plain share.
    free = result.seen.response.imwg.progression_day > 12.0 * DAYS_PER_MONTH
    assert result.row("pfs", 12.0).value == pytest.approx(100.0 * free.mean(), abs=EXACT)


def test_duration_of_response_starts_at_the_response(result: TrialResult) -> None:
    curve = result.response_duration
    course = result.seen.response.imwg
    assert curve is not None
    who = course.responder
    assert int(curve.at_risk[0]) == int(who.sum())
    events = who & (course.progression_day <= result.seen.horizon)
    assert int(curve.events.sum()) == int(events.sum())


def test_time_to_response_is_a_median_of_responders(result: TrialResult) -> None:
    days = result.seen.response.imwg.response_day
    row = result.row("time_to_response_days")
    assert row.value == np.median(days[np.isfinite(days)])
    assert row.n == np.isfinite(days).sum()


def test_a_published_mean_is_put_beside_a_mean(result: TrialResult) -> None:
    row = result.row("cmax")
    assert row.value == pytest.approx(result.seen.kinetics.nca.value("cmax").mean(), rel=EXACT)
    assert row.note.startswith("mean")
    assert result.row("auc_0_28").note.startswith("median")


def test_a_subgroup_stands_beside_its_published_value(result: TrialResult) -> None:
    rows = [row for row in result.endpoints if row.endpoint == "orr"]
    assert [row.published for row in rows] == [96.0, 75.0]
    group = result.seen.patients["prior_car_t"] == 1.0
    assert rows[1].n == int(group.sum())
    share = result.seen.response.imwg.responder[group].mean()
    assert rows[1].value == pytest.approx(100.0 * share, abs=EXACT)


def test_a_rate_by_a_month_says_who_is_still_in_response(result: TrialResult) -> None:
    row = result.row("cr_rate", 6.0)
    overall = result.row("cr_rate").value
    assert row.value is not None
    assert overall is not None
    assert row.value <= overall
    assert "are in it at the last visit by then" in row.note


def test_every_endpoint_has_a_row_and_landmarks_end_at_the_horizon(result: TrialResult) -> None:
    found = {row.endpoint for row in result.endpoints}
    assert found == set(ENDPOINTS)
    assert {row.month for row in result.endpoints if row.endpoint == "pfs"} == {6.0, 12.0}
    order = [row.endpoint for row in result.endpoints]
    assert list(dict.fromkeys(order)) == list(ENDPOINTS)


def test_what_is_not_reached_is_null_and_says_so(result: TrialResult) -> None:
    # Persistence: whoever is measurable at the last sample persists longer than anybody knows.
    row = result.row("persistence_median_days")
    assert row.ci_low is not None
    dor = result.row("dor")
    if dor.value is None:
        assert "not reached within the horizon" in dor.note


def test_rows_without_published_values_are_predictions(result: TrialResult) -> None:
    row = result.row("pfs", 6.0)
    assert (row.published, row.source, row.used_for) == (None, None, "prediction")


def test_crs_is_nested_and_follows_its_rates(design: TrialDesign) -> None:
    rng = RandomStream(2)
    patients = draw_patients(design, rng, patients=3000)
    grade = draw_crs(design, patients, rng)
    assert set(np.unique(grade)) == {0, 1, 3}
    # 4.5 standard errors: false alarm below 1e-5.
    assert abs((grade >= 1).mean() - 0.90) < 4.5 * np.sqrt(0.9 * 0.1 / 3000)
    assert abs((grade >= 3).mean() - 0.02) < 4.5 * np.sqrt(0.02 * 0.98 / 3000)
    assert draw_crs(replace(design, safety=None), patients, rng) is None


def test_without_rates_there_is_no_crs(result: TrialResult) -> None:
    silent = replace(result.seen, crs=None)
    assert measure(silent, Query(endpoint="crs_any")) is None


def test_a_landmark_beyond_the_horizon_is_not_measured(result: TrialResult) -> None:
    assert measure(result.seen, Query(endpoint="pfs", month=24.0)) is None
    assert measure(result.seen, Query(endpoint="detectable", month=7.0)) is None


def test_an_empty_subgroup_gives_nothing(result: TrialResult) -> None:
    nobody = ("prior_car_t", 2.0)
    for endpoint, month in (("orr", None), ("pfs", 12.0), ("dor", None), ("mrd_negative", None)):
        assert measure(result.seen, Query(endpoint=endpoint, month=month, subgroup=nobody)) is None
    assert measure(result.seen, Query(endpoint="time_to_response_days", subgroup=nobody)) is None
