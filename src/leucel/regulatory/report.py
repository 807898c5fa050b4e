"""Prevalence report of a condition under the eight headings of EMA/COMP/436/01 Rev. 1.

The body of that paper is not on record here; its headings are, and each has to be filled. What the
software cannot say stays visible as a gap for the sponsor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from leucel.core import InputError, Problem, RandomStream, Source
from leucel.epidemiology import (
    PREVALENCE_GROWTH,
    AreaBurden,
    DiseaseBurden,
    PrevalenceEstimate,
    get_area,
    population_totals,
    project_prevalence,
    years_between,
)
from leucel.regulatory.assessment import DesignationResult
from leucel.regulatory.designation import ThresholdTest
from leucel.regulatory.published import choose_figure

_DRAWS = 4000
HEADINGS = (
    "Definition of the condition",
    "Exceptions",
    "Numerator",
    "Denominator",
    "Variation by place and time",
    "Estimates close to the threshold",
    "Validity of the sources",
    "Direct and indirect methods",
)
"""The eight headings, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSection:
    """One heading with what is known and what is missing.

    Attributes
    ----------
    heading : one of `HEADINGS`.
    statements : sentences with their numbers.
    gaps : what the sponsor has to add.
    """

    heading: str
    statements: tuple[str, ...]
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrevalenceReport:
    """Report for one jurisdiction.

    Attributes
    ----------
    jurisdiction, name, condition : for what.
    as_of : day of the test; application, approval : days that the prevalence is carried to.
    sections : the eight headings.
    sources : source ids that are cited.
    """

    jurisdiction: str
    name: str
    condition: str
    as_of: date
    application: date
    approval: date
    sections: tuple[ReportSection, ...]
    sources: tuple[str, ...]

    @property
    def gaps(self) -> tuple[str, ...]:
        """Everything that is missing, in the order of the headings."""
        return tuple(gap for section in self.sections for gap in section.gaps)

    def to_summary(self) -> dict[str, Any]:
        """JSON-ready summary."""
        return {
            "jurisdiction": self.jurisdiction,
            "condition": self.condition,
            "as_of": self.as_of.isoformat(),
            "application": self.application.isoformat(),
            "approval": self.approval.isoformat(),
            "sections": [
                {
                    "heading": section.heading,
                    "statements": list(section.statements),
                    "gaps": list(section.gaps),
                }
                for section in self.sections
            ],
            "sources": list(self.sources),
        }

    def to_markdown(self, bibliography: dict[str, Source] | None = None) -> str:
        """The report as text, with numbered headings and its sources."""
        known = bibliography or {}
        lines = [
            f"# Prevalence of {self.condition}: {self.name}",
            "",
            f"Rules of {self.as_of.isoformat()}; application {self.application.isoformat()}, "
            f"approval {self.approval.isoformat()}.",
        ]
        for number, section in enumerate(self.sections, start=1):
            lines += ["", f"## {number}. {section.heading}", ""]
            lines += [f"- {text}" for text in section.statements]
            lines += [f"- **To be added:** {gap}" for gap in section.gaps]
        lines += ["", "## Sources", ""]
        for name in self.sources:
            source = known.get(name)
            lines.append(f"- {name}: {source.citation}" if source else f"- {name}")
            if source and source.link:
                lines[-1] += f" <{source.link}>"
        return "\n".join(lines) + "\n"


