"""Plain data for two drawings of a receptor; nothing here draws."""

from __future__ import annotations

from dataclasses import dataclass

from leucel.product.construct import Construct
from leucel.product.domains import Role
from leucel.product.parts import Binder
from leucel.product.sequence import itams

_RESERVED = {Role.SIGNAL_PEPTIDE: 21, Role.BINDER: 242}
_RESERVED_VHH = 119
_RESERVED_ELSE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class MapSegment:
    """One part on a linear map.

    Attributes
    ----------
    name, label, role, location : as in the part; location is outside, membrane, inside or cleaved.
    start, end : residues in the translated protein from 1, None behind a part of unknown length.
    length : residues, or None when unknown.
    known : True when the residues are known.
    draw_length : residues to reserve in a drawing. For a part of unknown length it is the size that
        such a part usually has and must be shown as open (broken outline, no number).
    source, mark, reference, note : provenance of the residues.
    """

    name: str
    label: str
    role: str
    location: str
    start: int | None
    end: int | None
    length: int | None
    known: bool
    draw_length: int
    source: str
    mark: str
    reference: str
    note: str

    def to_dict(self) -> dict[str, object]:
        """JSON-ready form."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class CartoonPart:
    """One part of a receptor drawn across the membrane, from outside to inside.

    Attributes
    ----------
    name, label, role : as in the part.
    location : outside, membrane or inside.
    known : True when the residues are known.
    lobes : variable domains of the binder (2 for an scFv, 1 for a VHH, times copies), else 0.
    itams : ITAMs in the part.
    """

    name: str
    label: str
    role: str
    location: str
    known: bool
    lobes: int
    itams: int

    def to_dict(self) -> dict[str, object]:
        """JSON-ready form."""
        return {name: getattr(self, name) for name in self.__slots__}


def linear_map(construct: Construct) -> tuple[MapSegment, ...]:
    """Segments from the N-terminus to the C-terminus.

    Examples
    --------
    >>> from leucel.product.construct import build_construct
    >>> car = build_construct(name="demo", binder=Binder(name="binder"), parts=[
    ...     ("signal peptide", "CD8A_signal_peptide"), ("binder", None), ("hinge", "CD8a")])
    >>> [(s.start, s.end, s.draw_length) for s in linear_map(car)]
    [(1, 21, 21), (None, None, 242), (None, None, 45)]
    """
    return tuple(
        MapSegment(
            name=placed.part.name,
            label=placed.part.label,
            role=placed.part.role.label,
            location=placed.part.role.location,
            start=placed.start,
            end=placed.end,
            length=placed.part.length,
            known=placed.part.sequence is not None,
            draw_length=placed.part.length or _reserved(placed.part.role, construct.binder),
            source=placed.part.source,
            mark=placed.part.mark.value,
            reference=placed.part.reference,
            note=placed.part.note,
        )
        for placed in construct.placed()
    )


def membrane_cartoon(construct: Construct) -> tuple[CartoonPart, ...]:
    """Parts of the finished receptor from outside to inside; what is cleaved off is left out.

    Examples
    --------
    >>> from leucel.product.construct import build_construct
    >>> car = build_construct(name="demo", binder=Binder(name="binder"), parts=[
    ...     ("binder", None), ("hinge", "CD8a"), ("transmembrane", "CD8a"),
    ...     ("signaling", "CD3zeta")])
    >>> [(part.location, part.lobes, part.itams) for part in membrane_cartoon(car)]
    [('outside', 2, 0), ('outside', 0, 0), ('membrane', 0, 0), ('inside', 0, 3)]
    """
    return tuple(
        CartoonPart(
            name=part.name,
            label=part.label,
            role=part.role.label,
            location=part.role.location,
            known=part.sequence is not None,
            lobes=_lobes(construct.binder) if part.role is Role.BINDER else 0,
            itams=len(itams(part.sequence)) if part.sequence is not None else 0,
        )
        for part in construct.parts
        if part.role.location != "cleaved"
    )


def _lobes(binder: Binder) -> int:
    return binder.copies * (2 if binder.format == "scFv" else 1)


def _reserved(role: Role, binder: Binder) -> int:
    if role is Role.BINDER and binder.format == "VHH":
        return _RESERVED_VHH * binder.copies
    if role is Role.BINDER:
        return _RESERVED[role] * binder.copies
    return _RESERVED.get(role, _RESERVED_ELSE)
