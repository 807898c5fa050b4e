"""Life-years that a treated patient gains, from the virtual trial."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from leucel.core import Evidence, Kind, Mark

if TYPE_CHECKING:
    import pandas as pd

    from leucel.epidemiology import AccessAssumptions, AccessForecast


def gain_from_trial(curve: pd.DataFrame | None, assumptions: AccessAssumptions) -> Evidence | None:
    """Life-years that a treated patient gains at least, from the virtual trial; None without one.

    Nobody is without progression longer than alive, so the area under simulated progression-free
    survival is a lower bound of the years lived in the follow-up of the trial. Taken from it are
    the years lived without the therapy in the same time (exponential, by the median survival).

    Parameters
    ----------
    curve : table `km_pfs` of a run: `time_months`, `survival`, `low`, `high`.
    assumptions : gives the survival without the therapy.
    """
    import numpy as np

    if curve is None or curve.empty:
        return None
    rows = curve.sort_values("time_months")
    months = np.concatenate([[0.0], rows["time_months"].to_numpy(dtype=float)])
    last = float(months[-1])
    if not last > 0:
        return None
    median = assumptions.median_survival_months
    without = (median.low or median.number, median.number, median.high or median.number)
    years: dict[str, float] = {}
    for column in ("low", "survival", "high"):
        alive = np.concatenate([[1.0], np.nan_to_num(rows[column].to_numpy(dtype=float))])
        # A Kaplan-Meier curve stands until its next step.
        years[column] = float(np.diff(months) @ alive[:-1]) / 12.0
    lived = [_restricted_years(value, last) for value in without]
    point, low, high = (
        years["survival"] - lived[1],
        years["low"] - lived[2],
        years["high"] - lived[0],
    )
    if not point > 0:
        return None
    return Evidence(
        value=point,
        unit="year",
        low=max(0.0, min(low, point)),
        high=max(high, point),
        source=median.source,
        mark=Mark.DERIVED,
        kind=Kind.DERIVED,
        note=f"within {last:.0f} months, a lower bound: {years['survival']:.2f} years without "
        f"progression in the virtual trial less {lived[1]:.2f} years alive without the therapy "
        f"(median {median.number:g} months, other patients); the trial simulates no overall "
        "survival",
    )


def _restricted_years(median_months: float, months: float) -> float:
    """Years lived within some months under an exponential with this median."""
    mean = median_months / math.log(2.0)
    return -mean * math.expm1(-months / mean) / 12.0


def gain_row(forecast: AccessForecast | None, trial: Evidence | None) -> dict[str, Any] | None:
    """The gain behind the life-years, with where it comes from."""
    used = forecast.assumptions.gain_years if forecast else None
    if used is None:
        return None
    return {
        "value": used.value,
        "low": used.low,
        "high": used.high,
        "unit": used.unit,
        "basis": "virtual trial" if used == trial else "given",
        "note": used.note,
        "source": used.source,
        "mark": used.mark.value,
    }