def prevalence_report(
    jurisdiction: str,
    burden: DiseaseBurden,
    result: DesignationResult,
    *,
    application: date,
    approval: date,
    rng: RandomStream,
    codes: Sequence[str] = ("C90",),
    precursors: str = "",
    draws: int = _DRAWS,
) -> PrevalenceReport:
    """Fill the eight headings from a population stage and a designation stage.

    Parameters
    ----------
    jurisdiction : code or name; both stages must hold it.
    application, approval : days that the prevalence is carried to.
    rng : random stream of the projections.
    codes : disease codes that the counts follow.
    precursors : whether precursor states (smoldering myeloma) are counted; a gap when empty.
    draws : Monte-Carlo draws of each projection.

    Raises
    ------
    InputError : a jurisdiction that the stages do not hold, an approval before the application.
    """
    code = get_area(jurisdiction).code
    entry, test = burden.find(code), result.find(code)
    problems: list[Problem] = []
    if entry is None or test is None:
        problems.append(
            Problem(
                what=f"no population or no test of {get_area(code).name}",
                fix="estimate and test this jurisdiction first",
            )
        )
    if approval < application:
        problems.append(
            Problem(
                what="the approval lies before the application",
                received=f"{approval.isoformat()} before {application.isoformat()}",
            )
        )
    if entry is None or test is None or problems:
        raise InputError(problems)
    projected = [
        project_prevalence(entry.incidence[0], burden.options.complete, rng, at=day, draws=draws)
        for day in (application, approval)
        if entry.incidence
    ]
    grown, where_and_when = _variation(entry, projected, (application, approval))
    bodies = (
        _definition(result.condition, codes, precursors),
        _exceptions(result, code),
        _numerator(entry, test),
        _denominator(entry, code),
        (
            (*_carried(code, entry, (application, approval), result.as_of), *grown),
            where_and_when,
        ),
        _threshold(test, projected),
        _validity(entry, test),
        _methods(entry, test),
    )
    used = [*test.sources, *(s for item in entry.incidence for s in item.sources)]
    used += [source for item in projected for source in item.sources]
    used += [rate.evidence.source for rate in entry.figures if rate.evidence]
    return PrevalenceReport(
        jurisdiction=code,
        name=get_area(code).name,
        condition=result.condition,
        as_of=result.as_of,
        application=application,
        approval=approval,
        sections=tuple(
            ReportSection(heading=heading, statements=statements, gaps=gaps)
            for heading, (statements, gaps) in zip(HEADINGS, bodies, strict=True)
        ),
        sources=tuple(dict.fromkeys(source for source in used if source)),
    )


_Body = tuple[tuple[str, ...], tuple[str, ...]]


def _definition(condition: str, codes: Sequence[str], precursors: str) -> _Body:
    statements = [
        f"The condition is {condition}: everybody alive with it is counted, whatever the line of "
        "therapy.",
        f"Disease codes of the counts: {', '.join(codes)}.",
    ]
    if set(codes) == {"C90"}:
        statements.append(
            "Some sources count C88 (immunoproliferative diseases) together with C90; their "
            "numbers are larger and are not mixed with these."
        )
    if precursors:
        statements.append(f"Precursor states: {precursors}.")
        return tuple(statements), ()
    return tuple(statements), (
        "whether smoldering disease is counted; registries usually file it under the same code",
    )


def _exceptions(result: DesignationResult, code: str) -> _Body:
    limbs = [item for item in result.checklist if item.jurisdiction == code]
    instead = [item for item in limbs if item.instead_of_prevalence]
    statements = ["The prevalence of the condition is tested; no exception from it is used."]
    statements += [
        f"Instead of a prevalence the rules accept: {item.question} ({item.rule.id}; "
        f"{item.status.value})."
        for item in instead
    ]
    return tuple(statements), ()


def _numerator(entry: AreaBurden, test: ThresholdTest) -> _Body:
    statements: list[str] = []
    for rate in entry.figures:
        mark = rate.evidence.mark.value if rate.evidence else "own value"
        statements.append(f"Published: {rate.label}; {mark}.")
    for item, people in zip(entry.incidence, entry.complete, strict=True):
        statements.append(
            f"New cases {item.year}: {item.cases:,.0f} ({item.low:,.0f} to {item.high:,.0f}) a "
            f"year, {item.method}; the range covers {item.covers}."
        )
        statements.append(
            f"People alive: {people.persons:,.0f} ({people.low:,.0f} to {people.high:,.0f}) by "
            f"{people.method}; leucel estimate, not a registry count."
        )
    gaps = () if statements else (entry.gap or "the number of people alive with the condition",)
    if not entry.figures:
        gaps = (*gaps, "a registry count of people alive, where one can be had")
    return tuple(statements), gaps


