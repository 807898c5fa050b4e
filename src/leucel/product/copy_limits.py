"""Limits on vector copies, by jurisdiction, each with its source and mark; a law judged by them."""

from __future__ import annotations

from dataclasses import dataclass

from leucel.core import Evidence
from leucel.product.vector import COPY_LIMITS, Transduction


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLimit:
    """A limit on the mean copy number.

    Attributes
    ----------
    jurisdiction : ``"EU"``, ``"US"``, ...
    limit : the number with its source, None where no wording was established.
    strict : True when the mean must lie below it, False when it may reach it.
    per : ``"transduced cell"`` or ``"cell"``.
    note : what is known.
    """

    jurisdiction: str
    limit: Evidence | None
    strict: bool = True
    per: str = "transduced cell"
    note: str = ""


LIMITS: tuple[CopyLimit, ...] = (
    CopyLimit(
        jurisdiction="EU",
        limit=COPY_LIMITS[0],
        note="specification of one product with European Pharmacopoeia methods, not a law",
    ),
    CopyLimit(
        jurisdiction="EU",
        limit=COPY_LIMITS[1],
        strict=False,
        per="cell",
        note="specification of ARI-0001 (Spain), not a law",
    ),
    CopyLimit(
        jurisdiction="US",
        limit=None,
        note="the guidance of 30 January 2024 speaks of copies; its wording is not "
        "established here",
    ),
)
"""Limits that are known, one row each; no jurisdiction sets a limit for eque-cel in public."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyVerdict:
    """A law held against one limit; `verdict` is met, not met or cannot conclude."""

    limit: CopyLimit
    copies: float
    verdict: str

    def to_dict(self) -> dict[str, object]:
        """JSON-ready row."""
        evidence = self.limit.limit
        return {
            "jurisdiction": self.limit.jurisdiction,
            "limit": None if evidence is None else evidence.value,
            "unit": f"copies/{self.limit.per}",
            "copies": self.copies,
            "verdict": self.verdict,
            "mark": "" if evidence is None else evidence.mark.value,
            "source": "" if evidence is None else evidence.source,
            "note": self.limit.note,
        }


def judge_copies(
    law: Transduction, *, limits: tuple[CopyLimit, ...] = LIMITS
) -> tuple[CopyVerdict, ...]:
    """Hold a law of copies against every limit.

    Examples
    --------
    >>> from leucel.product.vector import poisson_transduction
    >>> [v.verdict for v in judge_copies(poisson_transduction(car_share=0.5))]
    ['met', 'met', 'cannot conclude']
    """
    rows: list[CopyVerdict] = []
    for limit in limits:
        copies = law.copies_per_car_cell if limit.per != "cell" else law.copies_per_cell
        if limit.limit is None:
            verdict = "cannot conclude"
        else:
            most = limit.limit.number
            inside = copies < most if limit.strict else copies <= most
            verdict = "met" if inside else "not met"
        rows.append(CopyVerdict(limit=limit, copies=copies, verdict=verdict))
    return tuple(rows)
