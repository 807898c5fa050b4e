"""Cure or progression by chance: the tumor cells of Kimmel 2021, born and killed one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from leucel.compile import compile_model
from leucel.core import InputError, Problem, RandomStream, Status
from leucel.library import (
    PROGRESSION,
    JumpModel,
    Watch,
    get_model,
    simulate_jumps,
    tumor_jumps,
)
from leucel.model import with_values
from leucel.solve import SolveOptions, simulate
from leucel.stats import wilson

MODEL = "kimmel_2021_axicabtagene"
_STEP = 0.25
_VARIED = (
    "car_0",
    "cap_car",
    "k_growth_car",
    "k_reconstitution",
    "inefficiency",
    "k_growth_normal",
    "k_kill_max",
    "km_kill",
    "k_growth",
)
_LOWEST = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class TumorFates:
    """What became of the tumors of N patients.

    Attributes
    ----------
    cure_day : day on which the last tumor cell died, (N,); infinite when it did not.
    progression_day : day on which the tumor was 1.2 times that at infusion, (N,).
    status : (N,) of `Status`.
    days : last day that was simulated.
    """

    cure_day: NDArray[np.float64]
    progression_day: NDArray[np.float64]
    status: NDArray[np.int8]
    days: float

    @property
    def cured(self) -> NDArray[np.bool_]:
        """Patients without a tumor cell."""
        return np.isfinite(self.cure_day)

    @property
    def progressed(self) -> NDArray[np.bool_]:
        """Patients whose tumor grew to 1.2 times that at infusion."""
        return np.isfinite(self.progression_day)

    def to_summary(self) -> dict[str, Any]:
        """Shares with 95% limits, and days of cure and of progression, ready for JSON."""
        good = self.status == int(Status.OK)
        count = int(good.sum())
        shares: dict[str, Any] = {}
        for name, day in (("cured", self.cure_day), ("progressed", self.progression_day)):
            there = day[good & np.isfinite(day)]
            limits = wilson(int(there.size), count) if count else None
            shares[name] = {
                "count": int(there.size),
                "share": there.size / count if count else None,
                "low": limits.low if limits else None,
                "high": limits.high if limits else None,
                "day_5": float(np.quantile(there, 0.05)) if there.size else None,
                "day_50": float(np.quantile(there, 0.5)) if there.size else None,
                "day_95": float(np.quantile(there, 0.95)) if there.size else None,
            }
        failed = {Status(int(s)).name: int((self.status == s).sum()) for s in set(self.status)}
        return {"patients": count, "days": self.days, "status": failed, **shares}


def tumor_fates(
    *,
    patients: int,
    stream: RandomStream,
    choices: Mapping[str, str] | None = None,
    values: Mapping[str, float] | None = None,
    turnover: float = 0.0,
    variation: float = 0.0,
    days: float = 730.0,
    method: Literal["exact", "tau_leaping"] = "tau_leaping",
    largest_step: float = 0.5,
) -> TumorFates:
    """Simulate the tumor cells of patients until the last one dies or the disease progresses.

    Parameters
    ----------
    choices, values : options of the card, and values in place of typical ones.
    turnover : births and deaths of a tumor cell beyond growth and kill [1/day].
    variation : standard deviation between patients over the mean, normal, of the rates and levels
        that the paper fitted; draws below a twentieth of the mean are set to it. With 0 only
        chance tells patients apart.
    days : patients who are neither cured nor progressed by then have neither day.
    largest_step : longest leap [days].
    method : ``tau_leaping`` draws single events once few cells are left, ``exact`` always: for
        tumors of thousands of cells, not of billions.

    Raises
    ------
    InputError
        For unknown names and numbers out of range.

    References
    ----------
    Kimmel GJ, Locke FL, Altrock PM. Proc R Soc B 2021;288:20210229, doi:10.1098/rspb.2021.0229.

    Examples
    --------
    >>> from leucel.core import RandomStream
    >>> found = tumor_fates(
    ...     patients=4, stream=RandomStream(1), choices={"tumor_growth": "slow"}, days=60.0
    ... )
    >>> found.progressed.any()
    np.False_
    """
    problems = [
        Problem(what=f"{name} is out of range", received=repr(value), allowed=allowed)
        for name, value, fits, allowed in (
            ("patients", patients, patients >= 1, "1 or more"),
            ("turnover", turnover, 0.0 <= turnover < np.inf, "0 or more"),
            ("variation", variation, 0.0 <= variation < 1.0, "0 to below 1"),
            ("days", days, 0.0 < days < np.inf, "above 0"),
        )
        if not fits
    ]
    if problems:
        raise InputError(problems)
    spec, _ = get_model(MODEL, **dict(choices or {}))
    spec = with_values(spec, dict(values or {}))
    drawn: dict[str, NDArray[np.float64]] = {}
    if variation > 0.0:
        for name in _VARIED:
            z = stream.normal(f"vary_{name}", subjects=patients)
            drawn[name] = spec.parameter(name).value * np.maximum(1.0 + variation * z, _LOWEST)
    times = np.arange(0.0, days + _STEP, _STEP)
    course = simulate(
        compile_model(spec),
        parameters=drawn,
        times=times,
        subjects=patients if drawn else 1,
        options=SolveOptions(rtol=1e-8),
    )
    car = course.output("car_t")
    jumps = tumor_jumps(spec)
    given: dict[str, Any] = {n: v for n, v in drawn.items() if n in _used(jumps)}
    start = spec.parameter("volume_start").value * spec.parameter("cells_per_volume").value
    found = simulate_jumps(
        jumps,
        times=np.array([0.0, days]),
        stream=stream,
        subjects=patients,
        parameters=given | {"k_turnover": turnover},
        drivers={"car": (times, np.nan_to_num(car if drawn else car[0]))},
        watches=(
            Watch(name="cure", state="tumor", level=0.0, rising=False),
            Watch(name="progression", state="tumor", level=PROGRESSION * start, rising=True),
        ),
        method=method,
        largest_step=largest_step,
    )
    # A patient whose CAR-T cells could not be solved has no fate.
    status = np.where(course.status != int(Status.OK), course.status, found.status)
    return TumorFates(
        cure_day=found.moments["cure"],
        progression_day=found.moments["progression"],
        status=status.astype(np.int8),
        days=days,
    )


def _used(jumps: JumpModel) -> set[str]:
    return {p.name for p in jumps.parameters}
