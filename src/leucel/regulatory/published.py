"""A published prevalence of the jurisdiction itself against its threshold, before any estimate.

An accepted or registered figure says something about its own year. The range carries it to the day
of the test by the growth that prevalence has shown; a count that leaves people out bounds the truth
from below only, and the estimate of leucel bounds it from above.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from leucel.core import Mark
from leucel.epidemiology import (
    COMPLETE_RATIO,
    PREVALENCE_GROWTH,
    Crude,
    Measure,
    PrevalenceRatio,
    Rate,
    YearlyGrowth,
    get_area,
    middle_of,
    years_between,
)
from leucel.regulatory.designation import ThresholdTest, judge_rate, judge_span
from leucel.regulatory.spans import Span

LONGEST_CARRY = 10.0
"""Years that a figure is carried at most; an older one is shown and not used."""


def choose_figure(code: str, figures: Sequence[Rate], *, as_of: date) -> Rate | None:
    """Best published prevalence of a jurisdiction on a day, or None.

    Order: complete before N-year prevalence, official before other marks, full counts before lower
    bounds, the latest year first. Unusable marks, age-standardized figures, figures of later years
    and figures older than `LONGEST_CARRY` are left out.

    Examples
    --------
    >>> from leucel.epidemiology import published_figures
    >>> choose_figure("US", published_figures(), as_of=date(2025, 5, 9)).year
    '2022'
    """
    own = get_area(code).code
    usable = [
        rate
        for rate in figures
        if get_area(rate.area).code == own
        and rate.measure.is_prevalence
        and isinstance(rate.scale, Crude)
        and rate.year
        and 0.0 <= as_of.year + 0.5 - middle_of(rate.year) <= LONGEST_CARRY
        and (rate.evidence is None or rate.evidence.mark.usable)
    ]

    def order(rate: Rate) -> tuple[bool, bool, bool, float]:
        official = rate.evidence is not None and rate.evidence.mark is Mark.OFFICIAL
        partial = rate.measure is not Measure.COMPLETE_PREVALENCE
        return (partial, not official, rate.lower_bound, -middle_of(rate.year))

    return min(usable, key=order, default=None)


def judge_published(
    estimated: ThresholdTest,
    rate: Rate,
    *,
    as_of: date,
    growth: YearlyGrowth = PREVALENCE_GROWTH,
    ratio: PrevalenceRatio = COMPLETE_RATIO,
    own_incidence: bool = True,
) -> ThresholdTest:
    """Test of a published prevalence, with the estimate beside it.

    Parameters
    ----------
    estimated : the test of leucel's own estimate against the same rule; it gives the margin, and
        the upper limit where the figure is a lower bound.
    rate : crude prevalence of the jurisdiction.
    as_of : day of the test.
    growth : yearly growth of the prevalence.
    ratio : prevalence over incidence.
    own_incidence : True when the estimate rests on an incidence of the jurisdiction itself; without
        one the margin follows from the figure and the ratio.

    Returns
    -------
    The value is the figure as published; the range reaches from its lower limit in its own year to
    its upper limit grown at the highest rate until `as_of`.
    """
    rule, threshold = estimated.rule, estimated.threshold
    if rule is None or threshold is None or not threshold.is_number:
        return estimated
    plain = judge_rate(rule, rate, as_of=as_of)
    if plain.prevalence is None or plain.low is None or plain.high is None:
        return estimated
    years = max(0.0, years_between(rate.year, as_of))
    high = plain.high * growth.factor(growth.high, years)
    partial = rate.lower_bound or rate.measure is not Measure.COMPLETE_PREVALENCE
    if partial and estimated.high is not None:
        high = max(high, estimated.high)
    low = plain.low * growth.factor(growth.low, years)
    span = Span(point=plain.prevalence, low=min(low, plain.prevalence), high=high)
    verdict, reason = judge_span(span, threshold, "", None)
    mark = rate.evidence.mark.value if rate.evidence else Mark.OWN_VALUE.value
    notes = [
        f"published for {rate.year} ({mark}) and carried to the day of the test at "
        f"{growth.low:.0%} to {growth.high:.1%} a year"
    ]
    if partial:
        notes.append(
            "the figure may leave people out, so the upper end is that of the estimate"
            if high == estimated.high
            else "the figure may leave people out and is a lower bound"
        )
    notes += _until_lost(plain.prevalence, threshold.limit, growth)
    notes += _beside(estimated)
    marks = [f"prevalence {mark} (published for {rate.year})"]
    if partial:
        marks.append("lower bound")
    margin = estimated.margin_years
    if not own_incidence and threshold.limit is not None and plain.prevalence > 0:
        margin = threshold.limit / plain.prevalence * ratio.point
        marks.append(f"margin from the figure over {ratio.point:g} years")
    if margin is not None:
        reason = f"{reason}; lost when prevalence reaches {margin:.1f} times the yearly incidence"
    return replace(
        plain,
        verdict=verdict,
        reason="; ".join([reason, *notes]),
        low=span.low,
        high=span.high,
        margin_years=margin,
        marks=(*rule.markings(as_of), *marks),
        sources=tuple(dict.fromkeys((*plain.sources, *_growth_sources(growth)))),
    )


def _until_lost(value: float, limit: float | None, growth: YearlyGrowth) -> list[str]:
    """How far the published figure is from the limit, as a factor and in years of growth."""
    if limit is None or not 0 < value < limit:
        return []
    years = [math.log(limit / value) / math.log1p(rate) for rate in (growth.high, growth.point)]
    return [
        f"the limit is {limit / value:.2f} times the figure, reached {years[0]:.0f} to "
        f"{years[1]:.0f} years after it at {growth.high:.1%} to {growth.point:.1%} a year"
    ]


def _beside(estimated: ThresholdTest) -> list[str]:
    if estimated.prevalence is None or estimated.low is None or estimated.high is None:
        return []
    values = (estimated.prevalence, estimated.low, estimated.high)
    digits = 2 if max(values) < 1000 else 0
    point, low, high = (f"{value:,.{digits}f}" for value in values)
    return [f"leucel's own estimate for comparison: {point} ({low} to {high})"]


def _growth_sources(growth: YearlyGrowth) -> tuple[str, ...]:
    return tuple(item.source for item in growth.evidence if item.source)
