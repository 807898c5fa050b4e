"""The register of endpoints, and published results that a virtual trial is put beside."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from leucel.core import InputError, Mark, Problem, unknown_name

ENDPOINTS: Mapping[str, str] = {
    "orr": "%",
    "cr_rate": "%",
    "vgpr_rate": "%",
    "mrd_negative": "%",
    "pfs": "%",
    "dor": "month",
    "time_to_response_days": "day",
    "tmax_days": "day",
    "cmax": "copies/ug",
    "auc_0_28": "day*copies/ug",
    "persistence_median_days": "day",
    "detectable": "%",
    "crs_any": "%",
    "crs_grade3": "%",
}
"""Endpoints with their units; `dor` at a month is a percentage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEndpoint:
    """A published result that the virtual trial is put beside.

    Attributes
    ----------
    endpoint : a name of `ENDPOINTS`.
    month : landmark; None where it has no meaning.
    value, low, high : in the unit of the endpoint, with 95% limits where published.
    n : patients behind it.
    unit : of the values; "%" for the landmarks of `dor`.
    source : id of a source.
    used_for : "calibration" or "prediction".
    mark : how far it can be trusted; an unverified value is refused.
    statistic : "median" or "mean" of a continuous endpoint; the simulated value follows it.
    population : which patients, when they are not those of the trial, in words.
    subgroup : (covariate, value) of the virtual patients it is put beside; None takes all.
    """

    endpoint: str
    value: float
    source: str
    used_for: Literal["calibration", "prediction"]
    mark: Mark
    month: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    unit: str = ""
    statistic: Literal["median", "mean"] = "median"
    population: str = ""
    subgroup: tuple[str, float] | None = None
    note: str = ""

    @property
    def unit_of_value(self) -> str:
        """Unit of the values; that of the endpoint when none is given."""
        rate = self.endpoint == "dor" and self.month is not None
        return self.unit or ("%" if rate else ENDPOINTS[self.endpoint])

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        if self.endpoint not in ENDPOINTS:
            problems.append(unknown_name(self.endpoint, list(ENDPOINTS), noun="endpoint"))
        if self.used_for not in ("calibration", "prediction"):
            problems.append(
                unknown_name(self.used_for, ("calibration", "prediction"), noun="use of a result")
            )
        if not self.mark.usable:
            problems.append(
                Problem(
                    what=f"the published {self.endpoint!r} is marked unverified",
                    fix="leave it out: an unverified number is no oracle",
                )
            )
        if not math.isfinite(self.value):
            problems.append(Problem(what=f"the published {self.endpoint!r} is no number"))
        if problems:
            raise InputError(problems)
