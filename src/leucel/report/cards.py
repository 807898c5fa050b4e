"""The key numbers of the first page."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from leucel.report.citing import Citer, mark_tag, use_tag
from leucel.report.inputs import DossierInput, number
from leucel.report.lookup import find_designation, find_endpoint, find_measure, open_routes
from leucel.report.numbers import (
    format_date,
    format_given,
    format_limits,
    format_plain,
    format_unit,
    plural,
)
from leucel.report.words import endpoint_words, jurisdiction_words, route_words

_ENDPOINTS = ("orr", "cr_rate", "mrd_negative", "pfs", "persistence_median_days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A key number.

    Attributes
    ----------
    name : what it is.
    value, unit, limits : the number as written.
    beside : what it is held against, with references.
    tag : its mark or what it was used for.
    """

    name: str
    value: str
    unit: str
    limits: str
    beside: Markup
    tag: Markup


def make_cards(data: DossierInput, cite: Citer, *, lead: str) -> tuple[Card, ...]:
    """Endpoints, prevalence against the threshold, eligible patients, earliest decision."""
    found = [card for name in _ENDPOINTS if (card := _endpoint_card(data, cite, name)) is not None]
    place = jurisdiction_words(lead)
    test = find_designation(data, lead)
    if test is not None and number(test.get("prevalence")) is not None:
        unit = test.get("unit")
        found.append(
            Card(
                name=f"Prevalence, {place}",
                value=format_plain(test["prevalence"], unit),
                unit=format_unit(unit),
                limits=format_limits(test.get("low"), test.get("high"), unit),
                beside=Markup("threshold {0}{1}").format(
                    format_given(test.get("threshold"), unit), cite.refs(test.get("sources"))
                ),
                tag=mark_tag(test.get("marks"), remarks=False),
            )
        )
    flow = find_measure(data, lead, "eligible_flow")
    if flow is not None:
        found.append(
            Card(
                name=f"Eligible patients, {place}",
                value=format_plain(flow["value"], "patients"),
                unit="a year",
                limits=format_limits(flow.get("low"), flow.get("high"), "patients"),
                beside=Markup("estimate{0}").format(cite.refs(flow.get("sources")) or cite.run()),
                tag=mark_tag(flow.get("mark")),
            )
        )
    routes = open_routes(data, lead)
    if routes:
        best = routes[0]
        found.append(
            Card(
                name=f"Earliest decision, {place}",
                value=format_date(best["finish"]),
                unit="",
                limits="",
                beside=Markup("{0}{1}").format(
                    route_words(best["route"]), cite.refs(best.get("sources"))
                ),
                tag=mark_tag(best.get("marks"), remarks=False),
            )
        )
    return tuple(found)


def _endpoint_card(data: DossierInput, cite: Citer, name: str) -> Card | None:
    row = find_endpoint(data, name)
    if row is None:
        return None
    unit = row.get("unit")
    beside = Markup("no published value{0}").format(cite.run())
    if number(row.get("published")) is not None:
        beside = Markup("published {0}{1}").format(
            format_given(row["published"], unit), cite.refs(row.get("source"))
        )
    written = format_unit(unit)
    return Card(
        name=endpoint_words(row),
        value=format_plain(row["value"], unit) + ("%" if written == "%" else ""),
        unit="" if written == "%" else plural(written, format_plain(row["value"], unit)),
        limits=format_limits(row.get("ci_low"), row.get("ci_high"), unit),
        beside=beside,
        tag=use_tag(row),
    )
