"""Protein sequences: read without surprises; their mass and the motifs that engineers count."""

from __future__ import annotations

import re
from dataclasses import dataclass

from leucel.core import InputError, Place, Problem

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"
"""The 20 residues of a translated protein; ambiguity letters (B, J, X, Z) are no residues."""

LONGEST_PROTEIN = 3000
"""Residues above which a text is taken for something else than one CAR (liso-cel, the longest of
the licensed products compared here, has 842 with its truncated EGFR)."""

SHORTEST_DNA = 30
"""From this length on, a text of A, C, G, T, U, N only is taken for nucleotides: no reference
domain of that length is made of alanine, cysteine, glycine, threonine and asparagine alone."""

_SHOWN = 8

# Atoms (C, H, N, O, S) of each residue, the amino acid less one water.
_ATOMS = {
    "A": (3, 5, 1, 1, 0),
    "R": (6, 12, 4, 1, 0),
    "N": (4, 6, 2, 2, 0),
    "D": (4, 5, 1, 3, 0),
    "C": (3, 5, 1, 1, 1),
    "Q": (5, 8, 2, 2, 0),
    "E": (5, 7, 1, 3, 0),
    "G": (2, 3, 1, 1, 0),
    "H": (6, 7, 3, 1, 0),
    "I": (6, 11, 1, 1, 0),
    "L": (6, 11, 1, 1, 0),
    "K": (6, 12, 2, 1, 0),
    "M": (5, 9, 1, 1, 1),
    "F": (9, 9, 1, 1, 0),
    "P": (5, 7, 1, 1, 0),
    "S": (3, 5, 1, 2, 0),
    "T": (4, 7, 1, 2, 0),
    "W": (11, 10, 2, 1, 0),
    "Y": (9, 9, 1, 2, 0),
    "V": (5, 9, 1, 1, 0),
}
_ATOMIC_WEIGHTS = (12.011, 1.008, 14.007, 15.999, 32.06)
_RESIDUE_DA = {
    letter: sum(n * weight for n, weight in zip(atoms, _ATOMIC_WEIGHTS, strict=True))
    for letter, atoms in _ATOMS.items()
}
_WATER_DA = 2 * 1.008 + 15.999

