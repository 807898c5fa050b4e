"""What decides whether a route is open for a product: facts, approvals, rules in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from leucel.regulatory.milestones import MilestoneKind, MilestoneRegister
from leucel.regulatory.rules import RuleBook


class RouteStatus(Enum):
    """Whether a route can be taken."""

    OPEN = "open"
    CLOSED = "closed"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFacts:
    """What the routes ask about a product.

    Attributes
    ----------
    name : product.
    advanced_therapy : gene or cell therapy (an ATMP, a regenerative product).
    serious_condition : the condition is life-threatening or chronically debilitating.
    unmet_need : no satisfactory treatment for the patients of the indication.
    """

    name: str
    advanced_therapy: bool = True
    serious_condition: bool = True
    unmet_need: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteCase:
    """Everything a jurisdiction's routes are judged on.

    Attributes
    ----------
    product : facts about the product.
    register : its milestones.
    book : rules in force on the day of filing.
    start : day of filing.
    """

    product: ProductFacts
    register: MilestoneRegister
    book: RuleBook
    start: date

    @property
    def approvals(self) -> tuple[str, ...]:
        """Jurisdictions that had approved the product by the day of filing."""
        return self.register.approved_in(self.start)

    def approved(self, *codes: str) -> tuple[str, ...]:
        """Those of `codes` that had approved the product."""
        return tuple(code for code in codes if code in self.approvals)

    def designated(self, code: str) -> bool:
        """True when the product had an orphan designation in a jurisdiction."""
        kind = MilestoneKind.ORPHAN_DESIGNATION
        return bool(self.register.find(kind, by=self.start, jurisdiction=code))

    @property
    def claims_priority(self) -> bool:
        """True when the condition is serious and the need unmet."""
        return self.product.serious_condition and self.product.unmet_need


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteVerdict:
    """A route of a jurisdiction before its dates are computed.

    Attributes
    ----------
    route : name.
    status, reason : whether it can be taken, and why.
    clock_rule : rule whose clock runs, None when no clock is on record.
    before : rules whose clocks run before (a decision that must come first).
    after : rules whose clocks may run in addition (answers of the sponsor); they set the late end.
    observed : rule with observed durations, which set both ends.
    rules : further rules behind the verdict.
    more_days : working days that the basis of the clock rule adds to its count.
    sources : sources beside those of the rules.
    designation : states of the orphan designation that the route is shown for.
    designation_effect : what the designation does here, shown with the designated state.
    """

    route: str
    status: RouteStatus
    reason: str
    clock_rule: str | None = None
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    observed: str | None = None
    rules: tuple[str, ...] = ()
    more_days: int = 0
    sources: tuple[str, ...] = ()
    designation: tuple[bool, ...] = (False,)
    designation_effect: str = ""
