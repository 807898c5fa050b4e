"""The product part: the receptor from its parts, its checks, the doses of the cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leucel.core import Mark
from leucel.programme.parts.cohort import programme_patients, trial_design
from leucel.programme.plain import plain
from leucel.programme.result import PartResult
from leucel.programme.run import PartInput

if TYPE_CHECKING:
    from leucel.product import Construct, DoseRule
    from leucel.programme.reader import Programme


def product_part(given: PartInput) -> PartResult:
    """Describe the product and dose the cohort with it."""
    from leucel.core import RandomStream
    from leucel.product import describe_product, sources
    from leucel.trials import treat

    patients = programme_patients(
        given.programme, patients=given.arguments.patients, seed=given.arguments.seed
    )
    _, lots = treat(trial_design(given.programme), patients, RandomStream(given.arguments.seed))
    result = describe_product(
        programme_construct(given.programme),
        programme_dose(given.programme),
        patients["weight"],
        product=short_name(given.programme),
        lots=None if lots is None else lots.run,
    )
    summary = plain(result.to_summary())
    return PartResult(
        summary={"product": summary},
        tables=result.to_frames(),
        assumptions=tuple(summary["assumptions"]),
        sources=sources(),
    )


def short_name(programme: Programme) -> str:
    """The name in daily use, else the nonproprietary name."""
    product = programme.file.product
    return (product.short_name or product.inn).value


def programme_construct(programme: Programme) -> Construct:
    """The receptor that the programme describes.

    Raises
    ------
    InputError
        For parts that are no reference domains, with near misses.
    """
    from leucel.product import Binder, build_construct

    product = programme.file.product
    binder = product.binder
    notes = [binder.note, binder.patent.value if binder.patent else ""]
    name = (product.code or product.short_name or product.inn).value
    return build_construct(
        name=name,
        binder=Binder(
            name=f"{name} {binder.format}" if binder.format != "other" else f"{name} binder",
            format=binder.format,
            copies=binder.copies,
            origin=binder.origin.value,
            target=product.target.value.split(" ")[0],
            sequence=binder.sequence,
            stated_length=binder.length,
            source=binder.origin.source,
            mark=Mark(binder.origin.mark),
            note=" ".join(note for note in notes if note),
        ),
        parts=[(part.role, part.domain) for part in product.parts],
    )


def programme_dose(programme: Programme) -> DoseRule:
    """The dose rule of the programme."""
    from leucel.product import DoseRule

    dose = programme.file.dose
    amount: dict[str, Any] = {"per_kg" if dose.rule == "per_kg" else "flat": dose.amount.value}
    return DoseRule(
        **amount,
        cap=dose.cap.value if dose.cap else None,
        low=dose.low.value if dose.low else None,
        high=dose.high.value if dose.high else None,
        source=dose.amount.source,
        note=dose.amount.note,
    )
