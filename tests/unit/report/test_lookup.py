"""The first page finds the right rows and says what they mean."""

from __future__ import annotations

from typing import Any

from leucel.core import Mark
from leucel.report import DossierInput
from leucel.report.answers import make_answers
from leucel.report.bibliography import Bibliography
from leucel.report.cards import make_cards
from leucel.report.citing import Citer, mark_tag
from leucel.report.lookup import (
    agrees,
    endpoint_rows,
    find_endpoint,
    lead_jurisdiction,
    merged_routes,
    product_name,
    unknown_pairs,
)


def endpoint(name: str, value: float, **more: Any) -> dict[str, Any]:
    return {
        "endpoint": name,
        "month": None,
        "value": value,
        "unit": "%",
        "published": None,
        "note": "",
    } | more


def trial(
    *rows: dict[str, Any],
    comparisons: tuple[dict[str, Any], ...] = (),
    subgroups: tuple[dict[str, Any], ...] = (),
) -> DossierInput:
    found = {"endpoints": rows, "subgroups": subgroups, "comparisons": comparisons}
    return DossierInput(summary={"trial": found})


def test_subgroups_follow_the_endpoint_of_all_patients() -> None:
    data = trial(
        endpoint("orr", 96.0),
        endpoint("cr_rate", 74.0, note="a remark"),
        subgroups=(endpoint("orr", 75.0, published=75.0, group="prior CAR-T"),),
    )
    rows = endpoint_rows(data)
    assert [(row["endpoint"], row["group"], row["note"]) for row in rows] == [
        ("orr", "", ""),
        ("orr", "prior CAR-T", ""),
        ("cr_rate", "", "a remark"),
    ]
    found = find_endpoint(data, "orr")
    assert found is not None
    assert found["value"] == 96.0


def test_the_verdict_of_the_trial_counts_before_the_limits() -> None:
    row = endpoint(
        "orr", 82.0, published=96.0, published_low=90.2, published_high=98.9, used_for="prediction"
    )
    same = {"endpoint": "orr", "month": None, "used_for": "prediction"}
    judged = endpoint_rows(trial(row, comparisons=({**same, "verdict": "agrees"},)))
    assert agrees(judged[0]) is True
    assert agrees(endpoint_rows(trial(row))[0]) is False
    assert agrees(endpoint("orr", 82.0, published=96.0)) is None


def test_each_comparison_is_used_once() -> None:
    rows = [endpoint("orr", 80.0, published=1.0, used_for="prediction") for _ in range(2)]
    comparisons = tuple(
        {"endpoint": "orr", "month": None, "used_for": "prediction", "verdict": verdict}
        for verdict in ("agrees", "differs")
    )
    found = endpoint_rows(trial(*rows, comparisons=comparisons))
    assert [row["verdict"] for row in found] == ["agrees", "differs"]


def test_a_fitted_endpoint_that_is_missed_is_named() -> None:
    data = trial(
        endpoint(
            "orr",
            50.0,
            published=96.0,
            published_low=90.0,
            published_high=99.0,
            used_for="calibration",
        ),
        endpoint(
            "pfs",
            78.0,
            month=12.0,
            published=78.8,
            published_low=68.6,
            published_high=86.0,
            used_for="prediction",
        ),
    )
    answer = make_answers(data, Citer(Bibliography({})), lead="")[1]
    assert str(answer.head) == "The one prediction that can be judged agrees"
    assert "Not met although fitted: overall response." in answer.body
    assert answer.tone == "warn"


def route(**more: Any) -> dict[str, Any]:
    return {
        "jurisdiction": "SA",
        "route": "priority",
        "status": "open",
        "clock": 243.0,
        "clock_unit": "working days",
        "start": "2026-11-22",
        "finish": "2027-11-10",
        "with_designation": False,
        "reason": "",
    } | more


