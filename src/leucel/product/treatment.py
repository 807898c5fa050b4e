"""Treatment groups of a xenograft experiment: growth beside the control, survival by log-rank."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from leucel.core import InputError, Problem, unknown_name
from leucel.product.assay_file import MouseGroup
from leucel.product.xenograft import CURVES, GrowthFit, Mouse, fit_growth

_NORMAL_95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFit:
    """The growth curve of one treatment group.

    Attributes
    ----------
    group : name.
    best : the curve with the smallest AIC among those that converged, or the one asked for.
    aic : curve -> AIC; None where a curve cannot be fitted to so few readings.
    warnings : readings left out, curves that did not converge.
    """

    group: str
    best: GrowthFit
    aic: Mapping[str, float | None]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """A treatment group beside the control.

    Attributes
    ----------
    group, control : names.
    inhibition : tumor growth inhibition [%] of mean volumes on `day`; None without a common day.
    day : last day on which all mice of both groups were measured, or None.
    growth_ratio, growth_low, growth_high : ratio of the growth rates with 95% limits, when both
        groups follow the same curve; None otherwise.
    median_treated, median_control : median survival [day]; None when not reached.
    p_value : two-sided log-rank test; None when no mouse died.
    p_adjusted : by Holm over all treatment groups.
    """

    group: str
    control: str
    inhibition: float | None
    day: float | None
    growth_ratio: float | None
    growth_low: float | None
    growth_high: float | None
    median_treated: float | None
    median_control: float | None
    p_value: float | None
    p_adjusted: float | None = None

    def to_dict(self) -> dict[str, object]:
        """JSON-ready row."""
        return {name: getattr(self, name) for name in Contrast.__dataclass_fields__}


def fit_groups(
    groups: Mapping[str, MouseGroup], *, curve: str | None = None
) -> tuple[GroupFit, ...]:
    """Fit growth curves with random effects to every group.

    Parameters
    ----------
    groups : as `read_mice` gives them.
    curve : a name of `CURVES`; the one with the smallest AIC when not given.

    Raises
    ------
    InputError
        For an unknown curve, or groups with fewer than two usable mice, all at once.
    """
    if curve is not None and curve not in CURVES:
        raise InputError(unknown_name(curve, tuple(CURVES), noun="growth curve"))
    problems = [
        Problem(
            what=f"the group {name!r} has too few mice for random effects",
            received=f"{len(group.mice)} with two or more measurable volumes",
            allowed="two or more",
        )
        for name, group in groups.items()
        if len(group.mice) < 2
    ]
    if problems:
        raise InputError(problems)
    names = (curve,) if curve is not None else tuple(CURVES)
    return tuple(_fit_group(name, group, names) for name, group in groups.items())


def _fit_group(name: str, group: MouseGroup, curves: Sequence[str]) -> GroupFit:
    readings = sum(len(mouse.times) for mouse in group.mice)
    warnings = list(group.left_out)
    fits: dict[str, GrowthFit] = {}
    aic: dict[str, float | None] = dict.fromkeys(curves)
    for curve in curves:
        # Fixed effects, two random effects and the residual, and one reading more than those.
        if readings <= len(CURVES[curve].parameters) + 3 and len(curves) > 1:
            continue
        fits[curve] = fit_growth(group.mice, curve)
        aic[curve] = fits[curve].aic
    good = {curve: fit for curve, fit in fits.items() if fit.converged} or fits
    warnings += [f"the {curve} curve did not converge" for curve in fits if curve not in good]
    best = min(good.values(), key=lambda fit: fit.aic)
    return GroupFit(group=name, best=best, aic=aic, warnings=tuple(warnings))


def compare_groups(
    groups: Mapping[str, MouseGroup], fits: Sequence[GroupFit], *, control: str
) -> tuple[Contrast, ...]:
    """Every group beside the control: inhibition, growth rates, survival.

    Survival is compared by the log-rank test of SciPy; with several groups the p-values are
    adjusted by Holm.

    Raises
    ------
    InputError
        For a control that is no group.
    """
    if control not in groups:
        raise InputError(unknown_name(control, tuple(groups), noun="group"))
    by_name = {fit.group: fit.best for fit in fits}
    rows = [_contrast(name, control, groups, by_name) for name in groups if name != control]
    known = sorted((row.p_value, i) for i, row in enumerate(rows) if row.p_value is not None)
    adjusted: dict[int, float] = {}
    worst = 0.0
    for rank, (p, i) in enumerate(known):
        worst = max(worst, min(1.0, p * (len(known) - rank)))
        adjusted[i] = worst
    return tuple(
        Contrast(
            **{**row.to_dict(), "p_adjusted": adjusted.get(i)}  # type: ignore[arg-type]
        )
        for i, row in enumerate(rows)
    )


def _contrast(
    name: str, control: str, groups: Mapping[str, MouseGroup], fits: Mapping[str, GrowthFit]
) -> Contrast:
    mine, theirs = groups[name], groups[control]
    day, inhibition = _inhibition(mine.mice, theirs.mice)
    ratio = low = high = None
    a, b = fits.get(name), fits.get(control)
    if a is not None and b is not None and a.curve == b.curve:
        ratio = a.typical["k_growth"] / b.typical["k_growth"]
        spread = math.hypot(*(_log_error(fit, "k_growth") for fit in (a, b)))
        if math.isfinite(spread) and ratio > 0.0:
            low, high = (ratio * math.exp(s * _NORMAL_95 * spread) for s in (-1.0, 1.0))
    return Contrast(
        group=name,
        control=control,
        inhibition=inhibition,
        day=day,
        growth_ratio=ratio,
        growth_low=low,
        growth_high=high,
        median_treated=_median(mine),
        median_control=_median(theirs),
        p_value=_log_rank(mine, theirs),
    )


def _inhibition(
    treated: Sequence[Mouse], control: Sequence[Mouse]
) -> tuple[float | None, float | None]:
    """Last common day after the first, and the inhibition on it."""
    days = set.intersection(*(set(mouse.times) for mouse in (*treated, *control)))
    if len(days) < 2:
        return None, None
    first, last = min(days), max(days)

    def change(mice: Sequence[Mouse]) -> float:
        gains = [
            mouse.volumes[mouse.times.index(last)] - mouse.volumes[mouse.times.index(first)]
            for mouse in mice
        ]
        return sum(gains) / len(gains)

    grown = change(control)
    if not grown > 0.0:
        return last, None
    return last, 100.0 * (1.0 - change(treated) / grown)


def _log_error(fit: GrowthFit, name: str) -> float:
    low, high = fit.low[name], fit.high[name]
    if not (0.0 < low < math.inf and math.isfinite(high)):
        return math.inf
    return math.log(high / low) / (2.0 * _NORMAL_95)


def _median(group: MouseGroup) -> float | None:
    from leucel.stats import kaplan_meier

    days = np.array([day for day, _ in group.ends.values()])
    died = np.array([died for _, died in group.ends.values()])
    if not died.any():
        return None
    median = kaplan_meier(days, died).median
    return float(median) if math.isfinite(median) else None


def _log_rank(mine: MouseGroup, theirs: MouseGroup) -> float | None:
    from scipy.stats import CensoredData, logrank

    def data(group: MouseGroup) -> CensoredData:
        return CensoredData(
            uncensored=[day for day, died in group.ends.values() if died],
            right=[day for day, died in group.ends.values() if not died],
        )

    if not any(died for group in (mine, theirs) for _, died in group.ends.values()):
        return None
    return float(logrank(data(mine), data(theirs)).pvalue)
