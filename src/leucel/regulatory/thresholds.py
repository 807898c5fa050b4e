"""Orphan thresholds: the number, what it counts, and on which side of it the condition must be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from leucel.core import InputError, Problem
from leucel.regulatory.rules import Rule, RuleKind

_PER_N = re.compile(r"per\s+([\d,]+)")


class ThresholdForm(Enum):
    """What a threshold is made of."""

    PER_N = "per_n"
    PERSONS = "persons"
    LIST = "list"
    FOREIGN_STATUS = "foreign_status"
    TEXT = "text"
    NONE = "none"


class Operator(Enum):
    """On which side of the number the condition must be."""

    FEWER_THAN = "fewer than"
    NOT_MORE_THAN = "not more than"
    NOT_STATED = "not stated (tested as fewer than)"

    def holds(self, value: float, limit: float) -> bool:
        """True when `value` passes against `limit`.

        Examples
        --------
        >>> Operator.FEWER_THAN.holds(5.0, 5.0), Operator.NOT_MORE_THAN.holds(5.0, 5.0)
        (False, True)
        """
        return value <= limit if self is Operator.NOT_MORE_THAN else value < limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A threshold read from a rule.

    Attributes
    ----------
    form : share of the population, number of persons, membership of a list, ...
    limit : the number, None where the form has none.
    per : people that a share refers to (10,000 for "5 per 10000"), else None.
    operator : fewer than, not more than, or not stated.
    """

    form: ThresholdForm
    limit: float | None = None
    per: float | None = None
    operator: Operator = Operator.NOT_STATED

    @property
    def is_number(self) -> bool:
        """True when a prevalence can be tested against it."""
        return self.limit is not None and self.form in (ThresholdForm.PER_N, ThresholdForm.PERSONS)

    @property
    def unit(self) -> str:
        """Unit of the limit."""
        if self.form is ThresholdForm.PER_N and self.per:
            return f"per {self.per:,.0f}"
        return self.form.value

    def limit_in_persons(self, population: float) -> float:
        """The limit as a number of people in a population.

        Examples
        --------
        >>> five = Threshold(form=ThresholdForm.PER_N, limit=5.0, per=10_000.0)
        >>> round(five.limit_in_persons(35_787_888))
        17894
        """
        if self.limit is None:
            raise InputError(Problem(what="this threshold has no number", received=self.form.value))
        return self.limit if self.per is None else self.limit * population / self.per


def read_threshold(rule: Rule) -> Threshold:
    """Threshold of a rule, its value read by its unit.

    Raises
    ------
    InputError : the rule is no threshold, or its number is not readable.

    Examples
    --------
    >>> from leucel.regulatory import load_rules
    >>> us = read_threshold(load_rules().get("US-ODD-THR-01"))
    >>> us.form.value, us.limit, us.operator.value
    ('persons', 200000.0, 'fewer than')
    """
    if rule.kind is not RuleKind.THRESHOLD:
        raise InputError(
            Problem(what=f"the rule {rule.id} is no threshold", received=rule.kind.value)
        )
    unit = rule.unit.lower()
    if rule.value == "list":
        return Threshold(form=ThresholdForm.LIST)
    if rule.value in ("none", ""):
        return Threshold(form=ThresholdForm.NONE)
    if unit.startswith("foreign_status"):
        return Threshold(form=ThresholdForm.FOREIGN_STATUS)
    per = _PER_N.match(unit)
    if per:
        return Threshold(
            form=ThresholdForm.PER_N,
            limit=_number(rule),
            per=float(per[1].replace(",", "")),
            operator=_operator(unit),
        )
    if unit.startswith("persons"):
        return Threshold(form=ThresholdForm.PERSONS, limit=_number(rule), operator=_operator(unit))
    return Threshold(form=ThresholdForm.TEXT)


def _operator(unit: str) -> Operator:
    strict = "fewer than" in unit or "below" in unit
    loose = any(words in unit for words in ("not more than", "at most", "up to"))
    # Both readings appear where the sources differ; then neither is established.
    if strict == loose:
        return Operator.NOT_STATED
    return Operator.FEWER_THAN if strict else Operator.NOT_MORE_THAN


def _number(rule: Rule) -> float:
    try:
        value = float(rule.value.replace(",", ""))
    except ValueError:
        value = -1.0
    if value > 0:
        return value
    raise InputError(
        Problem(
            what=f"the threshold of {rule.id} is no number above 0",
            received=repr(rule.value),
        )
    )
