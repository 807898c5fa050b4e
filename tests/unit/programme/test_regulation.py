"""The sections on regulation, access and attached tables: what they mean, what is refused."""

from __future__ import annotations

import itertools
import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from leucel.core import SILENT, InputError, RandomStream
from leucel.programme import (
    Programme,
    access_assumptions,
    burden_options,
    envelope_files,
    gain_from_trial,
    milestone_bundle,
    programme_access,
    programme_burden,
    programme_designation,
    programme_filings,
    programme_routes,
    read_programme,
    template_text,
)
from leucel.regulatory import read_bundle, read_envelopes, validate_bundle

DAY = date(2025, 5, 9)
REGISTRY = "age_group,cases,person_years\n" + "".join(
    f"{low}-{low + 4},{low},{1e6}\n" for low in range(0, 85, 5)
)
REGISTRY += "85+,50,1e6\n"
SURVIVAL = "years,survival,low,high\n1,0.8,0.76,0.84\n5,0.48,0.43,0.53\n10,0.25,0.2,0.3\n"
OVERRIDE = """[[regulation.overrides]]
rule = "SA-ODD-THR-01"
kind = "threshold"
value = "0.4"
unit = "per 10000 (fewer than)"
legal_source = "a decree"
source = "own"
mark = "official"
"""


def programme(
    folder: Path, *, people: str = "", rules: str = "", access: str = "", lists: str = ""
) -> Programme:
    """The template with some lines more in [epidemiology], [regulation] and [access]."""
    text = template_text("mine")
    for head, more in (("[epidemiology]\n", people), ("[access]\n", access)):
        assert head in text
        text = text.replace(head, head + more, 1)
    text = text.replace("[regulation]\n", f"[regulation]\n{rules}", 1)
    text = text.replace("[access]\n", f"{lists}[access]\n", 1)
    path = folder / "mine.toml"
    path.write_text(text, "utf-8")
    return read_programme(path)


