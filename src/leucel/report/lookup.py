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


def endpoint_rows(data: DossierInput) -> list[dict[str, Any]]:
    """The endpoints of the trial, each with `group` and `verdict`; subgroups follow all patients.

    `group` names the patients of a subgroup, empty for all. `verdict` is that of the trial's own
    comparison (`agrees` or `differs`), None without a published value.
    """
    rows = data.rows("trial", "endpoints")
    for row in data.rows("trial", "subgroups"):
        alike = [at for at, other in enumerate(rows) if other["endpoint"] == row.get("endpoint")]
        rows.insert(alike[-1] + 1 if alike else len(rows), row)
    waiting = data.rows("trial", "comparisons")
    found: list[dict[str, Any]] = []
    for row in rows:
        verdict = None
        if number(row.get("published")) is not None:
            match = next((item for item in waiting if _same_endpoint(item, row)), None)
            if match is not None:
                waiting.remove(match)
                verdict = str(match.get("verdict") or "") or None
        group, note = str(row.get("group") or ""), str(row.get("note") or "")
        found.append({**row, "group": group, "note": note, "verdict": verdict})
    return found


def _same_endpoint(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one.get(key) == other.get(key) for key in ("endpoint", "used_for")) and number(
        one.get("month")
    ) == number(other.get("month"))


def find_endpoint(
    data: DossierInput, name: str, *, month: float | None = None
) -> dict[str, Any] | None:
    """An endpoint that has a value: of all patients first, then one with a published value."""
    rows = [
        row
        for row in endpoint_rows(data)
        if row.get("endpoint") == name and number(row.get("value")) is not None
    ]
    if month is not None:
        rows = [row for row in rows if number(row.get("month")) == month]
    rows.sort(key=lambda row: (bool(row["group"]), number(row.get("published")) is None))
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


def merged_routes(data: DossierInput) -> list[dict[str, Any]]:
    """The routes; where the designation changes nothing, one row stands for both.

    Adds `designation`: `with`, `without`, or `either` where clock, dates and status are the same.
    """
    found: list[dict[str, Any]] = []
    for row in data.rows("routes"):
        twin = next((item for item in found if _same_route(item, row)), None)
        if twin is None:
            found.append(
                {**row, "designation": "with" if row.get("with_designation") else "without"}
            )
        else:
            twin["designation"] = "either"
            if len(str(row.get("reason") or "")) > len(str(twin.get("reason") or "")):
                twin["reason"] = row.get("reason")
    return found


def _same_route(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    keys = ("jurisdiction", "route", "status", "clock", "clock_unit", "start", "finish")
    return (
        all(one.get(key) == other.get(key) for key in keys)
        and bool(one.get("with_designation")) != bool(other.get("with_designation"))
        and one.get("designation") != "either"
    )


def open_routes(data: DossierInput, lead: str, *, status: str = "open") -> list[dict[str, Any]]:
    """The dated routes of a jurisdiction with a status, the earliest decision first."""
    found = [
        row
        for row in merged_routes(data)
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
    """Whether an endpoint agrees with the published value; None when that cannot be told.

    The trial's own verdict counts; without one, whether the value lies within published limits.
    """
    if row.get("verdict"):
        return row["verdict"] == "agrees"
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
