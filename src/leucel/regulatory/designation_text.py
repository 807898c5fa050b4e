"""The designation stage as a document: verdicts, evidence that is missing, rules that move."""

from __future__ import annotations

from collections.abc import Mapping

from leucel.core import Source
from leucel.epidemiology import get_area
from leucel.regulatory.assessment import DesignationResult, designation_row
from leucel.regulatory.designation import ThresholdTest


def designation_markdown(
    result: DesignationResult, bibliography: Mapping[str, Source] | None = None
) -> str:
    """The summary by jurisdiction as text, with its sources.

    Parameters
    ----------
    result : of `designate`.
    bibliography : sources by id; ids alone are listed for those that it does not hold.
    """
    lines = [
        f"# Orphan designation of {result.condition}",
        "",
        f"Rules of {result.as_of.isoformat()}. The test counts everybody alive with the condition, "
        "whatever the line of therapy.",
    ]
    summary = result.to_summary()
    overrides = summary["overrides"]
    if overrides:
        lines += ["", "**Rules given by the user:**", "", *(f"- {text}" for text in overrides)]
    lines += ["", "| where | rule | threshold | prevalence | lost at | verdict |"]
    lines += ["|---|---|---|---|---|---|"]
    lines += [_row(test) for test in result.principal]
    cited: list[str] = []
    for test in result.principal:
        lines += ["", f"## {get_area(test.jurisdiction).name}", ""]
        lines += _section(result, test)
        cited += test.sources
    lines += ["", "## Rules that move", ""]
    lines += [f"- Changed in the 24 months before: {change}." for change in result.recent]
    lines += [f"- Ahead: {text}." for text in summary["rules_ahead"]]
    lines += [f"- Contradict each other: {text}." for text in summary["contradictions"]]
    if lines[-1] == "":
        lines.append("None on record.")
    lines += ["", "## Sources", ""]
    known = bibliography or {}
    for name in dict.fromkeys(cited):
        source = known.get(name)
        text = f"{name}: {source.citation}" if source else name
        lines.append(f"- {text} <{source.link}>" if source and source.link else f"- {text}")
    return "\n".join(lines) + "\n"


def _row(test: ThresholdTest) -> str:
    row = designation_row(test)
    limit = row["threshold"]
    threshold = (
        f"{row['operator']} {limit:,.0f} {row['unit']}" if limit is not None else "no number"
    )
    margin = f"{row['margin_years']:.1f} years" if row["margin_years"] is not None else "–"
    cells = (test.name, row["rule_id"] or "none", threshold, _range(test), margin, row["verdict"])
    return f"| {' | '.join(cells)} |"


def _range(test: ThresholdTest) -> str:
    if test.prevalence is None or test.low is None or test.high is None:
        return "–"
    digits = 2 if test.high < 1000 else 0
    point, low, high = (f"{value:,.{digits}f}" for value in (test.prevalence, test.low, test.high))
    return f"{point} ({low} to {high})"


def _section(result: DesignationResult, test: ThresholdTest) -> list[str]:
    lines = [f"**{test.verdict.value.capitalize()}.** {test.reason[:1].upper()}{test.reason[1:]}."]
    lines += ["", f"Marks: {'; '.join(test.marks)}.", ""]
    code = test.jurisdiction
    for title, group in (
        ("Another threshold", result.limbs),
        ("leucel's own estimate", result.estimates),
        ("Precedent", result.precedents),
    ):
        lines += [
            f"- {title}: {_range(other)}, {other.rule.id if other.rule else 'no rule'}: "
            f"{other.verdict.value}; {other.reason}."
            for other in group
            if other.jurisdiction == code
        ]
    for item in result.checklist:
        if item.jurisdiction != code:
            continue
        given = "; ".join(f"{e.value} ({e.source}, {e.mark.value})" for e in item.evidence)
        instead = " instead of a prevalence" if item.instead_of_prevalence else ""
        lines.append(
            f"- {item.topic.value}{instead}: {item.question} ({item.rule.id}; {item.status.value})"
            + (f": {given}" if given else "")
            + "."
        )
    return lines
