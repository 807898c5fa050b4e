"""Qualifying tests beyond prevalence: what each jurisdiction asks, with slots for evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from leucel.core import Evidence, InputError, unknown_name
from leucel.regulatory.rules import Rule, RuleBook


class Topic(Enum):
    """What a qualifying test is about."""

    CONDITION = "condition, not a stage or line of therapy"
    SEVERITY = "seriousness of the condition"
    ALTERNATIVES = "no satisfactory method, or significant benefit"
    SUPERIORITY = "superiority over the same drug"
    RETURN = "insufficient return"
    FOREIGN_STATUS = "orphan status elsewhere"
    LIST = "membership of a list"
    PLAN = "development plan"
    DOCUMENTS = "documentation of the prevalence"
    NOVELTY = "new active substance"


class SlotStatus(Enum):
    """Whether a test has its evidence."""

    FILLED = "evidence given"
    OPEN = "evidence missing"
    UNUSABLE = "evidence unverified"
    NOT_ASKED = "not asked here"
    RULE_UNVERIFIED = "rule unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class QualifyingTest:
    """One test of a jurisdiction with its evidence slot.

    Attributes
    ----------
    jurisdiction : code.
    topic : what it is about.
    rule : the rule that asks.
    question : what has to be shown.
    status : whether evidence stands in the slot.
    evidence : what the user gave.
    instead_of_prevalence : True for a limb that replaces the prevalence test.
    marks : trust in the rule.
    """

    jurisdiction: str
    topic: Topic
    rule: Rule
    question: str
    status: SlotStatus
    evidence: tuple[Evidence, ...] = ()
    instead_of_prevalence: bool = False
    marks: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Name of the slot, for example "EU/SEVERITY"."""
        return f"{self.jurisdiction}/{self.topic.name}"

    def to_row(self) -> dict[str, Any]:
        """JSON-ready row."""
        return {
            "jurisdiction": self.jurisdiction,
            "slot": self.key,
            "topic": self.topic.value,
            "question": self.question,
            "rule_id": self.rule.id,
            "status": self.status.value,
            "instead_of_prevalence": self.instead_of_prevalence,
            "evidence": [
                {"value": item.value, "source": item.source, "mark": item.mark.value}
                for item in self.evidence
            ],
            "marks": list(self.marks),
            "sources": [self.rule.source_id, *(e.source for e in self.evidence if e.source)],
        }


# Topics and questions of each rule; a rule that is not named here is no qualifying test for the
# orphan status. True marks a limb that replaces the prevalence test.
_QUESTIONS: Mapping[str, tuple[tuple[Topic, str, bool], ...]] = {
    "SA-ODD-CRI-01": ((Topic.SEVERITY, "life-threatening or chronically debilitating", False),),
    "SA-ODD-CRI-02": (
        (Topic.ALTERNATIVES, "no satisfactory method in the Kingdom, or a benefit over it", False),
    ),
    "US-ODD-THR-02": (
        (Topic.RETURN, "sales in the US are not expected to recover the costs", True),
    ),
    "US-ODD-CRI-01": (
        (Topic.DOCUMENTS, "dated, documented sources of the number of diagnosed persons", False),
    ),
    "US-ODD-CRI-02": ((Topic.CONDITION, "an orphan subset only by a property of the drug", False),),
    "US-ODD-CRI-03": (
        (Topic.SUPERIORITY, "a plausible hypothesis, if the same drug is approved", False),
    ),
    "EU-ODD-THR-02": (
        (Topic.RETURN, "without incentives the return would not justify the investment", True),
    ),
    "EU-ODD-CRI-01": ((Topic.SEVERITY, "life-threatening or chronically debilitating", False),),
    "EU-ODD-CRI-02": (
        (Topic.ALTERNATIVES, "no authorized method satisfies, or a significant benefit", False),
    ),
    "EU-ODD-CRI-03": (
        (Topic.CONDITION, "a stage or severity is no condition: all myeloma counts", False),
    ),
    "EU-PRE-CRI-01": ((Topic.DOCUMENTS, "the eight headings on prevalence are filled", False),),
    "JP-ODD-THR-02": ((Topic.LIST, "the condition is a designated intractable disease", True),),
    "JP-ODD-CRI-01": (
        (Topic.ALTERNATIVES, "high medical need: no alternative or clearly better", False),
    ),
    "JP-ODD-CRI-02": (
        (Topic.CONDITION, "the population is not cut to get below the number", False),
    ),
    "JP-ODD-CRI-03": ((Topic.PLAN, "a feasible development plan with its rationale", False),),
    "CN-RD-THR-01": ((Topic.LIST, "the condition is on the national list", True),),
    "KR-ODD-CRI-01": ((Topic.ALTERNATIVES, "no alternative, or clear superiority", False),),
    "TW-ODD-THR-01": ((Topic.LIST, "the committee has announced the disease", False),),
    "AU-ODD-CRI-01": (
        (Topic.CONDITION, "one indication; subgroups are generally refused", False),
        (Topic.SEVERITY, "life-threatening or seriously debilitating", False),
        (Topic.ALTERNATIVES, "nothing registered, or a significant benefit", False),
    ),
    "CH-ODD-THR-01": (
        (Topic.FOREIGN_STATUS, "orphan status in a country with comparable control", True),
    ),
    "CH-ODD-CRI-01": ((Topic.ALTERNATIVES, "a significant benefit", False),),
    "BR-ODD-CRI-01": (
        (Topic.SEVERITY, "a serious, debilitating condition", False),
        (Topic.ALTERNATIVES, "a clinically substantial change, or remission", False),
        (Topic.NOVELTY, "a new active substance for the disease", False),
    ),
}
_NOT_ASKED = ("CH-ODD-CRI-01",)


