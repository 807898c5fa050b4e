"""Envelope of the Gulf (GCC) eCTD Module 1: the head of gc-regional.xml for a planned sequence.

Element names, code lists and namespace follow the GCC Module 1 style sheet version 2.3 (20 October
2015), which belongs to specification 1.5; the DTD itself is not checked here, and the documents of
Module 1 are not part of the envelope.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from leucel.core import InputError, Problem, unknown_name
from leucel.epidemiology import get_area
from leucel.regulatory.filings import FilingPlan

NAMESPACE = "http://sfda.gov.sa"
DTD_VERSION = "1.5"
AGENCIES: Mapping[str, str] = {
    "sa": "SA-SFDA",
    "ae": "AE-MOH",
    "bh": "BH-MOH",
    "kw": "KW-MOH",
    "om": "OM-MOH",
    "qa": "QA-NHA",
    "ye": "YE-MOPHP",
}
"""Agency code of each country."""
SUBMISSION_TYPES = (
    "new-bio",
    "new-nce",
    "new-gen",
    "new-rad",
    "extension",
    "var-type1",
    "var-type2",
    "renewal",
    "psur",
    "psusa",
    "rmp",
    "usr",
    "asmf",
    "pmf",
    "transfer-ma",
    "withdrawal",
    "none",
)
"""Types of a submission; there is none for an orphan request, which goes by e-mail before."""
UNIT_TYPES = ("initial", "response", "additional-info", "closing", "correction", "reformat")
PROCEDURES = ("gcc", "national")
_SEQUENCE = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What gc-regional.xml says about a submission to one country.

    Attributes
    ----------
    country : two letters, lower case.
    applicant : company.
    submission, unit, procedure : one of `SUBMISSION_TYPES`, `UNIT_TYPES`, `PROCEDURES`.
    invented_names, inns, atcs, application_numbers : one or more names or numbers; the application
        numbers are given by the agency and may be missing at first.
    sequence : four digits; related : sequences that this one relates to.
    description : of the submission.

    Raises
    ------
    InputError : unknown codes, sequences that are not four digits, empty names; all at once.
    """

    country: str
    applicant: str
    submission: str = "new-bio"
    unit: str = "initial"
    procedure: str = "national"
    invented_names: tuple[str, ...] = ()
    inns: tuple[str, ...] = ()
    atcs: tuple[str, ...] = ()
    application_numbers: tuple[str, ...] = ()
    sequence: str = "0000"
    related: tuple[str, ...] = ()
    description: str = ""

    def __post_init__(self) -> None:
        problems = [
            unknown_name(value, allowed, noun=noun)
            for value, allowed, noun in (
                (self.country, tuple(AGENCIES), "country of the GCC Module 1"),
                (self.submission, SUBMISSION_TYPES, "submission type"),
                (self.unit, UNIT_TYPES, "submission unit"),
                (self.procedure, PROCEDURES, "procedure"),
            )
            if value not in allowed
        ]
        problems += [
            Problem(what="a sequence has four digits", received=repr(number), allowed="0000-9999")
            for number in (self.sequence, *self.related)
            if not _SEQUENCE.fullmatch(number)
        ]
        named = {"applicant": self.applicant, "description": self.description}
        named |= {"invented name": "".join(self.invented_names), "INN": "".join(self.inns)}
        problems += [
            Problem(what=f"the envelope has no {name}", fix=f"give the {name}")
            for name, text in named.items()
            if not text.strip()
        ]
        if problems:
            raise InputError(problems)


def envelopes_for(
    plan: FilingPlan,
    *,
    applicant: str,
    invented_names: Sequence[str],
    inns: Sequence[str],
    atcs: Sequence[str] = (),
) -> tuple[Envelope, ...]:
    """Envelopes of the first sequence of every planned filing in the Gulf.

    A filing with a member state is a national procedure; a filing with the Gulf Health Council is
    the central procedure and gives an envelope to each member state that is not filed nationally.
    Filings elsewhere need another Module 1 and are left out.

    Parameters
    ----------
    plan : result of `find_filing_order`.
    applicant, invented_names, inns, atcs : what every envelope says.
    """
    described = {filing.jurisdiction: filing.route for filing in plan.filings}
    national = [code for code in described if code.lower() in AGENCIES]
    central = [code for code in get_area("GCC").members if code not in national]
    wanted = [(code, "national", described[code]) for code in national]
    if "GCC" in described:
        wanted += [(code, "gcc", described["GCC"]) for code in central]
    return tuple(
        Envelope(
            country=code.lower(),
            applicant=applicant,
            procedure=procedure,
            invented_names=tuple(invented_names),
            inns=tuple(inns),
            atcs=tuple(atcs),
            description=f"initial application, {route}",
        )
        for code, procedure, route in wanted
    )


