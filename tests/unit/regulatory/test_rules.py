"""The rules of the jurisdictions, as of a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from leucel.core import InputError, Mark
from leucel.regulatory import (
    PartialDate,
    RuleKind,
    RuleStatus,
    ThresholdForm,
    load_rules,
    read_clock,
    read_threshold,
    rule_changes,
    rule_from_record,
    rule_sources,
    with_overrides,
)

BOOK = load_rules()
RECORD = {
    "jurisdiction": "Saudi Arabia",
    "rule_id": "SA-ODD-THR-01",
    "kind": "threshold",
    "value": "4",
    "unit": "per 10000 (not more than)",
    "legal_source": "letter of the authority to the sponsor",
    "mark": "official",
}


def test_the_shipped_table_is_that_of_the_evidence(shared: Callable[[str], Path]) -> None:
    shipped = resources.files("leucel.regulatory").joinpath("data", "rules.csv").read_text("utf-8")
    path = shared("evidence/jurisdictions.csv")
    assert shipped.splitlines() == path.read_text("utf-8").splitlines()


def test_numbers_of_rules_by_kind_and_mark() -> None:
    counts = {kind.value: 0 for kind in RuleKind}
    for rule in BOOK.rules:
        counts[rule.kind.value] += 1
    assert counts == {
        "threshold": 27,
        "criterion": 22,
        "incentive": 23,
        "clock": 48,
        "route": 15,
    }
    marks = [rule.mark for rule in BOOK.rules]
    assert marks.count(Mark.OFFICIAL) == 18
    assert marks.count(Mark.UNVERIFIED) == 16
    assert len(BOOK.jurisdictions) == 23


def test_ids_are_unique_and_begin_with_their_jurisdiction() -> None:
    ids = [rule.id for rule in BOOK.rules]
    assert len(ids) == len(set(ids))
    names: dict[str, set[str]] = {}
    for rule in BOOK.rules:
        names.setdefault(rule.jurisdiction, set()).add(rule.name)
    assert all(len(found) == 1 for found in names.values())


def test_every_threshold_and_clock_can_be_read() -> None:
    for rule in BOOK.rules:
        if rule.kind is RuleKind.THRESHOLD:
            read_threshold(rule)
        if rule.kind is RuleKind.CLOCK:
            clock = read_clock(rule)
            assert (clock is None) == (not rule.usable)


@pytest.mark.parametrize(
    ("rule_id", "limit", "unit", "operator"),
    [
        ("SA-ODD-THR-01", 5, "per 10,000", "not stated (tested as fewer than)"),
        ("US-ODD-THR-01", 200_000, "persons", "fewer than"),
        ("EU-ODD-THR-01", 5, "per 10,000", "not more than"),
        ("GB-ODD-THR-01", 5, "per 10,000", "not more than"),
        ("CH-ODD-THR-01", 5, "per 10,000", "not more than"),
        ("JP-ODD-THR-01", 50_000, "persons", "fewer than"),
        ("AU-ODD-THR-01", 5, "per 10,000", "fewer than"),
        ("KR-ODD-THR-01", 20_000, "persons", "not stated (tested as fewer than)"),
        ("TW-ODD-THR-01", 1, "per 10,000", "fewer than"),
        ("BR-ODD-THR-01", 65, "per 100,000", "not more than"),
    ],
)
def test_thresholds_with_their_operators(
    rule_id: str, limit: float, unit: str, operator: str
) -> None:
    threshold = read_threshold(BOOK.get(rule_id))
    assert (threshold.limit, threshold.unit, threshold.operator.value) == (limit, unit, operator)


@pytest.mark.parametrize(
    ("rule_id", "form"),
    [
        ("CN-RD-THR-01", ThresholdForm.LIST),
        ("SA-ODD-THR-02", ThresholdForm.NONE),
        ("EU-ODD-THR-02", ThresholdForm.TEXT),
        ("US-ODD-THR-03", ThresholdForm.TEXT),
        ("IL-ODD-THR-01", ThresholdForm.NONE),
    ],
)
def test_thresholds_without_a_number(rule_id: str, form: ThresholdForm) -> None:
    threshold = read_threshold(BOOK.get(rule_id))
    assert threshold.form is form
    assert not threshold.is_number


def test_foreign_status_is_a_form_of_its_own() -> None:
    rule = rule_from_record({**RECORD, "value": "yes", "unit": "foreign_status"})
    assert read_threshold(rule).form is ThresholdForm.FOREIGN_STATUS


def test_a_threshold_is_read_from_thresholds_only() -> None:
    with pytest.raises(InputError, match="no threshold"):
        read_threshold(BOOK.get("SA-REG-CLK-01"))
    with pytest.raises(InputError, match="no clock"):
        read_clock(BOOK.get("SA-ODD-THR-01"))
    with pytest.raises(InputError, match="above 0"):
        read_threshold(rule_from_record({**RECORD, "value": "five"}))


def test_conflicts_are_known_on_both_sides() -> None:
    assert BOOK.get("SA-ODD-THR-01").conflicts_with == ("SA-ODD-THR-02",)
    assert BOOK.get("SA-ODD-THR-02").conflicts_with == ("SA-ODD-THR-01",)
    early = BOOK.as_of(date(2025, 5, 9))
    assert early.find("SA-ODD-THR-02") is None
    assert early.get("SA-ODD-THR-01").conflicts_with == ()


def test_the_singapore_order_ended_and_the_reform_of_the_union_lies_ahead() -> None:
    repealed = BOOK.get("SG-ODD-THR-01")
    assert repealed.status_on(date(2016, 10, 31)).applies
    assert repealed.status_on(date(2016, 11, 1)) is RuleStatus.REPEALED
    reform = BOOK.get("EU-REF-THR-01")
    assert reform.provisional
    assert reform.status_on(date(2026, 11, 1)) is RuleStatus.NOT_YET
    assert "provisional" in reform.markings()


def test_a_month_without_a_day_is_uncertain_within_that_month() -> None:
    rule = BOOK.get("SA-ODD-THR-01")
    assert rule.status_on(date(2021, 1, 31)) is RuleStatus.NOT_YET
    assert rule.status_on(date(2021, 2, 10)) is RuleStatus.UNCERTAIN
    assert rule.status_on(date(2021, 2, 28)) is RuleStatus.IN_FORCE
    assert any("no day known" in mark for mark in rule.markings(date(2021, 2, 10)))


def test_changes_between_two_days_are_named() -> None:
    changes = {
        change.rule.id: change.change
        for change in rule_changes(BOOK, date(2025, 5, 9), date(2026, 11, 1))
    }
    assert changes["CN-INC-01"] == "begins to apply"
    assert changes["US-ODD-INC-02"] == "begins to apply"
    assert changes["US-ODD-INC-04"] == "ceases to apply"
    assert "EU-REF-THR-01" not in changes
    assert rule_changes(BOOK, date(2025, 5, 9), date(2025, 5, 9)) == ()


def test_an_override_replaces_the_row_and_says_so() -> None:
    book = with_overrides(BOOK, [rule_from_record(RECORD)])
    rule = book.get("SA-ODD-THR-01")
    assert (rule.value, rule.overrides) == ("4", "5 per 10000")
    assert "given by the user instead of 5 per 10000" in rule.markings()
    assert BOOK.get("SA-ODD-THR-01").value == "5"
    assert [item.id for item in book.overridden] == ["SA-ODD-THR-01"]
    # The contradiction of the table does not go away with the override.
    assert rule.conflicts_with == ("SA-ODD-THR-02",)


def test_a_new_rule_of_the_user_is_added() -> None:
    record = {**RECORD, "rule_id": "QA-ODD-THR-01", "jurisdiction": "Qatar"}
    book = with_overrides(BOOK, [rule_from_record(record)])
    assert book.get("QA-ODD-THR-01").overrides == "no rule"


def test_an_override_needs_a_source() -> None:
    bare = rule_from_record({**RECORD, "legal_source": "", "mark": "unverified"})
    with pytest.raises(InputError, match="no usable source"):
        with_overrides(BOOK, [bare])


def test_faults_of_a_record_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        rule_from_record({"rule_id": "X", "kind": "treshold", "mark": "sure", "vlue": "5"})
    assert len(caught.value.problems) == 4
    assert "threshold" in str(caught.value)


def test_an_unknown_rule_names_its_neighbors() -> None:
    with pytest.raises(InputError, match="SA-ODD-THR-01"):
        BOOK.get("SA-ODD-THR-1")


def test_every_rule_has_a_source_of_its_own() -> None:
    sources = rule_sources(BOOK)
    assert len(sources) == len(BOOK.rules)
    assert sources["rule_sa_odd_thr_01"].link is not None
    unlinked = [rule for rule in BOOK.rules if rule.usable and not rule.url]
    assert unlinked == []


@pytest.mark.parametrize("text", ["2023-13", "2023-02-30", "June 2023", "23", ""])
def test_unreadable_dates_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        PartialDate.parse(text)


def test_a_day_needs_its_month() -> None:
    with pytest.raises(InputError, match="without a month"):
        PartialDate(2023, None, 5)
    assert str(PartialDate(2023, 6)) == "2023-06"
    assert PartialDate.parse("2024-02").latest == date(2024, 2, 29)


def test_a_clock_with_an_unknown_unit_is_refused() -> None:
    rule = replace(BOOK.get("SA-REG-CLK-01"), unit="moons")
    with pytest.raises(InputError, match="unknown unit"):
        read_clock(rule)
