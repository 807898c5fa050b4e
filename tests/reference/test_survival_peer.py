"""Kaplan-Meier curves beside another program's: lifelines."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from leucel.stats import kaplan_meier

# Both compute products of the same fractions; only the order of rounding differs.
CURVE_TOLERANCE = 1e-12
LIMIT_TOLERANCE = 1e-10


@pytest.mark.parametrize("events", ["mixed", "all", "none"])
@pytest.mark.parametrize("n", [1, 5, 40, 1000])
def test_curve_and_limits_are_those_of_lifelines(n: int, events: str) -> None:
    rng = np.random.default_rng(n)
    # Rounded times bring ties between events and censorings.
    time = np.round(rng.exponential(10.0, n), 1)
    event = {"mixed": rng.random(n) < 0.6, "all": np.ones(n, bool), "none": np.zeros(n, bool)}[
        events
    ]
    curve = kaplan_meier(time, event)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        from lifelines import KaplanMeierFitter

        peer = KaplanMeierFitter().fit(time, event)
    survival = peer.survival_function_.to_numpy()[:, 0]
    limits = peer.confidence_interval_.to_numpy()
    np.testing.assert_array_equal(curve.times, peer.survival_function_.index.to_numpy())
    np.testing.assert_allclose(curve.survival, survival, atol=CURVE_TOLERANCE)
    alive = survival > 0.0
    np.testing.assert_allclose(curve.low[alive], limits[alive, 0], atol=LIMIT_TOLERANCE)
    np.testing.assert_allclose(curve.high[alive], limits[alive, 1], atol=LIMIT_TOLERANCE)
    np.testing.assert_array_equal(curve.at_risk, peer.event_table["at_risk"])
    np.testing.assert_array_equal(curve.events, peer.event_table["observed"])
