"""The access part: the order of filings, their documents, and the patients an approval reaches."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from leucel.core import Evidence, Kind, Mark, RandomStream
from leucel.programme.parts.designation import (
    milestone_register,
    programme_routes,
    route_options,
)
from leucel.programme.parts.population import programme_incidence
from leucel.programme.parts.rules import programme_rules
from leucel.programme.plain import json_text, plain
from leucel.programme.result import PartResult
from leucel.programme.run import PartInput

if TYPE_CHECKING:
    import pandas as pd

    from leucel.epidemiology import AccessAssumptions, AccessForecast
    from leucel.programme.reader import Programme
    from leucel.regulatory import FilingPlan, RouteOptions, RoutePlan, Rule

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
        country = path.split("/")[1]
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


def gain_from_trial(curve: pd.DataFrame | None, assumptions: AccessAssumptions) -> Evidence | None:
    """Life-years that a treated patient gains at least, from the virtual trial; None without one.

    Nobody is without progression longer than alive, so the area under simulated progression-free
    survival is a lower bound of the years lived in the follow-up of the trial. Taken from it are
    the years lived without the therapy in the same time (exponential, by the median survival).

    Parameters
    ----------
    curve : table `km_pfs` of a run: `time_months`, `survival`, `low`, `high`.
    assumptions : gives the survival without the therapy.
    """
    import numpy as np

    if curve is None or curve.empty:
        return None
    rows = curve.sort_values("time_months")
    months = np.concatenate([[0.0], rows["time_months"].to_numpy(dtype=float)])
    last = float(months[-1])
    if not last > 0:
        return None
    median = assumptions.median_survival_months
    without = (median.low or median.number, median.number, median.high or median.number)
    years: dict[str, float] = {}
    for column in ("low", "survival", "high"):
        alive = np.concatenate([[1.0], np.nan_to_num(rows[column].to_numpy(dtype=float))])
        # A Kaplan-Meier curve stands until its next step.
        years[column] = float(np.diff(months) @ alive[:-1]) / 12.0
    lived = [_restricted_years(value, last) for value in without]
    point, low, high = (
        years["survival"] - lived[1],
        years["low"] - lived[2],
        years["high"] - lived[0],
    )
    if not point > 0:
        return None
    return Evidence(
        value=point,
        unit="year",
        low=max(0.0, min(low, point)),
        high=max(high, point),
        source=median.source,
        mark=Mark.DERIVED,
        kind=Kind.DERIVED,
        note=f"within {last:.0f} months, a lower bound: {years['survival']:.2f} years without "
        f"progression in the virtual trial less {lived[1]:.2f} years alive without the therapy "
        f"(median {median.number:g} months, other patients); the trial simulates no overall "
        "survival",
    )


def _restricted_years(median_months: float, months: float) -> float:
    """Years lived within some months under an exponential with this median."""
    mean = median_months / math.log(2.0)
    return -mean * math.expm1(-months / mean) / 12.0


def gain_row(forecast: AccessForecast | None, trial: Evidence | None) -> dict[str, Any] | None:
    """The gain behind the life-years, with where it comes from."""
    used = forecast.assumptions.gain_years if forecast else None
    if used is None:
        return None
    return {
        "value": used.value,
        "low": used.low,
        "high": used.high,
        "unit": used.unit,
        "basis": "virtual trial" if used == trial else "given",
        "note": used.note,
        "source": used.source,
        "mark": used.mark.value,
    }
