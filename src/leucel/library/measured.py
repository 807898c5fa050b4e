"""What each model gives for each check of its card, computed with the cpu backend.

Written by ``scripts/measure_library.py``; the tests compute every number afresh on every backend.
"""

from __future__ import annotations

MEASURED: dict[str, dict[str, float]] = {
    "ogasawara_2021_lisocabtagene": {
        "expansion rate": 0.918075736,
        "rate of the first decline": 0.138629436,
        "rate of the terminal decline": 0.00196916813,
        "level on day 6, shortest": 0.0487783276,
        "level on day 14, shortest": 0.524225831,
        "level on day 6, ode": 0.0487783299,
        "level on day 14, ode": 0.524226024,
        "level at the start is that at the end of the lag": 0.0039786372,
    },
}
