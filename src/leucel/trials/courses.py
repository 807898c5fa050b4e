"""Courses and survival of the virtual patients as tables that figures are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from leucel.core import Status
from leucel.trials.endpoints import Observation
from leucel.trials.imwg import Response as Category

if TYPE_CHECKING:
    import pandas as pd

    from leucel.stats import SurvivalCurve

_QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)


def quantile_table(seen: Observation) -> pd.DataFrame:
    """Quantiles over patients of transgene, M-protein, sBCMA and tumor: one row a day and output.

    Response courses end with the progression of the patient; `n` counts those who are followed.
    """
    import pandas as pd

    response = seen.response
    followed = response.days[None, :] <= response.imwg.progression_day[:, None]
    parts: list[pd.DataFrame] = []
    for output, unit, days, values in (
        ("transgene", "copies/ug", seen.kinetics.days, seen.kinetics.transgene),
        ("m_protein", "g/L", response.days, np.where(followed, response.m_protein, np.nan)),
        ("s_bcma", "ng/mL", response.days, np.where(followed, response.s_bcma, np.nan)),
        ("tumor_relative", "", response.days, np.where(followed, response.tumor_relative, np.nan)),
    ):
        known = ~np.isnan(values)
        counts = known.sum(axis=0)
        some = counts > 0
        table = np.nanquantile(values[:, some], _QUANTILES, axis=0)
        rows = {f"q{round(100 * q):02d}": table[i] for i, q in enumerate(_QUANTILES)}
        parts.append(
            pd.DataFrame(
                {"output": output, "unit": unit, "time": days[some], **rows, "n": counts[some]}
            )
        )
    return pd.concat(parts, ignore_index=True)


def survival_table(curves: dict[str, SurvivalCurve]) -> pd.DataFrame:
    """Kaplan-Meier steps, time in months: one row a step and curve (column `name`)."""
    import pandas as pd

    parts = [
        pd.DataFrame(
            {
                "name": name,
                "month": curve.times,
                "survival": curve.survival,
                "low": curve.low,
                "high": curve.high,
                "at_risk": curve.at_risk,
                "events": curve.events,
            }
        )
        for name, curve in curves.items()
    ]
    return pd.concat(parts, ignore_index=True)


def patient_table(seen: Observation) -> pd.DataFrame:
    """One row a patient: covariates, dose, response and times, for swimmer plots and subgroups.

    A time that was not reached is missing; `pfs_time` is the progression or the horizon.
    """
    response = seen.response
    course = response.imwg
    table = seen.patients.to_frame()
    evaluable = seen.evaluable
    progression = np.where(course.progression_day <= seen.horizon, course.progression_day, np.nan)
    end = np.where(np.isnan(progression), seen.horizon, progression)
    start = _reached(course.response_day, seen.horizon)
    table["dose"] = response.dose
    if seen.lots is not None:
        table["lot"] = seen.lots.run.fate[seen.lots.infused].astype(object)
        table["share_of_dose"] = response.dose / seen.lots.run.values["dose"][seen.lots.infused]
        table["vein_to_vein_days"] = seen.lots.days
    table["tumor_0"] = response.parameters["tumor_0"]
    if "fraction_resistant" in response.parameters:
        table["fraction_resistant"] = response.parameters["fraction_resistant"]
    table["best_response"] = [
        Category(int(best)).name if known else Category.NE.name
        for best, known in zip(course.best, evaluable, strict=True)
    ]
    table["responder"] = course.responder & evaluable
    table["mrd_negative"] = (response.mrd_negative_day <= seen.horizon) & evaluable
    table["time_to_response"] = start
    table["time_to_best_response"] = _reached(course.best_day, seen.horizon)
    table["time_to_progression"] = progression
    table["duration_of_response"] = end - start
    table["pfs_time"] = np.where(evaluable, end, np.nan)
    table["pfs_event"] = ~np.isnan(progression) & evaluable
    table["status"] = [Status(int(status)).sentence for status in response.status]
    return table


def waterfall_table(seen: Observation) -> pd.DataFrame:
    """Best change of M-protein of each patient [percent], deepest last, with the best response."""
    import pandas as pd

    baseline = seen.patients["m_protein_0"]
    course = seen.response.imwg
    inside = (seen.response.assessment_days <= seen.horizon)[None, :]
    before = seen.response.assessment_days[None, :] <= course.progression_day[:, None]
    values = np.where(inside & before, seen.response.assessed_m_protein, np.inf)
    lowest = np.nanmin(np.where(np.isnan(values), np.inf, values), axis=1)
    change = 100.0 * (lowest / baseline - 1.0)
    known = np.flatnonzero(seen.evaluable & np.isfinite(change))
    order = known[np.argsort(-change[known], kind="stable")]
    return pd.DataFrame(
        {
            "subject": seen.patients.index[order],
            "value": change[order],
            "unit": "percent",
            "best_response": [Category(int(best)).name for best in course.best[order]],
        }
    )


def detection_table(seen: Observation) -> pd.DataFrame:
    """Share detectable by month and limit of quantification, in percent of all treated."""
    import pandas as pd

    rows = [
        {
            "month": month,
            "threshold": factor * seen.kinetics.lloq,
            "value": share.estimate,
            "ci_low": share.low,
            "ci_high": share.high,
            "n": int((seen.kinetics.status == 0).sum()),
            "unit": "percent",
        }
        for (month, factor), share in seen.kinetics.detectable.items()
    ]
    types = dict.fromkeys(("month", "threshold", "value", "ci_low", "ci_high"), "float64")
    columns = (*types, "n", "unit")
    return pd.DataFrame(rows, columns=pd.Index(columns)).astype({**types, "n": "int64"})


def response_table(seen: Observation) -> pd.DataFrame:
    """Share of patients by confirmed response at each assessment, in percent of the evaluable."""
    import pandas as pd

    course = seen.response.imwg
    who = seen.evaluable
    rows = [
        {
            "time": float(day),
            "response": category.name,
            "value": 100.0 * float((course.status[who, visit] == category).mean()),
            "n": int(who.sum()),
            "unit": "percent",
        }
        for visit, day in enumerate(course.days)
        if day <= seen.horizon and who.any()
        for category in Category
    ]
    columns = pd.Index(("time", "response", "value", "n", "unit"))
    types = {"time": "float64", "value": "float64", "n": "int64"}
    return pd.DataFrame(rows, columns=columns).astype(types)


def _reached(day: NDArray[np.float64], horizon: float) -> NDArray[np.float64]:
    return np.where(day <= horizon, day, np.nan)
