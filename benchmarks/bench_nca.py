"""Non-compartmental analysis of many CAR-T profiles."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from leucel.data import profiles_from_matrix
from leucel.nca import nca

TITLE = "Non-compartmental analysis"
PROFILES = 1000
LLOQ = 50.0
# PKNCA 0.12.1 took 21 s for 990 CAR-T profiles of five parameters on another machine; it is not
# installed from Python, so the row has no peer of the same run.
Row = dict[str, str]


def measure(quick: bool, figures: Path) -> list[Row]:
    """Time of one thousand noisy profiles of 59 samples, all parameters."""
    days = np.unique(np.concatenate([np.arange(0.0, 30.0), np.geomspace(30.0, 1000.0, 30)]))
    typical = np.where(days < 10, 10.0 * np.exp(0.8 * np.minimum(days, 10.0)), 0.0)
    typical += np.where(days >= 10, 3e4 * np.exp(-0.16 * (days - 10)) + 300.0, 0.0)
    noise = np.exp(0.5 * np.random.default_rng(1).standard_normal((PROFILES, days.size)))
    profiles = profiles_from_matrix(days, typical[None] * noise, lloq=LLOQ)
    times: list[float] = []
    for _ in range(5):
        start = time.perf_counter()
        nca(profiles, lloq=LLOQ)
        times.append(time.perf_counter() - start)
    return [
        {
            "work": f"NCA of {PROFILES:,} profiles with {days.size} samples, all parameters",
            "ours": f"{min(times):.3f} s",
            "conditions": "1 thread",
        }
    ]
