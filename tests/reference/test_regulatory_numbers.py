"""Numbers that the evidence derives on thresholds, prevalence, lines and clocks, from leucel."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from leucel.core import RandomStream, ScaleError
from leucel.epidemiology import (
    AgeStandardized,
    Crude,
    Measure,
    PrevalenceRatio,
    Rate,
    SurvivalPoints,
    WeibullSurvival,
    added_by_therapy,
    attrition_scenarios,
    crude_rate,
    exponential_from_ratio,
    fit_weibull,
    follow_funnel,
    get_population,
    incidence_from_count,
    population_totals,
    prevalence_from_ratio,
    prevalence_from_survival,
    published_figures,
    read_country_table,
    require_crude,
)
from leucel.regulatory import (
    MilestoneRegister,
    ProductFacts,
    Verdict,
    add_working_days,
    judge_jurisdiction,
    judge_rate,
    load_rules,
    plan_routes,
    read_clock,
    read_threshold,
    working_calendar,
)

Shared = Callable[[str], Path]
BOOK = load_rules()
FOLDER = "evidence/epidemiology"
# Half a unit of the last printed digit.
TENTH, HUNDREDTH = 0.05, 0.005
WORLD_2022 = 7_885_070_781


def per_10000(rule_id: str, population: float) -> float:
    """Limit of a rule as a share of a population."""
    threshold = read_threshold(BOOK.get(rule_id))
    return threshold.limit_in_persons(population) / population * 1e4


@pytest.mark.parametrize(
    ("rule_id", "population", "expected"),
    [
        ("SA-ODD-THR-01", 35_787_888, 5.0),
        ("US-ODD-THR-01", 334_761_430, 5.97),
        ("JP-ODD-THR-01", 125_476_267, 3.98),
        ("JP-ODD-THR-02", 125_476_267, 14.3),
        ("TW-ODD-THR-01", 23_900_000, 1.0),
        ("BR-ODD-THR-01", 215_000_000, 6.5),
        ("RU-ODD-THR-01", 144_000_000, 1.0),
        ("AU-ODD-THR-01", 26_051_830, 5.0),
    ],
)
def test_thresholds_per_10000(rule_id: str, population: float, expected: float) -> None:
    assert per_10000(rule_id, population) == pytest.approx(expected, abs=TENTH)


def test_thresholds_in_persons() -> None:
    limit = read_threshold(BOOK.get("SA-ODD-THR-01")).limit_in_persons
    assert [round(limit(total)) for total in population_totals("SA").values()] == [17894, 16088]
    union = read_threshold(BOOK.get("EU-ODD-THR-01")).limit_in_persons(444_826_890)
    assert round(union) == 222_413


def test_the_founding_document_mixes_two_scales() -> None:
    """1.8 is standardized and 6.8 is crude: 6.8 / 1.8 = 3.8 years is refused, 2.87 is the ratio."""
    standardized, alive = (
        next(rate for rate in published_figures() if rate.area == "WLD" and rate.value == value)
        for value in (1.8, 6.8)
    )
    assert standardized.scale == AgeStandardized("segi_doll_world")
    assert alive.scale == Crude()
    for mixed in (
        lambda: alive / standardized,
        lambda: alive > standardized,
        lambda: standardized + alive,
        lambda: require_crude(standardized, purpose="tested against a legal threshold"),
    ):
        with pytest.raises(
            ScaleError, match=r"cannot be (divided|compared|added|tested)"
        ) as caught:
            mixed()
        assert "what a population would show" in str(caught.value)
    with pytest.raises(ScaleError):
        judge_rate(BOOK.get("SA-ODD-THR-01"), standardized)
    crude = crude_rate(187_868, WORLD_2022, measure=Measure.INCIDENCE)
    assert crude.value == pytest.approx(2.38, abs=HUNDREDTH)
    people = crude_rate(539_000, WORLD_2022, measure=Measure.LIMITED_PREVALENCE, window_years=5)
    assert people / crude == pytest.approx(2.87, abs=HUNDREDTH)
    assert people.rescaled(10_000).value == pytest.approx(0.68, abs=HUNDREDTH)


def test_a_standardized_rate_given_as_crude_betrays_itself() -> None:
    with pytest.raises(Exception, match="does not agree with its counts") as caught:
        Rate(
            measure=Measure.INCIDENCE,
            scale=Crude(),
            value=1.8,
            numerator=187_868,
            denominator=WORLD_2022,
        )
    assert "age-standardized" in str(caught.value)


def test_code_lists_stay_apart() -> None:
    """C90 and C90 with C88 are two counts: they add to a rate that names both."""
    alone = Rate(measure=Measure.INCIDENCE, scale=Crude(), value=2.0, codes=("C90",), year="2022")
    other = Rate(measure=Measure.INCIDENCE, scale=Crude(), value=0.1, codes=("C88",), year="2022")
    assert (alone + other).codes == ("C90", "C88")


def test_the_completeness_of_a_world_exponential() -> None:
    curve = exponential_from_ratio(2.869, window_years=5)
    assert curve.completeness(5) == pytest.approx(0.71, abs=HUNDREDTH)
    assert float(curve.survival(5)) == pytest.approx(0.29, abs=HUNDREDTH)


def test_net_survival_over_counts_in_the_united_states() -> None:
    """32,258 cases x about 9 years are about 290,000 people; registries count 129,000-138,000."""
    curve = fit_weibull([5, 10], [0.60, 0.34])
    people = 32_258 * float(curve.area(math.inf))
    assert people == pytest.approx(290_000, rel=0.02)
    assert people > 2 * 138_415


def test_saudi_people_under_english_survival() -> None:
    """295 x 3.512 = 1,036 people; 0.29 and 0.32 per 10,000 by revision."""
    england = SurvivalPoints(
        years=(1.0, 5.0, 10.0),
        shares=(0.826, 0.522, 0.291),
        low=(0.826, 0.522, 0.291),
        high=(0.826, 0.522, 0.291),
        name="England 2013-17",
    )
    cases = incidence_from_count("SA", 295)
    found = prevalence_from_survival(cases, england, RandomStream(1), window_years=5, draws=400)
    assert round(found.persons) == 1036
    shares = [found.persons / total * 1e4 for total in population_totals("SA").values()]
    assert shares == pytest.approx([0.29, 0.32], abs=HUNDREDTH)


def test_saudi_people_by_the_world_ratio() -> None:
    ratio = PrevalenceRatio(window_years=5.0, point=2.869, low=2.869, high=2.869)
    cases = incidence_from_count("SA", 295, spread=1.0)
    found = prevalence_from_ratio(cases, ratio, RandomStream(1), draws=20_000)
    assert round(found.persons) == 846
    # Chance of the count alone: 753 to 949 by exact limits; draws are from the Jeffreys posterior.
    assert (found.low, found.high) == pytest.approx((753, 949), rel=0.01)
    shares = [found.persons / total * 1e4 for total in population_totals("SA").values()]
    assert shares == pytest.approx([0.24, 0.26], abs=HUNDREDTH)


def test_revisions_of_gulf_populations() -> None:
    for code, change in (("SA", -0.10), ("BH", -0.13), ("OM", -0.11), ("KW", 0.05), ("QA", -0.03)):
        old, new = population_totals(code).values()
        assert new / old - 1 == pytest.approx(change, abs=HUNDREDTH), code
    rates = [295 / total * 1e5 for total in population_totals("SA").values()]
    assert rates == pytest.approx([0.82, 0.92], abs=HUNDREDTH)


@pytest.mark.shared
def test_crude_rates_are_counts_over_the_shipped_populations(shared: Shared) -> None:
    """60 of 62 countries agree; China and Bahrain do not, as the evidence says."""
    table = read_country_table(shared(f"{FOLDER}/globocan2022_mm.csv"))
    wrong: list[str] = []
    tested = 0
    for row in table.rows:
        if row.crude is None or row.population is None or row.asr is None:
            continue
        tested += 1
        text = f"{row.crude:g}"
        digits = len(text.partition(".")[2])
        rate = crude_rate(row.cases, row.population, measure=Measure.INCIDENCE)
        if abs(rate.value - row.crude) > 0.5 * 10**-digits + 0.001:
            wrong.append(row.area)
    assert tested == 62
    assert set(wrong) <= {"CN", "BH", "CHN", "BHR"}


@pytest.mark.shared
def test_blocks_are_sums_of_their_members(shared: Shared) -> None:
    table = read_country_table(shared(f"{FOLDER}/globocan2022_mm.csv"))
    for code, cases, rate in (("GCC", 528, 0.88), ("EU", 35_354, 7.95)):
        row = table.find(code)
        assert row is not None
        assert row.cases == cases
        assert row.population is not None
        assert row.cases / row.population * 1e5 == pytest.approx(rate, abs=HUNDREDTH)
    assert get_population("GCC").total == pytest.approx(60_258_634, rel=1e-6)


@pytest.mark.shared
def test_every_column_of_the_margins(shared: Shared) -> None:
    with shared(f"{FOLDER}/mm_threshold_margins_derived.csv").open() as handle:
        rows = list(csv.DictReader(handle))
    codes = {"SAU": "SA", "SUM_EU27": "EU", "AUS": "AU", "USA": "US", "JPN": "JP"}
    codes |= {"ARE": "AE", "KWT": "KW", "BHR": "BH"}
    assert len(rows) == 8
    for row in rows:
        code, cases, people = codes[row["iso3"]], float(row["cases"]), float(row["pop2022"])
        estimate = incidence_from_count(code, cases, population=people)
        test = judge_jurisdiction(code, estimate, BOOK)[0]
        assert test.threshold is not None
        persons = test.threshold.limit_in_persons(people)
        assert persons == pytest.approx(float(row["threshold_persons"]), abs=0.5)
        assert persons / people * 1e4 == pytest.approx(
            float(row["threshold_per_10k"]), abs=HUNDREDTH
        )
        for column, years in (("p10k_5y_world2.87", 2.869), ("p10k_PI4.3", 4.3)):
            ratio = PrevalenceRatio(window_years=None, point=years, low=years, high=years)
            found = prevalence_from_ratio(estimate, ratio, RandomStream(1), draws=200)
            assert found.per_10000 == pytest.approx(float(row[column]), abs=HUNDREDTH)


@pytest.mark.shared
def test_robust_and_borderline_answers(shared: Shared) -> None:
    """The Saudi answer depends on no choice; those of the EU, the US and Australia now do."""
    table = read_country_table(shared(f"{FOLDER}/globocan2022_mm.csv"))
    verdicts: dict[str, tuple[Verdict, float]] = {}
    for code in ("SA", "EU", "US", "AU"):
        row = table.find(code)
        assert row is not None
        estimate = incidence_from_count(code, row.cases, population=row.population)
        test = judge_jurisdiction(code, estimate, BOOK, as_of=date(2026, 11, 1))[0]
        assert test.margin_years is not None
        verdicts[code] = (test.verdict, test.margin_years)
    assert verdicts["SA"][0] is Verdict.MET
    assert verdicts["SA"][1] == pytest.approx(60.7, abs=TENTH)
    for code, margin in (("EU", 6.3), ("US", 6.2), ("AU", 5.8)):
        assert verdicts[code] == (Verdict.BORDERLINE, pytest.approx(margin, abs=TENTH))


def test_precedents_of_the_committee() -> None:
    """515.7 M x 4 per 10,000 = 206,280; 208,000 over 4 per 10,000 = 520 M; 6.88 / 1.60 = 4.3."""
    rule = BOOK.get("EU-ODD-THR-01")
    four = crude_rate(206_280, 515_700_000, measure=Measure.COMPLETE_PREVALENCE, per=10_000)
    assert four.value == pytest.approx(4.0)
    assert judge_rate(rule, four).verdict is Verdict.MET
    assert 208_000 / four.fraction == pytest.approx(520e6, rel=1e-9)
    china = {rate.measure: rate for rate in published_figures() if rate.area == "CN"}
    ratio = china[Measure.COMPLETE_PREVALENCE] / china[Measure.INCIDENCE]
    assert ratio == pytest.approx(4.3, abs=TENTH)


def test_lines_of_therapy() -> None:
    by_id = {scenario.id: scenario for scenario in attrition_scenarios()}
    expected = {
        "alberta": (0.539, 0.248, 0.182),
        "pharos": (0.636, 0.309, 0.152),
        "west_china": (0.543, 0.279, 0.115),
    }
    for name, shares in expected.items():
        found = by_id[name]
        assert (found.line_2, found.line_3, found.line_4) == pytest.approx(shares, abs=5e-4)
    assert by_id["cmrg_transplant"].line_4 == pytest.approx(0.63, abs=HUNDREDTH)
    assert by_id["cmrg_no_transplant"].line_4 == pytest.approx(0.36, abs=HUNDREDTH)
    funnel = follow_funnel(incidence_from_count("SA", 295))
    flows = [round(flow) for flow in funnel.flows("line 4").values()]
    assert flows == [32, 43, 51, 101, 177]
    years = 13 / 12 / math.log(2)
    assert years == pytest.approx(1.56, abs=HUNDREDTH)
    ends = funnel.flows("line 4").values()
    assert [round(min(ends) * years), round(max(ends) * years)] == [50, 276]


def test_saudi_review_in_months() -> None:
    """243 or 405 working days are about 11 or 19 months of a Sunday-Thursday week."""
    plain = working_calendar("SA", years=range(2025, 2028), holidays=[])
    start = date(2025, 5, 9)
    for rule_id, months in (("SA-PRI-CLK-01", 11), ("SA-REG-CLK-01", 19)):
        clock = read_clock(BOOK.get(rule_id))
        assert clock is not None
        days = (add_working_days(plain, start, round(clock.count)) - start).days
        assert days / 30.44 == pytest.approx(months, abs=0.5)


def test_two_national_approvals_open_the_gulf_reliance() -> None:
    clock = read_clock(BOOK.get("GCC-CLK-03"))
    assert clock is not None
    assert clock.finish(date(2025, 5, 9), None) == date(2025, 7, 8)
    product = ProductFacts(name="example")
    plan = plan_routes(
        ["GCC"], product=product, register=MilestoneRegister(), start=date(2025, 5, 9)
    )
    reliance = next(route for route in plan.routes if "reliance" in route.route)
    assert reliance.status.value == "closed"


def test_a_therapy_that_lengthens_life_uses_up_the_margin() -> None:
    gain = added_by_therapy(
        1000.0,
        without=WeibullSurvival(scale=1.56),
        with_therapy=WeibullSurvival(scale=3.12),
        years_since_launch=30.0,
        ramp_years=0.0,
    )
    assert gain.persons == pytest.approx(1000 * 1.56, rel=1e-3)
