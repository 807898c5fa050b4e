"""Variable domains of a binder: found and numbered, their CDRs, liabilities and germline.

Numbering is IMGT, by the library immunum. Human germline V genes come from the reference proteome
of UniProt (`data/human_v_genes.csv`), aligned by the same numbering.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files
from typing import Any

from leucel.product.domains import Role, domains
from leucel.product.extras import need
from leucel.product.sequence import cysteines

V_POSITIONS = 104
"""IMGT positions 1-104 are the V region up to the second cysteine; the CDR3 is left out of the
germline identity because it is made by recombination."""

LIABILITIES: tuple[tuple[str, str, str], ...] = (
    ("deamidation", "NG", "high"),
    ("deamidation", "N[STNH]", "lower"),
    ("isomerization", "DG", "high"),
    ("isomerization", "D[STD]", "lower"),
    ("acid cleavage", "DP", "high"),
    ("oxidation", "[MW]", "lower"),
    ("N-glycosylation", "N[^P][ST]", "high"),
)
"""Sequence motifs of chemical liabilities: kind, pattern, rank. About 60% of such motifs in real
antibodies are harmless, so every one is a thing to look at, never a verdict (lap_2024)."""

NEAR_REFERENCE = 0.90
"""Share of residues in common from which a domain is taken for a slip or variant of a published
one; chosen: two antibodies of the same germline gene can share 85%."""

_BLOCK = 5
_CDRS = ("cdr1", "cdr2", "cdr3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Liability:
    """A motif in a CDR; `start` counts in the whole protein from 1."""

    kind: str
    rank: str
    cdr: str
    residues: str
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableDomain:
    """One variable domain.

    Attributes
    ----------
    chain : ``"H"``, ``"K"`` or ``"L"``.
    start, end : residues in the whole protein, from 1.
    residues : the domain.
    confidence : of the numbering, 0-1.
    cdrs : name, start and residues of the three CDRs (IMGT).
    aligned : residues at IMGT positions 1-104, ``-`` where there is none.
    """

    chain: str
    start: int
    end: int
    residues: str
    confidence: float
    cdrs: tuple[tuple[str, int, str], ...]
    aligned: str

    @property
    def name(self) -> str:
        """VH, or VL with its kind."""
        return "VH" if self.chain == "H" else f"VL ({'kappa' if self.chain == 'K' else 'lambda'})"

    @property
    def cysteines(self) -> int:
        """Number of cysteines."""
        return len(cysteines(self.residues))

    @property
    def cdr_charge(self) -> int:
        """Net charge of the three CDRs: Lys and Arg less Asp and Glu."""
        text = "".join(residues for _, _, residues in self.cdrs)
        return sum(text.count(x) for x in "KR") - sum(text.count(x) for x in "DE")

    @property
    def cdr_length(self) -> int:
        """Residues of the three CDRs together."""
        return sum(len(residues) for _, _, residues in self.cdrs)

    def to_dict(self) -> dict[str, object]:
        """JSON-ready form with germline and liabilities."""
        germline = nearest_germline(self)
        return {
            "name": self.name,
            "start": self.start,
            "end": self.end,
            "confidence": round(self.confidence, 3),
            "cdrs": {name: residues for name, _, residues in self.cdrs},
            "cysteines": self.cysteines,
            "cdr_charge": self.cdr_charge,
            "germline": germline.gene,
            "germline_identity": germline.identity,
            "liabilities": [
                {"kind": x.kind, "rank": x.rank, "cdr": x.cdr, "motif": x.residues, "at": x.start}
                for x in liabilities(self)
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Germline:
    """The human V gene that a domain is nearest to.

    Attributes
    ----------
    gene, accession : for example IGHV3-9 and P01782.
    identity : share of the occupied IMGT positions 1-104 that agree, 0-1.
    """

    gene: str
    accession: str
    identity: float


def find_variable_domains(protein: str) -> tuple[VariableDomain, ...]:
    """Every antibody variable domain in a protein, numbered, in order.

    Raises
    ------
    MissingExtraError
        When the extra `construct` is not installed.

    Examples
    --------
    >>> from leucel.product.domains import get_domain
    >>> vh = get_domain("adalimumab_VH").sequence
    >>> [(d.name, d.start, d.cdrs[2][2]) for d in find_variable_domains("GGGGS" + vh)]
    [('VH', 6, 'AKVSYLSTASSLDY')]
    """
    annotator = _annotator()
    found: list[VariableDomain] = []
    for result, regions in zip(
        annotator.number_domains(protein), annotator.segment_domains(protein), strict=True
    ):
        if result.error is not None:
            continue
        start, end = result.query_start, result.query_end
        cdrs: list[tuple[str, int, str]] = []
        at = start
        for name in ("fr1", "cdr1", "fr2", "cdr2", "fr3", "cdr3"):
            residues: str = getattr(regions, name)
            if name in _CDRS:
                cdrs.append((name.upper(), at + 1, residues))
            at += len(residues)
        numbering: dict[str, str] = result.numbering
        found.append(
            VariableDomain(
                chain=result.chain,
                start=start + 1,
                end=end + 1,
                residues=protein[start : end + 1],
                confidence=result.confidence,
                cdrs=tuple(cdrs),
                aligned="".join(numbering.get(str(i), "-") for i in range(1, V_POSITIONS + 1)),
            )
        )
    return tuple(found)


def liabilities(domain: VariableDomain) -> tuple[Liability, ...]:
    """Motifs of chemical liabilities in the CDRs, in order of their position.

    A motif that begins in a CDR and ends in the framework behind it counts.

    Examples
    --------
    >>> from leucel.product.domains import get_domain
    >>> vl = find_variable_domains(get_domain("adalimumab_VL").sequence)[0]
    >>> [x.residues for x in liabilities(vl)]
    []
    """
    found: list[Liability] = []
    for cdr, start, residues in domain.cdrs:
        for kind, pattern, rank in LIABILITIES:
            reach = 3 if kind == "N-glycosylation" else 2
            offset = start - domain.start
            text = domain.residues[offset : offset + len(residues) + reach - 1]
            found += [
                Liability(
                    kind=kind,
                    rank=rank,
                    cdr=cdr,
                    residues=match.group(1),
                    start=start + match.start(),
                )
                for match in re.finditer(f"(?=({pattern}))", text)
                if match.start() < len(residues)
            ]
    return tuple(sorted(found, key=lambda x: (x.start, x.kind)))


def nearest_germline(domain: VariableDomain) -> Germline:
    """The human V gene with the highest identity over IMGT positions 1-104.

    Examples
    --------
    >>> from leucel.product.domains import get_domain
    >>> vl = find_variable_domains(get_domain("Hu19_VL").sequence)[0]
    >>> nearest_germline(vl).gene, nearest_germline(vl).identity
    ('IGKV3-20', 1.0)
    """
    best = ("", "", -1.0)
    for chain, gene, accession, aligned in human_v_genes():
        if chain != domain.chain:
            continue
        pairs = [(a, b) for a, b in zip(domain.aligned, aligned, strict=True) if a + b != "--"]
        identity = sum(a == b for a, b in pairs) / len(pairs)
        if identity > best[2]:
            best = (gene, accession, identity)
    return Germline(gene=best[0], accession=best[1], identity=best[2])


def nearest_reference(domain: VariableDomain) -> tuple[str, float, str] | None:
    """The published binder domain that a domain is meant to be, with the differences.

    Parameters
    ----------
    domain : a numbered domain.

    Returns
    -------
    Name, share of the numbered positions 1-128 that agree, and differences in words; None when none
    reaches `NEAR_REFERENCE`.

    Examples
    --------
    >>> from leucel.product.domains import get_domain
    >>> slip = get_domain("adalimumab_VL").sequence.replace("PEDVATYY", "PEDFATYY")
    >>> nearest_reference(find_variable_domains(slip)[0])[2]
    'V to F at residue 83'
    """
    best: tuple[str, float, str] | None = None
    for name, residues, blocks in _reference_blocks():
        shared = sum(domain.residues[i : i + _BLOCK] in blocks for i in range(_windows(domain)))
        # Half of the short blocks in common is far below what a slip or two leave.
        if 2 * shared < _windows(domain):
            continue
        matcher = SequenceMatcher(None, residues, domain.residues, autojunk=False)
        share = 2 * sum(b.size for b in matcher.get_matching_blocks())
        share /= len(residues) + len(domain.residues)
        if residues.startswith(domain.residues):
            share = 1.0  # numbering may leave out the last residue of a light chain
        if share >= NEAR_REFERENCE and (best is None or share > best[1]):
            best = (name, share, _changes(matcher, residues, domain.residues))
    return best


def _changes(matcher: SequenceMatcher[str], reference: str, given: str) -> str:
    words: list[str] = []
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        if tag == "replace":
            words.append(f"{reference[a0:a1]} to {given[b0:b1]} at residue {a0 + 1}")
        elif tag == "delete" and a1 < len(reference):
            words.append(f"{reference[a0:a1]} missing at residue {a0 + 1}")
        elif tag == "insert":
            words.append(f"{given[b0:b1]} inserted behind residue {a0}")
    return ", ".join(words)


def _windows(domain: VariableDomain) -> int:
    return max(1, len(domain.residues) - _BLOCK + 1)


@cache
def _reference_blocks() -> tuple[tuple[str, str, frozenset[str]], ...]:
    return tuple(
        (
            d.name,
            d.sequence,
            frozenset(d.sequence[i : i + _BLOCK] for i in range(d.length - _BLOCK + 1)),
        )
        for d in domains(role=Role.BINDER_DOMAIN)
    )


def count_binders(found: Sequence[VariableDomain]) -> tuple[int, str]:
    """How many binders the variable domains make, in number and words.

    A heavy and a light domain next to each other are one scFv; a heavy domain alone is a VHH or a
    single VH.

    Examples
    --------
    >>> count_binders(())
    (0, 'no variable domain')
    """
    singles = scfvs = 0
    i = 0
    while i < len(found):
        pair = found[i : i + 2]
        if len(pair) == 2 and (pair[0].chain == "H") != (pair[1].chain == "H"):
            scfvs += 1
            i += 2
        else:
            singles += 1
            i += 1
    words = [f"{scfvs} scFv{'s' if scfvs > 1 else ''}"] if scfvs else []
    words += [f"{singles} single domain{'s' if singles > 1 else ''}"] if singles else []
    return scfvs + singles, " and ".join(words) or "no variable domain"


@cache
def human_v_genes_whole() -> tuple[str, ...]:
    """Residues of the human V genes in UniProt, without leader, in the order of `human_v_genes`.

    Examples
    --------
    >>> human_v_genes_whole()[0][:10]
    'QVQLVQSGAE'
    """
    text = (files("leucel.product") / "data" / "human_v_genes.csv").read_text(encoding="utf-8")
    return tuple(row["residues"] for row in csv.DictReader(text.splitlines()))


@cache
def human_v_genes() -> tuple[tuple[str, str, str, str], ...]:
    """Chain, gene, accession and aligned residues (IMGT 1-104) of the human V genes in UniProt.

    Examples
    --------
    >>> len(human_v_genes())
    143
    """
    text = (files("leucel.product") / "data" / "human_v_genes.csv").read_text(encoding="utf-8")
    return tuple(
        (row["chain"], row["gene"], row["accession"], row["aligned"])
        for row in csv.DictReader(text.splitlines())
    )


@cache
def _annotator() -> Any:
    immunum = need("immunum", extra="construct", what="numbering of variable domains")
    return immunum.Annotator(chains=["ig"], scheme="imgt")
