"""The threshold test: is the condition rare enough, and by how much?

Designation is granted for a condition (multiple myeloma), not for a line of therapy: the test
counts everybody alive with the condition. Verdicts: met, borderline, not met, cannot conclude.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from leucel.core import InputError, Mark, Problem
from leucel.epidemiology import (
    COMPLETE_RATIO,
    CaseEstimate,
    PrevalenceRatio,
    Rate,
    get_area,
    population_totals,
    require_crude,
)
from leucel.regulatory.rules import Rule, RuleBook, RuleKind
from leucel.regulatory.spans import Span, bracket_text, estimated_span
from leucel.regulatory.thresholds import Threshold, ThresholdForm, read_threshold


class Verdict(Enum):
    """Outcome of a threshold test."""

    MET = "met"
    BORDERLINE = "borderline"
    NOT_MET = "not met"
    CANNOT_CONCLUDE = "cannot conclude"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdTest:
    """One rule of one jurisdiction against the prevalence of the condition.

    Attributes
    ----------
    jurisdiction, name : code and name.
    rule : the rule tested, None when none is on record.
    threshold : what the rule asks.
    prevalence, low, high : in the unit of the threshold, None when nothing can be said. The range
        takes the lower limit of the cases at the lower end of the ratio bracket, and the upper
        limit at the upper end, over every known revision of the population, grown to the day.
    verdict, reason : outcome and why.
    margin_years : prevalence over yearly incidence, in years, at which the threshold would be lost;
        today it is within 4.3 to 6.0 years.
    marks : trust in the rule and in the estimate.
    sources : source ids.
    """

    jurisdiction: str
    name: str
    rule: Rule | None
    threshold: Threshold | None
    verdict: Verdict
    reason: str
    prevalence: float | None = None
    low: float | None = None
    high: float | None = None
    margin_years: float | None = None
    marks: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


# Rules of a block that are quoted for its member states, used there to show a margin, never a
# verdict: no national rule is on record.
_BLOCK_RULES: dict[str, str] = dict.fromkeys(("AE", "KW", "BH", "QA", "OM"), "GCC-THR-01")
# Rules whose number alone gives no verdict, and why.
_NUMBER_IS_NOT_ENOUGH = {
    "SG-ODD-THR-02": "there is no orphan designation: the figure is a working definition of the "
    "ministry",
    "JP-ODD-THR-02": "applies to designated intractable diseases only; membership of that list is "
    "not established",
}
_REMARKS = {
    "GB": "decided with the marketing authorization: there is no designation before it",
    "CH": "orphan status in a country with comparable control would do instead",
    "EU": "tested again at marketing authorization",
    "US": "diagnosed persons are counted",
    "JP": "a line of therapy does not narrow the population",
}


def judge_cases(
    rule: Rule,
    estimate: CaseEstimate,
    *,
    ratio: PrevalenceRatio = COMPLETE_RATIO,
    as_of: date | None = None,
) -> ThresholdTest:
    """Test a rule with people alive computed as yearly cases times a ratio in years.

    Parameters
    ----------
    rule : a threshold rule.
    estimate : new cases a year of the condition in the jurisdiction.
    ratio : prevalence over incidence with its bracket, years.
    as_of : day of the test: the upper end of the cases grows until then, and partly dated rules are
        marked.

    Examples
    --------
    >>> from leucel.epidemiology import incidence_from_count
    >>> from leucel.regulatory import load_rules
    >>> test = judge_cases(
    ...     load_rules().get("SA-ODD-THR-01"), incidence_from_count("SA", 300))
    >>> test.verdict.value, round(test.prevalence, 2), round(test.margin_years, 1)
    ('met', 0.41, 59.6)
    """
    threshold = read_threshold(rule)
    if not threshold.is_number:
        return _no_number(rule, threshold, as_of)
    span = estimated_span(estimate, ratio, threshold, as_of=as_of)
    margin = None
    if estimate.cases > 0:
        margin = threshold.limit_in_persons(estimate.population) / estimate.cases
    verdict, reason = judge_span(span, threshold, bracket_text(ratio, as_of), margin)
    if not rule.usable or not estimate.mark.usable:
        verdict = Verdict.CANNOT_CONCLUDE
        reason = "the rule is unverified" if not rule.usable else "the estimate is unverified"
    return ThresholdTest(
        jurisdiction=rule.jurisdiction,
        name=rule.name,
        rule=rule,
        threshold=threshold,
        verdict=verdict,
        reason=reason,
        prevalence=span.point,
        low=span.low,
        high=span.high,
        margin_years=margin,
        marks=(*rule.markings(as_of), f"prevalence {Mark.DERIVED.value} ({estimate.method})"),
        sources=tuple(dict.fromkeys((rule.source_id, *estimate.sources))),
    )


def judge_rate(
    rule: Rule, rate: Rate, *, population: float | None = None, as_of: date | None = None
) -> ThresholdTest:
    """Test a rule with a published or own prevalence.

    Parameters
    ----------
    rate : a crude prevalence of the condition; its limits, where known, decide borderline cases.
    population : people of the jurisdiction, needed for thresholds in persons; by default the UN
        total of 2022.

    Raises
    ------
    ScaleError : the rate is age-standardized.
    InputError : the rate is no prevalence.
    """
    require_crude(rate, purpose="tested against a legal threshold")
    if not rate.measure.is_prevalence:
        raise InputError(
            Problem(
                what=f"{rate.label} is no prevalence; orphan thresholds count people alive",
                fix="multiply the cases with a ratio in years (judge_cases)",
            )
        )
    threshold = read_threshold(rule)
    if not threshold.is_number:
        return _no_number(rule, threshold, as_of)
    people = population or next(iter(population_totals(rule.jurisdiction).values()), None)
    if threshold.per is None and people is None:
        raise InputError(
            Problem(
                what=f"{rule.id} counts persons and the population of {rule.name} is not known",
                fix="give the population",
            )
        )
    factor = (threshold.per or people or 1.0) / rate.per
    span = Span(
        point=rate.value * factor,
        low=(rate.value if rate.low is None else rate.low) * factor,
        high=(rate.value if rate.high is None else rate.high) * factor,
    )
    verdict, reason = judge_span(span, threshold, "", None)
    mark = rate.evidence.mark if rate.evidence else Mark.OWN_VALUE
    if not (rule.usable and mark.usable):
        verdict, reason = Verdict.CANNOT_CONCLUDE, "the rule or the figure is unverified"
    own = (rate.evidence.source,) if rate.evidence and rate.evidence.source else ()
    return ThresholdTest(
        jurisdiction=rule.jurisdiction,
        name=rule.name,
        rule=rule,
        threshold=threshold,
        verdict=verdict,
        reason=reason,
        prevalence=span.point,
        low=span.low,
        high=span.high,
        marks=(*rule.markings(as_of), f"prevalence {mark.value}"),
        sources=(rule.source_id, *own),
    )


def judge_jurisdiction(
    code: str,
    estimate: CaseEstimate | None,
    book: RuleBook,
    *,
    ratio: PrevalenceRatio = COMPLETE_RATIO,
    as_of: date | None = None,
) -> tuple[ThresholdTest, ...]:
    """Every threshold of a jurisdiction, the principal one first.

    Parameters
    ----------
    code : jurisdiction.
    estimate : its yearly cases, None when nothing is known.
    book : the rules, already cut to those that apply on the day of the test.
    as_of : the day.

    Returns
    -------
    At least one test; without a rule it says that nothing can be concluded.
    """
    code = get_area(code).code
    rules = book.of(code, RuleKind.THRESHOLD)
    tests = [_tested(rule, estimate, ratio, as_of) for rule in rules]
    tests.sort(key=_standing)
    if tests and tests[0].threshold is not None and tests[0].threshold.is_number:
        return tuple(remarked(test) for test in tests)
    block = book.find(_BLOCK_RULES.get(code, ""))
    if block is not None:
        tests.insert(0, _borrowed(code, block, estimate, ratio, as_of))
    if not tests:
        tests.append(_without_rule(code, book))
    return tuple(remarked(test) for test in tests)


def _tested(
    rule: Rule, estimate: CaseEstimate | None, ratio: PrevalenceRatio, as_of: date | None
) -> ThresholdTest:
    threshold = read_threshold(rule)
    if estimate is not None or not threshold.is_number:
        if estimate is None:
            return _no_number(rule, threshold, as_of)
        return judge_cases(rule, estimate, ratio=ratio, as_of=as_of)
    return ThresholdTest(
        jurisdiction=rule.jurisdiction,
        name=rule.name,
        rule=rule,
        threshold=threshold,
        verdict=Verdict.CANNOT_CONCLUDE,
        reason="no cases are known for this jurisdiction: give a count with its source",
        marks=rule.markings(as_of),
        sources=(rule.source_id,),
    )


def _standing(test: ThresholdTest) -> tuple[bool, bool, bool, str]:
    """Order of the tests of a jurisdiction: numbers first, verified first, adopted first."""
    rule, threshold = test.rule, test.threshold
    if rule is None or threshold is None:
        return (True, True, True, "")
    return (not threshold.is_number, not rule.usable, rule.provisional, rule.id)


def judge_span(
    span: Span, threshold: Threshold, bracket: str, margin: float | None
) -> tuple[Verdict, str]:
    """Verdict of a range and why; `bracket` says what the range covers, "" for a given figure."""
    limit = threshold.limit or 0.0
    passes = threshold.operator.holds
    shown = f"{limit:,.0f}" if limit >= 100 else f"{limit:g}"
    shown += f" {threshold.unit}"
    lost = ""
    if margin is not None:
        lost = f"; lost when prevalence reaches {margin:.1f} times the yearly incidence"
    if passes(span.high, limit):
        return Verdict.MET, f"the whole range lies on the permitted side of {shown}{lost}"
    if not passes(span.low, limit):
        return Verdict.NOT_MET, f"the whole range lies beyond {shown}{lost}"
    return Verdict.BORDERLINE, f"the range{bracket} crosses {shown}{lost}"


def _no_number(rule: Rule, threshold: Threshold, as_of: date | None) -> ThresholdTest:
    reasons = {
        ThresholdForm.LIST: "membership of a list decides, and membership is not established: "
        "give it with its source",
        ThresholdForm.FOREIGN_STATUS: "orphan status elsewhere decides: give it with its source",
        ThresholdForm.TEXT: "the test needs other evidence than a prevalence",
        ThresholdForm.NONE: "no number is on record",
    }
    reason = reasons[threshold.form] if rule.usable else "the rule is unverified"
    return ThresholdTest(
        jurisdiction=rule.jurisdiction,
        name=rule.name,
        rule=rule,
        threshold=threshold,
        verdict=Verdict.CANNOT_CONCLUDE,
        reason=f"{reason} ({rule.basis})" if rule.basis else reason,
        marks=rule.markings(as_of),
        sources=(rule.source_id,),
    )


def _borrowed(
    code: str,
    block: Rule,
    estimate: CaseEstimate | None,
    ratio: PrevalenceRatio,
    as_of: date | None,
) -> ThresholdTest:
    test = _tested(block, estimate, ratio, as_of)
    shown = f"; against that figure: {test.verdict.value}, {test.reason}" if estimate else ""
    return replace(
        test,
        jurisdiction=code,
        name=get_area(code).name,
        verdict=Verdict.CANNOT_CONCLUDE,
        reason=f"no national threshold is established; {block.id} is quoted for {block.name} "
        f"states{shown}",
        marks=(*test.marks, f"borrowed from {block.jurisdiction}"),
    )


def _without_rule(code: str, book: RuleBook) -> ThresholdTest:
    others = book.of(code)
    routes = (rule for rule in others if rule.kind is RuleKind.ROUTE)
    shown = "; ".join(f"{rule.statement} ({rule.id})" for rule in routes)
    return ThresholdTest(
        jurisdiction=code,
        name=get_area(code).name,
        rule=None,
        threshold=None,
        verdict=Verdict.CANNOT_CONCLUDE,
        reason="no orphan threshold is on record" + (f"; on record: {shown}" if shown else ""),
        marks=("no rule on record",),
        sources=tuple(rule.source_id for rule in others if rule.kind is RuleKind.ROUTE),
    )


def remarked(test: ThresholdTest) -> ThresholdTest:
    """The test with what its jurisdiction adds to a number."""
    remark = _NUMBER_IS_NOT_ENOUGH.get(test.rule.id) if test.rule else None
    if remark and test.prevalence is not None:
        return replace(
            test,
            verdict=Verdict.CANNOT_CONCLUDE,
            reason=f"{remark}; against it: {test.verdict.value}, {test.reason}",
        )
    remark = _REMARKS.get(test.jurisdiction)
    if remark and test.threshold and test.threshold.is_number:
        return replace(test, reason=f"{test.reason}; {remark}")
    return test


def number_is_enough(test: ThresholdTest) -> bool:
    """True when the jurisdiction's own rule is decided by a prevalence."""
    rule, threshold = test.rule, test.threshold
    if rule is None or threshold is None or not (threshold.is_number and rule.usable):
        return False
    return rule.jurisdiction == test.jurisdiction and rule.id not in _NUMBER_IS_NOT_ENOUGH


def operator_text(threshold: Threshold | None) -> str:
    """Operator of a threshold for a report; empty when the threshold is no number."""
    if threshold is None or not threshold.is_number:
        return ""
    return threshold.operator.value
