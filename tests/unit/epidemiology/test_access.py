"""Lines of therapy and the access forecast."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date

import pytest

from leucel.core import Evidence, InputError, Mark, RandomStream
from leucel.epidemiology import (
    AccessArea,
    AccessAssumptions,
    AccessForecast,
    Line,
    attrition_scenarios,
    follow_lines,
    forecast_access,
    incidence_from_count,
    registry_lines,
    sources,
)

# Days of the Saudi plan: priority 243 and regular 405 working days from 9 May 2025.
EARLIER, USUAL = date(2026, 4, 28), date(2026, 12, 17)
HORIZON = date(2035, 1, 1)
SAUDI = AccessArea(cases=incidence_from_count("SA", 295), approval=USUAL, earlier=EARLIER)
KUWAIT = AccessArea(cases=incidence_from_count("KW", 65), approval=USUAL, earlier=USUAL)
# Monthly steps with rates taken in the middle of the month.
STEP = 0.01


def fixed(value: float, unit: str = "fraction") -> Evidence:
    return Evidence(value=value, unit=unit, mark=Mark.OWN_VALUE)


def forecast(
    *areas: AccessArea, assumptions: AccessAssumptions | None = None, horizon: date = HORIZON
) -> AccessForecast:
    return forecast_access(
        areas or (SAUDI,),
        horizon=horizon,
        rng=RandomStream(5),
        assumptions=assumptions,
        draws=300,
    )


STEADY = AccessAssumptions(
    case_growth=fixed(0.0, "fraction a year"),
    reach_line_4=fixed(0.2),
    class_exposure=fixed(1.0),
    eligible_share=fixed(0.5),
    reached_share=fixed(0.4),
    ramp_years=fixed(0.0, "year"),
    treated_share=fixed(0.95),
)


def test_attrition_and_time_on_line_are_separate() -> None:
    for transplant, name in ((True, "cmrg_transplant"), (False, "cmrg_no_transplant")):
        flows = follow_lines(295, registry_lines(transplant=transplant))
        study = next(item for item in attrition_scenarios() if item.id == name)
        assert [flow.share for flow in flows[1:]] == pytest.approx(
            [study.line_2, study.line_3, study.line_4], abs=6e-4
        )
    slow = follow_lines(295, registry_lines(transplant=True, months=18.6))
    quick = follow_lines(295, registry_lines(transplant=True, months=9.3))
    # Twice the time doubles the stock and leaves the flow alone.
    assert [flow.starting for flow in slow] == [flow.starting for flow in quick]
    assert slow[0].on_line == pytest.approx(2 * quick[0].on_line)
    assert quick[-1].years_from_diagnosis == pytest.approx(27.9 / 12)


def test_late_lines_of_today_come_from_fewer_cases() -> None:
    lines = registry_lines(transplant=True)
    still, growing = (follow_lines(295, lines, growth=g) for g in (0.0, 0.02))
    assert growing[0].starting == still[0].starting
    years = growing[-1].years_from_diagnosis
    assert growing[-1].starting == pytest.approx(still[-1].starting / 1.02**years)


def test_lines_refuse_bad_numbers() -> None:
    with pytest.raises(InputError, match="without gaps"):
        follow_lines(100, (Line(number=2, months=9, lost=0.1),))
    with pytest.raises(InputError, match="out of range"):
        follow_lines(-1, registry_lines(transplant=True))
    with pytest.raises(InputError, match="line 1"):
        Line(number=1, months=0, lost=0.1)


def test_a_pool_in_balance_reaches_the_share_in_the_long_run() -> None:
    """Treated a year = cases x shares x reached share, once the pool is in balance."""
    flow = 295 * 0.95 * 0.2 * 0.5
    reached = [
        forecast(assumptions=STEADY, horizon=date(year, 1, 1)).rows[0].usual[0]
        for year in (2045, 2050)
    ]
    assert (reached[1] - reached[0]) / 5 == pytest.approx(flow * 0.4, rel=STEP)


def test_an_earlier_approval_gains_the_flow_of_those_months() -> None:
    """Late in the forecast both ways treat alike: the gain is the treated of the first months."""
    row = forecast(assumptions=STEADY).rows[-1]
    years = (USUAL - EARLIER).days / 365.25
    assert row.more[0] == pytest.approx(295 * 0.95 * 0.2 * 0.5 * 0.4 * years, rel=0.05)
    assert row.life_years is None


def test_limits_hold_the_value_and_areas_add_up() -> None:
    found = forecast(SAUDI, KUWAIT)
    assert [row.area for row in found.rows] == ["SA", "KW", "all"]
    saudi, kuwait, every = found.rows
    assert saudi.usual[0] + kuwait.usual[0] == pytest.approx(every.usual[0])
    assert kuwait.more == (0.0, 0.0, 0.0)
    for row in found.rows:
        for value, low, high in (row.usual, row.earlier):
            assert low <= value <= high
        assert row.earlier[0] >= row.usual[0]


def test_slots_cap_the_treated() -> None:
    capped = replace(STEADY, slots_a_year=fixed(2.0, "patients a year"))
    row = forecast(assumptions=capped).rows[-1]
    years = (HORIZON - USUAL).days / 365.25
    assert row.usual[0] == pytest.approx(2.0 * years, rel=STEP)
    free = forecast(assumptions=STEADY).rows[-1]
    assert row.usual[0] < free.usual[0]


def test_life_years_are_patients_times_the_gain_of_the_trial() -> None:
    given = replace(STEADY, gain_years=fixed(1.5, "year"))
    row = forecast(assumptions=given).rows[-1]
    assert row.life_years is not None
    assert row.life_years[0] == pytest.approx(1.5 * row.more[0])


def test_the_tornado_has_a_bar_for_every_range() -> None:
    found = forecast()
    names = [bar.name for bar in found.tornado]
    ranged = {name for name, item in AccessAssumptions().items().items() if item.low is not None}
    assert set(names) == ranged | {"cases_a_year"}
    widths = [bar.width for bar in found.tornado]
    assert widths == sorted(widths, reverse=True)
    reach = next(bar for bar in found.tornado if bar.name == "reach_line_4")
    assert reach.at_low < reach.base < reach.at_high
    # The share that reaches line 4 scales everything.
    assert reach.at_high / reach.at_low == pytest.approx(0.63 / 0.115)


def test_the_summary_names_every_assumption_with_its_source() -> None:
    summary = forecast().to_summary()
    json.dumps(summary, allow_nan=False)
    for row in summary["assumptions"]:
        assert row["source"] in sources() or row["mark"] == "own value"
        assert row["why"]


def test_the_forecast_refuses_bad_input() -> None:
    with pytest.raises(InputError, match="each of them once"):
        forecast(SAUDI, SAUDI)
    with pytest.raises(InputError, match="before the approval"):
        forecast(horizon=date(2026, 6, 1))
    with pytest.raises(InputError, match="later one"):
        AccessArea(cases=SAUDI.cases, approval=EARLIER, earlier=USUAL)
    with pytest.raises(InputError, match="eligible_share"):
        AccessAssumptions(eligible_share=fixed(1.5))
    with pytest.raises(InputError, match="positive"):
        AccessAssumptions(median_survival_months=fixed(0.0, "month"))
    assert math.isfinite(forecast().rows[0].usual[0])
