"""People alive with the disease: from new cases and survival, or by a ratio in years."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from leucel.core import InputError, Problem, RandomStream
from leucel.epidemiology.cases import CaseEstimate, draw_cases
from leucel.epidemiology.curves import SurvivalCurve
from leucel.epidemiology.populations import population_totals
from leucel.epidemiology.rates import Crude, Measure, Rate
from leucel.epidemiology.ratios import PrevalenceRatio
from leucel.epidemiology.survival import SurvivalBasis, WeibullSurvival, fit_weibull
from leucel.stats import poisson_exact

DEFAULT_DRAWS = 4000
_QUANTILES = (0.025, 0.975)
# Survival enters through one normal score; between 33 nodes its area is smooth to 1e-4.
_NODES = 33
_REACH = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PrevalenceEstimate:
    """People alive with the disease.

    Attributes
    ----------
    area, year : where and when.
    measure, window_years : N-year or complete prevalence.
    persons, low, high : people, with 95% Monte-Carlo limits.
    per_10000, per_10000_low, per_10000_high : share of the population, with its own limits (the
        revision of the population moves them differently).
    method : how the cases and the duration were obtained.
    incidence : the estimate of the cases behind it.
    warning : what a reader must know (net survival, extrapolated tail), or "".
    """

    area: str
    year: str
    measure: Measure
    window_years: float | None
    persons: float
    low: float
    high: float
    per_10000: float
    per_10000_low: float
    per_10000_high: float
    method: str
    incidence: CaseEstimate
    warning: str = ""
    sources: tuple[str, ...] = ()

    @property
    def rate(self) -> Rate:
        """The estimate as a crude rate per 10,000."""
        return Rate(
            measure=self.measure,
            scale=Crude(),
            value=self.per_10000,
            per=10_000.0,
            window_years=self.window_years,
            low=min(self.per_10000_low, self.per_10000),
            high=max(self.per_10000_high, self.per_10000),
            area=self.area,
            year=self.year,
            population=self.incidence.population_source,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalPoints:
    """Published survival with its limits.

    Attributes
    ----------
    years, shares : times after diagnosis and shares alive.
    low, high : 95% limits of the shares; equal to the shares where none are published.
    basis : observed, net or relative.
    """

    years: tuple[float, ...]
    shares: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    basis: SurvivalBasis = SurvivalBasis.OBSERVED
    name: str = ""
    source: str = ""

    def curve(self, score: float = 0.0) -> WeibullSurvival:
        """Weibull curve through the points moved by `score` standard errors on the logit scale."""
        shares = np.asarray(self.shares)
        if score:
            width = (logit(np.asarray(self.high)) - logit(np.asarray(self.low))) / (2 * 1.959964)
            shares = expit(logit(shares) + score * width)
        return fit_weibull(
            self.years,
            [float(share) for share in shares],
            basis=self.basis,
            name=self.name,
            source=self.source,
        )


def limited_prevalence(cases: ArrayLike, curve: SurvivalCurve) -> float:
    """People alive who were diagnosed in the last N years.

    Parameters
    ----------
    cases : (N,) cases of each year, the latest first.
    curve : survival after diagnosis.

    Returns
    -------
    Sum over k of cases[k] times the mean of S over [k, k + 1].

    Examples
    --------
    >>> from leucel.epidemiology import exponential_from_ratio
    >>> curve = exponential_from_ratio(2.869, window_years=5)
    >>> round(limited_prevalence([300] * 5, curve))
    861
    """
    yearly = np.atleast_1d(np.asarray(cases, dtype=np.float64))
    if not (np.all(np.isfinite(yearly)) and np.all(yearly >= 0)):
        raise InputError(
            Problem(what="cases must be numbers from 0", received=str(yearly.tolist()))
        )
    lived = np.diff(curve.area(np.arange(yearly.size + 1, dtype=np.float64)))
    return float(yearly @ lived)


def limited_prevalence_limits(count: float, ratio_years: float) -> tuple[float, float, float]:
    """People and the limits from the chance of the case count alone (far too narrow for a verdict).

    Examples
    --------
    >>> [round(value) for value in limited_prevalence_limits(300, 2.869)]
    [861, 766, 964]
    """
    limits = poisson_exact(count)
    return count * ratio_years, limits.low * ratio_years, limits.high * ratio_years


def prevalence_from_ratio(
    incidence: CaseEstimate,
    ratio: PrevalenceRatio,
    rng: RandomStream,
    *,
    draws: int = DEFAULT_DRAWS,
) -> PrevalenceEstimate:
    """Prevalence as cases times a ratio; limits by Monte Carlo.

    Drawn together: the cases, the ratio (triangular over its bracket), and the revision of the
    population where two are known.

    Examples
    --------
    >>> from leucel.core import RandomStream
    >>> from leucel.epidemiology import FIVE_YEAR_RATIO, incidence_from_count
    >>> estimate = prevalence_from_ratio(
    ...     incidence_from_count("SA", 300), FIVE_YEAR_RATIO, RandomStream(1), draws=500)
    >>> round(estimate.persons), round(estimate.per_10000, 2)
    (861, 0.24)
    """
    window = f"{ratio.window_years:g}-year" if ratio.window_years else "complete"
    u = rng.uniform(f"epidemiology/ratio/{incidence.area}/{window}", subjects=draws)
    return estimate_from_durations(
        incidence,
        ratio.point,
        draw_triangular(u, ratio.low, ratio.point, ratio.high),
        rng,
        measure=ratio.measure,
        window_years=ratio.window_years,
        method=f"{incidence.method} x {ratio.point:g} years ({ratio.low:g} to {ratio.high:g})",
        warning="",
        sources=tuple(item.source for item in ratio.evidence if item.source),
    )


def prevalence_from_survival(
    incidence: CaseEstimate,
    points: SurvivalPoints,
    rng: RandomStream,
    *,
    window_years: float = math.inf,
    draws: int = DEFAULT_DRAWS,
) -> PrevalenceEstimate:
    """Prevalence as cases times the area under a survival curve, at constant incidence.

    Drawn together: the cases, the survival (all points move together by a normal score on the
    logit scale, through their published limits), and the revision of the population.

    Parameters
    ----------
    window_years : N of the N-year prevalence; infinite for complete prevalence.
    """
    curve = points.curve()
    point = float(curve.area(window_years))
    nodes = np.linspace(-_REACH, _REACH, _NODES)
    areas = np.array([float(points.curve(float(node)).area(window_years)) for node in nodes])
    scores = rng.normal(f"epidemiology/survival/{incidence.area}/{window_years}", subjects=draws)
    limited = math.isfinite(window_years)
    tail = window_years > max(points.years)
    warnings = [points.basis.warning] if points.basis.warning else []
    if tail:
        warnings.append(f"survival beyond {max(points.years):g} years is extrapolated")
    return estimate_from_durations(
        incidence,
        point,
        np.interp(scores, nodes, areas),
        rng,
        measure=Measure.LIMITED_PREVALENCE if limited else Measure.COMPLETE_PREVALENCE,
        window_years=window_years if limited else None,
        method=f"{incidence.method} x {point:.2f} years under {points.name or 'a survival curve'}",
        warning="; ".join(warnings),
        sources=(points.source,) if points.source else (),
    )


def estimate_from_durations(
    incidence: CaseEstimate,
    point: float,
    durations: NDArray[np.float64],
    rng: RandomStream,
    *,
    measure: Measure,
    window_years: float | None,
    method: str,
    warning: str,
    sources: Sequence[str],
) -> PrevalenceEstimate:
    """Prevalence of cases times durations (R,), years, one draw of both in each row."""
    draws = durations.size
    cases = draw_cases(incidence, rng, draws=draws)
    population = _draw_population(incidence, rng, draws)
    if incidence.follows_population:
        cases = cases * (population / incidence.population)
    persons = cases * durations
    low, high = np.quantile(persons, _QUANTILES)
    share_low, share_high = np.quantile(persons / population, _QUANTILES)
    value = incidence.cases * point
    return PrevalenceEstimate(
        area=incidence.area,
        year=incidence.year,
        measure=measure,
        window_years=window_years,
        persons=value,
        low=float(low),
        high=float(high),
        per_10000=value / incidence.population * 10_000,
        per_10000_low=float(share_low) * 10_000,
        per_10000_high=float(share_high) * 10_000,
        method=method,
        incidence=incidence,
        warning=warning,
        sources=tuple(dict.fromkeys((*incidence.sources, *sources))),
    )


def _draw_population(incidence: CaseEstimate, rng: RandomStream, draws: int) -> NDArray[np.float64]:
    """Each known revision of the population with equal probability, around the one in use."""
    totals = np.array(list(population_totals(incidence.area).values()))
    if totals.size < 2:
        return np.full(draws, incidence.population)
    u = rng.uniform(f"epidemiology/revision/{incidence.area}", subjects=draws)
    chosen = totals[np.minimum((u * totals.size).astype(int), totals.size - 1)]
    return incidence.population * chosen / totals[0]


def draw_triangular(
    u: NDArray[np.float64], low: float, mode: float, high: float
) -> NDArray[np.float64]:
    """Triangular draws of uniform ones."""
    if high == low:
        return np.full_like(u, mode)
    split = (mode - low) / (high - low)
    left = low + np.sqrt(u * (high - low) * (mode - low))
    right = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    return np.where(u < split, left, right)
