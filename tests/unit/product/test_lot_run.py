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
    Phenotype,
    Process,
    Stage,
    calibrate_times,
    check_character,
    flag_value,
    judge_lots,
    make_lots,
    process_sensitivity,
    require_identity,
    run_site,
    with_stage,
)
from leucel.stats import LogNormal

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


def test_every_lot_has_one_fate_and_its_causes() -> None:
    found = run()
    assert sum(row["percent"] for row in found.to_dict()["fates"]) == pytest.approx(100.0)
    words = found.cause_words
    for i in range(200):
        assert (found.fate[i] == "no product") == math.isnan(found.days[i])
        assert (found.fate[i] == "out of specification") <= bool(words[i])
        assert (found.fate[i] == "conforming") <= (words[i] == "")
    assert np.all(found.values["given"][~found.infused] == 0.0)
    # A second attempt is taken as conforming: it reaches the dose.
    assert np.all(found.values["given"][found.remade] == found.values["dose"][found.remade])
    rows = found.cause_rows()
    assert sum(row["lots"] for row in rows if row["group"] == "fate") == PATIENTS


def test_waiting_for_a_slot_comes_on_top() -> None:
    waits = np.linspace(0.0, 20.0, 300)
    base = run(size=300)
    late = make_lots(Process(), RULE, np.full(300, 70.0), rng=RandomStream(1), waits=waits)
    kept = base.infused
    assert np.allclose(late.days[kept] - base.days[kept], waits[kept])
    with pytest.raises(InputError, match="do not belong to these patients"):
        make_lots(Process(), RULE, np.full(3, 70.0), rng=RandomStream(1), waits=waits)


def test_stage_times_meet_published_quartiles() -> None:
    source = Evidence(value=60.0, unit="day", source="study", mark=Mark.SECONDARY)
    slow = calibrate_times(Process(), median=60.0, q1=50.0, q3=80.0, evidence=source)
    found = run(slow, size=20_000)
    days = found.days[found.infused & ~found.remade]
    low, middle, high = np.quantile(days, [0.25, 0.5, 0.75])
    # 20,000 draws fix a median of this spread to 0.3 days; twice that is allowed.
    assert middle == pytest.approx(60.0, abs=0.6)
    # The law has the published ratio of the quartiles: sigma = ln(80/50)/1.349 = 0.35.
    assert math.log(high / low) / 1.349 == pytest.approx(0.35, abs=0.01)
    assert slow.stages["make"].median.source == "study"
    with pytest.raises(InputError, match="out of order"):
        calibrate_times(Process(), median=60.0, q1=70.0, q3=80.0, evidence=source)


def test_a_phenotype_needs_a_source_and_keeps_its_patient() -> None:
    share = Phenotype(
        name="memory_share",
        distribution=LogNormal(median=0.2, sigma=0.4),
        evidence=Evidence(value="log-normal", source="study", mark=Mark.SECONDARY),
    )
    with_share = run(Process(phenotypes=(share,)), size=50)
    assert with_share.values["memory_share"].size == 50
    assert with_share.to_dict()["not_modeled"] == []
    assert with_share.values["given"].tolist() == run(size=50).values["given"].tolist()
    with pytest.raises(InputError, match="names no source") as caught:
        Phenotype(
            name="memory_share",
            distribution=LogNormal(median=0.2, sigma=0.4),
            evidence=Evidence(value="log-normal", mark=Mark.OWN_VALUE),
        )
    assert "no source gives its distribution" in str(caught.value)


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
