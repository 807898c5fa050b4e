"""Identifiers, release specifications, the process of a lot, and a site."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from leucel.core import Evidence, InputError, Mark, RandomStream
from leucel.product import (
    DEFAULT_STAGES,
    SPECIFICATIONS,
    DoseRule,
    LotRun,
    Process,
    Stage,
    check_character,
    flag_value,
    judge_lots,
    make_lots,
    process_sensitivity,
    require_identity,
    run_site,
    with_stage,
)

PATIENTS = 4000
RULE = DoseRule(per_kg=1e6)


def run(process: Process | None = None, size: int = PATIENTS, seed: int = 1) -> LotRun:
    return make_lots(process or Process(), RULE, np.full(size, 70.0), rng=RandomStream(seed))


def within(percent: float, expected: float, size: int = PATIENTS) -> bool:
    """Four standard errors of a share: a false alarm once in 16,000."""
    return abs(percent - expected) < 4 * math.sqrt(expected * (100 - expected) / size)


def test_the_published_check_character() -> None:
    assert check_character("G123498654321") == "H"
    assert flag_value("G123 498 654 321") == 60 + 17
    assert require_identity("G123 498 654 321", "h") == "G123498654321"


@pytest.mark.parametrize("wrong", ["G123498654312", "G123498654322", "G213498654321"])
def test_a_slip_changes_the_check_character(wrong: str) -> None:
    with pytest.raises(InputError, match="does not fit the identifier"):
        require_identity(wrong, "H")


@pytest.mark.parametrize("strange", ["", "   ", "g123", "G-12", "G*1"])
def test_other_letters_are_no_identifier(strange: str) -> None:
    with pytest.raises(InputError, match="this is no identifier"):
        check_character(strange)


def test_every_limit_has_a_source_and_lots_are_judged() -> None:
    for rows in SPECIFICATIONS.values():
        assert all(row.limit.source and row.limit.mark is Mark.SECONDARY for row in rows)
    found = judge_lots(
        SPECIFICATIONS["anti-CD20, European Pharmacopoeia"],
        {"viability": [0.8, 0.79, np.nan], "copies_per_car_cell": [4.99, 5.0, 1.0]},
    )
    assert found.passed.tolist() == [True, False, False]
    assert found.causes(1) == ("viability", "copies_per_car_cell")
    assert found.not_measured == ("cd3_purity", "car_share", "endotoxin")
    with pytest.raises(InputError, match="cannot be held against"):
        judge_lots(SPECIFICATIONS["ARI-0001"], {"color": [1.0]})


def test_the_stages_meet_what_they_were_taken_from() -> None:
    collected = DEFAULT_STAGES["collected"]
    ratio = collected.at(0.6745) / collected.at(-0.6745)
    assert float(ratio) == pytest.approx(4.1 / 1.2, rel=1e-3)
    z = -1.5486  # 6.08% of a normal variable lie below
    assert float(DEFAULT_STAGES["viability"].at(z)) == pytest.approx(0.80, abs=1e-4)


def test_lots_out_of_specification_by_cause() -> None:
    found = run().to_dict()
    causes = found["causes_percent_of_lots"]
    assert within(found["percent_terminated"], 2.9)
    assert within(causes["low dose"], 0.971 * 16 * 0.529)
    assert within(causes["viability"], 0.971 * 16 * 0.38)
    assert within(causes["cytokine release"], 0.971 * 16 * 0.177)
    # Nothing was fitted to the share of lots with too few CAR+ cells: 14.7% of 16% with cilta-cel.
    assert causes["car_share"] == pytest.approx(16 * 0.147, abs=0.8)
    assert 14.0 < found["percent_out_of_specification"] < 21.0
    json.dumps(found, allow_nan=False)


def test_a_patient_keeps_the_lot_whatever_the_cohort() -> None:
    few, many = run(size=10), run(size=100)
    for name, values in few.values.items():
        assert values.tolist() == many.values[name][:10].tolist()
    assert few.to_frame().shape[0] == 10


def test_the_dose_is_never_exceeded_and_patients_without_product_have_no_day() -> None:
    found = run()
    assert np.all(found.values["given"] <= found.values["dose"])
    assert np.array_equal(~found.infused, found.terminated & ~found.remade)
    plain = found.infused & ~found.terminated
    assert np.median(found.days[found.remade]) > np.median(found.days[plain]) + 20


def test_a_shorter_process_shortens_the_wait_and_nothing_else() -> None:
    base, short = run(), run(with_stage(Process(), "make", median=9.0))
    assert np.median(base.days[base.infused] - short.days[base.infused]) == pytest.approx(
        4, abs=0.5
    )
    assert base.values["car_cells"].tolist() == short.values["car_cells"].tolist()


def test_sensitivity_names_what_matters() -> None:
    rows = process_sensitivity(Process(), RULE, np.full(300, 70.0), rng=RandomStream(2))
    by_outcome = {row["outcome"]: row for row in reversed(rows)}
    assert by_outcome["median_surplus"]["stage"] == "collected"
    assert by_outcome["median_copies"]["stage"] == "copies"
    assert by_outcome["median_days"]["stage"] in {"test", "prepare"}
    for row in rows:
        assert row["stage_low"] < row["stage_high"]


def test_faults_of_a_process_are_all_named() -> None:
    with pytest.raises(InputError) as caught:
        Process(terminated=1.2, remake=-0.1, stages={"colected": DEFAULT_STAGES["collected"]})
    assert len(caught.value.problems) == 2 + len(DEFAULT_STAGES) + 1
    with pytest.raises(InputError, match="unknown stage 'mak'"):
        with_stage(Process(), "mak", median=9.0)
    with pytest.raises(InputError, match="out of range"):
        Stage(what="share", median=Evidence(value=1.2), sigma=0.1, scale="logit")


def test_every_assumption_has_a_mark_and_a_reason() -> None:
    rows = Process().assumptions()
    assert all(row.why for row in rows)
    assert all(row.source for row in rows if row.mark is not Mark.OWN_VALUE)


def test_a_site_with_few_slots_makes_patients_wait() -> None:
    pytest.importorskip("simpy", reason="extra manufacture is not installed")
    wide, none = run_site(Process(), patients=200, per_week=3, slots=60, rng=RandomStream(4))
    narrow, waited = run_site(Process(), patients=200, per_week=3, slots=5, rng=RandomStream(4))
    assert none.max() == 0.0
    assert waited.max() > 5.0
    # Three lots a week of 13 days hold 5.6 slots on average: five are busy all the time.
    assert narrow.utilization > 0.95
    assert np.all(narrow.days >= wide.days - 1e-6)
    # Never more lots than slots.
    events = sorted([(t, 1) for t in narrow.start] + [(t, -1) for t in narrow.harvest])
    assert max(np.cumsum([step for _, step in events])) <= 5
    tested, _ = run_site(
        Process(), patients=100, per_week=3, slots=60, test_places=3, rng=RandomStream(4)
    )
    assert np.median(tested.days) > np.median(wide.days)
    with pytest.raises(InputError, match="site is out of range"):
        run_site(Process(), patients=10, per_week=3, slots=0, rng=RandomStream(4))
