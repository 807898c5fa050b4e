"""What is taken for granted is listed, with its source; what has authority is not."""

from __future__ import annotations

from dataclasses import replace

from leucel.core import Evidence, Kind, Mark
from leucel.trials import TrialDesign, TrialResult, sources
from leucel.trials.assumptions import collect_assumptions


def told(design: TrialDesign) -> str:
    return "\n".join(f"{each.what}: {each.why}" for each in collect_assumptions(design))


def test_calibrated_parameters_are_listed_and_reported_ones_are_not(design: TrialDesign) -> None:
    listed = {each.what: each for each in collect_assumptions(design)}
    assert listed["kinetics: c_max"].value == 50_000.0
    assert listed["kinetics: c_max"].why.startswith("calibrated")
    assert "dose" not in listed
    assert not any(what.startswith("covariate age") for what in listed)


def test_borrowed_and_own_numbers_are_listed(design: TrialDesign) -> None:
    lloq = Evidence(
        value=50.0, unit="copies/ug", mark=Mark.OWN_VALUE, kind=Kind.ASSUMED, note="not published"
    )
    changed = replace(design, kinetics=replace(design.kinetics, lloq=lloq))
    found = next(
        each
        for each in collect_assumptions(changed)
        if each.what == "lower limit of quantification"
    )
    assert (found.value, found.unit, found.source) == (50.0, "copies/ug", "leucel")
    assert found.why == "assumed: not published"


def test_simplifications_follow_the_design(design: TrialDesign) -> None:
    assert "deaths without progression are not simulated" in told(design)
    assert "the CAR-T cells do not see" in told(design)
    assert "no effect of prior_car_t" not in told(design)
    plain = replace(design, safety=None, response=replace(design.response, primary_resistance=None))
    assert "no effect of prior_car_t" in told(plain)
    assert "drawn at its published rate" not in told(plain)


def test_remarks_of_the_programme_are_kept(design: TrialDesign) -> None:
    remarked = replace(design, remarks=(("two sources differ", "13% and 39%"),))
    assert "two sources differ: 13% and 39%" in told(remarked)


def test_the_result_carries_them(result: TrialResult) -> None:
    rows = result.to_summary()["assumptions"]
    assert len(rows) == len(result.assumptions) > 5
    assert set(rows[0]) == {"what", "value", "unit", "why", "source", "mark"}


def test_the_criteria_have_a_source_that_can_be_opened() -> None:
    found = sources()
    assert found["kumar_2016"].doi == "10.1016/S1470-2045(16)30206-6"
    assert all(source.link for source in found.values())
