"""From cases to patients of the indication."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from leucel.core import Evidence, InputError, Mark
from leucel.epidemiology import (
    AttritionScenario,
    FunnelOptions,
    attrition_scenarios,
    follow_funnel,
    incidence_from_count,
)

SAUDI = incidence_from_count("SA", 295, spread=1)
SHARE = Evidence(value=0.5, unit="fraction", mark=Mark.OWN_VALUE)


def test_flow_in_the_five_studies() -> None:
    """295 x 0.95 x {11.5, 15.2, 18.2, 36, 63} percent."""
    flows = follow_funnel(SAUDI).flows("line 4")
    assert [round(flow) for flow in flows.values()] == [32, 43, 51, 101, 177]
    assert list(flows) == [
        "west_china",
        "pharos",
        "alberta",
        "cmrg_no_transplant",
        "cmrg_transplant",
    ]


def test_stock_is_flow_times_mean_survival() -> None:
    funnel = follow_funnel(SAUDI)
    years = 13 / 12 / math.log(2)
    flows = funnel.flows("with the drug classes").values()
    assert [round(flow * years) for flow in (min(flows), max(flows))] == [50, 276]
    assert funnel.stock == pytest.approx(funnel.flow * years)
    assert funnel.stock_low < funnel.stock < funnel.stock_high


def test_steps_never_grow() -> None:
    funnel = follow_funnel(SAUDI, FunnelOptions(eligible_share=SHARE))
    for scenario in attrition_scenarios():
        flows = [step.flow for step in funnel.steps if step.scenario == scenario.id]
        assert flows == sorted(flows, reverse=True)


def test_the_eligible_share_is_asked_for_and_applied() -> None:
    without = follow_funnel(SAUDI)
    assert not without.reached_eligible
    assert "give eligible_share" in without.note
    with_share = follow_funnel(SAUDI, FunnelOptions(eligible_share=SHARE))
    assert with_share.reached_eligible
    assert with_share.flow == pytest.approx(without.flow / 2)


def test_options_out_of_range_are_refused_at_once() -> None:
    with pytest.raises(InputError) as caught:
        FunnelOptions(
            eligible_share=replace(SHARE, value=1.5),
            treated_share=replace(SHARE, value=-0.1),
            median_survival_months=replace(SHARE, value=0.0),
            central="albert",
        )
    assert len(caught.value.problems) == 4
    assert "alberta" in str(caught.value)


def test_a_scenario_cannot_gain_patients() -> None:
    scenario = attrition_scenarios()[0]
    with pytest.raises(InputError, match="fall"):
        replace(scenario, line_3=0.9)
    assert isinstance(scenario, AttritionScenario)
