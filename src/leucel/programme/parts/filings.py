"""The order of filings of a programme, and the documents that go with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from leucel.programme.parts.designation import milestone_register, route_options
from leucel.programme.parts.rules import programme_rules
from leucel.programme.plain import json_text

if TYPE_CHECKING:
    from leucel.programme.reader import Programme
    from leucel.regulatory import FilingPlan, RouteOptions, Rule


def filing_day(programme: Programme, day: date) -> date:
    """Day of the first filing: that of the programme, else `day`."""
    given = programme.file.regulation.filing
    return date.fromisoformat(given) if given else day


def filing_targets(programme: Programme) -> tuple[str, ...]:
    """Jurisdictions whose order of filings is searched.

    Those of the programme; without any, its lead jurisdiction, the block that the lead belongs to,
    and the members of that block among its jurisdictions.
    """
    from leucel.epidemiology import get_area

    given = programme.file.regulation.targets
    if given is not None:
        return tuple(given)
    codes = [entry.code for entry in programme.file.jurisdictions]
    block = get_area("GCC")
    if codes[0] in block.members or codes[0] == block.code:
        return tuple(code for code in codes if code in block.members or code == block.code)[:7]
    return tuple(codes[:1])


def programme_filings(
    programme: Programme,
    *,
    start: date,
    targets: tuple[str, ...] | None = None,
    gap_days: int | None = None,
    doubtful: bool | None = None,
    days: Mapping[str, int] | None = None,
    options: RouteOptions | None = None,
    rules: tuple[Rule, ...] = (),
) -> FilingPlan:
    """Fastest order of filings of a programme.

    Parameters
    ----------
    programme : the programme.
    start : earliest day of filing.
    targets, gap_days, doubtful, options : in place of those of the programme.
    days : calendar days of a review without a clock on record; those of the programme beside them.
    rules : further rules in place of those with the same ids.
    """
    from leucel.regulatory import ProductFacts, find_filing_order

    section = programme.file.regulation
    return find_filing_order(
        targets or filing_targets(programme),
        product=ProductFacts(name=programme.file.product.inn.value),
        register=milestone_register(programme),
        start=start,
        gap_days=section.gap_days if gap_days is None else gap_days,
        allow_doubtful=section.doubtful if doubtful is None else doubtful,
        days={**{entry.jurisdiction: entry.days for entry in section.reviews}, **(days or {})},
        book=programme_rules(programme, rules),
        options=options or route_options(programme),
    )


def filing_documents(
    programme: Programme, plan: FilingPlan
) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Envelopes of the planned Gulf filings and the milestones as FHIR, with a list of them."""
    documents = {"milestones.fhir.json": milestone_bundle(programme)}
    listed = [{"path": "documents/milestones.fhir.json", "title": "Milestones as FHIR R5"}]
    for path, text in envelope_files(programme, plan).items():
        documents[path] = text
        country = path.split("/")[1].upper()
        title = f"Envelope of the GCC Module 1, {country}, sequence 0000"
        listed.append({"path": f"documents/{path}", "title": title})
    return documents, listed


def milestone_bundle(programme: Programme) -> str:
    """The milestones of a programme as a bundle of FHIR R5 resources, JSON text."""
    from leucel.regulatory import MYELOMA_CODES, export_bundle

    file = programme.file
    condition = file.indication.condition.value
    return json_text(
        export_bundle(
            milestone_register(programme),
            product=file.product.inn.value,
            condition=condition,
            indication=file.indication.text.value,
            holder=file.product.sponsor.value,
            # Codes of another condition are not on record here.
            codes=MYELOMA_CODES if "myeloma" in condition else None,
            sources=file.bibliography(),
        )
    )


def envelope_files(programme: Programme, plan: FilingPlan) -> dict[str, str]:
    """The file gc-regional.xml of each planned filing in the Gulf, by its path."""
    from leucel.regulatory import envelopes_for, write_envelopes

    product = programme.file.product
    envelopes = envelopes_for(
        plan,
        applicant=product.sponsor.value,
        invented_names=(product.brand.value if product.brand else product.inn.value,),
        inns=(product.inn.value,),
        atcs=programme.file.regulation.atc,
    )
    files = {
        f"gcc_module_1/{item.country}/0000/gc-regional.xml": write_envelopes([item])
        for item in envelopes
        if item.procedure == "national"
    }
    central = [item for item in envelopes if item.procedure == "gcc"]
    if central:
        files["gcc_module_1/gcc/0000/gc-regional.xml"] = write_envelopes(central)
    return files
