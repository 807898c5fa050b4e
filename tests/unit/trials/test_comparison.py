"""Agreement: what trials of the published size would show, against SciPy and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from leucel.core import Mark
from leucel.stats import Interval, clopper_pearson, quantile_interval
from leucel.trials import PublishedEndpoint
from leucel.trials.comparison import compare, trial_range
from leucel.trials.endpoints import EndpointRow, Measured

# Counts are whole numbers; a percentage of them is exact up to rounding.
EXACT = 1e-9


def rate(hits: int, n: int = 1000) -> Measured:
    return Measured(interval=clopper_pearson(hits, n).scaled(100.0), n=n, unit="%")


def published(endpoint: str, value: float, used_for: str = "prediction", **more: object):  # type: ignore[no-untyped-def]
    return PublishedEndpoint(
        endpoint=endpoint,
        value=value,
        source="x",
        used_for=used_for,  # type: ignore[arg-type]
        mark=Mark.SEEN,
        **more,  # type: ignore[arg-type]
    )


def row(endpoint: str, measured: Measured, known: PublishedEndpoint) -> EndpointRow:
    estimate = measured.interval.estimate
    return EndpointRow(
        endpoint=endpoint,
        month=known.month,
        value=estimate if math.isfinite(estimate) else None,
        ci_low=None,
        ci_high=None,
        n=measured.n,
        unit=measured.unit,
        published=known.value,
        published_low=known.low,
        published_high=known.high,
        source="x",
        used_for=known.used_for,
        note="",
    )


@pytest.mark.parametrize(("hits", "n"), [(930, 101), (500, 18), (12, 97), (990, 61)])
def test_the_range_of_a_rate_is_binomial(hits: int, n: int) -> None:
    low, high = trial_range(rate(hits), n)
    expected = scipy_stats.binom.ppf([0.025, 0.975], n, hits / 1000.0)
    assert (low, high) == pytest.approx(tuple(100.0 * expected / n), abs=EXACT)


def test_a_certain_rate_leaves_no_range() -> None:
    assert trial_range(rate(1000), 101) == (100.0, 100.0)
    assert trial_range(rate(0), 101) == (0.0, 0.0)


def test_the_range_of_a_median_holds_the_medians_of_small_trials() -> None:
    rng = np.random.default_rng(5)
    sample = rng.lognormal(3.0, 0.6, 4000)
    measured = Measured(interval=quantile_interval(sample), n=4000, unit="day", sample=sample)
    low, high = trial_range(measured, 18)
    assert low is not None
    assert high is not None
    medians = np.median(rng.lognormal(3.0, 0.6, (4000, 18)), axis=1)
    inside = ((medians >= low) & (medians <= high)).mean()
    # Medians of even samples average two values and spread a little less than Beta(m, m) says.
    assert 0.94 < inside < 0.975


def test_times_on_visits_reach_half_way_to_the_next_visit() -> None:
    sample = np.full(100, 14.0)
    measured = Measured(
        interval=quantile_interval(sample),
        n=100,
        unit="day",
        sample=sample,
        visits=np.array([7.0, 14.0, 28.0]),
    )
    assert trial_range(measured, 12) == (10.5, 21.0)


def test_agreement_of_a_rate() -> None:
    known = published("orr", 96.04, n=101)
    told = compare(row("orr", rate(960), known), rate(960), known)
    assert told.verdict == "agrees"
    assert told.sentence.endswith("predicted, agrees")
    assert told.z is not None
    assert abs(told.z) < 0.1
    differs = compare(row("orr", rate(800), known), rate(800), known)
    assert differs.verdict == "differs"
    assert differs.difference == pytest.approx(80.0 - 96.04)


def test_a_survival_rate_is_compared_through_its_limits() -> None:
    known = published("pfs", 78.8, month=12.0, low=68.6, high=86.0, n=101)
    measured = rate(700)
    told = compare(row("pfs", measured, known), measured, known)
    assert told.z == pytest.approx(-8.8 / math.hypot(17.4 / 3.92, 5.7 / 3.92), rel=0.05)
    assert told.verdict == "agrees"


def test_calibrated_rows_say_so() -> None:
    known = published("orr", 96.04, "calibration", n=101)
    assert compare(row("orr", rate(960), known), rate(960), known).sentence.endswith(
        "agrees by calibration"
    )
    assert compare(row("orr", rate(700), known), rate(700), known).sentence.endswith(
        "differs although it was calibrated"
    )


def test_without_size_or_limits_nobody_can_tell() -> None:
    known = published("cmax", 48_000.0)
    sample = np.array([1.0, 2.0, 3.0])
    measured = Measured(interval=quantile_interval(sample), n=3, unit="copies/ug", sample=sample)
    told = compare(row("cmax", measured, known), measured, known)
    assert told.verdict == "cannot tell"
    assert "no measure of its precision" in told.sentence
    assert (told.range_low, told.range_high) == (None, None)


def test_a_median_that_is_not_reached_says_so() -> None:
    sample = np.array([100.0, 200.0, math.inf, math.inf, math.inf])
    interval = Interval(estimate=math.inf, low=100.0, high=math.inf, level=0.95, method="x")
    measured = Measured(interval=interval, n=5, unit="day", sample=sample)
    known = published("persistence_median_days", 150.0, n=5)
    told = compare(row("persistence_median_days", measured, known), measured, known)
    assert "simulated not reached" in told.sentence
    assert "beyond the horizon" in told.sentence
    assert told.range_high is None
