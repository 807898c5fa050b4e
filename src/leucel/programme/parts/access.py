"""The access part: the order of filings, their documents, and the patients an approval reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from leucel.core import Evidence, RandomStream
from leucel.programme.parts.designation import programme_routes
from leucel.programme.parts.filings import filing_day, filing_documents, programme_filings
from leucel.programme.parts.gain import gain_from_trial, gain_row
from leucel.programme.parts.population import programme_incidence
from leucel.programme.plain import plain
from leucel.programme.result import PartResult
from leucel.programme.run import PartInput

if TYPE_CHECKING:
    import pandas as pd

    from leucel.epidemiology import AccessAssumptions, AccessForecast
    from leucel.programme.reader import Programme
    from leucel.regulatory import RouteOptions, RoutePlan

_HORIZON_YEARS = 7
_FORECAST_KEYS = (
    "case_growth",
    "treated_share",
    "reach_line_4",
    "class_exposure",
    "eligible_share",
    "reached_share",
    "ramp_years",
    "median_survival_months",
    "slots_a_year",
    "gain_years",
)


def access_part(given: PartInput) -> PartResult:
    """Search the order of filings, write their documents, forecast who is reached."""
    programme = given.programme
    start = filing_day(programme, given.arguments.as_of)
    plan = programme_filings(programme, start=start)
    gain = gain_from_trial(
        given.earlier["response"].tables.get("km_pfs"), access_assumptions(programme)
    )
    forecast, areas = programme_access(
        programme, start=start, rng=RandomStream(given.arguments.seed), gain=gain
    )
    found = forecast.to_summary() if forecast else {"access": [], "tornado": [], "assumptions": []}
    summary = {
        "filings": plan.to_rows(),
        "filings_finish": plan.finish.isoformat() if plan.finish else None,
        "filings_at_once": plan.at_once.isoformat() if plan.at_once else None,
        "filings_without_clock": list(plan.without_clock),
        "filings_searched": plan.searched,
        "access": {
            "start": start.isoformat(),
            "horizon": found.get("horizon"),
            "rows": found["access"],
            "tornado": found["tornado"],
            "areas": areas,
            "gain": gain_row(forecast, gain),
        },
    }
    documents, listed = filing_documents(programme, plan)
    summary["documents"] = listed
    return PartResult(
        summary=summary,
        tables=_tables(summary),
        assumptions=tuple(plain(_assumed(found["assumptions"]))),
        documents=documents,
    )


def _tables(summary: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    import pandas as pd

    filings = [{**row, "waited_for": ", ".join(row["waited_for"])} for row in summary["filings"]]
    access: list[dict[str, Any]] = []
    for row in summary["access"]["rows"]:
        access += [
            {"area": row["area"], "quantity": key, **row[key]}
            for key in ("usual", "earlier", "more", "life_years")
            if row[key] is not None
        ]
    tables = {
        "filings": pd.DataFrame(filings),
        "access": pd.DataFrame(access),
        "access_tornado": pd.DataFrame(summary["access"]["tornado"]),
    }
    return {name: table for name, table in tables.items() if not table.empty}


def _assumed(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Assumptions of the forecast, with their ranges in the unit, for the list of all of them."""
    found: list[dict[str, Any]] = []
    for row in rows:
        low, high = row["low"], row["high"]
        span = f" ({low:g} to {high:g})" if low is not None and high is not None else ""
        found.append(
            {
                "what": f"access forecast: {row['what'].replace('_', ' ')}",
                "value": row["value"],
                "unit": f"{row['unit']}{span}",
                "why": row["why"],
                "source": row["source"],
                "mark": row["mark"],
            }
        )
    return found


def access_assumptions(
    programme: Programme, extra: Mapping[str, Evidence] | None = None
) -> AccessAssumptions:
    """Assumptions of the forecast: those of [access], of [epidemiology], then the shipped ones."""
    from leucel.epidemiology import AccessAssumptions

    section, people = programme.file.access, programme.file.epidemiology
    given: dict[str, Evidence] = {}
    for name in ("treated_share", "class_exposure", "eligible_share", "median_survival_months"):
        quantity = getattr(people, name)
        if quantity is not None:
            given[name] = quantity.evidence()
    for name in _FORECAST_KEYS:
        quantity = getattr(section, name)
        if quantity is not None:
            given[name] = quantity.evidence()
    return AccessAssumptions(**{**given, **(extra or {})})


