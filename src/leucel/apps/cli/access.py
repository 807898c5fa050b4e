"""`leucel access`: the patients reached, with the ordinary and with the earlier approval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from leucel.apps.cli.options import JsonOption, ProgrammeArgument, SeedOption, parse_day
from leucel.apps.cli.output import guarded, print_json, print_table, screen, shown, with_limits
from leucel.apps.cli.places import JurisdictionOption, TableOption, burden_of, seed_of

if TYPE_CHECKING:
    from datetime import date

    from leucel.regulatory import RoutePlan


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command(epilog="Example: leucel access eque-cel --horizon 2032-01-01")(guarded(access))


def access(
    programme: ProgrammeArgument,
    horizon: Annotated[
        str, typer.Option("--horizon", metavar="DATE", help="Last day that is counted.")
    ] = "2032-01-01",
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help="Day of filing; today when not given."),
    ] = None,
    jurisdictions: JurisdictionOption = None,
    approval: Annotated[
        list[str] | None,
        typer.Option(
            "--approval",
            metavar="CODE=EARLIER,ORDINARY",
            help="Your own days of approval of a jurisdiction; may be repeated.",
            show_default=False,
        ),
    ] = None,
    slots: Annotated[
        float | None,
        typer.Option("--slots", help="Manufacturing slots a year.", show_default=False),
    ] = None,
    gain: Annotated[
        float | None,
        typer.Option("--gain", help="Life-years gained by a treated patient.", show_default=False),
    ] = None,
    table: TableOption = None,
    seed: SeedOption = None,
    json: JsonOption = False,
) -> None:
    """Forecast the patients reached, with the ordinary and with the earlier approval.

    The earlier approval is the soonest open route of each jurisdiction, the ordinary one the latest
    of its open routes. Gulf states without a clock on record take the day of the central Gulf
    registration and three months of national steps for both.
    """
    from datetime import date

    from leucel.core import Evidence, Mark, RandomStream
    from leucel.epidemiology import AccessArea, AccessAssumptions, forecast_access, get_area
    from leucel.programme import programme_routes

    day = parse_day(start, option="--from") or date.today()
    last = parse_day(horizon, option="--horizon") or date.today()
    found, burden = burden_of(
        programme, jurisdictions or list(get_area("GCC").members), table, seed
    )
    codes = tuple(entry.area for entry in burden.areas)
    days = _approval_days(programme_routes(found, start=day, areas=(*codes, "GCC")))
    days |= _given_days(approval)
    areas = [
        AccessArea(
            cases=entry.incidence[0], earlier=days[entry.area][0], approval=days[entry.area][1]
        )
        for entry in burden.areas
        if entry.area in days and entry.incidence
    ]
    given = {"slots_a_year": (slots, "patients a year"), "gain_years": (gain, "year")}
    own = {
        name: Evidence(
            value=value, unit=unit, mark=Mark.OWN_VALUE, note="given on the command line"
        )
        for name, (value, unit) in given.items()
        if value is not None
    }
    forecast = forecast_access(
        areas,
        horizon=last,
        rng=RandomStream(seed_of(found, seed)),
        assumptions=AccessAssumptions(**own),
    )
    left_out = [code for code in codes if code not in {area.cases.area for area in areas}]
    summary: dict[str, Any] = {**forecast.to_summary(), "without_clock": left_out}
    if json:
        print_json(summary)
        return
    print_table(
        (
            {
                "area": row["area"],
                **{
                    key: with_limits(row[key]["value"], row[key]["low"], row[key]["high"])
                    for key in ("usual", "earlier", "more")
                },
            }
            for row in summary["access"]
        ),
        {"area": "where", "usual": "ordinary", "earlier": "earlier", "more": "more patients"},
        title=f"patients reached until {last.isoformat()}, filed on {day.isoformat()}",
    )
    print_table(
        (
            {
                **bar,
                "range": f"{shown(bar['low'])}-{shown(bar['high'])} {bar['unit']}",
                "more": f"{shown(bar['more_at_low'])}-{shown(bar['more_at_high'])}",
            }
            for bar in summary["tornado"]
        ),
        {"parameter": "assumption", "range": "range", "more": "more patients"},
        title="what moves the gain",
    )
    if left_out:
        screen().print(f"left out, no clock or no cases on record: {', '.join(left_out)}")


def _given_days(texts: list[str] | None) -> dict[str, tuple[date, date]]:
    from leucel.core import InputError, Problem
    from leucel.epidemiology import get_area

    found: dict[str, tuple[date, date]] = {}
    for text in texts or []:
        code, _, both = text.partition("=")
        days = [parse_day(part, option="--approval") for part in both.split(",") if part]
        if len(days) != 2 or days[0] is None or days[1] is None:
            raise InputError(
                Problem(
                    what="--approval is not readable",
                    received=text,
                    allowed="CODE=EARLIER,ORDINARY, for example KW=2026-06-01,2027-03-01",
                )
            )
        found[get_area(code).code] = (days[0], days[1])
    return found


def _approval_days(plan: RoutePlan) -> dict[str, tuple[date, date]]:
    """Soonest and latest end of the open routes of each jurisdiction."""
    from leucel.epidemiology import get_area
    from leucel.regulatory import RouteStatus, add_months

    found: dict[str, tuple[date, date]] = {}
    for code in dict.fromkeys(route.jurisdiction for route in plan.routes):
        ends = [
            route.finish
            for route in plan.routes
            if route.jurisdiction == code
            and route.status is RouteStatus.OPEN
            and route.finish is not None
        ]
        if ends:
            found[code] = (min(ends), max(ends))
    central = found.pop("GCC", None)
    if central is not None:
        # Rule GCC-CLK-01: up to three months of national steps follow the central registration.
        national = add_months(central[1], 3)
        for code in get_area("GCC").members:
            found.setdefault(code, (national, national))
    return found
