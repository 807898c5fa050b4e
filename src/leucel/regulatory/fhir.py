"""Milestones of a programme as FHIR R5 resources, and back.

Resources are plain dictionaries of the R5 JSON form; the package `fhir.resources` is needed only to
validate them (`validate_bundle`).
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Mapping
from typing import Any

from leucel.core import InputError, Mark, MissingEvidenceError, Problem, Source
from leucel.regulatory.dates import PartialDate
from leucel.regulatory.milestones import Milestone, MilestoneKind, MilestoneRegister

AUTHORIZATION_TYPES = "http://hl7.org/fhir/regulated-authorization-type"
PUBLICATION_STATUS = "http://hl7.org/fhir/publication-status"
COUNTRIES = "urn:iso:std:iso:3166"
MYELOMA_CODES: Mapping[str, str] = {
    "http://www.orpha.net": "29073",
    "http://hl7.org/fhir/sid/icd-10": "C90.0",
    "http://snomed.info/sct": "109989006",
}
"""Codes of plasma cell myeloma by code system; descriptions are left to the licensed systems."""

# Kind of milestone: type of the authorization and its status.
_FORMS: Mapping[MilestoneKind, tuple[str, str]] = {
    MilestoneKind.APPROVAL: ("MarketingAuth", "active"),
    MilestoneKind.ORPHAN_DESIGNATION: ("Orphan", "active"),
    MilestoneKind.FILING_ACCEPTED: ("MarketingAuth", "draft"),
}
_KINDS = {form: kind for kind, form in _FORMS.items()}
_NOT_AN_ID = re.compile(r"[^A-Za-z0-9.-]+")
_BLOCKS = ("EU", "GCC", "WLD")


def export_bundle(
    register: MilestoneRegister,
    *,
    product: str,
    condition: str,
    indication: str = "",
    holder: str = "",
    codes: Mapping[str, str] | None = None,
    sources: Mapping[str, Source] | None = None,
) -> dict[str, Any]:
    """Milestones as a bundle of FHIR R5 resources.

    One MedicinalProductDefinition, one ClinicalUseDefinition for the condition, one
    RegulatedAuthorization for each approval, orphan designation or accepted filing, one Citation
    for each source. Other milestones have no R5 resource and are left out.

    Parameters
    ----------
    register : the milestones.
    product : name of the product.
    condition : name of the condition that designations are granted for.
    indication : wording of the therapeutic indication.
    holder : company.
    codes : codes of the condition by code system, for example `MYELOMA_CODES`.
    sources : bibliography by source id.

    Examples
    --------
    >>> event = Milestone(kind=MilestoneKind.ORPHAN_DESIGNATION, jurisdiction="SA",
    ...                   when=PartialDate(2025, 5, 9))
    >>> bundle = export_bundle(MilestoneRegister(milestones=(event,)), product="example",
    ...                        condition="multiple myeloma")
    >>> [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    ['MedicinalProductDefinition', 'ClinicalUseDefinition', 'RegulatedAuthorization']
    """
    identifier = _identifier(product)
    reference = {"reference": f"MedicinalProductDefinition/{identifier}"}
    medicine = {
        "resourceType": "MedicinalProductDefinition",
        "id": identifier,
        "name": [{"productName": product}],
        **({"indication": indication} if indication else {}),
    }
    concept: dict[str, Any] = {"text": condition}
    if codes:
        concept["coding"] = [{"system": system, "code": code} for system, code in codes.items()]
    use = {
        "resourceType": "ClinicalUseDefinition",
        "id": _identifier(condition),
        "type": "indication",
        "subject": [reference],
        "indication": {"diseaseSymptomProcedure": {"concept": concept}},
    }
    events = [
        _authorization(milestone, index, identifier, str(use["id"]), holder)
        for index, milestone in enumerate(register.milestones, start=1)
        if milestone.kind in _FORMS
    ]
    supported: dict[str, list[str]] = {}
    marks: dict[str, str] = {}
    for index, milestone in enumerate(register.milestones, start=1):
        if milestone.kind in _FORMS and milestone.source:
            supported.setdefault(milestone.source, []).append(_event_id(milestone, index))
            marks.setdefault(milestone.source, milestone.mark.value)
    citations = [
        _citation(name, (sources or {}).get(name), ids, marks[name])
        for name, ids in supported.items()
    ]
    resources = [medicine, use, *events, *citations]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": resource} for resource in resources],
    }


def read_bundle(bundle: Mapping[str, Any]) -> MilestoneRegister:
    """Milestones of a bundle as `export_bundle` writes it.

    Raises
    ------
    InputError : no bundle, or an authorization without type, region or a readable date.
    """
    if bundle.get("resourceType") != "Bundle":
        raise InputError(
            Problem(
                what="this is no FHIR bundle",
                received=str(bundle.get("resourceType")),
                allowed='"resourceType": "Bundle"',
            )
        )
    resources = [entry.get("resource", {}) for entry in bundle.get("entry", [])]
    cited: dict[str, tuple[str, Mark]] = {}
    for resource in resources:
        if resource.get("resourceType") == "Citation":
            cited |= _supported(resource)
    return MilestoneRegister(
        milestones=tuple(
            _milestone(resource, cited)
            for resource in resources
            if resource.get("resourceType") == "RegulatedAuthorization"
        )
    )


def validate_bundle(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """The bundle after a round trip through the R5 classes of `fhir.resources`.

    Raises
    ------
    MissingEvidenceError : the package is not installed.
    InputError : a resource breaks the R5 rules, with each place.
    """
    try:
        module = importlib.import_module("fhir.resources.bundle")
    except ModuleNotFoundError as error:
        raise MissingEvidenceError(
            Problem(
                what="the package fhir.resources is not installed",
                fix='pip install "leucel[fhir]"',
            )
        ) from error
    try:
        checked = module.Bundle.model_validate(dict(bundle))
    except ValueError as error:
        faults: list[dict[str, Any]] = getattr(error, "errors", list[dict[str, Any]])()
        raise InputError(
            [
                Problem(
                    what="a FHIR resource breaks the rules of R5",
                    received=".".join(str(part) for part in fault.get("loc", ())),
                    allowed=str(fault.get("msg", "")),
                )
                for fault in faults
            ]
            or [Problem(what="a FHIR resource breaks the rules of R5", received=str(error))]
        ) from error
    return json.loads(checked.model_dump_json())


def _authorization(
    milestone: Milestone, index: int, product: str, use: str, holder: str
) -> dict[str, Any]:
    kind, status = _FORMS[milestone.kind]
    code = milestone.jurisdiction
    region: dict[str, Any] = {"text": code}
    if code not in _BLOCKS:
        region["coding"] = [{"system": COUNTRIES, "code": code}]
    found: dict[str, Any] = {
        "resourceType": "RegulatedAuthorization",
        "id": _event_id(milestone, index),
        "subject": [{"reference": f"MedicinalProductDefinition/{product}"}],
        "type": {"coding": [{"system": AUTHORIZATION_TYPES, "code": kind}]},
        "region": [region],
        "status": {"coding": [{"system": PUBLICATION_STATUS, "code": status}]},
        "indication": [{"reference": {"reference": f"ClinicalUseDefinition/{use}"}}],
    }
    if milestone.title:
        found["description"] = milestone.title
    if milestone.when is not None:
        found["statusDate"] = str(milestone.when)
    if milestone.authority:
        found["regulator"] = {"display": milestone.authority}
    if holder:
        found["holder"] = {"display": holder}
    return found


def _citation(name: str, source: Source | None, ids: list[str], mark: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resourceType": "Citation",
        "id": _identifier(f"source-{name}"),
        "name": name,
        "status": "active",
        "note": [{"text": f"mark: {mark}"}],
        "relatedArtifact": [
            {
                "type": "supports",
                "resourceReference": {"reference": f"RegulatedAuthorization/{target}"},
            }
            for target in ids
        ],
    }
    if source is not None:
        found["title"] = source.citation
        artifact: dict[str, Any] = {"title": [{"text": source.citation}]}
        if source.link:
            artifact["webLocation"] = [{"url": source.link}]
        found["citedArtifact"] = artifact
    return found


def _supported(citation: Mapping[str, Any]) -> dict[str, tuple[str, Mark]]:
    """Source and mark of each authorization that a citation supports."""
    marks = [note.get("text", "") for note in citation.get("note", [])]
    known = [mark for mark in Mark if f"mark: {mark.value}" in marks]
    return {
        artifact.get("resourceReference", {}).get("reference", "").split("/")[-1]: (
            str(citation.get("name", citation.get("id", ""))),
            known[0] if known else Mark.SECONDARY,
        )
        for artifact in citation.get("relatedArtifact", [])
        if artifact.get("type") == "supports"
    }


def _milestone(resource: Mapping[str, Any], cited: Mapping[str, tuple[str, Mark]]) -> Milestone:
    try:
        form = (
            resource["type"]["coding"][0]["code"],
            resource["status"]["coding"][0]["code"],
        )
        kind = _KINDS[form]
        jurisdiction = str(resource["region"][0]["text"])
    except (KeyError, IndexError, TypeError) as error:
        raise InputError(
            Problem(
                what="an authorization of the bundle has no usable type, status or region",
                received=str(resource.get("id")),
                allowed="MarketingAuth or Orphan, active or draft, with the region as text",
            )
        ) from error
    source, mark = cited.get(str(resource.get("id")), ("", Mark.SECONDARY))
    day = resource.get("statusDate")
    return Milestone(
        kind=kind,
        jurisdiction=jurisdiction,
        when=PartialDate.parse(day) if day else None,
        authority=resource.get("regulator", {}).get("display", ""),
        title=resource.get("description", ""),
        source=source,
        mark=mark,
    )


def _event_id(milestone: Milestone, index: int) -> str:
    return _identifier(f"{milestone.jurisdiction}-{milestone.kind.value}-{index}")


def _identifier(text: str) -> str:
    """An id that FHIR allows: letters, digits, "-" and ".", 64 at most."""
    return _NOT_AN_ID.sub("-", text).strip("-")[:64] or "x"
