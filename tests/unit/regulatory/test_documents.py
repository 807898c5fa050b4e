"""FHIR export, GCC envelope, public registers."""

from __future__ import annotations

import importlib.util
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from leucel.core import InputError, Mark, MissingEvidenceError, Source, StorageError
from leucel.regulatory import (
    MYELOMA_CODES,
    Envelope,
    Milestone,
    MilestoneKind,
    MilestoneRegister,
    PartialDate,
    ProductFacts,
    envelopes_for,
    export_bundle,
    find_designations,
    find_filing_order,
    read_bundle,
    read_envelopes,
    read_eu_register,
    read_fda_list,
    validate_bundle,
    write_envelopes,
)

HAS_FHIR = importlib.util.find_spec("fhir") is not None
REGISTER = MilestoneRegister(
    milestones=(
        Milestone(
            kind=MilestoneKind.APPROVAL,
            jurisdiction="CN",
            when=PartialDate(2023, 6, 30),
            authority="NMPA",
            title="first approval",
            source="approval_2023",
        ),
        Milestone(
            kind=MilestoneKind.FILING_ACCEPTED, jurisdiction="SG", when=PartialDate(2025, 1, 29)
        ),
        Milestone(
            kind=MilestoneKind.ORPHAN_DESIGNATION,
            jurisdiction="SA",
            when=PartialDate(2025, 5),
            authority="SFDA",
            source="release_2025",
            mark=Mark.OFFICIAL,
        ),
        Milestone(kind=MilestoneKind.APPROVAL, jurisdiction="EU", when=None),
    )
)
SOURCES = {
    "approval_2023": Source(
        id="approval_2023", citation="Register of approvals", url="https://example.org/a"
    )
}


def bundle() -> dict[str, Any]:
    return export_bundle(
        REGISTER,
        product="Equecabtagene autoleucel",
        condition="multiple myeloma",
        indication="after at least three lines",
        holder="Example company",
        codes=MYELOMA_CODES,
        sources=SOURCES,
    )


def test_milestones_come_back_from_the_bundle() -> None:
    text = json.dumps(bundle())
    assert read_bundle(json.loads(text)) == REGISTER


def test_a_designation_is_of_type_orphan_for_the_condition() -> None:
    resources = {entry["resource"]["id"]: entry["resource"] for entry in bundle()["entry"]}
    designation = next(item for key, item in resources.items() if key.startswith("SA-orphan"))
    assert designation["type"]["coding"][0]["code"] == "Orphan"
    assert designation["statusDate"] == "2025-05"
    use = resources[designation["indication"][0]["reference"]["reference"].split("/")[-1]]
    coding = use["indication"]["diseaseSymptomProcedure"]["concept"]["coding"]
    assert {item["code"] for item in coding} == {"29073", "C90.0", "109989006"}
    assert all("display" not in item for item in coding)


def test_what_is_no_bundle_is_refused() -> None:
    with pytest.raises(InputError, match="no FHIR bundle"):
        read_bundle({"resourceType": "Patient"})
    broken = bundle()
    broken["entry"][3]["resource"].pop("region")
    with pytest.raises(InputError, match="no usable type"):
        read_bundle(broken)


@pytest.mark.skipif(not HAS_FHIR, reason="the extra fhir (fhir.resources) is not installed")
def test_the_bundle_keeps_the_rules_of_r5() -> None:
    assert validate_bundle(bundle()) == bundle()
    broken = bundle()
    broken["entry"][2]["resource"]["subject"] = 5
    with pytest.raises(InputError, match="R5"):
        validate_bundle(broken)


@pytest.mark.skipif(HAS_FHIR, reason="the extra fhir (fhir.resources) is installed")
def test_without_the_package_the_error_says_how_to_get_it() -> None:
    with pytest.raises(MissingEvidenceError, match="leucel\\[fhir\\]"):
        validate_bundle(bundle())


def envelope(country: str = "sa", **given: Any) -> Envelope:
    facts: dict[str, Any] = {
        "country": country,
        "applicant": "Example & Co",
        "invented_names": ("Name",),
        "inns": ("equecabtagene autoleucel",),
        "atcs": ("L01XL",),
        "description": "new application <orphan>",
    }
    return Envelope(**{**facts, **given})


def test_envelopes_come_back_from_their_text() -> None:
    given = (
        envelope(),
        envelope("kw", procedure="gcc", sequence="0003", related=("0000", "0001")),
        envelope("om", application_numbers=("12", "13"), unit="response"),
    )
    text = write_envelopes(given)
    assert read_envelopes(text) == given
    assert 'xmlns:gc="http://sfda.gov.sa"' in text
    assert '<agency code="SA-SFDA" />' in text
    assert "Example &amp; Co" in text


