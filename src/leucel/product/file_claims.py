"""What a file claims of a receptor, held against its residues: labels, product names, variants.

Public files call the membrane part of CD8A that of CD28, name a scramble after a product, or use
one product's variant of CD3zeta for every receptor. Residues decide; the messages say what to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from leucel.core import InputError
from leucel.product.annotated_record import AnnotatedRecord
from leucel.product.checks import Finding, Verdict
from leucel.product.dna import GENETIC_CODE
from leucel.product.domains import Domain, Role, domains, get_domain, identify
from leucel.product.segment import Segmentation

_FRAGMENT = 15
"""Residues from which a piece of a reference domain is recognized; chosen, far above chance."""

KNOWN_SLIPS = {
    "RRENEGCYFCSAL": "RRENEGYYFCSAL, as UniProt P01732 (CD8A) has it",
}
"""Stretches with a slip that is copied from one public file to the next, and what is right."""

_END = 8
"""Residues of a domain at the end of a file from which it is recognized as cut off; chosen."""

_NOT_PARTS = (Role.LINKER, Role.CLEAVAGE, Role.ANTIGEN)


def claims_of_file(
    name: str, segmentation: Segmentation, record: AnnotatedRecord | None = None
) -> tuple[Finding, ...]:
    """Claims of a file that its residues do not bear out, and variants that a reader should know.

    Parameters
    ----------
    name : of the construct, as the file or its title gives it.
    segmentation : its parts.
    record : annotations of a GenBank file, or None.
    """
    return (
        *_uncommon_variants(segmentation, _product_in(name)),
        *_chimeras(segmentation),
        *_fragments(segmentation),
        *_cut_off(segmentation),
        *_slips(segmentation.protein),
        *_named_product(name, segmentation),
        *(() if record is None else _labels(record)),
    )


def _uncommon_variants(segmentation: Segmentation, product: str) -> Iterator[Finding]:
    """Forms that are not the common one, unless the product in the name is known for them."""
    for piece in segmentation.segments:
        domain = piece.domain
        if domain is None or piece.kind != "domain" or domain.default:
            continue
        if product and product in domain.found_in:
            continue
        usual = [d for d in domains() if d.family == domain.family and d.default]
        if usual:
            yield Finding(
                check="uncommon variant",
                verdict=Verdict.LOOK,
                message=f"{domain.name} in place of {usual[0].name}: {domain.note}; keep it only "
                "if that form is meant",
                positions=(piece.start,),
                part=domain.name,
                source=domain.source,
            )


def _chimeras(segmentation: Segmentation) -> Iterator[Finding]:
    """A hinge and a transmembrane part of different proteins."""
    by_role = {
        piece.domain.role: piece
        for piece in segmentation.segments
        if piece.domain is not None and piece.domain.role in (Role.HINGE, Role.TRANSMEMBRANE)
    }
    if len(by_role) < 2:
        return
    hinge, membrane = (by_role[role].domain for role in (Role.HINGE, Role.TRANSMEMBRANE))
    if hinge is None or membrane is None or hinge.accession == membrane.accession:
        return
    together = sorted(set(hinge.found_in) & set(membrane.found_in))
    yield Finding(
        check="chimera",
        verdict=Verdict.OK if together else Verdict.LOOK,
        message=f"hinge of {hinge.family.split()[0]} ({hinge.accession}) and transmembrane of "
        f"{membrane.family.split()[0]} ({membrane.accession})"
        + (
            f", as in {', '.join(together)}"
            if together
            else ": in none of the published receptors compared here; make sure it is meant"
        ),
        positions=(by_role[Role.TRANSMEMBRANE].start,),
        source=membrane.source,
    )


def _fragments(segmentation: Segmentation) -> Iterator[Finding]:
    """Pieces of reference domains inside residues that no domain explains."""
    for piece in segmentation.segments:
        if piece.domain is not None or piece.end - piece.start + 1 < 2 * _FRAGMENT:
            continue
        residues = segmentation.protein[piece.start - 1 : piece.end]
        pieces = _pieces(residues)
        if _out_of_order(pieces):
            told = "; ".join(
                f"residues {piece.start + at}-{piece.start + at + length - 1} are {begin + 1}-"
                f"{begin + length} of {domain}"
                for at, length, domain, begin in pieces
            )
            yield Finding(
                check="fragments",
                verdict=Verdict.PROBLEM,
                message=f"pieces of reference domains, cut or out of order: {told}. Fetch the "
                "sequence again from its origin; the file is not the receptor it is named after",
                positions=tuple(piece.start + at for at, *_ in pieces),
            )


def _cut_off(segmentation: Segmentation) -> Iterator[Finding]:
    """A protein that ends, or begins, inside a reference domain."""
    if not segmentation.segments:
        return
    last, first = segmentation.segments[-1], segmentation.segments[0]
    parts = [d for d in domains() if d.role not in _NOT_PARTS]
    for piece, where in ((last, "ends"), (first, "begins")):
        if piece.kind == "domain" or len(piece.residues) < _END:
            continue
        inside = [
            d
            for d in parts
            if d.length > len(piece.residues)
            and (
                d.sequence.startswith(piece.residues)
                if where == "ends"
                else d.sequence.endswith(piece.residues)
            )
        ]
        if inside:
            domain = max(inside, key=lambda d: d.default)
            side = "first" if where == "ends" else "last"
            yield Finding(
                check="cut off",
                verdict=Verdict.PROBLEM,
                message=f"the protein {where} inside {domain.name}: only the {side} "
                f"{len(piece.residues)} of its {domain.length} residues are there. The file is cut "
                "off: fetch or export it again",
                positions=(piece.start,),
                part=domain.name,
            )


def _out_of_order(pieces: list[tuple[int, int, str, int]]) -> bool:
    """Whether a domain goes back in itself, or comes again behind another one."""
    last: dict[str, int] = {}
    before = ""
    for _, _, domain, begin in pieces:
        if domain in last and (begin < last[domain] or domain != before):
            return True
        last[domain], before = begin, domain
    return False


def _slips(protein: str) -> Iterator[Finding]:
    for wrong, right in KNOWN_SLIPS.items():
        at = protein.find(wrong)
        if at >= 0:
            yield Finding(
                check="known slip",
                verdict=Verdict.PROBLEM,
                message=f"{wrong} at {at + 1} is a slip that several public files share: correct "
                f"it to {right}",
                positions=(at + 1,),
                source="uniprot_human_2025",
            )


def _pieces(residues: str) -> list[tuple[int, int, str, int]]:
    """Longest matches from left to right: place, length, name of the domain, place in it."""
    known = _blocks()
    found: list[tuple[int, int, str, int]] = []
    at = 0
    while at <= len(residues) - _FRAGMENT:
        seed = known.get(residues[at : at + _FRAGMENT])
        if seed is None:
            at += 1
            continue
        name, begin = seed
        sequence = get_domain(name).sequence
        length = _FRAGMENT
        while (
            at + length < len(residues)
            and begin + length < len(sequence)
            and residues[at + length] == sequence[begin + length]
        ):
            length += 1
        found.append((at, length, name, begin))
        at += length
    return found


@cache
def _blocks() -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for domain in domains():
        if domain.role in _NOT_PARTS:
            continue
        for i in range(domain.length - _FRAGMENT + 1):
            found.setdefault(domain.sequence[i : i + _FRAGMENT], (domain.name, i))
    return found


def _named_product(name: str, segmentation: Segmentation) -> Iterator[Finding]:
    """Parts that the published receptor of the product in the name does not have, or lacks."""
    product = _product_in(name)
    if not product:
        return
    ours = {
        piece.domain.name
        for piece in segmentation.segments
        if piece.domain is not None and piece.kind == "domain"
    }
    parts = [d for d in domains() if d.role not in _NOT_PARTS]
    theirs = [d for d in parts if product in d.found_in]
    foreign = sorted(d.name for d in parts if d.name in ours and product not in d.found_in)
    missing = sorted(d.name for d in theirs if d.name not in ours)
    if not foreign and not missing:
        yield Finding(
            check="product name",
            verdict=Verdict.OK,
            message=f"the parts are those of the published receptor of {product}",
        )
        return
    told = [
        f"it holds {', '.join(foreign)}, which {product} does not" if foreign else "",
        f"it lacks {', '.join(missing)}" if missing else "",
    ]
    yield Finding(
        check="product name",
        verdict=Verdict.PROBLEM,
        message=f"the file is named after {product}, but is another receptor: "
        + "; ".join(text for text in told if text)
        + ". Name it otherwise, or fetch the sequence of the product again",
    )


def _product_in(name: str) -> str:
    """The product of the reference table that a file name or title speaks of, or nothing."""
    folded = _folded(name)
    products = sorted({product for domain in domains() for product in domain.found_in})
    return next((product for product in products if _folded(product) in folded), "")


def _labels(record: AnnotatedRecord) -> Iterator[Finding]:
    """Annotations of a nucleotide record whose residues are those of another domain."""
    for row in record.annotations:
        if row.kind in ("CDS", "gene") or row.strand < 0 or not record.is_dna:
            continue
        stretch = record.residues[row.start - 1 : row.end]
        residues = "".join(
            GENETIC_CODE.get(stretch[i : i + 3], "X") for i in range(0, len(stretch) - 2, 3)
        )
        same = identify(residues)
        meant = _domain_called(row.name)
        if not same or meant is None or meant.family == same[0].family:
            continue
        yield Finding(
            check="label",
            verdict=Verdict.PROBLEM,
            message=f"the annotation {row.name!r} at {row.start}-{row.end} covers the residues of "
            f"{same[0].name} ({same[0].reference}): correct the label",
            positions=(row.start,),
            part=row.name,
            source=same[0].source,
        )


def _domain_called(label: str) -> Domain | None:
    """The one domain that a label means, or None when it means none or several."""
    try:
        return get_domain(label)
    except InputError:
        return None


def _folded(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
