"""Areas, populations and their revisions."""

from __future__ import annotations

import pytest

from leucel.core import InputError, MissingEvidenceError
from leucel.epidemiology import (
    AREAS,
    areas_with_population,
    get_area,
    get_population,
    population_totals,
)


def test_codes_and_names_are_unique() -> None:
    for key in ("code", "iso3", "name"):
        values = [getattr(area, key) for area in AREAS]
        assert len(values) == len(set(values))


@pytest.mark.parametrize("name", ["SA", "sau", "Saudi Arabia", " SA "])
def test_an_area_is_found_by_code_and_name(name: str) -> None:
    assert get_area(name).code == "SA"


def test_an_unknown_area_names_its_neighbors() -> None:
    with pytest.raises(InputError, match="Saudi Arabia"):
        get_area("Saudi Arabi")


def test_the_gulf_is_the_sum_of_six_states() -> None:
    members = get_area("GCC").members
    assert len(members) == 6
    total = sum(get_population(code).total for code in members)
    assert get_population("GCC").total == pytest.approx(total)
    assert set(population_totals("GCC")) == {"WPP 2019", "WPP 2024"}


def test_an_area_without_ages_says_so() -> None:
    with pytest.raises(MissingEvidenceError, match="Hong Kong"):
        get_population("HK")
    assert population_totals("HK") == {}
    assert "HK" not in areas_with_population()


def test_the_saudi_revision_is_ten_percent_lower() -> None:
    totals = population_totals("SA")
    # Rounded to 0.1%.
    assert totals["WPP 2024"] / totals["WPP 2019"] == pytest.approx(0.899, abs=0.0005)


def test_an_own_total_scales_the_ages() -> None:
    scaled = get_population("SA", total=32e6)
    assert scaled.total == pytest.approx(32e6)
    assert scaled.revision != get_population("SA").revision
    shape = scaled.persons / get_population("SA").persons
    assert shape == pytest.approx(shape[0])
