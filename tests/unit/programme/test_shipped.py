"""The shipped programmes say what the evidence says, and nothing that it calls unverified."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from leucel.core import Mark
from leucel.programme import (
    Programme,
    milestone_register,
    programme_construct,
    read_programme,
    shipped_programmes,
    trial_design,
)

SHIPPED = shipped_programmes()
PRODUCTS = {"eque-cel": "eque-cel", "cilta-cel": "cilta-cel"}
ROUNDING = 0.05
# Arithmetic on the evidence: one patient of 103 in percent, a month of 30.4375 days in days.
DERIVED = (0.97, 30.4)


def all_marks(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [str(node["mark"])] if "mark" in node else []
        return own + [mark for item in node.values() for mark in all_marks(item)]
    if isinstance(node, list):
        return [mark for item in node for mark in all_marks(item)]
    return []


@pytest.fixture(scope="module", params=SHIPPED)
def programme(request: pytest.FixtureRequest) -> Programme:
    return read_programme(request.param)


def test_there_are_two_products() -> None:
    assert SHIPPED == ("cilta-cel", "eque-cel")


def test_nothing_is_unverified(programme: Programme) -> None:
    marks = all_marks(programme.data)
    assert marks
    assert Mark.UNVERIFIED.value not in marks


def test_every_source_is_used(programme: Programme) -> None:
    text = str(programme.data)
    unused = [entry.id for entry in programme.file.sources if text.count(f"'{entry.id}'") < 2]
    assert not unused


def test_published_endpoints_stand_in_the_evidence(
    programme: Programme, shared: Callable[[str], Path]
) -> None:
    with shared("evidence/clinical.csv").open() as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["product"] == PRODUCTS[programme.file.programme.id]
        ]

    def numbers(allowed: bool) -> set[float]:
        found: set[float] = set()
        for row in rows:
            if (row["mark"] != "unverified") == allowed:
                for key in ("value", "ci_low", "ci_high"):
                    try:
                        found.add(float(row[key]))
                    except ValueError:
                        continue
        return found

    known = numbers(allowed=True) | set(DERIVED)
    for entry in programme.file.published:
        for value in (entry.value, entry.low, entry.high):
            if value is not None:
                assert any(abs(value - number) < ROUNDING for number in known), (
                    f"{entry.endpoint}: {value} is not in the evidence"
                )


def test_calibrated_values_name_their_target(programme: Programme) -> None:
    for section in (programme.file.kinetics, programme.file.response):
        for parameter in section.parameters:
            if parameter.kind == "calibrated":
                assert parameter.target
                assert parameter.mark in ("computed", "derived")


def test_assumed_values_say_why(programme: Programme) -> None:
    for covariate in programme.file.patients.covariates:
        if covariate.kind in ("assumed", "borrowed"):
            assert covariate.note


def test_the_rooms_below_accept_it(programme: Programme) -> None:
    design = trial_design(programme)
    assert len(design.covariates) == len(programme.file.patients.covariates)
    assert programme_construct(programme).binder.target == "BCMA"
    assert len(milestone_register(programme).milestones) == len(programme.file.milestones)


def test_the_first_programme_says_what_its_founding_document_says() -> None:
    file = read_programme("eque-cel").file
    assert file.product.inn.value == "equecabtagene autoleucel"
    assert file.product.brand is not None
    assert file.product.brand.value == "FUCASO"
    assert (file.product.cells, file.product.vector.value) == ("autologous", "lentiviral")
    assert [part.domain for part in file.product.parts if part.role == "hinge"] == ["CD8a"]
    assert file.product.binder.sequence is None
    assert (file.dose.rule, file.dose.amount.value) == ("per_kg", 1.0e6)
    assert {c.field: c.value for c in file.indication.criteria}["prior_lines"] == 3
    quoted = {entry.measure: entry for entry in file.quoted_epidemiology}
    assert (quoted["incidence"].value, quoted["incidence"].scale) == (1.8, "age-standardized")
    assert (quoted["prevalence_5y"].value, quoted["prevalence_5y"].scale) == (6.8, "crude")
    dates = {entry.id: entry.date for entry in file.milestones}
    assert dates["sa-designation"] == "2025-05-09"
    assert dates["us-ind"] == "2022-12"
    assert dates["cn-approval"].startswith("2023-06")
    assert file.indication.codes["orphanet"] == "ORPHA:29073"
