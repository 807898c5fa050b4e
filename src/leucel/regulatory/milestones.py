"""Milestones of a programme: approvals, designations and filings with date precision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from leucel.core import InputError, Mark, Place, Problem, unknown_name
from leucel.epidemiology import get_area
from leucel.regulatory.dates import PartialDate


class MilestoneKind(Enum):
    """What happened."""

    APPROVAL = "approval"
    ORPHAN_DESIGNATION = "orphan_designation"
    OTHER_DESIGNATION = "other_designation"
    FILING_ACCEPTED = "filing_accepted"
    TRIAL_CLEARANCE = "trial_clearance"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """One dated event in the regulatory life of a product.

    Attributes
    ----------
    kind : approval, orphan designation, filing accepted, clearance of a trial (IND), ...
    jurisdiction : code.
    when : date with its precision; None when only the event is known.
    authority, title : who did what.
    source : source id; mark : trust in the source.
    """

    kind: MilestoneKind
    jurisdiction: str
    when: PartialDate | None
    authority: str = ""
    title: str = ""
    source: str = ""
    mark: Mark = Mark.SECONDARY
    note: str = ""

    def happened_by(self, day: date) -> bool:
        """True when the event had certainly happened on `day`."""
        return self.when is not None and self.when.latest <= day


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneRegister:
    """The milestones of a programme in order of time."""

    milestones: tuple[Milestone, ...] = ()

    def __post_init__(self) -> None:
        def moment(milestone: Milestone) -> tuple[date, str]:
            return (milestone.when.earliest if milestone.when else date.max, milestone.title)

        object.__setattr__(self, "milestones", tuple(sorted(self.milestones, key=moment)))

    def find(
        self, kind: MilestoneKind, *, by: date, jurisdiction: str | None = None
    ) -> tuple[Milestone, ...]:
        """Milestones of a kind that had happened by a day, in one jurisdiction when given."""
        return tuple(
            milestone
            for milestone in self.milestones
            if milestone.kind is kind
            and milestone.happened_by(by)
            and jurisdiction in (None, milestone.jurisdiction)
        )

    def approved_in(self, by: date) -> tuple[str, ...]:
        """Codes of the jurisdictions that had approved the product by a day."""
        found = self.find(MilestoneKind.APPROVAL, by=by)
        return tuple(dict.fromkeys(milestone.jurisdiction for milestone in found))

    def to_rows(self) -> list[dict[str, Any]]:
        """JSON-ready rows, earliest first."""
        return [
            {
                "kind": milestone.kind.value,
                "jurisdiction": milestone.jurisdiction,
                "date": str(milestone.when) if milestone.when else None,
                "precision": milestone.when.precision if milestone.when else None,
                "authority": milestone.authority,
                "title": milestone.title,
                "source": milestone.source,
                "mark": milestone.mark.value,
                "note": milestone.note,
            }
            for milestone in self.milestones
        ]


_KEYS = ("kind", "jurisdiction", "date", "authority", "title", "source", "mark", "note")


def milestone_from_record(record: Mapping[str, str], *, place: Place | None = None) -> Milestone:
    """Milestone of a flat record such as a table of a programme file.

    Raises
    ------
    InputError : unknown keys, kind, jurisdiction or mark; a date that is not readable.

    Examples
    --------
    >>> record = {"kind": "approval", "jurisdiction": "CN", "date": "2023-06", "title": "NMPA"}
    >>> milestone_from_record(record).when.precision
    'month'
    """
    problems = [
        unknown_name(key, _KEYS, noun="key of a milestone", where=place)
        for key in record
        if key not in _KEYS
    ]
    kinds = [kind.value for kind in MilestoneKind]
    marks = [mark.value for mark in Mark]
    kind, mark = record.get("kind", ""), record.get("mark") or Mark.SECONDARY.value
    if kind not in kinds:
        problems.append(unknown_name(kind, kinds, noun="kind of milestone", where=place))
    if mark not in marks:
        problems.append(unknown_name(mark, marks, noun="mark", where=place))
    if not record.get("jurisdiction"):
        problems.append(Problem(what="a milestone needs a jurisdiction", where=place))
    if problems:
        raise InputError(problems)
    text = record.get("date", "")
    return Milestone(
        kind=MilestoneKind(kind),
        jurisdiction=get_area(record["jurisdiction"]).code,
        when=PartialDate.parse(text) if text else None,
        authority=record.get("authority", ""),
        title=record.get("title", ""),
        source=record.get("source", ""),
        mark=Mark(mark),
        note=record.get("note", ""),
    )
