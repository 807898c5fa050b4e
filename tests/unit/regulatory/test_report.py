"""The report under eight headings."""

from __future__ import annotations

import json
from datetime import date

import pytest

from leucel.core import InputError, RandomStream
from leucel.epidemiology import (
    AgeStandardized,
    BurdenOptions,
    DiseaseBurden,
    Measure,
    Rate,
    estimate_burden,
    published_figures,
)
from leucel.epidemiology import sources as population_sources
from leucel.regulatory import (
    HEADINGS,
    DesignationResult,
    PrevalenceReport,
    designate,
    prevalence_report,
)

WORLD = Rate(measure=Measure.INCIDENCE, scale=AgeStandardized(), value=1.8, area="WLD", year="2022")
CODES = ["SA", "EU", "HK"]
DAY, APPLICATION, APPROVAL = date(2026, 11, 1), date(2027, 1, 4), date(2028, 6, 30)


@pytest.fixture(scope="module")
def burden() -> DiseaseBurden:
    return estimate_burden(
        CODES,
        world_asr=WORLD,
        figures=published_figures(),
        rng=RandomStream(1),
        options=BurdenOptions(draws=200),
    )


@pytest.fixture(scope="module")
def result(burden: DiseaseBurden) -> DesignationResult:
    return designate(CODES, burden, as_of=DAY)


def report(
    code: str, burden: DiseaseBurden, result: DesignationResult, **given: object
) -> PrevalenceReport:
    return prevalence_report(
        code,
        burden,
        result,
        application=APPLICATION,
        approval=APPROVAL,
        rng=RandomStream(1),
        precursors=str(given.get("precursors", "")),
    )


def test_every_heading_is_filled_or_says_what_is_missing(
    burden: DiseaseBurden, result: DesignationResult
) -> None:
    for code in CODES:
        found = report(code, burden, result)
        assert tuple(section.heading for section in found.sections) == HEADINGS
        assert all(section.statements or section.gaps for section in found.sections)
        json.dumps(found.to_summary(), allow_nan=False)


def test_the_european_report_holds_figure_projection_and_verdict(
    burden: DiseaseBurden, result: DesignationResult
) -> None:
    found = report("EU", burden, result)
    text = found.to_markdown({**population_sources(), **result.sources()})
    assert "4 per 10,000" in text
    assert "2028-06-30" in text
    assert "Verdict: borderline" in text
    assert "Norway" in text
    # 4 per 10,000 of 2020, 6.5 years later at 7.1% a year.
    assert "4.75 (4.00 to 6.25) per 10,000" in text
    assert "insufficient return" not in text.split("## 2.")[0]
    assert text.count("\n## ") == 9
    # Every source of the report is in a bibliography.
    known = {**population_sources(), **result.sources()}
    assert all(source in known for source in found.sources)


def test_the_saudi_report_is_clear_of_the_threshold(
    burden: DiseaseBurden, result: DesignationResult
) -> None:
    found = report("SA", burden, result, precursors="not counted")
    close = found.sections[5].statements
    assert close[0].startswith("Verdict: met.")
    assert sum("lies below the" in text for text in close) == 2
    assert not any("smoldering" in gap for gap in found.gaps)


def test_a_jurisdiction_without_numbers_says_so(
    burden: DiseaseBurden, result: DesignationResult
) -> None:
    found = report("HK", burden, result)
    assert any("population" in gap for gap in found.gaps)
    assert "cannot conclude" in found.sections[5].statements[0]


def test_bad_days_and_jurisdictions(burden: DiseaseBurden, result: DesignationResult) -> None:
    with pytest.raises(InputError, match="no population or no test"):
        report("JP", burden, result)
    with pytest.raises(InputError, match="before the application"):
        prevalence_report(
            "SA", burden, result, application=APPROVAL, approval=APPLICATION, rng=RandomStream(1)
        )
