"""Sponsor time, effects of privileges, and the fastest order of filings."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from leucel.core import InputError, RandomStream, StorageError
from leucel.regulatory import (
    FilingPlan,
    Milestone,
    MilestoneKind,
    MilestoneRegister,
    PartialDate,
    ProductFacts,
    Route,
    RouteOptions,
    SponsorTime,
    add_working_days,
    find_filing_order,
    finish_quantiles,
    plan_effects,
    plan_routes,
    read_holidays,
    working_calendar,
)

START = date(2025, 5, 9)
PRODUCT = ProductFacts(name="example")
CHINESE = MilestoneRegister(
    milestones=(
        Milestone(kind=MilestoneKind.APPROVAL, jurisdiction="CN", when=PartialDate(2023, 6, 30)),
    )
)
GULF_DAYS = {"KW": 120, "BH": 150}


def search(targets: list[str], **given: Any) -> FilingPlan:
    return find_filing_order(
        targets,
        product=PRODUCT,
        register=CHINESE,
        start=START,
        **given,
    )


def test_the_sponsor_moves_the_late_end_alone() -> None:
    def saudi(options: RouteOptions | None) -> Route:
        plan = plan_routes(["SA"], product=PRODUCT, register=CHINESE, start=START, options=options)
        return next(route for route in plan.routes if route.route == "priority")

    plain = saudi(None)
    fixed = saudi(RouteOptions(applicant_days=60))
    spread = saudi(RouteOptions(sponsor=SponsorTime(low=20, mode=60, high=120)))
    assert plain.finish == fixed.finish == spread.finish
    assert plain.finish_high is None
    assert plain.finish is not None
    calendar = working_calendar("SA", years=range(2025, 2030))
    assert fixed.finish_high == add_working_days(calendar, plain.finish, 60)
    # 120 - sqrt(0.1 x 100 x 60) = 95.5 days.
    assert spread.finish_high == add_working_days(calendar, plain.finish, 96)


def test_quantiles_of_the_sponsor_against_draws() -> None:
    time = SponsorTime(low=20, mode=60, high=120)
    u = RandomStream(3).uniform("sponsor", subjects=4001)
    draws = sorted(time.quantile(float(value)) for value in u)
    # Mean of a triangular distribution; 4,001 draws with an SD of about 21 days.
    assert sum(draws) / len(draws) == pytest.approx(200 / 3, abs=1.5)
    days = finish_quantiles(START, time, calendar=None, probabilities=(0, 0.25, 0.75, 1))
    assert list(days) == sorted(days)
    assert days[-1] == START + timedelta(days=120)


def test_bad_sponsor_times_are_refused() -> None:
    with pytest.raises(InputError, match="out of order"):
        SponsorTime(low=10, mode=5, high=20)
    with pytest.raises(InputError, match="given twice"):
        RouteOptions(applicant_days=3, sponsor=SponsorTime(low=1, mode=2, high=3))
    with pytest.raises(InputError, match="within 0 and 1"):
        SponsorTime(low=1, mode=2, high=3).quantile(1.5)


def test_priority_saves_days_and_the_saudi_designation_none_that_are_known() -> None:
    plan = plan_routes(["SA", "JP"], product=PRODUCT, register=CHINESE, start=START)
    effects = {(item.jurisdiction, item.privilege): item for item in plan_effects(plan)}
    assert effects["SA", "orphan designation"].days_saved == 0
    saved = effects["SA", "priority"].days_saved
    assert saved is not None
    # 162 of 405 working days of a five-day week, without holidays 227 days.
    assert 225 <= saved <= 245
    more = {(e.jurisdiction, e.privilege): e for e in plan_effects(plan, doubtful=True)}
    # Japan: 12 months against 9, once designated.
    assert ("JP", "orphan designation") in more


def test_two_gulf_approvals_unlock_reliance() -> None:
    plan = search(["SA", "KW", "BH", "GCC"], days=GULF_DAYS)
    gulf = next(item for item in plan.filings if item.jurisdiction == "GCC")
    assert gulf.route == "reliance on two member states"
    assert gulf.waited_for == ("BH", "KW")
    # The slower of the two takes 150 days, then 60 days of reliance.
    assert gulf.filed == START + timedelta(days=150)
    assert gulf.approved == gulf.filed + timedelta(days=60)
    assert plan.days_saved is not None
    assert plan.days_saved > 0


def test_without_clocks_the_central_review_is_filed_at_once() -> None:
    plan = search(["SA", "KW", "BH", "GCC"])
    assert plan.without_clock == ("KW", "BH")
    assert {item.jurisdiction: item.filed for item in plan.filings} == dict.fromkeys(
        ["SA", "GCC"], START
    )
    assert plan.days_saved == 0


def test_hong_kong_needs_a_reference_approval() -> None:
    assert search(["HK"]).filings[0].waited_for == ()
    nowhere = find_filing_order(["HK"], product=PRODUCT, register=MilestoneRegister(), start=START)
    assert nowhere.filings == ()
    assert nowhere.finish is None
    # A Chinese approval that is still to come opens it.
    both = find_filing_order(
        ["HK", "CN"], product=PRODUCT, register=MilestoneRegister(), start=START
    )
    last = both.filings[-1]
    assert (last.jurisdiction, last.filed) == ("HK", both.filings[0].approved)
    assert last.waited_for == ("CN",)


def test_no_order_of_immediate_filings_is_faster() -> None:
    """Every order with a gap of 30 days, by hand: filing k goes out 30 k days after the start."""
    plan = search(["SA", "KW", "BH"], days=GULF_DAYS, gap_days=30)
    ends: list[date] = []
    for order in permutations(["SA", "KW", "BH"]):
        last = START
        for place, code in enumerate(order):
            day = START + timedelta(days=30 * place)
            single = find_filing_order(
                [code], product=PRODUCT, register=CHINESE, start=day, days=GULF_DAYS
            )
            assert single.finish is not None
            last = max(last, single.finish)
        ends.append(last)
    assert plan.finish == min(ends)
    assert plan.filings[0].jurisdiction == "SA"


def test_rows_and_bad_input_of_the_search() -> None:
    rows = search(["SA"]).to_rows()
    assert rows[0]["basis"] == "rule"
    assert search(["CN", "SA"]).filings[0].jurisdiction == "SA"
    for bad in ({"gap_days": -1}, {"days": {"KW": 0}}):
        with pytest.raises(InputError):
            search(["SA"], **bad)
    with pytest.raises(InputError, match="number of targets"):
        search([])


def test_holidays_of_the_user(tmp_path: Path) -> None:
    path = tmp_path / "holidays.txt"
    path.write_text("2026-03-20 # Eid\n\n# note\n2026-03-22\n", "utf-8")
    days = read_holidays(path)
    assert days == {date(2026, 3, 20), date(2026, 3, 22)}
    calendar = working_calendar("SA", years=[2026], holidays=days)
    assert not calendar.is_working_day(date(2026, 3, 22))
    path.write_text("2026-03-20\n20 March\n2026-02-30\n", "utf-8")
    with pytest.raises(InputError) as caught:
        read_holidays(path)
    assert [p.where.line for p in caught.value.problems if p.where] == [2, 3]
    with pytest.raises(StorageError):
        read_holidays(tmp_path / "absent.txt")
