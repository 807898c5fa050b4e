"""What a designation and a priority review change in the days of a plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from leucel.regulatory.route_cases import RouteStatus
from leucel.regulatory.routes import Route, RoutePlan

# Routes that ask for no privilege; priority is compared with these and not with rarer programs.
_ORDINARY = (
    "regular",
    "standard review",
    "standard registration",
    "central procedure",
    "central registration",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEffect:
    """Earliest ends of the routes of a jurisdiction, with and without a privilege.

    Attributes
    ----------
    jurisdiction : code.
    privilege : "orphan designation" or "priority".
    without, with_it : earliest end of a usable route, None when there is none with a clock. What
        priority saves is counted against the ordinary review.
    """

    jurisdiction: str
    privilege: str
    without: date | None
    with_it: date | None

    @property
    def days_saved(self) -> int | None:
        """Calendar days saved, None when one of the ends is not known."""
        if self.without is None or self.with_it is None:
            return None
        return (self.without - self.with_it).days

    def to_row(self) -> dict[str, Any]:
        """JSON-ready row."""
        return {
            "jurisdiction": self.jurisdiction,
            "privilege": self.privilege,
            "without": self.without.isoformat() if self.without else None,
            "with": self.with_it.isoformat() if self.with_it else None,
            "days_saved": self.days_saved,
        }


def plan_effects(plan: RoutePlan, *, doubtful: bool = False) -> tuple[PlanEffect, ...]:
    """Effects of designation and priority, for jurisdictions where either opens a dated route.

    Parameters
    ----------
    plan : result of `plan_routes`.
    doubtful : True to count routes whose conditions are not established.

    Examples
    --------
    >>> from leucel.regulatory import MilestoneRegister, ProductFacts, plan_routes
    >>> plan = plan_routes(["SA"], product=ProductFacts(name="example"),
    ...                    register=MilestoneRegister(), start=date(2025, 5, 9))
    >>> [(effect.privilege, effect.days_saved) for effect in plan_effects(plan)]
    [('orphan designation', 0), ('priority', 233)]
    """
    usable = [
        route
        for route in plan.routes
        if route.finish is not None
        and (
            route.status is RouteStatus.OPEN or (doubtful and route.status is RouteStatus.DOUBTFUL)
        )
    ]
    found: list[PlanEffect] = []
    for code in dict.fromkeys(route.jurisdiction for route in usable):
        here = [route for route in usable if route.jurisdiction == code]
        designated = [route for route in here if route.with_designation]
        if designated:
            found.append(
                PlanEffect(
                    jurisdiction=code,
                    privilege="orphan designation",
                    without=_earliest(r for r in here if not r.with_designation),
                    with_it=_earliest(here),
                )
            )
        priority = [route for route in here if _is_priority(route)]
        if priority:
            found.append(
                PlanEffect(
                    jurisdiction=code,
                    privilege="priority",
                    without=_earliest(r for r in here if r.route in _ORDINARY),
                    with_it=_earliest(priority),
                )
            )
    return tuple(found)


def _is_priority(route: Route) -> bool:
    return "priority" in route.route


def _earliest(routes: Iterable[Route]) -> date | None:
    return min((route.finish for route in routes if route.finish is not None), default=None)
