"""Which routes are open, and when each would end."""

from __future__ import annotations

import json
from datetime import date

import pytest

from leucel.core import InputError
from leucel.regulatory import (
    Milestone,
    MilestoneKind,
    MilestoneRegister,
    PartialDate,
    ProductFacts,
    Route,
    RouteOptions,
    RoutePlan,
    RouteStatus,
    add_working_days,
    load_rules,
    milestone_from_record,
    plan_routes,
    read_clock,
    working_calendar,
)

START = date(2025, 5, 9)
PRODUCT = ProductFacts(name="equecabtagene autoleucel")
OPEN, CLOSED, DOUBTFUL = RouteStatus.OPEN, RouteStatus.CLOSED, RouteStatus.DOUBTFUL


def approval(code: str, day: str = "2023-06-30") -> Milestone:
    return Milestone(
        kind=MilestoneKind.APPROVAL, jurisdiction=code, when=PartialDate.parse(day), title=code
    )


DESIGNATED = Milestone(
    kind=MilestoneKind.ORPHAN_DESIGNATION, jurisdiction="SA", when=PartialDate(2025, 5, 9)
)
EQUE_CEL = MilestoneRegister(milestones=(DESIGNATED, approval("CN")))


def plan(*codes: str, register: MilestoneRegister = EQUE_CEL, **more: object) -> RoutePlan:
    arguments: dict[str, object] = {"product": PRODUCT, "start": START, **more}
    return plan_routes(codes, register=register, **arguments)  # type: ignore[arg-type]


def find(result: RoutePlan, name: str, *, designated: bool = False) -> Route:
    return next(
        route
        for route in result.routes
        if route.route == name and route.with_designation is designated
    )


def test_priority_is_forty_percent_shorter_in_the_rules_themselves() -> None:
    """405 x 0.6 = 243 and 280 x 0.6 = 168."""
    book = load_rules()
    cut = 1 + float(book.get("SA-PRI-INC-01").value) / 100
    for regular, priority in (
        ("SA-REG-CLK-01", "SA-PRI-CLK-01"),
        ("SA-REG-CLK-02", "SA-PRI-CLK-02"),
    ):
        whole, short = read_clock(book.get(regular)), read_clock(book.get(priority))
        assert whole is not None
        assert short is not None
        assert short.count == pytest.approx(whole.count * cut)


@pytest.mark.requirement("S3")
def test_saudi_routes_of_the_first_programme() -> None:
    result = plan("SA")
    statuses = {route.route: route.status for route in result.routes}
    assert statuses == {
        "regular": OPEN,
        "priority": OPEN,
        "conditional approval": OPEN,
        "breakthrough medicine": DOUBTFUL,
        "verification": CLOSED,
        "abridged": CLOSED,
        "orphan designation request": CLOSED,
    }
    assert find(result, "regular").clock == 405
    assert find(result, "priority").clock == 243
    assert "excluded" in find(result, "abridged").reason
    assert "both EMA and FDA" in find(result, "verification").reason
    assert "registered in CN" in find(result, "breakthrough medicine").reason


def test_dates_of_the_saudi_routes_are_those_of_the_calendar() -> None:
    result = plan("SA")
    calendar = working_calendar("SA", years=[2025, 2026])
    for name, count in (("regular", 405), ("priority", 243)):
        route = find(result, name)
        assert route.finish == add_working_days(calendar, START, count)
        assert route.finish_low is not None
        assert route.finish_low < route.finish
        # About 19 and 11 months on a five-day week before holidays.
        assert (route.finish_low - START).days == pytest.approx(count * 7 / 5, abs=3)
        assert route.finish_high is None
        assert "clock stops unknown" in route.marks


@pytest.mark.requirement("S3")
def test_the_effect_of_the_designation_on_the_clock_is_said_to_be_unknown() -> None:
    result = plan("SA")
    without, with_it = find(result, "priority"), find(result, "priority", designated=True)
    assert without.finish == with_it.finish
    assert "effect on the clock is unknown" in with_it.reason
    assert "(held)" in with_it.reason
    assert "designation" not in without.reason
    before = find(plan("SA", register=MilestoneRegister()), "priority", designated=True)
    assert "if it were granted" in before.reason


def test_time_of_the_sponsor_moves_the_late_end() -> None:
    route = find(plan("SA", options=RouteOptions(applicant_days=60)), "regular")
    assert route.finish is not None
    assert route.finish_high is not None
    assert (route.finish_high - route.finish).days >= 60 * 7 / 5 - 3
    assert "clock stops unknown" not in route.marks
    with pytest.raises(InputError, match="sponsor"):
        RouteOptions(applicant_days=-1)


def test_an_own_calendar_replaces_the_shipped_one() -> None:
    own = working_calendar("SA", years=range(2025, 2029), weekend=[5, 6], holidays=[])
    route = find(plan("SA", options=RouteOptions(calendars={"SA": own})), "regular")
    assert route.finish == route.finish_low == add_working_days(own, START, 405)