def _denominator(entry: AreaBurden, code: str) -> _Body:
    totals = population_totals(code)
    statements = [
        f"{name}: {people / 1e6:,.2f} million in 2022." for name, people in totals.items()
    ]
    if len(totals) > 1:
        statements.append("Both revisions are in the range of the share.")
    gaps: list[str] = []
    if not totals:
        gaps.append("the population of the jurisdiction")
    if code == "EU":
        gaps.append("Norway, Iceland and Liechtenstein, which counts of the Union include")
    gaps.append("the population on the day of the application")
    return tuple(statements), tuple(gaps)


def _variation(
    entry: AreaBurden, projected: Sequence[PrevalenceEstimate], days: Sequence[date]
) -> _Body:
    names = ("application", "approval")
    statements = [
        f"Estimate for the day of the {name} ({day.isoformat()}): {item.persons:,.0f} "
        f"({item.low:,.0f} to {item.high:,.0f}) people, {item.per_10000:.2f} "
        f"({item.per_10000_low:.2f} to {item.per_10000_high:.2f}) per 10,000 of "
        f"{item.incidence.population_source}."
        for name, day, item in zip(names, days, projected, strict=False)
    ]
    if projected:
        statements.append(f"Trends: {projected[0].method}.")
    gaps = ("regional differences within the jurisdiction",)
    return tuple(statements), gaps if entry.incidence else (*gaps, "the trend of the prevalence")


def _carried(code: str, entry: AreaBurden, days: Sequence[date], as_of: date) -> tuple[str, ...]:
    """The published figure of the jurisdiction on both days."""
    rate = choose_figure(code, entry.figures, as_of=as_of)
    if rate is None:
        return ()
    growth = PREVALENCE_GROWTH
    found: list[str] = []
    for name, day in zip(("application", "approval"), days, strict=True):
        years = years_between(rate.year, day)
        low, point, high = (
            rate.rescaled(10_000).value * growth.factor(step, years)
            for step in (growth.low, growth.point, growth.high)
        )
        found.append(
            f"The published figure of {rate.year} on the day of the {name} ({day.isoformat()}): "
            f"{point:.2f} ({low:.2f} to {high:.2f}) per 10,000, at {growth.point:.1%} "
            f"({growth.low:.0%} to {growth.high:.1%}) a year."
        )
    return tuple(found)


def _threshold(test: ThresholdTest, projected: Sequence[PrevalenceEstimate]) -> _Body:
    statements = [f"Verdict: {test.verdict.value}. {_sentence(test.reason)}"]
    threshold = test.threshold
    if threshold is not None and threshold.is_number and threshold.limit is not None:
        for name, item in zip(("application", "approval"), projected, strict=False):
            scale = item.per_10000_high * threshold.per / 1e4 if threshold.per else item.high
            side = "below" if threshold.operator.holds(scale, threshold.limit) else "beyond"
            statements.append(
                f"The upper limit of the estimate on the day of the {name} lies {side} the "
                "threshold."
            )
    return tuple(statements), ()


def _validity(entry: AreaBurden, test: ThresholdTest) -> _Body:
    statements = [f"The rule: {', '.join(test.marks)}."] if test.marks else []
    statements += [
        f"Cases ({item.method}): {item.mark.value}. {_sentence(item.note)}"
        for item in entry.incidence
    ]
    statements += [
        f"{rate.label}: {rate.evidence.mark.value}. {_sentence(rate.evidence.note)}".strip()
        for rate in entry.figures
        if rate.evidence
    ]
    return tuple(statements), ("a literature search with its date, as the paper asks for",)


def _methods(entry: AreaBurden, test: ThresholdTest) -> _Body:
    direct = bool(entry.figures)
    statements = [
        "Direct: a published prevalence of the jurisdiction."
        if direct
        else "Direct: none; no prevalence of the jurisdiction is on record."
    ]
    if entry.complete:
        statements.append(
            f"Indirect: yearly cases times a ratio in years, {entry.complete[0].method}; limits by "
            "Monte Carlo over cases, ratio and revision of the population."
        )
    ids = test.rule.id if test.rule else "no rule"
    statements.append(f"Tested against {ids}.")
    return tuple(statements), ()


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}." if text else ""
