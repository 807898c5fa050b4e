"""The population stage as a whole."""

from __future__ import annotations

import json
import math

import pytest

from leucel.core import InputError, Mark, RandomStream
from leucel.epidemiology import (
    AgeStandardized,
    BurdenOptions,
    DiseaseBurden,
    Measure,
    Rate,
    estimate_burden,
    published_figures,
    sources,
)

WORLD = Rate(measure=Measure.INCIDENCE, scale=AgeStandardized(), value=1.8, area="WLD", year="2022")
MEASURES = {
    "incidence_cases",
    "incidence_crude",
    "prevalence_5y",
    "prevalence_complete",
    "eligible_flow",
    "eligible_stock",
}


@pytest.fixture(scope="module")
def burden() -> DiseaseBurden:
    return estimate_burden(
        ["SA", "United Arab Emirates", "GCC", "US", "EU", "QA", "HK"],
        world_asr=WORLD,
        figures=published_figures(),
        rng=RandomStream(1),
        options=BurdenOptions(draws=400),
    )


def test_every_row_has_the_keys_of_the_contract(burden: DiseaseBurden) -> None:
    keys = {
        "jurisdiction",
        "year",
        "measure",
        "value",
        "low",
        "high",
        "unit",
        "scale",
        "method",
        "population_source",
        "mark",
        "sources",
        "note",
    }
    assert all(set(row) == keys for row in burden.rows())
    saudi = [row for row in burden.rows() if row["jurisdiction"] == "SA"]
    assert {row["measure"] for row in saudi} == MEASURES
    for row in saudi:
        assert row["low"] <= row["value"] <= row["high"]
        assert row["mark"] == "derived"


def test_the_summary_is_plain_json(burden: DiseaseBurden) -> None:
    text = json.dumps(burden.to_summary(), allow_nan=False)
    assert json.loads(text)["epidemiology"]


def test_every_source_is_in_the_bibliography(burden: DiseaseBurden) -> None:
    known = sources()
    used = {source for row in burden.rows() for source in row["sources"]}
    assert used <= set(known)
    assert all(key == source.id for key, source in known.items())


def test_an_unknown_area_stays_with_its_reason(burden: DiseaseBurden) -> None:
    rows = [row for row in burden.rows() if row["jurisdiction"] == "HK"]
    assert [row["value"] for row in rows] == [None]
    assert "population" in rows[0]["note"]
    entry = burden.find("HK")
    assert entry is not None
    assert entry.incidence == ()


def test_quoted_figures_keep_their_scales_and_come_once(burden: DiseaseBurden) -> None:
    world = [row for row in burden.rows() if row["jurisdiction"] == "WLD"]
    scales = {row["value"]: row["scale"] for row in world}
    assert scales[1.8] == "age-standardized (segi_doll_world)"
    assert scales[6.8] == "crude"
    assert [row["value"] for row in world].count(1.8) == 1


def test_published_prevalence_stands_beside_the_estimate(burden: DiseaseBurden) -> None:
    accepted = [
        row
        for row in burden.rows()
        if row["jurisdiction"] == "EU" and row["method"] == "published figure"
    ]
    assert [(row["value"], row["unit"], row["mark"]) for row in accepted] == [
        (4.0, "per 10,000", "official")
    ]


def test_the_table_of_frames_matches_the_rows(burden: DiseaseBurden) -> None:
    frames = burden.to_frames()
    assert len(frames["epidemiology"]) == len(burden.rows())
    assert set(frames["funnel"]["scenario"]) >= {"alberta", "pharos"}
    assert not frames["funnel"]["patients_a_year"].map(math.isnan).any()


def test_assumed_numbers_are_listed(burden: DiseaseBurden) -> None:
    named = {item.what for item in burden.assumptions}
    assert "national risk around the world average" in named
    assert "share of late-line patients fit for CAR-T" in named
    assert {item.what for item in burden.assumptions if item.mark is not Mark.OWN_VALUE} == {
        "rise of incidence since an older figure"
    }


def test_the_result_does_not_depend_on_the_other_areas() -> None:
    options = BurdenOptions(draws=400)
    alone = estimate_burden(["SA"], world_asr=WORLD, rng=RandomStream(1), options=options)
    more = estimate_burden(["US", "SA"], world_asr=WORLD, rng=RandomStream(1), options=options)
    assert alone.find("SA") == more.find("SA")


def test_bad_input_is_one_clear_error() -> None:
    with pytest.raises(InputError) as caught:
        estimate_burden(["Saudia", "Atlantis"], world_asr=WORLD, rng=RandomStream(1))
    assert len(caught.value.problems) == 2
    with pytest.raises(InputError, match="draws"):
        BurdenOptions(draws=5)
