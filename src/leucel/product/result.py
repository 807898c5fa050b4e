"""The product part of a programme run: the receptor, its checks, the doses, the manufacture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from leucel.core import Assumption, Evidence, InputError, Mark, Problem
from leucel.product.checks import Finding, check_construct
from leucel.product.construct import Construct
from leucel.product.dose import CohortDose, DoseRule, dose_cohort
from leucel.product.drawing import CartoonPart, MapSegment, linear_map, membrane_cartoon
from leucel.product.lot_run import LotRun
from leucel.product.records import RECORDS, ProcessRecord, records_of
from leucel.product.vector import COPY_LIMITS, Transduction

if TYPE_CHECKING:
    import pandas as pd

_PART_COLUMNS = (
    "label",
    "role",
    "location",
    "length",
    "start",
    "end",
    "reference",
    "name",
    "mark",
    "source",
    "note",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductResult:
    """Everything known and computed about a product.

    Attributes
    ----------
    product : short name, as in the manufacture records.
    construct : the receptor.
    findings : its checks.
    dose : doses of the cohort.
    transduction : law of the vector copies, or None while unknown.
    records : published manufacture records of this product; empty when there are none.
    context : records of other products, for comparison only.
    lots : one lot for each patient of the cohort, or None when none were made.
    assumptions : what was taken for granted.
    unknowns : what nobody gives, in sentences.
    """

    product: str
    construct: Construct
    findings: tuple[Finding, ...]
    dose: CohortDose
    transduction: Transduction | None
    records: tuple[ProcessRecord, ...]
    context: tuple[ProcessRecord, ...]
    lots: LotRun | None
    assumptions: tuple[Assumption, ...]
    unknowns: tuple[str, ...]

    @property
    def linear_map(self) -> tuple[MapSegment, ...]:
        """Segments of the linear map."""
        return linear_map(self.construct)

    @property
    def cartoon(self) -> tuple[CartoonPart, ...]:
        """Parts of the membrane cartoon, from outside to inside."""
        return membrane_cartoon(self.construct)

    def to_summary(self) -> dict[str, object]:
        """JSON-ready summary; what is unknown is null and named under `unknowns`."""
        construct, binder = self.construct, self.construct.binder
        return {
            "name": construct.name,
            "binder": {
                "name": binder.name,
                "label": binder.label,
                "format": binder.format,
                "copies": binder.copies,
                "origin": binder.origin or None,
                "target": binder.target or None,
                "residues": len(binder.sequence) if binder.sequence is not None else None,
                "source": binder.source,
                "mark": binder.mark.value,
                "note": binder.note,
            },
            "known_residues": construct.known_residues,
            "known_kda": round(construct.known_kda, 2),
            "complete": not construct.unknown_parts,
            "parts": [segment.to_dict() for segment in self.linear_map],
            "cartoon": [part.to_dict() for part in self.cartoon],
            "checks": [finding.to_dict() for finding in self.findings],
            "dose": self.dose.to_summary(),
            "transduction": None if self.transduction is None else self.transduction.to_dict(),
            "manufacture": {
                "records": [record.to_dict() for record in self.records],
                "other_products": [record.to_dict() for record in self.context],
                "simulated": None if self.lots is None else self.lots.to_dict(),
            },
            "assumptions": [assumption.to_dict() for assumption in self.assumptions],
            "unknowns": list(self.unknowns),
            "sources": list(self.source_ids),
        }

    @property
    def source_ids(self) -> tuple[str, ...]:
        """Ids of every source that the result rests on, sorted; for the bibliography."""
        found = {"iupac_masses", self.dose.rule.source, self.construct.binder.source}
        found.update(part.source for part in self.construct.parts)
        found.update(finding.source for finding in self.findings)
        found.update(assumption.source for assumption in self.assumptions)
        for record in (*self.records, *self.context):
            for evidence in (record.failure, record.out_of_specification, record.waiting):
                found.add(evidence.source if evidence is not None else "")
        if self.transduction is not None:
            found.update(limit.source for limit in COPY_LIMITS)
        if self.lots is not None:
            found.update(row.limit.source for row in self.lots.process.specification)
        return tuple(sorted(found - {""}))

    def to_frames(self) -> dict[str, pd.DataFrame]:
        """Tables, one noun each.

        `construct_parts` (parts of the receptor), `construct_checks`, `dose` (spread over the
        cohort), `product_doses` (one row a patient), `manufacture_records` (published); with lots
        also `lots` (one row a patient) and `lot_causes`.
        """
        import pandas as pd

        checks = [
            {**finding.to_dict(), "positions": " ".join(str(i) for i in finding.positions)}
            for finding in self.findings
        ]
        doses: dict[str, NDArray[np.generic]] = {
            "subject": np.arange(self.dose.weights.size),
            "weight_kg": self.dose.weights,
            "dose_cells": self.dose.cells,
            "dose_cells_per_kg": self.dose.cells_per_kg,
            "capped": self.dose.capped,
            "below_range": self.dose.below_range,
            "above_range": self.dose.above_range,
        }
        if self.dose.car_cells_in_bag is not None:
            doses["car_cells_in_bag"] = self.dose.car_cells_in_bag
        if self.dose.t_cells_in_bag is not None:
            doses["t_cells_in_bag"] = self.dose.t_cells_in_bag
        if self.lots is not None:
            doses["lot"] = self.lots.fate.astype(object)
            doses["dose_given"] = self.lots.values["given"]
            doses["vein_to_vein_days"] = self.lots.days
        parts = pd.DataFrame(
            [{name: getattr(part, name) for name in _PART_COLUMNS} for part in self.linear_map]
        ).astype({"start": "Int64", "end": "Int64", "length": "Int64"})
        frames = {
            "construct_parts": parts,
            "construct_checks": pd.DataFrame(checks),
            "dose": pd.DataFrame(self.dose.to_rows()),
            "product_doses": pd.DataFrame(doses),
            "manufacture_records": pd.DataFrame(
                [row for record in (*self.records, *self.context) for row in record.to_rows()]
            ),
        }
        if self.lots is not None:
            frames["lots"] = self.lots.to_frame()
            frames["lot_causes"] = pd.DataFrame(self.lots.cause_rows())
        return frames


def describe_product(
    construct: Construct,
    rule: DoseRule,
    weights: NDArray[np.float64],
    *,
    product: str = "",
    viability: Evidence | None = None,
    recovery: Evidence | None = None,
    car_share: Evidence | None = None,
    transduction: Transduction | None = None,
    lots: LotRun | None = None,
) -> ProductResult:
    """Describe a product and dose a cohort with it.

    Parameters
    ----------
    construct : the receptor.
    rule : the dose.
    weights : (N,) body weights [kg].
    product : short name by which manufacture records are found; the construct's name by default.
    viability, recovery, car_share : shares 0-1 with their sources; None when unknown.
    transduction : law of the vector copies; None when unknown.
    lots : lots of these patients, as `make_lots` gives them; None when none were made.

    Raises
    ------
    InputError
        For weights or shares that cannot be used, or lots of other patients.

    Examples
    --------
    >>> from leucel.product.construct import build_construct
    >>> from leucel.product.parts import Binder
    >>> car = build_construct(name="demo", binder=Binder(name="binder"), parts=[
    ...     ("binder", None), ("hinge", "CD8a"), ("transmembrane", "CD8a"),
    ...     ("costimulatory", "4-1BB"), ("signaling", "CD3zeta")])
    >>> result = describe_product(car, DoseRule(per_kg=1e6), np.array([60.0, 70.0, 80.0]))
    >>> result.to_summary()["dose"]["cells"]["median"]
    70000000.0
    """
    name = product or construct.name
    dose = dose_cohort(
        rule,
        weights,
        viability=_number(viability),
        recovery=_number(recovery),
        car_share=_number(car_share),
    )
    if lots is not None and lots.days.size != dose.weights.size:
        raise InputError(
            Problem(
                what="the lots are those of other patients",
                received=f"{lots.days.size} lots, {dose.weights.size} patients",
            )
        )
    records = records_of(name)
    assumptions = (
        *construct.assumptions,
        *_share_assumptions(viability=viability, recovery=recovery, car_share=car_share),
        *(() if lots is None else lots.process.assumptions()),
        *_transduction_assumptions(transduction),
    )
    return ProductResult(
        product=name,
        construct=construct,
        findings=check_construct(construct),
        dose=dose,
        transduction=transduction,
        records=records,
        context=tuple(record for record in RECORDS if record not in records),
        lots=lots,
        assumptions=assumptions,
        unknowns=_unknowns(construct, dose, transduction, records, name),
    )


def _number(evidence: Evidence | None) -> float | None:
    return None if evidence is None else evidence.number


def _share_assumptions(**shares: Evidence | None) -> tuple[Assumption, ...]:
    words = {
        "viability": "viability after thawing",
        "recovery": "recovery of cells after thawing",
        "car_share": "share of CAR+ cells",
    }
    return tuple(
        Assumption(
            what=words[name],
            value=evidence.value,
            unit="",
            why=evidence.note or "used for the number of cells needed before freezing",
            source=evidence.source,
            mark=evidence.mark,
        )
        for name, evidence in shares.items()
        if evidence is not None
    )


def _transduction_assumptions(law: Transduction | None) -> tuple[Assumption, ...]:
    if law is None:
        return ()
    return (
        Assumption(
            what="law of the vector copies in a cell",
            value=law.law,
            why="a plain Poisson law gives too few copies for a share of CAR+ cells"
            if law.law.startswith("zero")
            else "chosen by the user",
            source="ari_0001" if law.law.startswith("zero") else "",
            mark=Mark.OWN_VALUE,
        ),
    )


def _unknowns(
    construct: Construct,
    dose: CohortDose,
    transduction: Transduction | None,
    records: Sequence[ProcessRecord],
    product: str,
) -> tuple[str, ...]:
    rows = [
        f"residues of the {part.role.label}"
        + (f" {part.name}" if part.name != part.role.label else "")
        + ("" if part.length is None else f" (length {part.length} is given)")
        for part in construct.unknown_parts
    ]
    if dose.viability is None or dose.recovery is None:
        rows.append("viability and recovery after thawing, so the cells needed before freezing")
    if transduction is None:
        rows.append("share of CAR+ cells and vector copies per cell")
    if not any(record.failure or record.out_of_specification for record in records):
        rows.append(f"share of lots of {product} that fail or are out of specification")
    if not any(record.waiting for record in records):
        rows.append(f"time from vein to vein of {product}")
    return tuple(rows)
