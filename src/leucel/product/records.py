"""What is published on making CAR-T products: failures, lots out of specification, waiting times.

Nothing comparable is public for eque-cel. The records of other products are shown beside it and
used only when a programme borrows them openly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from leucel.core import Evidence, InputError, Mark, MissingEvidenceError, Problem, unknown_name
from leucel.product.waiting import LogNormalDays, lognormal_from_quartiles


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

    def to_rows(self) -> list[dict[str, object]]:
        """One row for each published measure."""
        return [
            {
                "product": self.product,
                "setting": self.setting,
                "measure": measure,
                "value": evidence.number,
                "unit": evidence.unit,
                "n": evidence.n,
                "source": evidence.source,
                "place": evidence.place,
                "mark": evidence.mark.value,
                "note": evidence.note,
            }
            for measure, evidence in (
                ("lots that fail", self.failure),
                ("lots out of specification", self.out_of_specification),
                (self.waiting_what, self.waiting),
            )
            if evidence is not None
        ]

    def to_dict(self) -> dict[str, object]:
        """JSON-ready form."""
        return {
            "id": self.id,
            "product": self.product,
            "setting": self.setting,
            "measures": self.to_rows(),
            "causes": [
                {"cause": e.note, "percent": e.value, "n": e.n, "source": e.source}
                for e in self.causes
            ],
        }


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
