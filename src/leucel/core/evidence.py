"""Numbers that can say where they came from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from leucel.core.errors import InputError, Problem


class Mark(Enum):
    """How far a number can be trusted, best first.

    The order is that of the house: official > reproduced > seen = secondary > derived = computed >
    own value > unverified. An unverified number is never a default and never a test oracle.
    """

    OFFICIAL = "official"
    REPRODUCED = "reproduced"
    SEEN = "seen"
    SECONDARY = "secondary"
    DERIVED = "derived"
    COMPUTED = "computed"
    OWN_VALUE = "own value"
    UNVERIFIED = "unverified"

    @property
    def rank(self) -> int:
        """Trust from 0 (unverified) to 5 (official)."""
        return _RANKS[self]

    @property
    def usable(self) -> bool:
        """True when a number with this mark may be a default."""
        return self is not Mark.UNVERIFIED

    @property
    def meaning(self) -> str:
        """The mark in one sentence, for readers of a report."""
        return _MEANINGS[self]


_RANKS = {
    Mark.OFFICIAL: 5,
    Mark.REPRODUCED: 4,
    Mark.SEEN: 3,
    Mark.SECONDARY: 3,
    Mark.DERIVED: 2,
    Mark.COMPUTED: 2,
    Mark.OWN_VALUE: 1,
    Mark.UNVERIFIED: 0,
}
_MEANINGS = {
    Mark.OFFICIAL: "from the page or legal text of the body that owns the fact",
    Mark.REPRODUCED: "re-implemented, and an outside number was met",
    Mark.SEEN: "read in the named source",
    Mark.SECONDARY: "from a paper, database, press report or public repository",
    Mark.DERIVED: "arithmetic on sourced values",
    Mark.COMPUTED: "output of a program run on sourced values",
    Mark.OWN_VALUE: "chosen or computed by this project; no outside authority",
    Mark.UNVERIFIED: "recollection or a claim without a source text; never used as a default",
}


class Kind(Enum):
    """How a number came about."""

    REPORTED = "reported"
    DERIVED = "derived"
    DIGITIZED = "digitized"
    CALIBRATED = "calibrated"
    BORROWED = "borrowed"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A document, page or data set that numbers are taken from.

    `id` is short and stable (`wang_2021`); at least one of `doi` and `url` is given when the source
    can be reached.
    """

    id: str
    citation: str
    doi: str | None = None
    url: str | None = None
    kind: str = "paper"

    @property
    def link(self) -> str | None:
        """The address a reader can open, the DOI first."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A value with its unit, its interval, its source and its mark.

    Attributes
    ----------
    value : the number (or a short text where the fact is no number).
    unit : unit of `value`, `low` and `high`; "" for a pure number.
    low, high : 95% limits unless `note` says otherwise.
    n : number of subjects behind it.
    source : id of a `Source`.
    place : table, figure, page or equation in the source.
    mark, kind : see `Mark` and `Kind`.
    """

    value: float | str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    n: int | None = None
    source: str = ""
    place: str = ""
    mark: Mark = Mark.UNVERIFIED
    kind: Kind = Kind.REPORTED
    note: str = ""

    @property
    def number(self) -> float:
        """The value as a number; raises `InputError` when it is a text."""
        if isinstance(self.value, str):
            raise InputError(
                Problem(
                    what="a number is needed here", received=repr(self.value), allowed="a number"
                )
            )
        return self.value


def require_usable(evidence: Evidence, *, what: str) -> Evidence:
    """Return `evidence`, or raise `InputError` when its mark forbids using it."""
    if not evidence.mark.usable:
        raise InputError(
            Problem(
                what=f"{what} is marked unverified and cannot be used",
                received=f"{evidence.value} {evidence.unit}".strip(),
                fix="give a value with a source, or leave it out",
            )
        )
    return evidence