def write_envelopes(envelopes: Sequence[Envelope]) -> str:
    """Text of gc-regional.xml with its envelopes and an empty Module 1.

    Examples
    --------
    >>> envelope = Envelope(country="sa", applicant="Example", invented_names=("Name",),
    ...                     inns=("inn",), description="new application")
    >>> "SA-SFDA" in write_envelopes([envelope])
    True
    """
    countries = [envelope.country for envelope in envelopes]
    if not countries or len(set(countries)) < len(countries):
        raise InputError(
            Problem(
                what="the file needs envelopes, one for each country",
                received=", ".join(countries) or "none",
            )
        )
    ElementTree.register_namespace("gc", NAMESPACE)
    root = ElementTree.Element(f"{{{NAMESPACE}}}gc-backbone", {"dtd-version": DTD_VERSION})
    head = ElementTree.SubElement(root, "gc-envelope")
    for item in envelopes:
        _add(head, item)
    ElementTree.SubElement(root, "m1-gc")
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def read_envelopes(text: str) -> tuple[Envelope, ...]:
    """Envelopes of a gc-regional.xml.

    Raises
    ------
    InputError : text that is no such file, or an envelope with values that are not allowed.
    """
    # Entities and a DTD could reach outside the file; the envelope needs neither.
    if "<!ENTITY" in text:
        raise InputError(Problem(what="the file declares entities, which are not read"))
    try:
        root = ElementTree.fromstring(text.encode("utf-8"))
    except ElementTree.ParseError as error:
        raise InputError(Problem(what="the file is no XML", received=str(error))) from error
    if root.tag != f"{{{NAMESPACE}}}gc-backbone":
        raise InputError(
            Problem(what="the file is no GCC Module 1", received=root.tag, allowed="gc-backbone")
        )
    return tuple(_read(element) for element in root.iterfind("gc-envelope/envelope"))


def _add(head: ElementTree.Element, item: Envelope) -> None:
    envelope = ElementTree.SubElement(head, "envelope", {"country": item.country})
    application = ElementTree.SubElement(envelope, "application")
    _texts(application, "number", item.application_numbers or ("",))
    _texts(envelope, "applicant", (item.applicant,))
    ElementTree.SubElement(envelope, "agency", {"code": AGENCIES[item.country]})
    _texts(envelope, "atc", item.atcs)
    for tag, value in (
        ("submission", item.submission),
        ("submission-unit", item.unit),
        ("procedure", item.procedure),
    ):
        ElementTree.SubElement(envelope, tag, {"type": value})
    _texts(envelope, "invented-name", item.invented_names)
    _texts(envelope, "inn", item.inns)
    _texts(envelope, "sequence", (item.sequence,))
    _texts(envelope, "related-sequence", item.related)
    _texts(envelope, "submission-description", (item.description,))


def _texts(parent: ElementTree.Element, tag: str, texts: Sequence[str]) -> None:
    for text in texts:
        ElementTree.SubElement(parent, tag).text = text


def _read(element: ElementTree.Element) -> Envelope:
    def texts(path: str) -> tuple[str, ...]:
        return tuple(found.text for found in element.iterfind(path) if found.text)

    def kind(tag: str) -> str:
        found = element.find(tag)
        return "" if found is None else found.get("type", "")

    return Envelope(
        country=element.get("country", ""),
        applicant="".join(texts("applicant")),
        submission=kind("submission"),
        unit=kind("submission-unit"),
        procedure=kind("procedure"),
        invented_names=texts("invented-name"),
        inns=texts("inn"),
        atcs=texts("atc"),
        application_numbers=texts("application/number"),
        sequence="".join(texts("sequence")),
        related=texts("related-sequence"),
        description="".join(texts("submission-description")),
    )