_ITAM = re.compile(r"(?=(Y..[LI].{6,12}Y..[LI]))")
_N_GLYCAN = re.compile(r"(?=(N[^P][ST]))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Motif:
    """A motif found in a sequence; `start` and `end` count from 1 and include both ends."""

    name: str
    start: int
    end: int
    residues: str


def read_protein(text: str, *, name: str = "protein", where: Place | None = None) -> str:
    """Bring one protein sequence into plain form: capitals, no blanks, no stop at the end.

    A leading FASTA title line and one final ``*`` are accepted.

    Parameters
    ----------
    text : residues in one-letter code, over any number of lines.
    name : what the sequence is, for messages.
    where : place in the user's file, for messages.

    Raises
    ------
    InputError
        When it is empty, longer than `LONGEST_PROTEIN`, nucleotides, more than one FASTA record, or
        holds a letter that is no amino acid; positions count from 1.

    Examples
    --------
    >>> read_protein(">hinge\\ntttpa prppt*")
    'TTTPAPRPPT'
    """
    lines = text.strip().splitlines()
    titles = sum(line.lstrip().startswith(">") for line in lines)
    if titles > 1:
        raise InputError(
            Problem(
                what=f"{name}: the text holds {titles} FASTA records",
                where=where,
                allowed="one sequence",
                fix="give each sequence on its own",
            )
        )
    if lines and lines[0].lstrip().startswith(">"):
        lines = lines[1:]
    residues = "".join("".join(lines).split()).upper()
    residues = residues.removesuffix("*")
    problem = _fault(residues, name=name, where=where)
    if problem is not None:
        raise InputError(problem)
    return residues


def looks_like_dna(residues: str) -> bool:
    """True when a text can only sensibly be nucleotides.

    Examples
    --------
    >>> looks_like_dna("ATGGCCTTACCAGTGACCGCCTTGCTCCTGCCG")
    True
    >>> looks_like_dna("GGGGS")
    False
    """
    return len(residues) >= SHORTEST_DNA and set(residues.upper()) <= set("ACGTUN")


def _fault(residues: str, *, name: str, where: Place | None) -> Problem | None:
    if not residues:
        return Problem(what=f"{name}: the sequence is empty", where=where, allowed="residues")
    if len(residues) > LONGEST_PROTEIN:
        return Problem(
            what=f"{name}: too long for one receptor",
            where=where,
            received=f"{len(residues):,} residues",
            allowed=f"at most {LONGEST_PROTEIN:,}",
            fix="give the one protein to be looked at, not a genome or a whole file",
        )
    if looks_like_dna(residues):
        return Problem(
            what=f"{name}: these are nucleotides, not amino acids",
            where=where,
            received=f"{len(residues)} letters, all of them A, C, G, T, U or N",
            allowed="a protein in one-letter code",
            fix="translate the coding sequence and give the protein",
        )
    strange = [(i, letter) for i, letter in enumerate(residues, 1) if letter not in _RESIDUE_DA]
    if strange:
        shown = ", ".join(f"{letter!r} at {i}" for i, letter in strange[:_SHOWN])
        more = f" and {len(strange) - _SHOWN} more" if len(strange) > _SHOWN else ""
        inner_stop = any(letter == "*" for _, letter in strange)
        return Problem(
            what=f"{name}: {len(strange)} letter(s) are no amino acid",
            where=where,
            received=shown + more,
            allowed=" ".join(AMINO_ACIDS),
            fix="a stop (*) inside the sequence means a shifted frame or a truncated gene"
            if inner_stop
            else "correct the letters; unknown residues cannot be computed with",
        )
    return None


def mass_kda(residues: str) -> float:
    """Average mass [kDa] of an unmodified polypeptide chain (no glycans, no disulfide bonds).

    Sum of the average residue masses and one water; masses from the IUPAC standard atomic weights.

    Examples
    --------
    >>> round(mass_kda("GGGGS"), 4)
    0.3333
    """
    return (sum(_RESIDUE_DA[letter] for letter in residues) + _WATER_DA) / 1000


def itams(residues: str, *, first: int = 1) -> tuple[Motif, ...]:
    """Immunoreceptor tyrosine-based activation motifs, ``Y..[LI]``, 6-12 residues, ``Y..[LI]``.

    Parameters
    ----------
    residues : the sequence.
    first : number of its first residue (52 gives positions of P20963 for CD3zeta 52-164).

    Examples
    --------
    >>> [m.start for m in itams("AYNELNLGRREEYDVLD")]
    [2]
    """
    return _motifs("ITAM", _ITAM, residues, first)


def n_glycosylation_sites(residues: str, *, first: int = 1) -> tuple[Motif, ...]:
    """Motifs of N-glycosylation: Asn, any but Pro, Ser or Thr.

    Examples
    --------
    >>> [m.residues for m in n_glycosylation_sites("ANYSANPS")]
    ['NYS']
    """
    return _motifs("N-glycosylation", _N_GLYCAN, residues, first)


def cysteines(residues: str, *, first: int = 1) -> tuple[int, ...]:
    """Positions of the cysteines, from `first`.

    Examples
    --------
    >>> cysteines("ACDC")
    (2, 4)
    """
    return tuple(i for i, letter in enumerate(residues, first) if letter == "C")


def _motifs(name: str, pattern: re.Pattern[str], residues: str, first: int) -> tuple[Motif, ...]:
    return tuple(
        Motif(
            name=name,
            start=match.start(1) + first,
            end=match.end(1) + first - 1,
            residues=match.group(1),
        )
        for match in pattern.finditer(residues)
    )
