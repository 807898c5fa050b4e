"""A receptor as a row of parts, from a protein that was taken apart."""

from __future__ import annotations

from leucel.core import InputError, Problem
from leucel.product.construct import Construct, build_construct
from leucel.product.domains import Role
from leucel.product.parts import Binder, Part, own_part, part_from_domain
from leucel.product.segment import Segment, Segmentation


def receptor_from_segments(found: Segmentation, *, name: str, target: str = "") -> Construct:
    """The parts of a protein as a construct, for drawing and for its file.

    Everything from the first to the last binder piece, linkers included, becomes the binder; what
    stands behind a cleavage site is left out.

    Parameters
    ----------
    found : a protein taken apart.
    name : of the construct.
    target : antigen, where it is known.

    Raises
    ------
    InputError
        When the protein has no binder.

    Examples
    --------
    >>> from leucel.product.domains import get_domain
    >>> from leucel.product.segment import segment
    >>> names = ("CD8A_signal_peptide", "cilta-cel_VHH1", "CD8A_hinge", "CD8A_TM", "4-1BB")
    >>> text = "".join(get_domain(name).sequence for name in names)
    >>> receptor_from_segments(segment(text), name="demo").binder.format
    'VHH'
    """
    pieces = list(found.segments)
    cut = next((i for i, p in enumerate(pieces) if p.role is Role.CLEAVAGE), len(pieces))
    pieces = pieces[:cut]
    binders = [i for i, piece in enumerate(pieces) if piece.role is Role.BINDER]
    if not binders:
        raise InputError(
            Problem(
                what=f"{name}: there is no binder",
                received=", ".join(p.role.label for p in pieces if p.role) or "no known part",
                allowed="variable domains, or a stretch before the hinge",
            )
        )
    first, last = binders[0], binders[-1]
    residues = "".join(piece.residues for piece in pieces[first : last + 1])
    known = [p.domain.name for p in pieces[first : last + 1] if p.domain and p.role is Role.BINDER]
    heavy_only = bool(known) and all("VHH" in word for word in known)
    binder = Binder(
        name=" + ".join(known) or "binder",
        format="VHH" if heavy_only else "scFv" if len(known) == 2 or not known else "other",
        copies=len(known) if heavy_only else 1,
        target=target,
        sequence=residues,
    )
    parts: list[tuple[str, str | None] | Part] = [
        *(_part(piece) for piece in pieces[:first]),
        ("binder", None),
        *(_part(piece) for piece in pieces[last + 1 :]),
    ]
    return build_construct(name=name, binder=binder, parts=parts)


def _part(piece: Segment) -> Part:
    if piece.kind == "domain" and piece.domain is not None:
        return part_from_domain(piece.domain)
    role = piece.role or Role.LINKER
    label = piece.domain.name if piece.domain else piece.kind
    return own_part(role, label, piece.residues, note=piece.note)