def test_equal_routes_with_and_without_designation_are_one() -> None:
    rows = [route(), route(with_designation=True, reason="held"), route(route="regular")]
    merged = merged_routes(DossierInput(summary={"routes": rows}))
    assert [(row["route"], row["designation"]) for row in merged] == [
        ("priority", "either"),
        ("regular", "without"),
    ]
    assert merged[0]["reason"] == "held"


def test_a_designation_that_saves_time_is_kept_apart() -> None:
    rows = [route(), route(with_designation=True, finish="2027-01-01")]
    merged = merged_routes(DossierInput(summary={"routes": rows}))
    assert [row["designation"] for row in merged] == ["without", "with"]


def test_the_margin_is_given_at_the_point_and_at_its_upper_limit() -> None:
    row = {
        "jurisdiction": "SA",
        "rule_id": "SA-1",
        "threshold": 5.0,
        "unit": "per 10,000",
        "operator": "fewer than",
        "prevalence": 0.5,
        "low": 0.2,
        "high": 2.5,
        "verdict": "met",
        "margin_years": 36.0,
        "marks": ["secondary"],
        "sources": ["rule"],
    }
    data = DossierInput(summary={"designation": [row]})
    answer = make_answers(data, Citer(Bibliography({})), lead="SA")[3]
    assert str(answer.head) == "Yes, the threshold is met, by a factor of 10 (at least 2)"
    assert answer.tone == "good"
    card = make_cards(data, Citer(Bibliography({})), lead="SA")[0]
    assert (card.value, card.unit, card.limits) == ("0.500", "per 10,000", "0.200 to 2.50")


def test_a_verdict_without_numbers_says_so() -> None:
    row = {"jurisdiction": "CN", "verdict": "cannot conclude", "threshold": None}
    answer = make_answers(
        DossierInput(summary={"designation": [row]}), Citer(Bibliography({})), lead="CN"
    )[3]
    assert str(answer.head) == "Cannot be concluded"
    assert answer.tone == "warn"


def test_the_lead_is_the_first_jurisdiction_of_the_programme() -> None:
    tests = {"designation": [{"jurisdiction": "US"}]}
    listed = DossierInput(summary=tests, programme={"jurisdictions": [{"code": "SA"}]})
    assert lead_jurisdiction(listed) == "SA"
    assert lead_jurisdiction(DossierInput(summary=tests)) == "US"
    assert lead_jurisdiction(DossierInput(summary={})) == ""


def test_the_name_is_taken_from_where_it_stands() -> None:
    assert product_name(DossierInput(summary={"programme": {"id": "a-cel"}})) == "A-cel"
    stated = {"product": {"inn": {"value": "equecabtagene autoleucel"}}}
    assert product_name(DossierInput(summary={}, programme=stated)) == "Equecabtagene autoleucel"


def test_unknowns_are_split_into_what_and_effect() -> None:
    data = DossierInput(
        summary={},
        programme={"unknowns": [{"what": "The limit of the assay", "effect": "50 is assumed."}]},
        unknowns=["The limit of the assay. 50 is assumed.", "Something else."],
    )
    assert unknown_pairs(data) == [
        ("The limit of the assay", "50 is assumed."),
        ("Something else.", ""),
    ]


def test_runs_of_references_are_drawn_together() -> None:
    cite = Citer(Bibliography({}))
    cite.refs(["a", "b", "c", "d", "e"])
    assert str(cite.refs(["a", "b", "c", "e"])).count("<a ") == 3
    assert "–" in cite.refs(["a", "b", "c"])
    assert "–" not in cite.refs(["a", "b"])


def test_marks_and_remarks_are_tagged() -> None:
    assert "mark-own-value" in mark_tag(Mark.OWN_VALUE)
    assert "mark-own-value" in mark_tag("own_value")
    assert "mark-derived" in mark_tag("prevalence derived (cases)")
    remark = mark_tag(["secondary", "contested by SA-ODD-THR-02"])
    assert "contested by SA-ODD-THR-02" in remark
    assert "contested" not in mark_tag(["secondary", "contested by X"], remarks=False)
    assert mark_tag(None) == ""
