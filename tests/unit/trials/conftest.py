"""A small trial of an invented product, and what its simulation gives."""

from __future__ import annotations

import pytest

from leucel.core import Evidence, Kind, Mark
from leucel.stats import Bernoulli, Constant, LogNormal, shifted_geometric_from_median
from leucel.trials import (
    CovariateModel,
    Criterion,
    DesignParameter,
    DoseRule,
    KineticsDesign,
    PrimaryResistance,
    PublishedEndpoint,
    ResponseDesign,
    SafetyDesign,
    Schedule,
    TrialDesign,
    TrialResult,
    run_trial,
)


def number(value: float, unit: str = "", kind: Kind = Kind.REPORTED) -> Evidence:
    return Evidence(value=value, unit=unit, source="invented", mark=Mark.SEEN, kind=kind)


@pytest.fixture(scope="session")
def design() -> TrialDesign:
    def covariate(name: str, distribution: object, unit: str = "") -> CovariateModel:
        return CovariateModel(
            name=name,
            distribution=distribution,  # type: ignore[arg-type]
            unit=unit,
            evidence=number(1.0),
        )

    def parameter(
        name: str, value: float, omega: float | None = None, effect: str = ""
    ) -> DesignParameter:
        return DesignParameter(
            name=name, evidence=number(value, kind=Kind.CALIBRATED), omega=omega, effect=effect
        )

    return TrialDesign(
        name="INVENTED-1",
        product="invented autoleucel",
        population="patients made up for tests",
        covariates=(
            covariate("age", LogNormal(median=58.0, sigma=0.15), "year"),
            covariate("male", Bernoulli(probability=0.5)),
            covariate("weight", LogNormal(median=70.0, sigma=0.15), "kg"),
            covariate("prior_lines", shifted_geometric_from_median(2, 4, maximum=20)),
            covariate("prior_car_t", Bernoulli(probability=0.2)),
            covariate("prior_proteasome_inhibitor", Constant(value=1.0)),
            covariate("s_bcma_0", LogNormal(median=500.0, sigma=1.0), "ng/mL"),
            covariate("m_protein_0", LogNormal(median=20.0, sigma=0.5), "g/L"),
        ),
        criteria=(
            Criterion(field="age", operator=">=", value=18.0, label="adult"),
            Criterion(field="prior_lines", operator=">=", value=3.0),
            Criterion(field="prior_proteasome_inhibitor", operator="==", value=True),
        ),
        dose=DoseRule(kind="per_kg", evidence=number(1e6, "cells/kg")),
        kinetics=KineticsDesign(
            model="stein_2019_tisagenlecleucel",
            parameters=(
                parameter("c_max", 50_000.0, 0.5),
                parameter("t_max", 12.0, 0.3),
                parameter("k_decline_slow", 0.007),
            ),
            lloq=number(50.0, "copies/ug"),
            sampling=Schedule(days=(0.0, 3.0, 7.0, 10.0, 14.0, 21.0, 28.0), every=28.0),
        ),
        response=ResponseDesign(
            model="singh_2021_idecabtagene",
            parameters=(
                parameter("fraction_resistant", 1e-7, 1.0),
                parameter("k_growth_resistant", 0.015, 1.0, "growth"),
                parameter("k_growth", 0.008, 1.0, "growth"),
                parameter("n_m_protein", 0.45),
                parameter("k_marrow_blood", 0.015),
            ),
            assessments=Schedule(days=(7.0, 14.0, 21.0, 28.0), every=28.0),
            complete_below=number(0.1, "g/L"),
            marrow_share=number(0.3),
            mrd_level=number(1e-5),
            primary_resistance=PrimaryResistance(covariate="prior_car_t", share=number(0.25)),
        ),
        safety=SafetyDesign(crs_any=number(90.0, "%"), crs_grade3=number(2.0, "%")),
        published=(
            _published("orr", 96.0, "calibration", n=100),
            _published("orr", 75.0, "prediction", n=12, subgroup=("prior_car_t", 1.0)),
            _published("cr_rate", 74.0, "calibration", n=100),
            _published("cr_rate", 73.0, "prediction", n=100, month=6.0),
            _published("pfs", 79.0, "calibration", n=100, month=12.0, low=69.0, high=86.0),
            _published("time_to_response_days", 16.0, "prediction", n=100),
            _published("cmax", 48_000.0, "prediction", n=90, statistic="mean"),
            _published("persistence_median_days", 300.0, "calibration", n=18),
        ),
    )


def _published(endpoint: str, value: float, used_for: str, **more: object) -> PublishedEndpoint:
    return PublishedEndpoint(
        endpoint=endpoint,
        value=value,
        used_for=used_for,  # type: ignore[arg-type]
        source="invented",
        mark=Mark.SEEN,
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture(scope="session")
def result(design: TrialDesign) -> TrialResult:
    return run_trial(design, patients=200, months=14.0, seed=7)