def test_a_plan_of_filings_becomes_its_envelopes() -> None:
    plan = find_filing_order(
        ["SA", "GCC", "HK"],
        product=ProductFacts(name="example"),
        register=REGISTER,
        start=date(2025, 5, 9),
    )
    found = envelopes_for(plan, applicant="Example", invented_names=["Name"], inns=["inn"])
    assert {item.country: item.procedure for item in found} == {
        "sa": "national",
        **dict.fromkeys(("ae", "kw", "bh", "qa", "om"), "gcc"),
    }
    assert read_envelopes(write_envelopes(found)) == found
    assert "priority" in found[0].description


def test_an_envelope_refuses_codes_that_do_not_exist() -> None:
    with pytest.raises(InputError) as caught:
        envelope("us", submission="orphan", sequence="1", inns=())
    assert len(caught.value.problems) == 4
    with pytest.raises(InputError, match="one for each country"):
        write_envelopes([envelope(), envelope()])
    for text, words in (
        ("<a/>", "no GCC Module 1"),
        ("nothing", "no XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a/>', "entities"),
    ):
        with pytest.raises(InputError, match=words):
            read_envelopes(text)


FDA_HEADER = [
    *("Generic Name", "Trade Name", "Date Designated", "Orphan Designation"),
    *("Orphan Designation Status", "FDA Orphan Approval Status", "Approved Labeled Indication"),
    *("Marketing Approval Date", "Exclusivity End Date"),
    "Exclusivity Protected Indication*** see the note below",
    *(
        "Sponsor Company",
        "Address 1",
        "Address 2",
        "City",
        "State",
        "Zip",
        "Country",
        "CF Grid Key",
    ),
]


def fda_file(folder: Path, rows: list[str]) -> Path:
    path = folder / "oopd.csv"
    header = ",".join(f'"{name}"' for name in FDA_HEADER)
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


def test_the_fda_list_with_both_forms_of_dates_and_a_footnote(tmp_path: Path) -> None:
    rows = [
        "cells,Brand,05/09/2019,multiple myeloma,Designated,,,03/26/2021,03/26/28,,Co,,,,,,US,1",
        'old,,12/31/85,"Treatment of gout, rare",Withdrawn,,,,,,Other,,,,,,US,2',
        '"*** The exclusivity protected indication is shown since 2013."',
    ]
    found = read_fda_list(fda_file(tmp_path, rows))
    assert [record.product for record in found] == ["cells", "old"]
    assert [str(r.designated) for r in found] == ["2019-05-09", "1985-12-31"]
    assert str(found[0].exclusive_until) == "2028-03-26"
    assert found[1].approved is None
    assert find_designations(found, "MYELOMA") == found[:1]


def test_faults_of_the_fda_list(tmp_path: Path) -> None:
    bad = "x,,31/12/2019,c,,,,,,,,,,,,,,1"
    with pytest.raises(InputError) as caught:
        read_fda_list(fda_file(tmp_path, [bad, bad]))
    assert [p.where.line for p in caught.value.problems if p.where] == [2, 3]
    path = tmp_path / "other.csv"
    path.write_text("Name,Date\n", "utf-8")
    with pytest.raises(InputError, match="Generic Name"):
        read_fda_list(path)
    with pytest.raises(StorageError):
        read_fda_list(tmp_path / "absent.csv")


def test_the_rows_of_the_eu_register_are_read_as_json(tmp_path: Path) -> None:
    rows = [
        {
            "eu_num": {"display": "EU/3/20/2252", "pre": "o", "id": 2252},
            "name": "",
            "inn": "Ciltacabtagene autoleucel",
            "indication": "Treatment of multiple myeloma",
        }
    ]
    page = tmp_path / "reg_od_act.htm"
    page.write_text(f"<script>\nvar dataSet = {json.dumps(rows)};\n</script>", "utf-8")
    (record,) = read_eu_register(page)
    assert (record.number, record.product) == ("EU/3/20/2252", "Ciltacabtagene autoleucel")
    assert find_designations((record,), "myeloma", "multiple") == (record,)


def test_faults_of_the_eu_register(tmp_path: Path) -> None:
    page = tmp_path / "page.htm"
    for text, words in (
        ("<html></html>", "no rows"),
        ("\n\nvar dataSet=[alert(1)];", "no JSON"),
        ('var dataSet=[{"name": "x"}];', "row 1 has no number"),
    ):
        page.write_text(text, "utf-8")
        with pytest.raises(InputError, match=words):
            read_eu_register(page)
