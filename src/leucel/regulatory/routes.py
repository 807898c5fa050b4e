"""The route planner: which ways to a license are open, and when each would end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from leucel.core import Assumption, InputError, Problem, Source
from leucel.epidemiology import get_area
from leucel.regulatory.calendars import (
    WorkingCalendar,
    add_working_days,
    calendar_for_clock,
)
from leucel.regulatory.clocks import Clock, ClockUnit, read_clock
from leucel.regulatory.milestones import MilestoneKind, MilestoneRegister
from leucel.regulatory.route_cases import ProductFacts, RouteCase, RouteStatus, RouteVerdict
from leucel.regulatory.routes_elsewhere import (
    australia_routes,
    china_routes,
    eu_routes,
    hong_kong_routes,
    japan_routes,
    korea_routes,
    switzerland_routes,
    uk_routes,
    us_routes,
)
from leucel.regulatory.routes_gulf import block_routes, emirates_routes, saudi_routes
from leucel.regulatory.rules import RuleBook, RuleKind, load_rules, rule_sources
from leucel.regulatory.sponsor_time import LATE, SponsorTime, finish_quantiles

if TYPE_CHECKING:
    import pandas as pd

_ROUTES: Mapping[str, Callable[[RouteCase], list[RouteVerdict]]] = {
    "SA": saudi_routes,
    "AE": emirates_routes,
    "GCC": block_routes,
    "US": us_routes,
    "EU": eu_routes,
    "GB": uk_routes,
    "JP": japan_routes,
    "CN": china_routes,
    "HK": hong_kong_routes,
    "KR": korea_routes,
    "AU": australia_routes,
    "CH": switzerland_routes,
}
# A clock plus answers of the sponsor never runs longer than this many working days here.
_LONGEST_CLOCK = 1200


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteOptions:
    """What the planner is told beside the rules.

    Attributes
    ----------
    applicant_days : working days (calendar days for clocks in calendar days and months) that the
        sponsor takes for answers while the clock stands; None when not known: the late end of a
        route then stays open.
    sponsor : distribution of the sponsor's time, in place of `applicant_days`; the late end is its
        90% quantile.
    calendars : own working calendars by jurisdiction, used instead of the shipped assumptions.
    """

    applicant_days: int | None = None
    sponsor: SponsorTime | None = None
    calendars: Mapping[str, WorkingCalendar] = field(default_factory=dict[str, WorkingCalendar])

    def __post_init__(self) -> None:
        if self.applicant_days is not None and self.sponsor is not None:
            raise InputError(
                Problem(
                    what="the sponsor's time is given twice",
                    fix="give applicant_days or sponsor",
                )
            )
        if self.applicant_days is not None and not 0 <= self.applicant_days <= 1000:
            raise InputError(
                Problem(
                    what="the sponsor's time for answers is out of range",
                    received=str(self.applicant_days),
                    allowed="0 to 1000 days",
                )
            )

    @property
    def answers(self) -> SponsorTime | None:
        """The sponsor's time as a distribution, None when unknown."""
        if self.applicant_days is None:
            return self.sponsor
        days = float(self.applicant_days)
        return SponsorTime(low=days, mode=days, high=days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A way to a license with its dates.

    Attributes
    ----------
    jurisdiction, route : where and which.
    status, reason : open, closed or doubtful, and why.
    clock, clock_unit : length of the review, None when no clock is on record.
    start : day of filing.
    finish_low : the clock without any public holiday (or the shortest review observed).
    finish : the clock with public holidays and every step before it, without stops.
    finish_high : with the sponsor's answers (or the longest review observed); None when unknown.
    with_designation : state of the orphan designation that the row is for.
    marks, sources, rules : provenance.
    """

    jurisdiction: str
    route: str
    status: RouteStatus
    reason: str
    clock: float | None
    clock_unit: str
    start: date
    finish_low: date | None
    finish: date | None
    finish_high: date | None
    with_designation: bool
    marks: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutePlan:
    """Result of the planner.

    Attributes
    ----------
    start : day of filing.
    routes : rows in the order of the jurisdictions asked for, open ones first.
    register : the milestones used.
    book : rules in force on the day of filing.
    assumptions : working weeks and holidays taken for granted.
    """

    start: date
    routes: tuple[Route, ...]
    register: MilestoneRegister
    book: RuleBook
    assumptions: tuple[Assumption, ...]

    def rows(self) -> list[dict[str, Any]]:
        """Route rows of the data contract."""
        return [
            {
                "jurisdiction": route.jurisdiction,
                "route": route.route,
                "status": route.status.value,
                "reason": route.reason,
                "clock": route.clock,
                "clock_unit": route.clock_unit,
                "start": route.start.isoformat(),
                "finish_low": _iso(route.finish_low),
                "finish": _iso(route.finish),
                "finish_high": _iso(route.finish_high),
                "with_designation": route.with_designation,
                "marks": list(route.marks),
                "sources": list(route.sources),
            }
            for route in self.routes
        ]

    def to_summary(self) -> dict[str, Any]:
        """JSON-ready summary: `routes`, `milestones`, `assumptions`."""
        return {
            "routes": self.rows(),
            "milestones": self.register.to_rows(),
            "assumptions": [each.to_dict() for each in self.assumptions],
        }

    def to_frames(self) -> dict[str, pd.DataFrame]:
        """Tables `routes` and `milestones`."""
        import pandas as pd

        routes = [
            {**row, "marks": "; ".join(row["marks"]), "sources": ";".join(row["sources"])}
            for row in self.rows()
        ]
        return {
            "routes": pd.DataFrame(routes),
            "milestones": pd.DataFrame(self.register.to_rows()),
        }

    def sources(self) -> dict[str, Source]:
        """Sources of the rules in force."""
        return rule_sources(self.book)


def plan_routes(
    jurisdictions: Sequence[str],
    *,
    product: ProductFacts,
    register: MilestoneRegister,
    start: date,
    book: RuleBook | None = None,
    options: RouteOptions | None = None,
) -> RoutePlan:
    """Routes to a license in each jurisdiction with the dates of a filing on `start`.

    Dates count the regulator's time; the clock stands while the sponsor answers. The effect of the
    orphan designation itself on a clock is unknown unless a rule gives it.

    Raises
    ------
    InputError : an unknown jurisdiction; a filing before every dated rule.

    Examples
    --------
    >>> plan = plan_routes(["SA"], product=ProductFacts(name="example"),
    ...                    register=MilestoneRegister(), start=date(2025, 5, 9))
    >>> [(route.route, route.clock) for route in plan.routes][:1]
    [('regular', 405.0)]
    """
    options = options or RouteOptions()
    current = (book or load_rules()).as_of(start)
    case = RouteCase(product=product, register=register, book=current, start=start)
    routes: list[Route] = []
    used: dict[str, WorkingCalendar] = {}
    for name in jurisdictions:
        code = get_area(name).code
        verdicts = _verdicts(code, case)
        found = [
            _dated(code, verdict, designation, case, options, used)
            for verdict in verdicts
            for designation in verdict.designation
        ]
        rank = {RouteStatus.OPEN: 0, RouteStatus.DOUBTFUL: 1, RouteStatus.CLOSED: 2}
        routes += sorted(found, key=lambda route: rank[route.status])
    return RoutePlan(
        start=start,
        routes=tuple(routes),
        register=register,
        book=current,
        assumptions=tuple(item for calendar in used.values() for item in calendar.assumptions),
    )


def _verdicts(code: str, case: RouteCase) -> list[RouteVerdict]:
    granted = case.register.find(MilestoneKind.APPROVAL, by=case.start, jurisdiction=code)
    if granted:
        return [
            RouteVerdict(
                route="registration",
                status=RouteStatus.CLOSED,
                reason=f"approved already ({granted[0].when})",
                sources=tuple(item.source for item in granted if item.source),
            )
        ]
    build = _ROUTES.get(code)
    if build is not None:
        return build(case)
    rules = tuple(
        rule.id for rule in case.book.of(code) if rule.kind in (RuleKind.ROUTE, RuleKind.CLOCK)
    )
    return [
        RouteVerdict(
            route="national registration",
            status=RouteStatus.DOUBTFUL,
            reason=f"no national route or clock is on record for {get_area(code).name}",
            rules=rules,
        )
    ]


def _dated(
    code: str,
    verdict: RouteVerdict,
    designation: bool,
    case: RouteCase,
    options: RouteOptions,
    used: dict[str, WorkingCalendar],
) -> Route:
    ids = (verdict.clock_rule, *verdict.before, *verdict.after, verdict.observed, *verdict.rules)
    rules = [rule for rule in (case.book.find(i) for i in dict.fromkeys(ids) if i) if rule]
    clock = _clock(verdict.clock_rule, case.book)
    low = finish = high = None
    if clock is not None and verdict.status is not RouteStatus.CLOSED:
        calendar = None
        if clock.unit is ClockUnit.WORKING_DAYS:
            calendar = options.calendars.get(code) or calendar_for_clock(
                code, case.start, _LONGEST_CLOCK
            )
            used.setdefault(code, calendar)
        low, finish, high = _dates(verdict, clock, calendar, case, options)
    marks = [mark for rule in rules for mark in rule.markings(case.start)]
    if verdict.status is not RouteStatus.CLOSED:
        if clock is None:
            marks.append("clock not on record")
        elif high is None:
            marks.append("clock stops unknown")
    return Route(
        jurisdiction=code,
        route=verdict.route,
        status=verdict.status,
        reason=_reason(code, verdict, designation, case),
        clock=clock.count if clock else None,
        clock_unit=clock.unit.value if clock else "",
        start=case.start,
        finish_low=low,
        finish=finish,
        finish_high=high,
        with_designation=designation,
        marks=tuple(dict.fromkeys(marks)),
        sources=tuple(dict.fromkeys((*verdict.sources, *(rule.source_id for rule in rules)))),
        rules=tuple(rule.id for rule in rules),
    )


def _reason(code: str, verdict: RouteVerdict, designation: bool, case: RouteCase) -> str:
    if not (designation and verdict.designation_effect):
        return verdict.reason
    state = "held" if case.designated(code) else "if it were granted"
    return f"{verdict.reason}; orphan designation ({state}): {verdict.designation_effect}"


def _dates(
    verdict: RouteVerdict,
    clock: Clock,
    calendar: WorkingCalendar | None,
    case: RouteCase,
    options: RouteOptions,
) -> tuple[date, date, date | None]:
    begin = case.start
    for rule_id in verdict.before:
        step = _clock(rule_id, case.book)
        begin = step.finish(begin, calendar) if step else begin
    clock = replace(clock, count=clock.count + verdict.more_days)
    finish = clock.finish(begin, calendar)
    low = _without_holidays(verdict, clock, calendar, case, finish)
    observed = _clock(verdict.observed, case.book)
    if observed is not None and observed.high is not None:
        longest = Clock(count=observed.high, unit=observed.unit)
        return observed.finish(begin, calendar), finish, longest.finish(begin, calendar)
    late = finish
    for rule_id in verdict.after:
        step = _clock(rule_id, case.book)
        late = step.finish(late, calendar) if step else late
    sponsor = options.answers
    if sponsor is not None:
        (late,) = finish_quantiles(late, sponsor, calendar=calendar, probabilities=(LATE,))
    known = bool(verdict.after) or sponsor is not None
    return low, finish, late if known else None


def _without_holidays(
    verdict: RouteVerdict,
    clock: Clock,
    calendar: WorkingCalendar | None,
    case: RouteCase,
    finish: date,
) -> date:
    """Earliest end: the working week alone, and a sponsor who files at once."""
    if calendar is None:
        return finish
    bare = WorkingCalendar(
        code=calendar.code,
        weekend=calendar.weekend,
        holidays=frozenset(),
        workdays=frozenset(),
        first=calendar.first,
        last=calendar.last,
        basis="working week alone",
    )
    steps = [_clock(rule_id, case.book) for rule_id in verdict.before[:1]]
    days = clock.count + sum(step.count for step in steps if step)
    return add_working_days(bare, case.start, round(days))


def _clock(rule_id: str | None, book: RuleBook) -> Clock | None:
    rule = book.find(rule_id) if rule_id else None
    return read_clock(rule) if rule else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