def test_approvals_elsewhere_open_and_close_saudi_routes() -> None:
    both = MilestoneRegister(milestones=(approval("US"), approval("EU")))
    result = plan("SA", register=both)
    assert find(result, "regular").clock == 280
    assert find(result, "priority").clock == 168
    assert find(result, "verification").status is OPEN
    assert find(result, "abridged").status is CLOSED
    assert find(result, "breakthrough medicine").status is CLOSED
    small = ProductFacts(name="small molecule", advanced_therapy=False)
    assert find(plan("SA", register=both, product=small), "abridged").status is OPEN
    nowhere = plan("SA", register=MilestoneRegister())
    assert find(nowhere, "breakthrough medicine").status is OPEN


def test_priority_needs_a_serious_condition_with_unmet_need() -> None:
    mild = ProductFacts(name="x", serious_condition=False)
    assert find(plan("SA", product=mild), "priority").status is CLOSED


def test_two_gulf_approvals_unlock_reliance() -> None:
    name = "reliance on two member states"
    one = MilestoneRegister(milestones=(approval("SA", "2024-01-10"),))
    assert find(plan("GCC", register=one), name).status is CLOSED
    two = MilestoneRegister(milestones=(*one.milestones, approval("KW", "2024-05-10")))
    route = find(plan("GCC", register=two), name)
    assert route.status is OPEN
    assert route.finish == date(2025, 7, 8)


def test_observed_reviews_set_both_ends_of_the_central_route() -> None:
    route = find(plan("GCC"), "central registration")
    assert route.finish_low is not None
    assert route.finish_high is not None
    assert (route.finish_low - START).days == 321
    assert (route.finish_high - START).days == 838


def test_an_approved_product_has_no_route_left() -> None:
    result = plan("CN")
    assert [(route.status, route.finish) for route in result.routes] == [(CLOSED, None)]
    earlier = plan("CN", start=date(2023, 6, 1))
    assert any(route.status is OPEN for route in earlier.routes)


def test_an_approval_known_to_the_year_counts_when_the_year_is_over() -> None:
    register = MilestoneRegister(milestones=(approval("CN", "2025"),))
    assert register.approved_in(date(2025, 12, 30)) == ()
    assert register.approved_in(date(2025, 12, 31)) == ("CN",)


def test_one_reference_approval_opens_hong_kong() -> None:
    assert find(plan("HK"), "1+ mechanism").status is OPEN
    closed = plan("HK", register=MilestoneRegister())
    assert find(closed, "1+ mechanism").status is CLOSED


def test_what_is_not_on_record_is_doubtful_and_has_no_date() -> None:
    for code in ("KW", "OM", "SG", "CH"):
        (route,) = plan(code).routes
        assert route.status is DOUBTFUL
        assert (route.clock, route.finish) == (None, None)
        assert "clock not on record" in route.marks


def test_months_begin_at_the_filing_date_of_the_license() -> None:
    """Ten months after a filing date of 60 days."""
    assert find(plan("US"), "standard review").finish == date(2026, 5, 8)


@pytest.mark.parametrize(
    "code",
    [
        *("SA", "AE", "KW", "BH", "QA", "OM", "GCC", "CN", "HK", "SG", "KR", "JP"),
        *("US", "EU", "GB", "AU", "CH", "TW", "CA", "BR", "IN"),
    ],
)
def test_every_route_is_complete_and_plain_json(code: str) -> None:
    result = plan(code, register=MilestoneRegister())
    assert result.routes
    text = json.dumps(result.to_summary(), allow_nan=False)
    known = result.sources()
    for row in json.loads(text)["routes"]:
        assert row["reason"]
        assert set(row["sources"]) <= set(known)
        if row["status"] == "closed":
            assert row["finish"] is None
        elif row["finish"]:
            assert START.isoformat() < row["finish_low"] <= row["finish"]


def test_weeks_that_were_used_are_listed_as_assumptions() -> None:
    named = {item.what for item in plan("SA", "US").assumptions}
    assert "working week of SA" in named
    assert "working week of US" not in named


def test_milestones_are_ordered_and_carry_their_precision() -> None:
    record = {"kind": "trial_clearance", "jurisdiction": "US", "date": "2022-12", "title": "IND"}
    undated = {"kind": "other", "jurisdiction": "KR", "title": "announced"}
    register = MilestoneRegister(
        milestones=(
            milestone_from_record(undated),
            *EQUE_CEL.milestones,
            milestone_from_record(record),
        )
    )
    rows = register.to_rows()
    assert [row["date"] for row in rows] == ["2022-12", "2023-06-30", "2025-05-09", None]
    assert [row["precision"] for row in rows] == ["month", "day", "day", None]
    assert not register.milestones[-1].happened_by(date(2030, 1, 1))


def test_faults_of_a_milestone_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        milestone_from_record({"kind": "aproval", "mark": "sure", "dat": "2023"})
    assert len(caught.value.problems) == 4
