"""Names of endpoints and measures as readers know them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leucel.report.inputs import number

_ENDPOINTS = {
    "orr": "Overall response",
    "cr_rate": "Complete response or better",
    "vgpr_rate": "VGPR or better",
    "mrd_negative": "MRD negative",
    "pfs": "Progression-free",
    "dor": "Response lasting",
    "time_to_response_days": "Time to response",
    "tmax_days": "Time of peak",
    "cmax": "Peak (Cmax)",
    "auc_0_28": "Exposure, AUC 0–28 d",
    "persistence_median_days": "Median persistence",
    "detectable": "Cells detectable",
    "crs_any": "CRS, any grade",
    "crs_grade3": "CRS, grade 3 or more",
}
# What an endpoint means when it is no rate at a month but a median time.
_MEDIANS = {
    "pfs": "Median progression-free survival",
    "dor": "Median duration of response",
}
_MEASURES = {
    "incidence_cases": "New cases a year",
    "incidence_crude": "Incidence, crude",
    "prevalence_5y": "Prevalence, 5 years",
    "prevalence_complete": "Prevalence, complete",
    "eligible_flow": "Eligible patients a year",
    "eligible_stock": "Eligible patients now",
    "incidence_asr": "Incidence, age-standardized",
    "mortality": "Mortality",
}


def endpoint_words(row: Mapping[str, Any]) -> str:
    """An endpoint row's name with its month and the group of patients it is about.

    Examples
    --------
    >>> endpoint_words({"endpoint": "pfs", "month": 12.0})
    'Progression-free at 12 mo'
    """
    name = str(row.get("endpoint") or "")
    words = _ENDPOINTS.get(name, name.replace("_", " "))
    month = number(row.get("month"))
    if month is None:
        words = _MEDIANS.get(name, words)
    else:
        words = f"{words} at {month:g} mo"
    return f"{words}, {row['group']}" if row.get("group") else words


def measure_words(name: Any) -> str:
    """A measure of epidemiology in words."""
    text = str(name or "")
    return _MEASURES.get(text, text.replace("_", " ").capitalize())


def jurisdiction_words(code: Any) -> str:
    """A jurisdiction's name for its code; a name that is no code stays as it is.

    Examples
    --------
    >>> jurisdiction_words("SA"), jurisdiction_words("Atlantis")
    ('Saudi Arabia', 'Atlantis')
    """
    from leucel.core import InputError
    from leucel.epidemiology import get_area

    text = str(code or "")
    try:
        return get_area(text).name if text else ""
    except InputError:
        return text


def head_words(key: Any) -> str:
    """A column name as the head of a table.

    Examples
    --------
    >>> head_words("best_change_percent"), head_words("q50"), head_words("ci_low")
    ('Best change percent', 'Median', '95% low')
    """
    text = str(key)
    known = {
        "q05": "5%",
        "q25": "25%",
        "q50": "Median",
        "q75": "75%",
        "q95": "95%",
        "ci_low": "95% low",
        "ci_high": "95% high",
        "n": "n",
        "lloq": "LLOQ",
        "nca": "NCA",
    }
    return known.get(text, text.replace("_", " ").strip().capitalize())


_CODES = {
    "orphanet": "Orphanet",
    "mondo": "MONDO",
    "icd10": "ICD-10",
    "icd10_registry_group": "ICD-10 group of registries",
    "icd11": "ICD-11",
    "omim": "OMIM",
    "doid": "Disease Ontology",
    "medgen": "MedGen",
    "snomed_ct": "SNOMED CT",
    "hpo": "HPO",
    "globocan_site": "GLOBOCAN site",
    "nci_thesaurus_product": "NCI Thesaurus (product)",
}
_COVARIATES = {
    "age": "Age",
    "male": "Male",
    "weight": "Body weight",
    "prior_lines": "Prior lines of therapy",
    "high_risk": "High-risk disease",
    "extramedullary": "Extramedullary disease",
    "prior_car_t": "Prior CAR-T",
    "refractory": "Relapsed or refractory",
    "prior_proteasome_inhibitor": "Had a proteasome inhibitor",
    "prior_immunomodulatory_drug": "Had an immunomodulatory drug",
    "s_bcma_0": "Soluble BCMA at baseline",
    "m_protein_0": "M-protein at baseline",
}
_ROUTES = {"regular": "Regular review", "priority": "Priority review"}
_OPERATORS = {">=": "≥", "<=": "≤", "==": "="}


def code_words(key: str) -> str:
    """A system of codes as it names itself."""
    return _CODES.get(key, key.replace("_", " "))


def covariate_words(name: Any) -> str:
    """A property of a patient in words.

    Examples
    --------
    >>> covariate_words("prior_car_t"), covariate_words("frailty_score")
    ('Prior CAR-T', 'Frailty score')
    """
    text = str(name or "")
    return _COVARIATES.get(text, text.replace("_", " ").capitalize())


def route_words(name: Any) -> str:
    """A route with a capital letter, and `review` where the name alone says too little."""
    text = str(name or "")
    return _ROUTES.get(text, text[:1].upper() + text[1:])


_ASSUMPTIONS = {
    "reach_line_4": "Treated patients who reach line 4",
    "cases_a_year": "New cases a year",
    "reached_share": "Eligible patients reached in time",
    "eligible_share": "Late-line patients fit for CAR-T",
    "class_exposure": "Late-line patients with the classes",
    "case_growth": "Growth of the cases",
    "treated_share": "Diagnosed patients treated",
    "ramp_years": "Time to complete access",
    "median_survival_months": "Median survival without it",
    "slots_a_year": "Manufacturing slots a year",
    "gain_years": "Life-years gained by a patient",
}


def assumption_words(name: Any) -> str:
    """An assumption of the access forecast in words."""
    text = str(name or "")
    return _ASSUMPTIONS.get(text, text.replace("_", " ").capitalize())


def rule_words(row: Mapping[str, Any]) -> str:
    """A criterion of the indication as a short formula.

    Examples
    --------
    >>> rule_words({"field": "prior_lines", "operator": ">=", "value": 3.0})
    'prior_lines ≥ 3'
    >>> rule_words({"field": "refractory", "operator": "==", "value": True})
    'refractory'
    """
    field, operator, value = (row.get(key) for key in ("field", "operator", "value"))
    if operator == "==" and isinstance(value, bool):
        return str(field) if value else f"not {field}"
    written = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{field} {_OPERATORS.get(str(operator), str(operator))} {written}"


_NCA = {
    "cmax": "Peak, Cmax",
    "tmax": "Time of peak, tmax",
    "auc_0_28": "AUC from 0 to 28 days",
    "auc_last": "AUC to the last measurable value",
    "auc_inf": "AUC to infinity",
    "auc_extrapolated": "AUC, extrapolated share",
    "lambda_z": "Terminal rate",
    "half_life": "Terminal half-life",
    "clast": "Last measurable value",
    "tlast": "Time of the last measurable value",
    "doubling_time": "Doubling time of the expansion",
    "persistence": "Persistence above the limit",
}


def nca_words(name: Any) -> str:
    """A noncompartmental parameter in words."""
    text = str(name or "")
    return _NCA.get(text, text.replace("_", " ").capitalize())
