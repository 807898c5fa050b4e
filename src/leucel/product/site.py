"""A manufacturing site with a number of slots: who waits, how long, and how full the site is.

Discrete events by the library SimPy: patients arrive, wait for a slot, hold it from start to
harvest, then wait for one of the places for testing until release.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leucel.core import InputError, Problem, RandomStream
from leucel.product.extras import need
from leucel.product.process import Process


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRun:
    """Patients through a site, in the order of their apheresis.

    Attributes
    ----------
    apheresis, start, harvest, release, infusion : (N,) days from the first day on.
    slots, test_places : capacity.
    """

    apheresis: NDArray[np.float64]
    start: NDArray[np.float64]
    harvest: NDArray[np.float64]
    release: NDArray[np.float64]
    infusion: NDArray[np.float64]
    slots: int
    test_places: int | None

    @property
    def days(self) -> NDArray[np.float64]:
        """(N,) from apheresis to infusion, waiting included."""
        return self.infusion - self.apheresis

    @property
    def utilization(self) -> float:
        """Share of slot-days in use between the first start and the last harvest, 0-1."""
        span = float(self.harvest.max() - self.start.min())
        return float(np.sum(self.harvest - self.start)) / (self.slots * span)

    def to_dict(self, waited: NDArray[np.float64]) -> dict[str, object]:
        """JSON-ready summary; `waited` are the days that each patient waited for a slot."""
        return {
            "slots": self.slots,
            "test_places": self.test_places,
            "utilization": self.utilization,
            "percent_waiting": 100.0 * float(np.mean(waited > 1e-9)),
            "median_wait_days": float(np.median(waited)),
            "p95_wait_days": float(np.quantile(waited, 0.95)),
            "median_days": float(np.median(self.days)),
            "p95_days": float(np.quantile(self.days, 0.95)),
        }


def run_site(
    process: Process,
    *,
    patients: int,
    per_week: float,
    slots: int,
    test_places: int | None = None,
    rng: RandomStream,
) -> tuple[SiteRun, NDArray[np.float64]]:
    """Send patients through a site; arrivals are a Poisson process.

    Parameters
    ----------
    process : its stages of time are used.
    patients : N.
    per_week : mean aphereses a week.
    slots : lots that can be made at the same time.
    test_places : lots that can be tested at the same time; None for no limit.
    rng : random numbers.

    Returns
    -------
    The run, and (N,) days that each patient waited for a slot after arrival at the site.

    Raises
    ------
    InputError
        For numbers out of range.
    MissingExtraError
        When the extra `manufacture` is not installed.

    Examples
    --------
    >>> site, waited = run_site(Process(), patients=50, per_week=1.0, slots=20, rng=RandomStream(2))
    >>> float(waited.max())
    0.0
    """
    if patients < 1 or not per_week > 0 or slots < 1 or (test_places or 1) < 1:
        raise InputError(
            Problem(
                what="the site is out of range",
                received=f"{patients} patients, {per_week:g} a week, {slots} slots, "
                f"{test_places} test places",
                allowed="1 or more of each",
            )
        )
    simpy = need("simpy", extra="manufacture", what="the capacity of a site")
    gaps = -np.log(rng.uniform("site_arrivals", subjects=patients)) * 7.0 / per_week
    apheresis = np.cumsum(gaps) - gaps[0]
    times = {
        name: process.stages[name].at(rng.normal(f"process_{name}", subjects=patients))
        for name in ("ship_in", "make", "test", "ship_out", "prepare")
    }
    start, harvest, release = np.zeros(patients), np.zeros(patients), np.zeros(patients)
    site = simpy.Environment()
    rooms = simpy.Resource(site, capacity=slots)
    tests = simpy.Resource(site, capacity=test_places) if test_places is not None else None

    def patient(i: int) -> Generator[Any, Any, None]:
        yield site.timeout(apheresis[i] + times["ship_in"][i])
        with rooms.request() as room:
            yield room
            start[i] = site.now
            yield site.timeout(times["make"][i])
            harvest[i] = site.now
        if tests is None:
            yield site.timeout(times["test"][i])
        else:
            with tests.request() as place:
                yield place
                yield site.timeout(times["test"][i])
        release[i] = site.now

    for i in range(patients):
        site.process(patient(i))
    site.run()
    waited = start - apheresis - times["ship_in"]
    # Differences of large days leave rounding below a second; nobody waits that.
    waited = np.where(waited < 1e-6, 0.0, waited)
    infusion = release + times["ship_out"] + times["prepare"]
    run = SiteRun(
        apheresis=apheresis,
        start=start,
        harvest=harvest,
        release=release,
        infusion=infusion,
        slots=slots,
        test_places=test_places,
    )
    return run, waited
