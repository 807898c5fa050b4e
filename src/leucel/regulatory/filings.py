"""The fastest order of filings when approvals in one place unlock routes in another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from leucel.core import InputError, Problem
from leucel.epidemiology import get_area
from leucel.regulatory.dates import PartialDate
from leucel.regulatory.milestones import Milestone, MilestoneKind, MilestoneRegister
from leucel.regulatory.route_cases import ProductFacts, RouteStatus
from leucel.regulatory.routes import RouteOptions, plan_routes
from leucel.regulatory.rules import RuleBook, load_rules

# Routes that approvals elsewhere open, and where those count.
_UNLOCKED_BY: Mapping[str, tuple[str, ...]] = {
    "reliance on two member states": get_area("GCC").members,
    "1+ mechanism": ("CN", "US", "EU"),
}
# 7 targets are 5,040 orders before pruning; more would take minutes.
MOST_TARGETS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One filing of a plan.

    Attributes
    ----------
    jurisdiction, route : where and by which way.
    filed, approved : days; the approval is the end of the clock, without clock stops.
    status : open or doubtful.
    waited_for : jurisdictions whose approval the filing waited for.
    basis : "rule" or "given by the user".
    """

    jurisdiction: str
    route: str
    filed: date
    approved: date
    status: str
    waited_for: tuple[str, ...] = ()
    basis: str = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingPlan:
    """Result of the search.

    Attributes
    ----------
    filings : in the order of filing.
    finish : day of the last approval; None when nothing could be filed.
    without_clock : targets for which no clock is on record and none was given.
    at_once : day of the last approval when every target is filed as early as possible, with
        nothing waiting for an approval elsewhere.
    searched : orders and waits that were tried.
    """

    filings: tuple[Filing, ...]
    finish: date | None
    without_clock: tuple[str, ...]
    at_once: date | None
    searched: int

    @property
    def days_saved(self) -> int | None:
        """Days that waiting for approvals elsewhere saves."""
        if self.finish is None or self.at_once is None:
            return None
        return (self.at_once - self.finish).days

    def to_rows(self) -> list[dict[str, Any]]:
        """JSON-ready rows."""
        return [
            {
                "jurisdiction": filing.jurisdiction,
                "route": filing.route,
                "filed": filing.filed.isoformat(),
                "approved": filing.approved.isoformat(),
                "status": filing.status,
                "waited_for": list(filing.waited_for),
                "basis": filing.basis,
            }
            for filing in self.filings
        ]


@dataclass(slots=True, kw_only=True)
class _Search:
    """What one search works with; the best plan so far is replaced as better ones are found."""

    product: ProductFacts
    register: MilestoneRegister
    book: RuleBook
    gap: timedelta
    allow_doubtful: bool
    days: Mapping[str, int]
    options: RouteOptions
    best: tuple[Filing, ...] = ()
    best_key: tuple[date, int] | None = None
    searched: int = 0
    waiting: bool = True
    known: dict[tuple[str, date, frozenset[str]], Filing | None] = field(
        default_factory=dict[tuple[str, date, frozenset[str]], Filing | None]
    )


def find_filing_order(
    targets: Sequence[str],
    *,
    product: ProductFacts,
    register: MilestoneRegister,
    start: date,
    gap_days: int = 0,
    allow_doubtful: bool = False,
    days: Mapping[str, int] | None = None,
    book: RuleBook | None = None,
    options: RouteOptions | None = None,
) -> FilingPlan:
    """Order of filings whose last approval comes first, by search over orders and waits.

    A filing goes out when its turn comes, or waits for approvals that open a faster route
    (reliance of the Gulf Health Council on two member states, Hong Kong's 1+ on one reference
    approval). Clocks run without stops.

    Parameters
    ----------
    targets : codes or names, 7 at most; those approved already are left out.
    start : earliest day of filing.
    gap_days : calendar days that the sponsor needs between two filings.
    allow_doubtful : True to use routes whose conditions are not established.
    days : calendar days of review by jurisdiction where no clock is on record, given by the user.

    Raises
    ------
    InputError : no or too many targets, a negative gap or review.

    Examples
    --------
    >>> plan = find_filing_order(["SA", "HK"], product=ProductFacts(name="example"),
    ...     register=MilestoneRegister(), start=date(2025, 5, 9), days={"CN": 100})
    >>> [filing.jurisdiction for filing in plan.filings], plan.without_clock
    (['SA'], ('HK',))
    """
    codes = list(dict.fromkeys(get_area(name).code for name in targets))
    given = {get_area(name).code: count for name, count in (days or {}).items()}
    _check(codes, gap_days, given)
    approved = register.approved_in(start)
    codes = [code for code in codes if code not in approved]
    search = _Search(
        product=product,
        register=register,
        book=book or load_rules(),
        gap=timedelta(days=gap_days),
        allow_doubtful=allow_doubtful,
        days=given,
        options=options or RouteOptions(),
    )
    feasible = _feasible(search, codes, start)
    _extend(search, (), tuple(feasible), start)
    best = search.best
    search.waiting, search.best, search.best_key = False, (), None
    direct = [code for code in feasible if _step(search, code, start, ()) is not None]
    if len(direct) == len(feasible):
        _extend(search, (), tuple(direct), start)
    at_once = max((filing.approved for filing in search.best), default=None)
    return FilingPlan(
        filings=best,
        finish=max((filing.approved for filing in best), default=None),
        without_clock=tuple(code for code in codes if code not in feasible),
        at_once=at_once,
        searched=search.searched,
    )


