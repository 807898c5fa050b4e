"""Places in a coding sequence that look like splice sites, by agreement with a consensus.

A proxy, and labeled so: the share of positions that agree with the consensus of Mount (1982) is no
probability of splicing. No matrix of a better predictor comes with a license that lets it be
shipped.
"""

from __future__ import annotations

from dataclasses import dataclass

_LETTERS = {
    "A": "A",
    "C": "C",
    "G": "G",
    "T": "T",
    "M": "AC",
    "R": "AG",
    "Y": "CT",
    "N": "ACGT",
}

DONOR = "MAGGTRAGT"
"""Consensus around the exon-intron boundary; GT stands behind the third letter."""

ACCEPTOR = "YYYYYYYYYYNYAGG"
"""Consensus around the intron-exon boundary; AG stands before the last letter."""

DONOR_LEAST, ACCEPTOR_LEAST = 8, 13
"""Agreeing positions from which a site is reported, of 9 and of 14 (N agrees with all): chosen."""

_DONOR_FIXED, _ACCEPTOR_FIXED = (3, 4), (12, 13)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpliceSite:
    """A place that agrees with a consensus.

    Attributes
    ----------
    kind : ``"donor"`` or ``"acceptor"``.
    start : first nucleotide of the match, from 1.
    motif : its nucleotides.
    agreeing, of : positions that agree, and positions that count.
    """

    kind: str
    start: int
    motif: str
    agreeing: int
    of: int

    @property
    def score(self) -> float:
        """Share of the positions that agree, 0-1; a proxy."""
        return self.agreeing / self.of


def near_consensus() -> tuple[str, ...]:
    """Patterns in IUPAC letters that together cover every site that is reported.

    Examples
    --------
    >>> patterns = near_consensus()
    >>> len(patterns), patterns[0]
    (19, 'NAGGTRAGT')
    """
    patterns: list[str] = []
    for consensus, fixed in ((DONOR, _DONOR_FIXED), (ACCEPTOR, _ACCEPTOR_FIXED)):
        patterns += [
            consensus[:i] + "N" + consensus[i + 1 :]
            for i, letter in enumerate(consensus)
            if letter != "N" and i not in fixed
        ]
    return tuple(patterns)


def splice_sites(dna: str) -> tuple[SpliceSite, ...]:
    """Donors and acceptors of the given strand that agree with their consensus, in order.

    Only the sense strand is looked at: the genome of the vector is transcribed from it.

    References
    ----------
    Mount SM. Nucleic Acids Res 1982;10(2):459-472, doi:10.1093/nar/10.2.459.

    Examples
    --------
    >>> [(s.kind, s.start, s.agreeing) for s in splice_sites("CCCAGGTAAGTCCC")]
    [('donor', 3, 9)]
    >>> [(s.kind, s.motif) for s in splice_sites("GGTTCTTTCTCCACAGGAA")]
    [('acceptor', 'TTCTTTCTCCACAGG')]
    """
    found = [
        *_matches(dna, "donor", DONOR, _DONOR_FIXED, DONOR_LEAST),
        *_matches(dna, "acceptor", ACCEPTOR, _ACCEPTOR_FIXED, ACCEPTOR_LEAST),
    ]
    return tuple(sorted(found, key=lambda site: site.start))


def _matches(
    dna: str, kind: str, consensus: str, fixed: tuple[int, int], least: int
) -> list[SpliceSite]:
    length = len(consensus)
    counted = [i for i, letter in enumerate(consensus) if letter != "N"]
    core = "".join(consensus[i] for i in fixed)
    found: list[SpliceSite] = []
    at = dna.find(core)
    while at >= 0:
        begin = at - fixed[0]
        window = dna[begin : begin + length] if begin >= 0 else ""
        if len(window) == length:
            agreeing = sum(window[i] in _LETTERS[consensus[i]] for i in counted)
            if agreeing >= least:
                found.append(
                    SpliceSite(
                        kind=kind,
                        start=begin + 1,
                        motif=window,
                        agreeing=agreeing,
                        of=len(counted),
                    )
                )
        at = dna.find(core, at + 1)
    return found
