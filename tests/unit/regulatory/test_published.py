"""A published prevalence of the jurisdiction itself comes before an estimate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from leucel.core import Evidence, Mark
from leucel.epidemiology import (
    PREVALENCE_GROWTH,
    AgeStandardized,
    Crude,
    Measure,
    Rate,
    incidence_from_count,
    published_figures,
)
from leucel.regulatory import Verdict, choose_figure, judge_cases, judge_published, load_rules

DAY = date(2025, 5, 9)
EU_RULE = load_rules().get("EU-ODD-THR-01")
ESTIMATED = judge_cases(EU_RULE, incidence_from_count("EU", 35_000))


def figure(value: float = 4.0, *, year: str = "2020", mark: Mark = Mark.OFFICIAL) -> Rate:
    return Rate(
        measure=Measure.COMPLETE_PREVALENCE,
        scale=Crude(),
        value=value,
        per=10_000,
        area="EU",
        year=year,
        evidence=Evidence(value=value, source="source_of_the_figure", mark=mark),
    )


def test_the_accepted_figure_is_carried_to_the_day_of_the_test() -> None:
    test = judge_published(ESTIMATED, figure(), as_of=DAY)
    # 4.85 years from the middle of 2020 to 9 May 2025.
    assert test.low == 4.0
    assert test.high == pytest.approx(4.0 * (1 + PREVALENCE_GROWTH.high) ** 4.85, rel=1e-3)
    assert test.verdict is Verdict.BORDERLINE
    assert test.margin_years == ESTIMATED.margin_years
    assert "1.25 times the figure" in test.reason
    assert "own estimate for comparison: 3.86" in test.reason


def test_the_margin_follows_from_the_figure_without_an_own_incidence() -> None:
    """5 / 4 x 4.9 years; modelled counts of the Union give 6.3."""
    test = judge_published(ESTIMATED, figure(), as_of=DAY, own_incidence=False)
    assert test.margin_years == pytest.approx(6.125)
    assert "margin from the figure over 4.9 years" in test.marks
    assert "6.1 times the yearly incidence" in test.reason


def test_the_range_grows_with_the_day() -> None:
    ends = [
        judge_published(ESTIMATED, figure(), as_of=date(year, 6, 1)).high or 0.0
        for year in (2020, 2023, 2026)
    ]
    assert ends == sorted(ends)
    assert ends[0] == pytest.approx(4.0)
    early = judge_published(ESTIMATED, figure(), as_of=date(2020, 6, 1))
    assert early.verdict is Verdict.MET


def test_a_count_that_may_leave_people_out_takes_the_upper_end_of_the_estimate() -> None:
    partial = replace(figure(1.0), lower_bound=True)
    test = judge_published(ESTIMATED, partial, as_of=DAY)
    assert test.high == ESTIMATED.high
    assert "lower bound" in test.marks
    window = replace(figure(1.0), measure=Measure.LIMITED_PREVALENCE, window_years=5.0)
    assert judge_published(ESTIMATED, window, as_of=DAY).high == ESTIMATED.high


def test_the_best_figure_is_official_complete_and_recent() -> None:
    old, weak = figure(2.0, year="2001"), figure(5.0, year="2023", mark=Mark.SECONDARY)
    later, unusable = figure(6.0, year="2027"), figure(7.0, year="2024", mark=Mark.UNVERIFIED)
    standardized = replace(figure(1.0, year="2024"), scale=AgeStandardized())
    every = [old, weak, later, unusable, standardized, figure()]
    assert choose_figure("EU", every, as_of=DAY) == figure()
    assert choose_figure("EU", [old, later, unusable, standardized], as_of=DAY) is None
    assert choose_figure("EU", [weak], as_of=date(2040, 1, 1)) is None


def test_shipped_figures_are_chosen_for_three_jurisdictions() -> None:
    chosen = {
        code: choose_figure(code, published_figures(), as_of=DAY)
        for code in ("SA", "US", "EU", "AU", "JP")
    }
    assert {code for code, rate in chosen.items() if rate} == {"US", "EU", "AU"}
    american = chosen["US"]
    assert american is not None
    assert american.lower_bound
    assert american.numerator == 138_415