def _check(codes: Sequence[str], gap_days: int, given: Mapping[str, int]) -> None:
    problems: list[Problem] = []
    if not 1 <= len(codes) <= MOST_TARGETS:
        problems.append(
            Problem(
                what="the number of targets is out of range",
                received=str(len(codes)),
                allowed=f"1 to {MOST_TARGETS}",
            )
        )
    if gap_days < 0:
        problems.append(Problem(what="a gap between filings is 0 or more", received=str(gap_days)))
    problems += [
        Problem(what=f"the review of {code} must take at least a day", received=str(count))
        for code, count in given.items()
        if count < 1
    ]
    if problems:
        raise InputError(problems)


def _feasible(search: _Search, codes: Sequence[str], start: date) -> list[str]:
    """Targets that can be filed once every other feasible target is approved."""
    found: list[str] = []
    grown = True
    while grown:
        grown = False
        for code in codes:
            done = tuple(
                Filing(jurisdiction=other, route="", filed=start, approved=start, status="open")
                for other in found
            )
            if code not in found and _step(search, code, start, done) is not None:
                found.append(code)
                grown = True
    return [code for code in codes if code in found]


def _extend(
    search: _Search, done: tuple[Filing, ...], left: tuple[str, ...], earliest: date
) -> None:
    """Depth-first search; a branch that ends no earlier than the best plan is cut."""
    key = _key(done)
    if search.best_key is not None and key is not None and key[0] > search.best_key[0]:
        return
    if not left:
        if key is not None and (search.best_key is None or key < search.best_key):
            search.best, search.best_key = done, key
        return
    approvals = sorted({filing.approved for filing in done if filing.approved > earliest})
    for code in left:
        rest = tuple(other for other in left if other != code)
        reached: date | None = None
        for day in [earliest, *(approvals if search.waiting else [])]:
            search.searched += 1
            step = _step(search, code, day, done)
            # Waiting must bring the approval forward, or open a route at all.
            if step is None or (reached is not None and step.approved >= reached):
                continue
            reached = step.approved
            _extend(search, (*done, step), rest, max(earliest, day) + search.gap)


def _key(done: tuple[Filing, ...]) -> tuple[date, int] | None:
    if not done:
        return None
    return max(item.approved for item in done), sum(item.approved.toordinal() for item in done)


def _step(search: _Search, code: str, day: date, done: tuple[Filing, ...]) -> Filing | None:
    """Fastest usable filing of a target on a day, None when nothing can be filed."""
    others = frozenset(item.jurisdiction for item in done if item.approved <= day)
    cached = (code, day, others)
    if cached not in search.known:
        search.known[cached] = _filed(search, code, day, others)
    return search.known[cached]


def _filed(search: _Search, code: str, day: date, others: frozenset[str]) -> Filing | None:
    extra = tuple(
        Milestone(
            kind=MilestoneKind.APPROVAL,
            jurisdiction=other,
            when=PartialDate(day.year, day.month, day.day),
        )
        for other in sorted(others)
    )
    plan = plan_routes(
        [code],
        product=search.product,
        register=MilestoneRegister(milestones=(*search.register.milestones, *extra)),
        start=day,
        book=search.book,
        options=search.options,
    )
    usable = {RouteStatus.OPEN} | ({RouteStatus.DOUBTFUL} if search.allow_doubtful else set())
    found = [
        (route.finish, route.route, route.status.value)
        for route in plan.routes
        if route.status in usable and route.finish is not None
    ]
    basis = "rule"
    if not found and code in search.days:
        finish = day + timedelta(days=search.days[code])
        found, basis = (
            [(finish, "national registration", RouteStatus.OPEN.value)],
            "given by the user",
        )
    if not found:
        return None
    finish, route, status = min(found)
    return Filing(
        jurisdiction=code,
        route=route,
        filed=day,
        approved=finish,
        status=status,
        waited_for=tuple(sorted(others.intersection(_UNLOCKED_BY.get(route, ())))),
        basis=basis,
    )