def programme_access(
    programme: Programme,
    *,
    start: date,
    rng: RandomStream,
    gain: Evidence | None = None,
    areas: Sequence[str] | None = None,
    horizon: date | None = None,
    approvals: Mapping[str, tuple[date, date]] | None = None,
    extra: Mapping[str, Evidence] | None = None,
    options: RouteOptions | None = None,
    **tables: Any,
) -> tuple[AccessForecast | None, list[dict[str, Any]]]:
    """Forecast of a programme, None when no area has a day of approval; and each area's days.

    Parameters
    ----------
    programme : the programme.
    start : day of filing.
    rng : random stream of the run.
    gain : life-years gained by a treated patient, where the programme gives none.
    areas, horizon : in place of those of the programme.
    approvals : (earlier, ordinary) days by area, in place of those of the programme and the routes.
    extra : assumptions in place of those of the programme.
    options : of the route planner.
    tables : tables of the user (`table`, `own`), as for `programme_burden`.
    """
    from leucel.epidemiology import AccessArea, forecast_access, get_area

    section = programme.file.access
    wanted = tuple(areas or section.areas or get_area("GCC").members)
    cases = programme_incidence(programme, wanted, **tables)
    codes = list(cases)
    plan = programme_routes(programme, start=start, areas=(*codes, "GCC"), options=options)
    days = approval_days(plan)
    for entry in section.approvals:
        code = get_area(entry.area).code
        own = (date.fromisoformat(entry.earlier), date.fromisoformat(entry.ordinary))
        days[code] = (*own, "given by the programme", entry.source)
    for code, own in (approvals or {}).items():
        days[code] = (*own, "given by the user", "")
    usable = [code for code in codes if code in days and cases[code]]
    rows = [_area_row(code, days.get(code), bool(cases[code])) for code in codes]
    if not usable:
        return None, rows
    last = horizon or _horizon(programme, start)
    assumptions = access_assumptions(
        programme,
        {**({} if section.gain_years or gain is None else {"gain_years": gain}), **(extra or {})},
    )
    forecast = forecast_access(
        [
            AccessArea(cases=cases[code][0], earlier=days[code][0], approval=days[code][1])
            for code in usable
        ],
        horizon=last,
        rng=rng,
        assumptions=assumptions,
        draws=section.draws,
    )
    return forecast, rows


def _horizon(programme: Programme, start: date) -> date:
    given = programme.file.access.horizon
    if given:
        return date.fromisoformat(given)
    return date(start.year + _HORIZON_YEARS, 1, 1)


def _area_row(code: str, days: tuple[date, date, str, str] | None, known: bool) -> dict[str, Any]:
    missing = "no open route with a clock on record" if days is None else ""
    if not known:
        missing = "no cases are known"
    return {
        "area": code,
        "earlier": days[0].isoformat() if days else None,
        "ordinary": days[1].isoformat() if days else None,
        "basis": days[2] if days else "",
        "left_out": missing,
    }


def approval_days(plan: RoutePlan) -> dict[str, tuple[date, date, str, str]]:
    """Soonest and latest end of the open routes by jurisdiction, with the routes in words."""
    from leucel.epidemiology import get_area
    from leucel.regulatory import RouteStatus, add_months

    found: dict[str, tuple[date, date, str, str]] = {}
    for code in dict.fromkeys(route.jurisdiction for route in plan.routes):
        ends = [
            (route.finish, route.route)
            for route in plan.routes
            if route.jurisdiction == code
            and route.status is RouteStatus.OPEN
            and route.finish is not None
        ]
        if ends:
            first, last = min(ends), max(ends, key=lambda end: end[0])
            basis = f"{first[1]} against {last[1]}" if first[0] < last[0] else first[1]
            found[code] = (first[0], last[0], basis, "")
    central = found.pop("GCC", None)
    if central is not None:
        # Rule GCC-CLK-01: up to three months of national steps follow the central registration.
        national = add_months(central[1], 3)
        basis = "central registration and three months of national steps, both ways"
        for code in get_area("GCC").members:
            found.setdefault(code, (national, national, basis, ""))
    return found
