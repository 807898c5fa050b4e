"""Calibration: shipped values are found again, and the search finds what made its targets.

Two trials, built here from plain numbers with three parameters of the response to be found, are
searched from the published values of the model; the shipped programmes are searched as their files
say.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

import pytest

from leucel.core import SILENT, Evidence, Mark
from leucel.programme import (
    programme_calibration,
    read_programme,
    shipped_programmes,
    trial_design,
)
from leucel.stats import Bernoulli, Constant, Distribution, LogNormal, TruncatedNormal
from leucel.trials import (
    Adjustable,
    CovariateModel,
    DesignParameter,
    DoseRule,
    KineticsDesign,
    PrimaryResistance,
    PublishedEndpoint,
    ResponseDesign,
    Schedule,
    TrialDesign,
    calibrate,
    observe_trial,
    run_trial,
)
from leucel.trials.calibration import persisting_share
from leucel.trials.endpoints import Query, measure

PATIENTS = 4000
SEED = 1
# Started from the published values and from near the solution, the searches end this close: rates
# of 4,000 patients move in steps, and the marrow rate acts through few patients.
CLOSE = {"k_growth_resistant": 0.03, "n_m_protein": 0.02, "k_marrow_blood": 0.12}
KINETIC = 0.03
# Shipped values were found with other patients and are rounded.
SHIPPED = 0.07
# They were fitted before each patient had a lot: with lots the marrow rate moves by 13%, about as
# much as two searches for it differ, and every calibrated endpoint still agrees.
SHIPPED_MARROW = 0.15
# Calibrated rates have to lie within this many standard errors of the published trial.
WITHIN = 2.0


def number(value: float, unit: str = "") -> Evidence:
    return Evidence(value=value, unit=unit, source="clinical evidence", mark=Mark.SEEN)


def covariate(name: str, distribution: Distribution, unit: str = "") -> CovariateModel:
    return CovariateModel(
        name=name, distribution=distribution, unit=unit, evidence=number(0.0, unit)
    )


def parameter(
    name: str, value: float, omega: float | None = None, effect: str = ""
) -> DesignParameter:
    return DesignParameter(name=name, evidence=number(value), omega=omega, effect=effect)


def known(endpoint: str, value: float, n: int, **more: object) -> PublishedEndpoint:
    return PublishedEndpoint(
        endpoint=endpoint,
        value=value,
        n=n,
        source="clinical evidence",
        used_for="calibration",
        mark=Mark.SEEN,
        **more,  # type: ignore[arg-type]
    )


def trial(
    name: str,
    *,
    dose: float,
    prior_car_t: float,
    kinetics: tuple[DesignParameter, ...],
    response: tuple[float, float, float],
    published: tuple[PublishedEndpoint, ...],
) -> TrialDesign:
    growth, exponent, egress = response
    spread = math.sqrt(1.01)
    return TrialDesign(
        name=name,
        product=name,
        population="relapsed or refractory multiple myeloma",
        covariates=(
            covariate("weight", TruncatedNormal(center=71.45, sd=12.0, low=40.0, high=120.0), "kg"),
            covariate(
                "prior_car_t",
                Bernoulli(probability=prior_car_t) if prior_car_t else Constant(value=0.0),
            ),
            covariate("s_bcma_0", LogNormal(median=508.5, sigma=1.35), "ng/mL"),
            covariate("m_protein_0", LogNormal(median=17.4, sigma=math.sqrt(0.343)), "g/L"),
        ),
        criteria=(),
        dose=DoseRule(kind="per_kg", evidence=number(dose, "cells/kg")),
        kinetics=KineticsDesign(
            model="stein_2019_tisagenlecleucel",
            parameters=kinetics,
            lloq=number(50.0, "copies/ug"),
            sampling=Schedule(
                days=(0, 2, 4, 7, 9, 10, 11, 12, 13, 14, 16, 18, 21, 25, 28, 42, 56, 84), every=28
            ),
        ),
        response=ResponseDesign(
            model="singh_2021_idecabtagene",
            parameters=(
                parameter("fraction_resistant", 1e-7, 1.0),
                parameter("k_growth_resistant", growth, spread, "growth"),
                parameter("k_growth", 0.008, spread, "growth"),
                parameter("n_m_protein", exponent),
                parameter("k_marrow_blood", egress),
            ),
            assessments=Schedule(days=(7, 14, 21, 28), every=28),
            complete_below=number(0.1, "g/L"),
            marrow_share=number(0.3),
            mrd_level=number(1e-5),
            primary_resistance=PrimaryResistance(covariate="prior_car_t", share=number(0.25))
            if prior_car_t
            else None,
        ),
        published=published,
    )


def fumanba(response: tuple[float, float, float], k_decline_slow: float) -> TrialDesign:
    return trial(
        "FUMANBA-1",
        dose=1e6,
        prior_car_t=12 / 103,
        kinetics=(
            parameter("c_max", 46300.0, 0.52),
            parameter("t_max", 14.0, 0.314),
            parameter("k_decline_slow", k_decline_slow),
        ),
        response=response,
        published=(
            known("orr", 100 * 97 / 101, 101),
            known("orr", 75.0, 12, subgroup=("prior_car_t", 1.0)),
            known("cr_rate", 100 * 75 / 101, 101),
            known("mrd_negative", 100 * 96 / 101, 101),
            known("pfs", 78.8, 101, month=12.0, low=68.6, high=86.0),
            known("persistence_median_days", 307.5, 18),
        ),
    )


def cartitude(
    response: tuple[float, float, float], kinetics: tuple[float, float, float]
) -> TrialDesign:
    c_max, fast, slow = kinetics
    return trial(
        "CARTITUDE-1",
        dose=0.75e6,
        prior_car_t=0.0,
        kinetics=(
            parameter("c_max", c_max, 0.52),
            parameter("t_max", 12.71, 0.15),
            parameter("k_decline_fast", fast),
            parameter("k_decline_slow", slow),
        ),
        response=response,
        published=(
            known("orr", 97.9, 97),
            known("cr_rate", 82.5, 97),
            known("mrd_negative", 92.0, 61),
            known("pfs", 76.6, 97, month=12.0, low=66.0, high=84.3),
            known("cmax", 48692.0, 97, statistic="mean"),
            known("auc_0_28", 504496.0, 97, statistic="mean"),
            known("persistence_median_days", 125.9, 97),
        ),
    )


PUBLISHED_MODEL = (0.008, 0.215, 0.176)
FUMANBA = (0.01404, 0.4621, 0.01173)
FUMANBA_SLOW = 0.005788
CARTITUDE = (0.01834, 0.5581, 0.02294)
CARTITUDE_KINETICS = (46290.0, 0.08686, 0.02659)
ADJUSTABLE = (
    Adjustable(
        name="response.k_growth_resistant", low=0.002, high=0.1, prior=0.008, prior_factor=3.0
    ),
    Adjustable(name="response.n_m_protein", low=0.1, high=1.5),
    Adjustable(name="response.k_marrow_blood", low=0.002, high=0.5, prior=0.176, prior_factor=5.0),
)


@pytest.mark.slow
@pytest.mark.parametrize("part", ["kinetics", "response"])
@pytest.mark.parametrize("name", shipped_programmes())
def test_shipped_values_are_found_again(name: str, part: Literal["kinetics", "response"]) -> None:
    programme = read_programme(name)
    found = programme_calibration(
        programme, part=part, patients=PATIENTS, months=36, seed=SEED, progress=SILENT
    )
    design = trial_design(programme)
    rows = design.kinetics.parameters if part == "kinetics" else design.response.parameters
    stored = {f"{part}.{each.name}": each.value for each in rows}
    assert found.match.converged
    for name_, value in found.values.items():
        rel = SHIPPED_MARROW if name_.endswith("k_marrow_blood") else SHIPPED
        assert value == pytest.approx(stored[name_], rel=rel), name_
    for target in found.match.targets:
        assert abs(target.residual) < WITHIN, target


@pytest.mark.slow
@pytest.mark.parametrize(
    ("design", "stored"),
    [
        (fumanba(PUBLISHED_MODEL, FUMANBA_SLOW), FUMANBA),
        (cartitude(PUBLISHED_MODEL, CARTITUDE_KINETICS), CARTITUDE),
    ],
    ids=["FUMANBA-1", "CARTITUDE-1"],
)
def test_the_response_is_found_again_from_the_published_model(
    design: TrialDesign, stored: tuple[float, float, float]
) -> None:
    found = calibrate(design, "response", ADJUSTABLE, patients=PATIENTS, seed=SEED)
    assert found.match.converged
    assert found.match.identifiability is not None
    assert found.match.identifiability.identified
    for each, value in zip(ADJUSTABLE, stored, strict=True):
        short = each.name.removeprefix("response.")
        assert found.values[each.name] == pytest.approx(value, rel=CLOSE[short]), short
    for target in found.match.targets:
        assert abs(target.residual) < WITHIN, target


@pytest.mark.slow
def test_the_kinetics_are_found_again() -> None:
    rate = Adjustable(name="kinetics.k_decline_slow", low=5e-4, high=0.1)
    found = calibrate(fumanba(FUMANBA, 0.0032), "kinetics", (rate,), patients=PATIENTS, seed=SEED)
    assert found.values[rate.name] == pytest.approx(FUMANBA_SLOW, rel=KINETIC)
    parameters = (
        Adjustable(name="kinetics.c_max", low=1e4, high=2e5),
        Adjustable(name="kinetics.k_decline_fast", low=0.02, high=0.5),
        rate,
    )
    start = cartitude(CARTITUDE, (24_000.0, 0.16, 0.0032))
    found = calibrate(start, "kinetics", parameters, patients=PATIENTS, seed=SEED)
    for each, value in zip(parameters, CARTITUDE_KINETICS, strict=True):
        assert found.values[each.name] == pytest.approx(value, rel=KINETIC), each.name


@pytest.mark.slow
def test_calibration_recovers_what_made_its_targets() -> None:
    # Targets are the endpoints of one virtual trial, the search runs on other patients. Errors are
    # those of 4,000 patients: one percentage point in a rate, some percent in a parameter.
    truth = (0.012, 0.50, 0.03)
    made = observe_trial(
        fumanba(truth, FUMANBA_SLOW), patients=PATIENTS, months=36.0, seed=11, courses=False
    )
    targets: list[PublishedEndpoint] = []
    for endpoint, month in (
        ("orr", None),
        ("cr_rate", None),
        ("mrd_negative", None),
        ("pfs", 12.0),
        ("pfs", 24.0),
    ):
        seen = measure(made, Query(endpoint=endpoint, month=month))
        assert seen is not None
        targets.append(known(endpoint, seen.interval.estimate, PATIENTS, month=month))
    start = replace(fumanba((0.018, 0.42, 0.02), FUMANBA_SLOW), published=tuple(targets))
    free = tuple(replace(each, prior=None) for each in ADJUSTABLE)
    found = calibrate(start, "response", free, patients=PATIENTS, seed=12)
    for each, value, error in zip(free, truth, (0.10, 0.10, 0.40), strict=True):
        assert found.values[each.name] == pytest.approx(value, rel=error), each.name


@pytest.mark.slow
def test_small_trials_fall_into_the_range_that_is_said() -> None:
    design = fumanba(FUMANBA, FUMANBA_SLOW)
    result = run_trial(design, patients=PATIENTS, months=14.0, seed=3)
    told = {(each.endpoint, each.month): each for each in result.comparisons}
    course = result.seen.response.imwg
    free = course.progression_day > 12.0 * 30.4375
    for key, hits in ((("cr_rate", None), course.best == 5), (("pfs", 12.0), free)):
        low, high = told[key].range_low, told[key].range_high
        assert low is not None
        assert high is not None
        shares = 100.0 * hits[: 39 * 101].reshape(39, 101).mean(axis=1)
        inside = int(((shares >= low - 1e-9) & (shares <= high + 1e-9)).sum())
        # P(Binomial(39, 0.95) < 31) = 0.0008: false alarm below 1 in 500 for both together.
        assert inside >= 31
    assert persisting_share(result.seen.kinetics, 300.0) == pytest.approx(50.0, abs=8.0)
