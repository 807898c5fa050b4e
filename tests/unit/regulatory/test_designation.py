"""The threshold test and its verdicts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from leucel.core import InputError, Mark, RandomStream, ScaleError
from leucel.epidemiology import (
    AgeStandardized,
    BurdenOptions,
    Crude,
    DiseaseBurden,
    Measure,
    Rate,
    estimate_burden,
    incidence_from_count,
    published_figures,
)
from leucel.epidemiology import sources as population_sources
from leucel.regulatory import (
    DesignationResult,
    Rule,
    ThresholdTest,
    Verdict,
    designate,
    judge_cases,
    judge_jurisdiction,
    judge_rate,
    load_rules,
    rule_from_record,
    with_overrides,
)

BOOK = load_rules()
WORLD = Rate(measure=Measure.INCIDENCE, scale=AgeStandardized(), value=1.8, area="WLD", year="2022")
JURISDICTIONS = [
    *("SA", "AE", "KW", "BH", "QA", "OM", "GCC", "CN", "HK", "SG", "KR", "JP"),
    *("US", "EU", "GB", "AU", "CH"),
]
FOUNDING_DAY = date(2025, 5, 9)
KEYS = [
    "jurisdiction",
    "rule_id",
    "threshold",
    "unit",
    "operator",
    "prevalence",
    "low",
    "high",
    "verdict",
    "margin_years",
    "marks",
    "sources",
]


@pytest.fixture(scope="module")
def burden() -> DiseaseBurden:
    return estimate_burden(
        JURISDICTIONS,
        world_asr=WORLD,
        figures=published_figures(),
        rng=RandomStream(1),
        options=BurdenOptions(draws=200),
    )


@pytest.fixture(scope="module")
def result(burden: DiseaseBurden) -> DesignationResult:
    return designate(JURISDICTIONS, burden, as_of=FOUNDING_DAY, compare_with=date(2026, 11, 1))


def found(result: DesignationResult, code: str) -> ThresholdTest:
    test = result.find(code)
    assert test is not None
    return test


def cases(number: float, *, area: str = "AU", people: float = 1e6) -> Verdict:
    """Verdict of a sharp count (no chance, no registration error) against 5 in 10,000."""
    estimate = replace(
        incidence_from_count(area, number, population=people), low=number, high=number
    )
    return judge_cases(BOOK.get("AU-ODD-THR-01"), estimate).verdict


@pytest.mark.requirement("S2")
def test_the_saudi_threshold_is_met_by_a_wide_margin(result: DesignationResult) -> None:
    test = found(result, "SA")
    assert test.verdict is Verdict.MET
    assert test.rule is not None
    assert test.rule.id == "SA-ODD-THR-01"
    assert test.margin_years is not None
    assert test.margin_years > 30
    assert test.high is not None
    assert test.high < 0.6 * 5
    assert "contested from 2025-07-17 by SA-ODD-THR-02" in test.marks


def test_large_markets_are_borderline_without_country_counts(result: DesignationResult) -> None:
    for code in ("US", "EU", "GB", "AU", "CH"):
        assert found(result, code).verdict is Verdict.BORDERLINE
        assert "crosses" in found(result, code).reason


def test_nothing_is_concluded_without_an_established_rule(result: DesignationResult) -> None:
    for code in ("AE", "KW", "BH", "QA", "OM", "CN", "HK", "SG"):
        assert found(result, code).verdict is Verdict.CANNOT_CONCLUDE
    kuwait = found(result, "KW")
    assert "borrowed from GCC" in kuwait.marks
    assert kuwait.margin_years is not None
    assert "no national threshold" in kuwait.reason
    assert "no orphan designation" in found(result, "SG").reason
    assert found(result, "HK").rule is None


def test_rows_have_exactly_the_keys_of_the_contract(result: DesignationResult) -> None:
    assert [list(row) for row in result.rows()] == [KEYS] * len(JURISDICTIONS)
    assert [row["jurisdiction"] for row in result.rows()] == JURISDICTIONS
    json.dumps(result.to_summary(), allow_nan=False)


def test_every_source_of_a_row_is_known(result: DesignationResult) -> None:
    known = {**population_sources(), **result.sources()}
    assert all(source in known for row in result.rows() for source in row["sources"])


def test_other_limbs_and_precedents_are_shown_apart(result: DesignationResult) -> None:
    limbs = {test.rule.id: test for test in result.limbs if test.rule}
    assert limbs["US-ODD-THR-02"].verdict is Verdict.CANNOT_CONCLUDE
    assert limbs["US-ODD-THR-03"].reason.startswith("the rule is unverified")
    assert limbs["JP-ODD-THR-02"].verdict is Verdict.CANNOT_CONCLUDE
    accepted = [test for test in result.precedents if test.jurisdiction == "EU"]
    assert [(test.prevalence, test.verdict) for test in accepted] == [(4.0, Verdict.MET)]


def test_two_days_differ_and_the_result_says_why(burden: DiseaseBurden) -> None:
    later = designate(["SA", "CN"], burden, as_of=date(2026, 11, 1), compare_with=FOUNDING_DAY)
    assert later.contested == (("SA-ODD-THR-01", "SA-ODD-THR-02"),)
    assert "contested by SA-ODD-THR-02" in found(later, "SA").marks
    assert any("CN-INC-01" in str(change) for change in later.changes)
    assert any("SA-ODD-THR-02" in str(change) for change in later.changes)
    partner = [test for test in later.limbs if test.rule and test.rule.id == "SA-ODD-THR-02"]
    assert [test.verdict for test in partner] == [Verdict.CANNOT_CONCLUDE]


def test_frames_hold_tests_and_rules(result: DesignationResult) -> None:
    frames = result.to_frames()
    standings = {"principal", "other threshold", "own estimate", "precedent"}
    assert set(frames["designation"]["standing"]) == standings
    assert "SA-ODD-THR-01" in set(frames["rules"]["rule_id"])


def test_verdicts_at_the_limits_of_the_bracket() -> None:
    """5 in 10,000 of a million are 500 people: 83.3 cases at 6.0 years, 116.3 at 4.3."""
    assert cases(83) is Verdict.MET
    assert cases(84) is Verdict.BORDERLINE
    assert cases(116) is Verdict.BORDERLINE
    assert cases(117) is Verdict.NOT_MET


def test_the_operator_decides_at_the_limit_itself() -> None:
    rate = Rate(measure=Measure.COMPLETE_PREVALENCE, scale=Crude(), value=5.0, per=10_000)
    verdicts = {
        rule_id: judge_rate(BOOK.get(rule_id), rate).verdict
        for rule_id in ("AU-ODD-THR-01", "EU-ODD-THR-01", "SA-ODD-THR-01")
    }
    assert verdicts == {
        "AU-ODD-THR-01": Verdict.NOT_MET,
        "EU-ODD-THR-01": Verdict.MET,
        "SA-ODD-THR-01": Verdict.NOT_MET,
    }


@pytest.mark.requirement("S2")
def test_an_age_standardized_rate_is_never_tested() -> None:
    with pytest.raises(ScaleError, match="legal threshold"):
        judge_rate(BOOK.get("SA-ODD-THR-01"), WORLD)


@pytest.mark.requirement("S2")
def test_a_standardized_figure_stops_the_whole_stage(burden: DiseaseBurden) -> None:
    with pytest.raises(ScaleError, match="legal threshold"):
        designate(["SA"], burden, as_of=FOUNDING_DAY, figures=[WORLD])


def test_rules_ahead_are_listed_with_their_standing(burden: DiseaseBurden) -> None:
    result = designate(["EU", "SA"], burden, as_of=date(2026, 11, 1))
    ahead = {rule.id: rule for rule in result.pending}
    assert ahead["EU-REF-THR-01"].provisional
    assert not ahead["SA-ATMP-RTE-02"].provisional
    assert any("provisional" in text for text in result.to_summary()["rules_ahead"])


def test_an_incidence_is_no_prevalence() -> None:
    rate = Rate(measure=Measure.INCIDENCE, scale=Crude(), value=0.8)
    with pytest.raises(InputError, match="no prevalence"):
        judge_rate(BOOK.get("SA-ODD-THR-01"), rate)


def test_a_threshold_in_persons_needs_a_population() -> None:
    rate = Rate(measure=Measure.COMPLETE_PREVALENCE, scale=Crude(), value=3.0, per=10_000)
    rule = replace(BOOK.get("TW-ODD-THR-01"), unit="persons (fewer than)", value="5000")
    with pytest.raises(InputError, match="population"):
        judge_rate(rule, rate)
    assert judge_rate(rule, rate, population=23e6).prevalence == pytest.approx(6900)


def unverified(rule: Rule) -> Rule:
    return replace(rule, mark=Mark.UNVERIFIED)


def test_unverified_never_gives_a_verdict() -> None:
    rule = BOOK.get("AU-ODD-THR-01")
    estimate = incidence_from_count("AU", 100)
    assert judge_cases(rule, estimate).verdict is Verdict.MET
    assert judge_cases(unverified(rule), estimate).verdict is Verdict.CANNOT_CONCLUDE
    weak = replace(estimate, mark=Mark.UNVERIFIED)
    assert judge_cases(rule, weak).verdict is Verdict.CANNOT_CONCLUDE


def test_no_cases_known_is_no_verdict() -> None:
    (test, *_) = judge_jurisdiction("TW", None, BOOK)
    assert test.verdict is Verdict.CANNOT_CONCLUDE
    assert "no cases are known" in test.reason


def test_an_override_is_used_and_printed(burden: DiseaseBurden) -> None:
    own = rule_from_record(
        {
            "jurisdiction": "Saudi Arabia",
            "rule_id": "SA-ODD-THR-01",
            "kind": "threshold",
            "value": "0.1",
            "unit": "per 10000 (fewer than)",
            "legal_source": "letter to the sponsor",
            "mark": "official",
        }
    )
    result = designate(["SA"], burden, as_of=FOUNDING_DAY, book=with_overrides(BOOK, [own]))
    assert found(result, "SA").verdict is Verdict.NOT_MET
    assert "instead of 5 per 10000" in result.to_summary()["overrides"][0]


def test_a_day_before_any_rule_is_refused(burden: DiseaseBurden) -> None:
    with pytest.raises(InputError, match="before any dated rule"):
        designate(["SA"], burden, as_of=date(1950, 1, 1))
    with pytest.raises(InputError, match="unknown country"):
        designate(["Atlantis"], burden, as_of=FOUNDING_DAY)


def test_a_revision_of_the_population_widens_the_range_of_a_count() -> None:
    """The same count is a larger share of the smaller Saudi population of the newer revision."""
    estimate = replace(incidence_from_count("SA", 295), low=295.0, high=295.0)
    test = judge_cases(BOOK.get("SA-ODD-THR-01"), estimate)
    # 295 x 6.0 on 32.18 million, 295 x 4.3 on 35.79 million.
    assert test.high == pytest.approx(0.55, abs=0.005)
    assert test.low == pytest.approx(0.35, abs=0.005)


def test_the_upper_end_of_an_estimate_grows_until_the_day_of_the_test() -> None:
    rule, estimate = BOOK.get("SA-ODD-THR-01"), incidence_from_count("SA", 295)
    plain = judge_cases(rule, estimate)
    later = judge_cases(rule, estimate, as_of=date(2027, 7, 2))
    assert plain.high is not None
    assert (later.prevalence, later.low) == (plain.prevalence, plain.low)
    # Five years at 2.6%.
    assert later.high == pytest.approx(plain.high * 1.026**5, rel=1e-3)
    assert judge_cases(rule, estimate, as_of=date(2020, 1, 1)).high == plain.high
    own_year = replace(estimate, year="2027")
    assert judge_cases(rule, own_year, as_of=date(2027, 7, 2)).high == pytest.approx(
        plain.high, rel=1e-3
    )
