"""Log-linear fits: the terminal rate of decline and the rate of expansion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leucel.nca.curves import Curves
from leucel.nca.parameters import Reason
from leucel.nca.rules import NcaRules


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SlopeFit:
    """A rate for each subject, NaN where `reason` says why there is none.

    Attributes
    ----------
    rate : (N,) absolute slope of the logarithm, 1/time.
    points : (N,) points of the fit, NaN where there is none.
    r2_adjusted : (N,) adjusted R2, NaN where there is none.
    reason : (N,) codes of `Reason`.
    """

    rate: NDArray[np.float64]
    points: NDArray[np.float64]
    r2_adjusted: NDArray[np.float64]
    reason: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _SuffixFits:
    """Least-squares lines through the last points, one for each first point; all (N, K)."""

    count: NDArray[np.int64]
    slope: NDArray[np.float64]
    r2_adjusted: NDArray[np.float64]


def fit_terminal(curves: Curves, peak: NDArray[np.intp], rules: NcaRules) -> SlopeFit:
    """Terminal rate by the largest adjusted R2 of the last points after the peak.

    Every run of at least `lambda_z_points` last measurable points after `peak` (excluded) is
    fitted; among those that decline, the largest adjusted R2 wins, and a longer run whose adjusted
    R2 is within `lambda_z_tolerance` of it wins over that.
    """
    columns = np.arange(curves.time.shape[1])[None, :]
    mask = curves.measurable & (columns > peak[:, None])
    fits = _fit_suffixes(curves.time, curves.value, mask)
    long_enough = mask & (fits.count >= rules.lambda_z_points)
    candidate = long_enough & (fits.slope < 0.0) & np.isfinite(fits.r2_adjusted)
    quality = np.where(candidate, fits.r2_adjusted, -np.inf)
    best = quality.max(axis=1)
    # The first column that is good enough belongs to the longest run.
    chosen = np.argmax(candidate & (quality >= best[:, None] - rules.lambda_z_tolerance), axis=1)
    found = candidate.any(axis=1)
    reason = np.where(
        found,
        Reason.NONE,
        np.where(long_enough.any(axis=1), Reason.NO_DECLINE, Reason.FEW_TERMINAL_POINTS),
    )
    return _chosen(fits, chosen, found, reason)


def fit_expansion(curves: Curves, peak: NDArray[np.intp], rules: NcaRules) -> SlopeFit:
    """Rate of expansion between the lowest measurable value before the peak and the peak."""
    columns = np.arange(curves.time.shape[1])[None, :]
    before = curves.measurable & (columns <= peak[:, None])
    # After infusion the level first falls as cells leave the blood: expansion starts at its lowest.
    level = np.where(before, curves.value, np.inf)
    lowest = level.min(axis=1, keepdims=True)
    nadir = curves.last_where(before & (level == lowest))
    mask = before & (columns >= nadir[:, None])
    fits = _fit_suffixes(curves.time, curves.value, mask)
    rows = np.arange(mask.shape[0])
    count, slope = fits.count[rows, nadir], fits.slope[rows, nadir]
    enough = count >= rules.expansion_points
    rises = enough & (slope > 0.0)
    reason = np.select(
        [rises, nadir == peak, ~enough],
        [Reason.NONE, Reason.PEAK_COMES_FIRST, Reason.FEW_EXPANSION_POINTS],
        Reason.NO_INCREASE,
    )
    return _chosen(fits, nadir, rises, reason)


def _fit_suffixes(
    time: NDArray[np.float64], value: NDArray[np.float64], mask: NDArray[np.bool_]
) -> _SuffixFits:
    """Fit log(value) on time over the masked points from each column to the last one."""
    rows = np.arange(mask.shape[0])
    last = mask.shape[1] - 1 - np.argmax(mask[:, ::-1], axis=1)
    safe = np.where(mask, value, 1.0)
    # Sums around the last point keep the digits that sums around zero would lose.
    x = np.where(mask, time - time[rows, last][:, None], 0.0)
    y = np.where(mask, np.log(safe) - np.log(safe[rows, last])[:, None], 0.0)

    def suffix(term: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.cumsum(term[:, ::-1], axis=1)[:, ::-1]

    count = np.cumsum(mask[:, ::-1], axis=1, dtype=np.int64)[:, ::-1]
    n = np.maximum(count, 1)
    sum_x, sum_y = suffix(x), suffix(y)
    sxx = suffix(x * x) - sum_x * sum_x / n
    syy = suffix(y * y) - sum_y * sum_y / n
    sxy = suffix(x * y) - sum_x * sum_y / n
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = sxy / sxx
        r2 = np.minimum(sxy * sxy / (sxx * syy), 1.0)
        adjusted = 1.0 - (1.0 - r2) * (n - 1) / (n - 2)
    return _SuffixFits(count, slope, adjusted)


def _chosen(
    fits: _SuffixFits,
    column: NDArray[np.intp],
    found: NDArray[np.bool_],
    reason: NDArray[np.int64],
) -> SlopeFit:
    rows = np.arange(column.size)
    adjusted = fits.r2_adjusted[rows, column]
    return SlopeFit(
        rate=np.where(found, np.abs(fits.slope[rows, column]), np.nan),
        points=np.where(found, fits.count[rows, column].astype(np.float64), np.nan),
        r2_adjusted=np.where(found, adjusted, np.nan),
        reason=np.asarray(reason, dtype=np.int64),
    )
