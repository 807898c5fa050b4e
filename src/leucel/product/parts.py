"""The parts of a receptor: the binder, with or without its residues, and everything around it."""

from __future__ import annotations

from dataclasses import dataclass

from leucel.core import InputError, Mark, Problem
from leucel.product.domains import Domain, Role
from leucel.product.sequence import mass_kda, read_protein

BINDER_FORMATS = ("scFv", "VHH", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Binder:
    """The antigen-binding part, with or without its residues.

    Attributes
    ----------
    name : for example ``"CT103A scFv"``.
    format : one of `BINDER_FORMATS`.
    copies : binders in one receptor (2 for a tandem).
    origin : in words, ``"fully human"``, ``"camelid"``, ...; empty when it is not stated.
    target : antigen.
    sequence : residues of the whole binder, linkers included, or None when they are not public.
    stated_length : residues, where a source gives the number but not the sequence.
    source : id of the document that describes it.
    mark : how far the description can be trusted.
    note : for example where a patent lists it.

    Raises
    ------
    InputError
        For an unknown format, no copy, or residues that are no protein; all problems at once.
    """

    name: str
    format: str = "scFv"
    copies: int = 1
    origin: str = ""
    target: str = ""
    sequence: str | None = None
    stated_length: int | None = None
    source: str = ""
    mark: Mark = Mark.SECONDARY
    note: str = ""

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        if self.format not in BINDER_FORMATS:
            problems.append(
                Problem(
                    what=f"unknown format of the binder {self.name!r}",
                    received=repr(self.format),
                    allowed=", ".join(BINDER_FORMATS),
                )
            )
        if self.copies < 1:
            problems.append(
                Problem(
                    what=f"the binder {self.name!r} must be there at least once",
                    received=str(self.copies),
                    allowed="1 or more copies",
                )
            )
        if self.sequence is not None:
            try:
                object.__setattr__(self, "sequence", read_protein(self.sequence, name=self.name))
            except InputError as error:
                problems.extend(error.problems)
        if problems:
            raise InputError(problems)

    @property
    def label(self) -> str:
        """The binder in a few words, for figures.

        Examples
        --------
        >>> Binder(name="CT103A", origin="fully human", target="BCMA").label
        'fully human anti-BCMA scFv'
        """
        tandem = f"{self.copies} " if self.copies > 1 else ""
        kind = "binder" if self.format == "other" else self.format
        kind = f"{tandem}{kind}{'s' if self.copies > 1 else ''}"
        against = f"anti-{self.target}" if self.target else ""
        return " ".join(word for word in (self.origin, against, kind) if word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a receptor; `sequence` is None where it is not known.

    `source` and `mark` speak of the residues, or of the description when there are none.
    """

    role: Role
    name: str
    label: str
    sequence: str | None = None
    stated_length: int | None = None
    source: str = ""
    mark: Mark = Mark.SECONDARY
    reference: str = ""
    note: str = ""

    @property
    def length(self) -> int | None:
        """Number of residues, or None when nobody gives it."""
        return self.stated_length if self.sequence is None else len(self.sequence)

    @property
    def kda(self) -> float | None:
        """Mass [kDa] of the part as a chain of its own, or None."""
        return None if self.sequence is None else mass_kda(self.sequence)


def part_from_domain(domain: Domain) -> Part:
    """The reference domain as a part.

    Examples
    --------
    >>> from leucel.product.domains import get_domain
    >>> part_from_domain(get_domain("4-1BB")).length
    42
    """
    return Part(
        role=domain.role,
        name=domain.name,
        label=domain.family,
        sequence=domain.sequence,
        source=domain.source,
        mark=domain.mark,
        reference=domain.reference,
        note=domain.note,
    )


def part_from_binder(binder: Binder) -> Part:
    """The binder as a part, in the slot between signal peptide and hinge."""
    return Part(
        role=Role.BINDER,
        name=binder.name,
        label=binder.label,
        sequence=binder.sequence,
        stated_length=binder.stated_length,
        source=binder.source,
        mark=binder.mark,
        note=binder.note,
    )


def own_part(role: Role, name: str, sequence: str, *, source: str = "", note: str = "") -> Part:
    """A part that is none of the reference domains, with residues supplied by the user.

    Raises
    ------
    InputError
        When the residues are no protein.

    Examples
    --------
    >>> own_part(Role.LINKER, "junction", "AAA").length
    3
    """
    return Part(
        role=role,
        name=name,
        label=name,
        sequence=read_protein(sequence, name=name),
        source=source,
        mark=Mark.OWN_VALUE if not source else Mark.SECONDARY,
        note=note,
    )
