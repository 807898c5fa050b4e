"""Lots drawn from a plan."""

from __future__ import annotations

import pytest

from leucel.core import Evidence, InputError, Kind, Mark, MissingEvidenceError, RandomStream
from leucel.product import (
    CONFORMING,
    FAILED,
    OUT_OF_SPECIFICATION,
    LogNormalDays,
    ManufacturePlan,
    borrow_plan,
    draw_lots,
    get_record,
)


def test_borrowed_numbers_say_so() -> None:
    plan = borrow_plan(get_record("cilta-cel commercial"))
    assert plan.failure.kind is Kind.BORROWED
    assert "cilta-cel" in plan.out_of_specification.note
    assert plan.waiting is None
    with pytest.raises(MissingEvidenceError, match="no share of lots out of specification"):
        borrow_plan(get_record("ide-cel trial"))


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
