"""Areas under the curves, by trapezoids, whole or between two times."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from leucel.nca.curves import Curves
from leucel.nca.rules import NcaRules


def areas_between(
    curves: Curves, start: NDArray[np.float64], end: NDArray[np.float64], rules: NcaRules
) -> NDArray[np.float64]:
    """Area of each curve from `start` to `end` (N,), by interpolation inside the segments.

    Nothing is added outside the points of a curve. On a falling segment of the linear-up log-down
    rule the value moves exponentially, elsewhere on a straight line.
    """
    t_left, t_right = curves.time[:, :-1], curves.time[:, 1:]
    c_left, c_right = curves.value[:, :-1], curves.value[:, 1:]
    low = np.clip(start[:, None], t_left, t_right)
    high = np.clip(end[:, None], t_left, t_right)
    width = np.maximum(high - low, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        length = t_right - t_left
        share_low = np.where(length > 0, (low - t_left) / length, 0.0)
        share_high = np.where(length > 0, (high - t_left) / length, 0.0)
        step = c_right - c_left
        area = width * (c_left + 0.5 * (share_low + share_high) * step)
        if rules.trapezoid == "linear_up_log_down":
            falls = (c_right < c_left) & (c_right > 0.0)
            slope = np.where(falls, np.log(c_left / c_right), 1.0)
            # The integral of c*exp(-slope*s) over the share s of the segment.
            first = c_left * np.exp(-slope * share_low)
            spent = -np.expm1(-slope * (share_high - share_low))
            area = np.where(falls & (width > 0), first * spent * length / slope, area)
    # Added up one after the other: a sum by pairs would depend on the padding, and so on neighbors.
    total = np.cumsum(np.where(width > 0, area, 0.0), axis=1)
    return total[:, -1] if total.shape[1] else np.zeros(len(total))