def slot_names(book: RuleBook) -> tuple[str, ...]:
    """Names of every evidence slot of the rules in force.

    Examples
    --------
    >>> from leucel.regulatory import load_rules
    >>> "EU/SEVERITY" in slot_names(load_rules())
    True
    """
    return tuple(
        f"{rule.jurisdiction}/{topic.name}"
        for rule in book.rules
        for topic, _, _ in _QUESTIONS.get(rule.id, ())
    )


def qualifying_tests(
    codes: Sequence[str],
    book: RuleBook,
    *,
    as_of: date,
    evidence: Mapping[str, Sequence[Evidence]] | None = None,
) -> tuple[QualifyingTest, ...]:
    """Checklist of the jurisdictions under the rules in force.

    Parameters
    ----------
    codes : codes of the jurisdictions.
    book : rules already cut to those that apply on the day.
    as_of : the day, for marks.
    evidence : evidence by slot name (`slot_names`), for example "EU/SEVERITY".

    Raises
    ------
    InputError : evidence for a slot that no rule in force asks for.

    Examples
    --------
    >>> from leucel.regulatory import load_rules
    >>> day = date(2025, 5, 9)
    >>> tests = qualifying_tests(["EU"], load_rules().as_of(day), as_of=day)
    >>> [test.topic.name for test in tests]
    ['RETURN', 'SEVERITY', 'ALTERNATIVES', 'CONDITION', 'DOCUMENTS']
    """
    given = evidence or {}
    known = slot_names(book)
    unknown = [
        unknown_name(name, known, noun="slot of evidence") for name in given if name not in known
    ]
    if unknown:
        raise InputError(unknown)
    found: list[QualifyingTest] = []
    for rule in book.rules:
        if rule.jurisdiction not in codes:
            continue
        for topic, question, instead in _QUESTIONS.get(rule.id, ()):
            items = tuple(given.get(f"{rule.jurisdiction}/{topic.name}", ()))
            found.append(
                QualifyingTest(
                    jurisdiction=rule.jurisdiction,
                    topic=topic,
                    rule=rule,
                    question=question,
                    status=_status(rule, items),
                    evidence=items,
                    instead_of_prevalence=instead,
                    marks=rule.markings(as_of),
                )
            )
    order = {code: index for index, code in enumerate(codes)}
    return tuple(sorted(found, key=lambda test: order[test.jurisdiction]))


def _status(rule: Rule, items: Sequence[Evidence]) -> SlotStatus:
    if rule.id in _NOT_ASKED:
        return SlotStatus.NOT_ASKED
    if not rule.usable:
        return SlotStatus.RULE_UNVERIFIED
    if not items:
        return SlotStatus.OPEN
    usable = [item for item in items if item.mark.usable]
    return SlotStatus.FILLED if usable else SlotStatus.UNUSABLE
