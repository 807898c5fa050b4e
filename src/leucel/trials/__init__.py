"""Virtual trials: patients of the indication, kinetics, response by IMWG criteria, endpoints."""

from leucel.trials.assumptions import sources
from leucel.trials.calibration import Adjustable, Calibration, calibrate
from leucel.trials.cohort import draw_patients
from leucel.trials.comparison import Comparison
from leucel.trials.design import (
    DAYS_PER_MONTH,
    CovariateModel,
    DesignParameter,
    DoseRule,
    KineticsDesign,
    PrimaryResistance,
    ResponseDesign,
    SafetyDesign,
    Schedule,
    TrialDesign,
    with_parameter,
)
from leucel.trials.eligibility import Criterion, Eligibility, eligible
from leucel.trials.endpoints import EndpointRow, Observation
from leucel.trials.imwg import ImwgCourse, ImwgRules, imwg_response
from leucel.trials.kinetics import Kinetics, compile_kinetics, simulate_kinetics
from leucel.trials.lots import LotDesign, PhenotypeEffect, Site, TrialLots, make_trial_lots
from leucel.trials.patients import VirtualPatients
from leucel.trials.published import ENDPOINTS, PublishedEndpoint
from leucel.trials.response import Response, compile_response, simulate_response
from leucel.trials.trial import (
    TrialModels,
    TrialResult,
    compile_trial,
    infused_cells,
    observe_trial,
    run_trial,
    treat,
)
from leucel.trials.tumor_fate import TumorFates, tumor_fates

__all__ = [
    "DAYS_PER_MONTH",
    "ENDPOINTS",
    "Adjustable",
    "Calibration",
    "Comparison",
    "CovariateModel",
    "Criterion",
    "DesignParameter",
    "DoseRule",
    "Eligibility",
    "EndpointRow",
    "ImwgCourse",
    "ImwgRules",
    "Kinetics",
    "KineticsDesign",
    "LotDesign",
    "Observation",
    "PhenotypeEffect",
    "PrimaryResistance",
    "PublishedEndpoint",
    "Response",
    "ResponseDesign",
    "SafetyDesign",
    "Schedule",
    "Site",
    "TrialDesign",
    "TrialLots",
    "TrialModels",
    "TrialResult",
    "TumorFates",
    "VirtualPatients",
    "calibrate",
    "compile_kinetics",
    "compile_response",
    "compile_trial",
    "draw_patients",
    "eligible",
    "imwg_response",
    "infused_cells",
    "make_trial_lots",
    "observe_trial",
    "run_trial",
    "simulate_kinetics",
    "simulate_response",
    "sources",
    "treat",
    "tumor_fates",
    "with_parameter",
]
