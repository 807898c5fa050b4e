"""Whether a virtual trial agrees with a published one, said in words that can be wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrik, betaincinv

from leucel.stats import Interval, compare_rates, compare_values
from leucel.trials.endpoints import EndpointRow, Measured
from leucel.trials.published import PublishedEndpoint

_TAIL = 0.025
_Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A simulated endpoint against the published one.

    Attributes
    ----------
    verdict : "agrees", "differs", or "cannot tell" when nothing about the precision of the
        published value is known.
    difference : simulated minus published.
    z : difference over its standard error, where one can be stated.
    range_low, range_high : what 95% of trials of the published size would show if the virtual
        patients were right; None without a published size.
    sentence : the comparison in words.
    """

    endpoint: str
    month: float | None
    used_for: str
    verdict: Literal["agrees", "differs", "cannot tell"]
    difference: float
    z: float | None
    published_n: int | None
    range_low: float | None
    range_high: float | None
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain data for JSON."""
        return {name: getattr(self, name) for name in Comparison.__dataclass_fields__}


def compare(row: EndpointRow, measured: Measured, known: PublishedEndpoint) -> Comparison:
    """Compare one endpoint with its published value.

    A published value without an error agrees when a trial of its size would show such a value in
    95 of 100 cases if the virtual patients were right. A survival rate, whose precision depends on
    the follow-up of the published trial, is compared through its published limits instead. A wide
    range makes agreement cheap: the range is part of the sentence.
    """
    here, there = measured.interval.estimate, known.value
    low, high = trial_range(measured, known.n)
    z: float | None = None
    if row.endpoint in ("pfs", "dor") and row.unit == "%" and known.low is not None:
        outside = _interval(known).scaled(1.0)
        z = compare_values(measured.interval, outside).z
        agrees = None if z is None else abs(z) <= _Z_95
    elif row.unit == "%" and known.n is not None:
        outside = _interval(known).scaled(0.01)
        z = compare_rates(measured.interval.scaled(0.01), outside, n_published=known.n).z
        agrees = None if low is None or high is None else low <= there <= high
    else:
        agrees = None if low is None or high is None else low <= there <= high
    verdict = "cannot tell" if agrees is None else "agrees" if agrees else "differs"
    return Comparison(
        endpoint=row.endpoint,
        month=row.month,
        used_for=row.used_for,
        verdict=verdict,
        difference=here - there if math.isfinite(here) else math.nan,
        z=z,
        published_n=known.n,
        range_low=low,
        range_high=high,
        sentence=_sentence(row, known, verdict, low, high),
    )


def trial_range(measured: Measured, n: int | None) -> tuple[float | None, float | None]:
    """Range of 95% of trials of `n` patients drawn from the virtual population.

    Binomial for rates, order statistics for medians, normal for means, None for the rest. A time
    that can only fall on a visit stands for the days around it: its range reaches half way to the
    neighboring visits.
    """
    if n is None or n < 1:
        return None, None
    estimate = measured.interval.estimate
    if measured.unit == "%":
        share = min(max(estimate / 100.0, 0.0), 1.0)
        if share in (0.0, 1.0):
            return 100.0 * share, 100.0 * share
        # The quantile of the binomial is the least count whose distribution reaches the tail.
        least = max(math.ceil(float(bdtrik(_TAIL, n, share)) - 1e-9), 0)
        most = min(math.ceil(float(bdtrik(1.0 - _TAIL, n, share)) - 1e-9), n)
        return 100.0 * least / n, 100.0 * most / n
    if measured.sample is None or measured.sample.size < 2:
        return None, None
    if measured.interval.method == "normal":
        error = float(measured.sample.std(ddof=1)) / math.sqrt(n)
        return estimate - _Z_95 * error, estimate + _Z_95 * error
    # The median of n draws lies at a probability that follows Beta(m, m), m = (n + 1)/2.
    middle = 0.5 * (n + 1)
    places = [float(betaincinv(middle, middle, tail)) for tail in (_TAIL, 1.0 - _TAIL)]
    values = np.sort(measured.sample)
    low, high = (float(values[int(place * (values.size - 1))]) for place in places)
    if measured.visits is not None:
        low, high = _between_visits(measured.visits, low, high)
    return low, (high if math.isfinite(high) else None)


def _between_visits(visits: NDArray[np.float64], low: float, high: float) -> tuple[float, float]:
    before = visits[visits < low]
    after = visits[visits > high]
    return (
        0.5 * (low + float(before[-1])) if before.size else low,
        0.5 * (high + float(after[0])) if after.size else high,
    )


def _interval(known: PublishedEndpoint) -> Interval:
    low = -math.inf if known.low is None else known.low
    high = math.inf if known.high is None else known.high
    return Interval(estimate=known.value, low=low, high=high, level=0.95, method="published")


def _sentence(
    row: EndpointRow, known: PublishedEndpoint, verdict: str, low: float | None, high: float | None
) -> str:
    unit = "%" if row.unit == "%" else f" {row.unit}"
    value = "not reached" if row.value is None else f"{row.value:.4g}{unit}"
    told = f"simulated {value}, published {known.value:.4g}{unit}"
    if known.low is not None and known.high is not None:
        told += f" ({known.low:.4g} to {known.high:.4g})"
    if low is not None and known.n is not None:
        upper = "beyond the horizon" if high is None else f"{high:.4g}"
        told += f"; a trial of {known.n} would show {low:.4g} to {upper}"
    closing = {
        ("agrees", "prediction"): "predicted, agrees",
        ("differs", "prediction"): "predicted, differs",
        ("agrees", "calibration"): "agrees by calibration",
        ("differs", "calibration"): "differs although it was calibrated",
    }
    return f"{told}: {closing.get((verdict, row.used_for), 'no measure of its precision is known')}"
