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
    """An endpoint row's name with its month.

    Examples
    --------
    >>> endpoint_words({"endpoint": "pfs", "month": 12.0})
    'Progression-free at 12 mo'
    """
    name = str(row.get("endpoint") or "")
    words = _ENDPOINTS.get(name, name.replace("_", " "))
    month = number(row.get("month"))
    if month is None:
        return _MEDIANS.get(name, words)
    return f"{words} at {month:g} mo"


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
