"""Documents of the designation part: prevalence reports, the summary, prevalence over the years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from leucel.core import RandomStream

if TYPE_CHECKING:
    import pandas as pd

    from leucel.epidemiology import DiseaseBurden
    from leucel.programme.reader import Programme
    from leucel.regulatory import DesignationResult, RoutePlan

_YEARS_AHEAD = 12
_STEP = 4
# Limits of a curve for the eye: a twentieth of the draws of a table is enough.
_DRAWS = 400
# Limits of a dozen reports come within 3% of those of the commands, in a quarter of the time.
_REPORT_DRAWS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignationDocuments:
    """Texts by path below `documents/`, the list of them, and the lead's report as data."""

    texts: Mapping[str, str]
    listed: list[dict[str, str]]
    lead: dict[str, Any] | None


def designation_documents(
    programme: Programme,
    burden: DiseaseBurden,
    result: DesignationResult,
    plan: RoutePlan,
    *,
    rng: RandomStream,
) -> DesignationDocuments:
    """Summary by jurisdiction, and a prevalence report where a number decides and cases are known.

    The application is the day of the test (or the filing of the programme); the approval is the
    soonest end of an open route of the jurisdiction, the application where none has a clock.
    """
    from leucel.epidemiology import sources
    from leucel.regulatory import RouteStatus, designation_markdown, prevalence_report

    known = {**sources(), **result.sources(), **programme.file.bibliography()}
    texts = {"designation.md": designation_markdown(result, known)}
    listed = [{"path": "documents/designation.md", "title": "Designation summary by jurisdiction"}]
    # Registries count by groups of ICD codes; the other codes name the condition, not the count.
    given_codes = programme.file.indication.codes
    codes = [given_codes[key] for key in ("icd10_registry_group",) if key in given_codes]
    given = programme.file.regulation.filing
    application = date.fromisoformat(given) if given else result.as_of
    lead: dict[str, Any] | None = None
    for test in result.principal:
        entry = burden.find(test.jurisdiction)
        number = test.threshold is not None and test.threshold.is_number
        if entry is None or not entry.incidence or not number:
            continue
        ends = [
            route.finish
            for route in plan.routes
            if route.jurisdiction == test.jurisdiction
            and route.status is RouteStatus.OPEN
            and route.finish is not None
        ]
        report = prevalence_report(
            test.jurisdiction,
            burden,
            result,
            application=application,
            approval=max(application, min(ends, default=application)),
            rng=rng,
            codes=codes or ("C90",),
            precursors=programme.file.regulation.precursors,
            draws=_REPORT_DRAWS,
        )
        path = f"prevalence_{test.jurisdiction.lower()}.md"
        texts[path] = report.to_markdown(known)
        listed.append({"path": f"documents/{path}", "title": f"Prevalence report, {report.name}"})
        lead = lead or report.to_summary()
    return DesignationDocuments(texts=texts, listed=listed, lead=lead)


def prevalence_courses(
    result: DesignationResult, burden: DiseaseBurden, *, rng: RandomStream
) -> dict[str, pd.DataFrame]:
    """Table `prevalence_course`: complete prevalence year by year, in the unit of the threshold."""
    import pandas as pd

    from leucel.epidemiology import project_prevalence

    rows: list[dict[str, Any]] = []
    for test in result.principal:
        entry = burden.find(test.jurisdiction)
        threshold = test.threshold
        if entry is None or not entry.incidence or threshold is None or threshold.limit is None:
            continue
        ratio = entry.survival_ratio or burden.options.complete
        for year in range(2022, result.as_of.year + _YEARS_AHEAD + 1, _STEP):
            found = project_prevalence(
                entry.incidence[0], ratio, rng, at=date(year, 7, 2), draws=_DRAWS
            )
            scale = threshold.per / 10_000 if threshold.per else None
            persons = (found.persons, found.low, found.high)
            shares = (found.per_10000, found.per_10000_low, found.per_10000_high)
            value, low, high = (
                tuple(share * scale for share in shares) if scale is not None else persons
            )
            rows.append(
                {
                    "jurisdiction": test.jurisdiction,
                    "year": year,
                    "value": value,
                    "low": low,
                    "high": high,
                    "threshold": threshold.limit,
                    "unit": threshold.unit,
                    "rule_id": test.rule.id if test.rule else "",
                    "mark": "derived",
                    "sources": ";".join(found.sources),
                }
            )
    return {"prevalence_course": pd.DataFrame(rows)} if rows else {}
