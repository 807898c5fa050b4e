"""Rates know their scale and refuse to be mixed."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace

import pytest

from leucel.core import InputError, ScaleError
from leucel.epidemiology import (
    AgeStandardized,
    Crude,
    Measure,
    Rate,
    crude_rate,
    ratio_of_rates,
    require_crude,
    scale_from_text,
)

QUOTED_INCIDENCE = Rate(
    measure=Measure.INCIDENCE, scale=AgeStandardized(), value=1.8, area="WLD", year="2022"
)
QUOTED_PREVALENCE = Rate(
    measure=Measure.LIMITED_PREVALENCE,
    window_years=5,
    scale=Crude(),
    value=6.8,
    area="WLD",
    year="2022",
)


@pytest.mark.requirement("S5")
@pytest.mark.parametrize(
    "mix",
    [operator.truediv, operator.add, operator.sub, operator.lt, operator.le, operator.gt],
)
def test_crude_and_standardized_rates_do_not_mix(mix: Callable[[Rate, Rate], object]) -> None:
    with pytest.raises(ScaleError, match="different scales") as caught:
        mix(QUOTED_PREVALENCE, QUOTED_INCIDENCE)
    assert "counts no living people" in str(caught.value)


@pytest.mark.requirement("S5")
def test_the_quoted_ratio_of_3_8_years_is_refused() -> None:
    with pytest.raises(ScaleError, match=r"6\.8 per 100,000.*1\.8 per 100,000"):
        ratio_of_rates(QUOTED_PREVALENCE, QUOTED_INCIDENCE)


def test_standardized_rates_of_two_standards_do_not_mix() -> None:
    other = replace(QUOTED_INCIDENCE, scale=AgeStandardized("european_2013"))
    with pytest.raises(ScaleError):
        _ = other > QUOTED_INCIDENCE


def test_a_standardized_rate_is_no_crude_one() -> None:
    with pytest.raises(ScaleError, match="legal threshold"):
        require_crude(QUOTED_INCIDENCE, purpose="tested against a legal threshold")
    assert require_crude(QUOTED_PREVALENCE, purpose="tested") is QUOTED_PREVALENCE


def test_crude_rates_of_one_population_add_up_and_keep_their_codes() -> None:
    people = 1_000_000.0
    myeloma = crude_rate(20, people, measure=Measure.INCIDENCE, codes=("C90",))
    other = crude_rate(4, people, measure=Measure.INCIDENCE, codes=("C88",)).rescaled(10_000)
    both = myeloma + other
    assert both.value == pytest.approx(2.4)
    assert both.numerator == 24
    assert both.codes == ("C90", "C88")
    assert (both - other).value == pytest.approx(2.0)


def test_rates_of_two_groups_do_not_add_up() -> None:
    men = Rate(measure=Measure.INCIDENCE, scale=Crude(), value=2.0, sex="men")
    women = replace(men, sex="women")
    with pytest.raises(InputError, match="sex"):
        _ = men + women


def test_prevalence_and_incidence_are_not_compared_but_divided() -> None:
    alive = Rate(measure=Measure.COMPLETE_PREVALENCE, scale=Crude(), value=6.88)
    new = Rate(measure=Measure.INCIDENCE, scale=Crude(), value=1.6)
    with pytest.raises(InputError, match="measure"):
        _ = alive > new
    assert alive / new == pytest.approx(4.3)
    with pytest.raises(InputError, match="duration"):
        ratio_of_rates(new, alive)
    with pytest.raises(InputError, match="zero"):
        _ = alive / replace(new, value=0.0)


def test_order_does_not_depend_on_the_reference_group() -> None:
    per_10000 = QUOTED_PREVALENCE.rescaled(10_000)
    assert per_10000.value == 0.68
    assert per_10000 <= QUOTED_PREVALENCE <= per_10000
    assert not per_10000 > QUOTED_PREVALENCE


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": -1.0}, "value of a rate"),
        ({"value": float("nan")}, "value of a rate"),
        ({"per": 0.0}, "reference group"),
        ({"window_years": None}, "window"),
        ({"window_years": -5.0}, "window"),
        ({"low": 7.0}, "limits"),
        ({"high": 6.0}, "limits"),
    ],
)
def test_impossible_rates_are_refused(changes: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        replace(QUOTED_PREVALENCE, **changes)


def test_all_faults_of_a_rate_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        replace(QUOTED_PREVALENCE, value=-1.0, per=-1.0, window_years=None)
    assert len(caught.value.problems) == 3


def test_a_standardized_value_under_crude_counts_is_noticed() -> None:
    """World 2022: 187,868 cases among 7.885 billion people are 2.38, not 1.8."""
    with pytest.raises(InputError, match="age-standardized"):
        Rate(
            measure=Measure.INCIDENCE,
            scale=Crude(),
            value=1.8,
            numerator=187_868,
            denominator=7_885_070_781,
        )


def test_counts_out_of_range_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        crude_rate(-1, 0, measure=Measure.INCIDENCE)
    assert len(caught.value.problems) == 2


def test_scales_are_read_from_text() -> None:
    assert scale_from_text("crude") == Crude()
    assert scale_from_text("age_standardized") == AgeStandardized("segi_doll_world")
    with pytest.raises(InputError, match="scale"):
        scale_from_text("adjusted")
