"""Lots in the virtual trial: who is infused, with what dose, when."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from leucel.core import Evidence, InputError, Mark, RandomStream
from leucel.product import DEFAULT_STAGES, Phenotype, Process, Stage
from leucel.stats import LogNormal
from leucel.trials import (
    LotDesign,
    PhenotypeEffect,
    Site,
    TrialDesign,
    TrialResult,
    draw_patients,
    make_trial_lots,
    run_trial,
    simulate_kinetics,
)

SOURCE = Evidence(value=1.0, source="invented", mark=Mark.SEEN)
PATIENTS, SEED = 200, 7


def phenotype(sigma: float = 0.5) -> Phenotype:
    return Phenotype(
        name="memory_share",
        distribution=LogNormal(median=0.2, sigma=sigma),
        evidence=replace(SOURCE, value="log-normal"),
    )


def effect(parameter: str = "kinetics.c_max", exponent: float = 1.0) -> PhenotypeEffect:
    return PhenotypeEffect(
        phenotype="memory_share",
        parameter=parameter,
        exponent=replace(SOURCE, value=exponent),
        reference=0.2,
    )


def run(design: TrialDesign, lots: LotDesign | None) -> TrialResult:
    return run_trial(replace(design, lots=lots), patients=PATIENTS, months=14.0, seed=SEED)


@pytest.fixture(scope="module")
def made(design: TrialDesign) -> TrialResult:
    return run(design, LotDesign(process=Process(terminated=0.2)))


def test_who_has_no_product_is_not_infused(made: TrialResult) -> None:
    lots = made.seen.lots
    assert lots is not None
    summary = made.to_summary()
    assert summary["patients"] == PATIENTS
    assert summary["infused"] == int(lots.infused.sum()) == len(made.seen.patients)
    assert summary["infused"] < PATIENTS - 5
    told = summary["lots"]
    assert told["collected"] == PATIENTS
    assert told["not_infused"]["no product"] == PATIENTS - summary["infused"]
    assert made.row("orr").n == summary["infused"]
    assert told["orr_of_all_collected"]["value"] < made.row("orr").value


def test_dose_and_delay_stand_beside_each_patient(made: TrialResult) -> None:
    table = made.to_frames()["trial_patients"]
    lots = made.seen.lots
    assert lots is not None
    assert table["dose"].tolist() == lots.run.values["given"][lots.infused].tolist()
    assert table["share_of_dose"].max() == 1.0
    assert table["share_of_dose"].min() < 0.9
    assert not table["vein_to_vein_days"].isna().any()
    assert {"conforming", "out of specification", "second attempt"} == set(table["lot"])


def test_the_dose_of_the_lot_enters_the_response(design: TrialDesign, result: TrialResult) -> None:
    few = Stage(
        what="CD3+ cells collected", median=replace(SOURCE, value=2e6, unit="cells"), sigma=0.1
    )
    starved = Process(stages={**DEFAULT_STAGES, "collected": few}, terminated=0.0)
    found = run(design, LotDesign(process=starved))
    assert found.seen.lots is not None
    assert found.seen.lots.to_summary()["share_of_dose"]["median"] < 0.2
    plain = result.seen.response
    assert np.median(found.seen.response.s_bcma[:, 30]) > np.median(plain.s_bcma[:, 30])


def test_patients_with_their_full_dose_do_as_without_lots(
    design: TrialDesign, made: TrialResult, result: TrialResult
) -> None:
    lots = made.seen.lots
    assert lots is not None
    full = np.isclose(lots.cells, lots.run.values["dose"][lots.infused])
    mine = made.seen.response.imwg.best[full]
    theirs = result.seen.response.imwg.best[lots.infused][full]
    assert mine.tolist() == theirs.tolist()
    assert design.lots is None


def test_a_patient_keeps_the_lot_whatever_the_cohort(design: TrialDesign) -> None:
    rule = design.dose.rule
    rng = RandomStream(3)
    lots = LotDesign(process=Process())
    few = make_trial_lots(lots, rule, draw_patients(design, rng, patients=20), rng)
    many = make_trial_lots(lots, rule, draw_patients(design, rng, patients=90), rng)
    assert few.run.values["given"].tolist() == many.run.values["given"][:20].tolist()
    assert few.infused.tolist() == many.infused[:20].tolist()


def test_products_out_of_specification_may_be_withheld(design: TrialDesign) -> None:
    found = run(design, LotDesign(process=Process(), infuse="conforming"))
    assert found.seen.lots is not None
    told = found.seen.lots.to_summary()
    assert told["not_infused"]["withheld, out of specification"] > 10
    assert told["infused_out_of_specification"] == 0
    assert not any("out of specification is given" in a.what for a in found.assumptions)


def test_a_narrow_site_delays_and_changes_nothing_else(design: TrialDesign) -> None:
    pytest.importorskip("simpy", reason="extra manufacture is not installed")
    wide = run(design, LotDesign(process=Process()))
    narrow = run(design, LotDesign(process=Process(), site=Site(slots=3, per_week=3.0)))
    assert wide.seen.lots is not None
    assert narrow.seen.lots is not None
    assert np.median(narrow.seen.lots.days) > np.median(wide.seen.lots.days) + 10
    assert narrow.row("orr") == wide.row("orr")
    assert (narrow.seen.lots.to_summary()["median_wait_days"] or 0.0) > 10


def test_a_phenotype_acts_through_its_effect_alone(design: TrialDesign) -> None:
    plain = run(design, LotDesign(process=Process()))
    process = Process(phenotypes=(phenotype(),))
    moved = run(design, LotDesign(process=process, effects=(effect(),)))
    lots = moved.seen.lots
    assert lots is not None
    ratio = moved.seen.kinetics.parameters["c_max"] / plain.seen.kinetics.parameters["c_max"]
    expected = lots.run.values["memory_share"][lots.infused] / 0.2
    assert ratio == pytest.approx(expected, rel=1e-9)
    assert moved.row("orr") == plain.row("orr")
    told = [each.what for each in moved.assumptions]
    assert any("phenotype" in what or "a lot decides" in what for what in told)


def test_phenotypes_without_evidence_or_effect_are_refused() -> None:
    with pytest.raises(InputError, match="has no effect on the trial"):
        LotDesign(process=Process(phenotypes=(phenotype(),)))
    with pytest.raises(InputError, match="unknown phenotype"):
        LotDesign(process=Process(), effects=(effect(),))
    with pytest.raises(InputError, match="names no source"):
        PhenotypeEffect(
            phenotype="memory_share",
            parameter="kinetics.c_max",
            exponent=Evidence(value=0.4, mark=Mark.OWN_VALUE),
            reference=0.2,
        )
    with pytest.raises(InputError) as caught:
        effect("safety.crs", exponent=1.0)
    assert "acts on no part of the trial" in str(caught.value)


def test_an_effect_on_an_unknown_parameter_is_refused(design: TrialDesign) -> None:
    lots = LotDesign(
        process=Process(phenotypes=(phenotype(),)), effects=(effect("kinetics.c_maxx"),)
    )
    with pytest.raises(InputError, match="unknown parameter of"):
        run(design, lots)


def test_nobody_infused_is_said(design: TrialDesign) -> None:
    with pytest.raises(InputError, match="nobody of the cohort gets a product"):
        run(design, LotDesign(process=Process(terminated=1.0, remake=0.0)))


def test_cells_enter_a_kinetics_model_with_a_dose(design: TrialDesign) -> None:
    kinetics = replace(design.kinetics, model="singh_2021_idecabtagene", parameters=())
    rng = RandomStream(2)
    patients = draw_patients(design, rng, patients=10)
    found = [
        simulate_kinetics(patients, kinetics, rng, months=2.0, cells=np.full(10, cells))
        for cells in (1e6, 1e8)
    ]
    assert np.all(found[1].transgene[:, 1] > 10 * found[0].transgene[:, 1])
