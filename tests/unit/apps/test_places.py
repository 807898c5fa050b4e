"""The commands on population, rules, routes and access."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from leucel.apps.cli.main import app
from leucel.regulatory import read_bundle

PROGRAMME = "eque-cel"


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def answer(*arguments: str) -> dict[str, Any]:
    result = call(*arguments, "--json")
    assert result.exit_code == 0, result.output
    # Notes on written files go to stderr; the runner may mix them in front of the JSON.
    return json.loads(result.stdout)


def test_two_days_differ_and_the_command_says_why() -> None:
    early = answer(
        "designate",
        PROGRAMME,
        *("-j", "SA", "-j", "EU", "--as-of", "2025-05-09", "--compare-with", "2026-11-01"),
    )
    late = answer("designate", PROGRAMME, "-j", "SA", "-j", "EU", "--as-of", "2026-11-01")
    assert any("SA-ODD-THR-02 begins to apply" in text for text in early["rule_changes"])
    assert early["contested"] == []
    assert late["contested"] == [["SA-ODD-THR-01", "SA-ODD-THR-02"]]
    highs = [
        next(row["high"] for row in answer_["designation"] if row["jurisdiction"] == "EU")
        for answer_ in (early, late)
    ]
    assert highs[0] < highs[1]
    text = call("designate", PROGRAMME, "-j", "SA", "--as-of", "2026-11-01").output
    assert "contradict each other" in text
    assert "SA/SEVERITY" in text


def test_prevalence_is_carried_and_reported(tmp_path: Path) -> None:
    path = tmp_path / "eu.md"
    found = answer(
        *("prevalence", PROGRAMME, "-j", "EU", "--at", "2027-01-04"),
        *("--report", str(path), "--approval", "2028-06-30"),
    )
    carried = [row for row in found["epidemiology"] if "carried to 2027" in (row["note"] or "")]
    assert [row["measure"] for row in carried] == ["prevalence_complete"]
    text = path.read_text("utf-8")
    assert "## 8. Direct and indirect methods" in text
    assert "2028-06-30" in text
    refused = call("prevalence", PROGRAMME, "--report", str(path))
    assert refused.exit_code == 2


def test_routes_with_answers_order_and_bundle(tmp_path: Path) -> None:
    path = tmp_path / "milestones.json"
    found = answer(
        *("routes", PROGRAMME, "-j", "SA", "-j", "KW", "-j", "BH", "-j", "GCC"),
        *("--from", "2025-05-09", "--answers", "20,60,120", "--order"),
        *("--review-days", "KW=120", "--review-days", "BH=150", "--fhir", str(path)),
    )
    priority = next(row for row in found["routes"] if row["route"] == "priority")
    assert (priority["clock"], priority["finish"]) == (243, "2026-04-28")
    assert priority["finish_high"] == "2026-09-15"
    gulf = next(row for row in found["filings"] if row["jurisdiction"] == "GCC")
    assert gulf["waited_for"] == ["BH", "KW"]
    kinds = {item.kind.value for item in read_bundle(json.loads(path.read_text())).milestones}
    assert "orphan_designation" in kinds


def test_own_holidays_replace_the_table(tmp_path: Path) -> None:
    path = tmp_path / "days.txt"
    path.write_text("2025-06-01\n2030-01-01\n", "utf-8")
    plain, own = (
        next(
            row["finish"]
            for row in answer(*("routes", PROGRAMME, "-j", "SA", "--from", "2025-05-09"), *extra)[
                "routes"
            ]
            if row["route"] == "priority"
        )
        for extra in ((), ("--holidays", f"SA={path}"))
    )
    assert own < plain


def test_access_with_and_without_the_earlier_approval() -> None:
    found = answer(
        *("access", PROGRAMME, "--from", "2025-05-09", "--horizon", "2032-01-01"),
        *("-j", "SA", "-j", "KW", "--gain", "1.5", "--slots", "500"),
    )
    total = found["access"][-1]
    assert total["earlier"]["value"] > total["usual"]["value"]
    assert total["life_years"]["value"] == pytest.approx(1.5 * total["more"]["value"])
    assert found["without_clock"] == []
    # Kuwait has no clock of its own: 365 days of the central registration and three months.
    kuwait = found["access"][1]
    assert kuwait["more"]["value"] == 0
    assert {"eligible_share", "slots_a_year"} <= {row["what"] for row in found["assumptions"]}


def test_own_days_of_approval() -> None:
    found = answer(
        *("access", PROGRAMME, "--from", "2025-05-09", "-j", "KW", "-j", "HK"),
        *("--approval", "KW=2026-06-01,2027-06-01"),
    )
    assert found["access"][0]["more"]["value"] > 0
    # No cases are known for Hong Kong.
    assert found["without_clock"] == ["HK"]
    refused = call("access", PROGRAMME, "--approval", "KW=2026-06-01")
    assert refused.exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("--answers", "20,60"),
        ("--answers", "a,b,c"),
        ("--holidays", "SA"),
        ("--order", "--review-days", "KW=soon"),
        ("--order", "--gap", "-3"),
        ("-j", "Atlantis"),
    ],
)
def test_unusable_options_are_one_clear_error(arguments: tuple[str, ...]) -> None:
    assert call("routes", PROGRAMME, *arguments).exit_code == 2
