"""Qualifying tests beyond prevalence."""

from __future__ import annotations

import json
from datetime import date

import pytest

from leucel.core import Evidence, InputError, Mark, RandomStream
from leucel.epidemiology import AgeStandardized, BurdenOptions, Measure, Rate, estimate_burden
from leucel.regulatory import (
    RuleKind,
    SlotStatus,
    designate,
    load_rules,
    qualifying_tests,
    slot_names,
)

DAY = date(2026, 11, 1)
BOOK = load_rules().as_of(DAY)
CODES = ["SA", "US", "EU", "JP", "CN", "KR", "AU", "CH", "BR"]


def proof(mark: Mark = Mark.OFFICIAL) -> Evidence:
    return Evidence(value="5-year survival below 60%", source="registry", mark=mark)


def statuses(**evidence: Evidence) -> dict[str, SlotStatus]:
    given = {name.replace("_", "/", 1): [item] for name, item in evidence.items()}
    tests = qualifying_tests(CODES, BOOK, as_of=DAY, evidence=given)
    return {test.key: test.status for test in tests}


def test_a_slot_is_open_filled_or_unusable() -> None:
    assert statuses()["EU/SEVERITY"] is SlotStatus.OPEN
    assert statuses(EU_SEVERITY=proof())["EU/SEVERITY"] is SlotStatus.FILLED
    weak = statuses(EU_SEVERITY=proof(Mark.UNVERIFIED))
    assert weak["EU/SEVERITY"] is SlotStatus.UNUSABLE


def test_an_unverified_rule_is_never_answered() -> None:
    given = statuses(SA_SEVERITY=proof())
    assert given["SA/SEVERITY"] is SlotStatus.RULE_UNVERIFIED
    assert given["US/CONDITION"] is SlotStatus.RULE_UNVERIFIED


def test_switzerland_asks_no_benefit_and_takes_foreign_status_instead() -> None:
    tests = {test.key: test for test in qualifying_tests(["CH"], BOOK, as_of=DAY)}
    assert tests["CH/ALTERNATIVES"].status is SlotStatus.NOT_ASKED
    assert tests["CH/FOREIGN_STATUS"].instead_of_prevalence


def test_a_rule_with_several_tests_has_a_slot_for_each() -> None:
    topics = [test.topic.name for test in qualifying_tests(["AU"], BOOK, as_of=DAY)]
    assert topics == ["CONDITION", "SEVERITY", "ALTERNATIVES"]


def test_every_orphan_criterion_of_the_table_is_asked() -> None:
    asked = {test.rule.id for test in qualifying_tests(list(BOOK.jurisdictions), BOOK, as_of=DAY)}
    for rule in BOOK.rules:
        if rule.kind is RuleKind.CRITERION and "-ODD-" in rule.id:
            assert rule.id in asked


def test_evidence_for_a_slot_that_nobody_asks_for_is_refused() -> None:
    assert "EU/SEVERITY" in slot_names(BOOK)
    with pytest.raises(InputError, match="EU/SEVERETY"):
        qualifying_tests(["EU"], BOOK, as_of=DAY, evidence={"EU/SEVERETY": [proof()]})


def test_the_checklist_comes_with_the_designation() -> None:
    world = Rate(measure=Measure.INCIDENCE, scale=AgeStandardized(), value=1.8, area="WLD")
    options = BurdenOptions(draws=200)
    burden = estimate_burden(["EU", "SA"], world_asr=world, rng=RandomStream(1), options=options)
    given = {"EU/SEVERITY": [proof()]}
    result = designate(["SA", "EU"], burden, as_of=DAY, evidence=given)
    rows = result.to_summary()["qualifying_tests"]
    assert [row["jurisdiction"] for row in rows] == ["SA"] * 2 + ["EU"] * 5
    filled = [row["slot"] for row in rows if row["status"] == "evidence given"]
    assert filled == ["EU/SEVERITY"]
    json.dumps(rows, allow_nan=False)
