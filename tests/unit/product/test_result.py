"""The product part of a run."""

from __future__ import annotations

import json

import numpy as np
import pytest

from leucel.core import Evidence, InputError, Kind, Mark, RandomStream
from leucel.product import (
    FATES,
    Binder,
    Construct,
    DoseRule,
    Process,
    ProductResult,
    build_construct,
    describe_product,
    fit_zero_inflated,
    make_lots,
    sources,
)

WEIGHTS = np.linspace(45.0, 110.0, 50)


@pytest.fixture
def car() -> Construct:
    return build_construct(
        name="eque-cel",
        binder=Binder(name="CT103A scFv", origin="fully human", target="BCMA"),
        parts=[
            ("binder", None),
            ("hinge", "CD8a"),
            ("transmembrane", "CD8a"),
            ("costimulatory", "4-1BB"),
            ("signaling", "CD3zeta"),
        ],
    )


def describe(car: Construct, **more: object) -> ProductResult:
    return describe_product(car, DoseRule(per_kg=1e6, source="fumanba1"), WEIGHTS, **more)  # type: ignore[arg-type]


def test_what_is_unknown_is_named_and_null(car: Construct) -> None:
    summary = describe(car).to_summary()
    assert summary["unknowns"] == [
        "residues of the signal peptide",
        "residues of the binder CT103A scFv",
        "viability and recovery after thawing, so the cells needed before freezing",
        "share of CAR+ cells and vector copies per cell",
        "share of lots of eque-cel that fail or are out of specification",
        "time from vein to vein of eque-cel",
    ]
    assert summary["transduction"] is None
    assert summary["complete"] is False
    manufacture = summary["manufacture"]
    assert isinstance(manufacture, dict)
    assert manufacture["records"] == []
    assert manufacture["simulated"] is None


def test_the_summary_is_json_without_nan(car: Construct) -> None:
    text = json.dumps(describe(car).to_summary(), allow_nan=False)
    assert json.loads(text)["known_residues"] == 223


def test_every_source_of_the_room_can_be_looked_up(car: Construct) -> None:
    law = fit_zero_inflated(car_share=0.26, copies_per_car_cell=1.45)
    result = describe(car, transduction=law)
    assert set(result.source_ids) - set(sources()) == {"fumanba1"}


def test_given_numbers_become_assumptions(car: Construct) -> None:
    result = describe(
        car,
        viability=Evidence(value=0.8, mark=Mark.OWN_VALUE, kind=Kind.ASSUMED),
        recovery=Evidence(value=0.9, mark=Mark.OWN_VALUE, kind=Kind.ASSUMED),
        transduction=fit_zero_inflated(car_share=0.26, copies_per_car_cell=1.45),
        lots=make_lots(Process(), DoseRule(per_kg=1e6), WEIGHTS, rng=RandomStream(1)),
    )
    what = {a.what for a in result.assumptions}
    assert what >= {
        "viability after thawing",
        "recovery of cells after thawing",
        "law of the vector copies in a cell",
        "lots that never become a product",
        "second attempts that work",
    }
    frames = result.to_frames()
    assert frames["product_doses"]["car_cells_in_bag"].iloc[0] == pytest.approx(45e6 / 0.72)
    assert set(frames["product_doses"]["lot"]) <= set(FATES)
    assert len(frames["lots"]) == WEIGHTS.size
    assert frames["lot_causes"].query("group == 'fate'")["lots"].sum() == WEIGHTS.size
    json.dumps(result.to_summary(), allow_nan=False)


def test_lots_of_other_patients_are_refused(car: Construct) -> None:
    few = make_lots(Process(), DoseRule(per_kg=1e6), WEIGHTS[:3], rng=RandomStream(1))
    with pytest.raises(InputError, match="lots are those of other patients"):
        describe(car, lots=few)


def test_tables_can_be_written_to_parquet(car: Construct, tmp_path) -> None:  # type: ignore[no-untyped-def]
    frames = describe(car).to_frames()
    assert set(frames) == {
        "construct_parts",
        "construct_checks",
        "dose",
        "product_doses",
        "manufacture_records",
    }
    for name, frame in frames.items():
        frame.to_parquet(tmp_path / f"{name}.parquet")
    assert len(frames["product_doses"]) == WEIGHTS.size
    assert len(frames["construct_parts"]) == 6
    dose = frames["dose"].set_index("quantity")
    assert list(dose.index) == ["body weight", "dose", "dose by weight"]
    assert dose.loc["dose", "max"] == pytest.approx(110e6)


def test_a_product_with_records_is_not_unknown(car: Construct) -> None:
    result = describe(car, product="cilta-cel")
    assert {record.product for record in result.records} == {"cilta-cel"}
    assert not any("vein to vein" in text for text in result.unknowns)
    assert not set(result.records) & set(result.context)
