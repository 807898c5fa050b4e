"""Tables of the user in place of what ships: cases by age, populations, survival."""

from __future__ import annotations

import math

import numpy as np
import pytest

from leucel.core import InputError, MissingEvidenceError, RandomStream
from leucel.epidemiology import (
    AGE_GROUPS,
    FIVE_YEAR_RATIO,
    AgeStandardized,
    AgeTable,
    BurdenOptions,
    Measure,
    OwnData,
    Population,
    Rate,
    SurvivalBasis,
    SurvivalPoints,
    age_counts,
    estimate_burden,
    estimate_incidence,
    get_population,
    incidence_from_ages,
    ratio_for_window,
    ratio_from_survival,
    registry_rates,
    registry_ratio,
    seer_rates,
)

PEOPLE = get_population("SA").persons
WORLD = Rate(measure=Measure.INCIDENCE, scale=AgeStandardized(), value=1.8, area="WLD")
# Sums of 18 products in double precision.
ROUNDING = 1e-12


def registry(level: float = 0.3, *, years: float = 5.0, unknown: float = 0.0) -> AgeTable:
    """A registry of the Saudi ages with the SEER curve at some level."""
    time = PEOPLE * years
    return AgeTable(
        counts=age_counts(seer_rates() * level * time, time), unknown=unknown, name="registry.csv"
    )


def survival(basis: SurvivalBasis = SurvivalBasis.OBSERVED) -> SurvivalPoints:
    """Points with limits."""
    return SurvivalPoints(
        years=(1.0, 5.0, 10.0),
        shares=(0.8, 0.48, 0.25),
        low=(0.76, 0.43, 0.20),
        high=(0.84, 0.53, 0.30),
        basis=basis,
        name="survival.csv",
        source="mine",
    )


def test_a_registry_of_the_own_ages_gives_its_yearly_cases_back() -> None:
    table = registry(years=5.0)
    found = incidence_from_ages("SA", table)
    assert found.cases == pytest.approx(float(table.counts.cases.sum()) / 5, rel=ROUNDING)
    assert found.low < found.cases < found.high
    assert found.count == pytest.approx(float(table.counts.cases.sum()))


def test_cases_of_unknown_age_are_spread() -> None:
    known = incidence_from_ages("SA", registry())
    total = float(registry().counts.cases.sum())
    more = incidence_from_ages("SA", registry(unknown=total / 10))
    assert more.cases == pytest.approx(known.cases * 1.1, rel=ROUNDING)
    assert "unknown age" in more.note


def test_a_population_of_the_user_moves_the_cases() -> None:
    twice = Population(area="SA", year=2030, revision="mine.csv", persons=PEOPLE * 2)
    own = OwnData(populations={"SA": twice}, ages={"SA": registry()})
    first, second = estimate_incidence("SA", world_asr=WORLD, own_data=own)
    assert first.method == "registry by age"
    assert first.cases == pytest.approx(2 * incidence_from_ages("SA", registry()).cases)
    assert first.population_source == second.population_source == "mine.csv"
    assert second.population == pytest.approx(twice.total)


def test_an_area_without_ages_asks_for_a_population() -> None:
    with pytest.raises(MissingEvidenceError, match="population"):
        incidence_from_ages("HK", registry())
    people = Population(area="HK", year=2022, revision="census", persons=PEOPLE)
    assert incidence_from_ages("HK", registry(), population=people).cases > 0


def test_rates_of_a_registry_keep_their_scales_apart() -> None:
    crude, segi, who = registry_rates("SA", registry(), ("segi_doll_world", "who_2000_2025"))
    assert crude.scale.label == "crude"
    assert segi.scale == AgeStandardized("segi_doll_world")
    assert who.scale == AgeStandardized("who_2000_2025")
    with pytest.raises(InputError, match="different scales"):
        _ = segi / who
    assert registry_ratio(registry(0.3)).ratio == pytest.approx(0.3, rel=ROUNDING)


def test_survival_of_the_user_replaces_the_ratios() -> None:
    own = OwnData(survival={"SA": survival()}, ages={"SA": registry()})
    options = BurdenOptions(draws=400, windows=(3.0, 10.0), standards=("european_2013",))
    burden = estimate_burden(
        ["SA", "JP"], world_asr=WORLD, own_data=own, rng=RandomStream(1), options=options
    )
    mine, other = burden.areas
    ratio = ratio_from_survival(survival())
    cases = mine.incidence[0].cases
    assert mine.survival_ratio == ratio
    assert mine.complete[0].persons == pytest.approx(cases * ratio.point, rel=1e-9)
    assert other.survival_ratio is None
    windows = [mine.limited[0], mine.five_year[0], mine.limited[1], mine.complete[0]]
    assert [item.window_years for item in windows] == [3.0, 5.0, 10.0, None]
    people = [item.persons for item in windows]
    assert people == sorted(people)
    measures = [row["measure"] for row in burden.rows() if row["jurisdiction"] == "SA"]
    assert {"prevalence_3y", "prevalence_10y", "incidence_asr", "incidence_sir"} <= set(measures)


def test_net_survival_is_named_as_an_upper_bound() -> None:
    own = OwnData(survival={"SA": survival(SurvivalBasis.NET)})
    burden = estimate_burden(
        ["SA"],
        world_asr=WORLD,
        own_data=own,
        rng=RandomStream(1),
        options=BurdenOptions(draws=200),
    )
    assert any("upper bound" in text for text in burden.areas[0].warnings)
    complete = next(r for r in burden.rows() if r["measure"] == "prevalence_complete")
    assert "deaths from other causes" in complete["note"]


def test_windows_between_one_year_and_all_rise() -> None:
    ratios = [ratio_for_window(years) for years in (1, 3, 5, 10)]
    assert [round(ratio.point, 3) for ratio in ratios] == [0.886, 2.118, 2.869, 3.702]
    assert all(ratio.low <= ratio.point <= ratio.high for ratio in ratios)
    five = ratio_for_window(5)
    assert (five.point, five.high) == pytest.approx(
        (FIVE_YEAR_RATIO.point, FIVE_YEAR_RATIO.high), abs=0.005
    )


def test_bad_windows_and_standards_are_told_together() -> None:
    with pytest.raises(InputError) as caught:
        BurdenOptions(windows=(0.0, 200.0), standards=("mars",), draws=10)
    assert len(caught.value.problems) == 4
    with pytest.raises(InputError, match="above 0"):
        ratio_for_window(math.inf)


def test_the_limits_of_a_ratio_follow_those_of_survival() -> None:
    ratio = ratio_from_survival(survival(), window_years=5)
    assert ratio.low < ratio.point < ratio.high
    assert ratio.window_years == 5
    narrow = SurvivalPoints(
        years=survival().years,
        shares=survival().shares,
        low=survival().shares,
        high=survival().shares,
    )
    flat = ratio_from_survival(narrow, window_years=5)
    assert (flat.low, flat.high) == pytest.approx((flat.point, flat.point))


def test_groups_are_those_of_the_standards() -> None:
    assert len(AGE_GROUPS) == np.size(PEOPLE) == 18
