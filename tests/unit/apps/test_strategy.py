"""Options of prevalence, designate, routes and access: own tables, overrides, lists, figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from leucel.apps.cli.main import app
from leucel.regulatory import read_envelopes

PROGRAMME = "eque-cel"
REGISTRY = "age_group,cases,person_years\n" + "".join(
    f"{low}-{low + 4},{low},{1e6}\n" for low in range(0, 85, 5)
)
REGISTRY += "85+,50,1e6\n"
SURVIVAL = "years,survival,low,high\n1,80,76,84\n5,48,43,53\n10,25,20,30\n"
RULES = (
    "jurisdiction,agency,rule_id,kind,value,unit,basis,legal_source,source_url,mark,"
    "effective_date,note\n"
    "Saudi Arabia,SFDA,SA-ODD-THR-01,threshold,0.4,per 10000 (fewer than),,a decree,,official,,\n"
)


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def answer(*arguments: str) -> dict[str, Any]:
    result = call(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    (tmp_path / "registry.csv").write_text(REGISTRY, "utf-8")
    (tmp_path / "survival.csv").write_text(SURVIVAL, "utf-8")
    (tmp_path / "rules.csv").write_text(RULES, "utf-8")
    return tmp_path


def test_prevalence_from_own_tables(tables: Path) -> None:
    plot = tables / "course.svg"
    found = answer(
        *("prevalence", PROGRAMME, "-j", "SA", "--ages", f"SA={tables / 'registry.csv'}"),
        *("--survival", f"SA={tables / 'survival.csv'}", "--percent", "--basis", "relative"),
        *("--window", "3", "--standard", "who_2000_2025", "--limits", "tiwari"),
        *("--plot", str(plot)),
    )
    rows = [row for row in found["epidemiology"] if row["jurisdiction"] == "SA"]
    measures = {row["measure"]: row for row in reversed(rows)}
    assert measures["incidence_cases"]["method"] == "registry by age"
    assert measures["prevalence_3y"]["value"] < measures["prevalence_complete"]["value"]
    assert measures["incidence_asr"]["scale"] == "age-standardized (who_2000_2025)"
    assert measures["incidence_sir"]["unit"] == "observed over expected"
    assert any("upper bound" in text for text in found["warnings"]["SA"])
    assert plot.read_text("utf-8").startswith("<svg ")


def test_an_override_is_printed_and_a_list_is_searched(tables: Path) -> None:
    report, listed = tables / "designation.md", tables / "list.csv"
    listed.write_text("Name,Indication\nx,Multiple myeloma\ny,gout\n", "utf-8")
    found = answer(
        *("designate", PROGRAMME, "-j", "SA", "--as-of", "2026-11-01"),
        *("--override", str(tables / "rules.csv"), "--report", str(report)),
        *("--check-list", str(listed), "--columns", "product=Name,condition=Indication"),
        *("--plot", str(tables / "margins.svg")),
    )
    assert found["designation"][0]["threshold"] == 0.4
    assert found["overrides"]
    assert [row["product"] for row in found["listed"]] == ["x"]
    assert "Rules given by the user" in report.read_text("utf-8")
    text = call(
        *("designate", PROGRAMME, "-j", "SA", "--override", str(tables / "rules.csv"))
    ).output
    assert "given by you" in text


def test_routes_write_their_documents(tables: Path) -> None:
    folder = tables / "envelopes"
    found = answer(
        *("routes", PROGRAMME, "-j", "SA", "-j", "KW", "-j", "BH", "-j", "GCC"),
        *("--from", "2025-05-09", "--order", "--review-days", "KW=120"),
        *("--review-days", "BH=150", "--gcc", str(folder), "--plot", str(tables / "plan.svg")),
    )
    assert found["filings_finish"] == "2026-04-28"
    central = (folder / "gcc_module_1" / "gcc" / "0000" / "gc-regional.xml").read_text("utf-8")
    assert {item.country for item in read_envelopes(central)} == {"ae", "om", "qa"}
    assert (tables / "plan.svg").exists()
    shown = call("routes", PROGRAMME, "-j", "KW", "--from", "2025-05-09").output
    assert "not known" in shown


def test_access_takes_assumptions_and_draws(tables: Path) -> None:
    found = answer(
        *("access", PROGRAMME, "--from", "2025-05-09", "--gain", "1.0"),
        *("--assume", "reached_share=0.4,0.2,0.6", "--plot", str(tables / "tornado.svg")),
    )
    share = next(row for row in found["assumptions"] if row["what"] == "reached_share")
    assert (share["value"], share["low"], share["high"]) == (0.4, 0.2, 0.6)
    rows = {row["area"]: row for row in found["access"]}
    assert rows["SA"]["life_years"]["value"] == pytest.approx(rows["SA"]["more"]["value"])
    assert (tables / "tornado.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("prevalence", PROGRAMME, "--plot", "x.png"), "FILE.svg"),
        (("prevalence", PROGRAMME, "--ages", "SA"), "CODE=VALUE"),
        (("prevalence", PROGRAMME, "-j", "SA", "--standard", "mars"), "mars"),
        (("prevalence", PROGRAMME, "-j", "SA", "--limits", "foo"), "foo"),
        (("designate", PROGRAMME, "--as-of", "1950-01-01"), "before any dated rule"),
        (("designate", PROGRAMME, "--compare-with", "1950-01-01"), "before any dated rule"),
        (("designate", PROGRAMME, "-j", "XX"), "XX"),
        (("routes", PROGRAMME, "--from", "1980-01-01"), "before any dated rule"),
        (("access", PROGRAMME, "--from", "1980-01-01"), "before any dated rule"),
        (("routes", PROGRAMME, "-j", "EU", "--gcc", "never"), "no filing in the Gulf"),
        (("routes", PROGRAMME, "--holidays", "SA=none.txt"), "none.txt: that path does not exist"),
        (("designate", PROGRAMME, "--override", "no.csv"), "no.csv: that path does not exist"),
        (("access", PROGRAMME, "--assume", "foo=1"), "foo"),
        (("access", PROGRAMME, "--assume", "reached_share=2"), "out of order"),
        (("access", PROGRAMME, "-j", "HK"), "no cases are known"),
    ],
)
def test_bad_input_is_one_panel_and_writes_nothing(
    arguments: tuple[str, ...], wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call(*arguments)
    assert result.exit_code == 2
    assert wanted in " ".join(result.output.replace("│", " ").split())
    assert list(tmp_path.iterdir()) == []


def test_rules_without_the_columns_are_refused_once(tables: Path) -> None:
    path = tables / "registry.csv"
    result = call("designate", PROGRAMME, "--override", str(path))
    assert result.exit_code == 2
    assert result.output.count("person_years") == 1
