"""Where the first page finds its facts among the results of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leucel.report.inputs import DossierInput, dig, first, number, said
from leucel.report.numbers import parse_date


def lead_jurisdiction(data: DossierInput) -> str:
    """The jurisdiction that the dossier is about: the programme's first, else the first tested."""
    listed = data.programme.get("jurisdictions")
    if isinstance(listed, list | tuple) and listed and isinstance(listed[0], Mapping):
        code = str(first(listed[0], "code", "jurisdiction", "name") or "")
        if code:
            return code
    for rows in (data.rows("designation"), data.rows("routes"), data.rows("epidemiology")):
        for row in rows:
            if row.get("jurisdiction"):
                return str(row["jurisdiction"])
    return ""


def product_name(data: DossierInput) -> str:
    """The name of the product as a title."""
    name = (
        said(dig(data.programme, "product", "inn"))
        or said(dig(data.programme, "product", "name"))
        or said(dig(data.summary, "programme", "product"))
        or said(dig(data.summary, "programme", "title"))
        or said(dig(data.summary, "programme", "id"))
        or "Product"
    )
    return name[:1].upper() + name[1:]


def find_endpoint(
    data: DossierInput, name: str, *, month: float | None = None
) -> dict[str, Any] | None:
    """An endpoint that has a value, the one with a published value first; None without any."""
    rows = [
        row
        for row in data.rows("trial", "endpoints")
        if row.get("endpoint") == name and number(row.get("value")) is not None
    ]
    if month is not None:
        rows = [row for row in rows if number(row.get("month")) == month]
    rows.sort(key=lambda row: number(row.get("published")) is None)
    return rows[0] if rows else None


def find_designation(data: DossierInput, lead: str) -> dict[str, Any] | None:
    """The threshold test of a jurisdiction, one with a number first."""
    mine = [row for row in data.rows("designation") if row.get("jurisdiction") == lead]
    mine.sort(key=lambda row: number(row.get("threshold")) is None)
    return mine[0] if mine else None


def find_measure(data: DossierInput, lead: str, measure: str) -> dict[str, Any] | None:
    """A measure of epidemiology of a jurisdiction."""
    for row in data.rows("epidemiology"):
        if (
            row.get("jurisdiction") == lead
            and row.get("measure") == measure
            and number(row.get("value")) is not None
        ):
            return row
    return None


def open_routes(data: DossierInput, lead: str, *, status: str = "open") -> list[dict[str, Any]]:
    """The dated routes of a jurisdiction with a status, the earliest decision first."""
    found = [
        row
        for row in data.rows("routes")
        if row.get("jurisdiction") == lead
        and row.get("status") == status
        and parse_date(row.get("finish")) is not None
    ]
    return sorted(found, key=lambda row: (str(row["finish"]), str(row.get("route"))))


def patient_count(data: DossierInput) -> float | None:
    """The number of virtual patients of the trial."""
    trial = dig(data.summary, "trial")
    found = first(trial, "n_patients", "patients", "n") if isinstance(trial, Mapping) else None
    if number(found) is None:
        found = dig(data.manifest, "arguments", "patients")
    return number(found)


def agrees(row: Mapping[str, Any]) -> bool | None:
    """Whether a simulated value lies within the published limits; None when there are none."""
    low, high = number(row.get("published_low")), number(row.get("published_high"))
    value = number(row.get("value"))
    if low is None or high is None or value is None:
        return None
    return low <= value <= high


def unknown_pairs(data: DossierInput) -> list[tuple[str, str]]:
    """What is not known, each with what follows from it.

    The input gives sentences; where one begins with an entry of the programme file, the entry's own
    two parts are used.
    """
    listed = [
        (said(row.get("what")), said(row.get("effect")))
        for row in data.programme.get("unknowns") or ()
        if isinstance(row, Mapping)
    ]
    found: list[tuple[str, str]] = []
    for item in data.unknowns:
        if isinstance(item, Mapping):
            found.append((said(first(item, "what", "text")), said(item.get("effect"))))
            continue
        text = said(item)
        known = next((pair for pair in listed if pair[0] and text.startswith(pair[0])), None)
        found.append(known or (text, ""))
    return [pair for pair in found if pair[0]]
