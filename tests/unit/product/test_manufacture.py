"""Lots and waiting times."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.core import Evidence, InputError, Kind, Mark, MissingEvidenceError, RandomStream
from leucel.product import (
    CONFORMING,
    FAILED,
    OUT_OF_SPECIFICATION,
    RECORDS,
    LogNormalDays,
    ManufacturePlan,
    borrow_plan,
    draw_lots,
    get_record,
    lognormal_from_quartiles,
    records_of,
    sources,
    waiting_time,
)


def test_every_number_has_a_usable_source() -> None:
    known = sources()
    for record in RECORDS:
        numbers = (record.failure, record.out_of_specification, record.waiting, *record.causes)
        for evidence in numbers:
            if evidence is not None:
                assert evidence.source in known
                assert evidence.mark.usable


def test_a_law_is_given_only_where_quartiles_are_published() -> None:
    for record in RECORDS:
        if record.waiting_law is not None:
            assert record.waiting is not None
            assert "quartiles" in record.waiting.note
            assert record.waiting_law.median == record.waiting.number


def test_nothing_is_known_of_eque_cel_and_the_message_says_what_to_do() -> None:
    assert records_of("eque-cel") == ()
    with pytest.raises(MissingEvidenceError, match=r"eque-cel is not established.*borrow"):
        waiting_time("eque-cel")


def test_borrowed_numbers_say_so() -> None:
    plan = borrow_plan(get_record("cilta-cel commercial"))
    assert plan.failure.kind is Kind.BORROWED
    assert "cilta-cel" in plan.out_of_specification.note
    assert plan.waiting is None
    with pytest.raises(MissingEvidenceError, match="no share of lots out of specification"):
        borrow_plan(get_record("ide-cel trial"))


def test_unknown_records_get_near_misses() -> None:
    with pytest.raises(InputError, match="did you mean 'cilta-cel commercial'"):
        get_record("ciltacel commercial")


def test_the_law_meets_its_quartile_ratio() -> None:
    law = lognormal_from_quartiles(median=60, q1=50, q3=80)
    z75 = 0.6744897501960817
    low, high = law.quantile_of_normal(np.array([-z75, z75]))
    # The usual formula rounds 2 z75 = 1.34898 to 1.349.
    assert high / low == pytest.approx(80 / 50, rel=1e-4)


@pytest.mark.parametrize(
    ("median", "q1", "q3"), [(60, 60, 80), (60, 80, 50), (60, 0, 80), (60, 50, float("inf"))]
)
def test_quartiles_out_of_order_are_refused(median: float, q1: float, q3: float) -> None:
    with pytest.raises(InputError, match="out of order"):
        lognormal_from_quartiles(median=median, q1=q1, q3=q3)


def test_lots_follow_the_shares() -> None:
    plan = borrow_plan(get_record("cilta-cel commercial"))
    n = 20_000
    lots = draw_lots(plan, subjects=n, rng=RandomStream(11))
    # Four standard errors of a share: a false alarm in 16,000 seeds; the seed is fixed.
    for fate, percent in ((FAILED, 2.9), (OUT_OF_SPECIFICATION, 16.0), (CONFORMING, 81.1)):
        share = percent / 100
        assert lots.share(fate) == pytest.approx(
            percent, abs=400 * (share * (1 - share) / n) ** 0.5
        )


def test_a_patient_keeps_the_lot_whatever_the_cohort() -> None:
    plan = borrow_plan(
        get_record("cilta-cel commercial"), waiting=LogNormalDays(median=44, sigma=0.3)
    )
    few = draw_lots(plan, subjects=5, rng=RandomStream(3))
    many = draw_lots(plan, subjects=500, rng=RandomStream(3))
    assert (few.fate == many.fate[:5]).all()
    assert few.days is not None
    assert many.days is not None
    assert (few.days == many.days[:5]).all()


def test_impossible_plans_are_refused() -> None:
    def share(value: float) -> Evidence:
        return Evidence(value=value, unit="%", mark=Mark.OWN_VALUE, kind=Kind.ASSUMED)

    with pytest.raises(InputError):
        ManufacturePlan(failure=share(60.0), out_of_specification=share(50.0))
    with pytest.raises(InputError):
        ManufacturePlan(failure=share(-1.0), out_of_specification=share(50.0))
    with pytest.raises(InputError):
        LogNormalDays(median=0.0, sigma=0.3)
    plan = ManufacturePlan(failure=share(1.0), out_of_specification=share(1.0))
    with pytest.raises(InputError):
        draw_lots(plan, subjects=0, rng=RandomStream(1))