def problems(folder: Path, **more: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        programme(folder, **more)
    return [str(problem) for problem in caught.value.problems]


def test_a_template_needs_neither_section(tmp_path: Path) -> None:
    found = programme(tmp_path)
    assert found.file.regulation.targets is None
    assert burden_options(found).windows == ()


def test_an_override_counts_and_is_printed(tmp_path: Path) -> None:
    found = programme(tmp_path, lists=OVERRIDE)
    burden = programme_burden(found, seed=1, progress=SILENT, areas=("SA",))
    result = programme_designation(found, burden, as_of=DAY, areas=("SA",))
    (row,) = result.rows()
    assert (row["threshold"], row["verdict"]) == (0.4, "borderline")
    assert "given by the user instead of 5 per 10000" in row["marks"]
    assert result.to_summary()["overrides"] == [
        "SA-ODD-THR-01: 0.4 per 10000 (fewer than) (a decree) instead of 5 per 10000"
    ]
    assert programme_routes(found, start=DAY).book.overridden


def test_evidence_fills_its_slot() -> None:
    found = read_programme("eque-cel")
    burden = programme_burden(found, seed=1, progress=SILENT, areas=("EU",))
    result = programme_designation(found, burden, as_of=DAY, areas=("EU",))
    status = {test.key: test.status.value for test in result.checklist}
    assert status["EU/SEVERITY"] == status["EU/CONDITION"] == "evidence given"
    assert status["EU/ALTERNATIVES"] == "evidence missing"


def test_tables_beside_the_programme_are_read_and_make_its_identity(tmp_path: Path) -> None:
    (tmp_path / "registry.csv").write_text(REGISTRY, "utf-8")
    (tmp_path / "survival.csv").write_text(SURVIVAL, "utf-8")
    people = (
        'windows = [3.0]\nage_tables = [{ area = "SA", file = "registry.csv", source = "own" }]\n'
        'survival = [{ area = "SA", file = "survival.csv", basis = "net", source = "own" }]\n'
    )
    found = programme(tmp_path, people=people)
    burden = programme_burden(found, seed=1, progress=SILENT, areas=("SA",))
    (entry,) = burden.areas
    assert entry.incidence[0].method == "registry by age"
    assert entry.incidence[0].sources == ("own",)
    assert entry.survival_ratio is not None
    assert entry.warnings
    (tmp_path / "registry.csv").write_text(REGISTRY.replace("85+,50", "85+,51"), "utf-8")
    assert read_programme(tmp_path / "mine.toml").hash != found.hash


def test_every_fault_has_its_place(tmp_path: Path) -> None:
    (tmp_path / "registry.csv").write_text(REGISTRY.replace("5-9,5", "5-9,-5"), "utf-8")
    found = problems(
        tmp_path,
        people='attrition = "mars"\n'
        'country_table = { file = "nothing.csv", source = "own" }\n'
        'age_tables = [{ area = "SA", file = "registry.csv", source = "own" }]\n',
        rules='filing = "2027-02-30"\ntargets = ["SA", "ZZ"]\n',
        access='reached_share = { value = 1.5, mark = "own value", kind = "assumed" }\n',
        lists='[[regulation.evidence]]\nslot = "EU/SEVERTY"\ntext = "x"\nsource = "own"\n'
        'mark = "seen"\n' + OVERRIDE.replace("THR-01", "THR-1"),
    )
    for wanted in (
        "unknown study of attrition 'mars'",
        "nothing.csv: that path does not exist",
        "registry.csv:3",
        "filing is no day of the calendar",
        "unknown jurisdiction 'ZZ'",
        "reached_share is no share",
        "did you mean 'EU/SEVERITY'",
        "say new = true",
    ):
        assert any(wanted in text for text in found), (wanted, found)
    own = [text for text in found if text.startswith("mine.toml") or "/mine.toml" in text]
    assert all(":" in text.split("mine.toml", 1)[1][:4] for text in own)


def test_a_new_rule_says_that_it_is_new(tmp_path: Path) -> None:
    text = OVERRIDE.replace("SA-ODD-THR-01", "AE-ODD-THR-01") + "new = true\n"
    found = programme(tmp_path, lists=text)
    burden = programme_burden(found, seed=1, progress=SILENT, areas=("AE",))
    test = programme_designation(found, burden, as_of=DAY, areas=("AE",)).principal[0]
    assert test.rule is not None
    assert test.rule.id == "AE-ODD-THR-01"
    assert "given by the user instead of no rule" in test.marks


def test_reviews_and_gaps_enter_the_order_of_filings(tmp_path: Path) -> None:
    reviews = "".join(
        f'[[regulation.reviews]]\njurisdiction = "{code}"\ndays = {days}\nsource = "own"\n'
        'mark = "seen"\n'
        for code, days in (("KW", 120), ("BH", 150))
    )
    found = programme(
        tmp_path, rules='targets = ["SA", "KW", "BH", "GCC"]\ngap_days = 10\n', lists=reviews
    )
    plan = programme_filings(found, start=DAY)
    routes = {filing.jurisdiction: filing.route for filing in plan.filings}
    assert routes["GCC"] == "reliance on two member states"
    filed = sorted(filing.filed for filing in plan.filings)
    assert all((b - a).days >= 10 for a, b in itertools.pairwise(filed))
    files = envelope_files(found, plan)
    assert set(files) == {
        f"gcc_module_1/{code}/0000/gc-regional.xml" for code in ("sa", "kw", "bh", "gcc")
    }
    assert {item.procedure for text in files.values() for item in read_envelopes(text)} == {
        "national",
        "gcc",
    }


def test_milestones_are_valid_r5() -> None:
    pytest.importorskip("fhir.resources")
    bundle = json.loads(milestone_bundle(read_programme("eque-cel")))
    register = read_bundle(validate_bundle(bundle))
    kinds = [milestone.kind.value for milestone in register.milestones]
    assert kinds.count("orphan_designation") == 2


def test_the_gain_is_the_area_between_two_curves() -> None:
    """One step from 1 to 0.5 at 12 of 24 months: 1.5 years; a median of 12 months without."""
    curve = pd.DataFrame(
        {
            "time_months": [12.0, 24.0],
            "survival": [0.5, 0.5],
            "low": [0.4, 0.4],
            "high": [0.6, 0.6],
        }
    )
    assumptions = access_assumptions(read_programme("eque-cel"))
    found = gain_from_trial(curve, assumptions)
    assert found is not None
    median = assumptions.median_survival_months.number
    mean = median / 12 / 0.6931471805599453
    lived = mean * (1 - 2 ** (-24 / median))
    assert found.number == pytest.approx(1.5 - lived)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.number < found.high
    assert "no overall survival" in found.note
    assert gain_from_trial(None, assumptions) is None
    worse = curve.assign(time_months=[1.0, 24.0], survival=0.0, low=0.0, high=0.0)
    assert gain_from_trial(worse, assumptions) is None


def test_access_takes_its_numbers_from_the_programme(tmp_path: Path) -> None:
    access = (
        'areas = ["SA", "KW", "HK"]\nhorizon = "2032-01-01"\n'
        'gain_years = { value = 1.0, mark = "own value", kind = "assumed" }\n'
        'approvals = [{ area = "KW", earlier = "2026-06-01", ordinary = "2027-03-01" }]\n'
    )
    found = programme(tmp_path, access=access)
    forecast, areas = programme_access(found, start=DAY, rng=RandomStream(1))
    assert forecast is not None
    assert [row.area for row in forecast.rows] == ["SA", "KW", "all"]
    assert forecast.horizon == date(2032, 1, 1)
    assert all(row.life_years is not None for row in forecast.rows)
    assert {row["area"]: row["left_out"] for row in areas}["HK"] == "no cases are known"
    kuwait = next(row for row in areas if row["area"] == "KW")
    assert (kuwait["earlier"], kuwait["basis"]) == ("2026-06-01", "given by the programme")
    nobody, rows = programme_access(found, start=DAY, rng=RandomStream(1), areas=["HK"])
    assert nobody is None
    assert rows[0]["left_out"]
