"""Manufacture from apheresis to infusion: what becomes of a lot, and how long a patient waits.

A first, coarse stage model: a lot fails, is out of specification, or conforms; the time from vein
to vein is log-normal. Shares and times are published for other products only, so each carries the
product it was borrowed from. What is not established for a product stays unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leucel.core import (
    Evidence,
    InputError,
    Kind,
    MissingEvidenceError,
    Problem,
    RandomStream,
)
from leucel.product.records import ProcessRecord
from leucel.product.waiting import LogNormalDays

FAILED, OUT_OF_SPECIFICATION, CONFORMING = 0, 1, 2
"""Codes of a lot's fate in `Lots.fate`."""

FATES = {FAILED: "failed", OUT_OF_SPECIFICATION: "out of specification", CONFORMING: "conforming"}
"""The fates in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManufacturePlan:
    """What a simulation of lots uses.

    Attributes
    ----------
    failure, out_of_specification : shares of lots in percent, each with its source; a number taken
        from another product has the kind `borrowed`.
    waiting : law of the time from vein to vein, or None while unknown.
    """

    failure: Evidence
    out_of_specification: Evidence
    waiting: LogNormalDays | None = None

    def __post_init__(self) -> None:
        shares = (self.failure.number, self.out_of_specification.number)
        if not all(0.0 <= share <= 100.0 for share in shares) or sum(shares) > 100.0:
            raise InputError(
                Problem(
                    what="shares of lots are out of range",
                    received=f"failure {shares[0]:g}%, out of specification {shares[1]:g}%",
                    allowed="each 0-100, together at most 100",
                )
            )


def borrow_plan(record: ProcessRecord, *, waiting: LogNormalDays | None = None) -> ManufacturePlan:
    """A plan with the shares of another product's record, marked as borrowed.

    Raises
    ------
    MissingEvidenceError
        When the record does not hold both shares.
    """
    missing = [
        Problem(
            what=f"the record {record.id!r} gives no share of lots {what}",
            fix="choose another record or give the share with its source",
        )
        for what, evidence in (
            ("that fail", record.failure),
            ("out of specification", record.out_of_specification),
        )
        if evidence is None
    ]
    if missing or record.failure is None or record.out_of_specification is None:
        raise MissingEvidenceError(missing)
    return ManufacturePlan(
        failure=_borrowed(record.failure, record),
        out_of_specification=_borrowed(record.out_of_specification, record),
        waiting=waiting or record.waiting_law,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lots:
    """Simulated lots of N patients.

    Attributes
    ----------
    fate : (N,) `FAILED`, `OUT_OF_SPECIFICATION` or `CONFORMING`.
    days : (N,) from vein to vein, NaN-free; None while the law of the waiting time is unknown. A
        failed lot keeps the time it would have taken.
    plan : what was used.
    """

    fate: NDArray[np.int64]
    days: NDArray[np.float64] | None
    plan: ManufacturePlan

    def to_dict(self) -> dict[str, object]:
        """Shares of the fates and quartiles of the waiting time, JSON-ready."""
        days = None
        if self.days is not None:
            q1, median, q3 = np.quantile(self.days, [0.25, 0.5, 0.75])
            days = {"median": float(median), "q1": float(q1), "q3": float(q3)}
        return {
            "patients": int(self.fate.size),
            "percent": {name: self.share(code) for code, name in FATES.items()},
            "vein_to_vein_days": days,
            "sources": sorted({self.plan.failure.source, self.plan.out_of_specification.source}),
        }

    def share(self, fate: int) -> float:
        """Share of lots with this fate, percent."""
        return 100.0 * float(np.mean(self.fate == fate))


def draw_lots(plan: ManufacturePlan, *, subjects: int, rng: RandomStream) -> Lots:
    """Draw one lot for each patient.

    Examples
    --------
    >>> from leucel.product.records import get_record
    >>> plan = borrow_plan(get_record("cilta-cel commercial"))
    >>> lots = draw_lots(plan, subjects=1000, rng=RandomStream(1))
    >>> lots.days is None
    True
    """
    if subjects < 1:
        raise InputError(Problem(what="at least one patient is needed", received=str(subjects)))
    u = rng.uniform("manufacture_fate", subjects=subjects)
    failure = plan.failure.number / 100
    strange = plan.out_of_specification.number / 100
    fate = np.where(
        u < failure, FAILED, np.where(u < failure + strange, OUT_OF_SPECIFICATION, CONFORMING)
    )
    days = None
    if plan.waiting is not None:
        days = plan.waiting.quantile_of_normal(rng.normal("manufacture_days", subjects=subjects))
    return Lots(fate=fate.astype(np.int64), days=days, plan=plan)


def _borrowed(evidence: Evidence, record: ProcessRecord) -> Evidence:
    return Evidence(
        value=evidence.value,
        unit=evidence.unit,
        n=evidence.n,
        source=evidence.source,
        place=evidence.place,
        mark=evidence.mark,
        kind=Kind.BORROWED,
        note=f"borrowed from {record.product}, {record.setting}",
    )
