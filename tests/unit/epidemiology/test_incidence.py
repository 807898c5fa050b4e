"""New cases from counts, crude rates and the ages of a country."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from leucel.core import InputError, MissingEvidenceError, RandomStream, ScaleError, StorageError
from leucel.epidemiology import (
    AgeStandardized,
    Crude,
    Measure,
    Rate,
    draw_cases,
    estimate_incidence,
    incidence_from_asr,
    incidence_from_count,
    incidence_from_crude,
    published_figures,
    rate_from_record,
    read_country_table,
)

WORLD = Rate(measure=Measure.INCIDENCE, scale=AgeStandardized(), value=1.8, area="WLD")
QATAR = Rate(measure=Measure.INCIDENCE, scale=Crude(), value=0.8, area="QA")
HEADER = "iso3,country,new_cases,asr_w_inc,wpp2019_pop2022\n"


def write(folder: Path, rows: str) -> Path:
    path = folder / "cases.csv"
    path.write_text(HEADER + rows)
    return path


def test_the_transfer_follows_the_rate_it_is_given() -> None:
    double = Rate(measure=Measure.INCIDENCE, scale=AgeStandardized(), value=3.6, area="WLD")
    once, twice = incidence_from_asr("SA", WORLD), incidence_from_asr("SA", double)
    assert twice.cases == pytest.approx(2 * once.cases)
    assert "not a GLOBOCAN figure" in once.note
    assert once.method == "age-structure transfer"


def test_an_older_country_has_the_higher_crude_rate_at_the_same_risk() -> None:
    young, old = incidence_from_asr("SA", WORLD), incidence_from_asr("JP", WORLD)
    assert old.crude.value > 4 * young.crude.value


def test_the_area_s_own_rate_has_narrower_limits_than_the_world_s() -> None:
    own = Rate(measure=Measure.INCIDENCE, scale=AgeStandardized(), value=1.8, area="SA")
    narrow, wide = incidence_from_asr("SA", own), incidence_from_asr("SA", WORLD)
    assert narrow.cases == wide.cases
    assert wide.low < narrow.low < narrow.high < wide.high


def test_scales_are_not_mixed_up() -> None:
    with pytest.raises(ScaleError, match="crude"):
        incidence_from_asr("SA", QATAR)
    with pytest.raises(ScaleError, match="population"):
        incidence_from_crude("SA", WORLD)
    prevalence = Rate(measure=Measure.COMPLETE_PREVALENCE, scale=Crude(), value=6.8)
    with pytest.raises(InputError, match="no incidence"):
        incidence_from_crude("SA", prevalence)


def test_the_limits_of_a_published_rate_are_kept() -> None:
    china = next(
        rate
        for rate in published_figures()
        if rate.area == "CN" and rate.measure is Measure.INCIDENCE
    )
    estimate = incidence_from_crude("CN", replace(china, year="2022"))
    assert estimate.crude.low == pytest.approx(1.28)
    assert estimate.crude.high == pytest.approx(1.92)
    assert "since" not in estimate.covers


def test_an_older_figure_has_a_higher_upper_limit_only() -> None:
    """Eight years at 1.9% are a factor of 1.1626; it joins the other 20% in quadrature."""
    now = Rate(
        measure=Measure.INCIDENCE, scale=Crude(), value=10, low=8, high=12, area="GB", year="2022"
    )
    fresh = incidence_from_crude("GB", now)
    stale = incidence_from_crude("GB", replace(now, year="2014"))
    assert (stale.cases, stale.low) == (fresh.cases, fresh.low)
    expected = 10 * math.exp(math.hypot(math.log(1.2), 8 * math.log(1.019)))
    assert stale.crude.high == pytest.approx(expected)
    assert "1.9% a year since 2014" in stale.covers


def test_a_count_has_poisson_limits_and_more() -> None:
    alone = incidence_from_count("SA", 295, spread=1)
    # Exact Poisson limits of 295.
    assert (alone.low, alone.high) == pytest.approx((262.2934, 330.6574), abs=1e-3)
    wide = incidence_from_count("SA", 295)
    assert wide.low < alone.low < alone.high < wide.high


def test_no_case_at_all_is_a_count_too() -> None:
    estimate = incidence_from_count("BH", 0)
    assert estimate.low == 0
    assert estimate.high > 3
    drawn = draw_cases(estimate, RandomStream(1), draws=1000)
    assert drawn.min() >= 0
    assert 0 < float(np.quantile(drawn, 0.975)) < estimate.high


def test_a_count_needs_a_population() -> None:
    with pytest.raises(MissingEvidenceError, match="Hong Kong"):
        incidence_from_count("HK", 500)
    assert incidence_from_count("HK", 500, population=7.4e6).crude.value == pytest.approx(
        6.757, 1e-3
    )


@pytest.mark.parametrize("spread", [0.5, float("nan")])
def test_a_spread_below_one_is_refused(spread: float) -> None:
    with pytest.raises(InputError, match="spread"):
        incidence_from_asr("SA", WORLD, spread=spread)


def test_draws_have_the_limits_of_the_estimate() -> None:
    rng = RandomStream(3)
    for estimate in (incidence_from_asr("SA", WORLD), incidence_from_count("SA", 295)):
        drawn = draw_cases(estimate, rng, draws=20_000)
        low, high = np.quantile(drawn, [0.025, 0.975])
        # 3% covers the Monte-Carlo error of tail quantiles and the sum of log errors.
        assert low == pytest.approx(estimate.low, rel=0.03)
        assert high == pytest.approx(estimate.high, rel=0.03)


def test_the_best_source_comes_first_and_both_are_shown(tmp_path: Path) -> None:
    table = read_country_table(write(tmp_path, "QAT,Qatar,23,0.97,2977319\n"))
    found = estimate_incidence("QA", world_asr=WORLD, figures=(QATAR,), table=table)
    methods = [estimate.method for estimate in found]
    assert methods == ["country table", "published figure", "age-structure transfer"]
    assert found[0].cases == 23
    assert found[0].population == 2_977_319


def test_nothing_known_gives_nothing() -> None:
    assert estimate_incidence("HK", world_asr=WORLD) == ()


def test_a_block_is_added_up_from_its_members(tmp_path: Path) -> None:
    rows = "".join(f"{iso},{iso},10,,\n" for iso in ("SAU", "ARE", "KWT", "BHR", "QAT", "OMN"))
    table = read_country_table(write(tmp_path, rows))
    row = table.find("GCC")
    assert row is not None
    assert row.cases == 60
    assert row.population is None
    assert read_country_table(write(tmp_path, "SAU,x,10,,\n")).find("GCC") is None


def test_a_broken_table_reports_every_line(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_country_table(write(tmp_path, "SAU,x,many,1,\nQAT,x,,1,\nOMN,x,5,-1,\n"))
    lines = [problem.where.line for problem in caught.value.problems if problem.where]
    assert lines == [2, 3, 4]


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("country,cases\nSaudi Arabia,3\n")
    with pytest.raises(InputError) as caught:
        read_country_table(path)
    assert len(caught.value.problems) == 2
    with pytest.raises(StorageError):
        read_country_table(tmp_path / "absent.csv")


def test_a_record_with_faults_reports_them_all() -> None:
    with pytest.raises(InputError) as caught:
        rate_from_record({"area": "SA", "measure": "incidents", "value": "x", "marc": "seen"})
    assert len(caught.value.problems) == 3


def test_unverified_figures_are_not_used() -> None:
    record = {"area": "SA", "measure": "incidence", "value": 0.9, "mark": "unverified"}
    found = estimate_incidence("SA", world_asr=WORLD, figures=(rate_from_record(record),))
    assert [estimate.method for estimate in found] == ["age-structure transfer"]


def test_an_own_standardized_rate_is_no_transfer() -> None:
    own = Rate(measure=Measure.INCIDENCE, scale=AgeStandardized(), value=4.7, area="US")
    assert incidence_from_asr("US", own).method == "standardized rate of the area"
    assert incidence_from_asr("US", WORLD).method == "age-structure transfer"
    # 1.3 either way against 3.
    assert incidence_from_asr("US", own).high == pytest.approx(
        1.3 * incidence_from_asr("US", own).cases
    )
