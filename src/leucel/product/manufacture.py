"""Manufacture from apheresis to infusion: what becomes of a lot, and how long a patient waits.

A first, coarse stage model: a lot fails, is out of specification, or conforms; the time from vein
to vein is log-normal. Shares and times are published for other products only, so each carries the
product it was borrowed from. What is not established for a product stays unknown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leucel.core import (
    Evidence,
    InputError,
    Kind,
    Mark,
    MissingEvidenceError,
    Problem,
    RandomStream,
    unknown_name,
)

# Distance between the quartiles of a standard normal variable, as rounded in the usual formula.
_QUARTILE_DISTANCE = 1.349

FAILED, OUT_OF_SPECIFICATION, CONFORMING = 0, 1, 2
"""Codes of a lot's fate in `Lots.fate`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNormalDays:
    """A log-normal waiting time [day].

    Attributes
    ----------
    median : days.
    sigma : standard deviation of the logarithm.
    """

    median: float
    sigma: float

    def __post_init__(self) -> None:
        if not (self.median > 0 and self.sigma >= 0 and math.isfinite(self.median + self.sigma)):
            raise InputError(
                Problem(
                    what="a log-normal time needs a positive median and a sigma of at least 0",
                    received=f"median {self.median:g}, sigma {self.sigma:g}",
                )
            )

    @property
    def mean(self) -> float:
        """Mean [day]."""
        return self.median * math.exp(self.sigma**2 / 2)

    def quantile_of_normal(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Days for standard normal values `z`."""
        return self.median * np.exp(self.sigma * z)


def lognormal_from_quartiles(*, median: float, q1: float, q3: float) -> LogNormalDays:
    """Log-normal time with this median and the quartiles' ratio: sigma = ln(Q3/Q1)/1.349.

    Raises
    ------
    InputError
        Unless 0 < q1 < median < q3.

    Examples
    --------
    >>> round(lognormal_from_quartiles(median=60, q1=50, q3=80).sigma, 2)
    0.35
    """
    if not 0 < q1 < median < q3 < math.inf:
        raise InputError(
            Problem(
                what="quartiles are out of order",
                received=f"Q1 {q1:g}, median {median:g}, Q3 {q3:g}",
                allowed="0 < Q1 < median < Q3",
            )
        )
    return LogNormalDays(median=median, sigma=math.log(q3 / q1) / _QUARTILE_DISTANCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessRecord:
    """What is published on the manufacture of one product in one setting.

    Attributes
    ----------
    id : short name, ``"cilta-cel 2025"``.
    product, setting : which product, where.
    failure, out_of_specification : shares of lots, percent, or None when not published.
    waiting : the published waiting time, median in days with quartiles or range in `note`.
    waiting_law : log-normal law, only where quartiles are published.
    waiting_what : from which event to which.
    causes : share of the lots out of specification by cause, percent (a lot may have two).
    """

    id: str
    product: str
    setting: str
    failure: Evidence | None = None
    out_of_specification: Evidence | None = None
    waiting: Evidence | None = None
    waiting_law: LogNormalDays | None = None
    waiting_what: str = ""
    causes: tuple[Evidence, ...] = ()


def _share(value: float, n: int | None, source: str, place: str = "", note: str = "") -> Evidence:
    return Evidence(
        value=value, unit="%", n=n, source=source, place=place, mark=Mark.SECONDARY, note=note
    )


def _percent(count: int, n: int) -> float:
    return 100.0 * count / n


def _cause(name: str, value: float) -> Evidence:
    return _share(value, 34, "ciltacel_manufacture_2025", "abstract", name)


RECORDS: tuple[ProcessRecord, ...] = (
    ProcessRecord(
        id="cilta-cel commercial",
        product="cilta-cel",
        setting="212 aphereses",
        failure=_share(2.9, 212, "ciltacel_manufacture_2025", "abstract", "6 aphereses"),
        out_of_specification=_share(
            16.0, 212, "ciltacel_manufacture_2025", "abstract", "34 aphereses"
        ),
        causes=(
            _cause("low dose", 52.9),
            _cause("viability", 38.0),
            _cause("CAR expression", 14.7),
            _cause("interferon gamma release", 11.8),
            _cause("interleukin 2 release", 5.9),
        ),
    ),
    ProcessRecord(
        id="cilta-cel US centers",
        product="cilta-cel",
        setting="standard of care, 16 US centers",
        out_of_specification=_share(
            19.0, 236, "ciltacel_soc_2025", "abstract", "191 of 236 infused products conformed"
        ),
    ),
    ProcessRecord(
        id="cilta-cel CARTITUDE-4",
        product="cilta-cel",
        setting="CARTITUDE-4",
        failure=_share(0.0, 208, "cartitude_4_review", "Table 3", "randomized to cilta-cel"),
        waiting=Evidence(
            value=44.0,
            unit="day",
            n=176,
            source="cartitude_4_review",
            place="Table 3",
            mark=Mark.SECONDARY,
            note="range 25-127 days; no quartiles",
        ),
        waiting_what="apheresis to infusion",
    ),
    ProcessRecord(
        id="ide-cel trial",
        product="ide-cel",
        setting="trial, 140 patients",
        failure=_share(_percent(1, 140), 140, "pmc8427697", "Table 2", "1 of 140"),
    ),
    ProcessRecord(
        id="tisa-cel ALL trial",
        product="tisa-cel",
        setting="trial in acute lymphoblastic leukemia",
        failure=_share(_percent(7, 92), 92, "pmc8427697", "Table 2", "7 of 92"),
    ),
    ProcessRecord(
        id="tisa-cel UK children",
        product="tisa-cel",
        setting="United Kingdom, children",
        failure=_share(3.7, 134, "uk_pediatric_tisacel_2024"),
        waiting=Evidence(
            value=60.0,
            unit="day",
            source="uk_pediatric_tisacel_2024",
            mark=Mark.SECONDARY,
            note="quartiles 50 and 80 days",
        ),
        waiting_law=lognormal_from_quartiles(median=60.0, q1=50.0, q3=80.0),
        waiting_what="screening to infusion",
    ),
    ProcessRecord(
        id="one-center timeline",
        product="several",
        setting="one center, 34 patients",
        waiting=Evidence(
            value=63.5,
            unit="day",
            n=34,
            source="center_timeline_2025",
            mark=Mark.SECONDARY,
            note="quartiles 53.5 and 70 days",
        ),
        waiting_law=lognormal_from_quartiles(median=63.5, q1=53.5, q3=70.0),
        waiting_what="referral to infusion",
    ),
)
"""Published records of other products; nothing comparable is public for eque-cel."""


def get_record(record_id: str) -> ProcessRecord:
    """The record called `record_id`.

    Raises
    ------
    InputError
        With near misses, when there is none.

    Examples
    --------
    >>> round(get_record("cilta-cel commercial").out_of_specification.number)
    16
    """
    for record in RECORDS:
        if record.id == record_id:
            return record
    raise InputError(
        unknown_name(record_id, tuple(r.id for r in RECORDS), noun="manufacture record")
    )


def records_of(product: str) -> tuple[ProcessRecord, ...]:
    """Records of one product; empty when nothing is published.

    Examples
    --------
    >>> records_of("eque-cel")
    ()
    """
    return tuple(record for record in RECORDS if record.product == product)


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


def waiting_time(product: str, *, records: Sequence[ProcessRecord] = RECORDS) -> LogNormalDays:
    """Law of a product's waiting time, from its own published quartiles.

    Raises
    ------
    MissingEvidenceError
        When no quartiles are published for it; the message names records to borrow from.

    Examples
    --------
    >>> round(waiting_time("tisa-cel").median)
    60
    """
    for record in records:
        if record.product == product and record.waiting_law is not None:
            return record.waiting_law
    others = ", ".join(repr(r.id) for r in records if r.waiting_law is not None)
    raise MissingEvidenceError(
        Problem(
            what=f"the time from vein to vein of {product} is not established",
            allowed=f"quartiles are published in the records {others or 'of no product'}",
            fix="give a median and quartiles with their source, or borrow a record openly",
        )
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

    def share(self, fate: int) -> float:
        """Share of lots with this fate, percent."""
        return 100.0 * float(np.mean(self.fate == fate))


def draw_lots(plan: ManufacturePlan, *, subjects: int, rng: RandomStream) -> Lots:
    """Draw one lot for each patient.

    Examples
    --------
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
