"""Nucleotides: read without surprises, translated, and the reading frame of a receptor found.

A coding sequence may come alone or inside a vector. Its frame is decided by the reference domains
that appear in the translation, and when they appear in different frames, the place where the frame
shifts is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product

from leucel.core import InputError, Place, Problem
from leucel.product.domains import Role, domains

LONGEST_DNA = 60_000
"""Nucleotides above which a text is taken for something else than one vector plasmid."""

SHORTEST_OPEN_FRAME = 60
"""Codons of the shortest open reading frame that is taken for a receptor without any reference
domain; chosen, not measured."""

_BASES = "TCAG"
_CODE = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
GENETIC_CODE: dict[str, str] = {
    "".join(codon): letter for codon, letter in zip(product(_BASES, repeat=3), _CODE, strict=True)
}
"""The standard genetic code (NCBI table 1), ``*`` for a stop."""

_COMPLEMENT = str.maketrans("ACGT", "TGCA")
_SHOWN = 8
_SHORTEST_ANCHOR = 12  # residues; shorter references (linkers) occur by chance or in repeats


@dataclass(frozen=True, slots=True, kw_only=True)
class CodingSequence:
    """The reading frame of a receptor inside a nucleotide sequence.

    Attributes
    ----------
    start, end : first and last nucleotide from 1 on the given strand, the stop codon included.
    reverse : True when it was found on the other strand; positions count on that strand.
    dna : its nucleotides, the stop codon included where there is one.
    protein : its translation, without the stop.
    has_start, has_stop : whether it begins with ATG and ends with a stop codon.
    alone : True when the whole sequence is the coding sequence.
    """

    start: int
    end: int
    reverse: bool
    dna: str
    protein: str
    has_start: bool
    has_stop: bool
    alone: bool


def read_dna(text: str, *, name: str = "sequence", where: Place | None = None) -> str:
    """Bring one nucleotide sequence into plain form: capitals, T for U, no blanks.

    Raises
    ------
    InputError
        When it is empty, too long, a protein, or holds a letter other than A, C, G, T and U.

    Examples
    --------
    >>> read_dna("atg gcc\\nuua")
    'ATGGCCTTA'
    """
    lines = [line for line in text.strip().splitlines() if not line.lstrip().startswith(">")]
    letters = "".join("".join(lines).split()).upper().replace("U", "T")
    strange = [(i, letter) for i, letter in enumerate(letters, 1) if letter not in "ACGT"]
    problem = None
    if not letters:
        problem = Problem(what=f"{name}: the sequence is empty", where=where, allowed="nucleotides")
    elif len(letters) > LONGEST_DNA:
        problem = Problem(
            what=f"{name}: too long for one vector",
            where=where,
            received=f"{len(letters):,} nucleotides",
            allowed=f"at most {LONGEST_DNA:,}",
            fix="give the vector or the coding sequence alone",
        )
    elif len(strange) > len(letters) / 4:
        problem = Problem(
            what=f"{name}: these are amino acids, not nucleotides",
            where=where,
            received=f"{len(strange)} of {len(letters)} letters are none of A, C, G, T, U",
            fix="give the coding sequence, or check the file as a protein",
        )
    elif strange:
        shown = ", ".join(f"{letter!r} at {i}" for i, letter in strange[:_SHOWN])
        more = f" and {len(strange) - _SHOWN} more" if len(strange) > _SHOWN else ""
        problem = Problem(
            what=f"{name}: {len(strange)} letter(s) are no nucleotide",
            where=where,
            received=shown + more,
            allowed="A C G T (or U)",
            fix="resolve the letters; an unknown nucleotide cannot be translated",
        )
    if problem is not None:
        raise InputError(problem)
    return letters


def translate(dna: str) -> str:
    """Translation from the first nucleotide on, ``*`` for a stop; an incomplete codon is left out.

    Examples
    --------
    >>> translate("ATGGCCTAAC")
    'MA*'
    """
    return "".join(GENETIC_CODE[dna[i : i + 3]] for i in range(0, len(dna) - 2, 3))


def reverse_complement(dna: str) -> str:
    """The other strand, from its 5' end on.

    Examples
    --------
    >>> reverse_complement("ATGC")
    'GCAT'
    """
    return dna.translate(_COMPLEMENT)[::-1]


def find_coding_sequence(
    dna: str, *, name: str = "sequence", where: Place | None = None
) -> CodingSequence:
    """The reading frame of the receptor in a coding sequence or a vector.

    Parameters
    ----------
    dna : nucleotides as `read_dna` gives them.

    Raises
    ------
    InputError
        When the reference domains lie in different frames (a frame shift, with its place), when a
        stop stands inside the receptor, or when there is no open reading frame.

    Examples
    --------
    >>> found = find_coding_sequence("CC" + "ATG" + "GCA" * 70 + "TAA" + "GG")
    >>> found.start, len(found.protein), found.has_stop
    (3, 71, True)
    """
    anchors, reverse = _anchors(dna), False
    if not anchors:
        other = reverse_complement(dna)
        anchors = _anchors(other)
        if anchors:
            dna, reverse = other, True
    if not anchors:
        return _longest_frame(dna, name=name, where=where)
    _refuse_shift(anchors, name, where)
    frame = anchors[0][0] % 3
    protein = translate(dna[frame:])
    first = (anchors[0][0] - frame) // 3
    last = (anchors[-1][1] - frame) // 3
    stop_inside = protein.find("*", first, last)
    if stop_inside >= 0:
        raise InputError(
            Problem(
                what=f"{name}: a stop codon stands inside the receptor",
                where=where,
                received=f"codon {dna[frame + 3 * stop_inside :][:3]} at nucleotide "
                f"{frame + 3 * stop_inside + 1}, between {anchors[0][2]} and {anchors[-1][2]}",
                fix="compare that place with the sequence that was ordered",
            )
        )
    before = protein.rfind("*", 0, first)
    begin = protein.find("M", before + 1, first + 1)
    stop = protein.find("*", last)
    return _coding(
        dna,
        frame,
        begin if begin >= 0 else before + 1,
        stop if stop >= 0 else len(protein),
        reverse=reverse,
    )


def _coding(dna: str, frame: int, begin: int, stop: int, *, reverse: bool) -> CodingSequence:
    start = frame + 3 * begin
    has_stop = frame + 3 * stop + 3 <= len(dna)
    end = frame + 3 * stop + (3 if has_stop else 0)
    coding = dna[start:end]
    protein = translate(coding)
    return CodingSequence(
        start=start + 1,
        end=end,
        reverse=reverse,
        dna=coding,
        protein=protein.removesuffix("*"),
        has_start=coding.startswith("ATG"),
        has_stop=protein.endswith("*"),
        alone=start < 3 and len(dna) - end < 3,
    )


@cache
def _anchor_domains() -> tuple[tuple[str, str], ...]:
    return tuple(
        (domain.name, domain.sequence)
        for domain in domains()
        if domain.length >= _SHORTEST_ANCHOR
        and domain.role not in (Role.ANTIGEN, Role.LINKER, Role.CLEAVAGE)
    )


def _anchors(dna: str) -> list[tuple[int, int, str]]:
    """Start, end (nucleotides from 0, end exclusive) and name of each exact domain, in order."""
    found: list[tuple[int, int, str]] = []
    for frame in range(3):
        protein = translate(dna[frame:])
        for name, residues in _anchor_domains():
            at = protein.find(residues)
            if at >= 0:
                found.append((frame + 3 * at, frame + 3 * (at + len(residues)), name))
    return sorted(found)


def _refuse_shift(anchors: list[tuple[int, int, str]], name: str, where: Place | None) -> None:
    frames = {start % 3 for start, _, _ in anchors}
    if len(frames) == 1:
        return
    for left, right in pairwise(anchors):
        extra = (right[0] - left[0]) % 3
        if extra:
            words = (
                "1 nucleotide too many or 2 missing"
                if extra == 1
                else ("2 nucleotides too many or 1 missing")
            )
            raise InputError(
                Problem(
                    what=f"{name}: the reading frame shifts inside the receptor",
                    where=where,
                    received=f"{left[2]} ends at nucleotide {left[1]}, {right[2]} begins at "
                    f"{right[0] + 1} in another frame: {words} between them",
                    fix="compare the nucleotides between these two places with the sequence that "
                    "was meant",
                )
            )


def _longest_frame(dna: str, *, name: str, where: Place | None) -> CodingSequence:
    best: tuple[int, int, int] | None = None
    for frame in range(3):
        protein = translate(dna[frame:])
        begin = 0
        while begin < len(protein):
            stop = protein.find("*", begin)
            stop = len(protein) if stop < 0 else stop
            start = protein.find("M", begin, stop)
            if start >= 0 and (best is None or stop - start > best[2] - best[1]):
                best = (frame, start, stop)
            begin = stop + 1
    if best is None or best[2] - best[1] < SHORTEST_OPEN_FRAME:
        raise InputError(
            Problem(
                what=f"{name}: there is no open reading frame of a receptor",
                where=where,
                received=f"{len(dna):,} nucleotides, the longest frame has "
                f"{0 if best is None else best[2] - best[1]} codons",
                allowed=f"at least {SHORTEST_OPEN_FRAME} codons from ATG to a stop",
                fix="check that the file is complete and not shifted by an inserted nucleotide",
            )
        )
    return _coding(dna, *best, reverse=False)
